/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of the errors of the link. */
#include "smartcom-error.h"

AMSEL_DEFINE_SHARED_ENUM_TYPE (SmartcomLinkError, smartcom_link_error,
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_NONE, "none"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_SETTINGS, "settings"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_OPEN, "open"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_LOST, "lost"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_SYNTAX, "syntax"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_TIMEOUT, "timeout"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_REFUSED, "refused"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_PASSWORD, "password"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_IMPOSTOR, "impostor"),
                               G_DEFINE_ENUM_VALUE (SMARTCOM_LINK_ERROR_TLS, "tls"))

AMSEL_DEFINE_ERROR_DOMAIN (smartcom_link_error_quark, "smartcom-link", SMARTCOM_TYPE_LINK_ERROR)
