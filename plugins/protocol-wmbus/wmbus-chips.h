/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a radio hears before it is bytes: the codes of the link modes (EN 13757-4, clauses 6 to 8), for
 * receivers that deliver raw chips.
 *
 *   mode S, R   Manchester: two chips a bit, 01 is a one, 10 a zero
 *   mode T      3 of 6: six chips a nibble, high nibble first
 *   mode C      bytes as they are, behind the rest of the synchronisation, which says the frame format
 *
 * Modes T and C of a meter have the same channel and the same beginning: 54 CD and 54 3D, which are no valid
 * code of mode T, are mode C with frame format A and B. */
#pragma once

#include "wmbus-link.h"

G_BEGIN_DECLS

typedef enum
{
  WMBUS_CODE_NONE, /* bytes as they are */
  WMBUS_CODE_3_OF_6,
  WMBUS_CODE_MANCHESTER,
} WmbusCode;

/* Decodes chips, most significant bit of each byte first, to as many whole bytes as there are or have room.
 * FALSE with WMBUS_FRAME_ERROR_WRONG_CODE where a code is none, with the bytes before it in out. */
gboolean wmbus_chips_decode (WmbusCode code, const guint8 *chips, gsize length, guint8 *out, gsize room,
                             gsize *out_length, GError **error);

/* Encodes bytes, which is what simulated radios need. (transfer full) */
GByteArray *wmbus_chips_encode (WmbusCode code, const guint8 *data, gsize length);

/* Says what follows the common synchronisation of modes T and C: the code and, for mode C, the frame format.
 * Returns how many bytes belong to that and are skipped. */
gsize wmbus_chips_tell (const guint8 *data, gsize length, WmbusCode *out_code, WmbusFormat *out_format);

/* A frame of what follows the common synchronisation, up to the end of the frame that begins there: checked,
 * and stripped. Returns its length, or 0. */
gsize wmbus_chips_strip (const guint8 *data, gsize length, guint8 out[WMBUS_TELEGRAM_MAX], GError **error);

G_END_DECLS
