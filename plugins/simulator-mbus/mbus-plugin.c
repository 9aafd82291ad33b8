/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugin: simulated meters on a wired M-Bus. */
#include "amsel.h"
#include "mbus-simulator.h"

AMSEL_PLUGIN_DEFINE (simulator_mbus, "1",
                     { "mbus", "meters on a wired M-Bus, bit by bit", mbus_simulator_get_type })
