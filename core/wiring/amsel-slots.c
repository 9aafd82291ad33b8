/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watches the wall clock for a schedule.
 *
 * The wall clock can be set, and the program can be held up for a while (a suspended machine, a debugger, a
 * disk that does not answer). So the clock is looked at again and again instead of trusting one long wait. Of
 * the slots that have passed meanwhile only the newest is begun, late; the others are missed and said to be
 * so, one by one up to a bound.
 */
#include "amsel-slots.h"

/* How long to wait at the most before the wall clock is looked at again. */
#define LOOK_AGAIN_US (5 * G_USEC_PER_SEC)

/* Most slots in a row that are missed one by one. */
#define MISSED_MAX 100

/* How far back slots are missed that passed while the program did not run at all. */
#define LOOK_BACK_US (31 * 24 * 3600 * (gint64) G_USEC_PER_SEC)

struct _AmselSlots
{
  AmselClock *clock;       /* (owned) */
  AmselSchedule *schedule; /* (owned) */
  AmselSlotsCallbacks callbacks;
  gpointer user_data;
  GSource *alarm; /* (owned) (nullable) */
  gint64 next_us; /* wall clock: the slot that is waited for */
  gboolean freed; /* by what was told; the memory stays until that has returned */
};

static void look (AmselSlots *self);
static void clear (gpointer data);

static gboolean
on_alarm (gpointer user_data)
{
  look (user_data);
  return G_SOURCE_REMOVE;
}

/* The newest slot that is not later than now; first_us is one of them. */
static gint64
find_newest (AmselSlots *self, gint64 first_us, gint64 now_us, gint64 *following_us)
{
  gint64 slot_us = first_us;
  guint n_missed = 0;

  *following_us = amsel_schedule_next_us (self->schedule, slot_us);
  while (*following_us <= now_us && !self->freed)
    {
      if (n_missed < MISSED_MAX)
        self->callbacks.missed (
            slot_us, "the program did not run or was held up, or the clock was set forward", self->user_data);
      n_missed++;
      slot_us = *following_us;
      *following_us = amsel_schedule_next_us (self->schedule, slot_us);
    }
  if (n_missed > MISSED_MAX)
    {
      g_autofree gchar *text = g_strdup_printf ("%u slots were missed; only the first %d have a record each",
                                                n_missed, MISSED_MAX);

      self->callbacks.notice (text, self->user_data);
    }
  return slot_us;
}

/* A clock that was set back by more than an interval begins anew; a smaller step is waited for, so that no
 * slot is begun twice. */
static void
follow_clock_back (AmselSlots *self, gint64 now_us)
{
  gint64 next_us = amsel_schedule_next_us (self->schedule, now_us);

  if (next_us >= self->next_us || self->next_us <= amsel_schedule_next_us (self->schedule, next_us))
    return;
  self->callbacks.notice ("the clock was set back; the slots follow it", self->user_data);
  self->next_us = next_us;
}

static void
look (AmselSlots *self)
{
  gint64 now_us = amsel_clock_get_real_us (self->clock);
  gint64 due_us = 0;

  g_rc_box_acquire (self);
  follow_clock_back (self, now_us);
  if (now_us >= self->next_us)
    due_us = find_newest (self, self->next_us, now_us, &self->next_us);
  if (!self->freed)
    {
      amsel_clock_clear_alarm (&self->alarm);
      self->alarm = amsel_clock_add_alarm (self->clock,
                                           amsel_clock_get_monotonic_us (self->clock)
                                               + CLAMP (self->next_us - now_us, 1, LOOK_AGAIN_US),
                                           on_alarm, self);
      if (due_us != 0)
        self->callbacks.begin (due_us, self->user_data);
    }
  g_rc_box_release_full (self, clear);
}

AmselSlots *
amsel_slots_new (AmselClock *clock, AmselSchedule *schedule, gint64 last_us,
                 const AmselSlotsCallbacks *callbacks, gpointer user_data)
{
  AmselSlots *self = g_rc_box_new0 (AmselSlots);
  gint64 now_us = amsel_clock_get_real_us (clock);
  gboolean goes_on = last_us > 0 && last_us <= now_us && now_us - last_us < LOOK_BACK_US;

  self->clock = g_object_ref (clock);
  self->schedule = g_object_ref (schedule);
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->next_us = amsel_schedule_next_us (schedule, goes_on ? last_us : now_us);
  look (self);
  return self;
}

static void
clear (gpointer data)
{
  AmselSlots *self = data;

  g_object_unref (self->schedule);
  g_object_unref (self->clock);
}

void
amsel_slots_free (AmselSlots *self)
{
  self->freed = TRUE;
  amsel_clock_clear_alarm (&self->alarm);
  g_rc_box_release_full (self, clear);
}
