/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small random numbers of which every device has its own sequence.
 *
 * What a device does must not depend on how many others stand in the file, and must be the same on every
 * machine, so each has a SplitMix64 generator (Steele, Lea, Flood 2014) seeded with the line's seed and its
 * own number. */
#pragma once

#include <glib.h>

typedef struct
{
  guint64 state;
} MbusRandom;

static inline guint64
mbus_random_next (MbusRandom *self)
{
  guint64 z = self->state += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ z >> 31;
}

static inline void
mbus_random_init (MbusRandom *self, guint64 seed, guint64 stream)
{
  self->state = seed;
  self->state = mbus_random_next (self) ^ stream;
  self->state = mbus_random_next (self);
}

/* A whole number from 0 to below limit, which is above 0. */
static inline guint64
mbus_random_below (MbusRandom *self, guint64 limit)
{
  return (guint64) ((__extension__(unsigned __int128) mbus_random_next (self) * limit) >> 64);
}

/* Whether something of this probability (0 to 1) happens. */
static inline gboolean
mbus_random_happens (MbusRandom *self, gdouble probability)
{
  return probability > 0 && (gdouble) (mbus_random_next (self) >> 11) * 0x1p-53 < probability;
}
