/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CRC of EN 13757: polynomial 3D65h, begun with 0, complemented at the end. It protects the blocks of a
 * radio frame, is the key check of the extended link layer, and is the signature of compact frames. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

/* The CRC of bytes: "123456789" gives C2B7h. */
guint16 en13757_crc (const guint8 *data, gsize length);

/* The same piece by piece: begins with 0, goes on with what the last call returned, and ends with its
 * complement.
 */
guint16 en13757_crc_update (guint16 crc, const guint8 *data, gsize length);

G_END_DECLS
