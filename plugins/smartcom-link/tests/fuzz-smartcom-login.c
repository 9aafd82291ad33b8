/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both sides of the login on any bytes: they use at least one and at most what there is, come to an end, and
 * say why. The first byte chooses the side. */
#include "smartcom-login.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A verifier costs milliseconds: one is enough. */
static const SmartcomVerifier *
get_verifier (void)
{
  static const gchar *const text =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcX"
      "kuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
  static SmartcomVerifier verifier;

  if (verifier.iterations == 0)
    g_assert_true (smartcom_verifier_parse (text, &verifier, NULL));
  return &verifier;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (SmartcomLogin) login = NULL;
  SmartcomLoginStatus status = SMARTCOM_LOGIN_MORE;
  gsize at = 1;

  if (size == 0)
    return 0;
  login = (data[0] & 1) != 0 ? smartcom_login_new_server ("servernonce")
                             : smartcom_login_new_client ("50-0663-0027", "1234", "clientnonce", reply);
  while (at < size && (status == SMARTCOM_LOGIN_MORE || status == SMARTCOM_LOGIN_WANTED))
    {
      g_autoptr (GError) error = NULL;
      gsize used = 0;

      if (status == SMARTCOM_LOGIN_WANTED)
        smartcom_login_answer (login, get_verifier (), reply);
      status = smartcom_login_feed (login, data + at, size - at, &used, reply, &error);
      g_assert_cmpuint (used, >, 0);
      g_assert_cmpuint (used, <=, size - at);
      g_assert_true ((status == SMARTCOM_LOGIN_FAILED) == (error != NULL));
      at += used;
    }
  g_assert_cmpuint (reply->len, <, 4096);
  return 0;
}
