/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All files of an exporter, and how they survive a crash.
 *
 * What is in a file counts as far as the last committed state says. A file is created as NAME.new; the state
 * that first tells of it is committed; then it is renamed to NAME.part (or to NAME, where files carry no
 * suffix). A file that ends is told of as finished; that state is committed; then it is renamed to NAME. So
 * each rename happens after the commit that announces it and is done again by csv_files_restore() where a
 * crash came between, and what was written after the last commit is cut off there. A NAME.new that no state
 * tells of was never counted: it is written over when its name is wanted again.
 *
 * A name in the last committed state is not given to another file, even when its file is gone already: after
 * a crash the two could not be told apart. */
#include "csv-files.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "amsel-error.h"
#include "csv-state.h"

/* files that are open at a time; the others are opened again when they get rows */
#define OPEN_MAX 64

/* names that are tried for one file: NAME-2 to NAME-99999 */
#define NUMBER_MAX 99999

struct _CsvFiles
{
  CsvFilesSettings settings;
  GHashTable *by_key;   /* (owned): key to file, those that take rows */
  GHashTable *names;    /* (owned): names in the last committed state or in use */
  GHashTable *saved;    /* (owned): names in the state that was saved last */
  GHashTable *series;   /* (owned): name to columns */
  GQueue by_use;        /* links in files that take rows, least recently used first */
  GQueue by_fd;         /* links in files that are open */
  GPtrArray *finishing; /* (owned) (element-type CsvFile) */
  GString *scratch;     /* (owned) */
  guint batch;
};

CsvFiles *
csv_files_new (const CsvFilesSettings *settings)
{
  CsvFiles *self = g_new0 (CsvFiles, 1);

  self->settings = *settings;
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) csv_file_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->saved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) csv_wide_free);
  self->finishing = g_ptr_array_new_with_free_func ((GDestroyNotify) csv_file_free);
  self->scratch = g_string_new (NULL);
  return self;
}

void
csv_files_free (CsvFiles *self)
{
  g_ptr_array_unref (self->finishing);
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->saved);
  g_hash_table_unref (self->series);
  g_string_free (self->scratch, TRUE);
  g_free (self);
}

static gchar *
get_path (CsvFiles *self, const CsvFile *file)
{
  return csv_file_get_path (file, self->settings.folder, self->settings.suffix);
}

static void
close_file (CsvFiles *self, CsvFile *file)
{
  if (file->fd < 0)
    return;
  g_queue_unlink (&self->by_fd, &file->by_fd);
  csv_file_close (file);
}

/* Notes that a file was opened, and closes another where too many are. */
static void
opened (CsvFiles *self, CsvFile *file)
{
  g_queue_push_tail_link (&self->by_fd, &file->by_fd);
  while (self->by_fd.length > OPEN_MAX)
    {
      CsvFile *oldest = self->by_fd.head->data;
      g_autofree gchar *path = get_path (self, oldest);

      /* what cannot be synced now is synced, or fails, when it is opened again */
      if (self->settings.sync && oldest->unsynced && !csv_file_sync (oldest, path, NULL))
        oldest->unsynced = TRUE;
      close_file (self, oldest);
    }
}

static gboolean
open_file (CsvFiles *self, CsvFile *file, const gchar *path, GError **error)
{
  if (file->fd >= 0)
    return TRUE;
  if (!csv_file_reopen (file, path, error))
    return FALSE;
  opened (self, file);
  return TRUE;
}

/* Takes a file out of those that take rows, without freeing it. */
static void
take_out (CsvFiles *self, CsvFile *file)
{
  g_hash_table_steal (self->by_key, file->key);
  g_queue_unlink (&self->by_use, &file->by_use);
}

static void
forget (CsvFiles *self, CsvFile *file)
{
  take_out (self, file);
  close_file (self, file);
  csv_file_free (file);
}

static void
insert (CsvFiles *self, CsvFile *file)
{
  g_hash_table_insert (self->by_key, file->key, file);
  g_queue_push_tail_link (&self->by_use, &file->by_use);
  g_hash_table_add (self->names, g_strdup (file->name));
}

static gboolean
is_free (CsvFiles *self, const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_strconcat (folder, "/", name, NULL);
  g_autofree gchar *working = g_strconcat (path, self->settings.suffix, NULL);

  return !g_hash_table_contains (self->names, name) && access (path, F_OK) != 0
         && access (working, F_OK) != 0;
}

/* Finds a name that nothing has: the one wanted, or with a number before its extension. */
static gchar *
find_name (CsvFiles *self, const gchar *folder, const gchar *base, GError **error)
{
  for (guint n = 1; n <= NUMBER_MAX; n++)
    {
      g_autofree gchar *name = csv_file_number_name (base, n);

      if (is_free (self, folder, name))
        return g_steal_pointer (&name);
    }
  g_set_error (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_WRITE,
               "%s/%s: no number is left for another file", folder, base);
  return NULL;
}

/* Gives a file its next name. Where that is taken by now, another one is found; where the file is gone, that
 * is told and no reason to fail. */
static gboolean
move (CsvFiles *self, CsvFile *file, const gchar *folder, const gchar *from, const gchar *suffix,
      GError **error)
{
  g_autofree gchar *to = g_strconcat (folder, "/", file->name, suffix, NULL);
  gint code = csv_file_rename (from, to);

  if (code == EEXIST)
    {
      g_autofree gchar *name = find_name (self, folder, file->name, error);

      if (name == NULL)
        return FALSE;
      g_free (file->name);
      file->name = g_steal_pointer (&name);
      g_hash_table_add (self->names, g_strdup (file->name));
      g_free (to);
      to = g_strconcat (folder, "/", file->name, suffix, NULL);
      code = csv_file_rename (from, to);
    }
  if (code == ENOENT)
    {
      g_autoptr (GError) gone = NULL;

      csv_file_set_error (&gone, from, "was removed before it could get its final name", code);
      self->settings.warn (self->settings.user_data, gone);
      return TRUE;
    }
  if (code != 0)
    {
      csv_file_set_error (error, from, "cannot be renamed", code);
      return FALSE;
    }
  return !self->settings.sync || csv_file_sync_folder (to, error);
}

/* Begins a new batch: each file is looked at once before it gets rows. */
void
csv_files_begin_batch (CsvFiles *self)
{
  self->batch++;
}

/* Finds the file that takes the rows of a key; NULL without an error where one has to be added. */
CsvFile *
csv_files_find (CsvFiles *self, const gchar *key, GError **error)
{
  CsvFile *file = g_hash_table_lookup (self->by_key, key);
  g_autoptr (GError) local = NULL;
  g_autofree gchar *path = NULL;

  if (file == NULL || file->batch == self->batch)
    return file;
  path = get_path (self, file);
  if (!csv_file_is_there (file, path))
    {
      g_set_error (&local, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE,
                   "%s: was removed or changed by somebody else; a new file begins", path);
      self->settings.warn (self->settings.user_data, local);
      forget (self, file);
      return NULL;
    }
  if (!open_file (self, file, path, error))
    return NULL;
  file->batch = self->batch;
  g_queue_unlink (&self->by_use, &file->by_use);
  g_queue_push_tail_link (&self->by_use, &file->by_use);
  return file;
}

/* Begins a file for a key. */
CsvFile *
csv_files_add (CsvFiles *self, const gchar *key, const gchar *base, const gchar *series, GError **error)
{
  g_autofree gchar *name = find_name (self, self->settings.folder, base, error);
  g_autofree gchar *path = NULL;
  CsvFile *file;

  if (name == NULL)
    return NULL;
  while (self->by_use.length >= self->settings.max_files)
    csv_files_finish (self, self->by_use.head->data);
  file = csv_file_new (key, name, series);
  path = get_path (self, file);
  if (!csv_file_create (file, path, error))
    {
      csv_file_free (file);
      return NULL;
    }
  insert (self, file);
  opened (self, file);
  file->batch = self->batch;
  return file;
}

/* The columns of a sequence of wide files. */
CsvWide *
csv_files_get_columns (CsvFiles *self, const gchar *series)
{
  CsvWide *wide = g_hash_table_lookup (self->series, series);

  if (wide == NULL)
    {
      wide = csv_wide_new (self->settings.columns);
      g_hash_table_insert (self->series, g_strdup (series), wide);
    }
  return wide;
}

/* Ends a file: it takes no more rows, and gets its final name once this is committed. */
void
csv_files_finish (CsvFiles *self, CsvFile *file)
{
  take_out (self, file);
  file->phase = file->phase == CSV_PHASE_NEW ? CSV_PHASE_FINISH_NEW : CSV_PHASE_FINISH;
  g_ptr_array_add (self->finishing, file);
}

/* Writes the pending rows of one file. */
gboolean
csv_files_write (CsvFiles *self, CsvFile *file, gint64 now_us, GError **error)
{
  g_autofree gchar *path = NULL;

  if (file->pending->len == 0)
    return TRUE;
  path = get_path (self, file);
  file->used_us = now_us;
  return open_file (self, file, path, error)
         && csv_file_write (file, path, self->settings.dialect, self->scratch, error);
}

static gboolean
settle_file (CsvFiles *self, CsvFile *file, gint64 now_us, GError **error)
{
  g_autofree gchar *path = NULL;

  if (file->pending->len == 0 && !file->unsynced)
    return TRUE;
  path = get_path (self, file);
  if (!csv_files_write (self, file, now_us, error))
    return FALSE;
  if (!self->settings.sync)
    {
      file->unsynced = FALSE;
      return TRUE;
    }
  if (!open_file (self, file, path, error) || !csv_file_sync (file, path, error))
    return FALSE;
  return file->phase == CSV_PHASE_OPEN || file->phase == CSV_PHASE_FINISH
         || csv_file_sync_folder (path, error);
}

static gint64
get_end_us (CsvFiles *self, const CsvFile *file)
{
  return file->period_end_us == G_MAXINT64
             ? G_MAXINT64
             : MAX (file->period_end_us, file->used_us) + self->settings.linger_us;
}

/* Writes all that is pending and ends the files whose time has come. */
gboolean
csv_files_flush (CsvFiles *self, gint64 now_us, GError **error)
{
  for (guint i = 0; i < self->finishing->len; i++)
    if (!settle_file (self, g_ptr_array_index (self->finishing, i), now_us, error))
      return FALSE;
  for (GList *link = self->by_use.head, *next; link != NULL; link = next)
    {
      CsvFile *file = link->data;

      next = link->next;
      if (!settle_file (self, file, now_us, error))
        return FALSE;
      if (get_end_us (self, file) <= now_us)
        csv_files_finish (self, file);
    }
  return TRUE;
}

/* The next moment at which a file ends; 0 for none. */
gint64
csv_files_get_deadline_us (CsvFiles *self)
{
  gint64 first_us = G_MAXINT64;

  for (GList *link = self->by_use.head; link != NULL; link = link->next)
    first_us = MIN (first_us, get_end_us (self, link->data));
  return first_us == G_MAXINT64 ? 0 : first_us;
}

/* What has to be committed with the position: text for csv_files_restore(). */
gchar *
csv_files_save (CsvFiles *self)
{
  g_autoptr (CsvState) state =
      csv_state_new (self->settings.folder, self->settings.fingerprint, self->settings.suffix);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_remove_all (self->saved);
  for (guint i = 0; i < self->finishing->len; i++)
    csv_state_add_file (state, g_ptr_array_index (self->finishing, i));
  for (GList *link = self->by_use.head; link != NULL; link = link->next)
    csv_state_add_file (state, link->data);
  for (guint i = 0; i < state->files->len; i++)
    g_hash_table_add (self->saved, g_strdup (((CsvFile *) g_ptr_array_index (state->files, i))->name));
  g_hash_table_iter_init (&iter, self->series);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (self->settings.columns == NULL || self->settings.columns[0] == NULL)
      csv_state_add_series (state, key, value);
  return csv_state_print (state);
}

/* The columns of meters that have no file any more need not be remembered for ever. */
static void
trim_series (CsvFiles *self)
{
  g_autoptr (GHashTable) used = NULL;
  GHashTableIter iter;
  gpointer key;

  if (g_hash_table_size (self->series) <= 2 * self->settings.max_files)
    return;
  used = g_hash_table_new (g_str_hash, g_str_equal);
  for (GList *link = self->by_use.head; link != NULL; link = link->next)
    g_hash_table_add (used, ((CsvFile *) link->data)->series);
  g_hash_table_iter_init (&iter, self->series);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (used, key))
      g_hash_table_iter_remove (&iter);
}

/* Does what had to wait until the state was durable: the renames that it announced. */
gboolean
csv_files_committed (CsvFiles *self, GError **error)
{
  while (self->finishing->len > 0)
    {
      CsvFile *file = g_ptr_array_index (self->finishing, self->finishing->len - 1);
      g_autofree gchar *path = get_path (self, file);

      if ((file->phase == CSV_PHASE_FINISH_NEW || *self->settings.suffix != '\0')
          && !move (self, file, self->settings.folder, path, "", error))
        return FALSE;
      close_file (self, file);
      g_ptr_array_set_size (self->finishing, (gint) self->finishing->len - 1);
    }
  for (GList *link = self->by_use.head; link != NULL; link = link->next)
    {
      CsvFile *file = link->data;
      g_autofree gchar *path = NULL;

      if (file->phase != CSV_PHASE_NEW)
        continue;
      path = get_path (self, file);
      if (!move (self, file, self->settings.folder, path, self->settings.suffix, error))
        return FALSE;
      file->phase = CSV_PHASE_OPEN;
    }
  g_hash_table_remove_all (self->names);
  {
    g_autoptr (GHashTable) names = g_steal_pointer (&self->names);

    self->names = g_steal_pointer (&self->saved);
    self->saved = g_steal_pointer (&names);
  }
  for (GList *link = self->by_use.head; link != NULL; link = link->next)
    g_hash_table_add (self->names, g_strdup (((CsvFile *) link->data)->name));
  trim_series (self);
  return TRUE;
}

static gboolean
exists (const gchar *folder, const CsvFile *file, const gchar *suffix)
{
  g_autofree gchar *path = g_strconcat (folder, "/", file->name, suffix, NULL);

  return access (path, F_OK) == 0;
}

/* Finds where a file is that a state tells of: before or behind the rename that the state announced. FALSE
 * where the rename was the last thing to do and is done. */
static gboolean
locate (const gchar *folder, const gchar *suffix, CsvFile *file)
{
  gboolean is_new = file->phase == CSV_PHASE_NEW || file->phase == CSV_PHASE_FINISH_NEW;

  if (is_new && exists (folder, file, ".new"))
    return TRUE;
  if (file->phase == CSV_PHASE_NEW)
    file->phase = CSV_PHASE_OPEN;
  /* not under its working name, but under the final one: ended by a start after which nothing was committed
   */
  if (file->phase == CSV_PHASE_OPEN)
    return *suffix == '\0' || exists (folder, file, suffix) || !exists (folder, file, "");
  /* finished: where it is not under its working name, it has been renamed, and perhaps taken away since */
  return file->phase == CSV_PHASE_FINISH && *suffix != '\0' && exists (folder, file, suffix);
}

/* Brings one file to where the state says that it is. The file goes on, ends, or is given up with a warning.
 */
static gboolean
restore_file (CsvFiles *self, const CsvState *state, CsvFile *file, gboolean go_on, gint64 now_us,
              GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree gchar *path = NULL;
  const gchar *target = "";

  g_hash_table_add (self->names, g_strdup (file->name));
  if (!locate (state->folder, state->suffix, file))
    {
      csv_file_free (file);
      return TRUE;
    }
  path = csv_file_get_path (file, state->folder, state->suffix);
  if (!csv_file_cut (file, path, '\n', &local))
    {
      csv_file_free (file);
      if (!g_error_matches (local, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      self->settings.warn (self->settings.user_data, local);
      return TRUE;
    }
  go_on = go_on && (file->phase == CSV_PHASE_NEW || file->phase == CSV_PHASE_OPEN);
  if (go_on)
    target = state->suffix;
  csv_file_close (file);
  if ((file->phase == CSV_PHASE_NEW || file->phase == CSV_PHASE_FINISH_NEW
       || (!go_on && *state->suffix != '\0'))
      && !move (self, file, state->folder, path, target, error))
    {
      csv_file_free (file);
      return FALSE;
    }
  if (!go_on)
    {
      csv_file_free (file);
      return TRUE;
    }
  file->phase = CSV_PHASE_OPEN;
  file->used_us = now_us;
  insert (self, file);
  return TRUE;
}

static void
restore_series (CsvFiles *self, const CsvState *state)
{
  for (guint i = 0; i < state->series->len; i++)
    {
      const gchar *const *names = g_ptr_array_index (state->series, i);
      CsvWide *wide = csv_files_get_columns (self, names[0]);

      for (guint k = 1; names[k] != NULL; k++)
        csv_wide_add_column (wide, names[k]);
    }
}

/* Goes back to what was committed. Files of other settings are ended, so that no file changes its form
 * within. */
gboolean
csv_files_restore (CsvFiles *self, const gchar *text, gint64 now_us, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (CsvState) state = NULL;
  gboolean same;

  if (text == NULL || *text == '\0')
    return TRUE;
  state = csv_state_parse (text, &local);
  if (state == NULL)
    {
      self->settings.warn (self->settings.user_data, local);
      return TRUE;
    }
  same = g_str_equal (state->folder, self->settings.folder)
         && g_str_equal (state->fingerprint, self->settings.fingerprint);
  while (state->files->len > 0)
    {
      CsvFile *file = g_ptr_array_steal_index (state->files, 0);

      if (!restore_file (self, state, file, same, now_us, error))
        return FALSE;
    }
  if (same)
    restore_series (self, state);
  return TRUE;
}
