/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams of wireless meters, layer by layer from the inside out. */
#include "wmbus-encoder.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/ccm.h>
#include <nettle/cmac.h>
#include <nettle/ctr.h>
#include <nettle/des.h>
#include <nettle/gcm.h>
#include <string.h>

#include "en13757-crc.h"

#define FILLER      0x2F
#define TAG_DEFAULT 8

#define AFL_MORE    0x4000
#define AFL_MAC     0x0400
#define AFL_FIELDS  (0x2800 | AFL_MAC) /* message control, counter and MAC */
#define AFL_BEGIN   0x28 /* the same of the first fragment, in the upper byte, without the MAC */
#define AFL_CONTROL 0x20 /* counter present */
#define AFL_CMAC_8  5

AmselIdentity
wmbus_encode_identity (const gchar *manufacturer, guint32 id, guint8 version, guint8 medium)
{
  return (AmselIdentity){
    .manufacturer = amsel_manufacturer_parse (manufacturer),
    .id = id,
    .version = version,
    .medium = medium,
    .address = AMSEL_ADDRESS_NONE,
  };
}

static void
add_byte (GByteArray *out, guint byte)
{
  const guint8 value = (guint8) byte;

  g_byte_array_append (out, &value, 1);
}

static void
add_number (GByteArray *out, guint32 value, guint n)
{
  for (guint i = 0; i < n; i++)
    add_byte (out, value >> 8 * i & 0xFF);
}

static void
add_address (GByteArray *out, const AmselIdentity *identity)
{
  add_number (out, identity->manufacturer, 2);
  add_number (out, identity->id, 4);
  add_byte (out, identity->version);
  add_byte (out, identity->medium);
}

static gboolean
has_long_header (guint8 ci)
{
  return ci == 0x72 || ci == 0x73 || ci == 0x6B || ci == 0x6F || ci == 0x75 || ci == 0x8B;
}

static gboolean
has_header (guint8 ci)
{
  return ci != 0x78 && ci != 0x79 && ci != 0x69 && (ci < 0xA0 || ci > 0xB7);
}

static const AmselIdentity *
get_meter (const WmbusPlan *plan)
{
  return has_long_header (plan->ci) || plan->ell >= 3 ? &plan->meter : &plan->sender;
}

static void
derive (const WmbusPlan *plan, guint8 use, guint8 out[16])
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  struct CMAC128_CTX (struct aes128_ctx) context;

  add_byte (input, use);
  add_number (input, plan->counter, 4);
  add_number (input, get_meter (plan)->id, 4);
  while (input->len < 16)
    add_byte (input, 0x07);
  CMAC128_SET_KEY (&context, aes128_set_encrypt_key, aes128_encrypt, plan->key);
  CMAC128_UPDATE (&context, aes128_encrypt, input->len, input->data);
  CMAC128_DIGEST (&context, aes128_encrypt, 16, out);
}

static gsize
get_tag_length (const WmbusPlan *plan)
{
  return plan->tag_length != 0 ? plan->tag_length : TAG_DEFAULT;
}

static guint
get_mac_kind (const WmbusPlan *plan)
{
  return plan->mac_kind != 0 ? plan->mac_kind : AFL_CMAC_8;
}

static gsize
get_mac_length (const WmbusPlan *plan)
{
  static const guint8 LENGTHS[16] = { [3] = 2, [4] = 4, [5] = 8, [6] = 12, [7] = 16, [8] = 12, [9] = 16 };

  return LENGTHS[get_mac_kind (plan)];
}

static void
mac (const guint8 key[16], const GByteArray *message, guint8 *out, gsize length)
{
  struct CMAC128_CTX (struct aes128_ctx) context;

  CMAC128_SET_KEY (&context, aes128_set_encrypt_key, aes128_encrypt, key);
  CMAC128_UPDATE (&context, aes128_encrypt, message->len, message->data);
  CMAC128_DIGEST (&context, aes128_encrypt, (unsigned) length, out);
}

static void
encrypt_cbc (const guint8 key[16], guint8 iv[16], guint8 *data, gsize length)
{
  struct aes128_ctx aes;

  aes128_set_encrypt_key (&aes, key);
  cbc_encrypt (&aes, (nettle_cipher_func *) aes128_encrypt, 16, iv, length, data, data);
}

static void
encrypt_mode_5 (const WmbusPlan *plan, guint8 *data, gsize length)
{
  g_autoptr (GByteArray) iv = g_byte_array_new ();

  add_address (iv, get_meter (plan));
  while (iv->len < 16)
    add_byte (iv, plan->access_number);
  encrypt_cbc (plan->key, iv->data, data, length);
}

static void
encrypt_des (const WmbusPlan *plan, guint8 *data, gsize length)
{
  g_autoptr (GByteArray) iv = g_byte_array_new ();
  struct des_ctx des;

  if (plan->mode == 3)
    {
      add_number (iv, get_meter (plan)->id, 4);
      add_number (iv, get_meter (plan)->manufacturer, 2);
      add_number (iv, plan->day, 2);
    }
  while (iv->len < 8)
    add_byte (iv, 0);
  des_set_key (&des, plan->key);
  cbc_encrypt (&des, (nettle_cipher_func *) des_encrypt, 8, iv->data, length, data, data);
}

/* The address, between bytes of zero the counter, most significant byte first. */
static void
make_nonce (const WmbusPlan *plan, guint zeros, guint8 *out)
{
  g_autoptr (GByteArray) nonce = g_byte_array_new ();

  add_address (nonce, get_meter (plan));
  for (guint i = 0; i < zeros; i++)
    add_byte (nonce, 0);
  for (guint i = 0; i < 4; i++)
    add_byte (nonce, plan->counter >> (24 - 8 * i) & 0xFF);
  memcpy (out, nonce->data, nonce->len);
}

/* Encrypts the data, which follow the associated bytes in out, and adds the tag. */
static void
encrypt_with_tag (const WmbusPlan *plan, GByteArray *out, gsize n_associated, gsize offset, gsize length)
{
  guint8 key[16];
  guint8 mac_key[16];
  guint8 nonce[16] = { 0 };
  guint8 tag[16];
  gsize tag_length = get_tag_length (plan);
  guint8 *data = out->data + offset;
  struct aes128_ctx aes;

  derive (plan, 0x00, key);
  derive (plan, 0x01, mac_key);
  aes128_set_encrypt_key (&aes, key);
  make_nonce (plan, plan->mode == 10 ? 1 : 0, nonce);
  if (plan->mode == 8)
    {
      g_autoptr (GByteArray) message = g_byte_array_new ();

      ctr_crypt (&aes, (nettle_cipher_func *) aes128_encrypt, 16, nonce, length, data, data);
      g_byte_array_append (message, out->data, (guint) n_associated);
      g_byte_array_append (message, data, (guint) length);
      mac (mac_key, message, tag, tag_length);
    }
  else if (plan->mode == 9)
    {
      struct gcm_aes128_ctx gcm;

      gcm_aes128_set_key (&gcm, key);
      gcm_aes128_set_iv (&gcm, GCM_IV_SIZE, nonce);
      gcm_aes128_update (&gcm, n_associated, out->data);
      gcm_aes128_encrypt (&gcm, length, data, data);
      gcm_aes128_digest (&gcm, tag_length, tag);
    }
  else
    {
      struct ccm_aes128_ctx ccm;

      ccm_aes128_set_key (&ccm, key);
      ccm_aes128_set_nonce (&ccm, 13, nonce, n_associated, length, tag_length);
      ccm_aes128_update (&ccm, n_associated, out->data);
      ccm_aes128_encrypt (&ccm, length, data, data);
      ccm_aes128_digest (&ccm, tag_length, tag);
    }
  g_byte_array_append (out, tag, (guint) tag_length);
}

static guint16
get_configuration (const WmbusPlan *plan, gsize n_encrypted)
{
  guint16 configuration = (guint16) (plan->mode << 8);

  if (plan->mode >= 7 && plan->tpl_counter)
    configuration |= 0x2000;
  if (plan->mode == 5 || plan->mode == 7)
    configuration |= (guint16) (n_encrypted / 16 << 4);
  else if (plan->mode != 0)
    configuration |= (guint16) n_encrypted;
  return configuration;
}

static void
add_header (GByteArray *out, const WmbusPlan *plan, gsize n_encrypted)
{
  if (has_long_header (plan->ci))
    {
      add_number (out, plan->meter.id, 4);
      add_number (out, plan->meter.manufacturer, 2);
      add_byte (out, plan->meter.version);
      add_byte (out, plan->meter.medium);
    }
  add_byte (out, plan->access_number);
  add_byte (out, plan->status);
  add_number (out, get_configuration (plan, n_encrypted), 2);
}

/* What the mode puts between configuration and content; the associated bytes end with the extension. */
static gsize
add_extension (GByteArray *out, const WmbusPlan *plan)
{
  gsize n_associated;

  if (plan->mode < 7)
    return out->len;
  add_byte (out, 0x10 | (plan->key_version != 0 ? 0x40u : 0));
  if (plan->mode > 7)
    add_byte (out, (guint) get_tag_length (plan) / 4 - 1);
  if (plan->version_first)
    add_byte (out, (guint) plan->key_version);
  n_associated = out->len;
  if (plan->tpl_counter)
    add_number (out, plan->counter, 4);
  if (plan->key_version != 0 && !plan->version_first)
    add_byte (out, (guint) plan->key_version);
  return n_associated;
}

static GByteArray *
encode_application (const WmbusPlan *plan, const guint8 *payload, gsize length)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) content = g_byte_array_new ();
  gboolean is_des = plan->mode == 2 || plan->mode == 3;
  gboolean is_cbc = is_des || plan->mode == 5 || plan->mode == 7;
  gsize block = is_des ? 8 : 16;
  gsize n_associated;
  gsize offset;

  if (is_cbc)
    add_number (content, FILLER | FILLER << 8, 2);
  g_byte_array_append (content, payload, (guint) (length - plan->n_plain));
  while (is_cbc && content->len % block != 0)
    add_byte (content, FILLER);

  add_byte (out, plan->ci);
  if (has_header (plan->ci))
    add_header (out, plan, content->len);
  n_associated = add_extension (out, plan);
  offset = out->len;
  g_byte_array_append (out, content->data, content->len);
  if (is_des)
    encrypt_des (plan, out->data + offset, content->len);
  else if (plan->mode == 5)
    encrypt_mode_5 (plan, out->data + offset, content->len);
  else if (plan->mode == 7)
    {
      guint8 iv[16] = { 0 };
      guint8 key[16];

      derive (plan, 0x00, key);
      encrypt_cbc (key, iv, out->data + offset, content->len);
    }
  else if (plan->mode >= 8 && plan->mode <= 10)
    encrypt_with_tag (plan, out, n_associated, offset, content->len);
  g_byte_array_append (out, payload + length - plan->n_plain, (guint) plan->n_plain);
  return out;
}

static void
add_afl (GByteArray *out, const WmbusPlan *plan, const GByteArray *application)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  guint8 key[16] = { 0 };
  guint8 code[16];
  gsize length = get_mac_length (plan);

  add_byte (out, 0x90);
  add_byte (out, 2 + 1 + 4 + (guint) length);
  add_number (out, AFL_FIELDS | plan->fragment | (plan->more ? AFL_MORE : 0), 2);
  add_byte (message, AFL_CONTROL | get_mac_kind (plan));
  add_number (message, plan->counter, 4);
  g_byte_array_append (out, message->data, message->len);
  g_byte_array_append (message, application->data, application->len);
  if (plan->key != NULL)
    derive (plan, 0x01, key);
  mac (key, message, code, length);
  g_byte_array_append (out, code, (guint) length);
}

static void
add_ell (GByteArray *out, const WmbusPlan *plan, const GByteArray *inner)
{
  g_autoptr (GByteArray) block = g_byte_array_new ();
  guint16 crc = en13757_crc (inner->data, inner->len);
  struct aes128_ctx aes;
  gsize offset;

  add_byte (out, 0x8B + plan->ell);
  add_byte (out, plan->cc);
  add_byte (out, plan->access_number);
  if (plan->ell >= 3)
    add_address (out, &plan->meter);
  if (plan->ell == 2 || plan->ell == 4)
    {
      add_number (out, plan->session, 4);
      offset = out->len;
      add_number (out, crc, 2);
      g_byte_array_append (out, inner->data, inner->len);
      if (plan->session >> 29 != 1)
        return;
      add_address (block, &plan->sender);
      add_byte (block, plan->cc & 0xED);
      add_number (block, plan->session, 4);
      while (block->len < 16)
        add_byte (block, 0);
      aes128_set_encrypt_key (&aes, plan->key);
      ctr_crypt (&aes, (nettle_cipher_func *) aes128_encrypt, 16, block->data, out->len - offset,
                 out->data + offset, out->data + offset);
      return;
    }
  g_byte_array_append (out, inner->data, inner->len);
}

GByteArray *
wmbus_encode (const WmbusPlan *given, const guint8 *payload, gsize length)
{
  WmbusPlan plan = *given;
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) application = NULL;
  g_autoptr (GByteArray) inner = g_byte_array_new ();

  plan.ci = plan.ci != 0 ? plan.ci : 0x7A;
  application = encode_application (&plan, payload, length);
  add_byte (out, 0);
  add_byte (out, plan.c != 0 ? plan.c : 0x44);
  add_address (out, &plan.sender);
  if (plan.nwl)
    g_byte_array_append (inner, (const guint8[]){ 0x81, 0x03, 0x01, 0x02, 0x03 }, 5);
  if (plan.afl)
    add_afl (inner, &plan, application);
  g_byte_array_append (inner, application->data, application->len);
  if (plan.ell != 0)
    add_ell (out, &plan, inner);
  else
    g_byte_array_append (out, inner->data, inner->len);
  g_assert_cmpuint (out->len, <=, WMBUS_TELEGRAM_MAX);
  out->data[0] = (guint8) (out->len - 1);
  return out;
}

GByteArray *
wmbus_encode_hex (const WmbusPlan *plan, const gchar *payload)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (payload, -1, NULL);

  g_assert_nonnull (bytes);
  return wmbus_encode (plan, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

GPtrArray *
wmbus_encode_fragments (const WmbusPlan *plan, const guint8 *payload, gsize length, guint n)
{
  g_autoptr (GByteArray) whole = wmbus_encode (plan, payload, length);
  GPtrArray *fragments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  /* CI, AFLL, FCL (2), MCL, MCR (4), MAC */
  const guint8 *afl = whole->data + WMBUS_CI_OFFSET;
  const guint mac_length = (guint) get_mac_length (plan);
  const gsize head = 4 + 5 + mac_length;
  const guint8 *message = afl + head;
  gsize left = whole->len - WMBUS_CI_OFFSET - head;

  g_assert_true (plan->afl && plan->ell == 0 && !plan->nwl && n >= 2);
  for (guint i = 0; i < n; i++)
    {
      GByteArray *out = g_byte_array_new ();
      gsize begin = i * left / n;
      gsize end = (i + 1) * left / n;
      gboolean is_first = i == 0;
      gboolean is_last = i == n - 1;

      g_byte_array_append (out, whole->data, WMBUS_CI_OFFSET);
      add_byte (out, 0x90);
      add_byte (out, 2 + (is_first ? 5 : 0) + (is_last ? mac_length : 0));
      add_byte (out, i + 1);
      add_byte (out, (is_first ? AFL_BEGIN : 0) | (is_last ? AFL_MAC : AFL_MORE) >> 8);
      g_byte_array_append (out, afl + 4, is_first ? 5 : 0);
      g_byte_array_append (out, afl + 9, is_last ? mac_length : 0);
      g_byte_array_append (out, message + begin, (guint) (end - begin));
      out->data[0] = (guint8) (out->len - 1);
      g_ptr_array_add (fragments, out);
    }
  return fragments;
}

static void
add_block (GByteArray *out, const guint8 *data, gsize length)
{
  guint16 crc = en13757_crc (data, length);

  g_byte_array_append (out, data, (guint) length);
  add_byte (out, crc >> 8);
  add_byte (out, crc & 0xFF);
}

GByteArray *
wmbus_encode_frame (WmbusFormat format, const GByteArray *telegram)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize first = format == WMBUS_FORMAT_A ? 10 : MIN (126, telegram->len);
  gsize other = format == WMBUS_FORMAT_A ? 16 : telegram->len;

  g_byte_array_append (bytes, telegram->data, telegram->len);
  if (format == WMBUS_FORMAT_B)
    bytes->data[0] = (guint8) (telegram->len - 1 + (telegram->len > 126 ? 4 : 2));
  add_block (out, bytes->data, first);
  for (gsize at = first; at < bytes->len; at += other)
    add_block (out, bytes->data + at, MIN (other, bytes->len - at));
  return out;
}
