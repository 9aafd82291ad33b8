/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From frames to telegrams: link layer, the layers behind it, and the way to the application layer. */
#pragma once

#include "en13757.h"
#include "wmbus-layers.h"

G_BEGIN_DECLS

/* A frame of bytes that somebody stored: with CRCs in format A or B, without, or a wired long frame that a
 * radio head passes on. */
AmselFrame *wmbus_telegram_adopt (const guint8 *data, gsize length, GError **error);

/* Whether a frame is a wired long frame. */
gboolean wmbus_telegram_is_wired (const guint8 *data, gsize length);

/* A frame to a telegram. The context says which keys there are; what it says of the layers is set here.
 * Errors: of WmbusFrameError, where the sender is not known; all other faults are those of a telegram. */
AmselTelegram *wmbus_telegram_decode (AmselFrame *frame, const En13757Context *settings, GError **error);

G_END_DECLS
