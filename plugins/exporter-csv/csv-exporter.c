/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CSV exporter: documents in the folder where they are wanted. What is in them is plugins/documents. */
#include "csv-exporter.h"

#include "document-writer.h"

struct _CsvExporter
{
  AmselExporter parent_instance;

  CsvSettings settings;
  DocumentWriter *writer; /* (owned) (nullable): while started; only used by the exporter's thread */
};

G_DEFINE_FINAL_TYPE (CsvExporter, csv_exporter, AMSEL_TYPE_EXPORTER)

static gboolean
csv_exporter_check (AmselExporter *exporter, GError **error)
{
  return document_writer_check (exporter, &CSV_EXPORTER (exporter)->settings, error);
}

static gboolean
csv_exporter_start (AmselExporter *exporter, const gchar *state, GError **error)
{
  CsvExporter *self = CSV_EXPORTER (exporter);

  g_clear_pointer (&self->writer, document_writer_free);
  self->writer =
      document_writer_new (exporter, &self->settings, self->settings.folder, self->settings.folder, error);
  return self->writer != NULL && document_writer_start (self->writer, state, error);
}

static gboolean
csv_exporter_export (AmselExporter *exporter, GPtrArray *readouts, gchar **out_state,
                     GCancellable *cancellable, GError **error)
{
  return document_writer_export (CSV_EXPORTER (exporter)->writer, readouts, out_state, cancellable, error);
}

static gboolean
csv_exporter_committed (AmselExporter *exporter, GError **error)
{
  return document_writer_committed (CSV_EXPORTER (exporter)->writer, error);
}

static gint64
csv_exporter_get_deadline_us (AmselExporter *exporter)
{
  return document_writer_get_deadline_us (CSV_EXPORTER (exporter)->writer);
}

static void
csv_exporter_finish (AmselExporter *exporter)
{
  document_writer_finish (CSV_EXPORTER (exporter)->writer);
}

static void
csv_exporter_stop (AmselExporter *exporter)
{
  g_clear_pointer (&CSV_EXPORTER (exporter)->writer, document_writer_free);
}

static void
csv_exporter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (!csv_settings_get (&CSV_EXPORTER (object)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
csv_exporter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (!csv_settings_set (&CSV_EXPORTER (object)->settings, id, value, pspec))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
csv_exporter_finalize (GObject *object)
{
  CsvExporter *self = CSV_EXPORTER (object);

  g_clear_pointer (&self->writer, document_writer_free);
  csv_settings_clear (&self->settings);
  G_OBJECT_CLASS (csv_exporter_parent_class)->finalize (object);
}

static void
csv_exporter_class_init (CsvExporterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselExporterClass *exporter_class = AMSEL_EXPORTER_CLASS (klass);

  object_class->get_property = csv_exporter_get_property;
  object_class->set_property = csv_exporter_set_property;
  object_class->finalize = csv_exporter_finalize;
  exporter_class->check = csv_exporter_check;
  exporter_class->start = csv_exporter_start;
  exporter_class->export = csv_exporter_export;
  exporter_class->committed = csv_exporter_committed;
  exporter_class->get_deadline_us = csv_exporter_get_deadline_us;
  exporter_class->finish = csv_exporter_finish;
  exporter_class->stop = csv_exporter_stop;
  csv_settings_install (object_class, "directory", "Folder that the files go to; it is created.");
}

static void
csv_exporter_init (CsvExporter *self)
{
  csv_settings_init (&self->settings, "directory");
}
