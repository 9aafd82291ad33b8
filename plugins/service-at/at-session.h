/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One who commands the terminal: over a serial port, a TCP connection or the link to the server. */
#pragma once

#include "at-command.h"
#include "at-terminal.h"

G_BEGIN_DECLS

typedef struct _AtSession AtSession;

/* Where the session's answers go. None may free the session. */
typedef struct
{
  void (*write) (const guint8 *data, gsize length, gpointer user_data);
  gsize (*get_queued) (gpointer user_data); /* bytes that nobody has taken yet */
  void (*close) (gpointer user_data);       /* (nullable): the session is over; ends it later */
} AtOutput;

/* peer is who it is for messages. */
AtSession *at_session_new (AtTerminal *terminal, const gchar *peer, const AtOutput *output,
                           gpointer user_data);
/* Ends it: what it has begun is broken off, and nothing is written any more. */
void at_session_close (AtSession *self);

/* Asks for a login first. */
void at_session_require_login (AtSession *self, const gchar *login, const gchar *password);

void at_session_receive (AtSession *self, const guint8 *data, gsize length);
/* FALSE while so much waits for its turn that more should be held back. */
gboolean at_session_wants_input (AtSession *self);
/* What was written has been taken: goes on with a long answer. */
void at_session_drained (AtSession *self);

G_END_DECLS
