/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configurations for the commands. */
#pragma once

#include "amsel-config.h"
#include "amsel-engine.h"

G_BEGIN_DECLS

/* Both print every problem of the file to standard error, and return NULL where any of them is an error. */
AmselConfig *cli_load_config (const gchar *path);
AmselEngine *cli_load_engine (const gchar *path);

G_END_DECLS
