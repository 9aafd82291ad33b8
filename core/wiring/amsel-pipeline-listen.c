/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline that listens: to which lines, and who was heard on them. What becomes of a telegram is in
 * amsel-hearing.c. */
#include "amsel-pipeline-private.h"

/* One line that is listened to. */
typedef struct
{
  AmselPipeline *pipeline; /* (unowned) */
  AmselLine *line;         /* (owned) */
} Antenna;

static void
antenna_free (gpointer data)
{
  Antenna *self = data;

  g_object_unref (self->line);
  g_free (self);
}

void
amsel_pipeline_init_hearing (AmselPipeline *self)
{
  self->antennas = g_ptr_array_new_with_free_func (antenna_free);
  self->hearing = amsel_hearing_new (self, self->watches, &self->hearing_rules);
}

void
amsel_pipeline_clear_lines (AmselPipeline *self)
{
  g_ptr_array_set_size (self->antennas, 0);
}

void
amsel_pipeline_finalize_hearing (AmselPipeline *self)
{
  g_ptr_array_unref (self->antennas);
  amsel_hearing_free (self->hearing);
}

static AmselLine *
get_line (AmselPipeline *self, guint index)
{
  return ((const Antenna *) g_ptr_array_index (self->antennas, index))->line;
}

static void
on_heard (AmselFrame *frame, gpointer user_data)
{
  Antenna *antenna = user_data;

  amsel_hearing_take (antenna->pipeline->hearing, frame, amsel_line_get_name (antenna->line));
}

/* What finds frames on each line, in their order. (element-type AmselProtocol); NULL where the settings of
 * the protocol are not for these lines. */
static GPtrArray *
list_finders (AmselPipeline *self, guint n_lines, GError **error)
{
  g_autoptr (GPtrArray) finders = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_lines; i++)
    {
      AmselProtocol *finder = amsel_protocol_listen (self->protocol, i, n_lines, error);

      if (finder == NULL)
        return NULL;
      g_ptr_array_add (finders, finder);
    }
  return g_steal_pointer (&finders);
}

/* The line of the pipeline is one of those that are listened to, and the first; it is known when that begins.
 */
static void
listen (AmselPipeline *self)
{
  g_autoptr (GPtrArray) finders = NULL;
  g_autoptr (GError) error = NULL;

  amsel_pipeline_add_line (self, self->line);
  finders = list_finders (self, self->antennas->len, &error);
  if (finders == NULL)
    amsel_pipeline_notice (self, "%s", error->message);
  for (guint i = 0; finders != NULL && i < finders->len; i++)
    {
      Antenna *antenna = g_ptr_array_index (self->antennas, i);

      amsel_line_listen (antenna->line, g_ptr_array_index (finders, i), on_heard, antenna);
    }
}

gboolean
amsel_pipeline_check_lines (AmselPipeline *self, GError **error)
{
  g_autoptr (GPtrArray) lines = amsel_pipeline_list_lines (self);
  g_autoptr (GPtrArray) finders = self->listen ? list_finders (self, lines->len, error) : NULL;

  return finders != NULL || !self->listen;
}

void
amsel_pipeline_start_hearing (AmselPipeline *self)
{
  amsel_hearing_start (self->hearing);
  listen (self);
}

void
amsel_pipeline_stop_hearing (AmselPipeline *self)
{
  for (guint i = 0; i < self->antennas->len; i++)
    amsel_line_listen (get_line (self, i), NULL, NULL, NULL);
  amsel_hearing_stop (self->hearing);
}

gboolean
amsel_pipeline_may_hear (AmselPipeline *self)
{
  for (guint i = 0; i < self->antennas->len; i++)
    if (amsel_line_get_state (get_line (self, i)) != AMSEL_LINE_STATE_ENDED)
      return TRUE;
  return self->antennas->len == 0;
}

/**
 * amsel_pipeline_add_line:
 * @self: a pipeline that listens and is not started
 * @line: another line on which its meters are heard
 *
 * Lets the pipeline listen to several lines at once. A telegram that is heard on several of them counts once.
 */
void
amsel_pipeline_add_line (AmselPipeline *self, AmselLine *line)
{
  Antenna *antenna;

  for (guint i = 0; i < self->antennas->len; i++)
    if (get_line (self, i) == line)
      return;
  antenna = g_new (Antenna, 1);
  *antenna = (Antenna){ self, g_object_ref (line) };
  g_ptr_array_insert (self->antennas, line == self->line ? 0 : -1, antenna);
}

/**
 * amsel_pipeline_list_lines:
 * @self: a pipeline
 *
 * Returns: (transfer container) (element-type AmselLine): its line, and others that it listens to
 */
GPtrArray *
amsel_pipeline_list_lines (AmselPipeline *self)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->line != NULL)
    g_ptr_array_add (lines, g_object_ref (self->line));
  for (guint i = 0; i < self->antennas->len; i++)
    if (get_line (self, i) != self->line)
      g_ptr_array_add (lines, g_object_ref (get_line (self, i)));
  return lines;
}

/**
 * amsel_pipeline_list_heard:
 * @self: a pipeline that listens
 *
 * Returns: (transfer full) (element-type AmselHeard): everybody who was heard, known or not; who was heard
 * last is at the end. The array does not free them
 */
GPtrArray *
amsel_pipeline_list_heard (AmselPipeline *self)
{
  GPtrArray *list = amsel_hearing_list (self->hearing);

  /* who takes the items of an array one by one, as other languages do, must find nobody else who frees them
   */
  g_ptr_array_set_free_func (list, NULL);
  return list;
}

/**
 * amsel_pipeline_recall:
 * @self: a pipeline that listens, has a join-time and is not started
 * @readout: one of its readouts that an earlier run of the program has stored
 *
 * Lets the pipeline go on where an earlier run of the program ended: telegrams to come are joined with those
 * of the readout. Called for all of them, in the order in which they were stored.
 */
void
amsel_pipeline_recall (AmselPipeline *self, AmselReadout *readout)
{
  if (self->hearing_rules.join_us > 0)
    amsel_hearing_recall (self->hearing, readout);
}

AmselHearing *
amsel_pipeline_get_hearing (AmselPipeline *self)
{
  return self->hearing;
}
