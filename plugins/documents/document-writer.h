/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an exporter of documents does with readouts: it puts them into files of a folder, so that a crash
 * costs nothing. One exporter's folder is where the files are wanted, another one's is where they wait to be
 * sent. A file whose name ends neither in the suffix of unfinished files nor in “.new” is complete and never
 * touched again. */
#pragma once

#include "amsel-exporter.h"
#include "csv-settings.h"

typedef struct _DocumentWriter DocumentWriter;

DocumentWriter *document_writer_new (AmselExporter *exporter, const CsvSettings *settings,
                                     const gchar *folder, const gchar *log_folder, GError **error);
void document_writer_free (DocumentWriter *self);
gboolean document_writer_check (AmselExporter *exporter, const CsvSettings *settings, GError **error);
gboolean document_writer_ends (const CsvSettings *settings);
gboolean document_writer_start (DocumentWriter *self, const gchar *state, GError **error);
gboolean document_writer_export (DocumentWriter *self, GPtrArray *readouts, gchar **out_state,
                                 GCancellable *cancellable, GError **error);
gboolean document_writer_committed (DocumentWriter *self, GError **error);
gint64 document_writer_get_deadline_us (DocumentWriter *self);
void document_writer_finish (DocumentWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DocumentWriter, document_writer_free)
