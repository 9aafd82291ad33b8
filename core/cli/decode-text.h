/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A telegram as a table for people. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Appends the telegram to out: a line about the meter, and one line for each record. */
void decode_text_append (const AmselTelegram *telegram, const gchar *protocol, GString *out);

G_END_DECLS
