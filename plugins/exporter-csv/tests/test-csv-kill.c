/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kill -9 of store, export worker and CSV exporter under load: whatever was acknowledged as stored is in the
 * files exactly once, in order, in whole rows.
 *
 * The program runs itself as a child that appends without pause and prints the number of the last readout
 * that is stored. It is killed after a random number of lines, 200 times in all, and started again. */
#include <amsel.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "amsel-export-worker.h"
#include "csv-exporter.h"
#include "csv-samples.h"

#define ROUNDS   100 /* of each of the two arrangements */
#define REPORTS  25  /* rounds with value reports */
#define LINES    20
#define GROUP    20
#define N_METERS 5

static const gchar *const METERS[N_METERS] = { "north", "south", "east", "west", "middle" };

static gchar *program;

static AmselExporter *
make_exporter (const gchar *folder, const gchar *arrangement)
{
  const gchar *const columns[] = { "sequence", "meter", "value", "time", NULL };
  gboolean pieces = g_str_equal (arrangement, "pieces");

  if (g_str_equal (arrangement, "reports"))
    return g_object_new (CSV_TYPE_EXPORTER, "name", "reports", "directory", folder, "profile", 2109, "every",
                         (gint64) 0, "file", "{meter}_{made}.csv", "log", "log.txt", "sync", FALSE, "batch",
                         50, NULL);
  /* files by meter that end by size, with their renames; or one file that never ends */
  return g_object_new (CSV_TYPE_EXPORTER, "name", "reports", "directory", folder, "file",
                       pieces ? "{meter}.csv" : "all.csv", "rotate-size", pieces ? (gint64) 4000 : (gint64) 0,
                       "columns", columns, "sync", FALSE, "batch", 50, "linger", (gint64) 0, NULL);
}

static void
append_group (AmselStore *store, guint64 after)
{
  for (guint64 i = after + 1; i <= after + GROUP; i++)
    {
      g_autoptr (AmselReadout) readout =
          sample_volume (METERS[i % N_METERS], SAMPLE_TIME_US + (gint64) i * G_USEC_PER_SEC, 0, (gint64) i);

      amsel_store_append (store, readout);
    }
}

static void
say (guint64 sequence)
{
  printf ("%" G_GUINT64_FORMAT "\n", sequence);
  fflush (stdout);
}

static int
run_child (const gchar *folder, const gchar *arrangement, gboolean drain)
{
  g_autofree gchar *file = g_build_filename (folder, "store.db", NULL);
  g_autofree gchar *csv = g_build_filename (folder, "csv", NULL);
  g_autoptr (AmselStore) store = amsel_store_new (file);
  g_autoptr (AmselExporter) exporter = make_exporter (csv, arrangement);
  g_autoptr (AmselExportWorker) worker = amsel_export_worker_new (exporter, store, NULL);
  g_autoptr (GError) error = NULL;
  gboolean drained = FALSE;

  amsel_store_open (store, &error);
  g_assert_no_error (error);
  amsel_export_worker_start (worker);
  while (!drain)
    {
      append_group (store, amsel_store_get_last_sequence (store));
      amsel_store_flush (store, &error);
      g_assert_no_error (error);
      say (amsel_store_get_last_sequence (store));
    }
  drained = amsel_export_worker_drain (worker, 30 * G_TIME_SPAN_SECOND);
  amsel_export_worker_stop (worker);
  amsel_store_close (store);
  return drained ? 0 : 1;
}

/* Runs the child until it has printed so many lines, and kills it; 0 lets it drain and end. Returns the last
 * number that it printed. */
static guint64
run_and_kill (const gchar *folder, const gchar *arrangement, guint n_lines)
{
  const gchar *argv[] = { program, "--child", folder, arrangement, n_lines > 0 ? "load" : "drain", NULL };
  g_autoptr (GError) error = NULL;
  guint64 acknowledged = 0;
  gchar line[64];
  gint out = -1, status;
  guint n = 0;
  FILE *lines;
  GPid pid;

  g_spawn_async_with_pipes (NULL, (gchar **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                            &out, NULL, &error);
  g_assert_no_error (error);
  lines = fdopen (out, "r");
  g_assert_nonnull (lines);
  while (fgets (line, sizeof line, lines) != NULL && strchr (line, '\n') != NULL)
    {
      acknowledged = g_ascii_strtoull (line, NULL, 10);
      if (++n == n_lines)
        kill (pid, SIGKILL);
    }
  fclose (lines);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (n_lines == 0)
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  else
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  g_spawn_close_pid (pid);
  return acknowledged;
}

/* Compares one row with what it must be, byte for byte, and counts it. */
static void
check_row (const gchar *row, guint8 *seen, guint64 last, guint64 *previous)
{
  guint64 sequence = g_ascii_strtoull (row, NULL, 10);
  g_autofree gchar *expected = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autofree gchar *time_text = NULL;

  g_assert_cmpuint (sequence, >=, 1);
  g_assert_cmpuint (sequence, <=, last);
  time = g_date_time_new_from_unix_utc (SAMPLE_TIME_US / G_USEC_PER_SEC + (gint64) sequence);
  time_text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  expected =
      g_strdup_printf ("%" G_GUINT64_FORMAT ",%s,%" G_GUINT64_FORMAT ".%03u,%s", sequence,
                       METERS[sequence % N_METERS], sequence / 1000, (guint) (sequence % 1000), time_text);
  g_assert_cmpstr (row, ==, expected);
  g_assert_cmpuint (seen[sequence], ==, 0);
  seen[sequence] = 1;
  g_assert_cmpuint (sequence, >, *previous);
  *previous = sequence;
}

/* Checks one file; FALSE where it does not exist. */
static gboolean
check_file (const gchar *folder, const gchar *name, guint8 *seen, guint64 last, guint64 *previous,
            guint *n_files)
{
  g_autofree gchar *text = sample_read (folder, name);
  g_auto (GStrv) rows = NULL;

  if (text == NULL)
    return FALSE;
  (*n_files)++;
  g_assert_true (g_str_has_suffix (text, "\r\n"));
  rows = g_strsplit (text, "\r\n", -1);
  g_assert_cmpstr (rows[0], ==, "sequence,meter,value,time");
  for (guint i = 1; rows[i + 1] != NULL; i++)
    check_row (rows[i], seen, last, previous);
  return TRUE;
}

/* Checks the files of one name in the order of their numbers: rows go on from each to the next. */
static guint
check_series (const gchar *folder, const gchar *stem, guint8 *seen, guint64 last)
{
  guint64 previous = 0;
  guint n_files = 0;

  for (guint n = 1;; n++)
    {
      g_autofree gchar *name =
          n == 1 ? g_strdup_printf ("%s.csv", stem) : g_strdup_printf ("%s-%u.csv", stem, n);
      g_autofree gchar *part = g_strconcat (name, ".part", NULL);

      if (!check_file (folder, name, seen, last, &previous, &n_files)
          && !check_file (folder, part, seen, last, &previous, &n_files))
        return n_files;
    }
}

/* Nothing else may look like a result. */
static guint
count_results (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += !g_str_has_suffix (name, ".new");
  return n;
}

static guint64
get_last (const gchar *folder)
{
  g_autofree gchar *file = g_build_filename (folder, "store.db", NULL);
  g_autoptr (AmselStore) store = amsel_store_new (file);
  guint64 last;

  g_assert_true (amsel_store_open (store, NULL));
  last = amsel_store_get_last_sequence (store);
  amsel_store_close (store);
  return last;
}

static void
test_kill (gconstpointer arrangement)
{
  g_autofree gchar *folder = sample_make_folder ();
  g_autofree gchar *csv = g_build_filename (folder, "csv", NULL);
  g_autofree guint8 *seen = NULL;
  guint64 acknowledged = 0, last;
  guint n_files = 0;

  for (guint round = 0; round < ROUNDS; round++)
    acknowledged =
        MAX (acknowledged, run_and_kill (folder, arrangement, (guint) g_test_rand_int_range (1, LINES)));
  run_and_kill (folder, arrangement, 0);
  last = get_last (folder);
  g_assert_cmpuint (last, >=, acknowledged);
  seen = g_malloc0 (last + 1);
  if (g_str_equal (arrangement, "pieces"))
    for (guint i = 0; i < N_METERS; i++)
      n_files += check_series (csv, METERS[i], seen, last);
  else
    n_files = check_series (csv, "all", seen, last);
  for (guint64 i = 1; i <= last; i++)
    g_assert_cmpuint (seen[i], ==, 1);
  g_assert_cmpuint (count_results (csv), ==, n_files);
  g_test_message ("%" G_GUINT64_FORMAT " readouts in %u files over %d kills", last, n_files, ROUNDS);
  sample_remove_folder (folder);
}

/* Checks one value report: a header, then rows of one meter, each readout once. */
static void
check_report (const gchar *folder, const gchar *name, guint8 *seen, guint64 last)
{
  g_autofree gchar *text = sample_read (folder, name);
  g_auto (GStrv) rows = g_strsplit (text, "\r\n", -1);

  g_assert_cmpstr (
      rows[0], ==,
      "#serial-number;device-identification;created;value-data-count;volume,m3,inst-value,0,0,0");
  g_assert_true (g_str_has_suffix (text, "\r\n"));
  for (guint i = 1; rows[i + 1] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (rows[i], ";", -1);
      g_auto (GStrv) number = NULL;
      guint64 litres;

      g_assert_cmpuint (g_strv_length (fields), ==, 5);
      number = g_strsplit (fields[4], ",", -1);
      g_assert_cmpuint (g_strv_length (number), ==, 2);
      litres = g_ascii_strtoull (number[0], NULL, 10) * 1000 + g_ascii_strtoull (number[1], NULL, 10);
      g_assert_cmpuint (litres, >=, 1);
      g_assert_cmpuint (litres, <=, last);
      g_assert_cmpuint (seen[litres], ==, 0);
      g_assert_true (g_str_has_prefix (name, METERS[litres % N_METERS]));
      seen[litres] = 1;
    }
}

/* How many readouts the log has counted. */
static guint64
count_log (const gchar *folder)
{
  g_autofree gchar *text = sample_read (folder, "log.txt");
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  guint64 n = 0;

  for (guint i = 0; lines[i + 1] != NULL; i++)
    {
      const gchar *report = strstr (lines[i], ";report;");

      g_assert_nonnull (report);
      n += g_ascii_strtoull (report + strlen (";report;"), NULL, 10);
    }
  return n;
}

static void
test_kill_reports (void)
{
  g_autofree gchar *folder = sample_make_folder ();
  g_autofree gchar *csv = g_build_filename (folder, "csv", NULL);
  g_autofree guint8 *seen = NULL;
  g_autoptr (GDir) dir = NULL;
  guint64 acknowledged = 0, last;
  const gchar *name;
  guint n_files = 0;

  for (guint round = 0; round < REPORTS; round++)
    acknowledged =
        MAX (acknowledged, run_and_kill (folder, "reports", (guint) g_test_rand_int_range (1, LINES)));
  run_and_kill (folder, "reports", 0);
  last = get_last (folder);
  g_assert_cmpuint (last, >=, acknowledged);
  seen = g_malloc0 (last + 1);
  dir = g_dir_open (csv, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".csv"))
      {
        check_report (csv, name, seen, last);
        n_files++;
      }
  for (guint64 i = 1; i <= last; i++)
    g_assert_cmpuint (seen[i], ==, 1);
  g_assert_cmpuint (count_log (csv), ==, last);
  g_test_message ("%" G_GUINT64_FORMAT " readouts in %u reports over %d kills", last, n_files, REPORTS);
  sample_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  program = g_file_read_link ("/proc/self/exe", NULL);
  if (argc == 5 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2], argv[3], g_str_equal (argv[4], "drain"));
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/csv-kill/files-that-end", "pieces", test_kill);
  g_test_add_data_func ("/csv-kill/one-file", "one", test_kill);
  g_test_add_func ("/csv-kill/reports", test_kill_reports);
  return g_test_run ();
}
