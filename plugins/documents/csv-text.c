/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a CSV file looks (RFC 4180, with the separators and decimal marks of the world's spreadsheets).
 *
 * Rows are built in UTF-8 and encoded in large pieces just before they are written. */
#include "csv-text.h"

#include <string.h>

#include "amsel-error.h"

#define REPLACEMENT '?'

/* A separator must not be part of what a number or a quoted field is made of. */
static gboolean
parse_separator (const gchar *text, gchar *out, GError **error)
{
  if (g_str_equal (text, "tab") || g_str_equal (text, "\\t"))
    {
      *out = '\t';
      return TRUE;
    }
  if (strlen (text) == 1 && g_ascii_isprint (text[0]) && !g_ascii_isalnum (text[0])
      && strchr ("\"+-.", text[0]) == NULL)
    {
      *out = text[0];
      return TRUE;
    }
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "separator: “%s” cannot separate fields; expected one character such as , or ; or | or “tab”",
               text);
  return FALSE;
}

/* Files are cut and joined at bytes, so the encoding must keep ASCII as it is and must have no state. */
static gboolean
open_converter (const gchar *encoding, GIConv *out, GError **error)
{
  static const gchar sample[] = "09AZaz,;|\"\r\n";
  g_autofree gchar *encoded = NULL;
  gsize length = 0;

  *out = CSV_NO_CONVERTER;
  if (g_ascii_strcasecmp (encoding, "utf-8") == 0 || g_ascii_strcasecmp (encoding, "utf8") == 0)
    return TRUE;
  encoded = g_convert (sample, -1, encoding, "UTF-8", NULL, &length, NULL);
  if (encoded == NULL || length != strlen (sample) || !g_str_equal (encoded, sample)
      || g_ascii_strncasecmp (encoding, "iso-2022", 8) == 0)
    {
      g_set_error (
          error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
          "encoding: “%s” is not known or does not contain ASCII; expected utf-8, iso-8859-1, windows-1252 "
          "or the like",
          encoding);
      return FALSE;
    }
  *out = g_iconv_open (encoding, "UTF-8");
  return TRUE;
}

/* Sets up a dialect; the error is an AmselConfigError that names the setting. */
gboolean
csv_dialect_init (CsvDialect *self, const gchar *separator, gchar decimal, const gchar *line_end,
                  const gchar *encoding, GError **error)
{
  memset (self, 0, sizeof *self);
  self->converter = CSV_NO_CONVERTER;
  if (!parse_separator (separator, &self->separator, error)
      || !open_converter (encoding, &self->converter, error))
    return FALSE;
  self->decimal = decimal;
  self->line_end = line_end;
  self->quote_numbers = decimal == self->separator;
  self->special[(guchar) self->separator] = 1;
  self->special['"'] = 1;
  self->special['\r'] = 1;
  self->special['\n'] = 1;
  return TRUE;
}

void
csv_dialect_clear (CsvDialect *self)
{
  if (self->converter != CSV_NO_CONVERTER)
    g_iconv_close (self->converter);
  self->converter = CSV_NO_CONVERTER;
}

static void
write_quoted (GString *out, const gchar *text, gsize length)
{
  g_string_append_c (out, '"');
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, text[i]);
    }
  g_string_append_c (out, '"');
}

/* Writes a field, in quotes where it needs them (RFC 4180 section 2; blanks at its ends would be lost in many
 * programs without). */
void
csv_dialect_write_text (const CsvDialect *self, GString *out, const gchar *text, gsize length)
{
  guint8 special = 0;

  if (length == 0)
    return;
  for (gsize i = 0; i < length; i++)
    special |= self->special[(guchar) text[i]];
  if (special != 0 || text[0] == ' ' || text[length - 1] == ' ')
    write_quoted (out, text, length);
  else
    g_string_append_len (out, text, (gssize) length);
}

/* Writes a number given with a decimal point. */
void
csv_dialect_write_number (const CsvDialect *self, GString *out, const gchar *digits, gsize length)
{
  const gchar *point = self->decimal == '.' ? NULL : memchr (digits, '.', length);

  if (point == NULL)
    {
      g_string_append_len (out, digits, (gssize) length);
      return;
    }
  if (self->quote_numbers)
    g_string_append_c (out, '"');
  g_string_append_len (out, digits, point - digits);
  g_string_append_c (out, self->decimal);
  g_string_append_len (out, point + 1, (gssize) length - (point + 1 - digits));
  if (self->quote_numbers)
    g_string_append_c (out, '"');
}

static gboolean
is_ascii (const gchar *text, gsize length)
{
  guint8 all = 0;

  for (gsize i = 0; i < length; i++)
    all |= (guint8) text[i];
  return all < 0x80;
}

/* Takes one character that cannot be encoded, or one byte that is no UTF-8, as a question mark. */
static void
replace_one (gchar **in, gsize *in_left, GString *out)
{
  gunichar c = g_utf8_get_char_validated (*in, (gssize) *in_left);
  gsize length = c == (gunichar) -1 || c == (gunichar) -2 ? 1 : (gsize) (g_utf8_next_char (*in) - *in);

  g_string_append_c (out, REPLACEMENT);
  *in += length;
  *in_left -= length;
}

/* Appends text (UTF-8, perhaps damaged) in the encoding of the file. */
void
csv_dialect_encode (const CsvDialect *self, const gchar *text, gsize length, GString *out)
{
  gchar *in = (gchar *) text;
  gsize in_left = length;

  if (is_ascii (text, length)
      || (self->converter == CSV_NO_CONVERTER && g_utf8_validate_len (text, length, NULL)))
    {
      g_string_append_len (out, text, (gssize) length);
      return;
    }
  if (self->converter == CSV_NO_CONVERTER)
    {
      g_autofree gchar *valid = g_utf8_make_valid (text, (gssize) length);

      g_string_append (out, valid);
      return;
    }
  while (in_left > 0)
    {
      gchar piece[1024];
      gchar *p = piece;
      gsize room = sizeof piece;
      gsize done = g_iconv (self->converter, &in, &in_left, &p, &room);

      g_string_append_len (out, piece, p - piece);
      /* anything but a full piece is a character that stands in the way */
      if (done == (gsize) -1 && in_left > 0 && room >= 16)
        replace_one (&in, &in_left, out);
    }
}
