/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Complete readings of meters that spread their values over several kinds of telegrams: beside a telegram
 * stands what earlier ones of the same meter said and no later one has said again. */
#pragma once

#include "amsel-telegram.h"

G_BEGIN_DECLS

/* Most telegrams that one reading is joined of. Meters have two or three kinds. */
#define AMSEL_JOINED_MAX 8

typedef struct _AmselJoiner AmselJoiner;

/* join_us: how old a telegram may be that a newer one is joined with, by the time at which they came.
 * memory: bytes of all telegrams that are kept. Both are looked up whenever a telegram comes. */
AmselJoiner *amsel_joiner_new (const gint64 *join_us, const gint64 *memory);
void amsel_joiner_free (AmselJoiner *self);

/* Joins a telegram with what its meter said before, and keeps it for those after it. Returns it, and behind
 * it parts of earlier telegrams, newest first, which have no value that one before them has: at most
 * AMSEL_JOINED_MAX. They are valid until the next call. (transfer none) (array length=n) */
AmselTelegram *const *amsel_joiner_join (AmselJoiner *self, const AmselIdentity *meter,
                                         AmselTelegram *telegram, gsize *n);

/* How many meters are kept, and how many were forgotten because there was no memory for them. */
guint amsel_joiner_get_n_meters (AmselJoiner *self);
guint64 amsel_joiner_get_n_forgotten (AmselJoiner *self);

G_END_DECLS
