/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exact decimal numbers: a 128-bit integer and a power of ten, so that 2.002 m3 stays 2.002 everywhere. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__
/* The 128-bit integer of the compiler; never part of a signature that bindings see, since they do not know
 * it. */
__extension__ typedef __int128 AmselInt128;
#endif

/**
 * AmselDecimal:
 * @low: low half of the mantissa (two's complement)
 * @high: high half of the mantissa: -1 or 0 unless the number needs more than 64 bits
 * @exponent: power of ten
 *
 * An exact number: mantissa × 10^exponent. The number of digits behind the point is the resolution that the
 * meter sent, so 22.00 and 22 are equal but do not print alike.
 */
typedef struct
{
  guint64 low;
  gint64 high;
  gint16 exponent;
} AmselDecimal;

#define AMSEL_TYPE_DECIMAL (amsel_decimal_get_type ())
AMSEL_API GType amsel_decimal_get_type (void) G_GNUC_CONST;

/**
 * AMSEL_DECIMAL_CHARS:
 *
 * Room that amsel_decimal_write() may need, with the terminating zero.
 */
#define AMSEL_DECIMAL_CHARS 128

AMSEL_API AmselDecimal *amsel_decimal_new (gint64 mantissa, gint exponent);
AMSEL_API AmselDecimal *amsel_decimal_copy (const AmselDecimal *self);
AMSEL_API void amsel_decimal_free (AmselDecimal *self);
AMSEL_API gchar *amsel_decimal_to_string (const AmselDecimal *self);
AMSEL_API gdouble amsel_decimal_to_double (const AmselDecimal *self);
AMSEL_API gint amsel_decimal_compare (const AmselDecimal *a, const AmselDecimal *b);
AMSEL_API gboolean amsel_decimal_parse (const gchar *text, AmselDecimal *out_value);
AMSEL_API gboolean amsel_decimal_multiply (AmselDecimal *self, gint64 factor);
AMSEL_API gsize amsel_decimal_write (const AmselDecimal *self, gchar *out);

#ifndef __GI_SCANNER__
static inline AmselInt128
amsel_decimal_get_mantissa128 (const AmselDecimal *self)
{
  return (AmselInt128) ((unsigned __int128) (guint64) self->high << 64 | self->low);
}

static inline void
amsel_decimal_set128 (AmselDecimal *self, AmselInt128 mantissa, gint exponent)
{
  self->low = (guint64) mantissa;
  self->high = (gint64) (mantissa >> 64);
  self->exponent = (gint16) exponent;
}

static inline void
amsel_decimal_set (AmselDecimal *self, gint64 mantissa, gint exponent)
{
  self->low = (guint64) mantissa;
  self->high = mantissa < 0 ? -1 : 0;
  self->exponent = (gint16) exponent;
}

#endif /* __GI_SCANNER__ */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselDecimal, amsel_decimal_free)

G_END_DECLS
