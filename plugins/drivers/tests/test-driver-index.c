/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a meter's identity to its drivers: the most particular line first, wildcards last. */
#include "driver-private.h"

#define ABC DRIVER_MANUFACTURER ('A', 'B', 'C')
#define XYZ DRIVER_MANUFACTURER ('X', 'Y', 'Z')

/* The drivers of a meter in order, as their letters. */
static gchar *
find (const DriverIndex *index, guint16 manufacturer, guint8 version, guint8 medium)
{
  AmselIdentity identity = { .manufacturer = manufacturer, .version = version, .medium = medium };
  g_autoptr (GString) found = g_string_new (NULL);
  const gchar *driver;
  guint position = 0;

  while ((driver = driver_index_next (index, &identity, &position)) != NULL)
    g_string_append (found, driver);
  return g_string_free (g_steal_pointer (&found), FALSE);
}

static void
test_order (void)
{
  const DriverMatch any[] = { { ABC, DRIVER_ANY, DRIVER_ANY }, { 0 } };
  const DriverMatch medium[] = { { ABC, DRIVER_ANY, 7 }, { 0 } };
  const DriverMatch version[] = { { ABC, 1, DRIVER_ANY }, { XYZ, 0, DRIVER_ANY }, { 0 } };
  const DriverMatch both[] = { { ABC, 1, 7 }, { ABC, 2, 7 }, { 0 } };
  const struct
  {
    guint16 manufacturer;
    guint8 version;
    guint8 medium;
    const gchar *expected;
  } vectors[] = {
    { ABC, 1, 7, "bvma" },       { ABC, 2, 7, "bma" }, { ABC, 1, 6, "va" }, { ABC, 3, 3, "a" },
    { XYZ, 0, 3, "v" },          { XYZ, 1, 3, "" },    { 0, 0, 0, "" },     { 0xFFFF, 1, 7, "" },
    { ABC | 0x8000, 3, 3, "a" }, /* the top bit is not of the letters */
  };
  DriverIndex index;

  driver_index_init (&index);
  driver_index_add (&index, any, "a");
  driver_index_add (&index, medium, "m");
  driver_index_add (&index, version, "v");
  driver_index_add (&index, both, "b");
  driver_index_build (&index);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree gchar *found = find (&index, vectors[i].manufacturer, vectors[i].version, vectors[i].medium);

      g_assert_cmpstr (found, ==, vectors[i].expected);
    }
  driver_index_clear (&index);
}

static void
test_many (void)
{
  DriverMatch matches[2] = { { 0, DRIVER_ANY, DRIVER_ANY }, { 0 } };
  DriverIndex index;
  gchar names[500][8];

  driver_index_init (&index);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_snprintf (names[i], sizeof names[i], "%u", i);
      matches[0].manufacturer = (guint16) (1 + 61 * i);
      driver_index_add (&index, matches, names[i]);
    }
  driver_index_build (&index);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree gchar *found = find (&index, (guint16) (1 + 61 * i), 0, 0);

      g_assert_cmpstr (found, ==, names[i]);
    }
  driver_index_clear (&index);
}

static void
test_empty (void)
{
  g_autofree gchar *found = NULL;
  DriverIndex index;

  driver_index_init (&index);
  driver_index_build (&index);
  found = find (&index, ABC, 1, 7);
  g_assert_cmpstr (found, ==, "");
  driver_index_clear (&index);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver-index/order", test_order);
  g_test_add_func ("/driver-index/many", test_many);
  g_test_add_func ("/driver-index/empty", test_empty);
  return g_test_run ();
}
