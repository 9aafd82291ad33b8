/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the engine share. */
#pragma once

#include "amsel-engine.h"

G_BEGIN_DECLS

struct _AmselEngine
{
  GObject parent_instance;

  AmselStore *store;    /* (owned) */
  GPtrArray *lines;     /* (owned) (element-type AmselLine) */
  GPtrArray *pipelines; /* (owned) (element-type AmselPipeline) */
  GPtrArray *exporters; /* (owned) (element-type AmselExporter) */
  GPtrArray *services;  /* (owned) (element-type AmselService) */
  GPtrArray *workers;   /* (owned) (element-type AmselExportWorker): while it runs */

  guint n_services; /* how many of the services are started: the first ones */
  gboolean running;
  gboolean quit;
  guint64 n_good;
  guint64 n_failed;
};

typedef enum
{
  AMSEL_ENGINE_NOTICE,
  AMSEL_ENGINE_PROBLEM,
  AMSEL_ENGINE_READOUT,
  AMSEL_ENGINE_N_SIGNALS,
} AmselEngineSignal;

/* Says a sentence by one of the signals. */
void amsel_engine_say (AmselEngine *self, AmselEngineSignal signal, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

/* What both ways of running begin with: the store, then whoever reads from it, then the lines. */
gboolean amsel_engine_prepare (AmselEngine *self, GError **error);

/* (transfer none) (element-type AmselPipeline) */
GPtrArray *amsel_engine_get_pipelines (AmselEngine *self);

/* amsel-engine-export.c */
void amsel_engine_start_workers (AmselEngine *self);
/* Whether all was delivered within this time. */
gboolean amsel_engine_drain_workers (AmselEngine *self, gint64 drain_us);
/* Nothing more will come: documents that wait for more are ended. */
void amsel_engine_finish_workers (AmselEngine *self);
void amsel_engine_stop_workers (AmselEngine *self);

void amsel_engine_controller_init (AmselControllerInterface *iface);

G_END_DECLS
