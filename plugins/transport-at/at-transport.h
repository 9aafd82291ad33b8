/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection that has to be dialled, over another transport. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define AT_TYPE_TRANSPORT (at_transport_get_type ())
G_DECLARE_FINAL_TYPE (AtTransport, at_transport, AT, TRANSPORT, AmselTransport)

G_END_DECLS
