/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin exports. */
#include "sample-service.h"

AMSEL_PLUGIN_DEFINE (service_sample, "1.0",
                     { "sample", "Counts how often it was started", sample_service_get_type })
