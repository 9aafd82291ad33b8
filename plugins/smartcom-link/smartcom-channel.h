/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connected socket as a stream of bytes, encrypted or not, in the main loop. Idle, it costs the socket, one
 * event source and no buffers: a server has thousands of them. */
#pragma once

#include "smartcom-tls.h"

G_BEGIN_DECLS

typedef struct _SmartcomChannel SmartcomChannel;

/* All may free the channel. */
typedef struct
{
  void (*received) (const guint8 *data, gsize length, gpointer user_data);
  void (*drained) (gpointer user_data); /* (nullable): nothing waits to be sent any more */
  void (*closed) (const GError *error, gpointer user_data); /* once; nothing more comes */
} SmartcomChannelCallbacks;

/* Takes over a connected socket. tls, which is taken, may be NULL. */
SmartcomChannel *smartcom_channel_new (GSocket *socket, SmartcomTls *tls,
                                       const SmartcomChannelCallbacks *callbacks, gpointer user_data);
/* Passes the channel to somebody else. */
void smartcom_channel_set_callbacks (SmartcomChannel *self, const SmartcomChannelCallbacks *callbacks,
                                     gpointer user_data);
void smartcom_channel_free (SmartcomChannel *self);

/* FALSE where it is closed, or where so much waits that the far end takes nothing any more. */
gboolean smartcom_channel_send (SmartcomChannel *self, const guint8 *data, gsize length);
gsize smartcom_channel_get_queued (SmartcomChannel *self);
/* While paused nothing is received, and TCP holds the far end back. */
void smartcom_channel_set_paused (SmartcomChannel *self, gboolean paused);
/* Silence after which the far end is probed; it counts as gone after twice as long. 0 for never. */
void smartcom_channel_set_keep_alive (SmartcomChannel *self, gint64 keep_alive_us);
/* The serial number that belongs to the key; NULL where it is not encrypted. */
gchar *smartcom_channel_dup_key_serial (SmartcomChannel *self);
gboolean smartcom_channel_is_encrypted (SmartcomChannel *self);

G_END_DECLS
