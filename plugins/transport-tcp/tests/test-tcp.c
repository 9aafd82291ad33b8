/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The TCP transport against listeners on the loopback interface, in the main loop of the test. */
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "amsel-hex.h"
#include "amsel-outbox.h"
#include "tcp-transport.h"
#include "test-clock.h"
#include "transport-probe.h"

#define PATIENCE_US (10 * G_USEC_PER_SEC)

typedef struct
{
  GSocket *listener; /* (owned) */
  GSocket *far;      /* (owned) (nullable): the gateway's end */
  guint16 port;
  TransportProbe *probe;
} Fixture;

/* A listening socket on an address of this host; NULL where it has none of the family. */
static GSocket *
make_listener (GSocketFamily family, gint backlog, guint16 *out_port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);

  if (socket == NULL || !g_socket_bind (socket, address, TRUE, NULL))
    return NULL;
  g_socket_set_listen_backlog (socket, backlog);
  g_socket_set_blocking (socket, FALSE);
  g_assert_true (g_socket_listen (socket, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  *out_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return g_steal_pointer (&socket);
}

static TransportProbe *
make_probe (const gchar *host, guint port)
{
  return transport_probe_new (g_object_new (TCP_TYPE_TRANSPORT, "host", host, "port", port, NULL));
}

static void
accept_far (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&f->far);
  f->far = g_socket_accept (f->listener, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (f->far, FALSE);
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  f->listener = make_listener (G_SOCKET_FAMILY_IPV4, 5, &f->port);
  f->probe = make_probe ("127.0.0.1", f->port);
  transport_probe_open (f->probe, &error);
  g_assert_no_error (error);
  accept_far (f);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  transport_probe_free (f->probe);
  g_clear_object (&f->far);
  g_clear_object (&f->listener);
}

static void
far_write (Fixture *f, const gchar *hex)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (hex, -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      g_socket_send (f->far, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, &error), ==,
      g_bytes_get_size (bytes));
}

static GByteArray *
far_read (Fixture *f, gsize length)
{
  GByteArray *bytes = g_byte_array_new ();
  gchar buffer[1000];
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  while (bytes->len < length)
    {
      gssize n = g_socket_receive (f->far, buffer, sizeof buffer, NULL, NULL);

      if (n > 0)
        g_byte_array_append (bytes, (guint8 *) buffer, (guint) n);
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      transport_probe_settle ();
    }
  return bytes;
}

static void
test_both_ways (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GByteArray) sent = NULL;
  g_autofree gchar *hex = NULL;
  g_autofree gchar *got = NULL;
  AmselLineSettings settings = { 300, 8, AMSEL_PARITY_EVEN, 1 };

  transport_probe_send (f->probe, "105B015C16");
  sent = far_read (f, 5);
  hex = transport_probe_get_hex (sent);
  g_assert_cmpstr (hex, ==, "105B015C16");
  far_write (f, "681F1F68FF00FF");
  transport_probe_wait_received (f->probe, 7);
  got = transport_probe_get_hex (f->probe->received);
  g_assert_cmpstr (got, ==, "681F1F68FF00FF");
  /* the line behind a gateway is the gateway's: any setting is taken */
  g_assert_true (amsel_transport_configure (f->probe->transport, &settings, NULL));
}

static void
test_byte_by_byte (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const gchar *const BYTES[] = { "68", "03", "03", "68", "16" };

  for (guint i = 0; i < G_N_ELEMENTS (BYTES); i++)
    {
      far_write (f, BYTES[i]);
      transport_probe_wait_received (f->probe, i + 1);
    }
  g_assert_cmpstr (f->probe->story->str, ==, "<68 <03 <03 <68 <16");
}

static void
assert_lost (Fixture *f, const gchar *story, const gchar *says)
{
  g_autofree gchar *name = g_strdup_printf ("127.0.0.1:%u", f->port);

  transport_probe_wait_lost (f->probe);
  transport_probe_settle ();
  g_assert_cmpuint (f->probe->n_lost, ==, 1);
  g_assert_cmpstr (f->probe->story->str, ==, story);
  g_assert_error (f->probe->lost, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST);
  g_assert_nonnull (strstr (f->probe->lost->message, name));
  g_assert_nonnull (strstr (f->probe->lost->message, says));
}

static void
test_closed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  far_write (f, "E5");
  g_socket_close (f->far, NULL);
  assert_lost (f, "<E5 lost", "closed the connection");
}

/* the gateway will send no more, though it would still listen */
static void
test_half_open (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_socket_shutdown (f->far, FALSE, TRUE, NULL);
  assert_lost (f, "lost", "closed the connection");
}

static void
test_reset (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (f->far), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (f->far, NULL);
  assert_lost (f, "lost", "broke off");
}

/* the next connection is made by the same transport */
static void
test_opens_again (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_socket_close (f->far, NULL);
  transport_probe_wait_lost (f->probe);
  transport_probe_open (f->probe, &error);
  g_assert_no_error (error);
  accept_far (f);
  far_write (f, "E5");
  transport_probe_wait_received (f->probe, 1);
}

static void
test_slow_reader (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gsize size = 8 * 1024 * 1024;
  g_autofree guint8 *bytes = g_malloc (size);
  g_autoptr (GBytes) all = NULL;
  g_autoptr (GByteArray) got = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (i % 251);
  all = g_bytes_new (bytes, size);
  g_assert_true (amsel_transport_send (f->probe->transport, all, &error));
  g_assert_no_error (error);
  got = far_read (f, size);
  g_assert_cmpmem (got->data, got->len, bytes, size);
}

static void
test_too_much (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree guint8 *bytes = g_malloc0 (AMSEL_OUTBOX_MAX_BYTES / 2);
  g_autoptr (GBytes) part = g_bytes_new (bytes, AMSEL_OUTBOX_MAX_BYTES / 2);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  while (amsel_transport_send (f->probe->transport, part, &error))
    g_assert_cmpuint (++n, <, 6);
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND);
  g_assert_true (amsel_transport_is_open (f->probe->transport));
}

static void
test_paused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_transport_set_paused (f->probe->transport, TRUE);
  far_write (f, "0102");
  for (guint i = 0; i < 100; i++)
    transport_probe_settle ();
  g_assert_cmpuint (f->probe->received->len, ==, 0);
  amsel_transport_set_paused (f->probe->transport, FALSE);
  transport_probe_wait_received (f->probe, 2);
}

/* The socket of the transport: the one of this program that is connected to the port. */
static gint
find_socket (guint16 port)
{
  for (gint fd = 0; fd < 256; fd++)
    {
      struct sockaddr_in peer = { 0 };
      socklen_t length = sizeof peer;

      if (getpeername (fd, (struct sockaddr *) &peer, &length) == 0 && ntohs (peer.sin_port) == port)
        return fd;
    }
  g_assert_not_reached ();
}

static gint
get_option (gint fd, gint level, gint option)
{
  gint value = -1;
  socklen_t length = sizeof value;

  g_assert_cmpint (getsockopt (fd, level, option, &value, &length), ==, 0);
  return value;
}

static void
test_options (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint fd = find_socket (f->port);

  g_assert_cmpint (get_option (fd, IPPROTO_TCP, TCP_NODELAY), !=, 0);
  g_assert_cmpint (get_option (fd, SOL_SOCKET, SO_KEEPALIVE), !=, 0);
  g_assert_cmpint (get_option (fd, IPPROTO_TCP, TCP_KEEPIDLE), ==, 60);
  g_assert_cmpint (get_option (fd, IPPROTO_TCP, TCP_KEEPINTVL), ==, 20);
  g_assert_cmpint (get_option (fd, IPPROTO_TCP, TCP_KEEPCNT), ==, 3);
  g_assert_cmpint (get_option (fd, IPPROTO_TCP, TCP_USER_TIMEOUT), ==, 120 * 1000);
}

static void
test_no_keep_alive (void)
{
  guint16 port;
  g_autoptr (GSocket) listener = make_listener (G_SOCKET_FAMILY_IPV4, 5, &port);
  g_autoptr (TransportProbe) probe = transport_probe_new (
      g_object_new (TCP_TYPE_TRANSPORT, "host", "127.0.0.1", "port", port, "keep-alive", (gint64) 0, NULL));

  g_assert_true (transport_probe_open (probe, NULL));
  g_assert_cmpint (get_option (find_socket (port), SOL_SOCKET, SO_KEEPALIVE), ==, 0);
}

static void
test_ipv6 (void)
{
  static const gchar *const HOSTS[] = { "::1", "[::1]" };
  guint16 port;
  g_autoptr (GSocket) listener = make_listener (G_SOCKET_FAMILY_IPV6, 5, &port);

  if (listener == NULL)
    {
      g_test_skip ("this machine has no IPv6");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (HOSTS); i++)
    {
      g_autoptr (TransportProbe) probe = make_probe (HOSTS[i], port);
      g_autoptr (GError) error = NULL;

      transport_probe_open (probe, &error);
      g_assert_no_error (error);
    }
}

/* a name may have addresses of both families, and the listener may be on one of them */
static void
test_name (void)
{
  guint16 port;
  g_autoptr (GSocket) listener = make_listener (G_SOCKET_FAMILY_IPV4, 5, &port);
  g_autoptr (TransportProbe) probe = make_probe ("localhost", port);
  g_autoptr (GError) error = NULL;

  transport_probe_open (probe, &error);
  g_assert_no_error (error);
}

static void
assert_cannot_open (const gchar *host, guint port, const gchar *says)
{
  g_autoptr (TransportProbe) probe = make_probe (host, port);
  g_autoptr (GError) error = NULL;

  g_assert_false (transport_probe_open (probe, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN);
  g_assert_nonnull (strstr (error->message, says));
  g_assert_cmpuint (probe->n_lost, ==, 0);
}

static void
test_cannot_open (void)
{
  guint16 port;
  g_autoptr (GSocket) listener = make_listener (G_SOCKET_FAMILY_IPV4, 5, &port);
  g_autofree gchar *place = g_strdup_printf ("127.0.0.1:%u: the connection was refused", port);

  g_socket_close (listener, NULL);
  assert_cannot_open ("127.0.0.1", port, place);
  assert_cannot_open (NULL, 1, "has no host");
  assert_cannot_open ("", 1, "has no host");
  assert_cannot_open ("no such name", 1, "no such name:1: ");
}

/* ---- attempts that do not come to an end ---- */

/* A listener that is full: the system answers no further attempt. */
typedef struct
{
  GSocket *listener;   /* (owned) */
  GSocket *fillers[8]; /* (owned) */
  TestClock *clock;    /* (owned) */
  TransportProbe *probe;
} Silent;

static void
set_up_silent (Silent *s, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port;

  s->listener = make_listener (G_SOCKET_FAMILY_IPV4, 0, &port);
  for (guint i = 0; i < G_N_ELEMENTS (s->fillers); i++)
    {
      g_autoptr (GSocketAddress) address = g_socket_get_local_address (s->listener, NULL);

      s->fillers[i] =
          g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
      g_socket_set_blocking (s->fillers[i], FALSE);
      g_socket_connect (s->fillers[i], address, NULL, NULL);
    }
  s->clock = test_clock_new (0);
  s->probe = make_probe ("127.0.0.1", port);
  amsel_transport_set_clock (s->probe->transport, AMSEL_CLOCK (s->clock));
}

static void
tear_down_silent (Silent *s, gconstpointer data G_GNUC_UNUSED)
{
  transport_probe_free (s->probe);
  g_object_unref (s->clock);
  for (guint i = 0; i < G_N_ELEMENTS (s->fillers); i++)
    g_object_unref (s->fillers[i]);
  g_object_unref (s->listener);
}

typedef struct
{
  guint done;
  GError *error; /* (owned) (nullable) */
} Outcome;

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, &outcome->error));
  outcome->done++;
}

static void
test_timeout (Silent *s, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome = { 0 };

  amsel_transport_open_async (s->probe->transport, NULL, on_opened, &outcome);
  test_clock_advance (s->clock, 9 * G_USEC_PER_SEC);
  g_assert_cmpuint (outcome.done, ==, 0);
  test_clock_advance (s->clock, 1 * G_USEC_PER_SEC);
  transport_probe_wait (&outcome.done);
  g_assert_error (outcome.error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN);
  g_assert_nonnull (strstr (outcome.error->message, "no connection within 10s"));
  g_clear_error (&outcome.error);
}

static void
test_closed_while_opening (Silent *s, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome = { 0 };
  Outcome second = { 0 };

  amsel_transport_open_async (s->probe->transport, NULL, on_opened, &outcome);
  transport_probe_settle ();
  amsel_transport_close (s->probe->transport);
  /* the first attempt has not ended yet */
  amsel_transport_open_async (s->probe->transport, NULL, on_opened, &second);
  transport_probe_wait (&second.done);
  g_assert_error (second.error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_BUSY);
  transport_probe_wait (&outcome.done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome.error);
  g_clear_error (&second.error);
  g_assert_cmpuint (s->probe->n_lost, ==, 0);
}

static void
test_cancelled (Silent *s, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { 0 };

  amsel_transport_open_async (s->probe->transport, cancellable, on_opened, &outcome);
  transport_probe_settle ();
  g_cancellable_cancel (cancellable);
  transport_probe_wait (&outcome.done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome.error);
}

static void
test_properties (void)
{
  g_autoptr (AmselTransport) transport =
      g_object_new (TCP_TYPE_TRANSPORT, "host", "h", "port", 2, "connect-timeout", (gint64) 1000000,
                    "keep-alive", (gint64) 5, "latency", (gint64) 7, NULL);
  g_autoptr (AmselTransport) fresh = g_object_new (TCP_TYPE_TRANSPORT, NULL);
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (transport), &n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (fresh), specs[i]->name, g_value_init (&value, specs[i]->value_type));
      g_assert_true (g_param_value_defaults (specs[i], &value));
      g_object_get_property (G_OBJECT (transport), specs[i]->name, &value);
      if (specs[i]->owner_type == TCP_TYPE_TRANSPORT)
        g_assert_false (g_param_value_defaults (specs[i], &value));
    }
  g_assert_cmpint (amsel_transport_get_latency_us (transport), ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/transport-tcp/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("both-ways", test_both_ways);
  ADD ("byte-by-byte", test_byte_by_byte);
  ADD ("closed", test_closed);
  ADD ("half-open", test_half_open);
  ADD ("reset", test_reset);
  ADD ("opens-again", test_opens_again);
  ADD ("slow-reader", test_slow_reader);
  ADD ("too-much", test_too_much);
  ADD ("paused", test_paused);
  ADD ("options", test_options);
#undef ADD
#define ADD(name, function)                                                                                  \
  g_test_add ("/transport-tcp/" name, Silent, NULL, set_up_silent, function, tear_down_silent)
  ADD ("timeout", test_timeout);
  ADD ("closed-while-opening", test_closed_while_opening);
  ADD ("cancelled", test_cancelled);
#undef ADD
  g_test_add_func ("/transport-tcp/no-keep-alive", test_no_keep_alive);
  g_test_add_func ("/transport-tcp/ipv6", test_ipv6);
  g_test_add_func ("/transport-tcp/name", test_name);
  g_test_add_func ("/transport-tcp/cannot-open", test_cannot_open);
  g_test_add_func ("/transport-tcp/properties", test_properties);
  return g_test_run ();
}
