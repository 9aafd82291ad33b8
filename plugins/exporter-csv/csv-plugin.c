/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin offers. */
#include <amsel.h>

#include "csv-exporter.h"

AMSEL_PLUGIN_DEFINE (exporter_csv, "1.0",
                     { "csv", "Writes readings into CSV files that end by time or size",
                       csv_exporter_get_type })
