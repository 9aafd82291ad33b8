/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transport over a serial port. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

#define SERIAL_TYPE_TRANSPORT (serial_transport_get_type ())
G_DECLARE_FINAL_TYPE (SerialTransport, serial_transport, SERIAL, TRANSPORT, AmselTransport)

G_END_DECLS
