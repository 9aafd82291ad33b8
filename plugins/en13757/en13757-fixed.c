/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fixed data structure of CI 73 and 77, which EN 13757-3 has given up and old meters still send (M-Bus
 * documentation 4.8, sections 6.2 and 8.2).
 *
 *   identification (4, BCD)  access number (1)  status (1)  medium and units (2)  counters (4 each, two)
 *
 *   medium and units   MMUUUUUU MMUUUUUU   two bits of the medium (lower ones first), the unit of a counter
 *   status             bit 0               the counters are binary, else BCD
 *                      bit 1               the counters are of a fixed date, else present
 *
 * A counter without a storage number can still be an earlier value: of the fixed date by the status, or "same
 * unit, but historic" by the unit code. Both become modifiers. */
#include "en13757-private.h"

#define FIXED_LENGTH 16

#define STATUS_OFFSET         5
#define UNITS_OFFSET          6
#define COUNTERS_OFFSET       8
#define IDENTIFICATION_LENGTH 4
#define COUNTER_LENGTH        4
#define COUNTERS              2
#define DIGITS                8

#define STATUS_BINARY     0x01
#define STATUS_FIXED_DATE 0x02

#define UNIT_MASK     0x3F
#define UNIT_HISTORIC 0x3E

#define MODIFIER_HISTORIC   AMSEL_MODIFIER (FIXED, 1)
#define MODIFIER_FIXED_DATE AMSEL_MODIFIER (FIXED, 2)

#define Q(name) AMSEL_QUANTITY_##name
#define U(name) AMSEL_UNIT_##name

/* One row of the table is three codes: × 1, × 10, × 100. */
/* clang-format off */
#define THREE(code, quantity, unit, exponent) \
  [(code)]     = { Q (quantity), U (unit), (exponent), 0, EN13757_TYPE_NUMBER }, \
  [(code) + 1] = { Q (quantity), U (unit), (exponent) + 1, 0, EN13757_TYPE_NUMBER }, \
  [(code) + 2] = { Q (quantity), U (unit), (exponent) + 2, 0, EN13757_TYPE_NUMBER }

/* Codes 00 (hours, minutes, seconds) and 01 (day, month, year) do not say how the digits are to be read: their
 * bytes are kept, as those of reserved codes are. */
static const En13757Vif UNITS[UNIT_MASK + 1] = {
  THREE (0x02, ENERGY, WH, 0),
  THREE (0x05, ENERGY, WH, 3),
  THREE (0x08, ENERGY, WH, 6),
  THREE (0x0B, ENERGY, J, 3),
  THREE (0x0E, ENERGY, J, 6),
  THREE (0x11, ENERGY, J, 9),
  THREE (0x14, POWER, W, 0),
  THREE (0x17, POWER, W, 3),
  THREE (0x1A, POWER, W, 6),
  THREE (0x1D, POWER, J_PER_H, 3),
  THREE (0x20, POWER, J_PER_H, 6),
  THREE (0x23, POWER, J_PER_H, 9),
  THREE (0x26, VOLUME, M3, -6),
  THREE (0x29, VOLUME, M3, -3),
  THREE (0x2C, VOLUME, M3, 0),
  THREE (0x2F, VOLUME_FLOW, M3_PER_H, -6),
  THREE (0x32, VOLUME_FLOW, M3_PER_H, -3),
  THREE (0x35, VOLUME_FLOW, M3_PER_H, 0),
  [0x38] = { Q (TEMPERATURE), U (CEL), -3, 0, EN13757_TYPE_NUMBER },
  [0x39] = { Q (HEAT_COST_ALLOCATION), U (HCA), 0, 0, EN13757_TYPE_NUMBER },
  [0x3F] = { Q (DIMENSIONLESS), U (NONE), 0, 0, EN13757_TYPE_NUMBER },
};
/* clang-format on */

/* Media of the four bits as those of the variable data structure; A to E are the same media in mode 2. */
static const guint8 MEDIA[16] = {
  [0x0] = 0x00, [0x1] = 0x01, [0x2] = 0x02, [0x3] = 0x03, [0x4] = 0x04, [0x5] = 0x05,
  [0x6] = 0x06, [0x7] = 0x07, [0x8] = 0x08, [0x9] = 0x0F, [0xA] = 0x03, [0xB] = 0x04,
  [0xC] = 0x06, [0xD] = 0x07, [0xE] = 0x08, [0xF] = 0x0F,
};

static void
set_counter (AmselRecord *record, guint64 bits, gboolean binary, const En13757Vif *unit)
{
  En13757Vib vib = { .exponent = unit->exponent };
  gint64 number;

  record->quantity = unit->quantity;
  record->unit = unit->unit;
  if (unit->quantity == AMSEL_QUANTITY_UNKNOWN)
    record->kind = AMSEL_VALUE_BYTES;
  else if (binary)
    en13757_set_number (record, (AmselInt128) bits, &vib);
  else if (en13757_bcd_to_number (bits, DIGITS, &number))
    en13757_set_number (record, number, &vib);
  else
    record->reason = AMSEL_REASON_ERROR_DIGITS;
}

static void
add_counter (AmselTelegram *telegram, const guint8 *data, gsize offset, guint index)
{
  AmselRecord *record = amsel_telegram_add_record (telegram);
  guint8 status = data[STATUS_OFFSET];
  guint8 unit = data[UNITS_OFFSET + index] & UNIT_MASK;
  guint8 other_unit = data[UNITS_OFFSET + 1 - index] & UNIT_MASK;
  const guint8 *counter = data + COUNTERS_OFFSET + COUNTER_LENGTH * index;
  guint64 bits = 0;

  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->data_offset = (guint32) (offset + COUNTERS_OFFSET + COUNTER_LENGTH * index);
  record->dif_offset = record->data_offset;
  record->data_length = COUNTER_LENGTH;
  for (guint i = COUNTER_LENGTH; i > 0; i--)
    bits = bits << 8 | counter[i - 1];
  if (status & STATUS_FIXED_DATE)
    record->modifiers[record->n_modifiers++] = MODIFIER_FIXED_DATE;
  if (unit == UNIT_HISTORIC)
    {
      record->modifiers[record->n_modifiers++] = MODIFIER_HISTORIC;
      unit = other_unit;
    }
  set_counter (record, bits, status & STATUS_BINARY, &UNITS[unit]);
}

/**
 * en13757_decode_fixed: (skip)
 * @telegram: gets its header and two records
 * @mutable: (nullable): the telegram's payload, where it is in mode 2 and has to be turned
 * @offset: where the fixed data structure begins in the payload: behind the CI field
 * @end: where the telegram ends
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Returns: whether it is complete
 */
gboolean
en13757_decode_fixed (AmselTelegram *telegram, guint8 *mutable, gsize offset, gsize end, GError **error)
{
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);
  AmselCursor cursor;
  const guint8 *data;
  gsize length;

  amsel_cursor_init (&cursor, amsel_telegram_get_payload (telegram, &length), end);
  cursor.position = offset;
  if (!amsel_cursor_bytes (&cursor, FIXED_LENGTH, &data))
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_SHORT_FIXED_DATA,
                   "the fixed data structure at offset %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT
                   " bytes instead of %d",
                   offset, amsel_cursor_left (&cursor), FIXED_LENGTH);
      return FALSE;
    }
  if (mutable != NULL)
    {
      en13757_reverse (mutable + offset, IDENTIFICATION_LENGTH);
      for (guint i = 0; i < COUNTERS; i++)
        en13757_reverse (mutable + offset + COUNTERS_OFFSET + COUNTER_LENGTH * i, COUNTER_LENGTH);
    }
  header->identity.id = (guint32) (data[0] | data[1] << 8 | data[2] << 16) | (guint32) data[3] << 24;
  header->identity.medium = MEDIA[data[UNITS_OFFSET] >> 6 | (data[UNITS_OFFSET + 1] >> 6) << 2];
  header->access_number = data[4];
  header->status = data[STATUS_OFFSET];
  for (guint i = 0; i < COUNTERS; i++)
    add_counter (telegram, data, offset, i);
  return TRUE;
}
