/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deleting what somebody has done with, and how much room there is: what makes a record memory of the store.
 *
 * A deletion is written by the writer's thread, in the order in which things were asked for, so the main loop
 * waits for no disk. The number of the newest readout is noted in the same transaction: numbers are never
 * used again, also where nothing is left. */
#include "amsel-error.h"
#include "amsel-store-private.h"

/* Deletes in the transaction that is open; the writer's. */
gboolean
amsel_store_deletion_run (AmselStore *self, AmselStoreDeletion *deletion, GError **error)
{
  guint64 last = MIN (deletion->sequence, self->last_sequence);
  sqlite3_stmt *base, *statement;

  base = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_PUT_BASE, error);
  if (base == NULL)
    return FALSE;
  sqlite3_bind_int64 (base, 1, (gint64) self->last_sequence);
  if (!amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_PUT_BASE, error))
    return FALSE;
  statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_DELETE, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) last);
  if (!amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_DELETE, error))
    return FALSE;
  deletion->n_deleted = (guint64) sqlite3_changes64 (self->db->handle);
  self->has_deleted = TRUE;
  return TRUE;
}

/* Tells those who wait, in the main context of each. */
void
amsel_store_deletion_finish (GQueue *deletions, const GError *error)
{
  GList *link;

  while ((link = g_queue_pop_head_link (deletions)) != NULL)
    {
      AmselStoreDeletion *deletion = link->data;

      if (error != NULL)
        g_task_return_error (deletion->task, g_error_copy (error));
      else
        g_task_return_int (deletion->task, (gssize) deletion->n_deleted);
      g_object_unref (deletion->task);
      g_free (deletion);
    }
}

/**
 * amsel_store_delete_async:
 * @self: an open store
 * @sequence: number of the last readout that goes
 * @callback: (scope async): called when they are gone, as durably as the setting says
 * @user_data: for @callback
 *
 * Deletes every readout that is stored now and has a number up to @sequence, delivered by exporters or not.
 * What waits to be stored stays. Numbers of deleted readouts are never used again.
 */
void
amsel_store_delete_async (AmselStore *self, guint64 sequence, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  AmselStoreDeletion *deletion;

  g_task_set_source_tag (task, amsel_store_delete_async);
  g_mutex_lock (&self->lock);
  if (!self->is_open || self->closing)
    {
      g_mutex_unlock (&self->lock);
      g_task_return_new_error (task, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FAILED, "%s: the store is not open",
                               self->file);
      g_object_unref (task);
      return;
    }
  deletion = g_new0 (AmselStoreDeletion, 1);
  deletion->link.data = deletion;
  deletion->sequence = MIN (sequence, self->last_sequence);
  deletion->task = task;
  g_queue_push_tail_link (&self->deletions, &deletion->link);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

/**
 * amsel_store_delete_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an #AmselStoreError
 *
 * Returns: how many readouts were deleted; -1 on error, and then none was
 */
gint64
amsel_store_delete_finish (AmselStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

/**
 * amsel_store_get_n_stored:
 * @self: a store
 *
 * Returns: how many readouts are stored
 */
guint64
amsel_store_get_n_stored (AmselStore *self)
{
  guint64 n;

  g_return_val_if_fail (AMSEL_IS_STORE (self), 0);
  g_mutex_lock (&self->lock);
  n = self->first_sequence > 0 ? self->last_sequence - self->first_sequence + 1 : 0;
  g_mutex_unlock (&self->lock);
  return n;
}
