/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When something is to be done: slots on the wall clock of a time zone.
 *
 * Slots are computed, never listed: each is a whole number of intervals from a fixed origin, or the next
 * match of a cron time, so the next one is found from any moment, after a stall and after a step of the clock
 * alike. The arithmetic of local times is amsel-zone's, that of cron amsel-cron's. */
#include "amsel-schedule.h"

#include "amsel-cron-private.h"
#include "amsel-error.h"
#include "amsel-param.h"
#include "amsel-zone-private.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)
#define EVERY_MIN ((gint64) G_USEC_PER_SEC / 10)
#define EVERY_MAX (366 * DAY_US)
#define ORIGIN_US (4 * DAY_US) /* Monday 1970-01-05 00:00 */

/* Up to this length slots keep their distance in absolute time, above it they are local times. */
#define ABSOLUTE_MAX_US HOUR_US

struct _AmselSchedule
{
  GObject parent_instance;

  gint64 every_us; /* 0: not set */
  gchar *cron;     /* (owned) (nullable) */
  gchar *zone;     /* (owned) (nullable): NULL is the zone of the system */
  gint64 offset_us;
  gint64 spread_us;
  AmselOverrun overrun;

  GTimeZone *time_zone; /* (owned) (nullable): made from the settings when it is needed */
  AmselCron cron_time;  /* valid while @time_zone is there and @cron is set */
};

G_DEFINE_FINAL_TYPE (AmselSchedule, amsel_schedule, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AmselOverrun, amsel_overrun, G_DEFINE_ENUM_VALUE (AMSEL_OVERRUN_SKIP, "skip"),
                    G_DEFINE_ENUM_VALUE (AMSEL_OVERRUN_QUEUE, "queue"),
                    G_DEFINE_ENUM_VALUE (AMSEL_OVERRUN_COALESCE, "coalesce"))

typedef enum
{
  PROP_EVERY = 1,
  PROP_CRON,
  PROP_ZONE,
  PROP_OFFSET,
  PROP_SPREAD,
  PROP_OVERRUN,
} AmselScheduleProperty;

static GParamSpec *properties[PROP_OVERRUN + 1];

/* The intervals of the AMS server and its terminals, by the names that they have there. */
static const gchar *const AMS_NAMES[] = { "1M",  "2M", "3M", "4M", "5M", "6M", "10M", "12M", "15M", "20M",
                                          "30M", "1H", "2H", "3H", "4H", "6H", "8H",  "12H", "1D",  NULL };
static const guint16 AMS_MINUTES[] = { 1,  2,  3,   4,   5,   6,   10,  12,  15,  20,
                                       30, 60, 120, 180, 240, 360, 480, 720, 1440 };

static gint64
multiple_from (gint64 from, gint64 origin, gint64 every)
{
  gint64 n = (from - origin) / every;

  if (origin + n * every < from)
    n++;
  return origin + n * every;
}

/* An interval in absolute time. Where a country changes its standard time, the count goes on from the
 * midnight of the new one. */
static gint64
next_absolute (AmselSchedule *self, gint64 after_us)
{
  gint64 from = after_us + 1;

  for (;;)
    {
      gint64 standard = amsel_zone_get_standard_offset_us (self->time_zone, from);
      gint64 slot = multiple_from (from, ORIGIN_US - standard + self->offset_us, self->every_us);
      gint64 change = amsel_zone_get_standard_change_us (self->time_zone, from, slot);

      if (change >= slot)
        return slot;
      from = change;
    }
}

static gint64
next_local (AmselSchedule *self, gint64 after_us)
{
  gint64 high_water = amsel_zone_get_high_water_us (self->time_zone, after_us);
  gint64 slot;

  if (self->cron == NULL)
    slot = multiple_from (high_water + 1, ORIGIN_US + self->offset_us, self->every_us);
  else
    {
      gint64 after = high_water - self->offset_us;
      gint64 after_s = (after >= 0 ? after : after - (G_USEC_PER_SEC - 1)) / G_USEC_PER_SEC;

      slot = amsel_cron_next (&self->cron_time, after_s);
      if (slot == AMSEL_CRON_NEVER)
        return AMSEL_SCHEDULE_NEVER;
      slot = slot * G_USEC_PER_SEC + self->offset_us;
    }
  return amsel_zone_get_first_moment_us (self->time_zone, slot);
}

static gboolean
check_every (AmselSchedule *self, GError **error)
{
  g_autofree gchar *every = amsel_duration_to_string (self->every_us);
  const gchar *wrong = NULL;

  if (self->every_us < EVERY_MIN)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "every %s is too often for a schedule; expected 100ms or more", every);
      return FALSE;
    }
  if (self->offset_us >= self->every_us)
    wrong = "offset";
  else if (self->spread_us > self->every_us)
    wrong = "spread";
  if (wrong == NULL)
    return TRUE;
  g_set_error (
      error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
      "the %s of the schedule does not fit into its interval: make %s smaller than %s, or every longer",
      wrong, wrong, every);
  return FALSE;
}

/**
 * amsel_schedule_check:
 * @self: a schedule
 * @error: return location for an #AmselConfigError
 *
 * Checks the settings as a whole: exactly one of every and cron, a cron time that comes, a zone that exists,
 * an offset and a spread that fit into the interval.
 *
 * Returns: whether @self has slots; otherwise @error says what to change
 */
gboolean
amsel_schedule_check (AmselSchedule *self, GError **error)
{
  g_autoptr (GTimeZone) time_zone = NULL;

  g_return_val_if_fail (AMSEL_IS_SCHEDULE (self), FALSE);
  if (self->time_zone != NULL)
    return TRUE;
  if ((self->every_us != 0) == (self->cron != NULL))
    {
      g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                           self->cron != NULL
                               ? "the schedule has both every and cron: remove one of them"
                               : "the schedule has no time: add every (such as every: 15m) or cron");
      return FALSE;
    }
  if (self->every_us != 0 && !check_every (self, error))
    return FALSE;
  if (self->cron != NULL && !amsel_cron_parse (self->cron, &self->cron_time, error))
    return FALSE;
  time_zone = amsel_zone_new (self->zone, error);
  self->time_zone = g_steal_pointer (&time_zone);
  return self->time_zone != NULL;
}

/**
 * amsel_schedule_next_us:
 * @self: a schedule
 * @after_us: wall-clock time, microseconds since 1970-01-01 UTC
 *
 * Finds the first slot after @after_us. The time that this takes does not depend on @after_us.
 *
 * Returns: wall-clock time of the slot, always greater than @after_us; %AMSEL_SCHEDULE_NEVER where there is
 * none (after the year 9999, or where amsel_schedule_check() fails)
 */
gint64
amsel_schedule_next_us (AmselSchedule *self, gint64 after_us)
{
  g_return_val_if_fail (AMSEL_IS_SCHEDULE (self), AMSEL_SCHEDULE_NEVER);

  if (after_us > AMSEL_ZONE_LAST_US || !amsel_schedule_check (self, NULL))
    return AMSEL_SCHEDULE_NEVER;
  after_us = MAX (after_us, AMSEL_ZONE_FIRST_US);
  if (self->cron == NULL && self->every_us <= ABSOLUTE_MAX_US)
    return next_absolute (self, after_us);
  return next_local (self, after_us);
}

/**
 * amsel_schedule_get_spread_us:
 * @self: a schedule
 * @index: number of a job, from 0
 * @n: how many jobs share the schedule
 *
 * Distributes the jobs of a slot evenly over the spread.
 *
 * Returns: microseconds after the slot at which job @index begins: 0 for the first, less than the spread for
 * all
 */
gint64
amsel_schedule_get_spread_us (AmselSchedule *self, guint index, guint n)
{
  g_return_val_if_fail (AMSEL_IS_SCHEDULE (self), 0);
  g_return_val_if_fail (index < n, 0);
  return (gint64) ((__int128) self->spread_us * index / n);
}

/**
 * amsel_schedule_get_every_us:
 * @self: a schedule
 *
 * Returns: the interval in microseconds; 0 where the schedule is a cron time
 */
gint64
amsel_schedule_get_every_us (AmselSchedule *self)
{
  g_return_val_if_fail (AMSEL_IS_SCHEDULE (self), 0);
  return self->every_us;
}

/**
 * amsel_schedule_get_overrun:
 * @self: a schedule
 *
 * Returns: what happens to a slot that comes while the one before has not ended
 */
AmselOverrun
amsel_schedule_get_overrun (AmselSchedule *self)
{
  g_return_val_if_fail (AMSEL_IS_SCHEDULE (self), AMSEL_OVERRUN_NONE);
  return self->overrun;
}

/**
 * amsel_schedule_ams_interval_list:
 *
 * Lists the intervals of the AMS server and its terminals, from `1M` (a minute) to `1D` (a day).
 *
 * Returns: (transfer none) (array zero-terminated=1): the nineteen names, shortest interval first
 */
const gchar *const *
amsel_schedule_ams_interval_list (void)
{
  return AMS_NAMES;
}

/**
 * amsel_schedule_ams_interval_parse:
 * @text: a name of amsel_schedule_ams_interval_list(), in upper or lower case
 * @out_us: (out): the interval in microseconds
 * @error: return location for an #AmselConfigError
 *
 * Returns: whether @text is one of the nineteen intervals
 */
gboolean
amsel_schedule_ams_interval_parse (const gchar *text, gint64 *out_us, GError **error)
{
  g_autofree gchar *names = NULL;

  g_return_val_if_fail (text != NULL, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (AMS_MINUTES); i++)
    if (g_ascii_strcasecmp (text, AMS_NAMES[i]) == 0)
      {
        *out_us = AMS_MINUTES[i] * MINUTE_US;
        return TRUE;
      }
  names = g_strjoinv (" ", (gchar **) AMS_NAMES);
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "“%s” is not an interval of the AMS; expected one of %s", text, names);
  return FALSE;
}

/**
 * amsel_schedule_ams_interval_get_name:
 * @us: an interval in microseconds
 *
 * Returns: (transfer none) (nullable): its name in amsel_schedule_ams_interval_list(); %NULL where it is none
 * of these
 */
const gchar *
amsel_schedule_ams_interval_get_name (gint64 us)
{
  for (gsize i = 0; i < G_N_ELEMENTS (AMS_MINUTES); i++)
    if (us == AMS_MINUTES[i] * MINUTE_US)
      return AMS_NAMES[i];
  return NULL;
}

/**
 * amsel_schedule_new:
 *
 * Returns: (transfer full): a schedule without a time: set every or cron
 */
AmselSchedule *
amsel_schedule_new (void)
{
  return g_object_new (AMSEL_TYPE_SCHEDULE, NULL);
}

static void
amsel_schedule_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  AmselSchedule *self = AMSEL_SCHEDULE (object);

  switch ((AmselScheduleProperty) property_id)
    {
    case PROP_EVERY:
      g_value_set_int64 (value, self->every_us);
      break;
    case PROP_CRON:
      g_value_set_string (value, self->cron);
      break;
    case PROP_ZONE:
      g_value_set_string (value, self->zone);
      break;
    case PROP_OFFSET:
      g_value_set_int64 (value, self->offset_us);
      break;
    case PROP_SPREAD:
      g_value_set_int64 (value, self->spread_us);
      break;
    case PROP_OVERRUN:
      g_value_set_enum (value, self->overrun);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
set_text (gchar **field, const GValue *value)
{
  const gchar *text = g_value_get_string (value);

  g_free (*field);
  *field = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

static void
amsel_schedule_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  AmselSchedule *self = AMSEL_SCHEDULE (object);

  g_clear_pointer (&self->time_zone, g_time_zone_unref);
  switch ((AmselScheduleProperty) property_id)
    {
    case PROP_EVERY:
      self->every_us = g_value_get_int64 (value);
      break;
    case PROP_CRON:
      set_text (&self->cron, value);
      break;
    case PROP_ZONE:
      set_text (&self->zone, value);
      break;
    case PROP_OFFSET:
      self->offset_us = g_value_get_int64 (value);
      break;
    case PROP_SPREAD:
      self->spread_us = g_value_get_int64 (value);
      break;
    case PROP_OVERRUN:
      self->overrun = (AmselOverrun) g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
amsel_schedule_finalize (GObject *object)
{
  AmselSchedule *self = AMSEL_SCHEDULE (object);

  g_clear_pointer (&self->cron, g_free);
  g_clear_pointer (&self->zone, g_free);
  g_clear_pointer (&self->time_zone, g_time_zone_unref);
  G_OBJECT_CLASS (amsel_schedule_parent_class)->finalize (object);
}

static void
amsel_schedule_class_init (AmselScheduleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = amsel_schedule_get_property;
  object_class->set_property = amsel_schedule_set_property;
  object_class->finalize = amsel_schedule_finalize;

  /**
   * AmselSchedule:every:
   *
   * The interval in microseconds; 0 where the schedule is a cron time. Either this or cron is set.
   */
  properties[PROP_EVERY] =
      amsel_param_spec_duration ("every",
                                 "How often, such as 15m, 1h or 1d. Aligned to the clock of the zone: 15m is "
                                 "at :00, :15, :30 and :45, 1d at "
                                 "midnight. Give this or cron.",
                                 0, EVERY_MAX, 0, AMSEL_PARAM_SETTING);

  /**
   * AmselSchedule:cron:
   *
   * The time in the notation of crontab. Either this or every is set.
   */
  properties[PROP_CRON] = g_param_spec_string ("cron", "cron",
                                               "When, as five fields of crontab: minute hour day month "
                                               "weekday, such as 0 6 * * mon-fri; or @hourly, @daily, "
                                               "@weekly, @monthly. Give this or every.",
                                               NULL, AMSEL_PARAM_SETTING);

  /**
   * AmselSchedule:zone:
   *
   * The time zone by its IANA name; %NULL is the zone of the system.
   */
  properties[PROP_ZONE] =
      g_param_spec_string ("zone", "zone",
                           "Time zone of the schedule, such as Europe/Prague. Without it the zone of the "
                           "computer; naming one keeps "
                           "the billing days where they are if the computer is set otherwise.",
                           NULL, AMSEL_PARAM_SETTING);

  /**
   * AmselSchedule:offset:
   *
   * Microseconds by which every slot is later.
   */
  properties[PROP_OFFSET] = amsel_param_spec_duration (
      "offset", "How much later than the clock says: every 1d with an offset of 6h is 06:00.", 0, EVERY_MAX,
      0, AMSEL_PARAM_SETTING);

  /**
   * AmselSchedule:spread:
   *
   * Microseconds over which the jobs of one slot are distributed.
   */
  properties[PROP_SPREAD] = amsel_param_spec_duration (
      "spread", "Time over which the work of one slot is distributed, so that not everything begins at once.",
      0, EVERY_MAX, 0, AMSEL_PARAM_SETTING);

  /**
   * AmselSchedule:overrun:
   *
   * What happens to a slot that comes while the one before has not ended.
   */
  properties[PROP_OVERRUN] = g_param_spec_enum ("overrun", "overrun",
                                                "What to do with a slot that comes while the one before is "
                                                "still at work: skip it (it is recorded as missed), "
                                                "queue it, or coalesce all that passed into one.",
                                                AMSEL_TYPE_OVERRUN, AMSEL_OVERRUN_SKIP, AMSEL_PARAM_SETTING);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
amsel_schedule_init (AmselSchedule *self)
{
  self->overrun = AMSEL_OVERRUN_SKIP;
}
