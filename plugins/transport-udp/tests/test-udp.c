/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The UDP transport on the loopback interface, in the main loop of the test. */
#include <gio/gio.h>

#include "transport-probe.h"
#include "udp-transport.h"

typedef struct
{
  TransportProbe *probe;
  UdpTransport *transport; /* (unowned) */
  GSocket *sender;         /* (owned) */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = NULL;

  f->transport = g_object_new (UDP_TYPE_TRANSPORT, "lines", data != NULL, NULL);
  f->probe = transport_probe_new (AMSEL_TRANSPORT (f->transport));
  transport_probe_open (f->probe, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (udp_transport_get_bound_port (f->transport), >, 0);
  address = g_inet_socket_address_new (loopback, (guint16) udp_transport_get_bound_port (f->transport));
  f->sender = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_connect (f->sender, address, NULL, &error));
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&f->sender);
  transport_probe_free (f->probe);
}

static void
send_datagram (Fixture *f, const gchar *data, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_socket_send (f->sender, data, length, NULL, &error), ==, (gssize) length);
  g_assert_no_error (error);
}

/* datagrams come as they were sent, and an empty one is nothing */
static void
test_binary (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  send_datagram (f, "\x14\x44\n", 3);
  send_datagram (f, "", 0);
  send_datagram (f, "\x00", 1);
  transport_probe_wait_received (f->probe, 4);
  g_assert_cmpstr (f->probe->story->str, ==, "<14440A <00");
}

/* a line without an end gets one */
static void
test_lines (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  send_datagram (f, "ab", 2);
  send_datagram (f, "cd\n", 3);
  transport_probe_wait_received (f->probe, 6);
  g_assert_cmpmem (f->probe->received->data, f->probe->received->len, "ab\ncd\n", 6);
}

/* more than one turn takes, and the largest that there is */
static void
test_many (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *large = g_strnfill (65507, 'x');

  for (guint i = 0; i < 200; i++)
    {
      send_datagram (f, "0123456789", 10);
      if (i % 50 == 49)
        transport_probe_wait_received (f->probe, (i + 1) * 10);
    }
  send_datagram (f, large, 65507);
  transport_probe_wait_received (f->probe, 2000 + 65507);
  g_assert_cmpuint (f->probe->n_received, ==, 201);
}

static void
test_paused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_transport_set_paused (AMSEL_TRANSPORT (f->transport), TRUE);
  send_datagram (f, "a", 1);
  transport_probe_settle ();
  g_assert_cmpuint (f->probe->received->len, ==, 0);
  amsel_transport_set_paused (AMSEL_TRANSPORT (f->transport), FALSE);
  transport_probe_wait_received (f->probe, 1);
}

static void
test_send (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a", 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (amsel_transport_send (AMSEL_TRANSPORT (f->transport), bytes, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND);
}

static void
assert_refused (const gchar *address, guint port, AmselTransportError code)
{
  g_autoptr (TransportProbe) probe =
      transport_probe_new (g_object_new (UDP_TYPE_TRANSPORT, "address", address, "port", port, NULL));
  g_autoptr (GError) error = NULL;

  g_assert_false (transport_probe_open (probe, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, address));
}

static void
test_refused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  assert_refused ("127.0.0.1", udp_transport_get_bound_port (f->transport), AMSEL_TRANSPORT_ERROR_BUSY);
  assert_refused ("nowhere", 9000, AMSEL_TRANSPORT_ERROR_OPEN);
}

#define ADD(path, data, test) g_test_add (path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/udp/binary", NULL, test_binary);
  ADD ("/udp/lines", "lines", test_lines);
  ADD ("/udp/many", NULL, test_many);
  ADD ("/udp/paused", NULL, test_paused);
  ADD ("/udp/send", NULL, test_send);
  ADD ("/udp/refused", NULL, test_refused);
  return g_test_run ();
}
