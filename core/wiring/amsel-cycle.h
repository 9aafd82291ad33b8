/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One slot of a pipeline: asks every meter once, and the silent ones again at the end. */
#pragma once

#include "amsel-line.h"
#include "amsel-meter-watch.h"
#include "amsel-readout.h"
#include "amsel-schedule.h"

G_BEGIN_DECLS

typedef struct _AmselCycle AmselCycle;

/* What a cycle needs; all borrowed for its life, except the watches: the meters are those of its beginning,
 * and one that is gone meanwhile is passed over. */
typedef struct
{
  const gchar *pipeline;
  const gchar *protocol_kind;
  AmselLine *line;
  AmselProtocol *protocol;
  AmselSchedule *schedule; /* (nullable): for the spread */
  GPtrArray *watches;      /* (element-type AmselMeterWatch) */
  const AmselWatchRules *rules;
  AmselLane lane;
  guint retries;         /* passes over the silent meters */
  gint64 slot_us;        /* 0 outside of any schedule */
  gint64 retry_until_us; /* monotonic: no retry begins after it */
} AmselCyclePlan;

typedef struct
{
  /* (transfer none) the readout of one meter */
  void (*readout) (AmselReadout *readout, gpointer user_data);
  /* a meter was suspended or has come back */
  void (*changed) (const AmselMeterWatch *watch, gpointer user_data);
  /* all meters have their readout; the cycle may be freed in it */
  void (*done) (AmselCycle *cycle, gpointer user_data);
} AmselCycleCallbacks;

AmselCycle *amsel_cycle_new (const AmselCyclePlan *plan, const AmselCycleCallbacks *callbacks,
                             gpointer user_data);
void amsel_cycle_start (AmselCycle *self);
gint64 amsel_cycle_get_slot_us (AmselCycle *self);

/* Ends it; meters without a readout get none. */
void amsel_cycle_free (AmselCycle *self);

G_END_DECLS
