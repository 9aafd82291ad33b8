/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of quantities, units and functions.
 *
 * Each list is written once and made twice: into the enumeration that bindings and configuration know, and
 * into the array that the exporters index. */
#include "amsel-quantity-private.h"

/* clang-format off */
#define QUANTITIES(X)                                                                                        \
  X (MANUFACTURER_SPECIFIC, "manufacturer-specific")                                                         \
  X (ENERGY, "energy")                                                                                       \
  X (VOLUME, "volume")                                                                                       \
  X (MASS, "mass")                                                                                           \
  X (POWER, "power")                                                                                         \
  X (VOLUME_FLOW, "volume-flow")                                                                             \
  X (MASS_FLOW, "mass-flow")                                                                                 \
  X (FLOW_TEMPERATURE, "flow-temperature")                                                                   \
  X (RETURN_TEMPERATURE, "return-temperature")                                                               \
  X (TEMPERATURE_DIFFERENCE, "temperature-difference")                                                       \
  X (EXTERNAL_TEMPERATURE, "external-temperature")                                                           \
  X (PRESSURE, "pressure")                                                                                   \
  X (ON_TIME, "on-time")                                                                                     \
  X (OPERATING_TIME, "operating-time")                                                                       \
  X (AVERAGING_DURATION, "averaging-duration")                                                               \
  X (ACTUALITY_DURATION, "actuality-duration")                                                               \
  X (DATE, "date")                                                                                           \
  X (DATE_TIME, "date-time")                                                                                 \
  X (FABRICATION_NUMBER, "fabrication-number")                                                               \
  X (ENHANCED_IDENTIFICATION, "enhanced-identification")                                                     \
  X (ADDRESS, "address")                                                                                     \
  X (VOLTAGE, "voltage")                                                                                     \
  X (CURRENT, "current")                                                                                     \
  X (FREQUENCY, "frequency")                                                                                 \
  X (APPLICATION_ERROR, "application-error")                                                                 \
  X (ALARM, "alarm")                                                                                         \
  X (ANY, "any")                                                                                             \
  X (PLAIN_TEXT, "plain-text")                                                                               \
  X (HEAT_COST_ALLOCATION, "heat-cost-allocation")                                                           \
  X (REACTIVE_ENERGY, "reactive-energy")                                                                     \
  X (APPARENT_ENERGY, "apparent-energy")                                                                     \
  X (REACTIVE_POWER, "reactive-power")                                                                       \
  X (APPARENT_POWER, "apparent-power")                                                                       \
  X (RELATIVE_HUMIDITY, "relative-humidity")                                                                 \
  X (TEMPERATURE, "temperature")                                                                             \
  X (PHASE_ANGLE_VOLTAGE, "phase-angle-voltage")                                                             \
  X (PHASE_ANGLE_CURRENT, "phase-angle-current")                                                             \
  X (RATING_FACTOR, "rating-factor")                                                                         \
  X (RATING_FACTOR_OUTPUT, "rating-factor-output")                                                           \
  X (RATING_FACTOR_COUPLING, "rating-factor-coupling")                                                       \
  X (RATING_FACTOR_COUPLING_ROOM, "rating-factor-coupling-room")                                             \
  X (RATING_FACTOR_COUPLING_HEATER, "rating-factor-coupling-heater")                                         \
  X (RATING_FACTOR_LOW_TEMPERATURE, "rating-factor-low-temperature")                                         \
  X (DISPLAY_SCALING_FACTOR, "display-scaling-factor")                                                       \
  X (TEMPERATURE_LIMIT, "temperature-limit")                                                                 \
  X (CUMULATIVE_MAXIMUM_POWER, "cumulative-maximum-power")                                                   \
  X (CREDIT, "credit")                                                                                       \
  X (DEBIT, "debit")                                                                                         \
  X (MESSAGE_NUMBER, "message-number")                                                                       \
  X (DEVICE_TYPE, "device-type")                                                                             \
  X (MANUFACTURER, "manufacturer")                                                                           \
  X (PARAMETER_SET, "parameter-set")                                                                         \
  X (MODEL_VERSION, "model-version")                                                                         \
  X (HARDWARE_VERSION, "hardware-version")                                                                   \
  X (FIRMWARE_VERSION, "firmware-version")                                                                   \
  X (SOFTWARE_VERSION, "software-version")                                                                   \
  X (CUSTOMER_LOCATION, "customer-location")                                                                 \
  X (CUSTOMER, "customer")                                                                                   \
  X (ACCESS_CODE_USER, "access-code-user")                                                                   \
  X (ACCESS_CODE_OPERATOR, "access-code-operator")                                                           \
  X (ACCESS_CODE_SYSTEM_OPERATOR, "access-code-system-operator")                                             \
  X (ACCESS_CODE_DEVELOPER, "access-code-developer")                                                         \
  X (PASSWORD, "password")                                                                                   \
  X (ERROR_FLAGS, "error-flags")                                                                             \
  X (ERROR_MASK, "error-mask")                                                                               \
  X (SECURITY_KEY, "security-key")                                                                           \
  X (DIGITAL_OUTPUT, "digital-output")                                                                       \
  X (DIGITAL_INPUT, "digital-input")                                                                         \
  X (BAUD_RATE, "baud-rate")                                                                                 \
  X (RESPONSE_DELAY, "response-delay")                                                                       \
  X (RETRY, "retry")                                                                                         \
  X (REMOTE_CONTROL, "remote-control")                                                                       \
  X (FIRST_STORAGE_NUMBER, "first-storage-number")                                                           \
  X (LAST_STORAGE_NUMBER, "last-storage-number")                                                             \
  X (STORAGE_BLOCK_SIZE, "storage-block-size")                                                               \
  X (TARIFF_DESCRIPTOR, "tariff-descriptor")                                                                 \
  X (STORAGE_INTERVAL, "storage-interval")                                                                   \
  X (OPERATOR_DATA, "operator-data")                                                                         \
  X (TIME_POINT_SECOND, "time-point-second")                                                                 \
  X (DURATION_SINCE_READOUT, "duration-since-readout")                                                       \
  X (TARIFF_START, "tariff-start")                                                                           \
  X (TARIFF_DURATION, "tariff-duration")                                                                     \
  X (TARIFF_PERIOD, "tariff-period")                                                                         \
  X (DIMENSIONLESS, "dimensionless")                                                                         \
  X (WIRELESS_CONTAINER, "wireless-container")                                                               \
  X (TRANSMISSION_PERIOD, "transmission-period")                                                             \
  X (RESET_COUNTER, "reset-counter")                                                                         \
  X (CUMULATION_COUNTER, "cumulation-counter")                                                               \
  X (CONTROL_SIGNAL, "control-signal")                                                                       \
  X (DAY_OF_WEEK, "day-of-week")                                                                             \
  X (WEEK_NUMBER, "week-number")                                                                             \
  X (DAY_CHANGE_TIME, "day-change-time")                                                                     \
  X (PARAMETER_ACTIVATION, "parameter-activation")                                                           \
  X (SUPPLIER_INFORMATION, "supplier-information")                                                           \
  X (DURATION_SINCE_CUMULATION, "duration-since-cumulation")                                                 \
  X (BATTERY_OPERATING_TIME, "battery-operating-time")                                                       \
  X (BATTERY_CHANGE_DATE, "battery-change-date")                                                             \
  X (RF_LEVEL, "rf-level")                                                                                   \
  X (DAYLIGHT_SAVING, "daylight-saving")                                                                     \
  X (LISTENING_WINDOW, "listening-window")                                                                   \
  X (REMAINING_BATTERY_LIFE, "remaining-battery-life")                                                       \
  X (STOP_COUNTER, "stop-counter")                                                                           \
  X (MANUFACTURER_CONTAINER, "manufacturer-container")                                                       \
  X (SELECTED_APPLICATION, "selected-application")

#define UNITS(X)                                                                                             \
  X (WH, "wh", "Wh")                                                                                         \
  X (J, "j", "J")                                                                                            \
  X (M3, "m3", "m3")                                                                                         \
  X (KG, "kg", "kg")                                                                                         \
  X (S, "s", "s")                                                                                            \
  X (W, "w", "W")                                                                                            \
  X (J_PER_H, "j-per-h", "J/h")                                                                              \
  X (M3_PER_H, "m3-per-h", "m3/h")                                                                           \
  X (M3_PER_MIN, "m3-per-min", "m3/min")                                                                     \
  X (M3_PER_S, "m3-per-s", "m3/s")                                                                           \
  X (KG_PER_H, "kg-per-h", "kg/h")                                                                           \
  X (CEL, "cel", "Cel")                                                                                      \
  X (K, "k", "K")                                                                                            \
  X (BAR, "bar", "bar")                                                                                      \
  X (V, "v", "V")                                                                                            \
  X (A, "a", "A")                                                                                            \
  X (HZ, "hz", "Hz")                                                                                         \
  X (VARH, "varh", "varh")                                                                                   \
  X (VAH, "vah", "VAh")                                                                                      \
  X (VAR, "var", "var")                                                                                      \
  X (VA, "va", "VA")                                                                                         \
  X (CAL, "cal", "cal")                                                                                      \
  X (PERCENT, "percent", "%")                                                                                \
  X (DEGREE, "degree", "deg")                                                                                \
  X (DEGF, "degf", "degF")                                                                                   \
  X (FT3, "ft3", "ft3")                                                                                      \
  X (GAL, "gal", "gal")                                                                                      \
  X (GAL_PER_MIN, "gal-per-min", "gal/min")                                                                  \
  X (GAL_PER_H, "gal-per-h", "gal/h")                                                                        \
  X (MONTH, "month", "month")                                                                                \
  X (YEAR, "year", "year")                                                                                   \
  X (DBM, "dbm", "dBm")                                                                                      \
  X (BAUD, "baud", "Bd")                                                                                     \
  X (BIT_TIMES, "bit-times", "bit-times")                                                                    \
  X (HCA, "hca", "hca")                                                                                      \
  X (CURRENCY, "currency", "currency")

#define FUNCTIONS(X)                                                                                         \
  X (INSTANTANEOUS, "instantaneous")                                                                         \
  X (MAXIMUM, "maximum")                                                                                     \
  X (MINIMUM, "minimum")                                                                                     \
  X (ERROR, "error")
/* clang-format on */

#define NAME(text)                                                                                           \
  {                                                                                                          \
    text, sizeof (text) - 1                                                                                  \
  }
#define QUANTITY_VALUE(name, nick)      , G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_##name, nick)
#define QUANTITY_NAME(name, nick)       [AMSEL_QUANTITY_##name] = NAME (nick),
#define UNIT_VALUE(name, nick, symbol)  , G_DEFINE_ENUM_VALUE (AMSEL_UNIT_##name, nick)
#define UNIT_SYMBOL(name, nick, symbol) [AMSEL_UNIT_##name] = NAME (symbol),
#define FUNCTION_VALUE(name, nick)      , G_DEFINE_ENUM_VALUE (AMSEL_FUNCTION_##name, nick)
#define FUNCTION_NAME(name, nick)       [AMSEL_FUNCTION_##name] = NAME (nick),

G_DEFINE_ENUM_TYPE (AmselQuantity, amsel_quantity,
                    G_DEFINE_ENUM_VALUE (AMSEL_QUANTITY_UNKNOWN, "unknown") QUANTITIES (QUANTITY_VALUE))
G_DEFINE_ENUM_TYPE (AmselUnit, amsel_unit, G_DEFINE_ENUM_VALUE (AMSEL_UNIT_NONE, "none") UNITS (UNIT_VALUE))
G_DEFINE_ENUM_TYPE (AmselFunction, amsel_function,
                    G_DEFINE_ENUM_VALUE (AMSEL_FUNCTION_NONE, "none") FUNCTIONS (FUNCTION_VALUE))

static const AmselName QUANTITY_NAMES[] = { [AMSEL_QUANTITY_UNKNOWN] = NAME ("unknown"),
                                            QUANTITIES (QUANTITY_NAME) };
static const AmselName UNIT_SYMBOLS[] = { [AMSEL_UNIT_NONE] = NAME (""), UNITS (UNIT_SYMBOL) };
static const AmselName FUNCTION_NAMES[] = { [AMSEL_FUNCTION_NONE] = NAME ("none"),
                                            FUNCTIONS (FUNCTION_NAME) };

const AmselName *
amsel_quantity_find_name (guint quantity)
{
  return &QUANTITY_NAMES[quantity < G_N_ELEMENTS (QUANTITY_NAMES) ? quantity : 0];
}

const AmselName *
amsel_unit_find_symbol (guint unit)
{
  return &UNIT_SYMBOLS[unit < G_N_ELEMENTS (UNIT_SYMBOLS) ? unit : 0];
}

const AmselName *
amsel_function_find_name (guint function)
{
  return &FUNCTION_NAMES[function < G_N_ELEMENTS (FUNCTION_NAMES) ? function : 0];
}

/**
 * amsel_quantity_get_name:
 * @quantity: one of the enumeration
 *
 * Returns: (transfer none): the name, such as "volume-flow"; "unknown" outside the enumeration
 */
const gchar *
amsel_quantity_get_name (AmselQuantity quantity)
{
  return amsel_quantity_find_name ((guint) quantity)->text;
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
  return amsel_unit_find_symbol ((guint) unit)->text;
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
  return amsel_function_find_name ((guint) function)->text;
}
