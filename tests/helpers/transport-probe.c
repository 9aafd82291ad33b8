/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens to a transport for a test. */
#include "transport-probe.h"

#include "amsel-hex.h"

#define PATIENCE_S 10

static void
tell (TransportProbe *self, const gchar *sign, GBytes *data)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  g_autofree gchar *hex = amsel_hex_encode (bytes, length);

  g_string_append_printf (self->story, "%s%s%s", self->story->len > 0 ? " " : "", sign, hex);
}

static void
on_received (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  TransportProbe *self = user_data;

  g_byte_array_append (self->received, g_bytes_get_data (data, NULL), (guint) g_bytes_get_size (data));
  self->n_received++;
  if (self->received->len < 4096)
    tell (self, "<", data);
}

static void
on_damaged (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  TransportProbe *self = user_data;

  g_byte_array_append (self->damaged, g_bytes_get_data (data, NULL), (guint) g_bytes_get_size (data));
  tell (self, "!", data);
}

static void
on_lost (AmselTransport *transport, const GError *error, gpointer user_data)
{
  TransportProbe *self = user_data;

  g_assert_false (amsel_transport_is_open (transport));
  g_assert_nonnull (error);
  self->n_lost++;
  g_clear_error (&self->lost);
  self->lost = g_error_copy (error);
  g_string_append (self->story, self->story->len > 0 ? " lost" : "lost");
}

static void
on_problem (AmselTransport *transport G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  TransportProbe *self = user_data;

  self->n_problems++;
  g_clear_error (&self->problem);
  self->problem = g_error_copy (error);
}

TransportProbe *
transport_probe_new (gpointer transport)
{
  TransportProbe *self = g_new0 (TransportProbe, 1);

  self->transport = AMSEL_TRANSPORT (transport);
  self->received = g_byte_array_new ();
  self->damaged = g_byte_array_new ();
  self->story = g_string_new (NULL);
  g_signal_connect (transport, "received", G_CALLBACK (on_received), self);
  g_signal_connect (transport, "damaged", G_CALLBACK (on_damaged), self);
  g_signal_connect (transport, "lost", G_CALLBACK (on_lost), self);
  g_signal_connect (transport, "problem", G_CALLBACK (on_problem), self);
  return self;
}

void
transport_probe_free (TransportProbe *self)
{
  g_signal_handlers_disconnect_by_data (self->transport, self);
  g_object_unref (self->transport);
  g_byte_array_unref (self->received);
  g_byte_array_unref (self->damaged);
  g_string_free (self->story, TRUE);
  g_clear_error (&self->lost);
  g_clear_error (&self->problem);
  g_free (self);
}

static gboolean
on_patience_ends (gpointer user_data)
{
  g_error ("waited %d s for %s", PATIENCE_S, (const gchar *) user_data);
  return G_SOURCE_REMOVE;
}

static guint
be_patient (const gchar *what)
{
  return g_timeout_add_seconds (PATIENCE_S, on_patience_ends, (gpointer) what);
}

static void
on_opened (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

gboolean
transport_probe_open (TransportProbe *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint patience = be_patient ("the transport to open");

  amsel_transport_open_async (self->transport, NULL, on_opened, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
  return amsel_transport_open_finish (self->transport, result, error);
}

void
transport_probe_send (TransportProbe *self, const gchar *hex)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) data = amsel_hex_decode (hex, -1, &error);

  g_assert_no_error (error);
  amsel_transport_send (self->transport, data, &error);
  g_assert_no_error (error);
}

void
transport_probe_wait_received (TransportProbe *self, gsize length)
{
  guint patience = be_patient ("bytes");

  while (self->received->len < length)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
}

void
transport_probe_wait (const guint *counter)
{
  guint patience = be_patient ("a report");

  while (*counter == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
}

void
transport_probe_wait_lost (TransportProbe *self)
{
  transport_probe_wait (&self->n_lost);
}

void
transport_probe_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

gchar *
transport_probe_get_hex (const GByteArray *bytes)
{
  return amsel_hex_encode (bytes->data, bytes->len);
}
