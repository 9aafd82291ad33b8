/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times as text in a zone, and periods of the wall clock. */
#pragma once

#include <glib.h>

typedef struct
{
  GTimeZone *zone; /* (owned) */
  gint64 bucket;   /* quarter of an hour that offset_s is valid for */
  gint32 offset_s;
} CsvZone;

typedef struct
{
  gint year;
  guint month;
  guint day;
  guint hour;
  guint minute;
  guint second;
} CsvTime;

/* What a file's time is cut into. */
typedef enum
{
  CSV_PERIOD_NONE, /* for ever */
  CSV_PERIOD_YEAR,
  CSV_PERIOD_MONTH,
  CSV_PERIOD_SPAN, /* a number of microseconds */
} CsvPeriodKind;

typedef struct
{
  CsvPeriodKind kind;
  gint64 span_us;
} CsvPeriod;

/* room for csv_zone_write() with its zero */
#define CSV_TIME_CHARS 40

gboolean csv_zone_init (CsvZone *self, const gchar *identifier, GError **error);
void csv_zone_clear (CsvZone *self);
gsize csv_zone_write (CsvZone *self, gint64 us, gboolean milliseconds, gchar *out);
void csv_zone_split (CsvZone *self, gint64 us, CsvTime *out);
void csv_zone_get_period (CsvZone *self, const CsvPeriod *period, gint64 us, gint64 *out_begin_us,
                          gint64 *out_end_us);
