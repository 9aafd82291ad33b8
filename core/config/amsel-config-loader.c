/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known while a configuration is loaded, and the words of its messages. */
#include "amsel-config-private.h"

#include "amsel-suggest.h"

static void
named_free (gpointer data)
{
  AmselNamed *named = data;

  g_clear_object (&named->object);
  g_free (named);
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, named_free);
}

void
amsel_loader_init (AmselLoader *self, AmselRegistry *registry)
{
  self->registry = registry;
  amsel_problems_init (&self->problems);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_source_free);
  self->trees = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_yaml_tree_free);
  self->roots = g_ptr_array_new ();
  self->budget = AMSEL_YAML_NODES_MAX;
  self->lines = new_table ();
  self->pipelines = new_table ();
  self->exporters = new_table ();
  self->services = new_table ();
  self->templates = new_table ();
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
amsel_loader_clear (AmselLoader *self)
{
  g_hash_table_unref (self->lines);
  g_hash_table_unref (self->pipelines);
  g_hash_table_unref (self->exporters);
  g_hash_table_unref (self->services);
  g_hash_table_unref (self->templates);
  g_hash_table_unref (self->told);
  g_ptr_array_unref (self->roots);
  g_ptr_array_unref (self->trees);
  g_ptr_array_unref (self->sources);
  amsel_problems_clear (&self->problems);
}

void
amsel_loader_error (AmselLoader *self, const AmselYamlNode *node, const gchar *hint, const gchar *format, ...)
{
  g_autofree gchar *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &node->mark, hint, "%s", message);
}

void
amsel_loader_warn (AmselLoader *self, const AmselYamlNode *node, const gchar *hint, const gchar *format, ...)
{
  g_autofree gchar *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  amsel_problems_add (&self->problems, AMSEL_SEVERITY_WARNING, &node->mark, hint, "%s", message);
}

gchar *
amsel_loader_place (const AmselMark *place, const AmselMark *seen_from)
{
  if (place->source == seen_from->source)
    return g_strdup_printf ("line %u", place->line);
  return g_strdup_printf ("%s, line %u", place->source->path, place->line);
}

gchar *
amsel_loader_choices_hint (const gchar *word, const gchar *const *choices)
{
  const gchar *guess = amsel_suggest (word, choices);
  g_autofree gchar *list = g_strjoinv (", ", (gchar **) choices);

  if (guess != NULL)
    return g_strdup_printf ("expected one of: %s; did you mean “%s”?", list, guess);
  return g_strdup_printf ("expected one of: %s", list);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const gchar *const *) a, *(const gchar *const *) b);
}

static gchar **
list_names (GHashTable *table)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (gchar **) g_ptr_array_free (names, FALSE);
}

AmselNamed *
amsel_loader_find_name (AmselLoader *self, GHashTable *table, const gchar *what, const gchar *section,
                        const gchar *name, const AmselYamlNode *node)
{
  AmselNamed *named = g_hash_table_lookup (table, name);
  g_auto (GStrv) names = NULL;
  g_autofree gchar *hint = NULL;
  const gchar *guess;

  if (named != NULL)
    {
      named->used = TRUE;
      return named;
    }
  names = list_names (table);
  guess = amsel_suggest (name, (const gchar *const *) names);
  if (guess != NULL)
    ((AmselNamed *) g_hash_table_lookup (table, guess))->used = TRUE;
  hint = names[0] != NULL ? amsel_loader_choices_hint (name, (const gchar *const *) names)
                          : g_strdup_printf ("there are none yet: “%s:” has them", section);
  amsel_loader_error (self, node, hint, "there is no %s “%s”", what, name);
  return NULL;
}

void
amsel_loader_report_file (AmselLoader *self, const AmselYamlNode *named_by, const gchar *path,
                          const GError *error)
{
  amsel_loader_error (self, named_by,
                      g_path_is_absolute (path) ? NULL
                                                : "a relative path starts from the folder of this file",
                      "%s", error->message);
}

AmselNamed *
amsel_loader_add_name (AmselLoader *self, GHashTable *table, const gchar *what, const gchar *name,
                       const AmselYamlNode *node)
{
  AmselNamed *named = g_hash_table_lookup (table, name);

  if (named != NULL)
    {
      g_autofree gchar *place = amsel_loader_place (&named->mark, &node->mark);

      amsel_loader_error (self, node, "each needs a name of its own", "there is already a %s “%s”: %s", what,
                          name, place);
      return NULL;
    }
  named = g_new0 (AmselNamed, 1);
  named->mark = node->mark;
  g_hash_table_insert (table, g_strdup (name), named);
  return named;
}

static const gchar *
get_type_words (const AmselYamlNode *node)
{
  return node->type == AMSEL_YAML_LIST  ? "a list"
         : node->type == AMSEL_YAML_MAP ? "a map"
         : amsel_yaml_is_empty (node)   ? "empty"
                                        : "a single value";
}

gboolean
amsel_loader_expect (AmselLoader *self, const AmselYamlNode *node, AmselYamlType type, const gchar *what,
                     const gchar *hint)
{
  gboolean key = what[0] != '\0' && g_ascii_islower (what[0]) && !g_str_has_prefix (what, "the ")
                 && !g_str_has_prefix (what, "a ");

  if (node->type == type)
    return TRUE;
  amsel_loader_error (self, node, hint, key ? "“%s” cannot be %s" : "%s cannot be %s", what,
                      get_type_words (node));
  return FALSE;
}
