/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a pipeline remembers of a meter from slot to slot: whether it answers, and when a silent one is tried
 * again. */
#pragma once

#include "amsel-meter.h"

G_BEGIN_DECLS

/* The rules of a pipeline for silent meters. */
typedef struct
{
  guint suspend_after; /* slots without an answer before a meter is suspended; 0 never suspends */
  gint64 probe_min_us; /* first pause between probes */
  gint64 probe_max_us; /* longest pause */
} AmselWatchRules;

/* There may be a hundred thousand of them, so it is small. */
typedef struct
{
  AmselMeter *meter; /* (owned) */
  gint64 pause_us;   /* between probes; 0 while it is not suspended */
  gint64 every_us;   /* shortest time between two telegrams that count, where it speaks by itself */
  union
  {
    gint64 probe_at_us; /* monotonic: next probe of one that is suspended */
    gint64 listed_us;   /* monotonic: since when one that speaks by itself is waited for; 0 for not yet */
  };
  grefcount refs;
  guint silent;       /* slots in a row without an answer */
  guint is_heard : 1; /* whether anything was heard of it since */
  guint is_gone : 1;  /* taken out of the pipeline */
} AmselMeterWatch;

AmselMeterWatch *amsel_meter_watch_new (AmselMeter *meter);
AmselMeterWatch *amsel_meter_watch_ref (AmselMeterWatch *self);
void amsel_meter_watch_unref (AmselMeterWatch *self);
gboolean amsel_meter_watch_is_suspended (const AmselMeterWatch *self);

/* Whether the meter is to be asked in a slot that begins now. */
gboolean amsel_meter_watch_is_due (const AmselMeterWatch *self, gint64 monotonic_us);

/* Both return TRUE where the meter is suspended now and was not before, or the other way round. */
gboolean amsel_meter_watch_silent (AmselMeterWatch *self, const AmselWatchRules *rules, gint64 monotonic_us);
gboolean amsel_meter_watch_answered (AmselMeterWatch *self);

G_END_DECLS
