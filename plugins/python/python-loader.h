/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs plugins written in Python: the half of the loader that is linked to the interpreter. */
#pragma once

#include "amsel-registry.h"

G_BEGIN_DECLS

typedef gboolean (*PythonLoaderRun) (AmselRegistry *registry, GPtrArray *files, const gchar *const *folders,
                                     const gchar *modules, GError **error);

AMSEL_API gboolean python_loader_run (AmselRegistry *registry, GPtrArray *files, const gchar *const *folders,
                                      const gchar *modules, GError **error);

G_END_DECLS
