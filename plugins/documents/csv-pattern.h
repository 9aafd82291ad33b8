/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File names made of fields: "{pipeline}_{date}.csv". */
#pragma once

#include "amsel-readout.h"
#include "csv-zone.h"

typedef struct _CsvPattern CsvPattern;

CsvPattern *csv_pattern_new (const gchar *text, const gchar *serial, GError **error);
void csv_pattern_free (CsvPattern *self);
gboolean csv_pattern_has_period (const CsvPattern *self);
gboolean csv_pattern_has_made (const CsvPattern *self);
void csv_pattern_get_period (const CsvPattern *self, CsvPeriod *out);
void csv_pattern_expand (const CsvPattern *self, const gchar *exporter, const AmselReadout *readout,
                         const CsvTime *time, GString *out);
void csv_pattern_settle (const gchar *name, gsize length, const CsvTime *made, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvPattern, csv_pattern_free)
