/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What chained VIFEs add to the meaning of a value, by name. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AmselModifier:
 *
 * A change of meaning: number of the extension table (high byte) and code in it (low byte). 0 is none.
 */
typedef guint16 AmselModifier;

AMSEL_API const gchar *
amsel_modifier_get_name (AmselModifier modifier);

G_END_DECLS
