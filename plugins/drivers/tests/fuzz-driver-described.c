/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as the records of a meter that one of the shipped driver files is for: the first byte chooses the
 * file, the second one is the status byte, the rest are records. */
#include "driver-fuzz-check.h"
#include "driver-library.h"
#include "en13757.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define RECORDS_OFFSET 2
#define CI_SHORT       0x7A

static const DriverDescribed *
choose (guint number)
{
  static const gchar *const FOLDERS[] = { DRIVER_FILES, NULL };
  static DriverLibrary *library = NULL;

  if (library == NULL)
    library = driver_library_new (FOLDERS, NULL);
  if (library->drivers->len == 0 || library->problems->len > 0)
    g_error ("the files in %s cannot be read", DRIVER_FILES);
  return g_ptr_array_index (library->drivers, number % library->drivers->len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, size, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 4);
  DriverContext context = { .telegram = telegram };

  if (size < RECORDS_OFFSET)
    return 0;
  amsel_telegram_edit_header (telegram)->ci = CI_SHORT;
  amsel_telegram_edit_header (telegram)->status = data[1];
  en13757_decode_records (telegram, RECORDS_OFFSET, size, NULL);
  driver_described_apply (choose (data[0]), &context);
  driver_fuzz_check (telegram);
  return 0;
}
