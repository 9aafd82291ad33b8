/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The conversation with a modem, or with a terminal in its place, until it is connected. Pure: bytes in, what
 * to send out.
 *
 * Commands are sent one by one, each after the OK of the one before; the last one dials and has to be
 * answered by CONNECT. What is no result (an echo, a greeting) is passed over. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Longest line that may be a result. */
#define AT_CHAT_LINE_MAX 128

typedef enum
{
  AT_CHAT_MORE,      /* nothing to do */
  AT_CHAT_SEND,      /* send what at_chat_get_text() gives */
  AT_CHAT_CONNECTED, /* bytes behind those that were used are data */
  AT_CHAT_FAILED,    /* with an error */
} AtChatStatus;

typedef struct
{
  const gchar *const *commands; /* (unowned): before it dials */
  const gchar *dial;            /* (unowned) */
  const gchar *login;           /* (unowned) (nullable): asked for by “Login:” */
  const gchar *password;        /* (unowned) (nullable) */

  guint n_sent;      /* of the commands and the dialling */
  const gchar *text; /* (unowned): to send */
  gboolean is_login; /* OK is that of the login */
  gsize length;
  gchar line[AT_CHAT_LINE_MAX + 1];
} AtChat;

/* SEND, or MORE where the far end begins, because it asks for a login. */
AtChatStatus at_chat_begin (AtChat *self);
/* Takes received bytes; used says how many. */
AtChatStatus at_chat_take (AtChat *self, const guint8 *data, gsize length, gsize *used, GError **error);
/* What to send, without its CR. */
const gchar *at_chat_get_text (const AtChat *self);

/* Whether a text ends a data connection from the far side. Give it all bytes in turn; at counts. */
gboolean at_chat_is_lost (guint *at, const guint8 *data, gsize length);

G_END_DECLS
