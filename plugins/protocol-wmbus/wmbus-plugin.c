/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin "wmbus". */
#include "wmbus-protocol.h"

AMSEL_PLUGIN_DEFINE (wmbus, "1.0",
                     { "wmbus", "wireless M-Bus meters (EN 13757-4, -7 and -3)", wmbus_protocol_get_type })
