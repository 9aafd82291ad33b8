/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the engine share. */
#pragma once

#include "amsel-engine.h"

G_BEGIN_DECLS

/* (transfer none) (element-type AmselPipeline) */
GPtrArray *amsel_engine_get_pipelines (AmselEngine *self);

void amsel_engine_controller_init (AmselControllerInterface *iface);

G_END_DECLS
