/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A meter's key with what is computed from it once: the AES key schedules. */
#pragma once

#include <amsel.h>
#include <nettle/aes.h>
#include <nettle/cmac.h>

G_BEGIN_DECLS

#define EN13757_AES_KEY_LENGTH 16
#define EN13757_DES_KEY_LENGTH 8

/* An AES key expanded for encrypting, which counter modes need too, and for message authentication codes. */
typedef struct
{
  struct aes128_ctx aes;
  struct cmac128_key cmac;
} En13757Cipher;

void en13757_cipher_init (En13757Cipher *self, const guint8 key[EN13757_AES_KEY_LENGTH]);
/* CMAC of one message in two pieces, of which any may be empty. */
void en13757_cipher_mac (const En13757Cipher *self, const guint8 *first, gsize first_length,
                         const guint8 *second, gsize second_length, guint8 out[CMAC128_DIGEST_SIZE]);

/* A key; its bytes never change. Reference-counted, for any thread. Its memory is overwritten when it goes.
 */
typedef struct _En13757Key En13757Key;

/* Takes 16 bytes (AES) or 8 (DES). */
En13757Key *en13757_key_new (const guint8 *bytes, gsize length);
/* Takes 32 or 16 hexadecimal digits, blanks around them allowed. The message of an error does not say the
 * key. */
En13757Key *en13757_key_parse (const gchar *text, GError **error);
/* Sets a key from a setting, which may be empty. FALSE where it is something that is no key; then there is
 * none. */
gboolean en13757_key_set (En13757Key **key, const gchar *text);
En13757Key *en13757_key_ref (En13757Key *self);
void en13757_key_unref (En13757Key *self);
gboolean en13757_key_equal (const En13757Key *self, const En13757Key *other);
/* Whether it is a key for AES; otherwise it is one for DES. */
gboolean en13757_key_is_aes (const En13757Key *self);
/* (transfer none) (nullable): the key that all meters of a maker, or of its model, leave the factory with. */
En13757Key *en13757_key_get_factory (const AmselIdentity *identity);
/* The bytes, as many as the kind of key has, for what a manufacturer encrypts in a way of his own. */
const guint8 *en13757_key_get_bytes (const En13757Key *self);
/* The bytes of a DES key. */
const guint8 *en13757_key_get_des (const En13757Key *self);
/* An AES key expanded for decrypting, or for encrypting: at first use, and kept. */
const struct aes128_ctx *en13757_key_get_decrypt (En13757Key *self);
const En13757Cipher *en13757_key_get_cipher (En13757Key *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (En13757Key, en13757_key_unref)

G_END_DECLS
