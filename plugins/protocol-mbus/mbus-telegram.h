/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From frames to telegrams: what a meter's answer is, whom it is from, and the way to the application layer.
 */
#pragma once

#include "en13757.h"
#include "mbus-address.h"

G_BEGIN_DECLS

/* Whether the control field is that of a meter's data: RSP_UD, with any of the bits ACD and DFC. */
gboolean mbus_telegram_is_response (guint8 c);

/* A frame of bytes that somebody stored: a long frame, or one without link layer (C, A, CI, data), which gets
 * it back. */
AmselFrame *mbus_telegram_adopt (const guint8 *data, gsize length, GError **error);

/* A frame to a telegram. The context (nullable) says which keys there are; what is encrypted and cannot be
 * decrypted is a fault of the telegram. Errors: of MbusFrameError, MBUS_READ_ERROR_WRONG_ANSWER for a frame
 * that is no meter's data, and those of the application layer. */
AmselTelegram *mbus_telegram_decode (AmselFrame *frame, const En13757Context *context, GError **error);

/* The identity in the header of an answer; FALSE for kinds of answers that carry none. EN 13757-3 clauses 6.3
 * (long header) and annex G (fixed structure, which has no manufacturer). */
gboolean mbus_telegram_read_identity (const MbusFrame *frame, AmselIdentity *out);
/* Whether an answer is from a meter of a secondary address; one that says no identity may be from any. */
gboolean mbus_telegram_is_from (const MbusFrame *frame, const MbusAddress *address);

G_END_DECLS
