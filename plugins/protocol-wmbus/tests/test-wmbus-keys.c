/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of many meters: which one counts, and the file that they come from. */
#include <glib/gstdio.h>
#include <string.h>

#include "wmbus-encoder.h"
#include "wmbus-telegram.h"

/* keys by address, by wildcard and for all; the closest one counts */
static void
test_keys (void)
{
  g_autoptr (En13757Keys) keys = en13757_keys_new ();
  const AmselIdentity meter = wmbus_encode_identity ("AMS", 0x12345678, 0x33, 7);
  const AmselIdentity sibling = wmbus_encode_identity ("AMS", 0x12349999, 0x33, 7);
  const AmselIdentity stranger = wmbus_encode_identity ("SEN", 0x00000001, 0, 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (en13757_keys_add (keys, "1234FFFF", "00000000000000000000000000000001", &error));
  g_assert_true (en13757_keys_add (keys, "12345678.SEN", "00000000000000000000000000000002", &error));
  g_assert_true (en13757_keys_add (keys, "12345678.AMS.33.07", "00000000000000000000000000000003", &error));
  g_assert_no_error (error);
  g_assert_null (en13757_keys_find (keys, &stranger));
  g_assert_true (en13757_keys_add (keys, "*", " 0000000000000000 ", &error));
  g_assert_true (en13757_keys_find (keys, &meter) != en13757_keys_find (keys, &sibling));
  g_assert_true (en13757_key_is_aes (en13757_keys_find (keys, &meter)));
  g_assert_true (en13757_key_is_aes (en13757_keys_find (keys, &sibling)));
  g_assert_false (en13757_key_is_aes (en13757_keys_find (keys, &stranger)));
  g_assert_false (en13757_keys_add (keys, "1234567", "00000000000000000000000000000001", &error));
  g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (en13757_keys_add (keys, "12345678", "5ECRE7", &error));
  g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
  g_assert_null (strstr (error->message, "5ECRE7"));
}

#define DIGITS "000102030405060708090A0B0C0D0E0F"
#define BAD(text, expected)                                                                                  \
  {                                                                                                          \
    text, sizeof (text) - 1, expected                                                                        \
  }

static void
test_key_file (void)
{
  static const struct
  {
    const gchar *text;
    gsize length;
    const gchar *expected;
  } bad[] = {
    BAD ("12345678;00\n", "line 1: a key has"),
    BAD ("\n" DIGITS ";12345678\n", "line 2: character 1 of the address"),
    BAD ("12345678," DIGITS "\n", "line 1: expected the address"),
    BAD ("11111111;" DIGITS "\n11111111;" DIGITS "\n11111111;11111111111111111111111111111111\n",
         "line 3: another key stands above"),
    BAD ("# text\n\0\n22222222;" DIGITS "\n", "zero bytes"),
  };
  g_autofree gchar *path = g_build_filename (g_get_tmp_dir (), "amsel-test-keys-XXXXXX", NULL);
  g_autoptr (En13757Keys) keys = en13757_keys_new ();
  g_autoptr (GError) error = NULL;
  gint fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path,
                                      "\xEF\xBB\xBF# keys\n\n12345678;" DIGITS " # a meter\r\n"
                                      "87654321.SEN ; " DIGITS "\n",
                                      -1, NULL));
  g_assert_true (en13757_keys_load (keys, path, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (en13757_keys_get_size (keys), ==, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_true (g_file_set_contents (path, bad[i].text, (gssize) bad[i].length, NULL));
      g_assert_false (en13757_keys_load (keys, path, &error));
      g_assert_nonnull (strstr (error->message, bad[i].expected));
      g_assert_null (strstr (error->message, "00010203"));
      g_clear_error (&error);
    }
  g_remove (path);
  g_assert_false (en13757_keys_load (keys, path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wmbus/keys/keys", test_keys);
  g_test_add_func ("/wmbus/keys/file", test_key_file);
  return g_test_run ();
}
