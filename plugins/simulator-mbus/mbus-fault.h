/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams on the way to the wire, sound or spoilt. */
#pragma once

#include "mbus-random.h"
#include "mbus-slave.h"

G_BEGIN_DECLS

GArray *mbus_fault_encode (const guint8 *body, gsize length, MbusSlaveFault fault, MbusRandom *random);

G_END_DECLS
