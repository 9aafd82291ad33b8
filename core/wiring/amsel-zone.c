/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Local time and back, by the two rules that schedules need.
 *
 * A local time may come once, twice or never: clocks are put forward and back. One definition answers all
 * cases: the moment of a local time is the first moment at which the local clock shows this time or a later
 * one. A time that is skipped is then the moment of the jump, a time that comes twice is its first
 * occurrence, and later local times never have earlier moments. The counterpart is the high water: the latest
 * local time that the clock has ever shown up to a moment; the local times above it are those that are still
 * to come.
 *
 * GTimeZone offers numbered intervals of constant offset, but not their bounds, which are found by halving.
 * Local times are counted like moments: microseconds from 1970-01-01 00:00 of the local calendar. */
#include "amsel-zone-private.h"

#include <string.h>

#include "amsel-error.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define ZONE_TABLE  ZONE_FOLDER "/zone1970.tab"
#define ZONE_MAGIC  "TZif"

/* More than any offset from UTC, and more than any shift of a clock but those over the date line. */
#define REACH_US (26 * 3600 * (gint64) G_USEC_PER_SEC)

static gint64
floor_s (gint64 us)
{
  return (us >= 0 ? us : us - (G_USEC_PER_SEC - 1)) / G_USEC_PER_SEC;
}

static gint
find_interval (GTimeZone *self, gint64 us)
{
  return g_time_zone_find_interval (self, G_TIME_TYPE_UNIVERSAL, floor_s (us));
}

static gint64
get_offset_us (GTimeZone *self, gint interval)
{
  return (gint64) g_time_zone_get_offset (self, interval) * G_USEC_PER_SEC;
}

/* The end of the interval that @from_us is in: the first second of the next one. @to_us where it is not
 * before. */
static gint64
find_end (GTimeZone *self, gint64 from_us, gint64 to_us)
{
  gint interval = find_interval (self, from_us);
  gint64 inside = floor_s (from_us);
  gint64 outside = floor_s (to_us);

  if (find_interval (self, to_us) == interval)
    return to_us;
  while (outside - inside > 1)
    {
      gint64 middle = inside + (outside - inside) / 2;

      if (g_time_zone_find_interval (self, G_TIME_TYPE_UNIVERSAL, middle) == interval)
        inside = middle;
      else
        outside = middle;
    }
  return outside * G_USEC_PER_SEC;
}

/* The first moment at which the local clock shows @local_us or a later time. */
gint64
amsel_zone_get_first_moment_us (GTimeZone *self, gint64 local_us)
{
  gint64 start = local_us - REACH_US; /* the local clock shows an earlier time here */
  gint64 limit = local_us + REACH_US; /* and a later one here */

  while (start < limit)
    {
      gint64 end = find_end (self, start, limit);
      gint64 moment = MAX (start, local_us - get_offset_us (self, find_interval (self, start)));

      if (moment < end)
        return moment;
      start = end;
    }
  return limit;
}

/* The latest local time that the clock has shown up to and with @us. */
gint64
amsel_zone_get_high_water_us (GTimeZone *self, gint64 us)
{
  gint64 highest = us + get_offset_us (self, find_interval (self, us));
  gint64 start = us - REACH_US;

  while (start < us)
    {
      gint64 end = find_end (self, start, us);

      highest = MAX (highest, MIN (end - 1, us) + get_offset_us (self, find_interval (self, start)));
      start = end;
    }
  return highest;
}

/* The zone's offset from UTC at @us as it is without daylight saving. */
gint64
amsel_zone_get_standard_offset_us (GTimeZone *self, gint64 us)
{
  gint interval = find_interval (self, us);
  gint standard = interval;

  while (standard > 0 && g_time_zone_is_dst (self, standard))
    standard--;
  return get_offset_us (self, g_time_zone_is_dst (self, standard) ? interval : standard);
}

/* The first moment after @from_us at which the standard offset is another than there, if it is before or at
 * @to_us; both lie within a few hours. */
gint64
amsel_zone_get_standard_change_us (GTimeZone *self, gint64 from_us, gint64 to_us)
{
  gint64 offset = amsel_zone_get_standard_offset_us (self, from_us);
  gint64 at = from_us;

  while (at < to_us && amsel_zone_get_standard_offset_us (self, at) == offset)
    at = find_end (self, at, to_us);
  return at;
}

/* The zone in the table whose name, or the part of it behind the last slash, is @name but for case. */
static gchar *
find_similar (const gchar *name)
{
  g_autofree gchar *table = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (ZONE_TABLE, &table, NULL, NULL))
    return NULL;
  lines = g_strsplit (table, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], "\t", 4);
      const gchar *city;

      if (*lines[i] == '#' || g_strv_length (columns) < 3)
        continue;
      city = strrchr (columns[2], '/');
      if (g_ascii_strcasecmp (columns[2], name) == 0
          || (city != NULL && g_ascii_strcasecmp (city + 1, name) == 0))
        return g_strdup (columns[2]);
    }
  return NULL;
}

/* Whether there is a file of this zone. GTimeZone would take any other file of the folder for a fault of the
 * program. */
static gboolean
is_zone (const gchar *name)
{
  const gchar *folder = g_getenv ("TZDIR");
  g_autofree gchar *path = g_build_filename (folder != NULL ? folder : ZONE_FOLDER, name, NULL);
  g_autofree gchar *data = NULL;

  if (!g_ascii_isalpha (*name) || strstr (name, "..") != NULL)
    return FALSE;
  if (g_str_equal (name, "UTC"))
    return TRUE;
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_get_contents (path, &data, NULL, NULL)
         && g_str_has_prefix (data, ZONE_MAGIC);
}

/* Finds a zone by its name; NULL or "" is the zone of the system. */
GTimeZone *
amsel_zone_new (const gchar *name, GError **error)
{
  g_autofree gchar *similar = NULL;
  GTimeZone *zone = NULL;

  if (name == NULL || *name == '\0')
    return g_time_zone_new_local ();
  if (is_zone (name))
    zone = g_time_zone_new_identifier (name);
  if (zone != NULL)
    return zone;
  similar = find_similar (name);
  if (similar != NULL)
    g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                 "the zone “%s” is not known; did you mean %s?", name, similar);
  else
    g_set_error (
        error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
        "the zone “%s” is not known; expected a name of the zone database such as Europe/Prague or UTC "
        "(list: timedatectl list-timezones; package tzdata)",
        name);
  return NULL;
}
