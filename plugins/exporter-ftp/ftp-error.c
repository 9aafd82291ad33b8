/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of what can go wrong on the way to a file server. */
#include "ftp-error.h"

AMSEL_DEFINE_SHARED_ENUM_TYPE (
    FtpError, ftp_error, G_DEFINE_ENUM_VALUE (FTP_ERROR_NONE, "none"),
    G_DEFINE_ENUM_VALUE (FTP_ERROR_UNSUPPORTED, "unsupported"),
    G_DEFINE_ENUM_VALUE (FTP_ERROR_UNREACHABLE, "unreachable"), G_DEFINE_ENUM_VALUE (FTP_ERROR_LOST, "lost"),
    G_DEFINE_ENUM_VALUE (FTP_ERROR_TIMEOUT, "timeout"), G_DEFINE_ENUM_VALUE (FTP_ERROR_LOGIN, "login"),
    G_DEFINE_ENUM_VALUE (FTP_ERROR_CERTIFICATE, "certificate"),
    G_DEFINE_ENUM_VALUE (FTP_ERROR_ENCRYPTION, "encryption"), G_DEFINE_ENUM_VALUE (FTP_ERROR_FULL, "full"),
    G_DEFINE_ENUM_VALUE (FTP_ERROR_REFUSED, "refused"), G_DEFINE_ENUM_VALUE (FTP_ERROR_SIZE, "size"),
    G_DEFINE_ENUM_VALUE (FTP_ERROR_FILE, "file"))

AMSEL_DEFINE_ERROR_DOMAIN (ftp_error_quark, "ftp", FTP_TYPE_ERROR)
