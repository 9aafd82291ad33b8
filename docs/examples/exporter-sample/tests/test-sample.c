/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A crash between writing and committing neither loses nor doubles a line. */
#include "sample-exporter.h"

#include <glib/gstdio.h>

static AmselReadout *
make_readout (gint64 litres)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new ((const guint8 *) "x", 1, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 1);
  AmselRecord *record = amsel_telegram_add_record (telegram);
  AmselReadoutInfo info = { .meter = "cold-water", .quality = AMSEL_QUALITY_GOOD };

  record->quantity = AMSEL_QUANTITY_VOLUME;
  record->unit = AMSEL_UNIT_M3;
  record->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&record->decimal, litres, -3);
  return amsel_readout_new (&info, &telegram, 1, 1);
}

static gchar *
export_one (AmselExporter *exporter, gint64 litres)
{
  g_autoptr (GPtrArray) readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  g_autoptr (GError) error = NULL;
  gchar *state = NULL;

  g_ptr_array_add (readouts, make_readout (litres));
  amsel_exporter_export (exporter, readouts, &state, NULL, &error);
  g_assert_no_error (error);
  return state;
}

static void
test_crash (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-export-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "readings.txt", NULL);
  g_autoptr (AmselExporter) exporter = g_object_new (SAMPLE_TYPE_EXPORTER, "path", path, NULL);
  g_autofree gchar *committed = NULL;
  g_autofree gchar *lost = NULL;
  g_autofree gchar *again = NULL;
  g_autofree gchar *contents = NULL;

  g_assert_true (amsel_exporter_start (exporter, NULL, NULL));
  committed = export_one (exporter, 2002);
  lost = export_one (exporter, 2003);
  g_assert_true (amsel_exporter_start (exporter, committed, NULL));
  again = export_one (exporter, 2003);
  g_assert_cmpstr (again, ==, lost);
  amsel_exporter_stop (exporter);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "cold-water volume 2.002 m3\ncold-water volume 2.003 m3\n");
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_no_folder (void)
{
  g_autoptr (AmselExporter) exporter = g_object_new (SAMPLE_TYPE_EXPORTER, "path", "/nonexistent/file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (amsel_exporter_start (exporter, NULL, &error));
  g_assert_error (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_WRITE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/crash", test_crash);
  g_test_add_func ("/sample/no-folder", test_no_folder);
  return g_test_run ();
}
