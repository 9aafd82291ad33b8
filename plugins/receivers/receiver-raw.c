/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receivers without a wrapping of their own: telegrams one after the other, as bytes or as lines of digits.
 */
#include "en13757-crc.h"
#include "receiver-private.h"

/* Start of a long frame of wired M-Bus, EN 13757-2. */
#define LONG_FRAME_START 0x68

/* How long the telegram is that begins here: the L field counts the checksums of format B but not those of
 * format A, of which the first stands after ten bytes and tells that there are any (EN 13757-4, 12.3). */
static gsize
get_total (const guint8 *data, gsize length)
{
  gsize total = data[0] + 1u;

  if (length < RECEIVER_HEADER_LENGTH + 2)
    return MAX (total, RECEIVER_HEADER_LENGTH + 2);
  if (en13757_crc (data, RECEIVER_HEADER_LENGTH)
      == (data[RECEIVER_HEADER_LENGTH] << 8 | data[RECEIVER_HEADER_LENGTH + 1]))
    total += 2 * (1 + (total - RECEIVER_HEADER_LENGTH + 15) / 16);
  return total;
}

/* Bytes from the L field on. */
static AmselFrameStatus
find_raw (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  gsize total;

  memset (out, 0, sizeof *out);
  if (length < RECEIVER_HEADER_LENGTH)
    return AMSEL_FRAME_STATUS_MORE;
  if (!receiver_is_plausible (data))
    return receiver_refuse (used, 1, error, RECEIVER_ERROR_GARBAGE, "%02Xh begins no telegram", data[0]);
  total = get_total (data, length);
  if (length < total)
    return AMSEL_FRAME_STATUS_MORE;
  *used = total;
  return receiver_set_telegram (out, data, total, TRUE, error) ? AMSEL_FRAME_STATUS_COMPLETE
                                                               : AMSEL_FRAME_STATUS_DAMAGED;
}

/* A telegram, or a long frame of wired M-Bus that a radio head forwards. */
static gboolean
is_whole (const ReceiverMessage *message)
{
  const guint8 *data = message->telegram;

  return (receiver_is_plausible (data) && data[0] < message->length)
         || (data[0] == LONG_FRAME_START && data[3] == LONG_FRAME_START);
}

/* A line that is joined in the middle must not pass for a telegram. */
static gboolean
read_hex (const gchar *line, gsize length, ReceiverMessage *out, GError **error)
{
  if (!receiver_parse_hex (line, length, 1, out, error))
    return FALSE;
  if (is_whole (out))
    return TRUE;
  g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_GARBAGE, "a line that begins no telegram");
  return FALSE;
}

static AmselFrameStatus
find_hex (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  return receiver_find_in_line (data, length, used, read_hex, out, error);
}

const ReceiverKind receiver_raw = {
  .name = "raw",
  .blurb = "telegrams as they are, one after the other, from the L field on",
  .find = find_raw,
};

const ReceiverKind receiver_hex = {
  .name = "hex",
  .is_text = TRUE,
  .blurb = "telegrams as lines of hexadecimal digits",
  .find = find_hex,
};
