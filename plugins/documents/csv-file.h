/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One file that is being written, from its creation to its final name. */
#pragma once

#include <glib.h>

#include "csv-text.h"

/* Where a file is on its way. What a phase says is true from the commit that contains it on. */
typedef enum
{
  CSV_PHASE_NONE,
  CSV_PHASE_NEW,        /* under NAME.new; to be renamed to its working name at this commit */
  CSV_PHASE_OPEN,       /* under its working name: NAME.part, or NAME itself */
  CSV_PHASE_FINISH,     /* complete, to be renamed from its working name to NAME at this commit */
  CSV_PHASE_FINISH_NEW, /* complete, to be renamed from NAME.new to NAME at this commit */
} CsvPhase;

typedef struct
{
  gchar *key;  /* (owned): which rows go into it */
  gchar *name; /* (owned): final name, relative to the folder */
  CsvPhase phase;
  guint64 length;   /* bytes in the file */
  GString *pending; /* (owned): rows in UTF-8 that are not in the file yet */
  gint fd;          /* -1 while closed */
  gint64 period_begin_us;
  gint64 period_end_us; /* G_MAXINT64 for never */
  gint64 used_us;       /* when a row was written last */
  gchar *series;        /* (owned): to which sequence of files it belongs */
  guint n_columns;      /* columns of values in a wide file's header */
  guint batch;          /* in which batch it was looked at last */
  gboolean unsynced;
  GList by_use; /* link in the list of files, least recently used first */
  GList by_fd;  /* link in the list of files that are open */
} CsvFile;

CsvFile *csv_file_new (const gchar *key, const gchar *name, const gchar *series);
void csv_file_free (CsvFile *self);
gchar *csv_file_get_path (const CsvFile *self, const gchar *folder, const gchar *suffix);
gboolean csv_file_create (CsvFile *self, const gchar *path, GError **error);
gboolean csv_file_reopen (CsvFile *self, const gchar *path, GError **error);
gboolean csv_file_cut (CsvFile *self, const gchar *path, gchar last, GError **error);
gboolean csv_file_is_there (const CsvFile *self, const gchar *path);
gboolean csv_file_write (CsvFile *self, const gchar *path, const CsvDialect *dialect, GString *scratch,
                         GError **error);
gboolean csv_file_sync (CsvFile *self, const gchar *path, GError **error);
void csv_file_close (CsvFile *self);
gchar *csv_file_number_name (const gchar *name, guint n);
gint csv_file_rename (const gchar *from, const gchar *to);
gboolean csv_file_sync_folder (const gchar *path, GError **error);
void csv_file_set_error (GError **error, const gchar *path, const gchar *what, gint code);
