/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RadioCrafts RC1180-MBUS: telegrams without wrapping, from the L field on, without checksums; with RSSI_MODE
 * on (as it is set up here) the L field counts one byte more, the RSSI at the end (data sheet, “packet
 * format”).
 *
 * Set-up: 00 enters the configuration, whose prompt is “>”; M and pairs of address and value, ended by FF,
 * change parameters; X leaves it. */
#include "receiver-private.h"

#define PROMPT          '>'
#define ADDRESS_CHANNEL 0x00
#define ADDRESS_MODE    0x03
#define ADDRESS_RSSI    0x05
#define CHANNEL_S       11
#define CHANNEL_T       12

static AmselFrameStatus
find (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  memset (out, 0, sizeof *out);
  if (data[0] == PROMPT && (length < RECEIVER_HEADER_LENGTH || !receiver_is_plausible (data)))
    {
      out->kind = RECEIVER_MESSAGE_ANSWER;
      out->payload = data;
      out->payload_length = *used = 1;
      return AMSEL_FRAME_STATUS_COMPLETE;
    }
  if (length < RECEIVER_HEADER_LENGTH)
    return AMSEL_FRAME_STATUS_MORE;
  if (!receiver_is_plausible (data) || data[0] < RECEIVER_HEADER_LENGTH)
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_GARBAGE, "%02Xh begins no telegram", data[0]);
  if (length < data[0] + 1u)
    return AMSEL_FRAME_STATUS_MORE;
  *used = data[0] + 1u;
  if (!receiver_set_telegram (out, data, *used - 1, TRUE, error))
    return AMSEL_FRAME_STATUS_DAMAGED;
  out->telegram[0]--;
  out->rssi_dbm = receiver_check_rssi (data[*used - 1] / -2.0);
  return AMSEL_FRAME_STATUS_COMPLETE;
}

static gboolean
get_command (guint step, ReceiverMode mode, const ReceiverMessage *answer G_GNUC_UNUSED, ReceiverCommand *out)
{
  const guint8 memory[] = { 'M',
                            ADDRESS_CHANNEL,
                            mode == RECEIVER_MODE_S ? CHANNEL_S : CHANNEL_T,
                            ADDRESS_MODE,
                            mode == RECEIVER_MODE_S ? 0 : 1,
                            ADDRESS_RSSI,
                            1,
                            0xFF };

  *out = (ReceiverCommand){ .text = ">", .status_at = -1 };
  switch (step)
    {
    case 0:
      out->what = "configuration mode";
      out->data[0] = 0x00;
      out->length = 1;
      return TRUE;
    case 1:
      out->what = "the link mode";
      memcpy (out->data, memory, sizeof memory);
      out->length = sizeof memory;
      return TRUE;
    case 2:
      out->what = "the end of the configuration";
      out->data[0] = 'X';
      out->length = 1;
      out->silent = TRUE;
      return TRUE;
    default:
      return FALSE;
    }
}

const ReceiverKind receiver_rc1180 = {
  .name = "rc1180",
  .blurb = "RadioCrafts RC1180-MBUS modules",
  .baud = 19200,
  .modes = 1 << RECEIVER_MODE_S | 1 << RECEIVER_MODE_T,
  .find = find,
  .get_command = get_command,
};
