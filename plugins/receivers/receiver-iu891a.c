/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IMST iU891A-XL: messages in SLIP frames (RFC 1055).
 *
 *   C0 | service | message | payload | CRC 2 | C0      with DB DC for C0 and DB DD for DB
 *
 * A stream that is joined in the middle begins with the rest of a frame, which its CRC gives away. A heard
 * telegram has time 4, decryption 1, encryption 1, link mode 1 and RSSI 1 before it; before these an event
 * has a status byte. */
#include "receiver-private.h"

#define END        0xC0
#define ESCAPE     0xDB
#define ESCAPE_END 0xDC
#define ESCAPE_ESC 0xDD

#define MESSAGE_MIN   4 /* service, message, CRC */
#define MESSAGE_MAX   RECEIVER_TELEGRAM_MAX
#define HEARD_HEADER  8
#define HEARD_RSSI_AT 7
#define HEARD_MODE_AT 6

#define SERVICE_MANAGEMENT 0x01
#define SERVICE_GATEWAY    0x09

#define PING_REQ       0x01
#define PING_RSP       0x02
#define GET_CONFIG_REQ 0x01
#define GET_CONFIG_RSP 0x02
#define SET_CONFIG_REQ 0x03
#define SET_CONFIG_RSP 0x04
#define HEARD          0x20

#define ANSWER(service, message) ((service) << 8 | (message))

/* The active configuration: link mode, options 2, and eight bytes that stay as they are. */
#define CONFIG_LENGTH 11
/* Options: nothing is filtered (bit 0 clear); report what was heard and what was sent. */
#define OPTION_FILTER 0x01
#define OPTION_REPORT 0x06

/* Idle characters before a command wake the receiver up. */
#define WAKE_LENGTH 30

static ReceiverMode
read_mode (guint8 value)
{
  static const ReceiverMode modes[] = { RECEIVER_MODE_UNKNOWN, RECEIVER_MODE_S,       RECEIVER_MODE_T,
                                        RECEIVER_MODE_CT,      RECEIVER_MODE_UNKNOWN, RECEIVER_MODE_C };

  return value < G_N_ELEMENTS (modes) ? modes[value] : RECEIVER_MODE_UNKNOWN;
}

/* Undoes the escapes of one frame; returns the length, 0 where it is none. */
static gsize
unescape (const guint8 *data, gsize length, guint8 out[MESSAGE_MAX + 16])
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      guint8 value = data[i];

      if (n == MESSAGE_MAX + 16)
        return 0;
      if (value == ESCAPE)
        {
          if (++i == length || (data[i] != ESCAPE_END && data[i] != ESCAPE_ESC))
            return 0;
          value = data[i] == ESCAPE_END ? END : ESCAPE;
        }
      out[n++] = value;
    }
  return n;
}

/* The telegram of a heard event: the one offset at which its length fits. */
static gboolean
read_heard (const guint8 *payload, gsize length, ReceiverMessage *out, GError **error)
{
  for (gsize status = 0; status <= 1; status++)
    {
      gsize at = status + HEARD_HEADER;

      if (length <= at || payload[at] != length - at - 1)
        continue;
      if (!receiver_set_telegram (out, payload + at, length - at, TRUE, error))
        return FALSE;
      out->rssi_dbm = receiver_check_rssi ((gint8) payload[status + HEARD_RSSI_AT]);
      out->mode = read_mode (payload[status + HEARD_MODE_AT]);
      return TRUE;
    }
  g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_WRONG_LENGTH,
                       "the L field of a telegram does not fit its message");
  return FALSE;
}

static gboolean
read_message (const guint8 *frame, gsize length, ReceiverMessage *out, GError **error)
{
  guint8 message[MESSAGE_MAX + 16];
  gsize n = unescape (frame, length, message);

  if (n < MESSAGE_MIN)
    {
      g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_WRONG_LENGTH,
                           "a SLIP frame that is no message");
      return FALSE;
    }
  if (receiver_crc16 (message, n - 2) != (message[n - 2] | (guint) message[n - 1] << 8))
    {
      g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_WRONG_CHECKSUM,
                           "the CRC of a message is wrong");
      return FALSE;
    }
  if (message[0] == SERVICE_GATEWAY && message[1] == HEARD)
    return read_heard (message + 2, n - MESSAGE_MIN, out, error);
  out->kind = RECEIVER_MESSAGE_ANSWER;
  out->answer = ANSWER ((guint) message[0], message[1]);
  out->payload_length = MIN (n - MESSAGE_MIN, sizeof out->telegram);
  memcpy (out->telegram, message + 2, out->payload_length);
  out->payload = out->telegram;
  return TRUE;
}

static AmselFrameStatus
find (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  gsize begin = 0;
  const guint8 *end;

  memset (out, 0, sizeof *out);
  while (begin < length && data[begin] == END)
    begin++;
  if (begin > RECEIVER_MESSAGE_MAX)
    return receiver_refuse (used, begin, error, RECEIVER_ERROR_GARBAGE, "nothing but ends of SLIP frames");
  end = memchr (data + begin, END, length - begin);
  if (end == NULL && length - begin > 2 * MESSAGE_MAX)
    return receiver_refuse (used, length, error, RECEIVER_ERROR_TOO_LONG, "a SLIP frame without an end");
  if (end == NULL)
    return AMSEL_FRAME_STATUS_MORE;
  /* the end of a frame may be the beginning of the next one: it is left there */
  *used = (gsize) (end - data);
  return read_message (data + begin, *used - begin, out, error) ? AMSEL_FRAME_STATUS_COMPLETE
                                                                : AMSEL_FRAME_STATUS_DAMAGED;
}

static void
build (ReceiverCommand *out, guint8 service, guint8 message, const guint8 *payload, gsize length)
{
  guint8 body[2 + CONFIG_LENGTH + 2] = { service, message };
  guint16 crc;

  if (length > 0)
    memcpy (body + 2, payload, length);
  crc = receiver_crc16 (body, 2 + length);
  body[2 + length] = (guint8) crc;
  body[3 + length] = (guint8) (crc >> 8);
  memset (out->data, END, WAKE_LENGTH);
  out->length = WAKE_LENGTH;
  for (gsize i = 0; i < length + 4; i++)
    {
      gboolean escaped = body[i] == END || body[i] == ESCAPE;

      if (escaped)
        out->data[out->length++] = ESCAPE;
      out->data[out->length++] = !escaped ? body[i] : body[i] == END ? ESCAPE_END : ESCAPE_ESC;
    }
  out->data[out->length++] = END;
}

static guint8
get_link_mode (ReceiverMode mode)
{
  return mode == RECEIVER_MODE_S ? 1 : mode == RECEIVER_MODE_T ? 2 : mode == RECEIVER_MODE_C ? 5 : 3;
}

/* What it has, with another link mode and other options; the answer has a status before it. */
static void
build_config (ReceiverMode mode, const ReceiverMessage *answer, ReceiverCommand *out)
{
  guint8 config[CONFIG_LENGTH] = { 0 };

  if (answer != NULL && answer->payload_length > CONFIG_LENGTH)
    memcpy (config, answer->payload + 1, CONFIG_LENGTH);
  config[0] = get_link_mode (mode);
  config[1] = (guint8) ((config[1] & ~OPTION_FILTER) | OPTION_REPORT);
  build (out, SERVICE_GATEWAY, SET_CONFIG_REQ, config, CONFIG_LENGTH);
}

static gboolean
get_command (guint step, ReceiverMode mode, const ReceiverMessage *answer, ReceiverCommand *out)
{
  *out = (ReceiverCommand){ .status_at = step == 2 ? 0 : -1 };
  switch (step)
    {
    case 0:
      out->what = "the greeting";
      out->answer = ANSWER (SERVICE_MANAGEMENT, PING_RSP);
      build (out, SERVICE_MANAGEMENT, PING_REQ, NULL, 0);
      return TRUE;
    case 1:
      out->what = "the configuration";
      out->answer = ANSWER (SERVICE_GATEWAY, GET_CONFIG_RSP);
      build (out, SERVICE_GATEWAY, GET_CONFIG_REQ, NULL, 0);
      return TRUE;
    case 2:
      out->what = "the link mode";
      out->answer = ANSWER (SERVICE_GATEWAY, SET_CONFIG_RSP);
      build_config (mode, answer, out);
      return TRUE;
    default:
      return FALSE;
    }
}

const ReceiverKind receiver_iu891a = {
  .name = "iu891a",
  .blurb = "IMST iU891A-XL USB stick (SLIP)",
  .baud = 115200,
  .modes = 1 << RECEIVER_MODE_S | 1 << RECEIVER_MODE_T | 1 << RECEIVER_MODE_C | 1 << RECEIVER_MODE_CT,
  .find = find,
  .get_command = get_command,
};
