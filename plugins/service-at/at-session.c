/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One who commands the terminal.
 *
 * Bytes become lines, lines commands, one at a time: what comes while a command has not ended waits, up to a
 * bound. Long answers are made as fast as they are taken, so a client that does not read costs nothing but
 * his own answer. */
#include "at-session-private.h"

#include <string.h>

/* Bytes that may wait for their turn before more is held back, and before it is lost. */
#define INPUT_HIGH (4 * 1024)
#define INPUT_MAX  (64 * 1024)

/* A long answer goes on while less than this waits to be taken. */
#define OUTPUT_HIGH (32 * 1024)

#define LOGINS_MAX 3

static const struct
{
  AtResult result;
  const gchar *text;
} RESULTS[] = {
  { AT_RESULT_OK, "OK" },       { AT_RESULT_CONNECT, "CONNECT" }, { AT_RESULT_NO_CARRIER, "NO CARRIER" },
  { AT_RESULT_ERROR, "ERROR" }, { AT_RESULT_BUSY, "BUSY" },       { AT_RESULT_NO_ANSWER, "NO ANSWER" },
};

static void process (AtSession *self);

AtSession *
at_session_ref (AtSession *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AtSession *self = data;

  at_terminal_unref (self->terminal);
  g_byte_array_unref (self->input);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->transport);
  g_free (self->peer);
  g_free (self->login);
  g_free (self->password);
  g_free (self->user);
}

void
at_session_unref (AtSession *self)
{
  g_rc_box_release_full (self, clear);
}

static void
put (AtSession *self, const gchar *text, gsize length)
{
  if (!self->is_closed && length > 0)
    self->output.write ((const guint8 *) text, length, self->user_data);
}

/* In verbose mode an answer begins on a line of its own. */
static void
begin_answer (AtSession *self)
{
  if (self->verbose && !self->has_written)
    put (self, "\r\n", 2);
  self->has_written = TRUE;
}

void
at_session_say (AtSession *self, const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  begin_answer (self);
  put (self, text, strlen (text));
  put (self, "\r\n", 2);
}

void
at_session_tell (AtSession *self, AtResult result)
{
  for (gsize i = 0; i < G_N_ELEMENTS (RESULTS) && !self->quiet; i++)
    if (RESULTS[i].result == result)
      {
        g_autofree gchar *text =
            self->verbose ? g_strdup_printf ("%s\r\n", RESULTS[i].text) : g_strdup_printf ("%d\r", result);

        begin_answer (self);
        put (self, text, strlen (text));
      }
  self->has_written = FALSE;
}

static void
clear_pump (AtSession *self)
{
  amsel_clock_clear_alarm (&self->pump_alarm);
  if (self->pump_destroy != NULL)
    self->pump_destroy (self->pump_data);
  self->pump = NULL;
  self->pump_destroy = NULL;
}

void
at_session_finish (AtSession *self, AtResult result)
{
  g_autoptr (AtSession) keep = at_session_ref (self);

  if (self->is_closed)
    return;
  self->on_key = NULL;
  g_clear_object (&self->cancellable);
  if (self->stage == AT_STAGE_BUSY)
    self->stage = AT_STAGE_COMMAND;
  at_session_tell (self, result);
  process (self);
}

static gboolean
on_pump (gpointer user_data)
{
  AtSession *self = user_data;

  amsel_clock_clear_alarm (&self->pump_alarm);
  at_session_drained (self);
  return G_SOURCE_REMOVE;
}

/* One part at a time, from the main loop, so that others have their turn. */
void
at_session_drained (AtSession *self)
{
  gint64 now_us = amsel_clock_get_monotonic_us (self->terminal->clock);

  if (self->is_closed || self->pump == NULL || self->output.get_queued (self->user_data) >= OUTPUT_HIGH)
    return;
  if (!self->pump (self, self->pump_data))
    {
      clear_pump (self);
      at_session_finish (self, AT_RESULT_OK);
    }
  else if (self->pump_alarm == NULL)
    self->pump_alarm = amsel_clock_add_alarm (self->terminal->clock, now_us, on_pump, self);
}

AtResult
at_session_begin_pump (AtSession *self, AtPump pump, gpointer data, GDestroyNotify destroy)
{
  self->pump = pump;
  self->pump_data = data;
  self->pump_destroy = destroy;
  self->pump_alarm = amsel_clock_add_alarm (
      self->terminal->clock, amsel_clock_get_monotonic_us (self->terminal->clock), on_pump, self);
  return AT_RESULT_PENDING;
}

/* The same time whatever stands there. */
static gboolean
is_equal (const gchar *a, const gchar *b)
{
  gsize n = strlen (a);
  guint difference = n != strlen (b);

  for (gsize i = 0; i < n && i <= strlen (b); i++)
    difference |= (guint) (guchar) (a[i] ^ b[i]);
  return difference == 0;
}

static void
take_password (AtSession *self, const gchar *password)
{
  gboolean known = is_equal (self->login, self->user) && is_equal (self->password, password);

  if (known)
    {
      self->stage = AT_STAGE_COMMAND;
      at_terminal_notice (self->terminal, "%s: logged in", self->peer);
      at_session_tell (self, AT_RESULT_OK);
      return;
    }
  at_terminal_problem (self->terminal, "%s: wrong login or password", self->peer);
  self->stage = AT_STAGE_LOGIN;
  at_session_tell (self, AT_RESULT_ERROR);
  if (++self->n_refused >= LOGINS_MAX && self->output.close != NULL)
    self->output.close (self->user_data);
  else
    at_session_say (self, "Login:");
  self->has_written = FALSE;
}

static void
take_login (AtSession *self, const gchar *user)
{
  g_free (self->user);
  self->user = g_strdup (user);
  self->stage = AT_STAGE_PASSWORD;
  at_session_say (self, "Password:");
  self->has_written = FALSE;
}

void
at_session_require_login (AtSession *self, const gchar *login, const gchar *password)
{
  self->login = g_strdup (login);
  self->password = g_strdup (password);
  self->stage = AT_STAGE_LOGIN;
  at_session_say (self, "Amsel AT terminal");
  at_session_say (self, "Login:");
  self->has_written = FALSE;
}

/* Told once in a session: who talks nonsense does so without end. */
static void
refuse_line (AtSession *self, const gchar *why)
{
  if (!self->has_complained)
    at_terminal_problem (self->terminal, "%s: %s", self->peer, why);
  self->has_complained = TRUE;
  at_session_tell (self, AT_RESULT_ERROR);
}

static void
run (AtSession *self, const gchar *line)
{
  AtResult result;

  self->stage = AT_STAGE_BUSY;
  result = at_commands_run (self, line);
  if (result == AT_RESULT_PENDING)
    return;
  if (self->stage == AT_STAGE_BUSY)
    self->stage = AT_STAGE_COMMAND;
  if (result != AT_RESULT_NONE)
    at_session_tell (self, result);
}

static void
take_line (AtSession *self, AtLineStatus status)
{
  g_autofree gchar *line = g_strstrip (g_strdup (self->line.text));

  if (status == AT_LINE_TOO_LONG)
    refuse_line (self, "a line of more than 512 characters is refused");
  else if (status == AT_LINE_BINARY)
    refuse_line (self, "a line with characters that no command has is refused");
  else if (self->stage == AT_STAGE_LOGIN)
    {
      if (*line != '\0')
        take_login (self, line);
    }
  else if (self->stage == AT_STAGE_PASSWORD)
    take_password (self, self->line.text);
  else if (*line != '\0')
    run (self, line);
}

/* A key ends a search; line ends that belong to the command, and telnet's own talk, do not. */
static void
take_key (AtSession *self, guint8 byte)
{
  if (at_line_is_typed (&self->line, byte) && self->on_key != NULL)
    self->on_key (self);
}

static gboolean
is_waiting (AtSession *self)
{
  return self->stage == AT_STAGE_BUSY && self->on_key == NULL;
}

static void
take_byte (AtSession *self, guint8 byte)
{
  g_autoptr (GString) echo = self->echo ? g_string_new (NULL) : NULL;
  AtLineStatus status;

  if (self->stage == AT_STAGE_BUSY)
    {
      take_key (self, byte);
      return;
    }
  status = at_line_take (&self->line, byte, self->stage == AT_STAGE_PASSWORD ? NULL : echo);
  if (echo != NULL)
    put (self, echo->str, echo->len);
  if (status != AT_LINE_MORE)
    take_line (self, status);
}

/* Takes what waits, as far as it may be taken now. */
static void
process (AtSession *self)
{
  guint done = 0;

  if (self->is_processing)
    return; /* a command has ended at once: the loop below goes on */
  self->is_processing = TRUE;
  while (!self->is_closed && done < self->input->len && !is_waiting (self))
    if (self->stage == AT_STAGE_DATA)
      {
        g_autoptr (GByteArray) rest = g_byte_array_new ();

        g_byte_array_append (rest, self->input->data + done, self->input->len - done);
        done = self->input->len;
        at_data_receive (self, rest->data, rest->len);
      }
    else
      take_byte (self, self->input->data[done++]);
  if (done > 0)
    g_byte_array_remove_range (self->input, 0, done);
  self->is_processing = FALSE;
}

/* Keeps what waits bounded. */
static gboolean
has_room (AtSession *self, gsize length)
{
  if (self->input->len + length <= INPUT_MAX)
    return TRUE;
  if (!self->has_overflown)
    at_terminal_problem (self->terminal, "%s: sends faster than it is answered; what is too much is lost",
                         self->peer);
  self->has_overflown = TRUE;
  return FALSE;
}

void
at_session_receive (AtSession *self, const guint8 *data, gsize length)
{
  g_autoptr (AtSession) keep = at_session_ref (self);

  while (length > 0 && !self->is_closed)
    {
      gsize n = MIN (length, INPUT_HIGH);

      if (!has_room (self, n))
        return;
      g_byte_array_append (self->input, data, (guint) n);
      process (self);
      data += n;
      length -= n;
    }
}

gboolean
at_session_wants_input (AtSession *self)
{
  return self->input->len < INPUT_HIGH;
}

AtSession *
at_session_new (AtTerminal *terminal, const gchar *peer, const AtOutput *output, gpointer user_data)
{
  AtSession *self = g_rc_box_new0 (AtSession);

  self->terminal = at_terminal_ref (terminal);
  self->peer = g_strdup (peer);
  self->output = *output;
  self->user_data = user_data;
  self->input = g_byte_array_new ();
  self->stage = AT_STAGE_COMMAND;
  self->echo = TRUE;
  self->verbose = TRUE;
  return self;
}

void
at_session_close (AtSession *self)
{
  self->is_closed = TRUE;
  if (self->on_key != NULL)
    self->on_key (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  at_data_hang_up (self);
  clear_pump (self);
  at_session_unref (self);
}
