/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decoding and checks for the fuzz targets. */
#include "wmbus-fuzz.h"

#include "amsel-telegram-json.h"

const guint8 wmbus_fuzz_key[EN13757_AES_KEY_LENGTH] = {
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
};

void
wmbus_fuzz_check (const AmselTelegram *telegram)
{
  static AmselJson json = AMSEL_JSON_INIT;
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
  amsel_json_reset (&json);
  amsel_telegram_write_json (telegram, "wmbus", &json);
  g_assert_true (g_utf8_validate (json.text, (gssize) json.length, NULL));
}

AmselTelegram *
wmbus_fuzz_decode (const GByteArray *bytes, gint64 received_us, const En13757Context *context,
                   WmbusMemory *memory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselFrame) frame = amsel_frame_new (bytes->data, bytes->len, received_us, AMSEL_RSSI_UNKNOWN);
  AmselTelegram *telegram = wmbus_telegram_decode (frame, context, memory, &error);

  g_assert_true ((telegram == NULL) == (error != NULL));
  if (telegram != NULL)
    wmbus_fuzz_check (telegram);
  return telegram;
}

gboolean
wmbus_fuzz_has_values (const AmselTelegram *telegram)
{
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);

  for (gsize i = 0; i < n; i++)
    if (records[i].kind != AMSEL_VALUE_NONE)
      return TRUE;
  return FALSE;
}
