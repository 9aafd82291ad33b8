/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Quantities, units, functions and modifiers: every one has a name of its own, in the form that outputs
 * promise. */
#include <string.h>

#include "amsel.h"

static gboolean
is_kebab_case (const gchar *name)
{
  return *name != '\0' && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen (name)
         && *name != '-' && strstr (name, "--") == NULL && !g_str_has_suffix (name, "-");
}

/* members are numbered without gaps, and their names are their nicks */
static void
test_quantities (void)
{
  g_autoptr (GEnumClass) class = g_type_class_ref (AMSEL_TYPE_QUANTITY);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < class->n_values; i++)
    {
      const gchar *name = amsel_quantity_get_name ((AmselQuantity) i);

      g_assert_cmpint (class->values[i].value, ==, (gint) i);
      g_assert_cmpstr (name, ==, class->values[i].value_nick);
      g_assert_true (is_kebab_case (name));
      g_assert_true (g_hash_table_add (seen, (gpointer) name));
    }
  g_assert_cmpstr (amsel_quantity_get_name ((AmselQuantity) class->n_values), ==, "unknown");
  g_assert_cmpstr (amsel_quantity_get_name ((AmselQuantity) -1), ==, "unknown");
  /* a VIF row keeps its quantity in one byte */
  g_assert_cmpuint (class->n_values, <=, G_MAXUINT8);
}

static void
test_units (void)
{
  g_autoptr (GEnumClass) class = g_type_class_ref (AMSEL_TYPE_UNIT);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < class->n_values; i++)
    {
      const gchar *symbol = amsel_unit_get_symbol ((AmselUnit) i);

      g_assert_cmpint (class->values[i].value, ==, (gint) i);
      g_assert_true (is_kebab_case (class->values[i].value_nick));
      g_assert_cmpint (*symbol == '\0', ==, i == AMSEL_UNIT_NONE);
      g_assert_true (g_hash_table_add (seen, (gpointer) symbol));
    }
  g_assert_cmpstr (amsel_unit_get_symbol ((AmselUnit) class->n_values), ==, "");
}

static void
test_functions (void)
{
  g_autoptr (GEnumClass) class = g_type_class_ref (AMSEL_TYPE_FUNCTION);

  for (guint i = 0; i < class->n_values; i++)
    g_assert_cmpstr (amsel_function_get_name ((AmselFunction) i), ==, class->values[i].value_nick);
}

/* every code of every table has a name that no other code of it has */
static void
test_modifiers (void)
{
  g_autoptr (GEnumClass) class = g_type_class_ref (AMSEL_TYPE_MODIFIER_TABLE);

  for (guint table = 1; table < class->n_values; table++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      for (guint code = 0; code <= 0xFF; code++)
        {
          AmselModifier modifier = amsel_modifier_new ((AmselModifierTable) table, code);
          const gchar *name = amsel_modifier_get_name (modifier);
          g_autofree gchar *lower = g_ascii_strdown (name, -1);

          g_assert_true (is_kebab_case (lower));
          /* seconds, minutes, hours and days of one duration share a name: the unit is not part of the
           * meaning */
          g_assert_true (g_hash_table_add (seen, (gpointer) name) || g_str_has_prefix (name, "duration-of-"));
        }
    }
  g_assert_cmpstr (amsel_modifier_get_name (0), ==, "none");
  g_assert_cmpstr (amsel_modifier_get_name (0xFFFF), ==, "unknown");
  g_assert_cmpstr (amsel_modifier_get_name (AMSEL_MODIFIER (COMBINABLE, 0x3B)), ==, "accumulation-positive");
  g_assert_cmpstr (amsel_modifier_get_name (AMSEL_MODIFIER (MANUFACTURER, 0x01)), ==, "manufacturer-01");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vocabulary/quantities", test_quantities);
  g_test_add_func ("/vocabulary/units", test_units);
  g_test_add_func ("/vocabulary/functions", test_functions);
  g_test_add_func ("/vocabulary/modifiers", test_modifiers);
  return g_test_run ();
}
