/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries readouts from the store to one exporter, in a thread of its own, so that a slow or dead one
 * disturbs nobody.
 *
 * One step is: read a batch after the cursor, export it, commit the cursor together with the exporter's
 * state, tell the exporter that it is committed. Whatever fails, wherever, is answered in one way only: stop
 * the exporter, wait, read cursor and state from the store and start it again with them. So the way back
 * after an error is the way that is taken after a crash, and is tested by both.
 *
 * The cursor also moves over readouts that are not for this exporter. That alone is not worth a commit for
 * each of them: it is written with the next batch, after many of them, or when the worker has been idle for a
 * while. */
#include "amsel-error.h"
#include "amsel-export-worker-private.h"

/* skipped readouts after which the cursor is written though nothing was delivered */
#define SKIPPED_MAX 4096

/* the longest the worker sleeps: the wall clock may be set, and then a deadline comes sooner */
#define IDLE_US (30 * G_TIME_SPAN_SECOND)

static gboolean
is_stopping (AmselExportWorker *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

static void
set_position (AmselExportWorker *self, guint64 position, guint64 n_delivered)
{
  g_mutex_lock (&self->mutex);
  self->counters.position = position;
  self->counters.delivered += n_delivered;
  self->counters.oldest_us = 0;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* Makes position and state durable, then lets the exporter do what had to wait for it. */
static gboolean
commit (AmselExportWorker *self, guint64 position, gchar *state, guint64 n_delivered, GError **error)
{
  g_autofree gchar *owned = state;

  if (!amsel_store_commit_cursor (self->store, amsel_exporter_get_name (self->exporter), position, owned,
                                  error))
    return FALSE;
  g_free (self->state);
  self->state = g_steal_pointer (&owned);
  self->committed = position;
  set_position (self, position, n_delivered);
  return amsel_exporter_committed (self->exporter, error);
}

/* A new exporter: its state must be durable before its first row is. */
static gboolean
lay_ground (AmselExportWorker *self, GError **error)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  guint64 position = 0;
  gchar *state = NULL;

  if (amsel_exporter_get_begin (self->exporter) == AMSEL_EXPORTER_BEGIN_NOW)
    position = amsel_store_get_last_sequence (self->store);
  if (!amsel_exporter_export (self->exporter, none, &state, self->cancellable, error))
    return FALSE;
  return commit (self, position, state, 0, error);
}

/* Starts the exporter where the store says that it stands. */
static gboolean
begin (AmselExportWorker *self, GError **error)
{
  gboolean found = FALSE;
  guint64 position = 0;

  g_clear_pointer (&self->state, g_free);
  if (!amsel_store_get_cursor (self->store, amsel_exporter_get_name (self->exporter), &found, &position,
                               &self->state, error))
    return FALSE;
  self->running = TRUE;
  if (!amsel_exporter_start (self->exporter, self->state, error))
    return FALSE;
  if (!found)
    return lay_ground (self, error);
  self->committed = position;
  set_position (self, position, 0);
  return TRUE;
}

/* Takes out what other exporters are for; gives the sequence of the last readout, wanted or not. */
static guint64
keep_wanted (AmselExportWorker *self, GPtrArray *batch)
{
  guint64 last = amsel_readout_get_sequence (g_ptr_array_index (batch, batch->len - 1));
  guint kept = 0;

  if (self->pipelines == NULL)
    return last;
  for (guint i = 0; i < batch->len; i++)
    {
      const gchar *pipeline = amsel_readout_get_pipeline (g_ptr_array_index (batch, i));
      gpointer readout = g_ptr_array_index (batch, i);

      if (pipeline == NULL || !g_hash_table_contains (self->pipelines, pipeline))
        continue;
      batch->pdata[i] = batch->pdata[kept];
      batch->pdata[kept++] = readout;
    }
  g_ptr_array_set_size (batch, (gint) kept);
  return last;
}

/* The store numbers without gaps, so a gap is what it had to remove before its turn came. */
static void
count_missed (AmselExportWorker *self, guint64 position, GPtrArray *batch)
{
  guint64 first = amsel_readout_get_sequence (g_ptr_array_index (batch, 0));
  g_autoptr (GError) error = NULL;

  if (position == 0 || first <= position + 1)
    return;
  g_mutex_lock (&self->mutex);
  self->counters.missed += first - position - 1;
  g_mutex_unlock (&self->mutex);
  error =
      g_error_new (AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE,
                   "%s: the store removed %" G_GUINT64_FORMAT " readouts (%" G_GUINT64_FORMAT
                   " to %" G_GUINT64_FORMAT ") before they could be delivered",
                   amsel_exporter_get_name (self->exporter), first - position - 1, position + 1, first - 1);
  amsel_export_worker_notify (self, error);
}

static gboolean
deliver (AmselExportWorker *self, GPtrArray *batch, guint64 last, GError **error)
{
  gchar *state = NULL;

  if (batch->len > 0)
    {
      g_mutex_lock (&self->mutex);
      self->counters.oldest_us = amsel_readout_get_end_us (g_ptr_array_index (batch, 0));
      g_mutex_unlock (&self->mutex);
    }
  if (!amsel_exporter_export (self->exporter, batch, &state, self->cancellable, error))
    return FALSE;
  return commit (self, last, state, batch->len, error);
}

/* Moves over readouts of other exporters; the cursor in the store follows now and then. */
static gboolean
skip (AmselExportWorker *self, guint64 last, gboolean write, GError **error)
{
  if (write || last - self->committed >= SKIPPED_MAX)
    return commit (self, last, g_strdup (self->state), 0, error);
  set_position (self, last, 0);
  return TRUE;
}

/* How long the exporter may sleep: 0 when it wants to be called now. */
static gint64
get_idle_us (AmselExportWorker *self)
{
  gint64 deadline_us = amsel_exporter_get_deadline_us (self->exporter);
  gint64 left_us;

  if (deadline_us == 0 || deadline_us == self->served_us)
    return IDLE_US; /* one that stays after it was served must not keep us busy */
  left_us = deadline_us - amsel_clock_get_real_us (amsel_exporter_get_clock (self->exporter));
  return CLAMP (left_us, 0, IDLE_US);
}

static void
recovered (AmselExportWorker *self)
{
  g_mutex_lock (&self->mutex);
  self->counters.failures = 0;
  g_mutex_unlock (&self->mutex);
  if (self->trouble == NULL)
    return;
  g_clear_error (&self->trouble);
  amsel_export_worker_notify (self, NULL);
}

/* Gets ready to wait for readouts; FALSE where there is something to end instead. */
static gboolean
may_nap (AmselExportWorker *self)
{
  gboolean may;

  g_mutex_lock (&self->mutex);
  may = !self->finishing || self->finished;
  if (may && !self->stopping)
    g_cancellable_reset (self->nap);
  g_mutex_unlock (&self->mutex);
  return may;
}

/* Nothing more comes: ends what waits for its time. */
static gboolean
finish (AmselExportWorker *self, guint64 position, GError **error)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  amsel_exporter_finish (self->exporter);
  if (!deliver (self, none, position, error))
    return FALSE;
  recovered (self);
  g_mutex_lock (&self->mutex);
  self->finished = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

/* One round: a batch if there is one, the deadline if it has come, else a sleep until there is something. */
static gboolean
step (AmselExportWorker *self, GError **error)
{
  guint64 position = self->counters.position; /* written by this thread alone */
  g_autoptr (GPtrArray) batch = NULL;
  gint64 idle_us = get_idle_us (self);

  if (amsel_store_get_last_sequence (self->store) <= position && !may_nap (self))
    return finish (self, position, error);
  if (idle_us > 0 && amsel_store_get_last_sequence (self->store) <= position)
    {
      recovered (self); /* nothing is left undone */
      if (!amsel_store_wait (self->store, position, idle_us, self->nap) && !is_stopping (self)
          && position > self->committed)
        return skip (self, position, TRUE, error);
      return TRUE;
    }
  batch = amsel_store_read_after (self->store, position, amsel_exporter_get_batch (self->exporter), error);
  if (batch == NULL)
    return FALSE;
  if (batch->len > 0)
    {
      guint64 last;

      count_missed (self, position, batch);
      last = keep_wanted (self, batch);
      if (batch->len == 0 && idle_us > 0)
        return skip (self, last, FALSE, error);
      position = last;
    }
  else if (idle_us > 0)
    return TRUE;
  if (idle_us == 0)
    self->served_us = amsel_exporter_get_deadline_us (self->exporter);
  if (!deliver (self, batch, position, error))
    return FALSE;
  recovered (self);
  return TRUE;
}

/* Stops the exporter, tells once what is wrong, and pauses. */
static void
fail (AmselExportWorker *self, GError *error)
{
  gint64 until_us;

  if (self->running)
    amsel_exporter_stop (self->exporter);
  self->running = FALSE;
  if (is_stopping (self))
    return;
  if (self->trouble == NULL || self->trouble->domain != error->domain || self->trouble->code != error->code)
    {
      g_clear_error (&self->trouble);
      self->trouble = g_error_copy (error);
      amsel_export_worker_notify (self, error);
    }
  g_mutex_lock (&self->mutex);
  self->counters.failures++;
  until_us = g_get_monotonic_time () + amsel_exporter_get_retry_us (self->exporter, self->counters.failures);
  while (!self->stopping && !self->hurry && g_cond_wait_until (&self->cond, &self->mutex, until_us))
    ;
  self->hurry = FALSE;
  g_mutex_unlock (&self->mutex);
}

gpointer
amsel_export_thread_run (gpointer data)
{
  AmselExportWorker *self = data;

  while (!is_stopping (self))
    {
      g_autoptr (GError) error = NULL;

      if ((self->running || begin (self, &error)) && step (self, &error))
        continue;
      fail (self, error);
    }
  /* what was passed over need not be passed over again; a failure here costs nothing else */
  if (self->running && self->counters.position > self->committed)
    amsel_store_commit_cursor (self->store, amsel_exporter_get_name (self->exporter), self->counters.position,
                               self->state, NULL);
  if (self->running)
    amsel_exporter_stop (self->exporter);
  self->running = FALSE;
  return NULL;
}
