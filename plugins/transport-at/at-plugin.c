/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin exports. */
#include "at-transport.h"

AMSEL_PLUGIN_DEFINE (transport_at, "1.0",
                     { "at", "A connection dialled by AT commands over another transport",
                       at_transport_get_type })
