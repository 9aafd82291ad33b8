/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exact decimal numbers, durations and sizes. */
#include "amsel.h"

static void
test_write (void)
{
  const struct
  {
    gint64 mantissa;
    gint exponent;
    const gchar *expected;
  } vectors[] = {
    { 2002, -3, "2.002" },
    { 0, 0, "0" },
    { 0, 3, "0" },
    { 0, -3, "0.000" },
    { 279, 1, "2790" },
    { -5, -2, "-0.05" },
    { -1250, -2, "-12.50" },
    { 7, -1, "0.7" },
    { G_MAXINT64, 0, "9223372036854775807" },
    { G_MININT64, 0, "-9223372036854775808" },
    { 1, 41, "1E+41" },
    { 1, -61, "1E-61" },
    { 123, -3, "0.123" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AmselDecimal) d = amsel_decimal_new (vectors[i].mantissa, vectors[i].exponent);
      g_autofree gchar *text = amsel_decimal_to_string (d);

      g_assert_cmpstr (text, ==, vectors[i].expected);
    }
}

/* Every number of digits before and behind the point, against the digits that printf gives. */
static void
test_write_places (void)
{
  for (gint places = 0; places <= 20; places++)
    for (gint64 mantissa = 0; mantissa <= 1000000; mantissa += mantissa < 1100 ? 1 : 99991)
      {
        AmselDecimal d;
        gchar text[AMSEL_DECIMAL_CHARS];
        g_autoptr (GString) expected = g_string_new (NULL);

        g_string_printf (expected, "%0*" G_GINT64_FORMAT, places + 1, mantissa);
        if (places > 0)
          g_string_insert_c (expected, (gssize) expected->len - places, '.');
        amsel_decimal_set (&d, mantissa, -places);
        g_assert_cmpuint (amsel_decimal_write (&d, text), ==, expected->len);
        g_assert_cmpstr (text, ==, expected->str);
        if (mantissa == 0)
          continue;
        g_string_prepend_c (expected, '-');
        amsel_decimal_set (&d, -mantissa, -places);
        amsel_decimal_write (&d, text);
        g_assert_cmpstr (text, ==, expected->str);
      }
}

/* the longest number that is written in plain digits fits the promised room */
static void
test_write_longest (void)
{
  AmselDecimal d = { 0, G_MININT64, 40 };
  gchar text[AMSEL_DECIMAL_CHARS];

  g_assert_cmpuint (amsel_decimal_write (&d, text), <, AMSEL_DECIMAL_CHARS);
  g_assert_true (g_str_has_prefix (text, "-170141183460469231731687303715884105728"));
  d.exponent = -60;
  g_assert_cmpuint (amsel_decimal_write (&d, text), <, AMSEL_DECIMAL_CHARS);
}

static void
test_multiply (void)
{
  AmselDecimal d;

  amsel_decimal_set (&d, G_MAXINT64, 0);
  g_assert_true (amsel_decimal_multiply (&d, 3600));
  {
    g_autofree gchar *text = amsel_decimal_to_string (&d);

    g_assert_cmpstr (text, ==, "33204139332677192905200");
  }
  g_assert_true (amsel_decimal_multiply (&d, G_MAXINT32));
  g_assert_false (amsel_decimal_multiply (&d, G_MAXINT64));
}

static void
test_compare (void)
{
  const struct
  {
    const gchar *a;
    const gchar *b;
    gint expected;
  } vectors[] = {
    { "22.00", "22", 0 }, { "-1", "1", -1 },
    { "0", "0.000", 0 },  { "1.1", "1.09", 1 },
    { "-2", "-1", -1 },   { "100000000000000000000000000000000000", "0.00000000000000001", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      AmselDecimal a, b;

      g_assert_true (amsel_decimal_parse (vectors[i].a, &a));
      g_assert_true (amsel_decimal_parse (vectors[i].b, &b));
      g_assert_cmpint (amsel_decimal_compare (&a, &b), ==, vectors[i].expected);
      g_assert_cmpint (amsel_decimal_compare (&b, &a), ==, -vectors[i].expected);
    }
}

static void
test_duration (void)
{
  const struct
  {
    const gchar *text;
    gint64 us;
  } good[] = {
    { "15m", 15 * 60 * G_GINT64_CONSTANT (1000000) },
    { "15M", 15 * 60 * G_GINT64_CONSTANT (1000000) },
    { "1h30m", 5400 * G_GINT64_CONSTANT (1000000) },
    { "0.5s", 500000 },
    { "250ms", 250000 },
    { "0", 0 },
    { "1 d", 86400 * G_GINT64_CONSTANT (1000000) },
  };
  const gchar *const bad[] = {
    "", "15", "m", "1x", "1.2.3s", ".5s", "5.s", "1e3s", "99999999999999999999s", "-1s", "0.0000001s"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      gint64 us = -1;

      g_assert_true (amsel_duration_parse (good[i].text, &us, NULL));
      g_assert_cmpint (us, ==, good[i].us);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 us = -1;

      g_assert_false (amsel_duration_parse (bad[i], &us, &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      g_assert_cmpint (us, ==, -1);
    }
}

static void
test_size (void)
{
  gint64 bytes = 0;

  g_assert_true (amsel_size_parse ("64M", &bytes, NULL));
  g_assert_cmpint (bytes, ==, 64 * 1024 * 1024);
  g_assert_true (amsel_size_parse ("10MiB", &bytes, NULL));
  g_assert_cmpint (bytes, ==, 10 * 1024 * 1024);
  g_assert_true (amsel_size_parse ("1500", &bytes, NULL));
  g_assert_cmpint (bytes, ==, 1500);
  g_assert_false (amsel_size_parse ("banana", &bytes, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decimal/write", test_write);
  g_test_add_func ("/decimal/write-places", test_write_places);
  g_test_add_func ("/decimal/write-longest", test_write_longest);
  g_test_add_func ("/decimal/multiply", test_multiply);
  g_test_add_func ("/decimal/compare", test_compare);
  g_test_add_func ("/param/duration", test_duration);
  g_test_add_func ("/param/size", test_size);
  return g_test_run ();
}
