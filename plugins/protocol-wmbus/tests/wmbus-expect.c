/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of security expect of a telegram. */
#include "wmbus-expect.h"

const guint8 wmbus_expect_key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
const guint8 wmbus_expect_other_key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16 };

AmselTelegram *
wmbus_expect_decode (const GByteArray *bytes, const En13757Context *context)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselFrame) frame = amsel_frame_new (bytes->data, bytes->len, 0, AMSEL_RSSI_UNKNOWN);
  AmselTelegram *telegram = wmbus_telegram_decode (frame, context, NULL, &error);

  g_assert_no_error (error);
  return telegram;
}

void
wmbus_expect_records (AmselTelegram *telegram)
{
  static const gchar *const VALUES[] = { "12345.678", "2008-05-31T23:50", "0" };
  guint n = 0;

  for (guint i = 0; i < amsel_telegram_get_n_records (telegram); i++)
    {
      g_autofree gchar *value = amsel_telegram_get_value_text (telegram, i);

      if (i != 1)
        g_assert_cmpstr (value, ==, VALUES[i]);
      n++;
    }
  g_assert_cmpuint (n, ==, 3);
}

void
wmbus_expect_fault (AmselTelegram *telegram, En13757SecurityError code, AmselEncryption encryption)
{
  g_assert_error ((GError *) amsel_telegram_get_fault (telegram), EN13757_SECURITY_ERROR, (gint) code);
  g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, encryption);
  /* no bytes of it pass for a value */
  for (guint i = 0; i < amsel_telegram_get_n_records (telegram); i++)
    g_assert_cmpint (amsel_telegram_get_record (telegram, i)->kind, ==, AMSEL_VALUE_NONE);
  g_assert_cmphex (amsel_telegram_get_identity (telegram)->id, !=, 0);
}
