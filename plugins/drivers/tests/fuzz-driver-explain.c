/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a telegram that is explained: every byte stands in just one line, in its order. The driver
 * file that is begun from it loads. */
#include "driver-described.h"
#include "driver-draft.h"
#include "driver-fuzz-check.h"
#include "en13757.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define CI_OFFSET 10

static void
check_draft (const AmselTelegram *telegram, const guint8 *data, gsize size)
{
  g_autofree gchar *digits = amsel_hex_encode (data, size);
  g_autofree gchar *draft = driver_draft_new (telegram, digits, NULL);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (DriverDescribed) driver =
      driver_described_parse ("draft.yaml", draft, strlen (draft), &problems);

  if (driver == NULL)
    {
      g_autofree gchar *text = amsel_problem_to_string (g_ptr_array_index (problems, 0));

      g_error ("%s\nof the draft\n%s", text, draft);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AmselFrame) frame = amsel_frame_new (data, size, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 4);
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);
  gsize begin = 0;

  if (size > CI_OFFSET)
    {
      header->identity =
          (AmselIdentity){ 0, (guint16) (data[2] | data[3] << 8), data[8], data[9], AMSEL_ADDRESS_NONE };
      header->ci = data[CI_OFFSET];
      begin = MIN (size, CI_OFFSET + 1 + en13757_header_length (data[CI_OFFSET]));
    }
  en13757_decode_records (telegram, begin, size, NULL);
  driver_fuzz_check_explanation (telegram);
  if (size > 0)
    check_draft (telegram, data, size);
  return 0;
}
