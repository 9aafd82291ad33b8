/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A protocol's way through a radio telegram in short, for tests of drivers. */
#include "driver-telegram.h"

#include "driver-private.h"
#include "en13757.h"

#define CI_OFFSET 10

static guint32
read_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16 | (guint32) bytes[3] << 24;
}

/* Passes an extended link layer of two bytes and a TPL header; gives the place of the payload. */
static gsize
skip_headers (const guint8 *link, gsize length, guint8 *ci, AmselIdentity *identity)
{
  gsize at = CI_OFFSET + 1;

  *ci = link[CI_OFFSET];
  if (*ci == 0x8C && length > at + 2)
    {
      *ci = link[at + 2];
      at += 3;
    }
  if (*ci == 0x7A)
    at += 4;
  else if (*ci == 0x72 && length >= at + 12)
    {
      *identity = (AmselIdentity){ read_u32 (link + at), (guint16) (link[at + 4] | link[at + 5] << 8),
                                   link[at + 6], link[at + 7], AMSEL_ADDRESS_NONE };
      at += 12;
    }
  return MIN (at, length);
}

/* Access number and configuration, which some payloads are mixed with. */
static void
read_short_header (AmselTelegram *telegram, const guint8 *link, gsize length)
{
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);

  if (length < CI_OFFSET + 5 || link[CI_OFFSET] != 0x7A)
    return;
  header->access_number = link[CI_OFFSET + 1];
  header->configuration = (guint16) (link[CI_OFFSET + 3] | link[CI_OFFSET + 4] << 8);
}

AmselTelegram *
driver_telegram_decode (const guint8 *link, gsize length, const guint8 *key)
{
  g_autoptr (AmselFrame) frame = NULL;
  AmselTelegram *telegram;
  AmselIdentity *identity;
  DriverContext context;
  gsize at;

  if (length <= CI_OFFSET)
    return NULL;
  frame = amsel_frame_new (link, length, 0, AMSEL_RSSI_UNKNOWN);
  telegram = amsel_telegram_new (frame, length);
  identity = &amsel_telegram_edit_header (telegram)->identity;
  *identity = (AmselIdentity){ read_u32 (link + 4), (guint16) (link[2] | link[3] << 8), link[8], link[9],
                               AMSEL_ADDRESS_NONE };
  driver_correct_identity (link, length, identity);
  context = (DriverContext){
    .telegram = telegram, .identity = identity, .link = link, .link_length = length, .key = key
  };
  at = skip_headers (link, length, &context.ci, identity);
  read_short_header (telegram, link, length);
  amsel_telegram_edit_header (telegram)->ci = context.ci;
  context.payload = link + at;
  context.payload_length = length - at;
  context.payload_offset = at;
  if (driver_decode_payload (&context) != DRIVER_RESULT_CONSUMED)
    {
      en13757_decode_records (telegram, at, length, NULL);
      driver_apply_codes (&context);
    }
  return telegram;
}

gchar *
driver_telegram_describe (const AmselTelegram *telegram)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < amsel_telegram_get_n_fields (telegram); i++)
    {
      g_autofree gchar *value = amsel_telegram_get_field_value_text (telegram, i);
      gboolean is_text = amsel_telegram_get_field_kind (telegram, i) == AMSEL_VALUE_TEXT;

      g_string_append_printf (out, "%s%s=", i > 0 ? " " : "", amsel_telegram_get_field_name (telegram, i));
      if (value == NULL)
        g_string_append_printf (out, "(%s)",
                                amsel_reason_get_name (amsel_telegram_get_field_reason (telegram, i)));
      else
        g_string_append_printf (out, is_text ? "\"%s\"" : "%s", value);
    }
  return g_string_free (out, FALSE);
}

GByteArray *
driver_telegram_collect (const gchar *text)
{
  GByteArray *bytes = g_byte_array_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      gchar *end;
      const gchar *p = lines[i];

      /* "    12  0C13..." and nothing else begins like that */
      if (!g_str_has_prefix (p, "  ") || g_ascii_strtoull (p, &end, 10) > G_MAXUINT16 || end == p
          || !g_str_has_prefix (end, "  ") || !g_ascii_isxdigit (end[2]))
        continue;
      for (p = end + 2; g_ascii_isxdigit (p[0]) && g_ascii_isxdigit (p[1]); p += 2)
        {
          guint8 byte = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));

          g_byte_array_append (bytes, &byte, 1);
        }
    }
  return bytes;
}
