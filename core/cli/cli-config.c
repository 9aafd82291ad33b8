/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configurations for the commands: loads one, says what is wrong with it, and makes an engine of it. */
#include "cli-config.h"

#include <stdio.h>

#include "cli.h"

void
cli_print_problems (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree gchar *text = amsel_problem_to_string (g_ptr_array_index (problems, i));

      fprintf (stderr, "%s\n", text);
    }
}

AmselConfig *
cli_load_config (const gchar *path)
{
  g_autoptr (GPtrArray) problems = NULL;
  AmselConfig *config = amsel_config_load (path, cli_get_registry (), &problems);

  cli_print_problems (problems);
  if (config == NULL)
    cli_complain_of_plugins ();
  return config;
}

AmselEngine *
cli_load_engine (const gchar *path)
{
  g_autoptr (AmselConfig) config = cli_load_config (path);

  return config != NULL ? amsel_engine_new_for_config (config) : NULL;
}
