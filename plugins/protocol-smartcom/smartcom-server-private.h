/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the server share: work (smartcom-server.c), letting in and dialling (smartcom-door.c),
 * operators (smartcom-operator.c). */
#pragma once

#include "smartcom-server.h"

G_BEGIN_DECLS

struct _SmartcomServer
{
  gchar *source;   /* (owned) */
  gchar *password; /* (owned) (nullable) */
  gchar *state;    /* (owned) (nullable) */
  gint64 interval_us;
  guint parallel;
  guint max_terminals;
  gint64 answer_timeout_us;
  gint64 keep_alive_us;

  SmartcomList *list;       /* (unowned) */
  AmselStore *store;        /* (owned) */
  AmselClock *clock;        /* (owned) */
  SmartcomGate *gate;       /* (owned) (nullable) */
  SmartcomDecoder *decoder; /* (owned) */
  SmartcomBarrier *barrier; /* (owned) */
  SmartcomCollectContext collect;
  const SmartcomServerCallbacks *callbacks;
  gpointer user_data;

  SmartcomVerifier *verifier; /* (owned) (nullable): of the common password */
  GQueue due;                 /* (element-type SmartcomTerminal): have something to do */
  guint n_busy;
  guint n_online;
  GSource *pump;  /* (owned) (nullable): will start what is due */
  GSource *round; /* (owned) (nullable): the next collection of all */
  GSource *save;  /* (owned) (nullable): what is kept will be written */
  gboolean dirty;
  gboolean saving;
  gboolean unsaved_told;
  GHashTable *dials;                              /* (owned) (element-type SmartcomTerminal Dial) */
  guint64 n_refused;                              /* strangers since that was told */
  gint64 refused_us[SMARTCOM_LINK_ERROR_TLS + 1]; /* when each kind of it was told */
  GHashTable *results;                            /* (owned) (element-type guint64 utf8): of actions */
  GQueue actions;                                 /* (element-type guint64): the oldest first */
  GCancellable *cancellable;                      /* (owned): for what outlives it */
};

/* smartcom-server.c */
void smartcom_server_schedule (SmartcomServer *self, SmartcomTerminal *terminal, guint work);
void smartcom_server_notice (SmartcomServer *self, SmartcomTerminal *terminal, const gchar *message);
void smartcom_server_complain (SmartcomServer *self, SmartcomTerminal *terminal, const GError *error);
void smartcom_server_touch (SmartcomServer *self);

/* smartcom-door.c */
gboolean smartcom_door_open (SmartcomServer *self, const SmartcomServerSettings *settings, GError **error);
void smartcom_door_dial_all (SmartcomServer *self);
void smartcom_door_close (SmartcomServer *self);

/* smartcom-operator.c */
void smartcom_operator_finish (SmartcomServer *self, guint64 action, gchar *result);

G_END_DECLS
