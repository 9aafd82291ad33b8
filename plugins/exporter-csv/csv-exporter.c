/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CSV exporter: settings, and the way of a batch of readouts into files.
 *
 * For each readout: which period and file it belongs to (csv-zone, csv-pattern), its rows as text (csv-rows,
 * csv-wide), appended to that file's buffer; at the end of the batch every buffer is written and synced once
 * (csv-files), and what the files are then is the state that is committed with the batch. */
#include "csv-exporter.h"

#include "csv-files.h"
#include "csv-pattern.h"

/* text that is gathered for a file before it is written within a batch */
#define PENDING_MAX (1024 * 1024)

#define DEFAULT_FILE      "{pipeline}_{date}.csv"
#define DEFAULT_SUFFIX    ".part"
#define DEFAULT_LINGER_US (10 * G_TIME_SPAN_SECOND)
#define DEFAULT_MAX_FILES 1000

typedef enum
{
  CSV_LAYOUT_NONE,
  CSV_LAYOUT_LONG,
  CSV_LAYOUT_WIDE,
} CsvLayout;

typedef enum
{
  CSV_DECIMAL_MARK_NONE,
  CSV_DECIMAL_MARK_POINT,
  CSV_DECIMAL_MARK_COMMA,
} CsvDecimalMark;

typedef enum
{
  CSV_LINE_END_NONE,
  CSV_LINE_END_CRLF,
  CSV_LINE_END_LF,
} CsvLineEnd;

#define CSV_TYPE_LAYOUT       (csv_layout_get_type ())
#define CSV_TYPE_DECIMAL_MARK (csv_decimal_mark_get_type ())
#define CSV_TYPE_LINE_END     (csv_line_end_get_type ())

static GType csv_layout_get_type (void);
static GType csv_decimal_mark_get_type (void);
static GType csv_line_end_get_type (void);

struct _CsvExporter
{
  AmselExporter parent_instance;

  gchar *directory; /* (owned) (nullable) */
  gchar *file;      /* (owned) */
  CsvLayout layout;
  gchar **columns;  /* (owned) (nullable): NULL for the layout's own */
  gchar **values;   /* (owned) (nullable) */
  gchar *separator; /* (owned) */
  CsvDecimalMark decimal_mark;
  gboolean header;
  gchar *encoding; /* (owned) */
  CsvLineEnd line_end;
  gchar *zone_name; /* (owned) */
  gboolean errors;
  gint64 rotate_us;
  gint64 rotate_size;
  gint64 linger_us;
  gchar *suffix; /* (owned) */
  guint max_files;
  gboolean sync;

  /* while started; only used by the exporter's thread */
  CsvDialect dialect;
  CsvZone zone;
  CsvPattern *pattern; /* (owned) (nullable) */
  CsvRows *rows;       /* (owned) (nullable) */
  CsvFiles *files;     /* (owned) (nullable) */
  gchar *folder;       /* (owned) (nullable): the directory as an absolute path */
  gchar *fingerprint;  /* (owned) (nullable) */
  CsvPeriod period;
  gint64 period_begin_us; /* of the readout at hand */
  gint64 period_end_us;
  CsvTime period_time;
  GString *base;             /* (owned): file name of the readout at hand */
  GString *key;              /* (owned): of its file */
  GString *series;           /* (owned): of its sequence of files */
  gboolean too_many_columns; /* told already */
};

G_DEFINE_FINAL_TYPE (CsvExporter, csv_exporter, AMSEL_TYPE_EXPORTER)

typedef enum
{
  PROP_DIRECTORY = 1,
  PROP_FILE,
  PROP_LAYOUT,
  PROP_COLUMNS,
  PROP_VALUES,
  PROP_SEPARATOR,
  PROP_DECIMAL_MARK,
  PROP_HEADER,
  PROP_ENCODING,
  PROP_LINE_END,
  PROP_ZONE,
  PROP_ERRORS,
  PROP_ROTATE,
  PROP_ROTATE_SIZE,
  PROP_LINGER,
  PROP_UNFINISHED_SUFFIX,
  PROP_MAX_FILES,
  PROP_SYNC,
} CsvExporterProperty;

static GParamSpec *properties[PROP_SYNC + 1];

static const gchar *const LONG_COLUMNS[] = {
  "time",    "pipeline", "meter",      "manufacturer", "id",     "medium",  "quantity",
  "unit",    "value",    "function",   "storage",      "tariff", "subunit", "modifiers",
  "quality", "reason",   "error-code", "error",        NULL,
};

static const gchar *const WIDE_COLUMNS[] = {
  "time", "pipeline", "meter", "manufacturer", "id", "medium", "quality", "error-code", "error", NULL,
};

static GType
csv_layout_get_type (void)
{
  static gsize once = 0;
  static const GEnumValue values[] = {
    { CSV_LAYOUT_NONE, "CSV_LAYOUT_NONE", "none" },
    { CSV_LAYOUT_LONG, "CSV_LAYOUT_LONG", "long" },
    { CSV_LAYOUT_WIDE, "CSV_LAYOUT_WIDE", "wide" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, g_enum_register_static ("CsvLayout", values));
  return (GType) once;
}

static GType
csv_decimal_mark_get_type (void)
{
  static gsize once = 0;
  static const GEnumValue values[] = {
    { CSV_DECIMAL_MARK_NONE, "CSV_DECIMAL_MARK_NONE", "none" },
    { CSV_DECIMAL_MARK_POINT, "CSV_DECIMAL_MARK_POINT", "point" },
    { CSV_DECIMAL_MARK_COMMA, "CSV_DECIMAL_MARK_COMMA", "comma" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, g_enum_register_static ("CsvDecimalMark", values));
  return (GType) once;
}

static GType
csv_line_end_get_type (void)
{
  static gsize once = 0;
  static const GEnumValue values[] = {
    { CSV_LINE_END_NONE, "CSV_LINE_END_NONE", "none" },
    { CSV_LINE_END_CRLF, "CSV_LINE_END_CRLF", "crlf" },
    { CSV_LINE_END_LF, "CSV_LINE_END_LF", "lf" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, g_enum_register_static ("CsvLineEnd", values));
  return (GType) once;
}

static const gchar *const *
get_columns (CsvExporter *self)
{
  if (self->columns != NULL && self->columns[0] != NULL)
    return (const gchar *const *) self->columns;
  return self->layout == CSV_LAYOUT_WIDE ? WIDE_COLUMNS : LONG_COLUMNS;
}

static gboolean
invalid (GError **error, const gchar *sentence)
{
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, sentence);
  return FALSE;
}

/* Lets go of all that csv_exporter_prepare() and csv_exporter_start() made. */
static void
release (CsvExporter *self)
{
  g_clear_pointer (&self->files, csv_files_free);
  g_clear_pointer (&self->rows, csv_rows_free);
  g_clear_pointer (&self->pattern, csv_pattern_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
  csv_dialect_clear (&self->dialect);
  csv_zone_clear (&self->zone);
}

static gboolean
check_rotation (CsvExporter *self, GError **error)
{
  gint64 us = self->rotate_us;

  if (us == 0)
    return TRUE;
  if (us < G_TIME_SPAN_SECOND || (us <= G_TIME_SPAN_DAY ? G_TIME_SPAN_DAY % us : us % G_TIME_SPAN_DAY) != 0)
    return invalid (error, "rotate: expected a part of a day such as 15m, 1h or 6h, or whole days");
  return TRUE;
}

static gboolean
check_suffix (CsvExporter *self, GError **error)
{
  if (strchr (self->suffix, '/') != NULL || g_str_equal (self->suffix, ".new"))
    return invalid (
        error, "unfinished-suffix: expected the end of a file name such as .part, without / and not .new");
  return TRUE;
}

/* Turns the settings into what works with them; each fault is an error that names its setting. */
static gboolean
prepare (CsvExporter *self, GError **error)
{
  if (self->directory == NULL || *self->directory == '\0')
    return invalid (error, "directory: is missing; expected the folder that the files go to");
  if (!check_rotation (self, error) || !check_suffix (self, error))
    return FALSE;
  if (!csv_dialect_init (&self->dialect, self->separator,
                         self->decimal_mark == CSV_DECIMAL_MARK_COMMA ? ',' : '.',
                         self->line_end == CSV_LINE_END_LF ? "\n" : "\r\n", self->encoding, error))
    return FALSE;
  if (!csv_zone_init (&self->zone, self->zone_name, error))
    return FALSE;
  self->pattern = csv_pattern_new (self->file, error);
  if (self->pattern == NULL)
    return FALSE;
  if (self->rotate_us != 0)
    self->period = (CsvPeriod){ CSV_PERIOD_SPAN, self->rotate_us };
  else
    csv_pattern_get_period (self->pattern, &self->period);
  self->rows =
      csv_rows_new (&self->dialect, &self->zone, get_columns (self), self->layout == CSV_LAYOUT_WIDE, error);
  return self->rows != NULL;
}

static gboolean
csv_exporter_check (AmselExporter *exporter, GError **error)
{
  CsvExporter *self = CSV_EXPORTER (exporter);
  gboolean good;

  if (self->rows != NULL)
    return TRUE; /* started, so it has been checked */
  good = prepare (self, error);
  release (self);
  return good;
}

/* Files that never end need no mark for being unfinished. */
static const gchar *
get_suffix (CsvExporter *self)
{
  return self->period.kind == CSV_PERIOD_NONE && self->rotate_size == 0 ? "" : self->suffix;
}

/* Two runs with the same fingerprint may write into the same files. */
static gchar *
make_fingerprint (CsvExporter *self)
{
  g_autofree gchar *columns = g_strjoinv (",", (gchar **) get_columns (self));
  g_autofree gchar *values = self->values != NULL ? g_strjoinv ("\n", self->values) : g_strdup ("");
  g_autofree gchar *all = g_strdup_printf (
      "%s\n%d %d %d %d %d\n%s\n%s\n%s\n%" G_GINT64_FORMAT "\n%s\n%s\n%s", self->file, self->layout,
      self->decimal_mark, self->header, self->line_end, self->errors, self->separator, self->encoding,
      self->zone_name, self->rotate_us, get_suffix (self), columns, values);

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, all, -1);
}

static void
warn (gpointer self, const GError *error)
{
  amsel_exporter_warn (AMSEL_EXPORTER (self), error);
}

static gint64
get_now_us (CsvExporter *self)
{
  return amsel_clock_get_real_us (amsel_exporter_get_clock (AMSEL_EXPORTER (self)));
}

static gboolean
csv_exporter_start (AmselExporter *exporter, const gchar *state, GError **error)
{
  CsvExporter *self = CSV_EXPORTER (exporter);
  CsvFilesSettings settings = {
    .dialect = &self->dialect,
    .columns = (const gchar *const *) self->values,
    .max_files = self->max_files,
    .linger_us = self->linger_us,
    .sync = self->sync,
    .warn = warn,
    .user_data = self,
  };

  release (self);
  if (!prepare (self, error))
    return FALSE;
  self->folder = g_canonicalize_filename (self->directory, NULL);
  self->fingerprint = make_fingerprint (self);
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
name_file (CsvExporter *self, const AmselReadout *readout)
{
  const gchar *name = amsel_exporter_get_name (AMSEL_EXPORTER (self));
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
get_wide (CsvExporter *self, const AmselReadout *readout)
{
  if (self->layout != CSV_LAYOUT_WIDE)
    return NULL;
  g_string_truncate (self->series, 0);
  csv_pattern_expand (self->pattern, amsel_exporter_get_name (AMSEL_EXPORTER (self)), readout, NULL,
                      self->series);
  return csv_files_get_columns (self->files, self->series->str);
}

/* Learns the columns of a whole batch before a row of it is written, so that a file's header has them all. */
static void
learn_columns (CsvExporter *self, GPtrArray *readouts)
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
          amsel_exporter_get_name (AMSEL_EXPORTER (self)), amsel_readout_get_meter (readout));
      warn (self, error);
    }
}

static void
write_header (CsvExporter *self, CsvWide *wide, CsvFile *file)
{
  if (!self->header)
    return;
  csv_rows_write_names (self->rows, file->pending);
  if (wide != NULL)
    csv_wide_write_names (wide, &self->dialect, file->n_columns, file->pending);
  g_string_append (file->pending, self->dialect.line_end);
}

/* Finds the file that a readout goes into, or begins it. */
static CsvFile *
get_file (CsvExporter *self, CsvWide *wide, GError **error)
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

static gboolean
export_one (CsvExporter *self, const AmselReadout *readout, gint64 now_us, GError **error)
{
  CsvWide *wide;
  CsvFile *file;

  if (!self->errors && csv_rows_is_failure (readout))
    return TRUE;
  name_file (self, readout);
  wide = get_wide (self, readout);
  file = get_file (self, wide, error);
  if (file == NULL)
    return FALSE;
  if (wide == NULL)
    csv_rows_write_long (self->rows, readout, self->errors, file->pending);
  else
    {
      csv_rows_write_head (self->rows, readout, file->pending);
      csv_wide_write_values (wide, self->rows, &self->dialect, readout, file->n_columns, file->pending);
      g_string_append (file->pending, self->dialect.line_end);
    }
  if (file->pending->len >= PENDING_MAX && !csv_files_write (self->files, file, now_us, error))
    return FALSE;
  if (self->rotate_size > 0 && file->length + file->pending->len >= (guint64) self->rotate_size)
    csv_files_finish (self->files, file);
  return TRUE;
}

static gboolean
csv_exporter_export (AmselExporter *exporter, GPtrArray *readouts, gchar **out_state,
                     GCancellable *cancellable, GError **error)
{
  CsvExporter *self = CSV_EXPORTER (exporter);
  gint64 now_us = get_now_us (self);

  csv_files_begin_batch (self->files);
  if (self->layout == CSV_LAYOUT_WIDE)
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

static gboolean
csv_exporter_committed (AmselExporter *exporter, GError **error)
{
  return csv_files_committed (CSV_EXPORTER (exporter)->files, error);
}

static gint64
csv_exporter_get_deadline_us (AmselExporter *exporter)
{
  return csv_files_get_deadline_us (CSV_EXPORTER (exporter)->files);
}

static void
csv_exporter_stop (AmselExporter *exporter)
{
  release (CSV_EXPORTER (exporter));
}

static void
csv_exporter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CsvExporter *self = CSV_EXPORTER (object);

  switch ((CsvExporterProperty) id)
    {
    case PROP_DIRECTORY:
      g_value_set_string (value, self->directory);
      break;
    case PROP_FILE:
      g_value_set_string (value, self->file);
      break;
    case PROP_LAYOUT:
      g_value_set_enum (value, (gint) self->layout);
      break;
    case PROP_COLUMNS:
      g_value_set_boxed (value, self->columns);
      break;
    case PROP_VALUES:
      g_value_set_boxed (value, self->values);
      break;
    case PROP_SEPARATOR:
      g_value_set_string (value, self->separator);
      break;
    case PROP_DECIMAL_MARK:
      g_value_set_enum (value, (gint) self->decimal_mark);
      break;
    case PROP_HEADER:
      g_value_set_boolean (value, self->header);
      break;
    case PROP_ENCODING:
      g_value_set_string (value, self->encoding);
      break;
    case PROP_LINE_END:
      g_value_set_enum (value, (gint) self->line_end);
      break;
    case PROP_ZONE:
      g_value_set_string (value, self->zone_name);
      break;
    case PROP_ERRORS:
      g_value_set_boolean (value, self->errors);
      break;
    case PROP_ROTATE:
      g_value_set_int64 (value, self->rotate_us);
      break;
    case PROP_ROTATE_SIZE:
      g_value_set_int64 (value, self->rotate_size);
      break;
    case PROP_LINGER:
      g_value_set_int64 (value, self->linger_us);
      break;
    case PROP_UNFINISHED_SUFFIX:
      g_value_set_string (value, self->suffix);
      break;
    case PROP_MAX_FILES:
      g_value_set_uint (value, self->max_files);
      break;
    case PROP_SYNC:
      g_value_set_boolean (value, self->sync);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* A text setting that is taken away has its default again. */
static void
set_text (gchar **field, const GValue *value, GParamSpec *pspec)
{
  const gchar *text = g_value_get_string (value);

  g_free (*field);
  *field = g_strdup (text != NULL ? text : G_PARAM_SPEC_STRING (pspec)->default_value);
}

static void
set_list (gchar ***field, const GValue *value)
{
  g_strfreev (*field);
  *field = g_value_dup_boxed (value);
}

static void
csv_exporter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CsvExporter *self = CSV_EXPORTER (object);

  switch ((CsvExporterProperty) id)
    {
    case PROP_DIRECTORY:
      set_text (&self->directory, value, pspec);
      break;
    case PROP_FILE:
      set_text (&self->file, value, pspec);
      break;
    case PROP_LAYOUT:
      self->layout = (CsvLayout) g_value_get_enum (value);
      break;
    case PROP_COLUMNS:
      set_list (&self->columns, value);
      break;
    case PROP_VALUES:
      set_list (&self->values, value);
      break;
    case PROP_SEPARATOR:
      set_text (&self->separator, value, pspec);
      break;
    case PROP_DECIMAL_MARK:
      self->decimal_mark = (CsvDecimalMark) g_value_get_enum (value);
      break;
    case PROP_HEADER:
      self->header = g_value_get_boolean (value);
      break;
    case PROP_ENCODING:
      set_text (&self->encoding, value, pspec);
      break;
    case PROP_LINE_END:
      self->line_end = (CsvLineEnd) g_value_get_enum (value);
      break;
    case PROP_ZONE:
      set_text (&self->zone_name, value, pspec);
      break;
    case PROP_ERRORS:
      self->errors = g_value_get_boolean (value);
      break;
    case PROP_ROTATE:
      self->rotate_us = g_value_get_int64 (value);
      break;
    case PROP_ROTATE_SIZE:
      self->rotate_size = g_value_get_int64 (value);
      break;
    case PROP_LINGER:
      self->linger_us = g_value_get_int64 (value);
      break;
    case PROP_UNFINISHED_SUFFIX:
      set_text (&self->suffix, value, pspec);
      break;
    case PROP_MAX_FILES:
      self->max_files = g_value_get_uint (value);
      break;
    case PROP_SYNC:
      self->sync = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
csv_exporter_finalize (GObject *object)
{
  CsvExporter *self = CSV_EXPORTER (object);

  release (self);
  g_free (self->directory);
  g_free (self->file);
  g_strfreev (self->columns);
  g_strfreev (self->values);
  g_free (self->separator);
  g_free (self->encoding);
  g_free (self->zone_name);
  g_free (self->suffix);
  g_string_free (self->base, TRUE);
  g_string_free (self->key, TRUE);
  g_string_free (self->series, TRUE);
  G_OBJECT_CLASS (csv_exporter_parent_class)->finalize (object);
}

static void
install_places (void)
{
  properties[PROP_DIRECTORY] =
      g_param_spec_string ("directory", "directory", "Folder that the files go to; it is created.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED | AMSEL_PARAM_PATH);
  properties[PROP_FILE] = g_param_spec_string ("file", "file",
                                               "Name of the files. Fields in braces: pipeline, line, meter, "
                                               "protocol, exporter, id, manufacturer, medium, "
                                               "and of the time year, month, date, hour, minute, time. The "
                                               "finest field of time says how long a file lasts, "
                                               "unless “rotate” does; without any a file never ends.",
                                               DEFAULT_FILE, AMSEL_PARAM_SETTING);
  properties[PROP_ROTATE] = amsel_param_spec_duration (
      "rotate",
      "How long a file lasts, aligned to the wall clock: 15m, 1h, 1d, 7d (from Monday). 0: as “file” says.",
      0, 366 * G_TIME_SPAN_DAY, 0, AMSEL_PARAM_SETTING);
  properties[PROP_ROTATE_SIZE] = amsel_param_spec_size (
      "rotate-size",
      "Size at which a file ends after the readout at hand, and the next one begins. 0 for any size.", 0,
      G_MAXINT64, 0, AMSEL_PARAM_SETTING);
  properties[PROP_LINGER] = amsel_param_spec_duration (
      "linger", "How long a file waits for late rows after its time is over or its last row was written.", 0,
      G_TIME_SPAN_DAY, DEFAULT_LINGER_US, AMSEL_PARAM_SETTING);
  properties[PROP_UNFINISHED_SUFFIX] =
      g_param_spec_string ("unfinished-suffix", "unfinished-suffix",
                           "Added to the name of a file as long as rows may come. Empty: files have their "
                           "final name from the beginning.",
                           DEFAULT_SUFFIX, AMSEL_PARAM_SETTING);
  properties[PROP_MAX_FILES] = g_param_spec_uint ("max-files", "max-files",
                                                  "The most unfinished files at a time; above it the one "
                                                  "that got no row for the longest time is finished.",
                                                  1, 100000, DEFAULT_MAX_FILES, AMSEL_PARAM_SETTING);
  properties[PROP_SYNC] = g_param_spec_boolean (
      "sync", "sync", "Whether rows are on the disk, safe from a power cut, before they count as delivered.",
      TRUE, AMSEL_PARAM_SETTING);
}

static void
install_content (void)
{
  properties[PROP_LAYOUT] =
      g_param_spec_enum ("layout", "layout", "One row for each value (long) or for each readout (wide).",
                         CSV_TYPE_LAYOUT, CSV_LAYOUT_LONG, AMSEL_PARAM_SETTING);
  properties[PROP_COLUMNS] = g_param_spec_boxed (
      "columns", "columns",
      "Names of the columns, in order; empty for a usual choice. The plugin's page lists them.", G_TYPE_STRV,
      AMSEL_PARAM_SETTING);
  properties[PROP_VALUES] =
      g_param_spec_boxed ("values", "values",
                          "Wide layout: names of the columns of values, such as volume_m3 or energy_Wh_s1; "
                          "others are left out. Empty: "
                          "columns are found by themselves, and a new file begins when there are more.",
                          G_TYPE_STRV, AMSEL_PARAM_SETTING);
  properties[PROP_SEPARATOR] = g_param_spec_string (
      "separator", "separator", "The character between fields, or “tab”.", ",", AMSEL_PARAM_SETTING);
  properties[PROP_DECIMAL_MARK] =
      g_param_spec_enum ("decimal-mark", "decimal-mark", "What stands before the decimals of a number.",
                         CSV_TYPE_DECIMAL_MARK, CSV_DECIMAL_MARK_POINT, AMSEL_PARAM_SETTING);
  properties[PROP_HEADER] =
      g_param_spec_boolean ("header", "header", "Whether each file begins with the names of its columns.",
                            TRUE, AMSEL_PARAM_SETTING);
  properties[PROP_ENCODING] = g_param_spec_string ("encoding", "encoding",
                                                   "Encoding of the text: utf-8, iso-8859-1, windows-1252 "
                                                   "... What it does not have becomes a question mark.",
                                                   "utf-8", AMSEL_PARAM_SETTING);
  properties[PROP_LINE_END] =
      g_param_spec_enum ("line-end", "line-end", "How lines end: crlf as RFC 4180 says, or lf.",
                         CSV_TYPE_LINE_END, CSV_LINE_END_CRLF, AMSEL_PARAM_SETTING);
  properties[PROP_ZONE] =
      g_param_spec_string ("zone", "zone", "Time zone of all times in rows and names, such as Europe/Prague.",
                           "UTC", AMSEL_PARAM_SETTING);
  properties[PROP_ERRORS] =
      g_param_spec_boolean ("errors", "errors", "Whether a readout without reading gets a row that says why.",
                            TRUE, AMSEL_PARAM_SETTING);
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
  exporter_class->stop = csv_exporter_stop;
  install_places ();
  install_content ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
csv_exporter_init (CsvExporter *self)
{
  self->file = g_strdup (DEFAULT_FILE);
  self->layout = CSV_LAYOUT_LONG;
  self->separator = g_strdup (",");
  self->decimal_mark = CSV_DECIMAL_MARK_POINT;
  self->header = TRUE;
  self->encoding = g_strdup ("utf-8");
  self->line_end = CSV_LINE_END_CRLF;
  self->zone_name = g_strdup ("UTC");
  self->errors = TRUE;
  self->linger_us = DEFAULT_LINGER_US;
  self->suffix = g_strdup (DEFAULT_SUFFIX);
  self->max_files = DEFAULT_MAX_FILES;
  self->sync = TRUE;
  self->dialect.converter = CSV_NO_CONVERTER;
  self->base = g_string_new (NULL);
  self->key = g_string_new (NULL);
  self->series = g_string_new (NULL);
}
