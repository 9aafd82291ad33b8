/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue that reads one wired meter. */
#pragma once

#include "mbus-meter.h"
#include "mbus-timing.h"

G_BEGIN_DECLS

/* Most telegrams of one reading: a meter that announces yet another one for ever must not keep the line. */
#define MBUS_TELEGRAMS_MAX 32

#define MBUS_TYPE_READ_DIALOGUE (mbus_read_dialogue_get_type ())
G_DECLARE_FINAL_TYPE (MbusReadDialogue, mbus_read_dialogue, MBUS, READ_DIALOGUE, AmselDialogue)

/* Begins to read a meter. The meter is kept until the dialogue is freed; its address must be good. */
AmselDialogue *mbus_read_dialogue_new (MbusMeter *meter, const MbusTiming *timing, GError **error);

G_END_DECLS
