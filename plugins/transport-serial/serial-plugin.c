/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serial-transport.h"

AMSEL_PLUGIN_DEFINE (transport_serial, "1.0",
                     { "serial", "Serial port, USB converter or pseudo terminal", serial_transport_get_type })
