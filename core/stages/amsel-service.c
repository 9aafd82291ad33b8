/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base class of services. */
#include "amsel-service.h"

#include "amsel-error.h"
#include "amsel-param.h"

typedef struct
{
  gchar *name; /* (owned) (nullable) */
} AmselServicePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselService, amsel_service, G_TYPE_OBJECT)

typedef enum
{
  PROP_NAME = 1,
} AmselServiceProperty;

static GParamSpec *properties[PROP_NAME + 1];

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
      g_free (priv->name);
      priv->name = g_value_dup_string (value);
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
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
amsel_service_init (AmselService *self G_GNUC_UNUSED)
{
}
