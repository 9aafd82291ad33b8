/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands share: exit statuses, the registry with all plugins, and the table of commands. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Exit statuses of all commands. */
enum
{
  CLI_DONE = 0,   /* all was done */
  CLI_FAILED = 1, /* some of the work failed, and each failure was reported */
  CLI_USAGE = 2,  /* wrong usage or configuration */
};

/* A command gets its own name as argv[0]. It returns an exit status. */
typedef int (*CliCommand) (int argc, char **argv);

int cli_main (int argc, char **argv);

/* The commands. */
int cmd_at (int argc, char **argv);
int cmd_check (int argc, char **argv);
int cmd_decode (int argc, char **argv);
int cmd_driver (int argc, char **argv);
int cmd_inspect (int argc, char **argv);
int cmd_inventory (int argc, char **argv);

/* Parses the options of a command; on FALSE the fault has been reported and the command ends with CLI_USAGE.
 * The words that are no options stay in argv. parameters and summary are for --help. */
gboolean cli_parse (int *argc, char ***argv, const gchar *parameters, const gchar *summary,
                    const GOptionEntry *entries);

/* All plugins, each loaded when it is needed. */
AmselRegistry *cli_get_registry (void);

/* Loads them all, and says once which of them cannot be loaded. */
void cli_complain_of_plugins (void);

/* Makes an object of a kind, (transfer full); where there is none, the plugins that cannot be loaded are
 * said. */
GObject *cli_create (GType stage, const gchar *kind, GError **error);

/* Prints "amsel: " and a message to standard error. */
void cli_complain (const gchar *format, ...) G_GNUC_PRINTF (1, 2);

/* the commands, each in a file of its own */
int cmd_probe (int argc, char **argv);
int cmd_read (int argc, char **argv);
int cmd_scan (int argc, char **argv);
int cmd_run (int argc, char **argv);
int cmd_simulate (int argc, char **argv);
int cmd_trace (int argc, char **argv);

G_END_DECLS
