/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address of a folder on a file server. */
#pragma once

#include <glib.h>

typedef enum
{
  FTP_SCHEME_NONE,
  FTP_SCHEME_FTP,
  FTP_SCHEME_FTPS,
  FTP_SCHEME_SFTP,
} FtpScheme;

typedef struct
{
  FtpScheme scheme;
  gchar *base; /* (owned): scheme, host, port and folder, escaped, ending in '/'; without user and password */
  gchar *root; /* (owned): scheme, host, port and '/' */
  gchar *folder;   /* (owned): as commands name it: empty or ending in '/'; relative to where a login leads */
  gchar *user;     /* (owned) (nullable) */
  gchar *password; /* (owned) (nullable) */
} FtpUrl;

FtpUrl *ftp_url_new (const gchar *text, GError **error);
void ftp_url_free (FtpUrl *self);
gchar *ftp_url_get_file (const FtpUrl *self, const gchar *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtpUrl, ftp_url_free)
