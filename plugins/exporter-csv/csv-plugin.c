/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin offers. */
#include <amsel.h>

#include "csv-exporter.h"

AMSEL_PLUGIN_DEFINE (exporter_csv, "1.0",
                     { "csv",
                       "Writes readings into files: CSV, JSON lines, or value reports as gateways send them",
                       csv_exporter_get_type })
