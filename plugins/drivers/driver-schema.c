/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON Schema of driver files, made from the lists that the reader of the files has. */
#include "driver-schema.h"

#include "driver-reader.h"

/* Keys whose values are words of a list. */
static const struct
{
  const gchar *key;
  const gchar *const *words;
} CHOICES[] = {
  { "from", driver_field_sources },
  { "coding", driver_field_codings },
  { "role", driver_field_roles },
  { "function", driver_field_functions },
};

static void
write_words (AmselJson *json, const gchar *const *words)
{
  amsel_json_key (json, "enum");
  amsel_json_begin_array (json);
  for (guint i = 0; words[i] != NULL; i++)
    amsel_json_string (json, words[i]);
  amsel_json_end_array (json);
}

static void
write_quantities (AmselJson *json)
{
  amsel_json_key (json, "enum");
  amsel_json_begin_array (json);
  for (guint n = 1; n == 1 || !g_str_equal (amsel_quantity_get_name ((AmselQuantity) n), "unknown"); n++)
    amsel_json_string (json, amsel_quantity_get_name ((AmselQuantity) n));
  amsel_json_end_array (json);
}

static void
write_type (AmselJson *json, const gchar *type)
{
  amsel_json_key (json, "type");
  amsel_json_string (json, type);
}

/* The value of one key of a field. */
static void
write_field_value (AmselJson *json, const gchar *key)
{
  amsel_json_begin_object (json);
  for (gsize i = 0; i < G_N_ELEMENTS (CHOICES); i++)
    if (g_str_equal (CHOICES[i].key, key))
      write_words (json, CHOICES[i].words);
  if (g_str_equal (key, "quantity"))
    write_quantities (json);
  else if (g_str_equal (key, "name"))
    write_type (json, "string");
  else if (g_str_equal (key, "words") || g_str_equal (key, "bits"))
    write_type (json, "object");
  amsel_json_end_object (json);
}

static void
begin_map (AmselJson *json)
{
  write_type (json, "object");
  amsel_json_key (json, "additionalProperties");
  amsel_json_boolean (json, FALSE);
}

static void
write_fields (AmselJson *json)
{
  write_type (json, "array");
  amsel_json_key (json, "items");
  amsel_json_begin_object (json);
  begin_map (json);
  amsel_json_key (json, "required");
  amsel_json_begin_array (json);
  amsel_json_string (json, "name");
  amsel_json_end_array (json);
  amsel_json_key (json, "properties");
  amsel_json_begin_object (json);
  for (guint i = 0; driver_field_keys[i] != NULL; i++)
    {
      amsel_json_key (json, driver_field_keys[i]);
      write_field_value (json, driver_field_keys[i]);
    }
  amsel_json_end_object (json);
  amsel_json_end_object (json);
}

static void
write_properties (AmselJson *json)
{
  amsel_json_key (json, "properties");
  amsel_json_begin_object (json);
  for (guint i = 0; driver_file_keys[i] != NULL; i++)
    {
      amsel_json_key (json, driver_file_keys[i]);
      amsel_json_begin_object (json);
      if (g_str_equal (driver_file_keys[i], "fields"))
        write_fields (json);
      amsel_json_end_object (json);
    }
  amsel_json_end_object (json);
}

gchar *
driver_schema_new (void)
{
  const gchar *const required[] = { "driver", "title", "meters" };
  AmselJson json = AMSEL_JSON_INIT;

  amsel_json_begin_object (&json);
  amsel_json_key (&json, "$schema");
  amsel_json_string (&json, "https://json-schema.org/draft/2020-12/schema");
  amsel_json_key (&json, "title");
  amsel_json_string (&json, "Driver of meters");
  begin_map (&json);
  amsel_json_key (&json, "required");
  amsel_json_begin_array (&json);
  for (gsize i = 0; i < G_N_ELEMENTS (required); i++)
    amsel_json_string (&json, required[i]);
  amsel_json_end_array (&json);
  write_properties (&json);
  amsel_json_end_object (&json);
  return json.text;
}
