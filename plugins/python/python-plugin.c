/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the loader of Python plugins exports: no kinds of its own, but those of the files that it finds.
 *
 * Merely to be linked to libpython costs 2.5 MB, so this half is not: it looks for files, and loads the half
 * that runs them, which stands beside it, only where there are any. */
#include "amsel-plugin.h"

#include <dlfcn.h>
#include <gmodule.h>

#include "amsel-error.h"
#include "python-loader.h"

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* The plugin files of all folders, sorted within each. Files that begin with an underscore are modules of
 * plugins and no plugins. */
static GPtrArray *
find_files (AmselRegistry *registry, const gchar *const *folders, gboolean required)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; folders[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GDir) dir = *folders[i] != '\0' ? g_dir_open (folders[i], 0, &error) : NULL;
      g_autoptr (GPtrArray) found = g_ptr_array_new ();
      const gchar *name;

      if (error != NULL && required)
        amsel_registry_add_problem (registry, error->message);
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        if (g_str_has_suffix (name, ".py") && *name != '_' && *name != '.')
          g_ptr_array_add (found, g_canonicalize_filename (name, folders[i]));
      g_ptr_array_sort (found, compare_paths);
      g_ptr_array_extend_and_steal (files, g_steal_pointer (&found));
    }
  return files;
}

/* The function of the other half; it stays loaded for ever, as Python does. */
static PythonLoaderRun
open_loader (GError **error)
{
  Dl_info info;
  g_autofree gchar *folder = NULL;
  g_autofree gchar *path = NULL;
  GModule *module;
  gpointer run = NULL;

  if (dladdr ((gpointer) (guintptr) find_files, &info) != 0)
    folder = g_path_get_dirname (info.dli_fname);
  path = g_build_filename (folder != NULL ? folder : ".", PYTHON_LOADER, NULL);
  module = g_module_open (path, G_MODULE_BIND_LOCAL);
  if (module != NULL && g_module_symbol (module, "python_loader_run", &run))
    {
      g_module_make_resident (module);
      return (PythonLoaderRun) run;
    }
  g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_OPEN, "%s: %s", path, g_module_error ());
  return NULL;
}

/* Loads the plugins of the folders that AMSEL_PYTHON_PLUGINS names, or else of the installed one. */
static gboolean
load (AmselRegistry *registry, GError **error)
{
  const gchar *places = g_getenv ("AMSEL_PYTHON_PLUGINS");
  g_auto (GStrv) folders =
      g_strsplit (places != NULL ? places : PYTHON_PLUGINS_DIR, G_SEARCHPATH_SEPARATOR_S, -1);
  g_autoptr (GPtrArray) files = find_files (registry, (const gchar *const *) folders, places != NULL);
  PythonLoaderRun run = NULL;

  if (files->len == 0)
    return TRUE;
  run = open_loader (error);
  return run != NULL && run (registry, files, (const gchar *const *) folders, PYTHON_MODULES_DIR, error);
}

AMSEL_PLUGIN_DEFINE_LOADER (python, "0.1.0", load, { NULL, NULL, NULL })
