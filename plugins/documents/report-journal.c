/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of value reports that are not made yet, and how they survive a crash.
 *
 * Rows wait in one file, the journal, each with the name of the document that it belongs to; so a batch costs
 * one write however many meters it is from. The committed state says how much of it counts. When a report is
 * to be made, that is committed first; then its documents are made beside their places, the journal is
 * removed, and the documents are moved to their places. A journal that is to be closed and is still there
 * after a crash is gone through again; where it is gone, only moving is left. The next report has another
 * journal. */
#include "report-journal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "amsel-error.h"
#include "csv-file.h"
#include "report-documents.h"

#define STATE_PREFIX "reports "
/* number of the report; folder; length of the journal; when it ends; whether it is to be made now */
#define STATE_TYPE "(ustxb)"

struct _ReportJournal
{
  ReportJournalSettings settings;
  guint number;     /* of the report that rows are for */
  CsvFile *file;    /* (owned) (nullable): its journal, when there is a row */
  gint64 end_us;    /* when it ends; 0 for not known yet */
  gboolean closed;  /* is made with the next commit */
  GString *scratch; /* (owned) */
};

static const CsvDialect PLAIN = { .converter = CSV_NO_CONVERTER };

ReportJournal *
report_journal_new (const ReportJournalSettings *settings)
{
  ReportJournal *self = g_new0 (ReportJournal, 1);

  self->settings = *settings;
  self->number = 1;
  self->scratch = g_string_new (NULL);
  return self;
}

void
report_journal_free (ReportJournal *self)
{
  g_clear_pointer (&self->file, csv_file_free);
  g_string_free (self->scratch, TRUE);
  g_free (self);
}

/* The exporter's own folder for what is not finished. */
static gchar *
get_path (const ReportJournal *self, const gchar *folder, const gchar *what, guint number)
{
  return g_strdup_printf ("%s/.%s.reports/%s-%u", folder, self->settings.name, what, number);
}

static CsvFile *
get_file (ReportJournal *self)
{
  if (self->file == NULL)
    self->file = csv_file_new ("", "", "");
  return self->file;
}

/* ------------------------------------------------------------------- rows */

static void
add (ReportJournal *self, gchar kind, const gchar *name, const gchar *second, const gchar *third)
{
  GString *pending = get_file (self)->pending;
  const gchar *fields[] = { name, second, third };

  g_string_append_c (pending, kind);
  for (guint i = 0; i < G_N_ELEMENTS (fields) && fields[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (pending, REPORT_FIELD_END);
      g_string_append (pending, fields[i]);
    }
  g_string_append_c (pending, '\n');
}

/* Adds a row to a document; its header is empty where it has none. */
void
report_journal_add_row (ReportJournal *self, const gchar *name, const gchar *header, const gchar *row)
{
  add (self, REPORT_LINE_ROW, name, header, row);
}

/* Adds a line to a log. */
void
report_journal_add_line (ReportJournal *self, const gchar *log, const gchar *line)
{
  add (self, REPORT_LINE_LOG, log, line, NULL);
}

/* Counts a readout for a log. */
void
report_journal_count (ReportJournal *self, const gchar *log, gboolean failed)
{
  add (self, failed ? REPORT_LINE_FAILED : REPORT_LINE_READ, log, NULL, NULL);
}

gboolean
report_journal_is_empty (const ReportJournal *self)
{
  return self->file == NULL || (self->file->length == 0 && self->file->pending->len == 0);
}

gint64
report_journal_get_end_us (const ReportJournal *self)
{
  return self->end_us;
}

void
report_journal_set_end_us (ReportJournal *self, gint64 end_us)
{
  self->end_us = end_us;
}

/* The report that rows were added to is made with the next commit. */
void
report_journal_close (ReportJournal *self)
{
  self->closed = TRUE;
}

/* Brings the rows to the disk. */
gboolean
report_journal_write (ReportJournal *self, GError **error)
{
  g_autofree gchar *path = get_path (self, self->settings.folder, "journal", self->number);
  CsvFile *file = self->file;

  if (file == NULL || file->pending->len == 0)
    return TRUE;
  if (file->length == 0 && !csv_file_create (file, path, error))
    return FALSE;
  if (!csv_file_reopen (file, path, error) || !csv_file_write (file, path, &PLAIN, self->scratch, error))
    return FALSE;
  return !self->settings.sync || (csv_file_sync (file, path, error) && csv_file_sync_folder (path, error));
}

/* ------------------------------------------------------------------- making */

/* Makes a report from its journal and removes that; one that is made already is only published. */
static gboolean
make (ReportJournal *self, const gchar *folder, guint number, gsize length, gint64 now_us, GError **error)
{
  g_autofree gchar *journal = get_path (self, folder, "journal", number);
  g_autofree gchar *staging = get_path (self, folder, "made", number);
  gboolean same = g_str_equal (folder, self->settings.folder);
  ReportPlaces places = { folder, same ? self->settings.log_folder : folder, self->settings.dialect,
                          self->settings.zone, self->settings.sync };

  if (access (journal, F_OK) == 0)
    {
      if (!report_documents_make (&places, journal, length, staging, now_us, error))
        return FALSE;
      if (g_unlink (journal) != 0)
        {
          csv_file_set_error (error, journal, "cannot be removed", errno);
          return FALSE;
        }
      if (self->settings.sync && !csv_file_sync_folder (journal, error))
        return FALSE;
    }
  return access (staging, F_OK) != 0 || report_documents_publish (&places, staging, error);
}

static void
begin_next (ReportJournal *self)
{
  g_clear_pointer (&self->file, csv_file_free);
  self->number++;
  self->end_us = 0;
  self->closed = FALSE;
}

/* Does what had to wait until the state was durable: makes the report that is closed. */
gboolean
report_journal_committed (ReportJournal *self, gint64 now_us, GError **error)
{
  if (!self->closed)
    return TRUE;
  if (self->file != NULL
      && !make (self, self->settings.folder, self->number, self->file->length, now_us, error))
    return FALSE;
  begin_next (self);
  return TRUE;
}

/* ------------------------------------------------------------------- what survives */

gboolean
report_journal_is_state (const gchar *state)
{
  return state != NULL && g_str_has_prefix (state, STATE_PREFIX);
}

/* What has to be committed with the position: text for report_journal_restore(). */
gchar *
report_journal_save (const ReportJournal *self)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (
      g_variant_new (STATE_TYPE, self->number, self->settings.folder,
                     self->file != NULL ? self->file->length : 0, self->end_us, self->closed));
  g_autofree gchar *text = g_variant_print (variant, FALSE);

  return g_strconcat (STATE_PREFIX, text, NULL);
}

/* Takes away what was written after the last commit; warns where somebody else has changed the file. */
static gboolean
cut (ReportJournal *self, const gchar *path, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (csv_file_cut (self->file, path, '\n', &local))
    return TRUE;
  if (!g_error_matches (local, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->settings.warn (self->settings.user_data, local);
  begin_next (self);
  return TRUE;
}

/* Whether a report is to be made before rows are added to another: it was closed, or its folder is another
 * one now, or making it has begun. */
static gboolean
is_to_be_made (const ReportJournal *self, const gchar *folder)
{
  g_autofree gchar *journal = get_path (self, folder, "journal", self->number);
  g_autofree gchar *staging = get_path (self, folder, "made", self->number);

  return self->closed || !g_str_equal (folder, self->settings.folder)
         || (access (journal, F_OK) != 0 && access (staging, F_OK) == 0);
}

/* Goes back to what was committed, and makes the report that is to be made. */
gboolean
report_journal_restore (ReportJournal *self, const gchar *state, gint64 now_us, GError **error)
{
  g_autoptr (GVariant) variant = NULL;
  g_autofree gchar *path = NULL;
  const gchar *folder;
  guint64 length;

  if (!report_journal_is_state (state))
    return TRUE;
  variant = g_variant_parse (G_VARIANT_TYPE (STATE_TYPE), state + strlen (STATE_PREFIX), NULL, NULL, NULL);
  if (variant == NULL)
    {
      g_autoptr (GError) local = g_error_new_literal (
          AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE,
          "what was kept of the reports of the last run is not understood; new ones begin");

      self->settings.warn (self->settings.user_data, local);
      return TRUE;
    }
  g_variant_get (variant, "(u&stxb)", &self->number, &folder, &length, &self->end_us, &self->closed);
  if (length == 0 || length > G_MAXINT64)
    return TRUE;
  path = get_path (self, folder, "journal", self->number);
  if (is_to_be_made (self, folder))
    {
      if (!make (self, folder, self->number, length, now_us, error))
        return FALSE;
      begin_next (self);
      return TRUE;
    }
  get_file (self)->length = length;
  return cut (self, path, error);
}
