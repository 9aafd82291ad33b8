/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything read, stored and delivered once, instead of for years. */
#include "amsel-engine-private.h"
#include "amsel-error.h"

/* How long exporters may take to deliver what is left when everything was read. */
#define DRAIN_ONCE_US (60 * G_USEC_PER_SEC)

/* The same where somebody waits for the end of it. */
#define DRAIN_QUIT_US (10 * G_USEC_PER_SEC)

/* How long to wait for exporters before signals and messages have their turn again. */
#define DRAIN_SLICE_US G_USEC_PER_SEC

/* Whether a pipeline still has something to do that can come to an end: one that listens to a line which
 * could not be opened has not. */
static gboolean
is_reading (AmselPipeline *pipeline)
{
  gboolean listen;

  g_object_get (pipeline, "listen", &listen, NULL);
  return amsel_pipeline_is_busy (pipeline)
         && !(listen
              && amsel_line_get_state (amsel_pipeline_get_line (pipeline)) == AMSEL_LINE_STATE_WAITING);
}

static gboolean
is_any (AmselEngine *self, gboolean (*is) (AmselPipeline *))
{
  for (guint i = 0; i < self->pipelines->len; i++)
    if (is (g_ptr_array_index (self->pipelines, i)))
      return TRUE;
  return FALSE;
}

/* Everything was read: gives exporters their time, during which problems are told and the user may end it. */
static void
drain_once (AmselEngine *self)
{
  gint64 end_us = g_get_monotonic_time () + DRAIN_ONCE_US;

  if (!amsel_store_flush (self->store, NULL))
    return;
  amsel_engine_finish_workers (self);
  while (!self->quit && g_get_monotonic_time () < end_us
         && !amsel_engine_drain_workers (self, DRAIN_SLICE_US))
    while (g_main_context_iteration (NULL, FALSE) && !self->quit)
      ;
}

static void
on_idle (AmselPipeline *pipeline G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
  g_main_context_wakeup (NULL);
}

/**
 * amsel_engine_run_once:
 * @self: an engine
 * @error: return location for an error of the store, or for what could not be delivered
 *
 * Reads every meter of every pipeline once, stores and delivers the readouts, and stops. Runs the default
 * main context meanwhile. Services are not started. A meter that does not answer is no error: see
 * amsel_engine_get_n_failed().
 *
 * Returns: whether every meter was asked, and everything that was read is stored and delivered
 */
gboolean
amsel_engine_run_once (AmselEngine *self, GError **error)
{
  gboolean broken_off;

  if (!amsel_engine_prepare (self, error))
    return FALSE;
  for (guint i = 0; i < self->pipelines->len; i++)
    {
      AmselPipeline *pipeline = g_ptr_array_index (self->pipelines, i);

      g_signal_connect_object (pipeline, "idle", G_CALLBACK (on_idle), self, 0);
      amsel_pipeline_run_once (pipeline);
    }
  while (is_any (self, is_reading) && !self->quit)
    g_main_context_iteration (NULL, TRUE);
  broken_off = is_any (self, amsel_pipeline_is_busy);
  if (!broken_off)
    drain_once (self);
  if (!amsel_engine_stop (self, broken_off ? DRAIN_QUIT_US : 0))
    {
      g_set_error_literal (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_REMOTE,
                           "not everything could be stored and delivered; the rest stays in the store");
      return FALSE;
    }
  if (!broken_off)
    return TRUE;
  g_set_error_literal (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED,
                       "stopped before every meter was read");
  return FALSE;
}
