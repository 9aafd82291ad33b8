/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One value of a telegram. */
#include "amsel-record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_BOXED_TYPE (AmselRecord, amsel_record, amsel_record_copy, amsel_record_free)

G_DEFINE_ENUM_TYPE (AmselValueKind, amsel_value_kind, G_DEFINE_ENUM_VALUE (AMSEL_VALUE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_VALUE_DECIMAL, "decimal"),
                    G_DEFINE_ENUM_VALUE (AMSEL_VALUE_REAL, "real"),
                    G_DEFINE_ENUM_VALUE (AMSEL_VALUE_DATE, "date"),
                    G_DEFINE_ENUM_VALUE (AMSEL_VALUE_TEXT, "text"),
                    G_DEFINE_ENUM_VALUE (AMSEL_VALUE_BYTES, "bytes"))

G_DEFINE_ENUM_TYPE (AmselReason, amsel_reason, G_DEFINE_ENUM_VALUE (AMSEL_REASON_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_NO_DATA, "no-data"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_NOT_AVAILABLE, "not-available"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_ERROR_DIGITS, "error-digits"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_INVALID_DATE, "invalid-date"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_TOO_LARGE, "too-large"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_READOUT_REQUEST, "readout-request"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_DOUBTFUL, "doubtful"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_CHECK_FAILED, "check-failed"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_TRUNCATED, "truncated"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_UNKNOWN_FORMAT, "unknown-format"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_NO_KEY, "no-key"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_WRONG_KEY, "wrong-key"))

static const gchar *const REASON_NAMES[] = {
  [AMSEL_REASON_NONE] = "none",
  [AMSEL_REASON_NO_DATA] = "no-data",
  [AMSEL_REASON_NOT_AVAILABLE] = "not-available",
  [AMSEL_REASON_ERROR_DIGITS] = "error-digits",
  [AMSEL_REASON_INVALID_DATE] = "invalid-date",
  [AMSEL_REASON_TOO_LARGE] = "too-large",
  [AMSEL_REASON_READOUT_REQUEST] = "readout-request",
  [AMSEL_REASON_DOUBTFUL] = "doubtful",
  [AMSEL_REASON_CHECK_FAILED] = "check-failed",
  [AMSEL_REASON_TRUNCATED] = "truncated",
  [AMSEL_REASON_UNKNOWN_FORMAT] = "unknown-format",
  [AMSEL_REASON_NO_KEY] = "no-key",
  [AMSEL_REASON_WRONG_KEY] = "wrong-key",
};

/**
 * amsel_reason_get_name:
 * @reason: a reason
 *
 * Returns: (transfer none): its name, such as "invalid-date"
 */
const gchar *
amsel_reason_get_name (AmselReason reason)
{
  return REASON_NAMES[(guint) reason < G_N_ELEMENTS (REASON_NAMES) ? reason : 0];
}

/**
 * amsel_record_copy:
 * @self: a record
 *
 * Returns: (transfer full): a copy, whose offsets still refer to the telegram it came from
 */
AmselRecord *
amsel_record_copy (const AmselRecord *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * amsel_record_free:
 * @self: (transfer full): a copy of a record
 */
void
amsel_record_free (AmselRecord *self)
{
  g_free (self);
}

/* A 32-bit real needs six to nine digits, and powers of ten up to this one are exact in a double. */
#define REAL_DIGITS_MIN 6
#define REAL_DIGITS_MAX 9
#define POWER_MAX       22

static const gdouble POWERS[POWER_MAX + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* The power of ten below or at a number between 1 and 1e22. */
static gint
floor_log10 (gdouble value)
{
  gint n = 0;

  while (n < POWER_MAX && POWERS[n + 1] <= value)
    n++;
  return n;
}

/* Reals of a usual size: tries six digits, then more, until what they mean is safely nearer to the number
 * than half of its distance to the next 32-bit real. Each step is exact or rounded once in a double, which
 * has twice the digits that matter. FALSE for the rest. */
static gboolean
usual_real_to_decimal (gfloat real, gint64 *out_mantissa, gint *out_exponent)
{
  gdouble value = fabs ((gdouble) real);
  gint binary;
  gdouble fraction = frexp (value, &binary);
  /* half of the distance to the next real, and a little less; below a power of two it is half as far */
  gdouble above = ldexp (0.999999, binary - 25);
  gdouble below = fraction == 0.5 ? above / 2 : above;
  gint first;

  if (!(value >= 1e-12 && value < 1e15))
    return FALSE;
  first = value >= 1 ? floor_log10 (value) : -floor_log10 (1 / value) - 1;
  for (gint digits = REAL_DIGITS_MIN; digits <= REAL_DIGITS_MAX; digits++)
    {
      gint scale = digits - 1 - first;
      gdouble whole = rint (scale >= 0 ? value * POWERS[scale] : value / POWERS[-scale]);
      gdouble back = scale >= 0 ? whole / POWERS[scale] : whole * POWERS[-scale];

      if (back - value < above && value - back < below)
        {
          *out_mantissa = (gint64) whole;
          *out_exponent = -scale;
          return TRUE;
        }
    }
  return FALSE;
}

/* All others: reads the text of "%.*e" back into digits and exponent. */
static void
unusual_real_to_decimal (gfloat real, gint64 *out_mantissa, gint *out_exponent)
{
  gchar text[32];
  gint64 mantissa = 0;
  gint behind = 0;
  gboolean point = FALSE;
  const gchar *p = text;

  /* the shortest digits that give the same 32-bit number back; nine always do */
  for (gint precision = REAL_DIGITS_MIN - 1; precision < REAL_DIGITS_MAX; precision++)
    {
      g_snprintf (text, sizeof text, "%.*e", precision, fabs ((gdouble) real));
      if (strtof (text, NULL) == fabsf (real))
        break;
    }
  for (p = text; *p != 'e' && *p != '\0'; p++)
    if (*p == '.' || *p == ',')
      point = TRUE;
    else if (g_ascii_isdigit (*p))
      {
        mantissa = mantissa * 10 + (*p - '0');
        behind += point;
      }
  behind -= *p == 'e' ? (gint) g_ascii_strtoll (p + 1, NULL, 10) : 0;
  *out_mantissa = mantissa;
  *out_exponent = -behind;
}

static void
real_to_decimal (gfloat real, AmselDecimal *out)
{
  gint64 mantissa = 0;
  gint exponent = 0;

  if (real != 0 && !usual_real_to_decimal (real, &mantissa, &exponent))
    unusual_real_to_decimal (real, &mantissa, &exponent);
  while (mantissa != 0 && mantissa % 10 == 0)
    {
      mantissa /= 10;
      exponent++;
    }
  amsel_decimal_set (out, real < 0 ? -mantissa : mantissa, mantissa == 0 ? 0 : exponent);
}

/**
 * amsel_record_get_number: (skip)
 * @self: a record
 * @out_number: (out): its number, unchanged where there is none
 *
 * Gives the number as a decimal: exact, and a real with the fewest digits that mean the same 32-bit number.
 *
 * Returns: whether the record has a number
 */
gboolean
amsel_record_get_number (const AmselRecord *self, AmselDecimal *out_number)
{
  if (self->kind == AMSEL_VALUE_DECIMAL)
    {
      *out_number = self->decimal;
      return TRUE;
    }
  if (self->kind != AMSEL_VALUE_REAL || !isfinite (self->real))
    return FALSE;
  real_to_decimal (self->real, out_number);
  out_number->exponent = (gint16) (out_number->exponent + self->decimal.exponent);
  return TRUE;
}

/**
 * amsel_record_write_number: (skip)
 * @self: a record whose kind is decimal or real
 * @out: room for %AMSEL_NUMBER_CHARS characters
 *
 * Writes the number with its exact digits and a terminating zero; a real with the fewest digits that mean the
 * same 32-bit number.
 *
 * Returns: the number of characters, without the zero; 0 where the record has no number
 */
gsize
amsel_record_write_number (const AmselRecord *self, gchar *out)
{
  AmselDecimal decimal;

  if (self->kind == AMSEL_VALUE_DECIMAL)
    return amsel_decimal_write (&self->decimal, out);
  if (amsel_record_get_number (self, &decimal))
    return amsel_decimal_write (&decimal, out);
  out[0] = '\0';
  return 0;
}
