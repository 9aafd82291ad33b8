/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each number of the AMS table from a cause of its own, on a simulated line at 2400 Bd; and behind each of
 * them, the next meter is read. */
#include "mbus-error.h"
#include "mbus-frame.h"
#include "mbus-meter.h"
#include "mbus-protocol.h"
#include "mbus-segment.h"

#define MS     ((gint64) 1000)
#define SECOND ((gint64) G_USEC_PER_SEC)

/* From the C field on; identification number, and address 5. */
#define TELEGRAM       "08 05 72 78563412 4D25 01 07 40 00 0000 0C13 27048502 046D 0000C131"
#define OTHER_TELEGRAM "08 05 72 79563412 4D25 01 07 41 00 0000 0C13 55443302 0B22 554433"
#define GOOD_TELEGRAM  "08 07 72 11223344 4D25 01 07 42 00 0000 0C13 00000001"

typedef struct
{
  MbusSegment *segment;
  AmselLine *line;
  AmselProtocol *protocol;
} Fixture;

typedef struct
{
  gboolean done;
  GError *error;
  guint n_frames;
  gboolean complete;
  gboolean line_fault;
} Outcome;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->segment = mbus_segment_new (&(MbusSegmentOptions){ .seed = 1 });
  f->line = amsel_line_new ("bus", f->segment->transport);
  f->protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  amsel_line_start (f->line);
  test_clock_advance (f->segment->clock, 0);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_line_stop (f->line);
  test_clock_advance (f->segment->clock, 0);
  g_assert_finalize_object (f->line);
  g_assert_finalize_object (f->protocol);
  mbus_segment_free (f->segment);
}

static SimulatorTransport *
get_port (Fixture *f)
{
  return TEST_SIMULATOR_TRANSPORT (f->segment->transport);
}

static void
on_done (AmselDialogue *dialogue, const AmselDialogueReport *report, const GError *error, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->done = TRUE;
  outcome->error = error != NULL ? g_error_copy (error) : NULL;
  outcome->n_frames = amsel_dialogue_get_frames (dialogue)->len;
  outcome->complete = amsel_dialogue_get_complete (dialogue);
  outcome->line_fault = report->line_fault;
}

/* Begins a reading; the line owns the dialogue. */
static AmselDialogue *
begin (Fixture *f, const gchar *address, guint baud, Outcome *outcome)
{
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, "baud", baud, NULL);
  g_autoptr (AmselDialogue) dialogue = NULL;

  *outcome = (Outcome){ 0 };
  dialogue = amsel_protocol_read (f->protocol, meter, &outcome->error);
  if (dialogue == NULL)
    {
      outcome->done = TRUE;
      return NULL;
    }
  amsel_line_submit (f->line, AMSEL_LANE_ON_DEMAND, f->protocol, dialogue, AMSEL_PATIENCE_FULL, on_done,
                     outcome);
  return dialogue;
}

static void
run (Fixture *f, const gchar *address, Outcome *outcome)
{
  begin (f, address, 0, outcome);
  test_clock_run_until (f->segment->clock, &outcome->done, 120 * SECOND);
}

/* The error has this number, and a technician is told what to look at. */
static void
assert_number (const GError *error, gint number)
{
  GQuark domain = number >= MBUS_FRAME_ERROR_WRONG_FIRST_START ? MBUS_FRAME_ERROR : MBUS_READ_ERROR;

  g_assert_error (error, domain, number);
  g_assert_cmpstr (mbus_error_get_sentence (number), !=, mbus_error_get_sentence (-1));
}

static void
expect (Fixture *f, const gchar *address, gint number)
{
  Outcome outcome;

  run (f, address, &outcome);
  assert_number (outcome.error, number);
  g_clear_error (&outcome.error);
}

/* The next meter is read, also where the port had to be opened again. */
static void
expect_next_is_read (Fixture *f)
{
  Outcome outcome;

  simulator_transport_set_budget (get_port (f), G_MAXSIZE, G_MAXSIZE);
  simulator_transport_set_only_baud (get_port (f), 0);
  g_object_set (f->segment->simulator, "converter", MBUS_CONVERTER_SOUND, "noise", 0.0, NULL);
  if (amsel_line_get_state (f->line) != AMSEL_LINE_STATE_OPEN)
    test_clock_advance (f->segment->clock, 2 * SECOND);
  mbus_segment_add (f->segment, GOOD_TELEGRAM, NULL);
  run (f, "7", &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n_frames, ==, 1);
}

/* What one slave does wrong, and the number that it gets. */
static const struct
{
  const gchar *name;
  MbusSlaveFault fault;
  const gchar *address;
  gint number;
} SLAVES[] = {
  { "reset-timeout", MBUS_SLAVE_FAULT_NONE, "6", MBUS_READ_ERROR_RESET_TIMEOUT },
  { "reset-bad-frame", MBUS_SLAVE_FAULT_WRONG_ACK, "5", MBUS_READ_ERROR_RESET_BAD_FRAME },
  { "request-timeout", MBUS_SLAVE_FAULT_ONLY_ACKS, "5", MBUS_READ_ERROR_REQUEST_TIMEOUT },
  { "request-bad-frame", MBUS_SLAVE_FAULT_PARITY, "5", MBUS_READ_ERROR_REQUEST_BAD_FRAME },
  { "request-framing", MBUS_SLAVE_FAULT_FRAMING, "5", MBUS_READ_ERROR_REQUEST_BAD_FRAME },
  { "wrong-control", MBUS_SLAVE_FAULT_WRONG_CONTROL, "5", MBUS_READ_ERROR_WRONG_ANSWER },
  { "wrong-address", MBUS_SLAVE_FAULT_WRONG_ADDRESS, "5", MBUS_READ_ERROR_WRONG_ADDRESS },
  { "wrong-id", MBUS_SLAVE_FAULT_OTHER_ID, "12345678", MBUS_READ_ERROR_WRONG_ADDRESS },
  { "selection-timeout", MBUS_SLAVE_FAULT_NONE, "87654321", MBUS_READ_ERROR_SELECTION_TIMEOUT },
  { "selection-bad-frame", MBUS_SLAVE_FAULT_WRONG_ACK, "12345678", MBUS_READ_ERROR_SELECTION_BAD_FRAME },
  { "first-start", MBUS_SLAVE_FAULT_WRONG_FIRST_START, "5", MBUS_FRAME_ERROR_WRONG_FIRST_START },
  { "second-start", MBUS_SLAVE_FAULT_WRONG_SECOND_START, "5", MBUS_FRAME_ERROR_WRONG_SECOND_START },
  { "stop", MBUS_SLAVE_FAULT_WRONG_STOP, "5", MBUS_FRAME_ERROR_WRONG_STOP },
  { "checksum", MBUS_SLAVE_FAULT_WRONG_CHECKSUM, "5", MBUS_FRAME_ERROR_WRONG_CHECKSUM },
  { "length-mismatch", MBUS_SLAVE_FAULT_LENGTH_MISMATCH, "5", MBUS_FRAME_ERROR_LENGTH_MISMATCH },
  { "length", MBUS_SLAVE_FAULT_WRONG_LENGTH, "5", MBUS_FRAME_ERROR_WRONG_LENGTH },
  { "truncated", MBUS_SLAVE_FAULT_TRUNCATED, "12345678", MBUS_FRAME_ERROR_WRONG_LENGTH },
  { "garbage", MBUS_SLAVE_FAULT_GARBAGE, "5", MBUS_FRAME_ERROR_WRONG_FIRST_START },
};

static void
test_slave (Fixture *f, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  mbus_segment_add (f->segment, TELEGRAM, "fault", SLAVES[i].fault, NULL);
  expect (f, SLAVES[i].address, SLAVES[i].number);
  expect_next_is_read (f);
}

/* How many bytes of a dialogue leave a port that is out of order, and whether it says so. */
static const struct
{
  const gchar *name;
  const gchar *address;
  gsize budget;
  gsize queue;
  gint number;
} PORTS[] = {
  /* SND_NKE and REQ_UD2 have five bytes each; a selection has seventeen */
  { "reset-refused", "5", 0, 0, MBUS_READ_ERROR_RESET_NOT_BEGUN },
  { "reset-not-begun", "5", 0, G_MAXSIZE, MBUS_READ_ERROR_RESET_NOT_BEGUN },
  { "reset-not-sent", "5", 2, G_MAXSIZE, MBUS_READ_ERROR_RESET_NOT_SENT },
  { "request-refused", "5", 5, 0, MBUS_READ_ERROR_REQUEST_NOT_BEGUN },
  { "request-not-begun", "5", 5, G_MAXSIZE, MBUS_READ_ERROR_REQUEST_NOT_BEGUN },
  { "request-not-sent", "5", 8, G_MAXSIZE, MBUS_READ_ERROR_REQUEST_NOT_SENT },
  { "selection-refused", "12345678", 5, 0, MBUS_READ_ERROR_SELECTION_NOT_BEGUN },
  { "selection-not-begun", "12345678", 5, G_MAXSIZE, MBUS_READ_ERROR_SELECTION_NOT_BEGUN },
  { "selection-not-sent", "12345678", 20, G_MAXSIZE, MBUS_READ_ERROR_SELECTION_NOT_SENT },
  { "selected-request-not-begun", "12345678", 22, G_MAXSIZE, MBUS_READ_ERROR_REQUEST_NOT_BEGUN },
  { "selected-request-not-sent", "12345678", 23, G_MAXSIZE, MBUS_READ_ERROR_REQUEST_NOT_SENT },
};

static void
test_port (Fixture *f, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Outcome outcome;

  mbus_segment_add (f->segment, TELEGRAM, NULL);
  simulator_transport_set_budget (get_port (f), PORTS[i].budget, PORTS[i].queue);
  run (f, PORTS[i].address, &outcome);
  assert_number (outcome.error, PORTS[i].number);
  g_assert_true (outcome.line_fault);
  g_clear_error (&outcome.error);
  expect_next_is_read (f);
}

/* The same while meters are searched for. */
static const struct
{
  const gchar *name;
  gsize budget;
  gsize queue;
  gint number;
} SEARCHES[] = {
  /* the selection of all meters has seventeen bytes, REQ_UD2 five */
  { "selection-refused", 0, 0, MBUS_READ_ERROR_SEARCH_SELECTION_NOT_BEGUN },
  { "selection-not-begun", 0, G_MAXSIZE, MBUS_READ_ERROR_SEARCH_SELECTION_NOT_BEGUN },
  { "selection-not-sent", 12, G_MAXSIZE, MBUS_READ_ERROR_SEARCH_SELECTION_NOT_SENT },
  { "request-refused", 17, 0, MBUS_READ_ERROR_SEARCH_REQUEST_NOT_BEGUN },
  { "request-not-begun", 17, G_MAXSIZE, MBUS_READ_ERROR_SEARCH_REQUEST_NOT_BEGUN },
  { "request-not-sent", 19, G_MAXSIZE, MBUS_READ_ERROR_SEARCH_REQUEST_NOT_SENT },
};

static void
begin_search (Fixture *f, Outcome *outcome)
{
  g_autoptr (AmselSearch) search = amsel_protocol_search (f->protocol, NULL);

  *outcome = (Outcome){ 0 };
  amsel_line_submit (f->line, AMSEL_LANE_SEARCH, f->protocol, AMSEL_DIALOGUE (search), AMSEL_PATIENCE_FULL,
                     on_done, outcome);
}

static void
test_search (Fixture *f, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Outcome outcome;

  mbus_segment_add (f->segment, TELEGRAM, NULL);
  simulator_transport_set_budget (get_port (f), SEARCHES[i].budget, SEARCHES[i].queue);
  begin_search (f, &outcome);
  test_clock_run_until (f->segment->clock, &outcome.done, 120 * SECOND);
  assert_number (outcome.error, SEARCHES[i].number);
  g_clear_error (&outcome.error);
  expect_next_is_read (f);
}

/* Two meters with one secondary address and different telegrams. */
static void
test_search_collision (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome;

  mbus_segment_add (f->segment, TELEGRAM, NULL);
  mbus_segment_add (f->segment, OTHER_TELEGRAM, "id", "12345678", NULL);
  begin_search (f, &outcome);
  test_clock_run_until (f->segment->clock, &outcome.done, 600 * SECOND);
  assert_number (outcome.error, MBUS_READ_ERROR_ADDRESS_COLLISION);
  g_clear_error (&outcome.error);
  expect_next_is_read (f);
}

/* On a line that gives back everything twice, all meters are found, and silence is still silence. */
static void
test_search_with_echo (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselSearch) search = amsel_protocol_search (f->protocol, NULL);
  Outcome outcome = { 0 };

  for (guint i = 0; i < 12; i++)
    {
      g_autofree gchar *id = g_strdup_printf ("%08u", 10000000 + i * 7654321);

      mbus_segment_add (f->segment, NULL, "generate", MBUS_GENERATE_WATER, "id", id, NULL);
    }
  g_object_set (f->segment->simulator, "echo", TRUE, "echo-count", 2, NULL);
  amsel_line_submit (f->line, AMSEL_LANE_SEARCH, f->protocol, AMSEL_DIALOGUE (search), AMSEL_PATIENCE_FULL,
                     on_done, &outcome);
  test_clock_run_until (f->segment->clock, &outcome.done, 120 * SECOND);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (amsel_search_get_found (search)->len, ==, 12);
}

static void
test_malformed_address (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  expect (f, "251", MBUS_READ_ERROR_MALFORMED_ADDRESS);
  expect (f, "1234567G", MBUS_READ_ERROR_MALFORMED_ADDRESS);
  expect_next_is_read (f);
}

static void
test_port_settings (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome;

  mbus_segment_add (f->segment, TELEGRAM, NULL);
  simulator_transport_set_only_baud (get_port (f), 2400);
  begin (f, "5", 9600, &outcome);
  test_clock_run_until (f->segment->clock, &outcome.done, SECOND);
  assert_number (outcome.error, MBUS_READ_ERROR_PORT_SETTINGS);
  g_clear_error (&outcome.error);
  expect_next_is_read (f);
}

/* By the user: while it waits for its turn, and in the middle. What was read until then stays. */
static void
test_stopped (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome running;
  Outcome waiting;
  AmselDialogue *first = begin (f, "6", 0, &running);
  AmselDialogue *second = begin (f, "5", 0, &waiting);

  test_clock_advance (f->segment->clock, 100 * MS);
  amsel_line_cancel (f->line, second);
  assert_number (waiting.error, MBUS_READ_ERROR_STOPPED);
  amsel_line_cancel (f->line, first);
  assert_number (running.error, MBUS_READ_ERROR_STOPPED);
  g_clear_error (&running.error);
  g_clear_error (&waiting.error);
  expect_next_is_read (f);
}

/* A line that is not open: the reading cannot be started. One that is lost in the middle: the request had not
 * come to its end. */
static void
test_lost (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome running;
  Outcome waiting;

  mbus_segment_add (f->segment, TELEGRAM, NULL);
  begin (f, "5", 0, &running);
  begin (f, "5", 0, &waiting);
  test_clock_advance (f->segment->clock, 30 * MS);
  simulator_transport_lose (get_port (f));
  assert_number (running.error, MBUS_READ_ERROR_RESET_NOT_SENT);
  g_assert_true (running.line_fault);
  assert_number (waiting.error, MBUS_READ_ERROR_NOT_STARTED);
  g_clear_error (&running.error);
  g_clear_error (&waiting.error);
  expect (f, "5", MBUS_READ_ERROR_NOT_STARTED);
  expect_next_is_read (f);
}

/* The gateway closes in the middle of the second telegram: the first one is kept. */
static void
test_lost_with_telegrams (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome;
  const gint64 latency_us = 20 * MS;

  mbus_segment_add (f->segment, NULL, "generate", MBUS_GENERATE_HEAT, "id", "12345678", "address", 5, "parts",
                    3, "latency-min", latency_us, "latency-max", latency_us, NULL);
  begin (f, "5", 0, &outcome);
  test_clock_advance (f->segment->clock, 800 * MS);
  simulator_transport_lose (get_port (f));
  g_assert_true (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n_frames, ==, 1);
  g_assert_false (outcome.complete);
  expect_next_is_read (f);
}

/* A sound frame of a kind that nobody knows is an answer, and is kept; what is wrong with it is the decoder's
 * to say. */
static void
test_unknown_ci (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselDialogue) dialogue = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;
  g_autoptr (GError) error = NULL;
  Outcome outcome;

  mbus_segment_add (f->segment, TELEGRAM, "fault", MBUS_SLAVE_FAULT_WRONG_CI, NULL);
  dialogue = g_object_ref (begin (f, "5", 0, &outcome));
  test_clock_run_until (f->segment->clock, &outcome.done, 10 * SECOND);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n_frames, ==, 1);
  telegram = amsel_protocol_decode (f->protocol, g_ptr_array_index (amsel_dialogue_get_frames (dialogue), 0),
                                    NULL, &error);
  g_assert_null (telegram);
  g_assert_nonnull (error);
  expect_next_is_read (f);
}

/* Two meters at one primary address. */
static void
test_collision (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome;

  mbus_segment_add (f->segment, TELEGRAM, NULL);
  mbus_segment_add (f->segment, OTHER_TELEGRAM, NULL);
  run (f, "5", &outcome);
  assert_number (outcome.error, MBUS_READ_ERROR_REQUEST_BAD_FRAME);
  g_assert_nonnull (strstr (outcome.error->message, "several meters"));
  g_clear_error (&outcome.error);
  expect_next_is_read (f);
}

/* A dead meter on a line that picks up characters is not a collision. */
static void
test_noise (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome;
  guint n_noise = 0;

  mbus_segment_add (f->segment, TELEGRAM, "fault", MBUS_SLAVE_FAULT_ONLY_ACKS, NULL);
  g_object_set (f->segment->simulator, "noise", 3.0, NULL);
  run (f, "5", &outcome);
  g_clear_error (&outcome.error);
  /* characters that nobody has asked for give it away */
  test_clock_advance (f->segment->clock, 10 * SECOND);
  for (guint i = 0; i < 20; i++)
    {
      run (f, "5", &outcome);
      g_assert_nonnull (outcome.error);
      g_assert_null (strstr (outcome.error->message, "several meters may have answered"));
      n_noise += strstr (outcome.error->message, "noise") != NULL;
      g_clear_error (&outcome.error);
      test_clock_advance (f->segment->clock, 3 * SECOND);
    }
  g_assert_cmpuint (n_noise, >, 0);
  g_object_set (f->segment->simulator, "noise", 0.0, NULL);
  test_clock_advance (f->segment->clock, 10 * SECOND);
  expect_next_is_read (f);
}

/* A converter that has lost its power, on a line that echoes: nothing was sent, other than with a dead meter.
 */
static void
test_converter_without_power (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome;

  mbus_segment_add (f->segment, TELEGRAM, NULL);
  g_object_set (f->segment->simulator, "echo", TRUE, "echo-count", 2, NULL);
  run (f, "5", &outcome);
  g_assert_no_error (outcome.error);
  expect (f, "6", MBUS_READ_ERROR_RESET_TIMEOUT);
  g_object_set (f->segment->simulator, "converter", MBUS_CONVERTER_SILENT, NULL);
  expect (f, "5", MBUS_READ_ERROR_RESET_NOT_SENT);
  g_object_set (f->segment->simulator, "converter", MBUS_CONVERTER_BREAK, NULL);
  run (f, "5", &outcome);
  assert_number (outcome.error, MBUS_READ_ERROR_RESET_NOT_SENT);
  g_clear_error (&outcome.error);
  g_object_set (f->segment->simulator, "converter", MBUS_CONVERTER_GARBAGE, NULL);
  /* it begins with the first request, which may take some of it for an answer */
  run (f, "5", &outcome);
  g_assert_nonnull (outcome.error);
  g_clear_error (&outcome.error);
  expect (f, "5", MBUS_READ_ERROR_RESET_NOT_BEGUN);
  g_object_set (f->segment->simulator, "converter", MBUS_CONVERTER_SOUND, NULL);
  test_clock_advance (f->segment->clock, SECOND);
  expect_next_is_read (f);
}

/* A slave that talks for eighteen seconds: its own reading fails, the next one waits until the line is quiet
 * or says that it is not, and then all is well. */
static void
test_endless (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  mbus_segment_add (f->segment, TELEGRAM, "fault", MBUS_SLAVE_FAULT_ENDLESS, "fault-limit", 1, NULL);
  expect (f, "5", MBUS_READ_ERROR_REQUEST_NOT_BEGUN);
  expect (f, "6", MBUS_READ_ERROR_RESET_NOT_BEGUN);
  test_clock_advance (f->segment->clock, 15 * SECOND);
  expect_next_is_read (f);
}

/* A protocol that breaks its contract is a fault of the program. */
struct _BrokenProtocol
{
  AmselProtocol parent_instance;
};

#define TEST_TYPE_BROKEN_PROTOCOL (broken_protocol_get_type ())
G_DECLARE_FINAL_TYPE (BrokenProtocol, broken_protocol, TEST, BROKEN_PROTOCOL, AmselProtocol)
G_DEFINE_FINAL_TYPE (BrokenProtocol, broken_protocol, AMSEL_TYPE_PROTOCOL)

static AmselFrameStatus
broken_protocol_find_frame (AmselProtocol *protocol G_GNUC_UNUSED, const guint8 *data G_GNUC_UNUSED,
                            gsize length G_GNUC_UNUSED, gint64 received_us G_GNUC_UNUSED,
                            gsize *used G_GNUC_UNUSED, AmselFrame **frame G_GNUC_UNUSED,
                            GError **error G_GNUC_UNUSED)
{
  return AMSEL_FRAME_STATUS_NONE;
}

static void
broken_protocol_class_init (BrokenProtocolClass *klass)
{
  AMSEL_PROTOCOL_CLASS (klass)->find_frame = broken_protocol_find_frame;
}

static void
broken_protocol_init (BrokenProtocol *self G_GNUC_UNUSED)
{
}

static void
test_internal (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselProtocol) broken = g_object_new (TEST_TYPE_BROKEN_PROTOCOL, NULL);
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", "5", NULL);
  g_autoptr (AmselDialogue) dialogue = amsel_protocol_read (f->protocol, meter, NULL);
  Outcome outcome = { 0 };

  mbus_segment_add (f->segment, TELEGRAM, NULL);
  amsel_line_submit (f->line, AMSEL_LANE_ON_DEMAND, broken, dialogue, AMSEL_PATIENCE_FULL, on_done, &outcome);
  test_clock_run_until (f->segment->clock, &outcome.done, 20 * SECOND);
  assert_number (outcome.error, MBUS_READ_ERROR_INTERNAL);
  g_clear_error (&outcome.error);
  expect_next_is_read (f);
}

/* A meter that sleeps is read when it is woken. */
static void
test_wake_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome;

  mbus_segment_add (f->segment, TELEGRAM, "wake-up", 2 * SECOND, NULL);
  expect (f, "5", MBUS_READ_ERROR_RESET_TIMEOUT);
  g_object_set (f->protocol, "wake-up", 2200 * MS, NULL);
  run (f, "5", &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n_frames, ==, 1);
}

/* Every number has a sentence of its own. */
static void
test_sentences (void)
{
  g_autoptr (GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);

  for (gint number = MBUS_READ_ERROR_INTERNAL; number <= MBUS_FRAME_ERROR_WRONG_LENGTH; number++)
    {
      if (number > MBUS_READ_ERROR_ADDRESS_COLLISION && number < MBUS_FRAME_ERROR_WRONG_FIRST_START)
        continue;
      g_assert_cmpstr (mbus_error_get_sentence (number), !=, mbus_error_get_sentence (-1));
      g_assert_true (g_hash_table_add (all, (gpointer) mbus_error_get_sentence (number)));
    }
}

/* The documentation has each of them with its name. */
static void
test_document (void)
{
  g_autofree gchar *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "wired-faults.md", NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;
  const GType types[] = { MBUS_TYPE_READ_ERROR, MBUS_TYPE_FRAME_ERROR };

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GEnumClass) values = g_type_class_ref (types[i]);

      for (guint k = 0; k < values->n_values; k++)
        {
          g_autofree gchar *number = g_strdup_printf ("%d", values->values[k].value);

          if (values->values[k].value < MBUS_READ_ERROR_INTERNAL)
            continue;
          g_test_message ("%s %s", number, values->values[k].value_nick);
          g_assert_nonnull (strstr (text, number));
          g_assert_nonnull (strstr (text, values->values[k].value_nick));
        }
    }
}

#define ADD(path, func, data) g_test_add (path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (SLAVES); i++)
    {
      g_autofree gchar *path = g_strconcat ("/mbus/faults/slave/", SLAVES[i].name, NULL);

      ADD (path, test_slave, GUINT_TO_POINTER (i));
    }
  for (guint i = 0; i < G_N_ELEMENTS (PORTS); i++)
    {
      g_autofree gchar *path = g_strconcat ("/mbus/faults/port/", PORTS[i].name, NULL);

      ADD (path, test_port, GUINT_TO_POINTER (i));
    }
  for (guint i = 0; i < G_N_ELEMENTS (SEARCHES); i++)
    {
      g_autofree gchar *path = g_strconcat ("/mbus/faults/search/", SEARCHES[i].name, NULL);

      ADD (path, test_search, GUINT_TO_POINTER (i));
    }
  ADD ("/mbus/faults/search/collision", test_search_collision, NULL);
  ADD ("/mbus/faults/search/with-echo", test_search_with_echo, NULL);
  ADD ("/mbus/faults/malformed-address", test_malformed_address, NULL);
  ADD ("/mbus/faults/port-settings", test_port_settings, NULL);
  ADD ("/mbus/faults/stopped", test_stopped, NULL);
  ADD ("/mbus/faults/lost", test_lost, NULL);
  ADD ("/mbus/faults/lost-with-telegrams", test_lost_with_telegrams, NULL);
  ADD ("/mbus/faults/unknown-ci", test_unknown_ci, NULL);
  ADD ("/mbus/faults/collision", test_collision, NULL);
  ADD ("/mbus/faults/noise", test_noise, NULL);
  ADD ("/mbus/faults/converter-without-power", test_converter_without_power, NULL);
  ADD ("/mbus/faults/endless", test_endless, NULL);
  ADD ("/mbus/faults/internal", test_internal, NULL);
  ADD ("/mbus/faults/wake-up", test_wake_up, NULL);
  g_test_add_func ("/mbus/faults/sentences", test_sentences);
  g_test_add_func ("/mbus/faults/document", test_document);
  return g_test_run ();
}
