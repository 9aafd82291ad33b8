/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the pipeline share. */
#pragma once

#include "amsel-pipeline.h"

G_BEGIN_DECLS

/* Fills in what is the same for all readouts of a pipeline, for now; meter may be NULL. */
void amsel_pipeline_begin_info (AmselPipeline *self, AmselMeter *meter, AmselReadoutInfo *info);

void amsel_pipeline_emit_readout (AmselPipeline *self, AmselReadout *readout);

G_END_DECLS
