/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes to hexadecimal text and back. */
#include "amsel-hex.h"

#include "amsel-error.h"

/* Both digits of every byte, so that one look is enough. */
#define SIXTEEN(high)                                                                                        \
  high "0" high "1" high "2" high "3" high "4" high "5" high "6" high "7" high "8" high "9" high "A" high    \
       "B" high "C" high "D" high "E" high "F"
static const gchar PAIRS[] = SIXTEEN ("0") SIXTEEN ("1") SIXTEEN ("2") SIXTEEN ("3") SIXTEEN ("4")
    SIXTEEN ("5") SIXTEEN ("6") SIXTEEN ("7") SIXTEEN ("8") SIXTEEN ("9") SIXTEEN ("A") SIXTEEN ("B")
        SIXTEEN ("C") SIXTEEN ("D") SIXTEEN ("E") SIXTEEN ("F");

/**
 * amsel_hex_write: (skip)
 * @data: (array length=length): bytes
 * @length: how many
 * @out: room for 2 × @length characters; no terminating zero is written
 *
 * Writes bytes as upper-case hexadecimal digits.
 *
 * Returns: the number of characters written
 */
gsize
amsel_hex_write (const guint8 *data, gsize length, gchar *out)
{
  for (gsize i = 0; i < length; i++)
    memcpy (out + 2 * i, PAIRS + 2 * data[i], 2);
  return 2 * length;
}

/**
 * amsel_hex_encode:
 * @data: (array length=length): bytes
 * @length: how many
 *
 * Returns: (transfer full): @data as upper-case hexadecimal digits
 */
gchar *
amsel_hex_encode (const guint8 *data, gsize length)
{
  gchar *out = g_malloc (2 * length + 1);

  out[amsel_hex_write (data, length, out)] = '\0';
  return out;
}

/**
 * amsel_hex_decode:
 * @text: hexadecimal digits of either case; blanks between bytes are allowed
 * @length: length of @text in bytes, or -1 where it ends with a zero
 * @error: return location for an error of domain #AmselConfigError
 *
 * Returns: (transfer full): the bytes, or %NULL with @error naming the column of the fault
 */
GBytes *
amsel_hex_decode (const gchar *text, gssize length, GError **error)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  g_autofree guint8 *out = g_malloc (size / 2 + 1);
  gsize n = 0;
  gint high = -1;

  for (gsize i = 0; i < size; i++)
    {
      gint digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0 && high < 0 && g_ascii_isspace (text[i]))
        continue;
      if (digit < 0)
        {
          g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_SYNTAX,
                       "column %" G_GSIZE_FORMAT ": expected a hexadecimal digit%s", i + 1,
                       high >= 0 ? " (the second of a byte)" : "");
          return NULL;
        }
      if (high < 0)
        high = digit;
      else
        {
          out[n++] = (guint8) (high << 4 | digit);
          high = -1;
        }
    }
  if (high >= 0)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_SYNTAX,
                   "column %" G_GSIZE_FORMAT ": half a byte at the end", size);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&out), n);
}
