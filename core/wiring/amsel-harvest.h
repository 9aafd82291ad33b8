/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames to readout: decodes what a dialogue or a listener brought home, and keeps what cannot be decoded. */
#pragma once

#include "amsel-error.h"
#include "amsel-protocol.h"
#include "amsel-readout.h"

G_BEGIN_DECLS

/* Fills in the quality and the error of info, which the caller began: names, times, attempts. frames may be
 * empty, error (of the reading) may be NULL; complete says whether the meter has said all it had to say. */
AmselReadout *amsel_harvest (AmselProtocol *protocol, AmselMeter *meter, AmselFrame *const *frames,
                             gsize n_frames, gboolean complete, const GError *error, AmselReadoutInfo *info);

/* Puts an error into info, where there is one; info borrows its strings. */
void amsel_harvest_set_error (AmselReadoutInfo *info, const GError *error);

/* The readout of a slot for which the meter was not asked. */
AmselReadout *amsel_harvest_nothing (AmselQuality quality, AmselReadError code, const gchar *message,
                                     AmselReadoutInfo *info);

G_END_DECLS
