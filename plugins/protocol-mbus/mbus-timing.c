/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times of the link layer, and the requests that all dialogues make with them. */
#include "mbus-timing.h"

/* EN 13757-2 clause 5.5.1: a meter answers within 330 bit times and 50 ms. */
#define ANSWER_BITS    330
#define ANSWER_BASE_US (50 * G_GINT64_CONSTANT (1000))

/* Between the characters of a frame at most 22 bit times may pass. Converters and operating systems hand
 * bytes over in portions, so the wait is longer by the usual size of those. */
#define GAP_BITS    22
#define GAP_BASE_US (60 * G_GINT64_CONSTANT (1000))

/* An answer is a frame, perhaps two that overlap, and noise around them: what goes on behind that is endless.
 */
#define ANSWER_BYTES_MAX (3 * MBUS_FRAME_MAX)

/* The line is idle for one character before a frame (EN 60870-5-1, format class FT1.2). */
#define IDLE_BITS 11

/* The preamble that wakes a meter: characters of ten bits; and the silence behind it. */
#define PREAMBLE           0x55
#define PREAMBLE_BITS      10
#define WAKE_UP_PAUSE_BITS 100

static gint64
bits_to_us (guint bits, guint baud)
{
  return (gint64) bits * G_USEC_PER_SEC / MAX (baud, 1);
}

gint64
mbus_timing_get_timeout_us (const MbusTiming *self)
{
  return bits_to_us (ANSWER_BITS, self->baud) + ANSWER_BASE_US + self->timeout_extra_us;
}

AmselRequest *
mbus_timing_new_request (const MbusTiming *self, GBytes *frame, guint retries)
{
  g_autoptr (GBytes) data = frame;
  AmselRequest *request = amsel_request_new (AMSEL_REQUEST_ASK, data, mbus_timing_get_timeout_us (self));

  request->settings = (AmselLineSettings){ self->baud, 8, AMSEL_PARITY_EVEN, 1 };
  request->gap_us = bits_to_us (GAP_BITS, self->baud) + GAP_BASE_US;
  request->pause_us = bits_to_us (IDLE_BITS, self->baud);
  request->retries = retries;
  request->limit = ANSWER_BYTES_MAX;
  return request;
}

/* Characters 55h without parity make a signal of equal marks and spaces, by which a meter with an optical
 * head or a battery wakes; then it wants silence before the frame. */
AmselRequest *
mbus_timing_new_wake_up (const MbusTiming *self)
{
  gsize n = (gsize) (self->wake_up_us * self->baud / (PREAMBLE_BITS * G_USEC_PER_SEC)) + 1;
  g_autofree guint8 *preamble = g_malloc (n);
  g_autoptr (GBytes) data = NULL;
  AmselRequest *request;

  memset (preamble, PREAMBLE, n);
  data = g_bytes_new (preamble, n);
  request = amsel_request_new (AMSEL_REQUEST_TELL, data, 0);
  request->settings = (AmselLineSettings){ self->baud, 8, AMSEL_PARITY_NONE, 1 };
  return request;
}

void
mbus_timing_set_woken (const MbusTiming *self, AmselRequest *request)
{
  request->pause_us = bits_to_us (WAKE_UP_PAUSE_BITS, self->baud);
}
