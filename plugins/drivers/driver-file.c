/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A driver file: its name, the meters that it is for, its fields, formats of compact frames, and tests. */
#include "driver-reader.h"

#include <string.h>

/* Most nodes of a driver file. */
#define NODES_MAX 20000

/* Most lines that the versions and media of one entry of “meters” become. */
#define MATCHES_MAX 1024

const gchar *const driver_file_keys[] = { "driver",  "title", "meters", "fields",
                                          "formats", "notes", "tests",  NULL };
static const gchar *const METER_KEYS[] = { "manufacturer", "version", "medium", NULL };
static const gchar *const TEST_KEYS[] = { "telegram", "key", "fields", "comment", NULL };

static void
test_free (gpointer data)
{
  DriverTest *self = data;

  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->values);
  g_free (self);
}

static DriverDescribed *
driver_described_new (const gchar *path)
{
  DriverDescribed *self = g_new0 (DriverDescribed, 1);

  self->strings = g_string_chunk_new (256);
  self->matches = g_array_new (TRUE, FALSE, sizeof (DriverMatch));
  self->places = g_array_new (FALSE, FALSE, sizeof (DriverPlace));
  self->rules = g_array_new (FALSE, TRUE, sizeof (DriverRule));
  self->order = g_array_new (FALSE, FALSE, sizeof (guint16));
  self->formats = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->tests = g_ptr_array_new_with_free_func (test_free);
  self->tables = g_ptr_array_new_with_free_func (g_free);
  self->file = g_string_chunk_insert (self->strings, path);
  return self;
}

void
driver_described_free (DriverDescribed *self)
{
  g_string_chunk_free (self->strings);
  g_array_unref (self->matches);
  g_array_unref (self->places);
  g_array_unref (self->rules);
  g_array_unref (self->order);
  g_ptr_array_unref (self->formats);
  g_ptr_array_unref (self->tests);
  g_ptr_array_unref (self->tables);
  g_free (self);
}

/* A medium by its name or number, or a range of numbers. */
static gboolean
read_medium (DriverReader *self, const AmselYamlNode *node, DriverRange *out_range)
{
  if (node->type == AMSEL_YAML_SCALAR && g_ascii_isalpha (node->text[0]))
    {
      for (guint i = 0; i < 256; i++)
        if (g_str_equal (amsel_medium_get_name ((guint8) i), node->text))
          {
            out_range->first = out_range->last = i;
            return TRUE;
          }
      driver_reader_error (self, node, "such as heat or water, or its number", "there is no medium “%s”",
                           node->text);
      return FALSE;
    }
  return driver_reader_range (self, node, G_MAXUINT8, out_range);
}

static void
add_match (DriverReader *self, const AmselYamlNode *node, guint16 manufacturer, gint version, gint medium)
{
  DriverMatch match = { manufacturer, (gint16) version, (gint16) medium };

  DriverPlace place = { node->mark.line, node->mark.column };

  if (self->driver->matches->len == MATCHES_MAX)
    {
      driver_reader_error (self, node, NULL, "the meters are more than %d", MATCHES_MAX);
      return;
    }
  g_array_append_val (self->driver->matches, match);
  g_array_append_val (self->driver->places, place);
}

static void
add_media (DriverReader *self, const AmselYamlNode *map, guint16 manufacturer, gint version)
{
  const AmselYamlNode *node = amsel_yaml_map_get (map, "medium", NULL);
  DriverRange range;

  if (node == NULL)
    {
      add_match (self, map, manufacturer, version, DRIVER_ANY);
      return;
    }
  for (guint i = 0; i < driver_reader_n_items (node); i++)
    if (read_medium (self, driver_reader_item (node, i), &range))
      for (guint64 medium = range.first; medium <= range.last; medium++)
        add_match (self, map, manufacturer, version, (gint) medium);
}

static void
read_meter (DriverReader *self, const AmselYamlNode *map)
{
  const AmselYamlNode *letters, *versions;
  const gchar *text;
  guint16 manufacturer;
  DriverRange range;

  if (!driver_reader_check_map (self, map, METER_KEYS, "an entry of “meters”"))
    return;
  letters = amsel_yaml_map_get (map, "manufacturer", NULL);
  text = letters != NULL ? driver_reader_text (self, letters, "three letters, such as KAM") : NULL;
  manufacturer = text != NULL ? amsel_manufacturer_parse (text) : 0;
  if (manufacturer == 0)
    {
      driver_reader_error (self, letters != NULL ? letters : map, "such as KAM",
                           "expected “manufacturer” with its three capital letters");
      return;
    }
  versions = amsel_yaml_map_get (map, "version", NULL);
  if (versions == NULL)
    add_media (self, map, manufacturer, DRIVER_ANY);
  for (guint i = 0; versions != NULL && i < driver_reader_n_items (versions); i++)
    if (driver_reader_range (self, driver_reader_item (versions, i), G_MAXUINT8, &range))
      for (guint64 version = range.first; version <= range.last; version++)
        add_media (self, map, manufacturer, (gint) version);
}

static void
read_meters (DriverReader *self, const AmselYamlNode *node)
{
  self->driver->meters_place = (DriverPlace){ node->mark.line, node->mark.column };
  if (node->type == AMSEL_YAML_SCALAR && g_str_equal (node->text, "any"))
    {
      self->driver->any_meter = TRUE;
      return;
    }
  if (node->type != AMSEL_YAML_LIST || node->items->len == 0)
    {
      driver_reader_error (self, node, NULL,
                           "expected a list of the meters that the driver is for, or “any”");
      return;
    }
  for (guint i = 0; i < node->items->len; i++)
    read_meter (self, g_ptr_array_index (node->items, i));
}

static void
read_test_fields (DriverReader *self, const AmselYamlNode *map, DriverTest *test)
{
  if (map->type != AMSEL_YAML_MAP)
    {
      driver_reader_error (self, map, NULL, "expected the names of fields with their values");
      return;
    }
  for (guint i = 0; i < map->keys->len; i++)
    {
      const AmselYamlNode *key = g_ptr_array_index (map->keys, i);
      const AmselYamlNode *value = g_ptr_array_index (map->items, i);
      gboolean null = value->type == AMSEL_YAML_SCALAR && value->plain && g_str_equal (value->text, "null");
      const gchar *text = null ? NULL : driver_reader_string (self, value, "the value of a field, or null");

      g_ptr_array_add (test->names, g_string_chunk_insert_const (self->driver->strings, key->text));
      g_ptr_array_add (test->values, (gpointer) text);
    }
}

static void
read_test (DriverReader *self, const AmselYamlNode *map)
{
  const AmselYamlNode *telegram, *key, *fields;
  DriverTest *test;

  if (!driver_reader_check_map (self, map, TEST_KEYS, "an entry of “tests”"))
    return;
  telegram = amsel_yaml_map_get (map, "telegram", NULL);
  key = amsel_yaml_map_get (map, "key", NULL);
  fields = amsel_yaml_map_get (map, "fields", NULL);
  if (telegram == NULL || fields == NULL)
    {
      driver_reader_error (self, map, NULL, "a test needs “telegram” and “fields”");
      return;
    }
  test = g_new0 (DriverTest, 1);
  test->names = g_ptr_array_new ();
  test->values = g_ptr_array_new ();
  test->line = map->mark.line;
  g_ptr_array_add (self->driver->tests, test);
  test->telegram = driver_reader_string (self, telegram, "hexadecimal digits");
  if (key != NULL)
    test->key = driver_reader_string (self, key, "32 hexadecimal digits");
  read_test_fields (self, fields, test);
}

static void
read_name (DriverReader *self, const AmselYamlNode *root)
{
  const AmselYamlNode *name = amsel_yaml_map_get (root, "driver", NULL);
  const AmselYamlNode *title = amsel_yaml_map_get (root, "title", NULL);

  self->driver->name = name != NULL ? driver_reader_string (self, name, "the name of the driver") : NULL;
  if (self->driver->name == NULL || !amsel_field_name_is_valid (self->driver->name))
    driver_reader_error (self, name != NULL ? name : root, "lower-case letters, digits and underlines",
                         "expected “driver” with a name");
  else
    self->driver->name_place = (DriverPlace){ name->mark.line, name->mark.column };
  self->driver->title = title != NULL ? driver_reader_string (self, title, "a title") : NULL;
  if (self->driver->title == NULL)
    driver_reader_error (self, title != NULL ? title : root, "such as title: Kamstrup Multical 21",
                         "expected “title” with what the meters are called");
}

static void
read_list (DriverReader *self, const AmselYamlNode *root, const gchar *key,
           void (*read) (DriverReader *self, const AmselYamlNode *node))
{
  const AmselYamlNode *list = amsel_yaml_map_get (root, key, NULL);

  if (list == NULL || amsel_yaml_is_empty (list))
    return;
  if (list->type != AMSEL_YAML_LIST)
    {
      driver_reader_error (self, list, NULL, "expected a list under “%s”", key);
      return;
    }
  for (guint i = 0; i < list->items->len; i++)
    read (self, g_ptr_array_index (list->items, i));
}

static void
read_file (DriverReader *self, const AmselYamlNode *root)
{
  const AmselYamlNode *meters, *formats;

  if (!driver_reader_check_map (self, root, driver_file_keys, "a driver file"))
    return;
  read_name (self, root);
  meters = amsel_yaml_map_get (root, "meters", NULL);
  if (meters != NULL)
    read_meters (self, meters);
  else
    driver_reader_error (self, root, NULL, "expected “meters”: which ones the driver is for");
  formats = amsel_yaml_map_get (root, "formats", NULL);
  if (formats != NULL)
    driver_reader_formats (self, formats);
  read_list (self, root, "fields", driver_reader_field);
  read_list (self, root, "tests", read_test);
}

/* Which list a rule belongs to. */
static guint
list_of (const DriverRule *rule)
{
  const guint64 whole = DRIVER_KEY_QUANTITY_MASK | DRIVER_KEY_STORAGE_MASK;

  if (rule->source == DRIVER_SOURCE_STATUS)
    return DRIVER_LIST_STATUS;
  return (rule->mask & whole) == whole ? driver_bucket (rule->key) : DRIVER_LIST_OTHERS;
}

/* Sorts the rules into lists, so that a record meets few of them. */
static void
sort_rules (DriverDescribed *self)
{
  for (guint list = 0; list < DRIVER_LISTS; list++)
    {
      self->lists[list] = (guint16) self->order->len;
      for (guint16 i = 0; i < self->rules->len; i++)
        if (list_of (&g_array_index (self->rules, DriverRule, i)) == list)
          g_array_append_val (self->order, i);
    }
  self->lists[DRIVER_LISTS] = (guint16) self->order->len;
}

static DriverDescribed *
parse_source (AmselSource *source, GPtrArray **problems)
{
  DriverReader reader = { 0 };
  g_autoptr (AmselYamlTree) tree = NULL;
  AmselMark place;
  guint budget = NODES_MAX;
  gboolean failed;

  amsel_problems_init (&reader.problems);
  reader.driver = driver_described_new (source->path);
  if (amsel_source_find_damage (source, &place))
    amsel_problems_add (&reader.problems, AMSEL_SEVERITY_ERROR, &place, NULL, "expected UTF-8 text");
  else
    tree = amsel_yaml_parse (source, &budget, &reader.problems);
  place = (AmselMark){ source, 0, 0, 0 };
  if (tree != NULL && tree->root != NULL)
    read_file (&reader, tree->root);
  else if (reader.problems.n_errors == 0)
    amsel_problems_add (&reader.problems, AMSEL_SEVERITY_ERROR, &place, "expected the key “driver”",
                        "the file describes nothing");
  failed = reader.problems.n_errors > 0;
  *problems = amsel_problems_finish (&reader.problems);
  amsel_problems_clear (&reader.problems);
  if (failed)
    g_clear_pointer (&reader.driver, driver_described_free);
  else
    sort_rules (reader.driver);
  return reader.driver;
}

DriverDescribed *
driver_described_parse (const gchar *path, const gchar *text, gsize length, GPtrArray **problems)
{
  g_autoptr (AmselSource) source = amsel_source_new (path, text, length);

  return parse_source (source, problems);
}

DriverDescribed *
driver_described_load (const gchar *path, GPtrArray **problems)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselSource) source = amsel_source_load (path, AMSEL_YAML_BYTES_MAX, &error);
  g_autoptr (AmselSource) empty = NULL;
  AmselProblems found;
  AmselMark place = { 0 };

  if (source != NULL)
    return parse_source (source, problems);
  empty = amsel_source_new (path, "", 0);
  place.source = empty;
  amsel_problems_init (&found);
  amsel_problems_add (&found, AMSEL_SEVERITY_ERROR, &place, NULL, "%s", error->message);
  *problems = amsel_problems_finish (&found);
  amsel_problems_clear (&found);
  return NULL;
}
