/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes to the receiver that RECEIVER names: it always goes on, never uses more than there is, and a
 * telegram fits its buffer. What the bytes answer to commands ends the set-up or goes on with it. */
#include "receiver.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define STEPS_MAX 16

static void
answer_commands (const ReceiverKind *kind, const ReceiverMessage *answer)
{
  ReceiverCommand command;

  if (kind->get_command == NULL)
    return;
  for (guint step = 0; kind->get_command (step, RECEIVER_MODE_CT, answer, &command); step++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (step, <, STEPS_MAX);
      g_assert_cmpuint (command.length, <=, sizeof command.data);
      receiver_command_is_answered (&command, answer, &error);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const ReceiverKind *kind = receiver_find (RECEIVER);
  gsize at = 0;

  g_assert_nonnull (kind);
  while (at < size)
    {
      g_autoptr (GError) error = NULL;
      ReceiverMessage message;
      gsize used = 0;
      AmselFrameStatus status = kind->find (data + at, size - at, &used, &message, &error);

      g_assert_true ((status == AMSEL_FRAME_STATUS_DAMAGED) == (error != NULL));
      if (status == AMSEL_FRAME_STATUS_MORE)
        {
          g_assert_cmpuint (size - at, <=, 2 * RECEIVER_MESSAGE_MAX);
          break;
        }
      g_assert_cmpuint (used, >, 0);
      g_assert_cmpuint (used, <=, size - at);
      if (status == AMSEL_FRAME_STATUS_COMPLETE && message.kind == RECEIVER_MESSAGE_TELEGRAM)
        {
          g_autoptr (AmselFrame) frame = receiver_message_to_frame (&message, 1);

          g_assert_cmpuint (message.length, <=, sizeof message.telegram);
          g_assert_nonnull (frame);
        }
      else if (status == AMSEL_FRAME_STATUS_COMPLETE)
        answer_commands (kind, &message);
      at += used;
    }
  return 0;
}
