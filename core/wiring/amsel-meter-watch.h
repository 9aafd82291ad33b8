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

typedef struct
{
  AmselMeter *meter;  /* (owned) */
  guint silent;       /* slots in a row without an answer */
  gint64 pause_us;    /* between probes; 0 while it is not suspended */
  gint64 probe_at_us; /* monotonic: next probe */
  gint64 answered_us; /* wall clock: last answer; 0 for never */
  gint64 every_us;    /* shortest time between two telegrams that count, where it speaks by itself */
  gint64 listed_us;   /* monotonic: since when it is waited for, where it speaks by itself; 0 for not yet */
  gboolean is_heard;  /* whether anything was heard of it since */
  gboolean is_gone;   /* taken out of the pipeline */
} AmselMeterWatch;

AmselMeterWatch *amsel_meter_watch_new (AmselMeter *meter);
AmselMeterWatch *amsel_meter_watch_ref (AmselMeterWatch *self);
void amsel_meter_watch_unref (AmselMeterWatch *self);
gboolean amsel_meter_watch_is_suspended (const AmselMeterWatch *self);

/* Whether the meter is to be asked in a slot that begins now. */
gboolean amsel_meter_watch_is_due (const AmselMeterWatch *self, gint64 monotonic_us);

/* Both return TRUE where the meter is suspended now and was not before, or the other way round. */
gboolean amsel_meter_watch_silent (AmselMeterWatch *self, const AmselWatchRules *rules, gint64 monotonic_us);
gboolean amsel_meter_watch_answered (AmselMeterWatch *self, gint64 real_us);

G_END_DECLS
