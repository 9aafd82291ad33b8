/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pure parts of the CSV exporter: quotes, encodings, numbers, times, periods, names of files, columns. */
#include <amsel.h>
#include <locale.h>
#include <string.h>

#include "csv-pattern.h"
#include "csv-rows.h"
#include "csv-samples.h"
#include "csv-wide.h"

static void
test_quotes (void)
{
  const struct
  {
    const gchar *text;
    const gchar *expected;
  } vectors[] = {
    { "", "" },
    { "plain", "plain" },
    { "a,b", "\"a,b\"" },
    { "say \"no\"", "\"say \"\"no\"\"\"" },
    { "two\nlines", "\"two\nlines\"" },
    { "carriage\rreturn", "\"carriage\rreturn\"" },
    { " blank", "\" blank\"" },
    { "blank ", "\"blank \"" },
    { "a;b", "a;b" },
    { "žluťoučký", "žluťoučký" },
  };
  CsvDialect dialect;

  g_assert_true (csv_dialect_init (&dialect, ",", '.', "\r\n", "utf-8", NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      csv_dialect_write_text (&dialect, out, vectors[i].text, strlen (vectors[i].text));
      g_assert_cmpstr (out->str, ==, vectors[i].expected);
    }
  csv_dialect_clear (&dialect);
}

static void
test_numbers (void)
{
  const struct
  {
    const gchar *separator;
    gchar decimal;
    const gchar *digits;
    const gchar *expected;
  } vectors[] = {
    { ",", '.', "2.002", "2.002" }, { ";", ',', "2.002", "2,002" }, { ",", ',', "2.002", "\"2,002\"" },
    { ",", ',', "2002", "2002" },   { ";", ',', "-0.05", "-0,05" }, { ";", ',', "1E+41", "1E+41" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      CsvDialect dialect;

      g_assert_true (
          csv_dialect_init (&dialect, vectors[i].separator, vectors[i].decimal, "\n", "UTF-8", NULL));
      csv_dialect_write_number (&dialect, out, vectors[i].digits, strlen (vectors[i].digits));
      g_assert_cmpstr (out->str, ==, vectors[i].expected);
      csv_dialect_clear (&dialect);
    }
}

static void
test_encodings (void)
{
  const struct
  {
    const gchar *encoding;
    const gchar *text;
    const gchar *expected;
  } vectors[] = {
    { "utf-8", "grün", "grün" },
    { "utf-8", "bad \xff byte", "bad \xef\xbf\xbd byte" },
    { "iso-8859-1", "grün", "gr\xfcn" },
    { "iso-8859-1", "žluť 5 °C",
      "?lu? 5 \xb0"
      "C" },
    { "iso-8859-1", "bad \xff byte", "bad ? byte" },
    { "iso-8859-1", "cut \xc3", "cut ?" },
    { "windows-1250", "žluť", "\x9elu\x9d" },
    { "ascii", "°°", "??" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      CsvDialect dialect;

      g_assert_true (csv_dialect_init (&dialect, ",", '.', "\n", vectors[i].encoding, NULL));
      csv_dialect_encode (&dialect, vectors[i].text, strlen (vectors[i].text), out);
      g_assert_cmpstr (out->str, ==, vectors[i].expected);
      csv_dialect_clear (&dialect);
    }
}

/* a text longer than the pieces that are converted, with a character that has no place at every boundary */
static void
test_encoding_long (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  CsvDialect dialect;

  for (guint i = 0; i < 5000; i++)
    {
      g_string_append (text, i % 7 == 0 ? "ž" : "ü");
      g_string_append (expected, i % 7 == 0 ? "?" : "\xfc");
    }
  g_assert_true (csv_dialect_init (&dialect, ",", '.', "\n", "iso-8859-1", NULL));
  csv_dialect_encode (&dialect, text->str, text->len, out);
  g_assert_cmpstr (out->str, ==, expected->str);
  csv_dialect_clear (&dialect);
}

static void
test_bad_dialects (void)
{
  const struct
  {
    const gchar *fault;
    const gchar *separator;
    const gchar *encoding;
  } vectors[] = {
    { "empty separator", "", "utf-8" },
    { "two characters", ";;", "utf-8" },
    { "a digit", "5", "utf-8" },
    { "a quote", "\"", "utf-8" },
    { "a line end", "\n", "utf-8" },
    { "a decimal point", ".", "utf-8" },
    { "not ASCII", "§", "utf-8" },
    { "unknown encoding", ",", "klingon" },
    { "two bytes a character", ",", "utf-16" },
    { "EBCDIC", ",", "ibm037" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      CsvDialect dialect;

      g_test_message ("%s", vectors[i].fault);
      g_assert_false (
          csv_dialect_init (&dialect, vectors[i].separator, '.', "\n", vectors[i].encoding, &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
    }
}

static void
test_times (void)
{
  const struct
  {
    const gchar *zone;
    gint64 s;
    gboolean milliseconds;
    const gchar *expected;
  } vectors[] = {
    { "UTC", 1795335300, FALSE, "2026-11-22T08:15:00Z" },
    { "UTC", 1795335300, TRUE, "2026-11-22T08:15:00.678Z" },
    { "Europe/Prague", 1795335300, FALSE, "2026-11-22T09:15:00+01:00" },
    { "America/St_Johns", 1795335300, FALSE, "2026-11-22T04:45:00-03:30" },
    { "UTC", 0, FALSE, "1970-01-01T00:00:00Z" },
    { "UTC", -1, FALSE, "1969-12-31T23:59:59Z" },
    { "UTC", 951782400, FALSE, "2000-02-29T00:00:00Z" },
    { "UTC", 4102444799, FALSE, "2099-12-31T23:59:59Z" },
    /* both sides of the changes of 2026: 29 March and 25 October, 01:00 UTC */
    { "Europe/Prague", 1774745999, FALSE, "2026-03-29T01:59:59+01:00" },
    { "Europe/Prague", 1774746000, FALSE, "2026-03-29T03:00:00+02:00" },
    { "Europe/Prague", 1792889999, FALSE, "2026-10-25T02:59:59+02:00" },
    { "Europe/Prague", 1792890000, FALSE, "2026-10-25T02:00:00+01:00" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gchar text[CSV_TIME_CHARS];
      CsvZone zone;

      g_assert_true (csv_zone_init (&zone, vectors[i].zone, NULL));
      g_assert_cmpuint (
          csv_zone_write (&zone, vectors[i].s * G_USEC_PER_SEC + 678901, vectors[i].milliseconds, text), ==,
          strlen (vectors[i].expected));
      g_assert_cmpstr (text, ==, vectors[i].expected);
      csv_zone_clear (&zone);
    }
}

/* our calendar against GLib's, over 180 years in steps that meet every day of the week and hour */
static void
test_calendar (void)
{
  CsvZone zone;

  g_assert_true (csv_zone_init (&zone, "Europe/Prague", NULL));
  for (gint64 s = -G_GINT64_CONSTANT (700000000); s < G_GINT64_CONSTANT (5000000000); s += 99999 * 7)
    {
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (s);
      g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone.zone);
      g_autofree gchar *expected = g_date_time_format (
          local, g_date_time_get_utc_offset (local) == 0 ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%S%:z");
      gchar text[CSV_TIME_CHARS];

      csv_zone_write (&zone, s * G_USEC_PER_SEC, FALSE, text);
      g_assert_cmpstr (text, ==, expected);
    }
  csv_zone_clear (&zone);
}

static void
test_periods (void)
{
  const struct
  {
    const gchar *zone;
    CsvPeriod period;
    const gchar *begin;
    const gchar *at;
    const gchar *end;
  } vectors[] = {
    { "UTC",
      { CSV_PERIOD_SPAN, 15 * G_TIME_SPAN_MINUTE },
      "2026-11-22T08:15:00Z",
      "2026-11-22T08:29:59Z",
      "2026-11-22T08:30:00Z" },
    { "UTC",
      { CSV_PERIOD_SPAN, G_TIME_SPAN_DAY },
      "2026-11-22T00:00:00Z",
      "2026-11-22T00:00:00Z",
      "2026-11-23T00:00:00Z" },
    { "UTC",
      { CSV_PERIOD_SPAN, 7 * G_TIME_SPAN_DAY },
      "2026-11-16T00:00:00Z",
      "2026-11-22T23:00:00Z",
      "2026-11-23T00:00:00Z" },
    { "Europe/Prague",
      { CSV_PERIOD_SPAN, G_TIME_SPAN_DAY },
      "2026-11-22T00:00:00+01:00",
      "2026-11-22T23:30:00+01:00",
      "2026-11-23T00:00:00+01:00" },
    /* a day of 23 hours and one of 25 */
    { "Europe/Prague",
      { CSV_PERIOD_SPAN, G_TIME_SPAN_DAY },
      "2026-03-29T00:00:00+01:00",
      "2026-03-29T12:00:00+02:00",
      "2026-03-30T00:00:00+02:00" },
    { "Europe/Prague",
      { CSV_PERIOD_SPAN, G_TIME_SPAN_DAY },
      "2026-10-25T00:00:00+02:00",
      "2026-10-25T23:59:59+01:00",
      "2026-10-26T00:00:00+01:00" },
    /* the hour that comes twice is two */
    { "Europe/Prague",
      { CSV_PERIOD_SPAN, G_TIME_SPAN_HOUR },
      "2026-10-25T02:00:00+02:00",
      "2026-10-25T02:30:00+02:00",
      "2026-10-25T02:00:00+01:00" },
    { "Europe/Prague",
      { CSV_PERIOD_SPAN, G_TIME_SPAN_HOUR },
      "2026-10-25T02:00:00+01:00",
      "2026-10-25T02:30:00+01:00",
      "2026-10-25T03:00:00+01:00" },
    { "Asia/Kolkata",
      { CSV_PERIOD_SPAN, G_TIME_SPAN_HOUR },
      "2026-11-22T08:00:00+05:30",
      "2026-11-22T08:59:00+05:30",
      "2026-11-22T09:00:00+05:30" },
    { "Europe/Prague",
      { CSV_PERIOD_MONTH, 0 },
      "2026-10-01T00:00:00+02:00",
      "2026-10-31T23:59:59+01:00",
      "2026-11-01T00:00:00+01:00" },
    { "UTC",
      { CSV_PERIOD_MONTH, 0 },
      "2026-12-01T00:00:00Z",
      "2026-12-31T00:00:00Z",
      "2027-01-01T00:00:00Z" },
    { "UTC", { CSV_PERIOD_YEAR, 0 }, "2026-01-01T00:00:00Z", "2026-11-22T08:15:00Z", "2027-01-01T00:00:00Z" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
      g_autoptr (GDateTime) at = g_date_time_new_from_iso8601 (vectors[i].at, utc);
      gint64 begin_us, end_us;
      gchar text[CSV_TIME_CHARS];
      CsvZone zone;

      g_assert_true (csv_zone_init (&zone, vectors[i].zone, NULL));
      csv_zone_get_period (&zone, &vectors[i].period, g_date_time_to_unix (at) * G_USEC_PER_SEC, &begin_us,
                           &end_us);
      csv_zone_write (&zone, begin_us, FALSE, text);
      g_assert_cmpstr (text, ==, vectors[i].begin);
      csv_zone_write (&zone, end_us, FALSE, text);
      g_assert_cmpstr (text, ==, vectors[i].end);
      csv_zone_clear (&zone);
    }
}

static void
test_patterns (void)
{
  const struct
  {
    const gchar *pattern;
    const gchar *meter;
    const gchar *expected;
    CsvPeriodKind kind;
    gint64 span_us;
  } vectors[] = {
    { "all.csv", "m", "all.csv", CSV_PERIOD_NONE, 0 },
    { "{pipeline}_{date}.csv", "m", "heating_2026-11-22.csv", CSV_PERIOD_SPAN, G_TIME_SPAN_DAY },
    { "{meter}_{id}_{time}.csv", "m", "m_08031768_20261122T081500.csv", CSV_PERIOD_SPAN, G_TIME_SPAN_SECOND },
    { "{year}/{month}/{line}.csv", "m", "2026/2026-11/cellar.csv", CSV_PERIOD_MONTH, 0 },
    { "{year}.csv", "m", "2026.csv", CSV_PERIOD_YEAR, 0 },
    { "{date}T{hour}{minute}.csv", "m", "2026-11-22T0815.csv", CSV_PERIOD_SPAN, G_TIME_SPAN_MINUTE },
    { "{exporter}-{protocol}-{manufacturer}-{medium}.csv", "m", "reports-mbus-LSE-hot-water.csv",
      CSV_PERIOD_NONE, 0 },
    { "{meter}.csv", "../../etc/passwd", "_._.._etc_passwd.csv", CSV_PERIOD_NONE, 0 },
    { "{meter}/x.csv", "..", "_./x.csv", CSV_PERIOD_NONE, 0 },
    { "{meter}.csv", "", "unknown.csv", CSV_PERIOD_NONE, 0 },
    { "{meter}.csv", "a b\n\"c\"", "a_b__c_.csv", CSV_PERIOD_NONE, 0 },
    { "{meter}.csv", "byt č. 5", "byt_č._5.csv", CSV_PERIOD_NONE, 0 },
    { "{meter}.csv", "bad\xff", "bad_.csv", CSV_PERIOD_NONE, 0 },
    { "{meter}.csv", "0123456789012345678901234567890123456789012345678901234567890123456789",
      "0123456789012345678901234567890123456789012345678901234567890123.csv", CSV_PERIOD_NONE, 0 },
  };
  CsvTime time = { 2026, 11, 22, 8, 15, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AmselReadout) readout = sample_volume (vectors[i].meter, SAMPLE_TIME_US, 1, 2002);
      g_autoptr (GError) error = NULL;
      g_autoptr (CsvPattern) pattern = csv_pattern_new (vectors[i].pattern, NULL, &error);
      g_autoptr (GString) out = g_string_new (NULL);
      CsvPeriod period;

      g_assert_no_error (error);
      csv_pattern_expand (pattern, "reports", readout, &time, out);
      g_assert_cmpstr (out->str, ==, vectors[i].expected);
      csv_pattern_get_period (pattern, &period);
      g_assert_cmpint (period.kind, ==, vectors[i].kind);
      g_assert_cmpint (period.span_us, ==, vectors[i].span_us);
    }
}

static void
test_bad_patterns (void)
{
  const struct
  {
    const gchar *pattern;
    const gchar *said;
  } vectors[] = {
    { "", "needed" },          { "{metre}.csv", "{meter}" }, { "{}.csv", "{meter}" },
    { "{meter.csv", "brace" }, { "meter}.csv", "brace" },    { "../{meter}.csv", ".." },
    { "a/../b.csv", ".." },    { "/abs.csv", "empty" },      { "a//b.csv", "empty" },
    { "dir/", "empty" },       { "a\nb.csv", "control" },    { "bad\xff.csv", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (csv_pattern_new (vectors[i].pattern, NULL, &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, vectors[i].said));
      g_assert_true (g_str_has_prefix (error->message, "file: "));
    }
}

static gchar *
write_long (const gchar *columns, AmselReadout *readout, gboolean errors)
{
  g_auto (GStrv) names = g_strsplit (columns, " ", -1);
  g_autoptr (CsvRows) rows = NULL;
  g_autoptr (GError) error = NULL;
  GString *out = g_string_new (NULL);
  CsvDialect dialect;
  CsvZone zone;

  g_assert_true (csv_dialect_init (&dialect, ";", ',', "\n", "utf-8", NULL));
  g_assert_true (csv_zone_init (&zone, "UTC", NULL));
  rows = csv_rows_new (&dialect, &zone, (const gchar *const *) names, FALSE, &error);
  g_assert_no_error (error);
  csv_rows_write_long (rows, readout, errors, out);
  csv_zone_clear (&zone);
  return g_string_free (out, FALSE);
}

static void
test_rows (void)
{
  const SampleValue values[] = {
    { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, 2002, -3 },
    { AMSEL_QUANTITY_POWER, AMSEL_UNIT_W, 15, 2, 1, 2, AMSEL_FUNCTION_MAXIMUM },
    { AMSEL_QUANTITY_DATE, AMSEL_UNIT_NONE, 0, 0, 0, 0, 0, AMSEL_REASON_INVALID_DATE },
  };
  g_autoptr (AmselReadout) good = sample_readout ("a;b", SAMPLE_TIME_US, 77, values, G_N_ELEMENTS (values));
  g_autoptr (AmselReadout) bad = sample_failure ("m", SAMPLE_TIME_US, 78, "no answer; three attempts");
  const struct
  {
    const gchar *columns;
    AmselReadout *readout;
    gboolean errors;
    const gchar *expected;
  } vectors[] = {
    { "meter quantity unit value", good, TRUE,
      "\"a;b\";volume;m3;2,002\n\"a;b\";power;W;1500\n\"a;b\";date;;\n" },
    { "value sequence time", good, FALSE,
      "2,002;77;2026-11-22T08:15:00Z\n1500;77;2026-11-22T08:15:00Z\n;77;2026-11-22T08:15:00Z\n" },
    { "function storage tariff subunit modifiers reason dif vif", good, TRUE,
      "instantaneous;0;0;0;;;0C;13\nmaximum;1;2;0;;;0C;13\ninstantaneous;0;0;0;;invalid-date;0C;13\n" },
    { "slot start end pipeline line protocol quality attempts error error-code", good, TRUE,
      "2026-11-22T08:15:00Z;2026-11-22T08:15:01.234Z;2026-11-22T08:15:02.345Z;heating;cellar;mbus;good;1;;\n"
      "2026-11-22T08:15:00Z;2026-11-22T08:15:01.234Z;2026-11-22T08:15:02.345Z;heating;cellar;mbus;good;1;;\n"
      "2026-11-22T08:15:00Z;2026-11-22T08:15:01.234Z;2026-11-22T08:15:02.345Z;heating;cellar;mbus;good;1;;"
      "\n" },
    { "id manufacturer version medium address access-number status encryption raw rssi meter-time value",
      good, TRUE,
      "08031768;LSE;153;hot-water;5;175;0;none;680C1316;;;2,002\n"
      "08031768;LSE;153;hot-water;5;175;0;none;680C1316;;;1500\n"
      "08031768;LSE;153;hot-water;5;175;0;none;680C1316;;;\n" },
    { "meter id value quality error-domain error-code error start", bad, TRUE,
      "m;;;no-reading;read;1;\"no answer; three attempts\";\n" },
    { "meter value", bad, FALSE, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree gchar *text = write_long (vectors[i].columns, vectors[i].readout, vectors[i].errors);

      g_assert_cmpstr (text, ==, vectors[i].expected);
    }
}

static void
test_bad_columns (void)
{
  const struct
  {
    const gchar *column;
    gboolean wide;
  } vectors[] = { { "valeu", FALSE }, { "", FALSE }, { "value", TRUE }, { "Time", FALSE } };
  CsvDialect dialect;
  CsvZone zone;

  g_assert_true (csv_dialect_init (&dialect, ";", ',', "\n", "utf-8", NULL));
  g_assert_true (csv_zone_init (&zone, "UTC", NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const gchar *const names[] = { "time", vectors[i].column, NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (csv_rows_new (&dialect, &zone, names, vectors[i].wide, &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "meter-time"));
    }
  csv_zone_clear (&zone);
}

static void
test_wide (void)
{
  const SampleValue values[] = {
    { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, 2002, -3 },
    { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, 1000, -3, 1 },
    { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, 3, 0 },
    { AMSEL_QUANTITY_POWER, AMSEL_UNIT_W, 15, 2, 0, 2, AMSEL_FUNCTION_MAXIMUM },
  };
  const gchar *const columns[] = { "meter", NULL };
  const gchar *const fixed[] = { "power_W_maximum_t2", "volume_m3", NULL };
  g_autoptr (AmselReadout) all = sample_readout ("m", SAMPLE_TIME_US, 1, values, G_N_ELEMENTS (values));
  g_autoptr (AmselReadout) one = sample_readout ("n", SAMPLE_TIME_US, 2, &values[1], 1);
  g_autoptr (CsvWide) wide = csv_wide_new (NULL);
  g_autoptr (CsvWide) given = csv_wide_new (fixed);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (CsvRows) rows = NULL;
  CsvDialect dialect;
  CsvZone zone;

  g_assert_true (csv_dialect_init (&dialect, ",", '.', "\n", "utf-8", NULL));
  g_assert_true (csv_zone_init (&zone, "UTC", NULL));
  rows = csv_rows_new (&dialect, &zone, columns, TRUE, NULL);
  g_assert_true (csv_wide_learn (wide, one));
  g_assert_true (csv_wide_learn (wide, all));
  g_assert_cmpuint (csv_wide_get_n_columns (wide), ==, 4);
  csv_wide_write_names (wide, &dialect, 4, out);
  g_assert_cmpstr (out->str, ==, ",volume_m3_s1,volume_m3,volume_m3#2,power_W_maximum_t2");
  g_string_truncate (out, 0);
  csv_wide_write_values (wide, rows, &dialect, all, 4, out);
  g_string_append_c (out, '|');
  csv_wide_write_values (wide, rows, &dialect, one, 4, out);
  g_string_append_c (out, '|');
  csv_wide_write_values (wide, rows, &dialect, all, 2, out);
  g_assert_cmpstr (out->str, ==, ",1.000,2.002,3,1500|,1.000,,,|,1.000,2.002");

  g_assert_true (csv_wide_learn (given, all));
  g_assert_cmpuint (csv_wide_get_n_columns (given), ==, 2);
  g_string_truncate (out, 0);
  csv_wide_write_values (given, rows, &dialect, all, 2, out);
  g_assert_cmpstr (out->str, ==, ",1500,2.002");
  csv_zone_clear (&zone);
}

/* a meter that invents storage numbers gets so many columns and no more */
static void
test_wide_bounded (void)
{
  g_autoptr (CsvWide) wide = csv_wide_new (NULL);
  gboolean all = TRUE;

  for (guint i = 0; i < 2000; i++)
    {
      SampleValue value = { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, 1, 0, i };
      g_autoptr (AmselReadout) readout = sample_readout ("m", SAMPLE_TIME_US, 1, &value, 1);

      all &= csv_wide_learn (wide, readout);
    }
  g_assert_false (all);
  g_assert_cmpuint (csv_wide_get_n_columns (wide), ==, 500);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exporter-csv/text/quotes", test_quotes);
  g_test_add_func ("/exporter-csv/text/numbers", test_numbers);
  g_test_add_func ("/exporter-csv/text/encodings", test_encodings);
  g_test_add_func ("/exporter-csv/text/encoding-long", test_encoding_long);
  g_test_add_func ("/exporter-csv/text/bad-dialects", test_bad_dialects);
  g_test_add_func ("/exporter-csv/zone/times", test_times);
  g_test_add_func ("/exporter-csv/zone/calendar", test_calendar);
  g_test_add_func ("/exporter-csv/zone/periods", test_periods);
  g_test_add_func ("/exporter-csv/pattern/expand", test_patterns);
  g_test_add_func ("/exporter-csv/pattern/bad", test_bad_patterns);
  g_test_add_func ("/exporter-csv/rows/long", test_rows);
  g_test_add_func ("/exporter-csv/rows/bad-columns", test_bad_columns);
  g_test_add_func ("/exporter-csv/wide/columns", test_wide);
  g_test_add_func ("/exporter-csv/wide/bounded", test_wide_bounded);
  return g_test_run ();
}
