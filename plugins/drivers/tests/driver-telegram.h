/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the compiled drivers make of a whole radio telegram, as a protocol has them do it. */
#pragma once

#include "driver.h"

/* Takes a telegram from the L field on, without CRCs and encryption; NULL where it is too short for one. The
 * payload is behind a TPL header of 7A or 72. */
AmselTelegram *driver_telegram_decode (const guint8 *link, gsize length, const guint8 *key);

/* The fields as "name=value", parted by blanks, where a value that is missing is its reason in parentheses
 * and a text is in quotes. */
gchar *driver_telegram_describe (const AmselTelegram *telegram);

/* The bytes of the lines of an explanation, put together again. */
GByteArray *driver_telegram_collect (const gchar *text);
