/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times in the notation of crontab. */
#include "amsel-cron-private.h"
#include "amsel.h"

#include <string.h>

static gint64
local_s (const gchar *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time);
}

static void
test_next (void)
{
  const struct
  {
    const gchar *cron;
    const gchar *after;
    const gchar *expected;
  } vectors[] = {
    { "* * * * *", "2026-01-01T00:00:00", "2026-01-01T00:01:00" },
    { "* * * * *", "2026-01-01T00:00:59", "2026-01-01T00:01:00" },
    { "*/15 * * * *", "2026-01-01T00:45:00", "2026-01-01T01:00:00" },
    { "5-20/5 * * * *", "2026-01-01T00:20:00", "2026-01-01T01:05:00" },
    { "0 6 * * mon-fri", "2026-01-02T06:00:00", "2026-01-05T06:00:00" },
    { "0 6 * * MON-FRI", "2026-01-02T06:00:00", "2026-01-05T06:00:00" },
    { "0 6 * * fri-sun", "2026-01-02T06:00:00", "2026-01-03T06:00:00" },
    { "0 6 * * 7", "2026-01-02T06:00:00", "2026-01-04T06:00:00" },
    { "0 6 * * 0", "2026-01-02T06:00:00", "2026-01-04T06:00:00" },
    { "0 0 1 jan,JUL *", "2026-01-01T00:00:00", "2026-07-01T00:00:00" },
    /* either day field matches where both restrict, as in Vixie cron */
    { "0 0 13 * fri", "2026-02-06T00:00:00", "2026-02-13T00:00:00" },
    { "0 0 13 * fri", "2026-02-13T00:00:00", "2026-02-20T00:00:00" },
    { "0 0 13 * fri", "2026-04-10T00:00:00", "2026-04-13T00:00:00" },
    /* both must match where one begins with a star */
    { "0 0 */2 * mon", "2026-02-01T00:00:00", "2026-02-09T00:00:00" },
    { "0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00" },
    { "0 0 29 2 *", "2096-02-29T00:00:00", "2104-02-29T00:00:00" },
    { "9 9 */21 11 7", "2028-01-01T00:00:00", "2037-11-01T09:09:00" },
    { "0 0 29 2 */7", "2088-03-01T00:00:00", "2128-02-29T00:00:00" },
    { "0 0 30 2 mon", "2026-01-01T00:00:00", "2026-02-02T00:00:00" },
    { "59 23 31 12 *", "2026-12-31T23:59:00", "2027-12-31T23:59:00" },
    { "@hourly", "2026-01-01T00:00:00", "2026-01-01T01:00:00" },
    { "@daily", "2026-01-01T00:00:00", "2026-01-02T00:00:00" },
    { "@weekly", "2026-01-01T00:00:00", "2026-01-04T00:00:00" },
    { "@monthly", "2026-01-01T00:00:00", "2026-02-01T00:00:00" },
    { "@yearly", "2026-01-01T00:00:00", "2027-01-01T00:00:00" },
    { "  0\t6  * * * ", "2026-01-01T00:00:00", "2026-01-01T06:00:00" },
    { "0 0 1 * *", "1899-12-31T23:59:59", "1900-01-01T00:00:00" },
    { "* * * * *", "1969-12-31T23:58:30", "1969-12-31T23:59:00" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      AmselCron cron;

      g_test_message ("%s after %s", vectors[i].cron, vectors[i].after);
      amsel_cron_parse (vectors[i].cron, &cron, &error);
      g_assert_no_error (error);
      g_assert_cmpint (amsel_cron_next (&cron, local_s (vectors[i].after)), ==,
                       local_s (vectors[i].expected));
    }
}

static void
test_bad (void)
{
  const struct
  {
    const gchar *fault;
    const gchar *cron;
    const gchar *expected; /* part of the message */
  } vectors[] = {
    { "empty", "", "has 0 fields" },
    { "blank", "  ", "has 0 fields" },
    { "four fields", "0 6 * *", "has 4 fields" },
    { "seconds", "0 0 6 * * *", "for seconds use every" },
    { "minute too large", "60 * * * *", "minute “60”" },
    { "hour too large", "0 24 * * *", "hour “24”" },
    { "day zero", "0 0 0 * *", "day “0”" },
    { "month 13", "0 0 1 13 *", "month “13”" },
    { "weekday 8", "0 0 * * 8", "weekday “8”" },
    { "huge number", "99999999999999999999 * * * *", "minute" },
    { "unknown name", "0 0 1 foo *", "month “foo”" },
    { "name of another field", "0 0 mon * *", "day “mon”" },
    { "backward range", "30-10 * * * *", "minute “30-10”" },
    { "half a range", "1- * * * *", "minute “1-”" },
    { "step of nothing", "5/15 * * * *", "minute “5/15”" },
    { "step zero", "*/0 * * * *", "minute “*/0”" },
    { "step too large", "*/60 * * * *", "minute “*/60”" },
    { "empty entry", "1,,2 * * * *", "minute “”" },
    { "trailing comma", "1, * * * *", "minute “”" },
    { "sign", "+1 * * * *", "minute “+1”" },
    { "two stars", "** * * * *", "minute “**”" },
    { "backward names", "0 0 * * fri-mon", "weekday “fri-mon”" },
    { "reboot", "@reboot", "“@reboot” is not known" },
    { "30 February", "0 0 30 2 *", "never comes" },
    { "31st of short months", "0 0 31 2,4,6,9,11 *", "never comes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      AmselCron cron;

      g_test_message ("%s", vectors[i].fault);
      g_assert_false (amsel_cron_parse (vectors[i].cron, &cron, &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, vectors[i].expected));
    }
}

static void
append_field (GString *text, guint minimum, guint maximum)
{
  guint first = (guint) g_test_rand_int_range ((gint) minimum, (gint) maximum + 1);
  guint last = (guint) g_test_rand_int_range ((gint) first, (gint) maximum + 1);

  switch (g_test_rand_int_range (0, 5))
    {
    case 0:
      g_string_append_printf (text, "%u ", first);
      break;
    case 1:
      g_string_append_printf (text, "%u-%u ", first, last);
      break;
    case 2:
      g_string_append_printf (text, "%u,%u-%u/%d ", first, first, last, g_test_rand_int_range (1, 5));
      break;
    case 3:
      g_string_append_printf (text, "*/%d ", g_test_rand_int_range (1, (gint) maximum));
      break;
    default:
      g_string_append (text, "* ");
    }
}

/* By the words of crontab(5), with GDateTime's calendar. */
static gboolean
matches (const AmselCron *cron, gint64 at)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at);
  gboolean day = cron->days >> g_date_time_get_day_of_month (time) & 1;
  gboolean weekday = cron->weekdays >> (g_date_time_get_day_of_week (time) % 7) & 1;

  return (cron->minutes >> g_date_time_get_minute (time) & 1)
         && (cron->hours >> g_date_time_get_hour (time) & 1)
         && (cron->months >> g_date_time_get_month (time) & 1)
         && (cron->any_day || cron->any_weekday ? day && weekday : day || weekday);
}

/* the next time of random cron times is the one that walking minute by minute finds */
static void
test_walk (void)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      gint64 start = local_s ("2027-11-20T00:00:00") + g_test_rand_int_range (0, 300 * 86400);
      gint64 next;
      AmselCron cron;

      append_field (text, 0, 59);
      append_field (text, 0, 23);
      append_field (text, 1, 31);
      append_field (text, 1, 12);
      append_field (text, 0, 7);
      if (!amsel_cron_parse (text->str, &cron, NULL))
        continue;
      next = amsel_cron_next (&cron, start);
      g_test_message ("%s", text->str);
      g_assert_cmpint (next, >, start);
      for (gint64 at = start - start % 60 + 60; at < MIN (next, start + 20 * 86400); at += 60)
        g_assert_false (matches (&cron, at));
      g_assert_true (matches (&cron, next));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cron/next", test_next);
  g_test_add_func ("/cron/bad", test_bad);
  g_test_add_func ("/cron/walk", test_walk);
  return g_test_run ();
}
