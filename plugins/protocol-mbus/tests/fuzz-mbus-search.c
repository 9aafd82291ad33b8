/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A search that is answered with anything: it must come to an end by itself, and soon once nothing answers.
 */
#include "mbus-protocol.h"
#include "mbus-search.h"

/* No input may keep a search for longer. */
#define STEPS_MAX 60000

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* One answer: a status byte, the length of a frame, the frame. */
static void
take_answer (AmselCursor *cursor, AmselProtocol *protocol, AmselAnswer *answer)
{
  const AmselAnswerStatus statuses[] = { AMSEL_ANSWER_SILENCE, AMSEL_ANSWER_FRAME, AMSEL_ANSWER_COLLISION,
                                         AMSEL_ANSWER_DAMAGED };
  const guint8 *bytes;
  guint8 status = 0;
  guint8 length = 0;

  *answer = (AmselAnswer){ .status = AMSEL_ANSWER_SILENCE };
  if (!amsel_cursor_u8 (cursor, &status) || !amsel_cursor_u8 (cursor, &length))
    return;
  length = (guint8) MIN (length, amsel_cursor_left (cursor));
  if (!amsel_cursor_bytes (cursor, length, &bytes))
    return;
  answer->status = statuses[status & 3];
  answer->n_bytes = length + (status >> 7);
  answer->n_damaged = status >> 4 & 3;
  answer->n_frames = status >> 2 & 3;
  answer->latency_us = length * 1000;
  answer->end_us = length * 2000;
  if (answer->status == AMSEL_ANSWER_DAMAGED)
    answer->error = g_error_new_literal (AMSEL_READ_ERROR, AMSEL_READ_ERROR_DAMAGED, "damaged");
  if (answer->status != AMSEL_ANSWER_FRAME && answer->status != AMSEL_ANSWER_COLLISION)
    return;
  answer->frame = length > 0 ? amsel_protocol_adopt (protocol, bytes, length, NULL) : NULL;
  if (answer->frame == NULL)
    answer->frame = amsel_frame_new ((const guint8 *) "\xE5", 1, 0, AMSEL_RSSI_UNKNOWN);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AmselProtocol) protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  g_autoptr (AmselSearch) search = amsel_protocol_search (protocol, NULL);
  AmselAnswer answer = { 0 };
  AmselCursor cursor;
  gboolean over = FALSE;

  if (size > 0)
    g_object_set (search, "strategy", data[0] % 4, "last", 20, NULL);
  amsel_cursor_init (&cursor, data, size);
  for (guint n = 0; !over; n++)
    {
      g_autoptr (AmselRequest) request = amsel_dialogue_next (AMSEL_DIALOGUE (search), &answer, NULL);

      g_assert_cmpuint (n, <, STEPS_MAX);
      over = request == NULL || request->kind == AMSEL_REQUEST_FINISHED;
      g_clear_pointer (&answer.frame, amsel_frame_unref);
      g_clear_error (&answer.error);
      take_answer (&cursor, protocol, &answer);
    }
  g_clear_pointer (&answer.frame, amsel_frame_unref);
  g_clear_error (&answer.error);
  return 0;
}
