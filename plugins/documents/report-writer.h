/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts readouts into value reports, which are made at times of the wall clock. */
#pragma once

#include "amsel-exporter.h"
#include "csv-settings.h"

typedef struct _ReportWriter ReportWriter;

ReportWriter *report_writer_new (AmselExporter *exporter, const CsvSettings *settings, const gchar *folder,
                                 const gchar *log_folder, GError **error);
void report_writer_free (ReportWriter *self);
gboolean report_writer_start (ReportWriter *self, const gchar *state, GError **error);
gboolean report_writer_export (ReportWriter *self, GPtrArray *readouts, gchar **out_state,
                               GCancellable *cancellable, GError **error);
gboolean report_writer_committed (ReportWriter *self, GError **error);
gint64 report_writer_get_deadline_us (ReportWriter *self);
void report_writer_finish (ReportWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReportWriter, report_writer_free)
