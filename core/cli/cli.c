/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands share. */
#include "cli.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "amsel-config-paths.h"

typedef struct
{
  const gchar *name;
  const gchar *summary;
  CliCommand run;
} Command;

static int cmd_help (int argc, char **argv);

/* in the order in which a new user meets them */
static const Command COMMANDS[] = {
  { "help", "says what there is", cmd_help },
  { "check", "validates a configuration", cmd_check },
  { "inspect", "lists the kinds and their settings", cmd_inspect },
  { "probe", "finds out which radio receiver is at a port", cmd_probe },
  { "scan", "finds the meters of a line", cmd_scan },
  { "read", "reads meters now", cmd_read },
  { "run", "runs the pipelines of a configuration", cmd_run },
  { "inventory", "lists who is heard by the pipelines that listen", cmd_inventory },
  { "decode", "turns telegrams into readings", cmd_decode },
  { "driver", "lists, tests and begins drivers of meters", cmd_driver },
  { "trace", "shows a recording of a line's traffic as people read it", cmd_trace },
  { "at", "a console to an AT terminal", cmd_at },
  { "simulate", "serves simulated meters on a pseudo-terminal or a TCP port", cmd_simulate },
};

void
cli_complain (const gchar *format, ...)
{
  va_list args;
  g_autofree gchar *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "amsel: %s\n", text);
}

AmselRegistry *
cli_get_registry (void)
{
  return amsel_registry_get_default ();
}

void
cli_complain_of_plugins (void)
{
  static gboolean told = FALSE;
  g_auto (GStrv) problems = amsel_registry_list_problems (cli_get_registry ());

  for (gsize i = 0; problems[i] != NULL && !told; i++)
    cli_complain ("plugins: %s", problems[i]);
  told = TRUE;
}

GObject *
cli_create (GType stage, const gchar *kind, GError **error)
{
  GObject *object = amsel_registry_create (cli_get_registry (), stage, kind, error);

  if (object == NULL)
    cli_complain_of_plugins ();
  return object;
}

gboolean
cli_parse (int *argc, char ***argv, const gchar *parameters, const gchar *summary,
           const GOptionEntry *entries)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  cli_complain ("%s; see “%s --help”", error->message, g_get_prgname ());
  return FALSE;
}

static void
print_usage (FILE *out)
{
  fprintf (out, "Usage: amsel COMMAND [OPTION…]\n\nReads meters. Commands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (COMMANDS); i++)
    fprintf (out, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
  fprintf (out, "\n“amsel COMMAND --help” explains a command. “amsel --version” prints the version.\n");
}

static int
cmd_help (int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED)
{
  print_usage (stdout);
  return CLI_DONE;
}

/* Results that could not be written are no success. */
static int
end_output (int status)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  if (status == CLI_DONE)
    cli_complain ("cannot write the results: %s", g_strerror (errno));
  return status == CLI_DONE ? CLI_FAILED : status;
}

int
cli_main (int argc, char **argv)
{
  setlocale (LC_CTYPE, "");
  if (argc < 2)
    {
      print_usage (stderr);
      return CLI_USAGE;
    }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      print_usage (stdout);
      return CLI_DONE;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      printf ("amsel %s\n", AMSEL_VERSION);
      return CLI_DONE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (COMMANDS); i++)
    if (g_str_equal (argv[1], COMMANDS[i].name))
      {
        g_autofree gchar *name = g_strdup_printf ("amsel %s", argv[1]);

        g_set_prgname (name);
        return end_output (COMMANDS[i].run (argc - 1, argv + 1));
      }
  cli_complain ("there is no command “%s”", argv[1]);
  print_usage (stderr);
  return CLI_USAGE;
}
