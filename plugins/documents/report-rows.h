/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers and rows of value reports. */
#pragma once

#include "amsel-readout.h"
#include "csv-text.h"
#include "csv-zone.h"

typedef struct _ReportRows ReportRows;

ReportRows *report_rows_new (const CsvDialect *dialect, CsvZone *zone, const gchar *const *columns,
                             gboolean values, const gchar *serial, GError **error);
void report_rows_free (ReportRows *self);
gboolean report_rows_is_raw (const ReportRows *self);
void report_rows_write_header (ReportRows *self, const AmselTelegram *telegram, GString *out);
void report_rows_write (ReportRows *self, const AmselReadout *readout, guint index, GString *out);
void report_rows_write_time (CsvZone *zone, gint64 us, GString *out);
void report_rows_write_text (const CsvDialect *dialect, const gchar *text, GString *out);
void report_rows_write_raw (const AmselTelegram *telegram, GString *out);
gint64 report_rows_get_time_us (const AmselReadout *readout);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReportRows, report_rows_free)
