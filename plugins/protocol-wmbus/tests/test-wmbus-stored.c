/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams that are flagged as encrypted and were stored decrypted: they are taken as plain where somebody
 * says so and they have the marks of it, and what nobody has checked says that. */
#include <string.h>

#include "wmbus-expect.h"

/* what is flagged as encrypted and stored in plain is taken as plain only where that is said, and only with
 * its marks */
static void
test_stored_plain (void)
{
  WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7),
                     .mode = 5,
                     .key = wmbus_expect_key };
  g_autoptr (GByteArray) encrypted = wmbus_encode_hex (&plan, WMBUS_EXPECT_RECORDS);
  g_autoptr (GByteArray) stored = NULL;
  En13757Context context = { 0 };
  g_autoptr (AmselTelegram) strict = NULL;
  g_autoptr (AmselTelegram) taken = NULL;
  g_autoptr (AmselTelegram) still_closed = NULL;

  plan.mode = 0;
  stored = wmbus_encode_hex (&plan, "2F2F" WMBUS_EXPECT_RECORDS "2F2F2F2F2F2F2F2F2F2F2F2F2F");
  stored->data[13] = 0x20;
  stored->data[14] = 0x05;
  strict = wmbus_expect_decode (stored, &context);
  wmbus_expect_fault (strict, EN13757_SECURITY_ERROR_NO_KEY, AMSEL_ENCRYPTION_NO_KEY);
  context.decrypted = TRUE;
  taken = wmbus_expect_decode (stored, &context);
  g_assert_null (amsel_telegram_get_fault (taken));
  wmbus_expect_records (taken);
  still_closed = wmbus_expect_decode (encrypted, &context);
  wmbus_expect_fault (still_closed, EN13757_SECURITY_ERROR_NO_KEY, AMSEL_ENCRYPTION_NO_KEY);
}

/* who stores in plain may also leave out the fillers behind the records, so that less is there than the
 * configuration field says */
static void
test_stored_plain_short (void)
{
  static const struct
  {
    guint16 configuration;
    const gchar *content;
  } vectors[] = {
    { 0x0500, "2F2F0C1378563412" },
    { 0x0510, "2F2F0C1378563412" },
    { 0x0520, "2F2F0C1378563412046D32371F1502FD170000" },
    { 0x0210, "2F2F0C1378563412" },
    { 0x0207, "2F2F0C1378563412" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7) };
      g_autoptr (GByteArray) stored = wmbus_encode_hex (&plan, vectors[i].content);
      const En13757Context context = { .decrypted = TRUE };
      g_autoptr (AmselTelegram) telegram = NULL;
      g_autofree gchar *value = NULL;

      stored->data[WMBUS_CI_OFFSET + 3] = (guint8) vectors[i].configuration;
      stored->data[WMBUS_CI_OFFSET + 4] = (guint8) (vectors[i].configuration >> 8);
      telegram = wmbus_expect_decode (stored, &context);
      g_test_message ("configuration %04X", vectors[i].configuration);
      g_assert_null (amsel_telegram_get_fault (telegram));
      value = amsel_telegram_get_value_text (telegram, 0);
      g_assert_cmpstr (value, ==, "12345.678");
    }
}

/* An encrypted extended link layer whose content was replaced by a message, but not its check. */
static GByteArray *
store_plain_layer (guint ell, const gchar *message)
{
  const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7),
                           .meter = wmbus_encode_identity ("AMS", 0x12345678, 1, 7),
                           .ell = ell,
                           .ci = 0x78,
                           .session = WMBUS_EXPECT_SESSION,
                           .key = wmbus_expect_key };
  GByteArray *stored = wmbus_encode_hex (&plan, WMBUS_EXPECT_RECORDS);
  g_autoptr (GBytes) plain = amsel_hex_decode (message, -1, NULL);
  gsize behind_check = WMBUS_CI_OFFSET + (ell == 2 ? 9 : 17);

  g_byte_array_set_size (stored, (guint) behind_check);
  g_byte_array_append (stored, g_bytes_get_data (plain, NULL), (guint) g_bytes_get_size (plain));
  stored->data[0] = (guint8) (stored->len - 1);
  return stored;
}

/* the check of an extended link layer may be that of what was sent; then the message itself has to be there
 * and fit, and nobody may take it for checked */
static void
test_stored_plain_layer (void)
{
  static const struct
  {
    const gchar *message;
    gboolean fits;
  } vectors[] = {
    { "78" WMBUS_EXPECT_RECORDS, TRUE },
    { "7A01000000" WMBUS_EXPECT_RECORDS, TRUE },
    { "7278563412B3050107010000000C1378563412046D32371F1502FD170000", TRUE },
    { "79E0D110017856341232371F150000", TRUE },
    { "7B01000000E0D110017856341232371F150000", TRUE },
    { "7378563412B305010701000000E0D110017856341232371F150000", TRUE },
    { "79E0D111017856341232371F150000", FALSE }, /* the CRC of the full frame */
    { "79E1D110017856341232371F150000", FALSE }, /* the signature */
    { "78" WMBUS_EXPECT_RECORDS "04", FALSE },   /* does not end with a record */
    { "77" WMBUS_EXPECT_RECORDS, FALSE },        /* no message of a wireless meter */
    { "A2" WMBUS_EXPECT_RECORDS, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors) * 4; i++)
    {
      gsize v = i / 4;
      g_autoptr (GByteArray) stored = store_plain_layer (i & 1 ? 4 : 2, vectors[v].message);
      g_autoptr (En13757Key) key = i & 2 ? en13757_key_new (wmbus_expect_other_key, 16) : NULL;
      En13757Formats *formats = en13757_formats_new (NULL);
      En13757Context context = { .key = key, .formats = formats, .allow_plain = TRUE };
      g_autoptr (AmselTelegram) strict = NULL;
      g_autoptr (AmselTelegram) taken = NULL;

      g_test_message ("%s, %s", vectors[v].message, key != NULL ? "with a key" : "without");
      en13757_formats_learn (formats, (const guint8[]){ 0x0C, 0x13, 0x04, 0x6D, 0x02, 0xFD, 0x17 }, 7);
      strict = wmbus_expect_decode (stored, &context);
      wmbus_expect_fault (strict,
                          key != NULL ? EN13757_SECURITY_ERROR_WRONG_KEY : EN13757_SECURITY_ERROR_NO_KEY,
                          key != NULL ? AMSEL_ENCRYPTION_WRONG_KEY : AMSEL_ENCRYPTION_NO_KEY);
      context.decrypted = TRUE;
      taken = wmbus_expect_decode (stored, &context);
      if (vectors[v].fits)
        {
          g_assert_null (amsel_telegram_get_fault (taken));
          g_assert_cmpint (amsel_telegram_get_encryption (taken), ==, AMSEL_ENCRYPTION_UNCHECKED);
          wmbus_expect_records (taken);
        }
      else
        wmbus_expect_fault (taken,
                            key != NULL ? EN13757_SECURITY_ERROR_WRONG_KEY : EN13757_SECURITY_ERROR_NO_KEY,
                            key != NULL ? AMSEL_ENCRYPTION_WRONG_KEY : AMSEL_ENCRYPTION_NO_KEY);
      en13757_formats_free (formats);
    }
}

/* what is said to be stored decrypted and is not is decrypted as ever; a meter with a key whose plain
 * telegrams are refused gives none by a check that does not fit */
static void
test_not_stored_plain (void)
{
  WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7),
                     .ell = 2,
                     .ci = 0x78,
                     .session = WMBUS_EXPECT_SESSION,
                     .key = wmbus_expect_key };
  g_autoptr (GByteArray) sent = wmbus_encode_hex (&plan, WMBUS_EXPECT_RECORDS);
  g_autoptr (GByteArray) stored = store_plain_layer (2, "78" WMBUS_EXPECT_RECORDS);
  g_autoptr (En13757Key) key = en13757_key_new (wmbus_expect_key, 16);
  const En13757Context context = { .key = key, .decrypted = TRUE };
  g_autoptr (AmselTelegram) opened = wmbus_expect_decode (sent, &context);
  g_autoptr (AmselTelegram) refused = wmbus_expect_decode (stored, &context);

  g_assert_null (amsel_telegram_get_fault (opened));
  g_assert_cmpint (amsel_telegram_get_encryption (opened), ==, AMSEL_ENCRYPTION_DECRYPTED);
  wmbus_expect_records (opened);
  g_assert_error ((GError *) amsel_telegram_get_fault (refused), EN13757_SECURITY_ERROR,
                  EN13757_SECURITY_ERROR_PLAIN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wmbus/stored/marks", test_stored_plain);
  g_test_add_func ("/wmbus/stored/short", test_stored_plain_short);
  g_test_add_func ("/wmbus/stored/layer", test_stored_plain_layer);
  g_test_add_func ("/wmbus/stored/not-plain", test_not_stored_plain);
  return g_test_run ();
}
