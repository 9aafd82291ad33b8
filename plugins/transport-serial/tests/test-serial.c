/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The serial transport against pseudo terminals, and the decoding of marks, which a pty cannot produce. */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "amsel-hex.h"
#include "amsel-recording.h"
#include "serial-marks.h"
#include "serial-transport.h"
#include "test-clock.h"
#include "transport-probe.h"

/* ---- marks ---- */

typedef struct
{
  const gchar *name;
  const gchar *raw;
  const gchar *story; /* runs: plain hex is good, ! is damaged */
} MarksVector;

static const MarksVector MARKS[] = {
  { "plain", "680304", "680304" },
  { "a good FF is written twice", "68FFFF16", "68 FF 16" },
  { "two good FF", "FFFFFFFF", "FF FF" },
  { "parity error", "68FF000516", "68 !05 16" },
  { "parity error in FF", "68FF00FF16", "68 !FF 16" },
  { "parity error in FF, then a good FF", "FF00FFFFFF", "!FF FF" },
  { "break", "FF0000", "!00" },
  { "parity error in 00, then good 00", "FF000000", "!00 00" },
  { "all characters damaged", "FF0001FF0002FF0003", "!01 !02 !03" },
  { "a mark that is none", "FF68", "FF 68" },
  { "begun mark at the end", "68FF", "68" },
  { "begun damaged character at the end", "68FF00", "68" },
};

static void
add_run (gboolean damaged, const guint8 *data, gsize length, gpointer user_data)
{
  GString *story = user_data;
  g_autofree gchar *hex = amsel_hex_encode (data, length);

  g_string_append_printf (story, "%s%s%s", story->len > 0 ? " " : "", damaged ? "!" : "", hex);
}

static void
test_marks (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (MARKS); i++)
    {
      g_autoptr (GBytes) raw = amsel_hex_decode (MARKS[i].raw, -1, NULL);
      g_autoptr (GString) story = g_string_new (NULL);
      SerialMarks state = SERIAL_MARKS_NONE;

      g_test_message ("%s", MARKS[i].name);
      serial_marks_decode (&state, g_bytes_get_data (raw, NULL), g_bytes_get_size (raw), add_run, story);
      g_assert_cmpstr (story->str, ==, MARKS[i].story);
    }
}

/* wherever a read ends, the characters are the same */
static void
test_marks_split (void)
{
  g_autoptr (GBytes) raw = amsel_hex_decode ("68FFFF10FF0005FF00FFFFFF16FF0000", -1, NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (raw, &length);

  for (gsize cut = 0; cut <= length; cut++)
    for (gsize cut2 = cut; cut2 <= length; cut2++)
      {
        g_autoptr (GString) story = g_string_new (NULL);
        SerialMarks state = SERIAL_MARKS_NONE;

        serial_marks_decode (&state, data, cut, add_run, story);
        serial_marks_decode (&state, data + cut, cut2 - cut, add_run, story);
        serial_marks_decode (&state, data + cut2, length - cut2, add_run, story);
        g_assert_cmpint (state, ==, SERIAL_MARKS_NONE);
        g_assert_cmpstr (story->str, ==, "68 FF 10 !05 !FF FF 16 !00");
      }
}

/* ---- a transport on a pty ---- */

typedef struct
{
  gint master; /* -1: closed */
  gchar *path; /* (owned) */
  TransportProbe *probe;
} Fixture;

/* As the simulator does it: the far end is the master, the slave is opened by the transport. */
static gint
make_pty (gchar **out_path)
{
  gint master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  gchar name[64];

  g_assert_cmpint (master, >=, 0);
  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  g_assert_cmpint (ptsname_r (master, name, sizeof name), ==, 0);
  *out_path = g_strdup (name);
  return master;
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  f->master = make_pty (&f->path);
  f->probe = transport_probe_new (g_object_new (SERIAL_TYPE_TRANSPORT, "device", f->path, NULL));
  transport_probe_open (f->probe, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  transport_probe_free (f->probe);
  if (f->master >= 0)
    close (f->master);
  g_free (f->path);
}

static void
far_write (Fixture *f, const gchar *hex)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (hex, -1, NULL);

  g_assert_cmpint (write (f->master, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)), ==,
                   g_bytes_get_size (bytes));
}

/* Reads what the far end got, in a loop with the transport's own work. */
static GByteArray *
far_read (Fixture *f, gsize length)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 buffer[1000];

  while (bytes->len < length)
    {
      gssize n = read (f->master, buffer, sizeof buffer);

      if (n > 0)
        g_byte_array_append (bytes, buffer, (guint) n);
      else
        g_assert_cmpint (errno, ==, EAGAIN);
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

  /* all that a terminal would treat otherwise: ^C ^D ^Q ^S CR LF ^Z and FF, in both directions */
  transport_probe_send (f->probe, "105B015C1603041113 0D0A1AFF00FFFF");
  sent = far_read (f, 16);
  hex = transport_probe_get_hex (sent);
  g_assert_cmpstr (hex, ==, "105B015C16030411130D0A1AFF00FFFF");

  far_write (f, "681F1F680811130D0A1A0304FF00FFFF16");
  transport_probe_wait_received (f->probe, 17);
  got = transport_probe_get_hex (f->probe->received);
  g_assert_cmpstr (got, ==, "681F1F680811130D0A1A0304FF00FFFF16");
  g_assert_cmpuint (f->probe->damaged->len, ==, 0);
}

static void
test_byte_by_byte (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const gchar *const BYTES[] = { "68", "FF", "FF", "00", "16" };

  for (guint i = 0; i < G_N_ELEMENTS (BYTES); i++)
    {
      far_write (f, BYTES[i]);
      transport_probe_wait_received (f->probe, i + 1);
    }
  g_assert_cmpstr (f->probe->story->str, ==, "<68 <FF <FF <00 <16");
}

/* the far end closes with bytes on the way: they come first, then the loss, once */
static void
test_unplugged (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  far_write (f, "E5");
  transport_probe_wait_received (f->probe, 1);
  close (f->master);
  f->master = -1;
  transport_probe_wait_lost (f->probe);
  transport_probe_settle ();
  g_assert_cmpuint (f->probe->n_lost, ==, 1);
  g_assert_cmpstr (f->probe->story->str, ==, "<E5 lost");
  g_assert_error (f->probe->lost, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST);
  g_assert_nonnull (strstr (f->probe->lost->message, f->path));
  g_assert_nonnull (strstr (f->probe->lost->message, "closed"));

  g_assert_false (amsel_transport_send (f->probe->transport, bytes, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_CLOSED);
}

/* after a loss the port can be opened again, by the same transport */
static void
test_opens_again (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      amsel_transport_close (f->probe->transport);
      amsel_transport_close (f->probe->transport);
      g_assert_false (amsel_transport_is_open (f->probe->transport));
      transport_probe_open (f->probe, &error);
      g_assert_no_error (error);
      far_write (f, "E5");
      transport_probe_wait_received (f->probe, i + 1);
    }
}

static void
test_locked (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (TransportProbe) second =
      transport_probe_new (g_object_new (SERIAL_TYPE_TRANSPORT, "device", f->path, NULL));
  g_autoptr (GError) error = NULL;

  g_assert_false (transport_probe_open (second, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, f->path));
  g_clear_error (&error);

  /* the first is not disturbed, and when it goes the second may have the port */
  far_write (f, "E5");
  transport_probe_wait_received (f->probe, 1);
  amsel_transport_close (f->probe->transport);
  transport_probe_open (second, &error);
  g_assert_no_error (error);
}

static void
test_slow_reader (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gsize size = 3 * 512 * 1024;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree guint8 *bytes = g_malloc (size);
  g_autoptr (GByteArray) got = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) g_rand_int (rand);
  for (gsize i = 0; i < size; i += size / 2)
    {
      g_autoptr (GBytes) part = g_bytes_new (bytes + i, size / 2);

      g_assert_true (amsel_transport_send (f->probe->transport, part, &error));
      g_assert_no_error (error);
    }
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
    g_assert_cmpuint (++n, <, 4);
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND);
  g_assert_true (amsel_transport_is_open (f->probe->transport));
  g_assert_cmpuint (f->probe->n_lost, ==, 0);
}

static void
test_paused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_transport_set_paused (f->probe->transport, TRUE);
  far_write (f, "0102");
  transport_probe_settle ();
  g_assert_cmpuint (f->probe->received->len, ==, 0);
  amsel_transport_set_paused (f->probe->transport, FALSE);
  transport_probe_wait_received (f->probe, 2);

  /* its end is seen all the same */
  amsel_transport_set_paused (f->probe->transport, TRUE);
  close (f->master);
  f->master = -1;
  transport_probe_wait_lost (f->probe);
}

static void
on_received_close (AmselTransport *transport, GBytes *data G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
  amsel_transport_close (transport);
}

static void
test_closed_while_delivering (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_signal_connect (f->probe->transport, "received", G_CALLBACK (on_received_close), NULL);
  far_write (f, "01FF02FF03"); /* several runs in one read: nothing is told after the close */
  transport_probe_wait_received (f->probe, 1);
  transport_probe_settle ();
  g_assert_cmpstr (f->probe->story->str, ==, "<01");
  g_assert_cmpuint (f->probe->n_lost, ==, 0);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(guint *) user_data += amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, NULL) ? 1 : 2;
}

/* however an attempt is given up, it leaves no lock behind */
static void
test_given_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AmselTransport *transport = f->probe->transport;
  g_autoptr (GError) error = NULL;

  for (guint way = 0; way < 3; way++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      guint outcome = 0;

      amsel_transport_close (transport);
      if (way == 0)
        g_cancellable_cancel (cancellable);
      amsel_transport_open_async (transport, cancellable, on_opened, &outcome);
      if (way > 0)
        g_cancellable_cancel (cancellable);
      if (way > 1)
        amsel_transport_close (transport);
      transport_probe_wait (&outcome);
      /* a port that was open before it was cancelled is open, until it is closed */
      g_assert_cmpuint (outcome, ==, way == 1 ? 1 : 2);
      g_assert_true (amsel_transport_is_open (transport) == (way == 1));
    }
  transport_probe_open (f->probe, &error);
  g_assert_no_error (error);
}

static void
test_dropped_while_open (void)
{
  g_autofree gchar *path = NULL;
  gint master = make_pty (&path);
  TransportProbe *probe = transport_probe_new (g_object_new (SERIAL_TYPE_TRANSPORT, "device", path, NULL));
  gint fd;

  g_assert_true (transport_probe_open (probe, NULL));
  transport_probe_free (probe);
  /* nobody holds the lock any more */
  fd = g_open (path, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), ==, 0);
  close (fd);
  close (master);
}

/* ---- settings ---- */

static const guint BAUDS[] = {
  50,
  75,
  110,
  134,
  150,
  200,
  300,
  600,
  1200,
  1800,
  2400,
  4800,
  9600,
  19200,
  38400,
  57600,
  115200,
  230400,
  460800,
  500000,
  576000,
  921600,
  1000000,
  1152000,
  1500000,
  2000000,
  2500000,
  3000000,
  3500000,
  4000000,
  /* rates of no list */
  74880,
  250000,
  31250,
  12345,
};

static guint
get_baud (Fixture *f)
{
  struct termios2 tio;

  g_assert_cmpint (ioctl (f->master, TCGETS2, &tio), ==, 0);
  return tio.c_ospeed;
}

static void
test_bauds (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < G_N_ELEMENTS (BAUDS); i++)
    {
      AmselLineSettings settings = { BAUDS[i], 8, AMSEL_PARITY_EVEN, 1 };
      g_autoptr (GError) error = NULL;

      g_assert_true (amsel_transport_configure (f->probe->transport, &settings, &error));
      g_assert_no_error (error);
      transport_probe_settle ();
      /* the system keeps the rate of a pty, though it means nothing there */
      g_assert_cmpuint (get_baud (f), ==, BAUDS[i]);
    }
}

static void
test_raw_mode (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  struct termios2 tio;

  g_assert_cmpint (ioctl (f->master, TCGETS2, &tio), ==, 0);
  g_assert_cmpint (tio.c_lflag & (ICANON | ECHO | ISIG | IEXTEN), ==, 0);
  g_assert_cmpint (tio.c_oflag & OPOST, ==, 0);
  g_assert_cmpint (tio.c_iflag, ==, INPCK | PARMRK);
  g_assert_cmpint (tio.c_cflag & (CREAD | CLOCAL), ==, CREAD | CLOCAL);
}

static void
test_bad_settings (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const AmselLineSettings BAD[] = {
    { 2400, 4, AMSEL_PARITY_EVEN, 1 },
    { 2400, 9, AMSEL_PARITY_EVEN, 1 },
    { 2400, 8, AMSEL_PARITY_EVEN, 0 },
    { 2400, 8, AMSEL_PARITY_EVEN, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (BAD); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (amsel_transport_configure (f->probe->transport, &BAD[i], &error));
      g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SETTINGS);
    }
}

/* what was sent before a change goes out before it, what was sent after it after it, and all of it goes */
static void
test_change_in_order (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AmselLineSettings slow = { 300, 8, AMSEL_PARITY_EVEN, 1 };
  AmselLineSettings fast = { 9600, 8, AMSEL_PARITY_EVEN, 1 };
  gsize size = 300 * 1024; /* more than a pty holds */
  g_autofree guint8 *bytes = g_malloc (size);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GByteArray) got = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (i % 251);
  first = g_bytes_new (bytes, size);
  g_assert_true (amsel_transport_send (f->probe->transport, first, &error));
  g_assert_true (amsel_transport_configure (f->probe->transport, &slow, &error));
  g_assert_no_error (error);
  /* still waiting: another change takes its place, but not once something follows it */
  g_assert_true (amsel_transport_configure (f->probe->transport, &fast, &error));
  transport_probe_send (f->probe, "AABB");
  g_assert_false (amsel_transport_configure (f->probe->transport, &slow, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SETTINGS);
  g_assert_cmpuint (get_baud (f), ==, 2400);

  got = far_read (f, size + 2);
  g_assert_cmpmem (got->data, size, bytes, size);
  g_assert_cmpuint (got->data[size], ==, 0xAA);
  g_assert_cmpuint (got->data[size + 1], ==, 0xBB);
  g_assert_cmpuint (get_baud (f), ==, 9600);
}

/* ---- what cannot be opened ---- */

static void
assert_cannot_open (const gchar *device, gint code, const gchar *says)
{
  g_autoptr (TransportProbe) probe =
      transport_probe_new (g_object_new (SERIAL_TYPE_TRANSPORT, "device", device, NULL));
  g_autoptr (GError) error = NULL;

  g_assert_false (transport_probe_open (probe, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, code);
  g_assert_nonnull (strstr (error->message, says));
  if (device != NULL)
    g_assert_nonnull (strstr (error->message, device));
  g_assert_cmpuint (probe->n_lost, ==, 0);
}

static void
test_cannot_open (void)
{
  assert_cannot_open (NULL, AMSEL_TRANSPORT_ERROR_OPEN, "no device");
  assert_cannot_open ("/dev/ttyNONE0", AMSEL_TRANSPORT_ERROR_OPEN, "no such device");
  assert_cannot_open ("/dev/null", AMSEL_TRANSPORT_ERROR_OPEN, "no serial port");
  assert_cannot_open ("/tmp", AMSEL_TRANSPORT_ERROR_OPEN, "directory");
}

static void
test_no_rs485 (void)
{
  g_autofree gchar *path = NULL;
  gint master = make_pty (&path);
  g_autoptr (TransportProbe) probe =
      transport_probe_new (g_object_new (SERIAL_TYPE_TRANSPORT, "device", path, "rs485", TRUE, NULL));
  g_autoptr (GError) error = NULL;

  g_assert_false (transport_probe_open (probe, &error));
  g_assert_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "RS-485"));
  close (master);
}

static void
test_properties (void)
{
  g_autoptr (AmselTransport) transport =
      g_object_new (SERIAL_TYPE_TRANSPORT, "device", "/dev/x", "baud", 9600, "data-bits", 7, "parity",
                    AMSEL_PARITY_ODD, "stop-bits", 2, "low-latency", FALSE, "latency", (gint64) 5000, "rs485",
                    TRUE, "rs485-rts-on-send", FALSE, "rs485-rts-after-send", TRUE, "rs485-delay-before",
                    (gint64) 1000, "rs485-delay-after", (gint64) 2000, NULL);
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (transport), &n);
  g_autoptr (AmselTransport) fresh = g_object_new (SERIAL_TYPE_TRANSPORT, NULL);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      /* the values of a new object are the defaults that users are told */
      g_object_get_property (G_OBJECT (fresh), specs[i]->name, g_value_init (&value, specs[i]->value_type));
      g_assert_true (g_param_value_defaults (specs[i], &value));
      g_assert_nonnull (g_param_spec_get_blurb (specs[i]));
      /* and what was set is read back */
      g_object_get_property (G_OBJECT (transport), specs[i]->name, &value);
      if (specs[i]->owner_type == SERIAL_TYPE_TRANSPORT)
        g_assert_false (g_param_value_defaults (specs[i], &value));
    }
  g_assert_cmpint (amsel_transport_get_latency_us (transport), ==, 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport-serial/marks/table", test_marks);
  g_test_add_func ("/transport-serial/marks/split", test_marks_split);
#define ADD(name, function) g_test_add ("/transport-serial/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("both-ways", test_both_ways);
  ADD ("byte-by-byte", test_byte_by_byte);
  ADD ("unplugged", test_unplugged);
  ADD ("opens-again", test_opens_again);
  ADD ("locked", test_locked);
  ADD ("slow-reader", test_slow_reader);
  ADD ("too-much", test_too_much);
  ADD ("paused", test_paused);
  ADD ("closed-while-delivering", test_closed_while_delivering);
  ADD ("given-up", test_given_up);
  ADD ("bauds", test_bauds);
  ADD ("raw-mode", test_raw_mode);
  ADD ("bad-settings", test_bad_settings);
  ADD ("change-in-order", test_change_in_order);
#undef ADD
  g_test_add_func ("/transport-serial/dropped-while-open", test_dropped_while_open);
  g_test_add_func ("/transport-serial/cannot-open", test_cannot_open);
  g_test_add_func ("/transport-serial/no-rs485", test_no_rs485);
  g_test_add_func ("/transport-serial/properties", test_properties);
  return g_test_run ();
}
