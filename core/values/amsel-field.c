/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Named values of a driver: their roles, and the units that their names end with. */
#include "amsel-field.h"

#include <string.h>

G_DEFINE_ENUM_TYPE (AmselFieldRole, amsel_field_role, G_DEFINE_ENUM_VALUE (AMSEL_FIELD_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FIELD_COUNTER, "counter"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FIELD_INSTANT, "instant"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FIELD_STORED, "stored"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FIELD_INFO, "info"))

static const gchar *const ROLE_NAMES[] = {
  [AMSEL_FIELD_NONE] = "none",     [AMSEL_FIELD_COUNTER] = "counter", [AMSEL_FIELD_INSTANT] = "instant",
  [AMSEL_FIELD_STORED] = "stored", [AMSEL_FIELD_INFO] = "info",
};

/* The last word of a name, and what one of it is: 10^exponent × seconds of the unit. */
typedef struct
{
  const gchar *word;
  AmselUnit unit;
  gint exponent;
  guint seconds;
} UnitWord;

static const UnitWord UNIT_WORDS[] = {
  { "a", AMSEL_UNIT_A, 0, 1 },          { "bar", AMSEL_UNIT_BAR, 0, 1 },
  { "c", AMSEL_UNIT_CEL, 0, 1 },        { "d", AMSEL_UNIT_S, 0, 86400 },
  { "dbm", AMSEL_UNIT_DBM, 0, 1 },      { "deg", AMSEL_UNIT_DEGREE, 0, 1 },
  { "f", AMSEL_UNIT_DEGF, 0, 1 },       { "ft3", AMSEL_UNIT_FT3, 0, 1 },
  { "gal", AMSEL_UNIT_GAL, 0, 1 },      { "gj", AMSEL_UNIT_J, 9, 1 },
  { "h", AMSEL_UNIT_S, 0, 3600 },       { "hca", AMSEL_UNIT_HCA, 0, 1 },
  { "hz", AMSEL_UNIT_HZ, 0, 1 },        { "k", AMSEL_UNIT_K, 0, 1 },
  { "kg", AMSEL_UNIT_KG, 0, 1 },        { "kva", AMSEL_UNIT_VA, 3, 1 },
  { "kvah", AMSEL_UNIT_VAH, 3, 1 },     { "kvar", AMSEL_UNIT_VAR, 3, 1 },
  { "kvarh", AMSEL_UNIT_VARH, 3, 1 },   { "kw", AMSEL_UNIT_W, 3, 1 },
  { "kwh", AMSEL_UNIT_WH, 3, 1 },       { "l", AMSEL_UNIT_M3, -3, 1 },
  { "lh", AMSEL_UNIT_M3_PER_H, -3, 1 }, { "m3", AMSEL_UNIT_M3, 0, 1 },
  { "m3h", AMSEL_UNIT_M3_PER_H, 0, 1 }, { "min", AMSEL_UNIT_S, 0, 60 },
  { "mj", AMSEL_UNIT_J, 6, 1 },         { "month", AMSEL_UNIT_MONTH, 0, 1 },
  { "mwh", AMSEL_UNIT_WH, 6, 1 },       { "pa", AMSEL_UNIT_BAR, -5, 1 },
  { "pct", AMSEL_UNIT_PERCENT, 0, 1 },  { "rh", AMSEL_UNIT_PERCENT, 0, 1 },
  { "s", AMSEL_UNIT_S, 0, 1 },          { "v", AMSEL_UNIT_V, 0, 1 },
  { "va", AMSEL_UNIT_VA, 0, 1 },        { "vah", AMSEL_UNIT_VAH, 0, 1 },
  { "var", AMSEL_UNIT_VAR, 0, 1 },      { "varh", AMSEL_UNIT_VARH, 0, 1 },
  { "w", AMSEL_UNIT_W, 0, 1 },          { "wh", AMSEL_UNIT_WH, 0, 1 },
  { "y", AMSEL_UNIT_YEAR, 0, 1 },
};

/**
 * amsel_field_role_get_name:
 * @role: one of the enumeration
 *
 * Returns: (transfer none): the name, such as "counter"
 */
const gchar *
amsel_field_role_get_name (AmselFieldRole role)
{
  return ROLE_NAMES[(guint) role < G_N_ELEMENTS (ROLE_NAMES) ? role : 0];
}

/**
 * amsel_field_name_is_valid:
 * @name: a name
 *
 * Returns: whether it may be the name of a field or a driver: 1 to %AMSEL_FIELD_NAME_MAX lower-case letters,
 * digits and underlines, the first one a letter
 */
gboolean
amsel_field_name_is_valid (const gchar *name)
{
  gsize n = 0;

  if (!g_ascii_islower (name[0]))
    return FALSE;
  while (g_ascii_islower (name[n]) || g_ascii_isdigit (name[n]) || name[n] == '_')
    if (++n > AMSEL_FIELD_NAME_MAX)
      return FALSE;
  return name[n] == '\0';
}

/**
 * amsel_field_name_get_unit:
 * @name: name of a field, such as "total_kwh"
 * @out_unit: (out): unit at power of ten zero, such as %AMSEL_UNIT_WH
 * @out_exponent: (out): power of ten of that unit that a value of 1 is, such as 3
 * @out_seconds: (out): how many seconds a value of 1 is, where the unit is a duration; else 1
 *
 * Tells the unit by the last word of the name.
 *
 * Returns: whether the last word of the name is a unit
 */
gboolean
amsel_field_name_get_unit (const gchar *name, AmselUnit *out_unit, gint *out_exponent, guint *out_seconds)
{
  const gchar *word = strrchr (name, '_');

  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (UNIT_WORDS); i++)
    if (strcmp (UNIT_WORDS[i].word, word + 1) == 0)
      {
        *out_unit = UNIT_WORDS[i].unit;
        *out_exponent = UNIT_WORDS[i].exponent;
        *out_seconds = UNIT_WORDS[i].seconds;
        return TRUE;
      }
  *out_unit = AMSEL_UNIT_NONE;
  *out_exponent = 0;
  *out_seconds = 1;
  return FALSE;
}

/* Words of names whose values are of an earlier moment. */
static const gchar *const STORED_WORDS[] = { "target", "history", "prev", "last",
                                             "month",  "due",     "year", "date" };

/**
 * amsel_field_name_get_role:
 * @name: name of a field
 *
 * Guesses how a field behaves over time, for drivers that do not say it: what begins with “total” and has a
 * unit only grows, what names an earlier moment is of that moment, what has no unit is about the meter.
 *
 * Returns: the role
 */
AmselFieldRole
amsel_field_name_get_role (const gchar *name)
{
  AmselUnit unit;
  gint exponent;
  guint seconds;

  if (!amsel_field_name_get_unit (name, &unit, &exponent, &seconds))
    return AMSEL_FIELD_INFO;
  if (g_str_has_prefix (name, "total"))
    return AMSEL_FIELD_COUNTER;
  for (gsize i = 0; i < G_N_ELEMENTS (STORED_WORDS); i++)
    if (strstr (name, STORED_WORDS[i]) != NULL)
      return AMSEL_FIELD_STORED;
  return AMSEL_FIELD_INSTANT;
}

/**
 * amsel_field_name_get_quantity:
 * @name: name of a field
 *
 * Tells what a field is about by the unit that its name ends with, for drivers that do not say it.
 *
 * Returns: the quantity; %AMSEL_QUANTITY_UNKNOWN where the unit does not tell
 */
AmselQuantity
amsel_field_name_get_quantity (const gchar *name)
{
  static const struct
  {
    AmselUnit unit;
    AmselQuantity quantity;
  } QUANTITIES[] = {
    { AMSEL_UNIT_WH, AMSEL_QUANTITY_ENERGY },
    { AMSEL_UNIT_J, AMSEL_QUANTITY_ENERGY },
    { AMSEL_UNIT_VARH, AMSEL_QUANTITY_REACTIVE_ENERGY },
    { AMSEL_UNIT_VAH, AMSEL_QUANTITY_APPARENT_ENERGY },
    { AMSEL_UNIT_M3, AMSEL_QUANTITY_VOLUME },
    { AMSEL_UNIT_W, AMSEL_QUANTITY_POWER },
    { AMSEL_UNIT_VAR, AMSEL_QUANTITY_REACTIVE_POWER },
    { AMSEL_UNIT_VA, AMSEL_QUANTITY_APPARENT_POWER },
    { AMSEL_UNIT_M3_PER_H, AMSEL_QUANTITY_VOLUME_FLOW },
    { AMSEL_UNIT_CEL, AMSEL_QUANTITY_TEMPERATURE },
    { AMSEL_UNIT_K, AMSEL_QUANTITY_TEMPERATURE_DIFFERENCE },
    { AMSEL_UNIT_BAR, AMSEL_QUANTITY_PRESSURE },
    { AMSEL_UNIT_V, AMSEL_QUANTITY_VOLTAGE },
    { AMSEL_UNIT_A, AMSEL_QUANTITY_CURRENT },
    { AMSEL_UNIT_HZ, AMSEL_QUANTITY_FREQUENCY },
    { AMSEL_UNIT_HCA, AMSEL_QUANTITY_HEAT_COST_ALLOCATION },
    { AMSEL_UNIT_DBM, AMSEL_QUANTITY_RF_LEVEL },
  };
  AmselUnit unit;
  gint exponent;
  guint seconds;

  amsel_field_name_get_unit (name, &unit, &exponent, &seconds);
  for (gsize i = 0; i < G_N_ELEMENTS (QUANTITIES); i++)
    if (QUANTITIES[i].unit == unit)
      return QUANTITIES[i].quantity;
  return AMSEL_QUANTITY_UNKNOWN;
}
