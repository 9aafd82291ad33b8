/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON lines: one object for each readout. */
#pragma once

#include "amsel-readout.h"
#include "csv-zone.h"

typedef struct _JsonRows JsonRows;

JsonRows *json_rows_new (CsvZone *zone, const gchar *line_end);
void json_rows_free (JsonRows *self);
void json_rows_write (JsonRows *self, const AmselReadout *readout, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JsonRows, json_rows_free)
