/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Security of the transport layer: reads what the configuration field says, finds the key, checks, decrypts.
 * What is done with the bytes of each mode is in en13757-cipher.c. */
#include "en13757-security.h"

#include <nettle/des.h>
#include <string.h>

#include "en13757-cipher.h"
#include "en13757-private.h"

#define MODE_SHIFT 8
#define MODE_MASK  0x1F

/* Bits of the configuration field. */
#define CONFIGURATION_COUNTER 0x2000 /* modes 7 to 10: a message counter follows */
#define BLOCKS_SHIFT          4      /* modes 5 and 7: encrypted blocks of 16 bytes */
#define BLOCKS_MASK           15
#define BYTES_MASK            0xFF /* other modes: encrypted bytes */
#define BYTES_ALL             0xFF

#define CRC_LENGTH 2

/* Bits of the configuration field extension. */
#define EXTENSION_KEY_VERSION 0x40
#define EXTENSION_KDF_SHIFT   4
#define EXTENSION_KDF_MASK    3

/* Kinds of MACs in the message control field of an AFL. */
#define MAC_MASK       0x0F
#define MAC_CMAC_FIRST 3
#define MAC_CMAC_LAST  7
#define MAC_GMAC_LAST  9

void
en13757_identity_write (const AmselIdentity *identity, guint8 out[EN13757_ADDRESS_LENGTH])
{
  out[0] = (guint8) identity->manufacturer;
  out[1] = (guint8) (identity->manufacturer >> 8);
  for (guint i = 0; i < 4; i++)
    out[2 + i] = (guint8) (identity->id >> 8 * i);
  out[6] = identity->version;
  out[7] = identity->medium;
}

En13757Key *
en13757_context_find_key (const En13757Context *context, const AmselIdentity *identity)
{
  En13757Key *key = context->key;

  if (key == NULL && context->keys != NULL)
    key = en13757_keys_find (context->keys, identity);
  if (key == NULL && context->keys != NULL && context->wireless)
    key = en13757_keys_find (context->keys, &context->link);
  return key != NULL ? key : context->fallback;
}

/* The security of one message: what is read from it, and what is worked on. */
typedef struct
{
  AmselTelegram *telegram;
  const En13757Context *context;
  const En13757Transport *transport;
  En13757Message message;
  guint mode;
  guint kdf;
  gboolean has_counter;
  gboolean has_version;
  gboolean is_factory_key; /* there is no other one */
  gsize offset;            /* behind what belongs to security: the content begins here */
  gsize end;
} Opening;

static gboolean
close_message (Opening *self, AmselEncryption encryption, En13757SecurityError code, const gchar *what)
{
  g_autofree gchar *message = NULL;

  if (self->is_factory_key && code == EN13757_SECURITY_ERROR_WRONG_KEY)
    {
      encryption = AMSEL_ENCRYPTION_NO_KEY;
      code = EN13757_SECURITY_ERROR_NO_KEY;
      what = "there is no key for this meter, and the one that its maker gives to all does not fit";
    }
  message = g_strdup_printf ("security mode %u: %s", self->mode, what);
  en13757_close (self->telegram, encryption, code, message, self->offset, self->end);
  return FALSE;
}

static gboolean
truncated (Opening *self)
{
  return close_message (self, AMSEL_ENCRYPTION_UNSUPPORTED, EN13757_SECURITY_ERROR_TRUNCATED,
                        "the telegram ends before what is encrypted does");
}

/* The telegram has a fault, but something of it can be read. */
static void
take_truncated (Opening *self)
{
  amsel_telegram_take_fault (self->telegram,
                             g_error_new (EN13757_SECURITY_ERROR, EN13757_SECURITY_ERROR_TRUNCATED,
                                          "security mode %u: the telegram ends at byte %" G_GSIZE_FORMAT
                                          ", before what is encrypted does",
                                          self->mode, self->end));
}

static gboolean
unsupported (Opening *self, const gchar *what)
{
  return close_message (self, AMSEL_ENCRYPTION_UNSUPPORTED, EN13757_SECURITY_ERROR_UNSUPPORTED_MODE, what);
}

/* Reads what follows the configuration field: its extension, message counter and key version. */
static gboolean
read_extension (Opening *self, gsize n_extension)
{
  AmselCursor cursor;
  gsize length;
  guint8 first = 0;
  guint8 second = 0;
  guint8 version;

  amsel_cursor_init (&cursor, amsel_telegram_get_payload (self->telegram, &length), self->end);
  cursor.position = self->offset;
  if (!amsel_cursor_u8 (&cursor, &first) || (n_extension > 1 && !amsel_cursor_u8 (&cursor, &second)))
    return truncated (self);
  self->kdf = first >> EXTENSION_KDF_SHIFT & EXTENSION_KDF_MASK;
  self->has_version = (first & EXTENSION_KEY_VERSION) != 0;
  self->message.tag_length = n_extension > 1 ? en13757_tag_get_length (second) : 0;
  self->message.associated_length += n_extension;
  if (self->transport->configuration & CONFIGURATION_COUNTER)
    {
      if (!amsel_cursor_u32_le (&cursor, &self->message.counter))
        return truncated (self);
      self->has_counter = TRUE;
    }
  if (self->has_version && !amsel_cursor_u8 (&cursor, &version))
    return truncated (self);
  self->offset = cursor.position;
  return TRUE;
}

static gboolean
is_des (const Opening *self)
{
  return self->mode == EN13757_MODE_DES_CBC || self->mode == EN13757_MODE_DES_CBC_DATE;
}

/* Whether the mode encrypts whole blocks; the others have a tag instead. */
static gboolean
has_blocks (const Opening *self)
{
  return self->mode <= EN13757_MODE_AES_CBC_DERIVED;
}

/* Whole blocks of the mode that are in so many bytes. */
static gsize
round_down (const Opening *self, gsize n)
{
  gsize block = is_des (self) ? DES_BLOCK_SIZE : AES_BLOCK_SIZE;

  return n / block * block;
}

/* How many bytes are encrypted, as the configuration field says. */
static gsize
get_length (const Opening *self, gsize left)
{
  guint configuration = self->transport->configuration;
  gsize length = configuration & BYTES_MASK;

  if (is_des (self))
    return length;
  if (has_blocks (self))
    {
      length = (gsize) (configuration >> BLOCKS_SHIFT & BLOCKS_MASK) * AES_BLOCK_SIZE;
      return length != 0 ? length : round_down (self, left);
    }
  if (length == BYTES_ALL)
    return left >= self->message.tag_length ? left - self->message.tag_length : left + 1;
  return length;
}

/* Whether the content has the marks of plain data although it is flagged as encrypted: it was stored
 * decrypted. */
static gboolean
is_stored_plain (const Opening *self)
{
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (self->telegram, &length);

  return self->context->decrypted && self->end - self->offset >= 2 && payload[self->offset] == EN13757_FILLER
         && payload[self->offset + 1] == EN13757_FILLER;
}

/* Sets how many bytes are encrypted. */
static gboolean
read_length (Opening *self)
{
  gsize left = self->end - self->offset;
  gsize length = get_length (self, left);

  /* fillers and tag may have been left out with the encryption */
  if (is_stored_plain (self))
    {
      self->message.length = MIN (length, left);
      return TRUE;
    }
  if (has_blocks (self) && length > left && round_down (self, left) > 0)
    {
      /* the whole blocks that are there can be read */
      take_truncated (self);
      length = round_down (self, left);
      self->end = self->offset + length;
    }
  if (length > left || self->message.tag_length > left - length)
    return truncated (self);
  /* a part of a block would pass for plain data */
  if (has_blocks (self)
      && (length != round_down (self, length) || (length == 0 && left > 0 && !is_des (self))))
    return truncated (self);
  self->message.length = length;
  return TRUE;
}

/* Reads everything of the message that its mode puts before the content. */
static gboolean
read_parameters (Opening *self)
{
  switch (self->mode)
    {
    case EN13757_MODE_DES_CBC:
    case EN13757_MODE_DES_CBC_DATE:
    case EN13757_MODE_AES_CBC:
      return read_length (self);
    case EN13757_MODE_AES_CBC_DERIVED:
      return read_extension (self, 1) && read_length (self);
    case EN13757_MODE_AES_CTR:
    case EN13757_MODE_AES_GCM:
    case EN13757_MODE_AES_CCM:
      return read_extension (self, 2) && read_length (self);
    case EN13757_MODE_TLS:
      return unsupported (self, "a TLS session, which only its partner can decrypt");
    default:
      return unsupported (self, "not known");
    }
}

/* The check of the MAC in the layer below. */
static gboolean
check_mac (Opening *self)
{
  const En13757Afl *afl = self->context->afl;
  guint kind = afl->mcl & MAC_MASK;
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (self->telegram, &length);

  if (afl->mac_length == 0 || kind == 0)
    return close_message (self, AMSEL_ENCRYPTION_WRONG_KEY, EN13757_SECURITY_ERROR_WRONG_KEY,
                          "its AFL has no message authentication code, so that anybody may have changed it");
  if (kind > MAC_CMAC_LAST && kind <= MAC_GMAC_LAST)
    return unsupported (self, "the code of its AFL is a GMAC, whose nonce is not published");
  if (kind < MAC_CMAC_FIRST || kind > MAC_GMAC_LAST)
    return unsupported (self, "the kind of message authentication code of its AFL is not known");
  if (en13757_message_check_mac (&self->message, afl, payload + self->transport->begin,
                                 self->end - self->transport->begin))
    return TRUE;
  return close_message (
      self, AMSEL_ENCRYPTION_WRONG_KEY, EN13757_SECURITY_ERROR_WRONG_KEY,
      "the message authentication code of the AFL does not fit: wrong key, or a forged telegram");
}

/* The key of a message whose mode derives one, and the check of the MAC in the layer below. */
static gboolean
derive (Opening *self, En13757Key *key)
{
  const En13757Afl *afl = self->context->afl;

  if (self->kdf != EN13757_KDF_A && self->kdf != EN13757_KDF_NONE)
    return unsupported (self, "its key derivation function is not known");
  if (!self->has_counter && afl != NULL && afl->has_counter)
    {
      self->message.counter = afl->counter;
      self->has_counter = TRUE;
    }
  if (self->kdf == EN13757_KDF_A && !self->has_counter)
    return close_message (self, AMSEL_ENCRYPTION_UNSUPPORTED, EN13757_SECURITY_ERROR_TRUNCATED,
                          "it has no message counter, which the key is derived from");
  en13757_message_derive (&self->message, key, self->kdf == EN13757_KDF_A);
  if (afl != NULL)
    return check_mac (self);
  /* the other modes have a tag; here 2F 2F shows that the first block is right, and nothing of the others */
  return self->mode != EN13757_MODE_AES_CBC_DERIVED || self->context->allow_plain
         || close_message (
             self, AMSEL_ENCRYPTION_WRONG_KEY, EN13757_SECURITY_ERROR_WRONG_KEY,
             "it has no AFL with a message authentication code, so that anybody may have changed it");
}

/* Only what was checked may move the counter of a meter. */
static gboolean
check_counter (Opening *self)
{
  const En13757Context *context = self->context;

  if (!self->has_counter || context->take_counter == NULL
      || context->take_counter (context->counters, &amsel_telegram_get_header (self->telegram)->identity,
                                self->message.counter))
    return TRUE;
  return close_message (self, AMSEL_ENCRYPTION_DECRYPTED, EN13757_SECURITY_ERROR_REPLAYED,
                        "its message counter is not above the last one of the meter: it was sent before");
}

/* Takes the key version as standing before the counter, and as protected by the tag. */
static void
turn_version (Opening *self, En13757Key *key)
{
  AmselCursor cursor;
  gsize length;
  guint8 version;

  amsel_cursor_init (&cursor, amsel_telegram_get_payload (self->telegram, &length), self->offset);
  cursor.position = self->transport->begin + self->message.associated_length;
  self->message.associated_length++;
  if (amsel_cursor_u8 (&cursor, &version) && (self->transport->configuration & CONFIGURATION_COUNTER))
    amsel_cursor_u32_le (&cursor, &self->message.counter);
  en13757_message_derive (&self->message, key, self->kdf == EN13757_KDF_A);
}

/* Returns NULL, or which check failed. Behind a configuration extension with a tag it is not settled whether
 * the key version comes first or the counter; the tag says which of them it is. */
static const gchar *
decrypt_content (Opening *self, En13757Key *key)
{
  const gchar *failed = en13757_message_decrypt (&self->message, self->mode, key);

  if (failed == NULL || !self->has_version || self->message.tag_length == 0)
    return failed;
  turn_version (self, key);
  return en13757_message_decrypt (&self->message, self->mode, key);
}

/* Mode 3: the content is known but for the day. */
static gboolean
complete_dated (Opening *self)
{
  gint64 received_us = amsel_frame_get_received_us (amsel_telegram_get_frame (self->telegram));

  if (self->message.length == 0
      || en13757_dated_complete (self->message.data, self->end - self->offset, received_us))
    return TRUE;
  return unsupported (self, "its initialization vector has the day on which it was sent, and no clock in the "
                            "telegram says the day");
}

static gboolean
decrypt (Opening *self, En13757Key *key)
{
  const gchar *failed;

  if (is_des (self) == en13757_key_is_aes (key))
    return close_message (self, AMSEL_ENCRYPTION_WRONG_KEY, EN13757_SECURITY_ERROR_WRONG_KEY,
                          is_des (self) ? "the key is one for AES, and DES is used"
                                        : "the key is one for DES, and AES is used");
  if (self->message.tag_length > 0
      && self->end - self->offset > self->message.length + self->message.tag_length + CRC_LENGTH)
    return close_message (self, AMSEL_ENCRYPTION_WRONG_KEY, EN13757_SECURITY_ERROR_WRONG_KEY,
                          "there are bytes behind its authentication tag, which anybody may have added");
  if (self->mode >= EN13757_MODE_AES_CBC_DERIVED && !derive (self, key))
    return FALSE;
  self->message.associated = amsel_telegram_edit_payload (self->telegram) + self->transport->begin;
  self->message.data = amsel_telegram_edit_payload (self->telegram) + self->offset;
  failed = decrypt_content (self, key);
  if (failed != NULL)
    return close_message (self, AMSEL_ENCRYPTION_WRONG_KEY, EN13757_SECURITY_ERROR_WRONG_KEY, failed);
  if (self->mode == EN13757_MODE_DES_CBC_DATE && !complete_dated (self))
    return FALSE;
  amsel_telegram_edit_header (self->telegram)->encryption = AMSEL_ENCRYPTION_DECRYPTED;
  return check_counter (self);
}

/* Where the content ends: before a tag, and before the CRC of the last block, which some receivers leave
 * there. Two bytes are too few for a record that is not encrypted. */
static gsize
find_end (const Opening *self)
{
  gsize end = self->offset + self->message.length;

  return self->message.tag_length > 0 || self->end == end + CRC_LENGTH ? end : self->end;
}

static gboolean
is_known (guint mode)
{
  return mode == EN13757_MODE_AES_CBC
         || (mode >= EN13757_MODE_AES_CBC_DERIVED && mode <= EN13757_MODE_AES_CCM);
}

static gboolean
open_plain (AmselTelegram *telegram, const En13757Context *context, gsize offset, gsize end)
{
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);

  if (context->allow_plain || header->encryption == AMSEL_ENCRYPTION_DECRYPTED
      || en13757_context_find_key (context, &header->identity) == NULL)
    return TRUE;
  en13757_close (telegram, AMSEL_ENCRYPTION_NONE, EN13757_SECURITY_ERROR_PLAIN,
                 "the telegram is plain, but there is a key for the meter: somebody else may have sent it",
                 offset, end);
  return FALSE;
}

/* What is said to be encrypted. */
static gboolean
open_closed (AmselTelegram *telegram, const En13757Context *context, const En13757Transport *transport,
             gsize *offset, gsize *end)
{
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);
  Opening self = {
    .telegram = telegram,
    .context = context,
    .transport = transport,
    .mode = transport->configuration >> MODE_SHIFT & MODE_MASK,
    .offset = *offset,
    .end = *end,
  };
  En13757Key *key;

  self.message.access_number = header->access_number;
  self.message.associated_length = 1 + (gsize) transport->header_length;
  en13757_identity_write (&header->identity, self.message.address);
  if (!read_parameters (&self))
    return FALSE;
  *offset = self.offset;
  if (is_des (&self) && self.message.length == 0)
    return open_plain (telegram, context, *offset, *end);
  if (is_stored_plain (&self))
    {
      header->encryption = AMSEL_ENCRYPTION_DECRYPTED;
      *end = find_end (&self);
      return TRUE;
    }
  key = en13757_context_find_key (context, &header->identity);
  if (key == NULL && self.mode == EN13757_MODE_AES_CBC)
    {
      key = en13757_key_get_factory (&header->identity);
      self.is_factory_key = key != NULL;
    }
  if (key == NULL)
    return close_message (&self, AMSEL_ENCRYPTION_NO_KEY, EN13757_SECURITY_ERROR_NO_KEY,
                          "there is no key for this meter");
  if (!decrypt (&self, key))
    return FALSE;
  *end = find_end (&self);
  return TRUE;
}

gboolean
en13757_security_open (AmselTelegram *telegram, const En13757Context *context,
                       const En13757Transport *transport, gsize *offset, gsize *end)
{
  guint mode = transport->configuration >> MODE_SHIFT & MODE_MASK;

  /* old wired meters have any number there, which says nothing of encryption */
  if (mode == 0 || (!context->wireless && !is_known (mode)))
    return open_plain (telegram, context, *offset, *end);
  return open_closed (telegram, context, transport, offset, end);
}
