/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The socket of a link in the main loop. */
#include "smartcom-channel.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* A record of the encryption fits, so nothing is left in it that the socket does not show. */
#define READ_BYTES        16384
#define KEEP_ALIVE_PROBES 3

/* Most reads in one turn, so that one that talks without end does not starve the others. */
#define READS_MAX 4

struct _SmartcomChannel
{
  GSocket *socket;  /* (owned) (nullable): NULL when closed */
  SmartcomTls *tls; /* (owned) (nullable) */
  gboolean begun;   /* the handshake of the encryption has */
  gboolean ready;   /* the encryption, where there is any, stands */
  gboolean paused;
  GSource *source; /* (owned) (nullable) */
  GIOCondition condition;
  AmselOutbox outbox;
  const SmartcomChannelCallbacks *callbacks;
  gpointer user_data;
};

static void
channel_clear (gpointer data)
{
  SmartcomChannel *self = data;

  amsel_outbox_clear (&self->outbox);
}

static void
shut (SmartcomChannel *self)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
  g_clear_pointer (&self->tls, smartcom_tls_free);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
}

/* Tells the end, once. */
static void
fail (SmartcomChannel *self, GError *error)
{
  const SmartcomChannelCallbacks *callbacks = self->callbacks;

  if (self->socket != NULL)
    {
      shut (self);
      callbacks->closed (error, self->user_data);
    }
  g_clear_error (&error);
}

static GError *
lost (const gchar *what)
{
  return g_error_new_literal (SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_LOST, what);
}

/* -1 with an error, or without one where there is nothing at present. */
static gssize
read_some (SmartcomChannel *self, guint8 *out, gsize room, GError **error)
{
  gssize n;

  if (self->tls != NULL)
    return smartcom_tls_receive (self->tls, out, room, error);
  n = recv (g_socket_get_fd (self->socket), out, room, MSG_DONTWAIT);
  if (n < 0 && errno != EAGAIN && errno != EINTR)
    g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_LOST, "the connection broke: %s",
                 g_strerror (errno));
  return n;
}

static gssize
write_some (SmartcomChannel *self, const guint8 *data, gsize length, GError **error)
{
  gssize n;

  if (self->tls != NULL)
    return smartcom_tls_send (self->tls, data, length, error);
  n = send (g_socket_get_fd (self->socket), data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n >= 0)
    return n;
  if (errno == EAGAIN || errno == EINTR)
    return 0;
  g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_LOST, "the connection broke: %s",
               g_strerror (errno));
  return -1;
}

static gboolean on_event (GSocket *socket, GIOCondition condition, gpointer user_data);

/* Waits for what is needed next. */
static void
watch (SmartcomChannel *self)
{
  GIOCondition condition = G_IO_ERR | G_IO_HUP;

  if (self->socket == NULL)
    return;
  if (!self->ready)
    condition |= !self->begun || smartcom_tls_wants_write (self->tls) ? G_IO_OUT : G_IO_IN;
  else
    condition |= (self->paused ? 0 : G_IO_IN) | (smartcom_channel_get_queued (self) > 0 ? G_IO_OUT : 0);
  if (self->source != NULL && self->condition == condition)
    return;
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  self->condition = condition;
  self->source = g_socket_create_source (self->socket, condition, NULL);
  g_source_set_static_name (self->source, "smartcom-channel");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_event), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

/* Writes what waits; FALSE where that was the end. */
static gboolean
flush (SmartcomChannel *self)
{
  gsize length;
  const guint8 *data;

  while ((data = amsel_outbox_peek (&self->outbox, &length)) != NULL)
    {
      GError *error = NULL;
      gssize n = write_some (self, data, length, &error);

      if (n < 0)
        {
          fail (self, error);
          return FALSE;
        }
      if (n == 0)
        return TRUE;
      amsel_outbox_remove (&self->outbox, (gsize) n);
    }
  /* an idle channel keeps no buffer */
  amsel_outbox_clear (&self->outbox);
  return TRUE;
}

static gboolean
shake_hands (SmartcomChannel *self)
{
  GError *error = NULL;
  gint done = smartcom_tls_handshake (self->tls, &error);

  self->begun = TRUE;
  if (done < 0)
    {
      fail (self, error);
      return FALSE;
    }
  self->ready = done == 1;
  return self->ready && flush (self);
}

static void
receive (SmartcomChannel *self)
{
  guint8 buffer[READ_BYTES];

  for (guint i = 0; i < READS_MAX && self->socket != NULL && !self->paused; i++)
    {
      GError *error = NULL;
      gssize n = read_some (self, buffer, sizeof buffer, &error);

      if (n > 0)
        {
          self->callbacks->received (buffer, (gsize) n, self->user_data);
          if (self->tls == NULL && (gsize) n < sizeof buffer)
            return;
          continue;
        }
      if (n == 0)
        fail (self, lost ("the far end closed the connection"));
      else if (error != NULL)
        fail (self, error);
      return;
    }
}

static gboolean
on_event (GSocket *socket G_GNUC_UNUSED, GIOCondition condition, gpointer user_data)
{
  SmartcomChannel *self = g_rc_box_acquire (user_data);
  gboolean queued = smartcom_channel_get_queued (self) > 0;

  if (!self->ready && !shake_hands (self))
    goto out;
  if (self->socket != NULL && (condition & G_IO_OUT) != 0 && queued && flush (self)
      && smartcom_channel_get_queued (self) == 0 && self->callbacks->drained != NULL)
    self->callbacks->drained (self->user_data);
  if (self->socket != NULL && self->paused && (condition & (G_IO_ERR | G_IO_HUP)) != 0)
    fail (self, lost ("the connection broke"));
  receive (self);
out:
  watch (self);
  g_rc_box_release_full (self, channel_clear);
  return G_SOURCE_CONTINUE; /* where the source was replaced, it is destroyed already */
}

SmartcomChannel *
smartcom_channel_new (GSocket *socket, SmartcomTls *tls, const SmartcomChannelCallbacks *callbacks,
                      gpointer user_data)
{
  SmartcomChannel *self = g_rc_box_new0 (SmartcomChannel);

  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  self->socket = g_object_ref (socket);
  self->tls = tls;
  self->ready = tls == NULL;
  self->callbacks = callbacks;
  self->user_data = user_data;
  watch (self);
  return self;
}

void
smartcom_channel_set_callbacks (SmartcomChannel *self, const SmartcomChannelCallbacks *callbacks,
                                gpointer user_data)
{
  self->callbacks = callbacks;
  self->user_data = user_data;
}

void
smartcom_channel_free (SmartcomChannel *self)
{
  shut (self);
  g_rc_box_release_full (self, channel_clear);
}

gboolean
smartcom_channel_send (SmartcomChannel *self, const guint8 *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  if (self->socket == NULL || !amsel_outbox_add (&self->outbox, bytes))
    return FALSE;
  watch (self); /* written from the main loop, so that nobody hears of a loss while he sends */
  return TRUE;
}

gsize
smartcom_channel_get_queued (SmartcomChannel *self)
{
  gsize length;

  amsel_outbox_peek (&self->outbox, &length);
  return length;
}

void
smartcom_channel_set_paused (SmartcomChannel *self, gboolean paused)
{
  self->paused = paused;
  watch (self);
}

void
smartcom_channel_set_keep_alive (SmartcomChannel *self, gint64 keep_alive_us)
{
  gint idle_s = (gint) MAX (keep_alive_us / G_USEC_PER_SEC, 1);
  gint interval_s = MAX (idle_s / KEEP_ALIVE_PROBES, 1);

  if (self->socket == NULL)
    return;
  g_socket_set_keepalive (self->socket, keep_alive_us > 0);
  if (keep_alive_us == 0)
    return;
  /* what a system lacks is no reason to have no connection */
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_KEEPIDLE, idle_s, NULL);
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_KEEPINTVL, interval_s, NULL);
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_KEEPCNT, KEEP_ALIVE_PROBES, NULL);
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_USER_TIMEOUT,
                       (idle_s + KEEP_ALIVE_PROBES * interval_s) * 1000, NULL);
}

gchar *
smartcom_channel_dup_key_serial (SmartcomChannel *self)
{
  return self->tls != NULL ? smartcom_tls_dup_serial (self->tls) : NULL;
}

gboolean
smartcom_channel_is_encrypted (SmartcomChannel *self)
{
  return self->tls != NULL;
}
