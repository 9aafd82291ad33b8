/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The block behind the records of GWF water meters (DIF 0F).
 *
 *   0 01: of this layout  1 alarms  2 bit 0 saving power, bits 3-7 half years of battery left */
#include "driver-layout.h"

#define LAYOUT 0x01

static const DriverMatch MATCHES[] = { { DRIVER_MANUFACTURER ('G', 'W', 'F'), 0x01, 0x0E },
                                       { DRIVER_MANUFACTURER ('G', 'W', 'F'), 0x3C, 0x07 },
                                       { 0 } };

static const DriverLayoutFlag ALARMS[] = {
  { 0x02, "CONTINUOUS_FLOW" }, { 0x08, "BROKEN_PIPE" }, { 0x20, "BATTERY_LOW" }, { 0x40, "BACKFLOW" }, { 0 },
};

static gboolean
read_block (DriverContext *context)
{
  const guint8 *block;
  gsize length;
  AmselField *field;

  if (!driver_layout_find_block (context, &block, &length) || length < 3)
    return FALSE;
  if (block[0] != LAYOUT)
    {
      driver_add_null (context, "battery_y", AMSEL_REASON_UNKNOWN_FORMAT);
      return TRUE;
    }
  driver_note (context, block, 1, "which layout");
  driver_note (context, block + 1, 1, "alarms");
  driver_note (context, block + 2, 1, "power_mode");
  driver_note (context, block + 2, 1, "battery_y");
  driver_layout_add_flags (context, "alarms", block[1], ALARMS, "OK");
  driver_add_text (context, "power_mode", (block[2] & 0x01) != 0 ? "SAVING" : "NORMAL")->role =
      AMSEL_FIELD_INFO;
  field = driver_add_decimal (context, "battery_y", (block[2] >> 3) * 5, -1);
  field->role = AMSEL_FIELD_INFO;
  field->quantity = AMSEL_QUANTITY_REMAINING_BATTERY_LIFE;
  return TRUE;
}

const DriverCode driver_gwfwater = {
  .name = "gwfwater",
  .title = "GWF water meters",
  .matches = MATCHES,
  .records = read_block,
};
