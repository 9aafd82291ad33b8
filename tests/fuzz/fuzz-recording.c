/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: the lines of a recording. What is understood must come out of the writer's form the same. */
#include <string.h>

#include "amsel-hex.h"
#include "amsel-recording.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_again (const AmselRecordingEntry *entry)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (entry->data, &length);
  g_autofree gchar *hex = amsel_hex_encode (bytes, length);
  g_autofree gchar *line =
      g_strdup_printf ("%c %" G_GINT64_FORMAT ".%06d %s", "#><!"[entry->direction],
                       entry -> time_us / G_USEC_PER_SEC, (gint) (entry->time_us % G_USEC_PER_SEC), hex);
  g_auto (AmselRecordingEntry) again = { 0 };

  g_assert_true (amsel_recording_parse_line (line, strlen (line), &again, NULL));
  g_assert_cmpint (again.direction, ==, entry->direction);
  g_assert_cmpint (again.time_us, ==, entry->time_us);
  g_assert_true (g_bytes_equal (again.data, entry->data));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize begin = 0;

  while (begin < size)
    {
      const guint8 *end = memchr (data + begin, '\n', size - begin);
      gsize length = end != NULL ? (gsize) (end - (data + begin)) : size - begin;
      g_auto (AmselRecordingEntry) entry = { 0 };
      g_autoptr (GError) error = NULL;

      if (!amsel_recording_parse_line ((const gchar *) data + begin, length, &entry, &error))
        g_assert_true (error != NULL && entry.data == NULL);
      else if (entry.direction != AMSEL_RECORDING_NONE)
        check_again (&entry);
      begin += length + 1;
    }
  return 0;
}
