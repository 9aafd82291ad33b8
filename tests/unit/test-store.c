/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store: what was appended is read again, in order, numbered without gaps, across restarts. */
#include <string.h>

#include <glib/gstdio.h>

#include "amsel.h"
#include "store-fixture.h"

static void
test_round_trip (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, 0);
  store_fixture_append (f, 1, 500);
  store_fixture_flush (f);
  g_assert_cmpuint (amsel_store_get_n_queued (f->store), ==, 0);
  store_fixture_assert_holds (f, 1, 500, 0);
  store_fixture_dispatch ();
  g_assert_cmpuint (f->committed, ==, 500);
  g_assert_cmpuint (f->problems->len, ==, 0);
}

static void
test_restart (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 50);
  store_fixture_reopen (f);
  store_fixture_assert_holds (f, 1, 50, 0);
  store_fixture_append (f, 51, 80);
  store_fixture_flush (f);
  store_fixture_assert_holds (f, 1, 80, 0);
}

/* readings tell when people are at home */
static void
test_private (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gchar *const suffixes[] = { "", "-wal", "-shm", ".lock" };

  store_fixture_open_store (f);
  store_fixture_append (f, 1, 1);
  store_fixture_flush (f);
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree gchar *path = g_strconcat (f->file, suffixes[i], NULL);
      GStatBuf buf;

      g_assert_cmpint (g_stat (path, &buf), ==, 0);
      g_assert_cmpint (buf.st_mode & 07, ==, 0);
    }
}

/* what is queued when the store closes is stored, and told before close returns */
static void
test_close_drains (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 1000);
  amsel_store_close (f->store);
  g_assert_cmpuint (f->committed, ==, 1000);
  g_assert_false (amsel_store_is_open (f->store));
  store_fixture_open_store (f);
  store_fixture_assert_holds (f, 1, 1000, 0);
}

static void
test_cursor (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gboolean found = TRUE;
  guint64 sequence = 1;
  gchar *state = NULL;

  store_fixture_open_store (f);
  g_assert_true (amsel_store_get_cursor (f->store, "reports", &found, &sequence, &state, NULL));
  g_assert_false (found);
  g_assert_cmpuint (sequence, ==, 0);
  g_assert_null (state);
  store_fixture_append (f, 1, 10);
  store_fixture_flush (f);
  store_fixture_commit_cursor (f, "reports", 3, "{\"offset\": 1}");
  store_fixture_commit_cursor (f, "reports", 7, NULL);
  store_fixture_commit_cursor (f, "mqtt", 2, "x");
  store_fixture_reopen (f);
  store_fixture_assert_cursor (f, "reports", 7, NULL);
  store_fixture_assert_cursor (f, "mqtt", 2, "x");
}

static gpointer
wait_for_newer (gpointer data)
{
  StoreFixture *f = data;

  return GINT_TO_POINTER (amsel_store_wait (f->store, 0, -1, NULL));
}

static gpointer
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* how far a pipeline had come, whatever others wrote after it; survives a restart */
static void
test_last_slot (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const struct
  {
    const gchar *pipeline;
    gint64 slot_us;
  } appended[] = { { "a", 60 * SECOND_US }, { "a", 120 * SECOND_US }, { "b", 30 * SECOND_US }, { "a", 0 } };
  gint64 slot_us = -1;

  store_fixture_open_store (f);
  for (gsize i = 0; i < G_N_ELEMENTS (appended); i++)
    {
      AmselReadoutInfo info = { .pipeline = appended[i].pipeline,
                                .meter = "m",
                                .slot_us = appended[i].slot_us };
      g_autoptr (AmselReadout) readout = amsel_readout_new (&info, NULL, 0, 0);

      amsel_store_append (f->store, readout);
    }
  store_fixture_reopen (f);
  g_assert_true (amsel_store_get_last_slot (f->store, "a", &slot_us, NULL));
  g_assert_cmpint (slot_us, ==, 120 * SECOND_US);
  g_assert_true (amsel_store_get_last_slot (f->store, "b", &slot_us, NULL));
  g_assert_cmpint (slot_us, ==, 30 * SECOND_US);
  g_assert_true (amsel_store_get_last_slot (f->store, "new", &slot_us, NULL));
  g_assert_cmpint (slot_us, ==, 0);
}

static void
test_wait (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread;

  store_fixture_open_store (f);
  g_assert_false (amsel_store_wait (f->store, 0, 0, NULL));
  thread = g_thread_new ("wait", wait_for_newer, f);
  store_fixture_append (f, 1, 1);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  g_assert_true (amsel_store_wait (f->store, 0, 0, NULL));
  thread = g_thread_new ("cancel", cancel, cancellable);
  g_assert_false (amsel_store_wait (f->store, 1, -1, cancellable));
  g_thread_join (thread);
}

/* numbers go on although the file was emptied by hand */
static void
test_emptied_by_hand (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 20);
  store_fixture_flush (f);
  store_fixture_commit_cursor (f, "reports", 20, NULL);
  amsel_store_close (f->store);
  store_fixture_run_sql (f, "DELETE FROM readout");
  store_fixture_reopen (f);
  store_fixture_append (f, 21, 22);
  store_fixture_flush (f);
  store_fixture_assert_holds (f, 21, 22, 0);
}

/* a row that cannot be unpacked comes as an unreadable readout, and those behind it as ever */
static void
test_damaged_row (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) readouts = NULL;
  AmselReadout *bad;

  store_fixture_open_store (f);
  store_fixture_append (f, 1, 4);
  amsel_store_close (f->store);
  store_fixture_run_sql (f, "UPDATE readout SET packed = x'0102', source = 99 WHERE sequence = 3");
  store_fixture_reopen (f);
  readouts = store_fixture_read_after (f, 0, 10);
  g_assert_cmpuint (readouts->len, ==, 4);
  bad = readouts->pdata[2];
  g_assert_cmpint (amsel_readout_get_quality (bad), ==, AMSEL_QUALITY_UNREADABLE);
  g_assert_cmpint (amsel_readout_get_error_code (bad), ==, AMSEL_STORE_ERROR_DAMAGED);
  g_assert_cmpuint (amsel_readout_get_sequence (bad), ==, 3);
  g_assert_cmpuint (amsel_readout_get_sequence (readouts->pdata[3]), ==, 4);
}

/* what docs/store.md promises to users of the sqlite3 tool */
static void
test_overview (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const struct
  {
    const gchar *sql;
    const gchar *expected;
  } vectors[] = {
    { "SELECT meter FROM overview WHERE sequence = 1", "meter-1" },
    { "SELECT id FROM overview WHERE sequence = 1", "15020416" },
    { "SELECT manufacturer FROM overview WHERE sequence = 1", "LUE" },
    { "SELECT slot FROM overview WHERE sequence = 1", "1970-01-01T00:00:01Z" },
    { "SELECT quality FROM overview WHERE sequence = 2", "no-reading" },
    { "SELECT error_code FROM overview WHERE sequence = 2", "131073" },
    { "SELECT length(frames) FROM overview WHERE sequence = 3", "256" },
    { "SELECT ifnull(id, 'none') FROM overview WHERE sequence = 2", "none" },
  };

  store_fixture_open_store (f);
  store_fixture_append (f, 1, 3);
  store_fixture_flush (f);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree gchar *answer = store_fixture_ask_sql (f, vectors[i].sql);

      g_assert_cmpstr (answer, ==, vectors[i].expected);
    }
}

/* a file of an older version is brought to the present one, with all that is in it */
static void
test_migration (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *version = NULL;
  g_autofree gchar *n = NULL;

  store_fixture_open_store (f);
  store_fixture_append (f, 1, 3);
  amsel_store_close (f->store);
  store_fixture_run_sql (f, "DROP VIEW overview; DROP TABLE origin;"
                            "ALTER TABLE readout DROP COLUMN origin; PRAGMA user_version = 1");
  store_fixture_reopen (f);
  store_fixture_assert_holds (f, 1, 3, 0);
  version = store_fixture_ask_sql (f, "PRAGMA user_version");
  g_assert_cmpstr (version, ==, "3");
  n = store_fixture_ask_sql (f, "SELECT count(*) FROM overview");
  g_assert_cmpstr (n, ==, "3");
}

static void
test_newer_version (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  store_fixture_open_store (f);
  store_fixture_append (f, 1, 3);
  amsel_store_close (f->store);
  store_fixture_run_sql (f, "PRAGMA user_version = 99");
  store_fixture_renew (f);
  g_assert_false (amsel_store_open (f->store, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_VERSION);
  g_assert_nonnull (strstr (error->message, "newer version"));
  store_fixture_run_sql (f, "PRAGMA user_version = 3");
  store_fixture_open_store (f);
  store_fixture_assert_holds (f, 1, 3, 0);
}

static void
test_other_program (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *folder = g_path_get_dirname (f->file);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0750), ==, 0);
  store_fixture_run_sql (f, "CREATE TABLE bookmarks (url TEXT)");
  g_assert_false (amsel_store_open (f->store, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN);
  g_assert_nonnull (strstr (error->message, "another program"));
}

static void
test_in_use (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselStore) second = amsel_store_new (f->file);
  g_autoptr (GError) error = NULL;

  store_fixture_open_store (f);
  g_assert_false (amsel_store_open (second, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN);
  g_assert_nonnull (strstr (error->message, "in use"));
  amsel_store_close (f->store);
  g_clear_error (&error);
  g_assert_true (amsel_store_open (second, &error));
}

static void
test_no_folder (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *file = g_build_filename (f->folder, "plain", "readings.db", NULL);
  g_autofree gchar *plain = g_build_filename (f->folder, "plain", NULL);
  g_autoptr (AmselStore) store = amsel_store_new (file);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (plain, "a file where a folder is wanted", -1, NULL));
  g_assert_false (amsel_store_open (store, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN);
  g_assert_nonnull (strstr (error->message, plain));
}

int
main (int argc, char **argv)
{
  const struct
  {
    const gchar *path;
    void (*function) (StoreFixture *f, gconstpointer data);
  } tests[] = {
    { "/store/round-trip", test_round_trip },
    { "/store/restart", test_restart },
    { "/store/private", test_private },
    { "/store/close-drains", test_close_drains },
    { "/store/cursor", test_cursor },
    { "/store/last-slot", test_last_slot },
    { "/store/wait", test_wait },
    { "/store/emptied-by-hand", test_emptied_by_hand },
    { "/store/damaged-row", test_damaged_row },
    { "/store/overview", test_overview },
    { "/store/migration", test_migration },
    { "/store/newer-version", test_newer_version },
    { "/store/other-program", test_other_program },
    { "/store/in-use", test_in_use },
    { "/store/no-folder", test_no_folder },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, StoreFixture, NULL, store_fixture_set_up, tests[i].function,
                store_fixture_tear_down);
  return g_test_run ();
}
