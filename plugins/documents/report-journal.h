/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of value reports that are not made yet, and the making. */
#pragma once

#include "csv-text.h"
#include "csv-zone.h"

typedef struct
{
  const gchar *name;         /* (unowned): of the exporter */
  const gchar *folder;       /* (unowned): where reports go */
  const gchar *log_folder;   /* (unowned): where logs go */
  const CsvDialect *dialect; /* (unowned) */
  CsvZone *zone;             /* (unowned) */
  gboolean sync;
  void (*warn) (gpointer user_data, const GError *error);
  gpointer user_data;
} ReportJournalSettings;

typedef struct _ReportJournal ReportJournal;

ReportJournal *report_journal_new (const ReportJournalSettings *settings);
void report_journal_free (ReportJournal *self);
gboolean report_journal_is_state (const gchar *state);
gboolean report_journal_restore (ReportJournal *self, const gchar *state, gint64 now_us, GError **error);
void report_journal_add_row (ReportJournal *self, const gchar *name, const gchar *header, const gchar *row);
void report_journal_add_line (ReportJournal *self, const gchar *log, const gchar *line);
void report_journal_count (ReportJournal *self, const gchar *log, gboolean failed);
gboolean report_journal_is_empty (const ReportJournal *self);
gint64 report_journal_get_end_us (const ReportJournal *self);
void report_journal_set_end_us (ReportJournal *self, gint64 end_us);
void report_journal_close (ReportJournal *self);
gboolean report_journal_write (ReportJournal *self, GError **error);
gchar *report_journal_save (const ReportJournal *self);
gboolean report_journal_committed (ReportJournal *self, gint64 now_us, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReportJournal, report_journal_free)
