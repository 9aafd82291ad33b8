/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From frames to telegrams: link layer, the layers behind it, and the way to the application layer. */
#pragma once

#include "en13757.h"
#include "wmbus-memory.h"

G_BEGIN_DECLS

/* A frame of bytes that somebody stored: with CRCs in format A or B, without, or a wired long frame that a
 * radio head passes on. */
AmselFrame *wmbus_telegram_adopt (const guint8 *data, gsize length, GError **error);

/* Whether a frame is a wired long frame. */
gboolean wmbus_telegram_is_wired (const guint8 *data, gsize length);

/* A frame to a telegram. The context says which keys there are; what it says of the layers is set here.
 * Without a memory (NULL) fragments are not put together. Errors: of WmbusFrameError, where the sender is not
 * known; all other faults are those of a telegram. A fragment that is not the last is a telegram without
 * records, and more follows. */
AmselTelegram *wmbus_telegram_decode (AmselFrame *frame, const En13757Context *settings, WmbusMemory *memory,
                                      GError **error);

/* Who sent it, as far as that is known without a key: the meter, and the device with the radio. */
gboolean wmbus_telegram_identify (const guint8 *data, gsize length, AmselIdentity *meter,
                                  AmselIdentity *carrier);

/* Whether a layer of it says that what follows is encrypted. */
gboolean wmbus_telegram_is_encrypted (const guint8 *data, gsize length);

/* A number that all copies of a telegram have in common, whatever repeaters have changed. Not 0. */
guint64 wmbus_telegram_get_fingerprint (const guint8 *data, gsize length);

G_END_DECLS
