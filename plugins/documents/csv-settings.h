/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of an exporter of documents. */
#pragma once

#include <glib-object.h>

#include "csv-text.h"

typedef enum
{
  CSV_LAYOUT_NONE,
  CSV_LAYOUT_LONG,
  CSV_LAYOUT_WIDE,
  CSV_LAYOUT_JSON,
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

typedef struct
{
  const gchar *folder_name; /* (static): what the setting of the folder is called */
  gchar *folder;            /* (owned) (nullable) */
  gchar *file;              /* (owned) */
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
  gint profile; /* number of a ReportProfile */
  gint64 every_us;
  gchar *serial; /* (owned) (nullable) */
  gchar *log;    /* (owned) (nullable) */
  guint32 given; /* bit of each property that was set */
} CsvSettings;

/* number of the last property: an exporter's own ones have the numbers behind it */
#define CSV_SETTINGS_LAST 22

void csv_settings_install (GObjectClass *klass, const gchar *folder_name, const gchar *folder_blurb);
void csv_settings_init (CsvSettings *self, const gchar *folder_name);
void csv_settings_clear (CsvSettings *self);
gboolean csv_settings_get (const CsvSettings *self, guint id, GValue *value);
gboolean csv_settings_set (CsvSettings *self, guint id, const GValue *value, GParamSpec *pspec);
gboolean csv_settings_check (const CsvSettings *self, GError **error);
const gchar *const *csv_settings_get_columns (const CsvSettings *self);
const gchar *csv_settings_get_file (const CsvSettings *self);
const gchar *csv_settings_get_log (const CsvSettings *self);
const gchar *csv_settings_get_line_end (const CsvSettings *self);
gboolean csv_settings_get_header (const CsvSettings *self);
gboolean csv_settings_init_dialect (const CsvSettings *self, CsvDialect *out, GError **error);
gchar *csv_settings_get_fingerprint (const CsvSettings *self, const gchar *suffix);
