/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What data look like: every data field, LVAR of every kind, BCD signs and errors, dates, and the numbers
 * that DIFEs carry. */
#include "summary.h"

typedef struct
{
  const gchar *name;
  const gchar *hex;
  const gchar *expected;
} Vector;

static const Vector DATA_FIELDS[] = {
  { "no data", "00 13", "volume (no-data) m3" },
  { "integer, 8 bits", "01 13 7F", "volume 0.127 m3" },
  { "integer, 8 bits, negative", "01 13 FF", "volume -0.001 m3" },
  { "integer, 8 bits, not available", "01 13 80", "volume (not-available)80 m3" },
  { "integer, 16 bits", "02 13 D2 04", "volume 1.234 m3" },
  { "integer, 16 bits, not available", "02 5B 00 80", "flow-temperature (not-available)0080 Cel" },
  { "integer, 24 bits", "03 13 15 31 00", "volume 12.565 m3" },
  { "integer, 24 bits, negative", "03 13 FE FF FF", "volume -0.002 m3" },
  { "integer, 24 bits, not available", "03 13 00 00 80", "volume (not-available)000080 m3" },
  { "integer, 32 bits", "04 13 FF FF FF 7F", "volume 2147483.647 m3" },
  { "integer, 32 bits, lowest", "04 13 01 00 00 80", "volume -2147483.647 m3" },
  { "integer, 32 bits, not available", "04 13 00 00 00 80", "volume (not-available)00000080 m3" },
  { "integer, 48 bits", "06 03 FF FF FF FF FF 7F", "energy 140737488355327 Wh" },
  { "integer, 48 bits, negative", "06 03 FF FF FF FF FF FF", "energy -1 Wh" },
  { "integer, 64 bits, exact above 2^53", "07 03 01 00 00 00 00 00 20 00", "energy 9007199254740993 Wh" },
  { "integer, 64 bits, highest", "07 03 FF FF FF FF FF FF FF 7F", "energy 9223372036854775807 Wh" },
  { "integer, 64 bits, not available", "07 03 00 00 00 00 00 00 00 80",
    "energy (not-available)0000000000000080 Wh" },
  { "real", "05 5B 33 33 AB 41", "flow-temperature 21.4 Cel" },
  { "real, scaled", "05 59 00 80 86 44", "flow-temperature 10.76 Cel" },
  { "real, zero", "05 2B 00 00 00 00", "power 0 W" },
  { "real, not a number", "05 2B 00 00 C0 7F", "power (not-available)0000C07F W" },
  { "real, infinite", "05 2B 00 00 80 FF", "power (not-available)000080FF W" },
  { "real hours, exact in seconds", "05 22 9A 99 99 3F", "on-time 4320.0 s" },
  { "selection for readout", "08 13", "volume (readout-request) m3" },
  { "BCD, 2 digits", "09 74 04", "actuality-duration 4 s" },
  { "BCD, 4 digits", "0A 5A 88 12", "flow-temperature 128.8 Cel" },
  { "BCD, 6 digits", "0B 3B 27 01 00", "volume-flow 0.127 m3/h" },
  { "BCD, 8 digits", "0C 13 31 68 00 08", "volume 8006.831 m3" },
  { "BCD, 12 digits", "0E 03 12 90 78 56 34 12", "energy 123456789012 Wh" },
  { "BCD, all nines", "0E 03 99 99 99 99 99 99", "energy 999999999999 Wh" },
  { "BCD, minus", "0B 61 18 00 F0", "temperature-difference -0.18 K" },
  { "BCD, minus, all digits", "0C 13 99 99 99 F9", "volume -9999.999 m3" },
  { "BCD, minus, 2 digits", "09 5B F5", "flow-temperature -5 Cel" },
  { "BCD, error digit", "0C 13 00 0A 00 00", "volume (error-digits)000A0000 m3" },
  { "BCD, error digit in front", "0A 5A 00 E0", "flow-temperature (error-digits)00E0 Cel" },
  { "BCD, all error digits", "0C 13 FF FF FF FF", "volume (error-digits)FFFFFFFF m3" },
  { "BCD, error digit behind a minus", "0A 5A 0B F0", "flow-temperature (error-digits)0BF0 Cel" },
};

static const Vector VARIABLE[] = {
  { "text, last character first", "0D FD 0B 05 31 32 48 46 57", "parameter-set \"WFH21\"" },
  { "text of ISO 8859-1", "0D FD 11 03 FC E4 C4", "customer \"Ääü\"" },
  { "text, empty", "0D FD 11 00", "customer (no-data)" },
  { "BCD", "0D 13 C3 56 34 12", "volume 123.456 m3" },
  { "BCD, empty", "0D 13 C0", "volume (no-data) m3" },
  { "BCD, 15 bytes", "0D 03 CF 01 00 00 00 00 00 00 00 00 00 00 00 00 00 99",
    "energy 990000000000000000000000000001 Wh" },
  { "BCD, error digit", "0D 13 C2 0A 12", "volume (error-digits)0A12 m3" },
  { "BCD, negative", "0D 13 D2 34 12", "volume -1.234 m3" },
  { "binary", "0D 13 E2 D2 04", "volume 1.234 m3" },
  { "binary, negative", "0D 13 E2 FE FF", "volume -0.002 m3" },
  { "binary, not available", "0D 13 E2 00 80", "volume (not-available)0080 m3" },
  { "binary, above 64 bits", "0D 03 E9 00 00 00 00 00 00 00 00 01", "energy 18446744073709551616 Wh" },
  { "binary, 15 bytes", "0D 03 EF FF FF FF FF FF FF FF FF FF FF FF FF FF FF 7F",
    "energy 664613997892457936451903530140172287 Wh" },
  { "binary, unsigned", "0D FD 17 E2 00 80", "error-flags 32768" },
  { "wide, 16 bytes", "0D 78 F0 000102030405060708090A0B0C0D0E0F",
    "fabrication-number <000102030405060708090A0B0C0D0E0F>" },
  { "wide, 32 bytes", "0D 78 F4 0000000000000000000000000000000000000000000000000000000000000001",
    "fabrication-number <0000000000000000000000000000000000000000000000000000000000000001>" },
  { "a date whose format is not known", "0D 6D E5 01 02 03 04 05", "date-time <0102030405>" },
};

static const Vector DATES[] = {
  { "type G", "02 6C FF 0C", "date 2007-12-31" },
  { "type G, last century", "02 6C 21 A1", "date 1981-01-01" },
  { "type G, FFFF", "02 6C FF FF", "date (invalid-date)FFFF" },
  { "type G, zero", "02 6C 00 00", "date (invalid-date)0000" },
  { "type G, month 15", "02 6C E1 1F", "date (invalid-date)E11F" },
  { "type G, every day", "02 6C E0 11", "date (invalid-date)E011" },
  { "type G, no leap year", "02 6C FD 12", "date (invalid-date)FD12" },
  { "type G, leap year", "02 6C 1D 22", "date 2016-02-29" },
  { "type F", "04 6D 25 31 E8 1C", "date-time 2015-12-08T17:37" },
  { "type F, summer time", "04 6D 00 8C 41 17", "date-time 2010-07-01T12:00 DST" },
  { "type F, two digits", "04 6D 00 00 7F 0C", "date-time 2003-12-31T00:00" },
  { "type F, marked invalid", "04 6D 80 11 F8 1C", "date-time (invalid-date)8011F81C" },
  { "type F, a year after 2099", "04 6D 22 48 41 36", "date-time (invalid-date)22484136" },
  { "type F, every hour", "04 6D 00 1F F8 1C", "date-time (invalid-date)001FF81C" },
  { "type F, minute 63", "04 6D 3F 11 F8 1C", "date-time (invalid-date)3F11F81C" },
  { "type F, zero", "04 6D 00 00 00 00", "date-time (invalid-date)00000000" },
  { "type I", "06 6D 1E 25 51 E8 1C 2A", "date-time 2015-12-08T17:37:30" },
  { "type I without a day", "06 6D 1E 25 11 E0 F0 00", "date-time 17:37:30" },
  { "type I, a day without a month", "06 6D 1E 25 11 E8 F0 00", "date-time (invalid-date)1E2511E8F000" },
  { "type I, summer time", "06 6D 40 00 0C 41 17 1B", "date-time 2010-07-01T12:00:00 DST" },
  { "type I, marked invalid", "06 6D 1E A5 51 E8 1C 2A", "date-time (invalid-date)1EA551E81C2A" },
  { "type J", "03 6D 1E 25 11", "date-time 17:37:30" },
  { "type J, every second", "03 6D 3F 25 11", "date-time (invalid-date)3F2511" },
  { "a length that no type has", "01 6C 01", "date (invalid-date)01" },
  { "day of a tariff", "02 FD 30 FF 0C", "tariff-start 2007-12-31" },
};

static const Vector CHAINS[] = {
  { "functions", "11 13 01 21 13 02 31 13 03",
    "volume 0.001 m3 maximum; volume 0.002 m3 minimum; volume 0.003 m3 error" },
  { "storage of the DIF", "41 13 01", "volume 0.001 m3 s1" },
  { "storage of one DIFE", "C1 0F 13 01", "volume 0.001 m3 s31" },
  { "DIFE of zero", "81 00 13 01", "volume 0.001 m3" },
  { "tariff and subunit", "81 70 13 01", "volume 0.001 m3 t3 u1" },
  { "tariff and subunit of two DIFEs", "81 90 60 13 01", "volume 0.001 m3 t9 u2" },
  { "all of ten DIFEs", "C1 FF FF FF FF FF FF FF FF FF 7F 13 01",
    "volume 0.001 m3 s2199023255551 t1048575 u1023" },
  { "fillers", "2F 2F 01 13 01 2F 01 13 02 2F", "volume 0.001 m3; volume 0.002 m3" },
  { "manufacturer's data", "01 13 01 0F AA BB", "volume 0.001 m3; manufacturer-specific <AABB>" },
  { "manufacturer's data, none", "01 13 01 0F", "volume 0.001 m3" },
  { "request for everything", "7F", "any (readout-request)" },
};

/* Monthly values of allocators, forwards and backwards, with dates and without; what stays as it is. */
static const Vector PROFILES[] = {
  { "inverse, months, with dates", "82 04 6C 41 32 8D 04 EE 13 E8 3B FE 99 00 00 52 00 00",
    "date 2026-02-01 s8; heat-cost-allocation <3BFE990000520000> hca s8 +inverse-compact-profile; "
    "heat-cost-allocation 99 hca s9; date 2026-01-01 s9; heat-cost-allocation 52 hca s10; date 2025-12-01 "
    "s10" },
  { "months, the last days of them", "42 6C 3F 31 4D EE 1F E6 32 FE 01 00 02 00",
    "date 2025-01-31 s1; heat-cost-allocation <32FE01000200> hca s1 +compact-profile; heat-cost-allocation 1 "
    "hca s2; "
    "date 2025-02-28 s2; heat-cost-allocation 2 hca s3; date 2025-03-31 s3" },
  { "a time of day is no date to count from", "43 6C 1E 02 0A 4D EE 1F E3 31 FE 01",
    "date 10:02:30 s1; heat-cost-allocation <31FE01> hca s1 +compact-profile; heat-cost-allocation 1 hca "
    "s2" },
  { "what has not been yet is left out", "4D EE 1E EA 32 FE 01 00 FF FF 03 00 FF FF",
    "heat-cost-allocation <32FE0100FFFF0300FFFF> hca s1 +compact-profile-with-registers; "
    "heat-cost-allocation 1 "
    "hca s2; "
    "heat-cost-allocation (not-available)FFFF hca s3; heat-cost-allocation 3 hca s4" },
  { "digits that are none", "4D EE 1E E4 39 FE 0A 12",
    "heat-cost-allocation <39FE0A12> hca s1 +compact-profile-with-registers; "
    "heat-cost-allocation (error-digits)0A hca s2; heat-cost-allocation 12 hca s3" },
  { "hours have no dates, and scale and other VIFEs stay", "4D 93 BC 1F E4 21 01 05 06",
    "volume <21010506> m3 s1 +accumulation-negative +compact-profile; "
    "volume 0.005 m3 s2 +accumulation-negative; volume 0.006 m3 s3 +accumulation-negative" },
  { "differences", "4D 93 1F E4 61 01 05 06", "volume <61010506> m3 s1 +compact-profile" },
  { "no spacing", "4D 93 1F E4 21 00 05 06", "volume <21000506> m3 s1 +compact-profile" },
  { "a spacing that is none", "4D 93 1F E4 21 FC 05 06", "volume <21FC0506> m3 s1 +compact-profile" },
  { "real numbers", "4D 93 1F E6 25 01 00 00 80 3F", "volume <25010000803F> m3 s1 +compact-profile" },
  { "a length that is one of texts", "4D 93 1F 03 21 01 05",
    "volume <210105> m3 s1 +compact-profile; volume 0.005 m3 s2" },
  { "a VIFE behind it that changes what is counted", "4D 93 93 C1 FC 11 E3 21 01 05",
    "volume <210105> s1 +inverse-compact-profile +exceeds-of-lower-limit +unsigned; volume 5 s2 "
    "+exceeds-of-lower-limit +unsigned" },
  { "marked as no value", "4D 93 95 1F E3 21 01 05",
    "volume (not-available)210105 m3 s1 +error-no-data-available +compact-profile; volume (not-available)05 "
    "m3 s2 +error-no-data-available" },
  { "no values", "4D 93 1F E2 21 01", "volume <2101> m3 s1 +compact-profile" },
  { "part of a value", "4D 93 1F E3 22 01 05", "volume <220105> m3 s1 +compact-profile" },
};

static void
check_vectors (gconstpointer data, gsize n)
{
  const Vector *vectors = data;

  for (gsize i = 0; i < n; i++)
    summary_check (vectors[i].name, vectors[i].hex, vectors[i].expected);
}

static void
test_data_fields (void)
{
  check_vectors (DATA_FIELDS, G_N_ELEMENTS (DATA_FIELDS));
}

static void
test_variable (void)
{
  check_vectors (VARIABLE, G_N_ELEMENTS (VARIABLE));
}

static void
test_dates (void)
{
  check_vectors (DATES, G_N_ELEMENTS (DATES));
}

static void
test_chains (void)
{
  check_vectors (CHAINS, G_N_ELEMENTS (CHAINS));
}

/* 1F means that the meter has more to say, with or without data of the manufacturer behind it */
static void
test_profiles (void)
{
  check_vectors (PROFILES, G_N_ELEMENTS (PROFILES));
}

static void
test_more_follows (void)
{
  const struct
  {
    const gchar *hex;
    gboolean more_follows;
    guint n_records;
  } vectors[] = {
    { "01 13 01", FALSE, 1 },
    { "01 13 01 0F AA", FALSE, 2 },
    { "01 13 01 1F", TRUE, 1 },
    { "01 13 01 1F AA", TRUE, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselTelegram) telegram = summary_decode_records (vectors[i].hex, &error);

      g_assert_no_error (error);
      g_assert_cmpint (amsel_telegram_get_more_follows (telegram), ==, vectors[i].more_follows);
      g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, vectors[i].n_records);
    }
}

/* What a meter is told is what it would be understood to say. */
static void
test_encode_type_f (void)
{
  const AmselDate dates[] = {
    { 2000, 1, 1, 0, 0, 0, AMSEL_DATE_DAY | AMSEL_DATE_MINUTE },
    { 2026, 11, 25, 20, 15, 0, AMSEL_DATE_DAY | AMSEL_DATE_MINUTE },
    { 2028, 2, 29, 1, 2, 0, AMSEL_DATE_DAY | AMSEL_DATE_MINUTE | AMSEL_DATE_DST },
    { 2080, 12, 31, 23, 59, 0, AMSEL_DATE_DAY | AMSEL_DATE_MINUTE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      guint8 bytes[EN13757_TYPE_F_LENGTH];
      AmselDate date;

      en13757_encode_type_f (&dates[i], bytes);
      g_assert_true (en13757_decode_date (bytes, sizeof bytes, &date));
      g_assert_cmpmem (&date, sizeof date, &dates[i], sizeof date);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/en13757/data-fields", test_data_fields);
  g_test_add_func ("/en13757/variable-length", test_variable);
  g_test_add_func ("/en13757/dates", test_dates);
  g_test_add_func ("/en13757/dif-chains", test_chains);
  g_test_add_func ("/en13757/profiles", test_profiles);
  g_test_add_func ("/en13757/more-follows", test_more_follows);
  g_test_add_func ("/en13757/encode-type-f", test_encode_type_f);
  return g_test_run ();
}
