/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When something is to be done: slots on the wall clock of a time zone.
 *
 * The rule, which docs/scheduling.md explains with examples:
 *
 *  - An interval of an hour or less runs on absolute time. Its slots keep their distance through both
 *    changes of daylight saving: the hour that comes twice has its slots twice (consumption in it is real),
 *    the hour that is skipped has none. They are counted from midnight of the zone's standard time.
 *  - A longer interval and cron name local times. A slot is taken at the first moment at which the local
 * clock shows its time or a later one: a time that is skipped is taken when the clock jumps, so that a daily
 * reading is never lost, and a time that comes twice is taken once, the first time. A day of the calendar has
 * exactly one slot of 1d.
 *  - Intervals that do not divide a day, or that are longer, are counted from Monday, 1970-01-05 00:00. So 7d
 * is every Monday.
 *  - The offset moves every slot: 1d with an offset of 6h is 06:00 on every day. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AmselOverrun:
 * @AMSEL_OVERRUN_NONE: not used
 * @AMSEL_OVERRUN_SKIP: the slot is left out and recorded as missed
 * @AMSEL_OVERRUN_QUEUE: the slot waits for its turn; every slot is done, however late
 * @AMSEL_OVERRUN_COALESCE: all slots that passed meanwhile are done as one, as soon as possible
 *
 * What happens to a slot that comes while the one before has not ended.
 */
typedef enum
{
  AMSEL_OVERRUN_NONE,
  AMSEL_OVERRUN_SKIP,
  AMSEL_OVERRUN_QUEUE,
  AMSEL_OVERRUN_COALESCE,
} AmselOverrun;

#define AMSEL_TYPE_OVERRUN (amsel_overrun_get_type ())
AMSEL_API
GType amsel_overrun_get_type (void) G_GNUC_CONST;

/**
 * AMSEL_SCHEDULE_NEVER:
 *
 * What amsel_schedule_next_us() returns where there is no further slot.
 */
#define AMSEL_SCHEDULE_NEVER G_MAXINT64

#define AMSEL_TYPE_SCHEDULE (amsel_schedule_get_type ())
AMSEL_API
G_DECLARE_FINAL_TYPE (AmselSchedule, amsel_schedule, AMSEL, SCHEDULE, GObject)

AMSEL_API AmselSchedule *amsel_schedule_new (void);
AMSEL_API gboolean amsel_schedule_check (AmselSchedule *self, GError **error);
AMSEL_API gint64 amsel_schedule_next_us (AmselSchedule *self, gint64 after_us);
AMSEL_API gint64 amsel_schedule_get_spread_us (AmselSchedule *self, guint index, guint n);
AMSEL_API gint64 amsel_schedule_get_every_us (AmselSchedule *self);
AMSEL_API AmselOverrun amsel_schedule_get_overrun (AmselSchedule *self);
AMSEL_API const gchar *const *amsel_schedule_ams_interval_list (void);
AMSEL_API gboolean amsel_schedule_ams_interval_parse (const gchar *text, gint64 *out_us, GError **error);
AMSEL_API const gchar *amsel_schedule_ams_interval_get_name (gint64 us);

G_END_DECLS
