/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transport over a pseudo-terminal that it makes, for another program on the same machine. The core's
 * AmselPty does the work; it survives that programs come and go. */
#include "pty-transport.h"

/* What a program finds that opens the other end; it may set another. */
#define BAUD 115200

struct _PtyTransport
{
  AmselTransport parent_instance;

  gchar *link;   /* (owned) (nullable) */
  AmselPty *pty; /* (owned) (nullable): while it is open */
};

G_DEFINE_FINAL_TYPE (PtyTransport, pty_transport, AMSEL_TYPE_TRANSPORT)

typedef enum
{
  PROP_LINK = 1,
} PtyTransportProperty;

static GParamSpec *properties[PROP_LINK + 1];

static void
on_received (GBytes *data, guint baud G_GNUC_UNUSED, gpointer user_data)
{
  amsel_transport_received (user_data, data);
}

static gboolean
pty_transport_open (AmselTransport *transport, GError **error)
{
  PtyTransport *self = PTY_TRANSPORT (transport);

  self->pty = amsel_pty_new (self->link, BAUD, on_received, self, error);
  return self->pty != NULL;
}

static void
pty_transport_close (AmselTransport *transport)
{
  g_clear_pointer (&PTY_TRANSPORT (transport)->pty, amsel_pty_free);
}

static gboolean
pty_transport_send (AmselTransport *transport, GBytes *data, GError **error G_GNUC_UNUSED)
{
  amsel_pty_send (PTY_TRANSPORT (transport)->pty, data);
  return TRUE;
}

static void
pty_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((PtyTransportProperty) id)
    {
    case PROP_LINK:
      g_value_set_string (value, PTY_TRANSPORT (object)->link);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pty_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((PtyTransportProperty) id)
    {
    case PROP_LINK:
      amsel_param_set_string (&PTY_TRANSPORT (object)->link, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pty_transport_finalize (GObject *object)
{
  g_free (PTY_TRANSPORT (object)->link);
  G_OBJECT_CLASS (pty_transport_parent_class)->finalize (object);
}

static void
pty_transport_class_init (PtyTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  object_class->get_property = pty_transport_get_property;
  object_class->set_property = pty_transport_set_property;
  object_class->finalize = pty_transport_finalize;
  transport_class->open = pty_transport_open;
  transport_class->close = pty_transport_close;
  transport_class->send = pty_transport_send;

  properties[PROP_LINK] = g_param_spec_string (
      "link", "link", "Path at which a link to the pseudo-terminal appears, for the programs that open it.",
      NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED | AMSEL_PARAM_PATH);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
pty_transport_init (PtyTransport *self G_GNUC_UNUSED)
{
}
