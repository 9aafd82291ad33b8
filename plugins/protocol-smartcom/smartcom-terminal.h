/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A terminal that the server knows: an item of “terminals” with its settings, and what the server learned of
 * it. */
#pragma once

#include "smartcom-record.h"
#include "smartcom-scram.h"
#include "smartcom-session.h"

G_BEGIN_DECLS

#define SMARTCOM_TYPE_TERMINAL (smartcom_terminal_get_type ())
G_DECLARE_FINAL_TYPE (SmartcomTerminal, smartcom_terminal, SMARTCOM, TERMINAL, GObject)

/* What there is to do with a terminal. */
typedef enum
{
  SMARTCOM_WORK_GREET = 1 << 0,
  SMARTCOM_WORK_SYNC = 1 << 1,
  SMARTCOM_WORK_COLLECT = 1 << 2,
} SmartcomWork;

/* The settings are written by the configuration only; the rest is the service's. */
struct _SmartcomTerminal
{
  GObject parent_instance;

  gchar *serial;   /* (owned) (nullable) */
  gchar *name;     /* (owned) (nullable) */
  gchar *msisdn;   /* (owned) (nullable) */
  gchar *password; /* (owned) (nullable) */
  gchar *hash;     /* (owned) (nullable) */
  gchar *key;      /* (owned) (nullable) */
  gchar *dial;     /* (owned) (nullable) */
  GStrv groups;    /* (owned) (nullable) */
  gboolean active;

  gpointer server;            /* (unowned) (nullable): whose terminal it is, while that runs */
  guint id;                   /* by which operators mean it */
  gboolean own;               /* added while it ran, not by the configuration */
  GPtrArray *meters;          /* (owned) (nullable) (element-type SmartcomEntry): as read last */
  SmartcomVerifier *verifier; /* (owned) (nullable): made when it is needed first */
  SmartcomSession *session;   /* (owned) (nullable): while it is online */
  GPtrArray *learned;         /* (owned) (nullable) (element-type utf8): ids by position in the table */
  SmartcomWork work;          /* that waits */
  gboolean queued;
  gboolean busy;
  gboolean synced;         /* since it came online */
  guint64 action;          /* that the waiting sync answers; 0 for none */
  gboolean position_known; /* the next two are those of the store */
  guint64 position;        /* number of the last record that is stored */
  gint64 position_us;      /* its time */
  gboolean stale;          /* its records do not fit the table that was read last */
  gboolean faulty;         /* something was wrong since the collection began */
  gint told;               /* code of the fault that was told last, until it is over */
};

gboolean smartcom_terminal_check (SmartcomTerminal *self, GError **error);
gboolean smartcom_terminal_is_online (SmartcomTerminal *self);
/* The entry of the table at a position; NULL where there is none. */
const SmartcomEntry *smartcom_terminal_find_meter (SmartcomTerminal *self, guint index);
/* Remembers which meter answered at a position of the table; gives it again when it does not. */
void smartcom_terminal_learn (SmartcomTerminal *self, guint index, const gchar *id);
const gchar *smartcom_terminal_recall (SmartcomTerminal *self, guint index);

G_END_DECLS
