/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has come since a request was sent: characters, echo among them, and the frame that they make. */
#pragma once

#include "amsel-line-sense.h"
#include "amsel-protocol.h"

G_BEGIN_DECLS

/* More than any frame of any meter: who sends so much without a frame sends garbage. */
#define AMSEL_INTAKE_MAX 4096

typedef struct
{
  AmselProtocol *protocol; /* (unowned) */
  AmselLineSense *sense;   /* (unowned): the line's */
  GByteArray *collected;   /* (owned): bytes that are neither echo nor garbage yet */
  guint n_received;        /* characters but for echo, whatever became of them */
  gsize n_dropped;         /* bytes of garbage taken out of it, with the damaged ones */
  gsize n_damaged;         /* characters with a wrong parity or stop bit */
  guint first_damaged;     /* characters that came before the first of those */
  gsize n_breaks;          /* of the damaged ones, those that are nothing but spaces */
  gboolean mirrored;       /* an answer may be the very bytes of the request: there is no echo */
  gboolean echoed;         /* what was sent has come back */
  AmselFrame *frame;       /* (owned) (nullable): the answer */
  GError *damage;          /* (owned) (nullable): first fault seen in what came */
  gint64 first_byte_us;    /* monotonic; 0 where none came */
  gint64 last_byte_us;     /* monotonic; 0 where none came */
} AmselIntake;

void amsel_intake_init (AmselIntake *self, AmselProtocol *protocol, AmselLineSense *sense);
void amsel_intake_clear (AmselIntake *self);

/* Forgets all that came. */
void amsel_intake_reset (AmselIntake *self);

void amsel_intake_add (AmselIntake *self, GBytes *data);
void amsel_intake_add_damaged (AmselIntake *self, GBytes *data);

/* Something that is no echo has come at this moment. */
void amsel_intake_note_time (AmselIntake *self, gint64 now_us);

/* Looks for a frame in what was collected. With at_end, what might still become a frame is damage. */
void amsel_intake_find_frame (AmselIntake *self, gint64 real_us, gboolean at_end);

/* Whether there is nothing yet but echo, or what may be. */
gboolean amsel_intake_is_echo_only (AmselIntake *self);

/* Characters that belong to no frame. */
gsize amsel_intake_get_garbage (AmselIntake *self);

/* Whole frames that came one behind the other; 0 where there was anything else. */
guint amsel_intake_count_frames (AmselIntake *self);

/* Makes garbage of all that was collected; keeps no more of it than is of use. */
void amsel_intake_drop_all (AmselIntake *self);
void amsel_intake_limit (AmselIntake *self);

/* Makes sure that damage says what was wrong. n_silent of the attempts before were not answered at all. */
void amsel_intake_explain (AmselIntake *self, gint64 now_us, guint n_silent);

G_END_DECLS
