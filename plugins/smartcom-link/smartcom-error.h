/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can go wrong between a terminal and its server. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Domain "smartcom-link". */
typedef enum
{
  SMARTCOM_LINK_ERROR_NONE,
  SMARTCOM_LINK_ERROR_SETTINGS, /* a serial number, password hash or key is not written correctly */
  SMARTCOM_LINK_ERROR_OPEN,     /* the far end cannot be reached */
  SMARTCOM_LINK_ERROR_LOST,     /* the connection ended */
  SMARTCOM_LINK_ERROR_SYNTAX,   /* what came is no message of this login */
  SMARTCOM_LINK_ERROR_TIMEOUT,  /* the login did not come to an end in time */
  SMARTCOM_LINK_ERROR_REFUSED,  /* the server said no, and why */
  SMARTCOM_LINK_ERROR_PASSWORD, /* the terminal does not know its password */
  SMARTCOM_LINK_ERROR_IMPOSTOR, /* the server does not know the password of the terminal */
  SMARTCOM_LINK_ERROR_TLS,      /* the encryption failed: another key, or none */
} SmartcomLinkError;

#define SMARTCOM_TYPE_LINK_ERROR (smartcom_link_error_get_type ())
GType smartcom_link_error_get_type (void) G_GNUC_CONST;
#define SMARTCOM_LINK_ERROR (smartcom_link_error_quark ())
GQuark smartcom_link_error_quark (void);

G_END_DECLS
