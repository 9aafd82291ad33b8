/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A place on the command line: where a line is, or a terminal. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* A transport for a device such as /dev/ttyUSB0, or for host:port. */
AmselTransport *cli_make_transport (const gchar *place, GError **error);

/* Whether a place is a device. */
gboolean cli_is_device (const gchar *place);

G_END_DECLS
