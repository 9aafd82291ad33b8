/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exporters of an engine: which readouts go to which, and a worker for each while it runs. */
#include "amsel-engine-private.h"
#include "amsel-export-worker.h"

static void
on_worker_problem (AmselExportWorker *worker, const GError *error, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_PROBLEM, "exporter %s: %s",
                    amsel_exporter_get_name (amsel_export_worker_get_exporter (worker)), error->message);
}

static void
on_worker_recovered (AmselExportWorker *worker, const gchar *message, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_NOTICE, "exporter %s: %s",
                    amsel_exporter_get_name (amsel_export_worker_get_exporter (worker)), message);
}

/* Names of the pipelines and services that route to an exporter. */
static GPtrArray *
find_sources (AmselEngine *self, AmselExporter *exporter)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < self->pipelines->len; i++)
    {
      AmselPipeline *pipeline = g_ptr_array_index (self->pipelines, i);
      const gchar *const *exporters = amsel_pipeline_get_exporters (pipeline);

      if (exporters != NULL && g_strv_contains (exporters, amsel_exporter_get_name (exporter)))
        g_ptr_array_add (names, (gpointer) amsel_pipeline_get_name (pipeline));
    }
  for (guint i = 0; i < self->services->len; i++)
    {
      AmselService *service = g_ptr_array_index (self->services, i);
      const gchar *const *exporters = amsel_service_get_exporters (service);

      if (exporters != NULL && g_strv_contains (exporters, amsel_exporter_get_name (exporter)))
        g_ptr_array_add (names, (gpointer) amsel_service_get_name (service));
    }
  g_ptr_array_add (names, NULL);
  return names;
}

/* The store keeps what these have not delivered yet; exporters of older configurations do not hold it back.
 */
static void
name_exporters (AmselEngine *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->exporters->len; i++)
    g_ptr_array_add (names, (gpointer) amsel_exporter_get_name (g_ptr_array_index (self->exporters, i)));
  g_ptr_array_add (names, NULL);
  amsel_store_set_exporters (self->store, (const gchar *const *) names->pdata);
}

void
amsel_engine_start_workers (AmselEngine *self)
{
  name_exporters (self);
  for (guint i = 0; i < self->exporters->len; i++)
    {
      AmselExporter *exporter = g_ptr_array_index (self->exporters, i);
      g_autoptr (GPtrArray) sources = find_sources (self, exporter);
      AmselExportWorker *worker =
          amsel_export_worker_new (exporter, self->store, (const gchar *const *) sources->pdata);

      g_signal_connect_object (worker, "problem", G_CALLBACK (on_worker_problem), self, 0);
      g_signal_connect_object (worker, "recovered", G_CALLBACK (on_worker_recovered), self, 0);
      g_ptr_array_add (self->workers, worker);
      amsel_export_worker_start (worker);
    }
}

gboolean
amsel_engine_drain_workers (AmselEngine *self, gint64 drain_us)
{
  gint64 end_us = g_get_monotonic_time () + drain_us;
  gboolean drained = TRUE;

  for (guint i = 0; i < self->workers->len; i++)
    {
      AmselExportWorker *worker = g_ptr_array_index (self->workers, i);

      if (!amsel_export_worker_drain (worker, MAX (end_us - g_get_monotonic_time (), 0)))
        drained = FALSE;
    }
  return drained;
}

void
amsel_engine_finish_workers (AmselEngine *self)
{
  for (guint i = 0; i < self->workers->len; i++)
    amsel_export_worker_finish (g_ptr_array_index (self->workers, i));
}

void
amsel_engine_stop_workers (AmselEngine *self)
{
  for (guint i = 0; i < self->workers->len; i++)
    amsel_export_worker_stop (g_ptr_array_index (self->workers, i));
  g_ptr_array_set_size (self->workers, 0);
}
