/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transport over a TCP connection. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

#define TCP_TYPE_TRANSPORT (tcp_transport_get_type ())
G_DECLARE_FINAL_TYPE (TcpTransport, tcp_transport, TCP, TRANSPORT, AmselTransport)

G_END_DECLS
