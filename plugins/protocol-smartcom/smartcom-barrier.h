/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting until what was given to the store is durable, for many at once and without blocking: one flush in a
 * thread serves all who came before it began. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

typedef struct _SmartcomBarrier SmartcomBarrier;

/* stored is FALSE where something was given up. */
typedef void (*SmartcomStoredFunc) (gboolean stored, gpointer user_data);

SmartcomBarrier *smartcom_barrier_new (AmselStore *store, AmselClock *clock);
/* Tells all who wait that theirs is not stored, as far as is known. */
void smartcom_barrier_free (SmartcomBarrier *self);
void smartcom_barrier_wait (SmartcomBarrier *self, SmartcomStoredFunc func, gpointer user_data);

G_END_DECLS
