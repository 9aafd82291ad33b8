/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is probably not meant in driver files that can be used. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Compares drivers of one's own, in their order, with each other and with those that come behind them
 * (element-type DriverDescribed). Returns warnings (element-type AmselProblem). */
GPtrArray *driver_remarks_collect (const GPtrArray *own, const GPtrArray *behind);

G_END_DECLS
