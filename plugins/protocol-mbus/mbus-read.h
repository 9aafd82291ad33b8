/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue that reads one wired meter. */
#pragma once

#include "mbus-meter.h"

G_BEGIN_DECLS

/* Most telegrams of one reading: a meter that announces yet another one for ever must not keep the line. */
#define MBUS_TELEGRAMS_MAX 32

/* What dialogues need to know of the line. */
typedef struct
{
  guint baud;
  gint64 timeout_extra_us; /* waited beyond what the standard gives a meter for its answer */
  guint retries;           /* how often a request is repeated */
  gint64 wake_up_us;       /* length of the preamble that wakes a meter; 0 for none */
} MbusTiming;

#define MBUS_TYPE_READ_DIALOGUE (mbus_read_dialogue_get_type ())
G_DECLARE_FINAL_TYPE (MbusReadDialogue, mbus_read_dialogue, MBUS, READ_DIALOGUE, AmselDialogue)

/* Begins to read a meter. The meter is kept until the dialogue is freed; its address must be good. */
AmselDialogue *mbus_read_dialogue_new (MbusMeter *meter, const MbusTiming *timing, GError **error);

/* Longest time that a meter has for its answer at a baud rate: EN 13757-2 clause 5.5.1. */
gint64 mbus_timing_get_timeout_us (const MbusTiming *self);

/* A request with the times and settings of the line. Takes frame. For all dialogues of this protocol. */
AmselRequest *mbus_timing_new_request (const MbusTiming *self, GBytes *frame, guint retries);

G_END_DECLS
