/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a telegram: what it becomes stays inside of itself, has a fault with a name or none, and is
 * JSON. Telegrams come one after the other into the same memory, so that fragments and formats of compact
 * frames are met. */
#include "wmbus-protocol.h"
#include "wmbus-telegram.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check (const AmselTelegram *telegram, AmselJson *json)
{
  const GError *fault = amsel_telegram_get_fault (telegram);
  gsize length;
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);

  amsel_telegram_get_payload (telegram, &length);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpuint ((gsize) records[i].data_offset + records[i].data_length, <=, length);
      g_assert_cmpuint ((gsize) records[i].dif_offset + records[i].dif_length + records[i].vif_length, <=,
                        length);
    }
  if (fault != NULL)
    g_assert_nonnull (amsel_error_get_name (fault->domain, fault->code));
  amsel_json_reset (json);
  amsel_telegram_write_json (telegram, "wmbus", json);
  g_assert_true (g_utf8_validate (json->text, (gssize) json->length, NULL));
}

static void
decode (AmselProtocol *protocol, const guint8 *data, gsize size, AmselJson *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, size, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_protocol_decode (protocol, frame, NULL, &error);
  AmselIdentity meter;
  AmselIdentity carrier;

  g_assert_true ((telegram == NULL) == (error != NULL));
  if (telegram == NULL)
    return;
  check (telegram, json);
  g_assert_true (amsel_protocol_identify (protocol, frame, &meter, &carrier));
  g_assert_true (amsel_protocol_get_fingerprint (protocol, frame) != 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static AmselProtocol *protocol = NULL;
  static AmselJson json = AMSEL_JSON_INIT;
  guint8 telegram[WMBUS_TELEGRAM_MAX] = { 0, 0x44 };

  if (protocol == NULL)
    protocol = g_object_new (WMBUS_TYPE_PROTOCOL, "key", "000102030405060708090A0B0C0D0E0F", "decrypted",
                             TRUE, "allow-plain", TRUE, NULL);
  decode (protocol, data, size, &json);
  /* telegrams in a row, each with its length before it */
  for (gsize at = 0; at + 1 < size;)
    {
      gsize n = MIN ((gsize) data[at], size - at - 1);

      n = MIN (n, sizeof telegram - 2);
      memcpy (telegram + 2, data + at + 1, n);
      telegram[0] = (guint8) (n + 1);
      decode (protocol, telegram, n + 2, &json);
      at += n + 1;
    }
  return 0;
}
