/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a line does that no meter does: echoes, noise, breaks, a port that does not send; and that the next
 * reading goes well behind each of them. */
#include "line-fixture.h"

#define MS     1000
#define SECOND ((gint64) G_USEC_PER_SEC)

static void
set_up (LineFixture *f, gconstpointer data)
{
  line_fixture_set_up (f, data);
  test_clock_advance (f->clock, 0);
}

static void
begin (LineFixture *f, const gchar *address, LineOutcome *outcome)
{
  *outcome = (LineOutcome){ 0 };
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, address, AMSEL_PATIENCE_FULL, outcome);
}

static void
expect_answer (LineFixture *f, const gchar *address, const gchar *expected)
{
  LineOutcome outcome;

  begin (f, address, &outcome);
  test_clock_run_until (f->clock, &outcome.done, 10 * SECOND);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.answer, ==, expected);
  line_outcome_clear (&outcome);
}

static void
expect_error (LineFixture *f, const gchar *address, GQuark domain, gint code, guint attempts)
{
  LineOutcome outcome;

  begin (f, address, &outcome);
  test_clock_run_until (f->clock, &outcome.done, 10 * SECOND);
  g_assert_error (outcome.error, domain, code);
  g_assert_cmpuint (outcome.attempts, ==, attempts);
  line_outcome_clear (&outcome);
}

/* What came back once, twice, or late from the request before, is not the answer; half of an echo is garbage
 * in front of it. */
static void
test_echo (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  mock_transport_set_answer (f->transport, "1", "<1?><1=abc>", 20 * MS);
  mock_transport_set_answer (f->transport, "2", "<2?><2?><2=abc>", 20 * MS);
  mock_transport_set_answer (f->transport, "3", "<2?><3?><3=abc>", 20 * MS);
  mock_transport_set_answer (f->transport, "4", "4?><4=abc>", 20 * MS);
  for (guint round = 0; round < 2; round++)
    {
      expect_answer (f, "1", "<1=abc>");
      expect_answer (f, "2", "<2=abc>");
      expect_answer (f, "3", "<3=abc>");
      expect_answer (f, "4", "<4=abc>");
    }
}

/* The echo comes at once and the answer at the last moment: the wait for it does not end with the echo. */
static void
test_echo_then_late_answer (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcome;

  begin (f, "1", &outcome);
  test_clock_advance (f->clock, 5 * MS);
  mock_transport_inject (f->transport, "<1");
  test_clock_advance (f->clock, 5 * MS);
  mock_transport_inject (f->transport, "?>");
  test_clock_advance (f->clock, 280 * MS);
  g_assert_false (outcome.done);
  mock_transport_inject (f->transport, "<1=abc>");
  test_clock_run_until (f->clock, &outcome.done, SECOND);
  g_assert_cmpstr (outcome.answer, ==, "<1=abc>");
  line_outcome_clear (&outcome);
}

/* An echo alone is silence: not a frame, and not damage. */
static void
test_echo_only (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  mock_transport_set_answer (f->transport, "1", "<1?>", 5 * MS);
  expect_error (f, "1", AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT, 3);
  mock_transport_set_answer (f->transport, "1", "<1?><1?>", 5 * MS);
  expect_error (f, "1", AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT, 3);
}

/* A converter that has lost its power gives back nothing, not even the echo; a dead meter leaves the echo. A
 * converter that was exchanged for one without echo is known as soon as a meter answers. */
static void
test_no_echo (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  mock_transport_set_answer (f->transport, "1", "<1?><1=abc>", 20 * MS);
  mock_transport_set_answer (f->transport, "9", "<9?>", 20 * MS);
  expect_answer (f, "1", "<1=abc>");
  expect_error (f, "9", AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT, 3);
  mock_transport_set_answer (f->transport, "1", NULL, 0);
  expect_error (f, "1", AMSEL_READ_ERROR, AMSEL_READ_ERROR_NO_ECHO, 3);
  mock_transport_set_answer (f->transport, "1", "<1=abc>", 20 * MS);
  expect_answer (f, "1", "<1=abc>");
  mock_transport_set_answer (f->transport, "9", NULL, 0);
  expect_error (f, "9", AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT, 3);
}

/* Gives damaged characters to each attempt that is in the list; returns what the reading ends with. */
static void
read_damaged (LineFixture *f, const gchar *characters, gsize length, guint attempts, AmselReadError expected)
{
  LineOutcome outcome;

  begin (f, "1", &outcome);
  for (guint attempt = 1; attempt <= 3; attempt++)
    {
      test_clock_advance (f->clock, 100 * MS);
      if ((attempts >> attempt & 1) != 0)
        mock_transport_inject_damaged (f->transport, characters, length);
      test_clock_advance (f->clock, MOCK_TIMEOUT_US - 100 * MS - (attempts >> attempt & 1) * 150 * MS);
    }
  test_clock_run_until (f->clock, &outcome.done, 10 * SECOND);
  g_assert_error (outcome.error, AMSEL_READ_ERROR, (gint) expected);
  g_assert_cmpuint (outcome.attempts, ==, 3);
  line_outcome_clear (&outcome);
}

/* Damage each time is a collision, damage now and then is noise, and spaces alone are a line held down. */
static void
test_kinds_of_damage (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  read_damaged (f, "\x21\x65", 2, 1 << 1 | 1 << 2 | 1 << 3, AMSEL_READ_ERROR_COLLISION);
  test_clock_advance (f->clock, 10 * SECOND);
  read_damaged (f, "\x21\x65", 2, 1 << 2 | 1 << 3, AMSEL_READ_ERROR_NOISE);
  test_clock_advance (f->clock, 10 * SECOND);
  read_damaged (f, "\0\0", 2, 1 << 1 | 1 << 2 | 1 << 3, AMSEL_READ_ERROR_BREAK);
  test_clock_advance (f->clock, 10 * SECOND);
  /* one break is no line that is held down */
  read_damaged (f, "\0\x21", 2, 1 << 1 | 1 << 2 | 1 << 3, AMSEL_READ_ERROR_COLLISION);
}

/* Characters that come out of silence tell a noisy line, for a while. */
static void
test_stray_characters (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 3; i++)
    {
      test_clock_advance (f->clock, 2 * SECOND);
      mock_transport_inject (f->transport, "x");
    }
  test_clock_advance (f->clock, 2 * SECOND);
  read_damaged (f, "\x21", 1, 1 << 1 | 1 << 2 | 1 << 3, AMSEL_READ_ERROR_NOISE);
  test_clock_advance (f->clock, 120 * SECOND);
  read_damaged (f, "\x21", 1, 1 << 1 | 1 << 2 | 1 << 3, AMSEL_READ_ERROR_COLLISION);
}

/* A port that takes bytes and does not send them is told from a silent meter, and opened anew. */
static void
test_stuck (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  mock_transport_set_answer (f->transport, "1", "<1=abc>", 20 * MS);
  mock_transport_set_stuck (f->transport, 2);
  expect_error (f, "1", AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND, 1);
  mock_transport_set_stuck (f->transport, 0);
  g_assert_cmpint (amsel_line_get_state (f->line), ==, AMSEL_LINE_STATE_WAITING);
  test_clock_advance (f->clock, 2 * SECOND);
  g_assert_cmpuint (mock_transport_get_n_opened (f->transport), ==, 2);
  expect_answer (f, "1", "<1=abc>");
}

/* A port that takes nothing: the dialogue is told, and the meter has no share in it. */
static void
test_refused (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcome;

  mock_transport_set_answer (f->transport, "1", "<1=abc>", 20 * MS);
  mock_transport_set_refusing (f->transport, TRUE);
  begin (f, "1", &outcome);
  test_clock_run_until (f->clock, &outcome.done, SECOND);
  g_assert_error (outcome.error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND);
  g_assert_true (outcome.line_fault);
  line_outcome_clear (&outcome);
  mock_transport_set_refusing (f->transport, FALSE);
  expect_answer (f, "1", "<1=abc>");
}

/* A device that answers some requests with the very bytes of them, as Modbus does: its dialogue says so. */
struct _MirrorDialogue
{
  AmselDialogue parent_instance;
};

#define TEST_TYPE_MIRROR_DIALOGUE (mirror_dialogue_get_type ())
G_DECLARE_FINAL_TYPE (MirrorDialogue, mirror_dialogue, TEST, MIRROR_DIALOGUE, AmselDialogue)
G_DEFINE_FINAL_TYPE (MirrorDialogue, mirror_dialogue, AMSEL_TYPE_DIALOGUE)

static AmselRequest *
mirror_dialogue_next (AmselDialogue *dialogue, const AmselAnswer *answer, GError **error G_GNUC_UNUSED)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("<5?>", 4);
  AmselRequest *request;

  if (answer->status != AMSEL_ANSWER_NONE)
    {
      g_assert_cmpint (answer->status, ==, AMSEL_ANSWER_FRAME);
      amsel_dialogue_add_frame (dialogue, answer->frame);
      return amsel_request_new_finished ();
    }
  request = amsel_request_new (AMSEL_REQUEST_ASK, data, MOCK_TIMEOUT_US);
  request->mirrored = TRUE;
  return request;
}

static void
mirror_dialogue_class_init (MirrorDialogueClass *klass)
{
  AMSEL_DIALOGUE_CLASS (klass)->next = mirror_dialogue_next;
}

static void
mirror_dialogue_init (MirrorDialogue *self G_GNUC_UNUSED)
{
}

static void
test_mirrored (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselDialogue) dialogue = g_object_new (TEST_TYPE_MIRROR_DIALOGUE, NULL);
  LineOutcome outcome = { 0 };

  mock_transport_set_answer (f->transport, "5", "<5?>", 20 * MS);
  amsel_line_submit (f->line, AMSEL_LANE_SCHEDULED, f->protocol, dialogue, AMSEL_PATIENCE_FULL,
                     line_outcome_note, &outcome);
  test_clock_run_until (f->clock, &outcome.done, SECOND);
  g_assert_cmpstr (outcome.answer, ==, "<5?>");
  line_outcome_clear (&outcome);
}

#define ADD(path, func) g_test_add (path, LineFixture, NULL, set_up, func, line_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/hygiene/echo", test_echo);
  ADD ("/hygiene/echo-then-late-answer", test_echo_then_late_answer);
  ADD ("/hygiene/echo-only", test_echo_only);
  ADD ("/hygiene/no-echo", test_no_echo);
  ADD ("/hygiene/kinds-of-damage", test_kinds_of_damage);
  ADD ("/hygiene/stray-characters", test_stray_characters);
  ADD ("/hygiene/mirrored", test_mirrored);
  ADD ("/hygiene/stuck", test_stuck);
  ADD ("/hygiene/refused", test_refused);
  return g_test_run ();
}
