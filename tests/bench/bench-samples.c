/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads test telegrams and gives them other numbers. */
#include "bench-samples.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <string.h>

#include "driver-diehl-scramble.h"
#include "wmbus-protocol.h"

#define CI_OFFSET    10
#define CI_SHORT     0x7A
#define CI_LONG      0x72
#define SHORT_HEADER 4
#define LONG_HEADER  12
#define FILLER       0x2F

const guint8 BENCH_KEY[BENCH_KEY_LENGTH] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

/* An address is among the first bytes: on the link layer, and once more in a long header. */
#define ADDRESS_BYTES 24
#define ID_LENGTH     4

static void
sample_free (gpointer data)
{
  BenchSample *self = data;

  g_free (self->driver);
  g_byte_array_unref (self->bytes);
  g_free (self);
}

/* What is hidden depends on the address: with all keys the same way, so that no key is needed. */
static void
toggle_hidden (GByteArray *bytes)
{
  guint8 out[G_MAXUINT8 + 1];

  if (diehl_frame_get (bytes->data, bytes->len) == DIEHL_FRAME_NONE)
    return;
  diehl_descramble (bytes->data, bytes->len, 0, out);
  memcpy (bytes->data + DIEHL_SCRAMBLE_OFFSET, out, bytes->len - DIEHL_SCRAMBLE_OFFSET);
}

/* Security mode 5 for what is flagged so and has the marks of plain data. */
static gboolean
encrypt (GByteArray *bytes)
{
  gboolean is_long = bytes->data[CI_OFFSET] == CI_LONG;
  guint8 *header = bytes->data + CI_OFFSET + 1;
  guint8 *payload = header + (is_long ? LONG_HEADER : SHORT_HEADER);
  guint8 *configuration = payload - 2;
  gsize length = (gsize) (bytes->data + bytes->len - payload);
  struct CBC_CTX (struct aes128_ctx, AES_BLOCK_SIZE) aes;
  guint8 iv[AES_BLOCK_SIZE];
  gsize n_blocks;

  if ((!is_long && bytes->data[CI_OFFSET] != CI_SHORT) || payload + AES_BLOCK_SIZE > bytes->data + bytes->len
      || (configuration[1] & 0x1F) != 5 || payload[0] != FILLER || payload[1] != FILLER)
    return FALSE;
  n_blocks = MIN (configuration[0] >> 4, length / AES_BLOCK_SIZE);
  configuration[0] = (guint8) (n_blocks << 4 | (configuration[0] & 0x0F));
  memcpy (iv, bytes->data + 2, 8);
  if (is_long)
    {
      memcpy (iv, header + 4, 2);
      memcpy (iv + 2, header, 4);
      memcpy (iv + 6, header + 6, 2);
    }
  memset (iv + 8, configuration[-2], 8);
  aes128_set_encrypt_key (&aes.ctx, BENCH_KEY);
  CBC_SET_IV (&aes, iv);
  CBC_ENCRYPT (&aes, aes128_encrypt, n_blocks * AES_BLOCK_SIZE, payload, payload);
  return TRUE;
}

GByteArray *
bench_sample_send (const BenchSample *self, guint32 id)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 before[ID_LENGTH], after[ID_LENGTH];

  g_byte_array_append (bytes, self->bytes->data, self->bytes->len);
  for (guint i = 0; i < ID_LENGTH; i++)
    {
      before[i] = (guint8) (self->identity.id >> 8 * i);
      after[i] = (guint8) (id >> 8 * i);
    }
  toggle_hidden (bytes);
  for (guint i = 0; i + ID_LENGTH <= MIN (bytes->len, ADDRESS_BYTES); i++)
    if (memcmp (bytes->data + i, before, ID_LENGTH) == 0)
      memcpy (bytes->data + i, after, ID_LENGTH);
  toggle_hidden (bytes);
  encrypt (bytes);
  return bytes;
}

/* What a telegram says, without who says it. */
static gchar *
describe (AmselProtocol *protocol, const GByteArray *bytes, AmselIdentity *out_identity)
{
  g_autoptr (AmselFrame) frame = amsel_protocol_adopt (protocol, bytes->data, bytes->len, NULL);
  g_autoptr (AmselTelegram) telegram =
      frame != NULL ? amsel_protocol_decode (protocol, frame, NULL, NULL) : NULL;
  GString *out = g_string_new (NULL);

  if (telegram == NULL || amsel_telegram_get_fault (telegram) != NULL)
    return g_string_free (out, FALSE);
  *out_identity = *amsel_telegram_get_identity (telegram);
  g_string_append (out, amsel_telegram_get_driver (telegram));
  for (guint i = 0; i < amsel_telegram_get_n_fields (telegram); i++)
    {
      g_autofree gchar *value = amsel_telegram_get_field_value_text (telegram, i);

      g_string_append_printf (out, " %s", value != NULL ? value : "null");
    }
  return g_string_free (out, FALSE);
}

static BenchSample *
read_line (const gchar *line, AmselProtocol *protocol)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  BenchSample *self = g_new0 (BenchSample, 1);
  g_autoptr (GByteArray) sent = NULL;
  g_autoptr (GByteArray) moved = NULL;
  g_autofree gchar *before = NULL;
  g_autofree gchar *after = NULL;
  AmselIdentity other;
  GBytes *bytes = words[0] != NULL && words[1] != NULL ? amsel_hex_decode (words[1], -1, NULL) : NULL;

  if (bytes == NULL)
    g_error ("“%s” is no driver with a telegram", line);
  self->driver = g_strdup (words[0]);
  self->bytes = g_bytes_unref_to_array (bytes);
  sent = g_byte_array_append (g_byte_array_new (), self->bytes->data, self->bytes->len);
  self->encrypted = encrypt (sent);
  before = describe (protocol, sent, &self->identity);
  if (before[0] == '\0')
    g_error ("the telegram of %s cannot be decoded", words[0]);
  moved = bench_sample_send (self, self->identity.id + 1);
  after = describe (protocol, moved, &other);
  self->fixed = !g_str_equal (before, after) || other.id != self->identity.id + 1;
  return self;
}

GPtrArray *
bench_samples_load (const gchar *path)
{
  g_autofree gchar *key = amsel_hex_encode (BENCH_KEY, BENCH_KEY_LENGTH);
  g_autoptr (AmselProtocol) protocol =
      g_object_new (WMBUS_TYPE_PROTOCOL, "allow-plain", TRUE, "key", key, NULL);
  GPtrArray *samples = g_ptr_array_new_with_free_func (sample_free);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    g_error ("%s", error->message);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' && lines[i][0] != '#')
      g_ptr_array_add (samples, read_line (lines[i], protocol));
  return samples;
}
