/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens to a line.
 *
 * A radio receiver forgets its settings with its supply, may be plugged in anew, and may hang. So it is set
 * up whenever the line was opened, when it has said nothing for too long, and when what it says makes no
 * sense; a receiver that does not answer to that is a line that is not there, and is opened again after a
 * pause. */
#include "amsel-listener.h"

#include "amsel-error.h"
#include "amsel-line-private.h"
#include "amsel-tally.h"

/* Most bytes that wait for the end of a frame. */
#define HEARD_MAX (64 * 1024)

/* Bytes that are no frames, in a row, after which the receiver is taken to be set up wrongly. */
#define GARBAGE_MAX 4096

struct _AmselListener
{
  AmselLine *line;         /* (unowned) */
  AmselProtocol *protocol; /* (owned) */
  AmselLineHeard heard;    /* (nullable): not any longer */
  gpointer user_data;
  gint64 silence_us;

  GByteArray *bytes;       /* (owned): the beginning of a frame */
  gint64 received_us;      /* monotonic: when its last bytes came */
  AmselTally *tally;       /* (owned) */
  gsize n_garbage;         /* since the last frame */
  gint64 heard_us;         /* monotonic: when the last frame came, or the set-up ended */
  GSource *watch;          /* (owned) (nullable): looks whether it is silent */
  AmselDialogue *dialogue; /* (owned) (nullable): the set-up that is going on */
};

static void watch (AmselListener *self);

static AmselClock *
get_clock (AmselListener *self)
{
  return amsel_transport_get_clock (amsel_line_get_transport (self->line));
}

AmselListener *
amsel_listener_new (AmselLine *line, AmselProtocol *protocol, gint64 silence_us, AmselLineHeard heard,
                    gpointer user_data)
{
  AmselListener *self = g_rc_box_new0 (AmselListener);

  self->line = line;
  self->protocol = g_object_ref (protocol);
  self->silence_us = silence_us;
  self->heard = heard;
  self->user_data = user_data;
  self->bytes = g_byte_array_new ();
  self->tally = amsel_tally_new ();
  return self;
}

static void
forget_dialogue (AmselListener *self)
{
  g_autoptr (AmselDialogue) dialogue = g_steal_pointer (&self->dialogue);

  if (dialogue != NULL)
    amsel_line_cancel (self->line, dialogue);
}

void
amsel_listener_end (AmselListener *self)
{
  amsel_clock_clear_alarm (&self->watch);
  g_byte_array_set_size (self->bytes, 0);
  forget_dialogue (self);
}

static void
clear (gpointer data)
{
  AmselListener *self = data;

  g_byte_array_unref (self->bytes);
  amsel_tally_free (self->tally);
  g_object_unref (self->protocol);
}

/* Who hears of a frame may end it there and then, so it lives until amsel_listener_receive() has returned. */
void
amsel_listener_free (AmselListener *self)
{
  self->heard = NULL;
  amsel_listener_end (self);
  g_rc_box_release_full (self, clear);
}

static void
on_prepared (AmselDialogue *dialogue, const AmselDialogueReport *report G_GNUC_UNUSED, const GError *error,
             gpointer user_data)
{
  AmselListener *self = user_data;

  if (self->dialogue != dialogue)
    return; /* it was given up */
  g_clear_object (&self->dialogue);
  if (error != NULL)
    amsel_line_give_up (self->line, error);
  else
    watch (self);
}

void
amsel_listener_begin (AmselListener *self)
{
  g_autoptr (AmselProtocol) finder = NULL;

  amsel_listener_end (self);
  self->n_garbage = 0;
  self->dialogue = amsel_protocol_prepare (self->protocol, &finder);
  if (self->dialogue == NULL)
    return;
  amsel_line_submit (self->line, AMSEL_LANE_ON_DEMAND, finder, self->dialogue, AMSEL_PATIENCE_FULL,
                     on_prepared, self);
}

static gboolean
on_watch (gpointer user_data)
{
  AmselListener *self = user_data;

  amsel_clock_clear_alarm (&self->watch);
  if (amsel_clock_get_monotonic_us (get_clock (self)) - self->heard_us >= self->silence_us)
    amsel_listener_begin (self);
  else
    self->watch = amsel_clock_add_alarm (get_clock (self), self->heard_us + self->silence_us, on_watch, self);
  return G_SOURCE_REMOVE;
}

/* Begins to watch over a receiver that was set up. One alarm at a time stands: a frame does not move it. */
static void
watch (AmselListener *self)
{
  self->heard_us = amsel_clock_get_monotonic_us (get_clock (self));
  if (self->silence_us > 0)
    self->watch = amsel_clock_add_alarm (get_clock (self), self->heard_us + self->silence_us, on_watch, self);
}

/* What makes no sense is let pass, up to a point. */
static void
count_garbage (AmselListener *self, gsize n)
{
  self->n_garbage += n;
  if (self->n_garbage > GARBAGE_MAX && self->watch != NULL)
    {
      amsel_line_notice (self->line,
                         "%" G_GSIZE_FORMAT " bytes in a row were no telegram: the receiver is set up again",
                         self->n_garbage);
      amsel_listener_begin (self);
    }
}

/* Each fault is said when it comes first, and counted. */
static void
add_fault (AmselListener *self, const GError *error, gsize n)
{
  if (amsel_tally_add_fault (self->tally, error, n))
    amsel_line_notice (self->line, "no telegram: %s; from now on this is only counted", error->message);
}

/* The rest of a message that did not come, and what came instead must not be joined. */
static void
drop_pending (AmselListener *self)
{
  g_autoptr (GError) error = NULL;

  if (self->bytes->len == 0)
    return;
  error = g_error_new (AMSEL_READ_ERROR, AMSEL_READ_ERROR_TRUNCATED,
                       "the rest of a message did not come, of which there were %u bytes", self->bytes->len);
  add_fault (self, error, self->bytes->len);
  g_byte_array_set_size (self->bytes, 0);
}

static gboolean
is_late (AmselListener *self, gint64 now_us)
{
  gint64 gap_us = amsel_protocol_get_gap_us (self->protocol);

  return gap_us > 0 && now_us - self->received_us > gap_us;
}

/* Takes one frame, or what is none, from the beginning. Returns how many bytes it has; 0 for more needed. */
static gsize
take (AmselListener *self, gsize done, gint64 real_us, gsize *garbage)
{
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  gsize used = 0;
  AmselFrameStatus status = amsel_protocol_find_frame (
      self->protocol, self->bytes->data + done, self->bytes->len - done, real_us, &used, &frame, &error);

  if (status == AMSEL_FRAME_STATUS_MORE)
    return 0;
  if (frame == NULL)
    {
      *garbage += used;
      add_fault (self, error, used);
      return used;
    }
  *garbage = self->n_garbage = 0;
  amsel_tally_add_frame (self->tally);
  self->heard_us = amsel_clock_get_monotonic_us (get_clock (self));
  self->heard (frame, self->user_data);
  return used;
}

void
amsel_listener_receive (AmselListener *self, GBytes *data)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  gint64 real_us = amsel_clock_get_real_us (get_clock (self));
  gint64 now_us = amsel_clock_get_monotonic_us (get_clock (self));
  gboolean whole = amsel_transport_is_whole (amsel_line_get_transport (self->line));
  gsize done = 0;
  gsize used = 1;
  gsize garbage = 0;

  g_rc_box_acquire (self);
  if (is_late (self, now_us))
    drop_pending (self);
  self->received_us = now_us;
  g_byte_array_append (self->bytes, bytes, (guint) length);
  while (self->heard != NULL && used > 0 && done < self->bytes->len)
    {
      used = take (self, done, real_us, &garbage);
      done += used;
    }
  /* it was emptied where the line was lost or set up anew meanwhile */
  g_byte_array_remove_range (self->bytes, 0, MIN ((guint) done, self->bytes->len));
  if (whole || self->bytes->len > HEARD_MAX)
    drop_pending (self);
  if (self->heard != NULL)
    count_garbage (self, garbage);
  g_rc_box_release_full (self, clear);
}

void
amsel_listener_sum_up (AmselListener *self)
{
  g_autofree gchar *sum = amsel_tally_to_string (self->tally);

  if (sum != NULL)
    amsel_line_notice (self->line, "heard %s", sum);
}
