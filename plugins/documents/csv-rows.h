/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns and rows: what of a readout goes where in a line of text. */
#pragma once

#include "amsel-readout.h"
#include "csv-text.h"
#include "csv-zone.h"

typedef struct _CsvRows CsvRows;

CsvRows *csv_rows_new (const CsvDialect *dialect, CsvZone *zone, const gchar *const *columns, gboolean wide,
                       GError **error);
void csv_rows_free (CsvRows *self);
void csv_rows_write_names (const CsvRows *self, GString *out);
void csv_rows_write_long (CsvRows *self, const AmselReadout *readout, gboolean errors, GString *out);
void csv_rows_write_head (CsvRows *self, const AmselReadout *readout, GString *out);
void csv_rows_write_value (CsvRows *self, const AmselTelegram *telegram, const AmselRecord *record,
                           GString *out);
gboolean csv_rows_is_failure (const AmselReadout *readout);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvRows, csv_rows_free)
