/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The replay transport on a clock that the test moves, and a round trip: what the serial transport recorded,
 * played back. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "amsel-error.h"
#include "amsel-hex.h"
#include "replay-transport.h"
#include "serial-transport.h"
#include "test-clock.h"
#include "transport-probe.h"

#define MS 1000

typedef struct
{
  gchar *folder; /* (owned) */
  gchar *path;   /* (owned) */
  TestClock *clock;
  TransportProbe *probe;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("amsel-replay-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "line.rec", NULL);
  f->clock = test_clock_new (0);
  f->probe = transport_probe_new (g_object_new (REPLAY_TYPE_TRANSPORT, "file", f->path, NULL));
  amsel_transport_set_clock (f->probe->transport, AMSEL_CLOCK (f->clock));
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  transport_probe_free (f->probe);
  g_object_unref (f->clock);
  g_remove (f->path);
  g_rmdir (f->folder);
  g_free (f->path);
  g_free (f->folder);
}

static void
play (Fixture *f, const gchar *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->path, text, -1, NULL));
  transport_probe_open (f->probe, &error);
  g_assert_no_error (error);
}

static void
assert_story (Fixture *f, const gchar *story)
{
  test_clock_advance (f->clock, 0);
  g_assert_cmpstr (f->probe->story->str, ==, story);
}

static void
assert_story_at (Fixture *f, gint64 after_us, const gchar *story)
{
  test_clock_advance (f->clock, after_us);
  g_assert_cmpstr (f->probe->story->str, ==, story);
}

static void
assert_not_sent (Fixture *f, const gchar *hex, gint code, const gchar *says)
{
  g_autoptr (GBytes) data = amsel_hex_decode (hex, -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (amsel_transport_send (f->probe->transport, data, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, code);
  g_assert_nonnull (strstr (error->message, f->path));
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_heard_only (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "# x\n< 0.5 01\n< 0.5 02\n! 0.75 FE\n< 2 03\n");
  assert_story (f, "");
  assert_story_at (f, 499 * MS, "");
  assert_story_at (f, 1 * MS, "<01 <02");
  assert_story_at (f, 250 * MS, "<01 <02 !FE");
  assert_story_at (f, 1249 * MS, "<01 <02 !FE");
  assert_story_at (f, 1 * MS, "<01 <02 !FE <03 lost");
  g_assert_error (f->probe->lost, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_ENDED);
  g_assert_nonnull (strstr (f->probe->lost->message, f->path));
  g_assert_cmpuint (f->probe->n_lost, ==, 1);
}

/* a second recording in the same file begins when the first has ended */
static void
test_appended (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "< 5 01\n# recorded from …\n< 3 02\n< 4 03\n");
  assert_story_at (f, 5000 * MS, "<01 <02");
  assert_story_at (f, 1000 * MS, "<01 <02 <03 lost");
}

static void
test_dialogue (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "> 1.0 1040\n< 1.1 E5\n> 1.5 105B\n< 1.7 6803\n< 1.72 16\n> 9 1040\n< 9.05 E5\n");
  assert_story_at (f, 60 * 1000 * MS, ""); /* it waits to be asked */
  transport_probe_send (f->probe, "1040");
  assert_story_at (f, 99 * MS, "");
  assert_story_at (f, 1 * MS, "<E5");
  test_clock_advance (f->clock, 10 * 1000 * MS);
  transport_probe_send (f->probe, "105B");
  assert_story_at (f, 200 * MS, "<E5 <6803");
  /* another request than the next one is refused, and changes nothing */
  assert_not_sent (f, "105B01", AMSEL_TRANSPORT_ERROR_SEND,
                   ":6: the recording goes on with the request 1040");
  assert_not_sent (f, "105B01", AMSEL_TRANSPORT_ERROR_SEND, "but 105B01 was sent");
  assert_story_at (f, 20 * MS, "<E5 <6803 <16");
  transport_probe_send (f->probe, "1040");
  assert_story_at (f, 50 * MS, "<E5 <6803 <16 <E5");
  /* who listens for a second answer sees silence before the end */
  assert_story_at (f, 499 * MS, "<E5 <6803 <16 <E5");
  assert_story_at (f, 1 * MS, "<E5 <6803 <16 <E5 lost");
  g_assert_error (f->probe->lost, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_ENDED);
}

static void
test_asked_beyond_the_end (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "> 0 01\n< 0.1 E5\n");
  transport_probe_send (f->probe, "01");
  assert_story_at (f, 200 * MS, "<E5");
  assert_not_sent (f, "02", AMSEL_TRANSPORT_ERROR_ENDED, "the recording has ended");
  assert_story (f, "<E5 lost");
}

/* a request that nobody answered: the silence lasts until somebody asks again */
static void
test_silent_end (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "> 0 01\n> 1 01\n");
  transport_probe_send (f->probe, "01");
  transport_probe_send (f->probe, "01");
  assert_story_at (f, 60 * 1000 * MS, "");
  assert_not_sent (f, "01", AMSEL_TRANSPORT_ERROR_ENDED, "ended");
  assert_story (f, "lost");
}

/* who asks too early gets the answers before it at once, in their order */
static void
test_asked_early (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "> 0 01\n< 1 AA\n! 2 FE\n> 3 02\n< 3.5 BB\n");
  transport_probe_send (f->probe, "01");
  transport_probe_send (f->probe, "02");
  g_assert_cmpstr (f->probe->story->str, ==, ""); /* nothing is reported from within the call */
  assert_story (f, "<AA !FE");
  assert_story_at (f, 500 * MS, "<AA !FE <BB");
}

static void
test_nothing_was_sent (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "< 1 AA\n");
  assert_not_sent (f, "01", AMSEL_TRANSPORT_ERROR_ENDED, "ended");
  assert_story (f, "<AA lost");
}

static void
test_fast (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->probe->transport, "speed", REPLAY_SPEED_FAST, NULL);
  play (f, "< 1 01\n< 2 02\n! 3 FE\n< 4 03\n> 5 1040\n< 3600 E5\n< 3601 16\n");
  assert_story (f, "<0102 !FE <03");
  transport_probe_send (f->probe, "1040");
  g_assert_cmpstr (f->probe->story->str, ==, "<0102 !FE <03");
  assert_story (f, "<0102 !FE <03 <E516");
}

/* at full speed the main loop has its turn in between */
static void
test_fast_in_turns (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "< %u 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF\n",
                            i);
  g_object_set (f->probe->transport, "speed", REPLAY_SPEED_FAST, NULL);
  play (f, text->str);
  transport_probe_wait_lost (f->probe);
  g_assert_cmpuint (f->probe->received->len, ==, 2000 * 32);
  g_assert_cmpuint (f->probe->n_received, ==, 4);
}

static void
test_loop (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->probe->transport, "loop", TRUE, NULL);
  play (f, "< 1 01\n> 2 1040\n< 2.5 E5\n");
  for (guint i = 0; i < 3; i++)
    {
      test_clock_advance (f->clock, 1000 * MS);
      transport_probe_send (f->probe, "1040");
      test_clock_advance (f->clock, 500 * MS);
    }
  assert_story (f, "<01 <E5 <01 <E5 <01 <E5");
}

static void
test_loop_of_nothing (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->probe->transport, "loop", TRUE, NULL);
  play (f, "# nothing\n");
  assert_story (f, "lost");
  g_assert_error (f->probe->lost, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_ENDED);
}

static void
test_any (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->probe->transport, "match", REPLAY_MATCH_ANY, NULL);
  play (f, "> 0 01\n< 0.1 AA\n> 1 02\n< 1.1 BB\n< 1.2 BC\n> 2 01\n< 2.3 AB\n> 3 03\n");
  transport_probe_send (f->probe, "02");
  assert_story_at (f, 1000 * MS, "<BB <BC");
  transport_probe_send (f->probe, "99"); /* a meter that is not there */
  assert_story_at (f, 1000 * MS, "<BB <BC");
  /* the same request: its answers in their order, and round again */
  transport_probe_send (f->probe, "01");
  assert_story_at (f, 100 * MS, "<BB <BC <AA");
  transport_probe_send (f->probe, "01");
  assert_story_at (f, 299 * MS, "<BB <BC <AA");
  assert_story_at (f, 1 * MS, "<BB <BC <AA <AB");
  transport_probe_send (f->probe, "01");
  assert_story_at (f, 100 * MS, "<BB <BC <AA <AB <AA");
  /* a new request ends the answer to the one before */
  transport_probe_send (f->probe, "02");
  test_clock_advance (f->clock, 150 * MS);
  transport_probe_send (f->probe, "03");
  assert_story_at (f, 60 * 1000 * MS, "<BB <BC <AA <AB <AA <BB");
  g_assert_cmpuint (f->probe->n_lost, ==, 0);
}

static void
test_paused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "< 1 01\n< 2 02\n< 10 03\n");
  test_clock_advance (f->clock, 1000 * MS);
  amsel_transport_set_paused (f->probe->transport, TRUE);
  assert_story_at (f, 5000 * MS, "<01");
  amsel_transport_set_paused (f->probe->transport, FALSE);
  assert_story (f, "<01 <02");
  assert_story_at (f, 4000 * MS, "<01 <02 <03 lost");
}

static void
on_received_close (AmselTransport *transport, GBytes *data G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
  amsel_transport_close (transport);
}

static void
test_closed_while_delivering (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_signal_connect (f->probe->transport, "received", G_CALLBACK (on_received_close), NULL);
  play (f, "< 0 01\n< 0 02\n");
  assert_story_at (f, 1000 * MS, "<01");
}

static gboolean
ask_next (gpointer user_data)
{
  transport_probe_send (user_data, "02");
  return G_SOURCE_REMOVE;
}

static void
on_received_ask (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  if (*(const guint8 *) g_bytes_get_data (data, NULL) == 0xE5)
    ask_next (user_data);
}

/* the next request is sent from within the report of the last answer */
static void
test_asked_while_delivering (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_signal_connect (f->probe->transport, "received", G_CALLBACK (on_received_ask), f->probe);
  g_object_set (f->probe->transport, "speed", REPLAY_SPEED_FAST, NULL);
  play (f, "> 0 01\n< 0.1 E5\n> 1 02\n< 1.1 16\n");
  transport_probe_send (f->probe, "01");
  assert_story (f, "<E5 <16");
}

static void
test_bad_line (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  play (f, "# x\n< 1 01\n< 2 0X\n");
  assert_story_at (f, 1000 * MS, "<01 lost");
  g_assert_error (f->probe->lost, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING);
  g_assert_true (g_str_has_prefix (f->probe->lost->message, f->path));
  g_assert_nonnull (strstr (f->probe->lost->message, ":3:6: expected bytes in pairs"));
}

static void
assert_cannot_open (Fixture *f, gint code, const gchar *says)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (transport_probe_open (f->probe, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, code);
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_cannot_open (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  assert_cannot_open (f, AMSEL_TRANSPORT_ERROR_RECORDING, "No such file");
  g_assert_true (g_file_set_contents (f->path, "PK\x03\x04 no recording", -1, NULL));
  assert_cannot_open (f, AMSEL_TRANSPORT_ERROR_RECORDING, ":1:1: expected '>'");
  /* looked up, the whole file is read before */
  g_assert_true (g_file_set_contents (f->path, "< 0 01\n> x\n", -1, NULL));
  g_object_set (f->probe->transport, "match", REPLAY_MATCH_ANY, NULL);
  assert_cannot_open (f, AMSEL_TRANSPORT_ERROR_RECORDING, ":2:3: expected seconds");
  g_object_set (f->probe->transport, "file", NULL, NULL);
  assert_cannot_open (f, AMSEL_TRANSPORT_ERROR_OPEN, "no file");
}

/* ---- a session on a pty, recorded and played ---- */

static void
far_answer (gint master, gsize length, const gchar *hex)
{
  g_autoptr (GBytes) answer = amsel_hex_decode (hex, -1, NULL);
  guint8 request[64];

  g_assert_cmpint (read (master, request, sizeof request), ==, length);
  g_assert_cmpint (write (master, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer)), ==,
                   g_bytes_get_size (answer));
}

static void
hold_session (TransportProbe *probe, gint master)
{
  static const gchar *const TALK[][2] = { { "1040004016", "E5" },
                                          { "105B005B16", "6803036808007FFF11138716" },
                                          { "107B007B16", "FFFF00FF0D0A" } };
  gsize length = 0;

  for (guint i = 0; i < G_N_ELEMENTS (TALK); i++)
    {
      length += strlen (TALK[i][1]) / 2;
      transport_probe_send (probe, TALK[i][0]);
      if (master >= 0)
        far_answer (master, 5, TALK[i][1]);
      transport_probe_wait_received (probe, length);
    }
}

static void
test_round_trip (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  gchar device[64];
  g_autoptr (TransportProbe) serial = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (grantpt (master) == 0 && unlockpt (master) == 0
                 && ptsname_r (master, device, sizeof device) == 0);
  serial =
      transport_probe_new (g_object_new (SERIAL_TYPE_TRANSPORT, "device", device, "record", f->path, NULL));
  transport_probe_open (serial, &error);
  g_assert_no_error (error);
  hold_session (serial, master);
  amsel_transport_close (serial->transport);
  close (master);

  g_object_set (f->probe->transport, "speed", REPLAY_SPEED_FAST, NULL);
  transport_probe_open (f->probe, &error);
  g_assert_no_error (error);
  hold_session (f->probe, -1);
  g_assert_cmpmem (f->probe->received->data, f->probe->received->len, serial->received->data,
                   serial->received->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/transport-replay/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("heard-only", test_heard_only);
  ADD ("appended", test_appended);
  ADD ("dialogue", test_dialogue);
  ADD ("asked-beyond-the-end", test_asked_beyond_the_end);
  ADD ("silent-end", test_silent_end);
  ADD ("asked-early", test_asked_early);
  ADD ("nothing-was-sent", test_nothing_was_sent);
  ADD ("fast", test_fast);
  ADD ("fast-in-turns", test_fast_in_turns);
  ADD ("loop", test_loop);
  ADD ("loop-of-nothing", test_loop_of_nothing);
  ADD ("any", test_any);
  ADD ("paused", test_paused);
  ADD ("closed-while-delivering", test_closed_while_delivering);
  ADD ("asked-while-delivering", test_asked_while_delivering);
  ADD ("bad-line", test_bad_line);
  ADD ("cannot-open", test_cannot_open);
  ADD ("round-trip", test_round_trip);
#undef ADD
  return g_test_run ();
}
