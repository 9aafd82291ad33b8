/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wired meter. */
#include "mbus-meter.h"

#include "mbus-error.h"
#include "mbus-protocol.h"

struct _MbusMeter
{
  AmselMeter parent_instance;

  guint baud;
  guint new_baud;
  gint application;
  gboolean set_clock;
  GStrv send;         /* (owned) (nullable) */
  GPtrArray *orders;  /* (owned) (element-type GBytes): made of both */
  gboolean bad_order; /* whether the text of one is none */
  En13757Key *key;    /* (owned) (nullable) */
  gboolean bad_key;   /* whether the setting was something that is no key */
  gchar *identity;    /* (owned) (nullable) */
  MbusLink link;
};

G_DEFINE_FINAL_TYPE (MbusMeter, mbus_meter, AMSEL_TYPE_METER)

typedef enum
{
  PROP_BAUD = 1,
  PROP_KEY,
  PROP_APPLICATION,
  PROP_SEND,
  PROP_SET_CLOCK,
  PROP_NEW_BAUD,
  PROP_IDENTITY,
} MbusMeterProperty;

/* An application is selected by CI 50 with its number, EN 13757-3 clause 7.2; the other orders are as given.
 */
static void
make_orders (MbusMeter *self)
{
  const guint8 selection[] = { MBUS_CI_RESET, (guint8) self->application };

  g_ptr_array_set_size (self->orders, 0);
  self->bad_order = FALSE;
  if (self->application >= 0)
    g_ptr_array_add (self->orders, g_bytes_new (selection, sizeof selection));
  for (gsize i = 0; self->send != NULL && self->send[i] != NULL; i++)
    {
      GBytes *order = amsel_hex_decode (self->send[i], -1, NULL);

      if (order != NULL && g_bytes_get_size (order) > 0 && g_bytes_get_size (order) <= MBUS_DATA_MAX + 1)
        g_ptr_array_add (self->orders, order);
      else
        {
          self->bad_order = TRUE;
          g_clear_pointer (&order, g_bytes_unref);
        }
    }
}

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
    case PROP_APPLICATION:
      g_value_set_int (value, self->application);
      break;
    case PROP_SEND:
      g_value_set_boxed (value, self->send);
      break;
    case PROP_SET_CLOCK:
      g_value_set_boolean (value, self->set_clock);
      break;
    case PROP_NEW_BAUD:
      g_value_set_uint (value, self->new_baud);
      break;
    case PROP_IDENTITY:
      g_value_set_string (value, self->identity);
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
    case PROP_APPLICATION:
      self->application = g_value_get_int (value);
      make_orders (self);
      break;
    case PROP_SEND:
      g_strfreev (self->send);
      self->send = g_value_dup_boxed (value);
      make_orders (self);
      break;
    case PROP_SET_CLOCK:
      self->set_clock = g_value_get_boolean (value);
      break;
    case PROP_NEW_BAUD:
      self->new_baud = g_value_get_uint (value);
      break;
    case PROP_IDENTITY:
      amsel_param_set_string (&self->identity, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_meter_finalize (GObject *object)
{
  g_clear_pointer (&MBUS_METER (object)->key, en13757_key_unref);
  g_free (MBUS_METER (object)->identity);
  g_strfreev (MBUS_METER (object)->send);
  g_ptr_array_unref (MBUS_METER (object)->orders);
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
  g_object_class_install_property (
      object_class, PROP_APPLICATION,
      g_param_spec_int (
          "application", "application",
          "Application of the meter that is selected before each reading (application reset with "
          "this number); -1 for none.",
          -1, 255, -1, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_SEND,
      g_param_spec_boxed (
          "send", "send",
          "What is sent to the meter before each reading (SND_UD): hexadecimal digits, the CI field "
          "first, such as 510F01; each is to be acknowledged.",
          G_TYPE_STRV, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_SET_CLOCK,
      g_param_spec_boolean ("set-clock", "set-clock",
                            "Whether the clock of the meter is set to the local time of this computer before "
                            "each reading.",
                            FALSE, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_NEW_BAUD,
      g_param_spec_uint ("new-baud", "new-baud",
                         "Baud rate that the meter is to change to with the next reading; 0 for none.", 0,
                         MBUS_BAUD_CHANGE_MAX, 0, AMSEL_PARAM_SETTING | AMSEL_PARAM_RUNTIME));
  g_object_class_install_property (
      object_class, PROP_IDENTITY,
      g_param_spec_string (
          "identity", "identity",
          "Secondary address of the meter where it is read by its primary one: that another meter "
          "answers there is an error then.",
          NULL, AMSEL_PARAM_SETTING));
}

static void
mbus_meter_init (MbusMeter *self)
{
  self->application = -1;
  self->orders = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

gboolean
mbus_meter_get_identity (MbusMeter *self, MbusAddress *out, GError **error)
{
  *out = (MbusAddress){ .kind = MBUS_ADDRESS_KIND_NONE };
  if (self->identity == NULL)
    return TRUE;
  if (!mbus_address_parse (self->identity, out, error))
    {
      g_prefix_error (error, "identity: ");
      return FALSE;
    }
  if (out->kind == MBUS_ADDRESS_KIND_SECONDARY)
    return TRUE;
  g_set_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_MALFORMED_ADDRESS,
               "identity “%s”: expected a secondary address, eight digits", self->identity);
  return FALSE;
}

GPtrArray *
mbus_meter_get_orders (MbusMeter *self)
{
  return self->orders;
}

gboolean
mbus_meter_has_good_orders (MbusMeter *self)
{
  return !self->bad_order;
}

gboolean
mbus_meter_sets_clock (MbusMeter *self)
{
  return self->set_clock;
}

guint
mbus_meter_get_new_baud (MbusMeter *self)
{
  return self->new_baud;
}

void
mbus_meter_settle_baud (MbusMeter *self)
{
  self->baud = self->new_baud;
  self->new_baud = 0;
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
