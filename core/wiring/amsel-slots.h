/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watches the wall clock for a schedule, and says when a slot has come or has been missed. */
#pragma once

#include "amsel-clock.h"
#include "amsel-schedule.h"

G_BEGIN_DECLS

typedef struct _AmselSlots AmselSlots;

typedef struct
{
  void (*begin) (gint64 slot_us, gpointer user_data);
  void (*missed) (gint64 slot_us, const gchar *why, gpointer user_data);
  void (*notice) (const gchar *message, gpointer user_data);
} AmselSlotsCallbacks;

/* Begins after last_us, the last slot that has its records: what has passed since is missed, but for the
 * newest. With 0 it begins with the next slot. clock and schedule are kept alive. */
AmselSlots *amsel_slots_new (AmselClock *clock, AmselSchedule *schedule, gint64 last_us,
                             const AmselSlotsCallbacks *callbacks, gpointer user_data);
void amsel_slots_free (AmselSlots *self);

G_END_DECLS
