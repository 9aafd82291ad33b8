/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Message counters of meters, in memory and in a file.
 *
 * The file has a line for each counter that was taken: as hexadecimal digits the address of the meter in the
 * order of the link layer (8 bytes), the counter (4, least significant first), and their CRC (2). The highest
 * counter of a meter counts. Lines are appended, so a program or a machine that stops at any moment leaves at
 * worst a last line that is not whole. When most lines are outdated, or something is wrong with the file, it
 * is written anew under another name and renamed. */
#include "wmbus-counters.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "en13757-crc.h"
#include "en13757-security.h"

#define HEADING "# last message counters of meters, with the check of each line\n"

#define COUNTER_OFFSET 8
#define CHECK_OFFSET   12
#define LINE_BYTES     14
#define LINE_CHARS     (2 * LINE_BYTES + 1) /* with its end */

/* More than a file of so many meters ever has; and lines that may be outdated before it is written anew. */
#define FILE_MAX     ((goffset) 64 * 1024 * 1024)
#define OUTDATED_MIN 8192

struct _WmbusCounters
{
  GMutex mutex;
  GHashTable *last; /* (owned) (element-type guint64 guint32) */
  GArray *taken;    /* (owned) (element-type guint64): meters whose counters are not in the file yet */
  gchar *path;      /* (owned) (nullable) */
  gboolean foreign; /* whether the file is something else, which is left alone */
  gboolean anew;    /* whether the file has to be written anew */
  goffset size;     /* of the file, as it was left */
  guint n_lines;    /* in the file */
  GError *fault;    /* (owned) (nullable): of the file, which was not told yet */
};

WmbusCounters *
wmbus_counters_new (void)
{
  WmbusCounters *self = g_new0 (WmbusCounters, 1);

  g_mutex_init (&self->mutex);
  self->last = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->taken = g_array_new (FALSE, FALSE, sizeof (guint64));
  return self;
}

void
wmbus_counters_free (WmbusCounters *self)
{
  g_hash_table_unref (self->last);
  g_array_unref (self->taken);
  g_free (self->path);
  g_clear_error (&self->fault);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Raises the counter of a meter; FALSE where it is not above the last one. With the mutex. */
static gboolean
raise_counter (WmbusCounters *self, guint64 number, guint32 counter)
{
  gpointer last = NULL;
  gboolean known = g_hash_table_lookup_extended (self->last, &number, NULL, &last);

  if (known && counter <= GPOINTER_TO_UINT (last))
    return FALSE;
  if (!known && g_hash_table_size (self->last) >= WMBUS_COUNTERS_MAX)
    g_hash_table_remove_all (self->last);
  g_hash_table_replace (self->last, g_memdup2 (&number, sizeof number), GUINT_TO_POINTER (counter));
  return TRUE;
}

/* The address as a number: its bytes in the order of the link layer. */
static guint64
to_number (const AmselIdentity *meter)
{
  guint8 address[COUNTER_OFFSET];
  guint64 number;

  en13757_identity_write (meter, address);
  memcpy (&number, address, sizeof number);
  return number;
}

gboolean
wmbus_counters_take (WmbusCounters *self, const AmselIdentity *meter, guint32 counter)
{
  guint64 number = to_number (meter);
  gboolean taken;

  g_mutex_lock (&self->mutex);
  taken = raise_counter (self, number, counter);
  if (taken && self->path != NULL && self->taken->len < WMBUS_COUNTERS_MAX)
    g_array_append_val (self->taken, number);
  else if (taken && self->path != NULL)
    self->anew = TRUE; /* nobody saves: then all are written at once */
  g_mutex_unlock (&self->mutex);
  return taken;
}

static void
append_line (GString *text, guint64 number, guint32 counter)
{
  guint8 bytes[LINE_BYTES];
  gchar digits[2 * LINE_BYTES + 1];
  guint16 crc;

  memcpy (bytes, &number, COUNTER_OFFSET);
  for (guint i = 0; i < 4; i++)
    bytes[COUNTER_OFFSET + i] = (guint8) (counter >> 8 * i);
  crc = en13757_crc (bytes, CHECK_OFFSET);
  bytes[CHECK_OFFSET] = (guint8) crc;
  bytes[CHECK_OFFSET + 1] = (guint8) (crc >> 8);
  amsel_hex_write (bytes, sizeof bytes, digits);
  g_string_append_len (text, digits, 2 * LINE_BYTES);
  g_string_append_c (text, '\n');
}

/* Takes a line of the file over; FALSE where it is none. */
static gboolean
read_line (WmbusCounters *self, const gchar *line, gsize length)
{
  g_autoptr (GBytes) bytes = length == 2 * LINE_BYTES ? amsel_hex_decode (line, (gssize) length, NULL) : NULL;
  AmselCursor cursor;
  const guint8 *address;
  guint64 number;
  guint32 counter;
  guint16 crc;
  gsize size;
  const guint8 *data;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  amsel_cursor_init (&cursor, data, size);
  if (!amsel_cursor_bytes (&cursor, COUNTER_OFFSET, &address) || !amsel_cursor_u32_le (&cursor, &counter)
      || !amsel_cursor_u16_le (&cursor, &crc) || crc != en13757_crc (data, CHECK_OFFSET))
    return FALSE;
  memcpy (&number, address, sizeof number);
  raise_counter (self, number, counter);
  return TRUE;
}

/* With the mutex. */
static guint
read_lines (WmbusCounters *self, const gchar *text, gsize length, guint *out_first)
{
  guint n_damaged = 0;
  guint number = 0;

  self->n_lines = 0;
  for (gsize begin = 0; begin < length;)
    {
      const gchar *end = memchr (text + begin, '\n', length - begin);
      gsize line_length = end != NULL ? (gsize) (end - text) - begin : length - begin;

      number++;
      /* a last line without its end is one that was being written */
      if (end != NULL && read_line (self, text + begin, line_length))
        self->n_lines++;
      else if ((text[begin] != '#' || end == NULL) && n_damaged++ == 0)
        *out_first = number;
      begin += line_length + 1;
    }
  return n_damaged;
}

guint
wmbus_counters_read (WmbusCounters *self, const gchar *text, gsize length, guint *out_first)
{
  guint n_damaged;

  g_mutex_lock (&self->mutex);
  n_damaged = read_lines (self, text, length, out_first);
  g_mutex_unlock (&self->mutex);
  return n_damaged;
}

static GError *new_fault (WmbusCounters *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static GError *
new_fault (WmbusCounters *self, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *what = NULL;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  return g_error_new (AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED, "message counters, %s: %s", self->path,
                      what);
}

/* Gets the text of the file. What cannot be read, or is no file of so many meters, is somebody else's. */
static gchar *
get_text (WmbusCounters *self, gsize *length)
{
  g_autoptr (GError) local = NULL;
  gchar *text = NULL;
  struct stat status;

  self->foreign = FALSE;
  if (stat (self->path, &status) != 0 && errno == ENOENT)
    {
      self->fault = new_fault (self, "it is not there; what was recorded before now is not recognised");
      return NULL;
    }
  self->foreign = stat (self->path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size > FILE_MAX
                  || !g_file_get_contents (self->path, &text, length, &local);
  if (self->foreign)
    self->fault = new_fault (self, "%s; it is left alone, and counters are not kept",
                             local != NULL ? local->message : "this is no file of counters");
  return text;
}

/* Reads the file. A fault is kept for the next one who saves. With the mutex. */
static void
load (WmbusCounters *self)
{
  gsize length = 0;
  guint first = 0;
  guint n_damaged;
  g_autofree gchar *text = NULL;

  g_clear_error (&self->fault);
  text = get_text (self, &length);
  self->anew = TRUE;
  if (text == NULL)
    return;
  n_damaged = read_lines (self, text, length, &first);
  self->foreign = n_damaged > 0 && self->n_lines == 0;
  self->anew = n_damaged > 0 || length == 0;
  self->size = (goffset) length;
  if (self->foreign)
    self->fault = new_fault (self, "no line is a counter; it is left alone, and counters are not kept");
  else if (n_damaged > 0)
    self->fault = new_fault (
        self, "line %u is damaged, and %u in all; counters of their meters may begin anew", first, n_damaged);
  else if (length == 0)
    self->fault = new_fault (self, "it is empty; what was recorded before now is not recognised");
}

void
wmbus_counters_set_path (WmbusCounters *self, const gchar *path)
{
  g_mutex_lock (&self->mutex);
  g_free (self->path);
  self->path = g_strdup (path);
  if (path != NULL)
    load (self);
  g_mutex_unlock (&self->mutex);
}

static gboolean
fail (WmbusCounters *self, const gchar *what, GError **error)
{
  gint code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "message counters, %s: cannot %s: %s",
               self->path, what, g_strerror (code));
  return FALSE;
}

static gboolean
write_all (gint fd, const gchar *text, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      text += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static GString *
list_lines (WmbusCounters *self)
{
  GString *text = g_string_new (HEADING);
  GHashTableIter iter;
  gpointer number, counter;

  g_hash_table_iter_init (&iter, self->last);
  while (g_hash_table_iter_next (&iter, &number, &counter))
    append_line (text, *(guint64 *) number, GPOINTER_TO_UINT (counter));
  return text;
}

/* Writes all that is known: beside the file, which is there whole at any moment. */
static gboolean
write_anew (WmbusCounters *self, GError **error)
{
  g_autoptr (GString) text = list_lines (self);
  g_autofree gchar *beside = g_strconcat (self->path, ".new", NULL);
  gint fd = open (beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean done;

  if (fd < 0)
    return fail (self, "write it anew", error);
  done = (write_all (fd, text->str, text->len) && fsync (fd) == 0) || fail (self, "write it anew", error);
  close (fd);
  done = done && (g_rename (beside, self->path) == 0 || fail (self, "write it anew", error));
  if (!done)
    {
      g_unlink (beside);
      return FALSE;
    }
  self->anew = FALSE;
  self->size = (goffset) text->len;
  self->n_lines = g_hash_table_size (self->last);
  return TRUE;
}

/* Writes what was taken behind the rest. */
static gboolean
append (WmbusCounters *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint fd = open (self->path, O_WRONLY | O_APPEND | O_CLOEXEC);
  gboolean done;

  if (fd < 0)
    return fail (self, "open it", error);
  for (guint i = 0; i < self->taken->len; i++)
    {
      guint64 number = g_array_index (self->taken, guint64, i);
      gpointer counter = NULL;

      if (g_hash_table_lookup_extended (self->last, &number, NULL, &counter))
        append_line (text, number, GPOINTER_TO_UINT (counter));
    }
  done = write_all (fd, text->str, text->len);
  if (!done)
    fail (self, "write to it", error);
  close (fd);
  self->anew = !done;
  self->size += (goffset) text->len;
  self->n_lines += (guint) (text->len / LINE_CHARS);
  return done;
}

/* Somebody else has written to the file, or it is gone: what it says counts too. */
static void
look_again (WmbusCounters *self)
{
  struct stat status;

  if (self->anew || (stat (self->path, &status) == 0 && status.st_size == self->size))
    return;
  load (self);
  self->anew = TRUE;
}

/* With the mutex. */
static gboolean
save (WmbusCounters *self, GError **error)
{
  if (self->taken->len == 0)
    return TRUE;
  look_again (self);
  if (self->foreign)
    {
      g_array_set_size (self->taken, 0);
      return TRUE;
    }
  if (self->n_lines > 2 * g_hash_table_size (self->last) + OUTDATED_MIN)
    self->anew = TRUE;
  if (!(self->anew ? write_anew (self, error) : append (self, error)))
    return FALSE;
  g_array_set_size (self->taken, 0);
  return TRUE;
}

gboolean
wmbus_counters_save (WmbusCounters *self, GError **error)
{
  GError *fault = NULL;
  gboolean done;

  g_mutex_lock (&self->mutex);
  done = self->path == NULL || save (self, &fault);
  if (fault == NULL)
    fault = g_steal_pointer (&self->fault);
  g_mutex_unlock (&self->mutex);
  if (fault == NULL)
    return done;
  g_propagate_error (error, fault);
  return FALSE;
}
