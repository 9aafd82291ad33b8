/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The FTP exporter. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

#define FTP_TYPE_EXPORTER (ftp_exporter_get_type ())
G_DECLARE_FINAL_TYPE (FtpExporter, ftp_exporter, FTP, EXPORTER, AmselExporter)

G_END_DECLS
