/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a packed readout of the store: refused, or a readout that survives packing it again. */
#include "amsel-readout-pack.h"
#include "amsel.h"
#include "test-readout.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
use (const AmselReadout *readout)
{
  for (guint i = 0; i < amsel_readout_get_n_telegrams (readout); i++)
    {
      const AmselTelegram *telegram = amsel_readout_get_telegram (readout, i);

      for (guint k = 0; k < amsel_telegram_get_n_records (telegram); k++)
        g_free (amsel_telegram_get_value_text (telegram, k));
    }
}

/* two bytes: length of the frames, low byte first; the frames; the packed telegrams */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const AmselReadoutInfo info = { .meter = "5", .end_us = 1000 };
  gsize n_frames = size >= 2 ? MIN ((gsize) (data[0] | data[1] << 8), size - 2) : 0;
  gsize begin = size >= 2 ? 2 + n_frames : size;
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselReadout) readout = amsel_readout_unpack (&info, 1, data + begin, size - begin,
                                                           data + (size >= 2 ? 2 : size), n_frames, &error);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  g_autoptr (AmselReadout) again = NULL;

  if (readout == NULL)
    {
      g_assert_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED);
      return 0;
    }
  use (readout);
  g_assert_true (amsel_readout_pack (readout, packed, frames));
  again = amsel_readout_unpack (&info, 1, packed->data, packed->len, frames->data, frames->len, &error);
  g_assert_no_error (error);
  test_readout_assert_equal (readout, again);
  return 0;
}
