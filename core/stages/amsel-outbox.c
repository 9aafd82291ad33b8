/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that wait until a port or socket can be written. */
#include "amsel-outbox.h"

/* Bytes that are gone are kept until they are worth the moving of the rest. */
#define COMPACT_BYTES (64 * 1024)

/**
 * amsel_outbox_add: (skip)
 * @self: an outbox, zero at first
 * @data: bytes to send
 *
 * Returns: whether there was room for them
 */
gboolean
amsel_outbox_add (AmselOutbox *self, GBytes *data)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  if (self->bytes == NULL)
    self->bytes = g_byte_array_new ();
  if (length > AMSEL_OUTBOX_MAX_BYTES - (self->bytes->len - self->sent))
    return FALSE;
  if (length > 0)
    g_byte_array_append (self->bytes, bytes, (guint) length);
  return TRUE;
}

/**
 * amsel_outbox_peek: (skip)
 * @self: an outbox
 * @out_length: (out): how many bytes wait
 *
 * Returns: (nullable): the bytes that wait, valid until the outbox is changed
 */
const guint8 *
amsel_outbox_peek (AmselOutbox *self, gsize *out_length)
{
  *out_length = self->bytes != NULL ? self->bytes->len - self->sent : 0;
  return *out_length > 0 ? self->bytes->data + self->sent : NULL;
}

/**
 * amsel_outbox_remove: (skip)
 * @self: an outbox
 * @length: how many bytes were sent, at most those that wait
 */
void
amsel_outbox_remove (AmselOutbox *self, gsize length)
{
  if (self->bytes == NULL)
    return;
  self->sent = MIN (self->sent + length, self->bytes->len);
  if (self->sent == self->bytes->len || self->sent > MAX (self->bytes->len / 2, COMPACT_BYTES))
    {
      g_byte_array_remove_range (self->bytes, 0, (guint) self->sent);
      self->sent = 0;
    }
}

/**
 * amsel_outbox_clear: (skip)
 * @self: an outbox
 *
 * Forgets what waits.
 */
void
amsel_outbox_clear (AmselOutbox *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  self->sent = 0;
}
