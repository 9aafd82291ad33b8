/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wireless M-Bus as a stage: properties, and the way to the pure files. */
#include "wmbus-protocol.h"

#include "en13757-settings.h"
#include "wmbus-meter.h"
#include "wmbus-telegram.h"

struct _WmbusProtocol
{
  AmselProtocol parent_instance;

  En13757Settings settings;
};

G_DEFINE_FINAL_TYPE (WmbusProtocol, wmbus_protocol, AMSEL_TYPE_PROTOCOL)

typedef enum
{
  PROP_SECURITY = 1, /* and those that follow it: En13757Property */
} WmbusProtocolProperty;

static AmselFrameStatus
wmbus_protocol_find_frame (AmselProtocol *protocol G_GNUC_UNUSED, const guint8 *data, gsize length,
                           gint64 received_us, gsize *used, AmselFrame **frame, GError **error)
{
  guint8 stripped[WMBUS_TELEGRAM_MAX];
  WmbusFormat format = wmbus_link_begins_format_a (data, length) ? WMBUS_FORMAT_A : WMBUS_FORMAT_B;
  gsize whole = wmbus_link_get_length (format, data[0]);
  gsize n;

  if (whole == 0)
    {
      *used = 1;
      g_set_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_WRONG_LENGTH,
                   "no telegram has the L field %02X", data[0]);
      return AMSEL_FRAME_STATUS_DAMAGED;
    }
  if (length < whole)
    return AMSEL_FRAME_STATUS_MORE;
  n = wmbus_link_strip_any (data, whole, stripped, &format, error);
  *used = n > 0 ? whole : 1;
  if (n == 0)
    return AMSEL_FRAME_STATUS_DAMAGED;
  *frame = amsel_frame_new (stripped, n, received_us, AMSEL_RSSI_UNKNOWN);
  return AMSEL_FRAME_STATUS_COMPLETE;
}

static AmselFrame *
wmbus_protocol_adopt (AmselProtocol *protocol G_GNUC_UNUSED, const guint8 *data, gsize length, GError **error)
{
  return wmbus_telegram_adopt (data, length, error);
}

static AmselTelegram *
wmbus_protocol_decode (AmselProtocol *protocol, AmselFrame *frame, AmselMeter *meter, GError **error)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (protocol);
  En13757Context context;

  en13757_settings_begin_context (
      &self->settings, WMBUS_IS_METER (meter) ? wmbus_meter_get_key (WMBUS_METER (meter)) : NULL, &context);
  return wmbus_telegram_decode (frame, &context, error);
}

static GType
wmbus_protocol_get_meter_type (AmselProtocol *protocol G_GNUC_UNUSED)
{
  return WMBUS_TYPE_METER;
}

static gboolean
wmbus_protocol_check (AmselProtocol *protocol, GError **error)
{
  return en13757_settings_check (&WMBUS_PROTOCOL (protocol)->settings, error);
}

static gboolean
wmbus_protocol_check_meter (AmselProtocol *protocol G_GNUC_UNUSED, AmselMeter *meter, GError **error)
{
  return wmbus_meter_check (meter, error);
}

static gboolean
wmbus_protocol_matches (AmselProtocol *protocol G_GNUC_UNUSED, AmselMeter *meter,
                        const AmselIdentity *identity)
{
  En13757Selection selection;

  return wmbus_meter_get_selection (meter, &selection) && en13757_selection_matches (&selection, identity);
}

static void
wmbus_protocol_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id >= PROP_SECURITY && id < PROP_SECURITY + (guint) EN13757_N_PROPS)
    en13757_settings_get_property (&WMBUS_PROTOCOL (object)->settings, (En13757Property) (id - PROP_SECURITY),
                                   value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wmbus_protocol_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id >= PROP_SECURITY && id < PROP_SECURITY + (guint) EN13757_N_PROPS)
    en13757_settings_set_property (&WMBUS_PROTOCOL (object)->settings, (En13757Property) (id - PROP_SECURITY),
                                   value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wmbus_protocol_finalize (GObject *object)
{
  en13757_settings_clear (&WMBUS_PROTOCOL (object)->settings);
  G_OBJECT_CLASS (wmbus_protocol_parent_class)->finalize (object);
}

static void
wmbus_protocol_class_init (WmbusProtocolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselProtocolClass *protocol_class = AMSEL_PROTOCOL_CLASS (klass);

  object_class->get_property = wmbus_protocol_get_property;
  object_class->set_property = wmbus_protocol_set_property;
  object_class->finalize = wmbus_protocol_finalize;
  protocol_class->find_frame = wmbus_protocol_find_frame;
  protocol_class->adopt = wmbus_protocol_adopt;
  protocol_class->decode = wmbus_protocol_decode;
  protocol_class->get_meter_type = wmbus_protocol_get_meter_type;
  protocol_class->check = wmbus_protocol_check;
  protocol_class->check_meter = wmbus_protocol_check_meter;
  protocol_class->matches = wmbus_protocol_matches;
  en13757_settings_install (object_class, PROP_SECURITY);
}

static void
wmbus_protocol_init (WmbusProtocol *self G_GNUC_UNUSED)
{
}
