/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver files of some folders, indexed by the meters that they are for. */
#include "driver-library.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "amsel-yaml.h"
#include "driver-formats.h"
#include "driver-paths.h"
#include "driver-remarks.h"

#define FILE_SUFFIX ".yaml"

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* Something that is wrong with a path as a whole. */
static void
add_problem (DriverLibrary *self, const gchar *path, const gchar *hint, const gchar *message)
{
  g_autoptr (AmselSource) source = amsel_source_new (path, "", 0);
  const AmselMark place = { source, 0, 0, 0 };
  AmselProblems problems;

  amsel_problems_init (&problems);
  amsel_problems_add (&problems, AMSEL_SEVERITY_ERROR, &place, hint, "%s", message);
  g_ptr_array_extend_and_steal (self->problems, amsel_problems_finish (&problems));
  amsel_problems_clear (&problems);
}

/* A pipe or a device could be waited for without end. */
static gboolean
is_special (const gchar *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && !S_ISREG (status.st_mode);
}

static void
load_file (DriverLibrary *self, const gchar *path)
{
  g_autoptr (GPtrArray) problems = NULL;
  DriverDescribed *driver;

  if (is_special (path))
    {
      add_problem (self, path, "a driver is a regular file", "this is no file that could be read");
      return;
    }
  driver = driver_described_load (path, &problems);
  g_ptr_array_extend_and_steal (self->problems, g_steal_pointer (&problems));
  if (driver != NULL)
    g_ptr_array_add (self->read, driver);
}

/* Paths of the driver files of a folder, by name. */
static GPtrArray *
list_files (GDir *dir, const gchar *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, FILE_SUFFIX))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

static void
load_folder (DriverLibrary *self, const gchar *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) paths = dir != NULL ? list_files (dir, folder) : NULL;

  /* the installed one is there only where the program is installed */
  if (dir == NULL && !g_str_equal (folder, AMSEL_DRIVERS_DIR))
    add_problem (self, folder, "a folder with drivers was expected", error->message);
  for (guint i = 0; paths != NULL && i < paths->len; i++)
    load_file (self, g_ptr_array_index (paths, i));
}

/* Makes a driver one of those that are used, unless its name was met before. */
static void
use_driver (DriverLibrary *self, GHashTable *names, const DriverDescribed *driver)
{
  if (!g_hash_table_add (names, (gpointer) driver->name))
    return;
  g_ptr_array_add (self->drivers, (gpointer) driver);
  driver_index_add (&self->index, (const DriverMatch *) (gpointer) driver->matches->data, driver);
  if (driver->any_meter && self->others == NULL)
    self->others = driver;
}

DriverLibrary *
driver_library_new (const gchar *const *folders, const DriverLibrary *base)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  DriverLibrary *self = g_new0 (DriverLibrary, 1);

  self->base = base;
  self->read = g_ptr_array_new_with_free_func ((GDestroyNotify) driver_described_free);
  self->drivers = g_ptr_array_new ();
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_problem_unref);
  self->formats = driver_formats_new ();
  driver_index_init (&self->index);
  for (guint i = 0; folders[i] != NULL; i++)
    load_folder (self, folders[i]);
  for (guint i = 0; i < self->read->len; i++)
    {
      use_driver (self, names, g_ptr_array_index (self->read, i));
      driver_formats_add (self->formats, g_ptr_array_index (self->read, i));
    }
  for (guint i = 0; base != NULL && i < base->drivers->len; i++)
    use_driver (self, names, g_ptr_array_index (base->drivers, i));
  driver_index_build (&self->index);
  if (base != NULL)
    g_ptr_array_extend_and_steal (self->problems, driver_remarks_collect (self->read, base->drivers));
  return self;
}

void
driver_library_free (DriverLibrary *self)
{
  driver_index_clear (&self->index);
  g_hash_table_unref (self->formats);
  g_ptr_array_unref (self->drivers);
  g_ptr_array_unref (self->read);
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

static void
tell (const GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree gchar *text = amsel_problem_to_string (g_ptr_array_index (problems, i));

      g_warning ("%s", text);
    }
}

/* Whoever wants it first has the files read, and says whether their faults are told here. */
static const DriverLibrary *
get_default (gboolean tells)
{
  static DriverLibrary *library = NULL;

  if (g_once_init_enter (&library))
    {
      g_auto (GStrv) folders = driver_library_dup_folders ();
      DriverLibrary *made = driver_library_new ((const gchar *const *) folders, NULL);

      if (tells)
        tell (made->problems);
      g_once_init_leave (&library, made);
    }
  return library;
}

const DriverLibrary *
driver_library_get_default (void)
{
  return get_default (TRUE);
}

/* What the files of a folder contain, as a check sum; NULL where it cannot be opened. */
static gchar *
sum_folder (const gchar *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) paths = dir != NULL ? list_files (dir, folder) : NULL;

  if (paths == NULL)
    return NULL;
  g_checksum_update (sum, (const guchar *) folder, (gssize) strlen (folder) + 1);
  for (guint i = 0; i < paths->len; i++)
    {
      const gchar *path = g_ptr_array_index (paths, i);
      g_autoptr (AmselSource) source =
          is_special (path) ? NULL : amsel_source_load (path, AMSEL_YAML_BYTES_MAX, NULL);

      g_checksum_update (sum, (const guchar *) path, (gssize) strlen (path) + 1);
      if (source != NULL)
        g_checksum_update (sum, (const guchar *) source->text, (gssize) source->length + 1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

const DriverLibrary *
driver_library_get_over (const gchar *folder, GError **error)
{
  static GMutex mutex;
  static GHashTable *libraries = NULL; /* (element-type utf8 DriverLibrary): by what their files contain */
  const gchar *const folders[] = { folder, NULL };
  g_autofree gchar *sum = sum_folder (folder, error);
  DriverLibrary *library;

  if (sum == NULL)
    return NULL;
  g_mutex_lock (&mutex);
  if (libraries == NULL)
    libraries = g_hash_table_new (g_str_hash, g_str_equal);
  library = g_hash_table_lookup (libraries, sum);
  if (library == NULL)
    {
      library = driver_library_new (folders, get_default (FALSE));
      g_hash_table_insert (libraries, g_steal_pointer (&sum), library);
    }
  g_mutex_unlock (&mutex);
  return library;
}

static void
add_problems (GPtrArray *out, const GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    g_ptr_array_add (out, amsel_problem_ref (g_ptr_array_index (problems, i)));
}

GPtrArray *
driver_library_list_problems (const DriverLibrary *self)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_problem_unref);

  if (self != NULL)
    add_problems (problems, self->problems);
  if (self != NULL || g_getenv (DRIVER_FOLDERS_VARIABLE) != NULL)
    add_problems (problems, get_default (FALSE)->problems);
  return problems;
}

const DriverDescribed *
driver_library_find (const DriverLibrary *self, const AmselIdentity *identity)
{
  guint position = 0;
  const DriverDescribed *driver = driver_index_next (&self->index, identity, &position);

  return driver != NULL ? driver : self->others;
}
