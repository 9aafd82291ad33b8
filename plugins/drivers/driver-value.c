/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers from the unit of a record to the unit that the name of a field ends with.
 *
 * Powers of ten, and factors that multiply, are exact. A division that does not come out even (GJ to kWh) is
 * rounded to six decimals of the field's unit. */
#include "driver-described.h"

#define DECIMALS_OF_QUOTIENT 6

/* Digits that surely fit 128 bits. */
#define DIGITS_MAX 37

/* The mean year of the Gregorian calendar: 365.2425 days. */
#define YEAR_SECONDS 31556952

/* Units that measure the same: one of `from` is multiplier / divisor of `to`. */
static const struct
{
  AmselUnit from;
  AmselUnit to;
  gint64 multiplier;
  gint64 divisor;
} CONVERSIONS[] = {
  { AMSEL_UNIT_J, AMSEL_UNIT_WH, 1, 3600 },
  { AMSEL_UNIT_WH, AMSEL_UNIT_J, 3600, 1 },
  { AMSEL_UNIT_J_PER_H, AMSEL_UNIT_W, 1, 3600 },
  { AMSEL_UNIT_M3_PER_MIN, AMSEL_UNIT_M3_PER_H, 60, 1 },
  { AMSEL_UNIT_M3_PER_S, AMSEL_UNIT_M3_PER_H, 3600, 1 },
  /* a foot is 0.3048 m, a US gallon 231 cubic inches */
  { AMSEL_UNIT_FT3, AMSEL_UNIT_M3, G_GINT64_CONSTANT (28316846592), G_GINT64_CONSTANT (1000000000000) },
  { AMSEL_UNIT_GAL, AMSEL_UNIT_M3, G_GINT64_CONSTANT (3785411784), G_GINT64_CONSTANT (1000000000000) },
  { AMSEL_UNIT_GAL_PER_MIN, AMSEL_UNIT_M3_PER_H, 60 * G_GINT64_CONSTANT (3785411784),
    G_GINT64_CONSTANT (1000000000000) },
  { AMSEL_UNIT_GAL_PER_H, AMSEL_UNIT_M3_PER_H, G_GINT64_CONSTANT (3785411784),
    G_GINT64_CONSTANT (1000000000000) },
  { AMSEL_UNIT_CAL, AMSEL_UNIT_J, 41868, 10000 },
  { AMSEL_UNIT_CAL, AMSEL_UNIT_WH, 41868, 36000000 },
  { AMSEL_UNIT_S, AMSEL_UNIT_YEAR, 1, YEAR_SECONDS },
  { AMSEL_UNIT_S, AMSEL_UNIT_MONTH, 12, YEAR_SECONDS },
  { AMSEL_UNIT_MONTH, AMSEL_UNIT_YEAR, 1, 12 },
  { AMSEL_UNIT_CEL, AMSEL_UNIT_K, 1, 1 },
  /* energy and power that a meter sends as active and means as reactive or apparent */
  { AMSEL_UNIT_WH, AMSEL_UNIT_VARH, 1, 1 },
  { AMSEL_UNIT_WH, AMSEL_UNIT_VAH, 1, 1 },
  { AMSEL_UNIT_VARH, AMSEL_UNIT_VAH, 1, 1 },
  { AMSEL_UNIT_W, AMSEL_UNIT_VAR, 1, 1 },
  { AMSEL_UNIT_W, AMSEL_UNIT_VA, 1, 1 },
  { AMSEL_UNIT_VAR, AMSEL_UNIT_VA, 1, 1 },
};

/* Divides a mantissa and rounds half away from zero. */
static gboolean
divide_rounding (AmselInt128 *mantissa, AmselInt128 divisor)
{
  AmselInt128 half = *mantissa < 0 ? -(divisor / 2) : divisor / 2;

  if (__builtin_add_overflow (*mantissa, half, mantissa))
    return FALSE;
  *mantissa /= divisor;
  return TRUE;
}

/* Divides; what does not come out even is rounded. */
static gboolean
divide (AmselDecimal *number, gint64 divisor)
{
  AmselInt128 mantissa = amsel_decimal_get_mantissa128 (number);
  gint exponent = number->exponent;

  if (mantissa % divisor == 0)
    {
      amsel_decimal_set128 (number, mantissa / divisor, exponent);
      return TRUE;
    }
  for (; exponent > -DECIMALS_OF_QUOTIENT; exponent--)
    if (__builtin_mul_overflow (mantissa, (AmselInt128) 10, &mantissa))
      return FALSE;
  if (!divide_rounding (&mantissa, divisor))
    return FALSE;
  for (; exponent < 0 && mantissa % 10 == 0; exponent++)
    mantissa /= 10;
  amsel_decimal_set128 (number, mantissa, exponent);
  return TRUE;
}

/* Rounds to so many decimals, where there are more. */
static gboolean
round_to (AmselDecimal *number, gint decimals)
{
  AmselInt128 mantissa = amsel_decimal_get_mantissa128 (number);
  AmselInt128 divisor = 1;
  gint n = -decimals - number->exponent;

  if (decimals < 0 || n <= 0)
    return TRUE;
  /* what is shorter than so many digits is nothing then */
  for (gint i = 0; i < MIN (n, DIGITS_MAX); i++)
    divisor *= 10;
  if (n > DIGITS_MAX)
    mantissa = 0;
  else if (!divide_rounding (&mantissa, divisor))
    return FALSE;
  amsel_decimal_set128 (number, mantissa, -decimals);
  return TRUE;
}

static gboolean
convert_unit (AmselUnit from, AmselUnit to, AmselDecimal *number, gint64 *out_divisor)
{
  for (gsize i = 0; i < G_N_ELEMENTS (CONVERSIONS); i++)
    if (CONVERSIONS[i].from == from && CONVERSIONS[i].to == to)
      {
        *out_divisor = CONVERSIONS[i].divisor;
        return amsel_decimal_multiply (number, CONVERSIONS[i].multiplier);
      }
  return FALSE;
}

gboolean
driver_value_convert (const DriverRule *rule, AmselUnit unit, AmselDecimal *number)
{
  gint64 divisor = rule->seconds;
  gint exponent;

  if (rule->scale.low != 1 || rule->scale.high != 0)
    if (rule->scale.high != 0 || rule->scale.low > G_MAXINT64
        || !amsel_decimal_multiply (number, (gint64) rule->scale.low))
      return FALSE;
  exponent = number->exponent + rule->scale.exponent;
  if (unit == AMSEL_UNIT_NONE && rule->has_raw_unit)
    {
      if (!amsel_decimal_multiply (number, rule->raw_seconds))
        return FALSE;
      unit = (AmselUnit) rule->raw_unit;
      exponent += rule->raw_exponent;
    }
  /* a raw number is one of the field's own unit */
  if (unit != AMSEL_UNIT_NONE && rule->has_unit)
    {
      exponent -= rule->exponent;
      if (unit != (AmselUnit) rule->unit && !convert_unit (unit, (AmselUnit) rule->unit, number, &divisor))
        return FALSE;
    }
  else
    divisor = 1;
  if (exponent < G_MININT16 || exponent > G_MAXINT16)
    return FALSE;
  number->exponent = (gint16) exponent;
  return (divisor == 1 || divide (number, divisor)) && round_to (number, rule->decimals);
}
