/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wired meter. */
#include "mbus-meter.h"

#include "mbus-protocol.h"

struct _MbusMeter
{
  AmselMeter parent_instance;

  guint baud;
  En13757Key *key;  /* (owned) (nullable) */
  gboolean bad_key; /* whether the setting was something that is no key */
  MbusLink link;
};

G_DEFINE_FINAL_TYPE (MbusMeter, mbus_meter, AMSEL_TYPE_METER)

typedef enum
{
  PROP_BAUD = 1,
  PROP_KEY,
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
    case PROP_KEY:
      /* a key that is in use is not told */
      g_value_set_string (value, NULL);
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
    case PROP_KEY:
      self->bad_key = !en13757_key_set (&self->key, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_meter_finalize (GObject *object)
{
  g_clear_pointer (&MBUS_METER (object)->key, en13757_key_unref);
  G_OBJECT_CLASS (mbus_meter_parent_class)->finalize (object);
}

static void
mbus_meter_class_init (MbusMeterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mbus_meter_get_property;
  object_class->set_property = mbus_meter_set_property;
  object_class->finalize = mbus_meter_finalize;

  g_object_class_install_property (
      object_class, PROP_BAUD,
      g_param_spec_uint (
          "baud", "baud",
          "Baud rate of this meter, where it is not that of its pipeline; 0 for that of the pipeline.", 0,
          MBUS_BAUD_MAX, 0, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_KEY,
      g_param_spec_string (
          "key", "key",
          "Key of the meter, where its telegrams are encrypted: 32 hexadecimal digits (AES), or 16 (DES).",
          NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET));
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

En13757Key *
mbus_meter_get_key (MbusMeter *self)
{
  return self->key;
}

gboolean
mbus_meter_has_good_key (MbusMeter *self)
{
  return !self->bad_key;
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
