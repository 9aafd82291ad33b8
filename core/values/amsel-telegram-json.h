/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams and errors as JSON: the one form that the program, exporters and scripts print. */
#pragma once

#include "amsel-json.h"
#include "amsel-telegram.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__
AMSEL_API void amsel_telegram_write_json (const AmselTelegram *self, const gchar *protocol, AmselJson *json);
AMSEL_API void amsel_telegram_write_json_members (const AmselTelegram *self, AmselJson *json);
AMSEL_API void amsel_error_write_json (const GError *error, AmselJson *json);
#endif

AMSEL_API gchar *amsel_telegram_to_json (const AmselTelegram *self, const gchar *protocol);

G_END_DECLS
