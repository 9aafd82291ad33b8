/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dates and times of EN 13757-3:2018 Annex A: type G (CP16), J (CP24), F (CP32) and I (CP48).
 *
 *   G  YYYDDDDD YYYYMMMM                                         a day
 *   J  --SSSSSS --MMMMMM ---HHHHH                                a time of day
 *   F  I-MMMMMM DCCHHHHH YYYDDDDD YYYYMMMM                       a day and minute
 *   I  LDSSSSSS I-MMMMMM WWWHHHHH YYYDDDDD YYYYMMMM --WWWWWW     a day and second
 *
 *   I invalid, D summer time, C hundreds of years since 1900, L leap year, W day and number of the week
 *
 * A field that is no point in time, such as "every hour" or day 0, makes the whole of it invalid: the formats
 * also serve for repeated events, which a reading is not. */
#include "en13757-private.h"

#define TYPE_G_LENGTH 2
#define TYPE_J_LENGTH 3
#define TYPE_I_LENGTH 6

/* Hundreds of years since 1900 that are no mistake: there are meters that send 2, and mean the year 2026. */
#define HUNDREDS_MAX 1

/* Years of two digits up to this one are of this century: the rule of the standard for types F and G. */
#define LAST_YEAR_OF_2000 80

#define YEARS_MAX 99

/* Day and month 0 and year 127: type I without a day, which is a time of day then. */
#define NO_DAY_LOW  0xE0
#define NO_DAY_HIGH 0xF0

/* The two bytes that types F, G and I share. */
static gboolean
decode_day (const guint8 *data, guint hundreds, AmselDate *out_date)
{
  guint year = (guint) (data[0] >> 5 | (data[1] & 0xF0) >> 1);

  if (year > YEARS_MAX || hundreds > HUNDREDS_MAX)
    return FALSE;
  if (hundreds != 0)
    year += 1900 + 100 * hundreds;
  else
    year += year <= LAST_YEAR_OF_2000 ? 2000 : 1900;
  out_date->year = (guint16) year;
  out_date->month = data[1] & 0x0F;
  out_date->day = data[0] & 0x1F;
  return TRUE;
}

/* Days of a month; the decoder meets a date in every third record, so it does not ask the calendar of GLib.
 */
static gboolean
is_day (const AmselDate *date)
{
  static const guint8 DAYS[16] = { 0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0 };

  if (date->day == 0 || date->day > DAYS[date->month & 0x0F])
    return FALSE;
  return date->month != 2 || date->day < 29 || g_date_is_leap_year (date->year);
}

/**
 * en13757_decode_date: (skip)
 * @data: the bytes, least significant first
 * @length: 2 (type G), 3 (J), 4 (F) or 6 (I)
 * @out_date: (out): the date, changed only on success
 *
 * Returns: whether it is a point in time
 */
gboolean
en13757_decode_date (const guint8 *data, gsize length, AmselDate *out_date)
{
  AmselDate date = { 0 };
  const guint8 *time = data;
  const guint8 *day = data;
  guint hundreds = 0;

  switch (length)
    {
    case TYPE_G_LENGTH:
      date.parts = AMSEL_DATE_DAY;
      break;
    case TYPE_J_LENGTH:
      date.parts = AMSEL_DATE_MINUTE | AMSEL_DATE_SECOND;
      date.second = data[0] & 0x3F;
      time = data + 1;
      break;
    case EN13757_TYPE_F_LENGTH:
      if (data[0] & 0x80)
        return FALSE;
      date.parts = AMSEL_DATE_DAY | AMSEL_DATE_MINUTE | (data[1] & 0x80 ? AMSEL_DATE_DST : 0);
      hundreds = data[1] >> 5 & 3;
      day = data + 2;
      break;
    case TYPE_I_LENGTH:
      if (data[1] & 0x80)
        return FALSE;
      date.parts = AMSEL_DATE_DAY | AMSEL_DATE_MINUTE | AMSEL_DATE_SECOND;
      date.parts |= data[0] & 0x40 ? AMSEL_DATE_DST : 0;
      date.second = data[0] & 0x3F;
      time = data + 1;
      day = data + 3;
      hundreds = 1;
      if (day[0] == NO_DAY_LOW && day[1] == NO_DAY_HIGH)
        date.parts &= (guint8) ~AMSEL_DATE_DAY;
      break;
    default:
      return FALSE;
    }
  if (date.parts & AMSEL_DATE_MINUTE)
    {
      date.minute = time[0] & 0x3F;
      date.hour = time[1] & 0x1F;
    }
  if ((date.parts & AMSEL_DATE_DAY) && (!decode_day (day, hundreds, &date) || !is_day (&date)))
    return FALSE;
  if (date.hour > 23 || date.minute > 59 || date.second > 59)
    return FALSE;
  *out_date = date;
  return TRUE;
}

/**
 * en13757_encode_type_f: (skip)
 * @date: a day and minute from 2000 to 2080, the years that type F has without its hundreds, which older
 * meters do not know
 * @out: (out): the bytes, least significant first
 */
void
en13757_encode_type_f (const AmselDate *date, guint8 out[EN13757_TYPE_F_LENGTH])
{
  guint year = date->year % 100u;

  out[0] = date->minute;
  out[1] = (guint8) (date->hour | (date->parts & AMSEL_DATE_DST ? 0x80 : 0));
  out[2] = (guint8) (date->day | (year & 7) << 5);
  out[3] = (guint8) (date->month | year >> 3 << 4);
}
