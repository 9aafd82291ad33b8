/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Heat cost allocators BFW 240 radio. Their payload stands where records should:
 *
 *   2 last period  4 this period (16 bits, most significant byte first)
 *   8 eighteen months, the oldest first: two in three bytes, low byte, the high digits of both, low byte
 *   35 today: day, month, year in BCD, which is what tells that it is this layout */
#include "driver-layout.h"

#define MONTHS_OFFSET  8
#define MONTHS         18
#define TODAY_OFFSET   35
#define PAYLOAD_LENGTH 38

static const DriverMatch MATCHES[] = { { DRIVER_MANUFACTURER ('B', 'F', 'W'), 0x02, 0x08 }, { 0 } };

#define ALLOCATION(row_name, row_offset, row_role)                                                           \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 2, .type = DRIVER_LAYOUT_UINT_BE, .role = row_role,    \
    .quantity = AMSEL_QUANTITY_HEAT_COST_ALLOCATION                                                          \
  }

static const DriverLayoutRow ROWS[] = { ALLOCATION ("current_hca", 4, AMSEL_FIELD_COUNTER),
                                        ALLOCATION ("prev_hca", 2, AMSEL_FIELD_STORED) };

static const gchar *const MONTH_NAMES[MONTHS] = {
  "prev_01_hca", "prev_02_hca", "prev_03_hca", "prev_04_hca", "prev_05_hca", "prev_06_hca",
  "prev_07_hca", "prev_08_hca", "prev_09_hca", "prev_10_hca", "prev_11_hca", "prev_12_hca",
  "prev_13_hca", "prev_14_hca", "prev_15_hca", "prev_16_hca", "prev_17_hca", "prev_18_hca",
};

/* The month so many months ago, from 1. */
static guint
get_month (const guint8 *payload, guint ago)
{
  const guint8 *pair = payload + MONTHS_OFFSET + (MONTHS - ago) / 2 * 3;

  return ago % 2 == 1 ? (pair[1] & 0x0Fu) << 8 | pair[2] : (pair[1] >> 4 & 0x0Fu) << 8 | pair[0];
}

static DriverResult
decode (DriverContext *context)
{
  const guint8 *payload;
  AmselCursor cursor;
  AmselDate today;

  amsel_cursor_init (&cursor, context->payload, context->payload_length);
  driver_layout_skip_marks (&cursor);
  if (amsel_cursor_left (&cursor) != PAYLOAD_LENGTH
      || !amsel_cursor_bytes (&cursor, PAYLOAD_LENGTH, &payload))
    return DRIVER_RESULT_NOT_MINE;
  today = (AmselDate){ .year = (guint16) (2000 + driver_layout_from_bcd (payload[TODAY_OFFSET + 2])),
                       .month = driver_layout_from_bcd (payload[TODAY_OFFSET + 1]),
                       .day = driver_layout_from_bcd (payload[TODAY_OFFSET]),
                       .parts = AMSEL_DATE_DAY };
  if (!amsel_date_is_valid (&today))
    {
      driver_layout_add_null (context, &ROWS[0], AMSEL_REASON_UNKNOWN_FORMAT);
      return DRIVER_RESULT_CONSUMED;
    }
  driver_layout_read (context, payload, PAYLOAD_LENGTH, ROWS, G_N_ELEMENTS (ROWS));
  for (guint ago = 1; ago <= MONTHS; ago++)
    {
      AmselField *field = driver_add_decimal (context, MONTH_NAMES[ago - 1], get_month (payload, ago), 0);

      field->role = AMSEL_FIELD_STORED;
      field->quantity = AMSEL_QUANTITY_HEAT_COST_ALLOCATION;
    }
  driver_note (context, payload + MONTHS_OFFSET, MONTHS / 2 * 3, "prev_18_hca to prev_01_hca");
  driver_note (context, payload + TODAY_OFFSET, 3, "device_date");
  driver_layout_add_day (context, "device_date", &today);
  return DRIVER_RESULT_CONSUMED;
}

const DriverCode driver_bfw240radio = {
  .name = "bfw240radio",
  .title = "BFW 240 radio heat cost allocators",
  .matches = MATCHES,
  .decode = decode,
};
