/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the simulator's clock tells the truth: ten meters at 2400 Bd are searched for and read on the test
 * clock, and in real time over a pseudo-terminal, where the machine's scheduling adds what it adds. The same
 * seed gives the same latencies, so the times must agree.
 *
 * Prints lines of "name value unit"; fails where they are further apart than LIMIT. */
#include <stdio.h>

#include "amsel-simulator-host.h"
#include "mbus-meter.h"
#include "mbus-protocol.h"
#include "mbus-segment.h"
#include "serial-transport.h"

#define N_METERS 10
#define SEED     3

/* 3 % is what is promised; a machine that is busy with something else must not fail the benchmark. */
#define LIMIT 0.10

static const MbusSegmentOptions OPTIONS = {
  .ids = MBUS_NUMBERS_CONSECUTIVE, .n = N_METERS, .seed = SEED, .addressed = TRUE
};

typedef struct
{
  AmselClock *clock;
  AmselLine *line;
  AmselProtocol *protocol;
  gboolean searches; /* whether the meters are searched for; otherwise they are read by their addresses */
  guint n_done;
  gint64 begin_us;
  gint64 end_us;
  gboolean done;
} Work;

static void go_on (Work *self);

static void
on_done (AmselDialogue *dialogue, const AmselDialogueReport *report G_GNUC_UNUSED, const GError *error,
         gpointer user_data)
{
  Work *self = user_data;

  g_assert_no_error (error);
  if (self->searches)
    g_assert_cmpuint (amsel_search_get_found (AMSEL_SEARCH (dialogue))->len, ==, N_METERS);
  self->n_done++;
  self->end_us = amsel_clock_get_monotonic_us (self->clock);
  go_on (self);
}

static AmselDialogue *
make_dialogue (Work *self)
{
  g_autofree gchar *address = g_strdup_printf ("%u", self->n_done + 1);
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, NULL);

  return self->searches ? AMSEL_DIALOGUE (amsel_protocol_search (self->protocol, NULL))
                        : amsel_protocol_read (self->protocol, meter, NULL);
}

static void
go_on (Work *self)
{
  g_autoptr (AmselDialogue) dialogue = NULL;

  self->done = self->n_done == (self->searches ? 1 : N_METERS);
  if (self->done)
    return;
  if (self->begin_us == 0)
    self->begin_us = amsel_clock_get_monotonic_us (self->clock);
  dialogue = make_dialogue (self);
  amsel_line_submit (self->line, AMSEL_LANE_SCHEDULED, self->protocol, dialogue, AMSEL_PATIENCE_FULL, on_done,
                     self);
}

static void
on_state (AmselLine *line G_GNUC_UNUSED, AmselLineState state, const gchar *message G_GNUC_UNUSED,
          gpointer user_data)
{
  if (state == AMSEL_LINE_STATE_OPEN)
    go_on (user_data);
}

/* Works over a transport; a test clock is moved, the system's is waited for. Returns seconds. */
static gdouble
measure (AmselTransport *transport, TestClock *clock, gboolean searches)
{
  Work work = { .clock = amsel_transport_get_clock (transport), .searches = searches };

  work.line = amsel_line_new ("bus", transport);
  work.protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  g_signal_connect (work.line, "state-changed", G_CALLBACK (on_state), &work);
  amsel_line_start (work.line);
  if (clock != NULL)
    test_clock_run_until (clock, &work.done, 60 * G_USEC_PER_SEC);
  while (!work.done)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (work.line, &work);
  amsel_line_stop (work.line);
  g_object_unref (work.line);
  g_object_unref (work.protocol);
  return (gdouble) (work.end_us - work.begin_us) / G_USEC_PER_SEC;
}

static gdouble
measure_virtual (gboolean searches)
{
  g_autoptr (MbusSegment) segment = mbus_segment_new (&OPTIONS);
  gdouble taken_s = measure (segment->transport, segment->clock, searches);

  test_clock_advance (segment->clock, 0);
  return taken_s;
}

/* The port claims no latency, as the test's does not: what is waited for silence is the same then. */
static gdouble
measure_real (gboolean searches)
{
  g_autoptr (AmselSimulator) simulator = mbus_segment_new_simulator (&OPTIONS, NULL);
  g_autoptr (AmselSimulatorHost) host = amsel_simulator_host_new (simulator);
  g_autoptr (AmselTransport) transport = NULL;
  g_autoptr (GError) error = NULL;
  gdouble taken_s;

  amsel_simulator_host_open_pty (host, NULL, &error);
  g_assert_no_error (error);
  transport = g_object_new (SERIAL_TYPE_TRANSPORT, "device", amsel_simulator_host_get_pty_name (host), "baud",
                            2400, "latency", (gint64) 0, NULL);
  taken_s = measure (transport, NULL, searches);
  amsel_simulator_host_close (host);
  return taken_s;
}

static gboolean
compare (const gchar *name, gboolean searches)
{
  gdouble virtual_s = measure_virtual (searches);
  gdouble real_s = measure_real (searches);
  gdouble ratio = real_s / virtual_s;

  printf ("%s_virtual_%d_s %.3f s\n", name, N_METERS, virtual_s);
  printf ("%s_pty_%d_s %.3f s\n", name, N_METERS, real_s);
  printf ("%s_pty_ratio %.4f\n", name, ratio);
  return ratio > 1 - LIMIT && ratio < 1 + LIMIT;
}

int
main (void)
{
  gboolean read_well = compare ("readout", FALSE);
  gboolean searched_well = compare ("search", TRUE);

  return read_well && searched_well ? 0 : 1;
}
