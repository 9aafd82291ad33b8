/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several files as one configuration.
 *
 * A relative path starts from the folder of the file that names it. Only the last part of a path may have
 * wildcards; its files come in the order of their names, and there may be none. A path without wildcards must
 * exist. A file that is named again, whatever its path, is an error: nothing would be gained by reading it
 * twice, and it could go on for ever. */
#include "amsel-config-private.h"

#include <string.h>

static gboolean include_files (AmselLoader *self, const AmselYamlNode *root, guint depth);

static gboolean
add_root (AmselLoader *self, AmselSource *source, guint depth)
{
  AmselYamlTree *tree = amsel_yaml_parse (source, &self->budget, &self->problems);
  const AmselYamlNode *root;

  if (tree == NULL)
    return FALSE;
  g_ptr_array_add (self->trees, tree);
  root = tree->root;
  if (root == NULL || amsel_yaml_is_empty (root))
    return TRUE; /* a file of comments */
  if (!amsel_loader_expect (self, root, AMSEL_YAML_MAP, "the configuration",
                            "expected keys with values, such as “lines:” and “pipelines:”"))
    return FALSE;
  g_ptr_array_add (self->roots, tree->root);
  return include_files (self, root, depth);
}

static gboolean
is_known_file (AmselLoader *self, const AmselSource *source, const AmselYamlNode *named_by)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      const AmselSource *other = g_ptr_array_index (self->sources, i);

      if (other->inode == 0 || other->device != source->device || other->inode != source->inode)
        continue;
      amsel_loader_error (self, named_by, NULL, "“%s” is part of the configuration already", other->path);
      return TRUE;
    }
  return FALSE;
}

/* A file that another one names. */
static gboolean
include_file (AmselLoader *self, const gchar *path, const AmselYamlNode *named_by, guint depth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselSource) source = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      amsel_loader_error (self, named_by, "expected a file; “folder/*.yaml” includes those of a folder",
                          "“%s” is no file", path);
      return FALSE;
    }
  source = amsel_source_load (path, AMSEL_YAML_BYTES_MAX, &error);
  if (source == NULL)
    {
      amsel_loader_report_file (self, named_by, path, error);
      return FALSE;
    }
  if (is_known_file (self, source, named_by))
    return FALSE;
  if (self->sources->len >= AMSEL_CONFIG_FILES_MAX)
    {
      amsel_loader_error (self, named_by, NULL, "the configuration has more than %d files",
                          AMSEL_CONFIG_FILES_MAX);
      return FALSE;
    }
  g_ptr_array_add (self->sources, source);
  return add_root (self, g_steal_pointer (&source), depth);
}

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* The files that a path with wildcards stands for. */
static GPtrArray *
list_matches (AmselLoader *self, const gchar *path, const AmselYamlNode *named_by)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *pattern = g_path_get_basename (path);
  g_autoptr (GPatternSpec) spec = g_pattern_spec_new (pattern);
  g_autoptr (GPtrArray) matches = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const gchar *name;

  if (strpbrk (folder, "*?") != NULL)
    {
      amsel_loader_error (self, named_by, "only the last part may have * and ?, such as conf.d/*.yaml",
                          "“%s” has wildcards in the name of a folder", path);
      return g_steal_pointer (&matches);
    }
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (name[0] != '.' && g_pattern_spec_match_string (spec, name))
      g_ptr_array_add (matches, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (matches, compare_paths);
  return g_steal_pointer (&matches);
}

static gboolean
include_path (AmselLoader *self, const AmselYamlNode *node, guint depth)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *path = NULL;
  g_autoptr (GPtrArray) matches = NULL;
  gboolean ok = TRUE;

  if (!amsel_loader_expect (self, node, AMSEL_YAML_SCALAR, "include",
                            "expected a path, such as conf.d/*.yaml"))
    return FALSE;
  text = amsel_config_text_expand (self, node, NULL);
  if (text == NULL)
    return FALSE;
  if (depth >= AMSEL_CONFIG_INCLUDE_DEPTH_MAX)
    {
      amsel_loader_error (self, node, NULL, "files include files deeper than %d levels",
                          AMSEL_CONFIG_INCLUDE_DEPTH_MAX);
      return FALSE;
    }
  path = amsel_source_resolve (node->mark.source, text);
  if (strpbrk (text, "*?") == NULL)
    return include_file (self, path, node, depth + 1);
  matches = list_matches (self, path, node);
  for (guint i = 0; i < matches->len; i++)
    if (!include_file (self, g_ptr_array_index (matches, i), node, depth + 1))
      ok = FALSE;
  return ok;
}

static gboolean
include_files (AmselLoader *self, const AmselYamlNode *root, guint depth)
{
  const AmselYamlNode *node = amsel_yaml_map_get (root, "include", NULL);
  gboolean ok = TRUE;

  if (node == NULL || amsel_yaml_is_empty (node))
    return TRUE;
  if (node->type != AMSEL_YAML_LIST)
    return include_path (self, node, depth);
  for (guint i = 0; i < node->items->len; i++)
    if (!include_path (self, g_ptr_array_index (node->items, i), depth))
      ok = FALSE;
  return ok;
}

gboolean
amsel_loader_read_source (AmselLoader *self, AmselSource *source)
{
  g_ptr_array_add (self->sources, source);
  return add_root (self, source, 0);
}

gboolean
amsel_loader_read_file (AmselLoader *self, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  AmselSource *source = amsel_source_load (path, AMSEL_YAML_BYTES_MAX, &error);
  AmselMark whole = { 0 };

  if (source != NULL)
    return amsel_loader_read_source (self, source);
  source = amsel_source_new (path, "", 0);
  g_ptr_array_add (self->sources, source);
  whole.source = source;
  amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &whole, NULL, "%s", error->message);
  return FALSE;
}
