/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The serial port on which the terminal is commanded: one session for as long as the port is open.
 *
 * A serial port takes all that it is given at once, and sends it slowly. So what it has not sent yet is
 * reckoned by its baud rate, and a long answer is given to it at that pace. */
#include "at-console.h"

#include "at-session.h"

#define REOPEN_US          (5 * G_USEC_PER_SEC)
#define BITS_PER_CHAR      10
#define BAUD_WHERE_UNKNOWN 115200

struct _AtConsole
{
  AtTerminal *terminal;      /* (owned) */
  AmselTransport *transport; /* (owned) */
  GCancellable *opening;     /* (owned): ends with the console */
  AtSession *session;        /* (owned) (nullable): while the port is open */
  guint baud;
  gint64 sent_us; /* monotonic: when all that was given will have been sent */
  GSource *alarm; /* (owned) (nullable): to open again, or to go on with an answer */
  gboolean has_failed;
};

static void begin_opening (AtConsole *self);

static gboolean
on_alarm (gpointer user_data)
{
  AtConsole *self = user_data;

  amsel_clock_clear_alarm (&self->alarm);
  if (self->session != NULL)
    at_session_drained (self->session);
  else
    begin_opening (self);
  return G_SOURCE_REMOVE;
}

static void
set_alarm (AtConsole *self, gint64 at_us)
{
  amsel_clock_clear_alarm (&self->alarm);
  self->alarm = amsel_clock_add_alarm (self->terminal->clock, at_us, on_alarm, self);
}

static gint64
get_now_us (AtConsole *self)
{
  return amsel_clock_get_monotonic_us (self->terminal->clock);
}

static void
on_write (const guint8 *data, gsize length, gpointer user_data)
{
  AtConsole *self = user_data;
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  amsel_transport_send (self->transport, bytes, NULL); /* a loss is told by its own signal */
  self->sent_us =
      MAX (self->sent_us, get_now_us (self)) + (gint64) length * BITS_PER_CHAR * G_USEC_PER_SEC / self->baud;
  set_alarm (self, self->sent_us);
}

static gsize
on_get_queued (gpointer user_data)
{
  AtConsole *self = user_data;
  gint64 left_us = MAX (self->sent_us - get_now_us (self), 0);

  return (gsize) (left_us * self->baud / BITS_PER_CHAR / G_USEC_PER_SEC);
}

/* There is nothing to close at a serial port: ATZ only resets. */
static const AtOutput OUTPUT = { on_write, on_get_queued, NULL };

static void
on_received (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  AtConsole *self = user_data;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  if (self->session != NULL)
    at_session_receive (self->session, bytes, length);
}

static void
fail (AtConsole *self, const GError *error)
{
  g_clear_pointer (&self->session, at_session_close);
  if (!self->has_failed)
    at_terminal_problem (self->terminal, "console: %s", error->message);
  self->has_failed = TRUE;
  set_alarm (self, get_now_us (self) + REOPEN_US);
}

static void
on_lost (AmselTransport *transport G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  fail (user_data, error);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AtConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean opened = amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the console is gone */
  if (!opened)
    {
      fail (self, error);
      return;
    }
  self->has_failed = FALSE;
  self->session = at_session_new (self->terminal, "console", &OUTPUT, self);
}

static void
begin_opening (AtConsole *self)
{
  amsel_transport_open_async (self->transport, self->opening, on_opened, self);
}

AtConsole *
at_console_new (AtTerminal *terminal, AmselTransport *transport)
{
  AtConsole *self = g_new0 (AtConsole, 1);

  self->terminal = at_terminal_ref (terminal);
  self->transport = g_object_ref (transport);
  self->opening = g_cancellable_new ();
  self->baud = BAUD_WHERE_UNKNOWN;
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (transport), "baud") != NULL)
    g_object_get (transport, "baud", &self->baud, NULL);
  self->baud = MAX (self->baud, 1);
  g_signal_connect (transport, "received", G_CALLBACK (on_received), self);
  g_signal_connect (transport, "lost", G_CALLBACK (on_lost), self);
  begin_opening (self);
  return self;
}

void
at_console_free (AtConsole *self)
{
  g_signal_handlers_disconnect_by_data (self->transport, self);
  g_cancellable_cancel (self->opening);
  amsel_clock_clear_alarm (&self->alarm);
  g_clear_pointer (&self->session, at_session_close);
  amsel_transport_close (self->transport);
  g_object_unref (self->transport);
  g_object_unref (self->opening);
  at_terminal_unref (self->terminal);
  g_free (self);
}
