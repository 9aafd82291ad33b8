/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of complete documents on their way to a server, each of which arrives there once, whatever is
 * killed meanwhile.
 *
 * A document is sent under a temporary name and its size there compared. Then it is marked here: its name
 * gets “.sent”. Only then it gets its final name on the server, and is removed here. So a marked document
 * that is found later was whole under its temporary name: where that name is still there, only the renaming
 * is missing; where it is not, nothing is, even when somebody has taken the document away from the server
 * meanwhile. Names that begin with a dot, end in “.new” or in the suffix of unfinished files are not looked
 * at. */
#include "ftp-outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv-file.h"
#include "ftp-error.h"

#define SENT ".sent"

/* a document that is not longer is sent again from its beginning */
#define RESUME_MIN (64 * 1024)

/* names that are tried on the server: NAME-2 to NAME-999 */
#define NUMBER_MAX 999

#define DEPTH_MAX 16

/* Gathers the names of documents below a folder, at most so many. */
static void
gather (const gchar *folder, const gchar *below, const gchar *suffix, guint depth, gsize most, GPtrArray *out)
{
  g_autofree gchar *path = g_build_filename (folder, below, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && out->len < most && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *relative = *below == '\0' ? g_strdup (name) : g_strconcat (below, "/", name, NULL);
      g_autofree gchar *whole = g_build_filename (folder, relative, NULL);
      struct stat info;

      if (name[0] == '.' || g_str_has_suffix (name, ".new") || g_str_has_suffix (name, suffix)
          || lstat (whole, &info) != 0)
        continue;
      if (S_ISREG (info.st_mode))
        g_ptr_array_add (out, g_steal_pointer (&relative));
      else if (S_ISDIR (info.st_mode) && depth < DEPTH_MAX)
        gather (folder, relative, suffix, depth + 1, most, out);
    }
}

/* Whether anything waits. */
gboolean
ftp_outbox_has_any (const gchar *folder, const gchar *suffix)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  gather (folder, "", suffix, 0, 1, names);
  return names->len > 0;
}

/* One document on its way. */
typedef struct
{
  const gchar *folder; /* (unowned) */
  const gchar *suffix; /* (unowned) */
  FtpSession *session; /* (unowned) */
  gchar *path;         /* (owned): where it is here */
  gchar *name;         /* (owned): its final name on the server */
  gchar *temporary;    /* (owned): the name under which it is sent */
  gint fd;
  guint64 length;
} Parcel;

static void
parcel_clear (Parcel *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->name);
  g_free (self->temporary);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parcel, parcel_clear)

static gboolean
file_error (const Parcel *self, const gchar *what, GError **error)
{
  g_set_error (error, FTP_ERROR, FTP_ERROR_FILE, "%s: %s: %s", self->path, what, g_strerror (errno));
  return FALSE;
}

static gboolean
open_file (Parcel *self, GError **error)
{
  struct stat info;

  self->fd = open (self->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    return file_error (self, "cannot be read", error);
  self->length = (guint64) info.st_size;
  return TRUE;
}

static void
set_name (Parcel *self, const gchar *name)
{
  g_free (self->temporary);
  self->temporary = g_strconcat (name, self->suffix, NULL);
  if (name == self->name)
    return;
  g_free (self->name);
  self->name = g_strdup (name);
}

/* Looks for a name that nothing has on the server: the document's own, or with a number before its ending. */
static gboolean
choose_name (Parcel *self, GError **error)
{
  g_autofree gchar *wanted = g_strdup (self->name);

  for (guint n = 1; n <= NUMBER_MAX; n++)
    {
      g_autofree gchar *name = csv_file_number_name (wanted, n);
      g_autofree gchar *marked = g_strconcat (self->folder, "/", name, SENT, NULL);
      FtpThere there;

      if (access (marked, F_OK) == 0)
        continue; /* another document is on its way to this name */
      if (!ftp_session_look (self->session, name, self->length, &there, error))
        return FALSE;
      if (there != FTP_THERE_NOTHING)
        continue;
      set_name (self, name);
      return TRUE;
    }
  g_set_error (error, FTP_ERROR, FTP_ERROR_REFUSED, "%s%s: no number is left for another file",
               ftp_session_get_base (self->session), wanted);
  return FALSE;
}

static gboolean
try_to_send (Parcel *self, gboolean resume, FtpThere *out, GError **error)
{
  return ftp_session_send (self->session, self->temporary, self->fd, self->length, resume, error)
         && ftp_session_look (self->session, self->temporary, self->length, out, error);
}

/* Brings the document to the server under its temporary name. What an earlier attempt left there is used
 * where that is worth it, and where the whole has the right size afterwards. */
static gboolean
send_whole (Parcel *self, gboolean resume, GError **error)
{
  g_autoptr (GError) local = NULL;
  FtpThere there = FTP_THERE_NONE;

  if (resume && self->length >= RESUME_MIN)
    {
      if (try_to_send (self, TRUE, &there, &local) && there == FTP_THERE_SAME)
        return TRUE;
      if (local != NULL && !g_error_matches (local, FTP_ERROR, FTP_ERROR_REFUSED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  if (!try_to_send (self, FALSE, &there, error))
    return FALSE;
  if (there == FTP_THERE_SAME)
    return TRUE;
  g_set_error (error, FTP_ERROR, FTP_ERROR_SIZE,
               "%s%s: the server has another size than the %" G_GUINT64_FORMAT " bytes that were sent",
               ftp_session_get_base (self->session), self->temporary, self->length);
  return FALSE;
}

/* Marks the document: from here on it counts as sent. */
static gboolean
mark (Parcel *self, GError **error)
{
  g_autofree gchar *marked = g_strconcat (self->folder, "/", self->name, SENT, NULL);

  errno = csv_file_rename (self->path, marked);
  if (errno != 0)
    return file_error (self, "cannot be renamed", error);
  g_free (self->path);
  self->path = g_steal_pointer (&marked);
  return csv_file_sync_folder (self->path, error);
}

static gboolean
finish (Parcel *self, GError **error)
{
  if (!ftp_session_rename (self->session, self->temporary, self->name, FALSE, error))
    return FALSE;
  return g_unlink (self->path) == 0 || file_error (self, "cannot be removed", error);
}

/* A document that was marked by a run before: is its renaming still to be done? */
static gboolean
resume_marked (Parcel *self, GError **error)
{
  FtpThere there;

  if (!ftp_session_look (self->session, self->temporary, self->length, &there, error))
    return FALSE;
  if (there != FTP_THERE_NOTHING)
    return finish (self, error);
  return g_unlink (self->path) == 0 || file_error (self, "cannot be removed", error);
}

static gboolean
deliver (const gchar *folder, const gchar *suffix, const gchar *relative, FtpSession *session, GError **error)
{
  g_auto (Parcel) parcel = { .folder = folder, .suffix = suffix, .session = session, .fd = -1 };
  gboolean marked = g_str_has_suffix (relative, SENT);

  parcel.path = g_strconcat (folder, "/", relative, NULL);
  parcel.name = g_strndup (relative, strlen (relative) - (marked ? strlen (SENT) : 0));
  set_name (&parcel, parcel.name);
  if (!open_file (&parcel, error))
    return FALSE;
  if (marked)
    return resume_marked (&parcel, error);
  return ftp_session_make_folders (session, parcel.name, error) && choose_name (&parcel, error)
         && send_whole (&parcel, TRUE, error) && mark (&parcel, error) && finish (&parcel, error);
}

/* Folders are made again when they are needed; one that is not empty stays. */
static void
remove_folders (const gchar *folder, const gchar *relative)
{
  g_autofree gchar *below = g_path_get_dirname (relative);

  while (!g_str_equal (below, "."))
    {
      g_autofree gchar *path = g_build_filename (folder, below, NULL);
      gchar *next;

      if (g_rmdir (path) != 0)
        return;
      next = g_path_get_dirname (below);
      g_free (below);
      below = next;
    }
}

/* Documents that are marked come first: the temporary name on the server is theirs until they are renamed. */
static gint
compare (gconstpointer a, gconstpointer b)
{
  const gchar *x = *(const gchar *const *) a, *y = *(const gchar *const *) b;
  gboolean x_marked = g_str_has_suffix (x, SENT), y_marked = g_str_has_suffix (y, SENT);

  return x_marked != y_marked ? y_marked - x_marked : strcmp (x, y);
}

/* Sends everything that waits, in the order of names. A document that the server does not take keeps no other
 * one back; anything else ends it. */
gboolean
ftp_outbox_send (const gchar *folder, const gchar *suffix, FtpSession *session, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) first = NULL;

  gather (folder, "", suffix, 0, G_MAXUINT, names);
  g_ptr_array_sort (names, compare);
  for (guint i = 0; i < names->len; i++)
    {
      const gchar *relative = g_ptr_array_index (names, i);
      g_autoptr (GError) local = NULL;

      if (deliver (folder, suffix, relative, session, &local))
        remove_folders (folder, relative);
      else if (!g_error_matches (local, FTP_ERROR, FTP_ERROR_REFUSED)
               && !g_error_matches (local, FTP_ERROR, FTP_ERROR_SIZE))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      else if (first == NULL)
        first = g_steal_pointer (&local);
    }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

/* ------------------------------------------------------------------- logs */

/* How long a log is here; 0 where it cannot be seen. */
static guint64
get_length (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_strconcat (folder, "/", name, NULL);
  struct stat info;

  return lstat (path, &info) == 0 ? (guint64) info.st_size : 0;
}

static gboolean
is_sent (GHashTable *sent, const gchar *folder, const gchar *name)
{
  const guint64 *length = g_hash_table_lookup (sent, name);

  return length != NULL && *length == get_length (folder, name);
}

/* Whether a log has grown since it was sent; sent has the lengths, by name. */
gboolean
ftp_outbox_has_log (const gchar *folder, const gchar *suffix, GHashTable *sent)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  gather (folder, "", suffix, 0, G_MAXUINT, names);
  for (guint i = 0; i < names->len; i++)
    if (!is_sent (sent, folder, g_ptr_array_index (names, i)))
      return TRUE;
  return FALSE;
}

/* Sends a log whole, in place of the one that the server has, unless that is as long. */
static gboolean
send_log (Parcel *self, GError **error)
{
  FtpThere there = FTP_THERE_OTHER;

  if (!open_file (self, error))
    return FALSE;
  if (ftp_session_tells_sizes (self->session)
      && !ftp_session_look (self->session, self->name, self->length, &there, error))
    return FALSE;
  if (there == FTP_THERE_SAME)
    return TRUE;
  return ftp_session_make_folders (self->session, self->name, error) && send_whole (self, FALSE, error)
         && ftp_session_rename (self->session, self->temporary, self->name, there == FTP_THERE_OTHER, error);
}

/* Sends the logs that have grown. A log only grows, so its length tells whether the server has all of it. */
gboolean
ftp_outbox_send_logs (const gchar *folder, const gchar *suffix, GHashTable *sent, FtpSession *session,
                      GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  gather (folder, "", suffix, 0, G_MAXUINT, names);
  g_ptr_array_sort (names, compare);
  for (guint i = 0; i < names->len; i++)
    {
      g_auto (Parcel) parcel = { .folder = folder, .suffix = suffix, .session = session, .fd = -1 };
      const gchar *name = g_ptr_array_index (names, i);

      if (is_sent (sent, folder, name))
        continue;
      parcel.path = g_strconcat (folder, "/", name, NULL);
      parcel.name = g_strdup (name);
      set_name (&parcel, parcel.name);
      if (!send_log (&parcel, error))
        return FALSE;
      g_hash_table_replace (sent, g_strdup (name), g_memdup2 (&parcel.length, sizeof parcel.length));
    }
  return TRUE;
}
