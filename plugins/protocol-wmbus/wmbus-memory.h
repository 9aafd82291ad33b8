/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that come in fragments: bounded in number, size and time. May be used in several threads. Time is
 * that of the frames. */
#pragma once

#include "wmbus-layers.h"

G_BEGIN_DECLS

/* Longest message of fragments, most messages that are waited for at a time, and how long after a fragment
 * the next one may come. */
#define WMBUS_MESSAGE_MAX      16384
#define WMBUS_ASSEMBLIES_MAX   64
#define WMBUS_FRAGMENT_WAIT_US (60 * G_USEC_PER_SEC)

typedef struct _WmbusMemory WmbusMemory;

WmbusMemory *wmbus_memory_new (void);
void wmbus_memory_free (WmbusMemory *self);

/* Takes a fragment. Returns the whole message with the last one, and sets in afl what the first one said;
 * NULL without an error where more have to come. Errors: WMBUS_LAYER_ERROR. */
GByteArray *wmbus_memory_take_fragment (WmbusMemory *self, const AmselIdentity *sender, gint64 received_us,
                                        WmbusAfl *afl, const guint8 *data, gsize length, GError **error);
/* How many messages are waited for. */
guint wmbus_memory_get_n_assemblies (WmbusMemory *self);

G_END_DECLS
