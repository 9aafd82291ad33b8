/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long a search waits: what the standard gives a meter for its answer, and what this line was seen to
 * need beyond it. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

typedef struct
{
  guint baud;
  gint64 extra_us; /* waited beyond the standard; -1 to take the transport's word for it */
  gint64 floor_us; /* extra_us never falls below this */
  gint64 first_us; /* earliest begin of an answer that was seen; 0 where none was */
  gint64 last_us;  /* latest end of an answer that was seen */
  guint n_answers;
  gboolean grown; /* it was found to be too short, so what was silent may not be */
} MbusPace;

void mbus_pace_init (MbusPace *self, guint baud, gint64 floor_us);

/* From the end of a request to the end of the first character of the latest answer to it, as the standard has
 * it. */
gint64 mbus_pace_get_window_us (const MbusPace *self);

/* Learns from what came. */
void mbus_pace_note (MbusPace *self, const AmselAnswer *answer);

/* An answer came so late that it was taken for one to the next request. */
void mbus_pace_grow (MbusPace *self, gint64 at_least_us);

/* Whether what came began before any meter can have answered. */
gboolean mbus_pace_is_too_early (const MbusPace *self, const AmselAnswer *answer);

/* A request of a search. It listens for the whole time to answer, because others may answer too. Takes frame.
 */
AmselRequest *mbus_pace_new_request (const MbusPace *self, GBytes *frame);

G_END_DECLS
