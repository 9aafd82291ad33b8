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
#include "amsel-export-worker.h"

#include "amsel-error.h"

/* skipped readouts after which the cursor is written though nothing was delivered */
#define SKIPPED_MAX 4096

/* the longest the worker sleeps: the wall clock may be set, and then a deadline comes sooner */
#define IDLE_US (30 * G_TIME_SPAN_SECOND)

struct _AmselExportWorker
{
  GObject parent_instance;

  AmselExporter *exporter;   /* (owned) */
  AmselStore *store;         /* (owned) */
  GHashTable *pipelines;     /* (owned) (nullable): names; NULL for all */
  GMainContext *context;     /* (owned) (nullable): where signals go */
  GCancellable *cancellable; /* (owned) */
  GCancellable *nap;         /* (owned): ends a wait for readouts */
  GThread *thread;           /* (owned) (nullable): while started */

  /* only used by the thread */
  gchar *state;      /* (owned) (nullable): what was committed last */
  guint64 committed; /* the cursor as the store has it */
  gboolean running;  /* between start and stop of the exporter */
  gint64 served_us;  /* the deadline that the exporter was called for last */
  GError *trouble;   /* (owned) (nullable): what was reported last, until it is over */
  gulong warning_handler;

  GMutex mutex;
  GCond cond; /* something below has changed */
  AmselExportCounters counters;
  gboolean hurry;     /* a drain began: try again now */
  gboolean finishing; /* nothing more comes */
  gboolean finished;  /* and nothing waits any more */
  gboolean stopping;
};

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

static void
notify (AmselExportWorker *self, const GError *error)
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
  notify (self, error);
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
  notify (self, NULL);
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
      notify (self, error);
    }
  g_mutex_lock (&self->mutex);
  self->counters.failures++;
  until_us = g_get_monotonic_time () + amsel_exporter_get_retry_us (self->exporter, self->counters.failures);
  while (!self->stopping && !self->hurry && g_cond_wait_until (&self->cond, &self->mutex, until_us))
    ;
  self->hurry = FALSE;
  g_mutex_unlock (&self->mutex);
}

static gpointer
run (gpointer data)
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

static void
on_warning (AmselExporter *exporter G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  notify (user_data, error);
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
  self->thread = g_thread_new (name, run, self);
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
