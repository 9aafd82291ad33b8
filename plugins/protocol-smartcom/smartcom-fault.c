/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of what terminals do wrong. */
#include "smartcom-fault.h"

AMSEL_DEFINE_SHARED_ENUM_TYPE (SmartcomError, smartcom_error,
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_NONE, "none"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_SETTINGS, "settings"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_REFUSED, "refused"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_MALFORMED, "malformed"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_TOO_LONG, "too-long"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_UNASKED, "unasked"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_TIMEOUT, "timeout"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_COUNT, "count"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_SEQUENCE, "sequence"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_FOREIGN, "foreign"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_UNKNOWN_PROTOCOL, "unknown-protocol"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_OFFLINE, "offline"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_UNKNOWN_TERMINAL, "unknown-terminal"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_ERROR_NOT_STORED, "not-stored"))

AMSEL_DEFINE_ERROR_DOMAIN (smartcom_error_quark, "smartcom", SMARTCOM_TYPE_ERROR)
