/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Water radios of Diehl, Sappel and Hydrometer that send PRIOS: Izar RC 868, Izar R4, Aerius water modules.
 *
 *   link layer  10 CI (A0 to A7)
 *               11 bits 0-3 period of sending: 2^(n+2) s; bit 7 any alarm
 *               12 bits 0-4 half years of battery left; bits 5-7 alarms
 *               13 alarms
 *               14 VIF of the volumes (EN 13757-3 table 10), without which nothing below has a meaning
 *   hidden      0  4B when the key fits
 *               1  volume (32 bits), 5 volume of the storage date (32), 9 storage date (type G)
 *
 * One byte is a weak check of a key, so the date, the order of the volumes and their size are checked too. */
#include "driver-diehl-scramble.h"
#include "driver-layout.h"

#define SCRAMBLE_CHECK  0x4B
#define HIDDEN_TOTAL    5  /* bytes up to the volume */
#define HIDDEN_STORED   11 /* and up to the storage date, behind which nothing is understood */
#define VIF_LITRES      0x13
#define DIGITS_MAX      99999999 /* registers of these meters have eight digits */
#define SERIAL_PER_YEAR 1000000

static const DriverMatch MATCHES[] = {
  { DRIVER_MANUFACTURER ('D', 'M', 'E'), DRIVER_ANY, DRIVER_ANY },
  { DRIVER_MANUFACTURER ('H', 'Y', 'D'), DRIVER_ANY, DRIVER_ANY },
  { DRIVER_MANUFACTURER ('S', 'A', 'P'), DRIVER_ANY, DRIVER_ANY },
  { DRIVER_MANUFACTURER ('S', 'P', 'L'), DRIVER_ANY, DRIVER_ANY },
  { 0 },
};

/* Offsets in what was hidden. */
static const DriverLayoutRow VOLUMES[] = {
  { .name = "total_m3",
    .offset = 1,
    .length = 4,
    .highest = DIGITS_MAX,
    .exponent = -3,
    .role = AMSEL_FIELD_COUNTER,
    .quantity = AMSEL_QUANTITY_VOLUME },
  { .name = "target_m3",
    .offset = 5,
    .length = 4,
    .highest = DIGITS_MAX,
    .exponent = -3,
    .role = AMSEL_FIELD_STORED,
    .quantity = AMSEL_QUANTITY_VOLUME },
};

#define TARGET_DATE_OFFSET 9

/* Bits of the bytes 11, 12 and 13, the last one lowest. */
static const DriverLayoutFlag ALARMS[] = {
  { 0x008000, "LEAKAGE" },
  { 0x004000, "PREV_LEAKAGE" },
  { 0x002000, "METER_BLOCKED" },
  { 0x000080, "BACK_FLOW" },
  { 0x000040, "UNDERFLOW" },
  { 0x000020, "OVERFLOW" },
  { 0x000010, "SUBMARINE" },
  { 0x000008, "SENSOR_FRAUD" },
  { 0x000004, "PREV_SENSOR_FRAUD" },
  { 0x000002, "MECHANICAL_FRAUD" },
  { 0x000001, "PREV_MECHANICAL_FRAUD" },
  { 0x800000, "GENERAL_ALARM" },
  { 0 },
};

#define ALARM_BITS 0x80E0FF

/* What was hidden makes sense only with the right key; its first byte has been looked at. */
static gboolean
is_plausible (const guint8 *hidden, gsize length)
{
  gint64 total, stored;
  AmselDate date;

  if (driver_layout_get (&VOLUMES[0], hidden, length, &total) != AMSEL_REASON_NONE)
    return FALSE;
  if (length < HIDDEN_STORED)
    return TRUE;
  date = driver_layout_day_g ((guint16) (hidden[TARGET_DATE_OFFSET] | hidden[TARGET_DATE_OFFSET + 1] << 8));
  return driver_layout_get (&VOLUMES[1], hidden, length, &stored) == AMSEL_REASON_NONE
         && amsel_date_is_valid (&date);
}

static gboolean
find_key (const DriverContext *context, guint8 *hidden, gsize length)
{
  guint32 key;

  for (guint index = 0; diehl_scramble_key (context->key, index, &key); index++)
    {
      diehl_descramble (context->link, DIEHL_SCRAMBLE_OFFSET + 1, key, hidden);
      if (hidden[0] != SCRAMBLE_CHECK)
        continue;
      diehl_descramble (context->link, DIEHL_SCRAMBLE_OFFSET + length, key, hidden);
      if (is_plausible (hidden, length))
        return TRUE;
    }
  return FALSE;
}

static void
add_volumes (DriverContext *context, const guint8 *hidden, gsize length)
{
  gsize n_volumes = length >= HIDDEN_STORED ? 2 : 1;
  const guint8 *link = context->link + DIEHL_SCRAMBLE_OFFSET;

  driver_note (context, link - 1, 1, "unit of the volumes");
  driver_note (context, link, 1, "check, hidden");
  driver_note (context, link + VOLUMES[0].offset, 4, "total_m3, hidden");
  if (n_volumes == 2)
    {
      driver_note (context, link + VOLUMES[1].offset, 4, "target_m3, hidden");
      driver_note (context, link + TARGET_DATE_OFFSET, 2, "target_date, hidden");
    }
  if (context->link[DIEHL_SCRAMBLE_OFFSET - 1] != VIF_LITRES)
    driver_layout_add_nulls (context, VOLUMES, n_volumes, AMSEL_REASON_DOUBTFUL);
  else
    driver_layout_read (context, hidden, length, VOLUMES, n_volumes);
  if (n_volumes == 2)
    {
      AmselDate date =
          driver_layout_day_g ((guint16) (hidden[TARGET_DATE_OFFSET] | hidden[TARGET_DATE_OFFSET + 1] << 8));

      driver_layout_add_day (context, "target_date", &date);
    }
}

static void
add_header (DriverContext *context)
{
  const guint8 *link = context->link;
  guint32 alarms = (guint32) link[11] << 16 | (guint32) link[12] << 8 | link[13];
  AmselField *field;

  driver_note (context, link + 11, 1, "transmit_period_s");
  driver_note (context, link + 12, 1, "battery_y");
  driver_note (context, link + 12, 2, "status");
  field = driver_add_decimal (context, "battery_y", (link[12] & 0x1F) * 5, -1);
  field->role = AMSEL_FIELD_INFO;
  field->quantity = AMSEL_QUANTITY_REMAINING_BATTERY_LIFE;
  field = driver_add_decimal (context, "transmit_period_s", (gint64) 4 << (link[11] & 0x0F), 0);
  field->role = AMSEL_FIELD_INFO;
  field->quantity = AMSEL_QUANTITY_TRANSMISSION_PERIOD;
  driver_layout_add_flags (context, "status", alarms & ALARM_BITS, ALARMS, "OK");
}

/* Sappel packs what is printed on the meter into the 38 bits of its address: three letters, year and number.
 */
static void
add_printed_number (DriverContext *context)
{
  const guint8 *link = context->link;
  guint32 number =
      ((guint32) link[7] & 0x03) << 24 | (guint32) link[6] << 16 | (guint32) link[5] << 8 | link[4];
  guint year = number / SERIAL_PER_YEAR;
  const gchar letters[] = { (gchar) ('@' + ((link[9] & 0x0F) << 1 | link[8] >> 7)),
                            (gchar) ('@' + ((link[8] & 0x7C) >> 2)),
                            (gchar) ('@' + ((link[8] & 0x03) << 3 | link[7] >> 5)) };
  gchar text[16];

  g_snprintf (text, sizeof text, "%c%02u%c%c", letters[0], year, letters[1], letters[2]);
  driver_add_text (context, "prefix", text)->role = AMSEL_FIELD_INFO;
  g_snprintf (text, sizeof text, "%06u", number % SERIAL_PER_YEAR);
  driver_add_text (context, "serial_number", text)->role = AMSEL_FIELD_INFO;
  g_snprintf (text, sizeof text, "%u", year + (year > 70 ? 1900 : 2000));
  driver_add_text (context, "manufacture_y", text)->role = AMSEL_FIELD_INFO;
}

static DriverResult
decode (DriverContext *context)
{
  DiehlFrame frame = diehl_frame_get (context->link, context->link_length);
  guint8 hidden[HIDDEN_STORED];
  gsize length;

  if (frame != DIEHL_FRAME_PRIOS && frame != DIEHL_FRAME_SAP_PRIOS)
    return DRIVER_RESULT_NOT_MINE;
  length = MIN (context->link_length - DIEHL_SCRAMBLE_OFFSET, HIDDEN_STORED);
  if (length < HIDDEN_TOTAL)
    driver_layout_add_nulls (context, VOLUMES, 1, AMSEL_REASON_TRUNCATED);
  else if (!find_key (context, hidden, length))
    driver_layout_add_nulls (context, VOLUMES, 1, AMSEL_REASON_WRONG_KEY);
  else
    add_volumes (context, hidden, length);
  add_header (context);
  if (frame == DIEHL_FRAME_SAP_PRIOS)
    add_printed_number (context);
  return DRIVER_RESULT_CONSUMED;
}

const DriverCode driver_izar = {
  .name = "izar",
  .title = "Diehl, Sappel and Hydrometer water radios (PRIOS)",
  .matches = MATCHES,
  .decode = decode,
};
