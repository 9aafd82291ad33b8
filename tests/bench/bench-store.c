/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the store costs: packing, appending with commit, reading; for readouts of 12 records. */
#include <sys/resource.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "amsel-readout-pack.h"
#include "amsel.h"
#include "test-readout.h"

#define N_READOUTS   100000
#define N_METERS     300
#define N_RECORDS    12
#define READ_AT_ONCE 256

/* so many wait at most, as behind a protocol that is not much faster than the store */
#define AHEAD_MAX 4000

static gdouble
cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
         + (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void
print_each (const gchar *name, gdouble from_us)
{
  g_print ("%s %.2f us\n", name, (cpu_us () - from_us) / N_READOUTS);
}

static glong
rss_kb (void)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) fields = NULL;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  fields = g_strsplit (text, " ", 3);
  return (glong) g_ascii_strtoll (fields[1], NULL, 10) * 4;
}

static void
bench_pack (GPtrArray *readouts)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  gdouble from = cpu_us ();

  for (guint i = 0; i < N_READOUTS; i++)
    {
      g_byte_array_set_size (packed, 0);
      g_byte_array_set_size (frames, 0);
      amsel_readout_pack (readouts->pdata[i % N_METERS], packed, frames);
    }
  print_each ("readout_pack", from);
  g_print ("readout_packed_bytes %u bytes\n", packed->len);

  from = cpu_us ();
  for (guint i = 0; i < N_READOUTS; i++)
    {
      g_autoptr (AmselReadout) readout =
          amsel_readout_unpack (amsel_readout_get_info (readouts->pdata[0]), 1, packed->data, packed->len,
                                frames->data, frames->len, NULL);

      g_assert_nonnull (readout);
    }
  print_each ("readout_unpack", from);
}

static void
bench_append (AmselStore *store, GPtrArray *readouts)
{
  g_autoptr (GError) error = NULL;
  gint64 wall = g_get_monotonic_time ();
  gdouble from = cpu_us ();

  for (guint i = 0; i < N_READOUTS; i++)
    {
      amsel_store_append (store, readouts->pdata[i % N_METERS]);
      if (i % AHEAD_MAX == AHEAD_MAX - 1)
        amsel_store_flush (store, &error);
    }
  amsel_store_flush (store, &error);
  g_assert_no_error (error);
  print_each ("store_append", from);
  g_print ("store_append_wall %.2f us\n", (gdouble) (g_get_monotonic_time () - wall) / N_READOUTS);
}

static void
bench_read (AmselStore *store)
{
  gdouble from = cpu_us ();
  guint64 sequence = 0;

  while (sequence < N_READOUTS)
    {
      g_autoptr (GPtrArray) read = amsel_store_read_after (store, sequence, READ_AT_ONCE, NULL);

      g_assert_cmpuint (read->len, >, 0);
      sequence = amsel_readout_get_sequence (read->pdata[read->len - 1]);
    }
  print_each ("store_read", from);
}

int
main (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-bench-XXXXXX", NULL);
  g_autofree gchar *file = g_build_filename (folder, "readings.db", NULL);
  g_autofree gchar *lock = g_strconcat (file, ".lock", NULL);
  g_autoptr (GPtrArray) readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  g_autoptr (AmselStore) store = amsel_store_new (file);
  glong before = rss_kb ();
  GStatBuf buf = { 0 };

  if (!amsel_store_open (store, NULL))
    return 1;
  g_print ("store_open_rss %ld kB\n", rss_kb () - before);
  for (guint i = 0; i < N_METERS; i++)
    {
      g_autofree gchar *meter = g_strdup_printf ("meter-%u", i);

      g_ptr_array_add (readouts, test_readout_new_plain (meter, 1763800000 + i, N_RECORDS));
    }
  bench_pack (readouts);
  bench_append (store, readouts);
  bench_read (store);
  g_print ("store_busy_rss %ld kB\n", rss_kb () - before);
  amsel_store_close (store);
  if (g_stat (file, &buf) == 0)
    g_print ("store_row_bytes %ld bytes\n", (glong) buf.st_size / N_READOUTS);
  g_remove (file);
  g_remove (lock);
  g_rmdir (folder);
  return 0;
}
