/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Datagrams that others send to a UDP port: kind "udp" of the transports. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define UDP_TYPE_TRANSPORT (udp_transport_get_type ())
G_DECLARE_FINAL_TYPE (UdpTransport, udp_transport, UDP, TRANSPORT, AmselTransport)

/* The port that is listened to, once it is open. */
guint udp_transport_get_bound_port (UdpTransport *self);

G_END_DECLS
