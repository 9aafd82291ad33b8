/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a telegram that is explained: every byte stands in just one line, in its order. */
#include "driver-explain.h"
#include "en13757.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define CI_OFFSET 10

/* The bytes of the lines, put together again. */
static GByteArray *
collect (const gchar *text)
{
  GByteArray *bytes = g_byte_array_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      gchar *end;
      const gchar *p = lines[i];

      /* "    12  0C13..." and nothing else begins like that */
      if (!g_str_has_prefix (p, "  ") || g_ascii_strtoull (p, &end, 10) > G_MAXUINT16 || end == p
          || !g_str_has_prefix (end, "  ") || !g_ascii_isxdigit (end[2]))
        continue;
      for (p = end + 2; g_ascii_isxdigit (p[0]) && g_ascii_isxdigit (p[1]); p += 2)
        {
          guint8 byte = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));

          g_byte_array_append (bytes, &byte, 1);
        }
    }
  return bytes;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, size, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 4);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GByteArray) bytes = NULL;
  gsize begin = 0;

  if (size > CI_OFFSET)
    {
      amsel_telegram_edit_header (telegram)->ci = data[CI_OFFSET];
      begin = MIN (size, CI_OFFSET + 1 + en13757_header_length (data[CI_OFFSET]));
    }
  en13757_decode_records (telegram, begin, size, NULL);
  driver_explain (telegram, text);
  g_assert_true (g_utf8_validate (text->str, (gssize) text->len, NULL));
  bytes = collect (text->str);
  g_assert_cmpmem (bytes->data, bytes->len, data, size);
  return 0;
}
