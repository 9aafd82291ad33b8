/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing JSON (RFC 8259). Every telegram of every meter passes here on its way out, so it uses no printf,
 * and what is short is inline in the header. Numbers come as text: none is rounded on the way. */
#include "amsel-json.h"

#include "amsel-hex.h"

#define FIRST_SIZE 1024

/* Longest escape, \u0000. */
#define ESCAPE_CHARS 6

/**
 * amsel_json_clear: (skip)
 * @self: a writer
 *
 * Frees the buffer; the writer is as new.
 */
void
amsel_json_clear (AmselJson *self)
{
  g_free (self->text);
  *self = (AmselJson) AMSEL_JSON_INIT;
}

/**
 * amsel_json_grow: (skip)
 * @self: a writer
 * @n: characters that must fit behind the present end, besides the terminating zero
 *
 * Makes the buffer larger, by doubling.
 */
void
amsel_json_grow (AmselJson *self, gsize n)
{
  gsize needed = self->length + n + 1;
  gsize size = MAX (MAX (2 * self->allocated, FIRST_SIZE), needed);

  self->text = g_realloc (self->text, size);
  self->allocated = size;
}

/* Length of the UTF-8 character at the beginning; 0 where there is none. */
static gsize
character_length (const gchar *text, gsize left)
{
  gunichar c = g_utf8_get_char_validated (text, (gssize) left);

  return c == (gunichar) -1 || c == (gunichar) -2 ? 0 : (gsize) (g_utf8_next_char (text) - text);
}

/* How many characters need no escapes and no look at their coding. */
static gsize
plain_length (const gchar *text, gsize left)
{
  gsize n = 0;

  while (n < left && text[n] >= 0x20 && text[n] < 0x7F && text[n] != '"' && text[n] != '\\')
    n++;
  return n;
}

static void
escape (AmselJson *self, guchar c)
{
  static const gchar LETTERS[0x20] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };
  gchar *end = self->text + self->length;

  *end++ = '\\';
  if (c == '"' || c == '\\')
    *end++ = (gchar) c;
  else if (c < sizeof LETTERS && LETTERS[c] != '\0')
    *end++ = LETTERS[c];
  else
    {
      *end++ = 'u';
      *end++ = '0';
      *end++ = '0';
      end += amsel_hex_write (&c, 1, end);
    }
  self->length = (gsize) (end - self->text);
}

/**
 * amsel_json_string_n: (skip)
 * @self: a writer
 * @text: (array length=length): UTF-8; what is not becomes U+FFFD, so that the output is always JSON
 * @length: how many bytes
 *
 * Writes a string value with the escapes that it needs.
 */
void
amsel_json_string_n (AmselJson *self, const gchar *text, gsize length)
{
  amsel_json_open (self, '"');
  for (gsize i = 0; i < length;)
    {
      gsize n = plain_length (text + i, length - i);

      amsel_json_raw_n (self, text + i, n);
      if ((i += n) == length)
        break;
      if ((guchar) text[i] < 0x80)
        {
          amsel_json_reserve (self, ESCAPE_CHARS);
          escape (self, (guchar) text[i++]);
        }
      else if ((n = character_length (text + i, length - i)) > 0)
        {
          amsel_json_raw_n (self, text + i, n);
          i += n;
        }
      else
        {
          amsel_json_raw_n (self, "\xEF\xBF\xBD", 3);
          i++;
        }
    }
  amsel_json_raw_n (self, "\"", 1);
  self->follows = TRUE;
}

/**
 * amsel_json_string: (skip)
 * @self: a writer
 * @text: (nullable): as for amsel_json_string_n(), ended by a zero
 *
 * Writes a string value; null for %NULL.
 */
void
amsel_json_string (AmselJson *self, const gchar *text)
{
  if (text == NULL)
    amsel_json_null (self);
  else
    amsel_json_string_n (self, text, strlen (text));
}

/**
 * amsel_json_put_many_digits: (skip)
 * @at: room for %AMSEL_JSON_INTEGER_CHARS characters
 * @value: a number
 *
 * Puts the digits of a number at a place: the part of amsel_json_put_digits() that is not inline.
 *
 * Returns: the place behind them
 */
gchar *
amsel_json_put_many_digits (gchar *at, guint64 value)
{
  gchar digits[AMSEL_JSON_INTEGER_CHARS];
  gsize begin = sizeof digits;

  do
    {
      digits[--begin] = (gchar) ('0' + value % 10);
      value /= 10;
    }
  while (value != 0);
  return amsel_json_put_n (at, digits + begin, sizeof digits - begin);
}

/**
 * amsel_json_uint: (skip)
 * @self: a writer
 * @value: a number
 *
 * Writes a number with all its digits.
 */
void
amsel_json_uint (AmselJson *self, guint64 value)
{
  amsel_json_separate (self);
  amsel_json_digits (self, value);
  self->follows = TRUE;
}

/**
 * amsel_json_int: (skip)
 * @self: a writer
 * @value: a number
 *
 * Writes a number with all its digits.
 */
void
amsel_json_int (AmselJson *self, gint64 value)
{
  amsel_json_separate (self);
  if (value < 0)
    amsel_json_literal (self, "-");
  amsel_json_digits (self, value < 0 ? -(guint64) value : (guint64) value);
  self->follows = TRUE;
}

/**
 * amsel_json_hex_digits: (skip)
 * @self: a writer
 * @data: (array length=length): bytes
 * @length: how many
 *
 * Appends upper-case hexadecimal digits as they are.
 */
void
amsel_json_hex_digits (AmselJson *self, const guint8 *data, gsize length)
{
  amsel_json_reserve (self, 2 * length);
  self->length += amsel_hex_write (data, length, self->text + self->length);
  self->text[self->length] = '\0';
}

/**
 * amsel_json_hex: (skip)
 * @self: a writer
 * @data: (array length=length): bytes
 * @length: how many
 *
 * Writes a string of upper-case hexadecimal digits.
 */
void
amsel_json_hex (AmselJson *self, const guint8 *data, gsize length)
{
  amsel_json_separate (self);
  amsel_json_literal (self, "\"");
  amsel_json_hex_digits (self, data, length);
  amsel_json_literal (self, "\"");
  self->follows = TRUE;
}

/**
 * amsel_json_number: (skip)
 * @self: a writer
 * @digits: a number as amsel_record_write_number() and amsel_decimal_write() make it
 *
 * Writes a number as it is; null where there are no digits.
 */
void
amsel_json_number (AmselJson *self, const gchar *digits)
{
  gsize n = strlen (digits);

  if (n == 0)
    amsel_json_null (self);
  else
    amsel_json_word_n (self, digits, n);
}
