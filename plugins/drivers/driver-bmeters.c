/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* B Meters: what stands behind the records of Hydrodigit water meters and Hydroclima allocators (DIF 0F), and
 * the payload of RFM-TX1 water radios.
 *
 *   Hydrodigit  0 which parts follow: battery (1 byte), fraud (kind and date), leak (date), backflow
 *                 (32 bits, litres), twelve registers at the end of January to December (24 bits, 0.01 m3)
 *   Hydroclima  0 kind of block: 10 or 11, see the tables
 *   RFM-TX1     2 register (8 BCD digits), mixed with the access number and a table  13 date and time (BCD)
 */
#include "driver-layout.h"

#define BMT DRIVER_MANUFACTURER ('B', 'M', 'T')
#define BMP DRIVER_MANUFACTURER ('B', 'M', 'P')

static const DriverMatch HYDRODIGIT[] = {
  { BMT, 0x13, DRIVER_ANY }, { BMT, 0x15, DRIVER_ANY }, { BMT, 0x17, DRIVER_ANY }, { 0 }
};
static const DriverMatch HYDROCLIMA[] = { { BMP, DRIVER_ANY, 0x08 }, { 0 } };
static const DriverMatch RFMTX1[] = { { BMT, 0x05, 0x07 }, { 0 } };

/* What the first byte of a Hydrodigit's block announces. */
#define HAS_BATTERY  0x01
#define HAS_FRAUD    0x02
#define HAS_BACKFLOW 0x04
#define HAS_MONTHS   0x10
#define HAS_LEAK     0x80
#define HAS_KNOWN    (HAS_BATTERY | HAS_FRAUD | HAS_BACKFLOW | HAS_MONTHS | HAS_LEAK)

static const DriverLayoutFlag CONTENTS[] = {
  { HAS_BACKFLOW, "BACKFLOW" }, { HAS_BATTERY, "BATTERY_VOLTAGE" }, { HAS_FRAUD, "FRAUD_DATE" },
  { HAS_LEAK, "LEAK_DATE" },    { HAS_MONTHS, "MONTHLY_DATA" },     { 0 },
};

static const DriverLayoutFlag FRAUDS[] = {
  { 0x80, "MAGNETIC_FRAUD_ATTEMPT" },
  { 0x40, "SENSOR_FRAUD_ATTEMPT" },
  { 0x20, "MODULE_REMOVED" },
  { 0 },
};

/* The battery in hundredths of a volt, by the low digit of its byte; the last two and none are the highest.
 */
static const guint16 VOLTAGES[] = { 370, 190, 210, 220, 230, 240, 250, 265,
                                    280, 290, 305, 320, 335, 350, 370, 370 };

static const DriverLayoutRow BACKFLOW = {
  .name = "backflow_m3",
  .length = 4,
  .exponent = -3,
  .highest = 99999999,
  .role = AMSEL_FIELD_COUNTER,
  .quantity = AMSEL_QUANTITY_VOLUME,
};

/* Before the module was there, all bits are set. */
#define MONTH(row_name)                                                                                      \
  {                                                                                                          \
    .name = row_name, .length = 3, .exponent = -2, .unset = DRIVER_LAYOUT_ONES_UNSET, .highest = 9999999,    \
    .role = AMSEL_FIELD_STORED, .quantity = AMSEL_QUANTITY_VOLUME                                            \
  }

static const DriverLayoutRow MONTHS[] = {
  MONTH ("january_total_m3"), MONTH ("february_total_m3"), MONTH ("march_total_m3"),
  MONTH ("april_total_m3"),   MONTH ("may_total_m3"),      MONTH ("june_total_m3"),
  MONTH ("july_total_m3"),    MONTH ("august_total_m3"),   MONTH ("september_total_m3"),
  MONTH ("october_total_m3"), MONTH ("november_total_m3"), MONTH ("december_total_m3"),
};

/* Year, month and day in BCD; all zero where there was nothing. */
static void
add_bcd_day (DriverContext *context, AmselCursor *cursor, const gchar *name)
{
  const guint8 *day;

  driver_note (context, cursor->data + cursor->position, 3, name);
  if (!amsel_cursor_bytes (cursor, 3, &day))
    driver_add_null (context, name, AMSEL_REASON_TRUNCATED);
  else if (day[0] == 0 && day[1] == 0 && day[2] == 0)
    driver_add_null (context, name, AMSEL_REASON_NOT_AVAILABLE);
  else
    driver_add_day (context, name, 2000u + driver_layout_from_bcd (day[0]), driver_layout_from_bcd (day[1]),
                    driver_layout_from_bcd (day[2]))
        ->role = AMSEL_FIELD_INFO;
}

static void
add_battery (DriverContext *context, AmselCursor *cursor)
{
  AmselField *field;
  guint8 battery;

  driver_note (context, cursor->data + cursor->position, 1, "voltage_v");
  if (!amsel_cursor_u8 (cursor, &battery))
    {
      driver_add_null (context, "voltage_v", AMSEL_REASON_TRUNCATED);
      return;
    }
  field = driver_add_decimal (context, "voltage_v", VOLTAGES[battery & 0x0F], -2);
  field->role = AMSEL_FIELD_INSTANT;
  field->quantity = AMSEL_QUANTITY_VOLTAGE;
}

static void
add_fraud (DriverContext *context, AmselCursor *cursor)
{
  guint8 kind;

  driver_note (context, cursor->data + cursor->position, 1, "fraud_type");
  if (amsel_cursor_u8 (cursor, &kind))
    driver_layout_add_flags (context, "fraud_type", kind & 0xE0, FRAUDS, "NO_TYPE_INFO");
  add_bcd_day (context, cursor, "fraud_date");
}

/* Reads a row at the cursor, which passes it. */
static void
add_next (DriverContext *context, AmselCursor *cursor, const DriverLayoutRow *row)
{
  driver_layout_read (context, cursor->data + cursor->position, amsel_cursor_left (cursor), row, 1);
  if (!amsel_cursor_skip (cursor, row->length))
    cursor->position = cursor->length;
}

static gboolean
read_hydrodigit (DriverContext *context)
{
  AmselCursor cursor;
  const guint8 *block;
  gsize length;
  guint8 contents;

  if (!driver_layout_find_block (context, &block, &length))
    return FALSE;
  amsel_cursor_init (&cursor, block, length);
  if (!amsel_cursor_u8 (&cursor, &contents))
    return FALSE;
  driver_note (context, block, 1, "contents");
  driver_layout_add_flags (context, "contents", contents & HAS_KNOWN, CONTENTS, "");
  if ((contents & HAS_BATTERY) != 0)
    add_battery (context, &cursor);
  if ((contents & HAS_FRAUD) != 0)
    add_fraud (context, &cursor);
  if ((contents & HAS_LEAK) != 0)
    add_bcd_day (context, &cursor, "leak_date");
  if ((contents & HAS_BACKFLOW) != 0)
    add_next (context, &cursor, &BACKFLOW);
  /* whether what other bits announce stands before or behind the months is not known */
  if ((contents & HAS_MONTHS) != 0 && (contents & ~HAS_KNOWN) != 0)
    driver_layout_add_nulls (context, MONTHS, G_N_ELEMENTS (MONTHS), AMSEL_REASON_UNKNOWN_FORMAT);
  else if ((contents & HAS_MONTHS) != 0)
    for (gsize i = 0; i < G_N_ELEMENTS (MONTHS); i++)
      add_next (context, &cursor, &MONTHS[i]);
  return TRUE;
}

#define TEMPERATURE(row_name, row_offset, row_role)                                                          \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 2, .type = DRIVER_LAYOUT_INT, .exponent = -2,          \
    .lowest = -2000, .highest = 13000, .role = row_role, .quantity = AMSEL_QUANTITY_TEMPERATURE              \
  }
#define ALLOCATION(row_name, row_offset)                                                                     \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 2, .role = AMSEL_FIELD_STORED,                         \
    .quantity = AMSEL_QUANTITY_HEAT_COST_ALLOCATION                                                          \
  }

static const DriverLayoutRow HYDROCLIMA_10[] = {
  TEMPERATURE ("average_ambient_temperature_c", 7, AMSEL_FIELD_INSTANT),
  TEMPERATURE ("max_ambient_temperature_c", 9, AMSEL_FIELD_INSTANT),
  TEMPERATURE ("average_ambient_temperature_last_month_c", 15, AMSEL_FIELD_STORED),
  TEMPERATURE ("average_heater_temperature_last_month_c", 17, AMSEL_FIELD_STORED),
};

static const DriverLayoutRow HYDROCLIMA_11[] = {
  TEMPERATURE ("average_heater_temperature_c", 9, AMSEL_FIELD_INSTANT),
  TEMPERATURE ("average_ambient_temperature_c", 11, AMSEL_FIELD_INSTANT),
  TEMPERATURE ("max_ambient_temperature_c", 13, AMSEL_FIELD_INSTANT),
  TEMPERATURE ("average_heater_temperature_last_month_c", 17, AMSEL_FIELD_STORED),
  TEMPERATURE ("average_ambient_temperature_last_month_c", 19, AMSEL_FIELD_STORED),
  ALLOCATION ("consumption_at_set_date_1_hca", 21),
  ALLOCATION ("consumption_at_set_date_2_hca", 23),
  ALLOCATION ("consumption_at_set_date_3_hca", 25),
  ALLOCATION ("consumption_at_set_date_4_hca", 27),
  TEMPERATURE ("ambient_temperature_at_set_date_1_c", 29, AMSEL_FIELD_STORED),
  TEMPERATURE ("ambient_temperature_at_set_date_2_c", 31, AMSEL_FIELD_STORED),
  TEMPERATURE ("ambient_temperature_at_set_date_3_c", 33, AMSEL_FIELD_STORED),
  { .name = "total_consumption_hca",
    .offset = 44,
    .length = 2,
    .role = AMSEL_FIELD_COUNTER,
    .quantity = AMSEL_QUANTITY_HEAT_COST_ALLOCATION },
};

static gboolean
read_hydroclima (DriverContext *context)
{
  const guint8 *block;
  gsize length;

  if (!driver_layout_find_block (context, &block, &length) || length == 0)
    return FALSE;
  if (block[0] == 0x10 || block[0] == 0x11)
    driver_note (context, block, 1, "which layout");
  switch (block[0])
    {
    case 0x10:
      driver_layout_read (context, block, length, HYDROCLIMA_10, G_N_ELEMENTS (HYDROCLIMA_10));
      return TRUE;
    case 0x11:
      driver_layout_read (context, block, length, HYDROCLIMA_11, G_N_ELEMENTS (HYDROCLIMA_11));
      return TRUE;
    default:
      return FALSE;
    }
}

#define RFMTX1_CONFIGURATION 0x1006
#define RFMTX1_REGISTER      2
#define RFMTX1_TIME          13
#define RFMTX1_LENGTH        19

/* Rows by the low digit of the access number; a column for each byte of the register. */
static const guint8 RFMTX1_TABLE[16][4] = {
  { 0x7A, 0x10, 0x1A, 0x0A }, { 0x70, 0x13, 0x22, 0x13 }, { 0xB9, 0x0B, 0x8E, 0x99 },
  { 0x79, 0x07, 0x4A, 0x16 }, { 0x07, 0x9A, 0xCB, 0x69 }, { 0x32, 0xA1, 0x39, 0x0E },
  { 0x9C, 0x7E, 0x60, 0x99 }, { 0xB4, 0xC4, 0x80, 0xA3 }, { 0x0A, 0xCE, 0x19, 0x03 },
  { 0xF0, 0x05, 0xA5, 0x86 }, { 0x16, 0x98, 0x11, 0x5E }, { 0x0C, 0xC9, 0x7D, 0xA2 },
  { 0x4A, 0x48, 0xE4, 0x1F }, { 0x77, 0x2E, 0x8A, 0xE8 }, { 0xBD, 0x78, 0x57, 0x8C },
  { 0x39, 0x6F, 0x28, 0x05 },
};

static const DriverLayoutRow RFMTX1_TOTAL = {
  .name = "total_m3",
  .length = 4,
  .type = DRIVER_LAYOUT_BCD,
  .exponent = -3,
  .role = AMSEL_FIELD_COUNTER,
  .quantity = AMSEL_QUANTITY_VOLUME,
};

static DriverResult
decode_rfmtx1 (DriverContext *context)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (context->telegram);
  const guint8 *time = context->payload + RFMTX1_TIME;
  guint8 digits[4];
  gint64 raw;
  AmselDate date;

  if (context->ci != 0x7A || header->configuration != RFMTX1_CONFIGURATION)
    return DRIVER_RESULT_NOT_MINE;
  if (context->payload_length < RFMTX1_LENGTH)
    {
      driver_layout_add_null (context, &RFMTX1_TOTAL, AMSEL_REASON_TRUNCATED);
      return DRIVER_RESULT_CONSUMED;
    }
  driver_note (context, context->payload + RFMTX1_REGISTER, sizeof digits,
               "total_m3, mixed with the access number");
  driver_note (context, time, 6, "meter_datetime");
  for (gsize i = 0; i < sizeof digits; i++)
    digits[i] = context->payload[RFMTX1_REGISTER + i] ^ header->access_number
                ^ RFMTX1_TABLE[header->access_number & 0x0F][i];
  date = (AmselDate){ .year = (guint16) (2000 + driver_layout_from_bcd (time[5])),
                      .month = driver_layout_from_bcd (time[4]),
                      .day = driver_layout_from_bcd (time[3]),
                      .hour = driver_layout_from_bcd (time[2]),
                      .minute = driver_layout_from_bcd (time[1]),
                      .parts = AMSEL_DATE_DAY | AMSEL_DATE_MINUTE };
  /* that they are decimal digits is what tells that they were mixed this way */
  if (driver_layout_get (&RFMTX1_TOTAL, digits, sizeof digits, &raw) != AMSEL_REASON_NONE
      || !amsel_date_is_valid (&date))
    driver_layout_add_null (context, &RFMTX1_TOTAL, AMSEL_REASON_UNKNOWN_FORMAT);
  else
    driver_layout_add (context, &RFMTX1_TOTAL, raw);
  driver_add_date (context, "meter_datetime", &date)->role = AMSEL_FIELD_INFO;
  return DRIVER_RESULT_CONSUMED;
}

const DriverCode driver_hydrodigit = {
  .name = "hydrodigit",
  .title = "B Meters Hydrodigit water meters",
  .matches = HYDRODIGIT,
  .records = read_hydrodigit,
};

const DriverCode driver_hydroclima = {
  .name = "hydroclima",
  .title = "B Meters Hydroclima heat cost allocators",
  .matches = HYDROCLIMA,
  .records = read_hydroclima,
};

const DriverCode driver_rfmtx1 = {
  .name = "rfmtx1",
  .title = "B Meters RFM-TX1 water radios",
  .matches = RFMTX1,
  .decode = decode_rfmtx1,
};
