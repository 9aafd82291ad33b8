/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of meters. What is expanded from a key takes ten times its room, so each direction is expanded when
 * the first telegram needs it: most meters need only one. */
#include "en13757-key.h"

#include <string.h>

struct _En13757Key
{
  gatomicrefcount refs;
  guint8 length;
  guint8 bytes[EN13757_AES_KEY_LENGTH];
  struct aes128_ctx *decrypt; /* (owned) (nullable): set once, atomically */
  En13757Cipher *cipher;      /* (owned) (nullable): set once, atomically */
};

void
en13757_cipher_init (En13757Cipher *self, const guint8 key[EN13757_AES_KEY_LENGTH])
{
  aes128_set_encrypt_key (&self->aes, key);
  cmac128_set_key (&self->cmac, &self->aes, (nettle_cipher_func *) aes128_encrypt);
}

void
en13757_cipher_mac (const En13757Cipher *self, const guint8 *first, gsize first_length, const guint8 *second,
                    gsize second_length, guint8 out[CMAC128_DIGEST_SIZE])
{
  nettle_cipher_func *encrypt = (nettle_cipher_func *) aes128_encrypt;
  struct cmac128_ctx context;

  cmac128_init (&context);
  cmac128_update (&context, &self->aes, encrypt, first_length, first);
  cmac128_update (&context, &self->aes, encrypt, second_length, second);
  cmac128_digest (&context, &self->cmac, &self->aes, encrypt, CMAC128_DIGEST_SIZE, out);
}

En13757Key *
en13757_key_new (const guint8 *bytes, gsize length)
{
  En13757Key *self;

  g_return_val_if_fail (length == EN13757_AES_KEY_LENGTH || length == EN13757_DES_KEY_LENGTH, NULL);
  self = g_new0 (En13757Key, 1);
  g_atomic_ref_count_init (&self->refs);
  self->length = (guint8) length;
  memcpy (self->bytes, bytes, length);
  return self;
}

En13757Key *
en13757_key_parse (const gchar *text, GError **error)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (text, -1, NULL);
  gsize length = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (length == EN13757_AES_KEY_LENGTH || length == EN13757_DES_KEY_LENGTH)
    return en13757_key_new (g_bytes_get_data (bytes, NULL), length);
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "a key has 32 hexadecimal digits (AES), or 16 (DES)");
  return NULL;
}

gboolean
en13757_key_set (En13757Key **key, const gchar *text)
{
  g_clear_pointer (key, en13757_key_unref);
  if (text == NULL || text[0] == '\0')
    return TRUE;
  *key = en13757_key_parse (text, NULL);
  return *key != NULL;
}

En13757Key *
en13757_key_ref (En13757Key *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
wipe (gpointer memory, gsize length)
{
  if (memory != NULL)
    explicit_bzero (memory, length);
  g_free (memory);
}

void
en13757_key_unref (En13757Key *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  wipe (self->decrypt, sizeof *self->decrypt);
  wipe (self->cipher, sizeof *self->cipher);
  wipe (self, sizeof *self);
}

gboolean
en13757_key_is_aes (const En13757Key *self)
{
  return self->length == EN13757_AES_KEY_LENGTH;
}

gboolean
en13757_key_equal (const En13757Key *self, const En13757Key *other)
{
  return self->length == other->length && memcmp (self->bytes, other->bytes, self->length) == 0;
}

const guint8 *
en13757_key_get_bytes (const En13757Key *self)
{
  return self->bytes;
}

const guint8 *
en13757_key_get_des (const En13757Key *self)
{
  return self->bytes;
}

/* Keeps what was expanded, unless another thread was faster. */
static gpointer
keep (gpointer *place, gpointer expanded, gsize length)
{
  if (!g_atomic_pointer_compare_and_exchange (place, NULL, expanded))
    wipe (expanded, length);
  return g_atomic_pointer_get (place);
}

const struct aes128_ctx *
en13757_key_get_decrypt (En13757Key *self)
{
  struct aes128_ctx *kept = g_atomic_pointer_get (&self->decrypt);

  if (kept != NULL)
    return kept;
  kept = g_new (struct aes128_ctx, 1);
  aes128_set_decrypt_key (kept, self->bytes);
  return keep ((gpointer *) &self->decrypt, kept, sizeof *kept);
}

const En13757Cipher *
en13757_key_get_cipher (En13757Key *self)
{
  En13757Cipher *kept = g_atomic_pointer_get (&self->cipher);

  if (kept != NULL)
    return kept;
  kept = g_new (En13757Cipher, 1);
  en13757_cipher_init (kept, self->bytes);
  return keep ((gpointer *) &self->cipher, kept, sizeof *kept);
}
