/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptions of simulated lines. */
#include <glib/gstdio.h>

#include "test-kinds.h"

static AmselSimulator *
load (const gchar *text, GPtrArray **problems)
{
  g_autoptr (AmselRegistry) registry = test_kinds_new_registry ();
  g_autofree gchar *path = NULL;
  AmselSimulator *simulator;
  gint fd = g_file_open_tmp ("amsel-XXXXXX.yaml", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  simulator = amsel_config_load_simulator (path, registry, problems);
  g_unlink (path);
  return simulator;
}

static void
test_good (void)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (AmselSimulator) simulator = load ("kind: bus\n"
                                               "baud: 9600\n"
                                               "templates: {one: {telegram: 68 16}}\n"
                                               "meters:\n"
                                               "  - {address: 0, telegram: 08031768}\n"
                                               "  - {address: 1, template: one}\n",
                                               &problems);
  g_autofree gchar *baud = NULL;
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;

  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_nonnull (simulator);
  baud = test_kinds_get (G_OBJECT (simulator), "baud");
  first = test_kinds_get (g_object_get_data (G_OBJECT (simulator), "0"), "telegram");
  second = test_kinds_get (g_object_get_data (G_OBJECT (simulator), "1"), "telegram");
  g_assert_cmpstr (baud, ==, "9600");
  g_assert_cmpstr (first, ==, "08031768");
  g_assert_cmpstr (second, ==, "68 16");
}

static void
test_bad (void)
{
  const struct
  {
    const gchar *text;
    const gchar *expected; /* end of the place, and the sentence */
  } vectors[] = {
    { "", ": error: the file describes nothing" },
    { "meters: []\n", ":1:1: error: the simulator needs the key “kind”" },
    { "kind: buss\n", ":1:7: error: there is no simulator of kind “buss”" },
    { "kind: bus\nbuad: 300\n", ":2:1: error: the simulator “bus” has no key “buad”" },
    { "kind: bus\nmeters:\n  - {address: 1}\n",
      ":3:5: error: a meter of the simulator “bus” needs the key “telegram”" },
    { "kind: bus\nmeters:\n  - {address: 1, telegram: a}\n  - {address: 1, telegram: b}\n",
      ":4:5: error: there is a meter with the address 1" },
    { "kind: bus\nmeters: 5\n", ":2:9: error: “meters” cannot be a single value" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (AmselSimulator) simulator = load (vectors[i].text, &problems);
      g_autofree gchar *text = NULL;

      g_assert_null (simulator);
      g_assert_cmpuint (problems->len, ==, 1);
      text = amsel_problem_to_string (g_ptr_array_index (problems, 0));
      if (strstr (text, vectors[i].expected) == NULL)
        g_error ("expected %s in:\n%s", vectors[i].expected, text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-simulator/good", test_good);
  g_test_add_func ("/config-simulator/bad", test_bad);
  return g_test_run ();
}
