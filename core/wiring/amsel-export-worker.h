/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries readouts from the store to one exporter, in a thread of its own. */
#pragma once

#include "amsel-exporter.h"
#include "amsel-store.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_EXPORT_WORKER (amsel_export_worker_get_type ())
G_DECLARE_FINAL_TYPE (AmselExportWorker, amsel_export_worker, AMSEL, EXPORT_WORKER, GObject)

/**
 * AmselExportCounters: (skip)
 * @position: sequence of the last readout that is done with: delivered and committed, or not for this
 * exporter
 * @delivered: readouts delivered and committed since the worker was made
 * @missed: readouts that the store had removed before they could be delivered
 * @failures: failures one after another; 0 while all is well
 * @oldest_us: when the oldest readout was read that is waiting to be delivered, wall-clock microseconds; 0
 * where none is known to wait
 *
 * What a worker has done, for metrics.
 */
typedef struct
{
  guint64 position;
  guint64 delivered;
  guint64 missed;
  guint failures;
  gint64 oldest_us;
} AmselExportCounters;

AmselExportWorker *amsel_export_worker_new (AmselExporter *exporter, AmselStore *store,
                                            const gchar *const *pipelines);
AmselExporter *amsel_export_worker_get_exporter (AmselExportWorker *self);
void amsel_export_worker_start (AmselExportWorker *self);
void amsel_export_worker_stop (AmselExportWorker *self);
void amsel_export_worker_finish (AmselExportWorker *self);
gboolean amsel_export_worker_drain (AmselExportWorker *self, gint64 timeout_us);
void amsel_export_worker_get_counters (AmselExportWorker *self, AmselExportCounters *out);

G_END_DECLS
