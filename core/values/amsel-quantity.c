/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of quantities, units and functions. */
#include "amsel-quantity.h"

G_DEFINE_ENUM_TYPE (AmselQuantity, amsel_quantity, G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_MANUFACTURER_SPECIFIC, "manufacturer-specific"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_ENERGY, "energy"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_VOLUME, "volume"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_MASS, "mass"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_POWER, "power"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_VOLUME_FLOW, "volume-flow"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_MASS_FLOW, "mass-flow"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_FLOW_TEMPERATURE, "flow-temperature"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_RETURN_TEMPERATURE, "return-temperature"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_TEMPERATURE_DIFFERENCE, "temperature-difference"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_EXTERNAL_TEMPERATURE, "external-temperature"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_PRESSURE, "pressure"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_ON_TIME, "on-time"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_OPERATING_TIME, "operating-time"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_AVERAGING_DURATION, "averaging-duration"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_ACTUALITY_DURATION, "actuality-duration"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_DATE, "date"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_DATE_TIME, "date-time"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_FABRICATION_NUMBER, "fabrication-number"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_ENHANCED_IDENTIFICATION, "enhanced-identification"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_ADDRESS, "address"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_VOLTAGE, "voltage"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_CURRENT, "current"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_FREQUENCY, "frequency"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_APPLICATION_ERROR, "application-error"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_ALARM, "alarm"))
G_DEFINE_ENUM_TYPE (AmselUnit, amsel_unit, G_DEFINE_ENUM_VALUE (AMSEL_UNIT_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_WH, "wh"), G_DEFINE_ENUM_VALUE (AMSEL_UNIT_J, "j"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_M3, "m3"), G_DEFINE_ENUM_VALUE (AMSEL_UNIT_KG, "kg"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_S, "s"), G_DEFINE_ENUM_VALUE (AMSEL_UNIT_W, "w"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_J_PER_H, "j-per-h"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_M3_PER_H, "m3-per-h"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_M3_PER_MIN, "m3-per-min"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_M3_PER_S, "m3-per-s"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_KG_PER_H, "kg-per-h"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_CEL, "cel"), G_DEFINE_ENUM_VALUE (AMSEL_UNIT_K, "k"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_BAR, "bar"), G_DEFINE_ENUM_VALUE (AMSEL_UNIT_V, "v"),
                    G_DEFINE_ENUM_VALUE (AMSEL_UNIT_A, "a"), G_DEFINE_ENUM_VALUE (AMSEL_UNIT_HZ, "hz"))
G_DEFINE_ENUM_TYPE (AmselFunction, amsel_function, G_DEFINE_ENUM_VALUE (AMSEL_FUNCTION_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FUNCTION_INSTANTANEOUS, "instantaneous"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FUNCTION_MAXIMUM, "maximum"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FUNCTION_MINIMUM, "minimum"),
                    G_DEFINE_ENUM_VALUE (AMSEL_FUNCTION_ERROR, "error"))

static const gchar *const QUANTITY_NAMES[] = {
  [AMSEL_QUANTITY_UNKNOWN] = "unknown",
  [AMSEL_QUANTITY_MANUFACTURER_SPECIFIC] = "manufacturer-specific",
  [AMSEL_QUANTITY_ENERGY] = "energy",
  [AMSEL_QUANTITY_VOLUME] = "volume",
  [AMSEL_QUANTITY_MASS] = "mass",
  [AMSEL_QUANTITY_POWER] = "power",
  [AMSEL_QUANTITY_VOLUME_FLOW] = "volume-flow",
  [AMSEL_QUANTITY_MASS_FLOW] = "mass-flow",
  [AMSEL_QUANTITY_FLOW_TEMPERATURE] = "flow-temperature",
  [AMSEL_QUANTITY_RETURN_TEMPERATURE] = "return-temperature",
  [AMSEL_QUANTITY_TEMPERATURE_DIFFERENCE] = "temperature-difference",
  [AMSEL_QUANTITY_EXTERNAL_TEMPERATURE] = "external-temperature",
  [AMSEL_QUANTITY_PRESSURE] = "pressure",
  [AMSEL_QUANTITY_ON_TIME] = "on-time",
  [AMSEL_QUANTITY_OPERATING_TIME] = "operating-time",
  [AMSEL_QUANTITY_AVERAGING_DURATION] = "averaging-duration",
  [AMSEL_QUANTITY_ACTUALITY_DURATION] = "actuality-duration",
  [AMSEL_QUANTITY_DATE] = "date",
  [AMSEL_QUANTITY_DATE_TIME] = "date-time",
  [AMSEL_QUANTITY_FABRICATION_NUMBER] = "fabrication-number",
  [AMSEL_QUANTITY_ENHANCED_IDENTIFICATION] = "enhanced-identification",
  [AMSEL_QUANTITY_ADDRESS] = "address",
  [AMSEL_QUANTITY_VOLTAGE] = "voltage",
  [AMSEL_QUANTITY_CURRENT] = "current",
  [AMSEL_QUANTITY_FREQUENCY] = "frequency",
  [AMSEL_QUANTITY_APPLICATION_ERROR] = "application-error",
  [AMSEL_QUANTITY_ALARM] = "alarm",
};

static const gchar *const UNIT_SYMBOLS[] = {
  [AMSEL_UNIT_NONE] = "",         [AMSEL_UNIT_WH] = "Wh",
  [AMSEL_UNIT_J] = "J",           [AMSEL_UNIT_M3] = "m3",
  [AMSEL_UNIT_KG] = "kg",         [AMSEL_UNIT_S] = "s",
  [AMSEL_UNIT_W] = "W",           [AMSEL_UNIT_J_PER_H] = "J/h",
  [AMSEL_UNIT_M3_PER_H] = "m3/h", [AMSEL_UNIT_M3_PER_MIN] = "m3/min",
  [AMSEL_UNIT_M3_PER_S] = "m3/s", [AMSEL_UNIT_KG_PER_H] = "kg/h",
  [AMSEL_UNIT_CEL] = "Cel",       [AMSEL_UNIT_K] = "K",
  [AMSEL_UNIT_BAR] = "bar",       [AMSEL_UNIT_V] = "V",
  [AMSEL_UNIT_A] = "A",           [AMSEL_UNIT_HZ] = "Hz",
};

static const gchar *const FUNCTION_NAMES[] = {
  [AMSEL_FUNCTION_NONE] = "none",       [AMSEL_FUNCTION_INSTANTANEOUS] = "instantaneous",
  [AMSEL_FUNCTION_MAXIMUM] = "maximum", [AMSEL_FUNCTION_MINIMUM] = "minimum",
  [AMSEL_FUNCTION_ERROR] = "error",
};

/**
 * amsel_quantity_get_name:
 * @quantity: one of the enumeration
 *
 * Returns: (transfer none): the name, such as "volume-flow"; "unknown" outside the enumeration
 */
const gchar *
amsel_quantity_get_name (AmselQuantity quantity)
{
  return QUANTITY_NAMES[(guint) quantity < G_N_ELEMENTS (QUANTITY_NAMES) ? quantity : 0];
}

/**
 * amsel_unit_get_symbol:
 * @unit: one of the enumeration
 *
 * Returns: (transfer none): the symbol, such as "m3/h"; empty where there is no unit
 */
const gchar *
amsel_unit_get_symbol (AmselUnit unit)
{
  return UNIT_SYMBOLS[(guint) unit < G_N_ELEMENTS (UNIT_SYMBOLS) ? unit : 0];
}

/**
 * amsel_function_get_name:
 * @function: one of the enumeration
 *
 * Returns: (transfer none): the name, such as "instantaneous"
 */
const gchar *
amsel_function_get_name (AmselFunction function)
{
  return FUNCTION_NAMES[(guint) function < G_N_ELEMENTS (FUNCTION_NAMES) ? function : 0];
}
