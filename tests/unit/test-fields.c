/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Named values of a driver: their names and units, JSON, and what bindings see. */
#include "amsel.h"

#include <string.h>

static AmselTelegram *
make_telegram (void)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new ((const guint8 *) "", 0, 0, AMSEL_RSSI_UNKNOWN);

  return amsel_telegram_new (frame, 1);
}

static void
test_names (void)
{
  g_autofree gchar *longest = g_strnfill (AMSEL_FIELD_NAME_MAX, 'a');
  g_autofree gchar *too_long = g_strnfill (AMSEL_FIELD_NAME_MAX + 1, 'a');
  const struct
  {
    const gchar *name;
    gboolean valid;
  } vectors[] = {
    { "total_m3", TRUE }, { "a", TRUE },      { longest, TRUE },     { too_long, FALSE },
    { "", FALSE },        { "Total", FALSE }, { "3_phases", FALSE }, { "a\"b", FALSE },
    { "_a", FALSE },      { "a b", FALSE },   { "a\n", FALSE },      { "gr\303\266sse", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("“%s”", vectors[i].name);
      g_assert_cmpint (amsel_field_name_is_valid (vectors[i].name), ==, vectors[i].valid);
    }
}

static void
test_units (void)
{
  const struct
  {
    const gchar *name;
    gboolean has_unit;
    AmselUnit unit;
    gint exponent;
    guint seconds;
  } vectors[] = {
    { "total_m3", TRUE, AMSEL_UNIT_M3, 0, 1 },
    { "flow_lh", TRUE, AMSEL_UNIT_M3_PER_H, -3, 1 },
    { "total_kwh", TRUE, AMSEL_UNIT_WH, 3, 1 },
    { "operating_h", TRUE, AMSEL_UNIT_S, 0, 3600 },
    { "flow_temperature_c", TRUE, AMSEL_UNIT_CEL, 0, 1 },
    { "status", FALSE, AMSEL_UNIT_NONE, 0, 1 },
    { "m3", FALSE, AMSEL_UNIT_NONE, 0, 1 },
    { "target_date", FALSE, AMSEL_UNIT_NONE, 0, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      AmselUnit unit;
      gint exponent;
      guint seconds;

      g_test_message ("%s", vectors[i].name);
      g_assert_cmpint (amsel_field_name_get_unit (vectors[i].name, &unit, &exponent, &seconds), ==,
                       vectors[i].has_unit);
      g_assert_cmpint (unit, ==, vectors[i].unit);
      g_assert_cmpint (exponent, ==, vectors[i].exponent);
      g_assert_cmpuint (seconds, ==, vectors[i].seconds);
    }
}

static void
test_roles (void)
{
  const struct
  {
    const gchar *name;
    AmselFieldRole role;
    AmselQuantity quantity;
  } vectors[] = {
    { "total_m3", AMSEL_FIELD_COUNTER, AMSEL_QUANTITY_VOLUME },
    { "target_kwh", AMSEL_FIELD_STORED, AMSEL_QUANTITY_ENERGY },
    { "power_kw", AMSEL_FIELD_INSTANT, AMSEL_QUANTITY_POWER },
    { "status", AMSEL_FIELD_INFO, AMSEL_QUANTITY_UNKNOWN },
    { "battery_y", AMSEL_FIELD_INSTANT, AMSEL_QUANTITY_UNKNOWN },
  };
  g_autoptr (AmselTelegram) telegram = make_telegram ();

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      amsel_telegram_add_field (telegram, vectors[i].name);
      g_test_message ("%s", vectors[i].name);
      g_assert_cmpint (amsel_telegram_get_field_role (telegram, i), ==, vectors[i].role);
      g_assert_cmpint (amsel_telegram_get_field_quantity (telegram, i), ==, vectors[i].quantity);
    }
  amsel_telegram_add_field (telegram, "total_m3")->role = AMSEL_FIELD_STORED;
  g_assert_cmpint (amsel_telegram_get_field_role (telegram, G_N_ELEMENTS (vectors)), ==, AMSEL_FIELD_STORED);
  g_assert_cmpint (amsel_telegram_get_field_role (telegram, 99), ==, AMSEL_FIELD_NONE);
  g_assert_cmpint (amsel_telegram_get_field_quantity (telegram, 99), ==, AMSEL_QUANTITY_UNKNOWN);
}

static void
test_json (void)
{
  g_autoptr (AmselTelegram) telegram = make_telegram ();
  g_autofree gchar *none = amsel_telegram_to_json (telegram, "mbus");
  g_autofree gchar *json = NULL;
  AmselField *field;

  g_assert_null (strstr (none, "driver"));
  amsel_telegram_set_driver (telegram, "sample");
  field = amsel_telegram_add_field (telegram, "total_m3");
  field->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&field->decimal, 2002, -3);
  field = amsel_telegram_add_field (telegram, "status");
  amsel_telegram_set_field_text (telegram, field, "\"LEAK\"", 6);
  field = amsel_telegram_add_field (telegram, "target_date");
  field->kind = AMSEL_VALUE_DATE;
  field->date = (AmselDate){ 2025, 12, 31, 0, 0, 0, AMSEL_DATE_DAY };
  field = amsel_telegram_add_field (telegram, "target_m3");
  field->reason = AMSEL_REASON_DOUBTFUL;
  json = amsel_telegram_to_json (telegram, "mbus");
  g_assert_nonnull (
      strstr (json, ",\"driver\":\"sample\",\"fields\":{\"total_m3\":2.002,\"status\":\"\\\"LEAK\\\"\","
                    "\"target_date\":\"2025-12-31\",\"target_m3\":null},"
                    "\"reasons\":{\"target_m3\":\"doubtful\"}}"));
}

/* more fields and longer texts than there was room for at first */
static void
test_many (void)
{
  g_autoptr (AmselTelegram) telegram = make_telegram ();
  g_autofree gchar *last = NULL;
  gchar text[32];

  for (guint i = 0; i < 1000; i++)
    amsel_telegram_set_field_text (telegram, amsel_telegram_add_field (telegram, "text"), text,
                                   (gsize) g_snprintf (text, sizeof text, "text %u", i));
  g_assert_cmpuint (amsel_telegram_get_n_fields (telegram), ==, 1000);
  last = amsel_telegram_get_field_value_text (telegram, 999);
  g_assert_cmpstr (last, ==, "text 999");
  g_assert_null (amsel_telegram_get_field_name (telegram, 1000));
  g_assert_null (amsel_telegram_get_field_value_text (telegram, 1000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fields/names", test_names);
  g_test_add_func ("/fields/units", test_units);
  g_test_add_func ("/fields/roles", test_roles);
  g_test_add_func ("/fields/json", test_json);
  g_test_add_func ("/fields/many", test_many);
  return g_test_run ();
}
