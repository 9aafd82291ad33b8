/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A UDP port to which thin receivers forward what they hear.
 *
 * Each datagram is one portion of bytes. Where datagrams are lines of text, the end of a line is added to
 * those that have none, so that a telegram does not wait for the next one. Nothing is sent: whoever forwards
 * wants no answer. */
#include "udp-transport.h"

#include <gio/gio.h>

/* Largest datagram of IPv4 and IPv6. */
#define DATAGRAM_MAX 65535

/* Datagrams that are taken before others have their turn. */
#define BURST 64

#define LOOPBACK "127.0.0.1"

struct _UdpTransport
{
  AmselTransport parent_instance;

  gchar *address; /* (owned) */
  guint port;
  gboolean lines;

  GSocket *socket; /* (owned) (nullable) */
  GSource *source; /* (owned) (nullable): waits for datagrams */
};

G_DEFINE_FINAL_TYPE (UdpTransport, udp_transport, AMSEL_TYPE_TRANSPORT)

typedef enum
{
  PROP_ADDRESS = 1,
  PROP_PORT,
  PROP_LINES,
} UdpTransportProperty;

static GParamSpec *properties[PROP_LINES + 1];

static void
unwatch (UdpTransport *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
deliver (UdpTransport *self, const gchar *data, gsize length)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new ((guint) length + 1);
  g_autoptr (GBytes) portion = NULL;

  g_byte_array_append (bytes, (const guint8 *) data, (guint) length);
  if (self->lines && data[length - 1] != '\n')
    g_byte_array_append (bytes, (const guint8 *) "\n", 1);
  portion = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  amsel_transport_received (AMSEL_TRANSPORT (self), portion);
}

/* An error of a datagram socket is about one datagram; the socket itself goes on. */
static gboolean
on_readable (GSocket *socket, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  g_autoptr (UdpTransport) self = g_object_ref (user_data);
  g_autofree gchar *buffer = g_malloc (DATAGRAM_MAX);

  for (guint i = 0; i < BURST && self->source != NULL; i++)
    {
      gssize n = g_socket_receive_with_blocking (socket, buffer, DATAGRAM_MAX, FALSE, NULL, NULL);

      if (n < 0)
        break;
      if (n > 0)
        deliver (self, buffer, (gsize) n);
    }
  return self->source != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
udp_transport_set_paused (AmselTransport *transport, gboolean paused)
{
  UdpTransport *self = UDP_TRANSPORT (transport);

  unwatch (self);
  if (paused || self->socket == NULL)
    return;
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static void
udp_transport_start (AmselTransport *transport)
{
  udp_transport_set_paused (transport, amsel_transport_get_paused (transport));
}

static gboolean
udp_transport_open (AmselTransport *transport, GError **error)
{
  UdpTransport *self = UDP_TRANSPORT (transport);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (self->address, self->port);
  g_autoptr (GError) local = NULL;

  if (address == NULL)
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN,
                   "“%s” is no address; expected one of this machine, such as " LOOPBACK, self->address);
      return FALSE;
    }
  self->socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_DATAGRAM,
                               G_SOCKET_PROTOCOL_UDP, &local);
  if (self->socket != NULL && g_socket_bind (self->socket, address, FALSE, &local))
    return TRUE;
  g_clear_object (&self->socket);
  g_set_error (error, AMSEL_TRANSPORT_ERROR,
               g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ? AMSEL_TRANSPORT_ERROR_BUSY
                                                                              : AMSEL_TRANSPORT_ERROR_OPEN,
               "UDP port %u of %s: %s", self->port, self->address, local->message);
  return FALSE;
}

static void
udp_transport_close (AmselTransport *transport)
{
  UdpTransport *self = UDP_TRANSPORT (transport);

  unwatch (self);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
}

static gboolean
udp_transport_is_whole (AmselTransport *transport G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
udp_transport_send (AmselTransport *transport, GBytes *data G_GNUC_UNUSED, GError **error)
{
  UdpTransport *self = UDP_TRANSPORT (transport);

  g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND,
               "UDP port %u only listens: there is nobody to send to", self->port);
  return FALSE;
}

guint
udp_transport_get_bound_port (UdpTransport *self)
{
  g_autoptr (GSocketAddress) address =
      self->socket != NULL ? g_socket_get_local_address (self->socket, NULL) : NULL;

  return address != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

static void
udp_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UdpTransport *self = UDP_TRANSPORT (object);

  switch ((UdpTransportProperty) id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_PORT:
      g_value_set_uint (value, self->port);
      break;
    case PROP_LINES:
      g_value_set_boolean (value, self->lines);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
udp_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UdpTransport *self = UDP_TRANSPORT (object);

  switch ((UdpTransportProperty) id)
    {
    case PROP_ADDRESS:
      amsel_param_set_string (&self->address, value);
      break;
    case PROP_PORT:
      self->port = g_value_get_uint (value);
      break;
    case PROP_LINES:
      self->lines = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
udp_transport_finalize (GObject *object)
{
  g_free (UDP_TRANSPORT (object)->address);
  G_OBJECT_CLASS (udp_transport_parent_class)->finalize (object);
}

static void
udp_transport_class_init (UdpTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  object_class->get_property = udp_transport_get_property;
  object_class->set_property = udp_transport_set_property;
  object_class->finalize = udp_transport_finalize;
  transport_class->open = udp_transport_open;
  transport_class->close = udp_transport_close;
  transport_class->start = udp_transport_start;
  transport_class->set_paused = udp_transport_set_paused;
  transport_class->send = udp_transport_send;
  transport_class->is_whole = udp_transport_is_whole;

  properties[PROP_ADDRESS] = g_param_spec_string (
      "address", "address",
      "Address of this machine that is listened at; 0.0.0.0 and :: are all of them, for receivers elsewhere.",
      LOOPBACK, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_PORT] =
      g_param_spec_uint ("port", "port", "UDP port that is listened at; 0 for any that is free.", 0,
                         G_MAXUINT16, 0, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_LINES] = g_param_spec_boolean (
      "lines", "lines", "Whether datagrams are lines of text, which end with the datagram.", FALSE,
      AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
udp_transport_init (UdpTransport *self G_GNUC_UNUSED)
{
}
