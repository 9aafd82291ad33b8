/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CSV exporter against a folder: names, rotation, and every place at which a program can be cut off.
 *
 * The rig plays the part of the export worker and of the store: it keeps what was committed, and a crash is
 * that everything else is forgotten. */
#include <amsel.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "csv-exporter.h"
#include "csv-samples.h"
#include "test-clock.h"

typedef struct
{
  gchar *folder;           /* (owned) */
  TestClock *clock;        /* (owned) */
  AmselExporter *exporter; /* (owned) */
  gchar *committed;        /* (owned) (nullable): state */
  GPtrArray *warnings;     /* (owned) (element-type utf8) */
} Rig;

static void
on_warning (AmselExporter *exporter G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (error->message));
}

static void
make_exporter (Rig *self, const gchar *first_property, ...)
{
  va_list args;

  self->exporter = AMSEL_EXPORTER (g_object_new (CSV_TYPE_EXPORTER, "name", "reports", "directory",
                                                 self->folder, "line-end", 2, "sync", FALSE, "columns",
                                                 (const gchar *const[]){ "meter", "value", NULL }, NULL));
  va_start (args, first_property);
  g_object_set_valist (G_OBJECT (self->exporter), first_property, args);
  va_end (args);
  amsel_exporter_set_clock (self->exporter, AMSEL_CLOCK (self->clock));
  g_signal_connect (self->exporter, "warning", G_CALLBACK (on_warning), self->warnings);
}

static void
rig_init (Rig *self)
{
  self->folder = sample_make_folder ();
  self->clock = test_clock_new (SAMPLE_TIME_US);
  self->committed = NULL;
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->exporter = NULL;
}

static void
rig_clear (Rig *self)
{
  g_clear_object (&self->exporter);
  g_object_unref (self->clock);
  g_ptr_array_unref (self->warnings);
  g_free (self->committed);
  sample_remove_folder (self->folder);
  g_free (self->folder);
}

static void
start (Rig *self)
{
  g_autoptr (GError) error = NULL;

  amsel_exporter_start (self->exporter, self->committed, &error);
  g_assert_no_error (error);
}

static gchar *
export_some (Rig *self, GPtrArray *readouts)
{
  g_autoptr (GError) error = NULL;
  gchar *state = NULL;

  amsel_exporter_export (self->exporter, readouts, &state, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (state);
  return state;
}

static void
committed (Rig *self)
{
  g_autoptr (GError) error = NULL;

  amsel_exporter_committed (self->exporter, &error);
  g_assert_no_error (error);
}

/* One whole step. */
static void
deliver (Rig *self, GPtrArray *readouts)
{
  gchar *state = export_some (self, readouts);

  g_free (self->committed);
  self->committed = state;
  committed (self);
}

static GPtrArray *
volumes (const gchar *meter, gint64 slot_us, gint64 first, gint64 n)
{
  GPtrArray *readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);

  for (gint64 i = 0; i < n; i++)
    g_ptr_array_add (readouts, sample_volume (meter, slot_us, (guint64) (first + i), first + i));
  return readouts;
}

static void
deliver_volumes (Rig *self, const gchar *meter, gint64 slot_us, gint64 first, gint64 n)
{
  g_autoptr (GPtrArray) readouts = volumes (meter, slot_us, first, n);

  deliver (self, readouts);
}

static void
assert_names (Rig *self, const gchar *expected)
{
  g_autofree gchar *names = sample_list (self->folder);

  g_assert_cmpstr (names, ==, expected);
}

static void
assert_file (Rig *self, const gchar *name, const gchar *expected)
{
  g_autofree gchar *text = sample_read (self->folder, name);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_day (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "sync", TRUE, NULL);
  start (&rig);
  deliver (&rig, none);
  assert_names (&rig, "");
  g_assert_cmpint (amsel_exporter_get_deadline_us (rig.exporter), ==, 0);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 1, 2);
  assert_file (&rig, "heating_2026-11-22.csv.part", "meter,value\na,0.001\na,0.002\n");
  deliver_volumes (&rig, "b", SAMPLE_TIME_US, 3, 1);
  assert_names (&rig, "heating_2026-11-22.csv.part");
  /* a clean stop and start go on with the file */
  amsel_exporter_stop (rig.exporter);
  start (&rig);
  deliver_volumes (&rig, "b", SAMPLE_TIME_US, 4, 1);
  assert_file (&rig, "heating_2026-11-22.csv.part", "meter,value\na,0.001\na,0.002\nb,0.003\nb,0.004\n");
  /* the file ends ten seconds after its day */
  g_assert_cmpint (amsel_exporter_get_deadline_us (rig.exporter), ==,
                   SAMPLE_TIME_US + (15 * 60 + 45) * 60 * G_TIME_SPAN_SECOND + 10 * G_TIME_SPAN_SECOND);
  test_clock_set_real (rig.clock, amsel_exporter_get_deadline_us (rig.exporter) - 1);
  deliver (&rig, none);
  assert_names (&rig, "heating_2026-11-22.csv.part");
  test_clock_set_real (rig.clock, amsel_exporter_get_deadline_us (rig.exporter));
  deliver (&rig, none);
  assert_names (&rig, "heating_2026-11-22.csv");
  g_assert_cmpint (amsel_exporter_get_deadline_us (rig.exporter), ==, 0);
  /* a late row of that day gets a file of its own, which waits for more rows */
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 5, 1);
  assert_names (&rig, "heating_2026-11-22-2.csv.part heating_2026-11-22.csv");
  g_assert_cmpuint (rig.warnings->len, ==, 0);
  rig_clear (&rig);
}

/* Files of several meters that end by size, and one that ends by time: the most that can happen in a step. */
static void
make_busy_exporter (Rig *self)
{
  make_exporter (self, "file", "{meter}_{hour}.csv", "rotate-size", (gint64) 44, "linger", (gint64) 0, NULL);
}

#define BUSY_BATCHES 6
#define BUSY_STEPS   (3 * BUSY_BATCHES)

static GPtrArray *
busy_batch (guint n)
{
  static const gchar *const meters[] = { "a", "b", "c" };
  GPtrArray *readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);

  /* the last call comes without readouts, at a deadline */
  for (guint i = 0; i < 7 && n < BUSY_BATCHES - 1; i++)
    {
      gint64 number = n * 7 + i + 1;

      g_ptr_array_add (readouts, sample_volume (meters[i % 3], SAMPLE_TIME_US + (n / 2) * G_TIME_SPAN_HOUR,
                                                (guint64) number, number));
    }
  return readouts;
}

/* Does steps (export, commit, committed, export ...) until a batch is done or the given number is used up. */
static void
do_steps (Rig *self, guint *batch, guint *left)
{
  while (*batch<BUSY_BATCHES && * left> 0)
    {
      g_autoptr (GPtrArray) readouts = busy_batch (*batch);
      g_autofree gchar *state = NULL;

      if (*batch == BUSY_BATCHES - 1)
        test_clock_set_real (self->clock, SAMPLE_TIME_US + G_TIME_SPAN_DAY);
      state = export_some (self, readouts);
      if (--*left == 0)
        return;
      g_free (self->committed);
      self->committed = g_steal_pointer (&state);
      (*batch)++;
      if (--*left == 0)
        return;
      committed (self);
      --*left;
    }
}

/* What a crash leaves: files may have more in them than was written in whole rows. */
static void
tear_files (Rig *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *path = g_build_filename (self->folder, name, NULL);
      FILE *file = NULL;

      if (g_str_has_suffix (name, ".csv"))
        continue; /* finished, nobody writes */
      file = g_fopen (path, "a");
      g_assert_nonnull (file);
      fputs ("c,9.9", file);
      fclose (file);
    }
}

/* Name and content of all results in a folder. */
static gchar *
describe (Rig *self)
{
  g_autofree gchar *names = sample_list (self->folder);
  g_auto (GStrv) list = g_strsplit (names, " ", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autofree gchar *text = sample_read (self->folder, list[i]);

      g_string_append_printf (out, "== %s\n%s", list[i], text);
    }
  return g_string_free (out, FALSE);
}

static gchar *
run_busy (guint first_cut, guint second_cut)
{
  const guint cuts[] = { first_cut, second_cut, G_MAXUINT };
  guint batch = 0;
  gchar *result;
  Rig rig;

  rig_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      guint left = cuts[i];

      make_busy_exporter (&rig);
      start (&rig);
      do_steps (&rig, &batch, &left);
      if (cuts[i] != G_MAXUINT)
        tear_files (&rig);
      g_clear_object (&rig.exporter);
    }
  g_assert_cmpuint (rig.warnings->len, ==, 0);
  result = describe (&rig);
  rig_clear (&rig);
  return result;
}

static void
test_cuts (void)
{
  g_autofree gchar *expected = run_busy (0, 0);

  g_assert_nonnull (strstr (expected, "== a_08-2.csv\n"));
  g_assert_null (strstr (expected, ".part\n"));
  g_assert_null (strstr (expected, ".new\n"));
  for (guint first = 0; first <= BUSY_STEPS; first++)
    for (guint second = 0; second <= 4; second++)
      {
        g_autofree gchar *result = run_busy (first, second);

        g_test_message ("cut after %u and %u steps", first, second);
        g_assert_cmpstr (result, ==, expected);
      }
}

/* A cut between the renames of one commit: each subset of them may be done. */
static void
test_cut_between_renames (void)
{
  for (guint done = 0; done < 8; done++)
    {
      static const gchar *const names[][2] = { { "a_08.csv.new", "a_08.csv" },
                                               { "b_08.csv.new", "b_08.csv.part" },
                                               { "c_08.csv.new", "c_08.csv.part" } };
      g_autoptr (GPtrArray) readouts = busy_batch (0);
      Rig rig;

      rig_init (&rig);
      make_busy_exporter (&rig);
      g_object_set (rig.exporter, "rotate-size", (gint64) 36, NULL);
      start (&rig);
      rig.committed = export_some (&rig, readouts);
      assert_names (&rig, "a_08.csv.new b_08.csv.new c_08.csv.new");
      for (guint i = 0; i < 3; i++)
        if (done & 1 << i)
          {
            g_autofree gchar *from = g_build_filename (rig.folder, names[i][0], NULL);
            g_autofree gchar *to = g_build_filename (rig.folder, names[i][1], NULL);

            g_assert_cmpint (g_rename (from, to), ==, 0);
          }
      g_clear_object (&rig.exporter);
      make_busy_exporter (&rig);
      g_object_set (rig.exporter, "rotate-size", (gint64) 36, NULL);
      start (&rig);
      assert_names (&rig, "a_08.csv b_08.csv.part c_08.csv.part");
      deliver_volumes (&rig, "b", SAMPLE_TIME_US, 8, 1);
      assert_names (&rig, "a_08.csv b_08.csv c_08.csv.part");
      assert_file (&rig, "b_08.csv", "meter,value\nb,0.002\nb,0.005\nb,0.008\n");
      g_assert_cmpuint (rig.warnings->len, ==, 0);
      rig_clear (&rig);
    }
}

/* a finished file that somebody has fetched and removed is neither missed nor mixed up with the next of its
 * name */
static void
test_fetched (void)
{
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "file", "all.csv", "rotate-size", (gint64) 28, NULL);
  start (&rig);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 1, 2);
  assert_file (&rig, "all.csv", "meter,value\na,0.001\na,0.002\n");
  {
    g_autofree gchar *path = g_build_filename (rig.folder, "all.csv", NULL);

    g_unlink (path);
  }
  /* written, but cut off before the commit: all.csv is still in the committed state, so this has another name
   */
  {
    g_autoptr (GPtrArray) readouts = volumes ("a", SAMPLE_TIME_US, 3, 1);
    g_autofree gchar *state = export_some (&rig, readouts);

    assert_names (&rig, "all-2.csv.new");
  }
  amsel_exporter_stop (rig.exporter);
  start (&rig);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 3, 1);
  assert_file (&rig, "all-2.csv.part", "meter,value\na,0.003\n");
  assert_names (&rig, "all-2.csv.part");
  g_assert_cmpuint (rig.warnings->len, ==, 0);
  rig_clear (&rig);
}

static void
test_without_end (void)
{
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "file", "all.csv", NULL);
  start (&rig);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 1, 1);
  assert_file (&rig, "all.csv", "meter,value\na,0.001\n");
  {
    g_autoptr (GPtrArray) readouts = volumes ("a", SAMPLE_TIME_US, 2, 2);
    g_autofree gchar *state = export_some (&rig, readouts);

    assert_file (&rig, "all.csv", "meter,value\na,0.001\na,0.002\na,0.003\n");
  }
  amsel_exporter_stop (rig.exporter);
  start (&rig);
  assert_file (&rig, "all.csv", "meter,value\na,0.001\n");
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 2, 2);
  assert_file (&rig, "all.csv", "meter,value\na,0.001\na,0.002\na,0.003\n");
  g_assert_cmpint (amsel_exporter_get_deadline_us (rig.exporter), ==, 0);
  rig_clear (&rig);
}

/* Something happens to the file while the exporter runs, or while it does not. */
static void
test_meddled (gconstpointer data)
{
  const gchar *how = data;
  gboolean running = g_str_has_prefix (how, "running-");
  const gchar *what = strrchr (how, '-') + 1;
  g_autofree gchar *path = NULL;
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "file", "all.csv", NULL);
  path = g_build_filename (rig.folder, "all.csv", NULL);
  start (&rig);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 1, 2);
  if (!running)
    amsel_exporter_stop (rig.exporter);
  if (g_str_equal (what, "removed"))
    g_assert_cmpint (g_unlink (path), ==, 0);
  else
    g_assert_true (g_file_set_contents (
        path, g_str_equal (what, "shortened") ? "meter\n" : "meter;value;and more than that\na;1", -1, NULL));
  if (!running)
    start (&rig);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 3, 1);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 4, 1);
  g_assert_cmpuint (rig.warnings->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (rig.warnings, 0), path));
  assert_file (&rig, "all-2.csv", "meter,value\na,0.003\na,0.004\n");
  rig_clear (&rig);
}

static void
test_bad_state (void)
{
  const gchar *const states[] = { "x", "()", "(uint32 9, '', '', '', [], [])", "{\"version\": 1}" };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      Rig rig;

      rig_init (&rig);
      make_exporter (&rig, NULL, NULL);
      rig.committed = g_strdup (states[i]);
      start (&rig);
      g_assert_cmpuint (rig.warnings->len, ==, 1);
      deliver_volumes (&rig, "a", SAMPLE_TIME_US, 1, 1);
      assert_names (&rig, "heating_2026-11-22.csv.part");
      rig_clear (&rig);
    }
}

/* other settings end the file; none changes its form within */
static void
test_new_settings (void)
{
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, NULL, NULL);
  start (&rig);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 1, 1);
  g_object_unref (rig.exporter);
  make_exporter (&rig, "separator", ";", NULL);
  start (&rig);
  /* and once more, as if the program had ended before anything was committed */
  amsel_exporter_stop (rig.exporter);
  start (&rig);
  assert_names (&rig, "heating_2026-11-22.csv");
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 2, 1);
  assert_file (&rig, "heating_2026-11-22.csv", "meter,value\na,0.001\n");
  assert_file (&rig, "heating_2026-11-22-2.csv.part", "meter;value\na;0.002\n");
  g_assert_cmpuint (rig.warnings->len, ==, 0);
  rig_clear (&rig);
}

static void
test_wide (void)
{
  const SampleValue values[] = {
    { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, 2002, -3 },
    { AMSEL_QUANTITY_POWER, AMSEL_UNIT_W, 15, 2 },
    { AMSEL_QUANTITY_ENERGY, AMSEL_UNIT_WH, 7, 3 },
  };
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "sync", TRUE, "layout", 2, "columns",
                 (const gchar *const[]){ "meter", "quality", NULL }, NULL);
  start (&rig);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);

      g_ptr_array_add (batch, sample_readout ("a", SAMPLE_TIME_US, 1, values, 1));
      g_ptr_array_add (batch, sample_readout ("b", SAMPLE_TIME_US, 2, values, 2));
      g_ptr_array_add (batch, sample_failure ("c", SAMPLE_TIME_US, 3, "silent"));
      deliver (&rig, batch);
      /* columns are remembered */
      amsel_exporter_stop (rig.exporter);
      start (&rig);
    }
  assert_names (&rig, "heating_2026-11-22.csv.part");
  assert_file (&rig, "heating_2026-11-22.csv.part",
               "meter,quality,volume_m3,power_W\na,good,2.002,\nb,good,2.002,1500\nc,no-reading,,\n"
               "a,good,2.002,\nb,good,2.002,1500\nc,no-reading,,\n");
  {
    g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);

    g_ptr_array_add (batch, sample_readout ("d", SAMPLE_TIME_US, 4, &values[1], 2));
    deliver (&rig, batch);
  }
  assert_names (&rig, "heating_2026-11-22-2.csv.part heating_2026-11-22.csv");
  assert_file (&rig, "heating_2026-11-22-2.csv.part",
               "meter,quality,volume_m3,power_W,energy_Wh\nd,good,,1500,7000\n");
  rig_clear (&rig);
}

/* columns that the configuration names may be fields of a driver */
static void
test_wide_fields (void)
{
  const SampleValue value = { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, 2002, -3 };
  const gchar *const names[] = { "volume_m3", "total_m3", "target_date", "status", "target_m3", NULL };
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  AmselTelegram *telegram;
  AmselField *field;
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "layout", 2, "columns", (const gchar *const[]){ "meter", NULL }, "values", names,
                 NULL);
  start (&rig);
  g_ptr_array_add (batch, sample_readout ("a", SAMPLE_TIME_US, 1, &value, 1));
  telegram = amsel_readout_get_telegram (g_ptr_array_index (batch, 0), 0);
  amsel_telegram_set_driver (telegram, "sample");
  field = amsel_telegram_add_field (telegram, "total_m3");
  field->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&field->decimal, 77, -1);
  field = amsel_telegram_add_field (telegram, "status");
  amsel_telegram_set_field_text (telegram, field, "LEAK, DRY", 9);
  field = amsel_telegram_add_field (telegram, "target_date");
  field->kind = AMSEL_VALUE_DATE;
  field->date = (AmselDate){ 2025, 12, 31, 0, 0, 0, AMSEL_DATE_DAY };
  field = amsel_telegram_add_field (telegram, "target_m3");
  field->reason = AMSEL_REASON_NOT_AVAILABLE;
  deliver (&rig, batch);
  assert_file (&rig, "heating_2026-11-22.csv.part",
               "meter,volume_m3,total_m3,target_date,status,target_m3\n"
               "a,2.002,7.7,2025-12-31,\"LEAK, DRY\",\n");
  rig_clear (&rig);
}

/* more meters than may be open at a time, and then more than may be unfinished */
static void
test_many_files (void)
{
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "file", "{meter}.csv", "rotate", G_TIME_SPAN_DAY, "max-files", 150, NULL);
  start (&rig);
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);

      for (guint i = 0; i < 150; i++)
        {
          g_autofree gchar *meter = g_strdup_printf ("m%u", i);

          g_ptr_array_add (batch, sample_volume (meter, SAMPLE_TIME_US, 1, round));
        }
      deliver (&rig, batch);
    }
  for (guint i = 0; i < 150; i++)
    {
      g_autofree gchar *name = g_strdup_printf ("m%u.csv.part", i);
      g_autofree gchar *expected =
          g_strdup_printf ("meter,value\nm%u,0.000\nm%u,0.001\nm%u,0.002\n", i, i, i);

      assert_file (&rig, name, expected);
    }
  deliver_volumes (&rig, "one-more", SAMPLE_TIME_US, 1, 1);
  assert_file (&rig, "m0.csv", "meter,value\nm0,0.000\nm0,0.001\nm0,0.002\n");
  rig_clear (&rig);
}

static void
assert_export_fails (Rig *self, gint code, const gchar *said)
{
  g_autoptr (GPtrArray) readouts = volumes ("a", SAMPLE_TIME_US, 2, 500);
  g_autoptr (GError) error = NULL;
  gchar *state = NULL;

  g_assert_false (amsel_exporter_export (self->exporter, readouts, &state, NULL, &error));
  g_assert_error (error, AMSEL_EXPORT_ERROR, code);
  g_assert_nonnull (strstr (error->message, said));
  g_assert_null (state);
}

/* a disk that is full in the middle of a row: said, undone, and gone on with later */
static void
test_full (void)
{
  struct rlimit old, small;
  g_autofree gchar *text = NULL;
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "file", "all.csv", NULL);
  start (&rig);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 1, 1);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = 1000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  assert_export_fails (&rig, AMSEL_EXPORT_ERROR_FULL, "all.csv: cannot be written");
  amsel_exporter_stop (rig.exporter);
  start (&rig);
  assert_file (&rig, "all.csv", "meter,value\na,0.001\n");
  setrlimit (RLIMIT_FSIZE, &old);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 2, 500);
  text = sample_read (rig.folder, "all.csv");
  g_assert_cmpuint (strlen (text), ==, strlen ("meter,value\n") + 501 * strlen ("a,0.001\n"));
  g_assert_cmpuint (rig.warnings->len, ==, 0);
  rig_clear (&rig);
}

/* a file stands where the folder should be: an error with its path, and all is well when it is away */
static void
test_no_folder (void)
{
  g_autofree gchar *path = NULL;
  g_autofree gchar *below = NULL;
  g_autoptr (GError) error = NULL;
  Rig rig;

  rig_init (&rig);
  path = g_build_filename (rig.folder, "file", NULL);
  below = g_build_filename (path, "csv", NULL);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  make_exporter (&rig, "directory", below, NULL);
  g_assert_false (amsel_exporter_start (rig.exporter, NULL, &error));
  g_assert_error (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, below));
  amsel_exporter_stop (rig.exporter);
  g_unlink (path);
  start (&rig);
  deliver_volumes (&rig, "a", SAMPLE_TIME_US, 1, 1);
  rig_clear (&rig);
}

/* two exporters with the same names: the second one says so and destroys nothing */
static void
test_two_exporters (void)
{
  g_autoptr (AmselExporter) other = NULL;
  g_autoptr (GPtrArray) readouts = volumes ("b", SAMPLE_TIME_US, 1, 1);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *first = NULL;
  gchar *state = NULL;
  Rig rig;

  rig_init (&rig);
  make_exporter (&rig, "file", "all.csv", NULL);
  start (&rig);
  first = export_some (&rig, readouts); /* created, not committed */
  other = g_object_new (CSV_TYPE_EXPORTER, "name", "other", "directory", rig.folder, "file", "all.csv", NULL);
  g_assert_true (amsel_exporter_start (other, NULL, NULL));
  g_assert_false (amsel_exporter_export (other, readouts, &state, NULL, &error));
  g_assert_error (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, "another exporter"));
  assert_file (&rig, "all.csv.new", "meter,value\nb,0.001\n");
  rig_clear (&rig);
}

static void
test_check (void)
{
  const struct
  {
    const gchar *property;
    const gchar *value;
  } vectors[] = {
    { "file", "{metre}.csv" },      { "separator", "" },    { "encoding", "klingon" },
    { "zone", "Mars/Olympus" },     { "directory", "" },    { "rotate", "7h" },
    { "unfinished-suffix", "a/b" }, { "columns", "valeu" },
  };
  Rig rig;

  rig_init (&rig);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      make_exporter (&rig, NULL, NULL);
      g_assert_true (amsel_exporter_check (rig.exporter, NULL));
      if (g_str_equal (vectors[i].property, "rotate"))
        g_object_set (rig.exporter, "rotate", 7 * G_TIME_SPAN_HOUR, NULL);
      else if (g_str_equal (vectors[i].property, "columns"))
        g_object_set (rig.exporter, "columns", (const gchar *const[]){ vectors[i].value, NULL }, NULL);
      else
        g_object_set (rig.exporter, vectors[i].property, vectors[i].value, NULL);
      g_assert_false (amsel_exporter_check (rig.exporter, &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, vectors[i].property));
      g_clear_error (&error);
      g_assert_false (amsel_exporter_start (rig.exporter, NULL, &error));
      amsel_exporter_stop (rig.exporter);
      g_clear_object (&rig.exporter);
    }
  assert_names (&rig, "");
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exporter-csv/day", test_day);
  g_test_add_func ("/exporter-csv/without-end", test_without_end);
  g_test_add_func ("/exporter-csv/cuts", test_cuts);
  g_test_add_func ("/exporter-csv/cut-between-renames", test_cut_between_renames);
  g_test_add_func ("/exporter-csv/fetched", test_fetched);
  g_test_add_data_func ("/exporter-csv/meddled/running-removed", "running-removed", test_meddled);
  g_test_add_data_func ("/exporter-csv/meddled/running-shortened", "running-shortened", test_meddled);
  g_test_add_data_func ("/exporter-csv/meddled/running-rewritten", "running-rewritten", test_meddled);
  g_test_add_data_func ("/exporter-csv/meddled/stopped-removed", "stopped-removed", test_meddled);
  g_test_add_data_func ("/exporter-csv/meddled/stopped-shortened", "stopped-shortened", test_meddled);
  g_test_add_data_func ("/exporter-csv/meddled/stopped-rewritten", "stopped-rewritten", test_meddled);
  g_test_add_func ("/exporter-csv/bad-state", test_bad_state);
  g_test_add_func ("/exporter-csv/new-settings", test_new_settings);
  g_test_add_func ("/exporter-csv/wide", test_wide);
  g_test_add_func ("/exporter-csv/wide-fields", test_wide_fields);
  g_test_add_func ("/exporter-csv/many-files", test_many_files);
  g_test_add_func ("/exporter-csv/full", test_full);
  g_test_add_func ("/exporter-csv/no-folder", test_no_folder);
  g_test_add_func ("/exporter-csv/two-exporters", test_two_exporters);
  g_test_add_func ("/exporter-csv/check", test_check);
  return g_test_run ();
}
