/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A segment of wired M-Bus with any number of slaves. */
#pragma once

#include "amsel.h"

#include "mbus-disturbance.h"

G_BEGIN_DECLS

#define MBUS_TYPE_SIMULATOR (mbus_simulator_get_type ())
G_DECLARE_FINAL_TYPE (MbusSimulator, mbus_simulator, MBUS, SIMULATOR, AmselSimulator)

/* What has gone over the line so far: the physical bound of what a master has done is the sum of the times.
 */
typedef struct
{
  gint64 sent_us;     /* time that the characters of the master took */
  gint64 latency_us;  /* from requests to their answers, all slaves added up */
  gint64 answered_us; /* time that the characters of the answers took, all slaves added up */
  guint64 n_answers;
} MbusSimulatorTraffic;

MbusSimulatorTraffic mbus_simulator_get_traffic (MbusSimulator *self);

/* Who is on the line and not dead, with what masters have changed (element-type AmselIdentity). */
GArray *mbus_simulator_get_identities (MbusSimulator *self);

G_END_DECLS
