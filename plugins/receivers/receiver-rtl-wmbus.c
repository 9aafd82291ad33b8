/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtl-wmbus: one line for each telegram of an RTL-SDR stick.
 *
 *   T1;1;1;2019-04-03 19:00:42.000;97;148;88888888;0x6e44...
 *   mode; checksums right; 3-of-6 right; local time; RSSI of the packet; RSSI now; id; telegram
 *
 * The telegram comes without its checksums.
 *
 * The RSSI has no scale and is left out. With several decoders at work a word that names one stands first. */
#include "receiver-private.h"

#define COLUMNS 8

typedef struct
{
  const gchar *text;
  gsize length;
} Column;

static guint
split (const gchar *line, gsize length, Column columns[COLUMNS + 1])
{
  guint n = 0;
  gsize begin = 0;

  for (gsize i = 0; i <= length && n <= COLUMNS; i++)
    if (i == length || line[i] == ';')
      {
        columns[n++] = (Column){ line + begin, i - begin };
        begin = i + 1;
      }
  return n;
}

static gboolean
is (const Column *column, gchar digit)
{
  return column->length == 1 && column->text[0] == digit;
}

static gboolean
read_line (const gchar *line, gsize length, ReceiverMessage *out, GError **error)
{
  Column all[COLUMNS + 1];
  guint n = split (line, length, all);
  const Column *columns = n == COLUMNS + 1 ? all + 1 : all;
  const Column *hex = columns + COLUMNS - 1;
  gsize prefix;

  if (n < COLUMNS || receiver_parse_mode (columns[0].text, columns[0].length) == RECEIVER_MODE_UNKNOWN)
    {
      g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_GARBAGE, "a line that is none of rtl-wmbus");
      return FALSE;
    }
  if (!is (&columns[1], '1') || !is (&columns[2], '1'))
    {
      g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_DAMAGED,
                           "rtl-wmbus says that it is damaged");
      return FALSE;
    }
  prefix = hex->length > 2 && hex->text[0] == '0' && (hex->text[1] | 0x20) == 'x' ? 2 : 0;
  if (!receiver_parse_hex (hex->text + prefix, hex->length - prefix, (gsize) (hex->text - line) + prefix + 1,
                           out, error))
    return FALSE;
  out->mode = receiver_parse_mode (columns[0].text, columns[0].length);
  out->heard_us = receiver_parse_time (columns[3].text, columns[3].length);
  return TRUE;
}

static AmselFrameStatus
find (const guint8 *data, gsize length, gsize *used, ReceiverMessage *out, GError **error)
{
  return receiver_find_in_line (data, length, used, read_line, out, error);
}

const ReceiverKind receiver_rtl_wmbus = {
  .name = "rtl-wmbus",
  .is_text = TRUE,
  .blurb = "lines of rtl-wmbus (RTL-SDR sticks)",
  .find = find,
};
