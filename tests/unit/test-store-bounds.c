/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bounds of the store: size and age, and what is told of readouts that were not delivered. */
#include <string.h>

#include <glib/gstdio.h>

#include "amsel.h"
#include "store-fixture.h"

static void
set_size (StoreFixture *f, gint64 size)
{
  g_object_set (f->store, "max-size", size, NULL);
}

/* the file stays at its bound, the oldest give way, and nobody needs to be told: no exporter wants them */
static void
test_max_size (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint64 first;

  set_size (f, 1 << 20);
  store_fixture_open_store (f);
  for (guint i = 0; i < 20; i++)
    {
      store_fixture_append (f, i * 500 + 1, i * 500 + 500);
      store_fixture_flush (f);
    }
  first = amsel_store_get_first_sequence (f->store);
  g_assert_cmpuint (first, >, 1000);
  g_assert_cmpuint (first, <, 10000);
  store_fixture_assert_holds (f, (guint) first, 10000, 0);
  store_fixture_dispatch ();
  g_assert_cmpuint (f->problems->len, ==, 0);
  amsel_store_close (f->store);
  g_assert_cmpuint (store_fixture_file_size (f), <=, 1 << 20);
  store_fixture_open_store (f);
  store_fixture_append (f, 10001, 10010);
  store_fixture_flush (f);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, 10010);
}

/* max-size is lowered: the file shrinks as readouts come */
static void
test_lowered_size (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gsize before;

  store_fixture_open_store (f);
  store_fixture_append (f, 1, 8000);
  amsel_store_close (f->store);
  before = store_fixture_file_size (f);
  g_assert_cmpuint (before, >, 2 << 20);
  store_fixture_renew (f);
  set_size (f, 1 << 20);
  store_fixture_open_store (f);
  for (guint i = 8001; i <= 8040; i++)
    {
      store_fixture_append (f, i, i);
      store_fixture_flush (f);
    }
  amsel_store_close (f->store);
  g_assert_cmpuint (store_fixture_file_size (f), <=, 1 << 20);
}

/* what an exporter has not delivered is deleted too, but not silently: told once, and once when it is over */
static void
test_drop_undelivered (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  set_size (f, 1 << 20);
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 100);
  store_fixture_flush (f);
  store_fixture_commit_cursor (f, "reports", 50, NULL);
  for (guint i = 0; i < 20; i++)
    {
      store_fixture_append (f, i * 500 + 101, i * 500 + 600);
      store_fixture_flush (f);
    }
  store_fixture_assert_problem (f, 0, AMSEL_STORE_ERROR_FULL, "“reports”");
  g_assert_cmpuint (f->problems->len, ==, 1);
  g_assert_cmpuint (f->recovered->len, ==, 0);
  store_fixture_commit_cursor (f, "reports", 10100, NULL);
  store_fixture_append (f, 10101, 10600);
  store_fixture_flush (f);
  store_fixture_dispatch ();
  g_assert_cmpuint (f->problems->len, ==, 1);
  g_assert_cmpuint (f->recovered->len, ==, 1);
  g_assert_nonnull (strstr (f->recovered->pdata[0], "it were"));
}

/* an exporter of the configuration that never delivered anything counts, one that was taken out does not */
static void
test_set_exporters (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gchar *const exporters[] = { "mqtt", NULL };

  set_size (f, 1 << 20);
  amsel_store_set_exporters (f->store, exporters);
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 10);
  store_fixture_flush (f);
  store_fixture_commit_cursor (f, "reports", 10, NULL);
  store_fixture_append (f, 11, 8000);
  store_fixture_flush (f);
  store_fixture_assert_problem (f, 0, AMSEL_STORE_ERROR_FULL, "“mqtt”");
}

/* keep-unexported: above the bound new readouts wait until the exporter has caught up; nothing is lost */
static void
test_keep_unexported (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  guint64 first, stored;

  set_size (f, 1 << 20);
  g_object_set (f->store, "when-full", AMSEL_WHEN_FULL_KEEP_UNEXPORTED, NULL);
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 100);
  store_fixture_flush (f);
  store_fixture_commit_cursor (f, "reports", 100, NULL);
  store_fixture_append (f, 101, 10000);
  g_assert_false (amsel_store_flush (f->store, &error));
  g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL);
  g_assert_nonnull (strstr (error->message, "“reports”"));
  g_assert_cmpuint (amsel_store_get_first_sequence (f->store), <=, 101);
  stored = amsel_store_get_last_sequence (f->store);
  g_assert_cmpuint (stored + amsel_store_get_n_queued (f->store), ==, 10000);

  /* step by step, as an exporter does; a cursor can be committed although the store takes no readouts */
  while (stored < 10000)
    {
      store_fixture_commit_cursor (f, "reports", stored, NULL);
      amsel_store_flush (f->store, NULL);
      g_assert_cmpuint (amsel_store_get_last_sequence (f->store), >, stored);
      stored = amsel_store_get_last_sequence (f->store);
    }
  first = amsel_store_get_first_sequence (f->store);
  store_fixture_assert_holds (f, (guint) first, 10000, 0);
  g_assert_cmpuint (amsel_store_get_n_lost (f->store), ==, 0);
  store_fixture_dispatch ();
  g_assert_cmpuint (f->problems->len, ==, f->recovered->len);
}

static void
test_max_age (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  test_clock_set_real (f->clock, HOUR_US);
  g_object_set (f->store, "max-age", HOUR_US, NULL);
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 3000); /* number n was read at n seconds */
  store_fixture_flush (f);
  store_fixture_assert_holds (f, 1, 3000, 0);
  test_clock_set_real (f->clock, HOUR_US + 1000 * SECOND_US);
  store_fixture_append (f, 3001, 3001);
  store_fixture_flush (f);
  store_fixture_assert_holds (f, 1000, 3001, 0);
}

/* an idle store looks by itself; the newest readout stays however old it is, so that numbers go on */
static void
test_max_age_idle (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  test_clock_set_real (f->clock, 3000 * SECOND_US);
  g_object_set (f->store, "max-age", HOUR_US, NULL);
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 3000);
  store_fixture_flush (f);
  test_clock_advance (f->clock, 3 * HOUR_US);
  while (amsel_store_get_first_sequence (f->store) != 3000)
    g_thread_yield ();
  store_fixture_assert_holds (f, 3000, 3000, 0);
  store_fixture_append (f, 3001, 3001);
  store_fixture_flush (f);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, 3001);
}

static gpointer
read_all (gpointer data)
{
  StoreFixture *f = data;
  guint64 sequence = 0;

  while (sequence < 20000)
    {
      g_autoptr (GPtrArray) readouts = store_fixture_read_after (f, sequence, 256);

      for (guint i = 0; i < readouts->len; i++)
        g_assert_cmpuint (amsel_readout_get_sequence (readouts->pdata[i]), ==, ++sequence);
      if (readouts->len == 0)
        amsel_store_wait (f->store, sequence, -1, NULL);
    }
  return NULL;
}

/* readers that never rest neither hold up the writer nor let the log grow without end */
static void
test_busy_readers (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GThread *threads[3];
  g_autofree gchar *log = g_strconcat (f->file, "-wal", NULL);
  GStatBuf buf;

  store_fixture_open_store (f);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_all, f);
  for (guint i = 1; i <= 20000; i += 200)
    {
      store_fixture_append (f, i, i + 199);
      store_fixture_flush (f);
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
    void (*function) (StoreFixture *f, gconstpointer data);
  } tests[] = {
    { "/store-bounds/max-size", test_max_size },
    { "/store-bounds/lowered-size", test_lowered_size },
    { "/store-bounds/drop-undelivered", test_drop_undelivered },
    { "/store-bounds/set-exporters", test_set_exporters },
    { "/store-bounds/keep-unexported", test_keep_unexported },
    { "/store-bounds/max-age", test_max_age },
    { "/store-bounds/max-age-idle", test_max_age_idle },
    { "/store-bounds/busy-readers", test_busy_readers },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, StoreFixture, NULL, store_fixture_set_up, tests[i].function,
                store_fixture_tear_down);
  return g_test_run ();
}
