/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Techem's own payloads: the counters, dates without a year, units, and what is no such payload. */
#include "driver-encoder.h"

#define WARM_WATER 0x62
#define COLD_WATER 0x72
#define HEAT       0x43
#define ALLOCATOR  0x80
#define SMOKE      0xF0

static void
begin (Encoder *e, guint8 version, guint8 medium)
{
  encoder_begin (e, "TCH", 0x12345678, version, medium, 0xA2);
}

/* Two counters of two bytes; today has only month and day. */
static void
put_counters (Encoder *e, guint year, guint month, guint day, guint last, guint today_month, guint today_day,
              guint current)
{
  encoder_hex (e, "00");
  encoder_ymd (e, year, month, day);
  encoder_u (e, last, 2);
  encoder_u (e, today_month << 9 | today_day << 4, 2);
  encoder_u (e, current, 2);
}

static void
test_allocator (void)
{
  Encoder e;

  begin (&e, 0x69, ALLOCATOR);
  put_counters (&e, 2019, 12, 31, 1026, 2, 8, 131);
  encoder_u (&e, 2244, 2);
  encoder_u (&e, 2551, 2);
  encoder_check_all (&e, "fhkvdataiii",
                     "current_hca=131 previous_hca=1026 previous_date=2019-12-31 current_date=2020-02-08 "
                     "temp_room_c=22.44 temp_radiator_c=25.51");

  begin (&e, 0x94, ALLOCATOR);
  put_counters (&e, 2020, 12, 31, 45, 2, 5, 4);
  encoder_hex (&e, "EE");
  encoder_u (&e, 2237, 2);
  encoder_u (&e, 14000, 2);
  encoder_check_all (&e, "fhkvdataiii",
                     "current_hca=4 previous_hca=45 previous_date=2020-12-31 current_date=2021-02-05 "
                     "temp_room_c=22.37 temp_radiator_c=(doubtful)");

  begin (&e, 0x61, ALLOCATOR);
  put_counters (&e, 2020, 12, 31, 45, 2, 5, 4);
  encoder_hex (&e, "11223344");
  encoder_check (&e, NULL, "fhkvdataiii",
                 "current_hca=4 previous_hca=45 previous_date=2020-12-31 current_date=2021-02-05");
}

static void
test_water (void)
{
  Encoder e;

  begin (&e, 0x74, WARM_WATER);
  put_counters (&e, 2018, 3, 31, 89, 4, 27, 49);
  encoder_check_all (
      &e, "mkradio3",
      "total_m3=13.8 current_m3=4.9 target_m3=8.9 prev_date=2018-03-31 current_date=2018-04-27");
  /* the same day is a year later */
  begin (&e, 0x95, COLD_WATER);
  put_counters (&e, 2018, 3, 31, 65535, 3, 31, 65535);
  encoder_check (&e, NULL, "mkradio3",
                 "total_m3=13107.0 current_m3=6553.5 target_m3=6553.5 prev_date=2018-03-31 "
                 "current_date=2019-03-31");
}

/* 30 February does not exist. */
static void
test_dates (void)
{
  Encoder e;

  begin (&e, 0x70, COLD_WATER);
  put_counters (&e, 2018, 3, 31, 1, 2, 30, 1);
  encoder_check (
      &e, NULL, "mkradio3",
      "total_m3=0.2 current_m3=0.1 target_m3=0.1 prev_date=2018-03-31 current_date=(invalid-date)");
  begin (&e, 0x70, COLD_WATER);
  put_counters (&e, 2018, 13, 31, 1, 2, 3, 1);
  encoder_check (&e, NULL, "mkradio3", "total_m3=(unknown-format)");
}

static void
put_heat (Encoder *e, guint last, guint current)
{
  encoder_hex (e, "10");
  encoder_ymd (e, 2018, 12, 31);
  encoder_u (e, last, 3);
  encoder_u (e, 5 << 3, 1);
  encoder_u (e, current, 3);
  encoder_u (e, 4 << 7, 2);
}

static void
test_heat (void)
{
  Encoder e;

  begin (&e, 0x39, HEAT);
  put_heat (&e, 155712, 205);
  encoder_check_all (&e, "compact5",
                     "total_kwh=155917 current_kwh=205 previous_kwh=155712 previous_date=2018-12-31 "
                     "current_date=2019-05-04");
  /* megajoules, of which 3.6 are a kWh */
  begin (&e, 0x27, 0x04);
  put_heat (&e, 36, 1);
  encoder_check_all (&e, "vario451",
                     "total_kwh=10.277778 current_kwh=0.277778 previous_kwh=10.000000 "
                     "previous_date=2018-12-31 current_date=2019-05-04");
}

static void
test_smoke (void)
{
  const struct
  {
    const gchar *state;
    const gchar *expected;
  } vectors[] = { { "00", "status=\"OK\" prev_date=2019-12-31" },
                  { "01", "status=\"SMOKE\" prev_date=2019-12-31" },
                  { "80", "status=\"DEFECT\" prev_date=2019-12-31" },
                  { "71", "status=\"STATUS_71\" prev_date=2019-12-31" } };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Encoder e;

      begin (&e, 0x76, SMOKE);
      encoder_hex (&e, vectors[i].state);
      encoder_ymd (&e, 2019, 12, 31);
      encoder_check_all (&e, "tsd2", vectors[i].expected);
    }
}

/* Half months 1, 2, 3, ...: the newest pair first. */
static void
put_half_months (Encoder *e, guint year, guint month, guint day)
{
  encoder_hex (e, "0C00");
  encoder_ymd (e, year, month, day);
  encoder_u (e, 9488, 3);
  encoder_hex (e, "00");
  for (guint i = 0; i < 12; i++)
    {
      encoder_u (e, 2 * i + 1, 1);
      encoder_u (e, 2 * i + 2, 1);
      encoder_hex (e, "00");
    }
}

static void
test_half_months (void)
{
  Encoder e;

  begin (&e, 0x50, COLD_WATER);
  put_half_months (&e, 2024, 2, 28);
  encoder_check_all (&e, "mkradio3a",
                     "total_m3=948.8 target_date=2024-02-28 target_m3=0.3 last_feb_m3=0.3 last_jan_m3=0.7 "
                     "last_dec_m3=1.1 last_nov_m3=1.5 last_oct_m3=1.9 last_sep_m3=2.3 last_aug_m3=2.7 "
                     "last_jul_m3=3.1 last_jun_m3=3.5 last_may_m3=3.9 last_apr_m3=4.3 last_mar_m3=4.7");
  /* up to the 15th the first one is this month's, and two and three are the last month's */
  begin (&e, 0x50, WARM_WATER);
  put_half_months (&e, 2024, 2, 15);
  encoder_check_all (&e, "mkradio3a",
                     "total_m3=948.8 target_date=2024-02-15 target_m3=0.1 last_feb_m3=0.1 last_jan_m3=0.5 "
                     "last_dec_m3=0.9 last_nov_m3=1.3 last_oct_m3=1.7 last_sep_m3=2.1 last_aug_m3=2.5 "
                     "last_jul_m3=2.9 last_jun_m3=3.3 last_may_m3=3.7 last_apr_m3=4.1 last_mar_m3=4.5");
}

/* Records are records, of Techem too. */
static void
test_others (void)
{
  Encoder e;

  encoder_begin (&e, "TCH", 0x12345678, 0x45, HEAT, 0x7A);
  encoder_hex (&e, "01 00 0000 0C06 01000000");
  encoder_check (&e, NULL, NULL, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/techem/allocator", test_allocator);
  g_test_add_func ("/driver/techem/water", test_water);
  g_test_add_func ("/driver/techem/dates", test_dates);
  g_test_add_func ("/driver/techem/heat", test_heat);
  g_test_add_func ("/driver/techem/smoke", test_smoke);
  g_test_add_func ("/driver/techem/half-months", test_half_months);
  g_test_add_func ("/driver/techem/others", test_others);
  return g_test_run ();
}
