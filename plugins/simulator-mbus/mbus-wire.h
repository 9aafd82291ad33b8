/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pair of wires from the slaves to the master, bit by bit. */
#pragma once

#include "amsel-simulator.h"

G_BEGIN_DECLS

/* Bits of a character: start, eight data, even parity, stop (EN 13757-2, 5.2.2). */
#define MBUS_WIRE_BITS 11

/* Bit patterns of characters on the line, start bit in bit 0. */
typedef guint16 MbusWireWord;

typedef struct
{
  gint64 end_ns; /* end of its stop bit */
  guint8 value;
  AmselSimulatorDamage damage;
} MbusWireCharacter;

typedef struct _MbusWire MbusWire;

MbusWire *mbus_wire_new (guint baud);
void mbus_wire_free (MbusWire *self);
void mbus_wire_set_baud (MbusWire *self, guint baud);
gint64 mbus_wire_add (MbusWire *self, gint64 start_ns, guint baud, const MbusWireWord *words, gsize n_words);
gboolean mbus_wire_get_due (MbusWire *self, gint64 *out_ns);
gboolean mbus_wire_next (MbusWire *self, gint64 limit_ns, MbusWireCharacter *out);

MbusWireWord mbus_wire_encode (guint8 value);
gint64 mbus_wire_bits_to_ns (guint64 bits, guint baud);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MbusWire, mbus_wire_free)

G_END_DECLS
