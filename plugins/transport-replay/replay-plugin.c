/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "replay-transport.h"

AMSEL_PLUGIN_DEFINE (transport_replay, "1.0",
                     { "replay", "Recording of a line's traffic, played as if it were the line",
                       replay_transport_get_type })
