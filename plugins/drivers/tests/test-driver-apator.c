/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Apator's own payloads: pulses, allocators, registers, and what is encrypted with a key that is all zero. */
#include <nettle/aes.h>

#include "driver-encoder.h"

static void
test_pulses (void)
{
  Encoder e;

  encoder_begin (&e, "APT!", 0x0014AC01, 0x0F, 0x0F, 0xA0);
  encoder_u (&e, 1000001, 4);
  encoder_hex (&e, "40030000");
  encoder_check (&e, NULL, "apator08", "total_m3=333.333667");
  encoder_begin (&e, "APT!", 0x0014AC01, 0x04, 0x11, 0xA0);
  encoder_u (&e, 21533, 4);
  encoder_check_all (&e, "apator172", "total_m3=7177.666667");
  encoder_begin (&e, "APT!", 0x0014AC01, 0x03, 0x03, 0xA0);
  encoder_hex (&e, "FFFFFFFF");
  encoder_check (&e, NULL, "apator08", "total_m3=(doubtful)");
}

static void
put_itn30 (Encoder *e, gboolean is_open)
{
  encoder_hex (e, "A1 0000");
  encoder_u (e, 89, 2);
  if (is_open)
    encoder_ymd (e, 2019, 8, 28);
  else
    encoder_hex (e, "0000");
  encoder_u (e, 12, 2);
  encoder_ymd (e, 2022, 9, 18);
  encoder_u (e, 20 * 256 + 64, 2);
  encoder_u (e, 21 * 256 + 128, 2);
}

static void
test_itn30 (void)
{
  Encoder e;

  encoder_begin (&e, "APA!", 0x37373731, 0x04, 0x08, 0xA0);
  put_itn30 (&e, TRUE);
  encoder_check_all (&e, "apatoreitn",
                     "current_hca=12 previous_hca=89 current_date=2022-09-18 temp_room_avg_c=21.500000 "
                     "temp_room_prev_avg_c=20.250000 esb_date=2019-08-28 status=\"SEAL_BROKEN\"");
  /* behind a block of any length */
  encoder_begin (&e, "APT!", 0x37373731, 0x04, 0x08, 0xB6);
  encoder_hex (&e, "03 FFFFF5 A0");
  put_itn30 (&e, FALSE);
  encoder_check_all (&e, "apatoreitn",
                     "current_hca=12 previous_hca=89 current_date=2022-09-18 temp_room_avg_c=21.500000 "
                     "temp_room_prev_avg_c=20.250000 esb_date=(not-available) status=\"OK\"");
}

static void
test_itn40 (void)
{
  Encoder e;

  encoder_begin (&e, "APA", 0x12345678, 0x0D, 0x08, 0xA0);
  encoder_hex (&e, "0000 A100");
  encoder_u (&e, 40 * 16 + 8, 2);
  encoder_u (&e, 20 * 16 + 4, 2);
  for (guint i = 1; i <= 20; i++)
    encoder_u (&e, i, 2);
  encoder_ymd (&e, 2026, 2, 3);
  encoder_hex (&e, "0200 1000");
  encoder_check_all (
      &e, "apatoreitn40",
      "current_hca=17 previous_hca=18 previous_2y_hca=19 previous_3y_hca=20 current_month_hca=1 "
      "previous_month_hca=2 previous_month_02_hca=3 previous_month_03_hca=4 "
      "previous_month_04_hca=5 previous_month_05_hca=6 previous_month_06_hca=7 "
      "previous_month_07_hca=8 previous_month_08_hca=9 previous_month_09_hca=10 "
      "previous_month_10_hca=11 previous_month_11_hca=12 previous_month_12_hca=13 "
      "previous_month_13_hca=14 previous_month_14_hca=15 previous_month_15_hca=16 "
      "current_date=2026-02-03 temp_radiator_c=40.5000 temp_room_c=20.2500 "
      "status=\"LOW_BATTERY\"");
  /* no date, no allocator */
  e.bytes[11 + 48] = 0;
  encoder_check (&e, NULL, "apatoreitn40", "current_hca=(unknown-format)");
}

static void
begin_162 (Encoder *e)
{
  encoder_begin (e, "APA", 0x20202020, 0x05, 0x07, 0x7A);
  encoder_hex (e, "9A 00 6085 2F2F 0F 0A734393 CC0000");
}

static void
test_registers (void)
{
  const struct
  {
    const gchar *registers;
    const gchar *expected;
  } vectors[] = {
    { "435B01 10 88130000 7101 0102030405060708 FFFFFFFF ABCD", "total_m3=5.000" },
    { "10 88130000 ABCD", "total_m3=5.000" },         /* no fillers */
    { "10 88130000 FF ABCD 1234", "total_m3=5.000" }, /* and what a receiver leaves behind */
    { "80 0102030405060708090A 10 88130000 A0 01020304 FFFF ABCD", "total_m3=5.000" },
    { "40 C6C1B4F0F3F3 41 5559 42 FA701000 F0 01010000 FFFF ABCD", "total_m3=(no-data)" },
    { "43 5B01 10 88130000 55 01 FFFF ABCD", "total_m3=5.000" },           /* 55 is not known, */
    { "A1 01020304 10 88130000 55 01 FFFF", "total_m3=(unknown-format)" }, /* nor A1 well enough */
    { "55 01 10 88130000 FFFF ABCD", "total_m3=(unknown-format)" },        /* nor what follows it */
    { "10 88130000 B2 0102 FFFF ABCD", "total_m3=5.000" },                 /* B2 is longer than that */
    { "10 881300", "total_m3=(unknown-format)" },
    { "10 FFFFFFFF FFFF ABCD", "total_m3=(doubtful)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Encoder e;

      begin_162 (&e);
      encoder_hex (&e, vectors[i].registers);
      encoder_check (&e, NULL, "apator162", vectors[i].expected);
    }
}

/* Encrypts the block behind access number and flags, whose first one is CBC's only one. */
static void
encrypt (Encoder *e, const guint8 *key)
{
  struct aes128_ctx aes;
  guint8 *block = e->bytes + 13;

  for (guint i = 0; i < 16; i++)
    block[i] ^= i < 8 ? e->bytes[2 + i] : e->bytes[11];
  aes128_set_encrypt_key (&aes, key);
  aes128_encrypt (&aes, 16, block, block);
}

static void
put_na1 (Encoder *e, guint64 total, guint used)
{
  guint hours = 545;

  encoder_begin (e, "APA", 0x04913581, 0x14, 0x07, 0xA0);
  encoder_hex (e, "B0 01 2F");
  encoder_u (e, (total / 16) << 8 | 1 << 4 | total % 16, 4);
  encoder_u (e, 8848LL * 86400 + 15 * 3600 + 22 * 60 + 9, 4); /* 8848 days behind 2000-01-01 */
  encoder_u (e, hours % 256, 1);
  encoder_u (e, (hours / 256) << 2 | used % 4, 1);
  encoder_u (e, used / 4, 3);
  encoder_hex (e, "08 80");
}

static void
test_na1 (void)
{
  static const guint8 ZERO[16] = { 0 };
  static const guint8 OWN[16] = { 1, 2, 3 };
  const gchar *expected = "total_m3=3453.12 historic_m3=3006.19 historic_datetime=2024-02-29T22:22 "
                          "historic_age_h=545 meter_datetime=2024-03-23T15:22 current_status=\"LEAK\" "
                          "historic_status=\"MINIMUM_FLOW\" frame_status=\"SUMMER_TIME\"";
  Encoder e;

  put_na1 (&e, 345312, 44693);
  encrypt (&e, ZERO);
  encoder_check_all (&e, "apatorna1", expected);
  encoder_check (&e, OWN, "apatorna1", expected);
  put_na1 (&e, 345312, 44693);
  encrypt (&e, OWN);
  encoder_check (&e, OWN, "apatorna1", expected);
  encoder_check (&e, NULL, "apatorna1", "total_m3=(no-key) frame_status=\"SUMMER_TIME\"");
  /* more used than there was */
  put_na1 (&e, 44692, 44693);
  encrypt (&e, ZERO);
  encoder_check (&e, OWN, "apatorna1", "total_m3=(wrong-key) frame_status=\"SUMMER_TIME\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/apator/pulses", test_pulses);
  g_test_add_func ("/driver/apator/itn30", test_itn30);
  g_test_add_func ("/driver/apator/itn40", test_itn40);
  g_test_add_func ("/driver/apator/registers", test_registers);
  g_test_add_func ("/driver/apator/na1", test_na1);
  return g_test_run ();
}
