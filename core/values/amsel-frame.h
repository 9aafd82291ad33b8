/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of one message as they were on the wire. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AMSEL_RSSI_UNKNOWN:
 *
 * Signal strength of a frame that has none, such as one from a cable.
 */
#define AMSEL_RSSI_UNKNOWN 0

/**
 * AmselFrame:
 *
 * The bytes of one message, when they came and how strong the signal was. It is immutable and
 * reference-counted, and may be used in any thread.
 */
typedef struct _AmselFrame AmselFrame;

#define AMSEL_TYPE_FRAME (amsel_frame_get_type ())
AMSEL_API GType amsel_frame_get_type (void) G_GNUC_CONST;

AMSEL_API AmselFrame *amsel_frame_new (const guint8 *data, gsize length, gint64 received_us, gint rssi_dbm);
AMSEL_API AmselFrame *amsel_frame_ref (AmselFrame *self);
AMSEL_API void amsel_frame_unref (AmselFrame *self);
AMSEL_API const guint8 *amsel_frame_get_data (const AmselFrame *self, gsize *length);
AMSEL_API GBytes *amsel_frame_get_bytes (const AmselFrame *self);
AMSEL_API gint64 amsel_frame_get_received_us (const AmselFrame *self);
AMSEL_API gint amsel_frame_get_rssi_dbm (const AmselFrame *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselFrame, amsel_frame_unref)

G_END_DECLS
