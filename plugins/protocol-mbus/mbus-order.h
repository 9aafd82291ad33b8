/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Orders to meters (SND_UD): the CI field, and what follows it. */
#pragma once

#include "mbus-frame.h"

G_BEGIN_DECLS

/* Sets the clock to local time, to the nearest minute (type F). real_us is in microseconds since 1970 UTC. */
GBytes *mbus_order_new_clock (gint64 real_us);

/* Changes the baud rate; NULL where there is no order for that rate. */
GBytes *mbus_order_new_baud (guint baud);

/* The primary address that an order gives; -1 where it gives none. */
gint mbus_order_get_new_address (GBytes *order);

G_END_DECLS
