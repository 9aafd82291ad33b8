/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each record is decoded by the protocol of its name, which is made when it is met first. Nothing of a record
 * gets lost: what no protocol reads becomes a telegram of its bytes. */
#include "smartcom-decoder.h"

#include <string.h>

/* Bytes of a malformed line that are kept. */
#define KEPT_MAX 4096

/* Halves of an AMS error code. */
#define AMS_PROTOCOL_SHIFT 16
#define AMS_PROTOCOL_MBUS  2
#define AMS_FRAME_FAULTS   0x100

#define METER_UNKNOWN "unknown"

/* How the protocols of records are called here. */
static const struct
{
  const gchar *record;
  const gchar *kind;
} KINDS[] = { { "MBUS", "mbus" }, { "WMBUS", "wmbus" } };

struct _SmartcomDecoder
{
  AmselRegistry *registry; /* (owned) */
  gchar *source;           /* (owned) */
  gchar *keys;             /* (owned) (nullable) */
  GHashTable *protocols;   /* (owned) (element-type utf8 AmselProtocol): NULL where there is none */
};

SmartcomDecoder *
smartcom_decoder_new (AmselRegistry *registry, const gchar *source, const gchar *keys)
{
  SmartcomDecoder *self = g_new0 (SmartcomDecoder, 1);

  self->registry = g_object_ref (registry);
  self->source = g_strdup (source);
  self->keys = g_strdup (keys);
  self->protocols = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  return self;
}

void
smartcom_decoder_free (SmartcomDecoder *self)
{
  g_hash_table_unref (self->protocols);
  g_object_unref (self->registry);
  g_free (self->source);
  g_free (self->keys);
  g_free (self);
}

/* The kind of the protocol that a record names; NULL where none is known. */
static const gchar *
find_kind (const gchar *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (KINDS); i++)
    if (g_ascii_strcasecmp (KINDS[i].record, name) == 0)
      return KINDS[i].kind;
  return NULL;
}

static AmselProtocol *
find_protocol (SmartcomDecoder *self, const gchar *kind)
{
  AmselProtocol *protocol = kind != NULL ? g_hash_table_lookup (self->protocols, kind) : NULL;

  if (protocol != NULL || kind == NULL)
    return protocol;
  protocol = AMSEL_PROTOCOL (amsel_registry_create (self->registry, AMSEL_TYPE_PROTOCOL, kind, NULL));
  if (protocol == NULL)
    return NULL;
  if (self->keys != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (protocol), "keys") != NULL)
    g_object_set (protocol, "keys", self->keys, NULL);
  g_hash_table_insert (self->protocols, (gpointer) kind, protocol);
  return protocol;
}

static void
begin_info (SmartcomDecoder *self, SmartcomTerminal *terminal, const SmartcomRecord *record,
            AmselReadoutInfo *info)
{
  *info = (AmselReadoutInfo){
    .pipeline = self->source,
    .line = terminal->serial,
    .meter = METER_UNKNOWN,
    .start_us = record->time_s * G_USEC_PER_SEC,
    .end_us = record->time_s * G_USEC_PER_SEC,
    .attempts = 1,
    .origin = record->sequence,
    .quality = AMSEL_QUALITY_GOOD,
  };
}

static void
set_error (AmselReadoutInfo *info, AmselQuality quality, const GError *error)
{
  info->quality = quality;
  info->error_domain = g_quark_to_string (error->domain);
  info->error_code = error->code;
  info->error_message = error->message;
}

/* Who was read, where no telegram says so. */
static gchar *
name_meter (SmartcomTerminal *terminal, const SmartcomRecord *record)
{
  const SmartcomEntry *entry = smartcom_terminal_find_meter (terminal, record->index);
  gchar *id = entry != NULL ? smartcom_entry_dup_id (entry) : NULL;

  if (id != NULL)
    return id;
  if (smartcom_terminal_recall (terminal, record->index) != NULL)
    return g_strdup (smartcom_terminal_recall (terminal, record->index));
  if (entry != NULL)
    return g_strndup (entry->address, strcspn (entry->address, "@"));
  return record->kind == SMARTCOM_RECORD_AMS ? g_strdup_printf ("position-%u", record->index)
                                             : g_strdup (METER_UNKNOWN);
}

/* A readout with a telegram of the text that nobody understands, where there is any. */
static AmselReadout *
make_unread (const gchar *text, const AmselReadoutInfo *info)
{
  gsize length = MIN (strlen (text), KEPT_MAX);
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;

  if (length == 0)
    return amsel_readout_new (info, NULL, 0, 0);
  frame = amsel_frame_new ((const guint8 *) text, length, info->end_us, AMSEL_RSSI_UNKNOWN);
  telegram = amsel_telegram_new (frame, 1);
  return amsel_readout_new (info, &telegram, 1, 0);
}

/* The bytes of a record as its protocol has them on the wire: a wireless one comes without its length. */
static GBytes *
get_bytes (const SmartcomRecord *record, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = amsel_hex_decode (record->data, -1, &local);
  GByteArray *whole;
  guint8 length;

  if (bytes == NULL)
    g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED, "its data is not whole: %s",
                 local->message);
  if (bytes == NULL || record->kind != SMARTCOM_RECORD_WMBUS)
    return g_steal_pointer (&bytes);
  if (g_bytes_get_size (bytes) > G_MAXUINT8)
    {
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED,
                   "a wireless telegram of %" G_GSIZE_FORMAT " bytes", g_bytes_get_size (bytes));
      return NULL;
    }
  length = (guint8) g_bytes_get_size (bytes);
  whole = g_byte_array_new ();
  g_byte_array_append (whole, &length, 1);
  g_byte_array_append (whole, g_bytes_get_data (bytes, NULL), length);
  return g_byte_array_free_to_bytes (whole);
}

/* NULL where it cannot be decoded; frame is what there is of it. */
static AmselTelegram *
decode (AmselProtocol *protocol, const SmartcomRecord *record, AmselFrame **out_frame, GError **error)
{
  g_autoptr (GBytes) bytes = get_bytes (record, error);
  g_autoptr (AmselFrame) adopted = NULL;
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  gint rssi = record->kind == SMARTCOM_RECORD_WMBUS ? record->rssi : AMSEL_RSSI_UNKNOWN;

  if (data == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED, "a record without data");
      return NULL;
    }
  *out_frame = amsel_frame_new (data, length, record->time_s * G_USEC_PER_SEC, rssi);
  adopted = amsel_protocol_adopt (protocol, data, length, error);
  if (adopted == NULL)
    return NULL;
  data = amsel_frame_get_data (adopted, &length);
  g_clear_pointer (out_frame, amsel_frame_unref);
  *out_frame = amsel_frame_new (data, length, record->time_s * G_USEC_PER_SEC, rssi);
  return amsel_protocol_decode (protocol, *out_frame, NULL, error);
}

/* The terminal could not read the meter: the code says why, as it would if it had been read here. */
static AmselReadout *
make_failed (const SmartcomRecord *record, AmselReadoutInfo *info)
{
  gboolean mbus = record->error >> AMS_PROTOCOL_SHIFT == AMS_PROTOCOL_MBUS;
  const gchar *domain = !mbus ? "ams" : (record->error & AMS_FRAME_FAULTS) != 0 ? "mbus-frame" : "mbus-read";
  g_autofree gchar *message =
      g_strdup_printf ("the terminal could not read it: error %d (%s)", record->error,
                       amsel_error_get_name (g_quark_from_static_string (domain), record->error));

  info->quality = AMSEL_QUALITY_NO_READING;
  info->error_domain = domain;
  info->error_code = record->error;
  info->error_message = message;
  return amsel_readout_new (info, NULL, 0, 0);
}

static AmselReadout *
make_decoded (AmselProtocol *protocol, SmartcomTerminal *terminal, const SmartcomRecord *record,
              AmselReadoutInfo *info)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (AmselTelegram) telegram = decode (protocol, record, &frame, &error);
  g_autofree gchar *id = NULL;

  if (telegram != NULL)
    {
      id = amsel_identity_get_id_text (amsel_telegram_get_identity (telegram));
      if (record->kind == SMARTCOM_RECORD_AMS)
        smartcom_terminal_learn (terminal, record->index, id);
    }
  else
    {
      id = name_meter (terminal, record);
      set_error (info, AMSEL_QUALITY_UNREADABLE, error);
      if (frame != NULL)
        telegram = amsel_telegram_new (frame, 1);
    }
  info->meter = id;
  if (telegram == NULL)
    return make_unread (record->data, info);
  return amsel_readout_new (info, &telegram, 1, 0);
}

AmselReadout *
smartcom_decoder_decode (SmartcomDecoder *self, SmartcomTerminal *terminal, const SmartcomRecord *record)
{
  const gchar *kind = find_kind (record->protocol);
  AmselProtocol *protocol = find_protocol (self, kind);
  g_autofree gchar *lower = g_ascii_strdown (record->protocol, -1);
  g_autofree gchar *meter = NULL;
  g_autoptr (GError) error = NULL;
  AmselReadoutInfo info;

  begin_info (self, terminal, record, &info);
  info.protocol = kind != NULL ? kind : lower;
  if (record->error == 0 && protocol != NULL)
    return make_decoded (protocol, terminal, record, &info);
  meter = name_meter (terminal, record);
  info.meter = meter;
  if (record->error != 0)
    return make_failed (record, &info);
  g_set_error (&error, SMARTCOM_ERROR, SMARTCOM_ERROR_UNKNOWN_PROTOCOL,
               "there is no plugin for records of the protocol %.32s", record->protocol);
  set_error (&info, AMSEL_QUALITY_UNREADABLE, error);
  return make_unread (record->data, &info);
}

AmselReadout *
smartcom_decoder_keep (SmartcomDecoder *self, SmartcomTerminal *terminal, const SmartcomRecord *record,
                       const gchar *line, const GError *error)
{
  AmselReadoutInfo info;

  begin_info (self, terminal, record, &info);
  info.protocol = METER_UNKNOWN;
  set_error (&info, AMSEL_QUALITY_UNREADABLE, error);
  return make_unread (line, &info);
}
