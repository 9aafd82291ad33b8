/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must be remembered from telegram to telegram: messages that come in fragments, and the counters of
 * meters. All of it is bounded in number, size and time, and may be used in several threads. Time is that of
 * the frames. */
#pragma once

#include "wmbus-layers.h"

G_BEGIN_DECLS

/* Longest message of fragments, most messages that are waited for at a time, and how long after a fragment
 * the next one may come. */
#define WMBUS_MESSAGE_MAX      16384
#define WMBUS_ASSEMBLIES_MAX   64
#define WMBUS_FRAGMENT_WAIT_US (60 * G_USEC_PER_SEC)

/* Most meters whose counters are kept; then those of all are forgotten. */
#define WMBUS_COUNTERS_MAX 200000

typedef struct _WmbusMemory WmbusMemory;

WmbusMemory *wmbus_memory_new (void);
void wmbus_memory_free (WmbusMemory *self);

/* Takes a fragment. Returns the whole message with the last one, and sets in afl what the first one said;
 * NULL without an error where more have to come. Errors: WMBUS_LAYER_ERROR. */
GByteArray *wmbus_memory_take_fragment (WmbusMemory *self, const AmselIdentity *sender, gint64 received_us,
                                        WmbusAfl *afl, const guint8 *data, gsize length, GError **error);
/* How many messages are waited for. */
guint wmbus_memory_get_n_assemblies (WmbusMemory *self);

/* Whether the counter is above the last one of the meter, which it becomes then. */
gboolean wmbus_memory_take_counter (WmbusMemory *self, const AmselIdentity *meter, guint32 counter);

G_END_DECLS
