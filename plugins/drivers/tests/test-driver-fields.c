/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fields a description makes of records. */
#include <string.h>

#include "driver-described.h"
#include "en13757.h"

#define HEADER "driver: sample\ntitle: Sample\nmeters: [{manufacturer: ABC}]\nfields:\n"

/* The fields of a telegram with some status and records, as JSON; the fault where the description has one. */
static gchar *
describe (const gchar *fields, guint8 status, const gchar *hex)
{
  g_autofree gchar *text = g_strconcat (HEADER, fields, NULL);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (DriverDescribed) driver = driver_described_parse ("sample.yaml", text, strlen (text), &problems);
  g_autoptr (GBytes) bytes = amsel_hex_decode (hex, -1, NULL);
  g_autoptr (AmselFrame) frame =
      amsel_frame_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0, 0);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 4);
  DriverContext context = { .telegram = telegram };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *json = NULL;

  if (driver == NULL)
    return amsel_problem_to_string (g_ptr_array_index (problems, 0));
  g_assert_true (en13757_decode_records (telegram, 0, g_bytes_get_size (bytes), &error));
  g_assert_no_error (error);
  amsel_telegram_edit_header (telegram)->status = status;
  amsel_telegram_edit_header (telegram)->ci = 0x7A;
  driver_described_apply (driver, &context);
  json = amsel_telegram_to_json (telegram, "wmbus");
  return g_strdup (strstr (json, "\"fields\":") + strlen ("\"fields\":"));
}

typedef struct
{
  const gchar *what;
  const gchar *fields;
  guint8 status;
  const gchar *records;
  const gchar *expected;
} Vector;

static void
assert_vectors (const Vector *vectors, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree gchar *json = describe (vectors[i].fields, vectors[i].status, vectors[i].records);

      g_test_message ("%s", vectors[i].what);
      g_assert_cmpstr (json, ==, vectors[i].expected);
    }
}

static void
test_selection (void)
{
  const Vector vectors[] = {
    { "by quantity", "  - {name: total_m3, quantity: volume}\n", 0, "0413D2070000", "{\"total_m3\":2.002}}" },
    { "not another storage number", "  - {name: total_m3, quantity: volume}\n", 0, "4413D2070000", "{}}" },
    { "a storage number", "  - {name: target_m3, quantity: volume, storage: 1}\n", 0, "4413D2070000",
      "{\"target_m3\":2.002}}" },
    { "a range of them", "  - {name: \"month_{storage-7}_m3\", quantity: volume, storage: 8..19}\n", 0,
      "840413D2070000C4041300000000", "{\"month_1_m3\":2.002,\"month_2_m3\":0.000}}" },
    { "any function", "  - {name: power_kw, quantity: power, function: any}\n", 0, "122B0A00",
      "{\"power_kw\":0.010}}" },
    { "the maximum", "  - {name: power_kw, quantity: power, function: maximum}\n", 0, "022B0100122B0A00",
      "{\"power_kw\":0.010}}" },
    { "tariff and subunit", "  - {name: total_kwh, quantity: energy, tariff: 1, subunit: any}\n", 0,
      "04030100000084100302000000", "{\"total_kwh\":0.002}}" },
    { "a modifier", "  - {name: back_m3, quantity: volume, modifiers: accumulation-negative}\n", 0,
      "041301000000"
      "04933C02000000",
      "{\"back_m3\":0.002}}" },
    { "without modifiers", "  - {name: total_m3, quantity: volume}\n", 0, "04933C02000000", "{}}" },
    { "by both chains", "  - {name: total_m3, key: \"04933C\"}\n", 0, "04130100000004933C02000000",
      "{\"total_m3\":0.002}}" },
    { "by the VIF chain of the maker", "  - {name: total_kwh, vif: FF80843B, tariff: 5, scale: 0.01}\n", 0,
      "849010FF80843B362A0C00", "{\"total_kwh\":7972.38}}" },
    { "the second one", "  - {name: second_m3, quantity: volume, nth: 2}\n", 0, "041301000000041302000000",
      "{\"second_m3\":0.002}}" },
    { "the first one only", "  - {name: total_m3, quantity: volume}\n", 0, "041301000000041302000000",
      "{\"total_m3\":0.001}}" },
  };

  assert_vectors (vectors, G_N_ELEMENTS (vectors));
}

static void
test_units (void)
{
  const Vector vectors[] = {
    { "MJ to kWh comes out even", "  - {name: total_kwh, quantity: energy}\n", 0, "040E12000000",
      "{\"total_kwh\":5}}" },
    { "cubic feet to cubic metres", "  - {name: total_m3, quantity: volume}\n", 0, "04FB20E8030000",
      "{\"total_m3\":28.316847}}" },
    { "gallons to cubic metres", "  - {name: total_m3, quantity: volume}\n", 0, "04FB23E8030000",
      "{\"total_m3\":3.785412}}" },
    { "gallons a minute to cubic metres an hour", "  - {name: flow_m3h, quantity: volume-flow}\n", 0,
      "04FB250A000000", "{\"flow_m3h\":2.271247}}" },
    { "MJ to kWh is rounded", "  - {name: total_kwh, quantity: energy}\n", 0, "040E13000000",
      "{\"total_kwh\":5.277778}}" },
    { "seconds to hours", "  - {name: on_h, quantity: on-time}\n", 0, "042008070000", "{\"on_h\":0.5}}" },
    { "m3/h to l/h", "  - {name: flow_lh, quantity: volume-flow}\n", 0, "023B0700", "{\"flow_lh\":7}}" },
    { "m3/min to m3/h", "  - {name: flow_m3h, quantity: volume-flow}\n", 0, "02440700",
      "{\"flow_m3h\":0.420}}" },
    { "a raw number of minutes", "  - {name: on_h, vif: FF21, unit: min}\n", 0, "02FF215A00",
      "{\"on_h\":1.5}}" },
    { "days to years", "  - {name: battery_y, quantity: remaining-battery-life}\n", 0, "02FD747912",
      "{\"battery_y\":12.947562}}" },
    { "rounded", "  - {name: n, vif: FF09, decimals: 6}\n", 0, "05FF091954A33A", "{\"n\":0.001246}}" },
    { "rounded to nothing", "  - {name: n, vif: FF09, decimals: 0}\n", 0, "05FF091954A33A", "{\"n\":0}}" },
    { "rounded up", "  - {name: n, vif: FF21, scale: 0.01, decimals: 1}\n", 0, "02FF210F00", "{\"n\":0.2}}" },
    { "units that do not fit", "  - {name: flow_c, quantity: volume-flow}\n", 0, "023B0700",
      "{\"flow_c\":null},\"reasons\":{\"flow_c\":\"doubtful\"}}" },
    { "a value that is not there", "  - {name: total_m3, quantity: volume}\n", 0, "041300000080",
      "{\"total_m3\":null},\"reasons\":{\"total_m3\":\"not-available\"}}" },
    { "a number that means nothing", "  - {name: t_c, quantity: flow-temperature, null: [0x7FFF]}\n", 0,
      "025AFF7F", "{\"t_c\":null},\"reasons\":{\"t_c\":\"not-available\"}}" },
    { "dates and texts", "  - {name: due_date, quantity: date}\n  - {name: model, quantity: model-version}\n",
      0, "026CDF1C0DFD0C03434241", "{\"due_date\":\"2014-12-31\",\"model\":\"ABC\"}}" },
  };

  assert_vectors (vectors, G_N_ELEMENTS (vectors));
}

static void
test_blocks (void)
{
  const Vector vectors[] = {
    { "a byte", "  - {name: battery_v, from: manufacturer-data, at: 1, scale: 0.1}\n", 0, "0F0021",
      "{\"battery_v\":3.3}}" },
    { "some bits", "  - {name: level, from: manufacturer-data, at: 0, mask: 0xF0}\n", 0, "0F52",
      "{\"level\":5}}" },
    { "signed", "  - {name: t_c, from: manufacturer-data, at: 0, length: 2, coding: signed, scale: 0.01}\n",
      0, "0FFEFF", "{\"t_c\":-0.02}}" },
    { "signed bits", "  - {name: n, from: manufacturer-data, at: 0, mask: 0x0F, coding: signed}\n", 0, "0FFF",
      "{\"n\":-1}}" },
    { "BCD", "  - {name: n, from: manufacturer-data, at: 0, length: 2, coding: bcd}\n", 0, "0F3412",
      "{\"n\":1234}}" },
    { "no BCD", "  - {name: n, from: manufacturer-data, at: 0, length: 2, coding: bcd}\n", 0, "0F3A12",
      "{\"n\":null},\"reasons\":{\"n\":\"error-digits\"}}" },
    { "a date", "  - {name: a_date, from: manufacturer-data, at: 0, length: 2, coding: date}\n", 0, "0FDF1C",
      "{\"a_date\":\"2014-12-31\"}}" },
    { "bytes", "  - {name: rest, from: manufacturer-data, at: 1, length: 2, coding: bytes}\n", 0, "0F01ABCD",
      "{\"rest\":\"ABCD\"}}" },
    { "bytes that are not there", "  - {name: n, from: manufacturer-data, at: 1, length: 2}\n", 0, "0F01AB",
      "{}}" },
    { "a part of a record", "  - {name: n, vif: FF22, at: 2, length: 1}\n", 0, "04FF2201020304",
      "{\"n\":3}}" },
  };

  assert_vectors (vectors, G_N_ELEMENTS (vectors));
}

static void
test_status (void)
{
  const gchar status[] = "  - {name: status, from: status, bits: {0x20: LEAK}}\n"
                         "  - {name: status, quantity: error-flags, bits: {0x01: DRY, 0x02: BURST}}\n";
  const Vector vectors[] = {
    { "nothing is wrong", status, 0x00, "02FD170000", "{\"status\":\"OK\"}}" },
    { "what the standard says", status, 0x04, "", "{\"status\":\"POWER_LOW\"}}" },
    { "what the maker says", status, 0x20, "", "{\"status\":\"LEAK\"}}" },
    { "header and record", status, 0x24, "02FD170300", "{\"status\":\"DRY BURST POWER_LOW LEAK\"}}" },
    { "a bit that is not known", status, 0x40, "", "{\"status\":\"UNKNOWN_0x40\"}}" },
    { "another word for a bit of the standard", "  - {name: status, from: status, bits: {0x04: EMPTY}}\n",
      0x04, "", "{\"status\":\"EMPTY\"}}" },
    { "words", "  - {name: mode, quantity: error-flags, words: {1: HEAT, 2: COLD}}\n", 0, "01FD1702",
      "{\"mode\":\"COLD\"}}" },
    { "a number without word", "  - {name: mode, quantity: error-flags, words: {1: HEAT}}\n", 0, "01FD1707",
      "{\"mode\":\"UNKNOWN_7\"}}" },
    { "another word for nothing", "  - {name: status, from: status, ok: FINE}\n", 0, "",
      "{\"status\":\"FINE\"}}" },
  };

  assert_vectors (vectors, G_N_ELEMENTS (vectors));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver-fields/selection", test_selection);
  g_test_add_func ("/driver-fields/units", test_units);
  g_test_add_func ("/driver-fields/blocks", test_blocks);
  g_test_add_func ("/driver-fields/status", test_status);
  return g_test_run ();
}
