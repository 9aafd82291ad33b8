/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exact decimal numbers. Writing them is on the hot path of every exporter, so it uses no printf and no
 * memory. */
#include "amsel-decimal.h"

#include <string.h>

/* Powers of ten outside this range are written with an E; no VIF comes near it. */
#define PLAIN_EXPONENT_MAX 40
#define PLAIN_EXPONENT_MIN (-60)

/* Digits of the largest 128-bit integer. */
#define MANTISSA_DIGITS 39

/* Digits of the largest 64-bit integer, and room for them with sign, point, a zero before it and the zero
 * behind all. */
#define COMMON_DIGITS 20
#define COMMON_CHARS  24

/* Both digits of every number below a hundred, so that one division gives two digits. */
#define TEN(ten) ten "0" ten "1" ten "2" ten "3" ten "4" ten "5" ten "6" ten "7" ten "8" ten "9"
static const gchar PAIRS[] =
    TEN ("0") TEN ("1") TEN ("2") TEN ("3") TEN ("4") TEN ("5") TEN ("6") TEN ("7") TEN ("8") TEN ("9");

G_DEFINE_BOXED_TYPE (AmselDecimal, amsel_decimal, amsel_decimal_copy, amsel_decimal_free)

/**
 * amsel_decimal_new: (constructor)
 * @mantissa: the digits
 * @exponent: power of ten
 *
 * Returns: (transfer full): the number @mantissa × 10^@exponent
 */
AmselDecimal *
amsel_decimal_new (gint64 mantissa, gint exponent)
{
  AmselDecimal *self = g_new0 (AmselDecimal, 1);

  amsel_decimal_set (self, mantissa, exponent);
  return self;
}

/**
 * amsel_decimal_copy:
 * @self: a number
 *
 * Returns: (transfer full): a copy
 */
AmselDecimal *
amsel_decimal_copy (const AmselDecimal *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * amsel_decimal_free:
 * @self: (transfer full): a number
 *
 * Frees what amsel_decimal_new() or amsel_decimal_copy() returned.
 */
void
amsel_decimal_free (AmselDecimal *self)
{
  g_free (self);
}

/**
 * amsel_decimal_multiply:
 * @self: a number, changed in place
 * @factor: what to multiply by
 *
 * Multiplies exactly.
 *
 * Returns: %TRUE; %FALSE with @self unchanged where the mantissa would need more than 128 bits
 */
gboolean
amsel_decimal_multiply (AmselDecimal *self, gint64 factor)
{
  AmselInt128 product;

  if (__builtin_mul_overflow (amsel_decimal_get_mantissa128 (self), (AmselInt128) factor, &product))
    return FALSE;
  amsel_decimal_set128 (self, product, self->exponent);
  return TRUE;
}

/* Writes the digits of a mantissa from the end of a buffer backwards; returns where they begin. */
static gchar *
write_digits (unsigned __int128 magnitude, gchar *end)
{
  guint64 low;

  while (magnitude >> 64 != 0)
    {
      *--end = (gchar) ('0' + (guint) (magnitude % 10));
      magnitude /= 10;
    }
  low = (guint64) magnitude;
  do
    {
      *--end = (gchar) ('0' + low % 10);
      low /= 10;
    }
  while (low != 0);
  return end;
}

static gsize
write_small_int (gint value, gchar *out)
{
  gchar digits[12];
  gchar *end = digits + sizeof digits;
  gchar *begin = write_digits ((unsigned __int128) ABS (value), end);
  gsize n = 0;

  out[n++] = value < 0 ? '-' : '+';
  for (; begin < end; begin++)
    out[n++] = *begin;
  return n;
}

/* Writes digits with a point, or with zeros behind, by the exponent. */
static gsize
write_scaled (const gchar *digits, gsize n_digits, gint exponent, gchar *out)
{
  gsize n = 0;
  gsize behind = exponent < 0 ? (gsize) -exponent : 0;

  if (exponent > PLAIN_EXPONENT_MAX || exponent < PLAIN_EXPONENT_MIN)
    {
      for (gsize i = 0; i < n_digits; i++)
        out[n++] = digits[i];
      out[n++] = 'E';
      return n + write_small_int (exponent, out + n);
    }
  if (n_digits <= behind)
    {
      out[n++] = '0';
      out[n++] = '.';
      for (gsize i = n_digits; i < behind; i++)
        out[n++] = '0';
      behind = 0;
    }
  for (gsize i = 0; i < n_digits; i++)
    {
      if (behind > 0 && n_digits - i == behind)
        out[n++] = '.';
      out[n++] = digits[i];
    }
  if (exponent > 0 && !(n_digits == 1 && digits[0] == '0'))
    for (gint i = 0; i < exponent; i++)
      out[n++] = '0';
  return n;
}

/* Puts the last two digits of a number before a place. */
static inline gchar *
put_pair (gchar *at, guint64 number)
{
  return memcpy (at - 2, PAIRS + 2 * (number % 100), 2);
}

/* The common case: 64 bits, and digits behind the point or none. */
static gsize
write_common (guint64 magnitude, guint behind, gboolean negative, gchar *out)
{
  gchar text[2 * COMMON_CHARS] = { 0 };
  gchar *end = text + COMMON_CHARS - 1;
  gchar *at = end;

  if (behind > 0)
    {
      for (; behind >= 2; behind -= 2, magnitude /= 100)
        at = put_pair (at, magnitude);
      if (behind > 0)
        {
          *--at = (gchar) ('0' + magnitude % 10);
          magnitude /= 10;
        }
      *--at = '.';
    }
  for (; magnitude >= 10; magnitude /= 100)
    at = put_pair (at, magnitude);
  if (magnitude > 0 || at == end || *at == '.')
    *--at = (gchar) ('0' + magnitude);
  if (negative)
    *--at = '-';
  memcpy (out, at, COMMON_CHARS); /* so many always, since a length that is known is a few instructions */
  return (gsize) (end - at);
}

/* All other cases. They are a function of their own, so that the common one does not pay for their variables.
 */
static G_GNUC_NO_INLINE gsize
write_uncommon (unsigned __int128 magnitude, gint exponent, gboolean negative, gchar *out)
{
  gchar digits[MANTISSA_DIGITS];
  gchar *end = digits + sizeof digits;
  gchar *begin = write_digits (magnitude, end);
  gsize n = 0;

  if (negative)
    out[n++] = '-';
  n += write_scaled (begin, (gsize) (end - begin), exponent, out + n);
  out[n] = '\0';
  return n;
}

/**
 * amsel_decimal_write: (skip)
 * @self: a number
 * @out: room for %AMSEL_DECIMAL_CHARS characters
 *
 * Writes the exact digits, as a JSON number and a CSV cell want them, with a terminating zero.
 *
 * Returns: the number of characters, without the zero
 */
gsize
amsel_decimal_write (const AmselDecimal *self, gchar *out)
{
  AmselInt128 mantissa = amsel_decimal_get_mantissa128 (self);
  unsigned __int128 magnitude = mantissa < 0 ? -(unsigned __int128) mantissa : (unsigned __int128) mantissa;

  if (G_LIKELY (magnitude >> 64 == 0 && self->exponent <= 0 && self->exponent >= -COMMON_DIGITS))
    return write_common ((guint64) magnitude, (guint) -self->exponent, mantissa < 0, out);
  return write_uncommon (magnitude, self->exponent, mantissa < 0, out);
}

/**
 * amsel_decimal_to_string:
 * @self: a number
 *
 * Returns: (transfer full): the exact digits, such as "2.002"
 */
gchar *
amsel_decimal_to_string (const AmselDecimal *self)
{
  gchar text[AMSEL_DECIMAL_CHARS];
  gsize n = amsel_decimal_write (self, text);

  return g_strndup (text, n);
}

/**
 * amsel_decimal_to_double:
 * @self: a number
 *
 * Returns: the nearest double, which may not be exact
 */
gdouble
amsel_decimal_to_double (const AmselDecimal *self)
{
  gchar text[AMSEL_DECIMAL_CHARS];

  amsel_decimal_write (self, text);
  return g_ascii_strtod (text, NULL);
}

/**
 * amsel_decimal_parse: (skip)
 * @text: digits with an optional sign and point, such as "-12.50"
 * @out_value: (out): the number
 *
 * Returns: whether @text is a number that fits
 */
gboolean
amsel_decimal_parse (const gchar *text, AmselDecimal *out_value)
{
  const gchar *p = text;
  gboolean negative = *p == '-';
  gboolean point = FALSE;
  AmselInt128 mantissa = 0;
  gint exponent = 0;
  gsize n_digits = 0;

  if (*p == '-' || *p == '+')
    p++;
  for (; *p != '\0'; p++)
    {
      if (*p == '.' && !point)
        {
          point = TRUE;
          continue;
        }
      if (!g_ascii_isdigit (*p) || ++n_digits >= MANTISSA_DIGITS)
        return FALSE;
      mantissa = mantissa * 10 + (*p - '0');
      if (point)
        exponent--;
    }
  if (n_digits == 0)
    return FALSE;
  amsel_decimal_set128 (out_value, negative ? -mantissa : mantissa, exponent);
  return TRUE;
}

/* Brings the digits of a number into one form: no zeros at the end. */
static AmselInt128
normalise (const AmselDecimal *self, gint *out_exponent)
{
  AmselInt128 mantissa = amsel_decimal_get_mantissa128 (self);

  *out_exponent = self->exponent;
  while (mantissa != 0 && mantissa % 10 == 0)
    {
      mantissa /= 10;
      (*out_exponent)++;
    }
  return mantissa;
}

/**
 * amsel_decimal_compare:
 * @a: a number
 * @b: another number
 *
 * Compares by value: 22.00 equals 22.
 *
 * Returns: below, equal to or above 0 as @a is below, equal to or above @b
 */
gint
amsel_decimal_compare (const AmselDecimal *a, const AmselDecimal *b)
{
  gint exponent_a, exponent_b;
  AmselInt128 mantissa_a = normalise (a, &exponent_a);
  AmselInt128 mantissa_b = normalise (b, &exponent_b);
  gint sign_a = (mantissa_a > 0) - (mantissa_a < 0);
  gint sign_b = (mantissa_b > 0) - (mantissa_b < 0);

  if (sign_a != sign_b)
    return sign_a < sign_b ? -1 : 1;
  if (sign_a == 0)
    return 0;
  /* scale the one with the larger exponent up; where that overflows it is the larger one in magnitude */
  for (; exponent_a > exponent_b; exponent_a--)
    if (__builtin_mul_overflow (mantissa_a, (AmselInt128) 10, &mantissa_a))
      return sign_a;
  for (; exponent_b > exponent_a; exponent_b--)
    if (__builtin_mul_overflow (mantissa_b, (AmselInt128) 10, &mantissa_b))
      return -sign_a;
  return mantissa_a < mantissa_b ? -1 : mantissa_a > mantissa_b;
}
