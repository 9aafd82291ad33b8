/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the fuzz targets of telegrams have in common: decoding, and what must hold of whatever comes out. */
#pragma once

#include "wmbus-encoder.h"
#include "wmbus-telegram.h"

G_BEGIN_DECLS

/* The key of every meter of the targets; DES takes its first bytes. */
extern const guint8 wmbus_fuzz_key[EN13757_AES_KEY_LENGTH];

/* Decodes a telegram without CRCs, received at some time, and checks it. NULL where not even its sender is
 * known. */
AmselTelegram *wmbus_fuzz_decode (const GByteArray *bytes, gint64 received_us, const En13757Context *context,
                                  WmbusMemory *memory);

/* Stops the program where a telegram points outside of itself, has a fault without a name, or is no JSON. */
void wmbus_fuzz_check (const AmselTelegram *telegram);

/* Whether a telegram shows anything of its content. */
gboolean wmbus_fuzz_has_values (const AmselTelegram *telegram);

G_END_DECLS
