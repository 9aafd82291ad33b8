/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searches of simulated lines: none may miss a meter, however the numbers lie and whatever the line does; and
 * the times that the documentation promises are kept. */
#include "mbus-error.h"
#include "mbus-numbers.h"
#include "mbus-search.h"
#include "search-line.h"

#define WATER "generate", MBUS_GENERATE_WATER, "length", MEAN_BODY_LENGTH
#define MS    ((gint64) 1000)

/* A line on which one in a hundred characters is damaged. */
#define NOISE 0.001

static void
expect_all (SearchLine *line, gdouble at_most_s)
{
  gdouble seconds = search_line_run (line);

  g_assert_no_error (line->error);
  g_assert_cmpint (search_line_count_missed (line), ==, 0);
  g_assert_cmpfloat (seconds, <=, at_most_s);
}

/* One line is no median: the limits are wider than those of the benchmark. */
static void
test_numbers (void)
{
  static const struct
  {
    MbusNumbers numbers;
    guint n;
    gdouble at_most_s;
  } CASES[] = {
    { MBUS_NUMBERS_RANDOM, 0, 4 },         { MBUS_NUMBERS_RANDOM, 1, 1 },
    { MBUS_NUMBERS_RANDOM, 10, 22 },       { MBUS_NUMBERS_RANDOM, 60, 115 },
    { MBUS_NUMBERS_CONSECUTIVE, 10, 9.5 }, { MBUS_NUMBERS_CONSECUTIVE, 60, 67 },
    { MBUS_NUMBERS_CLUSTERS, 10, 20 },     { MBUS_NUMBERS_CLUSTERS, 60, 108 },
    { MBUS_NUMBERS_LETTERS, 1, 1 },        { MBUS_NUMBERS_LETTERS, 10, 120 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (SearchLine) line = search_line_new (i);

      if (CASES[i].n > 0)
        search_line_add (line, WATER, "count", CASES[i].n, "ids", CASES[i].numbers, "id",
                         CASES[i].numbers == MBUS_NUMBERS_CONSECUTIVE ? "48159937" : NULL, NULL);
      expect_all (line, CASES[i].at_most_s);
    }
}

static void
test_equal_numbers (void)
{
  static const struct
  {
    const gchar *property;
    const gchar *text;
    gdouble at_most_s;
  } CASES[] = {
    { "medium", "heat", 60 },
    { "manufacturer", "ELS", 220 },
    { "fabrication", "22222222", 400 },
  };
  g_autoptr (SearchLine) versions = search_line_new (1);

  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (SearchLine) line = search_line_new (1);

      search_line_add (line, WATER, "id", "12345678", NULL);
      search_line_add (line, WATER, "id", "12345678", CASES[i].property, CASES[i].text, NULL);
      expect_all (line, CASES[i].at_most_s);
    }
  search_line_add (versions, WATER, "id", "12345678", NULL);
  search_line_add (versions, WATER, "id", "12345678", "version", 77, NULL);
  expect_all (versions, 80);
}

/* Digits that cannot be asked for by the usual ten. */
static void
test_letters (void)
{
  static const struct
  {
    const gchar *first;
    const gchar *second;
  } CASES[] = { { "1000000A", "1000000B" }, { "1000000F", "2000000F" }, { "12345678", "ABCDEABC" } };

  for (gsize i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (SearchLine) line = search_line_new (1);

      search_line_add (line, WATER, "id", CASES[i].first, NULL);
      search_line_add (line, WATER, "id", CASES[i].second, NULL);
      expect_all (line, 60);
    }
}

static void
test_noise (void)
{
  for (guint seed = 1; seed <= 3; seed++)
    {
      g_autoptr (SearchLine) line = search_line_new (seed);

      g_object_set (line->simulator, "bit-error-rate", NOISE, NULL);
      search_line_add (line, WATER, "count", 20, "ids", MBUS_NUMBERS_RANDOM, NULL);
      expect_all (line, 400);
    }
}

/* A simulated line that takes no time at all: that answers come before they can is no sign of slow meters. */
static void
test_instant (void)
{
  g_autoptr (SearchLine) line = search_line_new (1);

  g_object_set (line->simulator, "speed", AMSEL_SIMULATOR_SPEED_FAST, NULL);
  search_line_add (line, WATER, "id", "08031768", NULL);
  search_line_add (line, WATER, "id", "15020416", NULL);
  expect_all (line, 10);
}

/* What a gateway adds is not known before. */
static void
test_gateway (void)
{
  for (gint64 delay_us = 0; delay_us <= 400 * MS; delay_us += 200 * MS)
    {
      g_autoptr (SearchLine) steady = search_line_new (1);
      g_autoptr (SearchLine) honest = search_line_new (1);

      search_line_add (steady, WATER, "count", 20, "ids", MBUS_NUMBERS_RANDOM, NULL);
      simulator_transport_set_delay_us (TEST_SIMULATOR_TRANSPORT (steady->transport), delay_us, delay_us, 1);
      expect_all (steady, 2000);
      search_line_add (honest, WATER, "count", 20, "ids", MBUS_NUMBERS_RANDOM, NULL);
      simulator_transport_set_latency_us (TEST_SIMULATOR_TRANSPORT (honest->transport), 2 * delay_us);
      expect_all (honest, 400);
    }
}

/* What it adds may be another time with every portion of bytes, in both directions. */
static void
test_jitter (void)
{
  for (guint seed = 1; seed <= 3; seed++)
    {
      g_autoptr (SearchLine) line = search_line_new (seed);

      search_line_add (line, WATER, "count", 20, "ids", MBUS_NUMBERS_RANDOM, NULL);
      simulator_transport_set_delay_us (TEST_SIMULATOR_TRANSPORT (line->transport), 0, 400 * MS, seed);
      expect_all (line, 1000);
    }
}

/* Meters whose telegrams are equal but for their numbers, and which answer at the same moment. */
static void
test_twins (void)
{
  static const gchar *const STARTS[] = { "10000000", "48159937", "20406080" };
  g_autoptr (GString) hex = g_string_new ("08007278563412"
                                          "2D4D0107010000000C13002000000F");
  const gchar *telegrams[] = { NULL, NULL };

  while (hex->len < 2 * MEAN_BODY_LENGTH)
    g_string_append_printf (hex, "%02X", (guint) (hex->len * 37 % 256));
  telegrams[0] = hex->str;
  for (gsize i = 0; i < G_N_ELEMENTS (STARTS); i++)
    for (guint n = 10; n <= 60; n += 50)
      {
        g_autoptr (SearchLine) line = search_line_new (i);

        search_line_add (line, "telegrams", telegrams, "count", n, "id", STARTS[i], "latency-min", 30 * MS,
                         "latency-max", 30 * MS, NULL);
        expect_all (line, n == 10 ? 60 : 250);
      }
}

static void
test_slow (void)
{
  g_autoptr (SearchLine) line = search_line_new (1);

  search_line_add (line, WATER, "count", 5, "ids", MBUS_NUMBERS_RANDOM, "latency-min", 500 * MS,
                   "latency-max", 600 * MS, NULL);
  expect_all (line, 200);
}

/* Slow meters that a fast one outruns are found where they are waited for, from the very first mask on. */
static void
test_slow_among_fast (void)
{
  for (guint n = 1; n <= 5; n += 4)
    {
      g_autoptr (SearchLine) hurried = search_line_new (1);
      g_autoptr (SearchLine) patient = search_line_new (1);
      SearchLine *lines[] = { hurried, patient };

      for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
        {
          search_line_add (lines[i], WATER, "id", "12345678", NULL);
          search_line_add (lines[i], WATER, "count", n, "ids", MBUS_NUMBERS_RANDOM, "latency-min", 500 * MS,
                           "latency-max", 600 * MS, NULL);
        }
      search_line_run (hurried);
      g_assert_cmpint (search_line_count_missed (hurried), >, 0);
      g_object_set (patient->search, "timeout-extra", 450 * MS, NULL);
      expect_all (patient, 60);
    }
}

/* Who cannot be told apart is reported, and the others are found. */
static void
test_shared (void)
{
  g_autoptr (SearchLine) line = search_line_new (1);

  search_line_add (line, WATER, "id", "12345678", "count", 2, "id-step", 0, NULL);
  search_line_add (line, WATER, "id", "87654321", NULL);
  search_line_run (line);
  g_assert_error (line->error, MBUS_READ_ERROR, MBUS_READ_ERROR_ADDRESS_COLLISION);
  g_assert_nonnull (strstr (line->error->message, "12345678.SIM.01.07"));
  g_assert_cmpuint (amsel_search_get_found (line->search)->len, ==, 1);
}

static void
test_expected (void)
{
  g_autoptr (SearchLine) line = search_line_new (1);

  search_line_add (line, WATER, "count", 2, "ids", MBUS_NUMBERS_RANDOM, NULL);
  g_object_set (line->search, "expected", 3, NULL);
  search_line_run (line);
  g_assert_error (line->error, MBUS_READ_ERROR, MBUS_READ_ERROR_DIFFERENT_NUMBER);
  g_assert_cmpint (line->error->code, ==, 65286);
  g_assert_cmpint (search_line_count_missed (line), ==, 0);
}

static void
test_primary (void)
{
  g_autoptr (SearchLine) line = search_line_new (1);
  const AmselFound *found;

  search_line_add (line, WATER, "count", 5, "address", 7, "address-step", 3, "id", "10000000", NULL);
  g_object_set (line->search, "strategy", MBUS_STRATEGY_PRIMARY, "last", 30, NULL);
  expect_all (line, 12);
  found = g_ptr_array_index (amsel_search_get_found (line->search), 1);
  g_assert_cmpstr (found->address, ==, "10");
  g_assert_cmphex (found->identity.id, ==, 0x10000001);
  g_assert_cmpuint (found->baud, ==, 2400);
  g_assert_cmpint (found->latency_us, >, 4 * MS);
}

/* A meter that has an address of either kind is one meter. */
static void
test_both (void)
{
  g_autoptr (SearchLine) line = search_line_new (1);

  search_line_add (line, WATER, "count", 2, "address", 3, "id", "10000000", NULL);
  search_line_add (line, WATER, "id", "20000000", "address", 200, NULL);
  g_object_set (line->search, "strategy", MBUS_STRATEGY_BOTH, "last", 10, NULL);
  expect_all (line, 30);
}

/* Only those that are known are asked for, and only whether they are there. */
static void
test_verify (void)
{
  static const gchar *const KNOWN[] = { "10000000", "10000001.SIM.01.07", "10000009", "3", NULL };
  g_autoptr (SearchLine) line = search_line_new (1);

  search_line_add (line, WATER, "count", 3, "address", 1, "id", "10000000", NULL);
  g_object_set (line->search, "strategy", MBUS_STRATEGY_VERIFY, "known", KNOWN, NULL);
  g_assert_cmpfloat (search_line_run (line), <, 1.5);
  g_assert_no_error (line->error);
  g_assert_cmpuint (amsel_search_get_found (line->search)->len, ==, 3);
}

static void
test_bauds (void)
{
  static const gchar *const BAUDS[] = { "300", "2400", NULL };
  g_autoptr (SearchLine) line = search_line_new (1);
  const AmselFound *found;

  search_line_add (line, WATER, "id", "10000000", NULL);
  search_line_add (line, WATER, "id", "20000000", "baud", 300, NULL);
  g_object_set (line->search, "bauds", BAUDS, NULL);
  expect_all (line, 12);
  found = g_ptr_array_index (amsel_search_get_found (line->search), 0);
  g_assert_cmpstr (found->address, ==, "20000000.SIM.01.07");
  g_assert_cmpuint (found->baud, ==, 300);
}

static void
on_found (AmselSearch *search, AmselFound *found G_GNUC_UNUSED, gpointer user_data)
{
  if (--*(gint *) user_data == 0)
    amsel_search_abort (search);
}

/* A search that was ended goes on where it was, in another process perhaps. */
static void
test_resume (void)
{
  g_autoptr (SearchLine) line = search_line_new (3);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *state = NULL;
  gint n = 6;
  gdouble first_s;

  search_line_add (line, WATER, "count", 20, "ids", MBUS_NUMBERS_RANDOM, NULL);
  g_signal_connect (line->search, "found", G_CALLBACK (on_found), &n);
  first_s = search_line_run (line);
  g_assert_no_error (line->error);
  g_assert_cmpint (search_line_count_missed (line), ==, 14);
  state = amsel_search_save (line->search);
  g_object_unref (line->search);
  line->search = amsel_protocol_search (line->protocol, &error);
  g_assert_true (amsel_search_restore (line->search, state, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (amsel_search_get_found (line->search)->len, ==, 6);
  expect_all (line, 45 - first_s);
}

static void
test_bad_state (void)
{
  static const gchar *const BAD[] = { "",
                                      "something else",
                                      "amsel-mbus-search 1\nmask 1234",
                                      "amsel-mbus-search 1\nrate 7\n",
                                      "amsel-mbus-search 1\nfound x\n",
                                      "amsel-mbus-search 1\nfound 12345678 0 0 900 1 1 1 1\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (BAD); i++)
    {
      g_autoptr (AmselProtocol) protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
      g_autoptr (AmselSearch) search = amsel_protocol_search (protocol, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (amsel_search_restore (search, BAD[i], &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
    }
}

/* A slave that never stops talking ends a search with a reason, and soon. */
static void
test_endless (void)
{
  g_autoptr (SearchLine) line = search_line_new (1);

  search_line_add (line, WATER, "id", "10000000", "fault", MBUS_SLAVE_FAULT_ENDLESS, NULL);
  search_line_add (line, WATER, "id", "20000000", "fault", MBUS_SLAVE_FAULT_GARBAGE, NULL);
  g_assert_cmpfloat (search_line_run (line), <, 4 * 3600);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mbus-search/numbers", test_numbers);
  g_test_add_func ("/mbus-search/equal-numbers", test_equal_numbers);
  g_test_add_func ("/mbus-search/letters", test_letters);
  g_test_add_func ("/mbus-search/noise", test_noise);
  g_test_add_func ("/mbus-search/instant", test_instant);
  g_test_add_func ("/mbus-search/gateway", test_gateway);
  g_test_add_func ("/mbus-search/jitter", test_jitter);
  g_test_add_func ("/mbus-search/twins", test_twins);
  g_test_add_func ("/mbus-search/slow", test_slow);
  g_test_add_func ("/mbus-search/slow-among-fast", test_slow_among_fast);
  g_test_add_func ("/mbus-search/shared", test_shared);
  g_test_add_func ("/mbus-search/expected", test_expected);
  g_test_add_func ("/mbus-search/primary", test_primary);
  g_test_add_func ("/mbus-search/both", test_both);
  g_test_add_func ("/mbus-search/verify", test_verify);
  g_test_add_func ("/mbus-search/bauds", test_bauds);
  g_test_add_func ("/mbus-search/resume", test_resume);
  g_test_add_func ("/mbus-search/bad-state", test_bad_state);
  g_test_add_func ("/mbus-search/endless", test_endless);
  return g_test_run ();
}
