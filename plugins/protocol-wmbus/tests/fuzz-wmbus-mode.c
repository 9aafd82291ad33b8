/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One security mode: built once for each, with its number in FUZZ_MODE (0 is the session of the extended link
 * layer). Whatever the fuzzer says becomes the content of a telegram that the encoder encrypts with the right
 * key, so that what follows the checks meets the fuzzer too; and half of the inputs are the bytes behind the
 * link layer as they are.
 *
 *   byte 0   bits 0-2 CI field, 3-5 extended link layer, 6 network layer, 7 no encoder
 *   byte 1   access number, communication control
 *   byte 2   bit 0 AFL, 1 key version, 2 before the counter, 3-4 size of the tag, 3-5 kind of the MAC,
 *            7 bytes are added rather than one changed
 *   byte 3   bytes at the end that stay plain, in the modes that have such
 *   byte 4   which byte is changed, or how many are added
 *   byte 5   what it is changed by, or what is added
 *   others   content
 *
 * With the right key the content comes out, in every shape; with any change to what a tag, a MAC or a check
 * protects, nothing does, and the counter of the meter stays. */
#include <string.h>

#include "wmbus-fuzz.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define HEAD        6
#define CRC_LENGTH  2
#define CONTENT_MAX 130

#define IS_SESSION     (FUZZ_MODE == 0)
#define IS_DES         (FUZZ_MODE == 2 || FUZZ_MODE == 3)
#define HAS_TAG        (FUZZ_MODE >= 8)
#define MAY_HAVE_PLAIN (FUZZ_MODE == 2 || FUZZ_MODE == 3 || FUZZ_MODE == 5)

#define CODE_HAS_AFL       0x01
#define CODE_HAS_VERSION   0x02
#define CODE_VERSION_FIRST 0x04
#define CODE_IS_ADDED      0x80
#define CODE_SIZE_SHIFT    3

#define CI_FULL_SHORT 0x7A
#define CI_FULL_LONG  0x72

static const guint8 CIS[] = { CI_FULL_SHORT, CI_FULL_LONG, 0x7B, 0x73, 0x6A, 0x6E, 0x74, 0x8A };

/* Shortest MAC or tag whose chance to fit by accident is none that a fuzzer meets. */
#define SOUND_MAC 8

typedef struct
{
  WmbusPlan plan;
  GByteArray *bytes; /* (owned) */
  gsize begin;       /* of the bytes that are protected: from here to the end */
  guint n_counters;  /* how often the counter of a meter was taken */
} Case;

static gboolean
take_counter (gpointer counters, const AmselIdentity *meter G_GNUC_UNUSED, guint32 counter G_GNUC_UNUSED)
{
  (*(guint *) counters)++;
  return TRUE;
}

static AmselTelegram *
decode (Case *self)
{
  g_autoptr (En13757Key) key =
      en13757_key_new (wmbus_fuzz_key, IS_DES ? EN13757_DES_KEY_LENGTH : EN13757_AES_KEY_LENGTH);
  /* mode 7 has its tag in the AFL, and without one it is as good as plain */
  const En13757Context context = { .key = key,
                                   .allow_plain = FUZZ_MODE == 7 && !self->plan.afl,
                                   .take_counter = take_counter,
                                   .counters = &self->n_counters };

  self->n_counters = 0;
  return wmbus_fuzz_decode (self->bytes, 0, &context, NULL);
}

static void
plan (Case *self, const guint8 *data, gsize length)
{
  WmbusPlan *p = &self->plan;

  *p = (WmbusPlan){ .mode = FUZZ_MODE, .key = wmbus_fuzz_key, .counter = 7 + data[1] * 0x010305u };
  p->ci = CIS[data[0] & 7];
  p->ell = IS_SESSION ? 2 + (data[0] >> 3 & 2u) : (data[0] >> 3 & 7u) % 5;
  p->day = 0x151F;
  p->nwl = (data[0] & 0x40) != 0;
  p->cc = p->access_number = data[1];
  p->session = IS_SESSION ? 0x20000000u | p->counter : p->counter;
  p->afl = FUZZ_MODE >= 7 && (data[2] & CODE_HAS_AFL);
  p->tpl_counter = FUZZ_MODE >= 7 && !p->afl;
  p->key_version = data[2] & CODE_HAS_VERSION ? 3 : 0;
  p->version_first = HAS_TAG && p->key_version != 0 && (data[2] & CODE_VERSION_FIRST);
  p->tag_length = 4 + 4 * (data[2] >> CODE_SIZE_SHIFT & 3u);
  p->mac_kind = 3 + (data[2] >> CODE_SIZE_SHIFT & 7u) % 5;
  p->n_plain = MAY_HAVE_PLAIN ? MIN (data[3], length) : 0;
  p->sender = wmbus_encode_identity ("AMS", 0x12345678, data[1] >> 4, data[1] & 15);
  p->meter = wmbus_encode_identity ("AMS", 0x87654321, data[1] & 15, data[1] >> 4);
}

/* Where the bytes begin that cannot be changed unnoticed. The CI field and the two bytes of the configuration
 * say how a telegram is to be read, and are left out. */
static gsize
find_protected (const Case *self)
{
  WmbusLayers layers = { 0 };
  gboolean closed = FALSE;

  g_assert_true (
      wmbus_layers_parse (&layers, self->bytes->data, self->bytes->len, WMBUS_CI_OFFSET, &closed, NULL));
  if (IS_SESSION)
    return self->plan.ell == 2 ? layers.ell.plcrc : self->bytes->len;
  if ((HAS_TAG && self->plan.tag_length >= SOUND_MAC)
      || (self->plan.afl && layers.afl.security.mac_length >= SOUND_MAC))
    return layers.application + 1 + en13757_ci_get (self->plan.ci, TRUE).header_length
           + (self->plan.key_version != 0 ? 8 : 0);
  return self->bytes->len;
}

/* With the right key whatever was encrypted is there again, and what is wrong with it is the content's. */
static void
check_right (Case *self, const guint8 *content, gsize length)
{
  g_autoptr (AmselTelegram) telegram = decode (self);
  const GError *fault = amsel_telegram_get_fault (telegram);
  /* the first block of mode 3 depends on the day that the content says */
  gsize begin = FUZZ_MODE == 3 ? MIN (6, length - self->plan.n_plain) : 0;
  gsize n;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &n);

  /* only records with a clock say the day */
  if (FUZZ_MODE == 3 && fault != NULL && fault->domain == EN13757_SECURITY_ERROR)
    {
      g_assert_cmpint (fault->code, ==, EN13757_SECURITY_ERROR_UNSUPPORTED_MODE);
      g_assert_false (wmbus_fuzz_has_values (telegram));
      return;
    }
  g_assert_true (fault == NULL || fault->domain == EN13757_ERROR);
  g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, AMSEL_ENCRYPTION_DECRYPTED);
  g_assert_nonnull (memmem (payload, n, content + begin, length - self->plan.n_plain - begin));
  g_assert_nonnull (memmem (payload, n, content + length - self->plan.n_plain, self->plan.n_plain));
  g_assert_cmpuint (self->n_counters, ==, FUZZ_MODE >= 7);
}

/* Changes one byte, or adds some, but more than the two that may be a CRC. Returns whether that must be
 * noticed. */
static gboolean
damage (Case *self, guint8 code, guint8 place, guint8 value)
{
  gsize begin = find_protected (self);
  gsize length = self->bytes->len;
  gsize at = 1 + place % (length - 1);

  if (!(code & CODE_IS_ADDED))
    {
      self->bytes->data[at] ^= value;
      return value != 0 && at >= begin;
    }
  for (guint i = 0; i < CRC_LENGTH + 1 + place % 20u && self->bytes->len < WMBUS_TELEGRAM_MAX; i++)
    g_byte_array_append (self->bytes, &value, 1);
  self->bytes->data[0] = (guint8) (self->bytes->len - 1);
  return self->bytes->len > length + CRC_LENGTH && begin < length && !IS_SESSION;
}

static void
check_changed (Case *self, gboolean must_notice)
{
  g_autoptr (AmselTelegram) telegram = decode (self);

  if (telegram == NULL || !must_notice)
    return;
  g_assert_nonnull (amsel_telegram_get_fault (telegram));
  g_assert_false (wmbus_fuzz_has_values (telegram));
  g_assert_cmpuint (self->n_counters, ==, 0);
}

/* A telegram of the bytes as they are, which only says that it has the mode. */
static void
check_raw (const guint8 *data, gsize size)
{
  Case self = { .bytes = g_byte_array_new () };
  g_autoptr (GByteArray) bytes = self.bytes;
  g_autoptr (AmselTelegram) telegram = NULL;
  const guint8 link[] = { 0, 0x44, 0xB3, 0x05, 0x78, 0x56, 0x34, 0x12, 1, 7 };
  guint header = size > 0 ? en13757_ci_get (data[0], TRUE).header_length : 0;
  gsize begin = sizeof link;

  g_byte_array_append (bytes, link, sizeof link);
  if (IS_SESSION)
    g_byte_array_append (bytes, (const guint8[]){ 0x8D, 0x20, 1, 1, 0, 0, 0x20 }, 7);
  g_byte_array_append (bytes, data, (guint) MIN (size, (gsize) 200));
  if (!IS_SESSION && header != 0 && begin + header < bytes->len)
    bytes->data[begin + header] = (guint8) ((bytes->data[begin + header] & 0xE0) | FUZZ_MODE);
  bytes->data[0] = (guint8) (bytes->len - 1);
  telegram = decode (&self);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) bytes = NULL;
  const guint8 *content = data + HEAD;
  gsize length;
  Case self;

  if (size < HEAD)
    return 0;
  if (data[0] & 0x80)
    {
      check_raw (data + 1, size - 1);
      return 0;
    }
  length = MIN (size - HEAD, (gsize) CONTENT_MAX);
  self = (Case){ 0 };
  plan (&self, data, length);
  self.bytes = bytes = wmbus_encode (&self.plan, content, length);
  check_right (&self, content, length);
  check_changed (&self, damage (&self, data[2], data[4], data[5]));
  return 0;
}
