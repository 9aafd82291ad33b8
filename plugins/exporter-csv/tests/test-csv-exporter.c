/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CSV exporter against a folder: names, rotation, and every place at which a program can be cut off.
 *
 * The rig plays the part of the export worker and of the store: it keeps what was committed, and a crash is
 * that everything else is forgotten. */
#include <amsel.h>
#include <glib/gstdio.h>
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
                                                 self->folder, "line-end", 2, "columns",
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
  make_exporter (&rig, NULL, NULL);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exporter-csv/day", test_day);
  return g_test_run ();
}
