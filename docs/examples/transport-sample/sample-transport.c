/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport without a line: what is sent comes back.
 *
 * A transport carries bytes and knows nothing of their meaning. It runs in the main loop and must not block;
 * one that has to wait until it is open implements open_async and open_finish instead of open. */
#include "sample-transport.h"

struct _SampleTransport
{
  AmselTransport parent_instance;

  GQueue waiting; /* (owned) (element-type GBytes): on the way back */
  GSource *idle;  /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (SampleTransport, sample_transport, AMSEL_TYPE_TRANSPORT)

static gboolean
sample_transport_open (AmselTransport *transport G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static void
sample_transport_close (AmselTransport *transport)
{
  SampleTransport *self = SAMPLE_TRANSPORT (transport);

  amsel_clock_clear_alarm (&self->idle);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_bytes_unref);
}

static gboolean
give_back (gpointer user_data)
{
  SampleTransport *self = user_data;
  g_autoptr (GBytes) data = g_queue_pop_head (&self->waiting);

  if (g_queue_is_empty (&self->waiting))
    amsel_clock_clear_alarm (&self->idle);
  amsel_transport_received (AMSEL_TRANSPORT (self), data);
  return G_SOURCE_CONTINUE;
}

static gboolean
sample_transport_send (AmselTransport *transport, GBytes *data, GError **error G_GNUC_UNUSED)
{
  SampleTransport *self = SAMPLE_TRANSPORT (transport);

  g_queue_push_tail (&self->waiting, g_bytes_ref (data));
  if (self->idle == NULL)
    {
      self->idle = g_idle_source_new ();
      g_source_set_callback (self->idle, give_back, self, NULL);
      g_source_attach (self->idle, g_main_context_get_thread_default ());
    }
  return TRUE;
}

static void
sample_transport_finalize (GObject *object)
{
  sample_transport_close (AMSEL_TRANSPORT (object));
  G_OBJECT_CLASS (sample_transport_parent_class)->finalize (object);
}

static void
sample_transport_class_init (SampleTransportClass *klass)
{
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sample_transport_finalize;
  transport_class->open = sample_transport_open;
  transport_class->close = sample_transport_close;
  transport_class->send = sample_transport_send;
}

static void
sample_transport_init (SampleTransport *self)
{
  g_queue_init (&self->waiting);
}
