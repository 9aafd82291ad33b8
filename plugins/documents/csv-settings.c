/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of an exporter of documents: their names, ranges, defaults and blurbs, and what can be wrong
 * with them. */
#include "csv-settings.h"

#include <string.h>

#include "amsel-error.h"
#include "amsel-param.h"
#include "report-profile.h"

#define DEFAULT_FILE      "{pipeline}_{date}.csv"
#define JSON_FILE         "{pipeline}_{date}.jsonl"
#define DEFAULT_SUFFIX    ".part"
#define DEFAULT_LINGER_US (10 * G_TIME_SPAN_SECOND)
#define DEFAULT_MAX_FILES 1000
#define DEFAULT_EVERY_US  (1 * G_TIME_SPAN_HOUR)

#define CSV_TYPE_LAYOUT       (csv_layout_get_type ())
#define CSV_TYPE_DECIMAL_MARK (csv_decimal_mark_get_type ())
#define CSV_TYPE_LINE_END     (csv_line_end_get_type ())

typedef enum
{
  PROP_FOLDER = 1,
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
  PROP_PROFILE,
  PROP_EVERY,
  PROP_SERIAL,
  PROP_LOG,
} CsvProperty;

G_STATIC_ASSERT (PROP_LOG == CSV_SETTINGS_LAST);

/* A profile brings defaults of its own; what was set by hand stays. */
#define IS_GIVEN(self, id) (((self)->given & (1u << (id))) != 0)

static const gchar *const LONG_COLUMNS[] = {
  "time",    "pipeline", "meter",      "manufacturer", "id",     "medium",  "quantity",
  "unit",    "value",    "function",   "storage",      "tariff", "subunit", "modifiers",
  "quality", "reason",   "error-code", "error",        NULL,
};

static const gchar *const WIDE_COLUMNS[] = {
  "time", "pipeline", "meter", "manufacturer", "id", "medium", "quality", "error-code", "error", NULL,
};

static AMSEL_DEFINE_SHARED_ENUM_TYPE (CsvLayout, csv_layout, G_DEFINE_ENUM_VALUE (CSV_LAYOUT_LONG, "long"),
                                      G_DEFINE_ENUM_VALUE (CSV_LAYOUT_WIDE, "wide"),
                                      G_DEFINE_ENUM_VALUE (CSV_LAYOUT_JSON, "json"))

    static AMSEL_DEFINE_SHARED_ENUM_TYPE (CsvDecimalMark, csv_decimal_mark,
                                          G_DEFINE_ENUM_VALUE (CSV_DECIMAL_MARK_POINT, "point"),
                                          G_DEFINE_ENUM_VALUE (CSV_DECIMAL_MARK_COMMA, "comma"))

        static AMSEL_DEFINE_SHARED_ENUM_TYPE (CsvLineEnd, csv_line_end,
                                              G_DEFINE_ENUM_VALUE (CSV_LINE_END_CRLF, "crlf"),
                                              G_DEFINE_ENUM_VALUE (CSV_LINE_END_LF, "lf"))

    /* Names of the columns, given or usual. */
    const gchar *const *csv_settings_get_columns (const CsvSettings *self)
{
  const ReportProfile *profile = report_profile_find (self->profile);

  if (self->columns != NULL && self->columns[0] != NULL)
    return (const gchar *const *) self->columns;
  if (profile != NULL)
    return (const gchar *const *) profile->columns;
  return self->layout == CSV_LAYOUT_WIDE ? WIDE_COLUMNS : LONG_COLUMNS;
}

/* Name of the files, given or usual. */
const gchar *
csv_settings_get_file (const CsvSettings *self)
{
  const ReportProfile *profile = report_profile_find (self->profile);

  if (IS_GIVEN (self, PROP_FILE))
    return self->file;
  if (profile != NULL)
    return profile->file;
  return self->layout == CSV_LAYOUT_JSON ? JSON_FILE : self->file;
}

/* Name of the logs of reports; NULL or empty for none. */
const gchar *
csv_settings_get_log (const CsvSettings *self)
{
  const ReportProfile *profile = report_profile_find (self->profile);

  return profile != NULL && !IS_GIVEN (self, PROP_LOG) ? profile->log : self->log;
}

gboolean
csv_settings_get_header (const CsvSettings *self)
{
  const ReportProfile *profile = report_profile_find (self->profile);

  return profile != NULL && !IS_GIVEN (self, PROP_HEADER) ? profile->header : self->header;
}

const gchar *
csv_settings_get_line_end (const CsvSettings *self)
{
  CsvLineEnd usual = self->layout == CSV_LAYOUT_JSON ? CSV_LINE_END_LF : CSV_LINE_END_CRLF;

  return (IS_GIVEN (self, PROP_LINE_END) ? self->line_end : usual) == CSV_LINE_END_LF ? "\n" : "\r\n";
}

/* Sets up how text looks; value reports have semicolons, decimal commas and Latin-1 unless told otherwise. */
gboolean
csv_settings_init_dialect (const CsvSettings *self, CsvDialect *out, GError **error)
{
  gboolean report = self->profile != REPORT_NONE;
  gboolean comma =
      report && !IS_GIVEN (self, PROP_DECIMAL_MARK) ? TRUE : self->decimal_mark == CSV_DECIMAL_MARK_COMMA;

  return csv_dialect_init (out, report && !IS_GIVEN (self, PROP_SEPARATOR) ? ";" : self->separator,
                           comma ? ',' : '.', csv_settings_get_line_end (self),
                           report && !IS_GIVEN (self, PROP_ENCODING) ? "iso-8859-1" : self->encoding, error);
}

static gboolean
invalid (GError **error, const gchar *sentence)
{
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, sentence);
  return FALSE;
}

static gboolean
check_interval (const gchar *name, gint64 us, GError **error)
{
  if (us == 0
      || (us >= G_TIME_SPAN_SECOND
          && (us <= G_TIME_SPAN_DAY ? G_TIME_SPAN_DAY % us : us % G_TIME_SPAN_DAY) == 0))
    return TRUE;
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "%s: expected a part of a day such as 15m, 1h or 6h, or whole days", name);
  return FALSE;
}

/* Settings that mean nothing together with a profile, or nothing without one, are mistakes. */
static gboolean
check_profile (const CsvSettings *self, GError **error)
{
  static const struct
  {
    CsvProperty id;
    const gchar *name;
    gboolean of_reports;
  } settings[] = {
    { PROP_LAYOUT, "layout", FALSE },
    { PROP_VALUES, "values", FALSE },
    { PROP_ERRORS, "errors", FALSE },
    { PROP_ROTATE, "rotate", FALSE },
    { PROP_ROTATE_SIZE, "rotate-size", FALSE },
    { PROP_EVERY, "every", TRUE },
    { PROP_SERIAL, "serial", TRUE },
    { PROP_LOG, "log", TRUE },
  };
  gboolean report = self->profile != REPORT_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (IS_GIVEN (self, settings[i].id) && settings[i].of_reports != report)
      {
        g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                     report ? "%s: a value report (profile) has no such setting; leave it out"
                            : "%s: is a setting of value reports; give a profile too, or leave it out",
                     settings[i].name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_suffix (const CsvSettings *self, GError **error)
{
  if (strchr (self->suffix, '/') != NULL || g_str_equal (self->suffix, ".new"))
    return invalid (
        error, "unfinished-suffix: expected the end of a file name such as .part, without / and not .new");
  return TRUE;
}

/* JSON has a form of its own. */
static gboolean
check_json (const CsvSettings *self, GError **error)
{
  static const struct
  {
    CsvProperty id;
    const gchar *name;
  } settings[] = {
    { PROP_COLUMNS, "columns" },
    { PROP_VALUES, "values" },
    { PROP_HEADER, "header" },
    { PROP_SEPARATOR, "separator" },
    { PROP_DECIMAL_MARK, "decimal-mark" },
    { PROP_ENCODING, "encoding" },
  };

  for (guint i = 0; self->layout == CSV_LAYOUT_JSON && i < G_N_ELEMENTS (settings); i++)
    if (IS_GIVEN (self, settings[i].id))
      {
        g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                     "%s: JSON lines have no such setting; leave it out", settings[i].name);
        return FALSE;
      }
  return TRUE;
}

/* Checks what can be wrong although each value is in its range. */
gboolean
csv_settings_check (const CsvSettings *self, GError **error)
{
  if (self->folder == NULL || *self->folder == '\0')
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "%s: is missing; expected the folder that the files go to", self->folder_name);
      return FALSE;
    }
  return check_interval ("rotate", self->rotate_us, error) && check_interval ("every", self->every_us, error)
         && check_profile (self, error) && check_json (self, error) && check_suffix (self, error);
}

/* Two runs with the same fingerprint may write into the same files. */
gchar *
csv_settings_get_fingerprint (const CsvSettings *self, const gchar *suffix)
{
  g_autofree gchar *columns = g_strjoinv (",", (gchar **) csv_settings_get_columns (self));
  g_autofree gchar *values = self->values != NULL ? g_strjoinv ("\n", self->values) : g_strdup ("");
  g_autofree gchar *all = g_strdup_printf (
      "%s\n%d %d %d %d %d\n%s\n%s\n%s\n%" G_GINT64_FORMAT "\n%s\n%s\n%s", csv_settings_get_file (self),
      self->layout, self->decimal_mark, self->header, self->line_end, self->errors, self->separator,
      self->encoding, self->zone_name, self->rotate_us, suffix, columns, values);

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, all, -1);
}

/* Reads a property; FALSE where there is none of this number. */
gboolean
csv_settings_get (const CsvSettings *self, guint id, GValue *value)
{
  switch ((CsvProperty) id)
    {
    case PROP_FOLDER:
      g_value_set_string (value, self->folder);
      return TRUE;
    case PROP_FILE:
      g_value_set_string (value, self->file);
      return TRUE;
    case PROP_LAYOUT:
      g_value_set_enum (value, (gint) self->layout);
      return TRUE;
    case PROP_COLUMNS:
      g_value_set_boxed (value, self->columns);
      return TRUE;
    case PROP_VALUES:
      g_value_set_boxed (value, self->values);
      return TRUE;
    case PROP_SEPARATOR:
      g_value_set_string (value, self->separator);
      return TRUE;
    case PROP_DECIMAL_MARK:
      g_value_set_enum (value, (gint) self->decimal_mark);
      return TRUE;
    case PROP_HEADER:
      g_value_set_boolean (value, self->header);
      return TRUE;
    case PROP_ENCODING:
      g_value_set_string (value, self->encoding);
      return TRUE;
    case PROP_LINE_END:
      g_value_set_enum (value, (gint) self->line_end);
      return TRUE;
    case PROP_ZONE:
      g_value_set_string (value, self->zone_name);
      return TRUE;
    case PROP_ERRORS:
      g_value_set_boolean (value, self->errors);
      return TRUE;
    case PROP_ROTATE:
      g_value_set_int64 (value, self->rotate_us);
      return TRUE;
    case PROP_ROTATE_SIZE:
      g_value_set_int64 (value, self->rotate_size);
      return TRUE;
    case PROP_LINGER:
      g_value_set_int64 (value, self->linger_us);
      return TRUE;
    case PROP_UNFINISHED_SUFFIX:
      g_value_set_string (value, self->suffix);
      return TRUE;
    case PROP_MAX_FILES:
      g_value_set_uint (value, self->max_files);
      return TRUE;
    case PROP_SYNC:
      g_value_set_boolean (value, self->sync);
      return TRUE;
    case PROP_PROFILE:
      g_value_set_enum (value, self->profile);
      return TRUE;
    case PROP_EVERY:
      g_value_set_int64 (value, self->every_us);
      return TRUE;
    case PROP_SERIAL:
      g_value_set_string (value, self->serial);
      return TRUE;
    case PROP_LOG:
      g_value_set_string (value, self->log);
      return TRUE;
    default:
      return FALSE;
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

/* Writes a property; FALSE where there is none of this number. */
gboolean
csv_settings_set (CsvSettings *self, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id <= CSV_SETTINGS_LAST)
    self->given |= 1u << id;
  switch ((CsvProperty) id)
    {
    case PROP_FOLDER:
      set_text (&self->folder, value, pspec);
      return TRUE;
    case PROP_FILE:
      set_text (&self->file, value, pspec);
      return TRUE;
    case PROP_LAYOUT:
      self->layout = (CsvLayout) g_value_get_enum (value);
      return TRUE;
    case PROP_COLUMNS:
      set_list (&self->columns, value);
      return TRUE;
    case PROP_VALUES:
      set_list (&self->values, value);
      return TRUE;
    case PROP_SEPARATOR:
      set_text (&self->separator, value, pspec);
      return TRUE;
    case PROP_DECIMAL_MARK:
      self->decimal_mark = (CsvDecimalMark) g_value_get_enum (value);
      return TRUE;
    case PROP_HEADER:
      self->header = g_value_get_boolean (value);
      return TRUE;
    case PROP_ENCODING:
      set_text (&self->encoding, value, pspec);
      return TRUE;
    case PROP_LINE_END:
      self->line_end = (CsvLineEnd) g_value_get_enum (value);
      return TRUE;
    case PROP_ZONE:
      set_text (&self->zone_name, value, pspec);
      return TRUE;
    case PROP_ERRORS:
      self->errors = g_value_get_boolean (value);
      return TRUE;
    case PROP_ROTATE:
      self->rotate_us = g_value_get_int64 (value);
      return TRUE;
    case PROP_ROTATE_SIZE:
      self->rotate_size = g_value_get_int64 (value);
      return TRUE;
    case PROP_LINGER:
      self->linger_us = g_value_get_int64 (value);
      return TRUE;
    case PROP_UNFINISHED_SUFFIX:
      set_text (&self->suffix, value, pspec);
      return TRUE;
    case PROP_MAX_FILES:
      self->max_files = g_value_get_uint (value);
      return TRUE;
    case PROP_SYNC:
      self->sync = g_value_get_boolean (value);
      return TRUE;
    case PROP_PROFILE:
      self->profile = g_value_get_enum (value);
      return TRUE;
    case PROP_EVERY:
      self->every_us = g_value_get_int64 (value);
      return TRUE;
    case PROP_SERIAL:
      set_text (&self->serial, value, pspec);
      return TRUE;
    case PROP_LOG:
      set_text (&self->log, value, pspec);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
install_places (GParamSpec **properties, const gchar *folder_name, const gchar *folder_blurb)
{
  properties[PROP_FOLDER] =
      g_param_spec_string (folder_name, folder_name, folder_blurb, NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED | AMSEL_PARAM_PATH);
  properties[PROP_FILE] =
      g_param_spec_string ("file", "file",
                           "Name of the files. Fields in braces: pipeline, line, meter, "
                           "protocol, exporter, serial, number, id, manufacturer, medium, "
                           "and of the time year, month, date, hour, minute, time. The "
                           "finest field of time says how long a file lasts, "
                           "unless “rotate” does; without any a file never ends. Value "
                           "reports have made and made-month instead.",
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
install_content (GParamSpec **properties)
{
  properties[PROP_LAYOUT] = g_param_spec_enum ("layout", "layout",
                                               "One row for each value (long) or for each readout (wide), or "
                                               "a JSON object in a line for each readout (json).",
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
install_reports (GParamSpec **properties)
{
  properties[PROP_PROFILE] =
      g_param_spec_enum ("profile", "profile",
                         "Value report of a kind that gateways send and their readers know by its number, "
                         "instead of a layout: it "
                         "brings its own names, columns, separator, decimal mark and encoding.",
                         REPORT_TYPE_PROFILE, REPORT_NONE, AMSEL_PARAM_SETTING);
  properties[PROP_EVERY] = amsel_param_spec_duration (
      "every",
      "How often value reports are made, aligned to the wall clock: 15m, 1h, 1d, 7d (from Monday); “linger” "
      "later, so that the readings of that moment are in them. 0: as soon as there are readings.",
      0, 366 * G_TIME_SPAN_DAY, DEFAULT_EVERY_US, AMSEL_PARAM_SETTING);
  properties[PROP_SERIAL] = g_param_spec_string ("serial", "serial",
                                                 "Value reports: serial number of the gateway in rows and "
                                                 "names. Usually the name of the line, which is the "
                                                 "serial number where readings come from a terminal.",
                                                 NULL, AMSEL_PARAM_SETTING);
  properties[PROP_LOG] = g_param_spec_string ("log", "log",
                                              "Value reports: name of a text file that tells of each report "
                                              "and of every readout that failed; fields as "
                                              "in “file”. Empty for none.",
                                              NULL, AMSEL_PARAM_SETTING);
}

/* Installs the properties, with the numbers 1 to CSV_SETTINGS_LAST. The folder is called differently where
 * the files are wanted and where they wait; both texts are static. */
void
csv_settings_install (GObjectClass *klass, const gchar *folder_name, const gchar *folder_blurb)
{
  GParamSpec *properties[CSV_SETTINGS_LAST + 1] = { NULL };

  install_places (properties, folder_name, folder_blurb);
  install_content (properties);
  install_reports (properties);
  g_object_class_install_properties (klass, G_N_ELEMENTS (properties), properties);
}

void
csv_settings_init (CsvSettings *self, const gchar *folder_name)
{
  self->folder_name = folder_name;
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
  self->every_us = DEFAULT_EVERY_US;
}

void
csv_settings_clear (CsvSettings *self)
{
  g_free (self->folder);
  g_free (self->file);
  g_strfreev (self->columns);
  g_strfreev (self->values);
  g_free (self->separator);
  g_free (self->encoding);
  g_free (self->zone_name);
  g_free (self->suffix);
  g_free (self->serial);
  g_free (self->log);
}
