/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address of a folder on a file server.
 *
 * User and password that stand in it are taken out at once, so that nothing that is logged contains them. The
 * messages here do not show the text either. */
#include "ftp-url.h"

#include <curl/curl.h>
#include <string.h>

#include "amsel-error.h"

static gboolean
invalid (GError **error, const gchar *what)
{
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "url: %s; expected something like ftp://server/folder, ftps://server or sftp://server/folder",
               what);
  return FALSE;
}

/* A part of the address, or NULL where it has none. */
static gchar *
get_part (CURLU *parsed, CURLUPart part, guint flags)
{
  gchar *text = NULL, *copy;

  if (curl_url_get (parsed, part, &text, flags) != CURLUE_OK)
    return NULL;
  copy = g_strdup (text);
  curl_free (text);
  return copy;
}

static gboolean
parse_scheme (FtpUrl *self, CURLU *parsed, GError **error)
{
  static const gchar *const names[] = { "", "ftp", "ftps", "sftp" };
  g_autofree gchar *scheme = get_part (parsed, CURLUPART_SCHEME, 0);

  for (guint i = FTP_SCHEME_FTP; scheme != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (scheme, names[i]))
      self->scheme = (FtpScheme) i;
  return self->scheme != FTP_SCHEME_NONE || invalid (error, "begins with neither ftp, ftps nor sftp");
}

/* What a command calls the folder: for FTP what follows the first slash, where %2F leads to the root; for
 * SFTP with it, where ~ is where the login leads. */
static gboolean
parse_folder (FtpUrl *self, CURLU *parsed, GError **error)
{
  g_autofree gchar *path = get_part (parsed, CURLUPART_PATH, CURLU_URLDECODE);
  const gchar *folder = path;

  if (path == NULL || !g_utf8_validate (path, -1, NULL))
    return invalid (error, "has a folder that is not text");
  for (const gchar *p = path; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || *p == '"' || *p == '\\')
      return invalid (error, "has a control character, a quote or a backslash in its folder");
  if (self->scheme != FTP_SCHEME_SFTP)
    folder += *folder == '/';
  else if (g_str_has_prefix (folder, "/~/"))
    folder += 3;
  self->folder = g_strconcat (folder, *folder != '\0' && !g_str_has_suffix (folder, "/") ? "/" : "", NULL);
  return TRUE;
}

static gboolean
build (FtpUrl *self, CURLU *parsed, GError **error)
{
  g_autofree gchar *path = get_part (parsed, CURLUPART_PATH, 0);

  curl_url_set (parsed, CURLUPART_USER, NULL, 0);
  curl_url_set (parsed, CURLUPART_PASSWORD, NULL, 0);
  if (!g_str_has_suffix (path, "/"))
    {
      g_autofree gchar *longer = g_strconcat (path, "/", NULL);

      curl_url_set (parsed, CURLUPART_PATH, longer, 0);
    }
  self->base = get_part (parsed, CURLUPART_URL, 0);
  curl_url_set (parsed, CURLUPART_PATH, "/", 0);
  self->root = get_part (parsed, CURLUPART_URL, 0);
  return (self->base != NULL && self->root != NULL) || invalid (error, "cannot be understood");
}

/* Reads an address; the error is an AmselConfigError that names the setting. */
FtpUrl *
ftp_url_new (const gchar *text, GError **error)
{
  g_autoptr (FtpUrl) self = g_new0 (FtpUrl, 1);
  CURLU *parsed = curl_url ();
  gboolean good;

  if (text == NULL || strstr (text, "://") == NULL
      || curl_url_set (parsed, CURLUPART_URL, text, 0) != CURLUE_OK)
    good = invalid (error, "is no address");
  else
    {
      g_autofree gchar *query = get_part (parsed, CURLUPART_QUERY, 0);
      g_autofree gchar *fragment = get_part (parsed, CURLUPART_FRAGMENT, 0);
      g_autofree gchar *host = get_part (parsed, CURLUPART_HOST, 0);

      self->user = get_part (parsed, CURLUPART_USER, CURLU_URLDECODE);
      self->password = get_part (parsed, CURLUPART_PASSWORD, CURLU_URLDECODE);
      good = parse_scheme (self, parsed, error);
      if (good && (query != NULL || fragment != NULL))
        good = invalid (error, "has a ? or # in it");
      /* libcurl escapes such a host anew whenever it is asked for the address */
      if (good && host != NULL && strchr (host, '%') != NULL)
        good = invalid (error, "has a % in the name of its host");
      good = good && parse_folder (self, parsed, error) && build (self, parsed, error);
    }
  curl_url_cleanup (parsed);
  return good ? g_steal_pointer (&self) : NULL;
}

void
ftp_url_free (FtpUrl *self)
{
  g_free (self->base);
  g_free (self->root);
  g_free (self->folder);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

/* The address of a file in the folder. */
gchar *
ftp_url_get_file (const FtpUrl *self, const gchar *name)
{
  g_autofree gchar *escaped = g_uri_escape_string (name, "/", FALSE);

  return g_strconcat (self->base, escaped, NULL);
}
