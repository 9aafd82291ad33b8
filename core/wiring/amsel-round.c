/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The meters of a pipeline that have the same schedule.
 *
 * amsel-slots.c tells when a slot has come, amsel-cycle.c reads its meters. Here they are put together: what
 * happens when a slot comes while the one before is still being read, and that every slot that is missed gets
 * its records: nothing is caught up in a burst, nothing is hidden. */
#include "amsel-round.h"

#include "amsel-error.h"
#include "amsel-harvest.h"
#include "amsel-slots.h"

/* Most slots that wait for a cycle that takes too long (overrun: queue). */
#define WAITING_MAX 1000

struct _AmselRound
{
  AmselPipeline *pipeline; /* (unowned): owns the round */
  AmselSchedule *schedule; /* (owned) (nullable) */
  GPtrArray *watches;      /* (owned) (element-type AmselMeterWatch) */
  AmselSlots *slots;       /* (owned) (nullable): tells when a slot has come */
  AmselCycle *cycle;       /* (owned) (nullable): the slot that is being read */
  GQueue waiting;          /* (element-type gint64): slots that wait for it */
};

static void begin_slot (AmselRound *self, gint64 slot_us);

static gchar *
format_slot (gint64 slot_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (slot_us / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("?");
}

/* Every meter gets a record of a slot in which it was not asked. Who hears of one may take meters out. */
static void
record_missed (AmselRound *self, gint64 slot_us, const gchar *why)
{
  g_autoptr (GPtrArray) watches =
      g_ptr_array_copy (self->watches, (GCopyFunc) (gpointer) amsel_meter_watch_ref, NULL);

  g_ptr_array_set_free_func (watches, (GDestroyNotify) amsel_meter_watch_unref);
  for (guint i = 0; i < watches->len; i++)
    {
      const AmselMeterWatch *watch = g_ptr_array_index (watches, i);
      AmselReadoutInfo info;
      g_autoptr (AmselReadout) readout = NULL;

      if (watch->is_gone)
        continue;
      amsel_pipeline_begin_info (self->pipeline, watch->meter, &info);
      info.slot_us = slot_us;
      readout = amsel_harvest_nothing (AMSEL_QUALITY_MISSED, AMSEL_READ_ERROR_MISSED, why, &info);
      amsel_pipeline_emit_readout (self->pipeline, readout);
    }
}

static void
miss_slot (gint64 slot_us, const gchar *why, gpointer user_data)
{
  AmselRound *self = user_data;
  g_autofree gchar *slot = format_slot (slot_us);

  if (self->watches->len == 0)
    return;
  amsel_pipeline_notice (self->pipeline, "slot %s missed: %s", slot, why);
  record_missed (self, slot_us, why);
}

static void
on_readout (AmselReadout *readout, gpointer user_data)
{
  AmselRound *self = user_data;

  amsel_pipeline_emit_readout (self->pipeline, readout);
}

static void
on_changed (const AmselMeterWatch *watch, gpointer user_data)
{
  AmselRound *self = user_data;

  if (amsel_meter_watch_is_suspended (watch))
    amsel_pipeline_notice (self->pipeline,
                           "meter %s: silent in %u readings in a row; from now on it is only probed",
                           amsel_meter_get_name (watch->meter), watch->silent);
  else
    amsel_pipeline_notice (self->pipeline, "meter %s: answers again", amsel_meter_get_name (watch->meter));
}

static void
on_cycle_done (AmselCycle *cycle, gpointer user_data)
{
  AmselRound *self = user_data;
  gint64 *waiting;

  self->cycle = NULL;
  amsel_cycle_free (cycle);
  waiting = g_queue_pop_head (&self->waiting);
  if (waiting != NULL)
    {
      begin_slot (self, *waiting);
      g_free (waiting);
      return;
    }
  amsel_pipeline_emit_idle (self->pipeline);
}

static const AmselCycleCallbacks cycle_callbacks = { on_readout, on_changed, on_cycle_done };

static void
begin_slot (AmselRound *self, gint64 slot_us)
{
  AmselCyclePlan plan = { .schedule = slot_us != 0 ? self->schedule : NULL,
                          .watches = self->watches,
                          .lane = AMSEL_LANE_SCHEDULED,
                          .slot_us = slot_us };
  gint64 interval_us =
      slot_us != 0 && self->schedule != NULL ? amsel_schedule_next_us (self->schedule, slot_us) - slot_us : 0;

  amsel_pipeline_fill_plan (self->pipeline, interval_us, &plan);
  self->cycle = amsel_cycle_new (&plan, &cycle_callbacks, self);
  amsel_cycle_start (self->cycle);
}

/* A slot has come while the one before is still being read. */
static void
overrun (AmselRound *self, gint64 slot_us)
{
  const gchar *why = "the slot before it was still being read";
  AmselOverrun policy = amsel_schedule_get_overrun (self->schedule);
  gint64 *dropped = NULL;

  if (policy == AMSEL_OVERRUN_SKIP
      || (policy == AMSEL_OVERRUN_QUEUE && g_queue_get_length (&self->waiting) >= WAITING_MAX))
    {
      miss_slot (slot_us, why, self);
      return;
    }
  if (policy == AMSEL_OVERRUN_COALESCE)
    dropped = g_queue_pop_head (&self->waiting);
  if (dropped != NULL)
    miss_slot (*dropped, why, self);
  g_free (dropped);
  g_queue_push_tail (&self->waiting, g_memdup2 (&slot_us, sizeof slot_us));
}

static void
on_slot (gint64 slot_us, gpointer user_data)
{
  AmselRound *self = user_data;

  if (self->cycle != NULL)
    overrun (self, slot_us);
  else if (self->watches->len > 0)
    begin_slot (self, slot_us);
}

static void
on_slots_notice (const gchar *message, gpointer user_data)
{
  AmselRound *self = user_data;

  amsel_pipeline_notice (self->pipeline, "%s", message);
}

static const AmselSlotsCallbacks slots_callbacks = { on_slot, miss_slot, on_slots_notice };

AmselRound *
amsel_round_new (AmselPipeline *pipeline, AmselSchedule *schedule)
{
  AmselRound *self = g_new0 (AmselRound, 1);

  self->pipeline = pipeline;
  g_set_object (&self->schedule, schedule);
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_meter_watch_unref);
  g_queue_init (&self->waiting);
  return self;
}

void
amsel_round_free (AmselRound *self)
{
  amsel_round_stop (self);
  g_clear_object (&self->schedule);
  g_ptr_array_unref (self->watches);
  g_free (self);
}

AmselSchedule *
amsel_round_get_schedule (AmselRound *self)
{
  return self->schedule;
}

void
amsel_round_set_schedule (AmselRound *self, AmselSchedule *schedule)
{
  g_set_object (&self->schedule, schedule);
}

void
amsel_round_add (AmselRound *self, AmselMeterWatch *watch)
{
  g_ptr_array_add (self->watches, amsel_meter_watch_ref (watch));
}

gboolean
amsel_round_remove (AmselRound *self, AmselMeterWatch *watch)
{
  return g_ptr_array_remove (self->watches, watch);
}

void
amsel_round_start (AmselRound *self, gint64 last_slot_us)
{
  if (self->slots != NULL || self->schedule == NULL)
    return;
  self->slots = amsel_slots_new (amsel_pipeline_get_clock (self->pipeline), self->schedule, last_slot_us,
                                 &slots_callbacks, self);
}

void
amsel_round_stop (AmselRound *self)
{
  g_clear_pointer (&self->slots, amsel_slots_free);
  g_queue_clear_full (&self->waiting, g_free);
  g_clear_pointer (&self->cycle, amsel_cycle_free);
}

void
amsel_round_run_once (AmselRound *self)
{
  if (self->cycle == NULL)
    begin_slot (self, 0);
}

gboolean
amsel_round_is_busy (AmselRound *self)
{
  return self->cycle != NULL;
}
