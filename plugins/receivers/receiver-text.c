/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receivers that speak in lines: what their lines have in common. */
#include "receiver-private.h"

static gboolean
is_line_end (guint8 c)
{
  return c == '\n' || c == '\r';
}

/* The text of a line without its end, and in *used the bytes with it. */
static AmselFrameStatus
find_line (const guint8 *data, gsize length, gsize *used, const gchar **line, gsize *line_length,
           GError **error)
{
  gsize begin = 0;
  gsize end;

  while (begin < length && is_line_end (data[begin]))
    begin++;
  if (begin > RECEIVER_MESSAGE_MAX)
    return receiver_refuse (used, begin, error, RECEIVER_ERROR_GARBAGE, "nothing but ends of lines");
  end = begin;
  while (end < length && !is_line_end (data[end]))
    end++;
  if (end - begin > RECEIVER_MESSAGE_MAX)
    return receiver_refuse (used, end, error, RECEIVER_ERROR_TOO_LONG, "a line of more than %d characters",
                            RECEIVER_MESSAGE_MAX);
  if (end == length)
    return AMSEL_FRAME_STATUS_MORE;
  *line = (const gchar *) data + begin;
  *line_length = end - begin;
  while (end < length && is_line_end (data[end]))
    end++;
  *used = end;
  return AMSEL_FRAME_STATUS_COMPLETE;
}

AmselFrameStatus
receiver_find_in_line (const guint8 *data, gsize length, gsize *used, ReceiverReadLine read_line,
                       ReceiverMessage *out, GError **error)
{
  const gchar *line = NULL;
  gsize line_length = 0;
  AmselFrameStatus status = find_line (data, length, used, &line, &line_length, error);

  memset (out, 0, sizeof *out);
  if (status != AMSEL_FRAME_STATUS_COMPLETE)
    return status;
  return read_line (line, line_length, out, error) ? AMSEL_FRAME_STATUS_COMPLETE : AMSEL_FRAME_STATUS_DAMAGED;
}

gboolean
receiver_parse_hex (const gchar *text, gsize length, gsize column, ReceiverMessage *out, GError **error)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      gint value = g_ascii_xdigit_value (text[i]);

      if (text[i] == ' ')
        continue;
      if (value < 0)
        {
          g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_WRONG_DIGIT,
                       "column %" G_GSIZE_FORMAT ": expected a hexadecimal digit", column + i);
          return FALSE;
        }
      if (n / 2 >= RECEIVER_TELEGRAM_MAX)
        break;
      out->telegram[n / 2] = (guint8) (n % 2 == 0 ? value : out->telegram[n / 2] << 4 | value);
      n++;
    }
  /* a nanoCUL cuts telegrams that are too long for it, in the middle of a byte */
  if (n % 2 != 0 || n / 2 < RECEIVER_HEADER_LENGTH || n / 2 >= RECEIVER_TELEGRAM_MAX)
    {
      g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_WRONG_LENGTH,
                   "%" G_GSIZE_FORMAT " hexadecimal digits are no telegram", n);
      return FALSE;
    }
  out->kind = RECEIVER_MESSAGE_TELEGRAM;
  out->length = n / 2;
  return TRUE;
}

gint64
receiver_parse_time (const gchar *text, gsize length)
{
  g_autofree gchar *copy = g_strndup (text, length);
  g_autoptr (GTimeZone) zone = NULL;
  g_autoptr (GDateTime) time = NULL;

  if (length < 19)
    return 0;
  copy[10] = 'T';
  zone = g_time_zone_new_local ();
  time = g_date_time_new_from_iso8601 (copy, zone);
  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time) : 0;
}

ReceiverMode
receiver_parse_mode (const gchar *text, gsize length)
{
  if (length == 0 || length > 2)
    return RECEIVER_MODE_UNKNOWN;
  switch (g_ascii_toupper (text[0]))
    {
    case 'S':
      return RECEIVER_MODE_S;
    case 'T':
      return RECEIVER_MODE_T;
    case 'C':
      return RECEIVER_MODE_C;
    case 'N':
      return RECEIVER_MODE_N;
    default:
      return RECEIVER_MODE_UNKNOWN;
    }
}
