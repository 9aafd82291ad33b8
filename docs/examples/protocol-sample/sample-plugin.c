/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin exports. */
#include "sample-protocol.h"

AMSEL_PLUGIN_DEFINE (protocol_sample, "1.0",
                     { "sample", "Lines of digits, each a volume in litres", sample_protocol_get_type })
