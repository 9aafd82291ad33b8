/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an exporter of documents does with readouts. */
#include "document-writer.h"

#include "csv-pattern.h"
#include "csv-writer.h"

struct _DocumentWriter
{
  CsvWriter *tables; /* (owned) */
};

/* Makes a writer that puts documents into a folder; each fault of the settings is an error that names one. */
DocumentWriter *
document_writer_new (AmselExporter *exporter, const CsvSettings *settings, const gchar *folder,
                     GError **error)
{
  g_autoptr (DocumentWriter) self = g_new0 (DocumentWriter, 1);

  if (!csv_settings_check (settings, error))
    return NULL;
  self->tables = csv_writer_new (exporter, settings, folder, error);
  return self->tables != NULL ? g_steal_pointer (&self) : NULL;
}

void
document_writer_free (DocumentWriter *self)
{
  g_clear_pointer (&self->tables, csv_writer_free);
  g_free (self);
}

/* Checks settings without touching a file. */
gboolean
document_writer_check (AmselExporter *exporter, const CsvSettings *settings, GError **error)
{
  g_autoptr (DocumentWriter) self = document_writer_new (exporter, settings, "/", error);

  return self != NULL;
}

/* Whether documents become complete at all. */
gboolean
document_writer_ends (const CsvSettings *settings)
{
  g_autoptr (CsvPattern) pattern = csv_pattern_new (settings->file, NULL);
  CsvPeriod period = { CSV_PERIOD_NONE, 0 };

  if (pattern != NULL)
    csv_pattern_get_period (pattern, &period);
  return pattern == NULL || period.kind != CSV_PERIOD_NONE || settings->rotate_us != 0
         || settings->rotate_size != 0;
}

/* Goes back to what was committed. */
gboolean
document_writer_start (DocumentWriter *self, const gchar *state, GError **error)
{
  return csv_writer_start (self->tables, state, error);
}

/* Takes readouts; once what this gives as state is committed, they count as written. */
gboolean
document_writer_export (DocumentWriter *self, GPtrArray *readouts, gchar **out_state,
                        GCancellable *cancellable, GError **error)
{
  return csv_writer_export (self->tables, readouts, out_state, cancellable, error);
}

/* Does what had to wait until the state was durable. */
gboolean
document_writer_committed (DocumentWriter *self, GError **error)
{
  return csv_writer_committed (self->tables, error);
}

/* The next moment at which a document ends; 0 for none. */
gint64
document_writer_get_deadline_us (DocumentWriter *self)
{
  return csv_writer_get_deadline_us (self->tables);
}
