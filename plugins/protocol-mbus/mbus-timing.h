/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times of the link layer, and the requests that all dialogues make with them. */
#pragma once

#include "mbus-frame.h"

G_BEGIN_DECLS

/* What dialogues need to know of the line. */
typedef struct
{
  guint baud;
  gint64 timeout_extra_us; /* waited beyond what the standard gives a meter for its answer */
  guint retries;           /* how often a request is repeated */
  gint64 wake_up_us;       /* length of the preamble that wakes a meter; 0 for none */
} MbusTiming;

/* Longest time that a meter has for its answer at a baud rate: EN 13757-2 clause 5.5.1. */
gint64 mbus_timing_get_timeout_us (const MbusTiming *self);

/* A request with the times and settings of the line. Takes frame. For all dialogues of this protocol. */
AmselRequest *mbus_timing_new_request (const MbusTiming *self, GBytes *frame, guint retries);

/* The preamble that wakes a meter; mbus_timing_set_woken() gives the request behind it the silence that the
 * meter wants. */
AmselRequest *mbus_timing_new_wake_up (const MbusTiming *self);
void mbus_timing_set_woken (const MbusTiming *self, AmselRequest *request);

G_END_DECLS
