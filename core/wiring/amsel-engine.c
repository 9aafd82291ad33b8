/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole. The engine connects what the configuration made: readouts of the pipelines go into the store,
 * and each exporter has a worker that takes them from there. It logs nothing; what people should know it says
 * by its signals "notice" and "problem", and the program decides what to do with them. */
#include "amsel-engine.h"

#include "amsel-engine-private.h"
#include "amsel-error.h"
#include "amsel-recall.h"

/* Readouts that may wait for the store before a line that talks by itself has to wait. */
#define CONGESTION 4096

G_DEFINE_FINAL_TYPE_WITH_CODE (AmselEngine, amsel_engine, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AMSEL_TYPE_CONTROLLER, amsel_engine_controller_init))

static guint signals[AMSEL_ENGINE_N_SIGNALS];

void
amsel_engine_say (AmselEngine *self, AmselEngineSignal signal, const gchar *format, ...)
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
  g_signal_emit (self, signals[AMSEL_ENGINE_READOUT], 0, readout);
}

static void
on_pipeline_notice (AmselPipeline *pipeline, const gchar *message, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_NOTICE, "pipeline %s: %s", amsel_pipeline_get_name (pipeline),
                    message);
}

static void
on_service_notice (AmselService *service, const gchar *message, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_NOTICE, "service %s: %s", amsel_service_get_name (service),
                    message);
}

static void
on_service_problem (AmselService *service, const gchar *message, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_PROBLEM, "service %s: %s", amsel_service_get_name (service),
                    message);
}

static void
on_line_state (AmselLine *line, AmselLineState state, const gchar *message, gpointer user_data)
{
  amsel_engine_say (user_data, state == AMSEL_LINE_STATE_WAITING ? AMSEL_ENGINE_PROBLEM : AMSEL_ENGINE_NOTICE,
                    "line %s: %s", amsel_line_get_name (line), message);
  g_main_context_wakeup (NULL);
}

static void
on_line_notice (AmselLine *line, const gchar *message, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_NOTICE, "line %s: %s", amsel_line_get_name (line), message);
}

static void
on_transport_problem (AmselTransport *transport G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_PROBLEM, "%s", error->message);
}

static void
on_store_problem (AmselStore *store G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_PROBLEM, "store: %s", error->message);
}

static void
on_store_recovered (AmselStore *store G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  amsel_engine_say (user_data, AMSEL_ENGINE_NOTICE, "store: %s", message);
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
  g_signal_connect_object (line, "notice", G_CALLBACK (on_line_notice), self, 0);
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
gboolean
amsel_engine_prepare (AmselEngine *self, GError **error)
{
  g_autoptr (GError) recall_error = NULL;

  g_return_val_if_fail (!self->running, FALSE);
  if (!amsel_store_open (self->store, error))
    return FALSE;
  self->running = TRUE;
  self->quit = FALSE;
  amsel_engine_start_workers (self);
  if (!amsel_recall (self->store, self->pipelines, &recall_error))
    amsel_engine_say (self, AMSEL_ENGINE_PROBLEM, "store: %s", recall_error->message);
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
    amsel_engine_say (self, AMSEL_ENGINE_PROBLEM, "store: %s", error->message);
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
  if (!amsel_engine_prepare (self, error))
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
  done = amsel_engine_drain_workers (self, drain_us) && done;
  amsel_engine_stop_workers (self);
  amsel_store_close (self->store);
  self->running = FALSE;
  return done;
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
  signals[AMSEL_ENGINE_NOTICE] = g_signal_new ("notice", AMSEL_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * AmselEngine::problem:
   * @self: the engine
   * @message: a sentence for the log
   *
   * Something is wrong that somebody should look at. Said once, when it begins.
   */
  signals[AMSEL_ENGINE_PROBLEM] = g_signal_new ("problem", AMSEL_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * AmselEngine::readout:
   * @self: the engine
   * @readout: the outcome of one meter in one slot
   *
   * A meter was read, or was not, and why. The readout is on its way into the store.
   */
  signals[AMSEL_ENGINE_READOUT] =
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
