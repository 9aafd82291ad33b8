/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configurations for the commands. */
#pragma once

#include "amsel-config.h"
#include "amsel-engine.h"

G_BEGIN_DECLS

/* Prints every problem to standard error. problems is (element-type AmselProblem). */
void cli_print_problems (GPtrArray *problems);

/* Both print every problem of the file to standard error, and return NULL where any of them is an error. */
AmselConfig *cli_load_config (const gchar *path);
AmselEngine *cli_load_engine (const gchar *path);

G_END_DECLS
