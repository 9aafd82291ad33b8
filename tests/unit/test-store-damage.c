/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the store that are not sound: set aside, and what the exporters need of them goes on. */
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "amsel.h"
#include "store-fixture.h"

/* overwrites a part of the file, as a failing disk does; from 0 on where offset is 0 */
static void
damage_file (StoreFixture *f, gsize offset, gsize length)
{
  g_autofree gchar *garbage = g_malloc (length);
  FILE *file = g_fopen (f->file, "r+b");

  for (gsize i = 0; i < length; i++)
    garbage[i] = (gchar) (i * 151 + 7);
  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (glong) offset, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (garbage, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

static guint
count_set_aside (StoreFixture *f)
{
  g_autofree gchar *folder = g_path_get_dirname (f->file);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += strstr (name, ".db.damaged-20251122T082640") != NULL;
  return n;
}

/* all of the file is garbage: nothing is known any more, and a new one begins at 1 */
static void
test_garbage (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 50);
  amsel_store_close (f->store);
  damage_file (f, 0, store_fixture_file_size (f));
  store_fixture_reopen (f);
  store_fixture_assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "set aside");
  g_assert_cmpuint (count_set_aside (f), ==, 1);
  store_fixture_append (f, 1, 5);
  store_fixture_flush (f);
  store_fixture_assert_holds (f, 1, 5, 0);

  amsel_store_close (f->store);
  damage_file (f, 0, 4096);
  store_fixture_reopen (f);
  g_assert_cmpuint (count_set_aside (f), ==, 2);
}

/* a part of the file is damaged: numbers and cursors go on in the new one */
static void
test_damaged_page (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 2000);
  store_fixture_flush (f);
  store_fixture_commit_cursor (f, "reports", 1990, "state");
  amsel_store_close (f->store);
  damage_file (f, store_fixture_file_size (f) / 2 / 4096 * 4096, 8192);
  store_fixture_reopen (f);
  store_fixture_assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "set aside");
  g_assert_cmpuint (count_set_aside (f), ==, 1);
  store_fixture_assert_cursor (f, "reports", 1990, "state");
  store_fixture_append (f, 2001, 2005);
  store_fixture_flush (f);
  store_fixture_assert_holds (f, 2001, 2005, 0);
}

static void
test_truncated (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 2000);
  store_fixture_flush (f);
  store_fixture_commit_cursor (f, "reports", 1990, "state");
  amsel_store_close (f->store);
  g_assert_cmpint (truncate (f->file, (off_t) store_fixture_file_size (f) / 2), ==, 0);
  store_fixture_reopen (f);
  store_fixture_assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "set aside");
  store_fixture_append (f, 1, 1);
  store_fixture_flush (f);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), >, 0);
}

static void
test_empty_file (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *folder = g_path_get_dirname (f->file);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0750), ==, 0);
  g_assert_true (g_file_set_contents (f->file, "", 0, NULL));
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 3);
  store_fixture_flush (f);
  store_fixture_assert_holds (f, 1, 3, 0);
  store_fixture_dispatch ();
  g_assert_cmpuint (f->problems->len, ==, 0);
}

/* the file is damaged while it is in use: the next reading or writing that meets it replaces the file */
static void
test_damaged_in_use (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) readouts = NULL;

  store_fixture_open_store (f);
  store_fixture_append (f, 1, 2000);
  amsel_store_close (f->store);
  store_fixture_open_store (f);
  damage_file (f, 4096, store_fixture_file_size (f) - 4096);
  readouts = amsel_store_read_after (f->store, 0, 4000, &error);
  g_assert_null (readouts);
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED);
  store_fixture_append (f, 2001, 2005);
  store_fixture_flush (f);
  store_fixture_assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "set aside");
  store_fixture_assert_holds (f, 2001, 2005, 0);
}

/* somebody removes the file while it is in use: a new one, with the numbers and cursors of the old */
static void
test_removed_in_use (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gchar *const suffixes[] = { "", "-wal", "-shm" };

  store_fixture_open_store (f);
  store_fixture_append (f, 1, 10);
  store_fixture_flush (f);
  store_fixture_commit_cursor (f, "reports", 9, "state");
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree gchar *path = g_strconcat (f->file, suffixes[i], NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  store_fixture_append (f, 11, 15);
  store_fixture_flush (f);
  store_fixture_assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "removed");
  store_fixture_assert_holds (f, 11, 15, 0);
  store_fixture_reopen (f);
  store_fixture_assert_holds (f, 11, 15, 0);
  store_fixture_assert_cursor (f, "reports", 9, "state");
}

int
main (int argc, char **argv)
{
  const struct
  {
    const gchar *path;
    void (*function) (StoreFixture *f, gconstpointer data);
  } tests[] = {
    { "/store-damage/garbage", test_garbage },
    { "/store-damage/damaged-page", test_damaged_page },
    { "/store-damage/truncated", test_truncated },
    { "/store-damage/empty-file", test_empty_file },
    { "/store-damage/damaged-in-use", test_damaged_in_use },
    { "/store-damage/removed-in-use", test_removed_in_use },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, StoreFixture, NULL, store_fixture_set_up, tests[i].function,
                store_fixture_tear_down);
  return g_test_run ();
}
