/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A place on the command line: where a line is, or a terminal. */
#include "cli-place.h"

#include <string.h>

#include "cli.h"

gboolean
cli_is_device (const gchar *place)
{
  return place[0] == '/' || place[0] == '.';
}

AmselTransport *
cli_make_transport (const gchar *place, GError **error)
{
  gboolean is_device = cli_is_device (place);
  const gchar *colon = is_device ? NULL : strrchr (place, ':');
  g_autofree gchar *host = colon != NULL ? g_strndup (place, (gsize) (colon - place)) : NULL;
  guint64 port = 0;
  GObject *transport;

  if (!is_device
      && (colon == NULL || colon == place
          || !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL)))
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "“%s” is no place; expected a device such as /dev/ttyUSB0, or host:port", place);
      return NULL;
    }
  transport = cli_create (AMSEL_TYPE_TRANSPORT, is_device ? "serial" : "tcp", error);
  if (transport == NULL)
    return NULL;
  if (is_device)
    g_object_set (transport, "device", place, NULL);
  else
    g_object_set (transport, "host", host, "port", (guint) port, NULL);
  return AMSEL_TRANSPORT (transport);
}
