/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening, and who is at the door. */
#include "smartcom-gate.h"

#include <string.h>
#include <sys/socket.h>

#include "smartcom-login.h"

#define BACKLOG 1024

/* Most that are let to the door in one turn of the main loop. */
#define ACCEPTS_MAX 64

/* First byte of an encrypted connection: a handshake record of TLS. */
#define TLS_HANDSHAKE 0x16

/* How long no more are let in when the system has no descriptors left. */
#define PAUSE_US G_USEC_PER_SEC

typedef struct
{
  SmartcomGate *gate; /* (unowned) */
  guint64 id;
  GList link;               /* in SmartcomGate.guests, the oldest first */
  gchar *from;              /* (owned): his address */
  GSocket *socket;          /* (owned) (nullable): until the first byte has come */
  GSource *source;          /* (owned) (nullable): the same */
  SmartcomChannel *channel; /* (owned) (nullable) */
  SmartcomLogin *login;     /* (owned) */
  GSource *alarm;           /* (owned) (nullable) */
  gboolean leaving;         /* goes when the last words are sent */
} Guest;

struct _SmartcomGate
{
  GSocket *socket;                 /* (owned) (nullable) */
  GSource *source;                 /* (owned) (nullable) */
  GSource *alarm;                  /* (owned) (nullable) */
  SmartcomTlsContext *tls_context; /* (owned) (nullable): NULL where it cannot encrypt */
  AmselClock *clock;               /* (owned) */
  guint max_logins;
  gint64 login_timeout_us;
  gint64 keep_alive_us;
  const SmartcomGateCallbacks *callbacks;
  gpointer user_data;

  GQueue guests;           /* (element-type Guest) */
  GHashTable *by_id;       /* (owned) (element-type guint64 Guest) */
  guint64 n_guests;        /* since it was made */
  SmartcomVerifier nobody; /* fits no password */
};

static gboolean on_connection (GSocket *socket, GIOCondition condition, gpointer user_data);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
guest_free (Guest *guest)
{
  g_queue_unlink (&guest->gate->guests, &guest->link);
  g_hash_table_remove (guest->gate->by_id, &guest->id);
  amsel_clock_clear_alarm (&guest->alarm);
  clear_source (&guest->source);
  g_clear_pointer (&guest->channel, smartcom_channel_free);
  if (guest->socket != NULL)
    g_socket_close (guest->socket, NULL);
  g_clear_object (&guest->socket);
  smartcom_login_free (guest->login);
  g_free (guest->from);
  g_free (guest);
}

/* Tells why a guest goes, and lets him go when he has heard it. */
static void
send_away (Guest *guest, const GError *error)
{
  SmartcomGate *self = guest->gate;
  g_autoptr (GString) reply = g_string_new (NULL);

  self->callbacks->refused (self, guest->from, smartcom_login_get_serial (guest->login), error,
                            self->user_data);
  if (guest->channel == NULL || error->code == SMARTCOM_LINK_ERROR_LOST
      || error->code == SMARTCOM_LINK_ERROR_TLS)
    {
      guest_free (guest);
      return;
    }
  smartcom_login_refuse (reply, error->message);
  guest->leaving = TRUE;
  smartcom_channel_send (guest->channel, (const guint8 *) reply->str, reply->len);
}

static void
send_away_with (Guest *guest, SmartcomLinkError code, const gchar *why)
{
  g_autoptr (GError) error = g_error_new_literal (SMARTCOM_LINK_ERROR, (gint) code, why);

  send_away (guest, error);
}

static gboolean
on_timeout (gpointer user_data)
{
  Guest *guest = user_data;

  amsel_clock_clear_alarm (&guest->alarm);
  if (guest->leaving)
    guest_free (guest);
  else
    {
      /* he gets as long again to take the answer */
      guest->alarm = amsel_clock_add_alarm (guest->gate->clock,
                                            amsel_clock_get_monotonic_us (guest->gate->clock)
                                                + guest->gate->login_timeout_us,
                                            on_timeout, guest);
      send_away_with (guest, SMARTCOM_LINK_ERROR_TIMEOUT, "the login took too long");
    }
  return G_SOURCE_REMOVE;
}

/* The terminal has shown who it is. */
static void
let_in (Guest *guest, const guint8 *rest, gsize length)
{
  SmartcomGate *self = guest->gate;
  SmartcomChannel *channel = g_steal_pointer (&guest->channel);
  g_autofree gchar *serial = g_strdup (smartcom_login_get_serial (guest->login));

  guest_free (guest);
  self->callbacks->entered (self, serial, channel, rest, length, self->user_data);
}

/* Whoever is encrypted with the key of one terminal is not another. */
static gboolean
is_key_of (Guest *guest)
{
  g_autofree gchar *serial = smartcom_channel_dup_key_serial (guest->channel);

  return !smartcom_channel_is_encrypted (guest->channel)
         || g_strcmp0 (serial, smartcom_login_get_serial (guest->login)) == 0;
}

static void
on_received (const guint8 *data, gsize length, gpointer user_data)
{
  Guest *guest = user_data;
  SmartcomGate *self = guest->gate;
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  SmartcomLoginStatus status;
  gsize used = 0;

  if (guest->leaving)
    return;
  status = smartcom_login_feed (guest->login, data, length, &used, reply, &error);
  if (reply->len > 0)
    smartcom_channel_send (guest->channel, (const guint8 *) reply->str, reply->len);
  if (status == SMARTCOM_LOGIN_DONE)
    let_in (guest, data + used, length - used);
  else if (status == SMARTCOM_LOGIN_FAILED)
    send_away (guest, error);
  else if (status == SMARTCOM_LOGIN_WANTED && used < length)
    send_away_with (guest, SMARTCOM_LINK_ERROR_SYNTAX, "login: more came than was asked for");
  else if (status == SMARTCOM_LOGIN_WANTED && !is_key_of (guest))
    send_away_with (guest, SMARTCOM_LINK_ERROR_TLS, "the key of the encryption is that of another terminal");
  else if (status == SMARTCOM_LOGIN_WANTED)
    self->callbacks->wanted (self, guest->id, smartcom_login_get_serial (guest->login),
                             smartcom_channel_is_encrypted (guest->channel), self->user_data);
}

static void
on_drained (gpointer user_data)
{
  Guest *guest = user_data;

  if (guest->leaving)
    guest_free (guest);
}

static void
on_closed (const GError *error, gpointer user_data)
{
  Guest *guest = user_data;

  if (guest->leaving)
    guest_free (guest);
  else
    send_away (guest, error);
}

static const SmartcomChannelCallbacks channel_callbacks = { on_received, on_drained, on_closed };

/* The first byte says whether he is going to encrypt. */
static gboolean
on_first_byte (GSocket *socket, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  Guest *guest = user_data;
  SmartcomGate *self = guest->gate;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) kept = g_object_ref (socket);
  SmartcomTls *tls = NULL;
  guint8 first = 0;
  gssize n = recv (g_socket_get_fd (socket), &first, 1, MSG_PEEK | MSG_DONTWAIT);

  clear_source (&guest->source);
  if (n <= 0)
    {
      send_away_with (guest, SMARTCOM_LINK_ERROR_LOST, "closed the connection without a word");
      return G_SOURCE_REMOVE;
    }
  if (first == TLS_HANDSHAKE && self->tls_context != NULL)
    tls = smartcom_tls_new (self->tls_context, g_socket_get_fd (socket), &error);
  if (first == TLS_HANDSHAKE && tls == NULL)
    {
      send_away_with (guest, SMARTCOM_LINK_ERROR_TLS, "it encrypts, and this server cannot");
      return G_SOURCE_REMOVE;
    }
  g_clear_object (&guest->socket);
  guest->channel = smartcom_channel_new (kept, tls, &channel_callbacks, guest);
  smartcom_channel_set_keep_alive (guest->channel, self->keep_alive_us);
  return G_SOURCE_REMOVE;
}

static gchar *
describe (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);

  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : g_strdup ("?");
}

static void
receive_guest (SmartcomGate *self, GSocket *socket)
{
  Guest *guest = g_new0 (Guest, 1);
  gchar nonce[SMARTCOM_NONCE_CHARS];

  if (self->guests.length >= self->max_logins)
    send_away_with (self->guests.head->data, SMARTCOM_LINK_ERROR_TIMEOUT,
                    "too many are at the door, and it has been there longest");
  smartcom_nonce_make (nonce);
  guest->gate = self;
  guest->id = ++self->n_guests;
  guest->link.data = guest;
  guest->from = describe (socket);
  guest->socket = g_object_ref (socket);
  guest->login = smartcom_login_new_server (nonce);
  guest->alarm = amsel_clock_add_alarm (
      self->clock, amsel_clock_get_monotonic_us (self->clock) + self->login_timeout_us, on_timeout, guest);
  g_queue_push_tail_link (&self->guests, &guest->link);
  g_hash_table_insert (self->by_id, &guest->id, guest);
  g_socket_set_blocking (socket, FALSE);
  guest->source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_static_name (guest->source, "smartcom-guest");
  g_source_set_callback (guest->source, G_SOURCE_FUNC (on_first_byte), guest, NULL);
  g_source_attach (guest->source, g_main_context_get_thread_default ());
}

static void
watch (SmartcomGate *self)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_static_name (self->source, "smartcom-gate");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_connection), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static gboolean
on_pause_over (gpointer user_data)
{
  SmartcomGate *self = user_data;

  amsel_clock_clear_alarm (&self->alarm);
  watch (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_connection (GSocket *socket, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  SmartcomGate *self = user_data;

  for (guint i = 0; i < ACCEPTS_MAX; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) guest = g_socket_accept (socket, NULL, &error);

      if (guest != NULL)
        {
          receive_guest (self, guest);
          continue;
        }
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
      /* most likely no descriptor is left: whoever waits in the system's queue is not lost */
      self->callbacks->refused (self, "the system", "", error, self->user_data);
      clear_source (&self->source);
      self->alarm = amsel_clock_add_alarm (self->clock, amsel_clock_get_monotonic_us (self->clock) + PAUSE_US,
                                           on_pause_over, self);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static GSocket *
listen_on (const SmartcomGateSettings *settings, GError **error)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string (settings->address, settings->port);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) local = NULL;

  if (address == NULL)
    {
      g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SETTINGS,
                   "“%s” is no address of an interface, such as 127.0.0.1 or ::", settings->address);
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                         &local);
  if (socket != NULL)
    {
      g_socket_set_blocking (socket, FALSE);
      g_socket_set_listen_backlog (socket, BACKLOG);
    }
  if (socket != NULL && g_socket_bind (socket, address, TRUE, &local) && g_socket_listen (socket, &local))
    return g_steal_pointer (&socket);
  g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_OPEN, "cannot listen on %s, port %u: %s",
               settings->address, settings->port, local->message);
  return NULL;
}

SmartcomGate *
smartcom_gate_new (const SmartcomGateSettings *settings, const SmartcomGateCallbacks *callbacks,
                   gpointer user_data, GError **error)
{
  g_autoptr (GSocket) socket = listen_on (settings, error);
  gchar nonce[SMARTCOM_NONCE_CHARS];
  SmartcomGate *self;

  if (socket == NULL)
    return NULL;
  self = g_new0 (SmartcomGate, 1);
  self->socket = g_steal_pointer (&socket);
  self->tls_context = smartcom_tls_context_new_server (callbacks->find_key, user_data, NULL);
  self->clock = g_object_ref (settings->clock);
  self->max_logins = MAX (settings->max_logins, 1);
  self->login_timeout_us = settings->login_timeout_us;
  self->keep_alive_us = settings->keep_alive_us;
  self->callbacks = callbacks;
  self->user_data = user_data;
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_queue_init (&self->guests);
  smartcom_nonce_make (nonce);
  smartcom_verifier_make (nonce, &self->nobody);
  watch (self);
  return self;
}

void
smartcom_gate_free (SmartcomGate *self)
{
  while (self->guests.head != NULL)
    guest_free (self->guests.head->data);
  amsel_clock_clear_alarm (&self->alarm);
  clear_source (&self->source);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_clear_pointer (&self->tls_context, smartcom_tls_context_free);
  g_object_unref (self->clock);
  g_hash_table_unref (self->by_id);
  g_free (self);
}

guint
smartcom_gate_get_port (SmartcomGate *self)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (self->socket, NULL);

  return address != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

void
smartcom_gate_answer (SmartcomGate *self, guint64 id, const SmartcomVerifier *verifier, const gchar *why)
{
  Guest *guest = g_hash_table_lookup (self->by_id, &id);
  g_autoptr (GString) reply = g_string_new (NULL);
  SmartcomVerifier nobody = self->nobody;

  if (guest == NULL || guest->leaving)
    return;
  if (why != NULL)
    {
      send_away_with (guest, SMARTCOM_LINK_ERROR_REFUSED, why);
      return;
    }
  /* a stranger gets the same salt each time, as a terminal would */
  for (gsize i = 0; i < SMARTCOM_SALT_BYTES; i++)
    nobody.salt[i] ^= (guint8) (g_str_hash (smartcom_login_get_serial (guest->login)) >> (i % 4 * 8));
  smartcom_login_answer (guest->login, verifier != NULL ? verifier : &nobody, reply);
  smartcom_channel_send (guest->channel, (const guint8 *) reply->str, reply->len);
}
