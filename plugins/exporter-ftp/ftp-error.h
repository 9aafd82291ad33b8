/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can go wrong on the way to a file server. */
#pragma once

#include <amsel.h>

/* Domain "ftp". Each fault has a code of its own, so that it is told once and anew when it changes. */
typedef enum
{
  FTP_ERROR_NONE,
  FTP_ERROR_UNSUPPORTED, /* libcurl was built without this protocol */
  FTP_ERROR_UNREACHABLE, /* no connection comes about */
  FTP_ERROR_LOST,        /* the connection broke */
  FTP_ERROR_TIMEOUT,     /* the server does not go on */
  FTP_ERROR_LOGIN,       /* user or password are refused */
  FTP_ERROR_CERTIFICATE, /* the server is not who it should be */
  FTP_ERROR_ENCRYPTION,  /* no encrypted connection comes about */
  FTP_ERROR_FULL,        /* the server's disk or quota is full */
  FTP_ERROR_REFUSED,     /* the server does not do what it is asked */
  FTP_ERROR_SIZE,        /* what has arrived is not what was sent */
  FTP_ERROR_FILE,        /* a waiting document cannot be read */
} FtpError;

#define FTP_TYPE_ERROR (ftp_error_get_type ())
GType ftp_error_get_type (void);
#define FTP_ERROR (ftp_error_quark ())
GQuark ftp_error_quark (void);
