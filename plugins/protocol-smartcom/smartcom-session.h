/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connected terminal: AT commands go one after the other, each gets its lines and its end. */
#pragma once

#include "smartcom-channel.h"
#include "smartcom-client.h"

G_BEGIN_DECLS

typedef struct _SmartcomSession SmartcomSession;

/* (nullable) A line of the answer; FALSE with an error ends the session: such a terminal is not trusted. */
typedef gboolean (*SmartcomLineFunc) (const gchar *line, gpointer user_data, GError **error);
/* The end: error is NULL after OK, REFUSED after ERROR; anything else is also the end of the session. */
typedef void (*SmartcomDoneFunc) (const GError *error, gpointer user_data);

/* Called once, after all that was waiting was told. May free the session. */
typedef void (*SmartcomClosedFunc) (SmartcomSession *self, const GError *error, gpointer user_data);

/* Takes the channel. */
SmartcomSession *smartcom_session_new (SmartcomChannel *channel, AmselClock *clock, gint64 timeout_us,
                                       SmartcomClosedFunc closed, gpointer user_data);
/* Tells whoever waits that the terminal is offline, and closes the connection. */
void smartcom_session_free (SmartcomSession *self);
/* Bytes that came before the session had the channel. */
void smartcom_session_feed (SmartcomSession *self, const guint8 *data, gsize length);

/* Without a line end, which is added. */
void smartcom_session_ask (SmartcomSession *self, const gchar *command, SmartcomLineFunc line,
                           SmartcomDoneFunc done, gpointer user_data);

G_END_DECLS
