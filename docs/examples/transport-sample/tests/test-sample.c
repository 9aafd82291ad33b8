/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is sent comes back, in order. */
#include "sample-transport.h"

static void
add_to (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, GString *all)
{
  gsize length;
  const gchar *bytes = g_bytes_get_data (data, &length);

  g_string_append_len (all, bytes, (gssize) length);
}

static void
opened (GObject *transport, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;
  g_autoptr (GError) error = NULL;

  amsel_transport_open_finish (AMSEL_TRANSPORT (transport), result, &error);
  g_assert_no_error (error);
  *done = TRUE;
}

static void
test_echo (void)
{
  g_autoptr (AmselTransport) transport = g_object_new (SAMPLE_TYPE_TRANSPORT, NULL);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GBytes) first = g_bytes_new_static ("one ", 4);
  g_autoptr (GBytes) second = g_bytes_new_static ("two", 3);
  gboolean done = FALSE;

  g_signal_connect (transport, "received", G_CALLBACK (add_to), all);
  amsel_transport_open_async (transport, NULL, opened, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (amsel_transport_send (transport, first, NULL));
  g_assert_true (amsel_transport_send (transport, second, NULL));
  while (all->len < 7)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (all->str, ==, "one two");
  g_assert_true (amsel_transport_send (transport, first, NULL));
  amsel_transport_close (transport);
  g_assert_false (amsel_transport_is_open (transport));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/echo", test_echo);
  return g_test_run ();
}
