/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A segment of wired M-Bus with any number of slaves. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define MBUS_TYPE_SIMULATOR (mbus_simulator_get_type ())
G_DECLARE_FINAL_TYPE (MbusSimulator, mbus_simulator, MBUS, SIMULATOR, AmselSimulator)

G_END_DECLS
