/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin offers. */
#include <amsel.h>

#include "ftp-exporter.h"

AMSEL_PLUGIN_DEFINE (exporter_ftp, "1.0",
                     { "ftp", "Sends files to a server by FTP, FTPS or SFTP: CSV, JSON lines, value reports",
                       ftp_exporter_get_type })
