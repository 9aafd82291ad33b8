/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Amber (Würth) AMB8465 and relatives in command mode, which they are set up for, with RSSI:
 *
 *   FF | command | length | data | XOR of all before
 *
 * Answers have bit 7 of the command set. A heard telegram (03) comes without its L field; the length counts
 * the RSSI. In the bare mode that they leave the factory with they send telegrams as they are: that is the
 * kind “raw”. */
#include "receiver-private.h"

#define START         0xFF
#define HEADER_LENGTH 3
#define ANSWER_BIT    0x80

#define HEARD         0x03
#define SET_MODE      0x04
#define RESET         0x05
#define SET_PARAMETER 0x09
#define GET_PARAMETER 0x0A
#define GET_FIRMWARE  0x0C

#define PARAMETER_COMMANDS 0x05 /* UART_CMD_Out_Enable */
#define PARAMETER_RSSI     0x45 /* RSSI_Enable */

static gint
get_rssi (guint8 value)
{
  return receiver_check_rssi ((gint8) value / 2.0 - 74);
}

static guint8
get_xor (const guint8 *data, gsize length)
{
  guint8 sum = 0;

  for (gsize i = 0; i < length; i++)
    sum ^= data[i];
  return sum;
}

static AmselFrameStatus
find (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  gsize total;

  memset (out, 0, sizeof *out);
  if (data[0] != START)
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_GARBAGE, "%02Xh instead of the start FFh",
                            data[0]);
  if (length < HEADER_LENGTH)
    return AMSEL_FRAME_STATUS_MORE;
  if (data[1] != HEARD && (data[1] & ANSWER_BIT) == 0)
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_GARBAGE, "there is no answer %02Xh", data[1]);
  total = HEADER_LENGTH + data[2] + 1;
  if (length < total)
    return AMSEL_FRAME_STATUS_MORE;
  if (get_xor (data, total - 1) != data[total - 1])
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_WRONG_CHECKSUM,
                            "the checksum of a message is wrong");
  *used = total;
  if (data[1] != HEARD)
    {
      out->kind = RECEIVER_MESSAGE_ANSWER;
      out->answer = data[1];
      out->payload = data + HEADER_LENGTH;
      out->payload_length = data[2];
      return AMSEL_FRAME_STATUS_COMPLETE;
    }
  if (data[2] == 0)
    return receiver_refuse (used, total, error, RECEIVER_ERROR_WRONG_LENGTH, "an empty telegram");
  if (!receiver_set_telegram (out, data + HEADER_LENGTH, data[2] - 1u, FALSE, error))
    return AMSEL_FRAME_STATUS_DAMAGED;
  out->rssi_dbm = get_rssi (data[total - 2]);
  return AMSEL_FRAME_STATUS_COMPLETE;
}

/* S2, T2-other, C2-other and C2/T2-other: as the other device, which hears meters. */
static guint8
get_link_mode (ReceiverMode mode)
{
  return mode == RECEIVER_MODE_S   ? 0x03
         : mode == RECEIVER_MODE_T ? 0x08
         : mode == RECEIVER_MODE_C ? 0x0E
                                   : 0x09;
}

static void
build (ReceiverCommand *out, const gchar *what, guint8 command, const guint8 *data, guint8 length)
{
  *out = (ReceiverCommand){
    .what = what,
    .data = { START, command, length },
    .answer = command | ANSWER_BIT,
    .status_at = command == SET_PARAMETER ? 0 : -1,
    .length = HEADER_LENGTH + length,
  };
  if (length > 0)
    memcpy (out->data + HEADER_LENGTH, data, length);
  out->data[out->length] = get_xor (out->data, out->length);
  out->length++;
}

/* Whether command mode and RSSI are on already, by the answer to GET_PARAMETER: position, number, values. */
static gboolean
is_set_up (const ReceiverMessage *answer)
{
  const gsize rssi_at = 2 + PARAMETER_RSSI - PARAMETER_COMMANDS;

  return answer != NULL && answer->payload_length > rssi_at && answer->payload[2] == 1
         && answer->payload[rssi_at] == 1;
}

/* Its memory takes a limited number of writes, so it is written and restarted only where it has to be. The
 * link mode is not kept there. */
static gboolean
get_command (guint step, ReceiverMode mode, const ReceiverMessage *answer, ReceiverCommand *out)
{
  static const guint8 parameters[] = { PARAMETER_COMMANDS, PARAMETER_RSSI - PARAMETER_COMMANDS + 1 };
  static const guint8 commands_on[] = { PARAMETER_COMMANDS, 1, 1 };
  static const guint8 rssi_on[] = { PARAMETER_RSSI, 1, 1 };
  const guint8 link_mode = get_link_mode (mode);

  if (answer != NULL && answer->answer == (SET_MODE | ANSWER_BIT))
    return FALSE;
  if (step == 0)
    build (out, "the greeting", GET_FIRMWARE, NULL, 0);
  else if (step == 1)
    build (out, "its parameters", GET_PARAMETER, parameters, sizeof parameters);
  else if (step == 5 || (step == 2 && is_set_up (answer)))
    build (out, "the link mode", SET_MODE, &link_mode, 1);
  else if (step == 2)
    build (out, "command mode", SET_PARAMETER, commands_on, sizeof commands_on);
  else if (step == 3)
    build (out, "RSSI", SET_PARAMETER, rssi_on, sizeof rssi_on);
  else if (step == 4)
    build (out, "the restart", RESET, NULL, 0);
  else
    return FALSE;
  return TRUE;
}

const ReceiverKind receiver_amb8465 = {
  .name = "amb8465",
  .blurb = "Amber (Würth) AMB8465 and AMB3665 USB sticks (command mode; bare mode is raw)",
  .baud = 9600,
  .modes = 1 << RECEIVER_MODE_S | 1 << RECEIVER_MODE_T | 1 << RECEIVER_MODE_C | 1 << RECEIVER_MODE_CT,
  .find = find,
  .get_command = get_command,
};
