/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Local time and back, by the two rules that schedules need. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The time in which zones are defined at all: years 1 to 9999. */
#define AMSEL_ZONE_FIRST_US (G_GINT64_CONSTANT (-62135596800) * G_USEC_PER_SEC)
#define AMSEL_ZONE_LAST_US  (G_GINT64_CONSTANT (253402300799) * G_USEC_PER_SEC)

GTimeZone *amsel_zone_new (const gchar *name, GError **error);
gint64 amsel_zone_get_first_moment_us (GTimeZone *self, gint64 local_us);
gint64 amsel_zone_get_high_water_us (GTimeZone *self, gint64 us);
gint64 amsel_zone_get_standard_offset_us (GTimeZone *self, gint64 us);
gint64 amsel_zone_get_standard_change_us (GTimeZone *self, gint64 from_us, gint64 to_us);

G_END_DECLS
