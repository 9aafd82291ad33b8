/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated line of wired meters that can be searched. */
#include "search-line.h"

/* 2026-01-01 00:00 UTC */
#define EPOCH_US (G_GINT64_CONSTANT (1767225600) * SECOND)

/* No search of a test may take longer than that. */
#define LIMIT_US (10 * 3600 * SECOND)

SearchLine *
search_line_new (guint64 seed)
{
  SearchLine *self = g_new0 (SearchLine, 1);
  g_autoptr (AmselLine) line = NULL;

  self->clock = test_clock_new (EPOCH_US);
  self->simulator = g_object_new (MBUS_TYPE_SIMULATOR, "baud", 2400, "seed", seed, NULL);
  amsel_simulator_set_clock (self->simulator, AMSEL_CLOCK (self->clock));
  self->transport = simulator_transport_new (self->simulator);
  self->protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  line = amsel_line_new ("bus", self->transport);
  self->pipeline = amsel_pipeline_new ("house", line, self->protocol);
  self->search = amsel_protocol_search (self->protocol, NULL);
  return self;
}

void
search_line_free (SearchLine *self)
{
  amsel_line_stop (amsel_pipeline_get_line (self->pipeline));
  test_clock_advance (self->clock, 0);
  g_clear_error (&self->error);
  g_object_unref (self->search);
  g_object_unref (self->pipeline);
  g_object_unref (self->protocol);
  g_object_unref (self->transport);
  g_object_unref (self->simulator);
  g_object_unref (self->clock);
  g_free (self);
}

void
search_line_add (SearchLine *self, const gchar *first_property, ...)
{
  g_autoptr (GObject) slave = NULL;
  g_autoptr (GError) error = NULL;
  guint count;
  va_list args;

  va_start (args, first_property);
  slave = g_object_new_valist (MBUS_TYPE_SLAVE, first_property, args);
  va_end (args);
  g_object_get (slave, "count", &count, NULL);
  amsel_simulator_add_device (self->simulator, slave, &error);
  g_assert_no_error (error);
  self->n_meters += count;
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SearchLine *self = user_data;

  g_clear_error (&self->error);
  amsel_pipeline_search_finish (AMSEL_PIPELINE (source), result, &self->error);
  self->done = TRUE;
}

gdouble
search_line_run (SearchLine *self)
{
  gint64 begin_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (self->clock));

  self->done = FALSE;
  amsel_line_start (amsel_pipeline_get_line (self->pipeline));
  amsel_pipeline_search_async (self->pipeline, self->search, NULL, on_searched, self);
  test_clock_run_until (self->clock, &self->done, LIMIT_US);
  return (gdouble) (amsel_clock_get_monotonic_us (AMSEL_CLOCK (self->clock)) - begin_us) / G_USEC_PER_SEC;
}

gint
search_line_count_missed (SearchLine *self)
{
  return (gint) self->n_meters - (gint) amsel_search_get_found (self->search)->len;
}
