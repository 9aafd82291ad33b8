/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way out of a data connection: a pause, "+++", and a pause again. Pure: the time is given.
 *
 * Plus signs after a pause are held back until it is clear what they are, so that the escape itself does not
 * reach the meters, and any other data does, unchanged. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

#define AT_GUARD_US G_USEC_PER_SEC

typedef struct
{
  gint64 last_us; /* when the last byte came */
  guint held;     /* plus signs held back */
} AtEscape;

void at_escape_begin (AtEscape *self, gint64 now_us);
/* Adds what passes to out. */
void at_escape_take (AtEscape *self, const guint8 *data, gsize length, gint64 now_us, GByteArray *out);
/* When at_escape_expire() has to be called; 0 for never. */
gint64 at_escape_get_due_us (const AtEscape *self);
/* TRUE where it was the escape; otherwise what was held back is added to out. */
gboolean at_escape_expire (AtEscape *self, GByteArray *out);

G_END_DECLS
