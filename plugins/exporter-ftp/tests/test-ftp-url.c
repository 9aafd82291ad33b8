/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of folders on servers: what libcurl is given, what commands call the folder, and that no password
 * is in either. */
#include <amsel.h>
#include <string.h>

#include "ftp-url.h"

static void
test_good (void)
{
  static const struct
  {
    const gchar *text;
    FtpScheme scheme;
    const gchar *base;
    const gchar *folder;
    const gchar *user;
    const gchar *password;
  } vectors[] = {
    { "ftp://server", FTP_SCHEME_FTP, "ftp://server/", "", NULL, NULL },
    { "ftp://server/", FTP_SCHEME_FTP, "ftp://server/", "", NULL, NULL },
    { "ftp://server/in/box", FTP_SCHEME_FTP, "ftp://server/in/box/", "in/box/", NULL, NULL },
    { "ftp://server:2121/in/", FTP_SCHEME_FTP, "ftp://server:2121/in/", "in/", NULL, NULL },
    { "ftp://server/%2Fsrv/in", FTP_SCHEME_FTP, "ftp://server/%2fsrv/in/", "/srv/in/", NULL, NULL },
    { "ftp://me:p%40ss@server/a%20b", FTP_SCHEME_FTP, "ftp://server/a%20b/", "a b/", "me", "p@ss" },
    { "ftps://me@[::1]:990/", FTP_SCHEME_FTPS, "ftps://[::1]:990/", "", "me", NULL },
    { "sftp://server/srv/in", FTP_SCHEME_SFTP, "sftp://server/srv/in/", "/srv/in/", NULL, NULL },
    { "sftp://server/~/in", FTP_SCHEME_SFTP, "sftp://server/~/in/", "in/", NULL, NULL },
    { "sftp://server", FTP_SCHEME_SFTP, "sftp://server/", "/", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FtpUrl) url = ftp_url_new (vectors[i].text, &error);
      g_autofree gchar *file = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (url->scheme, ==, vectors[i].scheme);
      g_assert_cmpstr (url->base, ==, vectors[i].base);
      g_assert_cmpstr (url->folder, ==, vectors[i].folder);
      g_assert_cmpstr (url->user, ==, vectors[i].user);
      g_assert_cmpstr (url->password, ==, vectors[i].password);
      file = ftp_url_get_file (url, "2016_06/ä b.csv");
      g_assert_true (g_str_has_prefix (file, vectors[i].base));
      g_assert_true (g_str_has_suffix (file, "/2016_06/%C3%A4%20b.csv"));
    }
}

static void
test_bad (void)
{
  static const gchar *const texts[] = {
    "",
    "server/in",
    "http://secret-user:secret-word@server/",
    "ftp://",
    "ftp://secret-user:secret-word@server:99999/",
    "ftp://secret-user:secret-word@server/a?b",
    "ftp://secret-user:secret-word@server/a#b",
    "ftp://secret-user:secret-word@server/a%0D%0ADELE%20b",
    "ftp://secret-user:secret-word@server/a%00b",
    "sftp://secret-user:secret-word@server/a%22b",
    "ftp://secret-user:secret-word@server/%FF",
    "ftp://secret-user:secret-word@serv%rz/in",
  };

  g_assert_null (ftp_url_new (NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ftp_url_new (texts[i], &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, "url: "));
      g_assert_null (strstr (error->message, "secret"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ftp-url/good", test_good);
  g_test_add_func ("/ftp-url/bad", test_bad);
  return g_test_run ();
}
