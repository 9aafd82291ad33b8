/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Benchmark: how many recorded telegrams a second the replay transport delivers at full speed. */
#include <glib/gstdio.h>

#include "amsel-hex.h"
#include "replay-transport.h"
#include "transport-probe.h"

#define TELEGRAMS 200000
#define LENGTH    195

int
main (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-replay-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "line.rec", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (TransportProbe) probe = NULL;
  gint64 begin_us;
  gint64 end_us;

  for (guint i = 0; i < TELEGRAMS; i++)
    {
      g_string_append_printf (text, "< %u.%06u", i / 100, i % 100 * 10000);
      for (guint k = 0; k < LENGTH; k++)
        g_string_append_printf (text, " %02X", (i + k) & 0xFF);
      g_string_append_c (text, '\n');
    }
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  probe = transport_probe_new (
      g_object_new (REPLAY_TYPE_TRANSPORT, "file", path, "speed", REPLAY_SPEED_FAST, NULL));
  g_assert_true (transport_probe_open (probe, NULL));
  begin_us = g_get_monotonic_time ();
  while (probe->n_lost == 0)
    g_main_context_iteration (NULL, TRUE);
  end_us = g_get_monotonic_time ();
  g_assert_cmpuint (probe->received->len, ==, (guint) TELEGRAMS * LENGTH);
  g_print ("replay_telegrams_per_s %.0f 1/s\n", TELEGRAMS * 1e6 / (gdouble) (end_us - begin_us));
  g_remove (path);
  g_rmdir (folder);
  return 0;
}
