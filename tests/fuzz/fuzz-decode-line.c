/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The input of `amsel decode`: any stream, given in portions, is split into the same lines and parsed without
 * harm. */
#include "../../core/cli/decode-line.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
on_line (const gchar *line, gsize length, gboolean cut, gpointer user_data)
{
  static DecodeLine parsed;
  g_autoptr (GError) error = NULL;
  guint *n_lines = user_data;

  if (parsed.bytes == NULL)
    decode_line_init (&parsed);
  ++*n_lines;
  g_assert_cmpuint (length, <=, DECODE_LINE_MAX);
  g_assert_true (cut || length == 0 || memchr (line, '\n', length) == NULL);
  if (decode_line_parse (&parsed, line, length, &error))
    g_assert_cmpuint (parsed.bytes->len, <=, length / 2);
  else
    g_assert_nonnull (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static DecodeSplitter splitter;
  guint whole = 0;
  guint portions = 0;

  if (splitter.pending == NULL)
    decode_splitter_init (&splitter);
  decode_splitter_feed (&splitter, (const gchar *) data, size, on_line, &whole);
  decode_splitter_end (&splitter, on_line, &whole);
  for (gsize at = 0; at < size; at += 7)
    decode_splitter_feed (&splitter, (const gchar *) data + at, MIN (size - at, 7), on_line, &portions);
  decode_splitter_end (&splitter, on_line, &portions);
  g_assert_cmpuint (whole, ==, portions);
  return 0;
}
