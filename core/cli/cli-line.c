/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line for commands that read or search one now. */
#include "cli-line.h"

#include "cli-place.h"
#include "cli.h"

/* Sets the baud rate of a transport or protocol that has one. */
static gboolean
set_baud (gpointer object, gint baud, GError **error)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), "baud");
  const GParamSpecUInt *range = G_IS_PARAM_SPEC_UINT (pspec) ? G_PARAM_SPEC_UINT (pspec) : NULL;

  if (range == NULL)
    return TRUE;
  if (baud < 0 || (guint) baud < range->minimum || (guint) baud > range->maximum)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "--baud: expected %u to %u, not %d",
                   range->minimum, range->maximum, baud);
      return FALSE;
    }
  g_object_set (object, "baud", (guint) baud, NULL);
  return TRUE;
}

/* The line, as M-Bus wants it where it is a device. */
static AmselTransport *
make_transport (const gchar *place, gint baud, GError **error)
{
  g_autoptr (AmselTransport) transport = cli_make_transport (place, error);

  if (transport == NULL)
    return NULL;
  if (cli_is_device (place))
    g_object_set (transport, "parity", AMSEL_PARITY_EVEN, NULL);
  return set_baud (transport, baud, error) ? g_steal_pointer (&transport) : NULL;
}

AmselPipeline *
cli_make_pipeline (const gchar *place, const gchar *kind, gint baud, GError **error)
{
  g_autoptr (AmselTransport) transport = make_transport (place, baud, error);
  g_autoptr (GObject) protocol = NULL;
  g_autoptr (AmselLine) line = NULL;
  AmselPipeline *pipeline;

  if (kind == NULL)
    kind = CLI_DEFAULT_PROTOCOL;
  if (transport == NULL)
    return NULL;
  protocol = cli_create (AMSEL_TYPE_PROTOCOL, kind, error);
  if (protocol == NULL || !set_baud (protocol, baud, error))
    return NULL;
  line = amsel_line_new (place, transport);
  pipeline = amsel_pipeline_new ("command", line, AMSEL_PROTOCOL (protocol));
  amsel_pipeline_set_protocol_kind (pipeline, kind);
  return pipeline;
}
