/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel trace: shows a recording of a line's traffic as people read it: what went which way, when, and what
 * it says.
 *
 * A recording has portions as the port delivered them. What was received is put together until the protocol
 * finds a frame in it, until something else comes, or until the line was silent for longer than any frame has
 * pauses; then it is shown with the time of its first byte. */
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "amsel-recording.h"
#include "cli.h"

#define DEFAULT_PROTOCOL "mbus"

/* What is followed is looked at when the system tells of a change, but not more often than this. */
#define FOLLOW_RATE_MS 100

/* Silence that ends what might have become a frame, and most bytes that are waited with. */
#define SILENCE_US (500 * G_TIME_SPAN_MILLISECOND)
#define BYTES_MAX  4096

/* Bytes of a line that are shown; and the room of the text in front of them. */
#define SHOWN_MAX  300
#define TEXT_WIDTH 46

typedef struct
{
  AmselProtocol *protocol; /* (owned) */
  GByteArray *received;    /* (owned): not yet shown */
  gint64 received_us;      /* of its first byte */
  gint64 last_us;          /* of its last byte */
  gint64 shown_us;         /* of the last line that was shown */
  GString *hex;            /* (owned): kept from line to line */
} Trace;

static void
show (Trace *self, gchar sign, gint64 time_us, const gchar *text, const guint8 *data, gsize length)
{
  gsize n = MIN (length, SHOWN_MAX);

  g_string_truncate (self->hex, 0);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (self->hex, i > 0 ? " %02X" : "%02X", data[i]);
  if (n < length)
    g_string_append_printf (self->hex, " … %" G_GSIZE_FORMAT " bytes in all", length);
  printf ("%12.6f %+10.6f %c %-*s  %s\n", (gdouble) time_us / G_USEC_PER_SEC,
          (gdouble) (time_us - self->shown_us) / G_USEC_PER_SEC, sign, TEXT_WIDTH, text, self->hex->str);
  self->shown_us = time_us;
}

/* The line of a frame. A protocol that describes nothing leaves its length. */
static void
show_frame (Trace *self, gchar sign, gint64 time_us, AmselFrame *frame)
{
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);
  g_autofree gchar *text = amsel_protocol_describe (self->protocol, frame);

  if (text == NULL)
    text = g_strdup_printf ("a frame of %" G_GSIZE_FORMAT " bytes", length);
  show (self, sign, time_us, text, data, length);
}

/* Shows what the beginning of the bytes is. Returns how many bytes that were; 0 where more may come. */
static gsize
show_next (Trace *self, gchar sign, gint64 time_us, const guint8 *data, gsize length, gboolean at_end)
{
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  gsize used = 0;
  AmselFrameStatus status =
      amsel_protocol_find_frame (self->protocol, data, length, time_us, &used, &frame, &error);

  if (status == AMSEL_FRAME_STATUS_COMPLETE)
    {
      show_frame (self, sign, time_us, frame);
      return used;
    }
  if (status == AMSEL_FRAME_STATUS_MORE && !at_end)
    return 0;
  if (status == AMSEL_FRAME_STATUS_MORE)
    used = length;
  text = g_strdup_printf ("no frame: %s", error != NULL ? error->message : "it ends too early");
  show (self, sign, time_us, text, data, used);
  return used;
}

/* Shows what was received as far as it is known what it is, or all of it. */
static void
flush (Trace *self, gboolean at_end)
{
  gsize done = 0;

  while (done < self->received->len)
    {
      gsize used = show_next (self, '<', self->received_us, self->received->data + done,
                              self->received->len - done, at_end || self->received->len >= BYTES_MAX);

      if (used == 0)
        break;
      done += used;
      self->received_us = self->last_us;
    }
  g_byte_array_remove_range (self->received, 0, (guint) done);
}

static void
show_entry (Trace *self, const AmselRecordingEntry *entry)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (entry->data, &length);
  gsize done = 0;

  if (entry->direction != AMSEL_RECORDING_RECEIVED || entry->time_us - self->last_us > SILENCE_US
      || entry->time_us < self->last_us)
    flush (self, TRUE);
  if (entry->time_us < self->shown_us)
    {
      /* another recording was appended, with a time of its own */
      printf ("\n");
      self->shown_us = entry->time_us;
    }
  if (entry->direction == AMSEL_RECORDING_RECEIVED)
    {
      if (self->received->len == 0)
        self->received_us = entry->time_us;
      g_byte_array_append (self->received, data, (guint) length);
      self->last_us = entry->time_us;
      flush (self, FALSE);
    }
  else if (entry->direction == AMSEL_RECORDING_DAMAGED)
    show (self, '!', entry->time_us, "wrong parity or stop bit", data, length);
  else
    while (done < length)
      done += show_next (self, '>', entry->time_us, data + done, length - done, TRUE);
  self->last_us = entry->time_us;
}

/* Shows what there is from where the reader stands to the end. */
static gboolean
show_rest (Trace *self, AmselRecordingReader *reader, GError **error)
{
  gboolean more = TRUE;

  while (more)
    {
      g_auto (AmselRecordingEntry) entry = { 0 };

      if (!amsel_recording_reader_next (reader, &entry, error))
        return FALSE;
      more = entry.direction != AMSEL_RECORDING_NONE;
      if (more)
        show_entry (self, &entry);
    }
  return TRUE;
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* A recording that is being written. */
typedef struct
{
  Trace *trace;
  AmselRecordingReader *reader;
  GMainLoop *loop;
  GError *error; /* (owned) (nullable) */
} Following;

static void
on_changed (GFileMonitor *monitor G_GNUC_UNUSED, GFile *file G_GNUC_UNUSED, GFile *other G_GNUC_UNUSED,
            GFileMonitorEvent event G_GNUC_UNUSED, gpointer user_data)
{
  Following *self = user_data;

  if (self->error != NULL)
    return;
  amsel_recording_reader_set_place (self->reader, amsel_recording_reader_get_place (self->reader));
  if (!show_rest (self->trace, self->reader, &self->error))
    g_main_loop_quit (self->loop);
  fflush (stdout);
}

/* Goes on with what is written to the file until it is told to end. */
static gboolean
follow (Trace *trace, AmselRecordingReader *reader, const gchar *path, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileMonitor) monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, error);
  Following following = { trace, reader, loop, NULL };
  guint ids[2];

  if (monitor == NULL)
    return FALSE;
  g_file_monitor_set_rate_limit (monitor, FOLLOW_RATE_MS);
  g_signal_connect (monitor, "changed", G_CALLBACK (on_changed), &following);
  ids[0] = g_unix_signal_add (SIGINT, on_signal, loop);
  ids[1] = g_unix_signal_add (SIGTERM, on_signal, loop);
  /* what came between the end of the file and the beginning of the watch */
  on_changed (monitor, file, NULL, G_FILE_MONITOR_EVENT_CHANGED, &following);
  if (following.error == NULL)
    g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_source_remove (ids[i]);
  if (following.error == NULL)
    return TRUE;
  g_propagate_error (error, following.error);
  return FALSE;
}

static gboolean
show_file (Trace *self, const gchar *path, gboolean following)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselRecordingReader) reader = amsel_recording_reader_new (path, &error);

  self->shown_us = 0;
  self->last_us = 0;
  if (reader != NULL && show_rest (self, reader, &error) && following)
    follow (self, reader, path, &error);
  flush (self, TRUE);
  if (error == NULL)
    return TRUE;
  cli_complain ("%s", error->message);
  return FALSE;
}

static void
trace_clear (Trace *self)
{
  g_clear_object (&self->protocol);
  g_byte_array_unref (self->received);
  g_string_free (self->hex, TRUE);
}

int
cmd_trace (int argc, char **argv)
{
  g_autofree gchar *kind = NULL;
  gboolean following = FALSE;
  const GOptionEntry entries[] = { { "follow", 'f', 0, G_OPTION_ARG_NONE, &following,
                                     "go on with what is written to the last file, until Ctrl-C", NULL },
                                   { "protocol", 0, 0, G_OPTION_ARG_STRING, &kind,
                                     "what was spoken on the line (default: " DEFAULT_PROTOCOL ")", "KIND" },
                                   { NULL, 0, 0, 0, NULL, NULL, NULL } };
  Trace trace = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  if (!cli_parse (
          &argc, &argv, "FILE…",
          "Shows recordings: seconds since the beginning and since the line before, direction (> sent, < "
          "received, ! damaged), what was said, and the bytes.",
          entries))
    return CLI_USAGE;
  if (argc < 2)
    {
      cli_complain ("expected the file of a recording");
      return CLI_USAGE;
    }
  trace.protocol =
      (AmselProtocol *) cli_create (AMSEL_TYPE_PROTOCOL, kind != NULL ? kind : DEFAULT_PROTOCOL, &error);
  if (trace.protocol == NULL)
    {
      cli_complain ("%s", error->message);
      return CLI_USAGE;
    }
  trace.received = g_byte_array_new ();
  trace.hex = g_string_new (NULL);
  for (int i = 1; i < argc; i++)
    ok = show_file (&trace, argv[i], following && i == argc - 1) && ok;
  trace_clear (&trace);
  return ok ? CLI_DONE : CLI_FAILED;
}
