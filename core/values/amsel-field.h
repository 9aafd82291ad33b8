/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One named value that the driver of a meter makes of a telegram, such as total_m3. */
#pragma once

#include "amsel-date.h"
#include "amsel-decimal.h"
#include "amsel-record.h"

G_BEGIN_DECLS

/**
 * AmselFieldRole:
 * @AMSEL_FIELD_NONE: not known
 * @AMSEL_FIELD_COUNTER: it only grows: its difference over time is what was consumed
 * @AMSEL_FIELD_INSTANT: a state of the present moment
 * @AMSEL_FIELD_STORED: a value of an earlier moment, such as the last due date
 * @AMSEL_FIELD_INFO: about the meter and not what it measures: status, versions, dates
 *
 * How a field behaves over time.
 */
typedef enum
{
  AMSEL_FIELD_NONE,
  AMSEL_FIELD_COUNTER,
  AMSEL_FIELD_INSTANT,
  AMSEL_FIELD_STORED,
  AMSEL_FIELD_INFO,
} AmselFieldRole;

#define AMSEL_TYPE_FIELD_ROLE (amsel_field_role_get_type ())
AMSEL_API GType amsel_field_role_get_type (void) G_GNUC_CONST;
AMSEL_API const gchar *amsel_field_role_get_name (AmselFieldRole role);

/**
 * AmselField:
 * @name: lower case with the unit as its last word (total_m3, flow_temperature_c); lives as long as the
 * telegram
 * @decimal: the number, where @kind is %AMSEL_VALUE_DECIMAL
 * @date: the date, where @kind is %AMSEL_VALUE_DATE
 * @text_offset: where the text begins among the texts of the telegram, where @kind is %AMSEL_VALUE_TEXT
 * @text_length: bytes of the text
 * @quantity: what it is about: #AmselQuantity, 0 where the driver does not say
 * @kind: %AMSEL_VALUE_NONE, %AMSEL_VALUE_DECIMAL, %AMSEL_VALUE_DATE or %AMSEL_VALUE_TEXT
 * @reason: why there is no value: #AmselReason
 * @role: how it behaves over time: #AmselFieldRole
 *
 * A named value. The number is in the unit that the name ends with, so 12.5 in total_kwh is 12.5 kWh.
 */
typedef struct
{
  const gchar *name;
  AmselDecimal decimal;
  AmselDate date;
  guint32 text_offset;
  guint16 text_length;
  guint16 quantity;
  guint8 kind;
  guint8 reason;
  guint8 role;
} AmselField;

/**
 * AMSEL_FIELD_NAME_MAX:
 *
 * Longest name of a field or of a driver.
 */
#define AMSEL_FIELD_NAME_MAX 63

AMSEL_API gboolean amsel_field_name_is_valid (const gchar *name);
AMSEL_API gboolean amsel_field_name_get_unit (const gchar *name, AmselUnit *out_unit, gint *out_exponent,
                                              guint *out_seconds);
AMSEL_API AmselFieldRole amsel_field_name_get_role (const gchar *name);
AMSEL_API AmselQuantity amsel_field_name_get_quantity (const gchar *name);

G_END_DECLS
