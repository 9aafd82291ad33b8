/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The login with which a link begins, on either side. Pure: bytes in, bytes out.
 *
 *   terminal: AMSEL-LINK 1 n,,n=50-0663-0027,r=...      who it is
 *   server:   CHALLENGE r=...,s=...,i=4096
 *   terminal: PROOF c=biws,r=...,p=...                  that it knows the password
 *   server:   WELCOME v=...                             that the server knows it, too
 *   or, at any time, and then the end:
 *   server:   REFUSED why
 *
 * Lines end with LF (a CR before it is dropped). After WELCOME come plain AT lines in both directions. */
#pragma once

#include "smartcom-scram.h"

G_BEGIN_DECLS

typedef enum
{
  SMARTCOM_LOGIN_MORE,   /* more bytes are needed */
  SMARTCOM_LOGIN_WANTED, /* the server's: smartcom_login_answer() has to be called */
  SMARTCOM_LOGIN_DONE,
  SMARTCOM_LOGIN_FAILED, /* what was written to reply is still sent */
} SmartcomLoginStatus;

typedef struct _SmartcomLogin SmartcomLogin;

/* The terminal's side writes its first line at once. */
SmartcomLogin *smartcom_login_new_client (const gchar *serial, const gchar *password, const gchar *nonce,
                                          GString *reply);
SmartcomLogin *smartcom_login_new_server (const gchar *nonce);
void smartcom_login_free (SmartcomLogin *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmartcomLogin, smartcom_login_free)

/* Takes received bytes; used says how many. What has to be sent is added to reply. */
SmartcomLoginStatus smartcom_login_feed (SmartcomLogin *self, const guint8 *data, gsize length, gsize *used,
                                         GString *reply, GError **error);

/* The serial number that the terminal gave; "" before. */
const gchar *smartcom_login_get_serial (const SmartcomLogin *self);

/* The server's answer to WANTED: the verifier of that terminal. Where there is none, give one that fits
 * nobody, so that a stranger does not learn which serial numbers there are. */
void smartcom_login_answer (SmartcomLogin *self, const SmartcomVerifier *verifier, GString *reply);

/* What a server says instead of an answer. */
void smartcom_login_refuse (GString *reply, const gchar *why);

G_END_DECLS
