/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fragments of a message in any order, again, late, and among others that the fuzzer makes up: what is kept
 * of them stays within its bounds, and nothing is read of a message that is not whole. When all of them come
 * in their order at last, the content is there, whatever came before.
 *
 *   byte 0      how many fragments
 *   bytes 1-8   what is heard one after the other: bit 7 a telegram of the content behind an AFL, bit 6 a
 *               minute of silence before, other bits which fragment
 *   others      content */
#include <string.h>

#include "wmbus-fuzz.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define N_HEARD     8
#define HEAD        (1 + N_HEARD)
#define CONTENT_MAX 180
#define RAW_MAX     200

#define CODE_IS_RAW  0x80
#define CODE_IS_LATE 0x40

typedef struct
{
  En13757Context context;
  WmbusMemory *memory;
  gint64 now_us;
  gboolean raw_heard;
} Place;

static AmselTelegram *
hear (Place *self, const GByteArray *bytes)
{
  AmselTelegram *telegram = wmbus_fuzz_decode (bytes, self->now_us, &self->context, self->memory);

  self->now_us += G_USEC_PER_SEC;
  g_assert_cmpuint (wmbus_memory_get_n_assemblies (self->memory), <=, WMBUS_ASSEMBLIES_MAX);
  return telegram;
}

/* A fragment of nobody knows what, of the same meter. */
static void
hear_raw (Place *self, const GByteArray *fragment, const guint8 *data, gsize length)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (AmselTelegram) telegram = NULL;

  g_byte_array_append (bytes, fragment->data, WMBUS_CI_OFFSET + 1);
  g_byte_array_append (bytes, data, (guint) MIN (length, (gsize) RAW_MAX));
  bytes->data[0] = (guint8) (bytes->len - 1);
  telegram = hear (self, bytes);
  self->raw_heard = TRUE;
  g_assert_false (telegram != NULL && wmbus_fuzz_has_values (telegram));
}

static void
hear_any (Place *self, const GPtrArray *fragments, const guint8 *data, gsize size)
{
  for (guint i = 1; i <= N_HEARD; i++)
    {
      const GByteArray *fragment = g_ptr_array_index (fragments, (data[i] & 0x3Fu) % fragments->len);
      g_autoptr (AmselTelegram) telegram = NULL;

      if (data[i] & CODE_IS_LATE)
        self->now_us += WMBUS_FRAGMENT_WAIT_US + 1;
      if (data[i] & CODE_IS_RAW)
        hear_raw (self, fragment, data + HEAD, size - HEAD);
      else
        telegram = hear (self, fragment);
    }
}

static void
hear_all (Place *self, const GPtrArray *fragments, const guint8 *content, gsize length)
{
  for (guint i = 0; i < fragments->len; i++)
    {
      g_autoptr (AmselTelegram) telegram = hear (self, g_ptr_array_index (fragments, i));
      const GError *fault = amsel_telegram_get_fault (telegram);
      gboolean is_last = i == fragments->len - 1;
      gsize n;
      const guint8 *payload = amsel_telegram_get_payload (telegram, &n);

      g_assert_true (fault == NULL || (is_last && fault->domain == EN13757_ERROR));
      g_assert_true (is_last || amsel_telegram_get_more_follows (telegram));
      g_assert_true (!is_last || memmem (payload, n, content, length) != NULL);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x12345678, 1, 7),
                           .mode = 7,
                           .afl = TRUE,
                           .key = wmbus_fuzz_key,
                           .counter = 7 };
  g_autoptr (GPtrArray) fragments = NULL;
  g_autoptr (En13757Key) key = NULL;
  Place place = { .now_us = G_USEC_PER_SEC };
  gsize length;

  if (size < HEAD)
    return 0;
  length = MIN (size - HEAD, (gsize) CONTENT_MAX);
  fragments = wmbus_encode_fragments (&plan, data + HEAD, length, 2 + data[0] % 7u);
  place.context.key = key = en13757_key_new (wmbus_fuzz_key, sizeof wmbus_fuzz_key);
  place.memory = wmbus_memory_new ();
  hear_any (&place, fragments, data, size);
  hear_all (&place, fragments, data + HEAD, length);
  /* what the fuzzer made up may be the first fragment of another meter: one that its ELL names */
  g_assert_cmpuint (wmbus_memory_get_n_assemblies (place.memory), <=, place.raw_heard ? 1 : 0);
  wmbus_memory_free (place.memory);
  return 0;
}
