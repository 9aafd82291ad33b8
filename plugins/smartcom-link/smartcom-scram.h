/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SCRAM-SHA-256 (RFC 5802, RFC 7677): the terminal proves that it knows the password, and the server that it
 * does, without the password ever travelling. The server keeps a verifier, from which neither the password
 * nor a login can be made. The slow derivation of the key is the terminal's work, so a server checks
 * thousands of logins in no time.
 *
 * Pure: the nonces are given by the caller. Messages are texts without line ends. */
#pragma once

#include "smartcom-error.h"

G_BEGIN_DECLS

#define SMARTCOM_HASH_BYTES 32
#define SMARTCOM_SALT_BYTES 16

/* RFC 7677 wants 4096 at least. A server must not make a terminal count for hours. */
#define SMARTCOM_ITERATIONS     4096
#define SMARTCOM_ITERATIONS_MAX 200000

/* Longest message, and longest user name: the serial number of a terminal. */
#define SMARTCOM_MESSAGE_MAX 400
#define SMARTCOM_SERIAL_MAX  32

/* Characters of a nonce with its zero. */
#define SMARTCOM_NONCE_CHARS 25

/* What a server keeps of a password. */
typedef struct
{
  guint iterations;
  guint8 salt[SMARTCOM_SALT_BYTES];
  guint8 stored_key[SMARTCOM_HASH_BYTES];
  guint8 server_key[SMARTCOM_HASH_BYTES];
} SmartcomVerifier;

/* A login while it goes on, on either side. */
typedef struct
{
  gchar user[SMARTCOM_SERIAL_MAX + 1];
  gchar nonce[2 * SMARTCOM_NONCE_CHARS + SMARTCOM_MESSAGE_MAX];
  gchar *bare;                           /* (owned) (nullable): client-first-message-bare */
  gchar *challenge;                      /* (owned) (nullable): server-first-message */
  guint8 signature[SMARTCOM_HASH_BYTES]; /* that the server has to show */
  SmartcomVerifier verifier;             /* the server's */
} SmartcomScram;

void smartcom_scram_clear (SmartcomScram *self);

/* Random text, good enough for a nonce. */
void smartcom_nonce_make (gchar out[SMARTCOM_NONCE_CHARS]);

/* Letters, digits and “-”, as in 50-0663-0027. */
gboolean smartcom_serial_check (const gchar *serial, GError **error);

/* Takes milliseconds: do it in a thread where there are many. */
void smartcom_verifier_derive (const gchar *password, const guint8 salt[SMARTCOM_SALT_BYTES],
                               guint iterations, SmartcomVerifier *out);
/* The same with a salt of its own and the usual iterations. */
void smartcom_verifier_make (const gchar *password, SmartcomVerifier *out);
/* SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY, as PostgreSQL writes it. */
gchar *smartcom_verifier_to_string (const SmartcomVerifier *self);
gboolean smartcom_verifier_parse (const gchar *text, SmartcomVerifier *out, GError **error);

/* The terminal. */
gchar *smartcom_scram_begin (SmartcomScram *self, const gchar *user, const gchar *nonce);
gchar *smartcom_scram_prove (SmartcomScram *self, const gchar *challenge, const gchar *password,
                             GError **error);
gboolean smartcom_scram_check_server (SmartcomScram *self, const gchar *message, GError **error);

/* The server. */
gboolean smartcom_scram_receive (SmartcomScram *self, const gchar *first, GError **error);
gchar *smartcom_scram_challenge (SmartcomScram *self, const SmartcomVerifier *verifier, const gchar *nonce);
gchar *smartcom_scram_check_client (SmartcomScram *self, const gchar *proof, GError **error);

G_END_DECLS
