/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as a driver file: refused with a place, or a driver that makes sound fields of a telegram. What
 * follows a zero byte are the records of that telegram; without one it has records of every kind. */
#include <string.h>

#include "driver-described.h"
#include "driver-fuzz-check.h"
#include "en13757.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define CI_SHORT 0x7A

static const guint8 RECORDS[] = {
  0x04, 0x13, 0xD2, 0x07, 0x00, 0x00, 0x44, 0x13, 0x00, 0x00, 0x00, 0x80, 0x42, 0x6C, 0xDF, 0x1C, 0x05,
  0x2E, 0x00, 0x00, 0xC0, 0x3F, 0x0D, 0xFD, 0x0C, 0x03, 'A',  0xFF, 'C',  0x02, 0xFD, 0x17, 0x03, 0x01,
  0x84, 0x90, 0x10, 0xFF, 0x80, 0x84, 0x3B, 0x36, 0x2A, 0x0C, 0x00, 0x07, 0x0E, 0xFF, 0xFF, 0xFF, 0xFF,
  0xFF, 0xFF, 0xFF, 0x7F, 0x0F, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A,
};

static void
use (const DriverDescribed *driver, const guint8 *records, gsize length)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (records, length, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 8);
  DriverContext context = { .telegram = telegram };

  en13757_decode_records (telegram, 0, length, NULL);
  amsel_telegram_edit_header (telegram)->ci = CI_SHORT;
  amsel_telegram_edit_header (telegram)->status = 0xFD;
  driver_described_apply (driver, &context);
  driver_fuzz_check (telegram);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *zero = size > 0 ? memchr (data, 0, size) : NULL;
  gsize length = zero != NULL ? (gsize) (zero - data) : size;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (DriverDescribed) driver =
      driver_described_parse ("fuzz.yaml", (const gchar *) data, length, &problems);

  if (driver == NULL)
    {
      g_assert_cmpuint (problems->len, >, 0);
      return 0;
    }
  use (driver, RECORDS, sizeof RECORDS);
  if (zero != NULL)
    use (driver, zero + 1, size - length - 1);
  return 0;
}
