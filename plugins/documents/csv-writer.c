/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way of a batch of readouts into files.
 *
 * For each readout: which period and file it belongs to (csv-zone, csv-pattern), its rows as text (csv-rows,
 * csv-wide), appended to that file's buffer; at the end of the batch every buffer is written and synced once
 * (csv-files), and what the files are then is the state that is committed with the batch. */
#include "csv-writer.h"

#include <errno.h>

#include "amsel-error.h"
#include "csv-files.h"
#include "csv-pattern.h"
#include "json-rows.h"

/* text that is gathered for a file before it is written within a batch */
#define PENDING_MAX (1024 * 1024)

struct _CsvWriter
{
  AmselExporter *exporter;     /* (unowned): whose readouts these are */
  const CsvSettings *settings; /* (unowned): the exporter's */
  CsvDialect dialect;
  CsvZone zone;
  CsvPattern *pattern; /* (owned) */
  CsvRows *rows;       /* (owned) (nullable): one of the two */
  JsonRows *json;      /* (owned) (nullable) */
  CsvFiles *files;     /* (owned) (nullable): while started */
  gchar *folder;       /* (owned): as an absolute path */
  gchar *fingerprint;  /* (owned) */
  CsvPeriod period;
  gint64 period_begin_us; /* of the readout at hand */
  gint64 period_end_us;
  CsvTime period_time;
  GString *base;             /* (owned): file name of the readout at hand */
  GString *key;              /* (owned): of its file */
  GString *series;           /* (owned): of its sequence of files */
  gboolean too_many_columns; /* told already */
};

void
csv_writer_free (CsvWriter *self)
{
  g_clear_pointer (&self->files, csv_files_free);
  g_clear_pointer (&self->rows, csv_rows_free);
  g_clear_pointer (&self->json, json_rows_free);
  g_clear_pointer (&self->pattern, csv_pattern_free);
  g_free (self->folder);
  g_free (self->fingerprint);
  g_string_free (self->base, TRUE);
  g_string_free (self->key, TRUE);
  g_string_free (self->series, TRUE);
  csv_dialect_clear (&self->dialect);
  csv_zone_clear (&self->zone);
  g_free (self);
}

/* Turns the settings into what works with them; each fault is an error that names its setting. */
static gboolean
prepare (CsvWriter *self, GError **error)
{
  if (!csv_settings_init_dialect (self->settings, &self->dialect, error))
    return FALSE;
  if (!csv_zone_init (&self->zone, self->settings->zone_name, error))
    return FALSE;
  self->pattern = csv_pattern_new (csv_settings_get_file (self->settings), NULL, error);
  if (self->pattern == NULL)
    return FALSE;
  if (csv_pattern_has_made (self->pattern))
    {
      g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                           "file: {made} and {made-month} are for value reports; expected {date} or another "
                           "time of the readings");
      return FALSE;
    }
  if (self->settings->rotate_us != 0)
    self->period = (CsvPeriod){ CSV_PERIOD_SPAN, self->settings->rotate_us };
  else
    csv_pattern_get_period (self->pattern, &self->period);
  if (self->settings->layout == CSV_LAYOUT_JSON)
    {
      self->json = json_rows_new (&self->zone, csv_settings_get_line_end (self->settings));
      return TRUE;
    }
  self->rows = csv_rows_new (&self->dialect, &self->zone, csv_settings_get_columns (self->settings),
                             self->settings->layout == CSV_LAYOUT_WIDE, error);
  return self->rows != NULL;
}

/* Makes a writer that puts files into a folder; each fault of the settings is an error that names one. */
CsvWriter *
csv_writer_new (AmselExporter *exporter, const CsvSettings *settings, const gchar *folder, GError **error)
{
  g_autoptr (CsvWriter) self = g_new0 (CsvWriter, 1);

  self->exporter = exporter;
  self->settings = settings;
  self->dialect.converter = CSV_NO_CONVERTER;
  self->base = g_string_new (NULL);
  self->key = g_string_new (NULL);
  self->series = g_string_new (NULL);
  self->folder = g_canonicalize_filename (folder, NULL);
  return prepare (self, error) ? g_steal_pointer (&self) : NULL;
}

/* Files that never end need no mark for being unfinished. */
static const gchar *
get_suffix (CsvWriter *self)
{
  return self->period.kind == CSV_PERIOD_NONE && self->settings->rotate_size == 0 ? ""
                                                                                  : self->settings->suffix;
}

static void
warn (gpointer self, const GError *error)
{
  amsel_exporter_warn (((CsvWriter *) self)->exporter, error);
}

static gint64
get_now_us (CsvWriter *self)
{
  return amsel_clock_get_real_us (amsel_exporter_get_clock (self->exporter));
}

/* Goes back to what was committed. */
gboolean
csv_writer_start (CsvWriter *self, const gchar *state, GError **error)
{
  CsvFilesSettings settings = {
    .dialect = &self->dialect,
    .columns = (const gchar *const *) self->settings->values,
    .max_files = self->settings->max_files,
    .linger_us = self->settings->linger_us,
    .sync = self->settings->sync,
    .warn = warn,
    .user_data = self,
  };

  g_clear_pointer (&self->files, csv_files_free);
  g_free (self->fingerprint);
  self->fingerprint = csv_settings_get_fingerprint (self->settings, get_suffix (self));
  self->period_begin_us = G_MAXINT64;
  self->too_many_columns = FALSE;
  if (g_mkdir_with_parents (self->folder, 0755) != 0)
    {
      csv_file_set_error (error, self->folder, "cannot be created", errno);
      return FALSE;
    }
  settings.folder = self->folder;
  settings.fingerprint = self->fingerprint;
  settings.suffix = get_suffix (self);
  self->files = csv_files_new (&settings);
  return csv_files_restore (self->files, state, get_now_us (self), error);
}

/* The moment that a readout is for. */
static gint64
get_time_us (const AmselReadout *readout)
{
  gint64 slot_us = amsel_readout_get_slot_us (readout);

  return slot_us != 0 ? slot_us : amsel_readout_get_end_us (readout);
}

/* Finds the period of a readout and the names of its file, in buffers that are used again. */
static void
name_file (CsvWriter *self, const AmselReadout *readout)
{
  const gchar *name = amsel_exporter_get_name (self->exporter);
  gint64 us = get_time_us (readout);

  if (us < self->period_begin_us || us >= self->period_end_us)
    {
      csv_zone_get_period (&self->zone, &self->period, us, &self->period_begin_us, &self->period_end_us);
      csv_zone_split (&self->zone, self->period_begin_us, &self->period_time);
    }
  g_string_truncate (self->base, 0);
  csv_pattern_expand (self->pattern, name, readout, &self->period_time, self->base);
  g_string_truncate (self->key, 0);
  g_string_append_len (self->key, self->base->str, (gssize) self->base->len);
  if (self->period.kind != CSV_PERIOD_NONE)
    {
      gchar digits[24];

      g_string_append_len (self->key, digits,
                           g_snprintf (digits, sizeof digits, "@%" G_GINT64_FORMAT,
                                       self->period_begin_us / G_TIME_SPAN_SECOND));
    }
}

static CsvWide *
get_wide (CsvWriter *self, const AmselReadout *readout)
{
  if (self->settings->layout != CSV_LAYOUT_WIDE)
    return NULL;
  g_string_truncate (self->series, 0);
  csv_pattern_expand (self->pattern, amsel_exporter_get_name (self->exporter), readout, NULL, self->series);
  return csv_files_get_columns (self->files, self->series->str);
}

/* Learns the columns of a whole batch before a row of it is written, so that a file's header has them all. */
static void
learn_columns (CsvWriter *self, GPtrArray *readouts)
{
  for (guint i = 0; i < readouts->len; i++)
    {
      AmselReadout *readout = g_ptr_array_index (readouts, i);
      g_autoptr (GError) error = NULL;

      if (csv_wide_learn (get_wide (self, readout), readout) || self->too_many_columns)
        continue;
      self->too_many_columns = TRUE;
      g_set_error (
          &error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_WRITE,
          "%s: meter “%s” sends more kinds of values than a wide file has columns for; some are left out",
          amsel_exporter_get_name (self->exporter), amsel_readout_get_meter (readout));
      warn (self, error);
    }
}

static void
write_header (CsvWriter *self, CsvWide *wide, CsvFile *file)
{
  if (!self->settings->header || self->rows == NULL)
    return;
  csv_rows_write_names (self->rows, file->pending);
  if (wide != NULL)
    csv_wide_write_names (wide, &self->dialect, file->n_columns, file->pending);
  g_string_append (file->pending, self->dialect.line_end);
}

/* Finds the file that a readout goes into, or begins it. */
static CsvFile *
get_file (CsvWriter *self, CsvWide *wide, GError **error)
{
  g_autoptr (GError) local = NULL;
  CsvFile *file = csv_files_find (self->files, self->key->str, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (file != NULL && wide != NULL && file->n_columns < csv_wide_get_n_columns (wide))
    {
      csv_files_finish (self->files, file);
      file = NULL;
    }
  if (file != NULL)
    return file;
  file = csv_files_add (self->files, self->key->str, self->base->str, wide != NULL ? self->series->str : "",
                        error);
  if (file == NULL)
    return NULL;
  file->period_begin_us = self->period_begin_us;
  file->period_end_us = self->period_end_us;
  file->n_columns = wide != NULL ? csv_wide_get_n_columns (wide) : 0;
  write_header (self, wide, file);
  return file;
}

static void
write_readout (CsvWriter *self, CsvWide *wide, const AmselReadout *readout, CsvFile *file)
{
  if (self->json != NULL)
    json_rows_write (self->json, readout, file->pending);
  else if (wide == NULL)
    csv_rows_write_long (self->rows, readout, self->settings->errors, file->pending);
  else
    {
      csv_rows_write_head (self->rows, readout, file->pending);
      csv_wide_write_values (wide, self->rows, &self->dialect, readout, file->n_columns, file->pending);
      g_string_append (file->pending, self->dialect.line_end);
    }
}

static gboolean
export_one (CsvWriter *self, const AmselReadout *readout, gint64 now_us, GError **error)
{
  CsvWide *wide;
  CsvFile *file;

  if (!self->settings->errors && csv_rows_is_failure (readout))
    return TRUE;
  name_file (self, readout);
  wide = get_wide (self, readout);
  file = get_file (self, wide, error);
  if (file == NULL)
    return FALSE;
  write_readout (self, wide, readout, file);
  if (file->pending->len >= PENDING_MAX && !csv_files_write (self->files, file, now_us, error))
    return FALSE;
  if (self->settings->rotate_size > 0
      && file->length + file->pending->len >= (guint64) self->settings->rotate_size)
    csv_files_finish (self->files, file);
  return TRUE;
}

/* Takes readouts; once what this gives as state is committed, they count as written. */
gboolean
csv_writer_export (CsvWriter *self, GPtrArray *readouts, gchar **out_state, GCancellable *cancellable,
                   GError **error)
{
  gint64 now_us = get_now_us (self);

  csv_files_begin_batch (self->files);
  if (self->settings->layout == CSV_LAYOUT_WIDE)
    learn_columns (self, readouts);
  for (guint i = 0; i < readouts->len; i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !export_one (self, g_ptr_array_index (readouts, i), now_us, error))
      return FALSE;
  if (!csv_files_flush (self->files, now_us, error))
    return FALSE;
  *out_state = csv_files_save (self->files);
  return TRUE;
}

/* Does what had to wait until the state was durable. */
gboolean
csv_writer_committed (CsvWriter *self, GError **error)
{
  return csv_files_committed (self->files, error);
}

gint64
csv_writer_get_deadline_us (CsvWriter *self)
{
  return csv_files_get_deadline_us (self->files);
}
