/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline: which meters are read on which line, by which protocol, when, and for whom. */
#pragma once

#include <gio/gio.h>

#include "amsel-line.h"
#include "amsel-meter.h"
#include "amsel-readout.h"
#include "amsel-schedule.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_PIPELINE (amsel_pipeline_get_type ())
AMSEL_API
G_DECLARE_FINAL_TYPE (AmselPipeline, amsel_pipeline, AMSEL, PIPELINE, GObject)

AMSEL_API AmselPipeline *amsel_pipeline_new (const gchar *name, AmselLine *line, AmselProtocol *protocol);
AMSEL_API const gchar *amsel_pipeline_get_name (AmselPipeline *self);
AMSEL_API AmselLine *amsel_pipeline_get_line (AmselPipeline *self);
AMSEL_API AmselProtocol *amsel_pipeline_get_protocol (AmselPipeline *self);
AMSEL_API const gchar *const *amsel_pipeline_get_exporters (AmselPipeline *self);
AMSEL_API gboolean amsel_pipeline_check (AmselPipeline *self, GError **error);
AMSEL_API gboolean amsel_pipeline_add_meter (AmselPipeline *self, AmselMeter *meter, GError **error);
AMSEL_API gboolean amsel_pipeline_add_meter_every (AmselPipeline *self, AmselMeter *meter, gint64 every_us,
                                                   GError **error);
AMSEL_API gboolean amsel_pipeline_remove_meter (AmselPipeline *self, const gchar *name);
AMSEL_API GPtrArray *amsel_pipeline_list_meters (AmselPipeline *self);
AMSEL_API void amsel_pipeline_add_line (AmselPipeline *self, AmselLine *line);
AMSEL_API GPtrArray *amsel_pipeline_list_lines (AmselPipeline *self);
AMSEL_API GPtrArray *amsel_pipeline_list_heard (AmselPipeline *self);
AMSEL_API AmselMeter *amsel_pipeline_find_meter (AmselPipeline *self, const gchar *name);
AMSEL_API void amsel_pipeline_set_protocol_kind (AmselPipeline *self, const gchar *kind);

AMSEL_API void amsel_pipeline_set_last_slot (AmselPipeline *self, gint64 slot_us);
AMSEL_API void amsel_pipeline_recall (AmselPipeline *self, AmselReadout *readout);
AMSEL_API void amsel_pipeline_start (AmselPipeline *self);
AMSEL_API void amsel_pipeline_stop (AmselPipeline *self);
AMSEL_API void amsel_pipeline_run_once (AmselPipeline *self);
AMSEL_API gboolean amsel_pipeline_is_busy (AmselPipeline *self);
AMSEL_API void amsel_pipeline_read_async (AmselPipeline *self, AmselMeter *meter, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
AMSEL_API void amsel_pipeline_query_async (AmselPipeline *self, AmselMeter *meter, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
AMSEL_API AmselReadout *amsel_pipeline_query_finish (AmselPipeline *self, GAsyncResult *result,
                                                     GError **error);
AMSEL_API AmselReadout *amsel_pipeline_read_finish (AmselPipeline *self, GAsyncResult *result,
                                                    GError **error);
AMSEL_API void amsel_pipeline_search_async (AmselPipeline *self, AmselSearch *search,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data);
AMSEL_API gboolean amsel_pipeline_search_finish (AmselPipeline *self, GAsyncResult *result, GError **error);

G_END_DECLS
