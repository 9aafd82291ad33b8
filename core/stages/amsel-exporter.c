/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base class of exporters: the settings that all of them share, and checks around what an implementation
 * does.
 *
 * The settings are used by the export worker, not here: where a new exporter begins, how many readouts it
 * gets at once, and how long the worker pauses after a failure. */
#include "amsel-exporter.h"

#include "amsel-error.h"
#include "amsel-param.h"

typedef struct
{
  gchar *name;       /* (owned) (nullable) */
  AmselClock *clock; /* (owned) (nullable) */
  AmselExporterBegin begin;
  guint batch;
  gint64 retry_min_us;
  gint64 retry_max_us;
} AmselExporterPrivate;

#define DEFAULT_BATCH        512
#define DEFAULT_RETRY_MIN_US (1 * G_TIME_SPAN_SECOND)
#define DEFAULT_RETRY_MAX_US (5 * G_TIME_SPAN_MINUTE)

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselExporter, amsel_exporter, G_TYPE_OBJECT)

typedef enum
{
  PROP_NAME = 1,
  PROP_BEGIN,
  PROP_BATCH,
  PROP_RETRY_MIN,
  PROP_RETRY_MAX,
} AmselExporterProperty;

static GParamSpec *properties[PROP_RETRY_MAX + 1];
static guint warning_signal;

G_DEFINE_ENUM_TYPE (AmselExporterBegin, amsel_exporter_begin,
                    G_DEFINE_ENUM_VALUE (AMSEL_EXPORTER_BEGIN_NONE, ""),
                    G_DEFINE_ENUM_VALUE (AMSEL_EXPORTER_BEGIN_PAST, "past"),
                    G_DEFINE_ENUM_VALUE (AMSEL_EXPORTER_BEGIN_NOW, "now"))

/* A failure without a reason, or a reason without a failure, is the plugin's fault and named so. */
static gboolean
settle (AmselExporter *self, gboolean done, GError **local, GError **error)
{
  if (done && *local == NULL)
    return TRUE;
  if (*local == NULL)
    g_set_error (local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT, "%s failed and gave no reason",
                 G_OBJECT_TYPE_NAME (self));
  g_propagate_error (error, *local);
  return FALSE;
}

/**
 * amsel_exporter_check: (virtual check)
 * @self: an exporter
 * @error: return location for an #AmselConfigError that names the setting
 *
 * Looks whether the settings fit together. It touches neither a file nor the far end.
 *
 * Returns: whether they do
 */
gboolean
amsel_exporter_check (AmselExporter *self, GError **error)
{
  AmselExporterClass *klass = AMSEL_EXPORTER_GET_CLASS (self);
  GError *local = NULL;

  return klass->check == NULL || settle (self, klass->check (self, &local), &local, error);
}

/**
 * amsel_exporter_start: (virtual start)
 * @self: an exporter
 * @state: (nullable): the state that was committed last; %NULL at the very first start
 * @error: return location for an #AmselExportError
 *
 * Begins, or begins again after an error.
 *
 * Returns: whether it is ready
 */
gboolean
amsel_exporter_start (AmselExporter *self, const gchar *state, GError **error)
{
  GError *local = NULL;

  return settle (self, AMSEL_EXPORTER_GET_CLASS (self)->start (self, state, &local), &local, error);
}

/**
 * amsel_exporter_export: (virtual export)
 * @self: an exporter
 * @readouts: (element-type AmselReadout): what to deliver, in order; may be empty at a deadline
 * @out_state: (out) (transfer full) (nullable): state to commit with the position of the last readout
 * @cancellable: (nullable): to give up
 * @error: return location for an #AmselExportError
 *
 * Delivers readouts: all of them, or it fails.
 *
 * Returns: whether the far end has them
 */
gboolean
amsel_exporter_export (AmselExporter *self, GPtrArray *readouts, gchar **out_state, GCancellable *cancellable,
                       GError **error)
{
  GError *local = NULL;

  *out_state = NULL;
  if (settle (self, AMSEL_EXPORTER_GET_CLASS (self)->export(self, readouts, out_state, cancellable, &local),
              &local, error))
    return TRUE;
  g_clear_pointer (out_state, g_free);
  return FALSE;
}

/**
 * amsel_exporter_committed: (virtual committed)
 * @self: an exporter
 * @error: return location for an #AmselExportError
 *
 * Tells that what was exported last is durable in the store.
 *
 * Returns: whether the steps that waited for it were done
 */
gboolean
amsel_exporter_committed (AmselExporter *self, GError **error)
{
  AmselExporterClass *klass = AMSEL_EXPORTER_GET_CLASS (self);
  GError *local = NULL;

  return klass->committed == NULL || settle (self, klass->committed (self, &local), &local, error);
}

/**
 * amsel_exporter_get_deadline_us: (virtual get_deadline_us)
 * @self: an exporter
 *
 * Returns: wall-clock microseconds at which it wants to be called even without readouts; 0 for never
 */
gint64
amsel_exporter_get_deadline_us (AmselExporter *self)
{
  AmselExporterClass *klass = AMSEL_EXPORTER_GET_CLASS (self);

  return klass->get_deadline_us != NULL ? klass->get_deadline_us (self) : 0;
}

/**
 * amsel_exporter_finish: (virtual finish)
 * @self: an exporter
 *
 * Tells that nothing more comes for now: what waits for its time to end is to end with the next
 * amsel_exporter_export().
 */
void
amsel_exporter_finish (AmselExporter *self)
{
  AmselExporterClass *klass = AMSEL_EXPORTER_GET_CLASS (self);

  if (klass->finish != NULL)
    klass->finish (self);
}

/**
 * amsel_exporter_stop: (virtual stop)
 * @self: an exporter
 *
 * Ends: closes what is open.
 */
void
amsel_exporter_stop (AmselExporter *self)
{
  AmselExporterClass *klass = AMSEL_EXPORTER_GET_CLASS (self);

  if (klass->stop != NULL)
    klass->stop (self);
}

/**
 * amsel_exporter_get_name: (attributes org.gtk.Method.get_property=name)
 * @self: an exporter
 *
 * Returns: (transfer none): its name in the configuration; empty where it has none
 */
const gchar *
amsel_exporter_get_name (AmselExporter *self)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (self);

  return priv->name != NULL ? priv->name : "";
}

/**
 * amsel_exporter_get_begin: (attributes org.gtk.Method.get_property=begin)
 * @self: an exporter
 *
 * Returns: where it begins when it has never run
 */
AmselExporterBegin
amsel_exporter_get_begin (AmselExporter *self)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (self);

  return priv->begin;
}

/**
 * amsel_exporter_get_batch: (attributes org.gtk.Method.get_property=batch)
 * @self: an exporter
 *
 * Returns: the most readouts that it gets at once
 */
guint
amsel_exporter_get_batch (AmselExporter *self)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (self);

  return priv->batch;
}

/**
 * amsel_exporter_get_retry_us:
 * @self: an exporter
 * @n_failures: how many times it has failed one after another, from 1
 *
 * Returns: the pause before it is tried again, in microseconds: it doubles from `retry-min` to `retry-max`
 */
gint64
amsel_exporter_get_retry_us (AmselExporter *self, guint n_failures)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (self);
  gint64 pause_us = priv->retry_min_us;

  for (guint i = 1; i < n_failures && pause_us < priv->retry_max_us; i++)
    pause_us *= 2;
  return MAX (priv->retry_min_us, MIN (pause_us, priv->retry_max_us));
}

/**
 * amsel_exporter_warn:
 * @self: an exporter
 * @error: what went wrong
 *
 * Reports something that went wrong and did not stop the exporter, such as a file that somebody removed. For
 * implementations; to be called from the exporter's own functions.
 */
void
amsel_exporter_warn (AmselExporter *self, const GError *error)
{
  g_signal_emit (self, warning_signal, 0, error);
}

/**
 * amsel_exporter_set_clock:
 * @self: an exporter
 * @clock: (nullable): the clock to go by; %NULL for the system's
 */
void
amsel_exporter_set_clock (AmselExporter *self, AmselClock *clock)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (self);

  g_set_object (&priv->clock, clock);
}

/**
 * amsel_exporter_get_clock:
 * @self: an exporter
 *
 * Returns: (transfer none): the clock it goes by
 */
AmselClock *
amsel_exporter_get_clock (AmselExporter *self)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (self);

  return priv->clock != NULL ? priv->clock : amsel_clock_get_system ();
}

static void
amsel_exporter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (AMSEL_EXPORTER (object));

  switch ((AmselExporterProperty) id)
    {
    case PROP_NAME:
      g_value_set_string (value, priv->name);
      break;
    case PROP_BEGIN:
      g_value_set_enum (value, priv->begin);
      break;
    case PROP_BATCH:
      g_value_set_uint (value, priv->batch);
      break;
    case PROP_RETRY_MIN:
      g_value_set_int64 (value, priv->retry_min_us);
      break;
    case PROP_RETRY_MAX:
      g_value_set_int64 (value, priv->retry_max_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_exporter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (AMSEL_EXPORTER (object));

  switch ((AmselExporterProperty) id)
    {
    case PROP_NAME:
      amsel_param_set_string (&priv->name, value);
      break;
    case PROP_BEGIN:
      priv->begin = (AmselExporterBegin) g_value_get_enum (value);
      break;
    case PROP_BATCH:
      priv->batch = g_value_get_uint (value);
      break;
    case PROP_RETRY_MIN:
      priv->retry_min_us = g_value_get_int64 (value);
      break;
    case PROP_RETRY_MAX:
      priv->retry_max_us = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_exporter_finalize (GObject *object)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (AMSEL_EXPORTER (object));

  g_free (priv->name);
  g_clear_object (&priv->clock);
  G_OBJECT_CLASS (amsel_exporter_parent_class)->finalize (object);
}

static void
amsel_exporter_class_init (AmselExporterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = amsel_exporter_get_property;
  object_class->set_property = amsel_exporter_set_property;
  object_class->finalize = amsel_exporter_finalize;

  properties[PROP_NAME] =
      g_param_spec_string ("name", "name", "Name of the exporter, by which pipelines route to it.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_BEGIN] = g_param_spec_enum (
      "begin", "begin",
      "Where the exporter begins when it has never run: with the oldest readout of the store "
      "(past), so that nothing is left out, or with the next one (now).",
      AMSEL_TYPE_EXPORTER_BEGIN, AMSEL_EXPORTER_BEGIN_PAST, AMSEL_PARAM_SETTING);
  properties[PROP_BATCH] = g_param_spec_uint (
      "batch", "batch",
      "The most readouts that are delivered and committed in one step. More is faster while "
      "there is a backlog.",
      1, 65536, DEFAULT_BATCH, AMSEL_PARAM_SETTING);
  properties[PROP_RETRY_MIN] = amsel_param_spec_duration (
      "retry-min", "Pause after a first failure; it doubles with every further one.", G_TIME_SPAN_MILLISECOND,
      G_TIME_SPAN_DAY, DEFAULT_RETRY_MIN_US, AMSEL_PARAM_SETTING);
  properties[PROP_RETRY_MAX] =
      amsel_param_spec_duration ("retry-max", "Longest pause after a failure.", G_TIME_SPAN_MILLISECOND,
                                 G_TIME_SPAN_DAY, DEFAULT_RETRY_MAX_US, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * AmselExporter::warning:
   * @self: an exporter
   * @error: what went wrong
   *
   * Something went wrong that did not stop the exporter. It comes in the exporter's thread.
   */
  warning_signal = g_signal_new ("warning", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
amsel_exporter_init (AmselExporter *self)
{
  AmselExporterPrivate *priv = amsel_exporter_get_instance_private (self);

  priv->begin = AMSEL_EXPORTER_BEGIN_PAST;
  priv->batch = DEFAULT_BATCH;
  priv->retry_min_us = DEFAULT_RETRY_MIN_US;
  priv->retry_max_us = DEFAULT_RETRY_MAX_US;
}
