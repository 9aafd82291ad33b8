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
                    G_DEFINE_ENUM_VALUE (AMSEL_REASON_READOUT_REQUEST, "readout-request"))

static const gchar *const REASON_NAMES[] = {
  [AMSEL_REASON_NONE] = "none",
  [AMSEL_REASON_NO_DATA] = "no-data",
  [AMSEL_REASON_NOT_AVAILABLE] = "not-available",
  [AMSEL_REASON_ERROR_DIGITS] = "error-digits",
  [AMSEL_REASON_INVALID_DATE] = "invalid-date",
  [AMSEL_REASON_TOO_LARGE] = "too-large",
  [AMSEL_REASON_READOUT_REQUEST] = "readout-request",
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

/* Reads the text of "%.*e" back into digits and exponent: the digits are what makes a real exact. */
static void
real_to_decimal (gfloat real, AmselDecimal *out)
{
  gchar text[32];
  gint64 mantissa = 0;
  gint behind = 0;
  gboolean point = FALSE;
  const gchar *p = text;

  /* the shortest digits that give the same 32-bit number back; nine always do */
  for (gint precision = 5; precision <= 8; precision++)
    {
      g_snprintf (text, sizeof text, "%.*e", precision, (gdouble) real);
      if (strtof (text, NULL) == real)
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
  while (mantissa != 0 && mantissa % 10 == 0)
    {
      mantissa /= 10;
      behind--;
    }
  amsel_decimal_set (out, text[0] == '-' ? -mantissa : mantissa, mantissa == 0 ? 0 : -behind);
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
  if (self->kind != AMSEL_VALUE_REAL || !isfinite (self->real))
    {
      out[0] = '\0';
      return 0;
    }
  real_to_decimal (self->real, &decimal);
  decimal.exponent = (gint16) (decimal.exponent + self->decimal.exponent);
  return amsel_decimal_write (&decimal, out);
}
