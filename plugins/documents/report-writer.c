/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way of a batch of readouts into value reports.
 *
 * For each telegram: the document it belongs to and its row, which wait in the journal until the report's
 * time has come (report-journal). What could not be read or decoded has no row; the log tells of it. */
#include "report-writer.h"

#include "amsel-error.h"
#include "csv-pattern.h"
#include "report-journal.h"
#include "report-profile.h"
#include "report-rows.h"

struct _ReportWriter
{
  AmselExporter *exporter;     /* (unowned): whose readouts these are */
  const CsvSettings *settings; /* (unowned): the exporter's */
  gchar *folder;               /* (owned): as absolute paths */
  gchar *log_folder;           /* (owned) */
  CsvDialect dialect;
  CsvZone zone;
  CsvPattern *pattern;    /* (owned) */
  CsvPattern *log;        /* (owned) (nullable): name of the logs */
  ReportRows *rows;       /* (owned) */
  ReportJournal *journal; /* (owned) (nullable): while started */
  gboolean finish;        /* with the next export */
  GString *name;          /* (owned): of the document at hand */
  GString *log_name;      /* (owned) */
  GString *header;        /* (owned) */
  GString *row;           /* (owned) */
};

void
report_writer_free (ReportWriter *self)
{
  g_clear_pointer (&self->journal, report_journal_free);
  g_clear_pointer (&self->rows, report_rows_free);
  g_clear_pointer (&self->pattern, csv_pattern_free);
  g_clear_pointer (&self->log, csv_pattern_free);
  g_free (self->folder);
  g_free (self->log_folder);
  g_string_free (self->name, TRUE);
  g_string_free (self->log_name, TRUE);
  g_string_free (self->header, TRUE);
  g_string_free (self->row, TRUE);
  csv_dialect_clear (&self->dialect);
  csv_zone_clear (&self->zone);
  g_free (self);
}

static gboolean
prepare_names (ReportWriter *self, GError **error)
{
  const gchar *log = csv_settings_get_log (self->settings);

  self->pattern = csv_pattern_new (csv_settings_get_file (self->settings), self->settings->serial, error);
  if (self->pattern == NULL)
    return FALSE;
  if (!csv_pattern_has_made (self->pattern) || csv_pattern_has_period (self->pattern))
    {
      g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                           "file: a value report is named by the time at which it was made, {made} or "
                           "{made-month}, and by no other time");
      return FALSE;
    }
  if (log == NULL || *log == '\0')
    return TRUE;
  self->log = csv_pattern_new (log, self->settings->serial, error);
  if (self->log == NULL)
    {
      g_prefix_error (error, "log: ");
      return FALSE;
    }
  return TRUE;
}

static gboolean
prepare (ReportWriter *self, GError **error)
{
  const ReportProfile *profile = report_profile_find (self->settings->profile);

  if (!csv_settings_init_dialect (self->settings, &self->dialect, error)
      || !csv_zone_init (&self->zone, self->settings->zone_name, error) || !prepare_names (self, error))
    return FALSE;
  self->rows = report_rows_new (&self->dialect, &self->zone, csv_settings_get_columns (self->settings),
                                profile->values, self->settings->serial, error);
  return self->rows != NULL;
}

/* Makes a writer that puts reports into one folder and logs into another; each fault of the settings is an
 * error that names one. */
ReportWriter *
report_writer_new (AmselExporter *exporter, const CsvSettings *settings, const gchar *folder,
                   const gchar *log_folder, GError **error)
{
  g_autoptr (ReportWriter) self = g_new0 (ReportWriter, 1);

  self->exporter = exporter;
  self->settings = settings;
  self->dialect.converter = CSV_NO_CONVERTER;
  self->folder = g_canonicalize_filename (folder, NULL);
  self->log_folder = g_canonicalize_filename (log_folder, NULL);
  self->name = g_string_new (NULL);
  self->log_name = g_string_new (NULL);
  self->header = g_string_new (NULL);
  self->row = g_string_new (NULL);
  return prepare (self, error) ? g_steal_pointer (&self) : NULL;
}

static void
warn (gpointer self, const GError *error)
{
  amsel_exporter_warn (((ReportWriter *) self)->exporter, error);
}

static gint64
get_now_us (ReportWriter *self)
{
  return amsel_clock_get_real_us (amsel_exporter_get_clock (self->exporter));
}

/* Goes back to what was committed. */
gboolean
report_writer_start (ReportWriter *self, const gchar *state, GError **error)
{
  ReportJournalSettings settings = {
    .name = amsel_exporter_get_name (self->exporter),
    .folder = self->folder,
    .log_folder = self->log_folder,
    .dialect = &self->dialect,
    .zone = &self->zone,
    .sync = self->settings->sync,
    .warn = warn,
    .user_data = self,
  };

  g_clear_pointer (&self->journal, report_journal_free);
  self->journal = report_journal_new (&settings);
  return report_journal_restore (self->journal, state, get_now_us (self), error);
}

static void
expand (ReportWriter *self, const CsvPattern *pattern, const AmselReadout *readout, GString *out)
{
  g_string_truncate (out, 0);
  csv_pattern_expand (pattern, amsel_exporter_get_name (self->exporter), readout, NULL, out);
}

/* A row for each telegram; what could not be decoded has one where raw telegrams are wanted. Those that were
 * joined came earlier and had their row then. */
static void
add_rows (ReportWriter *self, const AmselReadout *readout)
{
  gsize n_telegrams, n_records;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n_telegrams);

  for (gsize i = 0; i < n_telegrams; i++)
    {
      amsel_telegram_get_records (telegrams[i], &n_records);
      if ((n_records == 0 && !report_rows_is_raw (self->rows))
          || amsel_readout_is_joined (readout, (guint) i))
        continue;
      expand (self, self->pattern, readout, self->name);
      g_string_truncate (self->header, 0);
      g_string_truncate (self->row, 0);
      if (csv_settings_get_header (self->settings))
        report_rows_write_header (self->rows, telegrams[i], self->header);
      report_rows_write (self->rows, readout, (guint) i, self->row);
      report_journal_add_row (self->journal, self->name->str, self->header->str, self->row->str);
    }
}

/* 2016-06-06 16:26:02;8031768;no-reading;mbus-read 131082;the meter was silent;0814... */
static void
write_failure (ReportWriter *self, const AmselReadout *readout)
{
  const AmselReadoutInfo *info = amsel_readout_get_info (readout);
  gchar separator = self->dialect.separator;
  const AmselIdentity *identity = amsel_readout_get_identity (readout);
  gsize n_telegrams;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n_telegrams);

  g_string_truncate (self->row, 0);
  report_rows_write_time (&self->zone, report_rows_get_time_us (readout), self->row);
  g_string_append_c (self->row, separator);
  if (identity != NULL && identity->id != 0)
    g_string_append_printf (self->row, "%X", identity->id);
  else
    report_rows_write_text (&self->dialect, info->meter, self->row);
  g_string_append_printf (self->row, "%c%s%c", separator, amsel_quality_get_name (info->quality), separator);
  if (info->error_domain != NULL)
    g_string_append_printf (self->row, "%s %d", info->error_domain, info->error_code);
  g_string_append_c (self->row, separator);
  report_rows_write_text (&self->dialect, info->error_message, self->row);
  for (gsize i = 0; i < n_telegrams; i++)
    {
      g_string_append_c (self->row, separator);
      report_rows_write_raw (telegrams[i], self->row);
    }
}

static void
add_to_log (ReportWriter *self, const AmselReadout *readout)
{
  AmselQuality quality = amsel_readout_get_quality (readout);
  gboolean failed = quality != AMSEL_QUALITY_GOOD && quality != AMSEL_QUALITY_PARTIAL;

  if (self->log == NULL)
    return;
  expand (self, self->log, readout, self->log_name);
  report_journal_count (self->journal, self->log_name->str, failed);
  if (quality == AMSEL_QUALITY_GOOD)
    return;
  write_failure (self, readout);
  report_journal_add_line (self->journal, self->log_name->str, self->row->str);
}

/* When the report at hand is made: at the next time of its interval, and a little later, so that the readings
 * of that very moment are in it. */
static void
set_end (ReportWriter *self, gint64 now_us)
{
  CsvPeriod period = { CSV_PERIOD_SPAN, self->settings->every_us };
  gint64 begin_us, end_us = now_us - self->settings->linger_us;

  if (report_journal_is_empty (self->journal) || report_journal_get_end_us (self->journal) != 0)
    return;
  if (self->settings->every_us != 0)
    csv_zone_get_period (&self->zone, &period, now_us - self->settings->linger_us, &begin_us, &end_us);
  report_journal_set_end_us (self->journal, end_us + self->settings->linger_us);
}

/* Takes readouts; once what this gives as state is committed, they count as written. */
gboolean
report_writer_export (ReportWriter *self, GPtrArray *readouts, gchar **out_state, GCancellable *cancellable,
                      GError **error)
{
  gint64 now_us = get_now_us (self);

  for (guint i = 0; i < readouts->len; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      add_rows (self, g_ptr_array_index (readouts, i));
      add_to_log (self, g_ptr_array_index (readouts, i));
    }
  set_end (self, now_us);
  if (!report_journal_write (self->journal, error))
    return FALSE;
  if (!report_journal_is_empty (self->journal)
      && (self->finish || report_journal_get_end_us (self->journal) <= now_us))
    report_journal_close (self->journal);
  self->finish = FALSE;
  *out_state = report_journal_save (self->journal);
  return TRUE;
}

/* Does what had to wait until the state was durable. */
gboolean
report_writer_committed (ReportWriter *self, GError **error)
{
  return report_journal_committed (self->journal, get_now_us (self), error);
}

/* When the report at hand is made; 0 where there is none. */
gint64
report_writer_get_deadline_us (ReportWriter *self)
{
  return report_journal_is_empty (self->journal) ? 0 : report_journal_get_end_us (self->journal);
}

/* The report at hand is made with the next export. */
void
report_writer_finish (ReportWriter *self)
{
  self->finish = TRUE;
}
