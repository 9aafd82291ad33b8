/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A segment full of meters on a test clock, as searches and read-outs are measured on. */
#pragma once

#include "mbus-simulator.h"
#include "mbus-slave.h"
#include "simulator-transport.h"
#include "test-clock.h"

G_BEGIN_DECLS

typedef struct
{
  MbusNumbers ids; /* consecutive ones begin anywhere */
  guint n;
  guint64 seed;
  guint baud;               /* 0: 2400 */
  gboolean twins;           /* equal telegrams, and latencies of 30 ms that differ by 50 us at most */
  gboolean addressed;       /* the nth has the primary address n, from 1 on; otherwise all have 0 */
  gdouble character_errors; /* share of the characters that are damaged */
} MbusSegmentOptions;

typedef struct
{
  TestClock *clock;          /* (owned) */
  AmselSimulator *simulator; /* (owned) */
  AmselTransport *transport; /* (owned) */
  GArray *identities;        /* (owned) (element-type AmselIdentity): of all meters */
} MbusSegment;

/* The same line by itself, on any clock; NULL for the system's. */
AmselSimulator *mbus_segment_new_simulator (const MbusSegmentOptions *options, AmselClock *clock);

/* Latencies are uniform within EN 13757-2; frames of answers have 25 to 185 bytes, 105 on average. */
MbusSegment *mbus_segment_new (const MbusSegmentOptions *options);
void mbus_segment_free (MbusSegment *self);

/* One more meter: telegram is hexadecimal, from the C field on or a whole frame; then settings of MbusSlave
 * up to NULL. */
void mbus_segment_add (MbusSegment *self, const gchar *telegram, const gchar *first, ...);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MbusSegment, mbus_segment_free)

G_END_DECLS
