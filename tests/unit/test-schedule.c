/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slots on the wall clock, above all where the wall clock is put forward and back. */
#include "amsel.h"

#include <string.h>

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)

/* A moment with its offset, such as 2026-03-29T02:00+01. */
static gint64
moment_us (const gchar *text)
{
  g_autofree gchar *full = g_strdup_printf ("%.16s:00%s", text, text + strlen ("2026-03-29T02:00"));
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (full, NULL);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

static AmselSchedule *
make (const gchar *time, const gchar *zone, gint64 offset_us)
{
  AmselSchedule *self = amsel_schedule_new ();
  g_autoptr (GError) error = NULL;
  gint64 every_us;

  if (amsel_duration_parse (time, &every_us, NULL))
    g_object_set (self, "every", every_us, NULL);
  else
    g_object_set (self, "cron", time, NULL);
  g_object_set (self, "zone", zone, "offset", offset_us, NULL);
  amsel_schedule_check (self, &error);
  g_assert_no_error (error);
  return self;
}

static gchar *
describe (AmselSchedule *self, const gchar *zone, gint64 from_us, gint64 to_us)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GTimeZone) time_zone = g_time_zone_new_identifier (zone);
  gint64 at = from_us - 1;

  while ((at = amsel_schedule_next_us (self, at)) < to_us)
    {
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
      g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, time_zone);
      g_autofree gchar *word = g_date_time_format (local, "%d-%H:%M%:::z");

      g_string_append_printf (text, text->len > 0 ? " %s" : "%s", word);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The slots between two moments, as day, local time and offset. */
static void
test_slots (void)
{
  const struct
  {
    const gchar *time;
    const gchar *zone;
    gint64 offset_us;
    const gchar *from;
    const gchar *to;
    const gchar *expected;
  } vectors[] = {
    /* Europe/Prague: 02:00+01 becomes 03:00+02, and 03:00+02 becomes 02:00+01 */
    { "1h", "Europe/Prague", 0, "2026-03-29T00:00+01", "2026-03-29T05:00+02",
      "29-00:00+01 29-01:00+01 29-03:00+02 29-04:00+02" },
    { "1h", "Europe/Prague", 0, "2026-10-25T01:00+02", "2026-10-25T04:00+01",
      "25-01:00+02 25-02:00+02 25-02:00+01 25-03:00+01" },
    { "30m", "Europe/Prague", 0, "2026-10-25T02:00+02", "2026-10-25T03:00+01",
      "25-02:00+02 25-02:30+02 25-02:00+01 25-02:30+01" },
    { "40m", "Europe/Prague", 0, "2026-03-29T00:00+01", "2026-03-29T04:00+02",
      "29-00:00+01 29-00:40+01 29-01:20+01 29-03:00+02 29-03:40+02" },
    { "2h", "Europe/Prague", 0, "2026-03-29T00:00+01", "2026-03-29T07:00+02",
      "29-00:00+01 29-03:00+02 29-04:00+02 29-06:00+02" },
    { "2h", "Europe/Prague", 0, "2026-10-25T00:00+02", "2026-10-25T07:00+01",
      "25-00:00+02 25-02:00+02 25-04:00+01 25-06:00+01" },
    { "1d", "Europe/Prague", 0, "2026-03-28T00:00+01", "2026-03-31T00:00+02",
      "28-00:00+01 29-00:00+01 30-00:00+02" },
    { "1d", "Europe/Prague", 6 * HOUR_US, "2026-03-28T00:00+01", "2026-03-31T00:00+02",
      "28-06:00+01 29-06:00+02 30-06:00+02" },
    { "1d", "Europe/Prague", 150 * MINUTE_US, "2026-03-28T00:00+01", "2026-03-31T00:00+02",
      "28-02:30+01 29-03:00+02 30-02:30+02" },
    { "30 2 * * *", "Europe/Prague", 0, "2026-03-28T00:00+01", "2026-03-31T00:00+02",
      "28-02:30+01 29-03:00+02 30-02:30+02" },
    { "30 2 * * *", "Europe/Prague", 0, "2026-10-24T00:00+02", "2026-10-27T00:00+01",
      "24-02:30+02 25-02:30+02 26-02:30+01" },
    { "*/20 2,3 * * *", "Europe/Prague", 0, "2026-03-29T00:00+01", "2026-03-30T00:00+02",
      "29-03:00+02 29-03:20+02 29-03:40+02" },
    { "*/30 1-3 * * *", "Europe/Prague", 0, "2026-10-25T00:00+02", "2026-10-26T00:00+01",
      "25-01:00+02 25-01:30+02 25-02:00+02 25-02:30+02 25-03:00+01 25-03:30+01" },
    { "0 0 * * *", "Europe/Prague", 10 * MINUTE_US, "2026-01-01T00:00+01", "2026-01-03T00:00+01",
      "01-00:10+01 02-00:10+01" },
    { "1h", "Europe/Prague", 5 * MINUTE_US, "2026-01-01T00:00+01", "2026-01-01T02:00+01",
      "01-00:05+01 01-01:05+01" },
    /* New York, by its own dates */
    { "4h", "America/New_York", 0, "2026-03-08T00:00-05", "2026-03-08T13:00-04",
      "08-00:00-05 08-04:00-04 08-08:00-04 08-12:00-04" },
    { "0 2 * * *", "America/New_York", 0, "2026-03-08T00:00-05", "2026-03-10T00:00-04",
      "08-03:00-04 09-02:00-04" },
    { "30m", "America/New_York", 0, "2026-11-01T01:00-04", "2026-11-01T02:00-05",
      "01-01:00-04 01-01:30-04 01-01:00-05 01-01:30-05" },
    /* Lord Howe shifts by half an hour only */
    { "30m", "Australia/Lord_Howe", 0, "2026-04-05T01:00+11", "2026-04-05T02:30+10:30",
      "05-01:00+11 05-01:30+11 05-01:30+10:30 05-02:00+10:30" },
    { "1h", "Australia/Lord_Howe", 0, "2026-04-05T00:00+11", "2026-04-05T04:00+10:30",
      "05-00:30+11 05-01:30+11 05-02:00+10:30 05-03:00+10:30" },
    { "2h", "Australia/Lord_Howe", 0, "2026-10-04T00:00+10:30", "2026-10-04T05:00+11",
      "04-00:00+10:30 04-02:30+11 04-04:00+11" },
    { "15 2 * * *", "Australia/Lord_Howe", 0, "2026-10-04T00:00+10:30", "2026-10-06T00:00+11",
      "04-02:30+11 05-02:15+11" },
    /* midnight itself is skipped: the day begins at 01:00 */
    { "1d", "America/Sao_Paulo", 0, "2018-11-03T00:00-03", "2018-11-06T00:00-02",
      "03-00:00-03 04-01:00-02 05-00:00-02" },
    { "1d", "Asia/Beirut", 0, "2024-03-30T00:00+02", "2024-04-02T00:00+03",
      "30-00:00+02 31-01:00+03 01-00:00+03" },
    /* the hour before midnight comes twice: midnight is what ends the second */
    { "1d", "America/Sao_Paulo", 0, "2018-02-17T00:00-02", "2018-02-19T12:00-03",
      "17-00:00-02 18-00:00-03 19-00:00-03" },
    /* the hour after midnight comes twice */
    { "1d", "America/Havana", 0, "2026-10-31T00:00-04", "2026-11-03T00:00-05",
      "31-00:00-04 01-00:00-04 02-00:00-05" },
    /* Samoa crossed the date line: there was no 30 December 2011 */
    { "1d", "Pacific/Apia", 0, "2011-12-29T00:00-10", "2012-01-01T12:00+14",
      "29-00:00-10 31-00:00+14 01-00:00+14" },
    /* offsets of odd quarters */
    { "1h", "Asia/Kolkata", 0, "2026-01-01T00:00+05:30", "2026-01-01T02:00+05:30",
      "01-00:00+05:30 01-01:00+05:30" },
    { "1d", "Asia/Kathmandu", 0, "2026-01-01T00:00+05:45", "2026-01-03T00:00+05:45",
      "01-00:00+05:45 02-00:00+05:45" },
    { "20m", "Asia/Kathmandu", 0, "2026-01-01T00:00+05:45", "2026-01-01T01:00+05:45",
      "01-00:00+05:45 01-00:20+05:45 01-00:40+05:45" },
    { "12h", "Australia/Eucla", 0, "2026-01-01T00:00+08:45", "2026-01-02T00:00+08:45",
      "01-00:00+08:45 01-12:00+08:45" },
    /* standard time itself was moved, by half an hour */
    { "1h", "America/Caracas", 0, "2016-05-01T01:00-04:30", "2016-05-01T05:00-04",
      "01-01:00-04:30 01-02:00-04:30 01-03:00-04 01-04:00-04" },
    /* no divisors of a day */
    { "7d", "Europe/Prague", 0, "2026-03-20T00:00+01", "2026-04-07T00:00+02",
      "23-00:00+01 30-00:00+02 06-00:00+02" },
    { "36h", "UTC", 0, "2026-01-01T00:00Z", "2026-01-05T00:00Z", "02-00:00+00 03-12:00+00" },
    { "7m", "UTC", 0, "2026-01-01T00:00Z", "2026-01-01T00:20Z", "01-00:06+00 01-00:13+00" },
    /* before 1970 */
    { "1d", "UTC", 0, "1969-12-30T00:00Z", "1970-01-02T00:00Z", "30-00:00+00 31-00:00+00 01-00:00+00" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AmselSchedule) schedule = make (vectors[i].time, vectors[i].zone, vectors[i].offset_us);
      g_autofree gchar *slots =
          describe (schedule, vectors[i].zone, moment_us (vectors[i].from), moment_us (vectors[i].to));

      g_test_message ("%s in %s", vectors[i].time, vectors[i].zone);
      g_assert_cmpstr (slots, ==, vectors[i].expected);
    }
}

static const gchar *const ZONES[] = { "UTC",
                                      "Europe/Prague",
                                      "America/New_York",
                                      "Australia/Lord_Howe",
                                      "America/Sao_Paulo",
                                      "Asia/Beirut",
                                      "Asia/Kathmandu",
                                      "America/St_Johns",
                                      "Africa/Casablanca",
                                      "Europe/Dublin",
                                      "Africa/Cairo",
                                      "Pacific/Apia",
                                      "Antarctica/Troll",
                                      "America/Havana",
                                      "Asia/Tehran",
                                      "Pacific/Chatham",
                                      "America/Scoresbysund" };

/* a day of the calendar has one slot of 1d, an hour of time one of 1h: what bills rest on */
static void
test_billing (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ZONES); i++)
    {
      g_autoptr (AmselSchedule) daily = make ("1d", ZONES[i], 0);
      g_autoptr (AmselSchedule) hourly = make ("1h", ZONES[i], 0);
      g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (ZONES[i]);
      gint64 at = amsel_schedule_next_us (daily, moment_us ("2008-01-01T12:00Z"));
      gint64 hour = amsel_schedule_next_us (hourly, at);
      guint32 day = 0;

      g_test_message ("%s", ZONES[i]);
      for (guint n = 0; n < 20 * 365; n++)
        {
          g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
          g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
          GDate date;

          g_date_clear (&date, 1);
          g_date_set_dmy (&date, (GDateDay) g_date_time_get_day_of_month (local),
                          (GDateMonth) g_date_time_get_month (local),
                          (GDateYear) g_date_time_get_year (local));
          if (day != 0 && !(g_str_equal (ZONES[i], "Pacific/Apia") && g_date_get_julian (&date) == day + 2))
            g_assert_cmpuint (g_date_get_julian (&date), ==, day + 1);
          day = g_date_get_julian (&date);
          at = amsel_schedule_next_us (daily, at);
        }
      for (guint n = 0; n < 3 * 8766; n++)
        {
          gint64 next = amsel_schedule_next_us (hourly, hour);

          g_assert_cmpint (next - hour, ==, HOUR_US);
          hour = next;
        }
    }
}

static gint64
local_us (GTimeZone *zone, gint64 at)
{
  gint interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, at / G_USEC_PER_SEC);

  return at + g_time_zone_get_offset (zone, interval) * (gint64) G_USEC_PER_SEC;
}

/* The rule in its own words: walk the clock minute by minute; a slot is due when the clock shows a time at or
 * after it for the first time. The slots of UTC are the local times. */
static void
walk (const gchar *time, const gchar *zone, gint64 from)
{
  g_autoptr (AmselSchedule) schedule = make (time, zone, 0);
  g_autoptr (AmselSchedule) plain = make (time, "UTC", 0);
  g_autoptr (GTimeZone) time_zone = g_time_zone_new_identifier (zone);
  gint64 next = amsel_schedule_next_us (schedule, from);
  gint64 highest = G_MININT64;
  gint64 due;

  g_test_message ("%s in %s from %" G_GINT64_FORMAT, time, zone, from);
  for (gint64 at = from - DAY_US; at <= from; at += MINUTE_US)
    highest = MAX (highest, local_us (time_zone, at));
  due = amsel_schedule_next_us (plain, highest);
  for (gint64 at = from + MINUTE_US; at < from + 200 * DAY_US; at += MINUTE_US)
    {
      gint64 local = local_us (time_zone, at);

      g_assert_cmpint (at == next, ==, local >= due);
      if (at != next)
        continue;
      due = amsel_schedule_next_us (plain, local);
      next = amsel_schedule_next_us (schedule, at);
    }
}

static void
test_walk (void)
{
  const gchar *const times[] = { "2h",      "90m",        "6h",           "1d",          "5h",
                                 "@hourly", "30 2 * * *", "15 */3 * * *", "0 0 * * sun", "*/45 0-4 * * *" };

  for (guint i = 0; i < 24; i++)
    walk (times[(guint) g_test_rand_int_range (0, G_N_ELEMENTS (times))],
          ZONES[(guint) g_test_rand_int_range (0, G_N_ELEMENTS (ZONES))],
          moment_us ("2009-01-01T00:00Z") + g_test_rand_int_range (0, 14 * 365 * 24) * HOUR_US);
}

/* whatever the settings, time goes on */
static void
test_forward (void)
{
  const gchar *const times[] = { "1m", "7m", "17s", "1h",      "37m",        "90m",
                                 "7h", "1d", "3d",  "@hourly", "*/7 * * * *" };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (ZONES); k++)
      {
        g_autoptr (AmselSchedule) schedule = make (times[i], ZONES[k], 0);
        gint64 at = moment_us ("2025-12-31T00:00Z");
        gint64 every = amsel_schedule_get_every_us (schedule);

        for (guint n = 0; n < 4000 && at < moment_us ("2028-01-01T00:00Z"); n++)
          {
            gint64 next = amsel_schedule_next_us (schedule, at);

            g_assert_cmpint (next, >, at);
            /* from anywhere in between, the next slot is the same */
            g_assert_cmpint (amsel_schedule_next_us (schedule, at + (next - at) / 2), ==, next);
            g_assert_cmpint (amsel_schedule_next_us (schedule, next - 1), ==, next);
            if (n > 0 && every != 0 && every <= HOUR_US)
              g_assert_cmpint (next - at, ==, every);
            at = next;
          }
      }
}

static void
test_limits (void)
{
  g_autoptr (AmselSchedule) schedule = make ("1d", "Europe/Prague", 0);
  g_autoptr (AmselSchedule) empty = amsel_schedule_new ();

  g_assert_cmpint (amsel_schedule_next_us (schedule, G_MAXINT64), ==, AMSEL_SCHEDULE_NEVER);
  g_assert_cmpint (amsel_schedule_next_us (schedule, G_MININT64), >, G_MININT64);
  g_assert_cmpint (amsel_schedule_next_us (schedule, 0), >, 0);
  g_assert_cmpint (amsel_schedule_next_us (empty, 0), ==, AMSEL_SCHEDULE_NEVER);
}

static void
test_check (void)
{
  const struct
  {
    const gchar *fault;
    gint64 every_us;
    const gchar *cron;
    const gchar *zone;
    gint64 offset_us;
    gint64 spread_us;
    const gchar *expected; /* part of the message */
  } vectors[] = {
    { "nothing", 0, NULL, "UTC", 0, 0, "add every" },
    { "empty cron", 0, "", "UTC", 0, 0, "add every" },
    { "both", HOUR_US, "@daily", "UTC", 0, 0, "remove one" },
    { "too often", 1000, NULL, "UTC", 0, 0, "too often" },
    { "offset of an interval", HOUR_US, NULL, "UTC", HOUR_US, 0, "make offset smaller than 1h" },
    { "spread beyond the interval", HOUR_US, NULL, "UTC", 0, HOUR_US + 1, "make spread smaller than 1h" },
    { "bad cron", 0, "61 * * * *", "UTC", 0, 0, "minute “61”" },
    { "unknown zone", HOUR_US, NULL, "Europe/Praha", 0, 0, "zone “Europe/Praha” is not known" },
    { "city alone", HOUR_US, NULL, "prague", 0, 0, "did you mean Europe/Prague?" },
    { "small letters", HOUR_US, NULL, "europe/prague", 0, 0, "did you mean Europe/Prague?" },
    { "a path", HOUR_US, NULL, "../../etc/passwd", 0, 0, "is not known" },
    { "a path from the root", HOUR_US, NULL, "/etc/localtime", 0, 0, "is not known" },
    { "a folder", HOUR_US, NULL, "Europe", 0, 0, "is not known" },
    { "a file that is no zone", HOUR_US, NULL, "zone.tab", 0, 0, "is not known" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AmselSchedule) schedule = amsel_schedule_new ();
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", vectors[i].fault);
      g_object_set (schedule, "every", vectors[i].every_us, "cron", vectors[i].cron, "zone", vectors[i].zone,
                    "offset", vectors[i].offset_us, "spread", vectors[i].spread_us, NULL);
      g_assert_false (amsel_schedule_check (schedule, &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, vectors[i].expected));
      g_assert_cmpint (amsel_schedule_next_us (schedule, 0), ==, AMSEL_SCHEDULE_NEVER);
    }
}

/* a setting that changes is obeyed from the next question on */
static void
test_change (void)
{
  g_autoptr (AmselSchedule) schedule = make ("1h", "UTC", 0);
  gint64 midnight = moment_us ("2026-01-01T00:00Z");

  g_assert_cmpint (amsel_schedule_next_us (schedule, midnight), ==, midnight + HOUR_US);
  g_object_set (schedule, "every", 2 * HOUR_US, NULL);
  g_assert_cmpint (amsel_schedule_next_us (schedule, midnight), ==, midnight + 2 * HOUR_US);
  g_object_set (schedule, "every", G_GINT64_CONSTANT (0), "cron", "5 * * * *", NULL);
  g_assert_cmpint (amsel_schedule_next_us (schedule, midnight), ==, midnight + 5 * MINUTE_US);
}

static void
test_spread (void)
{
  g_autoptr (AmselSchedule) schedule = make ("1h", "UTC", 0);

  g_assert_cmpint (amsel_schedule_get_spread_us (schedule, 7, 10), ==, 0);
  g_object_set (schedule, "spread", 10 * MINUTE_US, NULL);
  g_assert_cmpint (amsel_schedule_get_spread_us (schedule, 0, 1), ==, 0);
  g_assert_cmpint (amsel_schedule_get_spread_us (schedule, 0, 300), ==, 0);
  g_assert_cmpint (amsel_schedule_get_spread_us (schedule, 150, 300), ==, 5 * MINUTE_US);
  g_assert_cmpint (amsel_schedule_get_spread_us (schedule, G_MAXUINT - 1, G_MAXUINT), <, 10 * MINUTE_US);
}

static void
test_ams_intervals (void)
{
  const gchar *const *names = amsel_schedule_ams_interval_list ();
  gint64 us, before = 0;
  guint n = 0;

  for (; names[n] != NULL; n++)
    {
      g_assert_true (amsel_schedule_ams_interval_parse (names[n], &us, NULL));
      g_assert_cmpint (us, >, before);
      g_assert_cmpint (DAY_US % us, ==, 0);
      g_assert_cmpstr (amsel_schedule_ams_interval_get_name (us), ==, names[n]);
      before = us;
    }
  g_assert_cmpuint (n, ==, 19);
  g_assert_true (amsel_schedule_ams_interval_parse ("15m", &us, NULL));
  g_assert_cmpint (us, ==, 15 * MINUTE_US);
  g_assert_null (amsel_schedule_ams_interval_get_name (7 * MINUTE_US));
  {
    const gchar *const bad[] = { "", "7M", "15", "M", "1D ", "01M", "2D", "60M" };

    for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
      {
        g_autoptr (GError) error = NULL;

        g_assert_false (amsel_schedule_ams_interval_parse (bad[i], &us, &error));
        g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/slots", test_slots);
  g_test_add_func ("/schedule/billing", test_billing);
  g_test_add_func ("/schedule/walk", test_walk);
  g_test_add_func ("/schedule/forward", test_forward);
  g_test_add_func ("/schedule/limits", test_limits);
  g_test_add_func ("/schedule/check", test_check);
  g_test_add_func ("/schedule/change", test_change);
  g_test_add_func ("/schedule/spread", test_spread);
  g_test_add_func ("/schedule/ams-intervals", test_ams_intervals);
  return g_test_run ();
}
