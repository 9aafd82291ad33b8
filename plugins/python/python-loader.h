/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugins written in Python. */
#pragma once

#include "amsel-registry.h"

G_BEGIN_DECLS

gboolean python_loader_load (AmselRegistry *registry, const gchar *installed, const gchar *modules,
                             GError **error);

G_END_DECLS
