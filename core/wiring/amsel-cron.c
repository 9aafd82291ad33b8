/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times in the notation of crontab: five fields of lists, ranges and steps.
 *
 * The rules are those of Vixie cron, which users know: names of months and weekdays, Sunday is 0 and 7, and
 * where both the day and the weekday are restricted a day that matches either of them matches. A field of a
 * day that begins with a star does not restrict, even with a step. There is no field for seconds: what must
 * run more often than each minute is an interval.
 *
 * Everything here counts local time in seconds from 1970-01-01 00:00 of the local calendar. */
#include "amsel-cron-private.h"

#include <string.h>

#include "amsel-error.h"

#define N_FIELDS   5
#define MINUTE_S   60
#define DAY_S      86400
#define NUMBER_MAX 99

/* 29 February comes after at most eight years (1896 to 1904), and on a certain weekday after at most forty.
 */
#define SEARCH_DAYS (366 * 41)

typedef struct
{
  const gchar *name;
  guint minimum;
  guint maximum;
  const gchar *names; /* (nullable): three letters each, beginning with the value @minimum */
} Field;

static const Field FIELDS[N_FIELDS] = {
  { "minute", 0, 59, NULL },
  { "hour", 0, 23, NULL },
  { "day", 1, 31, NULL },
  { "month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec" },
  { "weekday", 0, 7, "sunmontuewedthufrisat" },
};

static const struct
{
  const gchar *name;
  const gchar *fields;
} NICKNAMES[] = {
  { "@hourly", "0 * * * *" },   { "@daily", "0 0 * * *" },   { "@midnight", "0 0 * * *" },
  { "@weekly", "0 0 * * 0" },   { "@monthly", "0 0 1 * *" }, { "@yearly", "0 0 1 1 *" },
  { "@annually", "0 0 1 1 *" },
};

static const guint8 LONGEST_MONTH[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

/* Reads a number or a name; 0 characters where it is neither. */
static gsize
read_value (const Field *field, const gchar *text, guint *value)
{
  gsize n = strspn (text, "0123456789");

  if (n > 0)
    {
      *value = 0;
      for (gsize i = 0; i < n; i++)
        *value = MIN (*value * 10 + (guint) (text[i] - '0'), NUMBER_MAX);
      return n;
    }
  if (field->names == NULL || strlen (text) < 3)
    return 0;
  for (gsize i = 0; field->names[3 * i] != '\0'; i++)
    if (g_ascii_strncasecmp (field->names + 3 * i, text, 3) == 0)
      {
        *value = field->minimum + (guint) i;
        return 3;
      }
  return 0;
}

/* Reads one entry of a list: a star, a value or a range, and a step behind a star or a range. */
static gboolean
read_entry (const Field *field, const gchar *text, guint64 *bits)
{
  guint first = field->minimum;
  guint last = field->maximum;
  guint step = 1;
  gboolean is_range = TRUE;
  gsize n = 1;

  if (*text != '*')
    {
      n = read_value (field, text, &first);
      if (n == 0)
        return FALSE;
      last = first;
      is_range = text[n] == '-';
    }
  text += n;
  if (is_range && *text == '-')
    {
      n = read_value (field, text + 1, &last);
      if (n == 0)
        return FALSE;
      /* the names know Sunday as the first day; behind a dash it is the last one */
      if (field->names != NULL && field->minimum == 0 && last == 0 && first > 0)
        last = 7;
      text += 1 + n;
    }
  if (is_range && *text == '/')
    {
      n = read_value (field, text + 1, &step);
      if (n == 0)
        return FALSE;
      text += 1 + n;
    }
  if (*text != '\0' || first < field->minimum || last > field->maximum || first > last || step == 0
      || step > field->maximum)
    return FALSE;
  for (guint i = first; i <= last; i += step)
    *bits |= G_GUINT64_CONSTANT (1) << i;
  return TRUE;
}

static gboolean
read_field (const Field *field, const gchar *text, guint64 *bits, GError **error)
{
  g_auto (GStrv) entries = g_strsplit (text, ",", -1);

  *bits = 0;
  for (guint i = 0; entries[i] != NULL; i++)
    if (!read_entry (field, entries[i], bits))
      {
        g_set_error (
            error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
            "cron: the %s “%s” is not understood; expected %u to %u%s, *, a range such as %u-%u, a step "
            "such as */%u, or a list of these with commas",
            field->name, entries[i], field->minimum, field->maximum,
            field->names != NULL ? " or a name of three letters" : "", field->minimum + 1, field->minimum + 3,
            field->minimum + 2);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_days (const AmselCron *self, const gchar *text, GError **error)
{
  if (!self->any_weekday)
    return TRUE;
  for (guint month = 1; month <= 12; month++)
    if ((self->months >> month & 1) != 0
        && (self->days & ((G_GUINT64_CONSTANT (1) << (LONGEST_MONTH[month - 1] + 1)) - 1)) != 0)
      return TRUE;
  g_set_error (
      error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
      "cron “%s” never comes: none of its months has such a day; change the third or the fourth field", text);
  return FALSE;
}

static gchar **
split_fields (const gchar *text, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) fields = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (NICKNAMES); i++)
    if (g_ascii_strcasecmp (text, NICKNAMES[i].name) == 0)
      text = NICKNAMES[i].fields;
  words = g_strsplit_set (text, " \t", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (builder, words[i]);
  fields = g_strv_builder_end (builder);
  if (g_strv_length (fields) == N_FIELDS)
    return g_steal_pointer (&fields);
  if (*text == '@')
    g_set_error (
        error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
        "cron “%s” is not known; expected @hourly, @daily, @weekly, @monthly, @yearly or five fields", text);
  else
    g_set_error (
        error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
        "cron “%s” has %u fields; expected five: minute hour day month weekday, such as 0 6 * * mon-fri "
        "(for seconds use every)",
        text, g_strv_length (fields));
  return NULL;
}

/* Parses a crontab time: five fields, or a name such as @daily. */
gboolean
amsel_cron_parse (const gchar *text, AmselCron *out, GError **error)
{
  g_auto (GStrv) fields = split_fields (text, error);
  guint64 bits[N_FIELDS];

  if (fields == NULL)
    return FALSE;
  for (guint i = 0; i < N_FIELDS; i++)
    if (!read_field (&FIELDS[i], fields[i], &bits[i], error))
      return FALSE;
  out->minutes = bits[0];
  out->hours = (guint32) bits[1];
  out->days = (guint32) bits[2];
  out->months = (guint16) bits[3];
  out->weekdays = (guint8) ((bits[4] | bits[4] >> 7) & 0x7F);
  out->any_day = *fields[2] == '*';
  out->any_weekday = *fields[4] == '*';
  return check_days (out, text, error);
}

/* Date of a day counted from 1970-01-01, in the Gregorian calendar. The year is counted from March, so that
 * the leap day is its last one. */
static void
get_date (gint64 day, guint *month, guint *day_of_month)
{
  gint64 from_march_0000 = day + 719468;
  gint64 era = (from_march_0000 >= 0 ? from_march_0000 : from_march_0000 - 146096) / 146097;
  guint day_of_era = (guint) (from_march_0000 - era * 146097);
  guint year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  guint day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
  guint march_month = (5 * day_of_year + 2) / 153;

  *day_of_month = day_of_year - (153 * march_month + 2) / 5 + 1;
  *month = march_month < 10 ? march_month + 3 : march_month - 9;
}

static gboolean
matches_day (const AmselCron *self, gint64 day)
{
  guint weekday = (guint) (((day + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
  guint month, day_of_month;
  gboolean day_matches, weekday_matches;

  get_date (day, &month, &day_of_month);
  if ((self->months >> month & 1) == 0)
    return FALSE;
  day_matches = (self->days >> day_of_month & 1) != 0;
  weekday_matches = (self->weekdays >> weekday & 1) != 0;
  if (self->any_day || self->any_weekday)
    return day_matches && weekday_matches;
  return day_matches || weekday_matches;
}

/* First matching minute of a day from @minute on; -1 where there is none. */
static gint
find_minute (const AmselCron *self, guint minute)
{
  for (guint hour = minute / 60; hour < 24; hour++)
    {
      guint first = hour == minute / 60 ? minute % 60 : 0;
      guint64 rest = self->minutes >> first;

      if ((self->hours >> hour & 1) != 0 && rest != 0)
        return (gint) (hour * 60 + first) + __builtin_ctzll (rest);
    }
  return -1;
}

/* First matching local time after @after_local_s, or AMSEL_CRON_NEVER. */
gint64
amsel_cron_next (const AmselCron *self, gint64 after_local_s)
{
  gint64 minute_of_all = (after_local_s >= 0 ? after_local_s : after_local_s - (MINUTE_S - 1)) / MINUTE_S + 1;
  gint64 day = (minute_of_all >= 0 ? minute_of_all : minute_of_all - 1439) / 1440;
  guint first = (guint) (minute_of_all - day * 1440);

  for (guint i = 0; i < SEARCH_DAYS; i++, first = 0)
    {
      gint minute = matches_day (self, day + i) ? find_minute (self, first) : -1;

      if (minute >= 0)
        return (day + i) * DAY_S + (gint64) minute * MINUTE_S;
    }
  return AMSEL_CRON_NEVER;
}
