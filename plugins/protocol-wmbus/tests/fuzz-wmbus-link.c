/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a frame of unknown origin, as chips, as a line of a receiver: what is taken is a telegram with
 * the right L field, and what is refused has a reason. */
#include "wmbus-chips.h"
#include "wmbus-receiver.h"
#include "wmbus-telegram.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_frame (AmselFrame *frame, const GError *error)
{
  gsize length;
  const guint8 *data;

  g_assert_true ((frame == NULL) == (error != NULL));
  if (frame == NULL)
    return;
  data = amsel_frame_get_data (frame, &length);
  g_assert_cmpuint (length, >, WMBUS_CI_OFFSET);
  if (!wmbus_telegram_is_wired (data, length))
    g_assert_cmpuint (data[0] + 1u, ==, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) adopt_error = NULL;
  g_autoptr (GError) line_error = NULL;
  g_autofree gchar *line = g_strndup (size > 0 ? (const gchar *) data : "", size);
  g_autoptr (AmselFrame) adopted = wmbus_telegram_adopt (data, size, &adopt_error);
  g_autoptr (AmselFrame) read = wmbus_receiver_adopt_line (line, &line_error);
  guint8 bytes[WMBUS_FRAME_MAX];

  check_frame (adopted, adopt_error);
  check_frame (read, line_error);
  for (WmbusCode code = WMBUS_CODE_3_OF_6; code <= WMBUS_CODE_MANCHESTER; code++)
    {
      g_autoptr (GError) error = NULL;
      gsize n = 0;

      g_assert_true (wmbus_chips_decode (code, data, size, bytes, sizeof bytes, &n, &error)
                     == (error == NULL));
      g_assert_cmpuint (n, <=, sizeof bytes);
    }
  return 0;
}
