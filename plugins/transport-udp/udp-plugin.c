/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugin: datagrams that others send to a UDP port. */
#include "amsel.h"
#include "udp-transport.h"

AMSEL_PLUGIN_DEFINE (transport_udp, "1",
                     { "udp", "datagrams that receivers send to a UDP port", udp_transport_get_type })
