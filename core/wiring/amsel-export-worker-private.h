/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two sides of a worker share. */
#pragma once

#include "amsel-export-worker.h"

G_BEGIN_DECLS

struct _AmselExportWorker
{
  GObject parent_instance;

  AmselExporter *exporter;   /* (owned) */
  AmselStore *store;         /* (owned) */
  GHashTable *pipelines;     /* (owned) (nullable): names; NULL for all */
  GMainContext *context;     /* (owned) (nullable): where signals go */
  GCancellable *cancellable; /* (owned) */
  GCancellable *nap;         /* (owned): ends a wait for readouts */
  GThread *thread;           /* (owned) (nullable): while started */

  /* only used by the thread */
  gchar *state;      /* (owned) (nullable): what was committed last */
  guint64 committed; /* the cursor as the store has it */
  gboolean running;  /* between start and stop of the exporter */
  gint64 served_us;  /* the deadline that the exporter was called for last */
  GError *trouble;   /* (owned) (nullable): what was reported last, until it is over */
  gulong warning_handler;

  GMutex mutex;
  GCond cond; /* something below has changed */
  AmselExportCounters counters;
  gboolean hurry;     /* a drain began: try again now */
  gboolean finishing; /* nothing more comes */
  gboolean finished;  /* and nothing waits any more */
  gboolean stopping;
};

/* Says in the main context what is wrong; that all is well again where error is NULL. */
void amsel_export_worker_notify (AmselExportWorker *self, const GError *error);

/* The thread. */
gpointer amsel_export_thread_run (gpointer data);

G_END_DECLS
