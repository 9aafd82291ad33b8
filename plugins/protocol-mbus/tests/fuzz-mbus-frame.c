/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frame finder on any bytes: it always progresses, never uses more than there is, and what it calls a
 * frame can be parsed. */
#include "mbus-frame.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize at = 0;

  while (at < size)
    {
      g_autoptr (GError) error = NULL;
      gsize used = 0;
      MbusFrame frame;
      AmselFrameStatus status = mbus_frame_find (data + at, size - at, &used, &error);

      g_assert_cmpuint (used, <=, size - at);
      g_assert_true ((status == AMSEL_FRAME_STATUS_DAMAGED) == (error != NULL));
      if (status == AMSEL_FRAME_STATUS_MORE)
        {
          g_assert_cmpuint (size - at, <, MBUS_FRAME_MAX);
          break;
        }
      g_assert_cmpuint (used, >, 0);
      if (status == AMSEL_FRAME_STATUS_COMPLETE)
        g_assert_true (mbus_frame_parse (data + at, used, &frame, NULL));
      at += used;
    }
  return 0;
}
