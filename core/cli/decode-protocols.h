/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The protocols that `amsel decode` tries, set up with what its options say of keys. */
#pragma once

#include "decode-line.h"

G_BEGIN_DECLS

#define DECODE_PROTOCOL_AUTO "auto"

typedef struct
{
  const gchar *protocol; /* (nullable): kind; NULL or DECODE_PROTOCOL_AUTO for all that there are */
  const gchar *key;      /* (nullable): for all meters */
  const gchar *keys;     /* (nullable): path of a key file */
  gboolean decrypted;    /* whether what is flagged as encrypted may be plain */
} DecodeOptions;

typedef struct _DecodeProtocols DecodeProtocols;

/* NULL where the options cannot be used, which has been reported. */
DecodeProtocols *decode_protocols_new (const DecodeOptions *options);
void decode_protocols_free (DecodeProtocols *self);

/* The first protocol that decodes the line has it. Where none does, the error is from one that took the bytes
 * for its own, if any did: it knows best what is wrong. */
AmselTelegram *decode_protocols_decode (DecodeProtocols *self, const DecodeLine *line, const gchar **out_kind,
                                        GError **error);
/* The same for a line of text. Where no protocol knows such lines, returns NULL and sets no error. */
AmselTelegram *decode_protocols_decode_text (DecodeProtocols *self, const DecodeLine *line,
                                             const gchar **out_kind, GError **error);

/* Decodes the frame of a telegram that was stored, by the protocol of that kind. */
AmselTelegram *decode_protocols_decode_frame (DecodeProtocols *self, const gchar *kind, AmselFrame *frame,
                                              GError **error);

G_END_DECLS
