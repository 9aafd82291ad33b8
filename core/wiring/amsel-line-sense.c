/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a line beside what its meters say.
 *
 * Echo: many level converters give back what they are sent, some of them late, some through two devices and
 * so twice. No meter answers with the very bytes of a request, so what equals one of the last requests is
 * echo. A line that has echoed and then gives back nothing at all has lost its converter, not its meter.
 *
 * Noise and collisions: meters speak when they are asked. Characters that come out of silence are noise, and
 * so is damage that comes and goes from one attempt to the next; answers of several meters overlap each time.
 *
 * Break: a line that is held down, by a converter without power or by a short, shows as a character of spaces
 * alone, again and again. No meter sends that. */
#include "amsel-line-sense.h"

#include <string.h>

#include "amsel-error.h"

/* How many requests back an echo may belong to. */
#define N_SENT 4

/* This many stray characters within this time make a line a noisy one. A character is a stray one when it
 * comes after so long a silence that it cannot belong to a late answer. */
#define N_STRAYS         3
#define STRAYS_WITHIN_US (60 * G_USEC_PER_SEC)
#define STRAY_SILENCE_US (G_USEC_PER_SEC / 2)

/* Answers in a row of nothing but breaks. */
#define N_BREAKS 2

struct _AmselLineSense
{
  GBytes *sent[N_SENT]; /* (owned) (nullable): the last requests, in a ring */
  guint n_sent;
  gboolean echoes;
  gint64 strays_us[N_STRAYS]; /* monotonic, in a ring */
  guint n_strays;
  gint64 activity_us; /* monotonic: when anything was on the line */
  gint64 unsound_us;  /* monotonic: when something else than a sound frame was */
  guint n_breaks;     /* answers in a row */
};

AmselLineSense *
amsel_line_sense_new (void)
{
  return g_new0 (AmselLineSense, 1);
}

void
amsel_line_sense_free (AmselLineSense *self)
{
  for (guint i = 0; i < N_SENT; i++)
    g_clear_pointer (&self->sent[i], g_bytes_unref);
  g_free (self);
}

void
amsel_line_sense_sent (AmselLineSense *self, GBytes *data)
{
  GBytes **place = &self->sent[self->n_sent++ % N_SENT];

  g_clear_pointer (place, g_bytes_unref);
  *place = g_bytes_ref (data);
}

AmselEcho
amsel_line_sense_find_echo (AmselLineSense *self, const guint8 *data, gsize length, gsize *out_length)
{
  AmselEcho found = AMSEL_ECHO_NONE;

  for (guint i = 0; i < N_SENT; i++)
    {
      gsize sent_length = 0;
      const guint8 *sent = self->sent[i] != NULL ? g_bytes_get_data (self->sent[i], &sent_length) : NULL;

      if (sent_length == 0 || memcmp (data, sent, MIN (length, sent_length)) != 0)
        continue;
      if (length < sent_length)
        {
          found = AMSEL_ECHO_MAYBE;
          continue;
        }
      *out_length = sent_length;
      return AMSEL_ECHO_WHOLE;
    }
  return found;
}

void
amsel_line_sense_note_echo (AmselLineSense *self, gboolean echoed)
{
  self->echoes = echoed;
}

gboolean
amsel_line_sense_echoes (AmselLineSense *self)
{
  return self->echoes;
}

void
amsel_line_sense_note_activity (AmselLineSense *self, gint64 now_us)
{
  self->activity_us = MAX (self->activity_us, now_us);
}

void
amsel_line_sense_note_stray (AmselLineSense *self, gint64 now_us)
{
  if (now_us - self->activity_us >= STRAY_SILENCE_US)
    self->strays_us[self->n_strays++ % N_STRAYS] = now_us;
  amsel_line_sense_note_unsound (self, now_us);
}

void
amsel_line_sense_note_unsound (AmselLineSense *self, gint64 now_us)
{
  self->unsound_us = MAX (self->unsound_us, now_us);
  amsel_line_sense_note_activity (self, now_us);
}

gint64
amsel_line_sense_get_unsound_us (AmselLineSense *self)
{
  return self->unsound_us;
}

static gboolean
is_noisy (AmselLineSense *self, gint64 now_us)
{
  /* the next place of the ring holds the oldest */
  return self->n_strays >= N_STRAYS
         && now_us - self->strays_us[self->n_strays % N_STRAYS] <= STRAYS_WITHIN_US;
}

GError *
amsel_line_sense_explain (AmselLineSense *self, gint64 now_us, gsize n_characters, gsize n_damaged,
                          gsize n_breaks, guint n_silent)
{
  self->n_breaks = n_breaks == n_characters ? self->n_breaks + 1 : 0;
  if (self->n_breaks >= N_BREAKS)
    return g_error_new_literal (
        AMSEL_READ_ERROR, AMSEL_READ_ERROR_BREAK,
        "the line is held down: a level converter without power, or wires that touch, not a meter");
  if (is_noisy (self, now_us) || n_silent > 0)
    return g_error_new (
        AMSEL_READ_ERROR, AMSEL_READ_ERROR_NOISE,
        "noise on the line: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " characters damaged, and %s", n_damaged,
        n_characters, n_silent > 0 ? "silence at another attempt" : "characters that nobody asked for");
  return g_error_new (AMSEL_READ_ERROR, AMSEL_READ_ERROR_COLLISION,
                      "answers that overlap: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                      " characters damaged; several meters may have answered",
                      n_damaged, n_characters);
}
