/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: finds the command and runs it. Each command stands in a file of its own, cmd-NAME.c. */
#include "cli.h"

int
main (int argc, char **argv)
{
  return cli_main (argc, argv);
}
