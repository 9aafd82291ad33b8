/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What chained VIFEs add to the meaning of a value, by name. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AmselModifier:
 *
 * A change of meaning: number of the table (#AmselModifierTable, high byte) and code in it (low byte). 0 is
 * none.
 */
typedef guint16 AmselModifier;

/**
 * AmselModifierTable:
 * @AMSEL_MODIFIER_TABLE_NONE: no modifier
 * @AMSEL_MODIFIER_TABLE_COMBINABLE: combinable (orthogonal) VIFEs and record errors, EN 13757-3:2018 tables
 * 15 and 18
 * @AMSEL_MODIFIER_TABLE_EXTENSION: their extension behind FC, table 16
 * @AMSEL_MODIFIER_TABLE_MANUFACTURER: codes that only the manufacturer knows
 * @AMSEL_MODIFIER_TABLE_FIXED: remarks of the fixed data structure: 1 "historic" (the value of the other
 * counter at an earlier time), 2 "at-fixed-date"
 * @AMSEL_MODIFIER_TABLE_APPLICATION: why a meter refused a request, the codes of CI 70
 *
 * Where the code of a modifier is from.
 */
typedef enum
{
  AMSEL_MODIFIER_TABLE_NONE,
  AMSEL_MODIFIER_TABLE_COMBINABLE,
  AMSEL_MODIFIER_TABLE_EXTENSION,
  AMSEL_MODIFIER_TABLE_MANUFACTURER,
  AMSEL_MODIFIER_TABLE_FIXED,
  AMSEL_MODIFIER_TABLE_APPLICATION,
} AmselModifierTable;

#define AMSEL_TYPE_MODIFIER_TABLE (amsel_modifier_table_get_type ())
AMSEL_API GType amsel_modifier_table_get_type (void) G_GNUC_CONST;

AMSEL_API AmselModifier amsel_modifier_new (AmselModifierTable table, guint code);
AMSEL_API const gchar *amsel_modifier_get_name (AmselModifier modifier);

#ifndef __GI_SCANNER__
/* The same as amsel_modifier_new(), for the decoders. */
#define AMSEL_MODIFIER(table, code) ((AmselModifier) ((AMSEL_MODIFIER_TABLE_##table) << 8 | (code)))
#endif

G_END_DECLS
