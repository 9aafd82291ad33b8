/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as a cron time, and any as a zone: refused, or a schedule whose time goes on. */
#include "amsel.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* "cron" or "cron;zone" */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup (size > 0 ? (const gchar *) data : "", size);
  g_auto (GStrv) parts = g_strsplit (text, ";", 2);
  g_autoptr (AmselSchedule) schedule = amsel_schedule_new ();
  g_autoptr (GError) error = NULL;
  gint64 at = G_GINT64_CONSTANT (1774742400) * G_USEC_PER_SEC;

  g_object_set (schedule, "cron", parts[0], "zone", parts[0] != NULL && parts[1] != NULL ? parts[1] : "UTC",
                NULL);
  if (!amsel_schedule_check (schedule, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }
  for (guint i = 0; i < 20 && at != AMSEL_SCHEDULE_NEVER; i++)
    {
      gint64 next = amsel_schedule_next_us (schedule, at);

      g_assert_cmpint (next, >, at);
      at = next;
    }
  return 0;
}
