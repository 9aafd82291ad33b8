/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gives a simulator a port that other programs can open.
 *
 * A host is a mere pipe: time, baud rates and damage are the simulator's business. The TCP port is that of a
 * transparent gateway, so it has one client at a time and the next one waits; it is bound to this machine
 * alone, since there is no reason for a simulated meter to be seen from elsewhere. Where a simulator has both
 * ports, whoever spoke last gets the answers, and both get what is sent before anybody has spoken. */
#include "amsel-simulator-host.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "amsel-error.h"
#include "amsel-pty.h"

#define READ_SIZE 4096
#define PORT_MAX  65535

typedef enum
{
  ASKER_NONE,
  ASKER_PTY,
  ASKER_TCP,
} Asker;

struct _AmselSimulatorHost
{
  GObject parent_instance;

  AmselSimulator *simulator; /* (owned) */
  gulong output_id;
  Asker asker;
  AmselPty *pty;           /* (owned) (nullable) */
  GSocketService *service; /* (owned) (nullable) */
  guint port;
  GSocketConnection *client; /* (owned) (nullable) */
  GSource *client_source;    /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (AmselSimulatorHost, amsel_simulator_host, G_TYPE_OBJECT)

static void
drop_client (AmselSimulatorHost *self)
{
  if (self->client_source != NULL)
    g_source_destroy (self->client_source);
  g_clear_pointer (&self->client_source, g_source_unref);
  if (self->client != NULL)
    g_io_stream_close (G_IO_STREAM (self->client), NULL, NULL);
  g_clear_object (&self->client);
}

static void
on_output (AmselSimulatorHost *self, GBytes *data, GBytes *damage G_GNUC_UNUSED)
{
  gsize length;
  const gchar *bytes = g_bytes_get_data (data, &length);

  /* what nobody asked for is for everybody */
  if (self->asker != ASKER_TCP && self->pty != NULL)
    amsel_pty_send (self->pty, data);
  /* a client that takes nothing loses it, like the master of a full gateway */
  if (self->asker != ASKER_PTY && self->client != NULL)
    g_socket_send_with_blocking (g_socket_connection_get_socket (self->client), bytes, length, FALSE, NULL,
                                 NULL);
}

static void
receive (AmselSimulatorHost *self, Asker asker, GBytes *data, guint baud)
{
  AmselLineSettings settings;

  amsel_simulator_get_settings (self->simulator, &settings);
  if (baud != 0)
    settings.baud = baud;
  self->asker = asker;
  amsel_simulator_configure (self->simulator, &settings);
  amsel_simulator_receive (self->simulator, data);
}

static void
on_pty_received (GBytes *data, guint baud, gpointer user_data)
{
  receive (user_data, ASKER_PTY, data, baud);
}

static gboolean
on_client_readable (GSocket *socket, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  AmselSimulatorHost *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) data = NULL;
  gchar buffer[READ_SIZE];
  gssize n = g_socket_receive_with_blocking (socket, buffer, sizeof buffer, FALSE, NULL, &error);

  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      drop_client (self);
      g_socket_service_start (self->service);
      return G_SOURCE_REMOVE;
    }
  data = g_bytes_new (buffer, (gsize) n);
  receive (self, ASKER_TCP, data, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_incoming (AmselSimulatorHost *self, GSocketConnection *connection, GObject *source G_GNUC_UNUSED)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  if (self->client != NULL)
    {
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      return TRUE;
    }
  g_socket_service_stop (self->service);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  self->client = g_object_ref (connection);
  self->client_source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (self->client_source, G_SOURCE_FUNC (on_client_readable), self, NULL);
  g_source_attach (self->client_source, g_main_context_get_thread_default ());
  return TRUE;
}

/**
 * amsel_simulator_host_new:
 * @simulator: a simulator with its devices
 *
 * Returns: (transfer full): a host without ports
 */
AmselSimulatorHost *
amsel_simulator_host_new (AmselSimulator *simulator)
{
  AmselSimulatorHost *self = g_object_new (AMSEL_TYPE_SIMULATOR_HOST, NULL);

  self->simulator = g_object_ref (simulator);
  self->output_id = g_signal_connect_swapped (simulator, "output", G_CALLBACK (on_output), self);
  return self;
}

/**
 * amsel_simulator_host_open_pty:
 * @self: a host without a pseudo-terminal
 * @link: (nullable): path of a link to it, removed when the host closes; a link that leads nowhere or to a
 * pseudo-terminal is replaced, anything else that stands there is left
 * @error: return location for an #AmselTransportError
 *
 * Opens a raw pseudo-terminal in the main context of the caller.
 *
 * Returns: whether it can be opened by others now
 */
gboolean
amsel_simulator_host_open_pty (AmselSimulatorHost *self, const gchar *link, GError **error)
{
  AmselLineSettings settings;

  g_return_val_if_fail (self->pty == NULL, FALSE);
  amsel_simulator_get_settings (self->simulator, &settings);
  self->pty = amsel_pty_new (link, settings.baud, on_pty_received, self, error);
  if (self->pty == NULL)
    return FALSE;
  amsel_simulator_start (self->simulator);
  return TRUE;
}

/**
 * amsel_simulator_host_open_tcp:
 * @self: a host without a TCP port
 * @port: number of the port on 127.0.0.1; 0 for any that is free
 * @error: return location for an #AmselTransportError
 *
 * Listens in the main context of the caller.
 *
 * Returns: whether others can connect now
 */
gboolean
amsel_simulator_host_open_tcp (AmselSimulatorHost *self, guint port, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (self->service == NULL, FALSE);
  g_return_val_if_fail (port <= PORT_MAX, FALSE);
  address = g_inet_socket_address_new (loopback, (guint16) port);
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (service), 8);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &effective, &local))
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN, "TCP port %u of 127.0.0.1: %s",
                   port, local->message);
      return FALSE;
    }
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  self->service = g_steal_pointer (&service);
  g_signal_connect_swapped (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  amsel_simulator_start (self->simulator);
  return TRUE;
}

/**
 * amsel_simulator_host_close:
 * @self: a host
 *
 * Closes the ports and removes the link.
 */
void
amsel_simulator_host_close (AmselSimulatorHost *self)
{
  drop_client (self);
  if (self->service != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->service, self);
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
    }
  g_clear_object (&self->service);
  g_clear_pointer (&self->pty, amsel_pty_free);
  self->port = 0;
  self->asker = ASKER_NONE;
}

/**
 * amsel_simulator_host_get_pty_name:
 * @self: a host
 *
 * Returns: (nullable): the device to open, such as `/dev/pts/5`; %NULL where there is none
 */
const gchar *
amsel_simulator_host_get_pty_name (AmselSimulatorHost *self)
{
  return self->pty != NULL ? amsel_pty_get_name (self->pty) : NULL;
}

/**
 * amsel_simulator_host_get_tcp_port:
 * @self: a host
 *
 * Returns: the TCP port; 0 where there is none
 */
guint
amsel_simulator_host_get_tcp_port (AmselSimulatorHost *self)
{
  return self->port;
}

static void
amsel_simulator_host_dispose (GObject *object)
{
  AmselSimulatorHost *self = AMSEL_SIMULATOR_HOST (object);

  amsel_simulator_host_close (self);
  if (self->simulator != NULL)
    g_clear_signal_handler (&self->output_id, self->simulator);
  g_clear_object (&self->simulator);
  G_OBJECT_CLASS (amsel_simulator_host_parent_class)->dispose (object);
}

static void
amsel_simulator_host_class_init (AmselSimulatorHostClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = amsel_simulator_host_dispose;
}

static void
amsel_simulator_host_init (AmselSimulatorHost *self G_GNUC_UNUSED)
{
}
