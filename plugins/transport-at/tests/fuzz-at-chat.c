/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Anything as the answers of a modem: the chat always progresses, and fails only with a reason. */
#include "at-chat.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const gchar *const commands[] = { "ATE0", "ATV1", NULL };
  gboolean login = size > 0 && (data[0] & 1) != 0;
  AtChat chat = { .commands = commands, .dial = "ATD2", .login = "Admin", .password = login ? "2n" : NULL };
  guint lost_at = 0;
  gsize at = 0;

  at_chat_begin (&chat);
  while (at < size)
    {
      g_autoptr (GError) error = NULL;
      gsize used = 0;
      AtChatStatus status = at_chat_take (&chat, data + at, size - at, &used, &error);

      g_assert_cmpuint (used, >, 0);
      g_assert_cmpuint (used, <=, size - at);
      g_assert_true ((status == AT_CHAT_FAILED) == (error != NULL));
      at += used;
      if (status == AT_CHAT_SEND)
        g_assert_nonnull (at_chat_get_text (&chat));
      if (status == AT_CHAT_FAILED || status == AT_CHAT_CONNECTED)
        break;
    }
  at_chat_is_lost (&lost_at, data, size);
  return 0;
}
