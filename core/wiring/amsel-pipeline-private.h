/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the pipeline share. */
#pragma once

#include "amsel-cycle.h"
#include "amsel-hearing.h"
#include "amsel-pipeline.h"

G_BEGIN_DECLS

typedef struct _AmselRound AmselRound;

struct _AmselPipeline
{
  GObject parent_instance;

  gchar *name;             /* (owned) (nullable) */
  AmselLine *line;         /* (owned) (nullable) */
  AmselProtocol *protocol; /* (owned) (nullable) */
  gchar *protocol_kind;    /* (owned) (nullable) */
  GStrv exporters;         /* (owned) (nullable) */
  gboolean listen;
  gboolean split;
  guint retries;
  guint retry_share;
  AmselWatchRules rules;

  GPtrArray *watches;    /* (owned) (element-type AmselMeterWatch) */
  GHashTable *by_name;   /* (owned) (element-type utf8 AmselMeterWatch) */
  GPtrArray *rounds;     /* (owned) (element-type AmselRound): the first has the pipeline's own schedule */
  AmselHearing *hearing; /* (owned): what comes without being asked for */
  GStrv also_lines;      /* (owned) (nullable): names of the lines below */
  GPtrArray *antennas;   /* (owned) (element-type Antenna): lines on which the same meters are heard */
  AmselHearingRules hearing_rules;

  gboolean running;
  gint64 last_slot_us; /* the last slot of an earlier run; 0 for none */
};

/* The round with the schedule of the pipeline itself. */
AmselRound *amsel_pipeline_get_own_round (AmselPipeline *self);

/* The properties. */
void amsel_pipeline_install_settings (GObjectClass *object_class);

AmselClock *amsel_pipeline_get_clock (AmselPipeline *self);

/* Fills in what is the same for all readouts of a pipeline, for now; meter may be NULL. */
void amsel_pipeline_begin_info (AmselPipeline *self, AmselMeter *meter, AmselReadoutInfo *info);

/* Fills in what is the same for all cycles of a pipeline; interval_us is the time to the next slot, 0 for one
 * outside of any schedule. */
void amsel_pipeline_fill_plan (AmselPipeline *self, gint64 interval_us, AmselCyclePlan *plan);

void amsel_pipeline_notice (AmselPipeline *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
void amsel_pipeline_emit_readout (AmselPipeline *self, AmselReadout *readout);
/* What a pipeline hears. */
AmselHearing *amsel_pipeline_get_hearing (AmselPipeline *self);

void amsel_pipeline_emit_idle (AmselPipeline *self);

/* amsel-pipeline-listen.c */
void amsel_pipeline_init_hearing (AmselPipeline *self);
void amsel_pipeline_clear_lines (AmselPipeline *self);
void amsel_pipeline_finalize_hearing (AmselPipeline *self);
/* Whether the settings of the protocol are for the lines. */
gboolean amsel_pipeline_check_lines (AmselPipeline *self, GError **error);
void amsel_pipeline_start_hearing (AmselPipeline *self);
void amsel_pipeline_stop_hearing (AmselPipeline *self);
/* Whether one of the lines can still say something: a recording comes to its end. */
gboolean amsel_pipeline_may_hear (AmselPipeline *self);

G_END_DECLS
