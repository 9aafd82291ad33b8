/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a secondary address that a search varies. */
#include "mbus-field.h"

#define DECIMAL_DIGITS 10
#define RARE_DIGITS    5   /* A to E; F cannot be asked for, since it means any */
#define BYTE_VALUES    255 /* FF means any */

/* Device types in the order in which meters on cables have them, EN 13757-3 table 13; the others follow by
 * number. */
static const guint8 COMMON_MEDIA[] = {
  0x07, 0x06, 0x04, 0x02, 0x0C, 0x0D, 0x03, 0x0A, 0x0B, 0x16, 0x15, 0x08
};

gboolean
mbus_field_is_digit (guint field)
{
  return field < MBUS_FIELD_MEDIUM;
}

guint
mbus_field_get_n_values (guint field)
{
  return mbus_field_is_digit (field) ? DECIMAL_DIGITS : BYTE_VALUES;
}

guint
mbus_field_get_n_rare_values (guint field)
{
  return mbus_field_is_digit (field) ? RARE_DIGITS : 0;
}

static guint
get_medium (guint nth)
{
  guint value = 0;

  if (nth < G_N_ELEMENTS (COMMON_MEDIA))
    return COMMON_MEDIA[nth];
  nth -= G_N_ELEMENTS (COMMON_MEDIA);
  for (value = 0;; value++)
    {
      gboolean common = FALSE;

      for (gsize i = 0; i < G_N_ELEMENTS (COMMON_MEDIA); i++)
        common = common || COMMON_MEDIA[i] == value;
      if (!common && nth-- == 0)
        return value;
    }
}

guint
mbus_field_get_value (guint field, guint nth)
{
  return field == MBUS_FIELD_MEDIUM ? get_medium (nth) : nth;
}

static guint32 *
get_number (MbusAddress *mask, guint field)
{
  return field < MBUS_FIELD_FABRICATION ? &mask->id : &mask->fabrication;
}

guint
mbus_field_get (const MbusAddress *mask, guint field)
{
  if (mbus_field_is_digit (field))
    return *get_number ((MbusAddress *) mask, field) >> 4 * (field % MBUS_FIELD_DIGITS) & 15;
  switch (field)
    {
    case MBUS_FIELD_MEDIUM:
      return mask->medium;
    case MBUS_FIELD_VERSION:
      return mask->version;
    case MBUS_FIELD_MANUFACTURER_LOW:
      return mask->manufacturer & 0xFF;
    default:
      return mask->manufacturer >> 8;
    }
}

gboolean
mbus_field_is_open (const MbusAddress *mask, guint field)
{
  return mbus_field_get (mask, field) == (mbus_field_is_digit (field) ? 15 : MBUS_ANY_BYTE);
}

void
mbus_field_set (MbusAddress *mask, guint field, guint value)
{
  if (mbus_field_is_digit (field))
    {
      guint shift = 4 * (field % MBUS_FIELD_DIGITS);
      guint32 *number = get_number (mask, field);

      *number = (*number & ~((guint32) 15 << shift)) | (guint32) value << shift;
    }
  else if (field == MBUS_FIELD_MEDIUM)
    mask->medium = (guint8) value;
  else if (field == MBUS_FIELD_VERSION)
    mask->version = (guint8) value;
  else if (field == MBUS_FIELD_MANUFACTURER_LOW)
    mask->manufacturer = (guint16) ((mask->manufacturer & 0xFF00) | value);
  else
    mask->manufacturer = (guint16) ((mask->manufacturer & 0xFF) | value << 8);
}
