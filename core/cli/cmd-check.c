/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel check: is the configuration right? Nothing is opened, started or written. */
#include "cli.h"

#include <stdio.h>

static void
append_count (GString *out, guint n, const gchar *one, const gchar *many)
{
  g_string_append_printf (out, "%s%u %s", out->len > 0 ? ", " : "", n, n == 1 ? one : many);
}

static void
print_summary (AmselConfig *config)
{
  GPtrArray *pipelines = amsel_config_get_pipelines (config);
  guint n_services = amsel_config_get_services (config)->len;
  g_autoptr (GString) counts = g_string_new (NULL);
  guint n_meters = 0;

  for (guint i = 0; i < pipelines->len; i++)
    {
      g_autoptr (GPtrArray) meters = amsel_pipeline_list_meters (g_ptr_array_index (pipelines, i));

      n_meters += meters->len;
    }
  append_count (counts, amsel_config_get_lines (config)->len, "line", "lines");
  append_count (counts, pipelines->len, "pipeline", "pipelines");
  append_count (counts, n_meters, "meter", "meters");
  append_count (counts, amsel_config_get_exporters (config)->len, "exporter", "exporters");
  if (n_services > 0)
    append_count (counts, n_services, "service", "services");
  printf ("%s: good: %s\n", amsel_config_get_path (config), counts->str);
}

/* Prints each problem; says how many errors and warnings there are. */
static void
print_problems (GPtrArray *problems, guint *n_errors, guint *n_warnings)
{
  *n_errors = 0;
  *n_warnings = 0;
  for (guint i = 0; i < problems->len; i++)
    {
      const AmselProblem *problem = g_ptr_array_index (problems, i);
      g_autofree gchar *text = amsel_problem_to_string (problem);

      fprintf (stderr, "%s\n", text);
      if (amsel_problem_get_severity (problem) == AMSEL_SEVERITY_ERROR)
        (*n_errors)++;
      else
        (*n_warnings)++;
    }
}

int
cmd_check (int argc, char **argv)
{
  gboolean quiet = FALSE;
  const GOptionEntry options[] = {
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Say nothing where there is nothing wrong", NULL },
    { NULL },
  };
  g_autoptr (AmselConfig) config = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  guint n_errors, n_warnings;

  if (!cli_parse (
          &argc, &argv, "CONFIG",
          "Validates a configuration with all files that it includes. Every problem is told with its "
          "file, line and\n"
          "column, with what was expected and with what was probably meant. No port is touched.\n\n"
          "Exit status: 0 where the configuration can be used, 1 where it can, but not all files that it\n"
          "names (such as a driver of meters), 2 where it cannot.",
          options))
    return CLI_USAGE;
  if (argc != 2)
    {
      cli_complain ("expected one file; see “amsel check --help”");
      return CLI_USAGE;
    }
  cli_complain_of_plugins ();
  config = amsel_config_load (argv[1], cli_get_registry (), &problems);
  print_problems (problems, &n_errors, &n_warnings);
  if (config == NULL)
    {
      cli_complain ("%u %s, %u %s", n_errors, n_errors == 1 ? "error" : "errors", n_warnings,
                    n_warnings == 1 ? "warning" : "warnings");
      return CLI_USAGE;
    }
  if (!quiet)
    print_summary (config);
  return n_errors > 0 ? CLI_FAILED : CLI_DONE;
}
