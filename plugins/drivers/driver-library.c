/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver files of some folders, indexed by the meters that they are for. */
#include "driver-library.h"

#include <string.h>

#include "driver-formats.h"
#include "driver-paths.h"

#define FILE_SUFFIX ".yaml"

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

static gboolean
has_name (const DriverLibrary *self, const gchar *name)
{
  for (guint i = 0; i < self->drivers->len; i++)
    if (g_str_equal (((const DriverDescribed *) g_ptr_array_index (self->drivers, i))->name, name))
      return TRUE;
  return FALSE;
}

static void
load_file (DriverLibrary *self, const gchar *path)
{
  g_autoptr (GPtrArray) problems = NULL;
  DriverDescribed *driver = driver_described_load (path, &problems);

  for (guint i = 0; i < problems->len; i++)
    g_ptr_array_add (self->problems, amsel_problem_ref (g_ptr_array_index (problems, i)));
  if (driver == NULL)
    return;
  if (has_name (self, driver->name))
    driver_described_free (driver);
  else
    g_ptr_array_add (self->drivers, driver);
}

static void
load_folder (DriverLibrary *self, const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, FILE_SUFFIX))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree gchar *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);

      load_file (self, path);
    }
}

DriverLibrary *
driver_library_new (const gchar *const *folders)
{
  DriverLibrary *self = g_new0 (DriverLibrary, 1);

  self->drivers = g_ptr_array_new_with_free_func ((GDestroyNotify) driver_described_free);
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_problem_unref);
  self->formats = driver_formats_new ();
  driver_index_init (&self->index);
  for (guint i = 0; folders[i] != NULL; i++)
    load_folder (self, folders[i]);
  for (guint i = 0; i < self->drivers->len; i++)
    {
      const DriverDescribed *driver = g_ptr_array_index (self->drivers, i);

      driver_index_add (&self->index, (const DriverMatch *) (gpointer) driver->matches->data, driver);
      driver_formats_add (self->formats, driver);
      if (driver->any_meter && self->others == NULL)
        self->others = driver;
    }
  driver_index_build (&self->index);
  return self;
}

void
driver_library_free (DriverLibrary *self)
{
  driver_index_clear (&self->index);
  g_hash_table_unref (self->formats);
  g_ptr_array_unref (self->drivers);
  g_ptr_array_unref (self->problems);
  g_free (self);
}

gchar **
driver_library_dup_folders (void)
{
  const gchar *own = g_getenv (DRIVER_FOLDERS_VARIABLE);
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit (own != NULL ? own : "", G_SEARCHPATH_SEPARATOR_S, -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      g_strv_builder_add (folders, parts[i]);
  g_strv_builder_add (folders, AMSEL_DRIVERS_DIR);
  return g_strv_builder_end (folders);
}

void
driver_library_prefer (const gchar *folder)
{
  const gchar *others = g_getenv (DRIVER_FOLDERS_VARIABLE);
  g_autofree gchar *folders =
      others != NULL ? g_strconcat (folder, G_SEARCHPATH_SEPARATOR_S, others, NULL) : g_strdup (folder);

  g_setenv (DRIVER_FOLDERS_VARIABLE, folders, TRUE);
}

const DriverLibrary *
driver_library_get_default (void)
{
  static DriverLibrary *library = NULL;

  if (g_once_init_enter (&library))
    {
      g_auto (GStrv) folders = driver_library_dup_folders ();
      DriverLibrary *made = driver_library_new ((const gchar *const *) folders);

      for (guint i = 0; i < made->problems->len; i++)
        {
          g_autofree gchar *text = amsel_problem_to_string (g_ptr_array_index (made->problems, i));

          g_warning ("%s", text);
        }
      g_once_init_leave (&library, made);
    }
  return library;
}

const DriverDescribed *
driver_library_find (const DriverLibrary *self, const AmselIdentity *identity)
{
  guint position = 0;
  const DriverDescribed *driver = driver_index_next (&self->index, identity, &position);

  return driver != NULL ? driver : self->others;
}
