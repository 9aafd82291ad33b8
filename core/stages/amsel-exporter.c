/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base class of exporters. */
#include "amsel-exporter.h"

#include "amsel-error.h"
#include "amsel-param.h"

typedef struct
{
  gchar *name;       /* (owned) (nullable) */
  AmselClock *clock; /* (owned) (nullable) */
} AmselExporterPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselExporter, amsel_exporter, G_TYPE_OBJECT)

typedef enum
{
  PROP_NAME = 1,
} AmselExporterProperty;

static GParamSpec *properties[PROP_NAME + 1];

/* A failure without a reason, or a reason without a failure, is the plugin's fault and named so. */
static gboolean
settle (AmselExporter *self, gboolean done, GError *local, GError **error)
{
  if (done && local == NULL)
    return TRUE;
  if (local == NULL)
    g_set_error (&local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT, "%s failed and gave no reason",
                 G_OBJECT_TYPE_NAME (self));
  g_propagate_error (error, local);
  return FALSE;
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

  return settle (self, AMSEL_EXPORTER_GET_CLASS (self)->start (self, state, &local), local, error);
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
              local, error))
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

  return klass->committed == NULL || settle (self, klass->committed (self, &local), local, error);
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
      g_free (priv->name);
      priv->name = g_value_dup_string (value);
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
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
amsel_exporter_init (AmselExporter *self G_GNUC_UNUSED)
{
}
