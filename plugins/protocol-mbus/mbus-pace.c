/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long a search waits.
 *
 * The floor is EN 13757-2: a meter begins its answer 11 bit times after the request at the earliest, 330 bit
 * times and 50 ms at the latest. Gateways and slow meters add to that. A gateway adds about the same to every
 * answer, so the earliest answer tells how much it can be at most; how far answers are apart tells what else
 * to expect. */
#include "mbus-pace.h"

#include "mbus-read.h"

#define LATEST_BITS    330
#define EARLIEST_BITS  11
#define CHARACTER_BITS 11
#define LATEST_US      (50 * G_GINT64_CONSTANT (1000))

/* Clocks of the port and of this program may disagree by that. */
#define ROUNDING_US 300

/* A transport that says it may add so much is a gateway, whose true delay is worth measuring. */
#define GATEWAY_US (100 * G_GINT64_CONSTANT (1000))

/* How many answers to have seen before less is waited than the transport says. */
#define ANSWERS_TRUSTED 8

/* What is added to what was seen. */
#define MARGIN_US (30 * G_GINT64_CONSTANT (1000))

/* An answer that is later by so much than it may be is that of a slow meter. */
#define TOLERANCE_US (10 * G_GINT64_CONSTANT (1000))

/* Slower than that no meter is waited for. */
#define EXTRA_MAX_US (4 * (gint64) G_USEC_PER_SEC)

static gint64
bits_to_us (const MbusPace *self, guint bits)
{
  return (gint64) bits * G_USEC_PER_SEC / MAX (self->baud, 1);
}

void
mbus_pace_init (MbusPace *self, guint baud, gint64 floor_us)
{
  *self = (MbusPace){ .baud = baud, .extra_us = -1, .floor_us = floor_us };
}

gint64
mbus_pace_get_window_us (const MbusPace *self)
{
  return bits_to_us (self, LATEST_BITS + CHARACTER_BITS) + LATEST_US + ROUNDING_US;
}

/* What gateway and slow meters were seen to add. */
static gint64
measure (const MbusPace *self)
{
  gint64 at_most_us = self->first_us - bits_to_us (self, EARLIEST_BITS);
  gint64 late_us = self->last_us - mbus_pace_get_window_us (self);

  return CLAMP (MAX (at_most_us, late_us) + (self->last_us - self->first_us) / 4 + MARGIN_US, 0,
                EXTRA_MAX_US);
}

void
mbus_pace_note (MbusPace *self, const AmselAnswer *answer)
{
  gint64 claim_us = MAX (answer->transport_us, self->floor_us);
  gint64 window_us = mbus_pace_get_window_us (self);

  if (answer->n_bytes == 0)
    return;
  self->first_us = self->n_answers == 0 ? answer->latency_us : MIN (self->first_us, answer->latency_us);
  self->last_us = MAX (self->last_us, answer->latency_us);
  self->n_answers++;
  if (claim_us >= GATEWAY_US && self->n_answers >= ANSWERS_TRUSTED)
    self->extra_us = MAX (measure (self), self->floor_us);
  else if (self->last_us > window_us + MAX (claim_us / 2, TOLERANCE_US))
    self->extra_us = MAX (measure (self), MAX (claim_us, self->extra_us));
  else if (self->extra_us < claim_us)
    self->extra_us = claim_us;
}

void
mbus_pace_grow (MbusPace *self, gint64 at_least_us)
{
  self->floor_us = CLAMP (2 * MAX (self->extra_us, self->floor_us), at_least_us, EXTRA_MAX_US);
  self->extra_us = MAX (self->extra_us, self->floor_us);
  self->grown = TRUE;
}

gboolean
mbus_pace_is_too_early (const MbusPace *self, const AmselAnswer *answer)
{
  gint64 early_us = bits_to_us (self, EARLIEST_BITS) / 2;

  /* some simulated lines and gateways with a memory answer at once, and always do */
  return answer->n_bytes > 0 && answer->latency_us < early_us && self->n_answers > 0
         && self->first_us >= early_us;
}

AmselRequest *
mbus_pace_new_request (const MbusPace *self, GBytes *frame)
{
  const MbusTiming timing = { .baud = self->baud };
  AmselRequest *request = mbus_timing_new_request (&timing, frame, 0);

  request->timeout_us = mbus_pace_get_window_us (self);
  /* as long as the transport is believed, who wants to wait longer does so beyond that */
  if (self->extra_us < 0)
    request->timeout_us += self->floor_us;
  request->listen_us = request->timeout_us;
  request->latency_us = self->extra_us;
  return request;
}
