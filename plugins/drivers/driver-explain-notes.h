/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What compiled drivers read of a telegram; internal to the files of the explanation. */
#pragma once

#include "driver-explain.h"

G_BEGIN_DECLS

/* Lets the compiled driver that has filled a telegram do so again, and gives what it reads (element-type
 * DriverNote) in the order of the telegram. Begin and end are those of the content. */
GArray *driver_explain_collect (const AmselTelegram *telegram, gsize begin, gsize end);

/* Whether there are notes on the bytes from begin to end. */
gboolean driver_explain_has_notes (const GArray *notes, gsize begin, gsize end);

/* Lines for the bytes up to end, some of which have notes; gives how many of them are understood. */
gsize driver_explain_notes (DriverExplanation *self, const AmselTelegram *telegram, const GArray *notes,
                            gsize end);

G_END_DECLS
