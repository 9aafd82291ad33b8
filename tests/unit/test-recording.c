/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recordings: each line, each fault of a line, and files that are long, cut off or full. */
#include <glib/gstdio.h>
#include <unistd.h>

#include "amsel-error.h"
#include "amsel-hex.h"
#include "amsel-recording.h"
#include "test-clock.h"

typedef struct
{
  const gchar *name;
  const gchar *line;
  AmselRecordingDirection direction;
  gint64 time_us;
  const gchar *hex;
} GoodVector;

static const GoodVector GOOD[] = {
  { "sent", "> 0.000000 10 5B 01 5C 16", AMSEL_RECORDING_SENT, 0, "105B015C16" },
  { "received", "< 0.120400 E5", AMSEL_RECORDING_RECEIVED, 120400, "E5" },
  { "damaged", "! 1.5 FE", AMSEL_RECORDING_DAMAGED, 1500000, "FE" },
  { "lower case, no blanks in the bytes", "< 2 68aBcD", AMSEL_RECORDING_RECEIVED, 2000000, "68ABCD" },
  { "no blank behind the direction", ">3.25 00", AMSEL_RECORDING_SENT, 3250000, "00" },
  { "tabs and the end of a DOS line", "\t< 0.1\tE5\r", AMSEL_RECORDING_RECEIVED, 100000, "E5" },
  { "decimals beyond microseconds", "< 0.1234567899 E5", AMSEL_RECORDING_RECEIVED, 123456, "E5" },
  { "a point without decimals", "< 7. E5", AMSEL_RECORDING_RECEIVED, 7000000, "E5" },
  { "a hundred years", "< 3155760000 E5", AMSEL_RECORDING_RECEIVED, G_GINT64_CONSTANT (3155760000000000),
    "E5" },
  { "comment", "# recorded from 2026-11-22T08:00:00Z", AMSEL_RECORDING_NONE, 0, NULL },
  { "comment behind blanks", "   # x", AMSEL_RECORDING_NONE, 0, NULL },
  { "empty", "", AMSEL_RECORDING_NONE, 0, NULL },
  { "blanks", " \t\r", AMSEL_RECORDING_NONE, 0, NULL },
};

typedef struct
{
  const gchar *name;
  const gchar *line;
  const gchar *message;
} BadVector;

static const BadVector BAD[] = {
  { "no direction", "10 5B", "1: expected '>' (sent), '<' (received), '!' (damaged) or '#' (comment)" },
  { "unknown direction", "  = 0.1 E5",
    "3: expected '>' (sent), '<' (received), '!' (damaged) or '#' (comment)" },
  { "nothing behind the direction", ">", "2: expected seconds since the beginning" },
  { "no time", "> E5", "3: expected seconds since the beginning" },
  { "negative time", "> -1 E5", "3: expected seconds since the beginning" },
  { "time without seconds", "> .5 E5", "3: expected seconds since the beginning" },
  { "time too large", "> 3155760001 E5", "3: expected a time within a hundred years" },
  { "time of many digits", "> 99999999999999999999999999 E5", "3: expected a time within a hundred years" },
  { "bytes at the time", "> 1.5E5", "6: expected a blank behind the time" },
  { "two points", "> 1.5.5 E5", "6: expected a blank behind the time" },
  { "no bytes", "> 1.5", "6: expected bytes behind the time" },
  { "blanks for bytes", "> 1.5  ", "8: expected bytes behind the time" },
  { "no digit", "> 1.5 E5 XY", "10: expected bytes in pairs of hexadecimal digits" },
  { "half a byte", "> 1.5 E5 1 68", "11: expected bytes in pairs of hexadecimal digits" },
  { "half a byte at the end", "> 1.5 E5 1", "11: expected bytes in pairs of hexadecimal digits" },
  { "comment behind the bytes", "> 1.5 E5 # x", "10: expected bytes in pairs of hexadecimal digits" },
};

static void
test_good_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (GOOD); i++)
    {
      g_auto (AmselRecordingEntry) entry = { 0 };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", GOOD[i].name);
      g_assert_true (amsel_recording_parse_line (GOOD[i].line, strlen (GOOD[i].line), &entry, &error));
      g_assert_no_error (error);
      g_assert_cmpint (entry.direction, ==, GOOD[i].direction);
      g_assert_cmpint (entry.time_us, ==, GOOD[i].time_us);
      if (entry.data != NULL)
        {
          g_autofree gchar *hex =
              amsel_hex_encode (g_bytes_get_data (entry.data, NULL), g_bytes_get_size (entry.data));

          g_assert_cmpstr (hex, ==, GOOD[i].hex);
        }
      g_assert_true ((entry.data == NULL) == (GOOD[i].hex == NULL));
    }
}

static void
test_bad_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (BAD); i++)
    {
      AmselRecordingEntry entry = { 0 };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", BAD[i].name);
      g_assert_false (amsel_recording_parse_line (BAD[i].line, strlen (BAD[i].line), &entry, &error));
      g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING);
      g_assert_cmpstr (error->message, ==, BAD[i].message);
      g_assert_null (entry.data);
    }
}

/* ---- files ---- */

typedef struct
{
  gchar *folder; /* (owned) */
  gchar *path;   /* (owned) */
  TestClock *clock;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("amsel-recording-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "line.rec", NULL);
  f->clock = test_clock_new (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_remove (f->path);
  g_rmdir (f->folder);
  g_free (f->path);
  g_free (f->folder);
  g_object_unref (f->clock);
}

static void
write_file (Fixture *f, const gchar *text, gssize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (f->path, text, length, &error);
  g_assert_no_error (error);
}

static void
add (AmselRecordingWriter *writer, AmselRecordingDirection direction, const gchar *hex)
{
  g_autoptr (GBytes) data = amsel_hex_decode (hex, -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (amsel_recording_writer_add (writer, direction, data, &error));
  g_assert_no_error (error);
}

static void
assert_next (AmselRecordingReader *reader, AmselRecordingDirection direction, gint64 time_us, gsize length,
             guint line)
{
  g_auto (AmselRecordingEntry) entry = { 0 };
  g_autoptr (GError) error = NULL;

  amsel_recording_reader_next (reader, &entry, &error);
  g_assert_no_error (error);
  g_assert_cmpint (entry.direction, ==, direction);
  if (direction == AMSEL_RECORDING_NONE)
    return;
  g_assert_cmpint (entry.time_us, ==, time_us);
  g_assert_cmpuint (g_bytes_get_size (entry.data), ==, length);
  g_assert_cmpuint (amsel_recording_reader_get_place (reader).line, ==, line);
}

static void
test_write (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *text = NULL;

  /* the second run is appended; what was cut off before is not continued */
  write_file (f, "< 1.0 68 1", -1);
  for (guint run = 0; run < 2; run++)
    {
      g_autoptr (AmselRecordingWriter) writer =
          amsel_recording_writer_new (f->path, AMSEL_CLOCK (f->clock), NULL);

      add (writer, AMSEL_RECORDING_SENT, "105B015C16");
      test_clock_advance (f->clock, 1234567);
      add (writer, AMSEL_RECORDING_DAMAGED, "FE");
      add (writer, AMSEL_RECORDING_RECEIVED, "E5");
      /* each line is in the file at once */
      g_clear_pointer (&text, g_free);
      g_assert_true (g_file_get_contents (f->path, &text, NULL, NULL));
      g_assert_true (g_str_has_suffix (text, "< 1.234567 E5\n"));
    }
  g_assert_cmpstr (text, ==,
                   "< 1.0 68 1\n"
                   "# recorded from 2026-09-21T14:13:20Z\n"
                   "> 0.000000 10 5B 01 5C 16\n"
                   "! 1.234567 FE\n"
                   "< 1.234567 E5\n"
                   "# recorded from 2026-09-21T14:13:21Z\n"
                   "> 0.000000 10 5B 01 5C 16\n"
                   "! 1.234567 FE\n"
                   "< 1.234567 E5\n");
}

static void
test_cannot_write (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *path = g_build_filename (f->folder, "none", "x.rec", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (amsel_recording_writer_new (path, AMSEL_CLOCK (f->clock), &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  /* a disk that is full from the beginning */
  g_assert_null (amsel_recording_writer_new ("/dev/full", AMSEL_CLOCK (f->clock), &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING);
  g_assert_nonnull (strstr (error->message, "No space"));
}

static void
test_read (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselRecordingReader) reader = NULL;
  AmselRecordingPlace place;

  write_file (f, "# x\n\n> 0.5 01 02\r\n< 1 03\n! 2 04 05 06", -1); /* the last line has no end */
  reader = amsel_recording_reader_new (f->path, NULL);
  for (guint i = 0; i < 2; i++)
    {
      assert_next (reader, AMSEL_RECORDING_SENT, 500000, 2, 3);
      place = amsel_recording_reader_get_place (reader);
      assert_next (reader, AMSEL_RECORDING_RECEIVED, 1000000, 1, 4);
      assert_next (reader, AMSEL_RECORDING_DAMAGED, 2000000, 3, 5);
      assert_next (reader, AMSEL_RECORDING_NONE, 0, 0, 5);
      assert_next (reader, AMSEL_RECORDING_NONE, 0, 0, 5);
      amsel_recording_reader_set_place (reader, place);
      assert_next (reader, AMSEL_RECORDING_RECEIVED, 1000000, 1, 4);
      amsel_recording_reader_set_place (reader, (AmselRecordingPlace){ 0 });
    }
}

/* many reads of the file: lines lie across their borders, and places are found again in both directions */
static void
test_read_long (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint n = 5000;
  g_autofree AmselRecordingPlace *places = g_new (AmselRecordingPlace, n + 1);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AmselRecordingReader) reader = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (text, "< %u", i);
      for (guint k = 0; k <= i % 97; k++)
        g_string_append (text, " 68");
      g_string_append_c (text, '\n');
    }
  write_file (f, text->str, (gssize) text->len);
  reader = amsel_recording_reader_new (f->path, NULL);
  for (guint i = 0; i < n; i++)
    {
      places[i] = amsel_recording_reader_get_place (reader);
      assert_next (reader, AMSEL_RECORDING_RECEIVED, (gint64) i * G_USEC_PER_SEC, 1 + i % 97, i + 1);
    }
  assert_next (reader, AMSEL_RECORDING_NONE, 0, 0, 0);
  for (guint i = 0; i < n; i++)
    {
      guint at = (i * 2741) % n;

      amsel_recording_reader_set_place (reader, places[at]);
      assert_next (reader, AMSEL_RECORDING_RECEIVED, (gint64) at * G_USEC_PER_SEC, 1 + at % 97, at + 1);
    }
}

static void
test_bad_file (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselRecordingReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *message =
      g_strdup_printf ("%s:3:9: expected bytes in pairs of hexadecimal digits", f->path);
  AmselRecordingEntry entry;

  write_file (f, "# x\n< 1 03\n< 1 03 4\n", -1);
  reader = amsel_recording_reader_new (f->path, NULL);
  assert_next (reader, AMSEL_RECORDING_RECEIVED, 1000000, 1, 2);
  g_assert_false (amsel_recording_reader_next (reader, &entry, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING);
  g_assert_cmpstr (error->message, ==, message);
}

/* a file without line ends is refused before it fills the memory */
static void
test_endless_line (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gsize size = 6 * 1024 * 1024;
  g_autofree gchar *text = g_malloc (size);
  g_autoptr (AmselRecordingReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  AmselRecordingEntry entry;

  for (gsize i = 0; i < size; i++)
    text[i] = i < 4 ? "< 1 "[i] : '0';
  write_file (f, text, (gssize) size);
  reader = amsel_recording_reader_new (f->path, NULL);
  g_assert_false (amsel_recording_reader_next (reader, &entry, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING);
  g_assert_nonnull (strstr (error->message, ":1:4194305: expected a shorter line"));
}

static void
test_no_file (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const gchar *const SAYS[] = { "No such file", "directory", "seek" };
  const gchar *paths[] = { f->path, f->folder, "/dev/null" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (amsel_recording_reader_new (paths[i], &error));
      g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING);
      g_assert_nonnull (strstr (error->message, paths[i]));
      g_assert_nonnull (strstr (error->message, SAYS[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording/good-lines", test_good_lines);
  g_test_add_func ("/recording/bad-lines", test_bad_lines);
#define ADD(name, function) g_test_add ("/recording/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("write", test_write);
  ADD ("cannot-write", test_cannot_write);
  ADD ("read", test_read);
  ADD ("read-long", test_read_long);
  ADD ("bad-file", test_bad_file);
  ADD ("endless-line", test_endless_line);
  ADD ("no-file", test_no_file);
#undef ADD
  return g_test_run ();
}
