/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel simulate: serves simulated devices on a pseudo-terminal or a TCP port until it is told to end. */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "amsel-config.h"
#include "cli-config.h"
#include "cli.h"

#define PORT_MAX 65535

/* The option was not given. */
#define NO_PORT G_MININT

typedef struct
{
  gchar *pty;   /* (owned) (nullable) */
  gchar *speed; /* (owned) (nullable) */
  gint port;    /* negative: no TCP port */
} Options;

static void
options_clear (Options *options)
{
  g_free (options->pty);
  g_free (options->speed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static AmselSimulator *
load (const gchar *path)
{
  g_autoptr (GPtrArray) problems = NULL;
  AmselSimulator *simulator = amsel_config_load_simulator (path, cli_get_registry (), &problems);

  cli_print_problems (problems);
  if (simulator == NULL)
    cli_complain_of_plugins ();
  return simulator;
}

static gboolean
set_speed (AmselSimulator *simulator, const gchar *speed)
{
  GEnumClass *speeds = g_type_class_ref (AMSEL_TYPE_SIMULATOR_SPEED);
  const GEnumValue *value = g_enum_get_value_by_nick (speeds, speed);
  gboolean ok = value != NULL && value->value != AMSEL_SIMULATOR_SPEED_NONE;

  if (ok)
    g_object_set (simulator, "speed", value->value, NULL);
  else
    cli_complain ("--speed: “%s” is not known; expected real or fast", speed);
  g_type_class_unref (speeds);
  return ok;
}

static gboolean
open_ports (AmselSimulatorHost *host, const Options *options)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  if (options->pty != NULL || options->port < 0)
    ok = amsel_simulator_host_open_pty (host, options->pty, &error);
  if (ok && options->port >= 0)
    ok = amsel_simulator_host_open_tcp (host, (guint) options->port, &error);
  if (!ok)
    cli_complain ("%s", error->message);
  return ok;
}

/* The one line that tells whoever started the program that the ports can be opened now. */
static void
print_ready (AmselSimulatorHost *host, const Options *options)
{
  const gchar *name = amsel_simulator_host_get_pty_name (host);
  g_autoptr (GString) text = g_string_new ("ready:");

  if (name != NULL)
    g_string_append_printf (text, " pty %s", name);
  if (options->pty != NULL)
    g_string_append_printf (text, " linked as %s", options->pty);
  if (options->port >= 0)
    g_string_append_printf (text, "%s tcp 127.0.0.1:%u", name != NULL ? "," : "",
                            amsel_simulator_host_get_tcp_port (host));
  printf ("%s\n", text->str);
  fflush (stdout);
}

static int
serve (AmselSimulator *simulator, const Options *options)
{
  g_autoptr (AmselSimulatorHost) host = amsel_simulator_host_new (simulator);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  const int SIGNALS[] = { SIGINT, SIGTERM, SIGHUP };
  guint sources[G_N_ELEMENTS (SIGNALS)];

  /* before there is a link to remove */
  for (gsize i = 0; i < G_N_ELEMENTS (SIGNALS); i++)
    sources[i] = g_unix_signal_add (SIGNALS[i], on_signal, loop);
  signal (SIGPIPE, SIG_IGN);
  if (open_ports (host, options))
    {
      print_ready (host, options);
      g_main_loop_run (loop);
    }
  else
    g_clear_object (&host);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  return host != NULL ? CLI_DONE : CLI_FAILED;
}

int
cmd_simulate (int argc, char **argv)
{
  g_auto (Options) options = { .port = NO_PORT };
  const GOptionEntry entries[] = {
    { "pty", 0, 0, G_OPTION_ARG_FILENAME, &options.pty,
      "Serve on a pseudo-terminal, and make PATH a link to it (without any option: on one without a link)",
      "PATH" },
    { "tcp", 0, 0, G_OPTION_ARG_INT, &options.port,
      "Serve on a TCP port of this machine; 0 for any that is free", "PORT" },
    { "speed", 0, 0, G_OPTION_ARG_STRING, &options.speed,
      "real: everything takes the time that it takes on a line; fast: no waiting at all", "real|fast" },
    { NULL },
  };
  g_autoptr (AmselSimulator) simulator = NULL;

  if (!cli_parse (
          &argc, &argv, "FILE",
          "Serves the simulated devices that a YAML file describes, until it gets SIGINT or SIGTERM.\n"
          "Prints one line that begins with “ready:” when the ports can be opened.",
          entries))
    return CLI_USAGE;
  if (argc != 2)
    {
      cli_complain ("expected one FILE; see “amsel simulate --help”");
      return CLI_USAGE;
    }
  if (options.port != NO_PORT && (options.port < 0 || options.port > PORT_MAX))
    {
      cli_complain ("--tcp: expected a port from 0 to %d", PORT_MAX);
      return CLI_USAGE;
    }
  simulator = load (argv[1]);
  if (simulator == NULL || (options.speed != NULL && !set_speed (simulator, options.speed)))
    return CLI_USAGE;
  return serve (simulator, &options);
}
