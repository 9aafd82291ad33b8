/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as the data of a meter's answer, decoded and written as JSON: every record stays inside of the
 * telegram, and the JSON is UTF-8. And as stored bytes, which must be taken or refused with a reason. */
#include "mbus-protocol.h"
#include "mbus-telegram.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
decode (AmselFrame *frame)
{
  static AmselJson json = AMSEL_JSON_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselTelegram) telegram = mbus_telegram_decode (frame, &(const En13757Context){ 0 }, &error);

  amsel_json_reset (&json);
  g_assert_true ((telegram == NULL) == (error != NULL));
  if (telegram != NULL)
    amsel_telegram_write_json (telegram, "mbus", &json);
  else
    amsel_error_write_json (error, &json);
  g_assert_true (g_utf8_validate (json.text, (gssize) json.length, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AmselFrame) stored = mbus_telegram_adopt (data, size, NULL);

  if (stored != NULL)
    decode (stored);
  if (size >= 2)
    {
      gsize length = MIN (size - 2, MBUS_DATA_MAX);
      g_autoptr (GBytes) whole = mbus_frame_new_rsp_ud (data[0], data[1], data + 2, length);
      g_autoptr (AmselFrame) frame =
          amsel_frame_new (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), 0, AMSEL_RSSI_UNKNOWN);

      decode (frame);
    }
  return 0;
}
