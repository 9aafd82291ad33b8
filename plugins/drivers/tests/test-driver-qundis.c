/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walk-by telegrams of Qundis: values and months in every unit, and what shows that they are not what they
 * seem. */
#include "driver-encoder.h"

#define UNSET (-32768)

/* Three values with their dates and twelve differences, those before the last n being none. */
static void
put_block (Encoder *e, const gchar *vif, guint total, guint at_year, guint at_month, const gint *months,
           guint n)
{
  encoder_begin (e, "QDS", 0x12345678, 0x16, 0x07, 0x78);
  encoder_hex (e, "0DFF5F 35 0082DA0000600107C1");
  encoder_hex (e, vif);
  encoder_hex (e, "FFFF");
  encoder_bcd (e, total, 4);
  encoder_g (e, 2022, 12, 31);
  encoder_bcd (e, at_year, 4);
  encoder_g (e, 2023, 3, 31);
  encoder_bcd (e, at_month, 4);
  for (guint i = n; i < 12; i++)
    encoder_u (e, (guint16) UNSET, 2);
  for (guint i = 0; i < n; i++)
    encoder_u (e, (guint16) months[i], 2);
  encoder_hex (e, "2F");
}

#define BEFORE(unit)                                                                                         \
  " consumption_month_12_" unit "=(not-available) consumption_month_11_" unit "=(not-available)"             \
  " consumption_month_10_" unit "=(not-available) consumption_month_09_" unit "=(not-available)"             \
  " consumption_month_08_" unit "=(not-available) consumption_month_07_" unit "=(not-available)"             \
  " consumption_month_06_" unit "=(not-available) consumption_month_05_" unit "=(not-available)"

/* Litres, and tens of litres for the months: 2.35 m3 in three of them. */
static void
test_water (void)
{
  const gint months[] = { 12, 100, 0, 135 };
  Encoder e;

  put_block (&e, "13", 14500, 12000, 14352, months, 4);
  encoder_check_all (
      &e, "qundis",
      "total_m3=14.500 target_year_m3=12.000 target_m3=14.352 target_year_date=2022-12-31 "
      "target_date=2023-03-31" BEFORE (
          "m3") " consumption_month_04_m3=0.120 "
                "consumption_month_03_m3=1.000 consumption_month_02_m3=0.000 consumption_month_01_m3=1.350");
}

/* The months do not add up to the difference of the values: then their meaning is not certain. */
static void
test_months_that_do_not_add_up (void)
{
  const gint months[] = { 12, 100, 0, 139 };
  Encoder e;

  put_block (&e, "13", 14500, 12000, 14352, months, 4);
  encoder_check (&e, NULL, "qundis",
                 "total_m3=14.500 target_year_m3=12.000 target_m3=14.352 target_year_date=2022-12-31 "
                 "target_date=2023-03-31" BEFORE (
                     "m3") " consumption_month_04_m3=(doubtful) "
                           "consumption_month_03_m3=(doubtful) consumption_month_02_m3=(doubtful) "
                           "consumption_month_01_m3=(doubtful)");
}

static void
test_heat (void)
{
  const gint months[] = { 1, 36, 72, 36 };
  Encoder e;

  put_block (&e, "06", 200, 10, 154, months, 4);
  encoder_check (
      &e, NULL, "qundis",
      "total_kwh=200 target_year_kwh=10 target_kwh=154 target_year_date=2022-12-31 "
      "target_date=2023-03-31" BEFORE (
          "kwh") " consumption_month_04_kwh=1 "
                 "consumption_month_03_kwh=36 consumption_month_02_kwh=72 consumption_month_01_kwh=36");
  /* tenths of a megajoule, of which 36 are a kWh */
  put_block (&e, "0D", 200, 10, 154, months, 4);
  encoder_check (
      &e, NULL, "qundis",
      "total_kwh=5.555556 target_year_kwh=0.277778 target_kwh=4.277778 target_year_date=2022-12-31 "
      "target_date=2023-03-31" BEFORE (
          "kwh") " consumption_month_04_kwh=0.027778 "
                 "consumption_month_03_kwh=1.000000 consumption_month_02_kwh=2.000000 "
                 "consumption_month_01_kwh=1.000000");
}

/* The allocator began with zero again in January, when it had 270. */
static void
test_allocator (void)
{
  const gint months[] = { 46, -221, 33, 8 };
  Encoder e;

  put_block (&e, "6E", 97, 270, 90, months, 4);
  encoder_check (
      &e, NULL, "qundis",
      "current_consumption_hca=97 consumption_at_set_date_hca=270 consumption_at_set_date_17_hca=90 "
      "set_date=2022-12-31 set_date_17=2023-03-31" BEFORE (
          "hca") " consumption_month_04_hca=46 "
                 "consumption_month_03_hca=(doubtful) consumption_month_02_hca=33 "
                 "consumption_month_01_hca=8");
}

static void
test_unreadable (void)
{
  const gint months[] = { 1 };
  Encoder e;

  put_block (&e, "13", 1, 1, 1, months, 1);
  e.bytes[15 + 4] = 0x35; /* encrypted */
  encoder_check (&e, NULL, "qundis", "walk_by=(no-key)");
  put_block (&e, "3E", 1, 1, 1, months, 1); /* a flow is none of these */
  encoder_check (&e, NULL, "qundis", "walk_by=(unknown-format)");
  /* shorter records with this VIF are something else */
  encoder_begin (&e, "QDS", 0x12345678, 0x18, 0x08, 0x78);
  encoder_hex (&e, "0DFF5F 0C 0008003030810613080BFFFC");
  encoder_check (&e, NULL, NULL, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/qundis/water", test_water);
  g_test_add_func ("/driver/qundis/months-that-do-not-add-up", test_months_that_do_not_add_up);
  g_test_add_func ("/driver/qundis/heat", test_heat);
  g_test_add_func ("/driver/qundis/allocator", test_allocator);
  g_test_add_func ("/driver/qundis/unreadable", test_unreadable);
  return g_test_run ();
}
