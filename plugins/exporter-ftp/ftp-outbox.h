/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of complete documents on their way to a server. */
#pragma once

#include "ftp-session.h"

gboolean ftp_outbox_has_any (const gchar *folder, const gchar *suffix);
gboolean ftp_outbox_has_log (const gchar *folder, const gchar *suffix, GHashTable *sent);
gboolean ftp_outbox_send_logs (const gchar *folder, const gchar *suffix, GHashTable *sent,
                               FtpSession *session, GError **error);
gboolean ftp_outbox_send (const gchar *folder, const gchar *suffix, FtpSession *session, GError **error);
