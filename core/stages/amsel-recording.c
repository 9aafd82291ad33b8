/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing and reading recordings of a line's traffic. */
#include "amsel-recording.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "amsel-error.h"
#include "amsel-hex.h"

/* Longest line that is understood: a megabyte of bytes is no frame of any meter. */
#define LINE_MAX_BYTES (4 * 1024 * 1024)

struct _AmselRecordingWriter
{
  AmselClock *clock; /* (owned) */
  FILE *file;        /* (owned) */
  gint64 begin_us;
};

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
  AmselRecordingWriter *self;
  FILE *file = fopen (path, "ae");
  g_autoptr (GDateTime) now = NULL;
  g_autofree gchar *stamp = NULL;

  if (file == NULL)
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING, "cannot record to %s: %s",
                   path, g_strerror (errno));
      return NULL;
    }
  self = g_new0 (AmselRecordingWriter, 1);
  self->clock = g_object_ref (clock);
  self->file = file;
  self->begin_us = amsel_clock_get_monotonic_us (clock);
  now = g_date_time_new_from_unix_utc (amsel_clock_get_real_us (clock) / G_USEC_PER_SEC);
  stamp = g_date_time_format_iso8601 (now);
  fprintf (file, "# recorded from %s\n", stamp);
  return self;
}

/**
 * amsel_recording_writer_add: (skip)
 * @self: a writer
 * @direction: which way the bytes went
 * @data: the bytes
 *
 * Appends a line and hands it to the system, so that a killed program leaves all but the last line behind.
 */
void
amsel_recording_writer_add (AmselRecordingWriter *self, AmselRecordingDirection direction, GBytes *data)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  gint64 time_us = amsel_clock_get_monotonic_us (self->clock) - self->begin_us;

  fprintf (self->file, "%c %" G_GINT64_FORMAT ".%06d", direction == AMSEL_RECORDING_SENT ? '>' : '<',
           time_us / G_USEC_PER_SEC, (gint) (time_us % G_USEC_PER_SEC));
  for (gsize i = 0; i < length; i++)
    fprintf (self->file, " %02X", bytes[i]);
  fputc ('\n', self->file);
  fflush (self->file);
}

/**
 * amsel_recording_writer_free: (skip)
 * @self: (transfer full): a writer
 */
void
amsel_recording_writer_free (AmselRecordingWriter *self)
{
  fclose (self->file);
  g_object_unref (self->clock);
  g_free (self);
}

static gboolean
fail (GError **error, gsize column, const gchar *expected)
{
  g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING,
               "column %" G_GSIZE_FORMAT ": expected %s", column + 1, expected);
  return FALSE;
}

/**
 * amsel_recording_parse_line: (skip)
 * @line: a line of a recording, without its end
 * @length: its length in bytes
 * @out_entry: (out caller-allocates): what it says; direction %AMSEL_RECORDING_NONE for a comment or an empty
 * line
 * @error: return location for an #AmselTransportError
 *
 * Returns: whether the line is understood
 */
gboolean
amsel_recording_parse_line (const gchar *line, gsize length, AmselRecordingEntry *out_entry, GError **error)
{
  AmselRecordingEntry entry = { 0 };
  gsize i = 0;
  gint64 seconds = 0;
  gint64 fraction_us = 0;

  if (length > LINE_MAX_BYTES)
    return fail (error, LINE_MAX_BYTES, "a shorter line");
  while (i < length && g_ascii_isspace (line[i]))
    i++;
  if (i == length || line[i] == '#')
    {
      *out_entry = entry;
      return TRUE;
    }
  if (line[i] != '>' && line[i] != '<')
    return fail (error, i, "'>' (sent), '<' (received) or '#' (comment)");
  entry.direction = line[i] == '>' ? AMSEL_RECORDING_SENT : AMSEL_RECORDING_RECEIVED;
  for (i++; i < length && line[i] == ' '; i++)
    ;
  if (i == length || !g_ascii_isdigit (line[i]))
    return fail (error, i, "seconds since the beginning");
  for (; i < length && g_ascii_isdigit (line[i]); i++)
    if (seconds < G_MAXINT32)
      seconds = seconds * 10 + (line[i] - '0');
  if (i < length && line[i] == '.')
    {
      gint64 place = G_USEC_PER_SEC / 10;

      for (i++; i < length && g_ascii_isdigit (line[i]); i++, place /= 10)
        fraction_us += place * (line[i] - '0');
    }
  if (i < length && !g_ascii_isspace (line[i]))
    return fail (error, i, "a blank behind the time");
  entry.time_us = seconds * G_USEC_PER_SEC + fraction_us;
  entry.data = amsel_hex_decode (line + i, (gssize) (length - i), NULL);
  if (entry.data == NULL)
    return fail (error, i, "bytes in hexadecimal digits");
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
}
