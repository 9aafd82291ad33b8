/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Techem water radios MK radio 3a: a register and the water of twenty-four half months.
 *
 *   2 today (date)  4 register (24 bits, 0.1 m3)
 *   8 twelve times three bytes: two halves of a month, the newest first, and a byte that is not understood
 *
 * The first of the twenty-four is the half month that runs: the first half of this month up to the 15th, and
 * from the 16th on the second, which comes behind the first. */
#include "driver-layout.h"

#define FIRST_HALF_DAYS 15
#define MONTHS          12
#define HISTORY_OFFSET  8
#define HISTORY_STEP    3
#define PAYLOAD_LENGTH  (HISTORY_OFFSET + MONTHS * HISTORY_STEP)

static const DriverMatch MATCHES[] = { { DRIVER_MANUFACTURER ('T', 'C', 'H'), 0x50, 0x72 },
                                       { DRIVER_MANUFACTURER ('T', 'C', 'H'), 0x50, 0x62 },
                                       { 0 } };

static const DriverLayoutRow ROWS[] = {
  { .name = "total_m3",
    .offset = 4,
    .length = 3,
    .exponent = -1,
    .role = AMSEL_FIELD_COUNTER,
    .quantity = AMSEL_QUANTITY_VOLUME },
  { .name = "target_date", .offset = 2, .length = 2, .type = DRIVER_LAYOUT_DAY_YMD },
};

/* What was used in each month, the last time that it was. */
static const gchar *const MONTH_NAMES[MONTHS] = {
  "last_jan_m3", "last_feb_m3", "last_mar_m3", "last_apr_m3", "last_may_m3", "last_jun_m3",
  "last_jul_m3", "last_aug_m3", "last_sep_m3", "last_oct_m3", "last_nov_m3", "last_dec_m3",
};

static void
add_volume (DriverContext *context, const gchar *name, guint tenths)
{
  AmselField *field = driver_add_decimal (context, name, tenths, -1);

  field->role = AMSEL_FIELD_STORED;
  field->quantity = AMSEL_QUANTITY_VOLUME;
}

/* The water of the month so many months ago: its halves are neighbours, but where the first half of this
 * month runs, the halves of all earlier months lie one place further on. */
static guint
get_month (const guint8 *payload, guint months_ago, gboolean is_first_half)
{
  const guint8 *pair = payload + HISTORY_OFFSET + months_ago * HISTORY_STEP;

  if (!is_first_half)
    return pair[0] + pair[1];
  return months_ago == 0 ? pair[0] : pair[0] + pair[1 - HISTORY_STEP];
}

static DriverResult
decode (DriverContext *context)
{
  const guint8 *payload = context->payload;
  AmselDate today;

  if (context->ci < 0xA0 || context->ci > 0xA2)
    return DRIVER_RESULT_NOT_MINE;
  if (context->payload_length < PAYLOAD_LENGTH)
    {
      driver_layout_add_null (context, &ROWS[0], AMSEL_REASON_TRUNCATED);
      return DRIVER_RESULT_CONSUMED;
    }
  today = driver_layout_day_ymd ((guint16) (payload[2] | payload[3] << 8));
  if (!amsel_date_is_valid (&today))
    {
      driver_layout_add_null (context, &ROWS[0], AMSEL_REASON_UNKNOWN_FORMAT);
      return DRIVER_RESULT_CONSUMED;
    }
  driver_layout_read (context, payload, context->payload_length, ROWS, G_N_ELEMENTS (ROWS));
  add_volume (context, "target_m3", get_month (payload, 0, today.day <= FIRST_HALF_DAYS));
  for (guint ago = 0; ago < MONTHS; ago++)
    driver_note (context, payload + HISTORY_OFFSET + ago * HISTORY_STEP, 2, "two half months");
  for (guint ago = 0; ago < MONTHS; ago++)
    add_volume (context, MONTH_NAMES[(today.month - 1u + MONTHS - ago) % MONTHS],
                get_month (payload, ago, today.day <= FIRST_HALF_DAYS));
  return DRIVER_RESULT_CONSUMED;
}

const DriverCode driver_mkradio3a = {
  .name = "mkradio3a",
  .title = "Techem water radios MK radio 3a",
  .matches = MATCHES,
  .decode = decode,
};
