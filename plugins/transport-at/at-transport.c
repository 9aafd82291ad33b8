/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transport over a transport: dials a modem, or takes a port of an AT terminal to itself, and then carries
 * bytes unchanged.
 *
 * Opening has two steps: the transport below is opened, then at-chat.c talks until CONNECT. How long the
 * slowest command took to be answered is what the way adds to the time of an answer. Closing gives the port
 * back at leisure: a pause, "+++", a pause, ATH. A new connection waits until that is done. */
#include "at-transport.h"

#include <string.h>

#include "at-chat.h"

#define COMMAND_TIMEOUT_US         (5 * G_USEC_PER_SEC)
#define CONNECT_TIMEOUT_DEFAULT_US (60 * G_USEC_PER_SEC)
#define LATENCY_DEFAULT_US         (100 * 1000)

/* A little more than the second that the far end wants, since bytes are on their way for a while. */
#define GUARD_US (1200 * 1000)

#define ESCAPE  "+++"
#define HANG_UP "ATH\r"

typedef enum
{
  PHASE_CLOSED,
  PHASE_OPENING,  /* the transport below */
  PHASE_CHATTING, /* until CONNECT */
  PHASE_DATA,
  PHASE_LEAVING, /* the pause before the escape */
  PHASE_ESCAPED, /* the pause behind it */
} Phase;

struct _AtTransport
{
  AmselTransport parent_instance;

  /* settings */
  AmselTransport *over; /* (owned) (nullable) */
  GStrv commands;       /* (owned) (nullable) */
  gchar *dial;          /* (owned) */
  gchar *login;         /* (owned) (nullable) */
  gchar *password;      /* (owned) (nullable) */
  gboolean hang_up;
  gint64 connect_timeout_us;
  gint64 latency_us;

  Phase phase;
  GTask *opening;      /* (owned) (nullable): while it is being opened */
  GCancellable *below; /* (owned) (nullable): the opening of the transport below */
  GCancellable *user;  /* (owned) (nullable): of who opens it */
  gulong user_handler; /* of user */
  AtChat chat;
  GSource *alarm;     /* (owned) (nullable): timeout, or the next step of leaving */
  gint64 sent_us;     /* monotonic: when the last command was sent */
  gint64 measured_us; /* slowest answer to a command */
  guint lost_at;      /* how much of “NO CARRIER” has come */
  gboolean has_started;
  GByteArray *early; /* (owned): data that came before it was started */
};

G_DEFINE_FINAL_TYPE (AtTransport, at_transport, AMSEL_TYPE_TRANSPORT)

typedef enum
{
  PROP_OVER = 1,
  PROP_COMMANDS,
  PROP_DIAL,
  PROP_LOGIN,
  PROP_PASSWORD,
  PROP_HANG_UP,
  PROP_CONNECT_TIMEOUT,
  PROP_LATENCY,
} AtTransportProperty;

static GParamSpec *properties[PROP_LATENCY + 1];

static void begin_opening (AtTransport *self);

static gint64
get_now_us (AtTransport *self)
{
  return amsel_clock_get_monotonic_us (amsel_transport_get_clock (AMSEL_TRANSPORT (self)));
}

static void
set_alarm (AtTransport *self, gint64 after_us, GSourceFunc callback)
{
  amsel_clock_clear_alarm (&self->alarm);
  self->alarm = amsel_clock_add_alarm (amsel_transport_get_clock (AMSEL_TRANSPORT (self)),
                                       get_now_us (self) + after_us, callback, self);
}

static void
send_text (AtTransport *self, const gchar *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  amsel_transport_send (self->over, bytes, NULL); /* a loss is told by its own signal */
}

/* Ends the attempt to open, with error (which is taken) or well. */
static void
finish_opening (AtTransport *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->opening);

  amsel_clock_clear_alarm (&self->alarm);
  if (self->user != NULL)
    g_cancellable_disconnect (self->user, self->user_handler);
  g_clear_object (&self->user);
  if (error != NULL)
    {
      self->phase = PHASE_CLOSED;
      amsel_transport_close (self->over);
      g_task_return_error (task, error);
      return;
    }
  self->phase = PHASE_DATA;
  self->lost_at = 0;
  self->has_started = FALSE;
  g_byte_array_set_size (self->early, 0);
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_chat_timeout (gpointer user_data)
{
  AtTransport *self = user_data;

  finish_opening (self, g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN,
                                     "no answer to %s came in time",
                                     self->chat.text != NULL ? self->chat.text : "the connection"));
  return G_SOURCE_REMOVE;
}

static void
send_command (AtTransport *self)
{
  const gchar *text = at_chat_get_text (&self->chat);

  send_text (self, text);
  send_text (self, "\r");
  self->sent_us = get_now_us (self);
  set_alarm (self, text == self->dial ? self->connect_timeout_us : COMMAND_TIMEOUT_US, on_chat_timeout);
}

static void
pass_up (AtTransport *self, const guint8 *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  gboolean lost = at_chat_is_lost (&self->lost_at, data, length);

  if (!self->has_started)
    g_byte_array_append (self->early, data, (guint) length);
  else if (length > 0)
    amsel_transport_received (AMSEL_TRANSPORT (self), bytes);
  if (lost && self->phase == PHASE_DATA)
    {
      g_autoptr (GError) error = g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_NO_CARRIER,
                                              "NO CARRIER: the far end has ended the connection");

      self->phase = PHASE_CLOSED;
      amsel_transport_close (self->over);
      amsel_transport_lost (AMSEL_TRANSPORT (self), error);
    }
}

/* A whole answer came: takes note of how long it took. */
static void
measure (AtTransport *self)
{
  if (self->chat.text != NULL && self->chat.text != self->dial)
    self->measured_us = MAX (self->measured_us, get_now_us (self) - self->sent_us);
}

static void
chat (AtTransport *self, const guint8 *data, gsize length)
{
  while (length > 0 && self->phase == PHASE_CHATTING)
    {
      GError *error = NULL;
      gsize used;
      AtChatStatus status;
      gboolean answered = self->chat.text != NULL;

      if (answered)
        measure (self);
      status = at_chat_take (&self->chat, data, length, &used, &error);
      data += used;
      length -= used;
      if (status == AT_CHAT_FAILED)
        finish_opening (self, error);
      else if (status == AT_CHAT_SEND)
        send_command (self);
      else if (status == AT_CHAT_CONNECTED)
        {
          finish_opening (self, NULL);
          pass_up (self, data, length);
        }
    }
}

static void
on_received (AmselTransport *over G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  g_autoptr (AtTransport) self = g_object_ref (user_data);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  if (self->phase == PHASE_CHATTING)
    chat (self, bytes, length);
  else if (self->phase == PHASE_DATA)
    pass_up (self, bytes, length);
}

static void
on_damaged (AmselTransport *over G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  AtTransport *self = user_data;

  if (self->phase == PHASE_DATA && self->has_started)
    amsel_transport_damaged (AMSEL_TRANSPORT (self), data);
}

static void
on_lost (AmselTransport *over G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  g_autoptr (AtTransport) self = g_object_ref (user_data);
  Phase phase = self->phase;

  self->phase = PHASE_CLOSED;
  amsel_clock_clear_alarm (&self->alarm);
  if (self->opening != NULL && phase == PHASE_CHATTING)
    finish_opening (self, g_error_copy (error));
  else if (phase == PHASE_DATA)
    amsel_transport_lost (AMSEL_TRANSPORT (self), error);
  else if (self->opening != NULL)
    begin_opening (self); /* it was leaving, and is wanted again */
}

static void
on_over_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AtTransport) self = user_data;
  GError *error = NULL;
  gboolean opened = amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, &error);

  g_clear_object (&self->below);
  if (self->opening == NULL)
    {
      g_clear_error (&error);
      return;
    }
  if (!opened)
    {
      finish_opening (self, error);
      return;
    }
  self->phase = PHASE_CHATTING;
  self->measured_us = 0;
  self->chat = (AtChat){ .commands = (const gchar *const *) self->commands,
                         .dial = self->dial,
                         .login = self->login,
                         .password = self->password };
  if (at_chat_begin (&self->chat) == AT_CHAT_SEND)
    send_command (self);
  else
    set_alarm (self, COMMAND_TIMEOUT_US, on_chat_timeout);
}

static void
begin_opening (AtTransport *self)
{
  self->phase = PHASE_OPENING;
  self->below = g_cancellable_new ();
  amsel_transport_set_clock (self->over, amsel_transport_get_clock (AMSEL_TRANSPORT (self)));
  amsel_transport_open_async (self->over, self->below, on_over_opened, g_object_ref (self));
}

/* Gives up: what was begun ends with an error of its own. */
static void
give_up (AtTransport *self)
{
  if (self->below != NULL)
    g_cancellable_cancel (self->below);
  if (self->opening != NULL && self->phase != PHASE_OPENING)
    finish_opening (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "closed while dialling"));
}

static void
on_user_cancelled (GCancellable *user G_GNUC_UNUSED, gpointer user_data)
{
  give_up (user_data);
}

static void
at_transport_open_async (AmselTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  AtTransport *self = AT_TRANSPORT (transport);

  self->opening = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->opening, at_transport_open_async);
  if (self->over == NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->opening);

      g_task_return_new_error (task, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN,
                               "there is no transport to dial over");
      return;
    }
  if (cancellable != NULL)
    {
      self->user = g_object_ref (cancellable);
      self->user_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_user_cancelled), self);
    }
  if (self->phase == PHASE_CLOSED)
    begin_opening (self);
  /* otherwise it is leaving, and opens behind that */
}

static gboolean
on_left (gpointer user_data)
{
  g_autoptr (AtTransport) self = g_object_ref (user_data);

  amsel_clock_clear_alarm (&self->alarm);
  send_text (self, HANG_UP);
  self->phase = PHASE_CLOSED;
  amsel_transport_close (self->over);
  if (self->opening != NULL)
    begin_opening (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_pause (gpointer user_data)
{
  AtTransport *self = user_data;

  send_text (self, ESCAPE);
  self->phase = PHASE_ESCAPED;
  set_alarm (self, GUARD_US, on_left);
  return G_SOURCE_REMOVE;
}

static void
at_transport_close (AmselTransport *transport)
{
  AtTransport *self = AT_TRANSPORT (transport);

  if (self->opening != NULL)
    give_up (self);
  if (self->phase != PHASE_DATA)
    return;
  if (!self->hang_up)
    {
      self->phase = PHASE_CLOSED;
      amsel_transport_close (self->over);
      return;
    }
  self->phase = PHASE_LEAVING;
  set_alarm (self, GUARD_US, on_pause);
}

static void
at_transport_start (AmselTransport *transport)
{
  AtTransport *self = AT_TRANSPORT (transport);
  g_autoptr (GBytes) early = NULL;

  self->has_started = TRUE;
  if (self->early->len == 0)
    return;
  early = g_bytes_new (self->early->data, self->early->len);
  g_byte_array_set_size (self->early, 0);
  amsel_transport_received (transport, early);
}

static gboolean
at_transport_send (AmselTransport *transport, GBytes *data, GError **error)
{
  return amsel_transport_send (AT_TRANSPORT (transport)->over, data, error);
}

static void
at_transport_set_paused (AmselTransport *transport, gboolean paused)
{
  amsel_transport_set_paused (AT_TRANSPORT (transport)->over, paused);
}

static gint64
at_transport_get_latency_us (AmselTransport *transport)
{
  AtTransport *self = AT_TRANSPORT (transport);
  gint64 below_us = self->over != NULL ? amsel_transport_get_latency_us (self->over) : 0;

  return MAX (self->measured_us, below_us) + self->latency_us;
}

static void
set_over (AtTransport *self, AmselTransport *over)
{
  if (self->over != NULL)
    g_signal_handlers_disconnect_by_data (self->over, self);
  g_set_object (&self->over, over);
  if (over == NULL)
    return;
  g_signal_connect (over, "received", G_CALLBACK (on_received), self);
  g_signal_connect (over, "damaged", G_CALLBACK (on_damaged), self);
  g_signal_connect (over, "lost", G_CALLBACK (on_lost), self);
}

static void
at_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AtTransport *self = AT_TRANSPORT (object);

  switch ((AtTransportProperty) id)
    {
    case PROP_OVER:
      g_value_set_object (value, self->over);
      break;
    case PROP_COMMANDS:
      g_value_set_boxed (value, self->commands);
      break;
    case PROP_DIAL:
      g_value_set_string (value, self->dial);
      break;
    case PROP_LOGIN:
      g_value_set_string (value, self->login);
      break;
    case PROP_PASSWORD:
      g_value_set_string (value, self->password);
      break;
    case PROP_HANG_UP:
      g_value_set_boolean (value, self->hang_up);
      break;
    case PROP_CONNECT_TIMEOUT:
      g_value_set_int64 (value, self->connect_timeout_us);
      break;
    case PROP_LATENCY:
      g_value_set_int64 (value, self->latency_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
at_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AtTransport *self = AT_TRANSPORT (object);

  switch ((AtTransportProperty) id)
    {
    case PROP_OVER:
      set_over (self, g_value_get_object (value));
      break;
    case PROP_COMMANDS:
      g_strfreev (self->commands);
      self->commands = g_value_dup_boxed (value);
      break;
    case PROP_DIAL:
      amsel_param_set_string (&self->dial, value);
      break;
    case PROP_LOGIN:
      amsel_param_set_string (&self->login, value);
      break;
    case PROP_PASSWORD:
      amsel_param_set_string (&self->password, value);
      break;
    case PROP_HANG_UP:
      self->hang_up = g_value_get_boolean (value);
      break;
    case PROP_CONNECT_TIMEOUT:
      self->connect_timeout_us = g_value_get_int64 (value);
      break;
    case PROP_LATENCY:
      self->latency_us = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
at_transport_dispose (GObject *object)
{
  AtTransport *self = AT_TRANSPORT (object);

  G_OBJECT_CLASS (at_transport_parent_class)->dispose (object);
  amsel_clock_clear_alarm (&self->alarm);
  if (self->over != NULL)
    amsel_transport_close (self->over);
  set_over (self, NULL);
}

static void
at_transport_finalize (GObject *object)
{
  AtTransport *self = AT_TRANSPORT (object);

  g_strfreev (self->commands);
  g_free (self->dial);
  g_free (self->login);
  g_free (self->password);
  g_byte_array_unref (self->early);
  G_OBJECT_CLASS (at_transport_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  properties[PROP_OVER] = g_param_spec_object (
      "over", "over", "The transport that leads to the modem or the terminal, such as serial or tcp.",
      AMSEL_TYPE_TRANSPORT, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_COMMANDS] = g_param_spec_boxed (
      "commands", "commands", "Commands before it dials, each answered by OK; ATE0 alone where not given.",
      G_TYPE_STRV, AMSEL_PARAM_SETTING);
  properties[PROP_DIAL] = g_param_spec_string (
      "dial", "dial",
      "Command that connects: ATD2 takes port 2 of a terminal, ATDT and a number calls a modem.", "ATD2",
      AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_LOGIN] = g_param_spec_string ("login", "login", "Login for a terminal that asks for one.",
                                                NULL, AMSEL_PARAM_SETTING);
  properties[PROP_PASSWORD] =
      g_param_spec_string ("password", "password", "Password for a terminal that asks for one.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET);
  properties[PROP_HANG_UP] = g_param_spec_boolean (
      "hang-up", "hang-up", "Give the port back by +++ and ATH before the transport below is closed.", TRUE,
      AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_CONNECT_TIMEOUT] =
      amsel_param_spec_duration ("connect-timeout", "How long to wait for CONNECT.", G_USEC_PER_SEC,
                                 600 * G_USEC_PER_SEC, CONNECT_TIMEOUT_DEFAULT_US, AMSEL_PARAM_SETTING);
  properties[PROP_LATENCY] = amsel_param_spec_duration (
      "latency", "What the far end adds to the time of an answer, beside what is measured on the way to it.",
      0, 60 * G_USEC_PER_SEC, LATENCY_DEFAULT_US, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
at_transport_class_init (AtTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  object_class->get_property = at_transport_get_property;
  object_class->set_property = at_transport_set_property;
  object_class->dispose = at_transport_dispose;
  object_class->finalize = at_transport_finalize;
  transport_class->open_async = at_transport_open_async;
  transport_class->close = at_transport_close;
  transport_class->start = at_transport_start;
  transport_class->send = at_transport_send;
  transport_class->set_paused = at_transport_set_paused;
  transport_class->get_latency_us = at_transport_get_latency_us;
  install_properties (object_class);
}

static void
at_transport_init (AtTransport *self)
{
  const gchar *const commands[] = { "ATE0", NULL };

  self->commands = g_strdupv ((gchar **) commands);
  self->connect_timeout_us = CONNECT_TIMEOUT_DEFAULT_US;
  self->latency_us = LATENCY_DEFAULT_US;
  self->early = g_byte_array_new ();
}
