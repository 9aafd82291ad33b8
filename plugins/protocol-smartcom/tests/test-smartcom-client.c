/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of terminals, whole and in pieces, with every habit that terminals have. */
#include "smartcom-client.h"

#include <string.h>

typedef struct
{
  const gchar *name;
  const gchar *bytes;
  const gchar *expected; /* lines, each ended by “|”, and the end of the answer */
} Vector;

static const Vector VECTORS[] = {
  { "plain", "OK\r\n", "OK" },
  { "echo", "AT^SCAMS?\r\r\nOK\r\n", "OK" },
  { "echo-in-capitals", "at^scams?\r\n\r\nOK\r\n", "OK" },
  { "echo-without-feed", "AT^SCAMS?\rOK\r", "OK" },
  { "lines", "\r\n^SCAMS: \"ENABLE\",1\r\n\r\n^SCAMS: NO DEVICE\r\n\r\nOK\r\n",
    "^SCAMS: \"ENABLE\",1|^SCAMS: NO DEVICE|OK" },
  { "feeds-only", "^SCAMS: NO DEVICE\nOK\n", "^SCAMS: NO DEVICE|OK" },
  { "refused", "AT^SCAMS?\r\r\nERROR\r\n", "ERROR" },
  { "refused-with-number", "\r\n+CME ERROR: 3\r\n", "ERROR" },
  { "gone", "\r\nNO CARRIER\r\n", "ERROR" },
  { "a-quote-over-lines",
    "^SCDATA: \"AMS\",1,2,\"IEC62056-21\",1,0,\"x\",\"F.F(0)\r\nC.1.0(5)\r\n\r\n\"\r\nOK\r\n",
    "^SCDATA: \"AMS\",1,2,\"IEC62056-21\",1,0,\"x\",\"F.F(0)\nC.1.0(5)\n\n\"|OK" },
  { "ok-in-a-quote", "^X: \"a\r\nOK\r\nb\"\r\nOK\r\n", "^X: \"a\nOK\nb\"|OK" },
  { "command-as-a-line", "AT^SCAMS?\r\nAT^SCAMS?\r\nOK\r\n", "AT^SCAMS?|OK" },
  { "latin-1", "^X: \"\xE9\"\r\nOK\r\n", "^X: \"\xE9\"|OK" },
  { "binary", "^X\x01\r\nOK\r\n", "FAULT malformed" },
  { "zero", "^X: \"a", NULL },
};

/* Feeds bytes in pieces of so many; gives what came in the form of expected. */
static gchar *
feed (const gchar *bytes, gsize piece)
{
  GString *out = g_string_new (NULL);
  SmartcomClient client = { 0 };
  gsize length = strlen (bytes);
  SmartcomClientEvent event = SMARTCOM_CLIENT_MORE;

  smartcom_client_begin (&client, "AT^SCAMS?");
  for (gsize at = 0; at < length && (event == SMARTCOM_CLIENT_MORE || event == SMARTCOM_CLIENT_LINE);)
    {
      g_autoptr (GError) error = NULL;
      const gchar *line;
      gsize used;

      event = smartcom_client_feed (&client, (const guint8 *) bytes + at, MIN (piece, length - at), &used,
                                    &line, &error);
      at += used;
      if (event == SMARTCOM_CLIENT_LINE)
        g_string_append_printf (out, "%s|", line);
      else if (event == SMARTCOM_CLIENT_OK)
        g_string_append (out, "OK");
      else if (event == SMARTCOM_CLIENT_ERROR)
        g_string_append (out, "ERROR");
      else if (event == SMARTCOM_CLIENT_FAULT)
        g_string_append_printf (out, "FAULT %s", amsel_error_get_name (error->domain, error->code));
    }
  smartcom_client_clear (&client);
  return g_string_free (out, FALSE);
}

static void
test_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (VECTORS); i++)
    for (gsize piece = 1; piece < 100; piece = piece * 2 + 1)
      {
        g_autofree gchar *got = feed (VECTORS[i].bytes, piece);

        g_test_message ("%s, %" G_GSIZE_FORMAT " bytes at a time", VECTORS[i].name, piece);
        g_assert_cmpstr (got, ==, VECTORS[i].expected != NULL ? VECTORS[i].expected : "");
      }
}

static void
assert_too_long (const gchar *part, gsize limit)
{
  SmartcomClient client = { 0 };
  SmartcomClientEvent event = SMARTCOM_CLIENT_MORE;
  g_autoptr (GError) error = NULL;
  gsize n = 0;

  smartcom_client_begin (&client, "AT");
  while (n <= 2 * limit && event != SMARTCOM_CLIENT_FAULT)
    {
      const gchar *line;
      gsize used;

      event = smartcom_client_feed (&client, (const guint8 *) part, strlen (part), &used, &line, &error);
      n += used;
    }
  g_assert_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_TOO_LONG);
  g_assert_cmpuint (n, <=, limit + 2 * strlen (part));
  smartcom_client_clear (&client);
}

static void
test_endless (void)
{
  assert_too_long ("9999999999", SMARTCOM_LINE_MAX);
  assert_too_long ("+NOISE: 1\r\n", SMARTCOM_ANSWER_MAX);
  assert_too_long ("\r\n", SMARTCOM_ANSWER_MAX);
}

/* Between two commands little is taken, and nothing is kept. */
static void
test_unasked (void)
{
  SmartcomClient client = { 0 };
  g_autoptr (GError) error = NULL;
  const gchar *line;
  gsize used;

  g_assert_cmpint (smartcom_client_feed (&client, (const guint8 *) "\r\nRING\r\n", 8, &used, &line, &error),
                   ==, SMARTCOM_CLIENT_MORE);
  g_assert_cmpuint (used, ==, 8);
  smartcom_client_begin (&client, "AT");
  g_assert_cmpint (smartcom_client_feed (&client, (const guint8 *) "OK\r\n", 4, &used, &line, &error), ==,
                   SMARTCOM_CLIENT_OK);
  g_assert_false (smartcom_client_is_busy (&client));
  for (guint i = 0; i < SMARTCOM_UNASKED_MAX && error == NULL; i++)
    smartcom_client_feed (&client, (const guint8 *) "RI", 2, &used, &line, &error);
  g_assert_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_UNASKED);
  smartcom_client_clear (&client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smartcom/client/vectors", test_vectors);
  g_test_add_func ("/smartcom/client/endless", test_endless);
  g_test_add_func ("/smartcom/client/unasked", test_unasked);
  return g_test_run ();
}
