/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the loader of Python plugins exports: no kinds of its own, but those of the files that it finds. */
#include "amsel-plugin.h"

#include "python-loader.h"

static gboolean
load (AmselRegistry *registry, GError **error)
{
  return python_loader_load (registry, PYTHON_PLUGINS_DIR, PYTHON_MODULES_DIR, error);
}

AMSEL_PLUGIN_DEFINE_LOADER (python, "0.1.0", load, { NULL, NULL, NULL })
