/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gives pipelines that join telegrams those of an earlier run of the program. */
#pragma once

#include "amsel-pipeline.h"
#include "amsel-store.h"

G_BEGIN_DECLS

/* pipelines (element-type AmselPipeline) are not started yet. FALSE with an error where the store cannot be
 * read: then they begin anew. */
gboolean amsel_recall (AmselStore *store, GPtrArray *pipelines, GError **error);

G_END_DECLS
