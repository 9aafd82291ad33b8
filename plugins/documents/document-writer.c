/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an exporter of documents does with readouts: rows of tables, or value reports where a profile says so.
 */
#include "document-writer.h"

#include "csv-files.h"
#include "csv-pattern.h"
#include "csv-writer.h"
#include "report-journal.h"
#include "report-profile.h"
#include "report-writer.h"

struct _DocumentWriter
{
  AmselExporter *exporter;     /* (unowned) */
  const CsvSettings *settings; /* (unowned) */
  gchar *folder;               /* (owned) */
  gchar *log_folder;           /* (owned) */
  CsvWriter *tables;           /* (owned) (nullable): one of the two */
  ReportWriter *reports;       /* (owned) (nullable) */
};

static gboolean
make_writer (DocumentWriter *self, gboolean report, CsvWriter **out_tables, ReportWriter **out_reports,
             GError **error)
{
  if (report)
    *out_reports = report_writer_new (self->exporter, self->settings, self->folder, self->log_folder, error);
  else
    *out_tables = csv_writer_new (self->exporter, self->settings, self->folder, error);
  return *out_reports != NULL || *out_tables != NULL;
}

/* Makes a writer that puts documents into a folder, and logs, which grow, into another one; each fault of the
 * settings is an error that names one. */
DocumentWriter *
document_writer_new (AmselExporter *exporter, const CsvSettings *settings, const gchar *folder,
                     const gchar *log_folder, GError **error)
{
  g_autoptr (DocumentWriter) self = g_new0 (DocumentWriter, 1);

  self->exporter = exporter;
  self->settings = settings;
  self->folder = g_strdup (folder);
  self->log_folder = g_strdup (log_folder);
  if (!csv_settings_check (settings, error)
      || !make_writer (self, settings->profile != REPORT_NONE, &self->tables, &self->reports, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
document_writer_free (DocumentWriter *self)
{
  g_clear_pointer (&self->tables, csv_writer_free);
  g_clear_pointer (&self->reports, report_writer_free);
  g_free (self->folder);
  g_free (self->log_folder);
  g_free (self);
}

/* Checks settings without touching a file. */
gboolean
document_writer_check (AmselExporter *exporter, const CsvSettings *settings, GError **error)
{
  g_autoptr (DocumentWriter) self = document_writer_new (exporter, settings, "/", "/", error);

  return self != NULL;
}

/* Whether documents become complete at all. */
gboolean
document_writer_ends (const CsvSettings *settings)
{
  g_autoptr (CsvPattern) pattern = csv_pattern_new (csv_settings_get_file (settings), NULL, NULL);
  CsvPeriod period = { CSV_PERIOD_NONE, 0 };

  if (pattern != NULL)
    csv_pattern_get_period (pattern, &period);
  return settings->profile != REPORT_NONE || pattern == NULL || period.kind != CSV_PERIOD_NONE
         || settings->rotate_us != 0 || settings->rotate_size != 0;
}

static void
warn (gpointer self, const GError *error)
{
  amsel_exporter_warn (((DocumentWriter *) self)->exporter, error);
}

static gint64
get_now_us (DocumentWriter *self)
{
  return amsel_clock_get_real_us (amsel_exporter_get_clock (self->exporter));
}

/* The last run wrote tables: they end. */
static gboolean
end_tables (DocumentWriter *self, const gchar *state, GError **error)
{
  static const CsvDialect plain = { .converter = CSV_NO_CONVERTER };
  CsvFilesSettings settings = { .folder = self->folder,
                                .fingerprint = "",
                                .suffix = "",
                                .dialect = &plain,
                                .max_files = 1,
                                .sync = self->settings->sync,
                                .warn = warn,
                                .user_data = self };
  CsvFiles *files = csv_files_new (&settings);
  gboolean good = csv_files_restore (files, state, get_now_us (self), error);

  csv_files_free (files);
  return good;
}

/* The last run wrote reports: what waits is made. */
static gboolean
end_reports (DocumentWriter *self, const gchar *state, GError **error)
{
  CsvDialect dialect = { .converter = CSV_NO_CONVERTER };
  CsvZone zone = { NULL };
  ReportJournalSettings settings = { .name = amsel_exporter_get_name (self->exporter),
                                     .folder = self->folder,
                                     .log_folder = self->log_folder,
                                     .dialect = &dialect,
                                     .zone = &zone,
                                     .sync = self->settings->sync,
                                     .warn = warn,
                                     .user_data = self };
  g_autoptr (ReportJournal) journal = report_journal_new (&settings);
  gint64 now_us = get_now_us (self);
  gboolean good = csv_settings_init_dialect (self->settings, &dialect, error)
                  && csv_zone_init (&zone, self->settings->zone_name, error)
                  && report_journal_restore (journal, state, now_us, error);

  if (good && !report_journal_is_empty (journal))
    report_journal_close (journal);
  good = good && report_journal_committed (journal, now_us, error);
  csv_dialect_clear (&dialect);
  csv_zone_clear (&zone);
  return good;
}

/* Goes back to what was committed. What a run with the other kind of documents left unfinished ends first. */
gboolean
document_writer_start (DocumentWriter *self, const gchar *state, GError **error)
{
  gboolean reports = report_journal_is_state (state);

  if (self->reports != NULL)
    return (state == NULL || reports || end_tables (self, state, error))
           && report_writer_start (self->reports, reports ? state : NULL, error);
  return (!reports || end_reports (self, state, error))
         && csv_writer_start (self->tables, reports ? NULL : state, error);
}

/* Takes readouts; once what this gives as state is committed, they count as written. */
gboolean
document_writer_export (DocumentWriter *self, GPtrArray *readouts, gchar **out_state,
                        GCancellable *cancellable, GError **error)
{
  if (self->reports != NULL)
    return report_writer_export (self->reports, readouts, out_state, cancellable, error);
  return csv_writer_export (self->tables, readouts, out_state, cancellable, error);
}

/* Does what had to wait until the state was durable. */
gboolean
document_writer_committed (DocumentWriter *self, GError **error)
{
  return self->reports != NULL ? report_writer_committed (self->reports, error)
                               : csv_writer_committed (self->tables, error);
}

/* The next moment at which a document ends; 0 for none. */
gint64
document_writer_get_deadline_us (DocumentWriter *self)
{
  return self->reports != NULL ? report_writer_get_deadline_us (self->reports)
                               : csv_writer_get_deadline_us (self->tables);
}

/* Nothing more comes for now: a report need not wait for its time. Tables go on with the next run. */
void
document_writer_finish (DocumentWriter *self)
{
  if (self->reports != NULL)
    report_writer_finish (self->reports);
}
