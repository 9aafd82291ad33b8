/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store: what was appended is read again, in order, numbered without gaps, across restarts. */
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "amsel-store-private.h"
#include "amsel.h"
#include "test-clock.h"
#include "test-readout.h"

#define NOW_US    (G_GINT64_CONSTANT (1763800000) * 1000000)
#define SECOND_US G_GINT64_CONSTANT (1000000)
#define HOUR_US   (3600 * SECOND_US)

typedef struct
{
  gchar *folder; /* (owned) */
  gchar *file;   /* (owned) */
  TestClock *clock;
  AmselStore *store;
  GPtrArray *problems;  /* (owned) (element-type GError) */
  GPtrArray *recovered; /* (owned) (element-type utf8) */
  guint64 committed;
} Fixture;

static void
on_problem (AmselStore *store G_GNUC_UNUSED, const GError *error, Fixture *f)
{
  g_ptr_array_add (f->problems, g_error_copy (error));
}

static void
on_recovered (AmselStore *store G_GNUC_UNUSED, const gchar *message, Fixture *f)
{
  g_ptr_array_add (f->recovered, g_strdup (message));
}

static void
on_committed (AmselStore *store G_GNUC_UNUSED, guint64 last_sequence, Fixture *f)
{
  g_assert_cmpuint (last_sequence, >, f->committed);
  f->committed = last_sequence;
}

static void
renew (Fixture *f)
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

static void
open_store (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (amsel_store_open (f->store, &error));
  g_assert_no_error (error);
}

static void
reopen (Fixture *f)
{
  renew (f);
  open_store (f);
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("amsel-store-XXXXXX", NULL);
  f->file = g_build_filename (f->folder, "a", "b", "readings.db", NULL);
  f->clock = test_clock_new (NOW_US);
  f->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  f->recovered = g_ptr_array_new_with_free_func (g_free);
  renew (f);
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

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
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

static void
append (Fixture *f, guint first, guint last)
{
  for (guint i = first; i <= last; i++)
    {
      g_autoptr (AmselReadout) readout = test_readout_new_numbered (i);

      amsel_store_append (f->store, readout);
    }
}

static void
flush (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (amsel_store_flush (f->store, &error));
  g_assert_no_error (error);
}

static void
dispatch (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static GPtrArray *
read_after (Fixture *f, guint64 sequence, guint max)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *readouts = amsel_store_read_after (f->store, sequence, max, &error);

  g_assert_no_error (error);
  return readouts;
}

/* Whether the store holds exactly the numbers from first to last, number n being test_readout_new_numbered (n
 * - shift). */
static void
assert_holds (Fixture *f, guint first, guint last, guint shift)
{
  guint64 sequence = first;
  guint n;

  g_assert_cmpuint (amsel_store_get_first_sequence (f->store), ==, first);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, last);
  do
    {
      g_autoptr (GPtrArray) readouts = read_after (f, sequence - 1, 100);

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

static void
commit_cursor (Fixture *f, const gchar *exporter, guint64 sequence, const gchar *state)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (amsel_store_commit_cursor (f->store, exporter, sequence, state, &error));
  g_assert_no_error (error);
}

static void
assert_cursor (Fixture *f, const gchar *exporter, guint64 sequence, const gchar *state)
{
  g_autofree gchar *got_state = NULL;
  gboolean found = FALSE;
  guint64 got = 0;

  g_assert_true (amsel_store_get_cursor (f->store, exporter, &found, &got, &got_state, NULL));
  g_assert_true (found);
  g_assert_cmpuint (got, ==, sequence);
  g_assert_cmpstr (got_state, ==, state);
}

static void
assert_problem (Fixture *f, guint index, AmselStoreError code, const gchar *part)
{
  const GError *error;

  dispatch ();
  g_assert_cmpuint (f->problems->len, >, index);
  error = f->problems->pdata[index];
  g_assert_error (error, AMSEL_STORE_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
run_sql (Fixture *f, const gchar *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (f->file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static gchar *
ask_sql (Fixture *f, const gchar *sql)
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

static void
test_round_trip (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  open_store (f);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, 0);
  append (f, 1, 500);
  flush (f);
  g_assert_cmpuint (amsel_store_get_n_queued (f->store), ==, 0);
  assert_holds (f, 1, 500, 0);
  dispatch ();
  g_assert_cmpuint (f->committed, ==, 500);
  g_assert_cmpuint (f->problems->len, ==, 0);
}

static void
test_restart (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  open_store (f);
  append (f, 1, 50);
  reopen (f);
  assert_holds (f, 1, 50, 0);
  append (f, 51, 80);
  flush (f);
  assert_holds (f, 1, 80, 0);
}

/* readings tell when people are at home */
static void
test_private (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gchar *const suffixes[] = { "", "-wal", "-shm", ".lock" };

  open_store (f);
  append (f, 1, 1);
  flush (f);
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
test_close_drains (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  open_store (f);
  append (f, 1, 1000);
  amsel_store_close (f->store);
  g_assert_cmpuint (f->committed, ==, 1000);
  g_assert_false (amsel_store_is_open (f->store));
  open_store (f);
  assert_holds (f, 1, 1000, 0);
}

static void
test_cursor (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gboolean found = TRUE;
  guint64 sequence = 1;
  gchar *state = NULL;

  open_store (f);
  g_assert_true (amsel_store_get_cursor (f->store, "reports", &found, &sequence, &state, NULL));
  g_assert_false (found);
  g_assert_cmpuint (sequence, ==, 0);
  g_assert_null (state);
  append (f, 1, 10);
  flush (f);
  commit_cursor (f, "reports", 3, "{\"offset\": 1}");
  commit_cursor (f, "reports", 7, NULL);
  commit_cursor (f, "mqtt", 2, "x");
  reopen (f);
  assert_cursor (f, "reports", 7, NULL);
  assert_cursor (f, "mqtt", 2, "x");
}

static gpointer
wait_for_newer (gpointer data)
{
  Fixture *f = data;

  return GINT_TO_POINTER (amsel_store_wait (f->store, 0, -1, NULL));
}

static gpointer
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_wait (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread;

  open_store (f);
  g_assert_false (amsel_store_wait (f->store, 0, 0, NULL));
  thread = g_thread_new ("wait", wait_for_newer, f);
  append (f, 1, 1);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  g_assert_true (amsel_store_wait (f->store, 0, 0, NULL));
  thread = g_thread_new ("cancel", cancel, cancellable);
  g_assert_false (amsel_store_wait (f->store, 1, -1, cancellable));
  g_thread_join (thread);
}

/* numbers go on although the file was emptied by hand */
static void
test_emptied_by_hand (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  open_store (f);
  append (f, 1, 20);
  flush (f);
  commit_cursor (f, "reports", 20, NULL);
  amsel_store_close (f->store);
  run_sql (f, "DELETE FROM readout");
  reopen (f);
  append (f, 21, 22);
  flush (f);
  assert_holds (f, 21, 22, 0);
}

/* a row that cannot be unpacked comes as an unreadable readout, and those behind it as ever */
static void
test_damaged_row (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) readouts = NULL;
  AmselReadout *bad;

  open_store (f);
  append (f, 1, 4);
  amsel_store_close (f->store);
  run_sql (f, "UPDATE readout SET packed = x'0102', source = 99 WHERE sequence = 3");
  reopen (f);
  readouts = read_after (f, 0, 10);
  g_assert_cmpuint (readouts->len, ==, 4);
  bad = readouts->pdata[2];
  g_assert_cmpint (amsel_readout_get_quality (bad), ==, AMSEL_QUALITY_UNREADABLE);
  g_assert_cmpint (amsel_readout_get_error_code (bad), ==, AMSEL_STORE_ERROR_DAMAGED);
  g_assert_cmpuint (amsel_readout_get_sequence (bad), ==, 3);
  g_assert_cmpuint (amsel_readout_get_sequence (readouts->pdata[3]), ==, 4);
}

/* what docs/store.md promises to users of the sqlite3 tool */
static void
test_overview (Fixture *f, gconstpointer data G_GNUC_UNUSED)
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

  open_store (f);
  append (f, 1, 3);
  flush (f);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree gchar *answer = ask_sql (f, vectors[i].sql);

      g_assert_cmpstr (answer, ==, vectors[i].expected);
    }
}

/* a file of an older version is brought to the present one, with all that is in it */
static void
test_migration (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *version = NULL;
  g_autofree gchar *n = NULL;

  open_store (f);
  append (f, 1, 3);
  amsel_store_close (f->store);
  run_sql (f, "DROP VIEW overview; PRAGMA user_version = 1");
  reopen (f);
  assert_holds (f, 1, 3, 0);
  version = ask_sql (f, "PRAGMA user_version");
  g_assert_cmpstr (version, ==, "2");
  n = ask_sql (f, "SELECT count(*) FROM overview");
  g_assert_cmpstr (n, ==, "3");
}

static void
test_newer_version (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  open_store (f);
  append (f, 1, 3);
  amsel_store_close (f->store);
  run_sql (f, "PRAGMA user_version = 99");
  renew (f);
  g_assert_false (amsel_store_open (f->store, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_VERSION);
  g_assert_nonnull (strstr (error->message, "newer version"));
  run_sql (f, "PRAGMA user_version = 2");
  open_store (f);
  assert_holds (f, 1, 3, 0);
}

static void
test_other_program (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *folder = g_path_get_dirname (f->file);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0750), ==, 0);
  run_sql (f, "CREATE TABLE bookmarks (url TEXT)");
  g_assert_false (amsel_store_open (f->store, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN);
  g_assert_nonnull (strstr (error->message, "another program"));
}

static void
test_in_use (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselStore) second = amsel_store_new (f->file);
  g_autoptr (GError) error = NULL;

  open_store (f);
  g_assert_false (amsel_store_open (second, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN);
  g_assert_nonnull (strstr (error->message, "in use"));
  amsel_store_close (f->store);
  g_clear_error (&error);
  g_assert_true (amsel_store_open (second, &error));
}

/* overwrites a part of the file, as a failing disk does; from 0 on where offset is 0 */
static void
damage_file (Fixture *f, gsize offset, gsize length)
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

static gsize
file_size (Fixture *f)
{
  GStatBuf buf;

  g_assert_cmpint (g_stat (f->file, &buf), ==, 0);
  return (gsize) buf.st_size;
}

static guint
count_set_aside (Fixture *f)
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
test_garbage (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  open_store (f);
  append (f, 1, 50);
  amsel_store_close (f->store);
  damage_file (f, 0, file_size (f));
  reopen (f);
  assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "set aside");
  g_assert_cmpuint (count_set_aside (f), ==, 1);
  append (f, 1, 5);
  flush (f);
  assert_holds (f, 1, 5, 0);

  amsel_store_close (f->store);
  damage_file (f, 0, 4096);
  reopen (f);
  g_assert_cmpuint (count_set_aside (f), ==, 2);
}

/* a part of the file is damaged: numbers and cursors go on in the new one */
static void
test_damaged_page (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  open_store (f);
  append (f, 1, 2000);
  flush (f);
  commit_cursor (f, "reports", 1990, "state");
  amsel_store_close (f->store);
  damage_file (f, file_size (f) / 2 / 4096 * 4096, 8192);
  reopen (f);
  assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "set aside");
  g_assert_cmpuint (count_set_aside (f), ==, 1);
  assert_cursor (f, "reports", 1990, "state");
  append (f, 2001, 2005);
  flush (f);
  assert_holds (f, 2001, 2005, 0);
}

static void
test_truncated (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  open_store (f);
  append (f, 1, 2000);
  flush (f);
  commit_cursor (f, "reports", 1990, "state");
  amsel_store_close (f->store);
  g_assert_cmpint (truncate (f->file, (off_t) file_size (f) / 2), ==, 0);
  reopen (f);
  assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "set aside");
  append (f, 1, 1);
  flush (f);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), >, 0);
}

static void
test_empty_file (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *folder = g_path_get_dirname (f->file);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0750), ==, 0);
  g_assert_true (g_file_set_contents (f->file, "", 0, NULL));
  open_store (f);
  append (f, 1, 3);
  flush (f);
  assert_holds (f, 1, 3, 0);
  dispatch ();
  g_assert_cmpuint (f->problems->len, ==, 0);
}

/* the file is damaged while it is in use: the next reading or writing that meets it replaces the file */
static void
test_damaged_in_use (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) readouts = NULL;

  open_store (f);
  append (f, 1, 2000);
  amsel_store_close (f->store);
  open_store (f);
  damage_file (f, 4096, file_size (f) - 4096);
  readouts = amsel_store_read_after (f->store, 0, 4000, &error);
  g_assert_null (readouts);
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED);
  append (f, 2001, 2005);
  flush (f);
  assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "set aside");
  assert_holds (f, 2001, 2005, 0);
}

/* somebody removes the file while it is in use: a new one, with the numbers and cursors of the old */
static void
test_removed_in_use (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gchar *const suffixes[] = { "", "-wal", "-shm" };

  open_store (f);
  append (f, 1, 10);
  flush (f);
  commit_cursor (f, "reports", 9, "state");
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree gchar *path = g_strconcat (f->file, suffixes[i], NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  append (f, 11, 15);
  flush (f);
  assert_problem (f, 0, AMSEL_STORE_ERROR_DAMAGED, "removed");
  assert_holds (f, 11, 15, 0);
  reopen (f);
  assert_holds (f, 11, 15, 0);
  assert_cursor (f, "reports", 9, "state");
}

static void
test_no_folder (Fixture *f, gconstpointer data G_GNUC_UNUSED)
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

static void
set_size (Fixture *f, gint64 size)
{
  g_object_set (f->store, "max-size", size, NULL);
}

/* the file stays at its bound, the oldest give way, and nobody needs to be told: no exporter wants them */
static void
test_max_size (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint64 first;

  set_size (f, 1 << 20);
  open_store (f);
  for (guint i = 0; i < 20; i++)
    {
      append (f, i * 500 + 1, i * 500 + 500);
      flush (f);
    }
  first = amsel_store_get_first_sequence (f->store);
  g_assert_cmpuint (first, >, 1000);
  g_assert_cmpuint (first, <, 10000);
  assert_holds (f, (guint) first, 10000, 0);
  dispatch ();
  g_assert_cmpuint (f->problems->len, ==, 0);
  amsel_store_close (f->store);
  g_assert_cmpuint (file_size (f), <=, 1 << 20);
  open_store (f);
  append (f, 10001, 10010);
  flush (f);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, 10010);
}

/* max-size is lowered: the file shrinks as readouts come */
static void
test_lowered_size (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gsize before;

  open_store (f);
  append (f, 1, 8000);
  amsel_store_close (f->store);
  before = file_size (f);
  g_assert_cmpuint (before, >, 2 << 20);
  renew (f);
  set_size (f, 1 << 20);
  open_store (f);
  for (guint i = 8001; i <= 8040; i++)
    {
      append (f, i, i);
      flush (f);
    }
  amsel_store_close (f->store);
  g_assert_cmpuint (file_size (f), <=, 1 << 20);
}

/* what an exporter has not delivered is deleted too, but not silently: told once, and once when it is over */
static void
test_drop_undelivered (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  set_size (f, 1 << 20);
  open_store (f);
  append (f, 1, 100);
  flush (f);
  commit_cursor (f, "reports", 50, NULL);
  for (guint i = 0; i < 20; i++)
    {
      append (f, i * 500 + 101, i * 500 + 600);
      flush (f);
    }
  assert_problem (f, 0, AMSEL_STORE_ERROR_FULL, "“reports”");
  g_assert_cmpuint (f->problems->len, ==, 1);
  g_assert_cmpuint (f->recovered->len, ==, 0);
  commit_cursor (f, "reports", 10100, NULL);
  append (f, 10101, 10600);
  flush (f);
  dispatch ();
  g_assert_cmpuint (f->problems->len, ==, 1);
  g_assert_cmpuint (f->recovered->len, ==, 1);
  g_assert_nonnull (strstr (f->recovered->pdata[0], "it were"));
}

/* an exporter of the configuration that never delivered anything counts, one that was taken out does not */
static void
test_set_exporters (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gchar *const exporters[] = { "mqtt", NULL };

  set_size (f, 1 << 20);
  amsel_store_set_exporters (f->store, exporters);
  open_store (f);
  append (f, 1, 10);
  flush (f);
  commit_cursor (f, "reports", 10, NULL);
  append (f, 11, 8000);
  flush (f);
  assert_problem (f, 0, AMSEL_STORE_ERROR_FULL, "“mqtt”");
}

/* keep-unexported: above the bound new readouts wait until the exporter has caught up; nothing is lost */
static void
test_keep_unexported (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  guint64 first, stored;

  set_size (f, 1 << 20);
  g_object_set (f->store, "when-full", AMSEL_WHEN_FULL_KEEP_UNEXPORTED, NULL);
  open_store (f);
  append (f, 1, 100);
  flush (f);
  commit_cursor (f, "reports", 100, NULL);
  append (f, 101, 10000);
  g_assert_false (amsel_store_flush (f->store, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL);
  g_assert_nonnull (strstr (error->message, "“reports”"));
  g_assert_cmpuint (amsel_store_get_first_sequence (f->store), <=, 101);
  stored = amsel_store_get_last_sequence (f->store);
  g_assert_cmpuint (stored + amsel_store_get_n_queued (f->store), ==, 10000);

  /* step by step, as an exporter does; a cursor can be committed although the store takes no readouts */
  while (stored < 10000)
    {
      commit_cursor (f, "reports", stored, NULL);
      amsel_store_flush (f->store, NULL);
      g_assert_cmpuint (amsel_store_get_last_sequence (f->store), >, stored);
      stored = amsel_store_get_last_sequence (f->store);
    }
  first = amsel_store_get_first_sequence (f->store);
  assert_holds (f, (guint) first, 10000, 0);
  g_assert_cmpuint (amsel_store_get_n_lost (f->store), ==, 0);
  dispatch ();
  g_assert_cmpuint (f->problems->len, ==, f->recovered->len);
}

static void
test_max_age (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  test_clock_set_real (f->clock, HOUR_US);
  g_object_set (f->store, "max-age", HOUR_US, NULL);
  open_store (f);
  append (f, 1, 3000); /* number n was read at n seconds */
  flush (f);
  assert_holds (f, 1, 3000, 0);
  test_clock_set_real (f->clock, HOUR_US + 1000 * SECOND_US);
  append (f, 3001, 3001);
  flush (f);
  assert_holds (f, 1000, 3001, 0);
}

/* an idle store looks by itself; the newest readout stays however old it is, so that numbers go on */
static void
test_max_age_idle (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  test_clock_set_real (f->clock, 3000 * SECOND_US);
  g_object_set (f->store, "max-age", HOUR_US, NULL);
  open_store (f);
  append (f, 1, 3000);
  flush (f);
  test_clock_advance (f->clock, 3 * HOUR_US);
  while (amsel_store_get_first_sequence (f->store) != 3000)
    g_thread_yield ();
  assert_holds (f, 3000, 3000, 0);
  append (f, 3001, 3001);
  flush (f);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, 3001);
}

static gpointer
read_all (gpointer data)
{
  Fixture *f = data;
  guint64 sequence = 0;

  while (sequence < 20000)
    {
      g_autoptr (GPtrArray) readouts = read_after (f, sequence, 256);

      for (guint i = 0; i < readouts->len; i++)
        g_assert_cmpuint (amsel_readout_get_sequence (readouts->pdata[i]), ==, ++sequence);
      if (readouts->len == 0)
        amsel_store_wait (f->store, sequence, -1, NULL);
    }
  return NULL;
}

/* readers that never rest neither hold up the writer nor let the log grow without end */
static void
test_busy_readers (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GThread *threads[3];
  g_autofree gchar *log = g_strconcat (f->file, "-wal", NULL);
  GStatBuf buf;

  open_store (f);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_all, f);
  for (guint i = 1; i <= 20000; i += 200)
    {
      append (f, i, i + 199);
      flush (f);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (g_stat (log, &buf), ==, 0);
  g_assert_cmpint (buf.st_size, <, (AMSEL_STORE_WAL_PAGES_MAX + 1000) * 4200);
}

int
main (int argc, char **argv)
{
  const struct
  {
    const gchar *path;
    void (*function) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "/store/round-trip", test_round_trip },
    { "/store/restart", test_restart },
    { "/store/private", test_private },
    { "/store/close-drains", test_close_drains },
    { "/store/cursor", test_cursor },
    { "/store/wait", test_wait },
    { "/store/emptied-by-hand", test_emptied_by_hand },
    { "/store/damaged-row", test_damaged_row },
    { "/store/overview", test_overview },
    { "/store/migration", test_migration },
    { "/store/newer-version", test_newer_version },
    { "/store/other-program", test_other_program },
    { "/store/in-use", test_in_use },
    { "/store/no-folder", test_no_folder },
    { "/store/garbage", test_garbage },
    { "/store/damaged-page", test_damaged_page },
    { "/store/truncated", test_truncated },
    { "/store/empty-file", test_empty_file },
    { "/store/damaged-in-use", test_damaged_in_use },
    { "/store/removed-in-use", test_removed_in_use },
    { "/store/max-size", test_max_size },
    { "/store/lowered-size", test_lowered_size },
    { "/store/drop-undelivered", test_drop_undelivered },
    { "/store/set-exporters", test_set_exporters },
    { "/store/keep-unexported", test_keep_unexported },
    { "/store/max-age", test_max_age },
    { "/store/max-age-idle", test_max_age_idle },
    { "/store/busy-readers", test_busy_readers },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
  return g_test_run ();
}
