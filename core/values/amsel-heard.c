/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sender that a listening pipeline has heard. */
#include "amsel-heard.h"

G_DEFINE_BOXED_TYPE (AmselHeard, amsel_heard, amsel_heard_copy, amsel_heard_free)

/**
 * amsel_heard_copy:
 * @self: a sender
 *
 * Returns: (transfer full): a copy
 */
AmselHeard *
amsel_heard_copy (const AmselHeard *self)
{
  AmselHeard *copy = g_memdup2 (self, sizeof *self);

  copy->meter = g_strdup (self->meter);
  return copy;
}

/**
 * amsel_heard_free:
 * @self: (transfer full): a sender
 */
void
amsel_heard_free (AmselHeard *self)
{
  g_free (self->meter);
  g_free (self);
}
