/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The meters of a pipeline that have the same schedule, and the reading of their slots. */
#pragma once

#include "amsel-meter-watch.h"
#include "amsel-pipeline-private.h"

G_BEGIN_DECLS

/* schedule may be NULL: then the round is only read when amsel_round_run_once() says so. */
AmselRound *amsel_round_new (AmselPipeline *pipeline, AmselSchedule *schedule);
void amsel_round_free (AmselRound *self);

AmselSchedule *amsel_round_get_schedule (AmselRound *self);
void amsel_round_set_schedule (AmselRound *self, AmselSchedule *schedule);

/* Meters may come and go at any time. One that comes is read from the next slot on; of one that goes nothing
 * is heard any more, also where it is just being asked. */
void amsel_round_add (AmselRound *self, AmselMeterWatch *watch);
gboolean amsel_round_remove (AmselRound *self, AmselMeterWatch *watch);

/* last_slot_us: the last slot that has its records; 0 for none */
void amsel_round_start (AmselRound *self, gint64 last_slot_us);
void amsel_round_stop (AmselRound *self);
void amsel_round_run_once (AmselRound *self);
gboolean amsel_round_is_busy (AmselRound *self);

G_END_DECLS
