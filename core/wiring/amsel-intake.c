/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has come since a request was sent.
 *
 * Bytes are collected until the protocol finds a frame in them. In front of it may stand echo, which is
 * passed over, and garbage, which is counted; characters with a wrong parity or stop bit are garbage always.
 */
#include "amsel-intake.h"

#include "amsel-error.h"

void
amsel_intake_init (AmselIntake *self, AmselProtocol *protocol, AmselLineSense *sense)
{
  *self = (AmselIntake){ .protocol = protocol, .sense = sense, .collected = g_byte_array_new () };
}

void
amsel_intake_reset (AmselIntake *self)
{
  g_byte_array_set_size (self->collected, 0);
  self->n_received = 0;
  self->n_dropped = 0;
  self->n_damaged = 0;
  self->first_damaged = 0;
  self->n_breaks = 0;
  self->echoed = FALSE;
  self->first_byte_us = 0;
  self->last_byte_us = 0;
  g_clear_pointer (&self->frame, amsel_frame_unref);
  g_clear_error (&self->damage);
}

void
amsel_intake_clear (AmselIntake *self)
{
  amsel_intake_reset (self);
  g_clear_pointer (&self->collected, g_byte_array_unref);
}

void
amsel_intake_add (AmselIntake *self, GBytes *data)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  length = MIN (length, 2 * AMSEL_INTAKE_MAX);
  self->n_received += (guint) length;
  g_byte_array_append (self->collected, bytes, (guint) length);
}

void
amsel_intake_add_damaged (AmselIntake *self, GBytes *data)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  for (gsize i = 0; i < length; i++)
    self->n_breaks += bytes[i] == 0;
  if (self->n_damaged == 0)
    self->first_damaged = self->n_received;
  self->n_damaged += length;
  self->n_dropped += length;
  self->n_received += (guint) MIN (length, 2 * AMSEL_INTAKE_MAX);
}

void
amsel_intake_note_time (AmselIntake *self, gint64 now_us)
{
  if (self->first_byte_us == 0)
    self->first_byte_us = now_us;
  self->last_byte_us = now_us;
}

gsize
amsel_intake_get_garbage (AmselIntake *self)
{
  return self->n_dropped + self->collected->len;
}

static void
drop (AmselIntake *self, gsize n)
{
  g_byte_array_remove_range (self->collected, 0, (guint) n);
  self->n_dropped += n;
}

void
amsel_intake_drop_all (AmselIntake *self)
{
  drop (self, self->collected->len);
}

/* While others are listened for, what comes is kept for amsel_intake_count_frames() only. */
void
amsel_intake_limit (AmselIntake *self)
{
  if (self->collected->len > AMSEL_INTAKE_MAX)
    g_byte_array_set_size (self->collected, AMSEL_INTAKE_MAX);
}

/* Takes echo out of the beginning of what was collected. Returns whether more is needed to know. */
static gboolean
drop_echo (AmselIntake *self, gboolean at_end)
{
  AmselEcho echo = AMSEL_ECHO_WHOLE;

  while (!self->mirrored && self->collected->len > 0 && echo == AMSEL_ECHO_WHOLE)
    {
      gsize length = 0;

      echo = amsel_line_sense_find_echo (self->sense, self->collected->data, self->collected->len, &length);
      if (echo != AMSEL_ECHO_WHOLE)
        return echo == AMSEL_ECHO_MAYBE && !at_end;
      g_byte_array_remove_range (self->collected, 0, (guint) length);
      self->n_received -= MIN (self->n_received, (guint) length);
      self->echoed = TRUE;
      amsel_line_sense_note_echo (self->sense, TRUE);
    }
  return FALSE;
}

/* What might still become a frame is the end of an answer: a false start behind which the true frame stands,
 * or a frame that is not whole. */
static void
drop_beginning (AmselIntake *self)
{
  if (self->damage == NULL)
    self->damage = g_error_new (AMSEL_READ_ERROR, AMSEL_READ_ERROR_TRUNCATED,
                                "the answer ends too early, after %u bytes", self->collected->len);
  drop (self, 1);
}

void
amsel_intake_find_frame (AmselIntake *self, gint64 real_us, gboolean at_end)
{
  while (self->frame == NULL && !drop_echo (self, at_end) && self->collected->len > 0)
    {
      g_autoptr (GError) error = NULL;
      gsize used = 0;
      AmselFrameStatus status = amsel_protocol_find_frame (
          self->protocol, self->collected->data, self->collected->len, real_us, &used, &self->frame, &error);

      if (status == AMSEL_FRAME_STATUS_COMPLETE)
        g_byte_array_remove_range (self->collected, 0, (guint) used);
      else if (status == AMSEL_FRAME_STATUS_DAMAGED)
        {
          if (self->damage == NULL)
            self->damage = g_steal_pointer (&error);
          drop (self, used);
        }
      else if (at_end)
        drop_beginning (self);
      else
        return;
    }
}

gboolean
amsel_intake_is_echo_only (AmselIntake *self)
{
  gsize length;

  if (self->frame != NULL || self->n_dropped > 0 || self->mirrored)
    return FALSE;
  return self->collected->len == 0
         || amsel_line_sense_find_echo (self->sense, self->collected->data, self->collected->len, &length)
                == AMSEL_ECHO_MAYBE;
}

guint
amsel_intake_count_frames (AmselIntake *self)
{
  guint n = 1;
  gsize done = 0;

  if (self->frame == NULL || self->damage != NULL || self->n_damaged > 0)
    return 0;
  while (done < self->collected->len)
    {
      g_autoptr (AmselFrame) frame = NULL;
      gsize used = 0;

      if (amsel_protocol_find_frame (self->protocol, self->collected->data + done,
                                     self->collected->len - done, 0, &used, &frame, NULL)
          != AMSEL_FRAME_STATUS_COMPLETE)
        return 0;
      done += used;
      n++;
    }
  return n;
}

/* The line knows of damaged characters; of a frame whose characters are all sound, only
 * the protocol does. */
void
amsel_intake_explain (AmselIntake *self, gint64 now_us, guint n_silent)
{
  gsize garbage = amsel_intake_get_garbage (self);

  /* the line has been quiet since the last of it */
  amsel_line_sense_note_unsound (self->sense, self->last_byte_us > 0 ? self->last_byte_us : now_us);
  if (self->n_damaged > 0)
    {
      g_clear_error (&self->damage);
      self->damage =
          amsel_line_sense_explain (self->sense, now_us, garbage, self->n_damaged, self->n_breaks, n_silent);
    }
  else if (self->damage == NULL)
    self->damage = g_error_new (AMSEL_READ_ERROR, AMSEL_READ_ERROR_TRUNCATED,
                                "the answer ends too early, after %" G_GSIZE_FORMAT " bytes", garbage);
}
