/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what radio receivers send to frames: the framer of a kind of receiver, and the link layer behind it.
 * Pure. */
#pragma once

#include "receiver.h"
#include "wmbus-link.h"

G_BEGIN_DECLS

/* The kinds of receivers as an enumeration: the values count in the order of receiver_list() from 0 on, and
 * their nicks are the words in YAML. */
#define WMBUS_TYPE_RECEIVER (wmbus_receiver_get_type ())
GType wmbus_receiver_get_type (void) G_GNUC_CONST;

/* Whichever receiver answers. */
#define WMBUS_RECEIVER_AUTO (-1)

/* The value of a kind, such as "raw". */
gint wmbus_receiver_get_value (const gchar *name);
/* The value of any word, such as "raw" or "auto"; FALSE with an AmselConfigError where it is none. */
gboolean wmbus_receiver_find_value (const gchar *word, gint *out_value, GError **error);
/* NULL for WMBUS_RECEIVER_AUTO. */
const ReceiverKind *wmbus_receiver_get_kind (gint value);

/* Looks for a telegram at the beginning of what a receiver has sent, as amsel_protocol_find_frame() does. The
 * frame is without CRCs. Where it is not known which receiver it is (NULL), nothing is a telegram. */
AmselFrameStatus wmbus_receiver_find_frame (const ReceiverKind *kind, const guint8 *data, gsize length,
                                            gint64 received_us, gsize *used, AmselFrame **frame,
                                            GError **error);

/* A frame of a line as common receivers print it, of whichever kind it is. */
AmselFrame *wmbus_receiver_adopt_line (const gchar *line, GError **error);

G_END_DECLS
