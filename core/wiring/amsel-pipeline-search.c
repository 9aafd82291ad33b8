/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searching the line of a pipeline, whenever nobody reads on it. */
#include "amsel-pipeline.h"

typedef struct
{
  AmselSearch *search;       /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  gulong cancelled_id;
} Errand;

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  g_object_unref (errand->search);
  g_clear_object (&errand->cancellable);
  g_free (errand);
}

static void
on_search_done (AmselDialogue *dialogue G_GNUC_UNUSED, const AmselDialogueReport *report G_GNUC_UNUSED,
                const GError *error, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Errand *errand = g_task_get_task_data (task);

  if (errand->cancelled_id != 0)
    g_signal_handler_disconnect (errand->cancellable, errand->cancelled_id);
  errand->cancelled_id = 0;
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_search_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer user_data)
{
  GTask *task = user_data;
  Errand *errand = g_task_get_task_data (task);
  AmselPipeline *self = g_task_get_source_object (task);

  amsel_line_cancel (amsel_pipeline_get_line (self), AMSEL_DIALOGUE (errand->search));
}

/**
 * amsel_pipeline_search_async:
 * @self: a pipeline whose line is started
 * @search: what its protocol made for a search
 * @cancellable: (nullable): to give up, from the main context
 * @callback: (scope async): called when the search is over
 * @user_data: for @callback
 *
 * Searches the line. Readings have precedence: the search rests while there are any.
 */
void
amsel_pipeline_search_async (AmselPipeline *self, AmselSearch *search, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Errand *errand = g_new0 (Errand, 1);

  g_task_set_source_tag (task, amsel_pipeline_search_async);
  errand->search = g_object_ref (search);
  g_task_set_task_data (task, errand, errand_free);
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (cancellable != NULL)
    {
      errand->cancellable = g_object_ref (cancellable);
      errand->cancelled_id =
          g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_search_cancelled), task);
    }
  amsel_line_submit (amsel_pipeline_get_line (self), AMSEL_LANE_SEARCH, amsel_pipeline_get_protocol (self),
                     AMSEL_DIALOGUE (search), AMSEL_PATIENCE_FULL, on_search_done, task);
}

/**
 * amsel_pipeline_search_finish:
 * @self: a pipeline
 * @result: what the callback was given
 * @error: return location for an error; what was found until then is kept by the search
 *
 * Returns: whether the search came to its end
 */
gboolean
amsel_pipeline_search_finish (AmselPipeline *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
