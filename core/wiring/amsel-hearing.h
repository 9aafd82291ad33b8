/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a pipeline does with telegrams that come without being asked for: whose they are, which of them count,
 * who has fallen silent, and who is heard that nobody has in his list. */
#pragma once

#include "amsel-meter-watch.h"
#include "amsel-pipeline.h"

G_BEGIN_DECLS

/* The rules of a pipeline for what it hears; 0 switches one off. */
typedef struct
{
  gint64 duplicate_us;    /* the same telegram again within this time is a copy */
  gint64 interval_min_us; /* of the telegrams of a meter no more than one in this time counts */
  gint64 silent_after_us; /* a meter that is not heard for so long is silent */
  gint64 join_us;       /* a telegram is joined with earlier ones of the meter that are no older than this */
  gint64 join_memory;   /* bytes of all telegrams that are kept for that */
  gboolean only_listed; /* where no meter is listed, no telegram counts, instead of all */
} AmselHearingRules;

typedef struct _AmselHearing AmselHearing;

/* pipeline, watches (element-type AmselMeterWatch) and rules are borrowed for its life. */
AmselHearing *amsel_hearing_new (AmselPipeline *pipeline, GPtrArray *watches, const AmselHearingRules *rules);
void amsel_hearing_free (AmselHearing *self);
/* What an earlier run of the program has stored: telegrams to come are joined with it. */
void amsel_hearing_recall (AmselHearing *self, AmselReadout *readout);
/* Begins to notice who is silent. */
void amsel_hearing_start (AmselHearing *self);
/* Nothing more will come: ends that, keeps what must survive the program, and says how many copies were left
 * out. */
void amsel_hearing_stop (AmselHearing *self);
/* The list of meters has changed. */
void amsel_hearing_forget (AmselHearing *self);
/* A telegram that came on a line: makes a readout of it, or counts it. */
void amsel_hearing_take (AmselHearing *self, AmselFrame *frame, const gchar *line);
/* Everybody who was heard, those heard last at the end. (transfer full) (element-type AmselHeard) */
GPtrArray *amsel_hearing_list (AmselHearing *self);

G_END_DECLS
