/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reading a line of meters at 2400 Bd costs in time of the line, as a ratio to what the wire and the
 * meters need by themselves: the requests, the meters' time to answer, and the answers. Given a number as
 * argument it reads so many meters and fails where the ratio is above the limit: a test then. */
#include <stdlib.h>

#include "mbus-frame.h"
#include "search-line.h"

#define BAUD      2400
#define N_METERS  250
#define LIMIT     1.05
#define BITS      11
#define ANSWER    (MEAN_BODY_LENGTH + MBUS_LONG_OVERHEAD)
#define REQUEST   MBUS_SHORT_LENGTH
#define SELECTION 17

/* Mean time to answer: between 11 bits, and 330 bits and 50 ms (EN 13757-2). */
#define LATENCY_S ((11 + 330) / 2.0 / BAUD + 0.025)

/* Longest time that all meters may take. */
#define ROUND_US (3600 * SECOND)

static void
on_readout (AmselPipeline *pipeline G_GNUC_UNUSED, AmselReadout *readout, gpointer user_data)
{
  if (amsel_readout_get_quality (readout) == AMSEL_QUALITY_GOOD)
    ++*(guint *) user_data;
}

static void
on_idle (AmselPipeline *pipeline G_GNUC_UNUSED, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static gdouble
read_all (SearchLine *line)
{
  gint64 begin_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (line->clock));
  gboolean done = FALSE;
  gulong id = g_signal_connect (line->pipeline, "idle", G_CALLBACK (on_idle), &done);

  amsel_pipeline_run_once (line->pipeline);
  test_clock_run_until (line->clock, &done, ROUND_US);
  g_signal_handler_disconnect (line->pipeline, id);
  return (gdouble) (amsel_clock_get_monotonic_us (AMSEL_CLOCK (line->clock)) - begin_us) / G_USEC_PER_SEC;
}

/* The first round makes the links known, the second is what a reader does all day. */
static gdouble
measure (guint n, gboolean secondary)
{
  g_autoptr (SearchLine) line = search_line_new (1);
  gdouble needed_s = n * ((REQUEST + ANSWER) * BITS / (gdouble) BAUD + LATENCY_S);
  guint n_good = 0;
  gdouble seconds;

  search_line_add (line, "generate", MBUS_GENERATE_WATER, "length", MEAN_BODY_LENGTH, "count", n, "id",
                   "10000000", "address", 1, NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autofree gchar *address =
          g_strdup_printf (secondary ? "%08u" : "%u", secondary ? 10000000 + i : 1 + i);
      GType type = amsel_protocol_get_meter_type (line->protocol);
      g_autoptr (AmselMeter) meter = g_object_new (type, "address", address, NULL);

      g_assert_true (amsel_pipeline_add_meter (line->pipeline, meter, NULL));
    }
  g_signal_connect (line->pipeline, "readout", G_CALLBACK (on_readout), &n_good);
  amsel_line_start (amsel_pipeline_get_line (line->pipeline));
  read_all (line);
  seconds = read_all (line);
  g_assert_cmpuint (n_good, ==, 2 * n);
  if (secondary)
    needed_s += n * ((SELECTION + 1) * BITS / (gdouble) BAUD + LATENCY_S);
  amsel_pipeline_stop (line->pipeline);
  return seconds / needed_s;
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) atoi (argv[1]) : N_METERS;
  gdouble primary = measure (n, FALSE);
  gdouble secondary = measure (n, TRUE);

  g_print ("readout_primary_%u_ratio %.3f ratio\nreadout_secondary_%u_ratio %.3f ratio\n", n, primary, n,
           secondary);
  return argc > 1 && (primary > LIMIT || secondary > LIMIT);
}
