/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wireless M-Bus as a stage: kind "wmbus" of the protocols. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define WMBUS_TYPE_PROTOCOL (wmbus_protocol_get_type ())
G_DECLARE_FINAL_TYPE (WmbusProtocol, wmbus_protocol, WMBUS, PROTOCOL, AmselProtocol)

G_END_DECLS
