/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole: lines, pipelines, the store, exporters and services, started and stopped together. */
#pragma once

#include "amsel-controller.h"
#include "amsel-exporter.h"
#include "amsel-line.h"
#include "amsel-pipeline.h"
#include "amsel-service.h"
#include "amsel-store.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_ENGINE (amsel_engine_get_type ())
AMSEL_API
G_DECLARE_FINAL_TYPE (AmselEngine, amsel_engine, AMSEL, ENGINE, GObject)

AMSEL_API AmselEngine *amsel_engine_new (AmselStore *store);
AMSEL_API void amsel_engine_add_line (AmselEngine *self, AmselLine *line);
AMSEL_API void amsel_engine_add_pipeline (AmselEngine *self, AmselPipeline *pipeline);
AMSEL_API void amsel_engine_add_exporter (AmselEngine *self, AmselExporter *exporter);
AMSEL_API void amsel_engine_add_service (AmselEngine *self, AmselService *service);
AMSEL_API AmselStore *amsel_engine_get_store (AmselEngine *self);
AMSEL_API AmselPipeline *amsel_engine_find_pipeline (AmselEngine *self, const gchar *name);

AMSEL_API gboolean amsel_engine_start (AmselEngine *self, GError **error);
AMSEL_API gboolean amsel_engine_stop (AmselEngine *self, gint64 drain_us);
AMSEL_API gboolean amsel_engine_run_once (AmselEngine *self, GError **error);
AMSEL_API void amsel_engine_quit (AmselEngine *self);
AMSEL_API guint64 amsel_engine_get_n_good (AmselEngine *self);
AMSEL_API guint64 amsel_engine_get_n_failed (AmselEngine *self);

G_END_DECLS
