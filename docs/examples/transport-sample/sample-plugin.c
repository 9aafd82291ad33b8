/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin exports. */
#include "sample-transport.h"

AMSEL_PLUGIN_DEFINE (transport_sample, "1.0",
                     { "sample", "Gives back what is sent", sample_transport_get_type })
