/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Water radios that send PRIOS: what they hide, with every key, and what gives a wrong key away. */
#include "driver-encoder.h"
#include "driver-telegram.h"

#define KEY_1 "39BC8A10E66D83F8"
#define KEY_2 "51728910E66D83F8"

/* The shift register as its feedback is drawn: taps at 2, 3, 12 and 32, a bit for each step, eight for a
 * byte. */
static void
hide (Encoder *e, gsize from, const gchar *key_hex)
{
  g_autoptr (GBytes) key = amsel_hex_decode (key_hex, -1, NULL);
  const guint8 *k = g_bytes_get_data (key, NULL);
  gboolean state[33]; /* 1 is the newest */
  guint8 seed[4];

  for (guint i = 0; i < 4; i++)
    seed[i] = k[i] ^ k[4 + i] ^ e->bytes[2 + i] ^ e->bytes[6 + i] ^ e->bytes[10 + i];
  for (guint i = 1; i <= 32; i++)
    state[i] = seed[3 - (i - 1) / 8] >> (i - 1) % 8 & 1;
  for (gsize at = from; at < e->length; at++)
    {
      guint8 mask = 0;

      for (guint step = 0; step < 8; step++)
        {
          gboolean next = state[2] ^ state[3] ^ state[12] ^ state[32];

          for (guint i = 32; i > 1; i--)
            state[i] = state[i - 1];
          state[1] = next;
        }
      for (guint i = 1; i <= 8; i++)
        mask |= (guint8) (state[i] << (i - 1));
      e->bytes[at] ^= mask;
    }
}

/* The address goes over the air with version and medium in front of the number. */
static void
begin (Encoder *e, guint32 id, guint8 version, guint8 medium, const gchar *header)
{
  encoder_begin (e, "DME", (guint32) version | (guint32) medium << 8 | id << 16, (guint8) (id >> 16),
                 (guint8) (id >> 24), 0xA2);
  encoder_hex (e, header);
}

static void
test_values (void)
{
  const gchar *const keys[] = { KEY_1, KEY_2 };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      Encoder e;

      begin (&e, 0x12345678, 0x78, 0x07, "01 98 C0 13");
      encoder_hex (&e, "4B");
      encoder_u (&e, 1234567, 4);
      encoder_u (&e, 1230000, 4);
      encoder_g (&e, 2023, 11, 30);
      hide (&e, 15, keys[i]);
      encoder_check_all (&e, "izar",
                         "total_m3=1234.567 target_m3=1230.000 target_date=2023-11-30 battery_y=12.0 "
                         "transmit_period_s=8 status=\"LEAKAGE BACK_FLOW UNDERFLOW\"");
    }
}

/* Longer telegrams go on with what is not understood; shorter ones have no storage date. */
static void
test_lengths (void)
{
  Encoder e;

  begin (&e, 0x12345678, 0x78, 0x07, "03 00 00 13");
  encoder_hex (&e, "4B");
  encoder_u (&e, 1000, 4);
  hide (&e, 15, KEY_1);
  encoder_check (&e, NULL, "izar", "total_m3=1.000 battery_y=0.0 transmit_period_s=32 status=\"OK\"");

  begin (&e, 0x12345678, 0x78, 0x07, "03 00 00 13");
  encoder_hex (&e, "4B E8030000 E7030000 FF2C 00112233445566778899AABBCCDDEEFF");
  hide (&e, 15, KEY_1);
  encoder_check (&e, NULL, "izar",
                 "total_m3=1.000 target_m3=0.999 target_date=2023-12-31 battery_y=0.0 transmit_period_s=32 "
                 "status=\"OK\"");
}

static void
test_own_key (void)
{
  static const guint8 KEY[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  Encoder e;

  begin (&e, 0x12345678, 0x78, 0x07, "01 00 00 13");
  encoder_hex (&e, "4B E8030000 E7030000 FF2C");
  hide (&e, 15, "0102030405060708");
  encoder_check (&e, KEY, "izar",
                 "total_m3=1.000 target_m3=0.999 target_date=2023-12-31 battery_y=0.0 transmit_period_s=8 "
                 "status=\"OK\"");
  encoder_check (&e, NULL, "izar", "total_m3=(wrong-key) battery_y=0.0 transmit_period_s=8 status=\"OK\"");
}

/* One byte that is right by chance is not enough: the date and the sizes have to make sense. */
static void
test_plausible (void)
{
  const gchar *const hidden[] = {
    "4A E8030000 E7030000 FF2C", /* the byte */
    "4B E8030000 E7030000 FF2F", /* a month 15 */
    "4B 00E1F505 E7030000 FF2C", /* 100,000,000 l */
    "4B E8030000 00E1F505 FF2C",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++)
    {
      Encoder e;

      begin (&e, 0x12345678, 0x78, 0x07, "01 00 00 13");
      encoder_hex (&e, hidden[i]);
      hide (&e, 15, KEY_1);
      encoder_check (&e, NULL, "izar",
                     "total_m3=(wrong-key) battery_y=0.0 transmit_period_s=8 status=\"OK\"");
    }
}

/* Only litres are certain. */
static void
test_unit (void)
{
  Encoder e;

  begin (&e, 0x12345678, 0x78, 0x07, "01 00 00 15");
  encoder_hex (&e, "4B E8030000 E7030000 FF2C");
  hide (&e, 15, KEY_1);
  encoder_check (&e, NULL, "izar",
                 "total_m3=(doubtful) target_m3=(doubtful) target_date=2023-12-31 battery_y=0.0 "
                 "transmit_period_s=8 status=\"OK\"");
}

/* Sappel: letters of five bits, then the year and the number of the year in 26 bits. */
static void
test_sappel (void)
{
  const guint64 address = (guint64) (19 * 1000000 + 145842) | (guint64) ('A' - '@') << 29
                          | (guint64) ('U' - '@') << 34 | (guint64) ('C' - '@') << 39;
  Encoder e;

  encoder_begin (&e, "SAP", (guint32) address, (guint8) (address >> 32), (guint8) (address >> 40), 0xA2);
  encoder_hex (&e, "01 3D 40 13 4B E8030000 E7030000 FF2C");
  hide (&e, 15, KEY_1);
  encoder_check (&e, NULL, "izar",
                 "total_m3=1.000 target_m3=0.999 target_date=2023-12-31 battery_y=14.5 transmit_period_s=8 "
                 "status=\"METER_BLOCKED UNDERFLOW\" prefix=\"C19UA\" serial_number=\"145842\" "
                 "manufacture_y=\"2019\"");
}

static AmselTelegram *
decode (Encoder *e)
{
  e->bytes[0] = (guint8) (e->length - 1);
  return driver_telegram_decode (e->bytes, e->length, NULL);
}

/* Records of "real data", hidden or not, with their sum in the high byte of the configuration word. */
static AmselTelegram *
decode_records (const gchar *records, const gchar *key, guint8 error)
{
  Encoder e;
  guint8 sum = error;

  encoder_begin (&e, "HYD", 0x4720068B, 0x90, 0x60, 0x7A);
  encoder_hex (&e, "2A 00 1000");
  encoder_hex (&e, records);
  for (gsize i = 15; i < e.length; i++)
    sum += e.bytes[i];
  e.bytes[14] = sum | 0x10;
  if (key != NULL)
    hide (&e, 15, key);
  return decode (&e);
}

static void
test_hidden_records (void)
{
  const gchar *const keys[] = { NULL, KEY_1, KEY_2 };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (AmselTelegram) telegram =
          decode_records ("0413 DDC00000 426C BF23 4413 82BB0000", keys[i], 0);
      g_autofree gchar *value = amsel_telegram_get_value_text (telegram, 0);
      const AmselIdentity *identity = amsel_telegram_get_identity (telegram);

      g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, 3);
      g_assert_cmpstr (value, ==, "49.373");
      g_assert_cmphex (identity->id, ==, 0x60904720);
      g_assert_cmphex (identity->version, ==, 0x8B);
      g_assert_cmphex (identity->medium, ==, 0x06);
      g_assert_null (amsel_telegram_get_driver (telegram));
    }
}

/* What a gas meter and an allocator begin with. */
static void
test_hidden_others (void)
{
  const gchar *const hidden[] = { "0C933A 73930400 426C BF23", "0B6E 739304 426C BF23" };

  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++)
    {
      g_autoptr (AmselTelegram) telegram = decode_records (hidden[i], KEY_2, 0);

      g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, 2);
      g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, AMSEL_ENCRYPTION_DECRYPTED);
    }
}

/* With a wrong sum they are left as they are; the address is right. */
static void
test_wrong_sum (void)
{
  g_autoptr (AmselTelegram) telegram = decode_records ("0413 DDC00000", KEY_1, 1);

  g_autofree gchar *value = amsel_telegram_get_value_text (telegram, 0);

  g_assert_cmphex (amsel_telegram_get_identity (telegram)->id, ==, 0x60904720);
  g_assert_cmpstr (value, !=, "49.373");
}

/* A sum that is right by chance does not make records of anything. */
static void
test_no_records (void)
{
  const gchar *const hidden[] = {
    "0413 DDC000",           /* ends within a record */
    "0413 DDC00000 0D7F C0", /* a text of no length */
    "0413 DDC00000 3F",      /* a DIF that is none */
    "8413 DDC00000",         "045A DDC00000", "0493 93",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++)
    {
      g_autoptr (AmselTelegram) telegram = decode_records (hidden[i], KEY_1, 0);

      g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, AMSEL_ENCRYPTION_NONE);
    }
}

/* Telegrams of the standard are left to the records. */
static void
test_others (void)
{
  Encoder e;

  encoder_begin (&e, "DME", 0x12345678, 0x70, 0x07, 0x7A);
  encoder_hex (&e, "01 00 0000 0C13 01000000");
  encoder_check (&e, NULL, NULL, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/izar/values", test_values);
  g_test_add_func ("/driver/izar/lengths", test_lengths);
  g_test_add_func ("/driver/izar/own-key", test_own_key);
  g_test_add_func ("/driver/izar/plausible", test_plausible);
  g_test_add_func ("/driver/izar/unit", test_unit);
  g_test_add_func ("/driver/izar/sappel", test_sappel);
  g_test_add_func ("/driver/izar/hidden-records", test_hidden_records);
  g_test_add_func ("/driver/izar/hidden-others", test_hidden_others);
  g_test_add_func ("/driver/izar/wrong-sum", test_wrong_sum);
  g_test_add_func ("/driver/izar/no-records", test_no_records);
  g_test_add_func ("/driver/izar/others", test_others);
  return g_test_run ();
}
