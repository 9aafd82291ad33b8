/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The VIF tables of EN 13757-3:2018: primary (table 10), first extension FB (table 14), second extension FD
 * (table 12) and its second level FD FD (table 13). Codes that the current edition has given up are kept with
 * the meaning of the earlier editions (°F, gallons), since meters live longer than editions.
 *
 * Units are those at power of ten zero; kWh is Wh with a larger exponent. Rows that the standard writes as
 * one line with counting bits are one line here too, by the macros below. A row that is missing is all zero:
 * a reserved code, whose data are kept as bytes. */
#include "en13757-private.h"

#define Q(name) AMSEL_QUANTITY_##name
#define U(name) AMSEL_UNIT_##name

/* One row of the standard is one line. */
/* clang-format off */

/* A number whose unit has a power of ten; the ranges count it up by one each. */
#define SCALED(quantity, unit, exponent) { Q (quantity), U (unit), (exponent), 0, EN13757_TYPE_NUMBER }
#define SCALED_2(code, quantity, unit, exponent) \
  [(code)] = SCALED (quantity, unit, (exponent)), [(code) + 1] = SCALED (quantity, unit, (exponent) + 1)
#define SCALED_4(code, quantity, unit, exponent) \
  SCALED_2 (code, quantity, unit, exponent), SCALED_2 ((code) + 2, quantity, unit, (exponent) + 2)
#define SCALED_8(code, quantity, unit, exponent) \
  SCALED_4 (code, quantity, unit, exponent), SCALED_4 ((code) + 4, quantity, unit, (exponent) + 4)
#define SCALED_16(code, quantity, unit, exponent) \
  SCALED_8 (code, quantity, unit, exponent), SCALED_8 ((code) + 8, quantity, unit, (exponent) + 8)
#define UNSIGNED(quantity, unit, exponent) { Q (quantity), U (unit), (exponent), 0, EN13757_TYPE_UNSIGNED }

/* A duration; the ranges count through seconds, minutes, hours and days, or hours, days, months and years. */
#define TIMED(quantity, unit, factor, type) { Q (quantity), U (unit), 0, EN13757_FACTOR_##factor, EN13757_TYPE_##type }
#define MINUTES_TO_DAYS(code, quantity, type) \
  [(code)] = TIMED (quantity, S, MINUTE, type), [(code) + 1] = TIMED (quantity, S, HOUR, type), \
  [(code) + 2] = TIMED (quantity, S, DAY, type)
#define SECONDS_TO_DAYS(code, quantity, type) \
  [(code)] = TIMED (quantity, S, ONE, type), MINUTES_TO_DAYS ((code) + 1, quantity, type)
#define MONTHS_AND_YEARS(code, quantity, type) \
  [(code)] = TIMED (quantity, MONTH, ONE, type), [(code) + 1] = TIMED (quantity, YEAR, ONE, type)
#define HOURS_TO_YEARS(code, quantity, type) \
  [(code)] = TIMED (quantity, S, HOUR, type), [(code) + 1] = TIMED (quantity, S, DAY, type), \
  MONTHS_AND_YEARS ((code) + 2, quantity, type)

/* Without unit: a number, an unsigned number or set of bits, a date, or bytes with a structure of their own. */
#define PLAIN(quantity, type) { Q (quantity), AMSEL_UNIT_NONE, 0, 0, EN13757_TYPE_##type }

/* A rating factor in steps of 2^-12. */
#define RATING(quantity) { Q (quantity), AMSEL_UNIT_NONE, -12, EN13757_FACTOR_5_POW_12, EN13757_TYPE_UNSIGNED }

const En13757Vif en13757_vifs[128] = {
  SCALED_8 (0x00, ENERGY, WH, -3),
  SCALED_8 (0x08, ENERGY, J, 0),
  SCALED_8 (0x10, VOLUME, M3, -6),
  SCALED_8 (0x18, MASS, KG, -3),
  SECONDS_TO_DAYS (0x20, ON_TIME, NUMBER),
  SECONDS_TO_DAYS (0x24, OPERATING_TIME, NUMBER),
  SCALED_8 (0x28, POWER, W, -3),
  SCALED_8 (0x30, POWER, J_PER_H, 0),
  SCALED_8 (0x38, VOLUME_FLOW, M3_PER_H, -6),
  SCALED_8 (0x40, VOLUME_FLOW, M3_PER_MIN, -7),
  SCALED_8 (0x48, VOLUME_FLOW, M3_PER_S, -9),
  SCALED_8 (0x50, MASS_FLOW, KG_PER_H, -3),
  SCALED_4 (0x58, FLOW_TEMPERATURE, CEL, -3),
  SCALED_4 (0x5C, RETURN_TEMPERATURE, CEL, -3),
  SCALED_4 (0x60, TEMPERATURE_DIFFERENCE, K, -3),
  SCALED_4 (0x64, EXTERNAL_TEMPERATURE, CEL, -3),
  SCALED_4 (0x68, PRESSURE, BAR, -3),
  [0x6C] = PLAIN (DATE, DATE),
  [0x6D] = PLAIN (DATE_TIME, DATE),
  [0x6E] = SCALED (HEAT_COST_ALLOCATION, HCA, 0),
  SECONDS_TO_DAYS (0x70, AVERAGING_DURATION, NUMBER),
  SECONDS_TO_DAYS (0x74, ACTUALITY_DURATION, NUMBER),
  [0x78] = PLAIN (FABRICATION_NUMBER, UNSIGNED),
  [0x79] = PLAIN (ENHANCED_IDENTIFICATION, UNSIGNED),
  [0x7A] = PLAIN (ADDRESS, UNSIGNED),
  [0x7C] = PLAIN (PLAIN_TEXT, NUMBER),
  [0x7E] = PLAIN (ANY, NUMBER),
  [0x7F] = PLAIN (MANUFACTURER_SPECIFIC, NUMBER),
};

const En13757Vif en13757_vifs_fb[128] = {
  SCALED_2 (0x00, ENERGY, WH, 5),
  SCALED_2 (0x02, REACTIVE_ENERGY, VARH, 3),
  SCALED_2 (0x04, APPARENT_ENERGY, VAH, 3),
  SCALED_2 (0x08, ENERGY, J, 8),
  SCALED_4 (0x0C, ENERGY, CAL, 5),
  SCALED_2 (0x10, VOLUME, M3, 2),
  SCALED_4 (0x14, REACTIVE_POWER, VAR, 0),
  SCALED_2 (0x18, MASS, KG, 5),
  [0x1A] = UNSIGNED (RELATIVE_HUMIDITY, PERCENT, -1),
  [0x1B] = UNSIGNED (RELATIVE_HUMIDITY, PERCENT, 0),
  [0x20] = SCALED (VOLUME, FT3, 0),
  [0x21] = SCALED (VOLUME, FT3, -1),
  [0x22] = SCALED (VOLUME, GAL, -1),
  [0x23] = SCALED (VOLUME, GAL, 0),
  [0x24] = SCALED (VOLUME_FLOW, GAL_PER_MIN, -3),
  [0x25] = SCALED (VOLUME_FLOW, GAL_PER_MIN, 0),
  [0x26] = SCALED (VOLUME_FLOW, GAL_PER_H, 0),
  SCALED_2 (0x28, POWER, W, 5),
  [0x2A] = SCALED (PHASE_ANGLE_VOLTAGE, DEGREE, -1),
  [0x2B] = SCALED (PHASE_ANGLE_CURRENT, DEGREE, -1),
  SCALED_4 (0x2C, FREQUENCY, HZ, -3),
  SCALED_2 (0x30, POWER, J_PER_H, 8),
  SCALED_4 (0x34, APPARENT_POWER, VA, 0),
  SCALED_4 (0x58, FLOW_TEMPERATURE, DEGF, -3),
  SCALED_4 (0x5C, RETURN_TEMPERATURE, DEGF, -3),
  SCALED_4 (0x60, TEMPERATURE_DIFFERENCE, DEGF, -3),
  SCALED_4 (0x64, EXTERNAL_TEMPERATURE, DEGF, -3),
  [0x68] = RATING (RATING_FACTOR),
  [0x69] = PLAIN (RATING_FACTOR_OUTPUT, UNSIGNED),
  [0x6A] = RATING (RATING_FACTOR_COUPLING),
  [0x6B] = RATING (RATING_FACTOR_COUPLING_ROOM),
  [0x6C] = RATING (RATING_FACTOR_COUPLING_HEATER),
  [0x6D] = RATING (RATING_FACTOR_LOW_TEMPERATURE),
  [0x6E] = RATING (DISPLAY_SCALING_FACTOR),
  SCALED_4 (0x70, TEMPERATURE_LIMIT, DEGF, -3),
  SCALED_4 (0x74, TEMPERATURE_LIMIT, CEL, -3),
  SCALED_8 (0x78, CUMULATIVE_MAXIMUM_POWER, W, -3),
};

const En13757Vif en13757_vifs_fd[128] = {
  SCALED_4 (0x00, CREDIT, CURRENCY, -3),
  SCALED_4 (0x04, DEBIT, CURRENCY, -3),
  [0x08] = PLAIN (MESSAGE_NUMBER, UNSIGNED),
  [0x09] = PLAIN (DEVICE_TYPE, UNSIGNED),
  [0x0A] = PLAIN (MANUFACTURER, UNSIGNED),
  [0x0B] = PLAIN (PARAMETER_SET, UNSIGNED),
  [0x0C] = PLAIN (MODEL_VERSION, UNSIGNED),
  [0x0D] = PLAIN (HARDWARE_VERSION, UNSIGNED),
  [0x0E] = PLAIN (FIRMWARE_VERSION, UNSIGNED),
  [0x0F] = PLAIN (SOFTWARE_VERSION, UNSIGNED),
  [0x10] = PLAIN (CUSTOMER_LOCATION, UNSIGNED),
  [0x11] = PLAIN (CUSTOMER, UNSIGNED),
  [0x12] = PLAIN (ACCESS_CODE_USER, UNSIGNED),
  [0x13] = PLAIN (ACCESS_CODE_OPERATOR, UNSIGNED),
  [0x14] = PLAIN (ACCESS_CODE_SYSTEM_OPERATOR, UNSIGNED),
  [0x15] = PLAIN (ACCESS_CODE_DEVELOPER, UNSIGNED),
  [0x16] = PLAIN (PASSWORD, UNSIGNED),
  [0x17] = PLAIN (ERROR_FLAGS, UNSIGNED),
  [0x18] = PLAIN (ERROR_MASK, UNSIGNED),
  [0x19] = PLAIN (SECURITY_KEY, RAW),
  [0x1A] = PLAIN (DIGITAL_OUTPUT, UNSIGNED),
  [0x1B] = PLAIN (DIGITAL_INPUT, UNSIGNED),
  [0x1C] = UNSIGNED (BAUD_RATE, BAUD, 0),
  [0x1D] = UNSIGNED (RESPONSE_DELAY, BIT_TIMES, 0),
  [0x1E] = PLAIN (RETRY, UNSIGNED),
  [0x1F] = PLAIN (REMOTE_CONTROL, UNSIGNED),
  [0x20] = PLAIN (FIRST_STORAGE_NUMBER, UNSIGNED),
  [0x21] = PLAIN (LAST_STORAGE_NUMBER, UNSIGNED),
  [0x22] = PLAIN (STORAGE_BLOCK_SIZE, UNSIGNED),
  [0x23] = PLAIN (TARIFF_DESCRIPTOR, UNSIGNED),
  SECONDS_TO_DAYS (0x24, STORAGE_INTERVAL, NUMBER),
  MONTHS_AND_YEARS (0x28, STORAGE_INTERVAL, NUMBER),
  [0x2A] = PLAIN (OPERATOR_DATA, NUMBER),
  [0x2B] = TIMED (TIME_POINT_SECOND, S, ONE, UNSIGNED),
  SECONDS_TO_DAYS (0x2C, DURATION_SINCE_READOUT, UNSIGNED),
  [0x30] = PLAIN (TARIFF_START, DATE),
  MINUTES_TO_DAYS (0x31, TARIFF_DURATION, UNSIGNED),
  SECONDS_TO_DAYS (0x34, TARIFF_PERIOD, UNSIGNED),
  MONTHS_AND_YEARS (0x38, TARIFF_PERIOD, UNSIGNED),
  [0x3A] = PLAIN (DIMENSIONLESS, NUMBER),
  [0x3B] = PLAIN (WIRELESS_CONTAINER, RAW),
  SECONDS_TO_DAYS (0x3C, TRANSMISSION_PERIOD, UNSIGNED),
  SCALED_16 (0x40, VOLTAGE, V, -9),
  SCALED_16 (0x50, CURRENT, A, -12),
  [0x60] = PLAIN (RESET_COUNTER, UNSIGNED),
  [0x61] = PLAIN (CUMULATION_COUNTER, UNSIGNED),
  [0x62] = PLAIN (CONTROL_SIGNAL, UNSIGNED),
  [0x63] = PLAIN (DAY_OF_WEEK, UNSIGNED),
  [0x64] = PLAIN (WEEK_NUMBER, UNSIGNED),
  [0x65] = PLAIN (DAY_CHANGE_TIME, DATE),
  [0x66] = PLAIN (PARAMETER_ACTIVATION, UNSIGNED),
  [0x67] = PLAIN (SUPPLIER_INFORMATION, UNSIGNED),
  HOURS_TO_YEARS (0x68, DURATION_SINCE_CUMULATION, UNSIGNED),
  HOURS_TO_YEARS (0x6C, BATTERY_OPERATING_TIME, NUMBER),
  [0x70] = PLAIN (BATTERY_CHANGE_DATE, DATE),
  [0x71] = SCALED (RF_LEVEL, DBM, 0),
  [0x72] = PLAIN (DAYLIGHT_SAVING, RAW),
  [0x73] = PLAIN (LISTENING_WINDOW, RAW),
  [0x74] = TIMED (REMAINING_BATTERY_LIFE, S, DAY, UNSIGNED),
  [0x75] = PLAIN (STOP_COUNTER, UNSIGNED),
  [0x76] = PLAIN (MANUFACTURER_CONTAINER, RAW),
};

const En13757Vif en13757_vifs_fdfd[128] = {
  [0x00] = PLAIN (SELECTED_APPLICATION, UNSIGNED),
  MONTHS_AND_YEARS (0x02, REMAINING_BATTERY_LIFE, UNSIGNED),
};
