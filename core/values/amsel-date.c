/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A date and time as a meter sends it. */
#include "amsel-date.h"

static gchar *
write_two (gchar *p, guint value, gchar lead)
{
  if (lead != '\0')
    *p++ = lead;
  *p++ = (gchar) ('0' + value / 10 % 10);
  *p++ = (gchar) ('0' + value % 10);
  return p;
}

/**
 * amsel_date_write: (skip)
 * @self: a date
 * @out: room for %AMSEL_DATE_CHARS characters
 *
 * Writes the valid parts in ISO 8601: `2014-12-31`, `2015-12-08T17:05`, `2015-12-08T17:05:30` or `17:05:30`.
 *
 * Returns: the number of characters, without the terminating zero
 */
gsize
amsel_date_write (const AmselDate *self, gchar *out)
{
  gchar *p = out;

  if (self->parts & AMSEL_DATE_DAY)
    {
      p = write_two (p, self->year / 100, '\0');
      p = write_two (p, self->year % 100, '\0');
      p = write_two (p, self->month, '-');
      p = write_two (p, self->day, '-');
    }
  if (self->parts & AMSEL_DATE_MINUTE)
    {
      p = write_two (p, self->hour, self->parts & AMSEL_DATE_DAY ? 'T' : '\0');
      p = write_two (p, self->minute, ':');
    }
  if ((self->parts & AMSEL_DATE_SECOND) && (self->parts & AMSEL_DATE_MINUTE))
    p = write_two (p, self->second, ':');
  *p = '\0';
  return (gsize) (p - out);
}

/**
 * amsel_date_is_valid: (skip)
 * @self: a date
 *
 * Returns: whether the valid parts are a day and a time that exist
 */
gboolean
amsel_date_is_valid (const AmselDate *self)
{
  if ((self->parts & (AMSEL_DATE_DAY | AMSEL_DATE_MINUTE)) == 0)
    return FALSE;
  if ((self->parts & AMSEL_DATE_DAY) && !g_date_valid_dmy (self->day, (GDateMonth) self->month, self->year))
    return FALSE;
  if ((self->parts & AMSEL_DATE_MINUTE) && (self->hour > 23 || self->minute > 59))
    return FALSE;
  return !(self->parts & AMSEL_DATE_SECOND) || self->second <= 59;
}
