/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bounds of the store: how large it may be and how old a readout.
 *
 * The oldest readouts are deleted in small steps, inside the writer's transaction, so that what comes in
 * finds the room that was made and a failed transaction deletes nothing. The newest readout always stays: its
 * number is where the next one goes on. */
#include "amsel-error.h"
#include "amsel-param.h"
#include "amsel-store-private.h"

#define STEP_READOUTS   32  /* deleted at once */
#define STEPS_MAX       256 /* in one transaction */
#define VACUUM_PAGES    256 /* given back to the file system in one transaction */
#define PAGES_OF_COMMIT 8   /* inner nodes, sources and cursors of a transaction */

/* What may be deleted, and what would be lost by it. */
typedef struct
{
  guint64 delivered; /* every exporter has what is up to here */
  gchar *slowest;    /* (owned) (nullable): who has not more */
} Delivery;

static void
delivery_clear (Delivery *self)
{
  g_free (self->slowest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Delivery, delivery_clear)

static gboolean
get_cursor_sequence (AmselStoreDb *db, const gchar *exporter, guint64 *sequence, GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (db, AMSEL_STORE_STATEMENT_GET_CURSOR, error);
  gboolean row;

  *sequence = 0;
  if (statement == NULL)
    return FALSE;
  amsel_store_bind_text (statement, 1, exporter);
  if (!amsel_store_db_step (db, statement, &row, error))
    return FALSE;
  if (row)
    *sequence = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return TRUE;
}

/* Of the exporters that the program has, who has the least; without such a list, of all that ever had a
 * cursor. */
static gboolean
find_delivery (AmselStore *self, Delivery *out, GError **error)
{
  g_auto (GStrv) exporters = NULL;
  sqlite3_stmt *statement;
  gboolean row;

  out->delivered = G_MAXUINT64;
  g_mutex_lock (&self->lock);
  exporters = g_strdupv (self->exporters);
  g_mutex_unlock (&self->lock);
  for (gsize i = 0; exporters != NULL && exporters[i] != NULL; i++)
    {
      guint64 sequence;

      if (!get_cursor_sequence (self->db, exporters[i], &sequence, error))
        return FALSE;
      if (sequence >= out->delivered)
        continue;
      out->delivered = sequence;
      g_free (out->slowest);
      out->slowest = g_strdup (exporters[i]);
    }
  if (exporters != NULL)
    return TRUE;

  statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_LEAST_CURSOR, error);
  if (statement == NULL || !amsel_store_db_step (self->db, statement, &row, error))
    return FALSE;
  if (row)
    {
      out->slowest = g_strdup ((const gchar *) sqlite3_column_text (statement, 0));
      out->delivered = (guint64) sqlite3_column_int64 (statement, 1);
    }
  sqlite3_reset (statement);
  return TRUE;
}

/* Finds the oldest readout; 0 where there is none. */
static gboolean
find_first (AmselStore *self, guint64 *sequence, gint64 *end_us, GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_FIRST, error);
  gboolean row;

  *sequence = 0;
  *end_us = G_MAXINT64;
  if (statement == NULL || !amsel_store_db_step (self->db, statement, &row, error))
    return FALSE;
  if (row)
    {
      *sequence = (guint64) sqlite3_column_int64 (statement, 0);
      *end_us = sqlite3_column_int64 (statement, 1);
    }
  sqlite3_reset (statement);
  return TRUE;
}

static gboolean
delete_up_to (AmselStore *self, guint64 first, guint64 last, const Delivery *delivery, guint64 *n_undelivered,
              GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_DELETE, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) last);
  if (!amsel_store_db_run (self->db, AMSEL_STORE_STATEMENT_DELETE, error))
    return FALSE;
  self->has_deleted = TRUE;
  if (last > delivery->delivered)
    {
      *n_undelivered += last - MAX (first - 1, delivery->delivered);
      g_free (self->slowest);
      self->slowest = g_strdup (delivery->slowest);
    }
  return TRUE;
}

/* The last readout of a step of deletion that begins at first; below first where nothing may be deleted. */
static guint64
step_end (AmselStore *self, guint64 first, const Delivery *delivery)
{
  guint64 last = self->last_sequence > 0 ? MIN (first + STEP_READOUTS - 1, self->last_sequence - 1) : 0;

  if (self->when_full == AMSEL_WHEN_FULL_KEEP_UNEXPORTED)
    last = MIN (last, delivery->delivered);
  return last;
}

static gboolean
get_pages (AmselStore *self, AmselStoreStatement which, gint64 *out, GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (self->db, which, error);
  gboolean row;

  if (statement == NULL || !amsel_store_db_step (self->db, statement, &row, error))
    return FALSE;
  *out = row ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_reset (statement);
  return TRUE;
}

static void
refuse (AmselStore *self, const Delivery *delivery, GError **refusal)
{
  g_autofree gchar *size = amsel_size_to_string (self->max_size);

  g_set_error (
      refusal, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FULL,
      "%s has reached its max-size of %s and keeps what “%s” has not yet delivered (everything after "
      "number %" G_GUINT64_FORMAT "); nothing new is stored until it has",
      self->file, size, delivery->slowest, delivery->delivered);
}

/* Gives free pages back where the file is larger than it may be: after max-size was lowered. */
static gboolean
shrink (AmselStore *self, gint64 limit, GError **error)
{
  gint64 pages, spare;
  g_autofree gchar *sql = NULL;

  if (!get_pages (self, AMSEL_STORE_STATEMENT_PAGES, &pages, error)
      || !get_pages (self, AMSEL_STORE_STATEMENT_FREE_PAGES, &spare, error))
    return FALSE;
  if (pages <= limit || spare <= PAGES_OF_COMMIT)
    return TRUE;
  sql = g_strdup_printf ("PRAGMA incremental_vacuum(%" G_GINT64_FORMAT ")",
                         MIN (MIN (pages - limit, spare - PAGES_OF_COMMIT), VACUUM_PAGES));
  return amsel_store_db_exec (self->db, sql, error);
}

/* Makes room for so many bytes of new readouts. Sets refusal where undelivered readouts must stay, so that
 * there is no room; that is no failure. */
gboolean
amsel_store_bounds_make_room (AmselStore *self, gsize bytes, guint64 *n_undelivered, GError **refusal,
                              GError **error)
{
  g_auto (Delivery) delivery = { 0 };
  gint64 limit = self->max_size / self->db->page_size;
  gint64 need = (gint64) (bytes + bytes / 4) / self->db->page_size + PAGES_OF_COMMIT;
  gboolean knows_delivery = FALSE;

  if (self->max_size == 0)
    return TRUE;
  for (guint i = 0; i < STEPS_MAX; i++)
    {
      gint64 pages, spare, end_us;
      guint64 first, last;

      if (!get_pages (self, AMSEL_STORE_STATEMENT_PAGES, &pages, error)
          || !get_pages (self, AMSEL_STORE_STATEMENT_FREE_PAGES, &spare, error))
        return FALSE;
      if (pages - spare + need <= limit)
        break;
      if (!knows_delivery && !find_delivery (self, &delivery, error))
        return FALSE;
      knows_delivery = TRUE;
      if (!find_first (self, &first, &end_us, error))
        return FALSE;
      if (first == 0 || first >= self->last_sequence)
        break;
      last = step_end (self, first, &delivery);
      if (last < first)
        {
          refuse (self, &delivery, refusal);
          break;
        }
      if (!delete_up_to (self, first, last, &delivery, n_undelivered, error))
        return FALSE;
    }
  return shrink (self, limit, error);
}

/* Finds the last of a step's readouts that is too old; below first where none is. */
static gboolean
find_last_old (AmselStore *self, guint64 *last, gint64 cutoff_us, GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (self->db, AMSEL_STORE_STATEMENT_FIRST_YOUNG, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) *last);
  sqlite3_bind_int64 (statement, 2, cutoff_us);
  if (!amsel_store_db_step (self->db, statement, &row, error))
    return FALSE;
  if (row)
    *last = (guint64) sqlite3_column_int64 (statement, 0) - 1;
  sqlite3_reset (statement);
  return TRUE;
}

/* Deletes what is older than max-age; bounds_again says that there is more. */
gboolean
amsel_store_bounds_expire (AmselStore *self, guint64 *n_undelivered, GError **error)
{
  g_auto (Delivery) delivery = { 0 };
  gint64 cutoff_us;

  self->bounds_again = FALSE;
  if (self->max_age_us == 0)
    return TRUE;
  cutoff_us = amsel_clock_get_real_us (amsel_store_get_clock (self)) - self->max_age_us;
  if (self->oldest_end_us >= cutoff_us)
    return TRUE;
  if (!find_delivery (self, &delivery, error))
    return FALSE;
  for (guint i = 0; i < STEPS_MAX; i++)
    {
      guint64 first, last;
      gint64 end_us;

      if (!find_first (self, &first, &end_us, error))
        return FALSE;
      last = step_end (self, first, &delivery);
      if (first == 0 || last < first)
        return TRUE;
      if (!find_last_old (self, &last, cutoff_us, error))
        return FALSE;
      if (last < first)
        return TRUE;
      if (!delete_up_to (self, first, last, &delivery, n_undelivered, error))
        return FALSE;
    }
  self->bounds_again = TRUE;
  return TRUE;
}

/* Takes note of the oldest readout, after a transaction that changed it. */
gboolean
amsel_store_bounds_refresh (AmselStore *self, GError **error)
{
  guint64 first;

  if (!find_first (self, &first, &self->oldest_end_us, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->first_sequence = first;
  g_mutex_unlock (&self->lock);
  return TRUE;
}
