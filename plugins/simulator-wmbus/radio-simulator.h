/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A radio receiver with wireless meters around it: kind "wmbus" of the simulators. */
#pragma once

#include "radio-meter.h"

G_BEGIN_DECLS

#define RADIO_TYPE_SIMULATOR (radio_simulator_get_type ())
G_DECLARE_FINAL_TYPE (RadioSimulator, radio_simulator, RADIO, SIMULATOR, AmselSimulator)

G_END_DECLS
