/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way out of a data connection. */
#include "at-escape.h"

#define SIGN  '+'
#define SIGNS 3

void
at_escape_begin (AtEscape *self, gint64 now_us)
{
  *self = (AtEscape){ .last_us = now_us };
}

static void
release (AtEscape *self, GByteArray *out)
{
  const guint8 sign = SIGN;

  for (; self->held > 0; self->held--)
    g_byte_array_append (out, &sign, 1);
}

void
at_escape_take (AtEscape *self, const guint8 *data, gsize length, gint64 now_us, GByteArray *out)
{
  for (gsize i = 0; i < length; i++)
    {
      gboolean pause = now_us - self->last_us >= AT_GUARD_US;

      self->last_us = now_us;
      if (data[i] == SIGN && self->held < SIGNS && (self->held == 0) == pause)
        {
          self->held++;
          continue;
        }
      release (self, out);
      g_byte_array_append (out, &data[i], 1);
    }
}

gint64
at_escape_get_due_us (const AtEscape *self)
{
  return self->held > 0 ? self->last_us + AT_GUARD_US : 0;
}

gboolean
at_escape_expire (AtEscape *self, GByteArray *out)
{
  if (self->held == SIGNS)
    {
      self->held = 0;
      return TRUE;
    }
  release (self, out);
  return FALSE;
}
