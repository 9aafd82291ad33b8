/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a telegram that is explained: every byte stands in just one line, in its order. */
#include "driver-explain.h"
#include "driver-telegram.h"
#include "en13757.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define CI_OFFSET 10

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, size, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 4);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GByteArray) bytes = NULL;
  gsize begin = 0;

  if (size > CI_OFFSET)
    {
      amsel_telegram_edit_header (telegram)->ci = data[CI_OFFSET];
      begin = MIN (size, CI_OFFSET + 1 + en13757_header_length (data[CI_OFFSET]));
    }
  en13757_decode_records (telegram, begin, size, NULL);
  driver_explain (telegram, text);
  g_assert_true (g_utf8_validate (text->str, (gssize) text->len, NULL));
  bytes = driver_telegram_collect (text->str);
  g_assert_cmpmem (bytes->data, bytes->len, data, size);
  return 0;
}
