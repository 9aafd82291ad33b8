/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SCRAM-SHA-256: the example of RFC 7677, hashes of passwords, and messages that are refused. */
#include "smartcom-scram.h"

#include <string.h>

#define CLIENT_NONCE "rOprNGfwEbeRWgbNEkqO"
#define SERVER_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define FIRST        "n,,n=user,r=" CLIENT_NONCE
#define CHALLENGE    "r=" CLIENT_NONCE SERVER_NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define PROOF        "c=biws,r=" CLIENT_NONCE SERVER_NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SIGNATURE    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

/* The verifier of the example's password. */
static void
make_verifier (SmartcomVerifier *out)
{
  g_autofree guchar *salt = NULL;
  gsize length;

  salt = g_base64_decode ("W22ZaJ0SNY7soEsUEjb6gQ==", &length);
  g_assert_cmpuint (length, ==, SMARTCOM_SALT_BYTES);
  smartcom_verifier_derive ("pencil", salt, 4096, out);
}

/* RFC 7677, section 3. */
static void
test_example (void)
{
  SmartcomScram client = { 0 }, server = { 0 };
  g_autoptr (GError) error = NULL;
  SmartcomVerifier verifier;
  g_autofree gchar *first = smartcom_scram_begin (&client, "user", CLIENT_NONCE);
  g_autofree gchar *challenge = NULL;
  g_autofree gchar *proof = NULL;
  g_autofree gchar *signature = NULL;

  g_assert_cmpstr (first, ==, FIRST);
  g_assert_true (smartcom_scram_receive (&server, first, &error));
  g_assert_cmpstr (server.user, ==, "user");
  make_verifier (&verifier);
  challenge = smartcom_scram_challenge (&server, &verifier, SERVER_NONCE);
  g_assert_cmpstr (challenge, ==, CHALLENGE);
  proof = smartcom_scram_prove (&client, challenge, "pencil", &error);
  g_assert_cmpstr (proof, ==, PROOF);
  signature = smartcom_scram_check_client (&server, proof, &error);
  g_assert_cmpstr (signature, ==, SIGNATURE);
  g_assert_true (smartcom_scram_check_server (&client, signature, &error));
  g_assert_no_error (error);
  smartcom_scram_clear (&client);
  smartcom_scram_clear (&server);
}

static void
test_wrong_password (void)
{
  SmartcomScram client = { 0 }, server = { 0 };
  g_autoptr (GError) error = NULL;
  SmartcomVerifier verifier;
  g_autofree gchar *first = smartcom_scram_begin (&client, "user", CLIENT_NONCE);
  g_autofree gchar *challenge = NULL;
  g_autofree gchar *proof = NULL;

  make_verifier (&verifier);
  g_assert_true (smartcom_scram_receive (&server, first, NULL));
  challenge = smartcom_scram_challenge (&server, &verifier, SERVER_NONCE);
  proof = smartcom_scram_prove (&client, challenge, "pencils", &error);
  g_assert_no_error (error);
  g_assert_null (smartcom_scram_check_client (&server, proof, &error));
  g_assert_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_PASSWORD);
  /* nor does the terminal trust a server that does not know it */
  g_clear_error (&error);
  g_assert_false (smartcom_scram_check_server (&client, SIGNATURE, &error));
  g_assert_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_IMPOSTOR);
  smartcom_scram_clear (&client);
  smartcom_scram_clear (&server);
}

static void
test_verifier_text (void)
{
  static const gchar *const bad[] = {
    "",
    "SCRAM-SHA-256$",
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
    "SCRAM-SHA-256$0:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
    "SCRAM-SHA-256$4096:W22Z$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
    "SCRAM-SHA-1$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
  };
  SmartcomVerifier verifier, again;
  g_autofree gchar *text = NULL;
  g_autofree gchar *other = NULL;

  smartcom_verifier_make ("1234", &verifier);
  text = smartcom_verifier_to_string (&verifier);
  g_assert_true (smartcom_verifier_parse (text, &again, NULL));
  g_assert_cmpmem (verifier.stored_key, SMARTCOM_HASH_BYTES, again.stored_key, SMARTCOM_HASH_BYTES);
  g_assert_cmpmem (verifier.server_key, SMARTCOM_HASH_BYTES, again.server_key, SMARTCOM_HASH_BYTES);
  g_assert_cmpmem (verifier.salt, SMARTCOM_SALT_BYTES, again.salt, SMARTCOM_SALT_BYTES);
  /* one password has another hash each time */
  smartcom_verifier_make ("1234", &again);
  other = smartcom_verifier_to_string (&again);
  g_assert_cmpstr (text, !=, other);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (smartcom_verifier_parse (bad[i], &again, &error));
      g_assert_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SETTINGS);
    }
}

/* What a server that is none may say. */
static void
test_bad_challenges (void)
{
  static const gchar *const bad[] = {
    "",
    "r=",
    "r=" CLIENT_NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",                     /* no nonce of its own */
    "r=other" SERVER_NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",                /* another login's */
    "r=" CLIENT_NONCE SERVER_NONCE ",s=,i=4096",                                /* no salt */
    "r=" CLIENT_NONCE SERVER_NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",           /* too cheap */
    "r=" CLIENT_NONCE SERVER_NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000",  /* too dear */
    "r=" CLIENT_NONCE SERVER_NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,m=more", /* unknown extension */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      SmartcomScram client = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree gchar *first = smartcom_scram_begin (&client, "user", CLIENT_NONCE);

      g_assert_null (smartcom_scram_prove (&client, bad[i], "pencil", &error));
      g_assert_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SYNTAX);
      smartcom_scram_clear (&client);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smartcom/scram/example", test_example);
  g_test_add_func ("/smartcom/scram/wrong-password", test_wrong_password);
  g_test_add_func ("/smartcom/scram/verifier-text", test_verifier_text);
  g_test_add_func ("/smartcom/scram/bad-challenges", test_bad_challenges);
  return g_test_run ();
}
