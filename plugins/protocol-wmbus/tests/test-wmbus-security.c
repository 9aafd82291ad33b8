/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every way in which a telegram is encrypted, made by the encoder: with the key the records come out, and
 * without it, with another one, or damaged, the right fault does. */
#include <glib/gstdio.h>
#include <string.h>

#include "en13757.h"
#include "wmbus-encoder.h"
#include "wmbus-telegram.h"

#define RECORDS "0C1378563412046D32371F1502FD170000"

static const guint8 KEY[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const guint8 OTHER_KEY[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16 };

#define SESSION 0x20001234u

/* The day of the records as type G. */
#define DAY 0x151F

static const struct
{
  const gchar *name;
  WmbusPlan plan;
  const gchar *check; /* what a wrong key is noticed by */
} WAYS[] = {
  { "mode 2", { .mode = 2 }, "2F 2F" },
  { "mode 3", { .mode = 3, .ci = 0x72, .day = DAY }, "2F 2F" },
  { "mode 5, short header", { .mode = 5, .access_number = 0x2A }, "2F 2F" },
  { "mode 5, long header", { .mode = 5, .ci = 0x72, .access_number = 3 }, "2F 2F" },
  { "mode 5, behind ELL III", { .mode = 5, .ell = 3, .access_number = 3 }, "2F 2F" },
  { "mode 5, part of it plain", { .mode = 5, .ci = 0x72, .n_plain = 5 }, "2F 2F" },
  { "mode 7, counter in the AFL", { .mode = 7, .ell = 1, .afl = TRUE, .counter = 0xAB3 }, "AFL" },
  { "mode 7, long header", { .mode = 7, .ell = 3, .afl = TRUE, .ci = 0x72, .counter = 0x1234567 }, "AFL" },
  { "mode 7, counter in the TPL", { .mode = 7, .tpl_counter = TRUE, .counter = 77 }, "2F 2F" },
  { "mode 7, key version", { .mode = 7, .tpl_counter = TRUE, .key_version = 3, .counter = 77 }, "2F 2F" },
  { "mode 8", { .mode = 8, .tpl_counter = TRUE, .counter = 0x10203 }, "tag" },
  { "mode 9", { .mode = 9, .tpl_counter = TRUE, .ci = 0x72, .counter = 0x10203 }, "tag" },
  { "mode 10", { .mode = 10, .tpl_counter = TRUE, .counter = 0x10203 }, "tag" },
  { "mode 10, key version", { .mode = 10, .tpl_counter = TRUE, .key_version = 1, .counter = 9 }, "tag" },
  { "mode 7, MAC of 2 bytes", { .mode = 7, .afl = TRUE, .mac_kind = 3, .counter = 1 }, "AFL" },
  { "mode 7, MAC of 4 bytes", { .mode = 7, .afl = TRUE, .mac_kind = 4, .counter = 1 }, "AFL" },
  { "mode 7, MAC of 12 bytes", { .mode = 7, .afl = TRUE, .mac_kind = 6, .counter = 1 }, "AFL" },
  { "mode 7, MAC of 16 bytes", { .mode = 7, .afl = TRUE, .mac_kind = 7, .counter = 1 }, "AFL" },
  { "mode 8, 4 bytes", { .mode = 8, .tpl_counter = TRUE, .tag_length = 4, .counter = 1 }, "tag" },
  { "mode 8, 16 bytes", { .mode = 8, .tpl_counter = TRUE, .tag_length = 16, .counter = 1 }, "tag" },
  { "mode 9, 12 bytes", { .mode = 9, .tpl_counter = TRUE, .tag_length = 12, .counter = 1 }, "tag" },
  { "mode 9, 16 bytes", { .mode = 9, .tpl_counter = TRUE, .tag_length = 16, .counter = 1 }, "tag" },
  { "mode 10, 4 bytes", { .mode = 10, .tpl_counter = TRUE, .tag_length = 4, .counter = 1 }, "tag" },
  { "mode 10, 12 bytes", { .mode = 10, .tpl_counter = TRUE, .tag_length = 12, .counter = 1 }, "tag" },
  { "mode 10, 16 bytes", { .mode = 10, .tpl_counter = TRUE, .tag_length = 16, .counter = 1 }, "tag" },
  { "mode 9, version first",
    { .mode = 9, .tpl_counter = TRUE, .key_version = 7, .version_first = TRUE, .counter = 5 },
    "tag" },
  { "mode 10, version first",
    { .mode = 10, .tpl_counter = TRUE, .key_version = 1, .version_first = TRUE, .counter = 9 },
    "tag" },
  { "mode 10, version first, counter and MAC in the AFL",
    { .mode = 10, .afl = TRUE, .key_version = 1, .version_first = TRUE, .counter = 9 },
    "AFL" },
  { "ELL II", { .ell = 2, .ci = 0x78, .cc = 0x20, .session = SESSION }, "PLCRC" },
  { "ELL IV", { .ell = 4, .ci = 0x78, .cc = 0x32, .session = SESSION }, "PLCRC" },
  { "ELL II with a network layer", { .ell = 2, .nwl = TRUE, .session = SESSION }, "PLCRC" },
};

static GByteArray *
encode (guint way)
{
  WmbusPlan plan = WAYS[way].plan;

  plan.sender = wmbus_encode_identity ("AMS", 0x12345678, 0x33, 0x07);
  plan.meter = wmbus_encode_identity ("SEN", 0x87654321, 0x44, 0x16);
  plan.key = KEY;
  return wmbus_encode_hex (&plan, RECORDS);
}

static AmselTelegram *
decode_with (const GByteArray *bytes, const En13757Context *context)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselFrame) frame = amsel_frame_new (bytes->data, bytes->len, 0, AMSEL_RSSI_UNKNOWN);
  AmselTelegram *telegram = wmbus_telegram_decode (frame, context, NULL, &error);

  g_assert_no_error (error);
  return telegram;
}

static AmselTelegram *
decode (const GByteArray *bytes, const guint8 *key, gsize key_length)
{
  g_autoptr (En13757Key) parsed = key != NULL ? en13757_key_new (key, key_length) : NULL;
  const En13757Context context = { .key = parsed };

  return decode_with (bytes, &context);
}

static gsize
get_key_length (guint way)
{
  return WAYS[way].plan.mode == 2 || WAYS[way].plan.mode == 3 ? 8 : 16;
}

static void
assert_records (AmselTelegram *telegram)
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

static void
assert_fault (AmselTelegram *telegram, En13757SecurityError code, AmselEncryption encryption)
{
  g_assert_error ((GError *) amsel_telegram_get_fault (telegram), EN13757_SECURITY_ERROR, (gint) code);
  g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, encryption);
  /* no bytes of it pass for a value */
  for (guint i = 0; i < amsel_telegram_get_n_records (telegram); i++)
    g_assert_cmpint (amsel_telegram_get_record (telegram, i)->kind, ==, AMSEL_VALUE_NONE);
  g_assert_cmphex (amsel_telegram_get_identity (telegram)->id, !=, 0);
}

static void
test_right_key (void)
{
  for (guint way = 0; way < G_N_ELEMENTS (WAYS); way++)
    {
      g_autoptr (GByteArray) bytes = encode (way);
      g_autoptr (AmselTelegram) telegram = decode (bytes, KEY, get_key_length (way));

      g_test_message ("%s", WAYS[way].name);
      g_assert_null (amsel_telegram_get_fault (telegram));
      g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, AMSEL_ENCRYPTION_DECRYPTED);
      assert_records (telegram);
    }
}

static void
test_no_key (void)
{
  for (guint way = 0; way < G_N_ELEMENTS (WAYS); way++)
    {
      g_autoptr (GByteArray) bytes = encode (way);
      g_autoptr (AmselTelegram) telegram = decode (bytes, NULL, 0);

      assert_fault (telegram, EN13757_SECURITY_ERROR_NO_KEY, AMSEL_ENCRYPTION_NO_KEY);
    }
}

/* What a maker gives to all his meters is tried, and where it does not fit there is no key rather than a
 * wrong one. */
static void
test_factory_key (void)
{
  static const guint8 DIEHL[16] = { 0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8,
                                    0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8 };
  static const guint8 ZERO[16] = { 0 };
  const struct
  {
    const gchar *maker;
    guint8 version;
    const guint8 *key;
    gboolean open;
  } vectors[] = {
    { "DME", 0x70, DIEHL, TRUE }, { "HYD", 0x70, DIEHL, TRUE },  { "DME", 0x70, KEY, FALSE },
    { "DME", 0x70, ZERO, FALSE }, { "SEN", 0x70, DIEHL, FALSE }, { "APT", 0x05, ZERO, TRUE },
    { "APT", 0x05, KEY, FALSE },  { "APT", 0x70, ZERO, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      WmbusPlan plan = { .mode = 5, .access_number = 3, .key = vectors[i].key };
      g_autoptr (GByteArray) bytes = NULL;
      g_autoptr (AmselTelegram) telegram = NULL;

      plan.sender = wmbus_encode_identity (vectors[i].maker, 0x12345678, vectors[i].version, 0x07);
      bytes = wmbus_encode_hex (&plan, RECORDS);
      telegram = decode (bytes, NULL, 0);
      /* what Apator's module sends is no records */
      if (vectors[i].open)
        g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, AMSEL_ENCRYPTION_DECRYPTED);
      if (vectors[i].open && vectors[i].key == DIEHL)
        assert_records (telegram);
      if (!vectors[i].open)
        assert_fault (telegram, EN13757_SECURITY_ERROR_NO_KEY, AMSEL_ENCRYPTION_NO_KEY);
    }
}

/* the fault says which check it was */
static void
test_wrong_key (void)
{
  for (guint way = 0; way < G_N_ELEMENTS (WAYS); way++)
    {
      g_autoptr (GByteArray) bytes = encode (way);
      g_autoptr (AmselTelegram) telegram =
          decode (bytes, OTHER_KEY + 16 - get_key_length (way), get_key_length (way));

      g_test_message ("%s", WAYS[way].name);
      assert_fault (telegram, EN13757_SECURITY_ERROR_WRONG_KEY, AMSEL_ENCRYPTION_WRONG_KEY);
      g_assert_nonnull (strstr (amsel_telegram_get_fault (telegram)->message, WAYS[way].check));
    }
}

/* with a MAC or a tag no bit can be changed: not of the content, not of the header */
static void
test_forged (void)
{
  for (guint way = 0; way < G_N_ELEMENTS (WAYS); way++)
    {
      g_autoptr (GByteArray) bytes = encode (way);
      WmbusLayers layers = { 0 };
      gboolean closed;

      /* nothing protects the number of a key */
      if (g_str_equal (WAYS[way].check, "2F 2F") || g_str_equal (WAYS[way].check, "PLCRC")
          || WAYS[way].plan.key_version != 0)
        continue;
      g_assert_true (wmbus_layers_parse (&layers, bytes->data, bytes->len, WMBUS_CI_OFFSET, &closed, NULL));
      for (gsize at = layers.application; at < bytes->len; at++)
        {
          g_autoptr (AmselTelegram) telegram = NULL;

          bytes->data[at] ^= 0x04;
          telegram = decode (bytes, KEY, 16);
          bytes->data[at] ^= 0x04;
          g_test_message ("%s: byte %" G_GSIZE_FORMAT, WAYS[way].name, at);
          g_assert_nonnull (amsel_telegram_get_fault (telegram));
        }
    }
}

/* nobody gets around the MAC by saying that there is none */
static void
test_mac_denied (void)
{
  WmbusPlan plan = { .mode = 7, .afl = TRUE, .key = KEY, .counter = 5 };
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;

  plan.sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7);
  bytes = wmbus_encode_hex (&plan, RECORDS);
  bytes->data[WMBUS_CI_OFFSET + 3] &= (guint8) ~0x04;
  telegram = decode (bytes, KEY, 16);
  assert_fault (telegram, EN13757_SECURITY_ERROR_WRONG_KEY, AMSEL_ENCRYPTION_WRONG_KEY);
}

/* nor by leaving out how long it is, so that one byte of it could be guessed */
static void
test_mac_shortened (void)
{
  for (guint guess = 0; guess < 256; guess++)
    {
      WmbusPlan plan = { .mode = 7, .tpl_counter = TRUE, .key = KEY, .counter = 5 };
      const guint8 afl[] = { 0x90, 3, 0, 0x04, (guint8) guess };
      g_autoptr (GByteArray) bytes = NULL;
      g_autoptr (GByteArray) forged = g_byte_array_new ();
      g_autoptr (AmselTelegram) telegram = NULL;

      plan.sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7);
      bytes = wmbus_encode_hex (&plan, RECORDS);
      g_byte_array_append (forged, bytes->data, WMBUS_CI_OFFSET);
      g_byte_array_append (forged, afl, sizeof afl);
      g_byte_array_append (forged, bytes->data + WMBUS_CI_OFFSET, bytes->len - WMBUS_CI_OFFSET);
      forged->data[0] = (guint8) (forged->len - 1);
      telegram = decode (forged, KEY, 16);
      assert_fault (telegram, EN13757_SECURITY_ERROR_WRONG_KEY, AMSEL_ENCRYPTION_WRONG_KEY);
    }
}

/* what is put behind an authentication tag is nothing that it vouches for; two bytes are what receivers leave
 * of a CRC, and are dropped */
static void
test_behind_tag (void)
{
  for (guint way = 0; way < G_N_ELEMENTS (WAYS); way++)
    {
      g_autoptr (GByteArray) bytes = encode (way);
      g_autoptr (AmselTelegram) with_crc = NULL;
      g_autoptr (AmselTelegram) with_record = NULL;

      if (!g_str_equal (WAYS[way].check, "tag"))
        continue;
      g_byte_array_append (bytes, (const guint8[]){ 0x01, 0xFD }, 2);
      bytes->data[0] = (guint8) (bytes->len - 1);
      with_crc = decode (bytes, KEY, 16);
      g_assert_null (amsel_telegram_get_fault (with_crc));
      assert_records (with_crc);
      g_byte_array_append (bytes, (const guint8[]){ 0x17, 0x05 }, 2);
      bytes->data[0] = (guint8) (bytes->len - 1);
      with_record = decode (bytes, KEY, 16);
      assert_fault (with_record, EN13757_SECURITY_ERROR_WRONG_KEY, AMSEL_ENCRYPTION_WRONG_KEY);
    }
}

/* nobody gets around the key by saying that a telegram is encrypted, and no byte of it */
static void
test_nothing_encrypted (void)
{
  static const struct
  {
    guint16 configuration;
    const gchar *content;
    En13757SecurityError code; /* with a key */
    En13757SecurityError bare; /* without one */
  } vectors[] = {
    { 0x0500, "0C1378563412", EN13757_SECURITY_ERROR_TRUNCATED, EN13757_SECURITY_ERROR_TRUNCATED },
    { 0x0520, "0C1378563412", EN13757_SECURITY_ERROR_TRUNCATED, EN13757_SECURITY_ERROR_TRUNCATED },
    { 0x0204, "0C1378563412", EN13757_SECURITY_ERROR_TRUNCATED, EN13757_SECURITY_ERROR_TRUNCATED },
    { 0x0200, "0C1378563412", EN13757_SECURITY_ERROR_PLAIN, EN13757_SECURITY_ERROR_NONE },
    { 0x020C, "0C1378563412046D32371F15", EN13757_SECURITY_ERROR_TRUNCATED,
      EN13757_SECURITY_ERROR_TRUNCATED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7) };
      g_autoptr (GByteArray) bytes = wmbus_encode_hex (&plan, vectors[i].content);
      g_autoptr (AmselTelegram) with_key = NULL;
      g_autoptr (AmselTelegram) without = NULL;

      bytes->data[WMBUS_CI_OFFSET + 3] = (guint8) vectors[i].configuration;
      bytes->data[WMBUS_CI_OFFSET + 4] = (guint8) (vectors[i].configuration >> 8);
      with_key = decode (bytes, KEY, vectors[i].configuration >> 8 == 2 ? 8 : 16);
      without = decode (bytes, NULL, 0);
      g_test_message ("configuration %04X", vectors[i].configuration);
      g_assert_error ((GError *) amsel_telegram_get_fault (with_key), EN13757_SECURITY_ERROR,
                      (gint) vectors[i].code);
      if (vectors[i].bare == EN13757_SECURITY_ERROR_NONE)
        g_assert_null (amsel_telegram_get_fault (without));
      else
        g_assert_error ((GError *) amsel_telegram_get_fault (without), EN13757_SECURITY_ERROR,
                        (gint) vectors[i].bare);
    }
}

/* a telegram that ends anywhere has a fault or, where only fill is missing, its records */
static void
test_truncated (void)
{
  for (guint way = 0; way < G_N_ELEMENTS (WAYS); way++)
    {
      g_autoptr (GByteArray) bytes = encode (way);
      guint whole = bytes->len;

      for (guint length = WMBUS_CI_OFFSET + 1; length < whole; length++)
        {
          g_autoptr (AmselTelegram) telegram = NULL;

          g_byte_array_set_size (bytes, length);
          bytes->data[0] = (guint8) (length - 1);
          telegram = decode (bytes, KEY, get_key_length (way));
          if (WAYS[way].plan.n_plain == 0)
            g_assert_nonnull (amsel_telegram_get_fault (telegram));
        }
    }
}

static void
test_key_of_other_kind (void)
{
  g_autoptr (GByteArray) des = encode (0);
  g_autoptr (GByteArray) aes = encode (2);
  g_autoptr (GByteArray) ell = encode (G_N_ELEMENTS (WAYS) - 1);
  g_autoptr (AmselTelegram) one = decode (des, KEY, 16);
  g_autoptr (AmselTelegram) two = decode (aes, KEY, 8);
  g_autoptr (AmselTelegram) three = decode (ell, KEY, 8);

  assert_fault (one, EN13757_SECURITY_ERROR_WRONG_KEY, AMSEL_ENCRYPTION_WRONG_KEY);
  assert_fault (two, EN13757_SECURITY_ERROR_WRONG_KEY, AMSEL_ENCRYPTION_WRONG_KEY);
  assert_fault (three, EN13757_SECURITY_ERROR_WRONG_KEY, AMSEL_ENCRYPTION_WRONG_KEY);
}

/* modes that nobody can decrypt are named by their number */
static void
test_unsupported (void)
{
  static const guint MODES[] = { 1, 4, 6, 11, 13, 15, 16, 31 };

  for (gsize i = 0; i < G_N_ELEMENTS (MODES); i++)
    {
      const WmbusPlan plan = { .mode = MODES[i], .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7) };
      g_autoptr (GByteArray) bytes = wmbus_encode_hex (&plan, RECORDS);
      g_autoptr (AmselTelegram) telegram = decode (bytes, KEY, 16);
      g_autofree gchar *number = g_strdup_printf ("mode %u", MODES[i]);

      assert_fault (telegram, EN13757_SECURITY_ERROR_UNSUPPORTED_MODE, AMSEL_ENCRYPTION_UNSUPPORTED);
      g_assert_nonnull (strstr (amsel_telegram_get_fault (telegram)->message, number));
    }
}

/* of mode 3 the day decides two bytes that nothing checks: without a clock behind the first block, or where
 * the telegram was not received on its day, nothing is shown */
static void
test_day (void)
{
  static const struct
  {
    const gchar *records;
    const gchar *received;
    gboolean open;
  } vectors[] = {
    { RECORDS, "2008-05-31T23:51:00Z", TRUE },
    { RECORDS, "2008-06-01T01:51:00Z", TRUE },
    { RECORDS, "2008-05-30T12:00:00Z", TRUE },
    { RECORDS, "2008-06-02T00:00:00Z", FALSE },
    { RECORDS, "2026-11-25T00:00:00Z", FALSE },
    { "0C1378563412446D32371F1502FD170000", "2008-05-31T23:51:00Z", FALSE }, /* an older time */
    { "046D32371F150C137856341202FD170000", "2008-05-31T23:51:00Z", FALSE }, /* in the first block */
    { "0C137856341202FD170000", "2008-05-31T23:51:00Z", FALSE },
    { "0C1378563412046D32371F1504", "2008-05-31T23:51:00Z", FALSE }, /* no records */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const WmbusPlan plan = {
        .mode = 3, .day = DAY, .key = KEY, .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7)
      };
      g_autoptr (GByteArray) bytes = wmbus_encode_hex (&plan, vectors[i].records);
      g_autoptr (GDateTime) received = g_date_time_new_from_iso8601 (vectors[i].received, NULL);
      g_autoptr (AmselFrame) frame = amsel_frame_new (
          bytes->data, bytes->len, g_date_time_to_unix (received) * G_USEC_PER_SEC, AMSEL_RSSI_UNKNOWN);
      g_autoptr (En13757Key) key = en13757_key_new (KEY, 8);
      const En13757Context context = { .key = key };
      g_autoptr (AmselTelegram) telegram = wmbus_telegram_decode (frame, &context, NULL, NULL);

      g_test_message ("%s, received %s", vectors[i].records, vectors[i].received);
      if (vectors[i].open)
        assert_records (telegram);
      else
        assert_fault (telegram, EN13757_SECURITY_ERROR_UNSUPPORTED_MODE, AMSEL_ENCRYPTION_UNSUPPORTED);
    }
}

/* codes that nobody can check are named, and none passes for one that can */
static void
test_unsupported_mac (void)
{
  for (guint kind = 1; kind < 16; kind++)
    {
      WmbusPlan plan = { .mode = 7, .afl = TRUE, .key = KEY, .counter = 5, .mac_kind = kind };
      g_autoptr (GByteArray) bytes = NULL;
      g_autoptr (AmselTelegram) telegram = NULL;

      plan.sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7);
      bytes = wmbus_encode_hex (&plan, RECORDS);
      telegram = decode (bytes, KEY, 16);
      if (kind >= 3 && kind <= 7)
        assert_records (telegram);
      else if (kind == 8 || kind == 9)
        assert_fault (telegram, EN13757_SECURITY_ERROR_UNSUPPORTED_MODE, AMSEL_ENCRYPTION_UNSUPPORTED);
      else /* how long it is, is not known either */
        g_assert_nonnull (amsel_telegram_get_fault (telegram));
    }
}

/* a plain telegram of a meter with a key is refused, unless it is allowed */
static void
test_plain (void)
{
  const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7) };
  g_autoptr (GByteArray) bytes = wmbus_encode_hex (&plan, RECORDS);
  g_autoptr (En13757Key) key = en13757_key_new (KEY, 16);
  En13757Context context = { .key = key };
  g_autoptr (AmselTelegram) refused = decode_with (bytes, &context);
  g_autoptr (AmselTelegram) allowed = NULL;

  assert_fault (refused, EN13757_SECURITY_ERROR_PLAIN, AMSEL_ENCRYPTION_NONE);
  context.allow_plain = TRUE;
  allowed = decode_with (bytes, &context);
  g_assert_null (amsel_telegram_get_fault (allowed));
  assert_records (allowed);
}

/* what is flagged as encrypted and stored in plain is taken as plain only where that is said, and only with
 * its marks */
static void
test_stored_plain (void)
{
  WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7), .mode = 5, .key = KEY };
  g_autoptr (GByteArray) encrypted = wmbus_encode_hex (&plan, RECORDS);
  g_autoptr (GByteArray) stored = NULL;
  En13757Context context = { 0 };
  g_autoptr (AmselTelegram) strict = NULL;
  g_autoptr (AmselTelegram) taken = NULL;
  g_autoptr (AmselTelegram) still_closed = NULL;

  plan.mode = 0;
  stored = wmbus_encode_hex (&plan, "2F2F" RECORDS "2F2F2F2F2F2F2F2F2F2F2F2F2F");
  stored->data[13] = 0x20;
  stored->data[14] = 0x05;
  strict = decode_with (stored, &context);
  assert_fault (strict, EN13757_SECURITY_ERROR_NO_KEY, AMSEL_ENCRYPTION_NO_KEY);
  context.decrypted = TRUE;
  taken = decode_with (stored, &context);
  g_assert_null (amsel_telegram_get_fault (taken));
  assert_records (taken);
  still_closed = decode_with (encrypted, &context);
  assert_fault (still_closed, EN13757_SECURITY_ERROR_NO_KEY, AMSEL_ENCRYPTION_NO_KEY);
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
      telegram = decode_with (stored, &context);
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
                           .session = SESSION,
                           .key = KEY };
  GByteArray *stored = wmbus_encode_hex (&plan, RECORDS);
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
    { "78" RECORDS, TRUE },
    { "7A01000000" RECORDS, TRUE },
    { "7278563412B3050107010000000C1378563412046D32371F1502FD170000", TRUE },
    { "79E0D110017856341232371F150000", TRUE },
    { "7B01000000E0D110017856341232371F150000", TRUE },
    { "7378563412B305010701000000E0D110017856341232371F150000", TRUE },
    { "79E0D111017856341232371F150000", FALSE }, /* the CRC of the full frame */
    { "79E1D110017856341232371F150000", FALSE }, /* the signature */
    { "78" RECORDS "04", FALSE },                /* does not end with a record */
    { "77" RECORDS, FALSE },                     /* no message of a wireless meter */
    { "A2" RECORDS, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors) * 4; i++)
    {
      gsize v = i / 4;
      g_autoptr (GByteArray) stored = store_plain_layer (i & 1 ? 4 : 2, vectors[v].message);
      g_autoptr (En13757Key) key = i & 2 ? en13757_key_new (OTHER_KEY, 16) : NULL;
      En13757Formats *formats = en13757_formats_new (NULL);
      En13757Context context = { .key = key, .formats = formats, .allow_plain = TRUE };
      g_autoptr (AmselTelegram) strict = NULL;
      g_autoptr (AmselTelegram) taken = NULL;

      g_test_message ("%s, %s", vectors[v].message, key != NULL ? "with a key" : "without");
      en13757_formats_learn (formats, (const guint8[]){ 0x0C, 0x13, 0x04, 0x6D, 0x02, 0xFD, 0x17 }, 7);
      strict = decode_with (stored, &context);
      assert_fault (strict, key != NULL ? EN13757_SECURITY_ERROR_WRONG_KEY : EN13757_SECURITY_ERROR_NO_KEY,
                    key != NULL ? AMSEL_ENCRYPTION_WRONG_KEY : AMSEL_ENCRYPTION_NO_KEY);
      context.decrypted = TRUE;
      taken = decode_with (stored, &context);
      if (vectors[v].fits)
        {
          g_assert_null (amsel_telegram_get_fault (taken));
          g_assert_cmpint (amsel_telegram_get_encryption (taken), ==, AMSEL_ENCRYPTION_UNCHECKED);
          assert_records (taken);
        }
      else
        assert_fault (taken, key != NULL ? EN13757_SECURITY_ERROR_WRONG_KEY : EN13757_SECURITY_ERROR_NO_KEY,
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
                     .session = SESSION,
                     .key = KEY };
  g_autoptr (GByteArray) sent = wmbus_encode_hex (&plan, RECORDS);
  g_autoptr (GByteArray) stored = store_plain_layer (2, "78" RECORDS);
  g_autoptr (En13757Key) key = en13757_key_new (KEY, 16);
  const En13757Context context = { .key = key, .decrypted = TRUE };
  g_autoptr (AmselTelegram) opened = decode_with (sent, &context);
  g_autoptr (AmselTelegram) refused = decode_with (stored, &context);

  g_assert_null (amsel_telegram_get_fault (opened));
  g_assert_cmpint (amsel_telegram_get_encryption (opened), ==, AMSEL_ENCRYPTION_DECRYPTED);
  assert_records (opened);
  g_assert_error ((GError *) amsel_telegram_get_fault (refused), EN13757_SECURITY_ERROR,
                  EN13757_SECURITY_ERROR_PLAIN);
}

/* keys by address, by wildcard and for all; the closest one counts */
static void
test_keys (void)
{
  g_autoptr (En13757Keys) keys = en13757_keys_new ();
  const AmselIdentity meter = wmbus_encode_identity ("AMS", 0x12345678, 0x33, 7);
  const AmselIdentity sibling = wmbus_encode_identity ("AMS", 0x12349999, 0x33, 7);
  const AmselIdentity stranger = wmbus_encode_identity ("SEN", 0x00000001, 0, 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (en13757_keys_add (keys, "1234FFFF", "00000000000000000000000000000001", &error));
  g_assert_true (en13757_keys_add (keys, "12345678.SEN", "00000000000000000000000000000002", &error));
  g_assert_true (en13757_keys_add (keys, "12345678.AMS.33.07", "00000000000000000000000000000003", &error));
  g_assert_no_error (error);
  g_assert_null (en13757_keys_find (keys, &stranger));
  g_assert_true (en13757_keys_add (keys, "*", " 0000000000000000 ", &error));
  g_assert_true (en13757_keys_find (keys, &meter) != en13757_keys_find (keys, &sibling));
  g_assert_true (en13757_key_is_aes (en13757_keys_find (keys, &meter)));
  g_assert_true (en13757_key_is_aes (en13757_keys_find (keys, &sibling)));
  g_assert_false (en13757_key_is_aes (en13757_keys_find (keys, &stranger)));
  g_assert_false (en13757_keys_add (keys, "1234567", "00000000000000000000000000000001", &error));
  g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (en13757_keys_add (keys, "12345678", "5ECRE7", &error));
  g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
  g_assert_null (strstr (error->message, "5ECRE7"));
}

#define DIGITS "000102030405060708090A0B0C0D0E0F"
#define BAD(text, expected)                                                                                  \
  {                                                                                                          \
    text, sizeof (text) - 1, expected                                                                        \
  }

static void
test_key_file (void)
{
  static const struct
  {
    const gchar *text;
    gsize length;
    const gchar *expected;
  } bad[] = {
    BAD ("12345678;00\n", "line 1: a key has"),
    BAD ("\n" DIGITS ";12345678\n", "line 2: character 1 of the address"),
    BAD ("12345678," DIGITS "\n", "line 1: expected the address"),
    BAD ("11111111;" DIGITS "\n11111111;" DIGITS "\n11111111;11111111111111111111111111111111\n",
         "line 3: another key stands above"),
    BAD ("# text\n\0\n22222222;" DIGITS "\n", "zero bytes"),
  };
  g_autofree gchar *path = g_build_filename (g_get_tmp_dir (), "amsel-test-keys-XXXXXX", NULL);
  g_autoptr (En13757Keys) keys = en13757_keys_new ();
  g_autoptr (GError) error = NULL;
  gint fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path,
                                      "\xEF\xBB\xBF# keys\n\n12345678;" DIGITS " # a meter\r\n"
                                      "87654321.SEN ; " DIGITS "\n",
                                      -1, NULL));
  g_assert_true (en13757_keys_load (keys, path, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (en13757_keys_get_size (keys), ==, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_true (g_file_set_contents (path, bad[i].text, (gssize) bad[i].length, NULL));
      g_assert_false (en13757_keys_load (keys, path, &error));
      g_assert_nonnull (strstr (error->message, bad[i].expected));
      g_assert_null (strstr (error->message, "00010203"));
      g_clear_error (&error);
    }
  g_remove (path);
  g_assert_false (en13757_keys_load (keys, path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wmbus/security/right-key", test_right_key);
  g_test_add_func ("/wmbus/security/no-key", test_no_key);
  g_test_add_func ("/wmbus/security/factory-key", test_factory_key);
  g_test_add_func ("/wmbus/security/wrong-key", test_wrong_key);
  g_test_add_func ("/wmbus/security/forged", test_forged);
  g_test_add_func ("/wmbus/security/mac-denied", test_mac_denied);
  g_test_add_func ("/wmbus/security/mac-shortened", test_mac_shortened);
  g_test_add_func ("/wmbus/security/behind-tag", test_behind_tag);
  g_test_add_func ("/wmbus/security/nothing-encrypted", test_nothing_encrypted);
  g_test_add_func ("/wmbus/security/truncated", test_truncated);
  g_test_add_func ("/wmbus/security/key-of-other-kind", test_key_of_other_kind);
  g_test_add_func ("/wmbus/security/unsupported", test_unsupported);
  g_test_add_func ("/wmbus/security/day", test_day);
  g_test_add_func ("/wmbus/security/unsupported-mac", test_unsupported_mac);
  g_test_add_func ("/wmbus/security/plain", test_plain);
  g_test_add_func ("/wmbus/security/stored-plain", test_stored_plain);
  g_test_add_func ("/wmbus/security/stored-plain-short", test_stored_plain_short);
  g_test_add_func ("/wmbus/security/stored-plain-layer", test_stored_plain_layer);
  g_test_add_func ("/wmbus/security/not-stored-plain", test_not_stored_plain);
  g_test_add_func ("/wmbus/security/keys", test_keys);
  g_test_add_func ("/wmbus/security/key-file", test_key_file);
  return g_test_run ();
}
