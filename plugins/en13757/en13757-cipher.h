/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each security mode does with bytes (EN 13757-7:2018 clause 9). Pure: no telegram, no search for keys.
 */
#pragma once

#include "en13757-security.h"

G_BEGIN_DECLS

/* Security modes, EN 13757-7:2018 table 19. */
#define EN13757_MODE_DES_CBC         2
#define EN13757_MODE_DES_CBC_DATE    3
#define EN13757_MODE_AES_CBC         5
#define EN13757_MODE_AES_CBC_DERIVED 7
#define EN13757_MODE_AES_CTR         8
#define EN13757_MODE_AES_GCM         9
#define EN13757_MODE_AES_CCM         10
#define EN13757_MODE_TLS             13

/* Key derivation functions. */
#define EN13757_KDF_NONE 0 /* the persistent key itself */
#define EN13757_KDF_A    1

/* Filler bytes: two of them begin every plain text of the modes with CBC. */
#define EN13757_FILLER 0x2F

#define EN13757_TAG_MAX 16

/* A message that is decrypted in place. */
typedef struct
{
  guint8 address[EN13757_ADDRESS_LENGTH]; /* of the meter, in the order of the link layer */
  guint8 access_number;
  guint32 counter;
  gsize associated_length; /* CI field, header and configuration extension, which tags protect too */
  const guint8 *associated;
  guint8 *data;
  gsize length;             /* encrypted bytes */
  gsize tag_length;         /* bytes of the tag behind them */
  En13757Cipher encryption; /* keys derived for this message */
  En13757Cipher authentication;
} En13757Message;

/* Bytes of an authentication tag by the second byte of the configuration extension: 4, 8, 12 or 16 by its low
 * two bits. The standard is not public; meters in the field have 8, and public decoders agree on the others.
 */
gsize en13757_tag_get_length (guint code);

/* Bytes of the MAC of an AFL by its message control field; 0 where there is none, or its kind is not known.
 */
gsize en13757_mac_get_length (guint8 mcl);

/* Sets the keys of the message: derived from the meter's by KDF A, or the meter's own. */
void en13757_message_derive (En13757Message *self, En13757Key *key, gboolean kdf_a);

/* Whether the MAC of an AFL fits the message that follows it, as it was sent. */
gboolean en13757_message_check_mac (const En13757Message *self, const En13757Afl *afl,
                                    const guint8 *following, gsize length);

/* Decrypts. Returns NULL, or which check failed. With tags nothing is changed then. */
const gchar *en13757_message_decrypt (En13757Message *self, guint mode, En13757Key *key);

G_END_DECLS
