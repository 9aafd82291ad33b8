/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All files of an exporter: which are open, when they end, and what has to be kept to survive a crash. */
#pragma once

#include "csv-file.h"
#include "csv-wide.h"

typedef struct
{
  const gchar *folder;         /* (unowned): absolute */
  const gchar *fingerprint;    /* (unowned): of all settings that decide what is in a file */
  const gchar *suffix;         /* (unowned): of unfinished files; empty for none */
  const CsvDialect *dialect;   /* (unowned) */
  const gchar *const *columns; /* (unowned) (nullable): fixed columns of values in wide files */
  guint max_files;             /* unfinished at a time */
  gint64 linger_us;            /* that a file waits for late rows */
  gboolean sync;
  void (*warn) (gpointer user_data, const GError *error);
  gpointer user_data;
} CsvFilesSettings;

typedef struct _CsvFiles CsvFiles;

CsvFiles *csv_files_new (const CsvFilesSettings *settings);
void csv_files_free (CsvFiles *self);
gboolean csv_files_restore (CsvFiles *self, const gchar *state, gint64 now_us, GError **error);
void csv_files_begin_batch (CsvFiles *self);
CsvFile *csv_files_find (CsvFiles *self, const gchar *key, GError **error);
CsvFile *csv_files_add (CsvFiles *self, const gchar *key, const gchar *base, const gchar *series,
                        GError **error);
CsvWide *csv_files_get_columns (CsvFiles *self, const gchar *series);
void csv_files_finish (CsvFiles *self, CsvFile *file);
gboolean csv_files_write (CsvFiles *self, CsvFile *file, gint64 now_us, GError **error);
gboolean csv_files_flush (CsvFiles *self, gint64 now_us, GError **error);
gchar *csv_files_save (CsvFiles *self);
gboolean csv_files_committed (CsvFiles *self, GError **error);
gint64 csv_files_get_deadline_us (CsvFiles *self);
