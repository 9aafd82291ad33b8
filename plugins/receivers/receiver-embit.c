/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Embit EMB-WMB modules: the EBI.
 *
 *   length 2, high byte first, of all | message | payload | sum of all before
 *
 * A heard telegram (E0) has two bytes of options before it which say what else stands there; what they leave
 * out (L, C, address) is not known, and then it is no telegram. */
#include "receiver-private.h"

#define LENGTH_MIN 4
#define LENGTH_MAX 512
#define ANSWER_BIT 0x80

#define DEVICE_INFORMATION 0x01
#define CHANNEL            0x11
#define ENERGY_SAVE        0x13
#define NETWORK_ROLE       0x23
#define NETWORK_STOP       0x30
#define NETWORK_START      0x31
#define HEARD              0xE0

/* Options of a heard telegram. */
#define OPTION_RSSI    0x8000
#define OPTION_TIME    0x0008 /* four bytes since power-up: no moment of a calendar */
#define OPTION_L       0x0004
#define OPTION_C       0x0002
#define OPTION_ADDRESS 0x0001

static gboolean
read_heard (const guint8 *payload, gsize length, ReceiverMessage *out, GError **error)
{
  AmselCursor cursor;
  const guint8 *rest;
  guint16 options = 0;
  guint8 rssi = 0;
  gsize left;

  amsel_cursor_init (&cursor, payload, length);
  if (length < 2)
    goto wrong_length;
  options = (guint16) (payload[0] << 8 | payload[1]);
  amsel_cursor_skip (&cursor, 2);
  if ((options & (OPTION_C | OPTION_ADDRESS)) != (OPTION_C | OPTION_ADDRESS))
    {
      g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_NO_TELEGRAM,
                   "options %04Xh leave out a part of the telegram", options);
      return FALSE;
    }
  if (((options & OPTION_RSSI) != 0 && !amsel_cursor_u8 (&cursor, &rssi))
      || ((options & OPTION_TIME) != 0 && !amsel_cursor_skip (&cursor, 4))
      || ((options & OPTION_L) != 0 && !amsel_cursor_skip (&cursor, 1)))
    goto wrong_length;
  left = amsel_cursor_left (&cursor);
  if (!amsel_cursor_bytes (&cursor, left, &rest) || !receiver_set_telegram (out, rest, left, FALSE, error))
    return FALSE;
  if ((options & OPTION_RSSI) != 0)
    out->rssi_dbm = receiver_check_rssi ((gint8) rssi);
  return TRUE;

wrong_length:
  g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_WRONG_LENGTH,
                       "a telegram that ends in its options");
  return FALSE;
}

static AmselFrameStatus
find (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  gsize total;
  guint8 sum = 0;

  memset (out, 0, sizeof *out);
  if (length < 2)
    return AMSEL_FRAME_STATUS_MORE;
  total = (gsize) data[0] << 8 | data[1];
  if (total < LENGTH_MIN || total > LENGTH_MAX)
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_GARBAGE, "%02X%02Xh is no length of a message",
                            data[0], data[1]);
  if (length < total)
    return AMSEL_FRAME_STATUS_MORE;
  for (gsize i = 0; i < total - 1; i++)
    sum = (guint8) (sum + data[i]);
  if (sum != data[total - 1])
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_WRONG_CHECKSUM,
                            "the checksum of a message is wrong");
  *used = total;
  if (data[2] == HEARD)
    return read_heard (data + 3, total - LENGTH_MIN, out, error) ? AMSEL_FRAME_STATUS_COMPLETE
                                                                 : AMSEL_FRAME_STATUS_DAMAGED;
  out->kind = RECEIVER_MESSAGE_ANSWER;
  out->answer = data[2];
  out->payload = data + 3;
  out->payload_length = total - LENGTH_MIN;
  return AMSEL_FRAME_STATUS_COMPLETE;
}

/* 868.3 MHz and Manchester for S, 868.95 MHz with 3-of-6 for T and at 100 kbit/s for C. */
static guint8
get_channel (ReceiverMode mode)
{
  return mode == RECEIVER_MODE_S ? 0x17 : mode == RECEIVER_MODE_C ? 0x25 : 0x19;
}

static gboolean
get_command (guint step, ReceiverMode mode, const ReceiverMessage *answer G_GNUC_UNUSED, ReceiverCommand *out)
{
  static const struct
  {
    const gchar *what;
    guint8 message;
    guint8 length;
    guint8 payload[2];
  } steps[] = {
    { "the greeting", DEVICE_INFORMATION, 0, { 0 } },
    { "the stop of the radio", NETWORK_STOP, 0, { 0 } },
    { "the channel", CHANNEL, 1, { 0 } },
    { "listening all the time", ENERGY_SAVE, 2, { 0, 0 } },
    { "the role", NETWORK_ROLE, 1, { 1 } },
    { "the start of the radio", NETWORK_START, 0, { 0 } },
  };
  guint8 sum = 0;

  if (step >= G_N_ELEMENTS (steps))
    return FALSE;
  *out = (ReceiverCommand){ .what = steps[step].what,
                            .length = steps[step].length + 3u,
                            .answer = steps[step].message | ANSWER_BIT,
                            .status_at = steps[step].length > 0 ? 0 : -1 };
  out->data[1] = (guint8) (steps[step].length + LENGTH_MIN);
  out->data[2] = steps[step].message;
  memcpy (out->data + 3, steps[step].payload, steps[step].length);
  if (steps[step].message == CHANNEL)
    out->data[3] = get_channel (mode);
  for (gsize i = 0; i < out->length; i++)
    sum = (guint8) (sum + out->data[i]);
  out->data[out->length++] = sum;
  return TRUE;
}

const ReceiverKind receiver_embit = {
  .name = "embit",
  .blurb = "Embit EMB-WMB modules (EBI)",
  .baud = 9600,
  .modes = 1 << RECEIVER_MODE_S | 1 << RECEIVER_MODE_T | 1 << RECEIVER_MODE_C,
  .find = find,
  .get_command = get_command,
};
