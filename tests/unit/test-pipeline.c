/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pipeline on a moved clock: slots, dead meters, overruns, clock steps, listening and reading on demand.
 */
#include "pipeline-fixture.h"

#define MS     1000
#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

#define EPOCH_US PIPELINE_FIXTURE_EPOCH_US

static void
set_up (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselSchedule) schedule =
      g_object_new (AMSEL_TYPE_SCHEDULE, "every", MINUTE, "zone", "UTC", NULL);

  pipeline_fixture_begin (f, g_object_new (MOCK_TYPE_PROTOCOL, NULL));
  g_object_set (f->pipeline, "schedule", schedule, NULL);
}

static void
add_meters (PipelineFixture *f, const gchar *addresses, gint64 latency_us)
{
  for (const gchar *p = addresses; *p != '\0'; p++)
    {
      g_autofree gchar *address = g_strndup (p, 1);
      g_autofree gchar *answer = g_strdup_printf ("<%s=ok>", address);
      g_autoptr (AmselMeter) meter = amsel_meter_new (NULL, address);
      g_autoptr (GError) error = NULL;

      g_assert_true (amsel_pipeline_add_meter (f->pipeline, meter, &error));
      g_assert_no_error (error);
      mock_transport_set_answer (f->transport, address, answer, latency_us);
    }
}

static guint
count (PipelineFixture *f, const gchar *meter, AmselQuality quality)
{
  guint n = 0;

  for (guint i = 0; i < f->readouts->len; i++)
    {
      AmselReadout *readout = g_ptr_array_index (f->readouts, i);

      n += (meter == NULL || g_str_equal (amsel_readout_get_meter (readout), meter))
           && amsel_readout_get_quality (readout) == quality;
    }
  return n;
}

static void
test_slots (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meters (f, "12", 20 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, 3 * MINUTE + SECOND);
  g_assert_cmpuint (f->readouts->len, ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      AmselReadout *readout = g_ptr_array_index (f->readouts, i);
      gint64 slot_us = EPOCH_US + (i / 2 + 1) * MINUTE;

      g_assert_cmpint (amsel_readout_get_quality (readout), ==, AMSEL_QUALITY_GOOD);
      g_assert_cmpint (amsel_readout_get_slot_us (readout), ==, slot_us);
      g_assert_cmpint (amsel_readout_get_start_us (readout), >=, slot_us);
      g_assert_cmpint (amsel_readout_get_end_us (readout), <=, slot_us + 50 * MS);
      g_assert_cmpstr (amsel_readout_get_pipeline (readout), ==, "house");
      g_assert_cmpstr (amsel_readout_get_line (readout), ==, "cellar");
    }
}

/* One dead meter of ten: the nine lose nothing, and are late by less than a reading takes. */
static void
test_dead_meter (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gint64 latency_us = 250 * MS;
  gint64 worst_us = 0;

  add_meters (f, "0123456789", latency_us);
  mock_transport_set_answer (f->transport, "0", NULL, 0);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, 60 * MINUTE + 30 * SECOND);
  g_assert_cmpuint (count (f, NULL, AMSEL_QUALITY_GOOD), ==, 60 * 9);
  for (guint i = 0; i < f->readouts->len; i++)
    {
      AmselReadout *readout = g_ptr_array_index (f->readouts, i);
      gint64 late_us;

      if (amsel_readout_get_quality (readout) != AMSEL_QUALITY_GOOD)
        continue;
      late_us = amsel_readout_get_start_us (readout) - amsel_readout_get_slot_us (readout)
                - (amsel_readout_get_meter (readout)[0] - '1') * latency_us;
      worst_us = MAX (worst_us, late_us);
    }
  g_test_message ("a healthy meter was late by %" G_GINT64_FORMAT " ms at the most", worst_us / MS);
  g_assert_cmpint (worst_us, <=, MOCK_TIMEOUT_US);
  /* and every slot of the dead one says why there is nothing */
  g_assert_cmpuint (count (f, "0", AMSEL_QUALITY_NO_READING) + count (f, "0", AMSEL_QUALITY_SUSPENDED), ==,
                    60);
}

/* three silent slots with all their retries, then probes at 15 min and with pauses that double */
static void
test_suspension (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AmselReadout *first;

  add_meters (f, "1", 20 * MS);
  mock_transport_set_answer (f->transport, "1", NULL, 0);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, 3 * MINUTE + 30 * SECOND);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><1?><1?><1?><1?><1?><1?><1?><1?>");
  first = g_ptr_array_index (f->readouts, 0);
  g_assert_cmpint (amsel_readout_get_quality (first), ==, AMSEL_QUALITY_NO_READING);
  g_assert_cmpuint (amsel_readout_get_info (first)->attempts, ==, 3);
  g_assert_cmpstr (amsel_readout_get_info (first)->error_domain, ==, "read");
  g_assert_cmpint (amsel_readout_get_error_code (first), ==, AMSEL_READ_ERROR_TIMEOUT);
  g_assert_nonnull (strstr (f->notices->str, "meter 1: silent in 3 readings in a row"));

  mock_transport_clear_sent (f->transport);
  test_clock_advance (f->clock, 60 * MINUTE);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><1?>"); /* after 15 and 45 minutes */
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_SUSPENDED), ==, 58);

  mock_transport_set_answer (f->transport, "1", "<1=back>", 20 * MS);
  test_clock_advance (f->clock, 60 * MINUTE);
  g_assert_nonnull (strstr (f->notices->str, "meter 1: answers again"));
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), >, 10);
}

/* a meter that is garbled once is asked again in the same slot, after the others */
static void
test_retry_pass (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meters (f, "12", 20 * MS);
  mock_transport_set_answer (f->transport, "1", "garbage", 20 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, MINUTE + 10 * MS);
  mock_transport_set_answer (f->transport, "1", "<1=ok>", 20 * MS);
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><2?><1?>");
  g_assert_cmpuint (count (f, NULL, AMSEL_QUALITY_GOOD), ==, 2);
}

static void
test_overrun (PipelineFixture *f, gconstpointer data)
{
  const gchar *policy = data;
  gint overrun = g_str_equal (policy, "skip")    ? AMSEL_OVERRUN_SKIP
                 : g_str_equal (policy, "queue") ? AMSEL_OVERRUN_QUEUE
                                                 : AMSEL_OVERRUN_COALESCE;
  g_autoptr (AmselSchedule) schedule = NULL;

  g_object_get (f->pipeline, "schedule", &schedule, NULL);
  g_object_set (schedule, "overrun", overrun, "every", SECOND, NULL);
  /* 17 meters of 250 ms need 4.25 s: slots 2, 3, 4 and 5 come meanwhile */
  add_meters (f, "abcdefghijklmnopq", 250 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, 5 * SECOND + 500 * MS);
  if (g_str_equal (policy, "skip"))
    g_assert_cmpuint (count (f, "a", AMSEL_QUALITY_MISSED), ==, 4);
  else if (g_str_equal (policy, "queue"))
    g_assert_cmpuint (count (f, "a", AMSEL_QUALITY_MISSED), ==, 0);
  else
    g_assert_cmpuint (count (f, "a", AMSEL_QUALITY_MISSED), ==, 3);
  test_clock_advance (f->clock, 20 * SECOND);
  /* in the end every slot has exactly one record of every meter, but for those that still wait */
  for (guint slot = 1; slot <= 4; slot++)
    {
      guint n = 0;

      for (guint i = 0; i < f->readouts->len; i++)
        n += amsel_readout_get_slot_us (g_ptr_array_index (f->readouts, i)) == EPOCH_US + slot * SECOND
             && g_str_equal (amsel_readout_get_meter (g_ptr_array_index (f->readouts, i)), "a");
      g_assert_cmpuint (n, ==, 1);
    }
}

/* the clock jumps over ten slots: nine are missed and said to be so, one is read late, and there is no burst
 */
static void
test_clock_forward (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meters (f, "1", 20 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, MINUTE + SECOND);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 1);
  test_clock_set_real (f->clock, EPOCH_US + 11 * MINUTE + 2 * SECOND);
  test_clock_advance (f->clock, 10 * SECOND);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 2);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_MISSED), ==, 9);
  test_clock_advance (f->clock, MINUTE);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 3);
}

/* the program did not run for a while: what passed is missed and said to be so, and the newest slot is read
 * late */
static void
test_restart (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meters (f, "1", 20 * MS);
  amsel_pipeline_set_last_slot (f->pipeline, EPOCH_US - 5 * MINUTE);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_MISSED), ==, 4);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 1);
  g_assert_cmpint (amsel_readout_get_slot_us (g_ptr_array_index (f->readouts, 4)), ==, EPOCH_US);
}

/* a restart within a slot that was read already begins with the next one; so does one after years, or from
 * the future */
static void
test_restart_quiet (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gint64 last_us[] = { EPOCH_US, EPOCH_US - 365 * 24 * 60 * MINUTE, EPOCH_US + 24 * 60 * MINUTE };

  add_meters (f, "1", 20 * MS);
  for (gsize i = 0; i < G_N_ELEMENTS (last_us); i++)
    {
      amsel_pipeline_set_last_slot (f->pipeline, last_us[i]);
      amsel_pipeline_start (f->pipeline);
      test_clock_advance (f->clock, SECOND);
      amsel_pipeline_stop (f->pipeline);
    }
  g_assert_cmpuint (f->readouts->len, ==, 0);
}

/* a small step back begins no slot twice; a large one is followed */
static void
test_clock_back (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meters (f, "1", 20 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, 2 * MINUTE + SECOND);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 2);
  test_clock_set_real (f->clock, EPOCH_US + 2 * MINUTE - 10 * SECOND);
  test_clock_advance (f->clock, 30 * SECOND);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 2);
  test_clock_set_real (f->clock, EPOCH_US - 24 * 60 * MINUTE + SECOND);
  test_clock_advance (f->clock, MINUTE + 10 * SECOND);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 3);
  g_assert_nonnull (strstr (f->notices->str, "the clock was set back"));
}

/* a line that is away says so in every slot, and is no fault of the meter */
static void
test_line_away (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) gone =
      g_error_new_literal (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "unplugged");

  add_meters (f, "12", 20 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, SECOND);
  mock_transport_set_broken (f->transport, TRUE);
  amsel_transport_lost (AMSEL_TRANSPORT (f->transport), gone);
  test_clock_advance (f->clock, 10 * MINUTE);
  g_assert_cmpuint (count (f, NULL, AMSEL_QUALITY_NO_READING), ==, 20);
  g_assert_cmpuint (count (f, NULL, AMSEL_QUALITY_SUSPENDED), ==, 0);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "");
  mock_transport_set_broken (f->transport, FALSE);
  test_clock_advance (f->clock, 3 * MINUTE);
  g_assert_cmpuint (count (f, NULL, AMSEL_QUALITY_GOOD), >=, 2);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AmselReadout **readout = user_data;

  *readout = amsel_pipeline_read_finish (AMSEL_PIPELINE (source), result, NULL);
}

/* somebody who waits is served between two meters of a slot, and the readout is kept like any other */
static void
test_on_demand (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselReadout) readout = NULL;

  add_meters (f, "123", 200 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, MINUTE + 100 * MS);
  amsel_pipeline_read_async (f->pipeline, amsel_pipeline_find_meter (f->pipeline, "3"), NULL, on_read,
                             &readout);
  test_clock_advance (f->clock, 2 * SECOND);
  g_assert_nonnull (readout);
  g_assert_cmpint (amsel_readout_get_quality (readout), ==, AMSEL_QUALITY_GOOD);
  g_assert_cmpint (amsel_readout_get_slot_us (readout), ==, 0);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "<1?><3?><2?><3?>");
  g_assert_cmpuint (count (f, "3", AMSEL_QUALITY_GOOD), ==, 2);
}

static void
test_unreadable (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AmselReadout *readout;
  gsize length;

  add_meters (f, "1", 20 * MS);
  mock_transport_set_answer (f->transport, "1", "<1=!>", 20 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, MINUTE + SECOND);
  g_assert_cmpuint (f->readouts->len, ==, 1);
  readout = g_ptr_array_index (f->readouts, 0);
  g_assert_cmpint (amsel_readout_get_quality (readout), ==, AMSEL_QUALITY_UNREADABLE);
  g_assert_cmpstr (amsel_readout_get_error_message (readout), ==, "cannot be decoded");
  /* the bytes are kept */
  amsel_frame_get_data (amsel_telegram_get_frame (amsel_readout_get_telegram (readout, 0)), &length);
  g_assert_cmpuint (length, ==, 5);
}

static void
test_listen (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meters (f, "1", 20 * MS);
  g_object_set (f->pipeline, "listen", TRUE, "schedule", NULL, NULL);
  g_assert_true (amsel_pipeline_check (f->pipeline, NULL));
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, SECOND);
  mock_transport_inject (f->transport, "<1=a><2=stranger><1=b>");
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 2);
  g_assert_cmpuint (f->readouts->len, ==, 2);
}

static void
test_check (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselMeter) a = amsel_meter_new ("same", "1");
  g_autoptr (AmselMeter) b = amsel_meter_new ("same", "2");

  g_assert_true (amsel_pipeline_check (f->pipeline, &error));
  g_object_set (f->pipeline, "listen", TRUE, NULL);
  g_assert_false (amsel_pipeline_check (f->pipeline, &error));
  g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
  g_clear_error (&error);
  g_object_set (f->pipeline, "listen", FALSE, "schedule", NULL, NULL);
  g_assert_true (
      amsel_pipeline_check (f->pipeline, NULL)); /* its meters may come with intervals of their own */
  g_assert_true (amsel_pipeline_add_meter (f->pipeline, a, NULL));
  g_assert_false (amsel_pipeline_check (f->pipeline, NULL));
  g_assert_false (amsel_pipeline_add_meter (f->pipeline, b, &error));
  g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
}

static void
on_readout_stop (AmselPipeline *pipeline, AmselReadout *readout G_GNUC_UNUSED,
                 gpointer user_data G_GNUC_UNUSED)
{
  amsel_pipeline_stop (pipeline);
}

/* who hears of a readout may end the pipeline there and then: of a meter that was read, and of one that was
 * not */
static void
test_stop_from_readout (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meters (f, "12", 20 * MS);
  g_signal_connect (f->pipeline, "readout", G_CALLBACK (on_readout_stop), NULL);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, 3 * MINUTE);
  g_assert_cmpuint (f->readouts->len, ==, 1);
  g_assert_false (amsel_pipeline_is_busy (f->pipeline));

  amsel_pipeline_start (f->pipeline);
  test_clock_set_real (f->clock, EPOCH_US + 30 * MINUTE + SECOND);
  test_clock_advance (f->clock, 3 * MINUTE);
  g_assert_cmpuint (count (f, NULL, AMSEL_QUALITY_MISSED), ==, 2); /* one slot, each meter */
  g_assert_false (amsel_pipeline_is_busy (f->pipeline));
}

static void
on_cancelled_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (amsel_pipeline_read_finish (AMSEL_PIPELINE (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *(gboolean *) user_data = TRUE;
}

/* given up before it was asked for: nothing goes to the line */
static void
test_on_demand_cancelled_before (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean done = FALSE;

  add_meters (f, "1", 20 * MS);
  g_cancellable_cancel (cancellable);
  amsel_pipeline_read_async (f->pipeline, amsel_pipeline_find_meter (f->pipeline, "1"), cancellable,
                             on_cancelled_read, &done);
  test_clock_advance (f->clock, SECOND);
  g_assert_true (done);
  g_assert_cmpstr (mock_transport_get_sent (f->transport), ==, "");
}

/* meters come and go while the pipeline runs, each with an interval of its own on the boundaries of the clock
 */
static void
test_run_time_meters (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselMeter) fast = amsel_meter_new (NULL, "1");
  g_autoptr (AmselMeter) slow = amsel_meter_new (NULL, "2");
  g_autoptr (GError) error = NULL;

  mock_transport_set_answer (f->transport, "1", "<1=ok>", 20 * MS);
  mock_transport_set_answer (f->transport, "2", "<2=ok>", 20 * MS);
  g_object_set (f->pipeline, "schedule", NULL, NULL);
  g_assert_true (amsel_pipeline_check (f->pipeline, &error));
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, 90 * SECOND);
  g_assert_true (amsel_pipeline_add_meter_every (f->pipeline, fast, MINUTE, &error));
  g_assert_true (amsel_pipeline_add_meter_every (f->pipeline, slow, 5 * MINUTE, &error));
  g_assert_false (amsel_pipeline_add_meter_every (f->pipeline, slow, MINUTE, &error));
  g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
  test_clock_advance (f->clock, 8 * MINUTE + 31 * SECOND); /* 00:10:01 */
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 9);
  g_assert_cmpuint (count (f, "2", AMSEL_QUALITY_GOOD), ==, 2);
  g_assert_cmpint (amsel_readout_get_slot_us (f->readouts->pdata[0]), ==, EPOCH_US + 2 * MINUTE);

  g_assert_true (amsel_pipeline_remove_meter (f->pipeline, "1"));
  g_assert_false (amsel_pipeline_remove_meter (f->pipeline, "1"));
  test_clock_advance (f->clock, 10 * MINUTE);
  g_assert_cmpuint (count (f, "1", AMSEL_QUALITY_GOOD), ==, 9);
  g_assert_cmpuint (count (f, "2", AMSEL_QUALITY_GOOD), ==, 4);
  g_assert_null (amsel_pipeline_find_meter (f->pipeline, "1"));
}

/* nothing is heard of a meter that is taken out while it is being asked, and the one behind it is read */
static void
test_remove_while_asked (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meters (f, "123", 200 * MS);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, MINUTE + 100 * MS);
  amsel_pipeline_remove_meter (f->pipeline, "1");
  amsel_pipeline_remove_meter (f->pipeline, "2");
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpuint (f->readouts->len, ==, 1);
  g_assert_cmpstr (amsel_readout_get_meter (f->readouts->pdata[0]), ==, "3");
}

static void
on_query_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AmselReadout) readout = amsel_pipeline_read_finish (AMSEL_PIPELINE (source), result, NULL);

  g_assert_cmpint (amsel_readout_get_quality (readout), ==, AMSEL_QUALITY_GOOD);
  *(gboolean *) user_data = TRUE;
}

/* a meter that is in no list is read for who asks, and for nobody else */
static void
test_query (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselMeter) meter = amsel_meter_new (NULL, "7");
  gboolean done = FALSE;

  mock_transport_set_answer (f->transport, "7", "<7=ok>", 20 * MS);
  amsel_pipeline_query_async (f->pipeline, meter, NULL, on_query_done, &done);
  test_clock_advance (f->clock, SECOND);
  g_assert_true (done);
  g_assert_cmpuint (f->readouts->len, ==, 0);
}

#define ADD(path, func) g_test_add (path, PipelineFixture, NULL, set_up, func, pipeline_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/pipeline/slots", test_slots);
  ADD ("/pipeline/dead-meter", test_dead_meter);
  ADD ("/pipeline/suspension", test_suspension);
  ADD ("/pipeline/retry-pass", test_retry_pass);
  g_test_add ("/pipeline/overrun/skip", PipelineFixture, "skip", set_up, test_overrun,
              pipeline_fixture_tear_down);
  g_test_add ("/pipeline/overrun/queue", PipelineFixture, "queue", set_up, test_overrun,
              pipeline_fixture_tear_down);
  g_test_add ("/pipeline/overrun/coalesce", PipelineFixture, "coalesce", set_up, test_overrun,
              pipeline_fixture_tear_down);
  ADD ("/pipeline/clock/forward", test_clock_forward);
  ADD ("/pipeline/clock/back", test_clock_back);
  ADD ("/pipeline/restart", test_restart);
  ADD ("/pipeline/restart-quiet", test_restart_quiet);
  ADD ("/pipeline/line-away", test_line_away);
  ADD ("/pipeline/on-demand", test_on_demand);
  ADD ("/pipeline/unreadable", test_unreadable);
  ADD ("/pipeline/listen", test_listen);
  ADD ("/pipeline/check", test_check);
  ADD ("/pipeline/stop-from-readout", test_stop_from_readout);
  ADD ("/pipeline/on-demand/cancelled-before", test_on_demand_cancelled_before);
  ADD ("/pipeline/run-time-meters", test_run_time_meters);
  ADD ("/pipeline/remove-while-asked", test_remove_while_asked);
  ADD ("/pipeline/query", test_query);
  return g_test_run ();
}
