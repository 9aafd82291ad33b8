/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wireless M-Bus as a stage: properties, and the way to the pure files. */
#include "wmbus-protocol.h"

#include "driver-settings.h"
#include "en13757-settings.h"
#include "wmbus-meter.h"
#include "wmbus-receiver.h"
#include "wmbus-setup.h"
#include "wmbus-telegram.h"

/* Longest pause within a message of a receiver: networks on the way may need a moment. */
#define GAP_US (2 * G_USEC_PER_SEC)

struct _WmbusProtocol
{
  AmselProtocol parent_instance;

  gint receiver; /* value of WMBUS_TYPE_RECEIVER */
  ReceiverMode mode;
  const ReceiverKind *found; /* (nullable): the receiver that is at the other end */
  En13757Settings settings;
  DriverSettings drivers;
  gboolean refuse_replays;
  WmbusMemory *memory;     /* (owned) */
  En13757Formats *formats; /* (owned): of compact frames */
  gchar *formats_path;     /* (owned) (nullable) */
  GError *formats_error;   /* (owned) (nullable): why the file cannot be used */
};

G_DEFINE_FINAL_TYPE (WmbusProtocol, wmbus_protocol, AMSEL_TYPE_PROTOCOL)

typedef enum
{
  PROP_RECEIVER = 1,
  PROP_MODE,
  PROP_FOUND,
  PROP_REFUSE_REPLAYS,
  PROP_FORMATS,
  PROP_DRIVERS,
  PROP_SECURITY, /* and those that follow it: En13757Property */
} WmbusProtocolProperty;

static AmselFrameStatus
wmbus_protocol_find_frame (AmselProtocol *protocol, const guint8 *data, gsize length, gint64 received_us,
                           gsize *used, AmselFrame **frame, GError **error)
{
  return wmbus_receiver_find_frame (WMBUS_PROTOCOL (protocol)->found, data, length, received_us, used, frame,
                                    error);
}

static void
on_set_up (const ReceiverKind *kind, gpointer user_data)
{
  WMBUS_PROTOCOL (user_data)->found = kind;
}

static AmselDialogue *
wmbus_protocol_prepare (AmselProtocol *protocol, AmselProtocol **finder)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (protocol);
  const ReceiverKind *kind = wmbus_receiver_get_kind (self->receiver);

  if (kind != NULL && kind->get_command == NULL)
    return NULL;
  return wmbus_setup_new (kind, self->mode, on_set_up, G_OBJECT (self), finder);
}

static AmselFrame *
wmbus_protocol_adopt_line (AmselProtocol *protocol G_GNUC_UNUSED, const gchar *line, GError **error)
{
  return wmbus_receiver_adopt_line (line, error);
}

static AmselFrame *
wmbus_protocol_adopt (AmselProtocol *protocol G_GNUC_UNUSED, const guint8 *data, gsize length, GError **error)
{
  return wmbus_telegram_adopt (data, length, error);
}

static gboolean
take_counter (gpointer counters, const AmselIdentity *meter, guint32 counter)
{
  return wmbus_memory_take_counter (counters, meter, counter);
}

static AmselTelegram *
wmbus_protocol_decode (AmselProtocol *protocol, AmselFrame *frame, AmselMeter *meter, GError **error)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (protocol);
  En13757Context context;

  en13757_settings_begin_context (
      &self->settings, WMBUS_IS_METER (meter) ? wmbus_meter_get_key (WMBUS_METER (meter)) : NULL, &context);
  context.formats = self->formats;
  context.drivers = self->drivers.library;
  if (self->refuse_replays)
    {
      context.take_counter = take_counter;
      context.counters = self->memory;
    }
  return wmbus_telegram_decode (frame, &context, self->memory, error);
}

static GType
wmbus_protocol_get_meter_type (AmselProtocol *protocol G_GNUC_UNUSED)
{
  return WMBUS_TYPE_METER;
}

/* A mode that was named must be one of the receiver that was named. */
static gboolean
check_mode (WmbusProtocol *self, GError **error)
{
  const ReceiverKind *kind = wmbus_receiver_get_kind (self->receiver);

  if (kind == NULL || self->mode == RECEIVER_MODE_UNKNOWN || (kind->modes >> self->mode & 1) != 0)
    return TRUE;
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               kind->modes != 0 ? "mode: a receiver of kind %s cannot listen for this one"
                                : "mode: a receiver of kind %s cannot be told which one to listen for",
               kind->name);
  return FALSE;
}

static gboolean
wmbus_protocol_identify (AmselProtocol *protocol G_GNUC_UNUSED, AmselFrame *frame, AmselIdentity *meter,
                         AmselIdentity *carrier)
{
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);

  return wmbus_telegram_identify (data, length, meter, carrier);
}

static guint64
wmbus_protocol_get_fingerprint (AmselProtocol *protocol G_GNUC_UNUSED, AmselFrame *frame)
{
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);

  return wmbus_telegram_get_fingerprint (data, length);
}

static gboolean
wmbus_protocol_is_encrypted (AmselProtocol *protocol G_GNUC_UNUSED, AmselFrame *frame)
{
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);

  return wmbus_telegram_is_encrypted (data, length);
}

/* Bytes of a message come one after the other; a receiver that pauses was restarted, and goes on with another
 * message. Without a checksum both would pass for one. */
static gint64
wmbus_protocol_get_gap_us (AmselProtocol *protocol)
{
  const ReceiverKind *kind = WMBUS_PROTOCOL (protocol)->found;

  return kind != NULL && !kind->is_text ? GAP_US : 0;
}

static gboolean
wmbus_protocol_get_meter_id (AmselProtocol *protocol G_GNUC_UNUSED, AmselMeter *meter, guint32 *id)
{
  En13757Selection selection;

  if (!wmbus_meter_get_selection (meter, &selection) || !en13757_selection_has_whole_id (&selection))
    return FALSE;
  *id = selection.id;
  return TRUE;
}

static gboolean
wmbus_protocol_check (AmselProtocol *protocol, GError **error)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (protocol);

  if (!check_mode (self, error) || !driver_settings_check (&self->drivers, error))
    return FALSE;
  if (self->formats_error == NULL)
    return en13757_settings_check (&self->settings, error);
  if (error != NULL)
    *error = g_error_copy (self->formats_error);
  return FALSE;
}

static GPtrArray *
wmbus_protocol_list_problems (AmselProtocol *protocol)
{
  return driver_settings_list_problems (&WMBUS_PROTOCOL (protocol)->drivers);
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

static gboolean
is_security (guint id)
{
  return id >= PROP_SECURITY && id < PROP_SECURITY + (guint) EN13757_N_PROPS;
}

static void
wmbus_protocol_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (object);

  if (is_security (id))
    en13757_settings_get_property (&self->settings, (En13757Property) (id - PROP_SECURITY), value);
  else if (id == PROP_RECEIVER)
    g_value_set_enum (value, self->receiver);
  else if (id == PROP_MODE)
    g_value_set_enum (value, (gint) self->mode);
  else if (id == PROP_FOUND)
    g_value_set_string (value, self->found != NULL ? self->found->name : NULL);
  else if (id == PROP_REFUSE_REPLAYS)
    g_value_set_boolean (value, self->refuse_replays);
  else if (id == PROP_FORMATS)
    g_value_set_string (value, self->formats_path);
  else if (id == PROP_DRIVERS)
    g_value_set_string (value, self->drivers.folder);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
set_formats_path (WmbusProtocol *self, const gchar *path)
{
  g_free (self->formats_path);
  self->formats_path = g_strdup (path);
  g_clear_error (&self->formats_error);
  if (path != NULL && path[0] != '\0')
    en13757_formats_open (self->formats, path, &self->formats_error);
}

static void
wmbus_protocol_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (object);

  if (is_security (id))
    en13757_settings_set_property (&self->settings, (En13757Property) (id - PROP_SECURITY), value);
  else if (id == PROP_RECEIVER)
    {
      self->receiver = g_value_get_enum (value);
      self->found = wmbus_receiver_get_kind (self->receiver);
    }
  else if (id == PROP_MODE)
    self->mode = (ReceiverMode) g_value_get_enum (value);
  else if (id == PROP_REFUSE_REPLAYS)
    self->refuse_replays = g_value_get_boolean (value);
  else if (id == PROP_FORMATS)
    set_formats_path (self, g_value_get_string (value));
  else if (id == PROP_DRIVERS)
    {
      driver_settings_set_folder (&self->drivers, g_value_get_string (value));
      en13757_formats_set_finder (self->formats, driver_find_formats, self->drivers.library);
    }
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wmbus_protocol_finalize (GObject *object)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (object);

  en13757_settings_clear (&self->settings);
  driver_settings_clear (&self->drivers);
  wmbus_memory_free (self->memory);
  en13757_formats_free (self->formats);
  g_free (self->formats_path);
  g_clear_error (&self->formats_error);
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
  protocol_class->adopt_line = wmbus_protocol_adopt_line;
  protocol_class->decode = wmbus_protocol_decode;
  protocol_class->prepare = wmbus_protocol_prepare;
  protocol_class->get_meter_type = wmbus_protocol_get_meter_type;
  protocol_class->identify = wmbus_protocol_identify;
  protocol_class->get_fingerprint = wmbus_protocol_get_fingerprint;
  protocol_class->get_meter_id = wmbus_protocol_get_meter_id;
  protocol_class->is_encrypted = wmbus_protocol_is_encrypted;
  protocol_class->get_gap_us = wmbus_protocol_get_gap_us;
  protocol_class->check = wmbus_protocol_check;
  protocol_class->list_problems = wmbus_protocol_list_problems;
  protocol_class->check_meter = wmbus_protocol_check_meter;
  protocol_class->matches = wmbus_protocol_matches;

  g_object_class_install_property (
      object_class, PROP_RECEIVER,
      g_param_spec_enum ("receiver", "receiver",
                         "What stands at the other end of the line; auto: whichever receiver answers.",
                         WMBUS_TYPE_RECEIVER, wmbus_receiver_get_value ("raw"), AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_MODE,
      g_param_spec_enum (
          "mode", "mode",
          "Link mode that the receiver is set to listen for; unknown: C and T where it can, else T.",
          RECEIVER_TYPE_MODE, RECEIVER_MODE_UNKNOWN, AMSEL_PARAM_SETTING));
  g_object_class_install_property (object_class, PROP_FOUND,
                                   g_param_spec_string ("found", "found", "The receiver that was found.",
                                                        NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      object_class, PROP_REFUSE_REPLAYS,
      g_param_spec_boolean (
          "refuse-replays", "refuse-replays",
          "Refuse telegrams whose message counter (security modes 7 to 10) is not above the last one "
          "of the meter: somebody has recorded them and sends them again.",
          FALSE, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_FORMATS,
      g_param_spec_string (
          "formats", "formats",
          "File that keeps the formats of compact frames, which are learned from full frames: so they "
          "are known at once after a restart. Not kept where it is not given.",
          NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH));
  driver_settings_install (object_class, PROP_DRIVERS);
  en13757_settings_install (object_class, PROP_SECURITY);
}

static void
wmbus_protocol_init (WmbusProtocol *self)
{
  self->receiver = wmbus_receiver_get_value ("raw");
  self->found = &receiver_raw;
  self->memory = wmbus_memory_new ();
  self->formats = en13757_formats_new (driver_find_formats);
}
