/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine as services see it: what the controller interface asks is passed on to the pipeline that is
 * meant. */
#include "amsel-engine-private.h"
#include "amsel-error.h"

static gchar **
engine_list_pipelines (AmselController *controller)
{
  GPtrArray *pipelines = amsel_engine_get_pipelines (AMSEL_ENGINE (controller));
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < pipelines->len; i++)
    g_ptr_array_add (names, g_strdup (amsel_pipeline_get_name (g_ptr_array_index (pipelines, i))));
  g_ptr_array_add (names, NULL);
  return (gchar **) g_ptr_array_free (names, FALSE);
}

static GPtrArray *
engine_list_meters (AmselController *controller, const gchar *name)
{
  AmselPipeline *pipeline = amsel_engine_find_pipeline (AMSEL_ENGINE (controller), name);

  return pipeline != NULL ? amsel_pipeline_list_meters (pipeline) : g_ptr_array_new ();
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  AmselReadout *readout = amsel_pipeline_read_finish (AMSEL_PIPELINE (source), result, &error);

  if (readout != NULL)
    g_task_return_pointer (task, readout, (GDestroyNotify) amsel_readout_unref);
  else
    g_task_return_error (task, error);
}

static void
engine_read_async (AmselController *controller, const gchar *pipeline_name, const gchar *meter_name,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (controller, NULL, callback, user_data);
  AmselPipeline *pipeline = amsel_engine_find_pipeline (AMSEL_ENGINE (controller), pipeline_name);
  AmselMeter *meter = pipeline != NULL ? amsel_pipeline_find_meter (pipeline, meter_name) : NULL;

  g_task_set_source_tag (task, engine_read_async);
  if (meter == NULL)
    {
      g_task_return_new_error (task, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                               "there is no meter “%s” in a pipeline “%s”", meter_name, pipeline_name);
      return;
    }
  amsel_pipeline_read_async (pipeline, meter, cancellable, on_read, g_steal_pointer (&task));
}

static AmselReadout *
engine_read_finish (AmselController *controller G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static AmselStore *
engine_get_store (AmselController *controller)
{
  return amsel_engine_get_store (AMSEL_ENGINE (controller));
}

static AmselProtocol *
engine_get_protocol (AmselController *controller, const gchar *name)
{
  AmselPipeline *pipeline = amsel_engine_find_pipeline (AMSEL_ENGINE (controller), name);

  return pipeline != NULL ? amsel_pipeline_get_protocol (pipeline) : NULL;
}

static AmselPipeline *
expect_pipeline (AmselController *controller, const gchar *name, GError **error)
{
  AmselPipeline *pipeline = amsel_engine_find_pipeline (AMSEL_ENGINE (controller), name);

  if (pipeline == NULL)
    g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "there is no pipeline “%s”", name);
  return pipeline;
}

static gboolean
engine_add_meter (AmselController *controller, const gchar *name, AmselMeter *meter, gint64 every_us,
                  GError **error)
{
  AmselPipeline *pipeline = expect_pipeline (controller, name, error);

  return pipeline != NULL && amsel_pipeline_add_meter_every (pipeline, meter, every_us, error);
}

static gboolean
engine_remove_meter (AmselController *controller, const gchar *name, const gchar *meter)
{
  AmselPipeline *pipeline = amsel_engine_find_pipeline (AMSEL_ENGINE (controller), name);

  return pipeline != NULL && amsel_pipeline_remove_meter (pipeline, meter);
}

static gboolean
engine_set_retries (AmselController *controller, const gchar *name, guint retries)
{
  AmselPipeline *pipeline = amsel_engine_find_pipeline (AMSEL_ENGINE (controller), name);

  if (pipeline != NULL)
    g_object_set (pipeline, "retries", retries, NULL);
  return pipeline != NULL;
}

static void
engine_query_async (AmselController *controller, const gchar *name, AmselMeter *meter,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (controller, NULL, callback, user_data);
  g_autoptr (GError) error = NULL;
  AmselPipeline *pipeline = expect_pipeline (controller, name, &error);

  g_task_set_source_tag (task, engine_query_async);
  if (pipeline == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    amsel_pipeline_query_async (pipeline, meter, cancellable, on_read, g_steal_pointer (&task));
}

static void
engine_borrow (AmselController *controller, const gchar *name, AmselBorrowed borrowed, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  AmselPipeline *pipeline = expect_pipeline (controller, name, &error);

  if (pipeline == NULL)
    borrowed (NULL, error, user_data);
  else
    amsel_line_borrow (amsel_pipeline_get_line (pipeline), borrowed, user_data);
}

static void
engine_give_back (AmselController *controller, const gchar *name, gpointer user_data)
{
  AmselPipeline *pipeline = amsel_engine_find_pipeline (AMSEL_ENGINE (controller), name);

  if (pipeline != NULL)
    amsel_line_give_back (amsel_pipeline_get_line (pipeline), user_data);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (amsel_pipeline_search_finish (AMSEL_PIPELINE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
engine_search_async (AmselController *controller, const gchar *pipeline_name, AmselSearch *search,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (controller, NULL, callback, user_data);
  GError *error = NULL;
  AmselPipeline *pipeline = expect_pipeline (controller, pipeline_name, &error);

  g_task_set_source_tag (task, engine_search_async);
  if (pipeline == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  amsel_pipeline_search_async (pipeline, search, cancellable, on_searched, g_steal_pointer (&task));
}

static gboolean
engine_search_finish (AmselController *controller G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
amsel_engine_controller_init (AmselControllerInterface *iface)
{
  iface->list_pipelines = engine_list_pipelines;
  iface->list_meters = engine_list_meters;
  iface->read_async = engine_read_async;
  iface->read_finish = engine_read_finish;
  iface->get_store = engine_get_store;
  iface->get_protocol = engine_get_protocol;
  iface->add_meter = engine_add_meter;
  iface->remove_meter = engine_remove_meter;
  iface->set_retries = engine_set_retries;
  iface->query_async = engine_query_async;
  iface->query_finish = engine_read_finish;
  iface->borrow = engine_borrow;
  iface->give_back = engine_give_back;
  iface->search_async = engine_search_async;
  iface->search_finish = engine_search_finish;
}
