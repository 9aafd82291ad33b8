/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line with a radio receiver at its other end: sets it up, and finds telegrams in what it sends. */
#pragma once

#include "receiver.h"

G_BEGIN_DECLS

#define WMBUS_TYPE_ANTENNA (wmbus_antenna_get_type ())
G_DECLARE_FINAL_TYPE (WmbusAntenna, wmbus_antenna, WMBUS, ANTENNA, AmselProtocol)

WmbusAntenna *wmbus_antenna_new (void);

/* Which receiver it is; NULL for whichever answers. */
void wmbus_antenna_set_kind (WmbusAntenna *self, const ReceiverKind *kind);
/* Link mode that it is told to listen for, where it can be told. */
void wmbus_antenna_set_mode (WmbusAntenna *self, ReceiverMode mode);
/* The receiver that is there; NULL where it is not known yet. */
const ReceiverKind *wmbus_antenna_get_found (WmbusAntenna *self);

G_END_DECLS
