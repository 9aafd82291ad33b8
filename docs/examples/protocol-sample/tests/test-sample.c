/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The protocol against tables: no port, no waiting. */
#include "sample-protocol.h"

#include <string.h>

static void
test_decode (void)
{
  const struct
  {
    const gchar *line;
    const gchar *expected; /* NULL: refused */
  } vectors[] = {
    { "2002\n", "2.002" }, { "0\n", "0.000" }, { "\n", NULL },
    { "12x\n", NULL },     { "-1\n", NULL },   { "99999999999999999999\n", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AmselProtocol) protocol = g_object_new (SAMPLE_TYPE_PROTOCOL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselFrame) frame =
          amsel_protocol_adopt (protocol, (const guint8 *) vectors[i].line, strlen (vectors[i].line), &error);
      g_autoptr (AmselTelegram) telegram = NULL;
      g_autofree gchar *text = NULL;

      g_test_message ("%s", vectors[i].line);
      g_assert_no_error (error);
      telegram = amsel_protocol_decode (protocol, frame, NULL, &error);
      if (telegram != NULL)
        text = amsel_telegram_get_value_text (telegram, 0);
      g_assert_cmpstr (text, ==, vectors[i].expected);
      g_assert_cmpint (error == NULL, ==, vectors[i].expected != NULL);
    }
}

static void
test_frames (void)
{
  g_autoptr (AmselProtocol) protocol = g_object_new (SAMPLE_TYPE_PROTOCOL, NULL);
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  guint8 noise[100];
  gsize used = 0;

  g_assert_cmpint (amsel_protocol_find_frame (protocol, (const guint8 *) "12", 2, 0, &used, &frame, NULL), ==,
                   AMSEL_FRAME_STATUS_MORE);
  g_assert_cmpint (amsel_protocol_find_frame (protocol, (const guint8 *) "12\n3", 4, 0, &used, &frame, NULL),
                   ==, AMSEL_FRAME_STATUS_COMPLETE);
  g_assert_cmpuint (used, ==, 3);
  memset (noise, 'x', sizeof noise);
  g_clear_pointer (&frame, amsel_frame_unref);
  g_assert_cmpint (amsel_protocol_find_frame (protocol, noise, sizeof noise, 0, &used, &frame, &error), ==,
                   AMSEL_FRAME_STATUS_DAMAGED);
  g_assert_error (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_DAMAGED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/decode", test_decode);
  g_test_add_func ("/sample/frames", test_frames);
  return g_test_run ();
}
