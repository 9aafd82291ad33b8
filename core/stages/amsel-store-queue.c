/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What callers hand to the writer of the store and what they wait for: readouts, cursors, and the news that
 * something was stored. */
#include "amsel-error.h"
#include "amsel-readout-pack.h"
#include "amsel-store-private.h"

AmselStoreSource *
amsel_store_source_new (const AmselReadoutInfo *info)
{
  AmselStoreSource *self = g_new0 (AmselStoreSource, 1);

  self->pipeline = g_strdup (info->pipeline);
  self->line = g_strdup (info->line);
  self->meter = g_strdup (info->meter);
  self->protocol = g_strdup (info->protocol);
  return self;
}

void
amsel_store_source_free (AmselStoreSource *self)
{
  g_free (self->pipeline);
  g_free (self->line);
  g_free (self->meter);
  g_free (self->protocol);
  g_free (self);
}

guint
amsel_store_source_hash (gconstpointer key)
{
  const AmselStoreSource *self = key;
  guint hash = self->meter != NULL ? g_str_hash (self->meter) : 0;

  return hash * 31 + (self->pipeline != NULL ? g_str_hash (self->pipeline) : 0);
}

gboolean
amsel_store_source_equal (gconstpointer a, gconstpointer b)
{
  const AmselStoreSource *one = a;
  const AmselStoreSource *other = b;

  return g_strcmp0 (one->meter, other->meter) == 0 && g_strcmp0 (one->pipeline, other->pipeline) == 0
         && g_strcmp0 (one->line, other->line) == 0 && g_strcmp0 (one->protocol, other->protocol) == 0;
}

/* The source of a readout; one and the same for all of a meter. With the lock held. */
static AmselStoreSource *
find_source (AmselStore *self, const AmselReadoutInfo *info)
{
  AmselStoreSource key = { .pipeline = (gchar *) info->pipeline,
                           .line = (gchar *) info->line,
                           .meter = (gchar *) info->meter,
                           .protocol = (gchar *) info->protocol };
  AmselStoreSource *source = g_hash_table_lookup (self->sources, &key);

  if (source == NULL)
    {
      source = amsel_store_source_new (info);
      g_hash_table_add (self->sources, source);
    }
  return source;
}

/* Packs a readout, so that one that waits takes no more memory than it will take in the file. With the lock
 * held; NULL where it is larger than any readout of a meter. */
static AmselStoreItem *
make_item (AmselStore *self, const AmselReadout *readout)
{
  const AmselReadoutInfo *info = amsel_readout_get_info (readout);
  const AmselIdentity *identity = amsel_readout_get_identity (readout);
  AmselStoreItem *item;

  g_byte_array_set_size (self->packed, 0);
  g_byte_array_set_size (self->frames, 0);
  if (!amsel_readout_pack (readout, self->packed, self->frames))
    return NULL;
  item = g_malloc (sizeof *item + self->packed->len + self->frames->len);
  *item = (AmselStoreItem){
    .source = find_source (self, info),
    .slot_us = info->slot_us,
    .start_us = info->start_us,
    .end_us = info->end_us,
    .attempts = info->attempts,
    .origin = info->origin,
    .quality = info->quality,
    .error_domain = g_strdup (info->error_domain),
    .error_code = info->error_code,
    .error_message = g_strdup (info->error_message),
    .has_identity = identity != NULL,
    .packed_length = self->packed->len,
    .frames_length = self->frames->len,
  };
  item->link.data = item;
  if (identity != NULL)
    item->identity = (guint64) identity->id << 32 | (guint64) identity->manufacturer << 16
                     | (guint64) identity->version << 8 | identity->medium;
  for (gsize i = 0; i < item->packed_length; i++)
    item->bytes[i] = self->packed->data[i];
  for (gsize i = 0; i < item->frames_length; i++)
    item->bytes[item->packed_length + i] = self->frames->data[i];
  return item;
}

/**
 * amsel_store_append:
 * @self: an open store
 * @readout: what to store
 *
 * Queues a readout for storing. Never blocks: where more than memory-limit is waiting, because the disk is
 * full or too slow, the oldest that waits is given up, counted and told. From any thread; readouts are
 * numbered in the order of the calls.
 */
void
amsel_store_append (AmselStore *self, AmselReadout *readout)
{
  AmselStoreItem *item;

  g_return_if_fail (AMSEL_IS_STORE (self) && readout != NULL);
  g_mutex_lock (&self->lock);
  if (!self->is_open || self->closing)
    {
      g_mutex_unlock (&self->lock);
      g_return_if_reached ();
    }
  self->n_appended++;
  item = make_item (self, readout);
  if (item == NULL)
    {
      g_autoptr (GError) error =
          g_error_new (AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FAILED,
                       "%s: a readout of meter “%s” is larger than %d bytes and is not stored", self->file,
                       amsel_readout_get_meter (readout), AMSEL_READOUT_PACK_MAX);

      self->n_settled++;
      self->n_lost++;
      amsel_store_notice_problem (self, error);
      g_mutex_unlock (&self->lock);
      return;
    }
  g_queue_push_tail_link (&self->items, &item->link);
  self->queued_bytes += amsel_store_item_get_bytes (item);
  self->n_queued++;
  if (self->queued_bytes > (gsize) self->memory_limit)
    amsel_store_writer_trim (self);
  if (self->items.length == 1)
    g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

/**
 * amsel_store_flush:
 * @self: an open store
 * @error: return location for an #AmselStoreError
 *
 * Waits until all that was appended before is stored. After a failure the next attempt is made at once, and
 * its error given, so this does not wait for a full disk to be cleared.
 *
 * Returns: whether all of it is stored; %FALSE also where some of it was given up meanwhile
 */
gboolean
amsel_store_flush (AmselStore *self, GError **error)
{
  guint64 target, attempt, lost;
  gboolean done = TRUE;

  g_return_val_if_fail (AMSEL_IS_STORE (self), FALSE);
  g_mutex_lock (&self->lock);
  target = self->n_appended;
  attempt = self->n_attempts;
  lost = self->n_lost;
  self->kicked = self->n_settled < target;
  if (self->kicked)
    g_cond_signal (&self->wake);
  while (self->n_settled < target && self->failed_attempt <= attempt)
    g_cond_wait (&self->done, &self->lock);
  if (self->n_settled < target && self->failure != NULL)
    {
      g_propagate_error (error, g_error_copy (self->failure));
      done = FALSE;
    }
  else if (self->n_lost > lost)
    {
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL,
                   "%s: %" G_GUINT64_FORMAT " readouts could not be stored and are lost", self->file,
                   self->n_lost - lost);
      done = FALSE;
    }
  g_mutex_unlock (&self->lock);
  return done;
}

/**
 * amsel_store_commit_cursor:
 * @self: an open store
 * @exporter: name of an exporter
 * @sequence: number of the last readout that it has delivered
 * @state: (nullable): what the exporter wants to find again at its next start
 * @error: return location for an #AmselStoreError
 *
 * Remembers how far an exporter has come. Blocks until that is as durable as the setting says; it is written
 * together with the readouts that are waiting. From any thread but the one that opened the store, which
 * should not block.
 *
 * Returns: whether it is stored
 */
gboolean
amsel_store_commit_cursor (AmselStore *self, const gchar *exporter, guint64 sequence, const gchar *state,
                           GError **error)
{
  AmselStoreCursorJob job = { .exporter = exporter, .state = state, .sequence = sequence };

  g_return_val_if_fail (AMSEL_IS_STORE (self) && exporter != NULL, FALSE);
  job.link.data = &job;
  g_mutex_lock (&self->lock);
  if (!self->is_open || self->closing)
    {
      g_mutex_unlock (&self->lock);
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FAILED, "%s: the store is not open",
                   self->file);
      return FALSE;
    }
  g_queue_push_tail_link (&self->cursor_jobs, &job.link);
  g_cond_signal (&self->wake);
  while (!job.done)
    g_cond_wait (&self->done, &self->lock);
  g_mutex_unlock (&self->lock);
  if (job.error == NULL)
    return TRUE;
  g_propagate_error (error, job.error);
  return FALSE;
}

static void
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, AmselStore *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->done);
  g_mutex_unlock (&self->lock);
}

/**
 * amsel_store_wait:
 * @self: an open store
 * @after_sequence: number of the last readout that the caller has
 * @timeout_us: how long to wait in microseconds; below 0 for ever
 * @cancellable: (nullable): to stop waiting
 *
 * Blocks the calling thread until something newer is stored, the time is over, the wait is cancelled or the
 * store closes. From any thread but the one that opened the store.
 *
 * Returns: whether there is something newer
 */
gboolean
amsel_store_wait (AmselStore *self, guint64 after_sequence, gint64 timeout_us, GCancellable *cancellable)
{
  gint64 until = g_get_monotonic_time () + timeout_us;
  gulong handler = 0;
  gboolean newer;

  g_return_val_if_fail (AMSEL_IS_STORE (self), FALSE);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);
  g_mutex_lock (&self->lock);
  while (self->last_sequence <= after_sequence && self->is_open && !self->closing
         && !g_cancellable_is_cancelled (cancellable))
    {
      if (timeout_us < 0)
        g_cond_wait (&self->done, &self->lock);
      else if (!g_cond_wait_until (&self->done, &self->lock, until))
        break;
    }
  newer = self->last_sequence > after_sequence;
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);
  return newer;
}
