/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the store while it is written: one connection of its own, which the exporters' threads share under
 * a lock. No transaction stays open between two calls, so nothing keeps the log from being copied into the
 * file. */
#include "amsel-error.h"
#include "amsel-readout-pack.h"
#include "amsel-store-private.h"

/* Most readouts given at once, however many are asked for. */
#define READ_MAX 4096

enum
{
  COLUMN_SEQUENCE,
  COLUMN_SOURCE,
  COLUMN_SLOT,
  COLUMN_START,
  COLUMN_END,
  COLUMN_ATTEMPTS,
  COLUMN_QUALITY,
  COLUMN_ERROR_DOMAIN,
  COLUMN_ERROR_CODE,
  COLUMN_ERROR_MESSAGE,
  COLUMN_FRAMES,
  COLUMN_PACKED,
  COLUMN_ORIGIN,
};

/* Damage that is met while reading is the writer's to deal with. */
static void
note_damage (AmselStore *self, const GError *error)
{
  if (!g_error_matches (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED))
    return;
  g_mutex_lock (&self->lock);
  self->damaged = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

static gboolean
ensure_open (AmselStore *self, GError **error)
{
  gboolean is_open;

  g_mutex_lock (&self->lock);
  is_open = self->is_open;
  g_mutex_unlock (&self->lock);
  if (!is_open)
    {
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FAILED, "%s: the store is not open",
                   self->file);
      return FALSE;
    }
  if (self->reader == NULL)
    self->reader = amsel_store_db_open (self, FALSE, error);
  return self->reader != NULL;
}

/* Every read stands between this and end_read(), also where this says that the store is not open. */
static gboolean
begin_read (AmselStore *self, GError **error)
{
  g_mutex_lock (&self->reader_lock);
  return ensure_open (self, error);
}

/* Takes the failure of the read, and returns whether there is none. */
static gboolean
end_read (AmselStore *self, GError *failure, GError **error)
{
  g_mutex_unlock (&self->reader_lock);
  if (failure == NULL)
    return TRUE;
  note_damage (self, failure);
  g_propagate_error (error, failure);
  return FALSE;
}

/* The first row of a statement with one or two texts; reset it when what it gives was copied. NULL on error.
 */
static sqlite3_stmt *
find_row (AmselStore *self, AmselStoreStatement which, const gchar *text, const gchar *other, gboolean *row,
          GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (self->reader, which, error);

  if (statement == NULL)
    return NULL;
  amsel_store_bind_text (statement, 1, text);
  if (other != NULL)
    amsel_store_bind_text (statement, 2, other);
  return amsel_store_db_step (self->reader, statement, row, error) ? statement : NULL;
}

/* Call it with reader_lock held. */
void
amsel_store_reader_close (AmselStore *self)
{
  g_clear_pointer (&self->reader, amsel_store_db_close);
  g_hash_table_remove_all (self->reader_sources);
}

/* Finds a source by its row, and keeps it. A row that is missing (somebody deleted it) is a source without
 * names. */
static const AmselStoreSource *
get_source (AmselStore *self, gint64 id, GError **error)
{
  AmselStoreSource *source = g_hash_table_lookup (self->reader_sources, &id);
  AmselReadoutInfo info = { 0 };
  sqlite3_stmt *statement;
  gboolean row;

  if (source != NULL)
    return source;
  statement = amsel_store_db_statement (self->reader, AMSEL_STORE_STATEMENT_GET_SOURCE, error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, id);
  if (!amsel_store_db_step (self->reader, statement, &row, error))
    return NULL;
  if (row)
    {
      info.meter = (const gchar *) sqlite3_column_text (statement, 0);
      info.pipeline = (const gchar *) sqlite3_column_text (statement, 1);
      info.line = (const gchar *) sqlite3_column_text (statement, 2);
      info.protocol = (const gchar *) sqlite3_column_text (statement, 3);
    }
  source = amsel_store_source_new (&info);
  source->id = id;
  sqlite3_reset (statement);
  g_hash_table_insert (self->reader_sources, &source->id, source);
  return source;
}

/* A row whose telegrams cannot be unpacked must not stop the exporters: it comes as what it is, an unreadable
 * readout, and its bytes stay in the file. */
static AmselReadout *
make_damaged (AmselReadoutInfo *info, guint64 sequence, const GError *error)
{
  info->quality = AMSEL_QUALITY_UNREADABLE;
  info->error_domain = g_quark_to_string (error->domain);
  info->error_code = error->code;
  info->error_message = error->message;
  return amsel_readout_new (info, NULL, 0, sequence);
}

static AmselReadout *
make_readout (sqlite3_stmt *row, const AmselStoreSource *source)
{
  g_autoptr (GError) local = NULL;
  guint64 sequence = (guint64) sqlite3_column_int64 (row, COLUMN_SEQUENCE);
  const guint8 *frames = sqlite3_column_blob (row, COLUMN_FRAMES);
  const guint8 *packed = sqlite3_column_blob (row, COLUMN_PACKED);
  gint64 quality = sqlite3_column_int64 (row, COLUMN_QUALITY);
  AmselReadout *readout;
  AmselReadoutInfo info = {
    .pipeline = source->pipeline,
    .line = source->line,
    .meter = source->meter,
    .protocol = source->protocol,
    .slot_us = sqlite3_column_int64 (row, COLUMN_SLOT),
    .start_us = sqlite3_column_int64 (row, COLUMN_START),
    .end_us = sqlite3_column_int64 (row, COLUMN_END),
    .attempts = (guint) sqlite3_column_int64 (row, COLUMN_ATTEMPTS),
    .origin = (guint64) sqlite3_column_int64 (row, COLUMN_ORIGIN),
    .quality = quality >= 0 && quality <= AMSEL_QUALITY_MISSED ? (AmselQuality) quality : AMSEL_QUALITY_NONE,
    .error_domain = (const gchar *) sqlite3_column_text (row, COLUMN_ERROR_DOMAIN),
    .error_code = sqlite3_column_int (row, COLUMN_ERROR_CODE),
    .error_message = (const gchar *) sqlite3_column_text (row, COLUMN_ERROR_MESSAGE),
  };

  readout = amsel_readout_unpack (&info, sequence, packed, (gsize) sqlite3_column_bytes (row, COLUMN_PACKED),
                                  frames, (gsize) sqlite3_column_bytes (row, COLUMN_FRAMES), &local);
  return readout != NULL ? readout : make_damaged (&info, sequence, local);
}

static GPtrArray *
read_rows (AmselStore *self, guint64 sequence, guint max, GError **error)
{
  g_autoptr (GPtrArray) readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  sqlite3_stmt *statement = amsel_store_db_statement (self->reader, AMSEL_STORE_STATEMENT_READ, error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, (gint64) MIN (sequence, (guint64) G_MAXINT64));
  sqlite3_bind_int64 (statement, 2, MIN (max, READ_MAX));
  for (;;)
    {
      const AmselStoreSource *source;

      if (!amsel_store_db_step (self->reader, statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&readouts);
      source = get_source (self, sqlite3_column_int64 (statement, COLUMN_SOURCE), error);
      if (source == NULL)
        {
          sqlite3_reset (statement);
          return NULL;
        }
      g_ptr_array_add (readouts, make_readout (statement, source));
    }
}

/**
 * amsel_store_read_after: (skip)
 * @self: an open store
 * @sequence: number of the last readout that the caller has; 0 for none
 * @max: how many to give at most
 * @error: return location for an #AmselStoreError
 *
 * Reads stored readouts. From any thread. A readout whose telegrams are damaged comes without them, as
 * %AMSEL_QUALITY_UNREADABLE with the error in its info.
 *
 * Returns: (transfer full) (element-type AmselReadout): the next readouts in order of their numbers; empty
 * where there is none; %NULL on error
 */
GPtrArray *
amsel_store_read_after (AmselStore *self, guint64 sequence, guint max, GError **error)
{
  GError *local = NULL;
  GPtrArray *readouts = NULL;

  g_return_val_if_fail (AMSEL_IS_STORE (self), NULL);
  if (begin_read (self, &local))
    readouts = read_rows (self, sequence, max, &local);
  end_read (self, local, error);
  return readouts;
}

/**
 * amsel_store_read_next:
 * @self: an open store
 * @sequence: number of the last readout that the caller has; 0 for none
 * @error: return location for an #AmselStoreError
 *
 * Reads one stored readout, for other languages; see amsel_store_read_after().
 *
 * Returns: (transfer full) (nullable): the next readout; %NULL where there is none, or on error
 */
AmselReadout *
amsel_store_read_next (AmselStore *self, guint64 sequence, GError **error)
{
  g_autoptr (GPtrArray) readouts = amsel_store_read_after (self, sequence, 1, error);

  return readouts != NULL && readouts->len > 0 ? amsel_readout_ref (g_ptr_array_index (readouts, 0)) : NULL;
}

static gboolean
read_last_slot (AmselStore *self, const gchar *pipeline, gint64 *slot_us, GError **error)
{
  gboolean row;
  sqlite3_stmt *statement = find_row (self, AMSEL_STORE_STATEMENT_LAST_SLOT, pipeline, NULL, &row, error);

  if (statement == NULL)
    return FALSE;
  *slot_us = row ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_reset (statement);
  return TRUE;
}

/**
 * amsel_store_get_last_slot:
 * @self: an open store
 * @pipeline: name of a pipeline
 * @slot_us: (out): the slot of its newest readout that has one; 0 where there is none among the newest
 * readouts
 * @error: return location for an #AmselStoreError
 *
 * Finds how far a pipeline had come when the program ended. From any thread.
 *
 * Returns: whether it could be read
 */
gboolean
amsel_store_get_last_slot (AmselStore *self, const gchar *pipeline, gint64 *slot_us, GError **error)
{
  GError *local = NULL;

  g_return_val_if_fail (AMSEL_IS_STORE (self), FALSE);
  *slot_us = 0;
  if (begin_read (self, &local))
    read_last_slot (self, pipeline, slot_us, &local);
  return end_read (self, local, error);
}

static gboolean
read_origin (AmselStore *self, const gchar *pipeline, const gchar *line, guint64 *number, gint64 *end_us,
             GError **error)
{
  gboolean row;
  sqlite3_stmt *statement = find_row (self, AMSEL_STORE_STATEMENT_GET_ORIGIN, pipeline, line, &row, error);

  if (statement == NULL)
    return FALSE;
  if (row)
    {
      *number = (guint64) sqlite3_column_int64 (statement, 0);
      *end_us = sqlite3_column_int64 (statement, 1);
    }
  sqlite3_reset (statement);
  return TRUE;
}

/**
 * amsel_store_get_origin:
 * @self: an open store
 * @pipeline: name of the pipeline or service that collects
 * @line: the place that it collects from, as in the readouts
 * @number: (out): #AmselReadoutInfo.origin of the readout of that place which was stored last; 0 for none
 * @end_us: (out): its end: wall-clock microseconds
 * @error: return location for an #AmselStoreError
 *
 * Finds how far a place has been collected from. This is written in the same transaction as the readout, so
 * that after a crash nothing is collected twice or left out. From any thread.
 *
 * Returns: whether it could be read
 */
gboolean
amsel_store_get_origin (AmselStore *self, const gchar *pipeline, const gchar *line, guint64 *number,
                        gint64 *end_us, GError **error)
{
  GError *local = NULL;

  g_return_val_if_fail (AMSEL_IS_STORE (self) && pipeline != NULL && line != NULL, FALSE);
  *number = 0;
  *end_us = 0;
  if (begin_read (self, &local))
    read_origin (self, pipeline, line, number, end_us, &local);
  return end_read (self, local, error);
}

static gboolean
read_cursor (AmselStore *self, const gchar *exporter, gboolean *found, guint64 *sequence, gchar **state,
             GError **error)
{
  gboolean row;
  sqlite3_stmt *statement = find_row (self, AMSEL_STORE_STATEMENT_GET_CURSOR, exporter, NULL, &row, error);

  if (statement == NULL)
    return FALSE;
  *found = row;
  if (row)
    {
      *sequence = (guint64) sqlite3_column_int64 (statement, 0);
      *state = g_strdup ((const gchar *) sqlite3_column_text (statement, 1));
    }
  sqlite3_reset (statement);
  return TRUE;
}

/**
 * amsel_store_get_cursor:
 * @self: an open store
 * @exporter: name of an exporter
 * @found: (out): whether it has a cursor: %FALSE for a new exporter
 * @sequence: (out): number of the last readout that it delivered; 0 where there is no cursor
 * @state: (out) (transfer full) (nullable): the state committed with it
 * @error: return location for an #AmselStoreError
 *
 * Reads how far an exporter has come. From any thread. A new exporter starts where its owner decides: at 0
 * for all of the past, at amsel_store_get_last_sequence() for none of it.
 *
 * Returns: whether it could be read
 */
gboolean
amsel_store_get_cursor (AmselStore *self, const gchar *exporter, gboolean *found, guint64 *sequence,
                        gchar **state, GError **error)
{
  GError *local = NULL;

  g_return_val_if_fail (AMSEL_IS_STORE (self) && exporter != NULL, FALSE);
  *found = FALSE;
  *sequence = 0;
  *state = NULL;
  if (begin_read (self, &local))
    read_cursor (self, exporter, found, sequence, state, &local);
  return end_read (self, local, error);
}

static gboolean
read_used (AmselStore *self, gint64 *used, GError **error)
{
  gint64 pages, spare;

  if (!amsel_store_db_get_int (self->reader, "PRAGMA page_count", &pages, error)
      || !amsel_store_db_get_int (self->reader, "PRAGMA freelist_count", &spare, error))
    return FALSE;
  *used = (pages - spare) * self->reader->page_size;
  return TRUE;
}

/**
 * amsel_store_get_space:
 * @self: an open store
 * @n_bytes: (out): how many bytes of max-size are free; -1 where the store has no bound
 * @error: return location for an #AmselStoreError
 *
 * Tells how much room there is before the oldest readouts have to go. From any thread.
 *
 * Returns: whether it could be read
 */
gboolean
amsel_store_get_space (AmselStore *self, gint64 *n_bytes, GError **error)
{
  GError *local = NULL;
  gint64 used = 0;

  g_return_val_if_fail (AMSEL_IS_STORE (self), FALSE);
  if (begin_read (self, &local))
    read_used (self, &used, &local);
  *n_bytes = self->max_size > 0 ? MAX (self->max_size - used, 0) : -1;
  return end_read (self, local, error);
}
