/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes telegrams of wireless meters for tests, fuzz seeds and benchmarks: every layer, every security mode,
 * both frame formats. It shares nothing with the decoder but the CRC. */
#pragma once

#include "wmbus-link.h"

G_BEGIN_DECLS

typedef struct
{
  guint8 c;             /* 0: SND-NR */
  AmselIdentity sender; /* of the link layer */
  guint ell;            /* 0 for none, or 1 to 4 */
  guint8 cc;            /* communication control field of the ELL */
  guint32 session;      /* with bits 29 to 31 set to 1 it is encrypted */
  gboolean nwl;         /* a network layer of three bytes */
  gboolean afl;         /* with message counter and MAC */
  guint mac_kind;       /* of the AFL: 3 to 7 for a CMAC of 2, 4, 8, 12 or 16 bytes; 0: 5 */
  guint fragment;       /* of the AFL: 0 for a message that is whole */
  gboolean more;        /* of the AFL: more fragments follow */
  guint8 ci;            /* 0: 7A */
  AmselIdentity meter;  /* of the long header, and of ELL III and IV */
  guint8 access_number;
  guint8 status;
  guint mode;             /* security mode of the transport layer */
  gboolean tpl_counter;   /* the message counter stands in the transport layer */
  gint key_version;       /* with modes 7 to 10; 0 for none */
  gboolean version_first; /* the key version stands before the counter, with modes 8 to 10 */
  gsize tag_length;       /* of modes 8 to 10: 4, 8, 12 or 16; 0: 8 */
  guint32 counter;
  const guint8 *key; /* (unowned): 16 bytes; 8 with modes 2 and 3 */
  guint16 day;       /* of the initialization vector of mode 3, as type G */
  gsize n_plain;     /* bytes at the end of the payload that stay plain: partial encryption */
} WmbusPlan;

/* A stripped telegram. With modes 2, 3, 5 and 7 the payload gets 2F 2F in front and is filled with 2F to
 * whole blocks. */
GByteArray *wmbus_encode (const WmbusPlan *plan, const guint8 *payload, gsize length);

/* The same from hexadecimal digits. */
GByteArray *wmbus_encode_hex (const WmbusPlan *plan, const gchar *payload);

/* A telegram with an AFL and nothing in front of it, cut into so many fragments: what the AFL says is in the
 * first one, and its MAC in the last. (element-type GByteArray) */
GPtrArray *wmbus_encode_fragments (const WmbusPlan *plan, const guint8 *payload, gsize length, guint n);

/* The telegram with its CRCs. */
GByteArray *wmbus_encode_frame (WmbusFormat format, const GByteArray *telegram);

/* A meter of a manufacturer of three letters. */
AmselIdentity wmbus_encode_identity (const gchar *manufacturer, guint32 id, guint8 version, guint8 medium);

G_END_DECLS
