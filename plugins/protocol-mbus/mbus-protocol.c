/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wired M-Bus as a stage: properties, and the way to the pure files. */
#include "mbus-protocol.h"

#include "driver-settings.h"
#include "en13757-settings.h"
#include "mbus-describe.h"
#include "mbus-error.h"
#include "mbus-read.h"
#include "mbus-search.h"
#include "mbus-telegram.h"

#define RETRIES_MAX              9
#define RETRIES_DEFAULT          2
#define TIMEOUT_EXTRA_MAX_US     (60 * (gint64) G_USEC_PER_SEC)
#define WAKE_UP_MAX_US           (20 * (gint64) G_USEC_PER_SEC)
#define TIMEOUT_EXTRA_DEFAULT_US (100 * G_GINT64_CONSTANT (1000))

struct _MbusProtocol
{
  AmselProtocol parent_instance;

  MbusTiming timing;
  En13757Settings settings; /* keys */
  DriverSettings drivers;
};

G_DEFINE_FINAL_TYPE (MbusProtocol, mbus_protocol, AMSEL_TYPE_PROTOCOL)

typedef enum
{
  PROP_BAUD = 1,
  PROP_TIMEOUT_EXTRA,
  PROP_RETRIES,
  PROP_WAKE_UP,
  PROP_DRIVERS,
  PROP_SECURITY, /* and those that follow it: En13757Property */
} MbusProtocolProperty;

static AmselFrameStatus
mbus_protocol_find_frame (AmselProtocol *protocol G_GNUC_UNUSED, const guint8 *data, gsize length,
                          gint64 received_us, gsize *used, AmselFrame **frame, GError **error)
{
  AmselFrameStatus status = mbus_frame_find (data, length, used, error);

  if (status == AMSEL_FRAME_STATUS_COMPLETE)
    *frame = amsel_frame_new (data, *used, received_us, AMSEL_RSSI_UNKNOWN);
  return status;
}

static AmselFrame *
mbus_protocol_adopt (AmselProtocol *protocol G_GNUC_UNUSED, const guint8 *data, gsize length, GError **error)
{
  return mbus_telegram_adopt (data, length, error);
}

static AmselTelegram *
mbus_protocol_decode (AmselProtocol *protocol, AmselFrame *frame, AmselMeter *meter, GError **error)
{
  MbusProtocol *self = MBUS_PROTOCOL (protocol);
  En13757Context context;

  en13757_settings_begin_context (
      &self->settings, MBUS_IS_METER (meter) ? mbus_meter_get_key (MBUS_METER (meter)) : NULL, &context);
  context.drivers = self->drivers.library;
  return mbus_telegram_decode (frame, &context, error);
}

static AmselDialogue *
mbus_protocol_read (AmselProtocol *protocol, AmselMeter *meter, GError **error)
{
  g_autoptr (MbusMeter) plain = NULL;

  if (MBUS_IS_METER (meter))
    return mbus_read_dialogue_new (MBUS_METER (meter), &MBUS_PROTOCOL (protocol)->timing, error);
  /* a meter without a memory for its link is read as at the first contact */
  plain = g_object_new (MBUS_TYPE_METER, "name", amsel_meter_get_name (meter), "address",
                        amsel_meter_get_address (meter), NULL);
  return mbus_read_dialogue_new (plain, &MBUS_PROTOCOL (protocol)->timing, error);
}

static AmselSearch *
mbus_protocol_search (AmselProtocol *protocol, GError **error G_GNUC_UNUSED)
{
  return mbus_search_new (MBUS_PROTOCOL (protocol)->timing.baud);
}

static GType
mbus_protocol_get_meter_type (AmselProtocol *protocol G_GNUC_UNUSED)
{
  return MBUS_TYPE_METER;
}

static gboolean
mbus_protocol_check_meter (AmselProtocol *protocol G_GNUC_UNUSED, AmselMeter *meter, GError **error)
{
  guint baud = MBUS_IS_METER (meter) ? mbus_meter_get_baud (MBUS_METER (meter)) : 0;
  MbusAddress address;

  if (!mbus_address_parse (amsel_meter_get_address (meter), &address, error)
      || (MBUS_IS_METER (meter) && !mbus_meter_get_identity (MBUS_METER (meter), &address, error)))
    return FALSE;
  if (MBUS_IS_METER (meter) && !mbus_meter_has_good_orders (MBUS_METER (meter)))
    {
      g_set_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_BAD_INPUT,
                   "send: expected hexadecimal digits of 1 to %d bytes each, the CI field first",
                   MBUS_DATA_MAX + 1);
      return FALSE;
    }
  if (baud == 0 || baud >= MBUS_BAUD_MIN)
    return TRUE;
  g_set_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_MALFORMED_ADDRESS, "baud %u: expected %d to %d", baud,
               MBUS_BAUD_MIN, MBUS_BAUD_MAX);
  return FALSE;
}

static gboolean
mbus_protocol_matches (AmselProtocol *protocol G_GNUC_UNUSED, AmselMeter *meter,
                       const AmselIdentity *identity)
{
  MbusAddress address;

  return mbus_address_parse (amsel_meter_get_address (meter), &address, NULL)
         && mbus_address_matches (&address, identity);
}

static gchar *
mbus_protocol_describe (AmselProtocol *protocol G_GNUC_UNUSED, AmselFrame *frame)
{
  return mbus_describe (frame);
}

static gboolean
is_security (guint id)
{
  return id >= PROP_SECURITY && id < PROP_SECURITY + (guint) EN13757_N_PROPS;
}

static void
mbus_protocol_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MbusProtocol *self = MBUS_PROTOCOL (object);

  if (is_security (id))
    {
      en13757_settings_get_property (&self->settings, (En13757Property) (id - PROP_SECURITY), value);
      return;
    }
  switch ((MbusProtocolProperty) id)
    {
    case PROP_BAUD:
      g_value_set_uint (value, self->timing.baud);
      break;
    case PROP_TIMEOUT_EXTRA:
      g_value_set_int64 (value, self->timing.timeout_extra_us);
      break;
    case PROP_RETRIES:
      g_value_set_uint (value, self->timing.retries);
      break;
    case PROP_WAKE_UP:
      g_value_set_int64 (value, self->timing.wake_up_us);
      break;
    case PROP_DRIVERS:
      g_value_set_string (value, self->drivers.folder);
      break;
    case PROP_SECURITY:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_protocol_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MbusProtocol *self = MBUS_PROTOCOL (object);

  if (is_security (id))
    {
      en13757_settings_set_property (&self->settings, (En13757Property) (id - PROP_SECURITY), value);
      return;
    }
  switch ((MbusProtocolProperty) id)
    {
    case PROP_BAUD:
      self->timing.baud = g_value_get_uint (value);
      break;
    case PROP_TIMEOUT_EXTRA:
      self->timing.timeout_extra_us = g_value_get_int64 (value);
      break;
    case PROP_RETRIES:
      self->timing.retries = g_value_get_uint (value);
      break;
    case PROP_WAKE_UP:
      self->timing.wake_up_us = g_value_get_int64 (value);
      break;
    case PROP_DRIVERS:
      driver_settings_set_folder (&self->drivers, g_value_get_string (value));
      break;
    case PROP_SECURITY:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static gboolean
mbus_protocol_check (AmselProtocol *protocol, GError **error)
{
  MbusProtocol *self = MBUS_PROTOCOL (protocol);

  return driver_settings_check (&self->drivers, error) && en13757_settings_check (&self->settings, error);
}

static GPtrArray *
mbus_protocol_list_problems (AmselProtocol *protocol)
{
  return driver_settings_list_problems (&MBUS_PROTOCOL (protocol)->drivers);
}

static void
mbus_protocol_finalize (GObject *object)
{
  MbusProtocol *self = MBUS_PROTOCOL (object);

  en13757_settings_clear (&self->settings);
  driver_settings_clear (&self->drivers);
  G_OBJECT_CLASS (mbus_protocol_parent_class)->finalize (object);
}

static void
mbus_protocol_class_init (MbusProtocolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselProtocolClass *protocol_class = AMSEL_PROTOCOL_CLASS (klass);

  object_class->get_property = mbus_protocol_get_property;
  object_class->set_property = mbus_protocol_set_property;
  object_class->finalize = mbus_protocol_finalize;
  protocol_class->find_frame = mbus_protocol_find_frame;
  protocol_class->adopt = mbus_protocol_adopt;
  protocol_class->decode = mbus_protocol_decode;
  protocol_class->read = mbus_protocol_read;
  protocol_class->search = mbus_protocol_search;
  protocol_class->get_meter_type = mbus_protocol_get_meter_type;
  protocol_class->check = mbus_protocol_check;
  protocol_class->list_problems = mbus_protocol_list_problems;
  protocol_class->check_meter = mbus_protocol_check_meter;
  protocol_class->matches = mbus_protocol_matches;
  protocol_class->describe = mbus_protocol_describe;

  g_object_class_install_property (
      object_class, PROP_BAUD,
      g_param_spec_uint (
          "baud", "baud",
          "Baud rate of the meters. The line is set to it, with 8 data bits, even parity and 1 stop bit.",
          MBUS_BAUD_MIN, MBUS_BAUD_MAX, MBUS_BAUD_DEFAULT, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_TIMEOUT_EXTRA,
      amsel_param_spec_duration (
          "timeout-extra",
          "How long to wait for an answer beyond what the standard allows (330 bit times "
          "and 50 ms), for slow meters.",
          0, TIMEOUT_EXTRA_MAX_US, TIMEOUT_EXTRA_DEFAULT_US, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_RETRIES,
      g_param_spec_uint ("retries", "retries",
                         "How often to repeat a request whose answer stays away or is damaged.", 0,
                         RETRIES_MAX, RETRIES_DEFAULT, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_WAKE_UP,
      amsel_param_spec_duration ("wake-up",
                                 "How long to send 55h before each reading, for meters that must be woken: "
                                 "behind an optical head, or with a battery. 2.2 s is usual; 0 for none.",
                                 0, WAKE_UP_MAX_US, 0, AMSEL_PARAM_SETTING));
  driver_settings_install (object_class, PROP_DRIVERS);
  en13757_settings_install (object_class, PROP_SECURITY);
}

static void
mbus_protocol_init (MbusProtocol *self)
{
  self->timing = (MbusTiming){ MBUS_BAUD_DEFAULT, TIMEOUT_EXTRA_DEFAULT_US, RETRIES_DEFAULT };
}
