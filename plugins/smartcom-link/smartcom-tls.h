/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The encryption of a link: TLS 1.3 with a key that both sides have (PSK with an ephemeral Diffie-Hellman
 * exchange), by GnuTLS. Built without GnuTLS, making one fails with a sentence. */
#pragma once

#include "smartcom-error.h"

G_BEGIN_DECLS

/* A key is 128 bits: 32 hexadecimal digits. */
#define SMARTCOM_KEY_BYTES 16

typedef struct
{
  guint8 bytes[SMARTCOM_KEY_BYTES];
} SmartcomKey;

gboolean smartcom_key_parse (const gchar *text, SmartcomKey *out, GError **error);

/* Finds the key of a terminal. FALSE where it has none. */
typedef gboolean (*SmartcomKeyFunc) (const gchar *serial, SmartcomKey *out, gpointer user_data);

/* What all sessions of one side share. */
typedef struct _SmartcomTlsContext SmartcomTlsContext;

gboolean smartcom_tls_is_available (void);
SmartcomTlsContext *smartcom_tls_context_new_client (const gchar *serial, const SmartcomKey *key,
                                                     GError **error);
SmartcomTlsContext *smartcom_tls_context_new_server (SmartcomKeyFunc find_key, gpointer user_data,
                                                     GError **error);
void smartcom_tls_context_free (SmartcomTlsContext *self);

/* One session over a socket that does not block. All functions return as their namesakes of the system do,
 * with 0 for “not now” in handshake and send, and -1 with an error. */
typedef struct _SmartcomTls SmartcomTls;

SmartcomTls *smartcom_tls_new (SmartcomTlsContext *context, gint fd, GError **error);
void smartcom_tls_free (SmartcomTls *self);
/* 1 when it is done. */
gint smartcom_tls_handshake (SmartcomTls *self, GError **error);
/* What the handshake or a send waits for: to write, not to read. */
gboolean smartcom_tls_wants_write (SmartcomTls *self);
/* -1 without an error: nothing has come; 0: the far end has closed. */
gssize smartcom_tls_receive (SmartcomTls *self, guint8 *out, gsize room, GError **error);
gssize smartcom_tls_send (SmartcomTls *self, const guint8 *data, gsize length, GError **error);
/* The serial number that the client gave with its key; NULL before. */
gchar *smartcom_tls_dup_serial (SmartcomTls *self);

G_END_DECLS
