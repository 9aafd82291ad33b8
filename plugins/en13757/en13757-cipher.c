/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ciphers of the security modes, by nettle.
 *
 *   KDF A   CMAC (key, direction and use || counter (4) || identification (4) || 07 x 7)
 *   mode 2  IV = 0
 *   mode 3  IV = identification (4) || manufacturer (2) || day (2)
 *   mode 5  IV = address (8) || access number x 8
 *   mode 7  IV = 0, derived key
 *   CCM     nonce = address (8) || 00 || counter (4, most significant first), derived key
 *   GCM     nonce = address (8) || counter (4, most significant first), derived key
 *   CTR     first counter block as that of GCM; the tag is a CMAC with the derived MAC key
 *
 * What tags protect besides the encrypted bytes: CI field, header and configuration extension. */
#include "en13757-cipher.h"

#include <nettle/cbc.h>
#include <nettle/ccm.h>
#include <nettle/ctr.h>
#include <nettle/des.h>
#include <nettle/gcm.h>
#include <nettle/memops.h>
#include <string.h>

#define KDF_PADDING    0x07
#define USE_ENCRYPTION 0x00 /* from the meter */
#define USE_MAC        0x01

/* The size of a tag in the second byte of the configuration extension. */
#define TAG_CODE 0x03

/* The kind of MAC in the message control field of an AFL. */
#define MCL_AUTHENTICATION 0x0F

#define CCM_NONCE_LENGTH 13
#define MARK_LENGTH      2

static nettle_cipher_func *const ENCRYPT = (nettle_cipher_func *) aes128_encrypt;

gsize
en13757_tag_get_length (guint code)
{
  return 4 + 4 * (gsize) (code & TAG_CODE);
}

gsize
en13757_mac_get_length (guint8 mcl)
{
  static const guint8 LENGTHS[] = { [3] = 2, [4] = 4, [5] = 8, [6] = 12, [7] = 16, [8] = 12, [9] = 16 };
  guint kind = mcl & MCL_AUTHENTICATION;

  return kind < G_N_ELEMENTS (LENGTHS) ? LENGTHS[kind] : 0;
}

static void
write_counter (guint8 *out, guint32 counter, gboolean high_first)
{
  for (guint i = 0; i < 4; i++)
    out[i] = (guint8) (counter >> 8 * (high_first ? 3 - i : i));
}

static void
derive_one (const En13757Cipher *master, const En13757Message *message, guint8 use, En13757Cipher *out)
{
  guint8 input[AES_BLOCK_SIZE];
  guint8 key[CMAC128_DIGEST_SIZE];

  input[0] = use;
  write_counter (input + 1, message->counter, FALSE);
  memcpy (input + 5, message->address + 2, 4);
  memset (input + 9, KDF_PADDING, sizeof input - 9);
  en13757_cipher_mac (master, input, sizeof input, NULL, 0, key);
  en13757_cipher_init (out, key);
}

void
en13757_message_derive (En13757Message *self, En13757Key *key, gboolean kdf_a)
{
  const En13757Cipher *master = en13757_key_get_cipher (key);

  self->encryption = self->authentication = *master;
  if (!kdf_a)
    return;
  derive_one (master, self, USE_ENCRYPTION, &self->encryption);
  derive_one (master, self, USE_MAC, &self->authentication);
}

gboolean
en13757_message_check_mac (const En13757Message *self, const En13757Afl *afl, const guint8 *following,
                           gsize length)
{
  guint8 head[1 + 4 + 2];
  guint8 mac[CMAC128_DIGEST_SIZE];
  gsize n = 0;

  head[n++] = afl->mcl;
  write_counter (head + n, afl->counter, FALSE);
  n += 4;
  if (afl->has_message_length)
    {
      head[n++] = (guint8) afl->message_length;
      head[n++] = (guint8) (afl->message_length >> 8);
    }
  en13757_cipher_mac (&self->authentication, head, n, following, length, mac);
  return afl->mac_length == en13757_mac_get_length (afl->mcl) && memeql_sec (mac, afl->mac, afl->mac_length);
}

static const gchar *
check_marks (const En13757Message *self)
{
  if (self->length < MARK_LENGTH || (self->data[0] == EN13757_FILLER && self->data[1] == EN13757_FILLER))
    return NULL;
  return "what was decrypted does not begin with 2F 2F";
}

static const gchar *
decrypt_cbc (En13757Message *self, const struct aes128_ctx *key, guint8 iv[AES_BLOCK_SIZE])
{
  cbc_decrypt (key, (nettle_cipher_func *) aes128_decrypt, AES_BLOCK_SIZE, iv, self->length, self->data,
               self->data);
  return check_marks (self);
}

static const gchar *
decrypt_mode_5 (En13757Message *self, En13757Key *key)
{
  guint8 iv[AES_BLOCK_SIZE];

  memcpy (iv, self->address, EN13757_ADDRESS_LENGTH);
  memset (iv + EN13757_ADDRESS_LENGTH, self->access_number, sizeof iv - EN13757_ADDRESS_LENGTH);
  return decrypt_cbc (self, en13757_key_get_decrypt (key), iv);
}

static const gchar *
decrypt_mode_7 (En13757Message *self)
{
  guint8 iv[AES_BLOCK_SIZE] = { 0 };
  struct aes128_ctx inverted;

  aes128_invert_key (&inverted, &self->encryption.aes);
  return decrypt_cbc (self, &inverted, iv);
}

static const gchar *
decrypt_des (En13757Message *self, En13757Key *key, guint8 iv[DES_BLOCK_SIZE])
{
  struct des_ctx context;

  /* weak keys are keys too: what a meter uses is not chosen here */
  des_set_key (&context, en13757_key_get_des (key));
  cbc_decrypt (&context, (nettle_cipher_func *) des_decrypt, DES_BLOCK_SIZE, iv, self->length, self->data,
               self->data);
  return check_marks (self);
}

/* The day at the end of the vector is zero here; see en13757-dated.c. */
static const gchar *
decrypt_dated_des (En13757Message *self, En13757Key *key)
{
  guint8 iv[DES_BLOCK_SIZE] = { 0 };

  memcpy (iv, self->address + 2, 4);
  memcpy (iv + 4, self->address, 2);
  return decrypt_des (self, key, iv);
}

static const gchar *
check_tag (const guint8 *is, const guint8 *expected, gsize length)
{
  return memeql_sec (is, expected, length)
             ? NULL
             : "the authentication tag does not fit: wrong key, or a forged telegram";
}

/* The bytes come out even where the tag does not fit, so they are decrypted beside and copied when it does.
 */
static const gchar *
decrypt_ccm (En13757Message *self)
{
  g_autofree guint8 *plain = g_malloc (self->length + 1);
  guint8 nonce[CCM_NONCE_LENGTH] = { 0 };
  guint8 tag[EN13757_TAG_MAX];
  struct ccm_ctx context;
  const gchar *failed;

  memcpy (nonce, self->address, EN13757_ADDRESS_LENGTH);
  write_counter (nonce + EN13757_ADDRESS_LENGTH + 1, self->counter, TRUE);
  ccm_set_nonce (&context, &self->encryption.aes, ENCRYPT, sizeof nonce, nonce, self->associated_length,
                 self->length, self->tag_length);
  ccm_update (&context, &self->encryption.aes, ENCRYPT, self->associated_length, self->associated);
  ccm_decrypt (&context, &self->encryption.aes, ENCRYPT, self->length, plain, self->data);
  ccm_digest (&context, &self->encryption.aes, ENCRYPT, self->tag_length, tag);
  failed = check_tag (tag, self->data + self->length, self->tag_length);
  if (failed == NULL)
    memcpy (self->data, plain, self->length);
  return failed;
}

static const gchar *
decrypt_gcm (En13757Message *self)
{
  g_autofree guint8 *plain = g_malloc (self->length + 1);
  guint8 nonce[GCM_IV_SIZE];
  guint8 tag[EN13757_TAG_MAX];
  struct gcm_key key;
  struct gcm_ctx context;
  const gchar *failed;

  memcpy (nonce, self->address, EN13757_ADDRESS_LENGTH);
  write_counter (nonce + EN13757_ADDRESS_LENGTH, self->counter, TRUE);
  gcm_set_key (&key, &self->encryption.aes, ENCRYPT);
  gcm_set_iv (&context, &key, sizeof nonce, nonce);
  gcm_update (&context, &key, self->associated_length, self->associated);
  gcm_decrypt (&context, &key, &self->encryption.aes, ENCRYPT, self->length, plain, self->data);
  gcm_digest (&context, &key, &self->encryption.aes, ENCRYPT, self->tag_length, tag);
  failed = check_tag (tag, self->data + self->length, self->tag_length);
  if (failed == NULL)
    memcpy (self->data, plain, self->length);
  return failed;
}

static const gchar *
decrypt_ctr (En13757Message *self)
{
  guint8 block[AES_BLOCK_SIZE] = { 0 };
  guint8 tag[CMAC128_DIGEST_SIZE];
  const gchar *failed;

  en13757_cipher_mac (&self->authentication, self->associated, self->associated_length, self->data,
                      self->length, tag);
  failed = check_tag (tag, self->data + self->length, self->tag_length);
  if (failed != NULL)
    return failed;
  memcpy (block, self->address, EN13757_ADDRESS_LENGTH);
  write_counter (block + EN13757_ADDRESS_LENGTH, self->counter, TRUE);
  ctr_crypt (&self->encryption.aes, ENCRYPT, AES_BLOCK_SIZE, block, self->length, self->data, self->data);
  return NULL;
}

const gchar *
en13757_message_decrypt (En13757Message *self, guint mode, En13757Key *key)
{
  switch (mode)
    {
    case EN13757_MODE_DES_CBC:
      return decrypt_des (self, key, (guint8[DES_BLOCK_SIZE]){ 0 });
    case EN13757_MODE_DES_CBC_DATE:
      return decrypt_dated_des (self, key);
    case EN13757_MODE_AES_CBC:
      return decrypt_mode_5 (self, key);
    case EN13757_MODE_AES_CBC_DERIVED:
      return decrypt_mode_7 (self);
    case EN13757_MODE_AES_CTR:
      return decrypt_ctr (self);
    case EN13757_MODE_AES_GCM:
      return decrypt_gcm (self);
    default:
      return decrypt_ccm (self);
    }
}
