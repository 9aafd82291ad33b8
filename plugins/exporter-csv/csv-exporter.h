/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CSV exporter. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

#define CSV_TYPE_EXPORTER (csv_exporter_get_type ())
G_DECLARE_FINAL_TYPE (CsvExporter, csv_exporter, CSV, EXPORTER, AmselExporter)

G_END_DECLS
