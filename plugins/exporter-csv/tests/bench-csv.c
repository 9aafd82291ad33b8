/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How fast stored readouts of 12 values become rows of a file: reading and unpacking, rows, file, commit.
 * Times are of the processor, of all threads together, since the machine may be shared. */
#include <sys/resource.h>

#include <amsel.h>

#include "amsel-export-worker.h"
#include "csv-exporter.h"
#include "csv-samples.h"

#define N_READOUTS 60000
#define N_METERS   300
#define N_VALUES   12
#define GROUP      1000
#define N_REPORTS  20000

static gdouble
cpu_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static AmselReadout *
make_readout (guint number)
{
  g_autofree gchar *meter = g_strdup_printf ("meter-%u", number % N_METERS);
  SampleValue values[N_VALUES] = { 0 };

  for (guint i = 0; i < N_VALUES; i++)
    values[i] = (SampleValue){ i % 2 == 0 ? AMSEL_QUANTITY_VOLUME : AMSEL_QUANTITY_ENERGY,
                               i % 2 == 0 ? AMSEL_UNIT_M3 : AMSEL_UNIT_WH, number * 7 + i, -3, i / 2 };
  return sample_readout (meter, SAMPLE_TIME_US + number / N_METERS * 900 * (gint64) G_USEC_PER_SEC, 0, values,
                         N_VALUES);
}

static void
fill (AmselStore *store)
{
  for (guint i = 0; i < N_READOUTS; i++)
    {
      g_autoptr (AmselReadout) readout = make_readout (i);

      amsel_store_append (store, readout);
      if (i % GROUP == GROUP - 1)
        g_assert_true (amsel_store_flush (store, NULL));
    }
}

static void
bench (AmselStore *store, const gchar *folder, const gchar *name, const gchar *layout, gboolean sync)
{
  g_autofree gchar *csv = g_build_filename (folder, name, NULL);
  g_autoptr (AmselExporter) exporter =
      g_object_new (CSV_TYPE_EXPORTER, "name", name, "directory", csv, "sync", sync, "layout",
                    g_str_equal (layout, "wide") ? 2 : 1, NULL);
  g_autoptr (AmselExportWorker) worker = amsel_export_worker_new (exporter, store, NULL);
  gint64 begin_us = g_get_monotonic_time ();
  gdouble begin_s = cpu_s ();
  gdouble used_s, wall_s;

  amsel_export_worker_start (worker);
  g_assert_true (amsel_export_worker_drain (worker, 300 * G_TIME_SPAN_SECOND));
  used_s = cpu_s () - begin_s;
  wall_s = (gdouble) (g_get_monotonic_time () - begin_us) / 1e6;
  amsel_export_worker_stop (worker);
  g_print ("store_to_csv_%s_values_per_s %.0f 1/s\n", name, N_READOUTS * N_VALUES / used_s);
  g_print ("store_to_csv_%s_wall_values_per_s %.0f 1/s\n", name, N_READOUTS * N_VALUES / wall_s);
}

/* One value report of so many meters, a file for each: rows into the journal, then the making. */
static void
bench_reports (const gchar *folder)
{
  g_autofree gchar *directory = g_build_filename (folder, "reports", NULL);
  g_autoptr (AmselExporter) exporter =
      g_object_new (CSV_TYPE_EXPORTER, "name", "reports", "directory", directory, "profile", 3104, "file",
                    "{made-month}/{meter}_{made}.csv", NULL);
  g_autoptr (GPtrArray) readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  gint64 begin_us;

  g_assert_true (amsel_exporter_start (exporter, NULL, NULL));
  for (guint i = 0; i < N_REPORTS; i++)
    {
      SampleValue value = { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, i, -3 };
      g_autofree gchar *meter = g_strdup_printf ("meter-%u", i);

      g_ptr_array_add (readouts, sample_readout (meter, SAMPLE_TIME_US, i + 1, &value, 1));
    }
  begin_us = g_get_monotonic_time ();
  for (guint i = 0; i < 2; i++)
    {
      g_autofree gchar *state = NULL;

      amsel_exporter_finish (exporter);
      g_assert_true (amsel_exporter_export (exporter, readouts, &state, NULL, NULL));
      g_assert_true (amsel_exporter_committed (exporter, NULL));
      g_ptr_array_set_size (readouts, 0);
    }
  g_print ("reports_20000_s %.2f s\n", (gdouble) (g_get_monotonic_time () - begin_us) / 1e6);
  amsel_exporter_stop (exporter);
}

int
main (void)
{
  g_autofree gchar *folder = sample_make_folder ();
  g_autofree gchar *file = g_build_filename (folder, "store.db", NULL);
  g_autoptr (AmselStore) store = amsel_store_new (file);

  g_assert_true (amsel_store_open (store, NULL));
  fill (store);
  bench (store, folder, "long", "long", TRUE);
  bench (store, folder, "long_nosync", "long", FALSE);
  bench (store, folder, "wide", "wide", TRUE);
  bench_reports (folder);
  amsel_store_close (store);
  sample_remove_folder (folder);
  return 0;
}
