/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing and reading recordings of a line's traffic.
 *
 * The writer hands each line to the system by one write, so a killed program leaves whole lines behind, and a
 * line that does not fit on the disk any more is taken back. The reader streams: a recording of a week on the
 * air is larger than the memory that is worth giving to it. */
#include "amsel-recording.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amsel-error.h"
#include "amsel-hex.h"

/* Longest line that is understood: a megabyte of bytes is no frame of any meter. */
#define LINE_MAX_BYTES (4 * 1024 * 1024)
#define READ_BYTES     (64 * 1024)
/* A hundred years: what a time may be, so that sums of times cannot overflow. */
#define SECONDS_MAX G_GINT64_CONSTANT (3155760000)

struct _AmselRecordingWriter
{
  AmselClock *clock; /* (owned) */
  gchar *path;       /* (owned) */
  GString *line;     /* (owned): the line being written */
  int fd;
  gint64 begin_us;
};

static gboolean
fail_with_file (GError **error, const gchar *what, const gchar *path, int number)
{
  g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING, "%s %s: %s", what, path,
               g_strerror (number));
  return FALSE;
}

/* Writes the whole line or nothing of it. */
static gboolean
write_line (AmselRecordingWriter *self, GError **error)
{
  struct stat before = { 0 };
  gboolean can_undo = fstat (self->fd, &before) == 0 && S_ISREG (before.st_mode);
  gsize done = 0;

  while (done < self->line->len)
    {
      gssize n = write (self->fd, self->line->str + done, self->line->len - done);
      int number = errno;

      if (n < 0 && number == EINTR)
        continue;
      if (n < 0)
        {
          if (done > 0 && can_undo && ftruncate (self->fd, before.st_size) < 0)
            number = errno;
          return fail_with_file (error, "recording stopped: cannot write to", self->path, number);
        }
      done += (gsize) n;
    }
  return TRUE;
}

/* A recording that was cut off in the middle of a line must not swallow the next one. */
static gboolean
ends_in_line (int fd)
{
  gchar last = '\n';
  off_t size = lseek (fd, 0, SEEK_END);

  return size > 0 && pread (fd, &last, 1, size - 1) == 1 && last != '\n';
}

/**
 * amsel_recording_writer_new: (skip)
 * @path: file to append to
 * @clock: the clock of the times in it
 * @error: return location for an #AmselTransportError
 *
 * Returns: (transfer full): a writer
 */
AmselRecordingWriter *
amsel_recording_writer_new (const gchar *path, AmselClock *clock, GError **error)
{
  g_autoptr (AmselRecordingWriter) self = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autofree gchar *stamp = NULL;
  int fd = g_open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);

  if (fd < 0)
    {
      fail_with_file (error, "cannot record to", path, errno);
      return NULL;
    }
  self = g_new0 (AmselRecordingWriter, 1);
  self->clock = g_object_ref (clock);
  self->path = g_strdup (path);
  self->line = g_string_new (ends_in_line (fd) ? "\n" : "");
  self->fd = fd;
  self->begin_us = amsel_clock_get_monotonic_us (clock);
  now = g_date_time_new_from_unix_utc (amsel_clock_get_real_us (clock) / G_USEC_PER_SEC);
  stamp = now != NULL ? g_date_time_format_iso8601 (now) : NULL;
  g_string_append_printf (self->line, "# recorded from %s\n", stamp != NULL ? stamp : "an unknown time");
  return write_line (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * amsel_recording_writer_add: (skip)
 * @self: a writer
 * @direction: which way the bytes went
 * @data: the bytes
 * @error: return location for an #AmselTransportError
 *
 * Appends a line and hands it to the system, so that a killed program leaves it behind.
 *
 * Returns: whether it is written; where not, nothing of it is
 */
gboolean
amsel_recording_writer_add (AmselRecordingWriter *self, AmselRecordingDirection direction, GBytes *data,
                            GError **error)
{
  static const gchar SIGNS[] = { '#', '>', '<', '!' };
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  gint64 time_us = MAX (amsel_clock_get_monotonic_us (self->clock) - self->begin_us, 0);
  gsize at;

  g_return_val_if_fail (direction > AMSEL_RECORDING_NONE && direction < G_N_ELEMENTS (SIGNS), FALSE);
  g_string_printf (self->line, "%c %" G_GINT64_FORMAT ".%06d", SIGNS[direction], time_us / G_USEC_PER_SEC,
                   (gint) (time_us % G_USEC_PER_SEC));
  at = self->line->len;
  g_string_set_size (self->line, at + 3 * length);
  for (gsize i = 0; i < length; i++, at += 3)
    {
      self->line->str[at] = ' ';
      amsel_hex_write (bytes + i, 1, self->line->str + at + 1);
    }
  g_string_append_c (self->line, '\n');
  return write_line (self, error);
}

/**
 * amsel_recording_writer_free: (skip)
 * @self: (transfer full): a writer
 */
void
amsel_recording_writer_free (AmselRecordingWriter *self)
{
  close (self->fd);
  g_object_unref (self->clock);
  g_string_free (self->line, TRUE);
  g_free (self->path);
  g_free (self);
}

static gboolean
fail (GError **error, gsize column, const gchar *expected)
{
  g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING,
               "%" G_GSIZE_FORMAT ": expected %s", column + 1, expected);
  return FALSE;
}

static gboolean
is_blank (gchar c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

/* Reads "12.3456" at *position, which is left behind it. More than six decimals are cut off. */
static gboolean
parse_time (const gchar *line, gsize length, gsize *position, gint64 *out_us, GError **error)
{
  gsize i = *position;
  gint64 seconds = 0;
  gint64 fraction_us = 0;
  gint64 place = G_USEC_PER_SEC / 10;

  if (i == length || !g_ascii_isdigit (line[i]))
    return fail (error, i, "seconds since the beginning");
  for (; i < length && g_ascii_isdigit (line[i]); i++)
    {
      seconds = seconds * 10 + (line[i] - '0');
      if (seconds > SECONDS_MAX)
        return fail (error, *position, "a time within a hundred years");
    }
  if (i < length && line[i] == '.')
    for (i++; i < length && g_ascii_isdigit (line[i]); i++, place /= 10)
      fraction_us += place * (line[i] - '0');
  if (i < length && !is_blank (line[i]))
    return fail (error, i, "a blank behind the time");
  *position = i;
  *out_us = seconds * G_USEC_PER_SEC + fraction_us;
  return TRUE;
}

/* Values of hexadecimal digits by character code less '0'. A recording is mostly digits, and is played at the
 * speed at which they are read. */
static const gint8 DIGIT_VALUES[] = {
  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  -1, -1, -1, -1, -1, -1, -1, 10, 11,
  12, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 10, 11, 12, 13, 14, 15,
};

static gint
digit_value (gchar c)
{
  guint at = (guint) (guchar) c - '0';

  return at < G_N_ELEMENTS (DIGIT_VALUES) ? DIGIT_VALUES[at] : -1;
}

/* Reads pairs of digits up to the end of the line. */
static GBytes *
parse_bytes (const gchar *line, gsize length, gsize i, GError **error)
{
  g_autofree guint8 *bytes = g_malloc ((length - i) / 2 + 1);
  gsize n = 0;

  while (i < length)
    {
      gint high = digit_value (line[i]);
      gint low = high >= 0 && i + 1 < length ? digit_value (line[i + 1]) : -1;

      if (low >= 0)
        {
          bytes[n++] = (guint8) (high << 4 | low);
          i += 2;
        }
      else if (is_blank (line[i]))
        i++;
      else
        {
          fail (error, high >= 0 ? i + 1 : i, "bytes in pairs of hexadecimal digits");
          return NULL;
        }
    }
  if (n > 0)
    return g_bytes_new_take (g_steal_pointer (&bytes), n);
  fail (error, length, "bytes behind the time");
  return NULL;
}

/**
 * amsel_recording_parse_line: (skip)
 * @line: a line of a recording, without its end
 * @length: its length in bytes
 * @out_entry: (out caller-allocates): what it says; direction %AMSEL_RECORDING_NONE for a comment or an empty
 * line
 * @error: return location for an #AmselTransportError, whose message begins with the column
 *
 * Returns: whether the line is understood
 */
gboolean
amsel_recording_parse_line (const gchar *line, gsize length, AmselRecordingEntry *out_entry, GError **error)
{
  AmselRecordingEntry entry = { 0 };
  gsize i = 0;

  if (length > LINE_MAX_BYTES)
    return fail (error, LINE_MAX_BYTES, "a shorter line");
  while (i < length && is_blank (line[i]))
    i++;
  if (i == length || line[i] == '#')
    {
      *out_entry = entry;
      return TRUE;
    }
  entry.direction = line[i] == '>'   ? AMSEL_RECORDING_SENT
                    : line[i] == '<' ? AMSEL_RECORDING_RECEIVED
                    : line[i] == '!' ? AMSEL_RECORDING_DAMAGED
                                     : AMSEL_RECORDING_NONE;
  if (entry.direction == AMSEL_RECORDING_NONE)
    return fail (error, i, "'>' (sent), '<' (received), '!' (damaged) or '#' (comment)");
  for (i++; i < length && is_blank (line[i]); i++)
    ;
  if (!parse_time (line, length, &i, &entry.time_us, error))
    return FALSE;
  entry.data = parse_bytes (line, length, i, error);
  if (entry.data == NULL)
    return FALSE;
  *out_entry = entry;
  return TRUE;
}

/**
 * amsel_recording_entry_clear: (skip)
 * @entry: an entry
 *
 * Frees what amsel_recording_parse_line() put into it.
 */
void
amsel_recording_entry_clear (AmselRecordingEntry *entry)
{
  g_clear_pointer (&entry->data, g_bytes_unref);
  entry->direction = AMSEL_RECORDING_NONE;
}

struct _AmselRecordingReader
{
  gchar *path;        /* (owned) */
  GByteArray *buffer; /* (owned): what was read of the file */
  gsize position;     /* in buffer: beginning of the next line */
  gint64 offset;      /* in the file: beginning of buffer */
  guint line;         /* number of the last line that was given */
  int fd;
  gboolean at_end; /* of the file; the buffer may hold more */
};

/**
 * amsel_recording_reader_new: (skip)
 * @path: a file
 * @error: return location for an #AmselTransportError
 *
 * Returns: (transfer full): a reader that stands at the beginning
 */
AmselRecordingReader *
amsel_recording_reader_new (const gchar *path, GError **error)
{
  AmselRecordingReader *self;
  struct stat status = { 0 };
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0)
    {
      fail_with_file (error, "cannot open the recording", path, errno);
      return NULL;
    }
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    {
      fail_with_file (error, "cannot open the recording", path, S_ISDIR (status.st_mode) ? EISDIR : ESPIPE);
      close (fd);
      return NULL;
    }
  self = g_new0 (AmselRecordingReader, 1);
  self->path = g_strdup (path);
  self->buffer = g_byte_array_new ();
  self->fd = fd;
  return self;
}

/* Reads on, keeping what is not yet used. */
static gboolean
fill (AmselRecordingReader *self, GError **error)
{
  gsize kept = self->buffer->len - self->position;
  gssize n;

  if (self->position > 0)
    g_byte_array_remove_range (self->buffer, 0, (guint) self->position);
  self->offset += (gint64) self->position;
  self->position = 0;
  g_byte_array_set_size (self->buffer, (guint) (kept + READ_BYTES));
  do
    n = read (self->fd, self->buffer->data + kept, READ_BYTES);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    fail_with_file (error, "cannot read the recording", self->path, errno);
  g_byte_array_set_size (self->buffer, (guint) kept + (guint) MAX (n, 0));
  self->at_end = n <= 0;
  return n >= 0;
}

/* Finds the next line; at the end of the file there is none. */
static gboolean
take_line (AmselRecordingReader *self, const gchar **out_line, gsize *out_length, GError **error)
{
  gsize searched = 0;

  *out_line = NULL;
  while (TRUE)
    {
      gsize left = self->buffer->len - self->position;
      const gchar *begin = left > 0 ? (const gchar *) self->buffer->data + self->position : NULL;
      const gchar *end = left > searched ? memchr (begin + searched, '\n', left - searched) : NULL;

      if (end != NULL || left > LINE_MAX_BYTES || (self->at_end && left > 0))
        {
          *out_line = begin;
          *out_length = end != NULL ? (gsize) (end - begin) : left;
          self->position += *out_length + (end != NULL ? 1 : 0);
          self->line++;
          return TRUE;
        }
      if (self->at_end)
        return TRUE;
      searched = left;
      if (!fill (self, error))
        return FALSE;
    }
}

/**
 * amsel_recording_reader_next: (skip)
 * @self: a reader
 * @out_entry: (out caller-allocates): the next entry, to be cleared by amsel_recording_entry_clear();
 * direction %AMSEL_RECORDING_NONE at the end
 * @error: return location for an #AmselTransportError, whose message names file, line and column
 *
 * Reads on to the next line that is no comment.
 *
 * Returns: whether the recording could be read
 */
gboolean
amsel_recording_reader_next (AmselRecordingReader *self, AmselRecordingEntry *out_entry, GError **error)
{
  const gchar *line;
  gsize length;

  *out_entry = (AmselRecordingEntry){ 0 };
  do
    {
      GError *local = NULL;

      if (!take_line (self, &line, &length, error))
        return FALSE;
      if (line != NULL && !amsel_recording_parse_line (line, length, out_entry, &local))
        {
          g_propagate_prefixed_error (error, local, "%s:%u:", self->path, self->line);
          return FALSE;
        }
    }
  while (line != NULL && out_entry->direction == AMSEL_RECORDING_NONE);
  return TRUE;
}

/**
 * amsel_recording_reader_get_place: (skip)
 * @self: a reader
 *
 * Returns: the place behind the line that was read last; its line is the number of that line
 */
AmselRecordingPlace
amsel_recording_reader_get_place (AmselRecordingReader *self)
{
  return (AmselRecordingPlace){ self->offset + (gint64) self->position, self->line };
}

/**
 * amsel_recording_reader_set_place: (skip)
 * @self: a reader
 * @place: a place in the same file
 *
 * Goes to a place, to read on from there. Behind the end of a file that grows, its own place is where it goes
 * on.
 */
void
amsel_recording_reader_set_place (AmselRecordingReader *self, AmselRecordingPlace place)
{
  gint64 in_buffer = place.offset - self->offset;

  self->line = place.line;
  if (in_buffer >= 0 && in_buffer <= (gint64) self->buffer->len)
    {
      self->position = (gsize) in_buffer;
      self->at_end = FALSE; /* it may have grown */
      return;
    }
  g_byte_array_set_size (self->buffer, 0);
  self->position = 0;
  self->at_end = lseek (self->fd, place.offset, SEEK_SET) < 0;
  self->offset = place.offset;
}

/**
 * amsel_recording_reader_free: (skip)
 * @self: (transfer full): a reader
 */
void
amsel_recording_reader_free (AmselRecordingReader *self)
{
  close (self->fd);
  g_byte_array_unref (self->buffer);
  g_free (self->path);
  g_free (self);
}
