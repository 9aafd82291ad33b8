/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A full disk, at every single operation that can meet it: nothing that was appended is lost, each trouble is
 * told once and its end once. */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "amsel-store-private.h"
#include "amsel.h"
#include "fault-vfs.h"
#include "test-readout.h"

#define N_READOUTS 60
#define CHUNK      20
#define N_LARGE    12000
#define LARGE_STEP 500
#define FAULTS_MAX 2000 /* a scenario has fewer operations than that */

typedef struct
{
  gchar *folder; /* (owned) */
  gchar *file;   /* (owned) */
  AmselStore *store;
  guint n_problems;
  guint n_recovered;
  gchar *recovered; /* (owned) (nullable): the last message */
} Fixture;

static void
on_problem (AmselStore *store G_GNUC_UNUSED, const GError *error, Fixture *f)
{
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL);
  f->n_problems++;
}

static void
on_recovered (AmselStore *store G_GNUC_UNUSED, const gchar *message, Fixture *f)
{
  f->n_recovered++;
  g_free (f->recovered);
  f->recovered = g_strdup (message);
}

static void
remove_files (Fixture *f)
{
  const gchar *const suffixes[] = { "", "-wal", "-shm", ".lock" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree gchar *path = g_strconcat (f->file, suffixes[i], NULL);

      g_remove (path);
    }
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  fault_vfs_register ();
  f->folder = g_dir_make_tmp ("amsel-full-XXXXXX", NULL);
  f->file = g_build_filename (f->folder, "readings.db", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  remove_files (f);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0); /* nothing was set aside */
  g_free (f->folder);
  g_free (f->file);
  g_free (f->recovered);
}

static void
make_store (Fixture *f, const gchar *vfs, AmselDurability durability)
{
  f->store = g_object_new (AMSEL_TYPE_STORE, "file", f->file, "durability", durability, NULL);
  f->store->vfs = vfs;
  f->n_problems = f->n_recovered = 0;
  g_signal_connect (f->store, "problem", G_CALLBACK (on_problem), f);
  g_signal_connect (f->store, "recovered", G_CALLBACK (on_recovered), f);
}

static void
drop_store (Fixture *f)
{
  amsel_store_close (f->store);
  g_clear_object (&f->store);
}

static void
append (Fixture *f, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      g_autoptr (AmselReadout) readout = test_readout_new_numbered (i);

      amsel_store_append (f->store, readout);
    }
}

static void
assert_all_there (Fixture *f, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) readouts = amsel_store_read_after (f->store, 0, n + 1, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (readouts->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AmselReadout) expected = test_readout_new_numbered (i + 1);

      g_assert_cmpuint (amsel_readout_get_sequence (readouts->pdata[i]), ==, i + 1);
      test_readout_assert_equal (readouts->pdata[i], expected);
    }
}

/* All numbers up to n are there; the contents of the last ones are compared. */
static void
assert_ends_with (Fixture *f, guint n)
{
  const guint n_compared = 50;
  g_autoptr (GPtrArray) readouts = amsel_store_read_after (f->store, n - n_compared, n, NULL);

  g_assert_cmpuint (amsel_store_get_first_sequence (f->store), ==, 1);
  g_assert_cmpuint (readouts->len, ==, n_compared);
  for (guint i = 0; i < n_compared; i++)
    {
      g_autoptr (AmselReadout) expected = test_readout_new_numbered (n - n_compared + i + 1);

      test_readout_assert_equal (readouts->pdata[i], expected);
    }
}

/* Opens; a disk that is full then is an error that says so, and the next opening works. */
static void
open_store (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  if (amsel_store_open (f->store, &error))
    return;
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL);
  fault_vfs_disarm ();
  g_clear_error (&error);
  g_assert_true (amsel_store_open (f->store, &error));
}

/* Appends in three groups, with a cursor; the disk is full from somewhere on. Afterwards all is there. */
static void
run_scenario (Fixture *f)
{
  gboolean failed = FALSE;

  open_store (f);
  for (guint first = 1; first <= N_READOUTS; first += CHUNK)
    {
      g_autoptr (GError) error = NULL;

      append (f, first, CHUNK);
      if (!amsel_store_flush (f->store, &error))
        {
          g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL);
          failed = TRUE;
        }
      g_clear_error (&error);
      if (!amsel_store_commit_cursor (f->store, "reports", first, "state", &error))
        {
          g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL);
          failed = TRUE;
        }
    }
  fault_vfs_disarm ();
  g_assert_true (amsel_store_flush (f->store, NULL));
  g_assert_true (amsel_store_commit_cursor (f->store, "reports", N_READOUTS, "end", NULL));
  g_assert_cmpuint (amsel_store_get_n_lost (f->store), ==, 0);
  assert_all_there (f, N_READOUTS);
  drop_store (f);
  g_assert_cmpuint (f->n_recovered, ==, f->n_problems);
  if (failed)
    {
      g_assert_cmpuint (f->n_problems, >=, 1);
      g_assert_nonnull (strstr (f->recovered, "0 were lost"));
    }
}

static void
run_all_faults (Fixture *f, AmselDurability durability, guint count)
{
  for (guint nth = 1; nth < FAULTS_MAX; nth++)
    {
      make_store (f, FAULT_VFS, durability);
      fault_vfs_arm (nth, count);
      run_scenario (f);
      make_store (f, FAULT_VFS, durability);
      g_assert_true (amsel_store_open (f->store, NULL));
      assert_all_there (f, N_READOUTS);
      drop_store (f);
      remove_files (f);
      if (!fault_vfs_has_failed ())
        {
          g_test_message ("%u operations failed in turn", nth - 1);
          return;
        }
    }
  g_assert_not_reached ();
}

static void
test_stays_full (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  run_all_faults (f, AMSEL_DURABILITY_NORMAL, G_MAXINT);
  run_all_faults (f, AMSEL_DURABILITY_FULL, G_MAXINT);
}

static void
test_full_for_a_moment (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  run_all_faults (f, AMSEL_DURABILITY_NORMAL, 1);
  run_all_faults (f, AMSEL_DURABILITY_FULL, 1);
}

/* so much that the log is copied into the file, which the full disk meets too */
static void
test_checkpoint (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gboolean any = TRUE;

  for (guint nth = LARGE_STEP; any; nth += LARGE_STEP)
    {
      make_store (f, FAULT_VFS, AMSEL_DURABILITY_NORMAL);
      g_assert_true (amsel_store_open (f->store, NULL));
      fault_vfs_arm (nth, G_MAXINT);
      for (guint first = 1; first <= N_LARGE; first += N_LARGE / 10)
        {
          append (f, first, N_LARGE / 10);
          amsel_store_flush (f->store, NULL);
        }
      any = fault_vfs_has_failed ();
      fault_vfs_disarm ();
      g_assert_true (amsel_store_flush (f->store, NULL));
      g_assert_cmpuint (amsel_store_get_n_lost (f->store), ==, 0);
      assert_ends_with (f, N_LARGE);
      drop_store (f);
      g_assert_cmpuint (f->n_recovered, ==, f->n_problems);
      make_store (f, FAULT_VFS, AMSEL_DURABILITY_NORMAL);
      g_assert_true (amsel_store_open (f->store, NULL));
      assert_ends_with (f, N_LARGE);
      drop_store (f);
      remove_files (f);
    }
}

/* more than memory-limit comes while the disk is full: the oldest are given up, counted and told */
static void
test_memory_limit (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) readouts = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *lost = NULL;
  guint64 n_lost;

  make_store (f, FAULT_VFS, AMSEL_DURABILITY_NORMAL);
  g_object_set (f->store, "memory-limit", (gint64) 64 * 1024, NULL);
  g_assert_true (amsel_store_open (f->store, NULL));
  fault_vfs_arm (1, G_MAXINT);
  append (f, 1, 1000);
  g_assert_false (amsel_store_flush (f->store, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL);
  n_lost = amsel_store_get_n_lost (f->store);
  g_assert_cmpuint (n_lost, >, 0);
  fault_vfs_disarm ();
  g_assert_true (amsel_store_flush (f->store, NULL));
  readouts = amsel_store_read_after (f->store, 0, 1000, NULL);
  g_assert_cmpuint (readouts->len, ==, 1000 - n_lost);
  for (guint i = 0; i < readouts->len; i++)
    {
      g_autoptr (AmselReadout) expected = test_readout_new_numbered ((guint) n_lost + i + 1);

      g_assert_cmpuint (amsel_readout_get_sequence (readouts->pdata[i]), ==, i + 1);
      test_readout_assert_equal (readouts->pdata[i], expected);
    }
  drop_store (f);
  g_assert_cmpuint (f->n_problems, ==, 1);
  g_assert_cmpuint (f->n_recovered, ==, 1);
  lost = g_strdup_printf ("%" G_GUINT64_FORMAT " were lost", n_lost);
  g_assert_nonnull (strstr (f->recovered, lost));
}

/* the program ends while the disk is full: it ends, and says what is lost */
static void
test_close_while_full (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  make_store (f, FAULT_VFS, AMSEL_DURABILITY_NORMAL);
  g_assert_true (amsel_store_open (f->store, NULL));
  append (f, 1, 10);
  g_assert_true (amsel_store_flush (f->store, NULL));
  fault_vfs_arm (1, G_MAXINT);
  append (f, 11, 10);
  amsel_store_close (f->store);
  g_assert_cmpuint (amsel_store_get_n_lost (f->store), ==, 10);
  g_assert_cmpuint (f->n_problems, ==, 2);
  fault_vfs_disarm ();
  g_assert_true (amsel_store_open (f->store, NULL));
  assert_all_there (f, 10);
  drop_store (f);
}

/* the same by the system itself: a limit on the size of files */
static void
test_file_size_limit (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  struct rlimit old, small;
  g_autoptr (GError) error = NULL;

  make_store (f, NULL, AMSEL_DURABILITY_NORMAL);
  g_assert_true (amsel_store_open (f->store, NULL));
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = 100 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  append (f, 1, 2000);
  g_assert_false (amsel_store_flush (f->store, &error));
  setrlimit (RLIMIT_FSIZE, &old);
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL);
  g_assert_true (amsel_store_flush (f->store, NULL));
  assert_all_there (f, 2000);
  drop_store (f);
  g_assert_cmpuint (f->n_problems, ==, 1);
  g_assert_cmpuint (f->n_recovered, ==, 1);
}

int
main (int argc, char **argv)
{
  const struct
  {
    const gchar *path;
    void (*function) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "/store-full/stays-full", test_stays_full },
    { "/store-full/full-for-a-moment", test_full_for_a_moment },
    { "/store-full/checkpoint", test_checkpoint },
    { "/store-full/memory-limit", test_memory_limit },
    { "/store-full/close-while-full", test_close_while_full },
    { "/store-full/file-size-limit", test_file_size_limit },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
  return g_test_run ();
}
