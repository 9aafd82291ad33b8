/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conversations with modems and terminals: what they say, and what becomes of it. */
#include <string.h>

#include "at-chat.h"

/* Plays what a modem says; what is sent comes out separated by "|", then how it ended. */
static gchar *
play (const gchar *password, const gchar *said, gsize step)
{
  const gchar *const commands[] = { "ATE0", "ATX4", NULL };
  AtChat chat = { .commands = commands, .dial = "ATD2", .login = "Admin", .password = password };
  GString *out = g_string_new (NULL);
  gsize length = strlen (said);
  AtChatStatus status = at_chat_begin (&chat);

  if (status == AT_CHAT_SEND)
    g_string_append_printf (out, "%s|", at_chat_get_text (&chat));
  for (gsize at = 0; at < length;)
    {
      g_autoptr (GError) error = NULL;
      gsize used = 0;

      status = at_chat_take (&chat, (const guint8 *) said + at, MIN (step, length - at), &used, &error);
      at += used;
      if (status == AT_CHAT_SEND)
        g_string_append_printf (out, "%s|", at_chat_get_text (&chat));
      else if (status == AT_CHAT_CONNECTED)
        {
          g_string_append_printf (out, "connected|%s", said + at);
          break;
        }
      else if (status == AT_CHAT_FAILED)
        {
          g_string_append (out, amsel_error_get_name (error->domain, error->code));
          break;
        }
    }
  return g_string_free (out, FALSE);
}

static void
test_chats (void)
{
  const struct
  {
    const gchar *password;
    const gchar *said;
    const gchar *story;
  } cases[] = {
    { NULL, "ATE0\r\r\nOK\r\n\r\nOK\r\n\r\nCONNECT\r\ndata", "ATE0|ATX4|ATD2|connected|data" },
    { NULL, "\r\nOK\r\n\r\nOK\r\n\r\nCONNECT 9600/V34\r\n", "ATE0|ATX4|ATD2|connected|" },
    { NULL, "\r\nRING\r\n\r\nOK\r\n", "ATE0|ATX4|" },
    { NULL, "\r\nERROR\r\n", "ATE0|refused" },
    { NULL, "\r\nOK\r\n\r\nOK\r\n\r\nBUSY\r\n", "ATE0|ATX4|ATD2|busy" },
    { NULL, "\r\nOK\r\n\r\nOK\r\n\r\nNO CARRIER\r\n", "ATE0|ATX4|ATD2|no-carrier" },
    { NULL, "\r\nOK\r\n\r\nOK\r\n\r\nNO ANSWER\r\n", "ATE0|ATX4|ATD2|no-answer" },
    { NULL, "\r\nOK\r\n\r\nOK\r\n\r\nNO DIALTONE\r\n", "ATE0|ATX4|ATD2|no-carrier" },
    { NULL, "\r\nOK\r\n\r\nOK\r\n\r\nOK\r\n", "ATE0|ATX4|ATD2|" }, /* OK to a dialling is no connection */
    { "2n", "\r\nHello\r\nLogin:\r\nAdmin\r\r\nPassword:\r\n\r\nOK\r\n\r\nOK\r\n", "Admin|2n|ATE0|ATX4|" },
    { "2n", "\r\nLogin:\r\n\r\nPassword:\r\n\r\nERROR\r\n", "Admin|2n|refused" },
    { "2n", "\r\nBUSY\r\n", "busy" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step < 100; step += 98)
      {
        g_autofree gchar *story = play (cases[i].password, cases[i].said, step);

        g_test_message ("case %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT " bytes at a time", i, step);
        g_assert_cmpstr (story, ==, cases[i].story);
      }
}

static void
test_lost (void)
{
  const struct
  {
    const gchar *data;
    gboolean lost;
  } cases[] = {
    { "\r\nNO CARRIER\r\n", TRUE },   { "\x68\x16\r\n\r\nNO CARRIER\r\n", TRUE },
    { "\r\r\nNO CARRIER\r\n", TRUE }, { "\r\nNO CARRIER", FALSE },
    { "NO CARRIER\r\n", FALSE },      { "\r\nNO CARRIAGE\r\n", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint at = 0;
      gboolean lost = FALSE;

      for (const gchar *p = cases[i].data; *p != '\0' && !lost; p++)
        lost = at_chat_is_lost (&at, (const guint8 *) p, 1);
      g_assert_cmpint (lost, ==, cases[i].lost);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/at-chat/chats", test_chats);
  g_test_add_func ("/at-chat/lost", test_lost);
  return g_test_run ();
}
