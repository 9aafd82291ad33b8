/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transport over a TCP connection that it opens, to a gateway with a line behind it.
 *
 * GSocketClient resolves the name and tries all addresses of both families, a quarter of a second apart (RFC
 * 8305). A gateway that is switched off says nothing; the keep-alive probes find that out. */
#include "tcp-transport.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#define READ_BYTES 4096
/* Probes without answer after which the system gives the connection up. */
#define KEEP_ALIVE_PROBES 3

#define CONNECT_TIMEOUT_DEFAULT_US (10 * G_USEC_PER_SEC)
#define KEEP_ALIVE_DEFAULT_US      (60 * G_USEC_PER_SEC)
#define LATENCY_DEFAULT_US         (200 * 1000)

struct _TcpTransport
{
  AmselTransport parent_instance;

  /* settings */
  gchar *host; /* (owned) (nullable) */
  guint port;
  gint64 connect_timeout_us;
  gint64 keep_alive_us;
  gint64 latency_us;

  gchar *name;           /* (owned) (nullable): host and port as messages give them */
  GCancellable *opening; /* (owned) (nullable): while it connects */

  /* while it is open */
  GSocketConnection *connection; /* (owned) (nullable) */
  GSource *read_source;          /* (owned) (nullable) */
  GSource *write_source;         /* (owned) (nullable): while something waits to be written */
  AmselOutbox outbox;
};

G_DEFINE_FINAL_TYPE (TcpTransport, tcp_transport, AMSEL_TYPE_TRANSPORT)

typedef enum
{
  PROP_HOST = 1,
  PROP_PORT,
  PROP_CONNECT_TIMEOUT,
  PROP_KEEP_ALIVE,
  PROP_LATENCY,
} TcpTransportProperty;

static GParamSpec *properties[PROP_LATENCY + 1];

/* One attempt to connect. */
typedef struct
{
  GCancellable *cancellable; /* (owned) */
  GCancellable *user;        /* (owned) (nullable): the caller's */
  gulong user_handler;       /* of user */
  GSource *deadline;         /* (owned) (nullable) */
  gboolean has_timed_out;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  amsel_clock_clear_alarm (&attempt->deadline);
  if (attempt->user != NULL)
    g_cancellable_disconnect (attempt->user, attempt->user_handler);
  g_clear_object (&attempt->user);
  g_object_unref (attempt->cancellable);
  g_free (attempt);
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSocket *
get_socket (TcpTransport *self)
{
  return g_socket_connection_get_socket (self->connection);
}

static void
lose (TcpTransport *self, const gchar *what)
{
  g_autoptr (GError) error =
      g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "%s: %s", self->name, what);

  amsel_transport_lost (AMSEL_TRANSPORT (self), error);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  g_autoptr (TcpTransport) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) data = NULL;
  gchar buffer[READ_BYTES];
  gssize n = g_socket_receive_with_blocking (socket, buffer, sizeof buffer, FALSE, NULL, &error);

  if (n > 0)
    {
      data = g_bytes_new (buffer, (gsize) n);
      amsel_transport_received (AMSEL_TRANSPORT (self), data);
    }
  else if (n == 0)
    lose (self, "the gateway closed the connection");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    lose (self, "the gateway broke off the connection");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    lose (self, "the gateway does not answer any more");
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    lose (self, error->message);
  return G_SOURCE_CONTINUE; /* where the loss closed the connection, the source is destroyed already */
}

/* While paused, TCP itself holds the gateway back; a reset is still seen. */
static void
watch (TcpTransport *self, gboolean paused)
{
  clear_source (&self->read_source);
  self->read_source = g_socket_create_source (get_socket (self), (paused ? 0 : G_IO_IN) | G_IO_ERR, NULL);
  g_source_set_static_name (self->read_source, "tcp-read");
  g_source_set_callback (self->read_source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->read_source, g_main_context_get_thread_default ());
}

static gboolean write_some (TcpTransport *self, GError **error);

static gboolean
on_writable (GSocket *socket G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  g_autoptr (TcpTransport) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;

  if (!write_some (self, &error))
    amsel_transport_lost (AMSEL_TRANSPORT (self), error);
  return G_SOURCE_CONTINUE;
}

static void
watch_writable (TcpTransport *self, gboolean wanted)
{
  if (!wanted)
    clear_source (&self->write_source);
  if (!wanted || self->write_source != NULL)
    return;
  self->write_source = g_socket_create_source (get_socket (self), G_IO_OUT, NULL);
  g_source_set_static_name (self->write_source, "tcp-write");
  g_source_set_callback (self->write_source, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_attach (self->write_source, g_main_context_get_thread_default ());
}

static gboolean
write_some (TcpTransport *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize length;
  const gchar *data = (const gchar *) amsel_outbox_peek (&self->outbox, &length);
  gssize n = 0;

  if (length > 0)
    n = g_socket_send_with_blocking (get_socket (self), data, length, FALSE, NULL, &local);
  if (n < 0 && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND, "%s: cannot send: %s",
                   self->name, local->message);
      return FALSE;
    }
  n = MAX (n, 0);
  amsel_outbox_remove (&self->outbox, (gsize) n);
  watch_writable (self, length > (gsize) n);
  return TRUE;
}

/* Options that a system lacks are no reason to have no connection. */
static void
set_up_socket (TcpTransport *self)
{
  GSocket *socket = get_socket (self);
  gint interval_s = (gint) MAX (self->keep_alive_us / G_USEC_PER_SEC / KEEP_ALIVE_PROBES, 1);
  gint idle_s = (gint) MAX (self->keep_alive_us / G_USEC_PER_SEC, 1);

  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_keepalive (socket, self->keep_alive_us > 0);
  if (self->keep_alive_us == 0)
    return;
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, idle_s, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, interval_s, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, KEEP_ALIVE_PROBES, NULL);
  /* the probes wait while sent bytes are not confirmed: this is the limit for those */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT,
                       (idle_s + KEEP_ALIVE_PROBES * interval_s) * 1000, NULL);
}

static GError *
describe_failure (TcpTransport *self, const Attempt *attempt, const GError *error)
{
  g_autofree gchar *timeout = amsel_duration_to_string (self->connect_timeout_us);

  if (attempt->has_timed_out)
    return g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN, "%s: no connection within %s",
                        self->name, timeout);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_error_new (
        AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN,
        "%s: the connection was refused: nothing listens there, or the gateway serves another client",
        self->name);
  return g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN, "%s: %s", self->name,
                      error->message);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TcpTransport *self = g_task_get_source_object (task);
  Attempt *attempt = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  amsel_clock_clear_alarm (&attempt->deadline);
  g_clear_object (&self->opening);
  if (connection != NULL && g_cancellable_set_error_if_cancelled (attempt->cancellable, &error))
    g_clear_object (&connection);
  if (connection == NULL)
    {
      g_task_return_error (task, describe_failure (self, attempt, error));
      return;
    }
  self->connection = g_steal_pointer (&connection);
  set_up_socket (self);
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_deadline (gpointer user_data)
{
  Attempt *attempt = user_data;

  amsel_clock_clear_alarm (&attempt->deadline);
  attempt->has_timed_out = TRUE;
  g_cancellable_cancel (attempt->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_user_cancelled (GCancellable *user G_GNUC_UNUSED, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* The caller's cancellable, a close and the deadline all end the one attempt. */
static Attempt *
attempt_new (TcpTransport *self, GCancellable *user)
{
  AmselClock *clock = amsel_transport_get_clock (AMSEL_TRANSPORT (self));
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->cancellable = g_cancellable_new ();
  if (user != NULL)
    {
      attempt->user = g_object_ref (user);
      attempt->user_handler =
          g_cancellable_connect (user, G_CALLBACK (on_user_cancelled), attempt->cancellable, NULL);
    }
  attempt->deadline = amsel_clock_add_alarm (
      clock, amsel_clock_get_monotonic_us (clock) + self->connect_timeout_us, on_deadline, attempt);
  return attempt;
}

/* The host as the system wants it: an IPv6 address may stand in brackets, as in a URL. */
static gchar *
get_bare_host (TcpTransport *self)
{
  gsize length = strlen (self->host);

  if (length > 2 && self->host[0] == '[' && self->host[length - 1] == ']')
    return g_strndup (self->host + 1, length - 2);
  return g_strdup (self->host);
}

static void
tcp_transport_open_async (AmselTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  TcpTransport *self = TCP_TRANSPORT (transport);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = NULL;
  g_autofree gchar *host = NULL;
  Attempt *attempt;

  g_task_set_source_tag (task, tcp_transport_open_async);
  if (self->host == NULL || *self->host == '\0')
    {
      g_task_return_new_error (task, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN,
                               "the TCP connection has no host");
      return;
    }
  host = get_bare_host (self);
  g_free (self->name);
  self->name = g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, self->port);
  attempt = attempt_new (self, cancellable);
  g_task_set_task_data (task, attempt, (GDestroyNotify) attempt_free);
  g_set_object (&self->opening, attempt->cancellable);
  address = g_network_address_new (host, (guint16) self->port);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, address, attempt->cancellable, on_connected,
                                 g_steal_pointer (&task));
}

static void
tcp_transport_close (AmselTransport *transport)
{
  TcpTransport *self = TCP_TRANSPORT (transport);

  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  clear_source (&self->read_source);
  clear_source (&self->write_source);
  amsel_outbox_clear (&self->outbox);
  if (self->connection != NULL)
    g_socket_close (get_socket (self), NULL);
  g_clear_object (&self->connection);
}

static void
tcp_transport_start (AmselTransport *transport)
{
  watch (TCP_TRANSPORT (transport), amsel_transport_get_paused (transport));
}

static void
tcp_transport_set_paused (AmselTransport *transport, gboolean paused)
{
  watch (TCP_TRANSPORT (transport), paused);
}

static gboolean
tcp_transport_send (AmselTransport *transport, GBytes *data, GError **error)
{
  TcpTransport *self = TCP_TRANSPORT (transport);

  if (!amsel_outbox_add (&self->outbox, data))
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND,
                   "%s: cannot send: too many bytes wait for the gateway already", self->name);
      return FALSE;
    }
  return write_some (self, error);
}

static gint64
tcp_transport_get_latency_us (AmselTransport *transport)
{
  return TCP_TRANSPORT (transport)->latency_us;
}

/* What waits here. What the gateway has not confirmed is not counted: on a slow network that comes late. */
static gsize
tcp_transport_get_unsent (AmselTransport *transport)
{
  TcpTransport *self = TCP_TRANSPORT (transport);
  gsize waiting;

  amsel_outbox_peek (&self->outbox, &waiting);
  return waiting;
}

static void
tcp_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TcpTransport *self = TCP_TRANSPORT (object);

  switch ((TcpTransportProperty) id)
    {
    case PROP_HOST:
      g_value_set_string (value, self->host);
      break;
    case PROP_PORT:
      g_value_set_uint (value, self->port);
      break;
    case PROP_CONNECT_TIMEOUT:
      g_value_set_int64 (value, self->connect_timeout_us);
      break;
    case PROP_KEEP_ALIVE:
      g_value_set_int64 (value, self->keep_alive_us);
      break;
    case PROP_LATENCY:
      g_value_set_int64 (value, self->latency_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tcp_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TcpTransport *self = TCP_TRANSPORT (object);

  switch ((TcpTransportProperty) id)
    {
    case PROP_HOST:
      amsel_param_set_string (&self->host, value);
      break;
    case PROP_PORT:
      self->port = g_value_get_uint (value);
      break;
    case PROP_CONNECT_TIMEOUT:
      self->connect_timeout_us = g_value_get_int64 (value);
      break;
    case PROP_KEEP_ALIVE:
      self->keep_alive_us = g_value_get_int64 (value);
      break;
    case PROP_LATENCY:
      self->latency_us = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tcp_transport_finalize (GObject *object)
{
  TcpTransport *self = TCP_TRANSPORT (object);

  g_free (self->host);
  g_free (self->name);
  G_OBJECT_CLASS (tcp_transport_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  properties[PROP_HOST] =
      g_param_spec_string ("host", "host", "Name or address of the gateway, IPv4 or IPv6.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_PORT] = g_param_spec_uint ("port", "port", "TCP port of the gateway.", 1, G_MAXUINT16, 1,
                                             AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_CONNECT_TIMEOUT] = amsel_param_spec_duration (
      "connect-timeout", "How long to wait for the connection.", G_USEC_PER_SEC / 10, 600 * G_USEC_PER_SEC,
      CONNECT_TIMEOUT_DEFAULT_US, AMSEL_PARAM_SETTING);
  properties[PROP_KEEP_ALIVE] = amsel_param_spec_duration (
      "keep-alive",
      "Silence after which the gateway is probed; it counts as gone when it has been silent for "
      "twice as long. 0 never probes.",
      0, G_GINT64_CONSTANT (7200) * G_USEC_PER_SEC, KEEP_ALIVE_DEFAULT_US, AMSEL_PARAM_SETTING);
  properties[PROP_LATENCY] =
      amsel_param_spec_duration ("latency", "What gateway and network may add to the time of an answer.", 0,
                                 60 * G_USEC_PER_SEC, LATENCY_DEFAULT_US, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
tcp_transport_class_init (TcpTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  object_class->get_property = tcp_transport_get_property;
  object_class->set_property = tcp_transport_set_property;
  object_class->finalize = tcp_transport_finalize;
  transport_class->open_async = tcp_transport_open_async;
  transport_class->close = tcp_transport_close;
  transport_class->start = tcp_transport_start;
  transport_class->set_paused = tcp_transport_set_paused;
  transport_class->send = tcp_transport_send;
  transport_class->get_latency_us = tcp_transport_get_latency_us;
  transport_class->get_unsent = tcp_transport_get_unsent;
  install_properties (object_class);
}

static void
tcp_transport_init (TcpTransport *self)
{
  self->port = 1;
  self->connect_timeout_us = CONNECT_TIMEOUT_DEFAULT_US;
  self->keep_alive_us = KEEP_ALIVE_DEFAULT_US;
  self->latency_us = LATENCY_DEFAULT_US;
}
