/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts readouts as rows into files of a folder. */
#pragma once

#include "amsel-exporter.h"
#include "csv-settings.h"

typedef struct _CsvWriter CsvWriter;

CsvWriter *csv_writer_new (AmselExporter *exporter, const CsvSettings *settings, const gchar *folder,
                           GError **error);
void csv_writer_free (CsvWriter *self);
gboolean csv_writer_start (CsvWriter *self, const gchar *state, GError **error);
gboolean csv_writer_export (CsvWriter *self, GPtrArray *readouts, gchar **out_state,
                            GCancellable *cancellable, GError **error);
gboolean csv_writer_committed (CsvWriter *self, GError **error);
gint64 csv_writer_get_deadline_us (CsvWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvWriter, csv_writer_free)
