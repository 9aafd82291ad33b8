/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one way to read bytes that came from a wire or a file: a cursor that cannot leave its data.
 *
 * A read either gives a whole value and moves on, or gives FALSE and leaves the cursor and the out value as
 * they were. Nothing here allocates or logs; the caller names the error. Multi-byte integers are
 * little-endian, as all of EN 13757 is, unless the name says otherwise. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__

typedef struct
{
  const guint8 *data; /* (unowned) */
  gsize length;       /* bytes in data */
  gsize position;     /* next byte, never above length */
} AmselCursor;

static inline void
amsel_cursor_init (AmselCursor *self, const guint8 *data, gsize length)
{
  self->data = data;
  self->length = length;
  self->position = 0;
}

static inline gsize
amsel_cursor_left (const AmselCursor *self)
{
  return self->length - self->position;
}

static inline gboolean
amsel_cursor_skip (AmselCursor *self, gsize n)
{
  if (n > amsel_cursor_left (self))
    return FALSE;
  self->position += n;
  return TRUE;
}

/* Gives a view of the next n bytes, which stay where they are. */
static inline gboolean
amsel_cursor_bytes (AmselCursor *self, gsize n, const guint8 **out)
{
  if (n > amsel_cursor_left (self))
    return FALSE;
  *out = self->data + self->position;
  self->position += n;
  return TRUE;
}

static inline gboolean
amsel_cursor_peek_u8 (const AmselCursor *self, guint8 *out)
{
  if (self->position >= self->length)
    return FALSE;
  *out = self->data[self->position];
  return TRUE;
}

static inline gboolean
amsel_cursor_u8 (AmselCursor *self, guint8 *out)
{
  if (self->position >= self->length)
    return FALSE;
  *out = self->data[self->position++];
  return TRUE;
}

/* Reads n (1 to 8) bytes as an unsigned little-endian integer. */
static inline gboolean
amsel_cursor_uint_le (AmselCursor *self, gsize n, guint64 *out)
{
  guint64 value = 0;

  if (n == 0 || n > 8 || n > amsel_cursor_left (self))
    return FALSE;
  for (gsize i = n; i > 0; i--)
    value = value << 8 | self->data[self->position + i - 1];
  self->position += n;
  *out = value;
  return TRUE;
}

/* Reads n (1 to 8) bytes as a signed (two's complement) little-endian integer. */
static inline gboolean
amsel_cursor_int_le (AmselCursor *self, gsize n, gint64 *out)
{
  guint64 value;

  if (!amsel_cursor_uint_le (self, n, &value))
    return FALSE;
  if (n < 8 && (value >> (8 * n - 1) & 1) != 0)
    value |= G_MAXUINT64 << (8 * n);
  *out = (gint64) value;
  return TRUE;
}

static inline gboolean
amsel_cursor_u16_le (AmselCursor *self, guint16 *out)
{
  guint64 value;

  if (!amsel_cursor_uint_le (self, 2, &value))
    return FALSE;
  *out = (guint16) value;
  return TRUE;
}

static inline gboolean
amsel_cursor_u32_le (AmselCursor *self, guint32 *out)
{
  guint64 value;

  if (!amsel_cursor_uint_le (self, 4, &value))
    return FALSE;
  *out = (guint32) value;
  return TRUE;
}

#endif /* __GI_SCANNER__ */

G_END_DECLS
