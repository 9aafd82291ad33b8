/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a terminal can say that is not so. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Domain "smartcom". */
typedef enum
{
  SMARTCOM_ERROR_NONE,
  SMARTCOM_ERROR_SETTINGS,         /* a setting of a terminal cannot be used */
  SMARTCOM_ERROR_REFUSED,          /* the terminal answered ERROR */
  SMARTCOM_ERROR_MALFORMED,        /* a line is not what it says it is */
  SMARTCOM_ERROR_TOO_LONG,         /* a line, or an answer, does not come to an end */
  SMARTCOM_ERROR_UNASKED,          /* the terminal talks without being asked */
  SMARTCOM_ERROR_TIMEOUT,          /* no answer came in time */
  SMARTCOM_ERROR_COUNT,            /* more records came than were asked for, or other ones than it says */
  SMARTCOM_ERROR_SEQUENCE,         /* a sequence number stands twice, or goes back */
  SMARTCOM_ERROR_FOREIGN,          /* the terminal is another one, or its record is another's */
  SMARTCOM_ERROR_UNKNOWN_PROTOCOL, /* no plugin reads this protocol: the bytes are kept */
  SMARTCOM_ERROR_OFFLINE,          /* the terminal is not connected */
  SMARTCOM_ERROR_UNKNOWN_TERMINAL, /* there is none of that number */
  SMARTCOM_ERROR_NOT_STORED,       /* what was read could not be stored, and stays at the terminal */
} SmartcomError;

#define SMARTCOM_TYPE_ERROR (smartcom_error_get_type ())
GType smartcom_error_get_type (void) G_GNUC_CONST;
#define SMARTCOM_ERROR (smartcom_error_quark ())
GQuark smartcom_error_quark (void);

G_END_DECLS
