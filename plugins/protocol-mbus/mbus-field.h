/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a secondary address that a search varies one at a time.
 *
 * A selection can leave a digit open (F), and version, medium and manufacturer as whole bytes (FF); so a
 * digit has ten values that can be asked for, five more that only few meters have, and a byte 255. */
#pragma once

#include "mbus-address.h"

G_BEGIN_DECLS

typedef enum
{
  MBUS_FIELD_ID = 0, /* and the seven that follow: digits of the identification number, units first */
  MBUS_FIELD_FABRICATION = 8, /* and the seven that follow: digits of the fabrication number */
  MBUS_FIELD_MEDIUM = 16,
  MBUS_FIELD_VERSION,
  MBUS_FIELD_MANUFACTURER_LOW,
  MBUS_FIELD_MANUFACTURER_HIGH,
  MBUS_FIELD_NONE,
} MbusField;

#define MBUS_FIELD_DIGITS 8
#define MBUS_FIELD_TENS   (MBUS_FIELD_ID + 1)

gboolean mbus_field_is_digit (guint field);

/* Values to ask for in the first round, and those of the second round (digits A to E) after them. */
guint mbus_field_get_n_values (guint field);
guint mbus_field_get_n_rare_values (guint field);

/* The nth value, the most common ones first. */
guint mbus_field_get_value (guint field, guint nth);

gboolean mbus_field_is_open (const MbusAddress *mask, guint field);
void mbus_field_set (MbusAddress *mask, guint field, guint value);
guint mbus_field_get (const MbusAddress *mask, guint field);

G_END_DECLS
