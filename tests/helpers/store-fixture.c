/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store in a folder of its own with a clock that the test moves, and what its signals said. */
#include "store-fixture.h"

#include <string.h>

#include <glib/gstdio.h>

#define NOW_US (G_GINT64_CONSTANT (1763800000) * 1000000)

static void
on_problem (AmselStore *store G_GNUC_UNUSED, const GError *error, StoreFixture *f)
{
  g_ptr_array_add (f->problems, g_error_copy (error));
}

static void
on_recovered (AmselStore *store G_GNUC_UNUSED, const gchar *message, StoreFixture *f)
{
  g_ptr_array_add (f->recovered, g_strdup (message));
}

static void
on_committed (AmselStore *store G_GNUC_UNUSED, guint64 last_sequence, StoreFixture *f)
{
  g_assert_cmpuint (last_sequence, >, f->committed);
  f->committed = last_sequence;
}

void
store_fixture_renew (StoreFixture *f)
{
  if (f->store != NULL)
    amsel_store_close (f->store);
  g_clear_object (&f->store);
  f->committed = 0;
  f->store = amsel_store_new (f->file);
  amsel_store_set_clock (f->store, AMSEL_CLOCK (f->clock));
  g_signal_connect (f->store, "problem", G_CALLBACK (on_problem), f);
  g_signal_connect (f->store, "recovered", G_CALLBACK (on_recovered), f);
  g_signal_connect (f->store, "committed", G_CALLBACK (on_committed), f);
}

void
store_fixture_open_store (StoreFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (amsel_store_open (f->store, &error));
  g_assert_no_error (error);
}

void
store_fixture_reopen (StoreFixture *f)
{
  store_fixture_renew (f);
  store_fixture_open_store (f);
}

void
store_fixture_set_up (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("amsel-store-XXXXXX", NULL);
  f->file = g_build_filename (f->folder, "a", "b", "readings.db", NULL);
  f->clock = test_clock_new (NOW_US);
  f->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  f->recovered = g_ptr_array_new_with_free_func (g_free);
  store_fixture_renew (f);
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

void
store_fixture_tear_down (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_store_close (f->store);
  g_assert_finalize_object (g_steal_pointer (&f->store));
  g_clear_object (&f->clock);
  g_ptr_array_unref (f->problems);
  g_ptr_array_unref (f->recovered);
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->file);
}

void
store_fixture_append (StoreFixture *f, guint first, guint last)
{
  for (guint i = first; i <= last; i++)
    {
      g_autoptr (AmselReadout) readout = test_readout_new_numbered (i);

      amsel_store_append (f->store, readout);
    }
}

void
store_fixture_flush (StoreFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (amsel_store_flush (f->store, &error));
  g_assert_no_error (error);
}

void
store_fixture_dispatch (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

GPtrArray *
store_fixture_read_after (StoreFixture *f, guint64 sequence, guint max)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *readouts = amsel_store_read_after (f->store, sequence, max, &error);

  g_assert_no_error (error);
  return readouts;
}

/* Whether the store holds exactly the numbers from first to last, number n being test_readout_new_numbered (n
 * - shift). */
void
store_fixture_assert_holds (StoreFixture *f, guint first, guint last, guint shift)
{
  guint64 sequence = first;
  guint n;

  g_assert_cmpuint (amsel_store_get_first_sequence (f->store), ==, first);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, last);
  do
    {
      g_autoptr (GPtrArray) readouts = store_fixture_read_after (f, sequence - 1, 100);

      n = readouts->len;
      for (guint i = 0; i < n; i++, sequence++)
        {
          g_autoptr (AmselReadout) expected = test_readout_new_numbered ((guint) sequence - shift);

          g_assert_cmpuint (amsel_readout_get_sequence (readouts->pdata[i]), ==, sequence);
          test_readout_assert_equal (readouts->pdata[i], expected);
        }
    }
  while (n > 0);
  g_assert_cmpuint (sequence, ==, last + 1);
}

void
store_fixture_commit_cursor (StoreFixture *f, const gchar *exporter, guint64 sequence, const gchar *state)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (amsel_store_commit_cursor (f->store, exporter, sequence, state, &error));
  g_assert_no_error (error);
}

void
store_fixture_assert_cursor (StoreFixture *f, const gchar *exporter, guint64 sequence, const gchar *state)
{
  g_autofree gchar *got_state = NULL;
  gboolean found = FALSE;
  guint64 got = 0;

  g_assert_true (amsel_store_get_cursor (f->store, exporter, &found, &got, &got_state, NULL));
  g_assert_true (found);
  g_assert_cmpuint (got, ==, sequence);
  g_assert_cmpstr (got_state, ==, state);
}

void
store_fixture_assert_problem (StoreFixture *f, guint index, AmselStoreError code, const gchar *part)
{
  const GError *error;

  store_fixture_dispatch ();
  g_assert_cmpuint (f->problems->len, >, index);
  error = f->problems->pdata[index];
  g_assert_error (error, AMSEL_STORE_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, part));
}

void
store_fixture_run_sql (StoreFixture *f, const gchar *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (f->file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

gchar *
store_fixture_ask_sql (StoreFixture *f, const gchar *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  gchar *answer;

  g_assert_cmpint (sqlite3_open (f->file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = g_strdup ((const gchar *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return answer;
}

gsize
store_fixture_file_size (StoreFixture *f)
{
  GStatBuf buf;

  g_assert_cmpint (g_stat (f->file, &buf), ==, 0);
  return (gsize) buf.st_size;
}
