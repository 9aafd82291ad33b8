/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel at: a console to an AT terminal. Where a person types, what he types goes out as it is, and what
 * comes is shown; otherwise each line of the input is a command, which is sent when the one before has its
 * result. */
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "at-script.h"
#include "cli-place.h"
#include "cli.h"

#define READ_BYTES      4096
#define DEFAULT_BAUD    115200
#define DEFAULT_TIMEOUT (10 * 60)
#define LEAVE           0x1D /* Ctrl-] */

/* A line of input is longer than any command: something else was meant. */
#define INPUT_MAX 65536

typedef struct
{
  AmselTransport *transport; /* (owned) */
  GMainLoop *loop;           /* (owned) */
  int status;

  /* a person */
  gboolean is_person;
  gboolean is_raw;
  struct termios before; /* of his terminal */

  /* a script */
  AtScript script;
  GPtrArray *commands; /* (owned) (element-type utf8): still to be sent */
  GString *input;      /* (owned): what was read of a line of standard input */
  gboolean has_ended;  /* the input */
  gboolean is_waiting; /* for the result of a command */
  gint timeout_s;
  GSource *alarm; /* (owned) (nullable) */

  gchar *login;    /* (owned) (nullable) */
  gchar *password; /* (owned) (nullable) */
  gboolean is_logging_in;
} Console;

static void next (Console *self);

static void
end (Console *self, int status)
{
  self->status = MAX (self->status, status);
  g_main_loop_quit (self->loop);
}

static gboolean
send_text (Console *self, const gchar *text, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;

  if (amsel_transport_send (self->transport, bytes, &error))
    return TRUE;
  cli_complain ("%s", error->message);
  end (self, CLI_FAILED);
  return FALSE;
}

static gboolean
on_timeout (gpointer user_data)
{
  Console *self = user_data;

  amsel_clock_clear_alarm (&self->alarm);
  cli_complain ("no result came within %d s", self->timeout_s);
  end (self, CLI_FAILED);
  return G_SOURCE_REMOVE;
}

static void
wait_for_result (Console *self)
{
  AmselClock *clock = amsel_clock_get_system ();
  gint64 timeout_us = (gint64) self->timeout_s * G_USEC_PER_SEC;

  self->is_waiting = TRUE;
  amsel_clock_clear_alarm (&self->alarm);
  self->alarm =
      amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock) + timeout_us, on_timeout, self);
}

static void
send_line (Console *self, const gchar *line)
{
  g_autofree gchar *text = g_strconcat (line, "\r", NULL);

  at_script_begin (&self->script, line);
  wait_for_result (self);
  send_text (self, text, strlen (text));
}

/* Sends the next command of the script; at its end, ends. */
static void
next (Console *self)
{
  while (!self->is_waiting && self->commands->len > 0)
    {
      g_autofree gchar *line = g_ptr_array_steal_index (self->commands, 0);

      g_strstrip (line);
      if (*line != '\0' && *line != '#')
        send_line (self, line);
    }
  if (!self->is_waiting && self->has_ended)
    end (self, CLI_DONE);
}

/* A terminal that wants to know who it is asks before anything else. */
static gboolean
answer_question (Console *self, const gchar *out)
{
  if (self->password == NULL)
    return FALSE;
  if (strstr (out, "Login:") != NULL)
    send_line (self, self->login != NULL ? self->login : "");
  else if (strstr (out, "Password:") != NULL)
    {
      send_line (self, self->password);
      g_clear_pointer (&self->password, g_free);
    }
  else
    return FALSE;
  return TRUE;
}

static void
take_answer (Console *self, const gchar *data, gsize length)
{
  g_autoptr (GString) out = g_string_new (NULL);
  AtScriptResult result = at_script_take (&self->script, data, length, out);

  fputs (out->str, stdout);
  fflush (stdout);
  if (answer_question (self, out->str) || result == AT_SCRIPT_NONE)
    return;
  amsel_clock_clear_alarm (&self->alarm);
  if (result == AT_SCRIPT_FAILED)
    self->status = CLI_FAILED;
  if (result == AT_SCRIPT_FAILED && self->is_logging_in)
    {
      end (self, CLI_FAILED);
      return;
    }
  self->is_logging_in = FALSE;
  self->is_waiting = FALSE;
  next (self);
}

static void
on_received (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  Console *self = user_data;
  gsize length;
  const gchar *bytes = g_bytes_get_data (data, &length);

  if (!self->is_person)
    {
      take_answer (self, bytes, length);
      return;
    }
  fwrite (bytes, 1, length, stdout);
  fflush (stdout);
}

static void
on_lost (AmselTransport *transport G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  Console *self = user_data;

  if (!self->is_person || self->is_waiting)
    cli_complain ("%s", error->message);
  end (self, self->is_waiting || self->commands->len > 0 ? CLI_FAILED : CLI_DONE);
}

/* What a person types goes out as it is; the key that leads out does not. */
static void
take_keys (Console *self, const gchar *keys, gsize length)
{
  const gchar *leave = memchr (keys, LEAVE, length);

  if (length > 0)
    send_text (self, keys, leave != NULL ? (gsize) (leave - keys) : length);
  if (leave != NULL)
    end (self, CLI_DONE);
}

static void
take_input (Console *self, const gchar *data, gsize length)
{
  const gchar *line_end;

  g_string_append_len (self->input, data, (gssize) length);
  while ((line_end = strchr (self->input->str, '\n')) != NULL)
    {
      gsize n = (gsize) (line_end - self->input->str);

      g_ptr_array_add (self->commands, g_strndup (self->input->str, n));
      g_string_erase (self->input, 0, (gssize) n + 1);
    }
  if (self->input->len > INPUT_MAX)
    {
      cli_complain ("a line of the input is longer than %d bytes", INPUT_MAX);
      end (self, CLI_FAILED);
    }
}

static gboolean
on_input (gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  Console *self = user_data;
  gchar buffer[READ_BYTES];
  gssize n = read (fd, buffer, sizeof buffer);

  if (self->is_person)
    {
      if (n > 0)
        take_keys (self, buffer, (gsize) n);
      else
        end (self, CLI_DONE);
      return n > 0;
    }
  if (n > 0)
    take_input (self, buffer, (gsize) n);
  else
    {
      if (self->input->len > 0)
        g_ptr_array_add (self->commands, g_strdup (self->input->str));
      self->has_ended = TRUE;
    }
  next (self);
  return n > 0;
}

/* Keys come one by one, and Enter as CR, as a modem wants it. */
static void
become_raw (Console *self)
{
  struct termios raw;

  if (tcgetattr (STDIN_FILENO, &self->before) != 0)
    return;
  raw = self->before;
  cfmakeraw (&raw);
  self->is_raw = tcsetattr (STDIN_FILENO, TCSANOW, &raw) == 0;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Console *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, &error))
    {
      cli_complain ("%s", error->message);
      end (self, CLI_FAILED);
      return;
    }
  if (self->is_person)
    {
      become_raw (self);
      fprintf (stderr, "connected; Ctrl-] ends\r\n");
    }
  if (self->password != NULL && !self->is_person)
    {
      self->is_logging_in = TRUE; /* it asks first */
      wait_for_result (self);
    }
  if (!self->has_ended)
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, self);
  next (self);
}

static int
converse (Console *self)
{
  g_signal_connect (self->transport, "received", G_CALLBACK (on_received), self);
  g_signal_connect (self->transport, "lost", G_CALLBACK (on_lost), self);
  amsel_transport_open_async (self->transport, NULL, on_opened, self);
  g_main_loop_run (self->loop);
  if (self->is_raw)
    tcsetattr (STDIN_FILENO, TCSANOW, &self->before);
  amsel_clock_clear_alarm (&self->alarm);
  g_signal_handlers_disconnect_by_data (self->transport, self);
  amsel_transport_close (self->transport);
  return self->status;
}

static void
clear (Console *self)
{
  at_script_clear (&self->script);
  g_clear_object (&self->transport);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_ptr_array_unref (self->commands);
  g_string_free (self->input, TRUE);
  g_free (self->login);
  g_free (self->password);
}

static gboolean
read_password (Console *self, const gchar *path)
{
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &self->password, NULL, &error))
    {
      cli_complain ("%s", error->message);
      return FALSE;
    }
  g_strchomp (self->password);
  return TRUE;
}

/* The place, and commands where they stand on the command line. */
static gboolean
set_up (Console *self, int argc, char **argv, gint baud)
{
  g_autoptr (GError) error = NULL;

  self->transport = cli_make_transport (argv[1], &error);
  if (self->transport == NULL)
    {
      cli_complain ("%s", error->message);
      return FALSE;
    }
  if (cli_is_device (argv[1]))
    g_object_set (self->transport, "baud", (guint) baud, NULL);
  for (int i = 2; i < argc; i++)
    g_ptr_array_add (self->commands, g_strdup (argv[i]));
  self->has_ended = argc > 2;
  self->is_person = argc == 2 && isatty (STDIN_FILENO);
  return TRUE;
}

int
cmd_at (int argc, char **argv)
{
  Console console = { .timeout_s = DEFAULT_TIMEOUT };
  g_autofree gchar *password_file = NULL;
  gint baud = DEFAULT_BAUD;
  const GOptionEntry entries[] = {
    { "baud", 0, 0, G_OPTION_ARG_INT, &baud, "Baud rate of a serial port (115200)", "N" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &console.login, "Login, where the terminal asks for one", "NAME" },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &password_file, "File with the password for it", "FILE" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &console.timeout_s, "How long to wait for a result, in s (600)",
      "N" },
    { NULL },
  };
  int status = CLI_USAGE;

  if (!cli_parse (
          &argc, &argv, "PLACE [COMMAND…]",
          "A console to an AT terminal at a serial device, or at HOST:PORT. On a terminal, what is typed "
          "goes\n"
          "out as it is; otherwise each line of standard input is a command (# begins a comment), or the\n"
          "commands stand behind the place. Ends with 1 where one was answered by ERROR or not at all.",
          entries))
    return CLI_USAGE;
  console.loop = g_main_loop_new (NULL, FALSE);
  console.commands = g_ptr_array_new_with_free_func (g_free);
  console.input = g_string_new (NULL);
  at_script_init (&console.script);
  if (argc < 2)
    cli_complain ("expected a PLACE; see “amsel at --help”");
  else if (baud < 50 || baud > 4000000 || console.timeout_s < 1 || console.timeout_s > 86400)
    cli_complain ("--baud: expected 50 to 4000000; --timeout: 1 to 86400");
  else if ((password_file == NULL || read_password (&console, password_file))
           && set_up (&console, argc, argv, baud))
    status = converse (&console);
  clear (&console);
  return status;
}
