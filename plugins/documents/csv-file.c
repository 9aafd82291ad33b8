/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One file that is being written: the system calls, and what their failures are called. */
#include "csv-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amsel-error.h"

CsvFile *
csv_file_new (const gchar *key, const gchar *name, const gchar *series)
{
  CsvFile *self = g_new0 (CsvFile, 1);

  self->key = g_strdup (key);
  self->name = g_strdup (name);
  self->series = g_strdup (series);
  self->phase = CSV_PHASE_NEW;
  self->pending = g_string_new (NULL);
  self->fd = -1;
  self->by_use.data = self;
  self->by_fd.data = self;
  return self;
}

void
csv_file_free (CsvFile *self)
{
  csv_file_close (self);
  g_string_free (self->pending, TRUE);
  g_free (self->key);
  g_free (self->name);
  g_free (self->series);
  g_free (self);
}

/* Where the file is now: its phase decides under which name. */
gchar *
csv_file_get_path (const CsvFile *self, const gchar *folder, const gchar *suffix)
{
  if (self->phase == CSV_PHASE_NEW || self->phase == CSV_PHASE_FINISH_NEW)
    suffix = ".new";
  return g_strconcat (folder, "/", self->name, suffix, NULL);
}

/* "FOLDER/FILE: cannot be written: No space left on device" */
void
csv_file_set_error (GError **error, const gchar *path, const gchar *what, gint code)
{
  g_set_error (error, AMSEL_EXPORT_ERROR,
               code == ENOSPC || code == EDQUOT || code == EFBIG ? AMSEL_EXPORT_ERROR_FULL
                                                                 : AMSEL_EXPORT_ERROR_WRITE,
               "%s: %s: %s", path, what, g_strerror (code));
}

/* A lock tells two exporters that were given the same names from each other. */
static gboolean
lock (CsvFile *self, const gchar *path, GError **error)
{
  if (flock (self->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return TRUE;
  g_set_error (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_WRITE,
               "%s: is being written by another exporter; give one of them another directory or file", path);
  csv_file_close (self);
  return FALSE;
}

/* Begins the file. One that is there under this name was begun after the last commit and never counted. */
gboolean
csv_file_create (CsvFile *self, const gchar *path, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      csv_file_set_error (error, folder, "cannot be created", errno);
      return FALSE;
    }
  self->fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (self->fd < 0)
    {
      csv_file_set_error (error, path, "cannot be created", errno);
      return FALSE;
    }
  if (!lock (self, path, error))
    return FALSE;
  if (ftruncate (self->fd, 0) == 0)
    return TRUE;
  csv_file_set_error (error, path, "cannot be emptied", errno);
  return FALSE;
}

/* Opens the file again to write behind what is in it. */
gboolean
csv_file_reopen (CsvFile *self, const gchar *path, GError **error)
{
  if (self->fd >= 0)
    return TRUE;
  self->fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (self->fd < 0)
    {
      csv_file_set_error (error, path, "cannot be opened", errno);
      return FALSE;
    }
  return lock (self, path, error);
}

static gboolean
changed (GError **error, const gchar *path, const gchar *what)
{
  g_set_error (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE, "%s: %s", path, what);
  return FALSE;
}

/* Takes away what was written after the commit that says how long the file is. Where the file is shorter than
 * that, or has no end of a line there, somebody has changed it: AMSEL_EXPORT_ERROR_STATE. */
gboolean
csv_file_cut (CsvFile *self, const gchar *path, gchar last, GError **error)
{
  gint fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  gchar found = last;
  struct stat info;

  if (fd < 0 && errno == ENOENT)
    return changed (error, path, "was removed; a new file begins, what was in this one is not written again");
  if (fd < 0)
    {
      csv_file_set_error (error, path, "cannot be opened", errno);
      return FALSE;
    }
  self->fd = fd;
  if (!lock (self, path, error))
    return FALSE;
  if (fstat (fd, &info) != 0 || (guint64) info.st_size < self->length)
    return changed (error, path,
                    "is shorter than what was written; it is left as it is and a new file begins");
  if (self->length > 0 && (pread (fd, &found, 1, (off_t) self->length - 1) != 1 || found != last))
    return changed (error, path, "was changed by somebody else; it is left as it is and a new file begins");
  if ((guint64) info.st_size == self->length || ftruncate (fd, (off_t) self->length) == 0)
    return TRUE;
  csv_file_set_error (error, path, "cannot be cut to what was committed", errno);
  return FALSE;
}

/* Whether the path still leads to the file and nobody else has written into it. */
gboolean
csv_file_is_there (const CsvFile *self, const gchar *path)
{
  struct stat here, there;

  if (lstat (path, &there) != 0 || !S_ISREG (there.st_mode) || (guint64) there.st_size != self->length)
    return FALSE;
  return self->fd < 0
         || (fstat (self->fd, &here) == 0 && here.st_ino == there.st_ino && here.st_dev == there.st_dev);
}

/* Encodes and writes the pending rows. After a failure the file has an unknown length and must be cut. */
gboolean
csv_file_write (CsvFile *self, const gchar *path, const CsvDialect *dialect, GString *scratch, GError **error)
{
  gsize done = 0;

  g_string_truncate (scratch, 0);
  csv_dialect_encode (dialect, self->pending->str, self->pending->len, scratch);
  g_string_truncate (self->pending, 0);
  while (done < scratch->len)
    {
      gssize n = pwrite (self->fd, scratch->str + done, scratch->len - done, (off_t) (self->length + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          csv_file_set_error (error, path, "cannot be written", n < 0 ? errno : EIO);
          return FALSE;
        }
      done += (gsize) n;
    }
  self->length += done;
  self->unsynced = TRUE;
  return TRUE;
}

/* Brings what was written to the disk. */
gboolean
csv_file_sync (CsvFile *self, const gchar *path, GError **error)
{
  if (!self->unsynced)
    return TRUE;
  if (fdatasync (self->fd) != 0)
    {
      csv_file_set_error (error, path, "cannot be brought to the disk", errno);
      return FALSE;
    }
  self->unsynced = FALSE;
  return TRUE;
}

void
csv_file_close (CsvFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

/* The nth of the names that are tried for a file: NAME.csv, NAME-2.csv, NAME-3.csv ... */
gchar *
csv_file_number_name (const gchar *name, guint n)
{
  const gchar *slash = strrchr (name, '/');
  const gchar *dot = strrchr (slash != NULL ? slash : name, '.');
  gsize stem = dot != NULL ? (gsize) (dot - name) : strlen (name);

  return n == 1 ? g_strdup (name) : g_strdup_printf ("%.*s-%u%s", (int) stem, name, n, name + stem);
}

/* Renames and never replaces; gives 0 or an errno, EEXIST where the new name is taken. */
gint
csv_file_rename (const gchar *from, const gchar *to)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  /* a file system without it; only this exporter makes such names, so looking first is as good */
  if (access (to, F_OK) == 0)
    return EEXIST;
  return rename (from, to) == 0 ? 0 : errno;
}

/* Makes what happened to names durable: syncs the folder that a path is in. */
gboolean
csv_file_sync_folder (const gchar *path, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  gint fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gint code = 0;

  if (fd < 0 || (fsync (fd) != 0 && errno != EINVAL))
    code = errno;
  if (fd >= 0)
    close (fd);
  if (code == 0)
    return TRUE;
  csv_file_set_error (error, folder, "cannot be brought to the disk", code);
  return FALSE;
}
