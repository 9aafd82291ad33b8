/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands over a channel. A terminal that does not answer in time, talks without end or says what cannot be
 * is disconnected; it dials again, and the others do not notice. */
#include "smartcom-session.h"

#include <string.h>

typedef struct
{
  gchar *text; /* (owned) */
  SmartcomLineFunc line;
  SmartcomDoneFunc done;
  gpointer user_data;
} Command;

struct _SmartcomSession
{
  SmartcomChannel *channel; /* (owned) (nullable) */
  SmartcomClient client;
  AmselClock *clock; /* (unowned): outlives it */
  gint64 timeout_us;
  GSource *alarm;   /* (owned) (nullable) */
  GQueue *commands; /* (owned) (nullable) (element-type Command): the first is being answered */
  SmartcomClosedFunc closed;
  gpointer user_data;
};

static void
command_free (gpointer data)
{
  Command *command = data;

  g_free (command->text);
  g_free (command);
}

static void
session_clear (gpointer data)
{
  SmartcomSession *self = data;

  smartcom_client_clear (&self->client);
}

/* Takes the first command off and tells its end. */
static void
finish_first (SmartcomSession *self, const GError *error)
{
  Command *command = g_queue_pop_head (self->commands);

  amsel_clock_clear_alarm (&self->alarm);
  if (self->commands->length == 0)
    g_clear_pointer (&self->commands, g_queue_free); /* an idle session keeps nothing */
  command->done (error, command->user_data);
  command_free (command);
}

/* Closes the connection and tells everybody who waits; the owner hears of it where tell is set. */
static void
end (SmartcomSession *self, const GError *error, gboolean tell)
{
  if (self->channel == NULL)
    return;
  g_rc_box_acquire (self);
  g_clear_pointer (&self->channel, smartcom_channel_free);
  amsel_clock_clear_alarm (&self->alarm);
  while (self->commands != NULL)
    finish_first (self, error);
  if (tell)
    self->closed (self, error, self->user_data);
  g_rc_box_release_full (self, session_clear);
}

static gboolean
on_timeout (gpointer user_data)
{
  SmartcomSession *self = user_data;
  const Command *command = g_queue_peek_head (self->commands);
  g_autoptr (GError) error =
      g_error_new (SMARTCOM_ERROR, SMARTCOM_ERROR_TIMEOUT, "no answer to %.60s within %" G_GINT64_FORMAT " s",
                   command->text, self->timeout_us / G_USEC_PER_SEC);

  end (self, error, TRUE);
  return G_SOURCE_REMOVE;
}

/* Each line of an answer gives it as long again. */
static void
restart_alarm (SmartcomSession *self)
{
  amsel_clock_clear_alarm (&self->alarm);
  self->alarm = amsel_clock_add_alarm (
      self->clock, amsel_clock_get_monotonic_us (self->clock) + self->timeout_us, on_timeout, self);
}

static void
send_first (SmartcomSession *self)
{
  const Command *command = g_queue_peek_head (self->commands);
  g_autofree gchar *line = g_strconcat (command->text, "\r", NULL);

  smartcom_client_begin (&self->client, command->text);
  restart_alarm (self);
  smartcom_channel_send (self->channel, (const guint8 *) line, strlen (line));
}

static void
finish (SmartcomSession *self, const GError *error)
{
  finish_first (self, error);
  if (self->channel != NULL && self->commands != NULL && !smartcom_client_is_busy (&self->client))
    send_first (self);
}

static void
handle (SmartcomSession *self, SmartcomClientEvent event, const gchar *line, GError *fault)
{
  g_autoptr (GError) error = fault;
  const Command *command = self->commands != NULL ? g_queue_peek_head (self->commands) : NULL;

  if (event == SMARTCOM_CLIENT_LINE)
    {
      restart_alarm (self);
      if (command->line != NULL && !command->line (line, command->user_data, &error))
        end (self, error, TRUE);
    }
  else if (event == SMARTCOM_CLIENT_OK)
    finish (self, NULL);
  else if (event == SMARTCOM_CLIENT_ERROR)
    {
      g_set_error (&error, SMARTCOM_ERROR, SMARTCOM_ERROR_REFUSED, "it answers %.60s to %.60s", line,
                   command->text);
      finish (self, error);
    }
  else if (event == SMARTCOM_CLIENT_FAULT)
    end (self, error, TRUE);
}

static void
on_received (const guint8 *data, gsize length, gpointer user_data)
{
  SmartcomSession *self = g_rc_box_acquire (user_data);

  for (gsize at = 0; at < length && self->channel != NULL;)
    {
      GError *error = NULL;
      const gchar *line;
      gsize used = 0;
      SmartcomClientEvent event =
          smartcom_client_feed (&self->client, data + at, length - at, &used, &line, &error);

      at += used;
      handle (self, event, line, error);
    }
  g_rc_box_release_full (self, session_clear);
}

static void
on_closed (const GError *error, gpointer user_data)
{
  end (user_data, error, TRUE);
}

static const SmartcomChannelCallbacks channel_callbacks = { on_received, NULL, on_closed };

SmartcomSession *
smartcom_session_new (SmartcomChannel *channel, AmselClock *clock, gint64 timeout_us,
                      SmartcomClosedFunc closed, gpointer user_data)
{
  SmartcomSession *self = g_rc_box_new0 (SmartcomSession);

  self->channel = channel;
  self->clock = clock;
  self->timeout_us = timeout_us;
  self->closed = closed;
  self->user_data = user_data;
  smartcom_channel_set_callbacks (channel, &channel_callbacks, self);
  return self;
}

void
smartcom_session_free (SmartcomSession *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (SMARTCOM_ERROR, SMARTCOM_ERROR_OFFLINE, "the terminal is offline");

  end (self, error, FALSE);
  g_rc_box_release_full (self, session_clear);
}

void
smartcom_session_feed (SmartcomSession *self, const guint8 *data, gsize length)
{
  on_received (data, length, self);
}

void
smartcom_session_ask (SmartcomSession *self, const gchar *command, SmartcomLineFunc line,
                      SmartcomDoneFunc done, gpointer user_data)
{
  Command *added = g_new0 (Command, 1);

  if (self->commands == NULL)
    self->commands = g_queue_new ();
  added->text = g_strdup (command);
  added->line = line;
  added->done = done;
  added->user_data = user_data;
  g_queue_push_tail (self->commands, added);
  if (self->commands->length == 1 && self->channel != NULL)
    send_first (self);
}
