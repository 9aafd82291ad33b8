/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport whose other end is a simulator in the same process. */
#pragma once

#include "amsel-simulator.h"
#include "amsel-transport.h"

G_BEGIN_DECLS

#define TEST_TYPE_SIMULATOR_TRANSPORT (simulator_transport_get_type ())
G_DECLARE_FINAL_TYPE (SimulatorTransport, simulator_transport, TEST, SIMULATOR_TRANSPORT, AmselTransport)

/* Both ends go by the simulator's clock; set that first. */
AmselTransport *simulator_transport_new (AmselSimulator *simulator);

/* Makes the line one without parity check, as a careless driver has it: damaged characters come as bytes. */
void simulator_transport_set_careless (SimulatorTransport *self, gboolean careless);

/* What the transport claims to add to the time of an answer, and does add: bytes reach the simulator later by
 * half of it, and answers the master by the other half. */
void simulator_transport_set_latency_us (SimulatorTransport *self, gint64 latency_us);

/* What a gateway and its network do add each way, drawn anew for every portion of bytes, which stay in order;
 * the transport does not know of it. */
void simulator_transport_set_delay_us (SimulatorTransport *self, gint64 min_us, gint64 max_us, guint32 seed);

/* A port that is out of order: it sends so many more bytes, keeps the next ones up to the size of its queue
 * and takes none beyond; or, with G_MAXSIZE, it is sound again. */
void simulator_transport_set_budget (SimulatorTransport *self, gsize n_bytes, gsize queue);

/* A port that takes one baud rate only; 0 for any. */
void simulator_transport_set_only_baud (SimulatorTransport *self, guint baud);

/* Lets the connection break, as when a device is unplugged. */
void simulator_transport_lose (SimulatorTransport *self);

/* How many bytes the master has sent, for tests of what a dialogue costs. */
guint64 simulator_transport_get_n_sent (SimulatorTransport *self);

G_END_DECLS
