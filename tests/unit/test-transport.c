/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The base class of transports, by a transport that does what the test says. */
#include <glib/gstdio.h>

#include "amsel-error.h"
#include "amsel-outbox.h"
#include "test-clock.h"
#include "transport-probe.h"

#define FAKE_TYPE_TRANSPORT (fake_transport_get_type ())
G_DECLARE_FINAL_TYPE (FakeTransport, fake_transport, FAKE, TRANSPORT, AmselTransport)

struct _FakeTransport
{
  AmselTransport parent_instance;

  gboolean fails;    /* refuses without a reason, which no transport should */
  gboolean is_early; /* reports before it is open */
  guint n_closed;
  guint n_paused;
};

G_DEFINE_FINAL_TYPE (FakeTransport, fake_transport, AMSEL_TYPE_TRANSPORT)

static void
report (AmselTransport *transport, const gchar *text)
{
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));

  amsel_transport_received (transport, data);
}

static gboolean
fake_transport_open (AmselTransport *transport, GError **error G_GNUC_UNUSED)
{
  FakeTransport *self = FAKE_TRANSPORT (transport);
  g_autoptr (GError) lost = g_error_new_literal (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "early");

  if (self->is_early)
    {
      report (transport, "early");
      amsel_transport_lost (transport, lost);
    }
  return !self->fails;
}

static void
fake_transport_start (AmselTransport *transport)
{
  report (transport, "a");
}

static void
fake_transport_close (AmselTransport *transport)
{
  FAKE_TRANSPORT (transport)->n_closed++;
}

static gboolean
fake_transport_send (AmselTransport *transport, GBytes *data, GError **error G_GNUC_UNUSED)
{
  if (FAKE_TRANSPORT (transport)->fails)
    return FALSE;
  amsel_transport_received (transport, data);
  return TRUE;
}

static void
fake_transport_set_paused (AmselTransport *transport, gboolean paused G_GNUC_UNUSED)
{
  FAKE_TRANSPORT (transport)->n_paused++;
}

static void
fake_transport_class_init (FakeTransportClass *klass)
{
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  transport_class->open = fake_transport_open;
  transport_class->start = fake_transport_start;
  transport_class->close = fake_transport_close;
  transport_class->send = fake_transport_send;
  transport_class->set_paused = fake_transport_set_paused;
}

static void
fake_transport_init (FakeTransport *self G_GNUC_UNUSED)
{
}

static void
test_order (void)
{
  FakeTransport *fake = g_object_new (FAKE_TYPE_TRANSPORT, NULL);
  g_autoptr (TransportProbe) probe = transport_probe_new (fake);
  g_autoptr (GError) lost = g_error_new_literal (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "gone");
  g_autoptr (GError) error = NULL;

  fake->is_early = TRUE;
  transport_probe_open (probe, &error);
  g_assert_no_error (error);
  g_assert_true (amsel_transport_is_open (probe->transport));
  transport_probe_send (probe, "0102");
  amsel_transport_lost (probe->transport, lost);
  amsel_transport_lost (probe->transport, lost);
  report (probe->transport, "late");
  g_assert_cmpstr (probe->story->str, ==, "<61 <0102 lost");
  g_assert_cmpuint (fake->n_closed, ==, 1);
  amsel_transport_close (probe->transport);
  g_assert_cmpuint (fake->n_closed, ==, 1);
}

static void
test_no_reason (void)
{
  FakeTransport *fake = g_object_new (FAKE_TYPE_TRANSPORT, NULL);
  g_autoptr (TransportProbe) probe = transport_probe_new (fake);
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  fake->fails = TRUE;
  g_assert_false (transport_probe_open (probe, &error));
  g_assert_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT);
  g_clear_error (&error);
  g_assert_false (amsel_transport_send (probe->transport, data, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_CLOSED);
  g_clear_error (&error);
  fake->fails = FALSE;
  g_assert_true (transport_probe_open (probe, &error));
  fake->fails = TRUE;
  g_assert_false (amsel_transport_send (probe->transport, data, &error));
  g_assert_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT);
}

static void
test_paused (void)
{
  FakeTransport *fake = g_object_new (FAKE_TYPE_TRANSPORT, NULL);
  g_autoptr (TransportProbe) probe = transport_probe_new (fake);

  amsel_transport_set_paused (probe->transport, TRUE); /* not open: kept for later */
  g_assert_cmpuint (fake->n_paused, ==, 0);
  g_assert_true (transport_probe_open (probe, NULL));
  g_assert_true (amsel_transport_get_paused (probe->transport));
  amsel_transport_set_paused (probe->transport, TRUE);
  g_assert_cmpuint (fake->n_paused, ==, 0);
  amsel_transport_set_paused (probe->transport, FALSE);
  g_assert_cmpuint (fake->n_paused, ==, 1);
}

/* what is open is closed when nobody wants it any more */
static void
test_dropped (void)
{
  g_autoptr (AmselTransport) transport = g_object_new (FAKE_TYPE_TRANSPORT, NULL);
  TransportProbe *probe = transport_probe_new (g_object_ref (transport));

  g_assert_true (transport_probe_open (probe, NULL));
  transport_probe_free (probe);
  g_object_run_dispose (G_OBJECT (transport));
  g_assert_cmpuint (FAKE_TRANSPORT (transport)->n_closed, ==, 1);
}

static void
test_record (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-transport-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "line.rec", NULL);
  g_autoptr (TestClock) clock = test_clock_new (0);
  g_autoptr (TransportProbe) probe =
      transport_probe_new (g_object_new (FAKE_TYPE_TRANSPORT, "record", path, NULL));
  g_autoptr (GBytes) damaged = g_bytes_new_static ("\xFE", 1);
  g_autofree gchar *text = NULL;

  amsel_transport_set_clock (probe->transport, AMSEL_CLOCK (clock));
  g_assert_true (transport_probe_open (probe, NULL));
  test_clock_advance (clock, 250 * 1000);
  transport_probe_send (probe, "0102");
  amsel_transport_damaged (probe->transport, damaged);
  amsel_transport_close (probe->transport);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "# recorded from 1970-01-01T00:00:00Z\n"
                   "< 0.000000 61\n"
                   "> 0.250000 01 02\n"
                   "< 0.250000 01 02\n"
                   "! 0.250000 FE\n");
  g_remove (path);
  g_rmdir (folder);
}

/* a recording that cannot be written is told once, and the line works */
static void
test_record_fails (void)
{
  static const gchar *const PATHS[] = { "/dev/full", "/nowhere/line.rec" };

  for (guint i = 0; i < G_N_ELEMENTS (PATHS); i++)
    {
      g_autoptr (TransportProbe) probe =
          transport_probe_new (g_object_new (FAKE_TYPE_TRANSPORT, "record", PATHS[i], NULL));
      g_autoptr (GError) error = NULL;

      transport_probe_open (probe, &error);
      g_assert_no_error (error);
      transport_probe_send (probe, "0102");
      transport_probe_send (probe, "03");
      g_assert_cmpstr (probe->story->str, ==, "<61 <0102 <03");
      g_assert_cmpuint (probe->n_problems, ==, 1);
      g_assert_error (probe->problem, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_RECORDING);
      g_assert_nonnull (strstr (probe->problem->message, PATHS[i]));
    }
}

static void
test_time_on_the_line (void)
{
  static const struct
  {
    AmselLineSettings settings;
    gsize n_bytes;
    gint64 us;
  } VECTORS[] = {
    { { 2400, 8, AMSEL_PARITY_EVEN, 1 }, 1, 4583 },      { { 300, 8, AMSEL_PARITY_EVEN, 1 }, 255, 9350000 },
    { { 9600, 8, AMSEL_PARITY_NONE, 1 }, 960, 1000000 }, { { 9600, 7, AMSEL_PARITY_ODD, 2 }, 0, 0 },
    { { 0, 8, AMSEL_PARITY_NONE, 1 }, 100, 0 },          { { 4000000, 8, AMSEL_PARITY_NONE, 1 }, 2, 5 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (VECTORS); i++)
    g_assert_cmpint (amsel_line_settings_get_time_us (&VECTORS[i].settings, VECTORS[i].n_bytes), ==,
                     VECTORS[i].us);
}

/* whatever is added and removed, the bytes come out in their order */
static void
test_outbox (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  AmselOutbox outbox = { 0 };
  guint8 in = 0;
  guint8 out = 0;
  gsize length;

  g_assert_null (amsel_outbox_peek (&outbox, &length));
  amsel_outbox_remove (&outbox, 5);
  for (guint i = 0; i < 2000; i++)
    {
      gsize n = (gsize) g_rand_int_range (rand, 0, 3000);
      g_autofree guint8 *bytes = g_malloc (n + 1);
      g_autoptr (GBytes) data = NULL;
      const guint8 *waiting;

      for (gsize k = 0; k < n; k++)
        bytes[k] = in++;
      data = g_bytes_new (bytes, n);
      g_assert_true (amsel_outbox_add (&outbox, data));
      waiting = amsel_outbox_peek (&outbox, &length);
      n = (gsize) g_rand_int_range (rand, 0, 3000);
      n = MIN (n, length);
      for (gsize k = 0; k < n; k++)
        g_assert_cmpuint (waiting[k], ==, out++);
      amsel_outbox_remove (&outbox, n);
    }
  amsel_outbox_clear (&outbox);
  g_assert_null (amsel_outbox_peek (&outbox, &length));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/order", test_order);
  g_test_add_func ("/transport/no-reason", test_no_reason);
  g_test_add_func ("/transport/paused", test_paused);
  g_test_add_func ("/transport/dropped", test_dropped);
  g_test_add_func ("/transport/record", test_record);
  g_test_add_func ("/transport/record-fails", test_record_fails);
  g_test_add_func ("/transport/time-on-the-line", test_time_on_the_line);
  g_test_add_func ("/transport/outbox", test_outbox);
  return g_test_run ();
}
