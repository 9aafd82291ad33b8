/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the pipeline share. */
#pragma once

#include "amsel-cycle.h"
#include "amsel-pipeline.h"

G_BEGIN_DECLS

typedef struct _AmselRound AmselRound;

AmselClock *amsel_pipeline_get_clock (AmselPipeline *self);

/* Fills in what is the same for all readouts of a pipeline, for now; meter may be NULL. */
void amsel_pipeline_begin_info (AmselPipeline *self, AmselMeter *meter, AmselReadoutInfo *info);

/* Fills in what is the same for all cycles of a pipeline; interval_us is the time to the next slot, 0 for one
 * outside of any schedule. */
void amsel_pipeline_fill_plan (AmselPipeline *self, gint64 interval_us, AmselCyclePlan *plan);

void amsel_pipeline_notice (AmselPipeline *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
void amsel_pipeline_emit_readout (AmselPipeline *self, AmselReadout *readout);
/* What a pipeline hears. */
struct _AmselHearing *amsel_pipeline_get_hearing (AmselPipeline *self);

void amsel_pipeline_emit_idle (AmselPipeline *self);

G_END_DECLS
