/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stored readouts as the records that AT^SCDATA lists. */
#include "at-record.h"

static const struct
{
  const gchar *kind;
  const gchar *name;
} PROTOCOLS[] = {
  { "mbus", "MBUS" },
  { "iec62056-21", "IEC62056-21" },
  { "ain-din", "AIN_DIN" },
};

static const gchar *
get_protocol (const gchar *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (PROTOCOLS); i++)
    if (g_strcmp0 (PROTOCOLS[i].kind, kind) == 0)
      return PROTOCOLS[i].name;
  return "Unknown";
}

/* The terminal names its meters "<index>><address>"; others, from a configuration, have no index. */
static guint
get_index (const gchar *meter)
{
  gchar *end = NULL;
  guint64 index = meter != NULL ? g_ascii_strtoull (meter, &end, 10) : 0;

  return end != NULL && end != meter && *end == '>' && index <= G_MAXINT ? (guint) index : 0;
}

/* Errors of the read domain, which no protocol gave a number of its own. */
static gint
get_read_code (gint code)
{
  switch (code)
    {
    case AMSEL_READ_ERROR_NONE:
      return AT_AMS_OK;
    case AMSEL_READ_ERROR_TIMEOUT:
      return AT_AMS_NO_ANSWER;
    case AMSEL_READ_ERROR_DAMAGED:
      return AT_AMS_BAD_ANSWER;
    case AMSEL_READ_ERROR_CANCELLED:
      return AT_AMS_STOPPED;
    case AMSEL_READ_ERROR_SUSPENDED:
    case AMSEL_READ_ERROR_MISSED:
      return AT_AMS_NOT_STARTED;
    default:
      return AT_AMS_INTERNAL;
    }
}

gint
at_record_get_ams_code (const gchar *domain, gint code)
{
  if (domain == NULL)
    return AT_AMS_OK;
  if (g_str_equal (domain, "mbus-read") || g_str_equal (domain, "mbus-frame") || g_str_equal (domain, "ams"))
    return code;
  if (g_str_equal (domain, "transport"))
    return AT_AMS_NOT_STARTED;
  if (g_str_equal (domain, "read"))
    return get_read_code (code);
  return AT_AMS_INTERNAL;
}

/* The bytes of a telegram as the record has them: of a wireless one without the length byte, and in plain
 * where it was decrypted on the way. */
static const guint8 *
get_bytes (const AtRecord *self, const AmselReadout *readout, gsize *length)
{
  gsize n, plain_length;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n);
  const guint8 *bytes, *plain;

  *length = 0;
  if (n == 0)
    return NULL;
  bytes = amsel_frame_get_data (amsel_telegram_get_frame (telegrams[0]), length);
  plain = amsel_telegram_get_payload (telegrams[0], &plain_length);
  if (amsel_telegram_get_encryption (telegrams[0]) == AMSEL_ENCRYPTION_DECRYPTED && plain_length == *length)
    bytes = plain;
  if (!self->is_wireless || *length < 2 || bytes[0] != *length - 1)
    return bytes;
  (*length)--;
  return bytes + 1;
}

void
at_record_init (AtRecord *self, const AmselReadout *readout)
{
  const AmselReadoutInfo *info = amsel_readout_get_info (readout);
  gsize n;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n);
  const guint8 *bytes;

  *self = (AtRecord){
    .is_wireless = g_strcmp0 (info->protocol, "wmbus") == 0,
    .time_s = info->end_us / G_USEC_PER_SEC,
    .sequence = amsel_readout_get_sequence (readout),
    .protocol = get_protocol (info->protocol),
    .index = get_index (info->meter),
    .identification = "",
    .rssi_dbm = n > 0 ? amsel_frame_get_rssi_dbm (amsel_telegram_get_frame (telegrams[0])) : 0,
  };
  bytes = get_bytes (self, readout, &self->length);
  self->data = amsel_hex_encode (bytes, self->length);
  /* that a whole telegram cannot be decoded here is no error of the reading */
  if (n == 0 || info->quality == AMSEL_QUALITY_PARTIAL)
    self->error = at_record_get_ams_code (info->error_domain, info->error_code);
}

void
at_record_clear (AtRecord *self)
{
  g_clear_pointer (&self->data, g_free);
}

void
at_record_write (const AtRecord *self, GString *out)
{
  if (self->is_wireless)
    g_string_append_printf (
        out, "^SCDATA: \"WMBUS\",%" G_GINT64_FORMAT ",%" G_GUINT64_FORMAT ",%d,%" G_GSIZE_FORMAT ",\"%s\"",
        self->time_s, self->sequence, self->rssi_dbm, self->length, self->data);
  else
    g_string_append_printf (
        out, "^SCDATA: \"AMS\",%" G_GINT64_FORMAT ",%" G_GUINT64_FORMAT ",\"%s\",%u,%d,\"%s\",\"%s\"",
        self->time_s, self->sequence, self->protocol, self->index, self->error, self->identification,
        self->data);
}
