/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is measured and in which unit: the vocabulary that all protocols share. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AmselQuantity:
 * @AMSEL_QUANTITY_UNKNOWN: unknown
 * @AMSEL_QUANTITY_MANUFACTURER_SPECIFIC: manufacturer specific
 * @AMSEL_QUANTITY_ENERGY: energy
 * @AMSEL_QUANTITY_VOLUME: volume
 * @AMSEL_QUANTITY_MASS: mass
 * @AMSEL_QUANTITY_POWER: power
 * @AMSEL_QUANTITY_VOLUME_FLOW: volume flow
 * @AMSEL_QUANTITY_MASS_FLOW: mass flow
 * @AMSEL_QUANTITY_FLOW_TEMPERATURE: flow temperature
 * @AMSEL_QUANTITY_RETURN_TEMPERATURE: return temperature
 * @AMSEL_QUANTITY_TEMPERATURE_DIFFERENCE: temperature difference
 * @AMSEL_QUANTITY_EXTERNAL_TEMPERATURE: external temperature
 * @AMSEL_QUANTITY_PRESSURE: pressure
 * @AMSEL_QUANTITY_ON_TIME: on time
 * @AMSEL_QUANTITY_OPERATING_TIME: operating time
 * @AMSEL_QUANTITY_AVERAGING_DURATION: averaging duration
 * @AMSEL_QUANTITY_ACTUALITY_DURATION: actuality duration
 * @AMSEL_QUANTITY_DATE: date
 * @AMSEL_QUANTITY_DATE_TIME: date time
 * @AMSEL_QUANTITY_FABRICATION_NUMBER: fabrication number
 * @AMSEL_QUANTITY_ENHANCED_IDENTIFICATION: enhanced identification
 * @AMSEL_QUANTITY_ADDRESS: address
 * @AMSEL_QUANTITY_VOLTAGE: voltage
 * @AMSEL_QUANTITY_CURRENT: current
 * @AMSEL_QUANTITY_FREQUENCY: frequency
 * @AMSEL_QUANTITY_APPLICATION_ERROR: application error
 * @AMSEL_QUANTITY_ALARM: alarm
 *
 * What a value is about. The nick ("volume-flow") is the name in every output.
 */
typedef enum
{
  AMSEL_QUANTITY_UNKNOWN,
  AMSEL_QUANTITY_MANUFACTURER_SPECIFIC,
  AMSEL_QUANTITY_ENERGY,
  AMSEL_QUANTITY_VOLUME,
  AMSEL_QUANTITY_MASS,
  AMSEL_QUANTITY_POWER,
  AMSEL_QUANTITY_VOLUME_FLOW,
  AMSEL_QUANTITY_MASS_FLOW,
  AMSEL_QUANTITY_FLOW_TEMPERATURE,
  AMSEL_QUANTITY_RETURN_TEMPERATURE,
  AMSEL_QUANTITY_TEMPERATURE_DIFFERENCE,
  AMSEL_QUANTITY_EXTERNAL_TEMPERATURE,
  AMSEL_QUANTITY_PRESSURE,
  AMSEL_QUANTITY_ON_TIME,
  AMSEL_QUANTITY_OPERATING_TIME,
  AMSEL_QUANTITY_AVERAGING_DURATION,
  AMSEL_QUANTITY_ACTUALITY_DURATION,
  AMSEL_QUANTITY_DATE,
  AMSEL_QUANTITY_DATE_TIME,
  AMSEL_QUANTITY_FABRICATION_NUMBER,
  AMSEL_QUANTITY_ENHANCED_IDENTIFICATION,
  AMSEL_QUANTITY_ADDRESS,
  AMSEL_QUANTITY_VOLTAGE,
  AMSEL_QUANTITY_CURRENT,
  AMSEL_QUANTITY_FREQUENCY,
  AMSEL_QUANTITY_APPLICATION_ERROR,
  AMSEL_QUANTITY_ALARM,
} AmselQuantity;

#define AMSEL_TYPE_QUANTITY (amsel_quantity_get_type ())
AMSEL_API GType
amsel_quantity_get_type (void) G_GNUC_CONST;
AMSEL_API const gchar *
amsel_quantity_get_name (AmselQuantity quantity);

/**
 * AmselUnit:
 * @AMSEL_UNIT_NONE: no unit
 * @AMSEL_UNIT_WH: `Wh`
 * @AMSEL_UNIT_J: `J`
 * @AMSEL_UNIT_M3: `m3`
 * @AMSEL_UNIT_KG: `kg`
 * @AMSEL_UNIT_S: `s`
 * @AMSEL_UNIT_W: `W`
 * @AMSEL_UNIT_J_PER_H: `J/h`
 * @AMSEL_UNIT_M3_PER_H: `m3/h`
 * @AMSEL_UNIT_M3_PER_MIN: `m3/min`
 * @AMSEL_UNIT_M3_PER_S: `m3/s`
 * @AMSEL_UNIT_KG_PER_H: `kg/h`
 * @AMSEL_UNIT_CEL: `Cel`
 * @AMSEL_UNIT_K: `K`
 * @AMSEL_UNIT_BAR: `bar`
 * @AMSEL_UNIT_V: `V`
 * @AMSEL_UNIT_A: `A`
 * @AMSEL_UNIT_HZ: `Hz`
 *
 * Units at power of ten zero: never kWh, always Wh.
 */
typedef enum
{
  AMSEL_UNIT_NONE,
  AMSEL_UNIT_WH,
  AMSEL_UNIT_J,
  AMSEL_UNIT_M3,
  AMSEL_UNIT_KG,
  AMSEL_UNIT_S,
  AMSEL_UNIT_W,
  AMSEL_UNIT_J_PER_H,
  AMSEL_UNIT_M3_PER_H,
  AMSEL_UNIT_M3_PER_MIN,
  AMSEL_UNIT_M3_PER_S,
  AMSEL_UNIT_KG_PER_H,
  AMSEL_UNIT_CEL,
  AMSEL_UNIT_K,
  AMSEL_UNIT_BAR,
  AMSEL_UNIT_V,
  AMSEL_UNIT_A,
  AMSEL_UNIT_HZ,
} AmselUnit;

#define AMSEL_TYPE_UNIT (amsel_unit_get_type ())
AMSEL_API GType
amsel_unit_get_type (void) G_GNUC_CONST;
AMSEL_API const gchar *
amsel_unit_get_symbol (AmselUnit unit);

/**
 * AmselFunction:
 * @AMSEL_FUNCTION_NONE: not known
 * @AMSEL_FUNCTION_INSTANTANEOUS: the present value
 * @AMSEL_FUNCTION_MAXIMUM: the largest value of a period
 * @AMSEL_FUNCTION_MINIMUM: the smallest value of a period
 * @AMSEL_FUNCTION_ERROR: the value during an error state
 *
 * Which value of a quantity it is (EN 13757-3, function field of the DIF).
 */
typedef enum
{
  AMSEL_FUNCTION_NONE,
  AMSEL_FUNCTION_INSTANTANEOUS,
  AMSEL_FUNCTION_MAXIMUM,
  AMSEL_FUNCTION_MINIMUM,
  AMSEL_FUNCTION_ERROR,
} AmselFunction;

#define AMSEL_TYPE_FUNCTION (amsel_function_get_type ())
AMSEL_API GType
amsel_function_get_type (void) G_GNUC_CONST;
AMSEL_API const gchar *
amsel_function_get_name (AmselFunction function);

G_END_DECLS
