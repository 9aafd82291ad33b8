/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Water modules NA-1 of Apator: sixteen bytes encrypted as in security mode 5, with a key that is all zero
 * unless the owner had another one set, behind a CI field of the maker's own.
 *
 *   link layer  11 access number  12 flags of the telegram  13 sixteen bytes:
 *   decrypted   0  2F: the key fits
 *               1  bits 0-3 and 8-31 volume, bits 4-5 its power of ten
 *               5  seconds since 2000
 *               9  hours since an earlier volume (14 bits in 9 and the top of 10)
 *               10 what was used since then (2 low bits here, 24 above them in 11 to 13)
 *               14 flags now  15 flags then
 *
 * One byte is a weak check of a key, so the time and what was used are checked, too. */
#include <nettle/aes.h>

#include "driver-layout.h"

#define CI_FIRST         0xA0
#define CI_LAST          0xA1
#define HEADER_LENGTH    2 /* access number and flags */
#define BLOCK_LENGTH     16
#define DECRYPTED_MARK   0x2F
#define SECONDS_PER_HOUR 3600
#define FIRST_YEAR       2015 /* the module is not older */
#define LAST_YEAR        2060

static const DriverMatch MATCHES[] = { { DRIVER_MANUFACTURER ('A', 'P', 'A'), 0x14, 0x07 }, { 0 } };

static const DriverLayoutFlag TELEGRAM_FLAGS[] = {
  { 0x01, "SUMMER_TIME" },         { 0x02, "HISTORICAL_INDICATION" }, { 0x04, "MAX_SPEED_EXCEEDED" },
  { 0x08, "DEVICE_ACCESS_ERROR" }, { 0x10, "TWO_WAY_COM_BLOCK" },     { 0x20, "INSTALL_FRAME" },
  { 0x40, "WRONG_TEMPERATURE" },   { 0x80, "SERVICE_EVENT" },         { 0 },
};

static const DriverLayoutFlag METER_FLAGS[] = {
  { 0x80, "MINIMUM_FLOW" },          { 0x40, "MAXIMUM_FLOW" }, { 0x20, "REVERSE_FLOW" },
  { 0x10, "MEASUREMENT_UNCHANGED" }, { 0x08, "LEAK" },         { 0x04, "DEVICE_DISCONNECTED" },
  { 0x02, "MAGNETIC_FIELD" },        { 0x01, "BATTERY_LOW" },  { 0 },
};

#define JULIAN_2000 730120 /* what GDate counts up to 2000-01-01 */

static guint32
read_bits (const guint8 *bytes, gsize length)
{
  guint32 bits = 0;

  for (gsize i = length; i > 0; i--)
    bits = bits << 8 | bytes[i - 1];
  return bits;
}

static AmselDate
to_date (guint64 seconds)
{
  GDate day;

  g_date_clear (&day, 1);
  g_date_set_julian (&day, (guint32) (JULIAN_2000 + seconds / 86400));
  return (AmselDate){
    .year = g_date_get_year (&day),
    .month = (guint8) g_date_get_month (&day),
    .day = g_date_get_day (&day),
    .hour = (guint8) (seconds / SECONDS_PER_HOUR % 24),
    .minute = (guint8) (seconds / 60 % 60),
    .parts = AMSEL_DATE_DAY | AMSEL_DATE_MINUTE,
  };
}

static gint64
get_total (const guint8 *plain)
{
  guint32 bits = read_bits (plain + 1, 4);

  return (gint64) (bits >> 8) * 16 + (bits & 0x0F);
}

static gint64
get_used (const guint8 *plain)
{
  return (gint64) read_bits (plain + 11, 3) * 4 + (plain[10] & 0x03);
}

static guint
get_hours (const guint8 *plain)
{
  return plain[9] + 256u * (plain[10] >> 2);
}

static gboolean
is_plausible (const guint8 *plain)
{
  guint32 seconds = read_bits (plain + 5, 4);
  AmselDate now = to_date (seconds);

  return plain[0] == DECRYPTED_MARK && now.year >= FIRST_YEAR && now.year <= LAST_YEAR
         && get_used (plain) <= get_total (plain) && get_hours (plain) <= seconds / SECONDS_PER_HOUR;
}

/* Decrypts the only block: AES-128 in mode CBC, whose start is the address and the access number repeated. */
static gboolean
decrypt (const DriverContext *context, const guint8 *key, guint8 plain[BLOCK_LENGTH])
{
  const guint8 *address = context->link + 2;
  struct aes128_ctx aes;

  aes128_set_decrypt_key (&aes, key);
  aes128_decrypt (&aes, BLOCK_LENGTH, plain, context->payload + HEADER_LENGTH);
  for (gsize i = 0; i < BLOCK_LENGTH; i++)
    plain[i] ^= i < 8 ? address[i] : context->payload[0];
  return is_plausible (plain);
}

static void
add_volume (DriverContext *context, const gchar *name, gint64 units, const guint8 *plain, AmselFieldRole role)
{
  AmselField *field = driver_add_decimal (context, name, units, (plain[1] >> 4 & 0x03) - 3);

  field->role = (guint8) role;
  field->quantity = AMSEL_QUANTITY_VOLUME;
}

static void
add_reading (DriverContext *context, const guint8 *plain)
{
  guint64 seconds = read_bits (plain + 5, 4);
  AmselDate now = to_date (seconds);
  AmselDate then = to_date (seconds - (guint64) get_hours (plain) * SECONDS_PER_HOUR);

  driver_note (context, context->payload, 1, "access number");
  driver_note (context, context->payload + HEADER_LENGTH, BLOCK_LENGTH, "total_m3 and all below, encrypted");
  add_volume (context, "total_m3", get_total (plain), plain, AMSEL_FIELD_COUNTER);
  add_volume (context, "historic_m3", get_total (plain) - get_used (plain), plain, AMSEL_FIELD_STORED);
  driver_add_date (context, "historic_datetime", &then)->role = AMSEL_FIELD_INFO;
  driver_add_decimal (context, "historic_age_h", get_hours (plain), 0)->role = AMSEL_FIELD_INFO;
  driver_add_date (context, "meter_datetime", &now)->role = AMSEL_FIELD_INFO;
  driver_layout_add_flags (context, "current_status", plain[14], METER_FLAGS, "OK");
  driver_layout_add_flags (context, "historic_status", plain[15], METER_FLAGS, "OK");
}

static DriverResult
decode (DriverContext *context)
{
  static const guint8 FACTORY_KEY[DRIVER_KEY_LENGTH] = { 0 };
  guint8 plain[BLOCK_LENGTH];

  if (context->ci < CI_FIRST || context->ci > CI_LAST || context->link_length < 10)
    return DRIVER_RESULT_NOT_MINE;
  if (context->payload_length < HEADER_LENGTH + BLOCK_LENGTH)
    driver_add_null (context, "total_m3", AMSEL_REASON_TRUNCATED);
  else if ((context->key != NULL && decrypt (context, context->key, plain))
           || decrypt (context, FACTORY_KEY, plain))
    add_reading (context, plain);
  else
    driver_add_null (context, "total_m3",
                     context->key != NULL ? AMSEL_REASON_WRONG_KEY : AMSEL_REASON_NO_KEY);
  if (context->payload_length >= HEADER_LENGTH)
    {
      driver_note (context, context->payload + 1, 1, "frame_status");
      driver_layout_add_flags (context, "frame_status", context->payload[1], TELEGRAM_FLAGS, "OK");
    }
  return DRIVER_RESULT_CONSUMED;
}

const DriverCode driver_apatorna1 = {
  .name = "apatorna1",
  .title = "Apator water module NA-1",
  .matches = MATCHES,
  .decode = decode,
};
