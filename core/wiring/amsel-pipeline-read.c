/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading one meter of a pipeline now, because somebody waits for it. */
#include "amsel-harvest.h"
#include "amsel-pipeline-private.h"

typedef struct
{
  AmselPipeline *pipeline;   /* (unowned): the task's source */
  AmselMeter *meter;         /* (owned) */
  AmselDialogue *dialogue;   /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  gulong cancelled_id;
  gboolean is_private; /* the readout is for who asks, and for nobody else */
} Demand;

static void
demand_free (gpointer data)
{
  Demand *demand = data;

  g_object_unref (demand->meter);
  g_clear_object (&demand->dialogue);
  g_clear_object (&demand->cancellable);
  g_free (demand);
}

static void
on_demand_done (AmselDialogue *dialogue, const AmselDialogueReport *report, const GError *error,
                gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Demand *demand = g_task_get_task_data (task);
  AmselPipeline *self = demand->pipeline;
  GPtrArray *frames = amsel_dialogue_get_frames (dialogue);
  AmselReadoutInfo info;
  g_autoptr (AmselReadout) readout = NULL;

  if (demand->cancelled_id != 0)
    g_signal_handler_disconnect (demand->cancellable, demand->cancelled_id);
  demand->cancelled_id = 0;
  amsel_pipeline_begin_info (self, demand->meter, &info);
  info.start_us = report->start_us;
  info.end_us = report->end_us;
  info.attempts = report->attempts;
  readout =
      amsel_harvest (amsel_pipeline_get_protocol (self), demand->meter, (AmselFrame *const *) frames->pdata,
                     frames->len, amsel_dialogue_get_complete (dialogue), error, &info);
  if (!demand->is_private)
    amsel_pipeline_emit_readout (self, readout);
  g_task_return_pointer (task, g_steal_pointer (&readout), (GDestroyNotify) amsel_readout_unref);
}

static void
on_demand_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer user_data)
{
  Demand *demand = user_data;

  amsel_line_cancel (amsel_pipeline_get_line (demand->pipeline), demand->dialogue);
}

static void
begin (AmselPipeline *self, AmselMeter *meter, gboolean is_private, GCancellable *cancellable,
       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Demand *demand = g_new0 (Demand, 1);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, begin);
  demand->pipeline = self;
  demand->is_private = is_private;
  demand->meter = g_object_ref (meter);
  demand->dialogue = amsel_protocol_read (amsel_pipeline_get_protocol (self), meter, &error);
  g_task_set_task_data (task, demand, demand_free);
  if (demand->dialogue == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  g_task_set_check_cancellable (task, FALSE); /* one that has begun ends with a readout that says so */
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (cancellable != NULL)
    {
      demand->cancellable = g_object_ref (cancellable);
      demand->cancelled_id =
          g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_demand_cancelled), demand);
    }
  amsel_line_submit (amsel_pipeline_get_line (self), AMSEL_LANE_ON_DEMAND, amsel_pipeline_get_protocol (self),
                     demand->dialogue, AMSEL_PATIENCE_FULL, on_demand_done, task);
}

/**
 * amsel_pipeline_read_async:
 * @self: a pipeline
 * @meter: one of its meters
 * @cancellable: (nullable): to give up, from the main context
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Reads a meter now, before what is scheduled.
 */
void
amsel_pipeline_read_async (AmselPipeline *self, AmselMeter *meter, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  begin (self, meter, FALSE, cancellable, callback, user_data);
}

/**
 * amsel_pipeline_query_async:
 * @self: a pipeline
 * @meter: a meter of the type that its protocol wants; it need not be in the pipeline
 * @cancellable: (nullable): to give up, from the main context
 * @callback: (scope async): called with the outcome, for amsel_pipeline_query_finish()
 * @user_data: for @callback
 *
 * Reads a meter now, before what is scheduled, for the caller alone: #AmselPipeline::readout is not emitted.
 */
void
amsel_pipeline_query_async (AmselPipeline *self, AmselMeter *meter, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  begin (self, meter, TRUE, cancellable, callback, user_data);
}

/**
 * amsel_pipeline_read_finish:
 * @self: a pipeline
 * @result: what the callback was given
 * @error: return location for an error; a meter that does not answer is no error but a readout that says so
 *
 * Returns: (transfer full): the readout
 */
AmselReadout *
amsel_pipeline_read_finish (AmselPipeline *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * amsel_pipeline_query_finish:
 * @self: a pipeline
 * @result: what the callback was given
 * @error: return location for an error; a meter that does not answer is no error but a readout that says so
 *
 * Returns: (transfer full): the readout
 */
AmselReadout *
amsel_pipeline_query_finish (AmselPipeline *self, GAsyncResult *result, GError **error)
{
  return amsel_pipeline_read_finish (self, result, error);
}
