/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CUL, nanoCUL and others with culfw: lines of text.
 *
 *   b<hex>    a telegram of format A with its checksums, then link quality and RSSI
 *   bY<hex>   the same of format B
 *
 * A nanoCUL hears at most 148 bytes and cuts the rest off: then the digits are odd in number or the checksums
 * do not fit. */
#include "receiver-private.h"

/* Link quality and RSSI, which X21 switches on. */
#define TRAILER_LENGTH 2

static gboolean
read_telegram (const gchar *line, gsize length, ReceiverMessage *out, GError **error)
{
  gsize begin = length > 1 && line[1] == 'Y' ? 2 : 1;

  if (!receiver_parse_hex (line + begin, length - begin, begin + 1, out, error))
    return FALSE;
  if (out->length < RECEIVER_HEADER_LENGTH + TRAILER_LENGTH)
    {
      g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_WRONG_LENGTH,
                   "%" G_GSIZE_FORMAT " bytes are no telegram with its trailer", out->length);
      return FALSE;
    }
  out->mode = begin == 2 ? RECEIVER_MODE_C : RECEIVER_MODE_UNKNOWN;
  out->checksums = begin == 2 ? RECEIVER_CHECKSUMS_FORMAT_B : RECEIVER_CHECKSUMS_FORMAT_A;
  out->rssi_dbm = receiver_check_rssi ((gint8) out->telegram[out->length - 1] / 2.0 - 74);
  out->length -= TRAILER_LENGTH;
  return TRUE;
}

static gboolean
read_line (const gchar *line, gsize length, ReceiverMessage *out, GError **error)
{
  if (line[0] == 'b' && length > 1)
    return read_telegram (line, length, out, error);
  out->kind = RECEIVER_MESSAGE_ANSWER;
  out->payload = (const guint8 *) line;
  out->payload_length = length;
  return TRUE;
}

static AmselFrameStatus
find (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  return receiver_find_in_line (data, length, used, read_line, out, error);
}

static gboolean
get_command (guint step, ReceiverMode mode, const ReceiverMessage *answer G_GNUC_UNUSED, ReceiverCommand *out)
{
  gchar letter = mode == RECEIVER_MODE_S ? 's' : mode == RECEIVER_MODE_C ? 'c' : 't';

  *out = (ReceiverCommand){ .status_at = -1 };
  switch (step)
    {
    case 0: /* the empty line ends whatever was half typed */
      out->what = "the greeting";
      out->text = "CUL";
      out->length = (gsize) g_snprintf ((gchar *) out->data, sizeof out->data, "\r\nV\r\n");
      return TRUE;
    case 1:
      out->what = "RSSI";
      out->silent = TRUE;
      out->length = (gsize) g_snprintf ((gchar *) out->data, sizeof out->data, "X21\r\n");
      return TRUE;
    case 2:
      out->what = "the link mode";
      out->text = "MODE";
      out->length = (gsize) g_snprintf ((gchar *) out->data, sizeof out->data, "br%c\r\n", letter);
      return TRUE;
    default:
      return FALSE;
    }
}

const ReceiverKind receiver_cul = {
  .name = "cul",
  .is_text = TRUE,
  .blurb = "CUL, nanoCUL and others with culfw",
  .baud = 38400,
  .modes = 1 << RECEIVER_MODE_S | 1 << RECEIVER_MODE_T | 1 << RECEIVER_MODE_C,
  .find = find,
  .get_command = get_command,
};
