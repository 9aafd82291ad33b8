/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the plugin exports. */
#include "pty-transport.h"

AMSEL_PLUGIN_DEFINE (transport_pty, "1.0",
                     { "pty", "A pseudo-terminal for another program", pty_transport_get_type })
