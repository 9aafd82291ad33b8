/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any content, encrypted in every way by the encoder: with the key it is decrypted and read, so that what
 * follows the ciphers meets the fuzzer too; one byte of the result is changed, and nothing that has a tag or
 * a MAC is taken then. */
#include "wmbus-encoder.h"
#include "wmbus-telegram.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define CONTENT_MAX 160

static const guint8 KEY[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static const guint MODES[] = { 2, 5, 7, 8, 9, 10, 0, 7 };
static const guint8 CIS[] = { 0x7A, 0x72, 0x7B, 0x73, 0x6A, 0x6E, 0x74, 0x8A };

static AmselTelegram *
decode (const GByteArray *bytes, En13757Key *key, GError **error)
{
  const En13757Context context = { .key = key, .allow_plain = TRUE };
  g_autoptr (AmselFrame) frame = amsel_frame_new (bytes->data, bytes->len, 0, AMSEL_RSSI_UNKNOWN);

  return wmbus_telegram_decode (frame, &context, NULL, error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  WmbusPlan plan = { .key = KEY, .counter = 7, .session = 0x20000001 };
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (En13757Key) key = NULL;
  g_autoptr (AmselTelegram) right = NULL;
  g_autoptr (AmselTelegram) changed = NULL;
  gsize length;

  if (size < 4)
    return 0;
  plan.mode = MODES[data[0] & 7];
  plan.ell = data[0] >> 3 & 3;
  plan.afl = plan.mode == 7 && (data[0] & 7) == 2;
  plan.tpl_counter = !plan.afl;
  plan.ci = CIS[data[1] & 7];
  plan.sender = plan.meter = wmbus_encode_identity ("AMS", 0x12345678, data[1] >> 4, data[1] >> 5);
  length = MIN (size - 4, CONTENT_MAX);
  bytes = wmbus_encode (&plan, data + 4, length);
  key = en13757_key_new (KEY, plan.mode == 2 ? 8 : 16);
  right = decode (bytes, key, NULL);
  g_assert_nonnull (right);
  g_assert_false (g_error_matches (amsel_telegram_get_fault (right), EN13757_SECURITY_ERROR,
                                   EN13757_SECURITY_ERROR_NO_KEY));
  bytes->data[1 + data[2] % (bytes->len - 1)] ^= data[3];
  changed = decode (bytes, key, NULL);
  return 0;
}
