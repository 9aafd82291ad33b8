/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a line beside what its meters say: whether it gives back what is sent, whether it is
 * disturbed, and whether it is held down. */
#pragma once

#include "amsel-dialogue.h"

G_BEGIN_DECLS

typedef struct _AmselLineSense AmselLineSense;

/* What the beginning of received bytes is. */
typedef enum
{
  AMSEL_ECHO_NONE,
  AMSEL_ECHO_MAYBE, /* all of it is the beginning of something that was sent */
  AMSEL_ECHO_WHOLE, /* it begins with something that was sent */
} AmselEcho;

AmselLineSense *amsel_line_sense_new (void);
void amsel_line_sense_free (AmselLineSense *self);

/* A request goes out, and may come back. */
void amsel_line_sense_sent (AmselLineSense *self, GBytes *data);

/* Looks for one of the last requests at the beginning of what came; out_length is its length. */
AmselEcho amsel_line_sense_find_echo (AmselLineSense *self, const guint8 *data, gsize length,
                                      gsize *out_length);

/* What became of a request: learns whether the line echoes. */
void amsel_line_sense_note_echo (AmselLineSense *self, gboolean echoed);
gboolean amsel_line_sense_echoes (AmselLineSense *self);

/* Something was sent, or came as it was asked for. */
void amsel_line_sense_note_activity (AmselLineSense *self, gint64 now_us);

/* Characters came that nobody had asked for. */
void amsel_line_sense_note_stray (AmselLineSense *self, gint64 now_us);

/* Something else than a sound frame was on the line at this moment. */
void amsel_line_sense_note_unsound (AmselLineSense *self, gint64 now_us);

/* When it was; 0 for never. */
gint64 amsel_line_sense_get_unsound_us (AmselLineSense *self);

/* Why an answer was damaged in the view of the line: n_damaged of n_characters had a wrong parity or stop
 * bit, n_breaks of them were nothing but spaces; n_silent of the attempts before were not answered at all.
 * Returns an AmselReadError. */
GError *amsel_line_sense_explain (AmselLineSense *self, gint64 now_us, gsize n_characters, gsize n_damaged,
                                  gsize n_breaks, guint n_silent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselLineSense, amsel_line_sense_free)

G_END_DECLS
