/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a pipeline remembers of a meter. A meter that is silent in several slots in a row is suspended: it is
 * not asked in every slot any more, but probed with pauses that double, so that a dead meter costs a line
 * next to nothing and a repaired one is found again. */
#include "amsel-meter-watch.h"

AmselMeterWatch *
amsel_meter_watch_new (AmselMeter *meter)
{
  AmselMeterWatch *self = g_new0 (AmselMeterWatch, 1);

  g_ref_count_init (&self->refs);
  self->meter = g_object_ref (meter);
  return self;
}

AmselMeterWatch *
amsel_meter_watch_ref (AmselMeterWatch *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

void
amsel_meter_watch_unref (AmselMeterWatch *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_object_unref (self->meter);
  g_free (self);
}

gboolean
amsel_meter_watch_is_suspended (const AmselMeterWatch *self)
{
  return self->pause_us > 0;
}

gboolean
amsel_meter_watch_is_due (const AmselMeterWatch *self, gint64 monotonic_us)
{
  return self->pause_us == 0 || monotonic_us >= self->probe_at_us;
}

gboolean
amsel_meter_watch_silent (AmselMeterWatch *self, const AmselWatchRules *rules, gint64 monotonic_us)
{
  gboolean was_suspended = self->pause_us > 0;

  self->silent++;
  if (rules->suspend_after == 0 || self->silent < rules->suspend_after)
    return FALSE;
  self->pause_us = was_suspended ? MIN (2 * self->pause_us, rules->probe_max_us)
                                 : MIN (rules->probe_min_us, rules->probe_max_us);
  self->probe_at_us = monotonic_us + self->pause_us;
  return !was_suspended;
}

gboolean
amsel_meter_watch_answered (AmselMeterWatch *self)
{
  gboolean was_suspended = self->pause_us > 0;

  self->silent = 0;
  self->pause_us = 0;
  return was_suspended;
}
