/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer of the store: one thread that puts all that has gathered into one transaction, again and again.
 *
 * A transaction that fails loses nothing: its readouts go back to the front of the queue and are tried again
 * after a pause that grows, or at once when somebody waits for the result. Only where the queue outgrows
 * memory-limit are the oldest of it given up, counted and told. */
#include "amsel-error.h"
#include "amsel-param.h"
#include "amsel-store-private.h"

#define PAUSE_FIRST_US (100 * 1000)
#define PAUSE_LAST_US  (5 * G_USEC_PER_SEC)

/* What is in the file for a row besides its two blobs, for the reckoning of room and memory. */
#define ROW_BYTES 64

typedef struct
{
  GQueue items;
  GQueue jobs;
  GQueue deletions;
  gsize bytes;
  guint64 number; /* of the attempt */
  guint64 n_undelivered;
  GError *refusal; /* (owned) (nullable): why the readouts could not be stored although all else went well */
} Batch;

gsize
amsel_store_item_get_bytes (const AmselStoreItem *item)
{
  return ROW_BYTES + item->packed_length + item->frames_length;
}

void
amsel_store_item_free (AmselStoreItem *item)
{
  g_free (item->error_domain);
  g_free (item->error_message);
  g_free (item);
}

static gboolean
has_work (const AmselStore *self)
{
  return self->items.length > 0 || self->cursor_jobs.length > 0 || self->deletions.length > 0 || self->damaged
         || self->expire_wanted || self->bounds_again;
}

static gint64
pause_us (guint n_failures)
{
  return MIN ((gint64) PAUSE_FIRST_US << MIN (n_failures - 1, 16), PAUSE_LAST_US);
}

/* Waits for something to do and, after a failure, for the end of the pause. */
static void
wait_for_work (AmselStore *self)
{
  gint64 until;

  while (!has_work (self) && !self->closing)
    g_cond_wait (&self->wake, &self->lock);
  if (self->n_failures == 0)
    return;
  until = g_get_monotonic_time () + pause_us (self->n_failures);
  while (!self->kicked && !self->closing && self->cursor_jobs.length == 0 && self->deletions.length == 0)
    if (!g_cond_wait_until (&self->wake, &self->lock, until))
      return;
}

static void
take_batch (AmselStore *self, Batch *batch)
{
  gsize limit = self->max_size > 0 ? MIN (AMSEL_STORE_BATCH_BYTES, (gsize) self->max_size / 8)
                                   : AMSEL_STORE_BATCH_BYTES;

  while (self->items.length > 0 && batch->bytes < limit)
    {
      GList *link = g_queue_pop_head_link (&self->items);

      batch->bytes += amsel_store_item_get_bytes (link->data);
      g_queue_push_tail_link (&batch->items, link);
    }
  batch->jobs = self->cursor_jobs;
  g_queue_init (&self->cursor_jobs);
  batch->deletions = self->deletions;
  g_queue_init (&self->deletions);
  batch->number = ++self->n_attempts;
  self->kicked = FALSE;
  self->expire_wanted = FALSE;
}

/* The rows of sources that a transaction added are gone with it. */
static void
forget_sources (AmselStore *self)
{
  GHashTableIter iter;
  gpointer source;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->sources);
  while (g_hash_table_iter_next (&iter, &source, NULL))
    ((AmselStoreSource *) source)->id = 0;
  g_mutex_unlock (&self->lock);
}

static void
bind_source (sqlite3_stmt *statement, const AmselStoreSource *source)
{
  amsel_store_bind_text (statement, 1, source->meter);
  amsel_store_bind_text (statement, 2, source->pipeline);
  amsel_store_bind_text (statement, 3, source->line);
  amsel_store_bind_text (statement, 4, source->protocol);
}

static gboolean
ensure_source (AmselStore *self, AmselStoreSource *source, GError **error)
{
  sqlite3_stmt *statement;
  gboolean row;

  if (source->id != 0)
    return TRUE;
  statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_FIND_SOURCE, error);
  if (statement == NULL)
    return FALSE;
  bind_source (statement, source);
  if (!amsel_store_db_step (self->db, statement, &row, error))
    return FALSE;
  if (row)
    {
      source->id = sqlite3_column_int64 (statement, 0);
      sqlite3_reset (statement);
      return TRUE;
    }
  statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_ADD_SOURCE, error);
  if (statement == NULL)
    return FALSE;
  bind_source (statement, source);
  if (!amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_ADD_SOURCE, error))
    return FALSE;
  source->id = sqlite3_last_insert_rowid (self->db->handle);
  return TRUE;
}

static gboolean
insert_item (AmselStore *self, const AmselStoreItem *item, guint64 sequence, GError **error)
{
  sqlite3_stmt *s = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_INSERT, error);

  if (s == NULL)
    return FALSE;
  sqlite3_bind_int64 (s, 1, (gint64) sequence);
  sqlite3_bind_int64 (s, 2, item->source->id);
  sqlite3_bind_int64 (s, 3, item->slot_us);
  sqlite3_bind_int64 (s, 4, item->start_us);
  sqlite3_bind_int64 (s, 5, item->end_us);
  sqlite3_bind_int64 (s, 6, item->attempts);
  sqlite3_bind_int (s, 7, (gint) item->quality);
  amsel_store_bind_text (s, 8, item->error_domain);
  sqlite3_bind_int (s, 9, item->error_code);
  amsel_store_bind_text (s, 10, item->error_message);
  if (item->has_identity)
    sqlite3_bind_int64 (s, 11, (gint64) item->identity);
  else
    sqlite3_bind_null (s, 11);
  sqlite3_bind_blob (s, 12, item->bytes + item->packed_length, (gint) item->frames_length, SQLITE_STATIC);
  sqlite3_bind_blob (s, 13, item->bytes, (gint) item->packed_length, SQLITE_STATIC);
  sqlite3_bind_int64 (s, 14, (gint64) item->origin);
  return amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_INSERT, error);
}

/* How far a place has been collected from goes into the same transaction as what was collected: a crash
 * cannot come between them. */
static gboolean
put_origin (AmselStore *self, const AmselStoreItem *item, GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_PUT_ORIGIN, error);

  if (statement == NULL)
    return FALSE;
  amsel_store_bind_text (statement, 1, item->source->pipeline);
  amsel_store_bind_text (statement, 2, item->source->line);
  sqlite3_bind_int64 (statement, 3, (gint64) item->origin);
  sqlite3_bind_int64 (statement, 4, item->end_us);
  return amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_PUT_ORIGIN, error);
}

static gboolean
put_cursor (AmselStore *self, const AmselStoreCursorJob *job, GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_PUT_CURSOR, error);

  if (statement == NULL)
    return FALSE;
  amsel_store_bind_text (statement, 1, job->exporter);
  sqlite3_bind_int64 (statement, 2, (gint64) job->sequence);
  amsel_store_bind_text (statement, 3, job->state);
  sqlite3_bind_int64 (statement, 4, amsel_clock_get_real_us (amsel_store_get_clock (self)));
  return amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_PUT_CURSOR, error);
}

/* All statements between BEGIN and COMMIT. Cursors and deletions come first: they may make room. */
static gboolean
write_all (AmselStore *self, Batch *batch, GError **error)
{
  guint64 sequence = self->last_sequence;

  for (GList *l = batch->jobs.head; l != NULL; l = l->next)
    if (!put_cursor (self, l->data, error))
      return FALSE;
  for (GList *l = batch->deletions.head; l != NULL; l = l->next)
    if (!amsel_store_deletion_run (self, l->data, error))
      return FALSE;
  if (!amsel_store_bounds_expire (self, &batch->n_undelivered, error))
    return FALSE;
  if (batch->items.length > 0
      && !amsel_store_bounds_make_room (self, batch->bytes, &batch->n_undelivered, &batch->refusal, error))
    return FALSE;
  for (GList *l = batch->refusal == NULL ? batch->items.head : NULL; l != NULL; l = l->next)
    {
      AmselStoreItem *item = l->data;

      if (!ensure_source (self, item->source, error) || !insert_item (self, item, ++sequence, error)
          || (item->origin != 0 && !put_origin (self, item, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
load_range (AmselStore *self, GError **error)
{
  guint64 first, last;

  if (!amsel_store_schema_get_range (self->db, &first, &last, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->first_sequence = first;
  self->last_sequence = last;
  g_mutex_unlock (&self->lock);
  self->range_unknown = FALSE;
  return amsel_store_bounds_refresh (self, error);
}

static gboolean
transact (AmselStore *self, Batch *batch, GError **error)
{
  self->has_deleted = FALSE;
  batch->n_undelivered = 0;
  g_clear_error (&batch->refusal);
  if (self->range_unknown && !load_range (self, error))
    return FALSE;
  if (amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_BEGIN, error) && write_all (self, batch, error)
      && amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_COMMIT, error))
    return TRUE;

  if (!sqlite3_get_autocommit (self->db->handle))
    amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_ROLLBACK, NULL);
  forget_sources (self);
  self->range_unknown = TRUE;
  return FALSE;
}

/* Puts a new file in the place of a damaged one. */
static gboolean
replace_file (AmselStore *self, const GError *reason, GError **error)
{
  gboolean replaced = amsel_store_schema_replace (self, reason, error);

  forget_sources (self);
  self->range_unknown = TRUE;
  g_mutex_lock (&self->lock);
  self->damaged = FALSE;
  g_mutex_unlock (&self->lock);
  return replaced;
}

/* Why the file cannot be used any longer; NULL where it can. One that somebody removed would take all that is
 * written to it away when the program ends. */
static GError *
find_fault (AmselStore *self)
{
  gboolean damaged;
  gint moved = 0;

  g_mutex_lock (&self->lock);
  damaged = self->damaged;
  g_mutex_unlock (&self->lock);
  sqlite3_file_control (self->db->handle, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
  if (!damaged && !moved)
    return NULL;
  return g_error_new (AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED, "%s: the file was found %s", self->file,
                      moved ? "removed or moved while it was in use" : "damaged when it was read");
}

static gboolean
ensure_file (AmselStore *self, GError **error)
{
  g_autoptr (GError) fault = NULL;

  if (self->db == NULL)
    {
      self->range_unknown = TRUE;
      self->db = amsel_store_schema_open (self, error);
      return self->db != NULL;
    }
  fault = find_fault (self);
  return fault == NULL || replace_file (self, fault, error);
}

static gboolean
attempt (AmselStore *self, Batch *batch, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!ensure_file (self, error))
    return FALSE;
  if (transact (self, batch, &local))
    return TRUE;
  if (!g_error_matches (local, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return replace_file (self, local, error) && transact (self, batch, error);
}

/* Reports the beginning of a trouble, once for each kind. */
static void
begin_trouble (AmselStore *self, const GError *error)
{
  if (self->in_trouble && self->trouble_code == error->code)
    return;
  if (!self->in_trouble)
    {
      self->trouble_since_us = amsel_clock_get_monotonic_us (amsel_store_get_clock (self));
      self->trouble_lost = self->n_lost;
    }
  self->in_trouble = TRUE;
  self->trouble_code = error->code;
  amsel_store_notice_problem (self, error);
}

static void
end_trouble (AmselStore *self)
{
  gint64 us;

  if (!self->in_trouble || self->queued_bytes > (gsize) self->memory_limit / 2)
    return;
  us = amsel_clock_get_monotonic_us (amsel_store_get_clock (self)) - self->trouble_since_us;
  self->in_trouble = FALSE;
  amsel_store_notice_recovered (
      self, g_strdup_printf ("%s: readouts are stored again after %.1f s; %" G_GUINT64_FORMAT " were lost",
                             self->file, (gdouble) us / G_USEC_PER_SEC, self->n_lost - self->trouble_lost));
}

/* Gives up the oldest readouts that wait, until the others fit into memory-limit. With the lock held. */
void
amsel_store_writer_trim (AmselStore *self)
{
  while (self->queued_bytes > (gsize) self->memory_limit && self->items.length > 0)
    {
      GList *link = g_queue_pop_head_link (&self->items);

      self->queued_bytes -= amsel_store_item_get_bytes (link->data);
      self->n_queued--;
      self->n_lost++;
      self->n_settled++;
      amsel_store_item_free (link->data);
      if (!self->in_trouble)
        {
          g_autofree gchar *limit = amsel_size_to_string (self->memory_limit);
          g_autoptr (GError) error =
              g_error_new (AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL,
                           "%s: readouts come faster than they can be stored; more than memory-limit (%s) is "
                           "waiting, and the oldest are given up",
                           self->file, limit);

          begin_trouble (self, error);
          self->trouble_lost = self->n_lost - 1;
        }
    }
}

/* Tells of readouts that had to be deleted before their delivery: once, and once how many it was. */
static void
tell_undelivered (AmselStore *self, const Batch *batch)
{
  if (batch->n_undelivered > 0 && self->n_undelivered == 0)
    {
      g_autoptr (GError) error = g_error_new (
          AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL,
          "%s has reached its bounds: %" G_GUINT64_FORMAT
          " readouts were deleted before “%s” delivered them, and more will be until it catches up",
          self->file, batch->n_undelivered, self->slowest);

      amsel_store_notice_problem (self, error);
    }
  else if (batch->n_undelivered == 0 && self->n_undelivered > 0)
    {
      amsel_store_notice_recovered (
          self, g_strdup_printf (
                    "%s: no undelivered readout has to be deleted any more; it were %" G_GUINT64_FORMAT,
                    self->file, self->n_undelivered));
      self->n_undelivered = 0;
    }
  self->n_undelivered += batch->n_undelivered;
}

static void
finish_jobs (Batch *batch, const GError *error)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&batch->jobs)) != NULL)
    {
      AmselStoreCursorJob *job = link->data;

      job->error = error != NULL ? g_error_copy (error) : NULL;
      job->done = TRUE;
    }
}

static void
drop_items (GQueue *items)
{
  GList *link;

  while ((link = g_queue_pop_head_link (items)) != NULL)
    amsel_store_item_free (link->data);
}

static void
settle_stored (AmselStore *self, Batch *batch)
{
  guint n = batch->items.length;

  self->last_sequence += n;
  if (self->first_sequence == 0 && n > 0)
    self->first_sequence = self->last_sequence - n + 1;
  self->n_settled += n;
  self->n_queued -= n;
  self->queued_bytes -= batch->bytes;
  self->n_failures = 0;
  g_clear_error (&self->failure);
  if (n > 0)
    amsel_store_notice_committed (self);
  end_trouble (self);
  drop_items (&batch->items);
}

static void
settle_failed (AmselStore *self, Batch *batch, const GError *error)
{
  GList *link;

  self->n_failures++;
  self->failed_attempt = batch->number;
  g_clear_error (&self->failure);
  self->failure = g_error_copy (error);
  begin_trouble (self, error);
  while ((link = g_queue_pop_tail_link (&batch->items)) != NULL)
    g_queue_push_head_link (&self->items, link);
  amsel_store_writer_trim (self);
}

/* Takes over what an attempt has done. With the lock held. */
static void
settle (AmselStore *self, Batch *batch, gboolean done, const GError *error)
{
  finish_jobs (batch, done ? NULL : error);
  amsel_store_deletion_finish (&batch->deletions, done ? NULL : error);
  if (done && self->has_deleted)
    tell_undelivered (self, batch);
  if (!done)
    settle_failed (self, batch, error);
  else if (batch->refusal != NULL)
    settle_failed (self, batch, batch->refusal);
  else
    settle_stored (self, batch);
  g_clear_error (&batch->refusal);
  g_cond_broadcast (&self->done);
}

/* Copies the log into the file where it has grown. Readers hold no transaction between their calls, so once
 * they are kept out for a moment the log can begin anew. A failure needs no report: the log keeps what is
 * committed, and a full disk fails the next commit too. */
static void
checkpoint (AmselStore *self)
{
  gint code = SQLITE_OK;

  if (self->db == NULL || self->db->wal_pages < AMSEL_STORE_WAL_PAGES)
    return;
  if (self->db->wal_pages < AMSEL_STORE_WAL_PAGES_MAX)
    code = sqlite3_wal_checkpoint_v2 (self->db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  else
    {
      g_mutex_lock (&self->reader_lock);
      code = sqlite3_wal_checkpoint_v2 (self->db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
      g_mutex_unlock (&self->reader_lock);
    }
  if ((code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB)
    {
      g_mutex_lock (&self->lock);
      self->damaged = TRUE;
      g_mutex_unlock (&self->lock);
    }
}

/* At the end of the program with a disk that is still full: says what is lost. With the lock held. */
static void
give_up (AmselStore *self)
{
  guint n = self->items.length;
  g_autoptr (GError) error = NULL;
  Batch jobs = { .jobs = self->cursor_jobs };

  if (n > 0)
    {
      error = g_error_new (self->failure->domain, self->failure->code, "%s; %u readouts are lost",
                           self->failure->message, n);
      amsel_store_notice_problem (self, error);
    }
  drop_items (&self->items);
  self->n_lost += n;
  self->n_settled += n;
  self->n_queued -= n;
  self->queued_bytes = 0;
  g_queue_init (&self->cursor_jobs);
  finish_jobs (&jobs, self->failure);
  amsel_store_deletion_finish (&self->deletions, self->failure);
  g_cond_broadcast (&self->done);
}

gpointer
amsel_store_writer_run (gpointer data)
{
  AmselStore *self = data;
  gboolean last_try = FALSE;

  g_mutex_lock (&self->lock);
  for (;;)
    {
      Batch batch = { .items = G_QUEUE_INIT };
      g_autoptr (GError) error = NULL;
      gboolean done;

      wait_for_work (self);
      if (self->closing && (last_try || !has_work (self)))
        break;
      last_try = self->closing;
      take_batch (self, &batch);
      g_mutex_unlock (&self->lock);
      done = attempt (self, &batch, &error);
      if (done && (self->has_deleted || self->oldest_end_us == G_MAXINT64))
        amsel_store_bounds_refresh (self, NULL);
      g_mutex_lock (&self->lock);
      settle (self, &batch, done, error);
      last_try = last_try && self->failure != NULL;
      g_mutex_unlock (&self->lock);
      checkpoint (self);
      g_mutex_lock (&self->lock);
    }
  if (self->failure != NULL)
    give_up (self);
  g_mutex_unlock (&self->lock);
  return NULL;
}
