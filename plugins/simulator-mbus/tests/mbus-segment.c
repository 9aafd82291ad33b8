/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A segment full of meters on a test clock. */
#include "mbus-segment.h"

/* 2026-01-01 00:00 UTC */
#define BEGIN_US (G_GINT64_CONSTANT (1767225600) * G_USEC_PER_SEC)

/* Bodies of the answers; a frame has six bytes more. */
#define BODY_MIN 19
#define BODY_MAX 179

#define TWIN_LATENCY_US 30000
#define TWIN_JITTER_US  50

/* Numbers of meters of different kinds and lengths. */
static guint32 *
draw_numbers (const MbusSegmentOptions *options, GRand *random)
{
  guint32 *numbers;
  guint32 first = 0;

  if (options->ids != MBUS_NUMBERS_CONSECUTIVE)
    return mbus_numbers_draw (options->ids, options->n, 5, options->seed);
  numbers = g_new (guint32, options->n);
  mbus_number_add (0, (guint64) g_rand_int_range (random, 0, 99999000) + 1, &first);
  for (guint i = 0; i < options->n; i++)
    mbus_number_add (first, i, &numbers[i]);
  return numbers;
}

static GObject *
make_slave (const MbusSegmentOptions *options, guint nth, guint32 number, GRand *random)
{
  g_autofree gchar *id = g_strdup_printf ("%08X", number);
  gint kind = g_rand_int_range (random, MBUS_GENERATE_WATER, MBUS_GENERATE_HEAT_COST_ALLOCATOR + 1);
  gint length = g_rand_int_range (random, BODY_MIN, BODY_MAX + 1);
  GObject *slave =
      g_object_new (MBUS_TYPE_SLAVE, "id", id, "address", options->addressed ? (gint) nth + 1 : 0, NULL);

  if (options->twins)
    g_object_set (
        slave, "generate", MBUS_GENERATE_NONE, "telegrams",
        (const gchar *[]){
            "08 00 72 00000000 4D25 01 07 00 00 0000 0C13 27048502 0B3B 620000 0B22 200000 046D 0000C131"
            "4C13 00000000 426C C131 8C0113 00000000 82016C C131 CC0113 00000000 C2016C C131 8C0213 00000000 "
            "82026C C131"
            "CC0213 00000000 C2026C C131 2F2F2F2F",
            NULL },
        "latency-min", (gint64) (TWIN_LATENCY_US - TWIN_JITTER_US), "latency-max",
        (gint64) (TWIN_LATENCY_US + TWIN_JITTER_US), NULL);
  else
    g_object_set (slave, "generate", kind, "length", (guint) length, NULL);
  return slave;
}

static void
add_slave (AmselSimulator *simulator, GObject *slave)
{
  g_autoptr (GError) error = NULL;

  amsel_simulator_add_device (simulator, slave, &error);
  g_assert_no_error (error);
}

AmselSimulator *
mbus_segment_new_simulator (const MbusSegmentOptions *options, AmselClock *clock)
{
  AmselSimulator *simulator =
      g_object_new (MBUS_TYPE_SIMULATOR, "baud", options->baud != 0 ? options->baud : 2400, "seed",
                    options->seed, "character-errors", options->character_errors, NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) options->seed);
  g_autofree guint32 *numbers = draw_numbers (options, random);

  amsel_simulator_set_clock (simulator, clock);
  for (guint i = 0; i < options->n; i++)
    {
      g_autoptr (GObject) slave = make_slave (options, i, numbers[i], random);

      add_slave (simulator, slave);
    }
  return simulator;
}

MbusSegment *
mbus_segment_new (const MbusSegmentOptions *options)
{
  MbusSegment *self = g_new0 (MbusSegment, 1);

  self->clock = test_clock_new (BEGIN_US);
  self->simulator = mbus_segment_new_simulator (options, AMSEL_CLOCK (self->clock));
  self->transport = simulator_transport_new (self->simulator);
  self->identities = mbus_simulator_get_identities (MBUS_SIMULATOR (self->simulator));
  return self;
}

void
mbus_segment_free (MbusSegment *self)
{
  g_object_unref (self->transport);
  g_object_unref (self->simulator);
  g_object_unref (self->clock);
  g_array_unref (self->identities);
  g_free (self);
}

void
mbus_segment_add (MbusSegment *self, const gchar *telegram, const gchar *first, ...)
{
  const gchar *telegrams[] = { telegram, NULL };
  g_autoptr (GObject) slave = g_object_new (MBUS_TYPE_SLAVE, NULL);
  va_list args;

  if (telegram != NULL)
    g_object_set (slave, "telegrams", telegrams, NULL);
  va_start (args, first);
  if (first != NULL)
    g_object_set_valist (slave, first, args);
  va_end (args);
  add_slave (self->simulator, slave);
  g_array_unref (self->identities);
  self->identities = mbus_simulator_get_identities (MBUS_SIMULATOR (self->simulator));
}
