/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole. The engine connects what the configuration made: readouts of the pipelines go into the store,
 * and each exporter has a worker that takes them from there. It logs nothing; what people should know it says
 * by its signals "notice" and "problem", and the program decides what to do with them. */
#include "amsel-engine.h"

#include "amsel-engine-private.h"
#include "amsel-error.h"
#include "amsel-export-worker.h"
#include "amsel-recall.h"

/* Readouts that may wait for the store before a line that talks by itself has to wait. */
#define CONGESTION 4096

/* How long exporters may take to deliver what is left when everything is read once. */
#define DRAIN_ONCE_US (60 * G_USEC_PER_SEC)

/* The same where somebody waits for the end of it. */
#define DRAIN_QUIT_US (10 * G_USEC_PER_SEC)

/* How long to wait for exporters before signals and messages have their turn again. */
#define DRAIN_SLICE_US G_USEC_PER_SEC

struct _AmselEngine
{
  GObject parent_instance;

  AmselStore *store;    /* (owned) */
  GPtrArray *lines;     /* (owned) (element-type AmselLine) */
  GPtrArray *pipelines; /* (owned) (element-type AmselPipeline) */
  GPtrArray *exporters; /* (owned) (element-type AmselExporter) */
  GPtrArray *services;  /* (owned) (element-type AmselService) */
  GPtrArray *workers;   /* (owned) (element-type AmselExportWorker): while it runs */

  guint n_services; /* how many of the services are started: the first ones */
  gboolean running;
  gboolean quit;
  guint64 n_good;
  guint64 n_failed;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (AmselEngine, amsel_engine, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AMSEL_TYPE_CONTROLLER, amsel_engine_controller_init))

typedef enum
{
  SIGNAL_NOTICE,
  SIGNAL_PROBLEM,
  SIGNAL_READOUT,
  N_SIGNALS,
} AmselEngineSignal;

static guint signals[N_SIGNALS];

static void say (AmselEngine *self, AmselEngineSignal signal, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

static void
say (AmselEngine *self, AmselEngineSignal signal, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_signal_emit (self, signals[signal], 0, text);
}

/* Of a pipeline, or of a service that is a source. */
static void
on_readout (GObject *source G_GNUC_UNUSED, AmselReadout *readout, gpointer user_data)
{
  AmselEngine *self = user_data;

  if (amsel_readout_get_quality (readout) == AMSEL_QUALITY_GOOD)
    self->n_good++;
  else
    self->n_failed++;
  amsel_store_append (self->store, readout);
  if (amsel_store_get_n_queued (self->store) > CONGESTION)
    amsel_store_flush (self->store, NULL); /* its failure is told by the store's own signal */
  g_signal_emit (self, signals[SIGNAL_READOUT], 0, readout);
}

static void
on_pipeline_notice (AmselPipeline *pipeline, const gchar *message, gpointer user_data)
{
  say (user_data, SIGNAL_NOTICE, "pipeline %s: %s", amsel_pipeline_get_name (pipeline), message);
}

static void
on_service_notice (AmselService *service, const gchar *message, gpointer user_data)
{
  say (user_data, SIGNAL_NOTICE, "service %s: %s", amsel_service_get_name (service), message);
}

static void
on_service_problem (AmselService *service, const gchar *message, gpointer user_data)
{
  say (user_data, SIGNAL_PROBLEM, "service %s: %s", amsel_service_get_name (service), message);
}

static void
on_line_state (AmselLine *line, AmselLineState state, const gchar *message, gpointer user_data)
{
  say (user_data, state == AMSEL_LINE_STATE_WAITING ? SIGNAL_PROBLEM : SIGNAL_NOTICE, "line %s: %s",
       amsel_line_get_name (line), message);
  g_main_context_wakeup (NULL);
}

static void
on_transport_problem (AmselTransport *transport G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  say (user_data, SIGNAL_PROBLEM, "%s", error->message);
}

static void
on_store_problem (AmselStore *store G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  say (user_data, SIGNAL_PROBLEM, "store: %s", error->message);
}

static void
on_store_recovered (AmselStore *store G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  say (user_data, SIGNAL_NOTICE, "store: %s", message);
}

static void
on_worker_problem (AmselExportWorker *worker, const GError *error, gpointer user_data)
{
  say (user_data, SIGNAL_PROBLEM, "exporter %s: %s",
       amsel_exporter_get_name (amsel_export_worker_get_exporter (worker)), error->message);
}

static void
on_worker_recovered (AmselExportWorker *worker, const gchar *message, gpointer user_data)
{
  say (user_data, SIGNAL_NOTICE, "exporter %s: %s",
       amsel_exporter_get_name (amsel_export_worker_get_exporter (worker)), message);
}

/**
 * amsel_engine_add_line:
 * @self: an engine that does not run
 * @line: a line
 */
void
amsel_engine_add_line (AmselEngine *self, AmselLine *line)
{
  g_ptr_array_add (self->lines, g_object_ref (line));
  g_signal_connect_object (line, "state-changed", G_CALLBACK (on_line_state), self, 0);
  if (amsel_line_get_transport (line) != NULL)
    g_signal_connect_object (amsel_line_get_transport (line), "problem", G_CALLBACK (on_transport_problem),
                             self, 0);
}

/**
 * amsel_engine_add_pipeline:
 * @self: an engine that does not run
 * @pipeline: a pipeline on one of its lines
 */
void
amsel_engine_add_pipeline (AmselEngine *self, AmselPipeline *pipeline)
{
  g_ptr_array_add (self->pipelines, g_object_ref (pipeline));
  g_signal_connect_object (pipeline, "readout", G_CALLBACK (on_readout), self, 0);
  g_signal_connect_object (pipeline, "notice", G_CALLBACK (on_pipeline_notice), self, 0);
}

/**
 * amsel_engine_add_exporter:
 * @self: an engine that does not run
 * @exporter: an exporter; it gets the readouts of the pipelines and services that name it
 */
void
amsel_engine_add_exporter (AmselEngine *self, AmselExporter *exporter)
{
  g_ptr_array_add (self->exporters, g_object_ref (exporter));
}

/**
 * amsel_engine_add_service:
 * @self: an engine that does not run
 * @service: a service
 */
void
amsel_engine_add_service (AmselEngine *self, AmselService *service)
{
  g_ptr_array_add (self->services, g_object_ref (service));
  g_signal_connect_object (service, "readout", G_CALLBACK (on_readout), self, 0);
  g_signal_connect_object (service, "notice", G_CALLBACK (on_service_notice), self, 0);
  g_signal_connect_object (service, "problem", G_CALLBACK (on_service_problem), self, 0);
}

/**
 * amsel_engine_get_store:
 * @self: an engine
 *
 * Returns: (transfer none): its store
 */
AmselStore *
amsel_engine_get_store (AmselEngine *self)
{
  return self->store;
}

/**
 * amsel_engine_find_pipeline:
 * @self: an engine
 * @name: name of a pipeline
 *
 * Returns: (transfer none) (nullable): the pipeline; %NULL where there is none of that name
 */
AmselPipeline *
amsel_engine_find_pipeline (AmselEngine *self, const gchar *name)
{
  for (guint i = 0; i < self->pipelines->len; i++)
    if (g_str_equal (amsel_pipeline_get_name (g_ptr_array_index (self->pipelines, i)), name))
      return g_ptr_array_index (self->pipelines, i);
  return NULL;
}

/* Names of the pipelines and services that route to an exporter. */
static GPtrArray *
find_sources (AmselEngine *self, AmselExporter *exporter)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < self->pipelines->len; i++)
    {
      AmselPipeline *pipeline = g_ptr_array_index (self->pipelines, i);
      const gchar *const *exporters = amsel_pipeline_get_exporters (pipeline);

      if (exporters != NULL && g_strv_contains (exporters, amsel_exporter_get_name (exporter)))
        g_ptr_array_add (names, (gpointer) amsel_pipeline_get_name (pipeline));
    }
  for (guint i = 0; i < self->services->len; i++)
    {
      AmselService *service = g_ptr_array_index (self->services, i);
      const gchar *const *exporters = amsel_service_get_exporters (service);

      if (exporters != NULL && g_strv_contains (exporters, amsel_exporter_get_name (exporter)))
        g_ptr_array_add (names, (gpointer) amsel_service_get_name (service));
    }
  g_ptr_array_add (names, NULL);
  return names;
}

/* The store keeps what these have not delivered yet; exporters of older configurations do not hold it back.
 */
static void
name_exporters (AmselEngine *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->exporters->len; i++)
    g_ptr_array_add (names, (gpointer) amsel_exporter_get_name (g_ptr_array_index (self->exporters, i)));
  g_ptr_array_add (names, NULL);
  amsel_store_set_exporters (self->store, (const gchar *const *) names->pdata);
}

static void
start_workers (AmselEngine *self)
{
  for (guint i = 0; i < self->exporters->len; i++)
    {
      AmselExporter *exporter = g_ptr_array_index (self->exporters, i);
      g_autoptr (GPtrArray) sources = find_sources (self, exporter);
      AmselExportWorker *worker =
          amsel_export_worker_new (exporter, self->store, (const gchar *const *) sources->pdata);

      g_signal_connect_object (worker, "problem", G_CALLBACK (on_worker_problem), self, 0);
      g_signal_connect_object (worker, "recovered", G_CALLBACK (on_worker_recovered), self, 0);
      g_ptr_array_add (self->workers, worker);
      amsel_export_worker_start (worker);
    }
}

/* Stops those that were started, the last one first. */
static void
stop_services (AmselEngine *self)
{
  while (self->n_services > 0)
    amsel_service_stop (g_ptr_array_index (self->services, --self->n_services));
}

static gboolean
start_services (AmselEngine *self, GError **error)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      AmselService *service = g_ptr_array_index (self->services, i);

      if (!amsel_service_start (service, AMSEL_CONTROLLER (self), error))
        {
          g_prefix_error (error, "service %s: ", amsel_service_get_name (service));
          return FALSE;
        }
      self->n_services++;
    }
  return TRUE;
}

/* What both ways of running begin with: the store, then whoever reads from it, then the lines. */
static gboolean
prepare (AmselEngine *self, GError **error)
{
  g_autoptr (GError) recall_error = NULL;

  g_return_val_if_fail (!self->running, FALSE);
  if (!amsel_store_open (self->store, error))
    return FALSE;
  self->running = TRUE;
  self->quit = FALSE;
  name_exporters (self);
  start_workers (self);
  if (!amsel_recall (self->store, self->pipelines, &recall_error))
    say (self, SIGNAL_PROBLEM, "store: %s", recall_error->message);
  for (guint i = 0; i < self->lines->len; i++)
    amsel_line_start (g_ptr_array_index (self->lines, i));
  return TRUE;
}

/* A pipeline goes on where the last run ended, so that slots which passed meanwhile are not just missing. */
static void
start_pipeline (AmselEngine *self, AmselPipeline *pipeline)
{
  g_autoptr (GError) error = NULL;
  gint64 slot_us = 0;

  if (amsel_store_get_last_slot (self->store, amsel_pipeline_get_name (pipeline), &slot_us, &error))
    amsel_pipeline_set_last_slot (pipeline, slot_us);
  else
    say (self, SIGNAL_PROBLEM, "store: %s", error->message);
  amsel_pipeline_start (pipeline);
}

/**
 * amsel_engine_start:
 * @self: an engine
 * @error: return location for an error of the store or a service
 *
 * Starts everything, in the main context of the caller. A line that cannot be opened is no error: it is tried
 * again.
 *
 * Returns: whether it runs
 */
gboolean
amsel_engine_start (AmselEngine *self, GError **error)
{
  if (!prepare (self, error))
    return FALSE;
  if (!start_services (self, error))
    {
      amsel_engine_stop (self, 0);
      return FALSE;
    }
  for (guint i = 0; i < self->pipelines->len; i++)
    start_pipeline (self, g_ptr_array_index (self->pipelines, i));
  return TRUE;
}

static gboolean
drain_workers (AmselEngine *self, gint64 drain_us)
{
  gint64 end_us = g_get_monotonic_time () + drain_us;
  gboolean drained = TRUE;

  for (guint i = 0; i < self->workers->len; i++)
    {
      AmselExportWorker *worker = g_ptr_array_index (self->workers, i);

      if (!amsel_export_worker_drain (worker, MAX (end_us - g_get_monotonic_time (), 0)))
        drained = FALSE;
    }
  return drained;
}

/**
 * amsel_engine_stop:
 * @self: an engine
 * @drain_us: how long exporters may take to deliver what is left
 *
 * Stops everything: what is being read is broken off, what was read is stored, and exporters get time to
 * deliver. What they do not deliver stays in the store and goes out after the next start.
 *
 * Returns: whether everything was delivered
 */
gboolean
amsel_engine_stop (AmselEngine *self, gint64 drain_us)
{
  gboolean done;

  if (!self->running)
    return TRUE;
  stop_services (self);
  for (guint i = 0; i < self->pipelines->len; i++)
    amsel_pipeline_stop (g_ptr_array_index (self->pipelines, i));
  for (guint i = 0; i < self->lines->len; i++)
    amsel_line_stop (g_ptr_array_index (self->lines, i));
  done = amsel_store_flush (self->store, NULL);
  done = drain_workers (self, drain_us) && done;
  for (guint i = 0; i < self->workers->len; i++)
    amsel_export_worker_stop (g_ptr_array_index (self->workers, i));
  g_ptr_array_set_size (self->workers, 0);
  amsel_store_close (self->store);
  self->running = FALSE;
  return done;
}

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
  for (guint i = 0; i < self->workers->len; i++)
    amsel_export_worker_finish (g_ptr_array_index (self->workers, i));
  while (!self->quit && g_get_monotonic_time () < end_us && !drain_workers (self, DRAIN_SLICE_US))
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

  if (!prepare (self, error))
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

/**
 * amsel_engine_quit:
 * @self: an engine
 *
 * Ends amsel_engine_run_once() early.
 */
void
amsel_engine_quit (AmselEngine *self)
{
  self->quit = TRUE;
  g_main_context_wakeup (NULL);
}

/**
 * amsel_engine_get_n_good:
 * @self: an engine
 *
 * Returns: how many readouts were good since it was made
 */
guint64
amsel_engine_get_n_good (AmselEngine *self)
{
  return self->n_good;
}

/**
 * amsel_engine_get_n_failed:
 * @self: an engine
 *
 * Returns: how many readouts were not good since it was made
 */
guint64
amsel_engine_get_n_failed (AmselEngine *self)
{
  return self->n_failed;
}

GPtrArray *
amsel_engine_get_pipelines (AmselEngine *self)
{
  return self->pipelines;
}

static void
amsel_engine_dispose (GObject *object)
{
  AmselEngine *self = AMSEL_ENGINE (object);

  amsel_engine_stop (self, 0);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (amsel_engine_parent_class)->dispose (object);
}

static void
amsel_engine_finalize (GObject *object)
{
  AmselEngine *self = AMSEL_ENGINE (object);

  g_ptr_array_unref (self->workers);
  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->exporters);
  g_ptr_array_unref (self->pipelines);
  g_ptr_array_unref (self->lines);
  G_OBJECT_CLASS (amsel_engine_parent_class)->finalize (object);
}

static void
amsel_engine_class_init (AmselEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = amsel_engine_dispose;
  object_class->finalize = amsel_engine_finalize;

  /**
   * AmselEngine::notice:
   * @self: the engine
   * @message: a sentence for the log
   *
   * Something changed.
   */
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", AMSEL_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * AmselEngine::problem:
   * @self: the engine
   * @message: a sentence for the log
   *
   * Something is wrong that somebody should look at. Said once, when it begins.
   */
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", AMSEL_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * AmselEngine::readout:
   * @self: the engine
   * @readout: the outcome of one meter in one slot
   *
   * A meter was read, or was not, and why. The readout is on its way into the store.
   */
  signals[SIGNAL_READOUT] =
      g_signal_new ("readout", AMSEL_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    AMSEL_TYPE_READOUT | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
amsel_engine_init (AmselEngine *self)
{
  self->lines = g_ptr_array_new_with_free_func (g_object_unref);
  self->pipelines = g_ptr_array_new_with_free_func (g_object_unref);
  self->exporters = g_ptr_array_new_with_free_func (g_object_unref);
  self->services = g_ptr_array_new_with_free_func (g_object_unref);
  self->workers = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * amsel_engine_new:
 * @store: where readouts are kept
 *
 * Returns: (transfer full): an engine without lines
 */
AmselEngine *
amsel_engine_new (AmselStore *store)
{
  AmselEngine *self = g_object_new (AMSEL_TYPE_ENGINE, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "problem", G_CALLBACK (on_store_problem), self, 0);
  g_signal_connect_object (store, "recovered", G_CALLBACK (on_store_recovered), self, 0);
  return self;
}
