/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IMST iM871A and iM170A: the HCI of their manual, WMBus_HCI_Spec 1.6.
 *
 *   A5 | control, endpoint | message | length | payload | [time 4] | [RSSI 1] | [CRC 2]
 *
 * The high half of the second byte says which of the parts in brackets are there. A telegram comes without
 * its L field: the length of the payload is it. */
#include "receiver-private.h"

#define START         0xA5
#define HEADER_LENGTH 4

/* Control bits. */
#define HAS_TIME 0x20
#define HAS_RSSI 0x40
#define HAS_CRC  0x80

#define ENDPOINT_MANAGEMENT 1
#define ENDPOINT_RADIO      2
#define ENDPOINT_LAST       4

/* Messages of the management endpoint, and the one of the radio. */
#define PING_REQ       0x01
#define PING_RSP       0x02
#define SET_CONFIG_REQ 0x03
#define SET_CONFIG_RSP 0x04
#define RADIO_HEARD    0x03

/* Answers are numbered by endpoint and message. */
#define ANSWER(endpoint, message) ((endpoint) << 8 | (message))

static gsize
get_trailer_length (guint8 control)
{
  return ((control & HAS_TIME) != 0 ? 4 : 0) + ((control & HAS_RSSI) != 0 ? 1 : 0)
         + ((control & HAS_CRC) != 0 ? 2 : 0);
}

/* -100 dBm at 45, two steps a decibel. */
static gint
get_rssi (guint8 value)
{
  return receiver_check_rssi ((value - 45) / 2.0 - 100);
}

static gboolean
read_message (const guint8 *data, gsize length, ReceiverMessage *out, GError **error)
{
  guint8 control = data[1];
  gsize rssi_at = length - get_trailer_length (control) + ((control & HAS_TIME) != 0 ? 4 : 0);
  guint endpoint = control & 0x0F;

  if (endpoint == ENDPOINT_RADIO && data[2] == RADIO_HEARD)
    {
      if (!receiver_set_telegram (out, data + HEADER_LENGTH, data[3], FALSE, error))
        return FALSE;
      if ((control & HAS_RSSI) != 0)
        out->rssi_dbm = get_rssi (data[rssi_at]);
      return TRUE;
    }
  out->kind = RECEIVER_MESSAGE_ANSWER;
  out->answer = ANSWER (endpoint, data[2]);
  out->payload = data + HEADER_LENGTH;
  out->payload_length = data[3];
  return TRUE;
}

static AmselFrameStatus
find (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  gsize total;

  memset (out, 0, sizeof *out);
  if (data[0] != START)
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_GARBAGE, "%02Xh instead of the start A5h",
                            data[0]);
  if (length < HEADER_LENGTH)
    return AMSEL_FRAME_STATUS_MORE;
  if ((data[1] & 0x0F) == 0 || (data[1] & 0x0F) > ENDPOINT_LAST || (data[1] & 0x10) != 0)
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_GARBAGE, "there is no endpoint %02Xh", data[1]);
  total = HEADER_LENGTH + data[3] + get_trailer_length (data[1]);
  if (length < total)
    return AMSEL_FRAME_STATUS_MORE;
  if ((data[1] & HAS_CRC) != 0
      && receiver_crc16 (data + 1, total - 3) != (data[total - 2] | (guint) data[total - 1] << 8))
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_WRONG_CHECKSUM, "the CRC of a message is wrong");
  *used = total;
  if (!read_message (data, total, out, error))
    return AMSEL_FRAME_STATUS_DAMAGED;
  return AMSEL_FRAME_STATUS_COMPLETE;
}

/* Numbers of the link modes of the iM871A; C+T needs a firmware above 1.3. */
static guint8
get_link_mode (ReceiverMode mode)
{
  switch (mode)
    {
    case RECEIVER_MODE_S:
      return 0x00;
    case RECEIVER_MODE_T:
      return 0x03;
    case RECEIVER_MODE_C:
      return 0x06;
    case RECEIVER_MODE_N: /* of the iM170A, which has nothing else */
    case RECEIVER_MODE_CT:
    case RECEIVER_MODE_UNKNOWN:
    default:
      return 0x0A;
    }
}

static gboolean
get_command (guint step, ReceiverMode mode, const ReceiverMessage *answer G_GNUC_UNUSED, ReceiverCommand *out)
{
  /* not kept after a power cut; link mode set; RSSI attached, no time */
  const guint8 config[] = { START, ENDPOINT_MANAGEMENT,  SET_CONFIG_REQ, 6,    0x00,
                            0x02,  get_link_mode (mode), 0x30,           0x01, 0x00 };
  const guint8 ping[] = { START, ENDPOINT_MANAGEMENT, PING_REQ, 0 };

  if (step > 1)
    return FALSE;
  *out = (ReceiverCommand){
    .what = step == 0 ? "the greeting" : "the link mode",
    .length = step == 0 ? sizeof ping : sizeof config,
    .answer = ANSWER (ENDPOINT_MANAGEMENT, step == 0 ? PING_RSP : SET_CONFIG_RSP),
    .status_at = -1,
  };
  memcpy (out->data, step == 0 ? ping : config, out->length);
  return TRUE;
}

const ReceiverKind receiver_im871a = {
  .name = "im871a",
  .blurb = "IMST iM871A and iM170A USB sticks (HCI)",
  .baud = 57600,
  .modes = 1 << RECEIVER_MODE_S | 1 << RECEIVER_MODE_T | 1 << RECEIVER_MODE_C | 1 << RECEIVER_MODE_CT
           | 1 << RECEIVER_MODE_N,
  .find = find,
  .get_command = get_command,
};
