/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readouts made by hand, and helpers for looking at files. */
#include "csv-samples.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static AmselTelegram *
make_telegram (const SampleValue *values, gsize n_values)
{
  static const guint8 bytes[] = { 0x68, 0x0C, 0x13, 0x16 };
  g_autoptr (AmselFrame) frame = amsel_frame_new (bytes, sizeof bytes, SAMPLE_TIME_US, AMSEL_RSSI_UNKNOWN);
  AmselTelegram *telegram = amsel_telegram_new (frame, n_values);
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);

  header->identity = (AmselIdentity){ 0x08031768, amsel_manufacturer_parse ("LSE"), 0x99, 0x06, 5 };
  header->access_number = 175;
  for (gsize i = 0; i < n_values; i++)
    {
      AmselRecord *record = amsel_telegram_add_record (telegram);

      record->quantity = values[i].quantity;
      record->unit = values[i].unit;
      record->function =
          values[i].function != AMSEL_FUNCTION_NONE ? values[i].function : AMSEL_FUNCTION_INSTANTANEOUS;
      record->kind = values[i].reason != AMSEL_REASON_NONE ? AMSEL_VALUE_NONE : AMSEL_VALUE_DECIMAL;
      record->reason = values[i].reason;
      record->storage = values[i].storage;
      record->tariff = values[i].tariff;
      record->dif_offset = 1;
      record->dif_length = 1;
      record->vif_length = 1;
      amsel_decimal_set (&record->decimal, values[i].mantissa, values[i].exponent);
    }
  return telegram;
}

AmselReadout *
sample_readout (const gchar *meter, gint64 slot_us, guint64 sequence, const SampleValue *values,
                gsize n_values)
{
  g_autoptr (AmselTelegram) telegram = make_telegram (values, n_values);
  AmselReadoutInfo info = {
    .pipeline = "heating",
    .line = "cellar",
    .meter = meter,
    .protocol = "mbus",
    .slot_us = slot_us,
    .start_us = slot_us + 1234567,
    .end_us = slot_us + 2345678,
    .attempts = 1,
    .quality = AMSEL_QUALITY_GOOD,
  };

  return amsel_readout_new (&info, &telegram, 1, sequence);
}

AmselReadout *
sample_failure (const gchar *meter, gint64 slot_us, guint64 sequence, const gchar *message)
{
  AmselReadoutInfo info = {
    .pipeline = "heating",
    .line = "cellar",
    .meter = meter,
    .protocol = "mbus",
    .slot_us = slot_us,
    .end_us = slot_us + G_USEC_PER_SEC,
    .attempts = 3,
    .quality = AMSEL_QUALITY_NO_READING,
    .error_domain = "read",
    .error_code = 1,
    .error_message = message,
  };

  return amsel_readout_new (&info, NULL, 0, sequence);
}

AmselReadout *
sample_volume (const gchar *meter, gint64 slot_us, guint64 sequence, gint64 litres)
{
  SampleValue value = { AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3, litres, -3 };

  return sample_readout (meter, slot_us, sequence, &value, 1);
}

gchar *
sample_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  gchar *path = g_dir_make_tmp ("amsel-csv-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

/* Removes a folder with everything in it. */
void
sample_remove_folder (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        sample_remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

/* Gives the content of a file, or NULL where it is not there. */
gchar *
sample_read (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  gchar *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* Gives the names in a folder, in order, separated by blanks. */
gchar *
sample_list (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (gchar **) names->pdata);
}
