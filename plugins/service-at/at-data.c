/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data connection: a session has a port to itself, and bytes pass both ways unchanged.
 *
 * ATD asks for the line behind the port; what is to be read there meanwhile fails with number 4 of the AMS
 * table. A pause, "+++" and a pause lead back to commands while the connection stays; ATO goes on, ATH ends
 * it. */
#include "at-session-private.h"

/* More than this from the line that the client does not take is lost. */
#define PASS_MAX (64 * 1024)

static void
clear_escape (AtSession *self)
{
  amsel_clock_clear_alarm (&self->escape_alarm);
}

static void
on_received (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  AtSession *self = user_data;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  if (self->stage != AT_STAGE_DATA || self->is_closed)
    return;
  if (self->output.get_queued (self->user_data) + length <= PASS_MAX)
    self->output.write (bytes, length, self->user_data);
}

static void
disconnect (AtSession *self)
{
  clear_escape (self);
  if (self->transport != NULL)
    g_signal_handlers_disconnect_by_data (self->transport, self);
  g_clear_object (&self->transport);
  self->port = 0;
}

/* Ends the connection, or the wish for one, from this side. */
void
at_data_hang_up (AtSession *self)
{
  const gchar *pipeline = self->port > 0 ? self->terminal->settings.ports[self->port - 1] : NULL;

  if (self->port == 0)
    return;
  self->is_waiting = FALSE;
  disconnect (self);
  if (!self->terminal->is_stopped)
    {
      at_terminal_notice (self->terminal, "%s: gives the port back", self->peer);
      amsel_controller_give_back (self->terminal->controller, pipeline, self);
    }
}

static void
flush (AtSession *self, GByteArray *bytes)
{
  g_autoptr (GBytes) data = g_bytes_new (bytes->data, bytes->len);

  if (bytes->len > 0 && self->transport != NULL)
    amsel_transport_send (self->transport, data, NULL); /* a loss is told by the line */
}

static gboolean
on_escape (gpointer user_data)
{
  AtSession *self = user_data;
  g_autoptr (GByteArray) passed = g_byte_array_new ();

  clear_escape (self);
  if (!at_escape_expire (&self->escape, passed))
    {
      flush (self, passed);
      return G_SOURCE_REMOVE;
    }
  self->stage = AT_STAGE_COMMAND;
  at_line_clear (&self->line);
  at_session_tell (self, AT_RESULT_OK);
  return G_SOURCE_REMOVE;
}

void
at_data_receive (AtSession *self, const guint8 *data, gsize length)
{
  AmselClock *clock = self->terminal->clock;
  g_autoptr (GByteArray) passed = g_byte_array_new ();

  at_escape_take (&self->escape, data, length, amsel_clock_get_monotonic_us (clock), passed);
  flush (self, passed);
  clear_escape (self);
  if (at_escape_get_due_us (&self->escape) != 0)
    self->escape_alarm = amsel_clock_add_alarm (clock, at_escape_get_due_us (&self->escape), on_escape, self);
}

static void
begin_data (AtSession *self)
{
  at_session_tell (self, AT_RESULT_CONNECT);
  self->stage = AT_STAGE_DATA;
  at_escape_begin (&self->escape, amsel_clock_get_monotonic_us (self->terminal->clock));
}

static void
connect_to (AtSession *self, AmselTransport *transport)
{
  AmselLineSettings settings = at_port_get_settings (&self->terminal->state->ports[self->port - 1]);
  g_autoptr (GError) error = NULL;

  if (!amsel_transport_configure (transport, &settings, &error))
    at_terminal_problem (self->terminal, "%s: port %u: %s", self->peer, self->port, error->message);
  g_set_object (&self->transport, transport);
  g_signal_connect (transport, "received", G_CALLBACK (on_received), self);
  /* who listens at the far end judges damaged characters by himself, as on the line */
  g_signal_connect (transport, "damaged", G_CALLBACK (on_received), self);
  at_terminal_notice (self->terminal, "%s: has port %u to itself", self->peer, self->port);
  self->on_key = NULL;
  begin_data (self);
}

static AtResult
get_refusal (const GError *error)
{
  return g_error_matches (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_BUSY) ? AT_RESULT_BUSY
                                                                                    : AT_RESULT_NO_CARRIER;
}

/* The line is lent, or cannot be, or is taken away again. */
static void
on_borrowed (AmselTransport *transport, const GError *error, gpointer user_data)
{
  AtSession *self = user_data;
  gboolean is_waiting = self->is_waiting;

  self->is_waiting = FALSE;
  if (transport != NULL)
    {
      connect_to (self, transport);
      return;
    }
  disconnect (self);
  at_terminal_problem (self->terminal, "%s: %s", self->peer, error->message);
  if (is_waiting)
    at_session_finish (self, get_refusal (error));
  else
    {
      if (self->stage == AT_STAGE_DATA)
        self->stage = AT_STAGE_COMMAND;
      at_session_tell (self, AT_RESULT_NO_CARRIER);
    }
}

/* Any key while it waits for the line. */
static void
give_up (AtSession *self)
{
  at_data_hang_up (self);
  at_session_finish (self, AT_RESULT_NO_CARRIER);
}

/* The number is that of a port; blanks and the T or P of a dialler's habit are passed over. */
static guint
parse_port (const gchar *number)
{
  guint64 port = 0;

  while (*number == ' ' || g_ascii_toupper (*number) == 'T' || g_ascii_toupper (*number) == 'P')
    number++;
  if (*number == '\0')
    return 2;
  return g_ascii_string_to_unsigned (number, 10, 1, AT_N_PORTS, &port, NULL) ? (guint) port : 0;
}

AtResult
at_data_dial (AtSession *self, const gchar *number)
{
  guint port = parse_port (number);
  const gchar *pipeline = port > 0 ? at_terminal_find_pipeline (self->terminal, port, "MBUS") : NULL;

  if (port == 0 || self->port != 0)
    return AT_RESULT_ERROR;
  if (pipeline == NULL)
    return AT_RESULT_NO_CARRIER;
  if (self->terminal->is_searching)
    return AT_RESULT_BUSY;
  self->port = port;
  self->is_waiting = TRUE;
  self->on_key = give_up;
  amsel_controller_borrow (self->terminal->controller, pipeline, on_borrowed, self);
  /* where it was refused at once, that has been told */
  return AT_RESULT_PENDING;
}

AtResult
at_data_resume (AtSession *self)
{
  if (self->transport == NULL)
    return AT_RESULT_NO_CARRIER;
  begin_data (self);
  return AT_RESULT_NONE;
}
