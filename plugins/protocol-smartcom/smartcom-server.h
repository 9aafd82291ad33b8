/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server of terminals: lets them in, keeps them busy a few at a time, and answers operators. */
#pragma once

#include "smartcom-collect.h"
#include "smartcom-gate.h"
#include "smartcom-list.h"

G_BEGIN_DECLS

typedef struct _SmartcomServer SmartcomServer;

/* Only borrowed by smartcom_server_new(). */
typedef struct
{
  const gchar *source; /* name of the service */
  const gchar *address;
  guint port;            /* 0: only dials */
  const gchar *password; /* (nullable): of terminals that have none of their own */
  const gchar *state;    /* (nullable): file of what is kept */
  const gchar *keys;     /* (nullable): file with keys of meters */
  gint64 interval_us;
  guint batch;
  guint parallel;
  guint max_terminals;
  guint max_logins;
  gint64 answer_timeout_us;
  gint64 login_timeout_us;
  gint64 keep_alive_us;
} SmartcomServerSettings;

typedef struct
{
  void (*readout) (AmselReadout *readout, gpointer user_data);
  void (*notice) (const gchar *message, gpointer user_data);
  void (*problem) (const gchar *message, gpointer user_data);
} SmartcomServerCallbacks;

/* Takes no ownership of the list, which has to outlive it. */
SmartcomServer *smartcom_server_new (const SmartcomServerSettings *settings, SmartcomList *list,
                                     AmselStore *store, AmselRegistry *registry,
                                     const SmartcomServerCallbacks *callbacks, gpointer user_data,
                                     GError **error);
void smartcom_server_free (SmartcomServer *self);
guint smartcom_server_get_n_online (SmartcomServer *self);

/* Operators. An action has a number by which its result is asked for; 0 where it was refused. */
guint64 smartcom_server_sync (SmartcomServer *self, guint id, GError **error);
guint64 smartcom_server_command (SmartcomServer *self, guint id, const gchar *command, GError **error);
/* "Running", "Finished", "Failed: ..." or the answer of a command; NULL where there is no such action (any
 * longer). */
const gchar *smartcom_server_get_result (SmartcomServer *self, guint64 action);
gboolean smartcom_server_collect (SmartcomServer *self, guint id, GError **error);
guint smartcom_server_add (SmartcomServer *self, const gchar *name, const gchar *serial,
                           const gchar *password, GError **error);
gboolean smartcom_server_remove (SmartcomServer *self, guint id, GError **error);

G_END_DECLS
