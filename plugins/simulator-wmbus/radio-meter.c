/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of a simulated wireless meter. */
#include "radio-meter.h"

#include "receiver-private.h"

#define LENGTH_MAX 256 /* L = 255 and the L field itself */

struct _RadioMeter
{
  GObject parent_instance;

  RadioMeterSettings settings;
};

G_DEFINE_FINAL_TYPE (RadioMeter, radio_meter, G_TYPE_OBJECT)

typedef enum
{
  PROP_TELEGRAMS = 1,
  PROP_MODE,
  PROP_INTERVAL,
  PROP_RSSI,
  PROP_REPEAT,
} RadioMeterProperty;

static GParamSpec *properties[PROP_REPEAT + 1];

const RadioMeterSettings *
radio_meter_get_settings (RadioMeter *self)
{
  return &self->settings;
}

static GBytes *
load_one (const gchar *text, GError **error)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (text, -1, error);
  gsize length;
  const guint8 *data;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  if (length >= RECEIVER_HEADER_LENGTH && length <= LENGTH_MAX && data[0] == length - 1)
    return g_steal_pointer (&bytes);
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "a telegram of %" G_GSIZE_FORMAT
               " bytes; expected the L field first, which counts those after it, and "
               "no checksums",
               length);
  return NULL;
}

GPtrArray *
radio_meter_load (RadioMeter *self, GError **error)
{
  g_autoptr (GPtrArray) telegrams = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (gsize i = 0; self->settings.telegrams != NULL && self->settings.telegrams[i] != NULL; i++)
    {
      GBytes *bytes = load_one (self->settings.telegrams[i], error);

      if (bytes == NULL)
        {
          g_prefix_error (error, "telegram %" G_GSIZE_FORMAT ": ", i + 1);
          return NULL;
        }
      g_ptr_array_add (telegrams, bytes);
    }
  if (telegrams->len > 0)
    return g_steal_pointer (&telegrams);
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "a meter without telegrams");
  return NULL;
}

static void
radio_meter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RadioMeter *self = RADIO_METER (object);

  switch ((RadioMeterProperty) id)
    {
    case PROP_TELEGRAMS:
      g_value_set_boxed (value, self->settings.telegrams);
      break;
    case PROP_MODE:
      g_value_set_enum (value, (gint) self->settings.mode);
      break;
    case PROP_INTERVAL:
      g_value_set_int64 (value, self->settings.interval_us);
      break;
    case PROP_RSSI:
      g_value_set_int (value, self->settings.rssi_dbm);
      break;
    case PROP_REPEAT:
      g_value_set_uint (value, self->settings.repeat);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
radio_meter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  RadioMeter *self = RADIO_METER (object);

  switch ((RadioMeterProperty) id)
    {
    case PROP_TELEGRAMS:
      g_strfreev (self->settings.telegrams);
      self->settings.telegrams = g_value_dup_boxed (value);
      break;
    case PROP_MODE:
      self->settings.mode = (ReceiverMode) g_value_get_enum (value);
      break;
    case PROP_INTERVAL:
      self->settings.interval_us = g_value_get_int64 (value);
      break;
    case PROP_RSSI:
      self->settings.rssi_dbm = g_value_get_int (value);
      break;
    case PROP_REPEAT:
      self->settings.repeat = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
radio_meter_finalize (GObject *object)
{
  g_strfreev (RADIO_METER (object)->settings.telegrams);
  G_OBJECT_CLASS (radio_meter_parent_class)->finalize (object);
}

static void
radio_meter_class_init (RadioMeterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = radio_meter_get_property;
  object_class->set_property = radio_meter_set_property;
  object_class->finalize = radio_meter_finalize;

  properties[PROP_TELEGRAMS] = g_param_spec_boxed (
      "telegrams", "telegrams",
      "What it sends, one after the other: hexadecimal digits from the L field on, without checksums.",
      G_TYPE_STRV, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_MODE] =
      g_param_spec_enum ("mode", "mode", "Link mode that it sends in: s, t or c.", RECEIVER_TYPE_MODE,
                         RECEIVER_MODE_T, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_INTERVAL] = amsel_param_spec_duration (
      "interval", "Time from one telegram to the next.", 1000, G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC,
      10 * G_USEC_PER_SEC, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_RSSI] = g_param_spec_int ("rssi", "rssi", "How strong it is at the receiver, in dBm.", -120,
                                            -10, -70, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_REPEAT] =
      g_param_spec_uint ("repeat", "repeat", "How often it sends all of its telegrams; 0 for ever.", 0,
                         1000000, 0, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
radio_meter_init (RadioMeter *self G_GNUC_UNUSED)
{
}
