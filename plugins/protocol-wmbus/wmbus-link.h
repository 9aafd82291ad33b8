/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The link layer of wireless M-Bus (EN 13757-4 clause 12): frame formats A and B with their CRCs, and what is
 * left when these are gone.
 *
 *   L C M(2) A(6: identification 4, version, medium) CI data
 *
 * Format A: L counts what follows without CRCs; a CRC ends the first 10 bytes, every further 16, and the
 * rest. Format B: L counts what follows with CRCs; one CRC ends the first 126 bytes or the frame, another one
 * the rest. Stripped: no CRCs, and L as in format A. This is the form that the decoder, the store and most
 * receivers have. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Offsets in a stripped telegram. */
#define WMBUS_C_OFFSET       1
#define WMBUS_ADDRESS_OFFSET 2 /* M and A, eight bytes */
#define WMBUS_ADDRESS_LENGTH 8
#define WMBUS_CI_OFFSET      10

/* Longest stripped telegram: L and 255 bytes. */
#define WMBUS_TELEGRAM_MAX 256

/* Longest frame with its CRCs: of format A. */
#define WMBUS_FRAME_MAX (WMBUS_TELEGRAM_MAX + 2 * 17)

typedef enum
{
  WMBUS_FORMAT_NONE,
  WMBUS_FORMAT_A,
  WMBUS_FORMAT_B,
  WMBUS_FORMAT_STRIPPED,
} WmbusFormat;

/* What is wrong with a frame (domain "wmbus-frame"). */
typedef enum
{
  WMBUS_FRAME_ERROR_NONE,
  WMBUS_FRAME_ERROR_TOO_SHORT,       /* less than a link layer and a CI field */
  WMBUS_FRAME_ERROR_WRONG_LENGTH,    /* the L field fits no frame format */
  WMBUS_FRAME_ERROR_TRUNCATED,       /* less is there than the L field says */
  WMBUS_FRAME_ERROR_WRONG_CRC,       /* a block does not fit its CRC */
  WMBUS_FRAME_ERROR_UNKNOWN_CONTROL, /* the C field is none of wireless M-Bus */
  WMBUS_FRAME_ERROR_WRONG_CODE,      /* the chips are no valid code */
  WMBUS_FRAME_ERROR_NOT_A_LINE,      /* the text is no line of a receiver that is known */
} WmbusFrameError;

#define WMBUS_TYPE_FRAME_ERROR (wmbus_frame_error_get_type ())
GType wmbus_frame_error_get_type (void) G_GNUC_CONST;
#define WMBUS_FRAME_ERROR (wmbus_frame_error_quark ())
GQuark wmbus_frame_error_quark (void);

/* Length of a frame of one of the formats that begins with this L field, CRCs included; 0 where there is
 * none. */
gsize wmbus_link_get_length (WmbusFormat format, guint8 l);

/* Strips a frame of a known format: checks every CRC and copies what is left, with L set right. Errors:
 * WMBUS_FRAME_ERROR. Returns the length of the stripped telegram, or 0. */
gsize wmbus_link_strip (WmbusFormat format, const guint8 *data, gsize length, guint8 out[WMBUS_TELEGRAM_MAX],
                        GError **error);

/* The same for bytes of unknown origin, which are one whole frame: tries A, then B, then stripped, since a
 * frame of format B looks like a stripped one but for its CRC. */
gsize wmbus_link_strip_any (const guint8 *data, gsize length, guint8 out[WMBUS_TELEGRAM_MAX],
                            WmbusFormat *out_format, GError **error);

/* Whether link layer and length can be those of a telegram, whatever its L field says. */
gboolean wmbus_link_is_plausible (const guint8 *data, gsize length);

/* Whether the first block of a frame of format A is sound: 12 bytes are needed. */
gboolean wmbus_link_begins_format_a (const guint8 *data, gsize length);

/* Name of a C field such as "SND-NR"; NULL where it is none of wireless M-Bus. */
const gchar *wmbus_link_get_control_name (guint8 c);

/* Who sent a stripped telegram, by its link layer. */
void wmbus_link_get_identity (const guint8 *telegram, AmselIdentity *out);

G_END_DECLS
