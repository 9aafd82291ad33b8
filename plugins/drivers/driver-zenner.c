/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The block of Zenner water meters of version 0B, whose telegrams have no records (DIF 0F).
 *
 *   0 state (32 bits)  4 the water of the month  8 register, both in 1/256 litre (32 bits) */
#include "driver-layout.h"

static const DriverMatch MATCHES[] = { { DRIVER_MANUFACTURER ('Z', 'R', 'I'), 0x0B, 0x16 }, { 0 } };

/* Rounded to millilitres. */
#define VOLUME(row_name, row_offset, row_role)                                                               \
  {                                                                                                          \
    .name = row_name, .offset = row_offset, .length = 4, .factor = 125, .divisor = 32, .exponent = -6,       \
    .role = row_role, .quantity = AMSEL_QUANTITY_VOLUME                                                      \
  }

static const DriverLayoutRow ROWS[] = { VOLUME ("total_m3", 8, AMSEL_FIELD_COUNTER),
                                        VOLUME ("target_m3", 4, AMSEL_FIELD_STORED) };

#define BLOCK_LENGTH 12

static gboolean
read_block (DriverContext *context)
{
  static const DriverLayoutFlag NONE[] = { { 0 } };
  const guint8 *block;
  gsize length;
  AmselCursor cursor;
  guint32 state;

  if (!driver_layout_find_block (context, &block, &length))
    return FALSE;
  if (length < BLOCK_LENGTH)
    {
      driver_layout_add_nulls (context, ROWS, G_N_ELEMENTS (ROWS), AMSEL_REASON_TRUNCATED);
      return TRUE;
    }
  driver_layout_read (context, block, length, ROWS, G_N_ELEMENTS (ROWS));
  driver_note (context, block, 4, "meter_status");
  amsel_cursor_init (&cursor, block, length);
  if (amsel_cursor_u32_le (&cursor, &state))
    driver_layout_add_flags (context, "meter_status", state, NONE, "OK");
  return TRUE;
}

const DriverCode driver_zenner0b = {
  .name = "zenner0b",
  .title = "Zenner water meters of version 0B",
  .matches = MATCHES,
  .records = read_block,
};
