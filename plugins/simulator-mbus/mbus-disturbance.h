/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What disturbs a line: its level converter, and what it picks up. */
#pragma once

#include "mbus-random.h"
#include "mbus-wire.h"

G_BEGIN_DECLS

/* What the level converter between the master's port and the line is like. */
typedef enum
{
  MBUS_CONVERTER_SOUND,
  MBUS_CONVERTER_SILENT,  /* without power: nothing goes through, not even an echo */
  MBUS_CONVERTER_BREAK,   /* without power: what is sent comes back as breaks */
  MBUS_CONVERTER_GARBAGE, /* broken: random characters without end */
} MbusConverter;

#define MBUS_TYPE_CONVERTER (mbus_converter_get_type ())
GType mbus_converter_get_type (void) G_GNUC_CONST;

typedef struct
{
  /* settings */
  gboolean echo;
  guint echo_count;
  gdouble bit_error_rate;
  gdouble character_errors;
  gdouble noise; /* characters a second */
  MbusConverter converter;

  MbusRandom random;
  gint64 noise_ns; /* of the next character of noise; G_MAXINT64 where none is planned */
} MbusDisturbance;

void mbus_disturbance_init (MbusDisturbance *self);

/* On the way from a slave, and on the way to all of them. */
void mbus_disturbance_spoil (MbusDisturbance *self, GArray *words);
guint8 mbus_disturbance_spoil_sent (MbusDisturbance *self, guint8 value);

/* The master sends: puts what comes back of it on the wire. */
void mbus_disturbance_echo (MbusDisturbance *self, MbusWire *wire, gint64 start_ns, guint baud,
                            const guint8 *data, gsize length);

/* Draws when the next character of noise comes; puts it on the wire where its moment is there. */
void mbus_disturbance_plan_noise (MbusDisturbance *self, gint64 now_ns, guint baud);
void mbus_disturbance_make_noise (MbusDisturbance *self, MbusWire *wire, gint64 now_ns, guint baud);

G_END_DECLS
