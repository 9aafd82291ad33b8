/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base class of services. */
#include "amsel-service.h"

#include "amsel-error.h"
#include "amsel-param.h"

typedef struct
{
  gchar *name;     /* (owned) (nullable) */
  GStrv exporters; /* (owned) (nullable) */
} AmselServicePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselService, amsel_service, G_TYPE_OBJECT)

typedef enum
{
  PROP_NAME = 1,
  PROP_EXPORTERS,
} AmselServiceProperty;

static GParamSpec *properties[PROP_EXPORTERS + 1];

typedef enum
{
  SIGNAL_READOUT,
  SIGNAL_NOTICE,
  SIGNAL_PROBLEM,
  N_SIGNALS,
} AmselServiceSignal;

static guint signals[N_SIGNALS];

/**
 * amsel_service_start: (virtual start)
 * @self: a service
 * @controller: the engine, which outlives the service's run
 * @error: return location for an error
 *
 * Begins to serve, in the main context.
 *
 * Returns: whether it serves
 */
gboolean
amsel_service_start (AmselService *self, AmselController *controller, GError **error)
{
  GError *local = NULL;
  gboolean done = AMSEL_SERVICE_GET_CLASS (self)->start (self, controller, &local);

  if (done && local == NULL)
    return TRUE;
  if (local == NULL)
    g_set_error (&local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT,
                 "%s did not start and gave no reason", G_OBJECT_TYPE_NAME (self));
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_service_stop: (virtual stop)
 * @self: a service
 *
 * Ends: closes all that it opened.
 */
void
amsel_service_stop (AmselService *self)
{
  AMSEL_SERVICE_GET_CLASS (self)->stop (self);
}

/**
 * amsel_service_check: (virtual check)
 * @self: a service that is not started
 * @error: return location for what is wrong
 *
 * Returns: whether its settings, and the items that were added, fit together
 */
gboolean
amsel_service_check (AmselService *self, GError **error)
{
  AmselServiceClass *klass = AMSEL_SERVICE_GET_CLASS (self);
  GError *local = NULL;

  if (klass->check == NULL || klass->check (self, &local))
    {
      g_clear_error (&local);
      return TRUE;
    }
  if (local == NULL)
    g_set_error (&local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT,
                 "%s refused its settings and gave no reason", G_OBJECT_TYPE_NAME (self));
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_service_get_exporters: (attributes org.gtk.Method.get_property=exporters)
 * @self: a service
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): names of the exporters that get its readouts
 */
const gchar *const *
amsel_service_get_exporters (AmselService *self)
{
  AmselServicePrivate *priv = amsel_service_get_instance_private (self);

  return (const gchar *const *) priv->exporters;
}

/**
 * amsel_service_get_item_key:
 * @self: a service
 *
 * Returns: (transfer none) (nullable): key of the list of its items in the configuration; %NULL where it has
 * none
 */
const gchar *
amsel_service_get_item_key (AmselService *self)
{
  AmselServiceClass *klass = AMSEL_SERVICE_GET_CLASS (self);

  return klass->get_item_type != NULL && klass->add_item != NULL ? klass->item_key : NULL;
}

/**
 * amsel_service_get_item_type: (virtual get_item_type)
 * @self: a service that has items
 *
 * Returns: type of its items
 */
GType
amsel_service_get_item_type (AmselService *self)
{
  AmselServiceClass *klass = AMSEL_SERVICE_GET_CLASS (self);

  return klass->get_item_type != NULL ? klass->get_item_type (self) : G_TYPE_INVALID;
}

/**
 * amsel_service_add_item: (virtual add_item)
 * @self: a service that has items, not started
 * @item: an object of the type that amsel_service_get_item_type() gives
 * @error: return location for an error
 *
 * Returns: whether the item was taken
 */
gboolean
amsel_service_add_item (AmselService *self, GObject *item, GError **error)
{
  AmselServiceClass *klass = AMSEL_SERVICE_GET_CLASS (self);

  g_return_val_if_fail (klass->add_item != NULL, FALSE);
  return klass->add_item (self, item, error);
}

/**
 * amsel_service_emit_readout:
 * @self: a service that is started
 * @readout: what it received; its pipeline is the name of the service
 *
 * Gives a readout to the engine, which stores it and gives it to the exporters of the service. For services
 * that are a source.
 */
void
amsel_service_emit_readout (AmselService *self, AmselReadout *readout)
{
  g_signal_emit (self, signals[SIGNAL_READOUT], 0, readout);
}

/**
 * amsel_service_notice:
 * @self: a service
 * @message: a sentence for the log
 *
 * Tells that something changed. For services.
 */
void
amsel_service_notice (AmselService *self, const gchar *message)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, message);
}

/**
 * amsel_service_problem:
 * @self: a service
 * @message: a sentence for the log
 *
 * Tells that something is wrong that somebody should look at: once, when it begins. For services.
 */
void
amsel_service_problem (AmselService *self, const gchar *message)
{
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, message);
}

/**
 * amsel_service_get_name: (attributes org.gtk.Method.get_property=name)
 * @self: a service
 *
 * Returns: (transfer none): its name in the configuration; empty where it has none
 */
const gchar *
amsel_service_get_name (AmselService *self)
{
  AmselServicePrivate *priv = amsel_service_get_instance_private (self);

  return priv->name != NULL ? priv->name : "";
}

static void
amsel_service_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselServicePrivate *priv = amsel_service_get_instance_private (AMSEL_SERVICE (object));

  switch ((AmselServiceProperty) id)
    {
    case PROP_NAME:
      g_value_set_string (value, priv->name);
      break;
    case PROP_EXPORTERS:
      g_value_set_boxed (value, priv->exporters);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_service_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselServicePrivate *priv = amsel_service_get_instance_private (AMSEL_SERVICE (object));

  switch ((AmselServiceProperty) id)
    {
    case PROP_NAME:
      amsel_param_set_string (&priv->name, value);
      break;
    case PROP_EXPORTERS:
      g_strfreev (priv->exporters);
      priv->exporters = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_service_finalize (GObject *object)
{
  AmselServicePrivate *priv = amsel_service_get_instance_private (AMSEL_SERVICE (object));

  g_free (priv->name);
  g_strfreev (priv->exporters);
  G_OBJECT_CLASS (amsel_service_parent_class)->finalize (object);
}

static void
amsel_service_class_init (AmselServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = amsel_service_get_property;
  object_class->set_property = amsel_service_set_property;
  object_class->finalize = amsel_service_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", "name", "Name of the service in messages and logs.",
                                               NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_EXPORTERS] =
      g_param_spec_boxed ("exporters", "exporters",
                          "Names of the exporters that get the readouts of this service, where it has any.",
                          G_TYPE_STRV, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * AmselService::readout:
   * @self: the service
   * @readout: what it received from a meter, or why nothing
   *
   * The service is a source: the engine stores the readout and gives it to the exporters of the service.
   */
  signals[SIGNAL_READOUT] =
      g_signal_new ("readout", AMSEL_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    AMSEL_TYPE_READOUT | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * AmselService::notice:
   * @self: the service
   * @message: a sentence for the log
   *
   * Something changed that people should know of.
   */
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", AMSEL_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * AmselService::problem:
   * @self: the service
   * @message: a sentence for the log
   *
   * Something is wrong that somebody should look at. Said once, when it begins.
   */
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", AMSEL_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
amsel_service_init (AmselService *self G_GNUC_UNUSED)
{
}
