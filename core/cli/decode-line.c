/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The input of `amsel decode`. */
#include "decode-line.h"

#include <string.h>

G_DEFINE_ENUM_TYPE (DecodeError, decode_error, G_DEFINE_ENUM_VALUE (DECODE_ERROR_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (DECODE_ERROR_NOT_HEX, "not-hex"),
                    G_DEFINE_ENUM_VALUE (DECODE_ERROR_HALF_BYTE, "half-byte"),
                    G_DEFINE_ENUM_VALUE (DECODE_ERROR_NO_TELEGRAM, "no-telegram"),
                    G_DEFINE_ENUM_VALUE (DECODE_ERROR_BAD_KEY, "bad-key"),
                    G_DEFINE_ENUM_VALUE (DECODE_ERROR_LINE_TOO_LONG, "line-too-long"))

AMSEL_DEFINE_ERROR_DOMAIN (decode_error_quark, "decode", DECODE_TYPE_ERROR)

void
decode_splitter_init (DecodeSplitter *self)
{
  self->pending = g_byte_array_new ();
  self->cut = FALSE;
}

void
decode_splitter_clear (DecodeSplitter *self)
{
  g_clear_pointer (&self->pending, g_byte_array_unref);
}

static void
keep (DecodeSplitter *self, const gchar *data, gsize length)
{
  gsize room = DECODE_LINE_MAX - self->pending->len;

  self->cut = self->cut || length > room;
  g_byte_array_append (self->pending, (const guint8 *) data, (guint) MIN (length, room));
}

void
decode_splitter_feed (DecodeSplitter *self, const gchar *data, gsize length, DecodeLineFunc func,
                      gpointer user_data)
{
  while (length > 0)
    {
      const gchar *end = memchr (data, '\n', length);
      gsize n = end != NULL ? (gsize) (end - data) : length;

      /* a line that is here as a whole is not copied */
      if (end != NULL && self->pending->len == 0 && n <= DECODE_LINE_MAX)
        func (data, n, FALSE, user_data);
      else
        {
          keep (self, data, n);
          if (end == NULL)
            return;
          decode_splitter_end (self, func, user_data);
        }
      data += n + 1;
      length -= n + 1;
    }
}

void
decode_splitter_end (DecodeSplitter *self, DecodeLineFunc func, gpointer user_data)
{
  if (self->pending->len > 0)
    func ((const gchar *) self->pending->data, self->pending->len, self->cut, user_data);
  g_byte_array_set_size (self->pending, 0);
  self->cut = FALSE;
}

void
decode_line_init (DecodeLine *self)
{
  *self = (DecodeLine){ .bytes = g_byte_array_new (), .text = g_string_new (NULL) };
}

void
decode_line_clear (DecodeLine *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_string_free (self->text, TRUE);
}

/* The value of every hexadecimal digit, plus one: 0 for what is none. */
static const guint8 DIGITS[256] = {
  ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
  ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
  ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* The bytes at the beginning whose two digits follow each other without blanks: all of them, as a rule. */
static gsize
parse_pairs (const gchar *digits, gsize n_pairs, guint8 *out)
{
  gsize n = 0;

  for (; n < n_pairs; n++)
    {
      guint high = DIGITS[(guchar) digits[2 * n]];
      guint low = DIGITS[(guchar) digits[2 * n + 1]];

      if (high == 0 || low == 0)
        break;
      out[n] = (guint8) ((high - 1) << 4 | (low - 1));
    }
  return n;
}

/* Digits from begin to end of the line. out has room for half as many bytes. */
static gboolean
parse_hex (const gchar *line, gsize begin, gsize end, guint8 *out, gsize *out_length, GError **error)
{
  gsize n = parse_pairs (line + begin, (end - begin) / 2, out);
  gint high = -1;

  for (gsize i = begin + 2 * n; i < end; i++)
    {
      gint digit = DIGITS[(guchar) line[i]] - 1;

      if (digit < 0 && high < 0 && g_ascii_isspace (line[i]))
        continue;
      if (digit < 0)
        {
          g_set_error (error, DECODE_ERROR, high < 0 ? DECODE_ERROR_NOT_HEX : DECODE_ERROR_HALF_BYTE,
                       "column %" G_GSIZE_FORMAT ": expected a hexadecimal digit%s", i + 1,
                       high < 0 ? "" : ", the second of a byte");
          return FALSE;
        }
      if (high >= 0)
        out[n++] = (guint8) (high << 4 | digit);
      high = high < 0 ? digit : -1;
    }
  if (high >= 0)
    {
      g_set_error (error, DECODE_ERROR, DECODE_ERROR_HALF_BYTE,
                   "column %" G_GSIZE_FORMAT ": expected a hexadecimal digit, the second of a byte", end + 1);
      return FALSE;
    }
  *out_length = n;
  return TRUE;
}

/* Takes a key from begin to end of the line, blanks around it allowed. */
static gboolean
take_key (DecodeLine *self, const gchar *line, gsize begin, gsize end)
{
  guint8 key[DECODE_KEY_LENGTH];
  gsize n = 0;

  while (begin < end && g_ascii_isspace (line[begin]))
    begin++;
  while (begin < end && g_ascii_isspace (line[end - 1]))
    end--;
  if (end - begin > 2 * sizeof key || !parse_hex (line, begin, end, key, &n, NULL)
      || (n != DECODE_KEY_LENGTH && n != DECODE_KEY_LENGTH / 2))
    return FALSE;
  self->key[amsel_hex_write (key, n, self->key)] = '\0';
  return TRUE;
}

static gboolean
parse_key (DecodeLine *self, const gchar *line, gsize begin, gsize end, GError **error)
{
  if (take_key (self, line, begin, end))
    return TRUE;
  g_set_error (error, DECODE_ERROR, DECODE_ERROR_BAD_KEY,
               "column %" G_GSIZE_FORMAT
               ": expected a key of %d hexadecimal digits (AES), or %d (DES), after the "
               "semicolon",
               begin + 1, 2 * DECODE_KEY_LENGTH, DECODE_KEY_LENGTH);
  return FALSE;
}

static gsize
find (const gchar *line, gsize length, gchar c)
{
  const gchar *found = length > 0 ? memchr (line, c, length) : NULL;

  return found != NULL ? (gsize) (found - line) : length;
}

gboolean
decode_line_parse (DecodeLine *self, const gchar *line, gsize length, GError **error)
{
  gsize end = find (line, length, '#');
  gsize semicolon = find (line, end, ';');
  gsize n = 0;

  self->key[0] = '\0';
  g_byte_array_set_size (self->bytes, (guint) (semicolon / 2 + 1));
  if (!parse_hex (line, 0, semicolon, self->bytes->data, &n, error))
    return FALSE;
  g_byte_array_set_size (self->bytes, (guint) n);
  if (semicolon == end)
    return TRUE;
  if (n > 0)
    return parse_key (self, line, semicolon + 1, end, error);
  g_set_error (error, DECODE_ERROR, DECODE_ERROR_NO_TELEGRAM,
               "column %" G_GSIZE_FORMAT ": no telegram before the key", semicolon + 1);
  return FALSE;
}

void
decode_line_take_text (DecodeLine *self, const gchar *line, gsize length)
{
  const gchar *semicolon = length > 0 ? memrchr (line, ';', length) : NULL;

  self->key[0] = '\0';
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;
  if (semicolon != NULL && take_key (self, line, (gsize) (semicolon - line) + 1, length))
    length = (gsize) (semicolon - line);
  g_string_truncate (self->text, 0);
  g_string_append_len (self->text, line, (gssize) length);
}
