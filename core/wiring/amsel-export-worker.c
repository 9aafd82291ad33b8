/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exporters' workers as the main loop has them: begun, told that nothing more comes, waited for, stopped.
 * What their threads do is in amsel-export-thread.c. */
#include "amsel-export-worker-private.h"

G_DEFINE_FINAL_TYPE (AmselExportWorker, amsel_export_worker, G_TYPE_OBJECT)

typedef enum
{
  SIGNAL_PROBLEM,
  SIGNAL_RECOVERED,
  N_SIGNALS,
} AmselExportWorkerSignal;

static guint signals[N_SIGNALS];

/* One signal on its way to the main context. */
typedef struct
{
  AmselExportWorker *worker; /* (owned) */
  GError *error;             /* (owned) (nullable): NULL for recovered */
} Notice;

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_object_unref (notice->worker);
  g_clear_error (&notice->error);
  g_free (notice);
}

static gboolean
notice_emit (gpointer data)
{
  Notice *notice = data;
  g_autofree gchar *message = NULL;

  if (notice->error != NULL)
    {
      g_signal_emit (notice->worker, signals[SIGNAL_PROBLEM], 0, notice->error);
      return G_SOURCE_REMOVE;
    }
  message = g_strdup_printf ("%s works again", amsel_exporter_get_name (notice->worker->exporter));
  g_signal_emit (notice->worker, signals[SIGNAL_RECOVERED], 0, message);
  return G_SOURCE_REMOVE;
}

void
amsel_export_worker_notify (AmselExportWorker *self, const GError *error)
{
  Notice *notice = g_new0 (Notice, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  notice->worker = g_object_ref (self);
  notice->error = error != NULL ? g_error_copy (error) : NULL;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, notice_emit, notice, notice_free);
  g_source_set_static_name (source, "amsel-export-worker");
  g_source_attach (source, self->context);
}

static void
on_warning (AmselExporter *exporter G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  amsel_export_worker_notify (user_data, error);
}

/**
 * amsel_export_worker_start: (skip)
 * @self: a worker
 *
 * Begins to deliver. Signals come in the thread-default main context of the caller. Does nothing where it is
 * started already.
 */
void
amsel_export_worker_start (AmselExportWorker *self)
{
  g_autofree gchar *name = NULL;

  if (self->thread != NULL)
    return;
  g_clear_pointer (&self->context, g_main_context_unref);
  self->context = g_main_context_ref_thread_default ();
  g_cancellable_reset (self->cancellable);
  g_cancellable_reset (self->nap);
  self->stopping = FALSE;
  self->finishing = FALSE;
  self->finished = FALSE;
  self->warning_handler = g_signal_connect (self->exporter, "warning", G_CALLBACK (on_warning), self);
  name = g_strdup_printf ("export-%s", amsel_exporter_get_name (self->exporter));
  self->thread = g_thread_new (name, amsel_export_thread_run, self);
}

/**
 * amsel_export_worker_stop: (skip)
 * @self: a worker
 *
 * Ends promptly: what is being delivered is finished or given up, what is left waits in the store. Does
 * nothing where it is not started.
 */
void
amsel_export_worker_stop (AmselExportWorker *self)
{
  if (self->thread == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->stopping = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->nap);
  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_signal_handler (&self->warning_handler, self->exporter);
}

/**
 * amsel_export_worker_finish: (skip)
 * @self: a worker that is started
 *
 * Tells that nothing more comes: when everything is delivered, the exporter also ends what waits for its
 * time. amsel_export_worker_drain() waits for that too from now on.
 */
void
amsel_export_worker_finish (AmselExportWorker *self)
{
  g_mutex_lock (&self->mutex);
  self->finishing = TRUE;
  g_cancellable_cancel (self->nap);
  g_mutex_unlock (&self->mutex);
}

static gboolean
is_drained (AmselExportWorker *self, guint64 goal)
{
  return self->counters.position >= goal && (!self->finishing || self->finished);
}

/**
 * amsel_export_worker_drain: (skip)
 * @self: a worker that is started
 * @timeout_us: the longest to wait, in microseconds
 *
 * Waits until everything that is in the store now is delivered and committed. An exporter that pauses after a
 * failure is tried again at once.
 *
 * Returns: whether it is; %FALSE when the time is over or the worker was stopped
 */
gboolean
amsel_export_worker_drain (AmselExportWorker *self, gint64 timeout_us)
{
  guint64 goal = amsel_store_get_last_sequence (self->store);
  gint64 until_us = g_get_monotonic_time () + timeout_us;
  gboolean done;

  g_mutex_lock (&self->mutex);
  self->hurry = TRUE; /* also for a pause that is just about to begin */
  g_cond_broadcast (&self->cond);
  while (!is_drained (self, goal) && !self->stopping
         && g_cond_wait_until (&self->cond, &self->mutex, until_us))
    ;
  done = is_drained (self, goal);
  g_mutex_unlock (&self->mutex);
  return done;
}

/**
 * amsel_export_worker_get_counters: (skip)
 * @self: a worker
 * @out: what it has done
 */
void
amsel_export_worker_get_counters (AmselExportWorker *self, AmselExportCounters *out)
{
  g_mutex_lock (&self->mutex);
  *out = self->counters;
  g_mutex_unlock (&self->mutex);
}

/**
 * amsel_export_worker_get_exporter: (skip)
 * @self: a worker
 *
 * Returns: (transfer none): the exporter it serves
 */
AmselExporter *
amsel_export_worker_get_exporter (AmselExportWorker *self)
{
  return self->exporter;
}

/**
 * amsel_export_worker_new: (skip)
 * @exporter: where readouts go
 * @store: where they come from; it must stay open while the worker is started
 * @pipelines: (array zero-terminated=1) (nullable): names of the pipelines whose readouts are wanted; %NULL
 * for all
 *
 * Returns: (transfer full): a worker that is not started yet
 */
AmselExportWorker *
amsel_export_worker_new (AmselExporter *exporter, AmselStore *store, const gchar *const *pipelines)
{
  AmselExportWorker *self = g_object_new (AMSEL_TYPE_EXPORT_WORKER, NULL);

  self->exporter = g_object_ref (exporter);
  self->store = g_object_ref (store);
  if (pipelines == NULL)
    return self;
  self->pipelines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; pipelines[i] != NULL; i++)
    g_hash_table_add (self->pipelines, g_strdup (pipelines[i]));
  return self;
}

static void
amsel_export_worker_dispose (GObject *object)
{
  amsel_export_worker_stop (AMSEL_EXPORT_WORKER (object));
  G_OBJECT_CLASS (amsel_export_worker_parent_class)->dispose (object);
}

static void
amsel_export_worker_finalize (GObject *object)
{
  AmselExportWorker *self = AMSEL_EXPORT_WORKER (object);

  g_object_unref (self->exporter);
  g_object_unref (self->store);
  g_clear_pointer (&self->pipelines, g_hash_table_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_object_unref (self->cancellable);
  g_object_unref (self->nap);
  g_free (self->state);
  g_clear_error (&self->trouble);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (amsel_export_worker_parent_class)->finalize (object);
}

static void
amsel_export_worker_class_init (AmselExportWorkerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = amsel_export_worker_dispose;
  object_class->finalize = amsel_export_worker_finalize;

  /**
   * AmselExportWorker::problem:
   * @self: a worker
   * @error: what is wrong
   *
   * Delivery has stopped, or has another trouble than before, or the exporter has a warning.
   */
  signals[SIGNAL_PROBLEM] =
      g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * AmselExportWorker::recovered:
   * @self: a worker
   * @message: a sentence for the log
   *
   * Delivery goes on after it had stopped.
   */
  signals[SIGNAL_RECOVERED] = g_signal_new ("recovered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
amsel_export_worker_init (AmselExportWorker *self)
{
  self->cancellable = g_cancellable_new ();
  self->nap = g_cancellable_new ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
}
