/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A date and time as a meter sends it: local to the meter, often without seconds, sometimes only in part. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AmselDateParts:
 * @AMSEL_DATE_NONE: nothing is valid
 * @AMSEL_DATE_DAY: year, month and day are valid
 * @AMSEL_DATE_MINUTE: hour and minute are valid
 * @AMSEL_DATE_SECOND: the second is valid
 * @AMSEL_DATE_DST: the meter said that daylight saving time was in force
 *
 * Which parts of an #AmselDate are valid.
 */
typedef enum /*< flags >*/
{
  AMSEL_DATE_NONE = 0,
  AMSEL_DATE_DAY = 1 << 0,
  AMSEL_DATE_MINUTE = 1 << 1,
  AMSEL_DATE_SECOND = 1 << 2,
  AMSEL_DATE_DST = 1 << 3,
} AmselDateParts;

/**
 * AmselDate:
 * @year: such as 2015
 * @month: 1 to 12
 * @day: 1 to 31
 * @hour: 0 to 23
 * @minute: 0 to 59
 * @second: 0 to 59
 * @parts: which of these are valid: #AmselDateParts
 *
 * A meter's date and time. It has no time zone, since meters do not send one.
 */
typedef struct
{
  guint16 year;
  guint8 month;
  guint8 day;
  guint8 hour;
  guint8 minute;
  guint8 second;
  guint8 parts;
} AmselDate;

/**
 * AMSEL_DATE_CHARS:
 *
 * Room that amsel_date_write() may need, with the terminating zero.
 */
#define AMSEL_DATE_CHARS 24

AMSEL_API gsize amsel_date_write (const AmselDate *self, gchar *out);
AMSEL_API gboolean amsel_date_is_valid (const AmselDate *self);

G_END_DECLS
