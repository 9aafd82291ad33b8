/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wireless M-Bus as a stage: properties, and the way to the pure files. */
#include "wmbus-protocol.h"

#include "driver-settings.h"
#include "en13757-settings.h"
#include "wmbus-antenna.h"
#include "wmbus-counters.h"
#include "wmbus-meter.h"
#include "wmbus-receiver.h"
#include "wmbus-telegram.h"

struct _WmbusProtocol
{
  AmselProtocol parent_instance;

  gint receiver;        /* value of WMBUS_TYPE_RECEIVER */
  GStrv also_receivers; /* (owned) (nullable): words for those on other lines */
  ReceiverMode mode;
  WmbusAntenna *antenna; /* (owned): the line of the pipeline */
  En13757Settings settings;
  DriverSettings drivers;
  gboolean refuse_replays;
  WmbusMemory *memory;     /* (owned) */
  WmbusCounters *counters; /* (owned) */
  gchar *counters_path;    /* (owned) (nullable) */
  En13757Formats *formats; /* (owned): of compact frames */
  gchar *formats_path;     /* (owned) (nullable) */
  GError *formats_error;   /* (owned) (nullable): why the file cannot be used */
};

G_DEFINE_FINAL_TYPE (WmbusProtocol, wmbus_protocol, AMSEL_TYPE_PROTOCOL)

typedef enum
{
  PROP_RECEIVER = 1,
  PROP_ALSO_RECEIVERS,
  PROP_MODE,
  PROP_FOUND,
  PROP_REFUSE_REPLAYS,
  PROP_COUNTERS,
  PROP_FORMATS,
  PROP_DRIVERS,
  PROP_SECURITY, /* and those that follow it: En13757Property */
} WmbusProtocolProperty;

static AmselFrameStatus
wmbus_protocol_find_frame (AmselProtocol *protocol, const guint8 *data, gsize length, gint64 received_us,
                           gsize *used, AmselFrame **frame, GError **error)
{
  return amsel_protocol_find_frame (AMSEL_PROTOCOL (WMBUS_PROTOCOL (protocol)->antenna), data, length,
                                    received_us, used, frame, error);
}

static AmselDialogue *
wmbus_protocol_prepare (AmselProtocol *protocol, AmselProtocol **finder)
{
  return amsel_protocol_prepare (AMSEL_PROTOCOL (WMBUS_PROTOCOL (protocol)->antenna), finder);
}

static guint
get_n_also (WmbusProtocol *self)
{
  return self->also_receivers != NULL ? g_strv_length (self->also_receivers) : 0;
}

/* The kind of the receiver on a line, from 0; NULL for whichever answers. FALSE where the word is none. */
static gboolean
get_kind_on (WmbusProtocol *self, guint index, const ReceiverKind **out_kind, GError **error)
{
  gint value = self->receiver;

  if (index > 0 && get_n_also (self) > 0
      && !wmbus_receiver_find_value (self->also_receivers[index - 1], &value, error))
    return FALSE;
  *out_kind = wmbus_receiver_get_kind (value);
  return TRUE;
}

static AmselProtocol *
wmbus_protocol_listen (AmselProtocol *protocol, guint index, guint n_lines, GError **error)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (protocol);
  guint n_also = get_n_also (self);
  const ReceiverKind *kind;
  WmbusAntenna *antenna;

  if (n_also > 0 && n_also + 1 != n_lines)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "“also-receivers” names %u, and “also-lines” has %u: expected one for each", n_also,
                   n_lines - 1);
      return NULL;
    }
  if (index == 0)
    return AMSEL_PROTOCOL (g_object_ref (self->antenna));
  if (!get_kind_on (self, index, &kind, error))
    return NULL;
  antenna = wmbus_antenna_new ();
  wmbus_antenna_set_kind (antenna, kind);
  wmbus_antenna_set_mode (antenna, self->mode);
  return AMSEL_PROTOCOL (antenna);
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
  return wmbus_counters_take (counters, meter, counter);
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
      context.counters = self->counters;
    }
  return wmbus_telegram_decode (frame, &context, self->memory, error);
}

static GType
wmbus_protocol_get_meter_type (AmselProtocol *protocol G_GNUC_UNUSED)
{
  return WMBUS_TYPE_METER;
}

static gboolean
refuse_mode (const ReceiverKind *kind, GError **error)
{
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               kind->modes != 0 ? "mode: a receiver of kind %s cannot listen for this one"
                                : "mode: a receiver of kind %s cannot be told which one to listen for",
               kind->name);
  return FALSE;
}

/* A mode that was named must be one of the receivers that were named; of those on other lines that can be
 * told. */
static gboolean
check_receivers (WmbusProtocol *self, GError **error)
{
  for (guint i = 0; i <= get_n_also (self); i++)
    {
      const ReceiverKind *kind;

      if (!get_kind_on (self, i, &kind, error))
        return FALSE;
      if (kind == NULL || self->mode == RECEIVER_MODE_UNKNOWN || (kind->modes >> self->mode & 1) != 0)
        continue;
      if (i == 0 || kind->modes != 0)
        return refuse_mode (kind, error);
    }
  return TRUE;
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

static gint64
wmbus_protocol_get_gap_us (AmselProtocol *protocol)
{
  return amsel_protocol_get_gap_us (AMSEL_PROTOCOL (WMBUS_PROTOCOL (protocol)->antenna));
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

  if (!check_receivers (self, error) || !driver_settings_check (&self->drivers, error))
    return FALSE;
  if (self->counters_path != NULL && !self->refuse_replays)
    {
      g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                           "“counters” is of use with “refuse-replays: true” only");
      return FALSE;
    }
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
  const ReceiverKind *found = wmbus_antenna_get_found (self->antenna);

  if (is_security (id))
    en13757_settings_get_property (&self->settings, (En13757Property) (id - PROP_SECURITY), value);
  else if (id == PROP_RECEIVER)
    g_value_set_enum (value, self->receiver);
  else if (id == PROP_MODE)
    g_value_set_enum (value, (gint) self->mode);
  else if (id == PROP_ALSO_RECEIVERS)
    g_value_set_boxed (value, self->also_receivers);
  else if (id == PROP_FOUND)
    g_value_set_string (value, found != NULL ? found->name : NULL);
  else if (id == PROP_COUNTERS)
    g_value_set_string (value, self->counters_path);
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
set_counters_path (WmbusProtocol *self, const gchar *path)
{
  g_free (self->counters_path);
  self->counters_path = path != NULL && path[0] != '\0' ? g_strdup (path) : NULL;
  wmbus_counters_set_path (self->counters, self->counters_path);
}

static void
set_receivers (WmbusProtocol *self, guint id, const GValue *value)
{
  if (id == PROP_RECEIVER)
    {
      self->receiver = g_value_get_enum (value);
      wmbus_antenna_set_kind (self->antenna, wmbus_receiver_get_kind (self->receiver));
    }
  else if (id == PROP_ALSO_RECEIVERS)
    {
      g_strfreev (self->also_receivers);
      self->also_receivers = g_value_dup_boxed (value);
    }
  else
    {
      self->mode = (ReceiverMode) g_value_get_enum (value);
      wmbus_antenna_set_mode (self->antenna, self->mode);
    }
}

static void
wmbus_protocol_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (object);

  if (is_security (id))
    en13757_settings_set_property (&self->settings, (En13757Property) (id - PROP_SECURITY), value);
  else if (id == PROP_RECEIVER || id == PROP_ALSO_RECEIVERS || id == PROP_MODE)
    set_receivers (self, id, value);
  else if (id == PROP_REFUSE_REPLAYS)
    self->refuse_replays = g_value_get_boolean (value);
  else if (id == PROP_COUNTERS)
    set_counters_path (self, g_value_get_string (value));
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

static gboolean
wmbus_protocol_save (AmselProtocol *protocol, GError **error)
{
  return wmbus_counters_save (WMBUS_PROTOCOL (protocol)->counters, error);
}

static void
wmbus_protocol_finalize (GObject *object)
{
  WmbusProtocol *self = WMBUS_PROTOCOL (object);

  en13757_settings_clear (&self->settings);
  driver_settings_clear (&self->drivers);
  wmbus_memory_free (self->memory);
  wmbus_counters_save (self->counters, NULL);
  wmbus_counters_free (self->counters);
  g_free (self->counters_path);
  g_strfreev (self->also_receivers);
  g_object_unref (self->antenna);
  en13757_formats_free (self->formats);
  g_free (self->formats_path);
  g_clear_error (&self->formats_error);
  G_OBJECT_CLASS (wmbus_protocol_parent_class)->finalize (object);
}

static void
install_receivers (GObjectClass *object_class)
{
  g_object_class_install_property (
      object_class, PROP_RECEIVER,
      g_param_spec_enum ("receiver", "receiver",
                         "What stands at the other end of the line; auto: whichever receiver answers.",
                         WMBUS_TYPE_RECEIVER, wmbus_receiver_get_value ("raw"), AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_ALSO_RECEIVERS,
      g_param_spec_boxed (
          "also-receivers", "also-receivers",
          "What stands at the other ends of the lines in “also-lines” of the pipeline, one word "
          "for each, as for “receiver”; where it is not given, the same as at the first line.",
          G_TYPE_STRV, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_MODE,
      g_param_spec_enum (
          "mode", "mode",
          "Link mode that the receiver is set to listen for; unknown: C and T where it can, else T.",
          RECEIVER_TYPE_MODE, RECEIVER_MODE_UNKNOWN, AMSEL_PARAM_SETTING));
  g_object_class_install_property (object_class, PROP_FOUND,
                                   g_param_spec_string ("found", "found", "The receiver that was found.",
                                                        NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
install_files (GObjectClass *object_class)
{
  g_object_class_install_property (
      object_class, PROP_REFUSE_REPLAYS,
      g_param_spec_boolean (
          "refuse-replays", "refuse-replays",
          "Refuse telegrams whose message counter (security modes 7 to 10) is not above the last one "
          "of the meter: somebody has recorded them and sends them again.",
          FALSE, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_COUNTERS,
      g_param_spec_string (
          "counters", "counters",
          "With “refuse-replays”: file that keeps the message counters, so that what was recorded before a "
          "restart is refused after it. Not kept where it is not given.",
          NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH));
  g_object_class_install_property (
      object_class, PROP_FORMATS,
      g_param_spec_string (
          "formats", "formats",
          "File that keeps the formats of compact frames, which are learned from full frames: so they "
          "are known at once after a restart. Not kept where it is not given.",
          NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH));
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
  protocol_class->listen = wmbus_protocol_listen;
  protocol_class->save = wmbus_protocol_save;
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

  install_receivers (object_class);
  install_files (object_class);
  driver_settings_install (object_class, PROP_DRIVERS);
  en13757_settings_install (object_class, PROP_SECURITY);
}

static void
wmbus_protocol_init (WmbusProtocol *self)
{
  self->receiver = wmbus_receiver_get_value ("raw");
  self->antenna = wmbus_antenna_new ();
  self->memory = wmbus_memory_new ();
  self->counters = wmbus_counters_new ();
  self->formats = en13757_formats_new (driver_find_formats);
}
