/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The VIF tables row by row, what VIFEs do to meaning and number, and plain-text VIFs in both orders. */
#include "summary.h"

typedef struct
{
  const gchar *name;
  const gchar *hex;
  const gchar *expected;
} Vector;

/* One row of a VIF table: the first code, how many follow it, and quantity and value of the first and the
 * last where the data are the number 1. */
typedef struct
{
  const gchar *prefix;
  guint first;
  guint last;
  const gchar *of_first;
  const gchar *of_last;
} Row;

static const Row ROWS[] = {
  { "", 0x00, 0x07, "energy 0.001 Wh", "energy 10000 Wh" },
  { "", 0x08, 0x0F, "energy 1 J", "energy 10000000 J" },
  { "", 0x10, 0x17, "volume 0.000001 m3", "volume 10 m3" },
  { "", 0x18, 0x1F, "mass 0.001 kg", "mass 10000 kg" },
  { "", 0x20, 0x23, "on-time 1 s", "on-time 86400 s" },
  { "", 0x24, 0x27, "operating-time 1 s", "operating-time 86400 s" },
  { "", 0x28, 0x2F, "power 0.001 W", "power 10000 W" },
  { "", 0x30, 0x37, "power 1 J/h", "power 10000000 J/h" },
  { "", 0x38, 0x3F, "volume-flow 0.000001 m3/h", "volume-flow 10 m3/h" },
  { "", 0x40, 0x47, "volume-flow 0.0000001 m3/min", "volume-flow 1 m3/min" },
  { "", 0x48, 0x4F, "volume-flow 0.000000001 m3/s", "volume-flow 0.01 m3/s" },
  { "", 0x50, 0x57, "mass-flow 0.001 kg/h", "mass-flow 10000 kg/h" },
  { "", 0x58, 0x5B, "flow-temperature 0.001 Cel", "flow-temperature 1 Cel" },
  { "", 0x5C, 0x5F, "return-temperature 0.001 Cel", "return-temperature 1 Cel" },
  { "", 0x60, 0x63, "temperature-difference 0.001 K", "temperature-difference 1 K" },
  { "", 0x64, 0x67, "external-temperature 0.001 Cel", "external-temperature 1 Cel" },
  { "", 0x68, 0x6B, "pressure 0.001 bar", "pressure 1 bar" },
  { "", 0x6E, 0x6E, "heat-cost-allocation 1 hca", NULL },
  { "", 0x6F, 0x6F, "unknown <01>", NULL },
  { "", 0x70, 0x73, "averaging-duration 1 s", "averaging-duration 86400 s" },
  { "", 0x74, 0x77, "actuality-duration 1 s", "actuality-duration 86400 s" },
  { "", 0x78, 0x7A, "fabrication-number 1", "address 1" },
  { "", 0x7B, 0x7B, "unknown <01>", NULL },
  { "", 0x7D, 0x7D, "unknown <01>", NULL },
  { "", 0x7E, 0x7F, "any 1", "manufacturer-specific 1" },
  { "FB", 0x00, 0x01, "energy 100000 Wh", "energy 1000000 Wh" },
  { "FB", 0x02, 0x03, "reactive-energy 1000 varh", "reactive-energy 10000 varh" },
  { "FB", 0x04, 0x05, "apparent-energy 1000 VAh", "apparent-energy 10000 VAh" },
  { "FB", 0x06, 0x07, "unknown <01>", "unknown <01>" },
  { "FB", 0x08, 0x09, "energy 100000000 J", "energy 1000000000 J" },
  { "FB", 0x0C, 0x0F, "energy 100000 cal", "energy 100000000 cal" },
  { "FB", 0x10, 0x11, "volume 100 m3", "volume 1000 m3" },
  { "FB", 0x14, 0x17, "reactive-power 1 var", "reactive-power 1000 var" },
  { "FB", 0x18, 0x19, "mass 100000 kg", "mass 1000000 kg" },
  { "FB", 0x1A, 0x1B, "relative-humidity 0.1 %", "relative-humidity 1 %" },
  { "FB", 0x20, 0x21, "volume 1 ft3", "volume 0.1 ft3" },
  { "FB", 0x22, 0x23, "volume 0.1 gal", "volume 1 gal" },
  { "FB", 0x24, 0x26, "volume-flow 0.001 gal/min", "volume-flow 1 gal/h" },
  { "FB", 0x28, 0x29, "power 100000 W", "power 1000000 W" },
  { "FB", 0x2A, 0x2B, "phase-angle-voltage 0.1 deg", "phase-angle-current 0.1 deg" },
  { "FB", 0x2C, 0x2F, "frequency 0.001 Hz", "frequency 1 Hz" },
  { "FB", 0x30, 0x31, "power 100000000 J/h", "power 1000000000 J/h" },
  { "FB", 0x34, 0x37, "apparent-power 1 VA", "apparent-power 1000 VA" },
  { "FB", 0x58, 0x5B, "flow-temperature 0.001 degF", "flow-temperature 1 degF" },
  { "FB", 0x64, 0x67, "external-temperature 0.001 degF", "external-temperature 1 degF" },
  { "FB", 0x68, 0x69, "rating-factor 0.000244140625", "rating-factor-output 1" },
  { "FB", 0x6A, 0x6E, "rating-factor-coupling 0.000244140625", "display-scaling-factor 0.000244140625" },
  { "FB", 0x74, 0x77, "temperature-limit 0.001 Cel", "temperature-limit 1 Cel" },
  { "FB", 0x78, 0x7F, "cumulative-maximum-power 0.001 W", "cumulative-maximum-power 10000 W" },
  { "FD", 0x00, 0x03, "credit 0.001 currency", "credit 1 currency" },
  { "FD", 0x04, 0x07, "debit 0.001 currency", "debit 1 currency" },
  { "FD", 0x08, 0x0F, "message-number 1", "software-version 1" },
  { "FD", 0x10, 0x16, "customer-location 1", "password 1" },
  { "FD", 0x17, 0x18, "error-flags 1", "error-mask 1" },
  { "FD", 0x19, 0x1B, "security-key <01>", "digital-input 1" },
  { "FD", 0x1C, 0x1F, "baud-rate 1 Bd", "remote-control 1" },
  { "FD", 0x20, 0x23, "first-storage-number 1", "tariff-descriptor 1" },
  { "FD", 0x24, 0x29, "storage-interval 1 s", "storage-interval 1 year" },
  { "FD", 0x2A, 0x2B, "operator-data 1", "time-point-second 1 s" },
  { "FD", 0x2C, 0x2F, "duration-since-readout 1 s", "duration-since-readout 86400 s" },
  { "FD", 0x31, 0x33, "tariff-duration 60 s", "tariff-duration 86400 s" },
  { "FD", 0x34, 0x39, "tariff-period 1 s", "tariff-period 1 year" },
  { "FD", 0x3A, 0x3B, "dimensionless 1", "wireless-container <01>" },
  { "FD", 0x3C, 0x3F, "transmission-period 1 s", "transmission-period 86400 s" },
  { "FD", 0x40, 0x4F, "voltage 0.000000001 V", "voltage 1000000 V" },
  { "FD", 0x50, 0x5F, "current 0.000000000001 A", "current 1000 A" },
  { "FD", 0x60, 0x64, "reset-counter 1", "week-number 1" },
  { "FD", 0x66, 0x67, "parameter-activation 1", "supplier-information 1" },
  { "FD", 0x68, 0x6B, "duration-since-cumulation 3600 s", "duration-since-cumulation 1 year" },
  { "FD", 0x6C, 0x6F, "battery-operating-time 3600 s", "battery-operating-time 1 year" },
  { "FD", 0x71, 0x76, "rf-level 1 dBm", "manufacturer-container <01>" },
  { "FD", 0x77, 0x7C, "unknown <01>", "unknown <01>" },
  { "FDFD", 0x00, 0x03, "selected-application 1", "remaining-battery-life 1 year" },
};

static const Vector MODIFIERS[] = {
  { "positive contributions", "84 00 86 3B 23 00 00 00", "energy 35000 Wh +accumulation-positive" },
  { "two VIFEs", "01 86 BB 3E 01", "energy 1000 Wh +accumulation-positive +at-base-conditions" },
  { "per second", "01 93 20 01", "volume 0.001 m3 +per-second" },
  { "pulses", "01 93 29 01", "volume 0.001 m3 +increment-per-input-pulse-1" },
  { "future value", "42 EC 7E FF 1C", "date 2015-12-31 s1 +future" },
  { "start date of", "02 93 39 FF 0C", "volume 2007-12-31 +start-date" },
  { "uncorrected", "01 93 3A 01", "volume 0.001 m3 +uncorrected" },
  { "other units", "01 93 3D 01", "volume 0.001 +non-metric-units" },
  { "upper limit", "01 DB 48 5A", "flow-temperature 90 Cel +upper-limit" },
  { "number of exceeds", "01 DB 49 85", "flow-temperature 133 +exceeds-of-upper-limit" },
  { "date of a limit exceed", "04 DB 4E 25 31 E8 1C",
    "flow-temperature 2015-12-08T17:37 +begin-of-last-upper-limit-exceed" },
  { "duration of a limit exceed", "04 BE 50 71 BB B0 00",
    "volume-flow 11582321 s +duration-of-first-lower-limit-exceed" },
  { "duration of a limit exceed, hours", "04 BE 5E 02 00 00 00",
    "volume-flow 7200 s +duration-of-last-upper-limit-exceed" },
  { "duration of the first, days", "01 BE 63 02", "volume-flow 172800 s +duration-of-first" },
  { "end of the last", "02 BE 6F FF 0C", "volume-flow 2007-12-31 +end-of-last" },
  { "leakage", "01 93 69 01", "volume 0.001 m3 +leakage" },
  { "no error", "01 93 00 01", "volume 0.001 m3" },
  { "error without data", "01 93 15 01", "volume (not-available)01 m3 +error-no-data-available" },
  { "error of the exponent", "01 93 0D 01", "volume 0.001 m3 +error-illegal-vif-exponent" },
  { "compact profile", "0D 93 1F E3 01 02 03", "volume <010203> m3 +compact-profile; volume 0.003 m3 s1" },
  { "flags as the standard has them", "02 FD 97 1D 01 80", "error-flags 32769 +standard-conform-data" },
  { "reserved VIFE", "01 93 19 01", "volume 0.001 m3 +reserved-19" },
  { "phase", "01 AB FC 81 7E 01", "power 1 W +phase-l1 +future" },
  { "phases", "02 FD C9 FC 05 90 01", "voltage 400 V +phase-l1-l2" },
  { "quadrant", "01 FB 82 FC 09 01", "reactive-energy 1000 varh +quadrant-2" },
  { "type C", "01 93 FC 11 FF", "volume 0.255 m3 +unsigned" },
  { "reserved extension", "01 93 FC 7F 01", "volume 0.001 m3 +reserved-extension-7F" },
  { "manufacturer's VIFE", "02 FD C9 FF 01 E6 00", "voltage 230 V +manufacturer-specific +manufacturer-01" },
  { "manufacturer's VIFEs are no corrections", "02 93 FF F4 7D 01 00",
    "volume 0.001 m3 +manufacturer-specific +manufacturer-74 +manufacturer-7D" },
  { "VIFEs of a manufacturer's VIF", "01 FF F4 13 02",
    "manufacturer-specific 2 +manufacturer-74 +manufacturer-13" },
  { "VIFEs of an unknown VIF", "01 FD FC 3B 02", "unknown <02> +accumulation-positive" },
  { "third extension table", "01 EF 93 3B 02", "unknown <02> +accumulation-positive" },
};

static const Vector CORRECTIONS[] = {
  { "times 10^-6", "01 96 70 01", "volume 0.000001 m3" },
  { "times 10^1", "01 96 77 01", "volume 10 m3" },
  { "times 1", "01 96 76 01", "volume 1 m3" },
  { "times 1000", "01 96 7D 01", "volume 1000 m3" },
  { "chained", "01 96 FD 75 01", "volume 100 m3" },
  { "plus 0.001", "01 96 78 01", "volume 1.001 m3" },
  { "plus 1", "01 93 7B 01", "volume 1.001 m3" },
  { "minus one and a tenth", "01 96 7A FF", "volume -0.9 m3" },
  { "plus, then times", "01 96 FB 7D 01", "volume 2000 m3" },
  { "times, then plus", "01 96 FD 7B 01", "volume 1001 m3" },
  { "plus twice", "01 96 FB 78 01", "volume 2.001 m3" },
  { "plus an hour", "01 A2 7B 01", "on-time 7200 s" },
  { "plus on a real", "05 DB 7A 33 33 AB 41", "flow-temperature 21.5 Cel" },
  { "times on a real", "05 DB 75 33 33 AB 41", "flow-temperature 2.14 Cel" },
  { "forgotten by a new meaning", "01 96 FD FB 51 02", "volume 120 s +duration-of-first-lower-limit-exceed" },
};

static const Vector PLAIN_TEXT[] = {
  { "without VIFE", "02 7C 03 48 52 25 34 12", "plain-text 4660" },
  { "order of the standard", "02 FC 74 03 48 52 25 34 12", "plain-text 46.60" },
  { "length behind the VIF", "02 FC 03 48 52 25 74 34 12", "plain-text 46.60" },
  { "length behind the VIF, two VIFEs", "02 FC 03 48 52 25 F4 7E 34 12", "plain-text 46.60 +future" },
  { "two VIFEs before the length", "02 FC F4 7E 03 48 52 25 34 12", "plain-text 46.60 +future" },
  { "with data of variable length", "0D 7C 02 57 50 02 42 41", "plain-text \"AB\"" },
  { "text of ISO 8859-1", "01 FC 74 02 43 B0 15", "plain-text 0.21" },
};

/* integers are signed (type B) unless the VIF says that they are unsigned or bits (types C and D) */
static const Vector SIGNS[] = {
  { "type B", "01 20 FF", "on-time -1 s" },
  { "type B, manufacturer's", "01 7F FF", "manufacturer-specific -1" },
  { "type B, storage interval", "01 FD 24 FF", "storage-interval -1 s" },
  { "type B, level", "01 FD 71 A6", "rf-level -90 dBm" },
  { "type C, number", "04 78 FF FF FF FF", "fabrication-number 4294967295" },
  { "type C, lowest integer is a value", "02 FD 0A 00 80", "manufacturer 32768" },
  { "type C, version", "01 FD 0E 9B", "firmware-version 155" },
  { "type C, duration", "01 FD 2D FF", "duration-since-readout 15300 s" },
  { "type C, duration in months", "01 FD 6A FF", "duration-since-cumulation 255 month" },
  { "type C, 64 bits", "07 FD 0B FF FF FF FF FF FF FF FF", "parameter-set 18446744073709551615" },
  { "type C, humidity", "01 FB 1B FF", "relative-humidity 255 %" },
  { "type C, rating factor", "02 FB 68 00 F0", "rating-factor 15.000000000000" },
  { "type D, flags", "01 FD 17 80", "error-flags 128" },
  { "type D, inputs", "02 FD 1B FF FF", "digital-input 65535" },
};

static void
check_vectors (const Vector *vectors, gsize n)
{
  for (gsize i = 0; i < n; i++)
    summary_check (vectors[i].name, vectors[i].hex, vectors[i].expected);
}

static void
test_tables (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ROWS); i++)
    {
      g_autofree gchar *first = g_strdup_printf ("01%s%02X01", ROWS[i].prefix, ROWS[i].first);
      g_autofree gchar *last = g_strdup_printf ("01%s%02X01", ROWS[i].prefix, ROWS[i].last);

      summary_check (ROWS[i].of_first, first, ROWS[i].of_first);
      if (ROWS[i].of_last != NULL)
        summary_check (ROWS[i].of_last, last, ROWS[i].of_last);
    }
}

/* every code of every table, with every data field, decodes to a record with a quantity and a unit that have
 * names */
static void
test_every_code (void)
{
  const gchar *prefixes[] = { "", "FB", "FD", "FDFD", "EF" };
  const gchar *data = "0102030405060708090A0B0C";

  for (gsize p = 0; p < G_N_ELEMENTS (prefixes); p++)
    for (guint code = 0; code < 0x80; code++)
      for (guint field = 0; field < 0x0F; field++)
        {
          g_autofree gchar *hex = g_strdup_printf ("%02X%s%02X%s0FFF", field, prefixes[p], code, data);
          g_autoptr (AmselTelegram) telegram = summary_decode_records (hex, NULL);
          const AmselRecord *record = amsel_telegram_get_record (telegram, 0);

          if (code == 0x7C && *prefixes[p] == '\0')
            continue;
          g_assert_nonnull (record);
          g_assert_cmpint (
              record->quantity != 0, ==,
              !g_str_equal (amsel_quantity_get_name ((AmselQuantity) record->quantity), "unknown"));
          g_assert_true (record->unit == 0 || *amsel_unit_get_symbol ((AmselUnit) record->unit) != '\0');
        }
}

static void
test_signs (void)
{
  check_vectors (SIGNS, G_N_ELEMENTS (SIGNS));
}

static void
test_modifiers (void)
{
  check_vectors (MODIFIERS, G_N_ELEMENTS (MODIFIERS));
}

static void
test_corrections (void)
{
  check_vectors (CORRECTIONS, G_N_ELEMENTS (CORRECTIONS));
}

/* the text itself, and the lengths of the chain without it */
static void
test_plain_text (void)
{
  check_vectors (PLAIN_TEXT, G_N_ELEMENTS (PLAIN_TEXT));
  for (guint i = 1; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselTelegram) telegram = summary_decode_records (PLAIN_TEXT[i].hex, &error);
      const AmselRecord *record = amsel_telegram_get_record (telegram, 0);
      gsize length;
      const guint8 *payload = amsel_telegram_get_payload (telegram, &length);

      g_assert_no_error (error);
      g_assert_cmpuint (record->vif_length, ==, 2);
      g_assert_cmpmem (payload + record->vif_text_offset, record->vif_text_length, "HR%", 3);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/en13757/vif-tables", test_tables);
  g_test_add_func ("/en13757/every-code", test_every_code);
  g_test_add_func ("/en13757/signs", test_signs);
  g_test_add_func ("/en13757/modifiers", test_modifiers);
  g_test_add_func ("/en13757/corrections", test_corrections);
  g_test_add_func ("/en13757/plain-text", test_plain_text);
  return g_test_run ();
}
