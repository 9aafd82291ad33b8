/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock interface and the system's clock.
 *
 * Everything that waits does so by an alarm of a clock, so a test can let hours pass in no time
 * (tests/helpers has the clock that does it). Alarms are one-shot GSources: destroy one to cancel it. */
#include "amsel-clock.h"

G_DEFINE_INTERFACE (AmselClock, amsel_clock, G_TYPE_OBJECT)

static void
amsel_clock_default_init (AmselClockInterface *iface G_GNUC_UNUSED)
{
}

/**
 * amsel_clock_get_real_us: (virtual get_real_us)
 * @self: a clock
 *
 * Returns: wall-clock time in microseconds since 1970-01-01 00:00 UTC
 */
gint64
amsel_clock_get_real_us (AmselClock *self)
{
  return AMSEL_CLOCK_GET_IFACE (self)->get_real_us (self);
}

/**
 * amsel_clock_get_monotonic_us: (virtual get_monotonic_us)
 * @self: a clock
 *
 * Returns: time in microseconds that is never set and never goes back
 */
gint64
amsel_clock_get_monotonic_us (AmselClock *self)
{
  return AMSEL_CLOCK_GET_IFACE (self)->get_monotonic_us (self);
}

/**
 * amsel_clock_add_alarm: (skip)
 * @self: a clock
 * @at_us: monotonic time in microseconds; a time that has passed fires at once
 * @callback: called once in the caller's main context
 * @user_data: for @callback
 *
 * Returns: (transfer full): the alarm; give it to amsel_clock_clear_alarm() to cancel and free it
 */
GSource *
amsel_clock_add_alarm (AmselClock *self, gint64 at_us, GSourceFunc callback, gpointer user_data)
{
  return AMSEL_CLOCK_GET_IFACE (self)->add_alarm (self, at_us, callback, user_data);
}

/**
 * amsel_clock_clear_alarm: (skip)
 * @alarm: (inout) (nullable): an alarm, set to %NULL
 *
 * Cancels and frees an alarm, whether it has fired or not. Does nothing where there is none.
 */
void
amsel_clock_clear_alarm (GSource **alarm)
{
  if (*alarm == NULL)
    return;
  g_source_destroy (*alarm);
  g_clear_pointer (alarm, g_source_unref);
}

#define SYSTEM_TYPE_CLOCK (system_clock_get_type ())
G_DECLARE_FINAL_TYPE (SystemClock, system_clock, SYSTEM, CLOCK, GObject)

struct _SystemClock
{
  GObject parent_instance;
};

static void system_clock_iface_init (AmselClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SystemClock, system_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AMSEL_TYPE_CLOCK, system_clock_iface_init))

static gint64
system_clock_get_real_us (AmselClock *clock G_GNUC_UNUSED)
{
  return g_get_real_time ();
}

static gint64
system_clock_get_monotonic_us (AmselClock *clock G_GNUC_UNUSED)
{
  return g_get_monotonic_time ();
}

static gboolean
alarm_dispatch (GSource *source G_GNUC_UNUSED, GSourceFunc callback, gpointer user_data)
{
  callback (user_data);
  return G_SOURCE_REMOVE;
}

static GSourceFuncs alarm_funcs = { .dispatch = alarm_dispatch };

static GSource *
system_clock_add_alarm (AmselClock *clock G_GNUC_UNUSED, gint64 at_us, GSourceFunc callback,
                        gpointer user_data)
{
  GSource *source = g_source_new (&alarm_funcs, sizeof (GSource));

  g_source_set_static_name (source, "amsel-alarm");
  g_source_set_ready_time (source, MAX (at_us, 0));
  g_source_set_callback (source, callback, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
system_clock_iface_init (AmselClockInterface *iface)
{
  iface->get_real_us = system_clock_get_real_us;
  iface->get_monotonic_us = system_clock_get_monotonic_us;
  iface->add_alarm = system_clock_add_alarm;
}

static void
system_clock_class_init (SystemClockClass *klass G_GNUC_UNUSED)
{
}

static void
system_clock_init (SystemClock *self G_GNUC_UNUSED)
{
}

/**
 * amsel_clock_get_system:
 *
 * Returns: (transfer none): the clock of the machine
 */
AmselClock *
amsel_clock_get_system (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, (gsize) g_object_new (SYSTEM_TYPE_CLOCK, NULL));
  return AMSEL_CLOCK ((gpointer) once);
}
