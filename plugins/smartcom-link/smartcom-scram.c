/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SCRAM-SHA-256 on the primitives of nettle. Names of keys and messages are those of RFC 5802, section 3. */
#include "smartcom-scram.h"

#include <string.h>

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha2.h>
#include <sys/random.h>

#define PREFIX_VERIFIER "SCRAM-SHA-256$"

/* gs2-header of a client that does not bind to a channel, and its base64 form. */
#define GS2_HEADER      "n,,"
#define CHANNEL_BINDING "c=biws"

#define NONCE_BYTES 18

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SYNTAX, "login: %s", what);
  return FALSE;
}

void
smartcom_scram_clear (SmartcomScram *self)
{
  g_clear_pointer (&self->bare, g_free);
  g_clear_pointer (&self->challenge, g_free);
}

void
smartcom_nonce_make (gchar out[SMARTCOM_NONCE_CHARS])
{
  guint8 bytes[NONCE_BYTES];
  g_autofree gchar *text = NULL;

  /* fails only where the kernel has no random numbers at all: then no login would be safe */
  if (getentropy (bytes, sizeof bytes) != 0)
    for (gsize i = 0; i < sizeof bytes; i++)
      bytes[i] = (guint8) g_random_int ();
  text = g_base64_encode (bytes, sizeof bytes);
  g_strlcpy (out, text, SMARTCOM_NONCE_CHARS);
}

gboolean
smartcom_serial_check (const gchar *serial, GError **error)
{
  gsize length = strlen (serial);
  gboolean good = length > 0 && length <= SMARTCOM_SERIAL_MAX;

  for (gsize i = 0; i < length && good; i++)
    good = g_ascii_isalnum (serial[i]) || serial[i] == '-';
  if (!good)
    g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SETTINGS,
                 "a serial number has 1 to %d letters, digits and “-”, such as 50-0663-0027",
                 SMARTCOM_SERIAL_MAX);
  return good;
}

static void
hmac (const guint8 key[SMARTCOM_HASH_BYTES], const gchar *const *parts, guint8 out[SMARTCOM_HASH_BYTES])
{
  struct hmac_sha256_ctx context;

  hmac_sha256_set_key (&context, SMARTCOM_HASH_BYTES, key);
  for (gsize i = 0; parts[i] != NULL; i++)
    hmac_sha256_update (&context, strlen (parts[i]), (const guint8 *) parts[i]);
  hmac_sha256_digest (&context, SMARTCOM_HASH_BYTES, out);
}

static void
hash (const guint8 in[SMARTCOM_HASH_BYTES], guint8 out[SMARTCOM_HASH_BYTES])
{
  struct sha256_ctx context;

  sha256_init (&context);
  sha256_update (&context, SMARTCOM_HASH_BYTES, in);
  sha256_digest (&context, SMARTCOM_HASH_BYTES, out);
}

static void
derive_keys (const gchar *password, const guint8 *salt, gsize salt_length, guint iterations,
             guint8 client_key[SMARTCOM_HASH_BYTES], guint8 server_key[SMARTCOM_HASH_BYTES])
{
  static const gchar *const client[] = { "Client Key", NULL };
  static const gchar *const server[] = { "Server Key", NULL };
  guint8 salted[SMARTCOM_HASH_BYTES];

  pbkdf2_hmac_sha256 (strlen (password), (const guint8 *) password, iterations, salt_length, salt,
                      sizeof salted, salted);
  hmac (salted, client, client_key);
  hmac (salted, server, server_key);
}

void
smartcom_verifier_derive (const gchar *password, const guint8 salt[SMARTCOM_SALT_BYTES], guint iterations,
                          SmartcomVerifier *out)
{
  guint8 client_key[SMARTCOM_HASH_BYTES];

  out->iterations = iterations;
  memmove (out->salt, salt, SMARTCOM_SALT_BYTES);
  derive_keys (password, out->salt, SMARTCOM_SALT_BYTES, iterations, client_key, out->server_key);
  hash (client_key, out->stored_key);
}

void
smartcom_verifier_make (const gchar *password, SmartcomVerifier *out)
{
  guint8 salt[SMARTCOM_SALT_BYTES];
  gchar nonce[SMARTCOM_NONCE_CHARS];

  smartcom_nonce_make (nonce);
  memmove (salt, nonce, sizeof salt);
  smartcom_verifier_derive (password, salt, SMARTCOM_ITERATIONS, out);
}

gchar *
smartcom_verifier_to_string (const SmartcomVerifier *self)
{
  g_autofree gchar *salt = g_base64_encode (self->salt, SMARTCOM_SALT_BYTES);
  g_autofree gchar *stored_key = g_base64_encode (self->stored_key, SMARTCOM_HASH_BYTES);
  g_autofree gchar *server_key = g_base64_encode (self->server_key, SMARTCOM_HASH_BYTES);

  return g_strdup_printf (PREFIX_VERIFIER "%u:%s$%s:%s", self->iterations, salt, stored_key, server_key);
}

/* Base64 of exactly so many bytes. */
static gboolean
decode_exactly (const gchar *text, guint8 *out, gsize length)
{
  gsize n = 0;
  g_autofree guchar *bytes = text != NULL ? g_base64_decode (text, &n) : NULL;
  g_autofree gchar *again = bytes != NULL && n == length ? g_base64_encode (bytes, n) : NULL;

  if (again == NULL || !g_str_equal (again, text))
    return FALSE;
  memmove (out, bytes, length);
  return TRUE;
}

static gboolean
parse_iterations (const gchar *text, guint *out)
{
  guint64 value;

  if (text == NULL
      || !g_ascii_string_to_unsigned (text, 10, SMARTCOM_ITERATIONS, SMARTCOM_ITERATIONS_MAX, &value, NULL))
    return FALSE;
  *out = (guint) value;
  return TRUE;
}

gboolean
smartcom_verifier_parse (const gchar *text, SmartcomVerifier *out, GError **error)
{
  g_auto (GStrv) parts = NULL;

  if (g_str_has_prefix (text, PREFIX_VERIFIER) && strlen (text) < SMARTCOM_MESSAGE_MAX)
    parts = g_strsplit_set (text + strlen (PREFIX_VERIFIER), ":$", 5);
  if (parts != NULL && g_strv_length (parts) == 4 && parse_iterations (parts[0], &out->iterations)
      && decode_exactly (parts[1], out->salt, SMARTCOM_SALT_BYTES)
      && decode_exactly (parts[2], out->stored_key, SMARTCOM_HASH_BYTES)
      && decode_exactly (parts[3], out->server_key, SMARTCOM_HASH_BYTES))
    return TRUE;
  g_set_error_literal (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SETTINGS,
                       "expected a hash as “SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY”, with a salt of 16 "
                       "bytes");
  return FALSE;
}

/* Takes a message apart: the attributes must be these, in this order, and nothing else. */
static gchar **
split (const gchar *message, const gchar *attributes)
{
  g_auto (GStrv) parts = NULL;
  gsize n = strlen (attributes);

  if (strlen (message) > SMARTCOM_MESSAGE_MAX)
    return NULL;
  parts = g_strsplit (message, ",", (gint) n + 1);
  if (g_strv_length (parts) != n)
    return NULL;
  for (gsize i = 0; i < n; i++)
    if (parts[i][0] != attributes[i] || parts[i][1] != '=')
      return NULL;
  return g_steal_pointer (&parts);
}

/* ClientSignature and ServerSignature over AuthMessage. */
static void
sign (const SmartcomScram *self, const guint8 key[SMARTCOM_HASH_BYTES], guint8 out[SMARTCOM_HASH_BYTES])
{
  const gchar *const message[] = { self->bare,  ",", self->challenge, "," CHANNEL_BINDING ",r=",
                                   self->nonce, NULL };

  hmac (key, message, out);
}

static void
exclusive_or (guint8 *out, const guint8 *other)
{
  for (gsize i = 0; i < SMARTCOM_HASH_BYTES; i++)
    out[i] ^= other[i];
}

gchar *
smartcom_scram_begin (SmartcomScram *self, const gchar *user, const gchar *nonce)
{
  g_strlcpy (self->user, user, sizeof self->user);
  g_strlcpy (self->nonce, nonce, sizeof self->nonce);
  self->bare = g_strdup_printf ("n=%s,r=%s", user, nonce);
  return g_strconcat (GS2_HEADER, self->bare, NULL);
}

gchar *
smartcom_scram_prove (SmartcomScram *self, const gchar *challenge, const gchar *password, GError **error)
{
  g_auto (GStrv) parts = split (challenge, "rsi");
  guint8 client_key[SMARTCOM_HASH_BYTES], server_key[SMARTCOM_HASH_BYTES];
  guint8 stored_key[SMARTCOM_HASH_BYTES], proof[SMARTCOM_HASH_BYTES];
  g_autofree guchar *salt = NULL;
  g_autofree gchar *text = NULL;
  gsize salt_length = 0;
  guint iterations;

  if (parts == NULL || !parse_iterations (parts[2] + 2, &iterations))
    {
      fail (error, "the challenge of the server cannot be understood");
      return NULL;
    }
  salt = g_base64_decode (parts[1] + 2, &salt_length);
  if (!g_str_has_prefix (parts[0] + 2, self->nonce) || strlen (parts[0] + 2) == strlen (self->nonce)
      || salt_length == 0)
    {
      fail (error, "the challenge of the server does not belong to this login");
      return NULL;
    }
  g_strlcpy (self->nonce, parts[0] + 2, sizeof self->nonce);
  self->challenge = g_strdup (challenge);
  derive_keys (password, salt, salt_length, iterations, client_key, server_key);
  hash (client_key, stored_key);
  sign (self, stored_key, proof);
  exclusive_or (proof, client_key);
  sign (self, server_key, self->signature);
  text = g_base64_encode (proof, sizeof proof);
  return g_strdup_printf (CHANNEL_BINDING ",r=%s,p=%s", self->nonce, text);
}

gboolean
smartcom_scram_check_server (SmartcomScram *self, const gchar *message, GError **error)
{
  guint8 signature[SMARTCOM_HASH_BYTES];

  if (g_str_has_prefix (message, "v=") && decode_exactly (message + 2, signature, sizeof signature)
      && memeql_sec (signature, self->signature, sizeof signature))
    return TRUE;
  g_set_error_literal (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_IMPOSTOR,
                       "the server cannot show that it knows the password of this terminal");
  return FALSE;
}

gboolean
smartcom_scram_receive (SmartcomScram *self, const gchar *first, GError **error)
{
  g_auto (GStrv) parts = NULL;

  if (!g_str_has_prefix (first, GS2_HEADER))
    return fail (error, "expected “" GS2_HEADER "”");
  parts = split (first + strlen (GS2_HEADER), "nr");
  if (parts == NULL || strlen (parts[1]) < 2 + 8 || strlen (parts[1]) > 128)
    return fail (error, "expected a user and a nonce");
  if (!smartcom_serial_check (parts[0] + 2, error))
    return FALSE;
  g_strlcpy (self->user, parts[0] + 2, sizeof self->user);
  g_strlcpy (self->nonce, parts[1] + 2, sizeof self->nonce);
  self->bare = g_strdup (first + strlen (GS2_HEADER));
  return TRUE;
}

gchar *
smartcom_scram_challenge (SmartcomScram *self, const SmartcomVerifier *verifier, const gchar *nonce)
{
  g_autofree gchar *salt = g_base64_encode (verifier->salt, SMARTCOM_SALT_BYTES);

  self->verifier = *verifier;
  g_strlcat (self->nonce, nonce, sizeof self->nonce);
  self->challenge = g_strdup_printf ("r=%s,s=%s,i=%u", self->nonce, salt, verifier->iterations);
  return g_strdup (self->challenge);
}

gchar *
smartcom_scram_check_client (SmartcomScram *self, const gchar *proof, GError **error)
{
  g_auto (GStrv) parts = split (proof, "crp");
  guint8 key[SMARTCOM_HASH_BYTES], signature[SMARTCOM_HASH_BYTES];
  g_autofree gchar *text = NULL;

  if (parts == NULL || !g_str_equal (parts[0], CHANNEL_BINDING) || !g_str_equal (parts[1] + 2, self->nonce)
      || !decode_exactly (parts[2] + 2, key, sizeof key))
    {
      fail (error, "the proof of the terminal cannot be understood or does not belong to this login");
      return NULL;
    }
  sign (self, self->verifier.stored_key, signature);
  exclusive_or (key, signature);
  hash (key, key);
  if (!memeql_sec (key, self->verifier.stored_key, sizeof key))
    {
      g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_PASSWORD,
                   "terminal %s: unknown serial number or wrong password", self->user);
      return NULL;
    }
  sign (self, self->verifier.server_key, signature);
  text = g_base64_encode (signature, sizeof signature);
  return g_strconcat ("v=", text, NULL);
}
