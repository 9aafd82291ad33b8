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
  guint next; /* address of the meter that is asked next */
  gint64 begin_us;
  gint64 end_us;
  gboolean done;
} Readout;

static void ask_next (Readout *self);

static void
on_read (AmselDialogue *dialogue G_GNUC_UNUSED, const AmselDialogueReport *report G_GNUC_UNUSED,
         const GError *error, gpointer user_data)
{
  g_assert_no_error (error);
  ask_next (user_data);
}

static void
ask_next (Readout *self)
{
  g_autofree gchar *address = g_strdup_printf ("%u", self->next++);
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, NULL);
  g_autoptr (AmselDialogue) dialogue = NULL;

  if (self->begin_us == 0)
    self->begin_us = amsel_clock_get_monotonic_us (self->clock);
  self->end_us = amsel_clock_get_monotonic_us (self->clock);
  self->done = self->next > N_METERS + 1;
  if (self->done)
    return;
  dialogue = amsel_protocol_read (self->protocol, meter, NULL);
  amsel_line_submit (self->line, AMSEL_LANE_SCHEDULED, self->protocol, dialogue, AMSEL_PATIENCE_FULL, on_read,
                     self);
}

static void
on_state (AmselLine *line G_GNUC_UNUSED, AmselLineState state, const gchar *message, gpointer user_data)
{
  if (state == AMSEL_LINE_STATE_OPEN)
    ask_next (user_data);
  else
    g_error_free (g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "%s", message));
}

/* Reads all meters over a transport; a test clock is moved, the system's is waited for. Returns microseconds.
 */
static gint64
measure (AmselTransport *transport, TestClock *clock)
{
  Readout readout = { .clock = amsel_transport_get_clock (transport), .next = 1 };

  readout.line = amsel_line_new ("bus", transport);
  readout.protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  g_signal_connect (readout.line, "state-changed", G_CALLBACK (on_state), &readout);
  amsel_line_start (readout.line);
  if (clock != NULL)
    test_clock_run_until (clock, &readout.done, 60 * G_USEC_PER_SEC);
  while (!readout.done)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (readout.line, &readout);
  amsel_line_stop (readout.line);
  g_object_unref (readout.line);
  g_object_unref (readout.protocol);
  return readout.end_us - readout.begin_us;
}

static gint64
measure_virtual (void)
{
  g_autoptr (MbusSegment) segment = mbus_segment_new (&OPTIONS);
  gint64 taken_us = measure (segment->transport, segment->clock);

  test_clock_advance (segment->clock, 0);
  return taken_us;
}

static gint64
measure_real (void)
{
  g_autoptr (AmselSimulator) simulator = mbus_segment_new_simulator (&OPTIONS, NULL);
  g_autoptr (AmselSimulatorHost) host = amsel_simulator_host_new (simulator);
  g_autoptr (AmselTransport) transport = NULL;
  g_autoptr (GError) error = NULL;
  gint64 taken_us;

  amsel_simulator_host_open_pty (host, NULL, &error);
  g_assert_no_error (error);
  transport = g_object_new (SERIAL_TYPE_TRANSPORT, "device", amsel_simulator_host_get_pty_name (host), "baud",
                            2400, NULL);
  taken_us = measure (transport, NULL);
  amsel_simulator_host_close (host);
  return taken_us;
}

int
main (void)
{
  gdouble virtual_s = (gdouble) measure_virtual () / G_USEC_PER_SEC;
  gdouble real_s = (gdouble) measure_real () / G_USEC_PER_SEC;
  gdouble ratio = real_s / virtual_s;

  printf ("readout_virtual_%d_s %.3f s\n", N_METERS, virtual_s);
  printf ("readout_pty_%d_s %.3f s\n", N_METERS, real_s);
  printf ("readout_pty_ratio %.4f\n", ratio);
  return ratio > 1 - LIMIT && ratio < 1 + LIMIT ? 0 : 1;
}
