/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The compact form of a readout's telegrams, for the store. Internal. */
#pragma once

#include "amsel-readout.h"

G_BEGIN_DECLS

/* Most bytes that a packed readout, or the frames of one, may have: far above any meter, far below what
 * hurts. */
#define AMSEL_READOUT_PACK_MAX (16 * 1024 * 1024)

gboolean amsel_readout_pack (const AmselReadout *readout, GByteArray *packed, GByteArray *frames);
AmselReadout *amsel_readout_unpack (const AmselReadoutInfo *info, guint64 sequence, const guint8 *packed,
                                    gsize packed_length, const guint8 *frames, gsize frames_length,
                                    GError **error);

G_END_DECLS
