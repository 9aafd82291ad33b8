/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only source of time: a clock that tests can move. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_CLOCK (amsel_clock_get_type ())
AMSEL_API
G_DECLARE_INTERFACE (AmselClock, amsel_clock, AMSEL, CLOCK, GObject)

/**
 * AmselClockInterface:
 * @g_iface: the parent interface
 * @get_real_us: wall-clock time, microseconds since 1970-01-01 UTC
 * @get_monotonic_us: time that only goes forward, in microseconds
 * @add_alarm: calls @callback once, in the main context of the caller, when the monotonic time reaches @at_us
 *
 * What a clock can do.
 */
struct _AmselClockInterface
{
  GTypeInterface g_iface;

  gint64 (*get_real_us) (AmselClock *self);
  gint64 (*get_monotonic_us) (AmselClock *self);
  GSource *(*add_alarm) (AmselClock *self, gint64 at_us, GSourceFunc callback, gpointer user_data);

  gpointer padding[4];
};

AMSEL_API AmselClock *amsel_clock_get_system (void);
AMSEL_API gint64 amsel_clock_get_real_us (AmselClock *self);
AMSEL_API gint64 amsel_clock_get_monotonic_us (AmselClock *self);
AMSEL_API GSource *amsel_clock_add_alarm (AmselClock *self, gint64 at_us, GSourceFunc callback,
                                          gpointer user_data);
AMSEL_API void amsel_clock_clear_alarm (GSource **alarm);

G_END_DECLS
