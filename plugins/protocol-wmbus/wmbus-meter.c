/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wireless meter. Its address is read and its key expanded once, since there may be a hundred thousand of
 * them and a telegram comes every few milliseconds. */
#include "wmbus-meter.h"

#include "wmbus-link.h"

struct _WmbusMeter
{
  AmselMeter parent_instance;

  En13757Key *key;  /* (owned) (nullable) */
  gboolean bad_key; /* whether the setting was something that is no key */
};

G_DEFINE_FINAL_TYPE (WmbusMeter, wmbus_meter, AMSEL_TYPE_METER)

typedef enum
{
  PROP_KEY = 1,
} WmbusMeterProperty;

static void
wmbus_meter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((WmbusMeterProperty) id)
    {
    case PROP_KEY:
      /* a key that is in use is not told */
      g_value_set_string (value, NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wmbus_meter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((WmbusMeterProperty) id)
    {
    case PROP_KEY:
      WMBUS_METER (object)->bad_key =
          !en13757_key_set (&WMBUS_METER (object)->key, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wmbus_meter_finalize (GObject *object)
{
  g_clear_pointer (&WMBUS_METER (object)->key, en13757_key_unref);
  G_OBJECT_CLASS (wmbus_meter_parent_class)->finalize (object);
}

static void
wmbus_meter_class_init (WmbusMeterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wmbus_meter_get_property;
  object_class->set_property = wmbus_meter_set_property;
  object_class->finalize = wmbus_meter_finalize;

  g_object_class_install_property (
      object_class, PROP_KEY,
      g_param_spec_string (
          "key", "key",
          "Key of the meter: 32 hexadecimal digits (AES), or 16 (DES). Not needed where the key file "
          "of the protocol has it.",
          NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET));
}

static void
wmbus_meter_init (WmbusMeter *self G_GNUC_UNUSED)
{
}

En13757Key *
wmbus_meter_get_key (WmbusMeter *self)
{
  return self->key;
}

gboolean
wmbus_meter_get_selection (AmselMeter *meter, En13757Selection *out)
{
  gsize column;

  return en13757_selection_parse (amsel_meter_get_address (meter), out, &column) == NULL;
}

gboolean
wmbus_meter_check (AmselMeter *meter, GError **error)
{
  const gchar *address = amsel_meter_get_address (meter);
  En13757Selection selection;
  gsize column;
  const gchar *expected = en13757_selection_parse (address, &selection, &column);

  if (expected != NULL)
    g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                 "address “%s”, column %" G_GSIZE_FORMAT ": expected %s", address != NULL ? address : "",
                 column + 1, expected);
  else if (WMBUS_IS_METER (meter) && WMBUS_METER (meter)->bad_key)
    g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                 "key: expected 32 hexadecimal digits (AES), or 16 (DES)");
  else
    return TRUE;
  return FALSE;
}
