/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exchange and the line: answers, silence, damage, repeats, lanes, loss and reopening. */
#include <libglib-testing/signal-logger.h>

#include "line-fixture.h"

#define MS     1000
#define SECOND ((gint64) G_USEC_PER_SEC)

static void
test_answer (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcome = { 0 };

  mock_transport_set_answer (f->transport, "1", "<1=abc>", 20 * MS);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &outcome);
  test_clock_run_until (f->clock, &outcome.done, SECOND);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.answer, ==, "<1=abc>");
  g_assert_cmpuint (outcome.attempts, ==, 1);
  g_assert_true (outcome.contact);
  line_outcome_clear (&outcome);
}

/* a whole answer is not waited after: three readings take three times their own latency and nothing more */
static void
test_no_fixed_waits (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcomes[3] = { 0 };
  gint64 begin_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (f->clock));

  mock_transport_set_answer (f->transport, "1", "<1=abc>", 20 * MS);
  for (guint i = 0; i < 3; i++)
    line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &outcomes[i]);
  test_clock_run_until (f->clock, &outcomes[2].done, SECOND);
  g_assert_cmpint (amsel_clock_get_monotonic_us (AMSEL_CLOCK (f->clock)) - begin_us, ==, 60 * MS);
  for (guint i = 0; i < 3; i++)
    line_outcome_clear (&outcomes[i]);
}

static void
test_silence (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcome = { 0 };
  gint64 begin_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (f->clock));

  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &outcome);
  test_clock_run_until (f->clock, &outcome.done, 5 * SECOND);
  g_assert_error (outcome.error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT);
  g_assert_cmpuint (outcome.attempts, ==, 3);
  g_assert_false (outcome.contact);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><1?><1?>");
  g_assert_cmpint (amsel_clock_get_monotonic_us (AMSEL_CLOCK (f->clock)) - begin_us, ==, 3 * MOCK_TIMEOUT_US);
  line_outcome_clear (&outcome);
}

static void
test_patience (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcome = { 0 };

  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_ONE_TRY, &outcome);
  test_clock_run_until (f->clock, &outcome.done, SECOND);
  g_assert_cmpuint (outcome.attempts, ==, 1);
  line_outcome_clear (&outcome);
}

static void
test_damage (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const struct
  {
    const gchar *name;
    const gchar *answer;
    const gchar *expected; /* the frame, or NULL for damage */
    guint attempts;
    AmselReadError error;
  } vectors[] = {
    { "garbage before the frame", "\x01\x02<1=abc>", "<1=abc>", 1, AMSEL_READ_ERROR_NONE },
    { "garbage only", "xyzzy", NULL, 3, AMSEL_READ_ERROR_DAMAGED },
    { "half a frame", "<1=ab", NULL, 3, AMSEL_READ_ERROR_TRUNCATED },
    { "half a frame before a whole one", "<1=<1=abc>", "<1=<1=abc>", 1, AMSEL_READ_ERROR_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      LineOutcome outcome = { 0 };

      g_test_message ("%s", vectors[i].name);
      mock_transport_set_answer (f->transport, "1", vectors[i].answer, 20 * MS);
      line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &outcome);
      test_clock_run_until (f->clock, &outcome.done, 5 * SECOND);
      g_assert_cmpstr (outcome.answer, ==, vectors[i].expected);
      g_assert_cmpuint (outcome.attempts, ==, vectors[i].attempts);
      if (vectors[i].expected == NULL)
        g_assert_error (outcome.error, AMSEL_READ_ERROR, (gint) vectors[i].error);
      line_outcome_clear (&outcome);
    }
}

/* a line that never stops talking ends the reading, and the next meter is read */
static void
test_endless (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *endless = g_strnfill (100000, 'x');
  LineOutcome first = { 0 };
  LineOutcome second = { 0 };

  mock_transport_set_answer (f->transport, "1", endless, 20 * MS);
  mock_transport_set_answer (f->transport, "2", "<2=ok>", 20 * MS);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_ONE_TRY, &first);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "2", AMSEL_PATIENCE_ONE_TRY, &second);
  test_clock_run_until (f->clock, &second.done, 5 * SECOND);
  g_assert_error (first.error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_DAMAGED);
  g_assert_cmpstr (second.answer, ==, "<2=ok>");
  line_outcome_clear (&first);
  line_outcome_clear (&second);
}

static void
test_lanes (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome search = { .label = "F" };
  LineOutcome scheduled[2] = { { .label = "S" }, { .label = "s" } };
  LineOutcome urgent[6] = { { .label = "1" }, { .label = "2" }, { .label = "3" },
                            { .label = "4" }, { .label = "5" }, { .label = "6" } };

  mock_transport_set_answer (f->transport, "1", "<1=abc>", 20 * MS);
  line_fixture_submit (f, AMSEL_LANE_SEARCH, "1", AMSEL_PATIENCE_FULL, &search);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &scheduled[0]);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &scheduled[1]);
  for (guint i = 0; i < 6; i++)
    line_fixture_submit (f, AMSEL_LANE_ON_DEMAND, "1", AMSEL_PATIENCE_FULL, &urgent[i]);
  test_clock_run_until (f->clock, &search.done, 5 * SECOND);
  /* urgent ones first, but after four of them somebody else has a turn */
  g_assert_cmpstr (f->log->str, ==, "1234S56sF");
  for (guint i = 0; i < 6; i++)
    line_outcome_clear (&urgent[i]);
  line_outcome_clear (&scheduled[0]);
  line_outcome_clear (&scheduled[1]);
  line_outcome_clear (&search);
}

static void
test_cancel (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome running = { 0 };
  LineOutcome waiting = { 0 };
  AmselDialogue *first = line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &running);
  AmselDialogue *second = line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "2", AMSEL_PATIENCE_FULL, &waiting);

  test_clock_advance (f->clock, 100 * MS);
  amsel_line_cancel (f->line, second);
  g_assert_error (waiting.error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED);
  g_assert_false (running.done);
  amsel_line_cancel (f->line, first);
  g_assert_error (running.error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED);
  line_outcome_clear (&running);
  line_outcome_clear (&waiting);
}

/* The line has said that it is in this state now, and nothing before it. */
static void
assert_state (GtSignalLogger *logger, AmselLine *line, AmselLineState expected)
{
  AmselLineState state = AMSEL_LINE_STATE_NONE;
  g_autofree gchar *message = NULL;

  gt_signal_logger_assert_emission_pop (logger, line, "state-changed", &state, &message);
  g_assert_cmpint (state, ==, expected);
  g_assert_nonnull (message);
}

/* one message for each change of state, growing pauses, and a reason for whoever asks meanwhile */
static void
test_loss (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) unplugged =
      g_error_new_literal (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "unplugged");
  g_autoptr (GtSignalLogger) logger = gt_signal_logger_new ();
  LineOutcome running = { 0 };
  LineOutcome waiting = { 0 };
  LineOutcome later = { 0 };
  LineOutcome back = { 0 };

  gt_signal_logger_connect (logger, f->line, "state-changed");
  mock_transport_set_answer (f->transport, "1", "<1=abc>", 200 * MS);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &running);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &waiting);
  test_clock_advance (f->clock, 100 * MS);
  assert_state (logger, f->line, AMSEL_LINE_STATE_OPEN);
  mock_transport_set_broken (f->transport, TRUE);
  amsel_transport_lost (AMSEL_TRANSPORT (f->transport), unplugged);
  g_assert_error (running.error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST);
  g_assert_error (waiting.error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST);
  test_clock_advance (f->clock, 3600 * SECOND);
  /* 1, 2, 4 … 60 s and then every minute: about 64 attempts in an hour, not 3600 */
  g_assert_cmpuint (mock_transport_get_n_opened (f->transport), <, 70);
  g_assert_cmpuint (mock_transport_get_n_opened (f->transport), >, 55);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &later);
  g_assert_error (later.error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN);
  mock_transport_set_broken (f->transport, FALSE);
  test_clock_advance (f->clock, 61 * SECOND);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &back);
  test_clock_run_until (f->clock, &back.done, SECOND);
  g_assert_no_error (back.error);
  assert_state (logger, f->line, AMSEL_LINE_STATE_WAITING);
  assert_state (logger, f->line, AMSEL_LINE_STATE_OPEN);
  gt_signal_logger_assert_no_emissions (logger);
  line_outcome_clear (&running);
  line_outcome_clear (&waiting);
  line_outcome_clear (&later);
  line_outcome_clear (&back);
}

static void
on_heard (AmselFrame *frame, gpointer user_data)
{
  gsize length;
  const guint8 *bytes = amsel_frame_get_data (frame, &length);

  g_string_append_len (user_data, (const gchar *) bytes, (gssize) length);
}

static void
test_listen (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_line_listen (f->line, f->protocol, on_heard, f->log);
  test_clock_advance (f->clock, MS);
  mock_transport_inject (f->transport, "gar<1=a><2=");
  mock_transport_inject (f->transport, "b>");
  g_assert_cmpstr (f->log->str, ==, "<1=a><2=b>");
}

/* A line that is listened to with a receiver that has to be set up. */
static void
listen_to_receiver (LineFixture *f)
{
  mock_protocol_set_prepares (MOCK_PROTOCOL (f->protocol), TRUE);
  amsel_line_stop (f->line);
  g_object_set (f->line, "silence", 60 * SECOND, NULL);
  amsel_line_listen (f->line, f->protocol, on_heard, f->log);
  amsel_line_start (f->line);
}

/* it is set up when the line was opened, also after a loss, and when it has been silent for too long */
static void
test_receiver_is_set_up (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) unplugged =
      g_error_new_literal (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "unplugged");

  listen_to_receiver (f);
  mock_transport_set_answer (f->transport, MOCK_RECEIVER, "<R=ok>", 20 * MS);
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<R?>");
  g_assert_cmpstr (f->log->str, ==, "");
  for (guint i = 0; i < 10; i++)
    {
      test_clock_advance (f->clock, 30 * SECOND);
      mock_transport_inject (f->transport, "<1=a>");
    }
  g_assert_cmpuint (f->log->len, ==, 10 * strlen ("<1=a>"));
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<R?>");
  test_clock_advance (f->clock, 61 * SECOND);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<R?><R?>");
  mock_transport_clear_sent (f->transport);
  amsel_transport_lost (AMSEL_TRANSPORT (f->transport), unplugged);
  test_clock_advance (f->clock, 10 * SECOND);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<R?>");
}

/* one that does not answer is opened again, until it does; one that sends garbage is set up again */
static void
test_receiver_is_dead (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *garbage = g_strnfill (5000, 'x');

  listen_to_receiver (f);
  test_clock_advance (f->clock, 10 * SECOND);
  g_assert_cmpuint (mock_transport_get_n_opened (f->transport), >=, 3);
  g_assert_cmpuint (mock_transport_get_n_opened (f->transport), <=, 6);
  mock_transport_set_answer (f->transport, MOCK_RECEIVER, "<R=ok>", 20 * MS);
  test_clock_advance (f->clock, 59 * SECOND);
  g_assert_cmpint (amsel_line_get_state (f->line), ==, AMSEL_LINE_STATE_OPEN);
  mock_transport_clear_sent (f->transport);
  mock_transport_inject (f->transport, garbage);
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<R?>");
}

/* who hears of a frame may end the listening there and then */
static void
on_heard_stop (AmselFrame *frame G_GNUC_UNUSED, gpointer user_data)
{
  LineFixture *f = user_data;

  g_string_append (f->log, "1");
  amsel_line_listen (f->line, NULL, NULL, NULL);
}

static void
test_listen_no_more (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_line_listen (f->line, f->protocol, on_heard_stop, f);
  test_clock_advance (f->clock, MS);
  mock_transport_inject (f->transport, "<1=a><2=b>");
  g_assert_cmpstr (f->log->str, ==, "1");
}

/* stopped while it is being opened, and started again before that has come to its end */
static void
test_restart_while_opening (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcome = { 0 };

  amsel_line_stop (f->line);
  amsel_line_start (f->line);
  mock_transport_set_answer (f->transport, "1", "<1=abc>", 20 * MS);
  test_clock_advance (f->clock, 0);
  test_clock_advance (f->clock, 10 * SECOND);
  g_assert_cmpint (amsel_line_get_state (f->line), ==, AMSEL_LINE_STATE_OPEN);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &outcome);
  test_clock_run_until (f->clock, &outcome.done, SECOND);
  g_assert_no_error (outcome.error);
  line_outcome_clear (&outcome);
}

typedef struct
{
  LineFixture *fixture;
  AmselDialogue *other; /* (unowned) */
  guint n;
} Canceller;

static void
on_done_cancel (AmselDialogue *dialogue G_GNUC_UNUSED, const AmselDialogueReport *report G_GNUC_UNUSED,
                const GError *error G_GNUC_UNUSED, gpointer user_data)
{
  Canceller *canceller = user_data;

  canceller->n++;
  if (canceller->other != NULL)
    amsel_line_cancel (canceller->fixture->line, g_steal_pointer (&canceller->other));
}

/* while what waits is failed one by one, a caller takes back another dialogue: it is told at once, and once
 */
static void
test_cancel_while_failing (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcome = { 0 };
  Canceller canceller = { .fixture = f };
  g_autoptr (AmselMeter) meter = amsel_meter_new (NULL, "1");
  g_autoptr (AmselDialogue) dialogue = amsel_protocol_read (f->protocol, meter, NULL);

  amsel_line_submit (f->line, AMSEL_LANE_SCHEDULED, f->protocol, dialogue, AMSEL_PATIENCE_FULL,
                     on_done_cancel, &canceller);
  canceller.other = line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "2", AMSEL_PATIENCE_FULL, &outcome);
  amsel_line_stop (f->line);
  g_assert_cmpuint (canceller.n, ==, 1);
  g_assert_error (outcome.error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED);
  g_assert_cmpstr (outcome.error->message, ==, "stopped by the user");
  line_outcome_clear (&outcome);
  test_clock_advance (f->clock, 0);
}

typedef struct
{
  AmselTransport *transport; /* (unowned) */
  GError *error;             /* (owned) */
  guint n;
} Loan;

static void
on_borrowed (AmselTransport *transport, const GError *error, gpointer user_data)
{
  Loan *loan = user_data;

  loan->n++;
  loan->transport = transport;
  g_clear_error (&loan->error);
  loan->error = error != NULL ? g_error_copy (error) : NULL;
}

/* who has the line to himself gets it after what is going on; all others are told so until he gives it back
 */
static void
test_loan (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  LineOutcome outcomes[3] = { 0 };
  Loan loan = { 0 };
  Loan second = { 0 };

  mock_transport_set_answer (f->transport, "1", "<1=abc>", 20 * MS);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &outcomes[0]);
  test_clock_advance (f->clock, 10 * MS);
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &outcomes[1]);
  amsel_line_borrow (f->line, on_borrowed, &loan);
  g_assert_cmpuint (loan.n, ==, 0);
  amsel_line_borrow (f->line, on_borrowed, &second);
  g_assert_error (second.error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_BUSY);
  test_clock_advance (f->clock, 20 * MS);
  g_assert_no_error (outcomes[0].error);
  g_assert_error (outcomes[1].error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_BUSY);
  g_assert_true (loan.transport == AMSEL_TRANSPORT (f->transport));
  line_fixture_submit (f, AMSEL_LANE_ON_DEMAND, "1", AMSEL_PATIENCE_FULL, &outcomes[2]);
  g_assert_error (outcomes[2].error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_BUSY);
  amsel_line_give_back (f->line, &second); /* he has it not */
  amsel_line_give_back (f->line, &loan);
  g_assert_cmpuint (loan.n, ==, 1);
  for (guint i = 0; i < 3; i++)
    line_outcome_clear (&outcomes[i]);
  g_clear_error (&second.error);
  outcomes[0].done = FALSE;
  line_fixture_submit (f, AMSEL_LANE_SCHEDULED, "1", AMSEL_PATIENCE_FULL, &outcomes[0]);
  test_clock_run_until (f->clock, &outcomes[0].done, SECOND);
  g_assert_no_error (outcomes[0].error);
  line_outcome_clear (&outcomes[0]);
}

/* a loan ends with the line, and a line that is not open is not lent */
static void
test_loan_lost (LineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "unplugged");
  Loan loan = { 0 };

  test_clock_advance (f->clock, 0);
  amsel_line_borrow (f->line, on_borrowed, &loan);
  test_clock_advance (f->clock, 0);
  g_assert_nonnull (loan.transport);
  amsel_transport_lost (loan.transport, error);
  g_assert_null (loan.transport);
  g_assert_error (loan.error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST);
  amsel_line_borrow (f->line, on_borrowed, &loan);
  g_assert_cmpuint (loan.n, ==, 3);
  g_assert_null (loan.transport);
  g_clear_error (&loan.error);
}

#define ADD(path, func)                                                                                      \
  g_test_add (path, LineFixture, NULL, line_fixture_set_up, func, line_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/line/answer", test_answer);
  ADD ("/line/no-fixed-waits", test_no_fixed_waits);
  ADD ("/line/silence", test_silence);
  ADD ("/line/patience", test_patience);
  ADD ("/line/damage", test_damage);
  ADD ("/line/endless", test_endless);
  ADD ("/line/lanes", test_lanes);
  ADD ("/line/cancel", test_cancel);
  ADD ("/line/loss", test_loss);
  ADD ("/line/listen", test_listen);
  ADD ("/line/listen-no-more", test_listen_no_more);
  ADD ("/line/receiver-is-set-up", test_receiver_is_set_up);
  ADD ("/line/receiver-is-dead", test_receiver_is_dead);
  ADD ("/line/restart-while-opening", test_restart_while_opening);
  ADD ("/line/cancel-while-failing", test_cancel_while_failing);
  ADD ("/line/loan", test_loan);
  ADD ("/line/loan-lost", test_loan_lost);
  return g_test_run ();
}
