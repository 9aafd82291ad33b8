/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which values of a telegram a newer one has too, and what is left of it without them. Internal: it joins the
 * telegrams of a meter (core/wiring/amsel-joiner.c). */
#pragma once

#include "amsel-telegram.h"

G_BEGIN_DECLS

/* What a value means, as a number: the same for two records that differ in nothing but their value and its
 * scale, and for two fields of one name. Appends those of all values of a telegram to keys (element-type
 * guint64), and sorts these. */
void amsel_telegram_list_meanings (const AmselTelegram *self, GArray *meanings);

/* What a telegram says that is not among the sorted meanings, with all else that it is: frame, time, header.
 * (transfer full): the telegram itself where that is all of it; NULL where it is nothing. */
AmselTelegram *amsel_telegram_subtract (AmselTelegram *self, const GArray *meanings);

/* Bytes that it takes, with its frame. */
gsize amsel_telegram_get_size (const AmselTelegram *self);

G_END_DECLS
