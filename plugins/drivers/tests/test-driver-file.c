/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Driver files with errors: each is named with its line and column; nothing of such a file is used. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "driver-library.h"

#define HEADER "driver: sample\ntitle: Sample\nmeters: [{manufacturer: ABC}]\n"

static void
test_faults (void)
{
  const struct
  {
    const gchar *text;
    guint line;
    guint column;
    const gchar *message;
  } vectors[] = {
    { "", 0, 0, "describes nothing" },
    { "[1, 2]\n", 1, 1, "expected a driver file" },
    { "driver: Sample\ntitle: x\nmeters: any\n", 1, 9, "expected “driver” with a name" },
    { "driver: sample\nmeters: any\n", 1, 1, "expected “title”" },
    { "driver: sample\ntitle: x\n", 1, 1, "expected “meters”" },
    { "driver: sample\ntitle: x\nmeters: []\n", 3, 9, "list of the meters" },
    { "driver: sample\ntitle: x\nmeters: [{manufacturer: ab}]\n", 3, 25, "capital letters" },
    { "driver: sample\ntitle: x\nmeters: [{manufacturer: ABC, version: 256}]\n", 3, 39, "from 0 to 255" },
    { "driver: sample\ntitle: x\nmeters: [{manufacturer: ABC, medium: wine}]\n", 3, 38, "no medium “wine”" },
    { HEADER "fiels: []\n", 4, 1, "has no key “fiels”" },
    { HEADER "fields: 3\n", 4, 9, "expected a list" },
    { HEADER "fields:\n  - {quantity: volume}\n", 5, 5, "needs “name”" },
    { HEADER "fields:\n  - {name: total_m3}\n", 5, 5, "needs “quantity”" },
    { HEADER "fields:\n  - {name: Total, quantity: volume}\n", 5, 12, "can be no name" },
    { HEADER "fields:\n  - {name: \"a_{storge}\", quantity: volume}\n", 5, 12, "can be no name" },
    { HEADER "fields:\n  - {name: a, quantity: volum}\n", 5, 25, "name of a quantity" },
    { HEADER "fields:\n  - {name: a, quantity: volume, storage: 9..1}\n", 5, 42, "range" },
    { HEADER "fields:\n  - {name: a, quantity: volume, storage: 0..2000}\n", 5, 5, "more than 1000" },
    { HEADER "fields:\n  - {name: a, key: 0G13}\n", 5, 20, "hexadecimal" },
    { HEADER "fields:\n  - {name: a, quantity: volume, scale: x}\n", 5, 40, "number above 0" },
    { HEADER "fields:\n  - {name: a, quantity: volume, unit: x}\n", 5, 39, "no unit “x”" },
    { HEADER "fields:\n  - {name: a, from: manufacturer-data}\n", 5, 5, "expected “at”" },
    { HEADER "fields:\n  - {name: a, from: manufacturer-data, at: 0, length: 9}\n", 5, 55, "1 to 8 bytes" },
    { HEADER "fields:\n  - {name: a, from: manufacturer-data, at: 0, mask: 0x100}\n", 5, 53,
      "leaves nothing" },
    { HEADER "fields:\n  - {name: a, quantity: volume, modifiers: green}\n", 5, 44, "no modifier “green”" },
    { HEADER "fields:\n  - {name: a, quantity: volume, bits: {x: y}}\n", 5, 40, "whole number" },
    { HEADER "formats: [0Q]\n", 4, 11, "DIF and VIF chains" },
    { HEADER "formats: ['04{05,06']\n", 4, 11, "DIF and VIF chains" },
    { HEADER "formats: ['04{}']\n", 4, 11, "DIF and VIF chains" },
    { HEADER "formats: ['{0,1,2,3,4,5,6,7}{0,1,2,3,4,5,6,8}{0,1,2,3,4,5,6,9}{0,1,2}']\n", 4, 11,
      "DIF and VIF chains" },
    { HEADER "tests: [{telegram: 00}]\n", 4, 9, "a test needs" },
    { "driver: [\n", 2, 1, "" },
    { "driver: \xFF\n", 1, 9, "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (DriverDescribed) driver =
          driver_described_parse ("sample.yaml", vectors[i].text, strlen (vectors[i].text), &problems);
      AmselProblem *first;

      g_test_message ("fault %" G_GSIZE_FORMAT ": %s", i, vectors[i].message);
      g_assert_null (driver);
      g_assert_cmpuint (problems->len, >=, 1);
      first = g_ptr_array_index (problems, 0);
      g_test_message ("%s", amsel_problem_get_message (first));
      g_assert_nonnull (strstr (amsel_problem_get_message (first), vectors[i].message));
      g_assert_cmpuint (amsel_problem_get_line (first), ==, vectors[i].line);
      g_assert_cmpuint (amsel_problem_get_column (first), ==, vectors[i].column);
    }
}

static void
write_driver (const gchar *folder, const gchar *file, const gchar *name, const gchar *meters)
{
  g_autofree gchar *path = g_build_filename (folder, file, NULL);
  g_autofree gchar *text =
      g_strdup_printf ("driver: %s\ntitle: x\nmeters: %s\nformats: [\"0413\"]\n", name, meters);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
remove_folder (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

/* one's own folder comes first, and a file with errors, a pipe or a folder that is not there takes nothing
 * else with it */
static void
test_library (void)
{
  g_autofree gchar *own = g_dir_make_tmp ("amsel-drivers-XXXXXX", NULL);
  g_autofree gchar *installed = g_dir_make_tmp ("amsel-drivers-XXXXXX", NULL);
  g_autofree gchar *pipe = g_build_filename (own, "pipe.yaml", NULL);
  const gchar *folders[] = { own, "/nonexistent", installed, NULL };
  const AmselIdentity abc = { .manufacturer = DRIVER_MANUFACTURER ('A', 'B', 'C'), .version = 1 };
  const AmselIdentity xyz = { .manufacturer = DRIVER_MANUFACTURER ('X', 'Y', 'Z') };
  g_autoptr (DriverLibrary) library = NULL;

  write_driver (own, "a.yaml", "abc", "[{manufacturer: ABC, version: 1}]");
  write_driver (own, "damaged.yaml", "DAMAGED", "any");
  write_driver (own, "readme.txt", "none", "any");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  write_driver (installed, "a.yaml", "abc", "[{manufacturer: XYZ}]");
  write_driver (installed, "other.yaml", "other", "any");
  library = driver_library_new (folders, NULL);
  g_assert_cmpuint (library->drivers->len, ==, 2);
  g_assert_cmpuint (library->problems->len, ==, 3);
  g_assert_cmpstr (amsel_problem_get_file (g_ptr_array_index (library->problems, 1)), ==, pipe);
  g_assert_cmpstr (amsel_problem_get_file (g_ptr_array_index (library->problems, 2)), ==, "/nonexistent");
  g_assert_cmpstr (driver_library_find (library, &abc)->name, ==, "abc");
  g_assert_cmpstr (driver_library_find (library, &xyz)->name, ==, "other");
  remove_folder (own);
  remove_folder (installed);
}

/* A folder over the default one is read again only where a file has changed; what telegrams may have names of
 * stays. */
static void
test_over (void)
{
  g_autofree gchar *own = g_dir_make_tmp ("amsel-drivers-XXXXXX", NULL);
  const AmselIdentity abc = { .manufacturer = DRIVER_MANUFACTURER ('A', 'B', 'C'), .version = 1 };
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  const DriverLibrary *first, *second;
  const DriverDescribed *before;

  g_assert_null (driver_library_get_over ("/nonexistent", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  write_driver (own, "a.yaml", "abc", "[{manufacturer: ABC}]");
  first = driver_library_get_over (own, NULL);
  g_assert_true (driver_library_get_over (own, NULL) == first);
  before = driver_library_find (first, &abc);
  write_driver (own, "a.yaml", "other", "[{manufacturer: ABC}]");
  write_driver (own, "damaged.yaml", "DAMAGED", "any");
  second = driver_library_get_over (own, NULL);
  g_assert_cmpstr (driver_library_find (second, &abc)->name, ==, "other");
  g_assert_cmpstr (before->name, ==, "abc");
  problems = driver_library_list_problems (second);
  g_assert_cmpuint (problems->len, ==, 1);
  remove_folder (own);
}

/* The signature of a compact frame is that of its chains: EN 13757-3 Annex G. A8ED is what Multical 21 sends,
 * here one of the four that a line with two choices becomes. */
static void
test_formats (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-drivers-XXXXXX", NULL);
  const gchar *folders[] = { folder, NULL };
  g_autofree gchar *path = g_build_filename (folder, "a.yaml", NULL);
  g_autoptr (DriverLibrary) library = NULL;
  const GPtrArray *formats;

  g_assert_true (
      g_file_set_contents (path, HEADER "formats: ['02FF20 04{12,13} 44{12,13} 6{1,0}5B 6167']\n", -1, NULL));
  library = driver_library_new (folders, NULL);
  g_assert_cmpuint (library->problems->len, ==, 0);
  g_assert_cmpuint (g_hash_table_size (library->formats), ==, 4);
  formats = g_hash_table_lookup (library->formats, GUINT_TO_POINTER (0xA8ED));
  g_assert_nonnull (formats);
  g_assert_cmpuint (formats->len, ==, 1);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver-file/faults", test_faults);
  g_test_add_func ("/driver-file/library", test_library);
  g_test_add_func ("/driver-file/over", test_over);
  g_test_add_func ("/driver-file/formats", test_formats);
  return g_test_run ();
}
