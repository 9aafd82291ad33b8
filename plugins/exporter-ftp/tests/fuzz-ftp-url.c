/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as the address of a server: it is refused, or the address to go on with has no password in it and
 * the folder has nothing that would end a command. */
#include <amsel.h>
#include <string.h>

#include "ftp-url.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FtpUrl) url = ftp_url_new (text, &error);

  g_assert_true ((url == NULL) == (error != NULL));
  if (url == NULL)
    return 0;
  g_assert_true (g_str_has_suffix (url->base, "/"));
  g_assert_true (g_str_has_prefix (url->base, url->root));
  g_assert_null (strchr (url->root, '@'));
  for (const gchar *p = url->folder; *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p) || *p == '"');
  return 0;
}
