/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal's side of the link: dials the server, logs in, carries AT lines as a stream of bytes, and
 * dials again with growing pauses when the connection ended or could not be made.
 *
 *   link = smartcom_link_new (&settings, &callbacks, session, &error);
 *   smartcom_link_start (link);
 *
 * Everything happens in the main context in which it was started. */
#pragma once

#include "smartcom-error.h"

G_BEGIN_DECLS

typedef struct _SmartcomLink SmartcomLink;

/* Only borrowed by smartcom_link_new(). */
typedef struct
{
  const gchar *server;       /* HOST:PORT, [IPV6]:PORT; the port is 41117 where none stands there */
  const gchar *serial;       /* serial number of the terminal, such as 50-0663-0027 */
  const gchar *password;     /* (nullable) */
  const gchar *key;          /* (nullable): 32 hexadecimal digits; NULL or "" is a plain connection */
  gint64 connect_timeout_us; /* for connection and login together; 0: 20 s */
  gint64 keep_alive_us;      /* silence after which the server is probed; 0: 1 min; below 0: never */
  gint64 retry_min_us;       /* first pause before it dials again; 0: 1 s */
  gint64 retry_max_us;       /* longest pause; 0: 1 min */
  AmselClock *clock;         /* (nullable): the system's */
} SmartcomLinkSettings;

/* All may call any function of the link, smartcom_link_free() too. */
typedef struct
{
  /* Logged in: attach a session. */
  void (*opened) (SmartcomLink *self, gpointer user_data);
  void (*received) (SmartcomLink *self, const guint8 *data, gsize length, gpointer user_data);
  /* (nullable) All that was sent has left. */
  void (*drained) (SmartcomLink *self, gpointer user_data);
  /* After opened: the session has ended. The link dials again by itself. */
  void (*closed) (SmartcomLink *self, const GError *error, gpointer user_data);
  /* (nullable) A sentence for the log: once for each change, not for each attempt. */
  void (*notice) (SmartcomLink *self, const gchar *message, gpointer user_data);
} SmartcomLinkCallbacks;

/* Checks the settings; see also smartcom_link_check(). callbacks must stay. */
SmartcomLink *smartcom_link_new (const SmartcomLinkSettings *settings, const SmartcomLinkCallbacks *callbacks,
                                 gpointer user_data, GError **error);
/* Whether settings can be used: for the check of a configuration. */
gboolean smartcom_link_check (const SmartcomLinkSettings *settings, GError **error);
void smartcom_link_start (SmartcomLink *self);
/* Closes the connection, without calling closed. */
void smartcom_link_free (SmartcomLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmartcomLink, smartcom_link_free)

gboolean smartcom_link_is_open (SmartcomLink *self);
/* FALSE where it is not open or too much waits to be sent already (16 MiB). Never calls back. */
gboolean smartcom_link_send (SmartcomLink *self, const guint8 *data, gsize length);
gsize smartcom_link_get_queued (SmartcomLink *self);
/* While paused nothing is received, and the server is held back. */
void smartcom_link_set_paused (SmartcomLink *self, gboolean paused);

G_END_DECLS
