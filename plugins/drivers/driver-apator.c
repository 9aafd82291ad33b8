/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payloads of Apator's own: water modules AT-WMBUS-08 and 17-2, allocators E-ITN 30 and E-ITN 40.
 *
 *   08, 17-2  0 pulses (32 bits), three for a litre or for a cubic metre
 *   E-ITN 30  3 last season  5 seal opened (date)  7 this season  9 today
 *             11 and 13 mean room temperature of the last and of this season (1/256 degree)
 *   E-ITN 40  27 words: see the table
 *
 * An E-ITN 30 telegram may begin with a block of its own (CI B6, length, data) before its A0. */
#include "driver-layout.h"

#define APA DRIVER_MANUFACTURER ('A', 'P', 'A')
#define APT DRIVER_MANUFACTURER ('A', 'P', 'T')

#define CI_OWN   0xA0
#define CI_BLOCK 0xB6

#define ITN30_LENGTH      15
#define ITN30_SEAL_OFFSET 5
#define ITN40_LENGTH      54
#define ITN40_DATE_OFFSET 48
#define ITN40_SEAL_OFFSET 52

static const DriverMatch MODULES_08[] = { { APT, 0x03, 0x03 }, { APT, 0x0F, 0x0F }, { 0 } };
static const DriverMatch MODULES_172[] = { { APT, 0x04, 0x11 }, { 0 } };
static const DriverMatch ITN30[] = { { APA, 0x04, 0x08 }, { APT, 0x04, 0x08 }, { 0 } };
static const DriverMatch ITN40[] = {
  { APA, 0x09, 0x08 }, { APA, 0x0D, 0x08 }, { APT, 0x09, 0x08 }, { APT, 0x0D, 0x08 }, { 0 }
};

/* The highest registers have eight digits. */
static const DriverLayoutRow TOTAL_08 = {
  .name = "total_m3",
  .offset = 0,
  .length = 4,
  .factor = 1000,
  .divisor = 3,
  .exponent = -6,
  .highest = 300000000,
  .role = AMSEL_FIELD_COUNTER,
  .quantity = AMSEL_QUANTITY_VOLUME,
};
static const DriverLayoutRow TOTAL_172 = {
  .name = "total_m3",
  .offset = 0,
  .length = 4,
  .factor = 1000000,
  .divisor = 3,
  .exponent = -6,
  .highest = 300000000,
  .role = AMSEL_FIELD_COUNTER,
  .quantity = AMSEL_QUANTITY_VOLUME,
};

#define ALLOCATION(row_name, row_offset, row_role)                                                           \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 2, .role = row_role,                                   \
    .quantity = AMSEL_QUANTITY_HEAT_COST_ALLOCATION                                                          \
  }

/* A temperature in parts of a degree; the sensors measure from -20 to 130 degrees. */
#define TEMPERATURE(row_name, row_offset, parts, row_factor, row_divisor, row_exponent)                      \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 2, .type = DRIVER_LAYOUT_INT, .factor = row_factor,    \
    .divisor = row_divisor, .exponent = row_exponent, .lowest = -20 * parts, .highest = 130 * parts,         \
    .role = AMSEL_FIELD_INSTANT, .quantity = AMSEL_QUANTITY_TEMPERATURE                                      \
  }

static const DriverLayoutRow ITN30_ROWS[] = {
  ALLOCATION ("current_hca", 7, AMSEL_FIELD_COUNTER),
  ALLOCATION ("previous_hca", 3, AMSEL_FIELD_STORED),
  { .name = "current_date", .offset = 9, .length = 2, .type = DRIVER_LAYOUT_DAY_YMD },
  TEMPERATURE ("temp_room_avg_c", 13, 256, 15625, 4, -6),
  TEMPERATURE ("temp_room_prev_avg_c", 11, 256, 15625, 4, -6),
};

static const DriverLayoutRow ITN40_ROWS[] = {
  ALLOCATION ("current_hca", 40, AMSEL_FIELD_COUNTER),
  ALLOCATION ("previous_hca", 42, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_2y_hca", 44, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_3y_hca", 46, AMSEL_FIELD_STORED),
  ALLOCATION ("current_month_hca", 8, AMSEL_FIELD_INSTANT),
  ALLOCATION ("previous_month_hca", 10, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_02_hca", 12, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_03_hca", 14, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_04_hca", 16, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_05_hca", 18, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_06_hca", 20, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_07_hca", 22, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_08_hca", 24, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_09_hca", 26, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_10_hca", 28, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_11_hca", 30, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_12_hca", 32, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_13_hca", 34, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_14_hca", 36, AMSEL_FIELD_STORED),
  ALLOCATION ("previous_month_15_hca", 38, AMSEL_FIELD_STORED),
  { .name = "current_date", .offset = 48, .length = 2, .type = DRIVER_LAYOUT_DAY_YMD },
  TEMPERATURE ("temp_radiator_c", 4, 16, 625, 1, -4),
  TEMPERATURE ("temp_room_c", 6, 16, 625, 1, -4),
};

static DriverResult
decode_pulses (DriverContext *context, const DriverLayoutRow *total)
{
  if (context->ci != CI_OWN)
    return DRIVER_RESULT_NOT_MINE;
  driver_layout_read (context, context->payload, context->payload_length, total, 1);
  return DRIVER_RESULT_CONSUMED;
}

static DriverResult
decode_08 (DriverContext *context)
{
  return decode_pulses (context, &TOTAL_08);
}

static DriverResult
decode_172 (DriverContext *context)
{
  return decode_pulses (context, &TOTAL_172);
}

/* Passes the block that may be in front; FALSE where there is no payload of the length behind it. */
static gboolean
find_payload (const DriverContext *context, gsize length, const guint8 **out_payload)
{
  AmselCursor cursor;
  guint8 block_length, ci = context->ci;

  amsel_cursor_init (&cursor, context->payload, context->payload_length);
  if (ci == CI_BLOCK
      && (!amsel_cursor_u8 (&cursor, &block_length) || !amsel_cursor_skip (&cursor, block_length)
          || !amsel_cursor_u8 (&cursor, &ci)))
    return FALSE;
  return ci == CI_OWN && amsel_cursor_left (&cursor) == length
         && amsel_cursor_bytes (&cursor, length, out_payload);
}

static guint16
word_at (const guint8 *payload, gsize offset)
{
  return (guint16) (payload[offset] | payload[offset + 1] << 8);
}

static void
add_seal (DriverContext *context, guint16 raw)
{
  AmselDate date = driver_layout_day_ymd (raw);

  if (raw == 0)
    driver_add_null (context, "esb_date", AMSEL_REASON_NOT_AVAILABLE)->role = AMSEL_FIELD_INFO;
  else
    driver_layout_add_day (context, "esb_date", &date);
  driver_add_text (context, "status", raw == 0 ? "OK" : "SEAL_BROKEN")->role = AMSEL_FIELD_INFO;
}

static DriverResult
decode_itn30 (DriverContext *context)
{
  const guint8 *payload;

  if (context->ci != CI_OWN && context->ci != CI_BLOCK)
    return DRIVER_RESULT_NOT_MINE;
  if (!find_payload (context, ITN30_LENGTH, &payload))
    {
      driver_layout_add_null (context, &ITN30_ROWS[0], AMSEL_REASON_UNKNOWN_FORMAT);
      return DRIVER_RESULT_CONSUMED;
    }
  driver_layout_read (context, payload, ITN30_LENGTH, ITN30_ROWS, G_N_ELEMENTS (ITN30_ROWS));
  add_seal (context, word_at (payload, ITN30_SEAL_OFFSET));
  driver_note (context, payload + ITN30_SEAL_OFFSET, 2, "esb_date");
  return DRIVER_RESULT_CONSUMED;
}

/* The last word: all bits set is the seal, single ones are faults. */
static void
add_faults (DriverContext *context, guint16 raw)
{
  static const DriverLayoutFlag FAULTS[] = {
    { 0xFFFF, "SEAL_BROKEN" },      { 0x0001, "SENSOR_RADIATOR_OPEN" }, { 0x0002, "SENSOR_RADIATOR_SHORT" },
    { 0x0004, "SENSOR_ROOM_OPEN" }, { 0x0008, "SENSOR_ROOM_SHORT" },    { 0x0010, "LOW_BATTERY" },
    { 0x0020, "EEPROM_ERROR" },     { 0x0040, "OPTICAL_TAMPER" },       { 0 },
  };

  driver_layout_add_flags (context, "status", raw, FAULTS, "OK");
}

static DriverResult
decode_itn40 (DriverContext *context)
{
  const guint8 *payload;
  AmselDate today;

  if (context->ci != CI_OWN && context->ci != CI_BLOCK)
    return DRIVER_RESULT_NOT_MINE;
  if (!find_payload (context, ITN40_LENGTH, &payload))
    {
      driver_layout_add_null (context, &ITN40_ROWS[0], AMSEL_REASON_UNKNOWN_FORMAT);
      return DRIVER_RESULT_CONSUMED;
    }
  today = driver_layout_day_ymd (word_at (payload, ITN40_DATE_OFFSET));
  if (!amsel_date_is_valid (&today))
    {
      driver_layout_add_null (context, &ITN40_ROWS[0], AMSEL_REASON_UNKNOWN_FORMAT);
      return DRIVER_RESULT_CONSUMED;
    }
  driver_layout_read (context, payload, ITN40_LENGTH, ITN40_ROWS, G_N_ELEMENTS (ITN40_ROWS));
  add_faults (context, word_at (payload, ITN40_SEAL_OFFSET));
  driver_note (context, payload + ITN40_SEAL_OFFSET, 2, "status");
  return DRIVER_RESULT_CONSUMED;
}

const DriverCode driver_apator08 = {
  .name = "apator08",
  .title = "Apator water module AT-WMBUS-08",
  .matches = MODULES_08,
  .decode = decode_08,
};

const DriverCode driver_apator172 = {
  .name = "apator172",
  .title = "Apator water module AT-WMBUS-17-2",
  .matches = MODULES_172,
  .decode = decode_172,
};

const DriverCode driver_apatoreitn = {
  .name = "apatoreitn",
  .title = "Apator heat cost allocator E-ITN 30",
  .matches = ITN30,
  .decode = decode_itn30,
};

const DriverCode driver_apatoreitn40 = {
  .name = "apatoreitn40",
  .title = "Apator heat cost allocator E-ITN 40",
  .matches = ITN40,
  .decode = decode_itn40,
};
