/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams as one line of text, so that a test vector is bytes and a line. */
#pragma once

#include "en13757.h"

AmselTelegram *summary_decode_records (const gchar *hex, GError **error);
AmselTelegram *summary_decode_apdu (const gchar *hex, GError **error);
gchar *summary_of_records (AmselTelegram *telegram);
void summary_check (const gchar *name, const gchar *hex, const gchar *expected);
