/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns of the wide layout: one for each combination of quantity, unit, function, storage and so on. */
#pragma once

#include "csv-rows.h"

typedef struct _CsvWide CsvWide;

CsvWide *csv_wide_new (const gchar *const *fixed);
void csv_wide_free (CsvWide *self);
guint csv_wide_get_n_columns (const CsvWide *self);
const gchar *csv_wide_get_column (const CsvWide *self, guint index);
gboolean csv_wide_add_column (CsvWide *self, const gchar *name);
gboolean csv_wide_learn (CsvWide *self, const AmselReadout *readout);
void csv_wide_write_names (const CsvWide *self, const CsvDialect *dialect, guint n_columns, GString *out);
void csv_wide_write_values (CsvWide *self, CsvRows *rows, const CsvDialect *dialect,
                            const AmselReadout *readout, guint n_columns, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvWide, csv_wide_free)
