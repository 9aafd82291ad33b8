/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One slot of a pipeline.
 *
 * The order is what keeps a dead meter from hurting the others. First every meter is asked once: those that
 * answered last time before those that did not. A request is not repeated while the meter has said nothing at
 * all; instead the silent ones are asked again, once in each of a few passes, when all others have been read,
 * and only while their share of the interval lasts. Suspended meters that are due for a probe come last. So a
 * meter that falls silent delays the others by one timeout, once, and from the next slot on by nothing. */
#include "amsel-cycle.h"

#include "amsel-error.h"
#include "amsel-harvest.h"

typedef struct
{
  AmselMeterWatch *watch; /* (owned) */
  guint index;            /* in the pipeline, for the spread */
  gboolean is_probe;
  guint attempts;
  gint64 start_us; /* wall clock: first request; 0 before */
} Turn;

struct _AmselCycle
{
  AmselCyclePlan plan;
  AmselCycleCallbacks callbacks;
  gpointer user_data;
  AmselClock *clock; /* (unowned): the line's */
  gint64 begin_us;   /* monotonic */
  guint n_meters;    /* when it began, for the spread */

  GQueue turns;            /* (element-type Turn): still to be asked in this pass */
  GQueue silent;           /* (element-type Turn): to be asked again */
  guint pass;              /* 0 is the first */
  Turn *turn;              /* (owned) (nullable): being asked */
  AmselDialogue *dialogue; /* (owned) (nullable) */
  GSource *alarm;          /* (owned) (nullable): its time has not come */
  gboolean freed; /* what is told may be answered by ending it; the memory stays until it has returned */
};

static void next (AmselCycle *self);

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  amsel_meter_watch_unref (turn->watch);
  g_free (turn);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Turn, turn_free)

AmselCycle *
amsel_cycle_new (const AmselCyclePlan *plan, const AmselCycleCallbacks *callbacks, gpointer user_data)
{
  AmselCycle *self = g_rc_box_new0 (AmselCycle);

  self->plan = *plan;
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->clock = amsel_transport_get_clock (amsel_line_get_transport (plan->line));
  self->begin_us = amsel_clock_get_monotonic_us (self->clock);
  self->n_meters = plan->watches->len;
  g_queue_init (&self->turns);
  g_queue_init (&self->silent);
  return self;
}

void
amsel_cycle_free (AmselCycle *self)
{
  g_autoptr (AmselDialogue) dialogue = g_steal_pointer (&self->dialogue);

  amsel_clock_clear_alarm (&self->alarm);
  self->freed = TRUE; /* the line's answer will find it gone */
  if (dialogue != NULL)
    amsel_line_cancel (self->plan.line, dialogue);
  g_queue_clear_full (&self->turns, turn_free);
  g_queue_clear_full (&self->silent, turn_free);
  g_clear_pointer (&self->turn, turn_free);
  g_rc_box_release (self);
}

gint64
amsel_cycle_get_slot_us (AmselCycle *self)
{
  return self->plan.slot_us;
}

static void
begin_info (AmselCycle *self, const AmselMeterWatch *watch, AmselReadoutInfo *info)
{
  *info = (AmselReadoutInfo){
    .pipeline = self->plan.pipeline,
    .line = amsel_line_get_name (self->plan.line),
    .meter = amsel_meter_get_name (watch->meter),
    .protocol = self->plan.protocol_kind,
    .slot_us = self->plan.slot_us,
    .end_us = amsel_clock_get_real_us (self->clock),
  };
}

static void
emit_suspended (AmselCycle *self, const AmselMeterWatch *watch, gint64 now_us)
{
  AmselReadoutInfo info;
  g_autoptr (AmselReadout) readout = NULL;
  g_autofree gchar *message =
      g_strdup_printf ("silent in %u readings in a row; next probe in %" G_GINT64_FORMAT " s", watch->silent,
                       (watch->probe_at_us - now_us) / G_USEC_PER_SEC);

  begin_info (self, watch, &info);
  readout = amsel_harvest_nothing (AMSEL_QUALITY_SUSPENDED, AMSEL_READ_ERROR_SUSPENDED, message, &info);
  self->callbacks.readout (readout, self->user_data);
}

/* Those that answered last time, then those that did not, then probes. */
static void
plan_turns (AmselCycle *self)
{
  GQueue doubtful = G_QUEUE_INIT;
  GQueue probes = G_QUEUE_INIT;
  GQueue suspended_ones = G_QUEUE_INIT;

  for (guint i = 0; i < self->plan.watches->len; i++)
    {
      AmselMeterWatch *watch = g_ptr_array_index (self->plan.watches, i);
      gboolean suspended = amsel_meter_watch_is_suspended (watch);
      GQueue *queue = suspended ? &probes : watch->silent > 0 ? &doubtful : &self->turns;
      Turn *turn;

      if (!amsel_meter_watch_is_due (watch, self->begin_us))
        {
          g_queue_push_tail (&suspended_ones, amsel_meter_watch_ref (watch));
          continue;
        }
      turn = g_new0 (Turn, 1);
      turn->watch = amsel_meter_watch_ref (watch);
      turn->index = i;
      turn->is_probe = suspended;
      g_queue_push_tail (queue, turn);
    }
  for (GQueue *queue = &doubtful; queue != NULL; queue = queue == &doubtful ? &probes : NULL)
    while (!g_queue_is_empty (queue))
      g_queue_push_tail (&self->turns, g_queue_pop_head (queue));
  while (!g_queue_is_empty (&suspended_ones))
    {
      AmselMeterWatch *watch = g_queue_pop_head (&suspended_ones);

      if (!self->freed && !watch->is_gone)
        emit_suspended (self, watch, self->begin_us);
      amsel_meter_watch_unref (watch);
    }
}

/* The outcome of a turn that will not be tried again. */
static void
emit (AmselCycle *self, Turn *turn, AmselDialogue *dialogue, const GError *error)
{
  GPtrArray *frames = dialogue != NULL ? amsel_dialogue_get_frames (dialogue) : NULL;
  AmselReadoutInfo info;
  g_autoptr (AmselReadout) readout = NULL;

  begin_info (self, turn->watch, &info);
  info.start_us = turn->start_us;
  info.attempts = turn->attempts;
  readout = amsel_harvest (self->plan.protocol, turn->watch->meter,
                           frames != NULL ? (AmselFrame *const *) frames->pdata : NULL,
                           frames != NULL ? frames->len : 0,
                           dialogue == NULL || amsel_dialogue_get_complete (dialogue), error, &info);
  self->callbacks.readout (readout, self->user_data);
}

/* Whether the outcome may be another one at the end of the slot: silence, or a line that was not free. */
static gboolean
is_worth_retry (const AmselDialogueReport *report, const GError *error)
{
  return error != NULL && !report->contact && (report->unsent || !report->line_fault);
}

static gboolean
may_retry (AmselCycle *self, const Turn *turn)
{
  return !turn->is_probe && self->pass < self->plan.retries
         && amsel_clock_get_monotonic_us (self->clock) < self->plan.retry_until_us;
}

/* Keeps book of a turn that is over, and says what changed. */
static void
note_outcome (AmselCycle *self, AmselMeterWatch *watch, const AmselDialogueReport *report,
              const GError *error)
{
  gboolean changed = FALSE;

  if (report->contact)
    changed = amsel_meter_watch_answered (watch);
  else if (error != NULL && !report->line_fault)
    changed = amsel_meter_watch_silent (watch, self->plan.rules, amsel_clock_get_monotonic_us (self->clock));
  if (changed)
    self->callbacks.changed (watch, self->user_data);
}

static void
on_done (AmselDialogue *dialogue, const AmselDialogueReport *report, const GError *error, gpointer user_data)
{
  AmselCycle *self = user_data;
  g_autoptr (AmselDialogue) owned = NULL;
  g_autoptr (Turn) turn = NULL;

  if (self->freed)
    return;
  g_rc_box_acquire (self);
  owned = g_steal_pointer (&self->dialogue);
  turn = g_steal_pointer (&self->turn);
  turn->attempts += report->attempts;
  if (turn->start_us == 0)
    turn->start_us = report->start_us;
  if (turn->watch->is_gone)
    ; /* nobody wants to hear of it any more */
  else if (is_worth_retry (report, error) && may_retry (self, turn))
    g_queue_push_tail (&self->silent, g_steal_pointer (&turn));
  else
    {
      note_outcome (self, turn->watch, report, error);
      emit (self, turn, dialogue, error);
    }
  if (!self->freed)
    next (self);
  g_rc_box_release (self);
}

/* The first pass goes on to the next meter at the first silence, as long as there is another pass. */
static AmselPatience
get_patience (AmselCycle *self)
{
  return self->pass == 0 && self->plan.retries > 0 ? AMSEL_PATIENCE_ONE_SILENCE : AMSEL_PATIENCE_ONE_TRY;
}

static void
ask (AmselCycle *self, Turn *turn)
{
  g_autoptr (GError) error = NULL;

  self->dialogue = amsel_protocol_read (self->plan.protocol, turn->watch->meter, &error);
  if (self->dialogue == NULL)
    {
      g_rc_box_acquire (self);
      emit (self, turn, NULL, error);
      turn_free (turn);
      if (!self->freed)
        next (self);
      g_rc_box_release (self);
      return;
    }
  self->turn = turn;
  amsel_line_submit (self->plan.line, self->plan.lane, self->plan.protocol, self->dialogue,
                     get_patience (self), on_done, self);
}

static gboolean
on_due (gpointer user_data)
{
  next (user_data);
  return G_SOURCE_REMOVE;
}

/* Meters that were taken out of the pipeline meanwhile. */
static void
skip_gone (GQueue *turns)
{
  Turn *turn;

  while ((turn = g_queue_peek_head (turns)) != NULL && turn->watch->is_gone)
    turn_free (g_queue_pop_head (turns));
}

/* Gives the next meter its turn, from the main loop: a line that fails at once must not build up a stack. */
static void
next (AmselCycle *self)
{
  gint64 now_us = amsel_clock_get_monotonic_us (self->clock);
  gint64 due_us = now_us;
  Turn *turn;

  skip_gone (&self->turns);
  skip_gone (&self->silent);
  if (g_queue_is_empty (&self->turns) && !g_queue_is_empty (&self->silent))
    {
      self->pass++;
      self->turns = self->silent;
      g_queue_init (&self->silent);
    }
  turn = g_queue_peek_head (&self->turns);
  if (turn != NULL && self->pass == 0 && self->plan.schedule != NULL)
    due_us = self->begin_us + amsel_schedule_get_spread_us (self->plan.schedule, turn->index, self->n_meters);
  if (self->alarm == NULL || due_us > now_us)
    {
      amsel_clock_clear_alarm (&self->alarm);
      self->alarm = amsel_clock_add_alarm (self->clock, due_us, on_due, self);
      return;
    }
  amsel_clock_clear_alarm (&self->alarm);
  if (turn != NULL)
    ask (self, g_queue_pop_head (&self->turns));
  else
    self->callbacks.done (self, self->user_data);
}

void
amsel_cycle_start (AmselCycle *self)
{
  g_rc_box_acquire (self);
  plan_turns (self);
  if (!self->freed)
    next (self);
  g_rc_box_release (self);
}
