/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kill -9 while the store is busy: whatever was acknowledged is there afterwards, equal, in order and without
 * gaps.
 *
 * The program runs itself as a child that appends without pause and prints each number that it knows to be
 * stored, and each position of an exporter. It is killed after a random number of lines. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "amsel.h"
#include "test-readout.h"

#define ROUNDS      50
#define LINES_MAX   40
#define AHEAD_MAX   200 /* readouts that the child has appended and not yet seen stored */
#define CHILD_LIMIT 100000

static gchar *program;

static AmselStore *
open_store (const gchar *file, gboolean full)
{
  AmselStore *store = g_object_new (AMSEL_TYPE_STORE, "file", file, "durability",
                                    full ? AMSEL_DURABILITY_FULL : AMSEL_DURABILITY_NORMAL, NULL);
  g_autoptr (GError) error = NULL;

  amsel_store_open (store, &error);
  g_assert_no_error (error);
  return store;
}

static gpointer
deliver (gpointer data)
{
  AmselStore *store = data;
  guint64 sequence = 0;

  while (amsel_store_wait (store, sequence, -1, NULL))
    {
      sequence = amsel_store_get_last_sequence (store);
      printf ("r %" G_GUINT64_FORMAT "\n", sequence);
      fflush (stdout);
      if (!amsel_store_commit_cursor (store, "reports", sequence, "state", NULL))
        return NULL;
      printf ("c %" G_GUINT64_FORMAT "\n", sequence);
      fflush (stdout);
    }
  return NULL;
}

static int
run_child (const gchar *file, gboolean full)
{
  AmselStore *store = open_store (file, full);
  guint64 number = amsel_store_get_last_sequence (store);
  guint64 end = number + CHILD_LIMIT;

  g_thread_new ("deliver", deliver, store);
  while (number < end)
    {
      g_autoptr (AmselReadout) readout = test_readout_new_numbered ((guint) ++number);

      amsel_store_append (store, readout);
      if (number > AHEAD_MAX)
        amsel_store_wait (store, number - AHEAD_MAX, -1, NULL);
    }
  return 0;
}

typedef struct
{
  guint64 stored;
  guint64 cursor;
} Acknowledged;

/* Runs the child until it has printed so many lines, and kills it. What it printed beyond that counts too. */
static Acknowledged
run_and_kill (const gchar *file, gboolean full, guint n_lines)
{
  const gchar *argv[] = { program, "--child", file, full ? "full" : "normal", NULL };
  g_autoptr (GError) error = NULL;
  Acknowledged acknowledged = { 0 };
  gint out = -1;
  GPid pid;
  FILE *lines;
  gchar line[64];
  guint n = 0;

  g_spawn_async_with_pipes (NULL, (gchar **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                            &out, NULL, &error);
  g_assert_no_error (error);
  lines = fdopen (out, "r");
  g_assert_nonnull (lines);
  while (fgets (line, sizeof line, lines) != NULL)
    {
      guint64 sequence = g_ascii_strtoull (line + 2, NULL, 10);

      if (strchr (line, '\n') == NULL)
        break;
      if (line[0] == 'r')
        acknowledged.stored = sequence;
      else
        acknowledged.cursor = sequence;
      if (++n == n_lines)
        kill (pid, SIGKILL);
    }
  g_assert_cmpuint (n, >=, n_lines);
  fclose (lines);
  waitpid (pid, NULL, 0);
  g_spawn_close_pid (pid);
  return acknowledged;
}

/* Reads what came after a number and compares all of it. Returns the last. */
static guint64
check_after (AmselStore *store, guint64 sequence)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) readouts = amsel_store_read_after (store, sequence, 256, &error);

      g_assert_no_error (error);
      if (readouts->len == 0)
        return sequence;
      for (guint i = 0; i < readouts->len; i++)
        {
          g_autoptr (AmselReadout) expected = test_readout_new_numbered ((guint) ++sequence);

          g_assert_cmpuint (amsel_readout_get_sequence (readouts->pdata[i]), ==, sequence);
          test_readout_assert_equal (readouts->pdata[i], expected);
        }
    }
}

static void
check (const gchar *file, gboolean full, guint64 from, const Acknowledged *acknowledged, guint64 *last)
{
  g_autoptr (AmselStore) store = open_store (file, full);
  g_autofree gchar *state = NULL;
  gboolean found;
  guint64 cursor;

  *last = check_after (store, from);
  g_assert_cmpuint (*last, >=, acknowledged->stored);
  g_assert_cmpuint (*last, ==, amsel_store_get_last_sequence (store));
  g_assert_true (amsel_store_get_cursor (store, "reports", &found, &cursor, &state, NULL));
  if (acknowledged->cursor > 0)
    {
      g_assert_true (found);
      g_assert_cmpuint (cursor, >=, acknowledged->cursor);
      g_assert_cmpuint (cursor, <=, *last);
      g_assert_cmpstr (state, ==, "state");
    }
  amsel_store_close (store);
}

static void
test_kill (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-kill-XXXXXX", NULL);
  g_autofree gchar *file = g_build_filename (folder, "readings.db", NULL);
  g_autofree gchar *lock = g_strconcat (file, ".lock", NULL);
  guint64 last = 0;

  for (guint round = 0; round < ROUNDS; round++)
    {
      gboolean full = round % 5 == 4;
      Acknowledged acknowledged = run_and_kill (file, full, (guint) g_test_rand_int_range (1, LINES_MAX));

      check (file, full, last, &acknowledged, &last);
    }
  check (file, FALSE, 0, &(Acknowledged){ last, 0 }, &last);
  g_test_message ("%" G_GUINT64_FORMAT " readouts over %d kills", last, ROUNDS);

  g_remove (file);
  g_remove (lock);
  g_assert_cmpint (g_rmdir (folder), ==, 0); /* nothing was set aside, no log is left */
}

int
main (int argc, char **argv)
{
  program = g_file_read_link ("/proc/self/exe", NULL);
  if (argc == 4 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2], g_str_equal (argv[3], "full"));
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-kill/random-moments", test_kill);
  return g_test_run ();
}
