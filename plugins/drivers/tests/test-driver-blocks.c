/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makers of whom one small layout is known: GWF, Zenner, BFW. */
#include <string.h>

#include "driver-described.h"
#include "driver-encoder.h"
#include "driver-telegram.h"

static void
test_gwf (void)
{
  const struct
  {
    const gchar *block;
    const gchar *driver;
    const gchar *expected;
  } vectors[] = {
    { "01 00 E3", "gwfwater", "alarms=\"OK\" power_mode=\"SAVING\" battery_y=14.0" },
    { "01 6A 0E", "gwfwater",
      "alarms=\"CONTINUOUS_FLOW BROKEN_PIPE BATTERY_LOW BACKFLOW\" power_mode=\"NORMAL\" battery_y=0.5" },
    { "01 81 00", "gwfwater", "alarms=\"UNKNOWN_81\" power_mode=\"NORMAL\" battery_y=0.0" },
    { "02 00 E3", "gwfwater", "battery_y=(unknown-format)" },
    { "01 00", NULL, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      Encoder e;

      encoder_begin (&e, "GWF", 0x20221031, 0x3C, 0x07, 0x7A);
      encoder_hex (&e, "B1 00 0000 0413 DC690D00 0F");
      encoder_hex (&e, vectors[i].block);
      encoder_check (&e, NULL, vectors[i].driver, vectors[i].expected);
    }
}

static void
test_zenner (void)
{
  Encoder e;

  encoder_begin (&e, "ZRI", 0x50087367, 0x0B, 0x16, 0x7A);
  encoder_hex (&e, "D8 00 0000 2F2F 0F 00000000");
  encoder_u (&e, 7103 * 256 + 128, 4);
  encoder_u (&e, 17062 * 256 + 1, 4);
  encoder_check_all (&e, "zenner0b", "total_m3=17.062004 target_m3=7.103500 meter_status=\"OK\"");
  e.bytes[18] = 0x10;
  encoder_hex (&e, "00");
  encoder_check (&e, NULL, "zenner0b", "total_m3=17.062004 target_m3=7.103500 meter_status=\"UNKNOWN_10\"");
}

static void
put_bfw (Encoder *e)
{
  encoder_begin (e, "BFW", 0x00707788, 0x02, 0x08, 0x7A);
  encoder_hex (e, "DB C0 0000 2F2F 9E1F");
  encoder_be (e, 961, 2);
  encoder_be (e, 904, 2);
  encoder_hex (e, "152A");
  for (guint ago = 18; ago > 0; ago -= 2)
    {
      guint older = 0x100 + ago, newer = 0x200 + ago;

      encoder_u (e, older & 0xFF, 1);
      encoder_u (e, older >> 8 << 4 | newer >> 8, 1);
      encoder_u (e, newer & 0xFF, 1);
    }
  encoder_hex (e, "280221");
}

static void
test_bfw (void)
{
  Encoder e;

  put_bfw (&e);
  encoder_check_all (&e, "bfw240radio",
                     "current_hca=904 prev_hca=961 prev_01_hca=514 prev_02_hca=258 prev_03_hca=516 "
                     "prev_04_hca=260 prev_05_hca=518 prev_06_hca=262 prev_07_hca=520 prev_08_hca=264 "
                     "prev_09_hca=522 prev_10_hca=266 prev_11_hca=524 prev_12_hca=268 prev_13_hca=526 "
                     "prev_14_hca=270 prev_15_hca=528 prev_16_hca=272 prev_17_hca=530 prev_18_hca=274 "
                     "device_date=2021-02-28");
  e.bytes[e.length - 2] = 0x0A;
  encoder_check (&e, NULL, "bfw240radio", "current_hca=(unknown-format)");
}

/* A described driver does not say again what a compiled one has said. */
static void
test_names_once (void)
{
  const gchar *text = "driver: sample\ntitle: Sample\nmeters: any\nfields:\n"
                      "  - {name: battery_y, quantity: remaining-battery-life}\n"
                      "  - {name: total_m3, quantity: volume}\n"
                      "  - {name: alarms, from: status}\n";
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (DriverDescribed) driver = driver_described_parse ("sample.yaml", text, strlen (text), &problems);
  g_autoptr (AmselTelegram) telegram = NULL;
  g_autofree gchar *fields = NULL;
  DriverContext context = { 0 };
  Encoder e;

  g_assert_nonnull (driver);
  encoder_begin (&e, "GWF", 0x20221031, 0x3C, 0x07, 0x7A);
  encoder_hex (&e, "B1 00 0000 0413 DC690D00 02FD74 B514 0F 0102E3");
  e.bytes[0] = (guint8) (e.length - 1);
  telegram = driver_telegram_decode (e.bytes, e.length, NULL);
  context.telegram = telegram;
  driver_described_apply (driver, &context);
  fields = driver_telegram_describe (telegram);
  g_assert_cmpstr (fields, ==,
                   "alarms=\"CONTINUOUS_FLOW\" power_mode=\"SAVING\" battery_y=14.0 total_m3=879.068");
  g_assert_cmpstr (amsel_telegram_get_driver (telegram), ==, "gwfwater");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver/blocks/gwf", test_gwf);
  g_test_add_func ("/driver/blocks/zenner", test_zenner);
  g_test_add_func ("/driver/blocks/bfw", test_bfw);
  g_test_add_func ("/driver/blocks/names-once", test_names_once);
  return g_test_run ();
}
