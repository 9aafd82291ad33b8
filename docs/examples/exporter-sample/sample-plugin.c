/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin exports. */
#include "sample-exporter.h"

AMSEL_PLUGIN_DEFINE (exporter_sample, "1.0",
                     { "sample", "Appends readings to a text file", sample_exporter_get_type })
