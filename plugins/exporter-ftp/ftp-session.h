/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection to a file server, and the few things that are done with it. All of them block until they are
 * done, until the time-outs end them, or until the cancellable does. */
#pragma once

#include <gio/gio.h>

#include "ftp-url.h"

typedef struct
{
  gchar *url;      /* (owned) */
  gchar *user;     /* (owned) (nullable): instead of the one in the address */
  gchar *password; /* (owned) (nullable): likewise */
  gboolean explicit_tls;
  gboolean verify;
  gchar *ca_file;     /* (owned) (nullable) */
  gchar *known_hosts; /* (owned) (nullable): of SFTP */
  gchar *key_file;    /* (owned) (nullable): of SFTP */
  gint64 connect_timeout_us;
  gint64 timeout_us; /* without any progress */
} FtpSettings;

/* What the server has under a name, compared with a length. */
typedef enum
{
  FTP_THERE_NONE,
  FTP_THERE_NOTHING,
  FTP_THERE_SAME,
  FTP_THERE_OTHER,
} FtpThere;

typedef struct _FtpSession FtpSession;

FtpSession *ftp_session_new (const FtpSettings *settings, GCancellable *cancellable, GError **error);
void ftp_session_free (FtpSession *self);
const gchar *ftp_session_get_base (const FtpSession *self);
gboolean ftp_session_tells_sizes (const FtpSession *self);
gboolean ftp_session_look (FtpSession *self, const gchar *name, guint64 length, FtpThere *out,
                           GError **error);
gboolean ftp_session_send (FtpSession *self, const gchar *name, gint fd, guint64 length, gboolean resume,
                           GError **error);
gboolean ftp_session_rename (FtpSession *self, const gchar *from, const gchar *to, gboolean replace,
                             GError **error);
gboolean ftp_session_make_folders (FtpSession *self, const gchar *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FtpSession, ftp_session_free)
