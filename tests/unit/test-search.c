/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searches on a line: what they find, how they make room for readings, how they end and go on. */
#include <stdlib.h>
#include <string.h>

#include "mock-line.h"

#define MS     1000
#define SECOND ((gint64) G_USEC_PER_SEC)

/* Asks the addresses 1 to 5, one after the other. */
#define LAST_ADDRESS 5

#define TEST_TYPE_SEARCH (test_search_get_type ())
G_DECLARE_FINAL_TYPE (TestSearch, test_search, TEST, SEARCH, AmselSearch)

struct _TestSearch
{
  AmselSearch parent_instance;

  guint address;
  guint n_begun;
};

G_DEFINE_FINAL_TYPE (TestSearch, test_search, AMSEL_TYPE_SEARCH)

static AmselRequest *
test_search_step (AmselSearch *search, const AmselAnswer *answer, GError **error G_GNUC_UNUSED)
{
  TestSearch *self = TEST_SEARCH (search);
  g_autofree gchar *text = NULL;
  g_autoptr (GBytes) data = NULL;

  if (answer->status == AMSEL_ANSWER_NONE)
    self->n_begun++;
  else
    self->address++;
  if (answer->status == AMSEL_ANSWER_FRAME)
    {
      AmselIdentity identity = { .id = self->address, .address = AMSEL_ADDRESS_NONE };
      g_autoptr (AmselFound) found = amsel_found_new (&identity, "here", answer->frame);

      found->latency_us = answer->latency_us;
      amsel_search_add_found (search, found);
    }
  amsel_search_set_progress (search, (gdouble) self->address / LAST_ADDRESS,
                             (LAST_ADDRESS - self->address) * (gint64) MOCK_TIMEOUT_US);
  if (self->address >= LAST_ADDRESS)
    return amsel_request_new_finished ();
  text = g_strdup_printf ("<%u?>", self->address + 1);
  data = g_bytes_new (text, strlen (text));
  return amsel_request_new (AMSEL_REQUEST_ASK, data, MOCK_TIMEOUT_US);
}

static gchar *
test_search_save (AmselSearch *search)
{
  return g_strdup_printf ("%u", TEST_SEARCH (search)->address);
}

static gboolean
test_search_restore (AmselSearch *search, const gchar *state, GError **error G_GNUC_UNUSED)
{
  TEST_SEARCH (search)->address = (guint) atoi (state);
  return TRUE;
}

static void
test_search_class_init (TestSearchClass *klass)
{
  AMSEL_SEARCH_CLASS (klass)->step = test_search_step;
  AMSEL_SEARCH_CLASS (klass)->save = test_search_save;
  AMSEL_SEARCH_CLASS (klass)->restore = test_search_restore;
}

static void
test_search_init (TestSearch *self G_GNUC_UNUSED)
{
}

typedef struct
{
  TestClock *clock;
  MockTransport *transport;
  AmselProtocol *protocol;
  AmselPipeline *pipeline;
  AmselSearch *search;
  guint n_found;
  guint n_progress;
  gboolean read;
  gboolean done;
  gboolean whole;
  GError *error;
} Fixture;

static void
on_found (AmselSearch *search, AmselFound *found, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_found++;
  g_assert_cmpuint (amsel_search_get_found (search)->len, ==, f->n_found);
  g_assert_cmpstr (found->address, ==, "here");
}

static void
on_progress (AmselSearch *search G_GNUC_UNUSED, gpointer user_data)
{
  ((Fixture *) user_data)->n_progress++;
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselLine) line = NULL;

  f->clock = test_clock_new (0);
  f->transport = mock_transport_new (f->clock);
  f->protocol = g_object_new (MOCK_TYPE_PROTOCOL, NULL);
  line = amsel_line_new ("cellar", AMSEL_TRANSPORT (f->transport));
  f->pipeline = amsel_pipeline_new ("heating", line, f->protocol);
  f->search = g_object_new (TEST_TYPE_SEARCH, NULL);
  g_signal_connect (f->search, "found", G_CALLBACK (on_found), f);
  g_signal_connect (f->search, "progress", G_CALLBACK (on_progress), f);
  amsel_line_start (line);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_line_stop (amsel_pipeline_get_line (f->pipeline));
  test_clock_advance (f->clock, 0); /* an opening that was broken off comes to its end */
  g_clear_error (&f->error);
  g_assert_finalize_object (f->search);
  g_assert_finalize_object (f->pipeline);
  g_assert_finalize_object (f->protocol);
  g_assert_finalize_object (f->transport);
  g_assert_finalize_object (f->clock);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->whole = amsel_pipeline_search_finish (AMSEL_PIPELINE (source), result, &f->error);
  f->done = TRUE;
}

static void
test_whole (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const AmselFound *found;
  guint n_found;
  gdouble share;
  gint64 left_us;

  mock_transport_set_answer (f->transport, "2", "<2=ok>", 20 * MS);
  mock_transport_set_answer (f->transport, "5", "<5=ok>", 30 * MS);
  amsel_search_get_progress (f->search, &n_found, &share, &left_us);
  g_assert_cmpint (left_us, ==, -1);
  amsel_pipeline_search_async (f->pipeline, f->search, NULL, on_searched, f);
  test_clock_run_until (f->clock, &f->done, 10 * SECOND);
  g_assert_no_error (f->error);
  g_assert_true (f->whole);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><2?><3?><4?><5?>");
  g_assert_cmpuint (f->n_found, ==, 2);
  g_assert_cmpuint (f->n_progress, ==, 1 + LAST_ADDRESS);
  amsel_search_get_progress (f->search, &n_found, &share, &left_us);
  g_assert_cmpuint (n_found, ==, 2);
  g_assert_cmpfloat (share, ==, 1);
  g_assert_cmpint (left_us, ==, 0);
  found = g_ptr_array_index (amsel_search_get_found (f->search), 1);
  g_assert_cmpuint (found->identity.id, ==, 5);
  g_assert_nonnull (found->frame);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (AmselReadout) readout = amsel_pipeline_read_finish (AMSEL_PIPELINE (source), result, &f->error);

  g_assert_no_error (f->error);
  g_assert_cmpint (amsel_readout_get_quality (readout), ==, AMSEL_QUALITY_GOOD);
  g_assert_false (f->done);
  f->read = TRUE;
}

/* A reading does not wait for the end of the search, which goes on with what it was about to ask. */
static void
test_room (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselMeter) meter = amsel_meter_new (NULL, "9");

  mock_transport_set_answer (f->transport, "9", "<9=ok>", 20 * MS);
  amsel_pipeline_search_async (f->pipeline, f->search, NULL, on_searched, f);
  test_clock_advance (f->clock, MOCK_TIMEOUT_US + 10 * MS);
  amsel_pipeline_read_async (f->pipeline, meter, NULL, on_read, f);
  test_clock_run_until (f->clock, &f->done, 10 * SECOND);
  g_assert_true (f->read);
  g_assert_true (f->whole);
  g_assert_cmpuint (TEST_SEARCH (f->search)->n_begun, ==, 2);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><2?><9?><3?><4?><5?>");
}

/* An end by the user keeps what was found, and another search goes on from there. */
static void
test_abort (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselSearch) next = g_object_new (TEST_TYPE_SEARCH, NULL);
  g_autofree gchar *state = NULL;

  mock_transport_set_answer (f->transport, "1", "<1=ok>", 20 * MS);
  amsel_pipeline_search_async (f->pipeline, f->search, NULL, on_searched, f);
  test_clock_advance (f->clock, 100 * MS);
  amsel_search_abort (f->search);
  test_clock_run_until (f->clock, &f->done, SECOND);
  g_assert_true (f->whole);
  g_assert_false (amsel_dialogue_get_complete (AMSEL_DIALOGUE (f->search)));
  g_assert_cmpuint (f->n_found, ==, 1);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><2?>");

  state = amsel_search_save (f->search);
  g_assert_true (amsel_search_restore (next, state, NULL));
  f->done = FALSE;
  amsel_pipeline_search_async (f->pipeline, next, NULL, on_searched, f);
  test_clock_run_until (f->clock, &f->done, 10 * SECOND);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><2?><2?><3?><4?><5?>");
}

static void
test_cancel (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  amsel_pipeline_search_async (f->pipeline, f->search, cancellable, on_searched, f);
  test_clock_advance (f->clock, 100 * MS);
  g_cancellable_cancel (cancellable);
  test_clock_run_until (f->clock, &f->done, SECOND);
  g_assert_error (f->error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED);
}

static void
test_unsupported (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselSearch) none = amsel_protocol_search (f->protocol, &f->error);

  g_assert_null (none);
  g_assert_error (f->error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_UNSUPPORTED);
}

static void
on_controller_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->whole = amsel_controller_search_finish (AMSEL_CONTROLLER (source), result, &f->error);
  f->done = TRUE;
}

/* Services reach a search through the engine. */
static void
test_controller (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselStore) store = g_object_new (AMSEL_TYPE_STORE, NULL);
  g_autoptr (AmselEngine) engine = amsel_engine_new (store);

  amsel_engine_add_pipeline (engine, f->pipeline);
  amsel_controller_search_async (AMSEL_CONTROLLER (engine), "nowhere", f->search, NULL,
                                 on_controller_searched, f);
  test_clock_run_until (f->clock, &f->done, SECOND);
  g_assert_error (f->error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
  g_clear_error (&f->error);
  f->done = FALSE;
  amsel_controller_search_async (AMSEL_CONTROLLER (engine), "heating", f->search, NULL,
                                 on_controller_searched, f);
  test_clock_run_until (f->clock, &f->done, 10 * SECOND);
  g_assert_true (f->whole);
}

#define ADD(name, function) g_test_add ("/search/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whole", test_whole);
  ADD ("room", test_room);
  ADD ("abort", test_abort);
  ADD ("cancel", test_cancel);
  ADD ("unsupported", test_unsupported);
  ADD ("controller", test_controller);
  return g_test_run ();
}
