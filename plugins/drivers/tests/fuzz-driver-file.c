/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as a driver file: refused with a place, or a driver that survives a telegram with records of every
 * kind and gives UTF-8. */
#include "driver-described.h"
#include "en13757.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const guint8 RECORDS[] = {
  0x04, 0x13, 0xD2, 0x07, 0x00, 0x00, 0x44, 0x13, 0x00, 0x00, 0x00, 0x80, 0x42, 0x6C, 0xDF, 0x1C, 0x05,
  0x2E, 0x00, 0x00, 0xC0, 0x3F, 0x0D, 0xFD, 0x0C, 0x03, 'A',  0xFF, 'C',  0x02, 0xFD, 0x17, 0x03, 0x01,
  0x84, 0x90, 0x10, 0xFF, 0x80, 0x84, 0x3B, 0x36, 0x2A, 0x0C, 0x00, 0x07, 0x0E, 0xFF, 0xFF, 0xFF, 0xFF,
  0xFF, 0xFF, 0xFF, 0x7F, 0x0F, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A,
};

static void
use (const DriverDescribed *driver)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (RECORDS, sizeof RECORDS, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 8);
  DriverContext context = { .telegram = telegram };
  g_autofree gchar *json = NULL;

  g_assert_true (en13757_decode_records (telegram, 0, sizeof RECORDS, NULL));
  amsel_telegram_edit_header (telegram)->status = 0xFD;
  driver_described_apply (driver, &context);
  json = amsel_telegram_to_json (telegram, "wmbus");
  g_assert_true (g_utf8_validate (json, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (DriverDescribed) driver =
      driver_described_parse ("fuzz.yaml", (const gchar *) data, size, &problems);

  if (driver == NULL)
    {
      g_assert_cmpuint (problems->len, >, 0);
      return 0;
    }
  use (driver);
  return 0;
}
