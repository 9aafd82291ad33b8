/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal that all sessions command: its tables, its record memory, and the lines behind its ports. */
#pragma once

#include "at-state.h"

G_BEGIN_DECLS

/* What the service was told. All strings may be NULL. */
typedef struct
{
  const gchar *serial;
  const gchar *ports[AT_N_PORTS]; /* pipelines behind the ports */
  const gchar *wireless;          /* pipeline of the radio receiver */
  const gchar *state_file;
} AtSettings;

typedef struct
{
  AmselService *service;       /* (unowned): tells what people should know */
  AmselController *controller; /* (unowned) */
  AmselClock *clock;           /* (unowned) */
  AtSettings settings;         /* borrowed from the service */
  AtState *state;              /* (owned) */
  AtPort pending[AT_N_PORTS];  /* port settings that wait for SRESTART */

  GHashTable *entered;   /* (owned) (element-type utf8 AtEntered): what the pipelines have, by what it is */
  GPtrArray *refused;    /* (owned) (element-type AtRefused): meters that nothing can read */
  GSource *refuse_alarm; /* (owned) (nullable) */
  GHashTable *defaults;  /* (owned) (element-type utf8 utf8): AT^SCCFG as the configuration has it */
  void (*restart_link) (gpointer user_data);
  gpointer restart_data;
  gboolean is_searching;
  gboolean is_stopped;
} AtTerminal;

/* Reads the state and enters the meters of its tables into the pipelines. A state that is not understood is
 * set aside and told; the terminal begins as the factory made it. */
AtTerminal *at_terminal_new (AmselService *service, AmselController *controller, const AtSettings *settings);
AtTerminal *at_terminal_ref (AtTerminal *self);
void at_terminal_unref (AtTerminal *self);
/* Takes the meters out of the pipelines. Then nothing but at_terminal_unref() may be called. */
void at_terminal_stop (AtTerminal *self);

AmselStore *at_terminal_get_store (AtTerminal *self);

/* The pipeline that reads meters of a protocol on a port; NULL where none can. */
const gchar *at_terminal_find_pipeline (AtTerminal *self, guint port, const gchar *protocol);

/* A meter of that pipeline as its protocol wants it; NULL with a number of the AMS table in code. */
AmselMeter *at_terminal_make_meter (AtTerminal *self, guint port, const gchar *protocol, const gchar *address,
                                    const gchar *name, gint *code);

/* Whether the radio receiver's protocol takes such a meter; key may be NULL. */
gboolean at_terminal_check_wireless (AtTerminal *self, const gchar *address, const gchar *key);

/* Saves the state, and lets the pipelines read what the tables say now. FALSE where it could not be saved,
 * which is told; then the old state is in force again. */
gboolean at_terminal_commit (AtTerminal *self);

/* An item of AT^SCCFG: as it was written, or else as the configuration says; "" for none. */
const gchar *at_terminal_get_config (AtTerminal *self, const gchar *item);
void at_terminal_set_default (AtTerminal *self, const gchar *item, gchar *value);
/* The server is dialled anew with what AT^SCCFG says now. */
void at_terminal_restart_link (AtTerminal *self);

void at_terminal_problem (AtTerminal *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
void at_terminal_notice (AtTerminal *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/* at-refused.c: meters that nothing can read get a record for each slot all the same */
typedef struct
{
  gchar *name;             /* (owned) */
  const gchar *protocol;   /* (unowned): static */
  AmselSchedule *schedule; /* (owned) */
  gint64 next_us;          /* wall clock */
} AtRefused;

void at_refused_free (AtRefused *self);
/* The meters of the table that no pipeline reads, after every change of it. */
void at_refused_update (AtTerminal *self);
void at_refused_stop (AtTerminal *self);

G_END_DECLS
