/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells systemd how the program is: a datagram to the socket that NOTIFY_SOCKET names. */
#include "notify.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

void
notify_send (const gchar *state)
{
  const gchar *place = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  if (place == NULL || place[0] == '\0')
    return;
  if (place[0] == '@')
    address = g_unix_socket_address_new_with_type (place + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  else
    address = g_unix_socket_address_new (place);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  if (socket != NULL)
    g_socket_send_to (socket, address, state, strlen (state), NULL, NULL);
}

gint64
notify_get_watchdog_us (void)
{
  const gchar *text = g_getenv ("WATCHDOG_USEC");
  const gchar *pid = g_getenv ("WATCHDOG_PID");
  gint64 us;

  if (text == NULL || (pid != NULL && g_ascii_strtoll (pid, NULL, 10) != (gint64) getpid ()))
    return 0;
  us = g_ascii_strtoll (text, NULL, 10);
  return us > 0 ? us : 0;
}
