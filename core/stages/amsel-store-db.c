/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection of the store to its SQLite file: opening with the right pragmas, prepared statements, and
 * what SQLite says in words of the store. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "amsel-error.h"
#include "amsel-store-private.h"

/* The reader takes whole rows once and goes on, the writer appends at the end: neither gains by a larger
 * cache, and an idle program shall stay small. In KiB. */
#define CACHE_KIB "256"

/* Another program (a backup, the sqlite3 tool) may hold the file for a moment. */
#define BUSY_TIMEOUT_MS 2000

static const gchar *const STATEMENTS[AMSEL_STORE_N_STATEMENTS] = {
  [AMSEL_STORE_STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
  [AMSEL_STORE_STATEMENT_COMMIT] = "COMMIT",
  [AMSEL_STORE_STATEMENT_ROLLBACK] = "ROLLBACK",
  [AMSEL_STORE_STATEMENT_INSERT] =
      "INSERT INTO readout (sequence, source, slot_us, start_us, end_us, attempts, quality, error_domain,"
      " error_code, error_message, identity, frames, packed, origin) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
  [AMSEL_STORE_STATEMENT_FIND_SOURCE] =
      "SELECT id FROM source WHERE meter IS ? AND pipeline IS ? AND line IS ? AND protocol IS ?",
  [AMSEL_STORE_STATEMENT_ADD_SOURCE] =
      "INSERT INTO source (meter, pipeline, line, protocol) VALUES (?,?,?,?)",
  [AMSEL_STORE_STATEMENT_PUT_CURSOR] =
      "INSERT INTO cursor (exporter, sequence, state, updated_us) VALUES (?,?,?,?)"
      " ON CONFLICT (exporter) DO UPDATE SET sequence = excluded.sequence, state = excluded.state,"
      " updated_us = excluded.updated_us",
  [AMSEL_STORE_STATEMENT_PUT_ORIGIN] =
      "INSERT OR REPLACE INTO origin (pipeline, line, number, end_us) VALUES (?,?,?,?)",
  [AMSEL_STORE_STATEMENT_FIRST] = "SELECT sequence, end_us FROM readout ORDER BY sequence LIMIT 1",
  /* newest first, and not further back than is quick to look through */
  [AMSEL_STORE_STATEMENT_LAST_SLOT] =
      "SELECT slot_us FROM readout WHERE slot_us <> 0 AND sequence > (SELECT MAX (sequence) FROM readout) - "
      "100000"
      " AND source IN (SELECT id FROM source WHERE pipeline = ?) ORDER BY sequence DESC LIMIT 1",
  [AMSEL_STORE_STATEMENT_FIRST_YOUNG] =
      "SELECT sequence FROM readout WHERE sequence <= ? AND end_us >= ? ORDER BY sequence LIMIT 1",
  [AMSEL_STORE_STATEMENT_DELETE] = "DELETE FROM readout WHERE sequence <= ?",
  [AMSEL_STORE_STATEMENT_PUT_BASE] = "INSERT OR REPLACE INTO meta VALUES ('base_sequence', ?)",
  [AMSEL_STORE_STATEMENT_PAGES] = "PRAGMA page_count",
  [AMSEL_STORE_STATEMENT_FREE_PAGES] = "PRAGMA freelist_count",
  [AMSEL_STORE_STATEMENT_READ] =
      "SELECT sequence, source, slot_us, start_us, end_us, attempts, quality, error_domain, error_code,"
      " error_message, frames, packed, origin FROM readout WHERE sequence > ? ORDER BY sequence LIMIT ?",
  [AMSEL_STORE_STATEMENT_GET_SOURCE] = "SELECT meter, pipeline, line, protocol FROM source WHERE id = ?",
  [AMSEL_STORE_STATEMENT_GET_CURSOR] = "SELECT sequence, state FROM cursor WHERE exporter = ?",
  [AMSEL_STORE_STATEMENT_GET_ORIGIN] = "SELECT number, end_us FROM origin WHERE pipeline = ? AND line = ?",
  [AMSEL_STORE_STATEMENT_LEAST_CURSOR] =
      "SELECT exporter, sequence FROM cursor ORDER BY sequence, exporter LIMIT 1",
};

static gboolean
is_full (gint code, gint system_error)
{
  if (code == SQLITE_FULL)
    return TRUE;
  return code == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG);
}

static AmselStoreError
error_code (gint extended, gint system_error)
{
  gint code = extended & 0xFF;

  if (is_full (code, system_error))
    return AMSEL_STORE_ERROR_FULL;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || extended == SQLITE_IOERR_SHORT_READ
      || extended == SQLITE_IOERR_CORRUPTFS)
    return AMSEL_STORE_ERROR_DAMAGED;
  if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM || code == SQLITE_AUTH)
    return AMSEL_STORE_ERROR_OPEN;
  return AMSEL_STORE_ERROR_FAILED;
}

/* The errno behind a failure. SQLite notes it for most statements, but not for what fails in a commit; its
 * file system knows it then. */
static gint
get_system_error (AmselStoreDb *self, gint extended)
{
  gint code = extended & 0xFF;
  sqlite3_vfs *vfs = NULL;
  gint found = 0;

  if (code != SQLITE_IOERR && code != SQLITE_CANTOPEN)
    return 0;
  if (code == SQLITE_IOERR
      && sqlite3_file_control (self->handle, NULL, SQLITE_FCNTL_VFS_POINTER, &vfs) == SQLITE_OK && vfs != NULL
      && vfs->xGetLastError != NULL)
    found = vfs->xGetLastError (vfs, 0, NULL);
  return found != 0 ? found : sqlite3_system_errno (self->handle);
}

/* Sets the error that SQLite met last. Always FALSE. */
gboolean
amsel_store_db_fail (AmselStoreDb *self, const gchar *what, GError **error)
{
  gint extended = sqlite3_extended_errcode (self->handle);
  gint system_error = get_system_error (self, extended);
  AmselStoreError code = error_code (extended, system_error);

  if (code == AMSEL_STORE_ERROR_FULL)
    g_set_error (error, AMSEL_STORE_ERROR, code, "%s: cannot %s: the disk is full", self->file, what);
  else if (code == AMSEL_STORE_ERROR_DAMAGED)
    g_set_error (error, AMSEL_STORE_ERROR, code, "%s: cannot %s: the file is damaged (%s)", self->file, what,
                 sqlite3_errmsg (self->handle));
  else
    g_set_error (error, AMSEL_STORE_ERROR, code, "%s: cannot %s: %s%s%s", self->file, what,
                 sqlite3_errmsg (self->handle), system_error != 0 ? ": " : "",
                 system_error != 0 ? g_strerror (system_error) : "");
  return FALSE;
}

gboolean
amsel_store_db_exec (AmselStoreDb *self, const gchar *sql, GError **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return amsel_store_db_fail (self, "use it", error);
}

/* Gives a statement, ready to be bound; NULL with an error where it cannot be prepared. */
sqlite3_stmt *
amsel_store_db_statement (AmselStoreDb *self, AmselStoreStatement which, GError **error)
{
  sqlite3_stmt **statement = &self->statements[which];

  if (*statement != NULL)
    return *statement;
  if (sqlite3_prepare_v3 (self->handle, STATEMENTS[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL)
      == SQLITE_OK)
    return *statement;
  amsel_store_db_fail (self, "use it", error);
  return NULL;
}

/* Takes one step. At the end, or when it fails, the statement is reset: no lock is left behind. */
gboolean
amsel_store_db_step (AmselStoreDb *self, sqlite3_stmt *statement, gboolean *row, GError **error)
{
  gint code = sqlite3_step (statement);

  *row = code == SQLITE_ROW;
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    amsel_store_db_fail (self, sqlite3_stmt_readonly (statement) ? "read it" : "write to it", error);
  sqlite3_reset (statement);
  return code == SQLITE_DONE;
}

/* Runs a statement that gives no rows and has been bound. */
gboolean
amsel_store_db_run (AmselStoreDb *self, AmselStoreStatement which, GError **error)
{
  sqlite3_stmt *statement = amsel_store_db_statement (self, which, error);
  gboolean row;

  if (statement == NULL || !amsel_store_db_step (self, statement, &row, error))
    return FALSE;
  sqlite3_reset (statement);
  return TRUE;
}

/* Asks for one number; 0 where there is no row. */
gboolean
amsel_store_db_get_int (AmselStoreDb *self, const gchar *sql, gint64 *out, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean row = FALSE;
  gboolean done;

  *out = 0;
  if (sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL) != SQLITE_OK)
    return amsel_store_db_fail (self, "read it", error);
  done = amsel_store_db_step (self, statement, &row, error);
  if (row)
    *out = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return done;
}

/* Binds text that stays where it is until the statement has run. */
void
amsel_store_bind_text (sqlite3_stmt *statement, gint index, const gchar *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, index, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, index);
}

void
amsel_store_db_close (AmselStoreDb *self)
{
  for (gsize i = 0; i < AMSEL_STORE_N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->handle);
  g_free (self->file);
  g_free (self);
}

static int
on_wal_commit (void *data, sqlite3 *handle G_GNUC_UNUSED, const char *name G_GNUC_UNUSED, int n_pages)
{
  ((AmselStoreDb *) data)->wal_pages = n_pages;
  return SQLITE_OK;
}

/* The file itself is made, or its header read, by the first pragma that needs it. The space of deleted
 * readouts is used again; INCREMENTAL lets the file shrink where max-size is lowered. The copying of the log
 * into the file is the writer's own step (amsel-store-writer.c), after who waits for the commit has been
 * told. */
static gboolean
set_up_writer (AmselStoreDb *self, AmselStore *store, GError **error)
{
  gint64 n_tables;

  if (!amsel_store_db_get_int (self, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return FALSE;
  if (n_tables == 0 && !amsel_store_db_exec (self, "PRAGMA auto_vacuum = INCREMENTAL", error))
    return FALSE;
  if (!amsel_store_db_exec (self,
                            "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 8388608;"
                            "PRAGMA temp_store = MEMORY",
                            error))
    return FALSE;
  sqlite3_wal_hook (self->handle, on_wal_commit, self);
  return amsel_store_db_exec (self,
                              store->durability == AMSEL_DURABILITY_FULL ? "PRAGMA synchronous = FULL"
                                                                         : "PRAGMA synchronous = NORMAL",
                              error);
}

/* Readings tell when people are at home, so they are not for everybody. SQLite gives its log and index the
 * mode of the file. Where this fails, so does SQLite, and says why. No connection of this process is open
 * yet, whose locks the closing would take away. */
static void
create_private (const gchar *file)
{
  gint fd = open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

  if (fd >= 0)
    close (fd);
}

/* Opens a connection: for the writer, the file is created where it is missing. */
AmselStoreDb *
amsel_store_db_open (AmselStore *store, gboolean writer, GError **error)
{
  g_autoptr (AmselStoreDb) self = g_new0 (AmselStoreDb, 1);
  gint flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (writer ? SQLITE_OPEN_CREATE : 0);
  gint64 page_size;

  self->file = g_strdup (store->file);
  if (writer)
    create_private (store->file);
  if (sqlite3_open_v2 (store->file, &self->handle, flags, store->vfs) != SQLITE_OK)
    {
      amsel_store_db_fail (self, "open it", error);
      return NULL;
    }
  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  if (!amsel_store_db_exec (self, "PRAGMA cache_size = -" CACHE_KIB, error))
    return NULL;
  if (writer ? !set_up_writer (self, store, error)
             : !amsel_store_db_exec (self, "PRAGMA query_only = 1", error))
    return NULL;
  if (!amsel_store_db_get_int (self, "PRAGMA page_size", &page_size, error))
    return NULL;
  self->page_size = (gint) page_size;
  return g_steal_pointer (&self);
}
