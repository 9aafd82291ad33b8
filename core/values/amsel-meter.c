/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A meter as the configuration describes it: a name for people and an address for its protocol. */
#include "amsel-meter.h"

#include "amsel-param.h"

typedef struct
{
  gchar *name;    /* (owned) (nullable) */
  gchar *address; /* (owned) (nullable) */
} AmselMeterPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (AmselMeter, amsel_meter, G_TYPE_OBJECT)

typedef enum
{
  PROP_NAME = 1,
  PROP_ADDRESS,
} AmselMeterProperty;

static GParamSpec *properties[PROP_ADDRESS + 1];

static void
amsel_meter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselMeterPrivate *self = amsel_meter_get_instance_private (AMSEL_METER (object));

  switch ((AmselMeterProperty) id)
    {
    case PROP_NAME:
      g_value_set_string (value, amsel_meter_get_name (AMSEL_METER (object)));
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_meter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselMeterPrivate *self = amsel_meter_get_instance_private (AMSEL_METER (object));

  switch ((AmselMeterProperty) id)
    {
    case PROP_NAME:
      amsel_param_set_string (&self->name, value);
      break;
    case PROP_ADDRESS:
      amsel_param_set_string (&self->address, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_meter_finalize (GObject *object)
{
  AmselMeterPrivate *self = amsel_meter_get_instance_private (AMSEL_METER (object));

  g_free (self->name);
  g_free (self->address);
  G_OBJECT_CLASS (amsel_meter_parent_class)->finalize (object);
}

static void
amsel_meter_class_init (AmselMeterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = amsel_meter_get_property;
  object_class->set_property = amsel_meter_set_property;
  object_class->finalize = amsel_meter_finalize;

  properties[PROP_NAME] = g_param_spec_string (
      "name", "name", "Name of the meter in files, messages and logs; its address where not given.", NULL,
      AMSEL_PARAM_SETTING);
  properties[PROP_ADDRESS] =
      g_param_spec_string ("address", "address", "Address of the meter, in the form that its protocol wants.",
                           NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
amsel_meter_init (AmselMeter *self G_GNUC_UNUSED)
{
}

/**
 * amsel_meter_new:
 * @name: (nullable): its name; %NULL for its address
 * @address: its address, in the form that its protocol wants
 *
 * Returns: (transfer full): a meter
 */
AmselMeter *
amsel_meter_new (const gchar *name, const gchar *address)
{
  return g_object_new (AMSEL_TYPE_METER, "name", name, "address", address, NULL);
}

/**
 * amsel_meter_get_name: (attributes org.gtk.Method.get_property=name)
 * @self: a meter
 *
 * Returns: (transfer none): its name; where it has none, its address
 */
const gchar *
amsel_meter_get_name (AmselMeter *self)
{
  AmselMeterPrivate *priv = amsel_meter_get_instance_private (self);

  return priv->name != NULL ? priv->name : priv->address != NULL ? priv->address : "";
}

/**
 * amsel_meter_get_address: (attributes org.gtk.Method.get_property=address)
 * @self: a meter
 *
 * Returns: (transfer none) (nullable): its address
 */
const gchar *
amsel_meter_get_address (AmselMeter *self)
{
  AmselMeterPrivate *priv = amsel_meter_get_instance_private (self);

  return priv->address;
}
