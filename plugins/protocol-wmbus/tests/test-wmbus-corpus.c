/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams of a collection beside the source (AMSEL_CORPUS), where there is one: the examples of the
 * standards decrypt and verify, and telegrams that were stored in plain give the same when they are encrypted
 * again with a key of our own. */
#include <json-glib/json-glib.h>
#include <nettle/cbc.h>
#include <nettle/ctr.h>
#include <string.h>

#include "en13757-cipher.h"
#include "en13757-crc.h"
#include "wmbus-meter.h"
#include "wmbus-protocol.h"
#include "wmbus-telegram.h"

#define KEY_TEXT "000102030405060708090A0B0C0D0E0F"

static const guint8 KEY[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

typedef void (*RowFunc) (JsonObject *row, gpointer user_data);

static gboolean
foreach_row (const gchar *name, RowFunc func, gpointer user_data)
{
  const gchar *corpus = g_getenv ("AMSEL_CORPUS");
  g_autofree gchar *path = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  path = corpus != NULL ? g_build_filename (corpus, "wireless", name, NULL)
                        : g_build_filename (g_getenv ("AMSEL_SOURCE_ROOT"), "..", "shared", "corpus",
                                            "wireless", name, NULL);
  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("no collection of telegrams: set AMSEL_CORPUS");
      return FALSE;
    }
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (JsonNode) node = lines[i][0] != '\0' ? json_from_string (lines[i], NULL) : NULL;

      if (node != NULL)
        func (json_node_get_object (node), user_data);
    }
  return TRUE;
}

static const gchar *
get_text (JsonObject *row, const gchar *name)
{
  JsonNode *node = json_object_get_member (row, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static AmselTelegram *
decode (AmselProtocol *protocol, GBytes *bytes, const gchar *key)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (AmselFrame) frame = amsel_protocol_adopt (protocol, data, length, NULL);
  g_autoptr (AmselMeter) meter = key != NULL ? g_object_new (WMBUS_TYPE_METER, "key", key, NULL) : NULL;

  return frame != NULL ? amsel_protocol_decode (protocol, frame, meter, NULL) : NULL;
}

typedef struct
{
  AmselProtocol *protocol;
  guint n_encrypted;
  guint n_checked;
} Counts;

/* The one telegram that is a byte short of what it says is encrypted has its records and a fault. */
static gboolean
is_truncated (const AmselTelegram *telegram)
{
  return g_error_matches (amsel_telegram_get_fault (telegram), EN13757_SECURITY_ERROR,
                          EN13757_SECURITY_ERROR_TRUNCATED);
}

static void
check_vector (JsonObject *row, gpointer user_data)
{
  Counts *counts = user_data;
  const gchar *chain = get_text (row, "ci_chain");
  g_autoptr (GBytes) bytes = amsel_hex_decode (get_text (row, "telegram_hex"), -1, NULL);
  g_autoptr (AmselTelegram) telegram = decode (counts->protocol, bytes, get_text (row, "key"));
  const gchar *encryption = get_text (row, "encryption");
  guint n_records = json_array_get_length (json_object_get_array_member (row, "records"));

  g_test_message ("%s", get_text (row, "name"));
  g_assert_nonnull (telegram);
  counts->n_checked++;
  if (g_strcmp0 (encryption, "none") != 0)
    {
      g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, AMSEL_ENCRYPTION_DECRYPTED);
      counts->n_encrypted++;
    }
  if (chain != NULL && g_str_has_suffix (chain, "79"))
    g_assert_error ((GError *) amsel_telegram_get_fault (telegram), EN13757_ERROR,
                    EN13757_ERROR_UNKNOWN_SIGNATURE);
  else if (is_truncated (telegram))
    g_assert_cmpuint (amsel_telegram_get_n_records (telegram), >, 5);
  else
    {
      g_assert_null (amsel_telegram_get_fault (telegram));
      g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, n_records);
    }
}

static void
test_vectors (void)
{
  Counts counts = { .protocol =
                        g_object_new (WMBUS_TYPE_PROTOCOL, "decrypted", TRUE, "allow-plain", TRUE, NULL) };

  if (foreach_row ("spec-vectors.jsonl", check_vector, &counts))
    g_assert_cmpuint (counts.n_encrypted, >=, 10);
  g_object_unref (counts.protocol);
}

/* CBC of the blocks that the configuration field says, with the key and vector of the mode. */
static gboolean
encrypt_tpl (guint8 *data, gsize length, gsize ci, const WmbusLayers *layers)
{
  gsize header = en13757_ci_get (data[ci], TRUE).header_length;
  En13757Message message = { .counter = layers->afl.security.counter };
  guint8 iv[16] = { 0 };
  gsize begin = ci + 1 + header;
  gsize n;
  guint mode;
  guint8 key[16];
  struct aes128_ctx aes;

  if (header == 0 || begin > length)
    return FALSE;
  mode = data[begin - 1] & 0x1F;
  n = (gsize) (data[begin - 2] >> 4) * 16;
  memcpy (message.address, data + WMBUS_ADDRESS_OFFSET, 8);
  if (layers->ell.has_address)
    en13757_identity_write (&layers->ell.address, message.address);
  if (header == EN13757_LONG_HEADER_LENGTH)
    {
      memcpy (message.address, data + ci + 5, 2);
      memcpy (message.address + 2, data + ci + 1, 4);
      memcpy (message.address + 6, data + ci + 7, 2);
    }
  if (mode == EN13757_MODE_AES_CBC)
    {
      memcpy (iv, message.address, 8);
      memset (iv + 8, data[begin - 4], 8);
      memcpy (key, KEY, sizeof key);
    }
  else if (mode == EN13757_MODE_AES_CBC_DERIVED && layers->afl.security.has_counter)
    {
      g_autoptr (En13757Key) master = en13757_key_new (KEY, sizeof KEY);

      begin++;
      en13757_message_derive (&message, master, TRUE);
    }
  else
    return FALSE;
  if (n == 0 || begin + n > length)
    return FALSE;
  if (mode == EN13757_MODE_AES_CBC)
    aes128_set_encrypt_key (&aes, key);
  else
    aes = message.encryption.aes;
  cbc_encrypt (&aes, (nettle_cipher_func *) aes128_encrypt, 16, iv, n, data + begin, data + begin);
  if (mode == EN13757_MODE_AES_CBC_DERIVED && layers->afl.security.mac_length > 0)
    {
      guint8 head[] = { layers->afl.security.mcl, (guint8) message.counter, (guint8) (message.counter >> 8),
                        (guint8) (message.counter >> 16), (guint8) (message.counter >> 24) };
      guint8 mac[16];
      gsize at = (gsize) (layers->afl.security.mac - data);

      en13757_cipher_mac (&message.authentication, head, sizeof head, data + ci, length - ci, mac);
      memcpy (data + at, mac, layers->afl.security.mac_length);
    }
  return TRUE;
}

static gboolean
encrypt_ell (guint8 *data, gsize length, const WmbusEll *ell)
{
  guint8 block[16] = { 0 };
  struct aes128_ctx aes;

  memcpy (block, data + WMBUS_ADDRESS_OFFSET, 8);
  block[8] = ell->cc & 0xED;
  for (guint i = 0; i < 4; i++)
    block[9 + i] = (guint8) (ell->session >> 8 * i);
  aes128_set_encrypt_key (&aes, KEY);
  ctr_crypt (&aes, (nettle_cipher_func *) aes128_encrypt, 16, block, length - ell->plcrc, data + ell->plcrc,
             data + ell->plcrc);
  return TRUE;
}

static gboolean
fits_plcrc (const guint8 *data, gsize length, const WmbusEll *ell)
{
  gsize begin = ell->plcrc + WMBUS_PLCRC_LENGTH;
  guint16 crc = en13757_crc (data + begin, length - begin);

  return data[ell->plcrc] == (crc & 0xFF) && data[ell->plcrc + 1] == crc >> 8;
}

/* Encrypts a stripped telegram that is flagged as encrypted and is not. */
static gboolean
encrypt (guint8 *data, gsize length)
{
  WmbusLayers layers = { 0 };
  gboolean closed;

  if (!wmbus_layers_parse (&layers, data, length, WMBUS_CI_OFFSET, &closed, NULL))
    return FALSE;
  /* a check that is that of other bytes cannot tell a right key from a wrong one */
  if (closed && !fits_plcrc (data, length, &layers.ell))
    return FALSE;
  return closed ? encrypt_ell (data, length, &layers.ell)
                : encrypt_tpl (data, length, layers.application, &layers);
}

static void
check_stored (JsonObject *row, gpointer user_data)
{
  Counts *counts = user_data;
  const gchar *encryption = get_text (row, "encryption");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (AmselTelegram) plain = NULL;
  g_autoptr (AmselTelegram) decrypted = NULL;
  g_autoptr (AmselTelegram) closed = NULL;
  g_autofree gchar *plain_json = NULL;
  g_autofree gchar *decrypted_json = NULL;
  g_autofree guint8 *copy = NULL;
  const guint8 *data;
  gsize length;

  if (encryption == NULL || !g_str_has_suffix (encryption, "predecrypted"))
    return;
  bytes = amsel_hex_decode (get_text (row, "telegram_hex"), -1, NULL);
  frame = wmbus_telegram_adopt (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  plain = decode (counts->protocol, bytes, NULL);
  if (frame == NULL || plain == NULL || amsel_telegram_get_encryption (plain) != AMSEL_ENCRYPTION_DECRYPTED)
    return;
  data = amsel_frame_get_data (frame, &length);
  copy = g_memdup2 (data, length);
  if (!encrypt (copy, length))
    return;
  again = g_bytes_new (copy, length);
  g_test_message ("%s", get_text (row, "telegram_hex"));
  closed = decode (counts->protocol, again, NULL);
  g_assert_cmpint (amsel_telegram_get_encryption (closed), ==, AMSEL_ENCRYPTION_NO_KEY);
  decrypted = decode (counts->protocol, again, KEY_TEXT);
  plain_json = amsel_telegram_to_json (plain, "wmbus");
  decrypted_json = amsel_telegram_to_json (decrypted, "wmbus");
  g_assert_cmpstr (decrypted_json, ==, plain_json);
  counts->n_checked++;
}

static void
test_encrypted_again (void)
{
  Counts counts = { .protocol =
                        g_object_new (WMBUS_TYPE_PROTOCOL, "decrypted", TRUE, "allow-plain", TRUE, NULL) };

  if (foreach_row ("telegrams.jsonl", check_stored, &counts))
    g_assert_cmpuint (counts.n_checked, >=, 70);
  g_test_message ("%u telegrams", counts.n_checked);
  g_object_unref (counts.protocol);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wmbus/corpus/vectors", test_vectors);
  g_test_add_func ("/wmbus/corpus/encrypted-again", test_encrypted_again);
  return g_test_run ();
}
