/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times in the notation of crontab. Pure calendar arithmetic on local time; zones are amsel-zone's matter. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What no slot can be: returned where there is none any more. */
#define AMSEL_CRON_NEVER G_MAXINT64

/* Which minutes, hours, days, months and weekdays match: bit n of a field stands for the value n. */
typedef struct
{
  guint64 minutes;
  guint32 hours;
  guint32 days;
  guint16 months;
  guint8 weekdays;      /* 0 is Sunday */
  gboolean any_day;     /* the field of the day begins with a star */
  gboolean any_weekday; /* the field of the weekday begins with a star */
} AmselCron;

gboolean amsel_cron_parse (const gchar *text, AmselCron *out, GError **error);
gint64 amsel_cron_next (const AmselCron *self, gint64 after_local_s);

G_END_DECLS
