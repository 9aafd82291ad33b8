/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dials, logs in, dials again. */
#include "smartcom-link.h"

#include <string.h>

#include "smartcom-channel.h"
#include "smartcom-login.h"

#define PORT_DEFAULT 41117

#define CONNECT_TIMEOUT_US (20 * G_USEC_PER_SEC)
#define KEEP_ALIVE_US      (60 * G_USEC_PER_SEC)
#define RETRY_MIN_US       G_USEC_PER_SEC
#define RETRY_MAX_US       (60 * G_USEC_PER_SEC)

struct _SmartcomLink
{
  gchar *server;   /* (owned) */
  gchar *serial;   /* (owned) */
  gchar *password; /* (owned) */
  gint64 connect_timeout_us;
  gint64 keep_alive_us;
  gint64 retry_min_us;
  gint64 retry_max_us;
  AmselClock *clock;               /* (owned) */
  SmartcomTlsContext *tls_context; /* (owned) (nullable): NULL for a plain connection */

  const SmartcomLinkCallbacks *callbacks;
  gpointer user_data;

  GCancellable *dialling;        /* (owned) (nullable) */
  GSocketConnection *connection; /* (owned) (nullable): closes its socket when it goes */
  SmartcomChannel *channel;      /* (owned) (nullable) */
  SmartcomLogin *login;          /* (owned) (nullable): until it is open */
  GSource *alarm;                /* (owned) (nullable): the end of the patience, or of the pause */
  gint64 pause_us;
  gint told; /* code of the failure that was told last */
  gboolean is_open;
  gboolean freed;
};

static void dial (SmartcomLink *self);

static void
link_clear (gpointer data)
{
  SmartcomLink *self = data;

  g_free (self->server);
  g_free (self->serial);
  g_free (self->password);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->tls_context, smartcom_tls_context_free);
}

static void
release (SmartcomLink *self)
{
  g_rc_box_release_full (self, link_clear);
}

static void
notice (SmartcomLink *self, const gchar *message)
{
  if (self->callbacks->notice != NULL)
    self->callbacks->notice (self, message, self->user_data);
}

static void
set_alarm (SmartcomLink *self, gint64 after_us, GSourceFunc callback)
{
  amsel_clock_clear_alarm (&self->alarm);
  self->alarm = amsel_clock_add_alarm (self->clock, amsel_clock_get_monotonic_us (self->clock) + after_us,
                                       callback, self);
}

static gboolean
on_pause_over (gpointer user_data)
{
  SmartcomLink *self = user_data;

  amsel_clock_clear_alarm (&self->alarm);
  dial (self);
  return G_SOURCE_REMOVE;
}

/* Leaves what there is of a connection. */
static void
hang_up (SmartcomLink *self)
{
  amsel_clock_clear_alarm (&self->alarm);
  if (self->dialling != NULL)
    g_cancellable_cancel (self->dialling);
  g_clear_object (&self->dialling);
  g_clear_pointer (&self->channel, smartcom_channel_free);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->login, smartcom_login_free);
  self->is_open = FALSE;
}

/* The pause grows, and differs from terminal to terminal: a server that comes back is not overrun. */
static void
try_later (SmartcomLink *self)
{
  gint64 pause_us =
      self->pause_us - self->pause_us / 4 + g_random_int_range (0, 1000) * (self->pause_us / 2000);

  self->pause_us = MIN (self->pause_us * 2, self->retry_max_us);
  set_alarm (self, pause_us, on_pause_over);
}

static void
fail (SmartcomLink *self, const GError *error)
{
  gboolean was_open = self->is_open;

  hang_up (self);
  try_later (self);
  g_rc_box_acquire (self);
  if (was_open)
    self->callbacks->closed (self, error, self->user_data);
  if (!self->freed && (was_open || self->told != error->code))
    {
      g_autofree gchar *message = g_strdup_printf ("server %s: %s", self->server, error->message);

      self->told = was_open ? SMARTCOM_LINK_ERROR_NONE : error->code;
      notice (self, message);
    }
  release (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  SmartcomLink *self = user_data;
  g_autoptr (GError) error = g_error_new_literal (SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_TIMEOUT,
                                                  self->channel == NULL ? "no connection in time"
                                                                        : "connected, but no login in time");

  fail (self, error);
  return G_SOURCE_REMOVE;
}

static void
open (SmartcomLink *self)
{
  g_autofree gchar *message = g_strdup_printf ("server %s: logged in as %s%s", self->server, self->serial,
                                               self->tls_context != NULL ? ", encrypted" : "");

  amsel_clock_clear_alarm (&self->alarm);
  g_clear_pointer (&self->login, smartcom_login_free);
  self->is_open = TRUE;
  self->pause_us = self->retry_min_us;
  self->told = SMARTCOM_LINK_ERROR_NONE;
  notice (self, message);
  if (!self->freed)
    self->callbacks->opened (self, self->user_data);
}

static void
on_received (const guint8 *data, gsize length, gpointer user_data)
{
  SmartcomLink *self = g_rc_box_acquire (user_data);
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  SmartcomLoginStatus status;
  gsize used = 0;

  if (!self->is_open)
    {
      status = smartcom_login_feed (self->login, data, length, &used, reply, &error);
      if (reply->len > 0)
        smartcom_channel_send (self->channel, (const guint8 *) reply->str, reply->len);
      if (status == SMARTCOM_LOGIN_FAILED)
        fail (self, error);
      else if (status == SMARTCOM_LOGIN_DONE)
        open (self);
    }
  if (!self->freed && self->is_open && used < length)
    self->callbacks->received (self, data + used, length - used, self->user_data);
  release (self);
}

static void
on_drained (gpointer user_data)
{
  SmartcomLink *self = user_data;

  if (self->is_open && self->callbacks->drained != NULL)
    self->callbacks->drained (self, self->user_data);
}

static void
on_closed (const GError *error, gpointer user_data)
{
  fail (user_data, error);
}

static const SmartcomChannelCallbacks channel_callbacks = { on_received, on_drained, on_closed };

/* The connection stands: the terminal speaks first. */
static gboolean
begin_login (SmartcomLink *self, GSocketConnection *connection, GError **error)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autoptr (GString) first = g_string_new (NULL);
  gchar nonce[SMARTCOM_NONCE_CHARS];
  SmartcomTls *tls = NULL;

  if (self->tls_context != NULL)
    {
      tls = smartcom_tls_new (self->tls_context, g_socket_get_fd (socket), error);
      if (tls == NULL)
        return FALSE;
    }
  self->connection = g_object_ref (connection);
  smartcom_nonce_make (nonce);
  self->channel = smartcom_channel_new (socket, tls, &channel_callbacks, self);
  smartcom_channel_set_keep_alive (self->channel, self->keep_alive_us);
  self->login = smartcom_login_new_client (self->serial, self->password, nonce, first);
  smartcom_channel_send (self->channel, (const guint8 *) first->str, first->len);
  return TRUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmartcomLink *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  if (self->freed || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      release (self);
      return;
    }
  g_clear_object (&self->dialling);
  if (connection == NULL)
    {
      g_autoptr (GError) told =
          g_error_new_literal (SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_OPEN, error->message);

      fail (self, told);
    }
  else if (!begin_login (self, connection, &error))
    fail (self, error);
  release (self);
}

static void
dial (SmartcomLink *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  self->dialling = g_cancellable_new ();
  set_alarm (self, self->connect_timeout_us, on_timeout);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, self->server, PORT_DEFAULT, self->dialling, on_connected,
                                         g_rc_box_acquire (self));
}

gboolean
smartcom_link_check (const SmartcomLinkSettings *settings, GError **error)
{
  g_autoptr (GSocketConnectable) address = NULL;
  g_autoptr (GError) local = NULL;
  SmartcomKey key;

  if (settings->serial == NULL || settings->server == NULL || *settings->server == '\0')
    {
      g_set_error_literal (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SETTINGS,
                           "a link needs the server that it dials and the serial number of the terminal");
      return FALSE;
    }
  address = g_network_address_parse (settings->server, PORT_DEFAULT, &local);
  if (address == NULL)
    {
      g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SETTINGS,
                   "the server is given as HOST:PORT: %s", local->message);
      return FALSE;
    }
  if (settings->key != NULL && *settings->key != '\0' && !smartcom_key_parse (settings->key, &key, error))
    return FALSE;
  return smartcom_serial_check (settings->serial, error);
}

static gint64
or_default (gint64 us, gint64 default_us)
{
  return us == 0 ? default_us : MAX (us, 0);
}

SmartcomLink *
smartcom_link_new (const SmartcomLinkSettings *settings, const SmartcomLinkCallbacks *callbacks,
                   gpointer user_data, GError **error)
{
  SmartcomTlsContext *tls_context = NULL;
  SmartcomLink *self;
  SmartcomKey key;

  if (!smartcom_link_check (settings, error))
    return NULL;
  if (settings->key != NULL && *settings->key != '\0')
    {
      if (!smartcom_key_parse (settings->key, &key, error))
        return NULL;
      tls_context = smartcom_tls_context_new_client (settings->serial, &key, error);
      if (tls_context == NULL)
        return NULL;
    }
  self = g_rc_box_new0 (SmartcomLink);
  self->server = g_strdup (settings->server);
  self->serial = g_strdup (settings->serial);
  self->password = g_strdup (settings->password != NULL ? settings->password : "");
  self->connect_timeout_us = or_default (settings->connect_timeout_us, CONNECT_TIMEOUT_US);
  self->keep_alive_us = or_default (settings->keep_alive_us, KEEP_ALIVE_US);
  self->retry_min_us = or_default (settings->retry_min_us, RETRY_MIN_US);
  self->retry_max_us = MAX (or_default (settings->retry_max_us, RETRY_MAX_US), self->retry_min_us);
  self->pause_us = self->retry_min_us;
  self->clock = g_object_ref (settings->clock != NULL ? settings->clock : amsel_clock_get_system ());
  self->tls_context = tls_context;
  self->callbacks = callbacks;
  self->user_data = user_data;
  return self;
}

void
smartcom_link_start (SmartcomLink *self)
{
  if (self->alarm == NULL && self->channel == NULL)
    dial (self);
}

void
smartcom_link_free (SmartcomLink *self)
{
  hang_up (self);
  self->freed = TRUE;
  release (self);
}

gboolean
smartcom_link_is_open (SmartcomLink *self)
{
  return self->is_open;
}

gboolean
smartcom_link_send (SmartcomLink *self, const guint8 *data, gsize length)
{
  return self->is_open && smartcom_channel_send (self->channel, data, length);
}

gsize
smartcom_link_get_queued (SmartcomLink *self)
{
  return self->is_open ? smartcom_channel_get_queued (self->channel) : 0;
}

void
smartcom_link_set_paused (SmartcomLink *self, gboolean paused)
{
  if (self->is_open)
    smartcom_channel_set_paused (self->channel, paused);
}
