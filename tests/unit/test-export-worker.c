/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The export worker between a real store and an exporter that fails on demand. */
#include <amsel.h>
#include <glib/gstdio.h>
#include <string.h>

#include "amsel-export-worker.h"

/* An exporter that keeps what it got. It fails as often as told, and what it accepted but did not see
 * committed is undone by its next start, as a real one has to do it. */
#define FAULTY_TYPE_EXPORTER (faulty_exporter_get_type ())
G_DECLARE_FINAL_TYPE (FaultyExporter, faulty_exporter, FAULTY, EXPORTER, AmselExporter)

struct _FaultyExporter
{
  AmselExporter parent_instance;

  GMutex mutex;
  GCond cond;
  guint fail_start; /* how many calls fail */
  guint fail_export;
  guint fail_committed;
  guint fail_silently; /* how many calls of export fail without an error */
  gboolean block;      /* export waits until it is cancelled */
  gint64 deadline_us;
  gboolean keep_deadline; /* does not move it when it is served */
  GArray *sequences;      /* (owned) (element-type guint64) */
  guint n_starts;
  guint n_stops;
  guint n_exports;
  guint n_empty;
  guint n_finishes;
  gboolean blocked; /* is in a call that waits */
};

G_DEFINE_FINAL_TYPE (FaultyExporter, faulty_exporter, AMSEL_TYPE_EXPORTER)

static gboolean
fails (guint *n, GError **error)
{
  if (*n == 0)
    return FALSE;
  (*n)--;
  g_set_error_literal (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_REMOTE, "the far end is away");
  return TRUE;
}

static gboolean
faulty_exporter_start (AmselExporter *exporter, const gchar *state, GError **error)
{
  FaultyExporter *self = FAULTY_EXPORTER (exporter);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->n_starts++;
  g_array_set_size (self->sequences, state != NULL ? (guint) g_ascii_strtoull (state, NULL, 10) : 0);
  g_cond_broadcast (&self->cond);
  return !fails (&self->fail_start, error);
}

static gboolean
faulty_exporter_export (AmselExporter *exporter, GPtrArray *readouts, gchar **out_state,
                        GCancellable *cancellable, GError **error)
{
  FaultyExporter *self = FAULTY_EXPORTER (exporter);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->n_exports++;
  self->n_empty += readouts->len == 0;
  for (guint i = 0; i < readouts->len; i++)
    {
      guint64 sequence = amsel_readout_get_sequence (g_ptr_array_index (readouts, i));

      g_array_append_val (self->sequences, sequence);
    }
  g_cond_broadcast (&self->cond);
  if (self->block && readouts->len > 0)
    {
      self->blocked = TRUE;
      g_clear_pointer (&locker, g_mutex_locker_free);
      while (!g_cancellable_is_cancelled (cancellable))
        g_thread_yield ();
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return FALSE;
    }
  if (self->fail_silently > 0)
    {
      self->fail_silently--;
      return FALSE;
    }
  if (!self->keep_deadline)
    self->deadline_us = 0;
  *out_state = g_strdup_printf ("%u", self->sequences->len);
  return !fails (&self->fail_export, error);
}

static gboolean
faulty_exporter_committed (AmselExporter *exporter, GError **error)
{
  FaultyExporter *self = FAULTY_EXPORTER (exporter);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return !fails (&self->fail_committed, error);
}

static gint64
faulty_exporter_get_deadline_us (AmselExporter *exporter)
{
  FaultyExporter *self = FAULTY_EXPORTER (exporter);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->deadline_us;
}

static void
faulty_exporter_stop (AmselExporter *exporter)
{
  FaultyExporter *self = FAULTY_EXPORTER (exporter);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->n_stops++;
  g_cond_broadcast (&self->cond);
}

static void
faulty_exporter_finish (AmselExporter *exporter)
{
  FaultyExporter *self = FAULTY_EXPORTER (exporter);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->n_finishes++;
}

static void
faulty_exporter_finalize (GObject *object)
{
  FaultyExporter *self = FAULTY_EXPORTER (object);

  g_array_unref (self->sequences);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (faulty_exporter_parent_class)->finalize (object);
}

static void
faulty_exporter_class_init (FaultyExporterClass *klass)
{
  AmselExporterClass *exporter_class = AMSEL_EXPORTER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = faulty_exporter_finalize;
  exporter_class->start = faulty_exporter_start;
  exporter_class->export = faulty_exporter_export;
  exporter_class->committed = faulty_exporter_committed;
  exporter_class->get_deadline_us = faulty_exporter_get_deadline_us;
  exporter_class->stop = faulty_exporter_stop;
  exporter_class->finish = faulty_exporter_finish;
}

static void
faulty_exporter_init (FaultyExporter *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->sequences = g_array_new (FALSE, FALSE, sizeof (guint64));
}

typedef struct
{
  gchar *folder;             /* (owned) */
  AmselStore *store;         /* (owned) */
  FaultyExporter *exporter;  /* (owned) */
  AmselExportWorker *worker; /* (owned) (nullable) */
  guint n_problems;
  guint n_recovered;
  gchar *last_problem; /* (owned) (nullable) */
} Fixture;

#define DRAIN_US (20 * G_TIME_SPAN_SECOND)

static void
on_problem (AmselExportWorker *worker G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_problems++;
  g_free (fixture->last_problem);
  fixture->last_problem = g_strdup (error->message);
}

static void
on_recovered (AmselExportWorker *worker G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpstr (message, ==, "faulty works again");
  fixture->n_recovered++;
}

static FaultyExporter *
new_exporter (const gchar *name)
{
  return g_object_new (FAULTY_TYPE_EXPORTER, "name", name, "retry-min", G_TIME_SPAN_MILLISECOND, "retry-max",
                       2 * G_TIME_SPAN_MILLISECOND, "batch", 10, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *file = NULL;

  fixture->folder = g_dir_make_tmp ("amsel-worker-XXXXXX", &error);
  g_assert_no_error (error);
  file = g_build_filename (fixture->folder, "store.db", NULL);
  fixture->store = amsel_store_new (file);
  amsel_store_open (fixture->store, &error);
  g_assert_no_error (error);
  fixture->exporter = new_exporter ("faulty");
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GDir) dir = NULL;
  const gchar *name;

  if (fixture->worker != NULL)
    amsel_export_worker_stop (fixture->worker);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->worker);
  g_object_unref (fixture->exporter);
  amsel_store_close (fixture->store);
  g_object_unref (fixture->store);
  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->last_problem);
}

static AmselExportWorker *
new_worker (Fixture *fixture, const gchar *const *pipelines)
{
  AmselExportWorker *worker =
      amsel_export_worker_new (AMSEL_EXPORTER (fixture->exporter), fixture->store, pipelines);

  g_signal_connect (worker, "problem", G_CALLBACK (on_problem), fixture);
  g_signal_connect (worker, "recovered", G_CALLBACK (on_recovered), fixture);
  return worker;
}

static void
append (Fixture *fixture, const gchar *pipeline, guint n)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      AmselReadoutInfo info = { .pipeline = pipeline,
                                .line = "cellar",
                                .meter = "m",
                                .protocol = "mbus",
                                .end_us = 1000 + i,
                                .quality = AMSEL_QUALITY_NO_READING };
      g_autoptr (AmselReadout) readout = amsel_readout_new (&info, NULL, 0, 0);

      amsel_store_append (fixture->store, readout);
    }
  amsel_store_flush (fixture->store, &error);
  g_assert_no_error (error);
}

static void
drain (Fixture *fixture)
{
  g_assert_true (amsel_export_worker_drain (fixture->worker, DRAIN_US));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Every readout from first to last, once and in order. */
static void
assert_sequences (FaultyExporter *exporter, guint64 first, guint64 last)
{
  g_mutex_lock (&exporter->mutex);
  g_assert_cmpuint (exporter->sequences->len, ==, last + 1 - first);
  for (guint i = 0; i < exporter->sequences->len; i++)
    g_assert_cmpuint (g_array_index (exporter->sequences, guint64, i), ==, first + i);
  g_mutex_unlock (&exporter->mutex);
}

static void
assert_cursor (Fixture *fixture, guint64 expected)
{
  g_autofree gchar *state = NULL;
  g_autoptr (GError) error = NULL;
  guint64 sequence;
  gboolean found;

  amsel_store_get_cursor (fixture->store, "faulty", &found, &sequence, &state, &error);
  g_assert_no_error (error);
  g_assert_true (found);
  g_assert_cmpuint (sequence, ==, expected);
}

static void
test_deliver (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AmselExportCounters counters;

  append (fixture, "heating", 25);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  append (fixture, "water", 7);
  drain (fixture);
  assert_sequences (fixture->exporter, 1, 32);
  amsel_export_worker_get_counters (fixture->worker, &counters);
  g_assert_cmpuint (counters.delivered, ==, 32);
  g_assert_cmpuint (counters.position, ==, 32);
  g_assert_cmpuint (counters.missed, ==, 0);
  g_assert_cmpuint (counters.failures, ==, 0);
  g_assert_cmpint (counters.oldest_us, ==, 0);
  /* going on after a stop: the state tells the exporter what it has */
  amsel_export_worker_stop (fixture->worker);
  assert_cursor (fixture, 32);
  append (fixture, "heating", 3);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  assert_sequences (fixture->exporter, 1, 35);
  g_assert_cmpuint (fixture->n_problems + fixture->n_recovered, ==, 0);
}

static void
test_begin_now (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (fixture->exporter, "begin", AMSEL_EXPORTER_BEGIN_NOW, NULL);
  append (fixture, "heating", 5);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  append (fixture, "heating", 5);
  drain (fixture);
  assert_sequences (fixture->exporter, 6, 10);
}

/* a place for a new exporter is kept before its first readout: a stop does not move it to a later now */
static void
test_begin_now_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (fixture->exporter, "begin", AMSEL_EXPORTER_BEGIN_NOW, NULL);
  append (fixture, "heating", 5);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  amsel_export_worker_stop (fixture->worker);
  append (fixture, "heating", 5);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  assert_sequences (fixture->exporter, 6, 10);
}

static void
test_pipelines (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gchar *const pipelines[] = { "water", "gas", NULL };

  append (fixture, "heating", 15);
  append (fixture, "water", 5);
  append (fixture, "heating", 25);
  append (fixture, NULL, 1);
  fixture->worker = new_worker (fixture, pipelines);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  assert_sequences (fixture->exporter, 16, 20);
  /* what was passed over is not passed over again */
  amsel_export_worker_stop (fixture->worker);
  assert_cursor (fixture, 46);
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  FaultyExporter *exporter = fixture->exporter;
  const gchar *what = data;

  if (g_str_equal (what, "start"))
    exporter->fail_start = 3;
  else if (g_str_equal (what, "export"))
    exporter->fail_export = 3;
  else if (g_str_equal (what, "committed"))
    exporter->fail_committed = 3;
  else
    exporter->fail_silently = 3;
  append (fixture, "heating", 25);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  /* the last commit may still be on its way to a failing call; one more round shows that all is well */
  append (fixture, "heating", 1);
  drain (fixture);
  amsel_export_worker_stop (fixture->worker);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_sequences (exporter, 1, 26);
  g_assert_cmpuint (exporter->n_starts, ==, 4);
  g_assert_cmpuint (exporter->n_stops, ==, 4);
  g_assert_cmpuint (fixture->n_recovered, ==, fixture->n_problems);
  g_assert_cmpuint (fixture->n_problems, >=, 1);
  if (g_str_equal (what, "silent"))
    g_assert_nonnull (strstr (fixture->last_problem, "gave no reason"));
  else
    g_assert_cmpstr (fixture->last_problem, ==, "the far end is away");
}

/* one report for a trouble that lasts, and no readout is lost */
static void
test_report_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->exporter->fail_start = 20;
  append (fixture, "heating", 3);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  amsel_export_worker_stop (fixture->worker);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->n_problems, ==, 1);
  g_assert_cmpuint (fixture->n_recovered, ==, 1);
  g_assert_cmpuint (fixture->exporter->n_starts, ==, 21);
  assert_sequences (fixture->exporter, 1, 3);
}

/* a dead exporter: drain gives up in time, stop is prompt though the pause is long, and another one is not
 * disturbed */
static void
test_dead (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FaultyExporter) other = new_exporter ("other");
  g_autoptr (AmselExportWorker) healthy =
      amsel_export_worker_new (AMSEL_EXPORTER (other), fixture->store, NULL);
  gint64 begin_us = g_get_monotonic_time ();
  AmselExportCounters counters;

  fixture->exporter->fail_start = G_MAXUINT;
  g_object_set (fixture->exporter, "retry-min", G_TIME_SPAN_DAY, "retry-max", G_TIME_SPAN_DAY, NULL);
  append (fixture, "heating", 25);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  amsel_export_worker_start (healthy);
  g_assert_true (amsel_export_worker_drain (healthy, DRAIN_US));
  assert_sequences (other, 1, 25);
  g_assert_false (amsel_export_worker_drain (fixture->worker, 20 * G_TIME_SPAN_MILLISECOND));
  amsel_export_worker_get_counters (fixture->worker, &counters);
  g_assert_cmpuint (counters.failures, >=, 1);
  g_assert_cmpuint (counters.position, ==, 0);
  amsel_export_worker_stop (fixture->worker);
  amsel_export_worker_stop (healthy);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, DRAIN_US);
}

/* drain tries an exporter that pauses at once */
static void
test_hurry (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->exporter->fail_start = 1;
  g_object_set (fixture->exporter, "retry-min", G_TIME_SPAN_DAY, "retry-max", G_TIME_SPAN_DAY, NULL);
  append (fixture, "heating", 3);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  while (fixture->n_problems == 0)
    g_main_context_iteration (NULL, TRUE);
  drain (fixture);
  assert_sequences (fixture->exporter, 1, 3);
}

/* when nothing more comes, a worker that sleeps ends what waits, after the last readout and however often
 * that fails */
static void
test_finish (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  append (fixture, "heating", 25);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  drain (fixture);
  g_assert_cmpuint (fixture->exporter->n_finishes, ==, 0);
  g_mutex_lock (&fixture->exporter->mutex);
  fixture->exporter->fail_export = 2;
  g_mutex_unlock (&fixture->exporter->mutex);
  amsel_export_worker_finish (fixture->worker);
  drain (fixture);
  g_assert_cmpuint (fixture->exporter->n_finishes, ==, 3);
  assert_sequences (fixture->exporter, 1, 25);
  append (fixture, "heating", 1);
  drain (fixture);
  assert_sequences (fixture->exporter, 1, 26);
}

/* an exporter that hangs in a call is cancelled, and nothing of that is a problem */
static void
test_stop_in_export (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FaultyExporter *exporter = fixture->exporter;

  exporter->block = TRUE;
  append (fixture, "heating", 3);
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  g_mutex_lock (&exporter->mutex);
  while (!exporter->blocked)
    g_cond_wait (&exporter->cond, &exporter->mutex);
  g_mutex_unlock (&exporter->mutex);
  amsel_export_worker_stop (fixture->worker);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->n_problems, ==, 0);
  assert_cursor (fixture, 0);
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  FaultyExporter *exporter = fixture->exporter;

  exporter->deadline_us = 1; /* long ago */
  exporter->keep_deadline = data != NULL;
  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  g_mutex_lock (&exporter->mutex);
  /* the first empty call lays the ground */
  while (exporter->n_empty < (exporter->keep_deadline ? 2u : 1u))
    g_cond_wait (&exporter->cond, &exporter->mutex);
  g_mutex_unlock (&exporter->mutex);
  append (fixture, "heating", 3);
  drain (fixture);
  assert_sequences (exporter, 1, 3);
  g_mutex_lock (&exporter->mutex);
  g_assert_cmpuint (exporter->n_empty, <=, 4);
  g_mutex_unlock (&exporter->mutex);
}

static void
test_warning (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = g_error_new (AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_STATE, "a file went away");

  fixture->worker = new_worker (fixture, NULL);
  amsel_export_worker_start (fixture->worker);
  amsel_exporter_warn (AMSEL_EXPORTER (fixture->exporter), error);
  drain (fixture);
  while (fixture->n_problems == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (fixture->last_problem, ==, "a file went away");
  g_assert_cmpuint (fixture->n_recovered, ==, 0);
}

static void
test_retry (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AmselExporter *exporter = AMSEL_EXPORTER (fixture->exporter);

  g_object_set (exporter, "retry-min", G_TIME_SPAN_SECOND, "retry-max", 5 * G_TIME_SPAN_MINUTE, NULL);
  g_assert_cmpint (amsel_exporter_get_retry_us (exporter, 1), ==, G_TIME_SPAN_SECOND);
  g_assert_cmpint (amsel_exporter_get_retry_us (exporter, 2), ==, 2 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (amsel_exporter_get_retry_us (exporter, 9), ==, 256 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (amsel_exporter_get_retry_us (exporter, 10), ==, 300 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (amsel_exporter_get_retry_us (exporter, G_MAXUINT), ==, 300 * G_TIME_SPAN_SECOND);
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/export-worker/deliver", NULL, test_deliver);
  ADD ("/export-worker/begin-now", NULL, test_begin_now);
  ADD ("/export-worker/begin-now-once", NULL, test_begin_now_once);
  ADD ("/export-worker/pipelines", NULL, test_pipelines);
  ADD ("/export-worker/failure/start", "start", test_failures);
  ADD ("/export-worker/failure/export", "export", test_failures);
  ADD ("/export-worker/failure/committed", "committed", test_failures);
  ADD ("/export-worker/failure/silent", "silent", test_failures);
  ADD ("/export-worker/report-once", NULL, test_report_once);
  ADD ("/export-worker/dead", NULL, test_dead);
  ADD ("/export-worker/hurry", NULL, test_hurry);
  ADD ("/export-worker/finish", NULL, test_finish);
  ADD ("/export-worker/stop-in-export", NULL, test_stop_in_export);
  ADD ("/export-worker/deadline", NULL, test_deadline);
  ADD ("/export-worker/deadline-that-stays", "stays", test_deadline);
  ADD ("/export-worker/warning", NULL, test_warning);
  ADD ("/export-worker/retry", NULL, test_retry);
  return g_test_run ();
}
