/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tcp-transport.h"

AMSEL_PLUGIN_DEFINE (transport_tcp, "1.0",
                     { "tcp", "TCP connection to a gateway or serial device server", tcp_transport_get_type })
