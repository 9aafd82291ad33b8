/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What waits for its turn on a line: those that somebody waits for first, then the schedule's, then searches.
 * So that a flood of urgent ones starves nobody, after ON_DEMAND_BURST of them in a row one of the others has
 * its turn. */
#include "amsel-line-queue.h"

#define ON_DEMAND_BURST 4

AmselLineJob *
amsel_line_job_new (AmselLane lane, AmselProtocol *protocol, AmselDialogue *dialogue, AmselPatience patience,
                    AmselLineDone done, gpointer user_data)
{
  AmselLineJob *self = g_new0 (AmselLineJob, 1);

  self->lane = lane;
  self->protocol = g_object_ref (protocol);
  self->dialogue = g_object_ref (dialogue);
  self->patience = patience;
  self->done = done;
  self->user_data = user_data;
  return self;
}

void
amsel_line_job_finish (AmselLineJob *self, const AmselDialogueReport *report, const GError *error)
{
  self->done (self->dialogue, report, error, self->user_data);
  g_object_unref (self->protocol);
  g_object_unref (self->dialogue);
  g_free (self);
}

void
amsel_line_job_fail (AmselLineJob *self, gint64 now_us, const GError *reason)
{
  AmselDialogueReport report = { .end_us = now_us, .line_fault = TRUE };
  g_autoptr (GError) error = amsel_dialogue_stop (self->dialogue, reason);

  amsel_line_job_finish (self, &report, error);
}

void
amsel_line_queue_init (AmselLineQueue *self)
{
  self->n_on_demand = 0;
  for (guint lane = 0; lane < AMSEL_LINE_LANES; lane++)
    g_queue_init (&self->lanes[lane]);
}

void
amsel_line_queue_add (AmselLineQueue *self, AmselLineJob *job)
{
  g_queue_push_tail (&self->lanes[job->lane], job);
}

void
amsel_line_queue_put_back (AmselLineQueue *self, AmselLineJob *job)
{
  g_queue_push_head (&self->lanes[job->lane], job);
}

AmselLineJob *
amsel_line_queue_take (AmselLineQueue *self)
{
  GQueue *on_demand = &self->lanes[AMSEL_LANE_ON_DEMAND];
  gboolean others = amsel_line_queue_get_length (self) > on_demand->length;

  if (!g_queue_is_empty (on_demand) && (self->n_on_demand < ON_DEMAND_BURST || !others))
    {
      self->n_on_demand++;
      return g_queue_pop_head (on_demand);
    }
  self->n_on_demand = 0;
  for (guint lane = AMSEL_LANE_SCHEDULED; lane < AMSEL_LINE_LANES; lane++)
    if (!g_queue_is_empty (&self->lanes[lane]))
      return g_queue_pop_head (&self->lanes[lane]);
  return NULL;
}

AmselLineJob *
amsel_line_queue_remove (AmselLineQueue *self, AmselDialogue *dialogue)
{
  for (guint lane = 0; lane < AMSEL_LINE_LANES; lane++)
    for (GList *l = self->lanes[lane].head; l != NULL; l = l->next)
      {
        AmselLineJob *job = l->data;

        if (job->dialogue != dialogue)
          continue;
        g_queue_delete_link (&self->lanes[lane], l);
        return job;
      }
  return NULL;
}

/* Whoever is told of a failure may submit again, which comes behind and is left, or cancel another one: so
 * each is popped from the queue itself, and may be gone. */
void
amsel_line_queue_fail_all (AmselLineQueue *self, AmselClock *clock, const GError *reason)
{
  for (guint lane = 0; lane < AMSEL_LINE_LANES; lane++)
    for (guint n = self->lanes[lane].length; n > 0; n--)
      {
        AmselLineJob *job = g_queue_pop_head (&self->lanes[lane]);

        if (job != NULL)
          amsel_line_job_fail (job, amsel_clock_get_real_us (clock), reason);
      }
}

guint
amsel_line_queue_get_length (AmselLineQueue *self)
{
  guint n = 0;

  for (guint lane = 0; lane < AMSEL_LINE_LANES; lane++)
    n += self->lanes[lane].length;
  return n;
}

guint
amsel_line_queue_get_lane_length (AmselLineQueue *self, AmselLane lane)
{
  return self->lanes[lane].length;
}
