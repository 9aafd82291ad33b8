/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times as text in a zone, and periods of the wall clock.
 *
 * GDateTime would allocate for every row. The offset from UTC is asked for once in a quarter of an hour of
 * the data's time, since no zone changes at any other moment; the calendar is arithmetic. */
#include "csv-zone.h"

#include "amsel-error.h"

#define SECOND_US     G_TIME_SPAN_SECOND
#define QUARTER_S     900
#define DAY_S         86400
#define DAYS_TO_1970  719468                /* from 0000-03-01, where the calendar's arithmetic begins */
#define DAYS_PER_ERA  146097                /* 400 years */
#define MONDAY_OFFSET (4 * G_TIME_SPAN_DAY) /* 1970-01-05 was a Monday, so that weeks begin there */

gboolean
csv_zone_init (CsvZone *self, const gchar *identifier, GError **error)
{
  self->bucket = G_MININT64;
  self->zone = g_time_zone_new_identifier (identifier);
  if (self->zone != NULL)
    return TRUE;
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "zone: “%s” is not known; expected UTC or a name such as Europe/Prague", identifier);
  return FALSE;
}

void
csv_zone_clear (CsvZone *self)
{
  g_clear_pointer (&self->zone, g_time_zone_unref);
}

static gint64
floor_div (gint64 a, gint64 b)
{
  return a / b - (a % b != 0 && a < 0);
}

static gint32
get_offset_s (CsvZone *self, gint64 utc_s)
{
  gint64 bucket = floor_div (utc_s, QUARTER_S);

  if (bucket != self->bucket)
    {
      self->offset_s = g_time_zone_get_offset (
          self->zone, g_time_zone_find_interval (self->zone, G_TIME_TYPE_UNIVERSAL, utc_s));
      self->bucket = bucket;
    }
  return self->offset_s;
}

/* Days since 1970 to a date of the Gregorian calendar, counted in years that begin with March, so that a leap
 * day is the last day of its year. */
static void
split_days (gint64 days, CsvTime *out)
{
  gint64 era = floor_div (days + DAYS_TO_1970, DAYS_PER_ERA);
  gint64 day_of_era = days + DAYS_TO_1970 - era * DAYS_PER_ERA;
  gint64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  gint64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  gint64 month = (5 * day_of_year + 2) / 153;

  out->day = (guint) (day_of_year - (153 * month + 2) / 5 + 1);
  out->month = (guint) (month < 10 ? month + 3 : month - 9);
  out->year = (gint) (year_of_era + era * 400 + (out->month <= 2));
}

static void
split_local (gint64 local_s, CsvTime *out)
{
  gint64 days = floor_div (local_s, DAY_S);
  guint rest = (guint) (local_s - days * DAY_S);

  split_days (days, out);
  out->hour = rest / 3600;
  out->minute = rest / 60 % 60;
  out->second = rest % 60;
}

/* Parts of a moment on the zone's wall clock. */
void
csv_zone_split (CsvZone *self, gint64 us, CsvTime *out)
{
  gint64 utc_s = floor_div (us, SECOND_US);

  split_local (utc_s + get_offset_s (self, utc_s), out);
}

static gchar *
write_digits (gchar *p, guint value, guint n)
{
  for (guint i = n; i > 0; i--, value /= 10)
    p[i - 1] = (gchar) ('0' + value % 10);
  return p + n;
}

static gchar *
write_offset (gchar *p, gint32 offset_s)
{
  guint minutes = (guint) ABS (offset_s) / 60;

  if (offset_s == 0)
    {
      *p++ = 'Z';
      return p;
    }
  *p++ = offset_s < 0 ? '-' : '+';
  p = write_digits (p, minutes / 60, 2);
  *p++ = ':';
  return write_digits (p, minutes % 60, 2);
}

/* Writes ISO 8601 such as 2026-11-22T08:15:00+01:00, with three digits behind the seconds where asked for;
 * gives the length without the zero. */
gsize
csv_zone_write (CsvZone *self, gint64 us, gboolean milliseconds, gchar *out)
{
  gint64 utc_s = floor_div (us, SECOND_US);
  gint32 offset_s = get_offset_s (self, utc_s);
  CsvTime t;
  gchar *p = out;

  split_local (utc_s + offset_s, &t);
  p = write_digits (p, (guint) CLAMP (t.year, 0, 9999), 4);
  *p++ = '-';
  p = write_digits (p, t.month, 2);
  *p++ = '-';
  p = write_digits (p, t.day, 2);
  *p++ = 'T';
  p = write_digits (p, t.hour, 2);
  *p++ = ':';
  p = write_digits (p, t.minute, 2);
  *p++ = ':';
  p = write_digits (p, t.second, 2);
  if (milliseconds)
    {
      *p++ = '.';
      p = write_digits (p, (guint) ((us - utc_s * SECOND_US) / 1000), 3);
    }
  p = write_offset (p, offset_s);
  *p = '\0';
  return (gsize) (p - out);
}

static gint64
from_local_s (CsvZone *self, gint64 local_s)
{
  gint64 adjusted_s = local_s;
  gint interval = g_time_zone_adjust_time (self->zone, G_TIME_TYPE_STANDARD, &adjusted_s);

  return adjusted_s - g_time_zone_get_offset (self->zone, interval);
}

/* Seconds of the local clock at which a month begins, given as months since the year 0. */
static gint64
month_begin_s (gint64 month)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, 1, (GDateMonth) (month % 12 + 1), (GDateYear) (month / 12));
  return ((gint64) g_date_get_julian (&date) - 719163) * DAY_S; /* 719163 is 1970-01-01 in GLib's days */
}

/* The period that a moment is in: from begin to just before end. Periods lie on the zone's wall clock: a day
 * ends at midnight and has 23 hours once a year. Those of an hour and less are never stretched, so the hour
 * that comes twice in autumn gives two of them. */
void
csv_zone_get_period (CsvZone *self, const CsvPeriod *period, gint64 us, gint64 *out_begin_us,
                     gint64 *out_end_us)
{
  gint64 utc_s = floor_div (us, SECOND_US);
  gint64 local_us = us + get_offset_s (self, utc_s) * SECOND_US;
  gint64 begin_s, end_s;
  CsvTime t;

  if (period->kind == CSV_PERIOD_NONE)
    {
      *out_begin_us = 0;
      *out_end_us = G_MAXINT64;
      return;
    }
  if (period->kind == CSV_PERIOD_SPAN)
    {
      gint64 begin_us =
          floor_div (local_us - MONDAY_OFFSET, period->span_us) * period->span_us + MONDAY_OFFSET;

      if (period->span_us <= G_TIME_SPAN_HOUR)
        {
          *out_begin_us = us - (local_us - begin_us);
          *out_end_us = *out_begin_us + period->span_us;
          return;
        }
      begin_s = floor_div (begin_us, SECOND_US);
      end_s = floor_div (begin_us + period->span_us, SECOND_US);
    }
  else
    {
      gint64 first, n = period->kind == CSV_PERIOD_YEAR ? 12 : 1;

      csv_zone_split (self, us, &t);
      first = (gint64) CLAMP (t.year, 1, 9998) * 12 + (n == 12 ? 0 : t.month - 1);
      begin_s = month_begin_s (first);
      end_s = month_begin_s (first + n);
    }
  *out_begin_us = MIN (us, from_local_s (self, begin_s) * SECOND_US);
  *out_end_us = MAX (us + 1, from_local_s (self, end_s) * SECOND_US);
}
