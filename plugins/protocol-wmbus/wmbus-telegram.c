/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From frames to telegrams. Once the link layer says who has sent it, there is a telegram, whatever is wrong
 * with the rest: it has a fault then, and its bytes are kept. */
#include "wmbus-telegram.h"

#include <nettle/ctr.h>
#include <string.h>

#include "driver.h"
#include "en13757-crc.h"
#include "mbus-frame.h"

/* Checksum and stop character behind the application layer of a wired long frame. */
#define WIRED_TRAILER 2

gboolean
wmbus_telegram_is_wired (const guint8 *data, gsize length)
{
  return length > MBUS_DATA_OFFSET && data[0] == MBUS_START_LONG && data[3] == MBUS_START_LONG
         && data[1] == data[2] && length == data[1] + (gsize) MBUS_LONG_OVERHEAD;
}

AmselFrame *
wmbus_telegram_adopt (const guint8 *data, gsize length, GError **error)
{
  guint8 stripped[WMBUS_TELEGRAM_MAX];
  g_autoptr (GError) local = NULL;
  WmbusFormat format;
  MbusFrame wired;
  gsize n;

  if (wmbus_telegram_is_wired (data, length))
    return mbus_frame_parse (data, length, &wired, error)
               ? amsel_frame_new (data, length, 0, AMSEL_RSSI_UNKNOWN)
               : NULL;
  n = wmbus_link_strip_any (data, length, stripped, &format, &local);
  if (n == 0 && !g_error_matches (local, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_WRONG_CRC)
      && wmbus_link_is_plausible (data, length) && data[0] + 1u < length
      && !wmbus_link_begins_format_a (data, length))
    {
      /* a wrong L field in what was stored: what follows the link layer shows whether it is a telegram */
      memcpy (stripped, data, length);
      stripped[0] = (guint8) (length - 1);
      n = length;
    }
  if (n > 0)
    return amsel_frame_new (stripped, n, 0, AMSEL_RSSI_UNKNOWN);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* A wired long frame: the application layer with the radio head's answer around it. */
static AmselTelegram *
decode_wired (AmselFrame *frame, const En13757Context *settings, GError **error)
{
  g_autoptr (AmselTelegram) telegram = NULL;
  En13757Context context = *settings;
  GError *fault = NULL;
  MbusFrame fields;
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);

  if (!mbus_frame_parse (data, length, &fields, error))
    return NULL;
  context.wireless = FALSE;
  telegram = amsel_telegram_new (frame, EN13757_RECORDS_EXPECTED (length));
  if (!en13757_decode_apdu (telegram, MBUS_DATA_OFFSET - 1, length - WIRED_TRAILER, &context, &fault))
    amsel_telegram_take_fault (telegram, fault);
  amsel_telegram_edit_header (telegram)->identity.address = fields.a;
  return g_steal_pointer (&telegram);
}

/* One telegram on its way through the layers. */
typedef struct
{
  WmbusMemory *memory;             /* (unowned) (nullable) */
  guint8 mac[CMAC128_DIGEST_SIZE]; /* of the last fragment, whose bytes go */
  AmselTelegram *telegram;
  En13757Context context;
  WmbusLayers layers;
  gboolean assumed; /* the ELL was taken as plain without its check, which only sound records can confirm */
  gsize length;
  guint8 key[DRIVER_KEY_LENGTH]; /* of the meter, for its driver */
} Decoding;

/* The check of the extended link layer covers everything behind it; least significant byte first. */
static gboolean
fits_plcrc (const guint8 *data, gsize length, const WmbusEll *ell)
{
  gsize begin = ell->plcrc + WMBUS_PLCRC_LENGTH;
  guint16 crc = en13757_crc (data + begin, length - begin);

  return data[ell->plcrc] == (crc & 0xFF) && data[ell->plcrc + 1] == crc >> 8;
}

/* Decrypts, or encrypts again, from the check to the end. */
static void
crypt_ell (const WmbusEll *ell, const AmselIdentity *sender, En13757Key *key, guint8 *data, gsize length)
{
  guint8 block[AES_BLOCK_SIZE] = { 0 };

  en13757_identity_write (sender, block);
  block[8] = ell->cc & (guint8) ~(WMBUS_CC_HOP | WMBUS_CC_REPEATED);
  for (guint i = 0; i < 4; i++)
    block[9 + i] = (guint8) (ell->session >> 8 * i);
  ctr_crypt (&en13757_key_get_cipher (key)->aes, (nettle_cipher_func *) aes128_encrypt, AES_BLOCK_SIZE, block,
             length - ell->plcrc, data + ell->plcrc, data + ell->plcrc);
}

static gboolean
close_ell (Decoding *self, AmselEncryption encryption, En13757SecurityError code, const gchar *what)
{
  g_autofree gchar *message = g_strdup_printf ("extended link layer: %s", what);

  en13757_close (self->telegram, encryption, code, message, self->layers.application, self->length);
  return FALSE;
}

/* Whether what stands behind the check begins a message of records, as a meter's content does. */
static gboolean
begins_message (const Decoding *self, const guint8 *data)
{
  gsize place = self->layers.ell.plcrc + WMBUS_PLCRC_LENGTH;
  En13757Ci ci;

  if (place >= self->length)
    return FALSE;
  ci = en13757_ci_get (data[place], TRUE);
  return (ci.content == EN13757_CONTENT_RECORDS || ci.content == EN13757_CONTENT_COMPACT) && !ci.high_first;
}

/* Decrypts with the link address. Of ELL IV it is not settled whose address counts, so its own is tried too.
 */
static gboolean
decrypt_ell (Decoding *self, En13757Key *key)
{
  const WmbusEll *ell = &self->layers.ell;
  guint8 *mutable = amsel_telegram_edit_payload (self->telegram);

  crypt_ell (ell, &self->context.link, key, mutable, self->length);
  if (fits_plcrc (mutable, self->length, ell))
    return TRUE;
  crypt_ell (ell, &self->context.link, key, mutable, self->length);
  if (!ell->has_address)
    return FALSE;
  crypt_ell (ell, &ell->address, key, mutable, self->length);
  if (fits_plcrc (mutable, self->length, ell))
    return TRUE;
  crypt_ell (ell, &ell->address, key, mutable, self->length);
  return FALSE;
}

/* An encrypted layer stays closed: what is missing, and what is wrong with it as plain data where somebody
 * said that it is. */
static gboolean
refuse_ell (Decoding *self, const GError *as_plain)
{
  const AmselIdentity *identity = &amsel_telegram_get_header (self->telegram)->identity;
  const En13757Key *key = en13757_context_find_key (&self->context, identity);
  const gchar *what = "there is no key for this meter";
  g_autofree gchar *both = NULL;

  if (key != NULL)
    what = en13757_key_is_aes (key) ? "the check of its payload (PLCRC) does not fit what was decrypted"
                                    : "the key is one for DES";
  if (as_plain != NULL)
    both = g_strdup_printf ("%s; and it is no plain message either: %s", what, as_plain->message);
  return close_ell (self, key == NULL ? AMSEL_ENCRYPTION_NO_KEY : AMSEL_ENCRYPTION_WRONG_KEY,
                    key == NULL ? EN13757_SECURITY_ERROR_NO_KEY : EN13757_SECURITY_ERROR_WRONG_KEY,
                    both != NULL ? both : what);
}

/* Recordings that were stored decrypted often have the check of what was sent. They are taken where somebody
 * said that they are plain and the key does not open them, if what follows proves to be a message. */
static gboolean
open_ell (Decoding *self)
{
  const WmbusEll *ell = &self->layers.ell;
  const guint8 *data = amsel_telegram_get_payload (self->telegram, &self->length);
  AmselTelegramHeader *header = amsel_telegram_edit_header (self->telegram);
  En13757Key *key;

  if (wmbus_ell_get_encryption (ell) != WMBUS_SESSION_AES_CTR)
    return close_ell (self, AMSEL_ENCRYPTION_UNSUPPORTED, EN13757_SECURITY_ERROR_UNSUPPORTED_MODE,
                      "its kind of encryption is not known");
  header->encryption = AMSEL_ENCRYPTION_DECRYPTED;
  if (self->context.decrypted && fits_plcrc (data, self->length, ell))
    return TRUE;
  key = en13757_context_find_key (&self->context, &header->identity);
  if (key != NULL && en13757_key_is_aes (key) && decrypt_ell (self, key))
    return TRUE;
  if (!self->context.decrypted || !begins_message (self, data))
    return refuse_ell (self, NULL);
  self->assumed = TRUE;
  header->encryption = AMSEL_ENCRYPTION_UNCHECKED;
  return TRUE;
}

/* Reads the layers. FALSE where the telegram has its fault. */
static gboolean
read_layers (Decoding *self)
{
  gsize position = WMBUS_CI_OFFSET;
  GError *fault = NULL;
  gboolean closed;

  do
    {
      const guint8 *data = amsel_telegram_get_payload (self->telegram, &self->length);

      if (!wmbus_layers_parse (&self->layers, data, self->length, position, &closed, &fault))
        {
          amsel_telegram_take_fault (self->telegram, fault);
          en13757_add_closed (self->telegram, WMBUS_CI_OFFSET, self->length, AMSEL_REASON_UNKNOWN_FORMAT);
          return FALSE;
        }
      if (self->layers.ell.has_address)
        amsel_telegram_edit_header (self->telegram)->identity = self->layers.ell.address;
      if (self->layers.ell.present)
        amsel_telegram_edit_header (self->telegram)->access_number = self->layers.ell.access_number;
      if (closed && !open_ell (self))
        return FALSE;
      position = self->layers.ell.plcrc + WMBUS_PLCRC_LENGTH;
    }
  while (closed);
  return TRUE;
}

/* A manufacturer's own encryption is one that its driver may know. */
static gboolean
is_unsupported (const AmselTelegram *telegram)
{
  return g_error_matches (amsel_telegram_get_fault (telegram), EN13757_SECURITY_ERROR,
                          EN13757_SECURITY_ERROR_UNSUPPORTED_MODE);
}

/* A key of 8 bytes has zeros behind it. */
static void
begin_driver_context (Decoding *self, const En13757Apdu *apdu, DriverContext *out)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (self->telegram);
  En13757Key *key = en13757_context_find_key (&self->context, &header->identity);
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (self->telegram, &length);

  *out = (DriverContext){
    .telegram = self->telegram,
    .identity = &header->identity,
    .ci = header->ci,
    .payload = payload + apdu->begin,
    .payload_length = apdu->end - apdu->begin,
    .payload_offset = apdu->begin,
    .library = self->context.drivers,
  };
  out->link = amsel_frame_get_data (amsel_telegram_get_frame (self->telegram), &out->link_length);
  if (key == NULL)
    return;
  memset (self->key, 0, sizeof self->key);
  memcpy (self->key, en13757_key_get_bytes (key),
          en13757_key_is_aes (key) ? EN13757_AES_KEY_LENGTH : EN13757_DES_KEY_LENGTH);
  out->key = self->key;
}

/* A fragment waits for the others; with the last one the message is the payload. FALSE where there is nothing
 * to read. */
static gboolean
join_fragments (Decoding *self)
{
  WmbusAfl *afl = &self->layers.afl;
  const guint8 *data = amsel_telegram_get_payload (self->telegram, &self->length);
  gsize begin = self->layers.application;
  g_autoptr (GByteArray) whole = NULL;
  GError *fault = NULL;

  if (afl->fragment == 0 || (afl->fragment == 1 && !afl->more))
    return TRUE;
  if (self->memory != NULL)
    whole =
        wmbus_memory_take_fragment (self->memory, &amsel_telegram_get_header (self->telegram)->identity,
                                    amsel_frame_get_received_us (amsel_telegram_get_frame (self->telegram)),
                                    afl, data + begin, self->length - begin, &fault);
  if (whole == NULL)
    {
      amsel_telegram_edit_header (self->telegram)->more_follows = afl->more;
      if (fault != NULL)
        amsel_telegram_take_fault (self->telegram, fault);
      return FALSE;
    }
  afl->security.mac_length = MIN (afl->security.mac_length, sizeof self->mac);
  memcpy (self->mac, afl->security.mac, afl->security.mac_length);
  afl->security.mac = self->mac;
  self->length = whole->len;
  self->layers.application = 0;
  amsel_telegram_take_payload (self->telegram, g_memdup2 (whole->data, whole->len), whole->len);
  return TRUE;
}

/* What was taken as plain makes no sense: it is encrypted after all, and nothing of it may be shown. */
static void
refuse_assumed (Decoding *self, const GError *fault)
{
  gsize length;

  while (amsel_telegram_get_n_records (self->telegram) > 0)
    amsel_telegram_drop_record (self->telegram);
  amsel_telegram_get_payload (self->telegram, &length);
  self->length = MIN (self->length, length);
  refuse_ell (self, fault);
}

static void
read_application (Decoding *self)
{
  DriverResult result = DRIVER_RESULT_NOT_MINE;
  GError *fault = NULL;
  DriverContext driver;
  En13757Apdu apdu;
  gboolean open;

  self->context.afl = self->layers.afl.present ? &self->layers.afl.security : NULL;
  open = en13757_open_apdu (self->telegram, self->layers.application, self->length, &self->context, &apdu,
                            &fault);
  if (open || is_unsupported (self->telegram))
    {
      begin_driver_context (self, &apdu, &driver);
      result = driver_decode_payload (&driver);
      if (!open && result != DRIVER_RESULT_NOT_MINE)
        {
          amsel_telegram_clear_fault (self->telegram);
          amsel_telegram_drop_record (self->telegram);
          open = TRUE;
        }
      if (open && result != DRIVER_RESULT_CONSUMED)
        en13757_read_apdu (self->telegram, &apdu, self->context.formats, &fault);
    }
  if (fault != NULL && self->assumed)
    {
      refuse_assumed (self, fault);
      g_error_free (fault);
      return;
    }
  if (fault != NULL)
    {
      amsel_telegram_take_fault (self->telegram, fault);
      return;
    }
  if (open)
    {
      begin_driver_context (self, &apdu, &driver);
      driver_apply (&driver);
    }
}

AmselTelegram *
wmbus_telegram_decode (AmselFrame *frame, const En13757Context *settings, WmbusMemory *memory, GError **error)
{
  Decoding decoding = { .memory = memory, .context = *settings };
  const guint8 *data = amsel_frame_get_data (frame, &decoding.length);

  if (wmbus_telegram_is_wired (data, decoding.length))
    return decode_wired (frame, settings, error);
  if (decoding.length <= WMBUS_CI_OFFSET || decoding.length != data[0] + 1u)
    {
      g_set_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_WRONG_LENGTH,
                   "%" G_GSIZE_FORMAT " bytes are no telegram without CRCs", decoding.length);
      return NULL;
    }
  if (wmbus_link_get_control_name (data[WMBUS_C_OFFSET]) == NULL)
    {
      g_set_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_UNKNOWN_CONTROL,
                   "the C field is %02X, which is none of wireless M-Bus", data[WMBUS_C_OFFSET]);
      return NULL;
    }
  decoding.telegram =
      amsel_telegram_new (frame, EN13757_RECORDS_EXPECTED (decoding.length - WMBUS_CI_OFFSET));
  decoding.context.wireless = TRUE;
  wmbus_link_get_identity (data, &decoding.context.link);
  amsel_telegram_edit_header (decoding.telegram)->identity = decoding.context.link;
  driver_correct_identity (data, decoding.length, &amsel_telegram_edit_header (decoding.telegram)->identity);
  if (read_layers (&decoding) && join_fragments (&decoding))
    read_application (&decoding);
  return decoding.telegram;
}

/* Bits that repeaters change: in the C field, in the communication control field, and in the configuration
 * field (hop count and repeated access). */
#define REPEATED_C             0x80
#define CONFIGURATION_REPEATED 0x03

/* The security mode, in the second byte of the configuration field. */
#define CONFIGURATION_MODE 0x1F

/* Reads the layers before the application. Returns the place of the configuration field; 0 where there is
 * none that can be seen. */
static gsize
find_configuration (const guint8 *data, gsize length, WmbusLayers *layers, gboolean *closed)
{
  gsize header = 0;

  *layers = (WmbusLayers){ 0 };
  *closed = FALSE;
  if (wmbus_telegram_is_wired (data, length) || length <= WMBUS_CI_OFFSET + 1
      || !wmbus_layers_parse (layers, data, length, WMBUS_CI_OFFSET, closed, NULL))
    return 0;
  if (!*closed && layers->afl.fragment <= 1 && layers->application < length)
    header = en13757_ci_get (data[layers->application], TRUE).header_length;
  return header != 0 && length - layers->application > header ? layers->application + header - 1 : 0;
}

gboolean
wmbus_telegram_is_encrypted (const guint8 *data, gsize length)
{
  WmbusLayers layers;
  gboolean closed;
  gsize configuration = find_configuration (data, length, &layers, &closed);

  return closed || (configuration != 0 && (data[configuration + 1] & CONFIGURATION_MODE) != 0);
}

guint64
wmbus_telegram_get_fingerprint (const guint8 *data, gsize length)
{
  WmbusLayers layers;
  gboolean closed;
  gsize configuration = find_configuration (data, length, &layers, &closed);
  gsize cc = layers.ell.present ? WMBUS_CI_OFFSET + 1 : 0;
  guint64 hash = G_GUINT64_CONSTANT (0xCBF29CE484222325);

  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = data[i];

      if (i == WMBUS_C_OFFSET)
        byte &= (guint8) ~REPEATED_C;
      else if (i == cc && cc != 0)
        byte &= (guint8) ~(WMBUS_CC_HOP | WMBUS_CC_REPEATED);
      else if (i == configuration && configuration != 0)
        byte &= (guint8) ~CONFIGURATION_REPEATED;
      hash = (hash ^ byte) * G_GUINT64_CONSTANT (0x100000001B3);
    }
  return hash != 0 ? hash : 1;
}

/* The address in a long header. */
static void
read_long_header (const guint8 *data, gsize length, gsize ci, gboolean wireless, AmselIdentity *out)
{
  AmselCursor cursor;

  if (ci >= length || en13757_ci_get (data[ci], wireless).header_length != EN13757_LONG_HEADER_LENGTH
      || length - ci - 1 < EN13757_LONG_HEADER_LENGTH)
    return;
  amsel_cursor_init (&cursor, data, length);
  cursor.position = ci + 1;
  amsel_cursor_u32_le (&cursor, &out->id);
  amsel_cursor_u16_le (&cursor, &out->manufacturer);
  amsel_cursor_u8 (&cursor, &out->version);
  amsel_cursor_u8 (&cursor, &out->medium);
}

gboolean
wmbus_telegram_identify (const guint8 *data, gsize length, AmselIdentity *meter, AmselIdentity *carrier)
{
  WmbusLayers layers = { 0 };
  gboolean closed = FALSE;

  if (wmbus_telegram_is_wired (data, length))
    {
      read_long_header (data, length - WIRED_TRAILER, MBUS_DATA_OFFSET - 1, FALSE, meter);
      *carrier = *meter;
      return TRUE;
    }
  if (length <= WMBUS_CI_OFFSET)
    return FALSE;
  wmbus_link_get_identity (data, carrier);
  driver_correct_identity (data, length, carrier);
  *meter = *carrier;
  if (!wmbus_layers_parse (&layers, data, length, WMBUS_CI_OFFSET, &closed, NULL))
    return TRUE;
  if (layers.ell.has_address)
    *meter = layers.ell.address;
  if (!closed && layers.afl.fragment <= 1)
    read_long_header (data, length, layers.application, TRUE, meter);
  return TRUE;
}
