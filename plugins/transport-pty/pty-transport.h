/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pseudo-terminal that other programs open. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define PTY_TYPE_TRANSPORT (pty_transport_get_type ())
G_DECLARE_FINAL_TYPE (PtyTransport, pty_transport, PTY, TRANSPORT, AmselTransport)

G_END_DECLS
