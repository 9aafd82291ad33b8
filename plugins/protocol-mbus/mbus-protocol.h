/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wired M-Bus as a stage: kind "mbus" of the protocols. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Baud rates of EN 13757-2 and of converters beyond it. */
#define MBUS_BAUD_MIN     300
#define MBUS_BAUD_MAX     115200
#define MBUS_BAUD_DEFAULT 2400

/* Highest rate that a meter can be told to change to. */
#define MBUS_BAUD_CHANGE_MAX 38400

#define MBUS_TYPE_PROTOCOL (mbus_protocol_get_type ())
G_DECLARE_FINAL_TYPE (MbusProtocol, mbus_protocol, MBUS, PROTOCOL, AmselProtocol)

G_END_DECLS
