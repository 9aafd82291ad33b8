/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of one message: one allocation with the bytes at its end. */
#include "amsel-frame.h"

#include <string.h>

struct _AmselFrame
{
  gatomicrefcount refs;
  gint rssi_dbm;
  gint64 received_us;
  gsize length;
  guint8 data[];
};

G_DEFINE_BOXED_TYPE (AmselFrame, amsel_frame, amsel_frame_ref, amsel_frame_unref)

/**
 * amsel_frame_new: (constructor)
 * @data: (array length=length): the bytes, which are copied
 * @length: how many
 * @received_us: when the last of them came: wall-clock microseconds since 1970 UTC, or 0 where not known
 * @rssi_dbm: signal strength in dBm, or %AMSEL_RSSI_UNKNOWN
 *
 * Returns: (transfer full): a frame
 */
AmselFrame *
amsel_frame_new (const guint8 *data, gsize length, gint64 received_us, gint rssi_dbm)
{
  AmselFrame *self = g_malloc (sizeof *self + length);

  g_atomic_ref_count_init (&self->refs);
  self->rssi_dbm = rssi_dbm;
  self->received_us = received_us;
  self->length = length;
  if (length > 0)
    memcpy (self->data, data, length);
  return self;
}

/**
 * amsel_frame_ref:
 * @self: a frame
 *
 * Returns: (transfer full): @self
 */
AmselFrame *
amsel_frame_ref (AmselFrame *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * amsel_frame_unref:
 * @self: (transfer full): a frame
 */
void
amsel_frame_unref (AmselFrame *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

/**
 * amsel_frame_get_data: (skip)
 * @self: a frame
 * @length: (out): how many bytes
 *
 * Returns: (transfer none) (array length=length): the bytes
 */
const guint8 *
amsel_frame_get_data (const AmselFrame *self, gsize *length)
{
  *length = self->length;
  return self->data;
}

/**
 * amsel_frame_get_bytes:
 * @self: a frame
 *
 * Returns: (transfer full): a copy of the bytes
 */
GBytes *
amsel_frame_get_bytes (const AmselFrame *self)
{
  return g_bytes_new (self->data, self->length);
}

/**
 * amsel_frame_get_received_us:
 * @self: a frame
 *
 * Returns: when it came: wall-clock microseconds since 1970 UTC; 0 where not known
 */
gint64
amsel_frame_get_received_us (const AmselFrame *self)
{
  return self->received_us;
}

/**
 * amsel_frame_get_rssi_dbm:
 * @self: a frame
 *
 * Returns: signal strength in dBm, or %AMSEL_RSSI_UNKNOWN
 */
gint
amsel_frame_get_rssi_dbm (const AmselFrame *self)
{
  return self->rssi_dbm;
}
