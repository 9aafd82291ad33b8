/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What waits for its turn on a line, by urgency. */
#pragma once

#include "amsel-line.h"

G_BEGIN_DECLS

/* A dialogue that was submitted, and whom to tell when it is over. */
typedef struct
{
  AmselLane lane;
  AmselProtocol *protocol; /* (owned) */
  AmselDialogue *dialogue; /* (owned) */
  AmselPatience patience;
  AmselLineDone done;
  gpointer user_data;
} AmselLineJob;

AmselLineJob *amsel_line_job_new (AmselLane lane, AmselProtocol *protocol, AmselDialogue *dialogue,
                                  AmselPatience patience, AmselLineDone done, gpointer user_data);

/* Tells of the end and frees the job. */
void amsel_line_job_finish (AmselLineJob *self, const AmselDialogueReport *report, const GError *error);

/* Ends one that has not begun, because of the line or because somebody wants it. */
void amsel_line_job_fail (AmselLineJob *self, gint64 now_us, const GError *reason);

#define AMSEL_LINE_LANES (AMSEL_LANE_SEARCH + 1)

typedef struct
{
  GQueue lanes[AMSEL_LINE_LANES]; /* (element-type AmselLineJob) */
  guint n_on_demand;              /* how many of them were taken in a row */
} AmselLineQueue;

void amsel_line_queue_init (AmselLineQueue *self);

/* Adds a job behind all others of its lane. */
void amsel_line_queue_add (AmselLineQueue *self, AmselLineJob *job);

/* Puts one back that has made room, before all others of its lane. */
void amsel_line_queue_put_back (AmselLineQueue *self, AmselLineJob *job);

/* The one whose turn it is; NULL where none waits. */
AmselLineJob *amsel_line_queue_take (AmselLineQueue *self);

/* Takes out the one with this dialogue; NULL where it does not wait. */
AmselLineJob *amsel_line_queue_remove (AmselLineQueue *self, AmselDialogue *dialogue);

/* All that waits fails with the reason; it gets its record now and not when the line comes back. */
void amsel_line_queue_fail_all (AmselLineQueue *self, AmselClock *clock, const GError *reason);

guint amsel_line_queue_get_length (AmselLineQueue *self);

/* How many wait in one of the lanes. */
guint amsel_line_queue_get_lane_length (AmselLineQueue *self, AmselLane lane);

G_END_DECLS
