/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of modifiers. */
#include "amsel-modifier.h"

/**
 * amsel_modifier_get_name:
 * @modifier: a modifier
 *
 * Returns: (transfer none): its name, such as "accumulation-positive"
 */
const gchar *
amsel_modifier_get_name (AmselModifier modifier)
{
  return modifier == 0 ? "none" : "unknown";
}
