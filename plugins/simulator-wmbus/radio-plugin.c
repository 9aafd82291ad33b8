/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugin: a simulated radio receiver with wireless meters around it. */
#include "amsel.h"
#include "radio-simulator.h"

AMSEL_PLUGIN_DEFINE (simulator_wmbus, "1",
                     { "wmbus", "a radio receiver with wireless meters around it", radio_simulator_get_type })
