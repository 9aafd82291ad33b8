/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pseudo-terminal between two programs: both ways, readers that come and go, and one that is slow. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pty-transport.h"
#include "transport-probe.h"

typedef struct
{
  gchar *folder; /* (owned) */
  gchar *link;   /* (owned) */
  TransportProbe *probe;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("amsel-pty-XXXXXX", NULL);
  f->link = g_build_filename (f->folder, "line", NULL);
  f->probe = transport_probe_new (g_object_new (PTY_TYPE_TRANSPORT, "link", f->link, NULL));
  transport_probe_open (f->probe, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  transport_probe_free (f->probe);
  g_assert_false (g_file_test (f->link, G_FILE_TEST_IS_SYMLINK)); /* nothing is left behind */
  g_rmdir (f->folder);
  g_free (f->link);
  g_free (f->folder);
}

static gint
open_other (Fixture *f)
{
  gint fd = open (f->link, O_RDWR | O_NOCTTY | O_NONBLOCK);

  g_assert_cmpint (fd, >=, 0);
  transport_probe_settle ();
  return fd;
}

/* Reads until so many bytes have come. */
static void
read_other (gint fd, gchar *out, gsize length)
{
  gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  gsize n = 0;

  while (n < length && g_get_monotonic_time () < end_us)
    {
      gssize got = read (fd, out + n, length - n);

      if (got > 0)
        n += (gsize) got;
      else
        g_assert_cmpint (errno, ==, EAGAIN);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (n, ==, length);
}

static void
test_both_ways (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gchar got[3];
  gint fd = open_other (f);

  g_assert_cmpint (write (fd, "AT\r", 3), ==, 3);
  transport_probe_wait_received (f->probe, 3);
  g_assert_cmpmem (f->probe->received->data, f->probe->received->len, "AT\r", 3);
  transport_probe_send (f->probe, "4F4B0D");
  read_other (fd, got, 3);
  g_assert_cmpmem (got, 3, "OK\r", 3); /* raw: nothing is changed on the way */
  close (fd);
}

/* what does not fit into the kernel's buffer waits for a reader that is slow; for the next one it is gone */
static void
test_slow_reader (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gsize length = 100000;
  g_autofree gchar *text = g_strnfill (length, 'x');
  g_autofree gchar *got = g_malloc (length);
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  gint fd = open_other (f);

  g_assert_true (amsel_transport_send (f->probe->transport, bytes, NULL));
  read_other (fd, got, length);
  g_assert_cmpmem (got, length, text, length);
  for (guint i = 0; i < 10; i++) /* one that takes nothing costs a bounded queue */
    g_assert_true (amsel_transport_send (f->probe->transport, bytes, NULL));
  close (fd);
  transport_probe_settle ();
  fd = open_other (f);
  g_assert_cmpint (read (fd, got, length), <, 0);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/pty/both-ways", Fixture, NULL, set_up, test_both_ways, tear_down);
  g_test_add ("/pty/slow-reader", Fixture, NULL, set_up, test_slow_reader, tear_down);
  return g_test_run ();
}
