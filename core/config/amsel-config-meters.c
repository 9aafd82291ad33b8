/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of meters: items as they stand, rows of a CSV file, and the templates under both.
 *
 * A key is taken from the first of these that has it: the row, the item, the template. The result is a map
 * like any other whose nodes keep their places, so an error in a template points to the template. */
#include "amsel-config-private.h"

#include <string.h>

#define KEY_FROM     "from"
#define KEY_TEMPLATE "template"

typedef struct
{
  AmselLoader *loader;       /* (unowned) */
  const AmselYamlNode *item; /* (unowned): the item that names the file */
  AmselMeterFunc func;
  gpointer user_data;
} Rows;

static void
refuse_key (AmselLoader *self, const AmselYamlNode *map, const gchar *what, const gchar *word)
{
  AmselYamlNode *key;

  if (amsel_yaml_map_get (map, word, &key) != NULL)
    amsel_loader_error (self, key, "expected keys of a meter", "%s has no key “%s”", what, word);
}

void
amsel_config_meters_add_templates (AmselLoader *self, const AmselYamlNode *root)
{
  const AmselYamlNode *templates = amsel_yaml_map_get (root, "templates", NULL);

  if (templates == NULL || amsel_yaml_is_empty (templates)
      || !amsel_loader_expect (self, templates, AMSEL_YAML_MAP, "templates",
                               "expected a map of names, each with the keys of a meter"))
    return;
  for (guint i = 0; i < templates->keys->len; i++)
    {
      const AmselYamlNode *key = g_ptr_array_index (templates->keys, i);
      AmselYamlNode *node = g_ptr_array_index (templates->items, i);
      AmselNamed *named;

      if (!amsel_loader_expect (self, node, AMSEL_YAML_MAP, "a template", "expected keys of a meter"))
        continue;
      refuse_key (self, node, "a template", KEY_FROM);
      refuse_key (self, node, "a template", KEY_TEMPLATE);
      named = amsel_loader_add_name (self, self->templates, "template", key->text, key);
      if (named != NULL)
        named->node = node;
    }
}

void
amsel_config_meters_warn_unused (AmselLoader *self)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->templates);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const AmselNamed *named = value;

      if (!named->used)
        amsel_problems_add (&self->problems, AMSEL_SEVERITY_WARNING, &named->mark,
                            "a meter takes it by “template:”", "no meter uses the template “%s”",
                            (const gchar *) name);
    }
}

/* The template that an item or row names. FALSE after an error was told. */
static gboolean
find_template (AmselLoader *self, const AmselYamlNode *map, const AmselYamlNode **out)
{
  const AmselYamlNode *node = amsel_yaml_map_get (map, KEY_TEMPLATE, NULL);
  g_autofree gchar *name = NULL;
  AmselNamed *named;

  *out = NULL;
  if (node == NULL)
    return TRUE;
  if (!amsel_loader_expect (self, node, AMSEL_YAML_SCALAR, KEY_TEMPLATE, "expected the name of a template"))
    return FALSE;
  name = amsel_config_text_expand (self, node, NULL);
  if (name == NULL)
    return FALSE;
  named = amsel_loader_find_name (self, self->templates, "template", "templates", name, node);
  if (named != NULL)
    *out = named->node;
  return named != NULL;
}

/* Adds the keys that the map does not have yet. */
static void
lay_under (AmselYamlNode *map, const AmselYamlNode *under)
{
  for (guint i = 0; i < under->keys->len; i++)
    {
      AmselYamlNode *key = g_ptr_array_index (under->keys, i);

      if (!g_str_equal (key->text, KEY_FROM) && !g_str_equal (key->text, KEY_TEMPLATE)
          && amsel_yaml_map_get (map, key->text, NULL) == NULL)
        amsel_yaml_map_put (map, key, g_ptr_array_index (under->items, i));
    }
}

/* Calls the function with all layers in one map. item is NULL or what the file of a row stands in. */
static void
call (AmselLoader *self, const AmselYamlNode *own, const AmselYamlNode *item, AmselMeterFunc func,
      gpointer user_data)
{
  g_autoptr (AmselYamlTree) tree = amsel_yaml_tree_new ();
  const AmselYamlNode *template = NULL;
  AmselYamlNode *map;
  gboolean found = find_template (self, own, &template);

  if (found && template == NULL && item != NULL)
    found = find_template (self, item, &template);
  if (!found)
    return;
  map = amsel_yaml_tree_add (tree, AMSEL_YAML_MAP, &own->mark, NULL);
  lay_under (map, own);
  if (item != NULL)
    lay_under (map, item);
  if (template != NULL)
    lay_under (map, template);
  func (self, map, user_data);
}

static gboolean
handle_row (const AmselYamlNode *row, gpointer user_data)
{
  Rows *rows = user_data;

  refuse_key (rows->loader, row, "a list of meters", KEY_FROM);
  call (rows->loader, row, rows->item, rows->func, rows->user_data);
  return rows->loader->problems.n_errors < AMSEL_PROBLEMS_MAX;
}

static void
read_rows (AmselLoader *self, const AmselYamlNode *item, const AmselYamlNode *from, AmselMeterFunc func,
           gpointer user_data)
{
  Rows rows = { .loader = self, .item = item, .func = func, .user_data = user_data };
  g_autofree gchar *name = NULL;
  g_autofree gchar *path = NULL;
  g_autoptr (GError) error = NULL;
  AmselSource *source = NULL;

  if (!amsel_loader_expect (self, from, AMSEL_YAML_SCALAR, KEY_FROM, "expected the path of a CSV file"))
    return;
  name = amsel_config_text_expand (self, from, NULL);
  if (name == NULL)
    return;
  path = amsel_source_resolve (from->mark.source, name);
  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      amsel_loader_error (self, from, "expected the path of a CSV file", "“%s” is no file", path);
      return;
    }
  source = amsel_source_load (path, AMSEL_CONFIG_CSV_BYTES_MAX, &error);
  if (source == NULL)
    {
      amsel_loader_report_file (self, from, name, error);
      return;
    }
  g_ptr_array_add (self->sources, source);
  amsel_config_csv_foreach (self, source, handle_row, &rows);
}

void
amsel_config_meters_foreach (AmselLoader *self, const AmselYamlNode *list, AmselMeterFunc func,
                             gpointer user_data)
{
  if (amsel_yaml_is_empty (list)
      || !amsel_loader_expect (self, list, AMSEL_YAML_LIST, "meters",
                               "expected a list: each item begins with “- ”"))
    return;
  for (guint i = 0; i < list->items->len && self->problems.n_errors < AMSEL_PROBLEMS_MAX; i++)
    {
      const AmselYamlNode *item = g_ptr_array_index (list->items, i);
      const AmselYamlNode *from;

      if (!amsel_loader_expect (self, item, AMSEL_YAML_MAP, "a meter",
                                "expected a map, such as {name: hot-water, address: 5}"))
        continue;
      from = amsel_yaml_map_get (item, KEY_FROM, NULL);
      if (from != NULL)
        read_rows (self, item, from, func, user_data);
      else
        call (self, item, NULL, func, user_data);
    }
}
