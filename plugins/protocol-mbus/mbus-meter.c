/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wired meter. */
#include "mbus-meter.h"

#include "mbus-protocol.h"

struct _MbusMeter
{
  AmselMeter parent_instance;

  guint baud;
  MbusLink link;
};

G_DEFINE_FINAL_TYPE (MbusMeter, mbus_meter, AMSEL_TYPE_METER)

typedef enum
{
  PROP_BAUD = 1,
} MbusMeterProperty;

static void
mbus_meter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MbusMeter *self = MBUS_METER (object);

  switch ((MbusMeterProperty) id)
    {
    case PROP_BAUD:
      g_value_set_uint (value, self->baud);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_meter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MbusMeter *self = MBUS_METER (object);

  switch ((MbusMeterProperty) id)
    {
    case PROP_BAUD:
      self->baud = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_meter_class_init (MbusMeterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mbus_meter_get_property;
  object_class->set_property = mbus_meter_set_property;

  g_object_class_install_property (
      object_class, PROP_BAUD,
      g_param_spec_uint (
          "baud", "baud",
          "Baud rate of this meter, where it is not that of its pipeline; 0 for that of the pipeline.", 0,
          MBUS_BAUD_MAX, 0, AMSEL_PARAM_SETTING));
}

static void
mbus_meter_init (MbusMeter *self G_GNUC_UNUSED)
{
}

MbusLink *
mbus_meter_get_link (MbusMeter *self)
{
  return &self->link;
}

guint
mbus_meter_get_baud (MbusMeter *self)
{
  return self->baud;
}

gboolean
mbus_meter_get_parsed_address (MbusMeter *self, MbusAddress *out, GError **error)
{
  return mbus_address_parse (amsel_meter_get_address (AMSEL_METER (self)), out, error);
}
