/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The TCP port on which the terminal is commanded.
 *
 * There are no more connections than a limit: who comes too many hears BUSY. One that does not take its
 * answers is closed after a while, so that it does not keep others out. */
#include "at-server.h"

#include "at-session.h"
#include "smartcom-channel.h"

/* Who takes nothing of his answer for so long is gone. */
#define STALL_US (60 * G_USEC_PER_SEC)

#define KEEP_ALIVE_US (300 * G_USEC_PER_SEC)

struct _AtServer
{
  AtTerminal *terminal; /* (owned) */
  const AtServerSettings *settings;
  GSocketService *service; /* (owned) */
  GPtrArray *connections;  /* (owned) (element-type Connection) */
  gboolean is_full;        /* that was told */
};

typedef struct
{
  AtServer *server;         /* (unowned): owns it */
  SmartcomChannel *channel; /* (owned) */
  AtSession *session;       /* (owned) (nullable): NULL while it is closed */
  gchar *peer;              /* (owned) */
  GSource *stall;           /* (owned) (nullable): while something waits to be taken */
  gsize stalled_at;         /* what waited when the alarm was set */
} Connection;

static void
connection_free (gpointer data)
{
  Connection *self = data;

  amsel_clock_clear_alarm (&self->stall);
  g_clear_pointer (&self->session, at_session_close);
  smartcom_channel_free (self->channel);
  g_free (self->peer);
  g_free (self);
}

static void
drop (Connection *self)
{
  self->server->is_full = FALSE;
  g_ptr_array_remove_fast (self->server->connections, self);
}

static void watch_stall (Connection *self);

static gboolean
on_stall (gpointer user_data)
{
  Connection *self = user_data;

  amsel_clock_clear_alarm (&self->stall);
  if (smartcom_channel_get_queued (self->channel) < self->stalled_at || self->session == NULL)
    {
      if (self->session == NULL)
        drop (self);
      else
        watch_stall (self);
      return G_SOURCE_REMOVE;
    }
  at_terminal_problem (self->server->terminal, "%s: takes no answers; the connection is closed", self->peer);
  drop (self);
  return G_SOURCE_REMOVE;
}

static void
watch_stall (Connection *self)
{
  AmselClock *clock = self->server->terminal->clock;

  self->stalled_at = smartcom_channel_get_queued (self->channel);
  if (self->stalled_at > 0 && self->stall == NULL)
    self->stall =
        amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock) + STALL_US, on_stall, self);
}

static void
on_write (const guint8 *data, gsize length, gpointer user_data)
{
  Connection *self = user_data;

  smartcom_channel_send (self->channel, data, length); /* that it is closed is told by the channel */
  watch_stall (self);
}

static gsize
on_get_queued (gpointer user_data)
{
  return smartcom_channel_get_queued (((Connection *) user_data)->channel);
}

static gboolean
on_close_soon (gpointer user_data)
{
  Connection *self = user_data;

  amsel_clock_clear_alarm (&self->stall);
  if (smartcom_channel_get_queued (self->channel) == 0)
    {
      drop (self);
      return G_SOURCE_REMOVE;
    }
  g_clear_pointer (&self->session, at_session_close);
  watch_stall (self); /* what it has not taken by then, it never takes */
  return G_SOURCE_REMOVE;
}

/* The session is over: from the main loop, since it is in the middle of something. */
static void
on_close (gpointer user_data)
{
  Connection *self = user_data;
  AmselClock *clock = self->server->terminal->clock;

  amsel_clock_clear_alarm (&self->stall);
  smartcom_channel_set_paused (self->channel, TRUE);
  self->stall = amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock), on_close_soon, self);
}

static const AtOutput OUTPUT = { on_write, on_get_queued, on_close };

static void
on_channel_received (const guint8 *data, gsize length, gpointer user_data)
{
  Connection *self = user_data;

  if (self->session == NULL)
    return;
  at_session_receive (self->session, data, length);
  smartcom_channel_set_paused (self->channel, !at_session_wants_input (self->session));
}

static void
on_channel_drained (gpointer user_data)
{
  Connection *self = user_data;

  if (self->session == NULL)
    {
      drop (self);
      return;
    }
  amsel_clock_clear_alarm (&self->stall);
  at_session_drained (self->session);
  smartcom_channel_set_paused (self->channel, !at_session_wants_input (self->session));
}

static void
on_channel_closed (const GError *error G_GNUC_UNUSED, gpointer user_data)
{
  Connection *self = user_data;

  at_terminal_notice (self->server->terminal, "%s: disconnected", self->peer);
  drop (self);
}

static const SmartcomChannelCallbacks CHANNEL = { on_channel_received, on_channel_drained,
                                                  on_channel_closed };

static gchar *
get_peer (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autofree gchar *address = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (remote))
    return g_strdup ("unknown");
  address = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
  return g_strdup_printf ("%s port %u", address,
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (remote)));
}

static void
turn_away (AtServer *self, GSocketConnection *connection)
{
  static const gchar BUSY[] = "\r\nBUSY\r\n";
  g_autofree gchar *peer = get_peer (connection);

  if (!self->is_full)
    at_terminal_problem (self->terminal,
                         "%s: turned away: there are %u connections already, which is the most there may be",
                         peer, self->connections->len);
  self->is_full = TRUE;
  g_socket_send_with_blocking (g_socket_connection_get_socket (connection), BUSY, sizeof BUSY - 1, FALSE,
                               NULL, NULL);
}

static gboolean
on_incoming (GSocketService *service G_GNUC_UNUSED, GSocketConnection *connection,
             GObject *source G_GNUC_UNUSED, gpointer user_data)
{
  AtServer *self = user_data;
  Connection *client;

  if (self->connections->len >= self->settings->max_sessions)
    {
      turn_away (self, connection);
      return TRUE;
    }
  client = g_new0 (Connection, 1);
  client->server = self;
  client->peer = get_peer (connection);
  client->channel =
      smartcom_channel_new (g_socket_connection_get_socket (connection), NULL, &CHANNEL, client);
  smartcom_channel_set_keep_alive (client->channel, KEEP_ALIVE_US);
  g_ptr_array_add (self->connections, client);
  at_terminal_notice (self->terminal, "%s: connected", client->peer);
  client->session = at_session_new (self->terminal, client->peer, &OUTPUT, client);
  if (self->settings->password != NULL && *self->settings->password != '\0')
    at_session_require_login (client->session, self->settings->login != NULL ? self->settings->login : "",
                              self->settings->password);
  return TRUE;
}

AtServer *
at_server_new (AtTerminal *terminal, const AtServerSettings *settings, GError **error)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (settings->address);
  g_autoptr (GSocketAddress) socket_address = NULL;
  AtServer *self;

  if (address == NULL)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "address “%s”: expected an address of this machine, such as 127.0.0.1 or ::1",
                   settings->address);
      return NULL;
    }
  socket_address = g_inet_socket_address_new (address, (guint16) settings->port);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), socket_address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, NULL, error))
    {
      g_prefix_error (error, "TCP port %u cannot be listened on: ", settings->port);
      return NULL;
    }
  self = g_new0 (AtServer, 1);
  self->terminal = at_terminal_ref (terminal);
  self->settings = settings;
  self->service = g_steal_pointer (&service);
  self->connections = g_ptr_array_new_with_free_func (connection_free);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return self;
}

void
at_server_free (AtServer *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_ptr_array_unref (self->connections);
  at_terminal_unref (self->terminal);
  g_free (self);
}
