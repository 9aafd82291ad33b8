/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS 1.3 with a shared key. Nothing but GnuTLS's own: no certificate, no older version, no key exchange that
 * would let a recording be read once the key is known. */
#include "smartcom-tls.h"

#include <string.h>

gboolean
smartcom_key_parse (const gchar *text, SmartcomKey *out, GError **error)
{
  g_autoptr (GBytes) bytes =
      strlen (text) == 2 * SMARTCOM_KEY_BYTES ? amsel_hex_decode (text, -1, NULL) : NULL;

  if (bytes != NULL && g_bytes_get_size (bytes) == SMARTCOM_KEY_BYTES)
    {
      memmove (out->bytes, g_bytes_get_data (bytes, NULL), SMARTCOM_KEY_BYTES);
      return TRUE;
    }
  g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SETTINGS,
               "the key of the encryption has %d hexadecimal digits", 2 * SMARTCOM_KEY_BYTES);
  return FALSE;
}

#ifdef SMARTCOM_HAVE_GNUTLS

#include <gnutls/gnutls.h>

#define PRIORITY                                                                                             \
  "NONE:+VERS-TLS1.3:+AES-128-GCM:+CHACHA20-POLY1305:+AEAD:+SHA256:+ECDHE-PSK:+GROUP-X25519:"                \
  "+GROUP-SECP256R1:+SIGN-ALL"

/* Milliseconds after which a handshake that makes no progress fails; the login's limit is shorter. */
#define HANDSHAKE_MS 60000

struct _SmartcomTlsContext
{
  gnutls_priority_t priority;             /* (owned) */
  gnutls_psk_client_credentials_t client; /* (owned) (nullable) */
  gnutls_psk_server_credentials_t server; /* (owned) (nullable) */
  SmartcomKeyFunc find_key;
  gpointer user_data;
};

struct _SmartcomTls
{
  gnutls_session_t session; /* (owned) */
  gboolean blocked;         /* what was given to send last is still on its way */
};

gboolean
smartcom_tls_is_available (void)
{
  return TRUE;
}

static void
set_error (GError **error, gint code)
{
  g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_TLS,
               "the encrypted connection failed: %s; both sides need the same key", gnutls_strerror (code));
}

static gint
on_key_wanted (gnutls_session_t session, const gnutls_datum_t *user, gnutls_datum_t *out)
{
  SmartcomTlsContext *self = gnutls_session_get_ptr (session);
  g_autofree gchar *serial = g_strndup ((const gchar *) user->data, user->size);
  SmartcomKey key;

  if (!self->find_key (serial, &key, self->user_data))
    return -1;
  out->data = gnutls_malloc (sizeof key.bytes);
  if (out->data == NULL)
    return -1;
  memmove (out->data, key.bytes, sizeof key.bytes);
  out->size = sizeof key.bytes;
  return 0;
}

static SmartcomTlsContext *
context_new (GError **error)
{
  SmartcomTlsContext *self = g_new0 (SmartcomTlsContext, 1);
  gint code = gnutls_priority_init (&self->priority, PRIORITY, NULL);

  if (code == 0)
    return self;
  set_error (error, code);
  g_free (self);
  return NULL;
}

SmartcomTlsContext *
smartcom_tls_context_new_client (const gchar *serial, const SmartcomKey *key, GError **error)
{
  SmartcomTlsContext *self = context_new (error);
  gnutls_datum_t datum = { (guchar *) key->bytes, sizeof key->bytes };
  gint code;

  if (self == NULL)
    return NULL;
  code = gnutls_psk_allocate_client_credentials (&self->client);
  if (code == 0)
    code = gnutls_psk_set_client_credentials (self->client, serial, &datum, GNUTLS_PSK_KEY_RAW);
  if (code == 0)
    return self;
  set_error (error, code);
  smartcom_tls_context_free (self);
  return NULL;
}

SmartcomTlsContext *
smartcom_tls_context_new_server (SmartcomKeyFunc find_key, gpointer user_data, GError **error)
{
  SmartcomTlsContext *self = context_new (error);
  gint code;

  if (self == NULL)
    return NULL;
  self->find_key = find_key;
  self->user_data = user_data;
  code = gnutls_psk_allocate_server_credentials (&self->server);
  if (code == 0)
    {
      gnutls_psk_set_server_credentials_function2 (self->server, on_key_wanted);
      return self;
    }
  set_error (error, code);
  smartcom_tls_context_free (self);
  return NULL;
}

void
smartcom_tls_context_free (SmartcomTlsContext *self)
{
  if (self->client != NULL)
    gnutls_psk_free_client_credentials (self->client);
  if (self->server != NULL)
    gnutls_psk_free_server_credentials (self->server);
  gnutls_priority_deinit (self->priority);
  g_free (self);
}

SmartcomTls *
smartcom_tls_new (SmartcomTlsContext *context, gint fd, GError **error)
{
  SmartcomTls *self = g_new0 (SmartcomTls, 1);
  guint flags = GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS
                | (context->server != NULL ? GNUTLS_SERVER : GNUTLS_CLIENT);
  gint code = gnutls_init (&self->session, flags);

  if (code == 0)
    code = gnutls_priority_set (self->session, context->priority);
  if (code == 0)
    code = gnutls_credentials_set (self->session, GNUTLS_CRD_PSK,
                                   context->server != NULL ? (gpointer) context->server
                                                           : (gpointer) context->client);
  if (code != 0)
    {
      set_error (error, code);
      smartcom_tls_free (self);
      return NULL;
    }
  gnutls_session_set_ptr (self->session, context);
  gnutls_transport_set_int (self->session, fd);
  gnutls_handshake_set_timeout (self->session, HANDSHAKE_MS);
  return self;
}

void
smartcom_tls_free (SmartcomTls *self)
{
  if (self->session != NULL)
    gnutls_deinit (self->session);
  g_free (self);
}

static gboolean
is_passing (gint code)
{
  return code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED;
}

gint
smartcom_tls_handshake (SmartcomTls *self, GError **error)
{
  gint code;

  do
    code = gnutls_handshake (self->session);
  while (code == GNUTLS_E_INTERRUPTED || code == GNUTLS_E_WARNING_ALERT_RECEIVED);
  if (code == GNUTLS_E_SUCCESS)
    return 1;
  if (code == GNUTLS_E_AGAIN)
    return 0;
  gnutls_alert_send_appropriate (self->session, code);
  set_error (error, code);
  return -1;
}

gboolean
smartcom_tls_wants_write (SmartcomTls *self)
{
  return gnutls_record_get_direction (self->session) == 1;
}

gssize
smartcom_tls_receive (SmartcomTls *self, guint8 *out, gsize room, GError **error)
{
  gssize n;

  do
    n = gnutls_record_recv (self->session, out, room);
  while (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_WARNING_ALERT_RECEIVED);
  if (n >= 0)
    return n;
  if (n == GNUTLS_E_PREMATURE_TERMINATION)
    return 0;
  if (!is_passing ((gint) n))
    set_error (error, (gint) n);
  return -1;
}

gssize
smartcom_tls_send (SmartcomTls *self, const guint8 *data, gsize length, GError **error)
{
  gssize n = self->blocked ? gnutls_record_send (self->session, NULL, 0)
                           : gnutls_record_send (self->session, data, length);

  self->blocked = n < 0 && is_passing ((gint) n);
  if (n >= 0)
    return n;
  if (self->blocked)
    return 0;
  set_error (error, (gint) n);
  return -1;
}

gchar *
smartcom_tls_dup_serial (SmartcomTls *self)
{
  return g_strdup (gnutls_psk_server_get_username (self->session));
}

#else

gboolean
smartcom_tls_is_available (void)
{
  return FALSE;
}

static gpointer
refuse (GError **error)
{
  g_set_error_literal (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_TLS,
                       "this program was built without GnuTLS: it cannot encrypt");
  return NULL;
}

SmartcomTlsContext *
smartcom_tls_context_new_client (const gchar *serial G_GNUC_UNUSED, const SmartcomKey *key G_GNUC_UNUSED,
                                 GError **error)
{
  return refuse (error);
}

SmartcomTlsContext *
smartcom_tls_context_new_server (SmartcomKeyFunc find_key G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED,
                                 GError **error)
{
  return refuse (error);
}

void
smartcom_tls_context_free (SmartcomTlsContext *self G_GNUC_UNUSED)
{
}

SmartcomTls *
smartcom_tls_new (SmartcomTlsContext *context G_GNUC_UNUSED, gint fd G_GNUC_UNUSED, GError **error)
{
  return refuse (error);
}

void
smartcom_tls_free (SmartcomTls *self G_GNUC_UNUSED)
{
}

gint
smartcom_tls_handshake (SmartcomTls *self G_GNUC_UNUSED, GError **error)
{
  refuse (error);
  return -1;
}

gboolean
smartcom_tls_wants_write (SmartcomTls *self G_GNUC_UNUSED)
{
  return FALSE;
}

gssize
smartcom_tls_receive (SmartcomTls *self G_GNUC_UNUSED, guint8 *out G_GNUC_UNUSED, gsize room G_GNUC_UNUSED,
                      GError **error)
{
  refuse (error);
  return -1;
}

gssize
smartcom_tls_send (SmartcomTls *self G_GNUC_UNUSED, const guint8 *data G_GNUC_UNUSED,
                   gsize length G_GNUC_UNUSED, GError **error)
{
  refuse (error);
  return -1;
}

gchar *
smartcom_tls_dup_serial (SmartcomTls *self G_GNUC_UNUSED)
{
  return NULL;
}

#endif
