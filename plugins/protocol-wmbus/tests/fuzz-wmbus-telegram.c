/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a telegram: what it becomes stays inside of itself, has a fault with a name or none, and is
 * JSON. Telegrams come one after the other into the same memory, so that fragments and formats of compact
 * frames are met. */
#include "wmbus-fuzz.h"
#include "wmbus-protocol.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
decode (AmselProtocol *protocol, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, size, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_protocol_decode (protocol, frame, NULL, &error);
  AmselIdentity meter;
  AmselIdentity carrier;

  g_assert_true ((telegram == NULL) == (error != NULL));
  if (telegram == NULL)
    return;
  wmbus_fuzz_check (telegram);
  g_assert_true (amsel_protocol_identify (protocol, frame, &meter, &carrier));
  g_assert_true (amsel_protocol_get_fingerprint (protocol, frame) != 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static AmselProtocol *protocol = NULL;
  guint8 telegram[WMBUS_TELEGRAM_MAX] = { 0, 0x44 };

  if (protocol == NULL)
    protocol = g_object_new (WMBUS_TYPE_PROTOCOL, "key", "000102030405060708090A0B0C0D0E0F", "decrypted",
                             TRUE, "allow-plain", TRUE, NULL);
  decode (protocol, data, size);
  /* telegrams in a row, each with its length before it */
  for (gsize at = 0; at + 1 < size;)
    {
      gsize n = MIN ((gsize) data[at], size - at - 1);

      n = MIN (n, sizeof telegram - 2);
      memcpy (telegram + 2, data + at + 1, n);
      telegram[0] = (guint8) (n + 1);
      decode (protocol, telegram, n + 2);
      at += n + 1;
    }
  return 0;
}
