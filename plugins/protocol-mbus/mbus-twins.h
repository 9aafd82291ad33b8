/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Meters that another one may hide. */
#pragma once

#include "mbus-address.h"

G_BEGIN_DECLS

/* Secondary addresses of meters that would not be noticed beside the one whose answer this is: those whose
 * telegram is the same but for one part of the address, when they answer to the same mask at the same moment.
 * all: also those that differ in manufacturer, version or medium, not only in a digit of the number. Appends
 * to out (element-type MbusAddress). */
void mbus_twins_list (const guint8 *frame, gsize length, const MbusAddress *mask, gboolean all, GArray *out);

G_END_DECLS
