/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A slave at work: what it remembers, and what it answers. */
#pragma once

#include "mbus-frame.h"
#include "mbus-identity.h"
#include "mbus-wire.h"

G_BEGIN_DECLS

typedef struct _MbusStation MbusStation;

MbusStation *mbus_station_new (MbusSlave *slave, MbusTelegrams *telegrams, const MbusSlaveIdentity *identity,
                               guint line_baud, guint64 seed);
void mbus_station_free (MbusStation *self);
guint mbus_station_get_baud (MbusStation *self, gint64 now_ns);
const AmselIdentity *mbus_station_get_identity (MbusStation *self);
GArray *mbus_station_hear (MbusStation *self, const MbusFrame *frame, gint64 now_ns, gint64 real_us);
void mbus_station_hear_preamble (MbusStation *self, gint64 length_ns, gint64 now_ns);
gint64 mbus_station_draw_latency_ns (MbusStation *self, guint baud);
void mbus_station_set_busy (MbusStation *self, gint64 until_ns);
gboolean mbus_station_is_busy (MbusStation *self, gint64 now_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MbusStation, mbus_station_free)

G_END_DECLS
