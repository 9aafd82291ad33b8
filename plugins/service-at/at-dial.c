/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The link to the server. The link dials again by itself; each connection is a session of its own. */
#include "at-dial.h"

#include <string.h>

#include "at-session.h"
#include "smartcom-link.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)

struct _AtDial
{
  AtTerminal *terminal; /* (owned) */
  SmartcomLink *link;   /* (owned) */
  AtSession *session;   /* (owned) (nullable): while it is connected */
};

static void
on_write (const guint8 *data, gsize length, gpointer user_data)
{
  AtDial *self = user_data;

  smartcom_link_send (self->link, data, length); /* that it is closed is told by the link */
}

static gsize
on_get_queued (gpointer user_data)
{
  return smartcom_link_get_queued (((AtDial *) user_data)->link);
}

/* The server ends its session by closing the connection; ATZ only resets. */
static const AtOutput OUTPUT = { on_write, on_get_queued, NULL };

static void
on_opened (SmartcomLink *link G_GNUC_UNUSED, gpointer user_data)
{
  AtDial *self = user_data;

  g_clear_pointer (&self->session, at_session_close);
  self->session = at_session_new (self->terminal, "server", &OUTPUT, self);
}

static void
pace (AtDial *self)
{
  smartcom_link_set_paused (self->link, !at_session_wants_input (self->session));
}

static void
on_received (SmartcomLink *link G_GNUC_UNUSED, const guint8 *data, gsize length, gpointer user_data)
{
  AtDial *self = user_data;

  at_session_receive (self->session, data, length);
  pace (self);
}

static void
on_drained (SmartcomLink *link G_GNUC_UNUSED, gpointer user_data)
{
  AtDial *self = user_data;

  if (self->session == NULL)
    return;
  at_session_drained (self->session);
  pace (self);
}

static void
on_closed (SmartcomLink *link G_GNUC_UNUSED, const GError *error G_GNUC_UNUSED, gpointer user_data)
{
  AtDial *self = user_data;

  g_clear_pointer (&self->session, at_session_close);
}

static void
on_notice (SmartcomLink *link G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  AtDial *self = user_data;

  at_terminal_notice (self->terminal, "server: %s", message);
}

static const SmartcomLinkCallbacks CALLBACKS = { on_opened, on_received, on_drained, on_closed, on_notice };

/* HOST, or HOST:PORT where the port is given beside it. */
static gchar *
get_server (AtTerminal *terminal)
{
  const gchar *host = at_terminal_get_config (terminal, AT_CONFIG_SERVER_IP);
  const gchar *port = at_terminal_get_config (terminal, AT_CONFIG_SERVER_PORT);

  if (*port == '\0' || g_str_equal (port, "0"))
    return g_strdup (host);
  if (strchr (host, ':') != NULL && *host != '[')
    return g_strdup_printf ("[%s]:%s", host, port);
  return g_strdup_printf ("%s:%s", host, port);
}

AtDial *
at_dial_new (AtTerminal *terminal, GError **error)
{
  g_autofree gchar *server = get_server (terminal);
  gboolean encrypt = g_str_equal (at_terminal_get_config (terminal, AT_CONFIG_ENCRYPT), "1");
  SmartcomLinkSettings settings = {
    .server = server,
    .serial = terminal->settings.serial,
    .password = at_terminal_get_config (terminal, AT_CONFIG_AUTH_PASS),
    .key = encrypt ? at_terminal_get_config (terminal, AT_CONFIG_ENCRYPT_KEY) : NULL,
    .keep_alive_us = (gint64) terminal->state->ping_interval_min * MINUTE_US,
    .clock = terminal->clock,
  };
  SmartcomLink *link;
  AtDial *self;

  if (*server == '\0' || !g_str_equal (at_terminal_get_config (terminal, AT_CONFIG_MODE), "1"))
    return NULL;
  self = g_new0 (AtDial, 1);
  link = smartcom_link_new (&settings, &CALLBACKS, self, error);
  if (link == NULL)
    {
      g_free (self);
      return NULL;
    }
  self->terminal = at_terminal_ref (terminal);
  self->link = link;
  smartcom_link_start (link);
  return self;
}

void
at_dial_free (AtDial *self)
{
  g_clear_pointer (&self->session, at_session_close);
  smartcom_link_free (self->link);
  at_terminal_unref (self->terminal);
  g_free (self);
}
