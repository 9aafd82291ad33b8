/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin "mbus". */
#include "mbus-protocol.h"

AMSEL_PLUGIN_DEFINE (mbus, "1.0",
                     { "mbus", "wired M-Bus meters (EN 13757-2 and -3)", mbus_protocol_get_type })
