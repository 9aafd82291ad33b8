/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* B Meters: every set of parts behind the records of a Hydrodigit, both Hydroclima blocks, and RFM-TX1. */
#include "driver-encoder.h"

#define RECORDS "0C13 66380000 046D 27287E2A "

static void
begin_hydrodigit (Encoder *e)
{
  encoder_begin (e, "BMT", 0x86868686, 0x13, 0x07, 0x7A);
  encoder_hex (e, "F0 00 0000 " RECORDS "0F");
}

static void
test_hydrodigit (void)
{
  Encoder e;

  begin_hydrodigit (&e);
  encoder_hex (&e, "15 0A");
  encoder_u (&e, 15, 4);
  for (guint month = 1; month <= 11; month++)
    encoder_u (&e, 100 * month + 3, 3);
  encoder_hex (&e, "FFFFFF");
  encoder_check (&e, NULL, "hydrodigit",
                 "contents=\"BACKFLOW BATTERY_VOLTAGE MONTHLY_DATA\" voltage_v=3.05 backflow_m3=0.015 "
                 "january_total_m3=1.03 february_total_m3=2.03 march_total_m3=3.03 april_total_m3=4.03 "
                 "may_total_m3=5.03 june_total_m3=6.03 july_total_m3=7.03 august_total_m3=8.03 "
                 "september_total_m3=9.03 october_total_m3=10.03 november_total_m3=11.03 "
                 "december_total_m3=(not-available)");
}

/* A part that is not known may stand before the months. */
static void
test_hydrodigit_unknown (void)
{
  Encoder e;

  begin_hydrodigit (&e);
  encoder_hex (&e, "19 0A");
  for (guint i = 0; i < 24; i++)
    encoder_u (&e, i, 3);
  encoder_check (
      &e, NULL, "hydrodigit",
      "contents=\"BATTERY_VOLTAGE MONTHLY_DATA\" voltage_v=3.05 january_total_m3=(unknown-format) "
      "february_total_m3=(unknown-format) march_total_m3=(unknown-format) "
      "april_total_m3=(unknown-format) may_total_m3=(unknown-format) june_total_m3=(unknown-format) "
      "july_total_m3=(unknown-format) august_total_m3=(unknown-format) "
      "september_total_m3=(unknown-format) october_total_m3=(unknown-format) "
      "november_total_m3=(unknown-format) december_total_m3=(unknown-format)");
}

static void
test_hydrodigit_parts (void)
{
  const struct
  {
    const gchar *block;
    const gchar *expected;
  } vectors[] = {
    { "00", "contents=\"\"" },
    { "01 01", "contents=\"BATTERY_VOLTAGE\" voltage_v=1.90" },
    { "68 00000000", "contents=\"\"" }, /* bits that are not known announce nothing */
    { "02 A0 210613", "contents=\"FRAUD_DATE\" fraud_type=\"MAGNETIC_FRAUD_ATTEMPT MODULE_REMOVED\" "
                      "fraud_date=2021-06-13" },
    { "8F 0B 00 000000 240425 07000000",
      "contents=\"BACKFLOW BATTERY_VOLTAGE FRAUD_DATE LEAK_DATE\" voltage_v=3.20 fraud_type=\"NO_TYPE_INFO\" "
      "fraud_date=(not-available) leak_date=2024-04-25 backflow_m3=0.007" },
    { "80 241325", "contents=\"LEAK_DATE\" leak_date=(invalid-date)" },
    { "80 24A125", "contents=\"LEAK_DATE\" leak_date=(invalid-date)" },
    { "05 0B 0100", "contents=\"BACKFLOW BATTERY_VOLTAGE\" voltage_v=3.20 backflow_m3=(truncated)" },
    { "04 FFFFFFFF", "contents=\"BACKFLOW\" backflow_m3=(doubtful)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Encoder e;

      begin_hydrodigit (&e);
      encoder_hex (&e, vectors[i].block);
      encoder_check (&e, NULL, "hydrodigit", vectors[i].expected);
    }
}

static void
test_hydroclima (void)
{
  Encoder e;

  encoder_begin (&e, "BMP", 0x93000952, 0x85, 0x08, 0x7A);
  encoder_hex (&e, "80 00 0000 036E 540200 0F 11 0000 9924 2934 0000");
  encoder_u (&e, 4919, 2);
  encoder_u (&e, 2271, 2);
  encoder_u (&e, 5820, 2);
  encoder_g (&e, 2025, 6, 22);
  encoder_u (&e, 3734, 2);
  encoder_u (&e, (guint16) -123, 2);
  for (guint i = 1; i <= 4; i++)
    encoder_u (&e, 1000 * i, 2);
  for (guint i = 1; i <= 3; i++)
    encoder_u (&e, 2000 + i, 2);
  encoder_fill (&e, 0xEE, 9);
  encoder_u (&e, 2435, 3);
  encoder_check (&e, NULL, "hydroclima",
                 "average_heater_temperature_c=49.19 average_ambient_temperature_c=22.71 "
                 "max_ambient_temperature_c=58.20 average_heater_temperature_last_month_c=37.34 "
                 "average_ambient_temperature_last_month_c=-1.23 consumption_at_set_date_1_hca=1000 "
                 "consumption_at_set_date_2_hca=2000 consumption_at_set_date_3_hca=3000 "
                 "consumption_at_set_date_4_hca=4000 ambient_temperature_at_set_date_1_c=20.01 "
                 "ambient_temperature_at_set_date_2_c=20.02 ambient_temperature_at_set_date_3_c=20.03 "
                 "total_consumption_hca=2435");

  encoder_begin (&e, "BMP", 0x68036198, 0x53, 0x08, 0x7A);
  encoder_hex (&e, "00 00 0000 036E 000000 0F 10 0043 106A 7D2C");
  encoder_u (&e, 1866, 2);
  encoder_u (&e, 14751, 2); /* hotter than a room can be */
  encoder_hex (&e, "202C B124");
  encoder_u (&e, 1578, 2);
  encoder_u (&e, 1747, 2);
  encoder_hex (&e, "2100 210000");
  encoder_check (
      &e, NULL, "hydroclima",
      "average_ambient_temperature_c=18.66 max_ambient_temperature_c=(doubtful) "
      "average_ambient_temperature_last_month_c=15.78 average_heater_temperature_last_month_c=17.47");

  encoder_begin (&e, "BMP", 0x74393723, 0x33, 0x08, 0x78);
  encoder_hex (&e, "0F 9D 1300 023E");
  encoder_check (&e, NULL, NULL, "");
}

static void
put_rfmtx1 (Encoder *e, const gchar *mask, const gchar *digits)
{
  g_autoptr (GBytes) a = amsel_hex_decode (mask, -1, NULL);
  g_autoptr (GBytes) b = amsel_hex_decode (digits, -1, NULL);
  const guint8 *x = g_bytes_get_data (a, NULL);
  const guint8 *y = g_bytes_get_data (b, NULL);

  encoder_begin (e, "BMT", 0x74737271, 0x05, 0x07, 0x7A);
  encoder_hex (e, "A5 00 0610 1115");
  for (guint i = 0; i < 4; i++)
    encoder_u (e, x[i] ^ y[i] ^ 0xA5, 1);
  encoder_hex (e, "1E2000000005 90 41 03 10 31 03 20");
}

/* The access number A5 takes row 5 of the table. */
static void
test_rfmtx1 (void)
{
  Encoder e;

  put_rfmtx1 (&e, "32A1390E", "60851800");
  e.bytes[e.length - 6] = 0x41;
  encoder_check_all (&e, "rfmtx1", "total_m3=188.560 meter_datetime=2020-03-31T10:03");
  put_rfmtx1 (&e, "32A1390E", "6A851800"); /* no decimal digit */
  encoder_check (&e, NULL, "rfmtx1", "total_m3=(unknown-format) meter_datetime=2020-03-31T10:03");
  put_rfmtx1 (&e, "32A1390E", "60851800");
  e.bytes[14] = 0x05; /* another security mode: the records are plain, or encrypted as the standard says */
  encoder_check (&e, NULL, NULL, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/bmeters/hydrodigit", test_hydrodigit);
  g_test_add_func ("/driver/bmeters/hydrodigit-parts", test_hydrodigit_parts);
  g_test_add_func ("/driver/bmeters/hydrodigit-unknown", test_hydrodigit_unknown);
  g_test_add_func ("/driver/bmeters/hydroclima", test_hydroclima);
  g_test_add_func ("/driver/bmeters/rfmtx1", test_rfmtx1);
  return g_test_run ();
}
