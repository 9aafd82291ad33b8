/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The login between two sides without a network: it succeeds byte by byte, and says why it does not. */
#include "smartcom-login.h"

#include <string.h>

#define SERIAL "50-0663-0027"

/* Gives the bytes of one side to the other, one at a time. */
static SmartcomLoginStatus
pass (GString *from, SmartcomLogin *to, GString *reply, GError **error)
{
  SmartcomLoginStatus status = SMARTCOM_LOGIN_MORE;
  gsize used;

  for (gsize i = 0; i < from->len && status == SMARTCOM_LOGIN_MORE; i++)
    {
      status = smartcom_login_feed (to, (const guint8 *) from->str + i, 1, &used, reply, error);
      g_assert_cmpuint (used, ==, 1);
    }
  g_string_truncate (from, 0);
  return status;
}

static SmartcomLoginStatus
log_in (const gchar *password, const gchar *known, GError **error)
{
  g_autoptr (GString) up = g_string_new (NULL);
  g_autoptr (GString) down = g_string_new (NULL);
  g_autoptr (SmartcomLogin) client = smartcom_login_new_client (SERIAL, password, "clientnonce", up);
  g_autoptr (SmartcomLogin) server = smartcom_login_new_server ("servernonce");
  SmartcomVerifier verifier;
  SmartcomLoginStatus status;

  g_assert_cmpint (pass (up, server, down, error), ==, SMARTCOM_LOGIN_WANTED);
  g_assert_cmpstr (smartcom_login_get_serial (server), ==, SERIAL);
  smartcom_verifier_make (known, &verifier);
  smartcom_login_answer (server, &verifier, down);
  g_assert_cmpint (pass (down, client, up, error), ==, SMARTCOM_LOGIN_MORE);
  g_assert_null (strstr (up->str, password));
  status = pass (up, server, down, error);
  if (status == SMARTCOM_LOGIN_DONE)
    status = pass (down, client, up, error);
  return status;
}

static void
test_good (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (log_in ("1234", "1234", &error), ==, SMARTCOM_LOGIN_DONE);
  g_assert_no_error (error);
}

static void
test_wrong_password (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (log_in ("1234", "4321", &error), ==, SMARTCOM_LOGIN_FAILED);
  g_assert_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_PASSWORD);
}

static void
test_refused (void)
{
  g_autoptr (GString) up = g_string_new (NULL);
  g_autoptr (GString) down = g_string_new (NULL);
  g_autoptr (SmartcomLogin) client = smartcom_login_new_client (SERIAL, "1234", "clientnonce", up);
  g_autoptr (GError) error = NULL;

  smartcom_login_refuse (down, "this terminal has to encrypt");
  g_assert_cmpint (pass (down, client, up, &error), ==, SMARTCOM_LOGIN_FAILED);
  g_assert_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "this terminal has to encrypt"));
}

/* What stands in the same packet as the last line is left for the session. */
static void
test_rest (void)
{
  g_autoptr (GString) up = g_string_new (NULL);
  g_autoptr (GString) down = g_string_new (NULL);
  g_autoptr (SmartcomLogin) client = smartcom_login_new_client (SERIAL, "1234", "clientnonce", up);
  g_autoptr (SmartcomLogin) server = smartcom_login_new_server ("servernonce");
  SmartcomVerifier verifier;
  gsize used;

  pass (up, server, down, NULL);
  smartcom_verifier_make ("1234", &verifier);
  smartcom_login_answer (server, &verifier, down);
  pass (down, client, up, NULL);
  pass (up, server, down, NULL);
  g_string_append (down, "AT\r");
  g_assert_cmpint (smartcom_login_feed (client, (const guint8 *) down->str, down->len, &used, up, NULL), ==,
                   SMARTCOM_LOGIN_DONE);
  g_assert_cmpstr (down->str + used, ==, "AT\r");
}

/* What strangers send to a server. */
static void
test_strangers (void)
{
  static const gchar *const bad[] = {
    "GET / HTTP/1.1\r\n",
    "AT^SCAMS?\r\n",
    "AMSEL-LINK 2 n,,n=50-0663-0027,r=clientnonce\n",
    "AMSEL-LINK 1 y,,n=50-0663-0027,r=clientnonce\n",
    "AMSEL-LINK 1 n,,n=50-0663-0027,r=short\n",
    "AMSEL-LINK 1 n,,n=,r=clientnonce\n",
    "AMSEL-LINK 1 n,,n=50/0663,r=clientnonce\n",
    "AMSEL-LINK 1 n,,n=50-0663-0027-50-0663-0027-50-0663-0027,r=clientnonce\n",
    "AMSEL-LINK 1 n,,n=50-0663-0027,r=clientnonce,x=y\n",
    "PROOF c=biws,r=x,p=y\n",
    "\x16\x03\x01\n",
    "\xFF\xFB\x01\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GString) reply = g_string_new (NULL);
      g_autoptr (SmartcomLogin) server = smartcom_login_new_server ("servernonce");
      g_autoptr (GError) error = NULL;
      gsize used;

      g_assert_cmpint (
          smartcom_login_feed (server, (const guint8 *) bad[i], strlen (bad[i]), &used, reply, &error), ==,
          SMARTCOM_LOGIN_FAILED);
      g_assert_nonnull (error);
    }
}

/* A line without end is no way to fill the memory. */
static void
test_endless (void)
{
  g_autofree gchar *line = g_strnfill (100000, 'A');
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (SmartcomLogin) server = smartcom_login_new_server ("servernonce");
  g_autoptr (GError) error = NULL;
  gsize used;

  g_assert_cmpint (smartcom_login_feed (server, (const guint8 *) line, 100000, &used, reply, &error), ==,
                   SMARTCOM_LOGIN_FAILED);
  g_assert_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SYNTAX);
  g_assert_cmpuint (used, <, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smartcom/login/good", test_good);
  g_test_add_func ("/smartcom/login/wrong-password", test_wrong_password);
  g_test_add_func ("/smartcom/login/refused", test_refused);
  g_test_add_func ("/smartcom/login/rest", test_rest);
  g_test_add_func ("/smartcom/login/strangers", test_strangers);
  g_test_add_func ("/smartcom/login/endless", test_endless);
  return g_test_run ();
}
