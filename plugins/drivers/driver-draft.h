/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A driver file to begin with, from a telegram. */
#pragma once

#include "driver.h"

G_BEGIN_DECLS

/* A file that loads, with a field for each record and the telegram as its test. digits and key are those that
 * the telegram was decoded from; key may be NULL. */
gchar *driver_draft_new (const AmselTelegram *telegram, const gchar *digits, const gchar *key);

G_END_DECLS
