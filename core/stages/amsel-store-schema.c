/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of the store as a whole: its tables and their versions, and what is done with a file that is not
 * sound: it is set aside, and what the exporters need of it goes into a fresh one. docs/store.md describes
 * the schema for users. */
#include <errno.h>

#include <glib/gstdio.h>

#include "amsel-error.h"
#include "amsel-store-private.h"

/* "AMSL": says whose file it is. */
#define APPLICATION_ID 0x414D534C

/* A check of every page is made at open up to this size: it takes a tenth of a second. Damage of a larger
 * file is noticed when the page is used. */
#define QUICK_CHECK_BYTES (16 * 1024 * 1024)

/* Names of set-aside files are tried with -2, -3 ... up to here. */
#define ASIDE_TRIES 100

/* Step n makes version n + 1 of version n. Steps are never changed once released, only added. */
static const gchar *const MIGRATIONS[] = {
  "CREATE TABLE source (id INTEGER PRIMARY KEY, meter TEXT, pipeline TEXT, line TEXT, protocol TEXT);"
  "CREATE INDEX source_meter ON source (meter);"
  "CREATE TABLE readout (sequence INTEGER PRIMARY KEY, source INTEGER NOT NULL, slot_us INTEGER NOT NULL,"
  " start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, attempts INTEGER NOT NULL, quality INTEGER NOT NULL,"
  " error_domain TEXT, error_code INTEGER, error_message TEXT, identity INTEGER, frames BLOB, packed BLOB "
  "NOT "
  "NULL);"
  "CREATE TABLE cursor (exporter TEXT PRIMARY KEY, sequence INTEGER NOT NULL, state TEXT,"
  " updated_us INTEGER NOT NULL);"
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;",

  "CREATE VIEW overview AS SELECT r.sequence, s.pipeline, s.line, s.meter, s.protocol,"
  " CASE WHEN r.slot_us <> 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', r.slot_us / 1000000, 'unixepoch') END AS "
  "slot,"
  " CASE WHEN r.start_us <> 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', r.start_us / 1000000, 'unixepoch') END AS "
  "start,"
  " strftime('%Y-%m-%dT%H:%M:%SZ', r.end_us / 1000000, 'unixepoch') AS end,"
  " CASE r.quality WHEN 0 THEN 'none' WHEN 1 THEN 'good' WHEN 2 THEN 'partial' WHEN 3 THEN 'unreadable'"
  " WHEN 4 THEN 'no-reading' WHEN 5 THEN 'suspended' WHEN 6 THEN 'missed' END AS quality,"
  " CASE WHEN r.identity IS NOT NULL THEN printf('%08X', r.identity >> 32 & 0xFFFFFFFF) END AS id,"
  " CASE WHEN r.identity IS NOT NULL THEN"
  " char(64 + (r.identity >> 26 & 31), 64 + (r.identity >> 21 & 31), 64 + (r.identity >> 16 & 31))"
  " END AS manufacturer, r.identity >> 8 & 255 AS version, r.identity & 255 AS medium, r.attempts,"
  " r.error_domain, r.error_code,"
  " r.error_message, hex(r.frames) AS frames FROM readout r LEFT JOIN source s ON s.id = r.source;",

  "ALTER TABLE readout ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;"
  "CREATE TABLE origin (pipeline TEXT NOT NULL, line TEXT NOT NULL, number INTEGER NOT NULL,"
  " end_us INTEGER NOT NULL, PRIMARY KEY (pipeline, line)) WITHOUT ROWID;",
};

typedef struct
{
  gchar *exporter; /* (owned) */
  gchar *state;    /* (owned) (nullable) */
  guint64 sequence;
} SavedCursor;

/* What could be read of a damaged file and has to go into the one that replaces it. */
typedef struct
{
  guint64 last_sequence;
  GPtrArray *cursors; /* (unowned) (element-type SavedCursor) */
} Salvage;

static void
saved_cursor_free (SavedCursor *self)
{
  g_free (self->exporter);
  g_free (self->state);
  g_free (self);
}

static gboolean
migrate (AmselStoreDb *db, gint64 version, GError **error)
{
  for (gsize i = (gsize) version; i < G_N_ELEMENTS (MIGRATIONS); i++)
    {
      g_autofree gchar *marks = g_strdup_printf (
          "PRAGMA application_id = %d; PRAGMA user_version = %u; COMMIT", APPLICATION_ID, (guint) i + 1);

      if (amsel_store_db_exec (db, "BEGIN IMMEDIATE", error) && amsel_store_db_exec (db, MIGRATIONS[i], error)
          && amsel_store_db_exec (db, marks, error))
        continue;
      sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
  return TRUE;
}

static gboolean
quick_check (AmselStoreDb *db, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean row = FALSE;
  gboolean sound = FALSE;
  gint64 pages;

  if (!amsel_store_db_get_int (db, "PRAGMA page_count", &pages, error))
    return FALSE;
  if (pages * db->page_size > QUICK_CHECK_BYTES)
    return TRUE;
  if (sqlite3_prepare_v2 (db->handle, "PRAGMA quick_check(1)", -1, &statement, NULL) != SQLITE_OK)
    return amsel_store_db_fail (db, "check it", error);
  if (amsel_store_db_step (db, statement, &row, error))
    {
      const gchar *verdict = row ? (const gchar *) sqlite3_column_text (statement, 0) : "no answer";

      sound = g_strcmp0 (verdict, "ok") == 0;
      if (!sound)
        g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED, "%s: the file is damaged (%s)",
                     db->file, verdict);
    }
  sqlite3_finalize (statement);
  return sound;
}

/* Brings the file of a fresh connection to the present version, or says why that cannot be. */
gboolean
amsel_store_schema_prepare (AmselStoreDb *db, GError **error)
{
  gint64 application, version, n_tables;

  if (!amsel_store_db_get_int (db, "PRAGMA application_id", &application, error)
      || !amsel_store_db_get_int (db, "PRAGMA user_version", &version, error)
      || !amsel_store_db_get_int (db, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return FALSE;
  if (application != APPLICATION_ID && (application != 0 || n_tables != 0))
    {
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN,
                   "%s: this is an SQLite file of another program; give the store another file", db->file);
      return FALSE;
    }
  if (version < 0 || version > (gint64) G_N_ELEMENTS (MIGRATIONS))
    {
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_VERSION,
                   "%s: the file was written by a newer version (its schema is %" G_GINT64_FORMAT
                   ", this program knows %u); use that version, or give the store another file",
                   db->file, version, (guint) G_N_ELEMENTS (MIGRATIONS));
      return FALSE;
    }
  return quick_check (db, error) && migrate (db, version, error);
}

/* Finds the first and the last sequence number in the file. The newest readout is never deleted by the store;
 * if somebody else did it, what exporters have reached keeps the numbers from being used again. */
gboolean
amsel_store_schema_get_range (AmselStoreDb *db, guint64 *first, guint64 *last, GError **error)
{
  gint64 lowest, highest;

  if (!amsel_store_db_get_int (db, "SELECT min(sequence) FROM readout", &lowest, error)
      || !amsel_store_db_get_int (db,
                                  "SELECT max(ifnull((SELECT max(sequence) FROM readout), 0),"
                                  " ifnull((SELECT max(sequence) FROM cursor), 0),"
                                  " ifnull((SELECT value FROM meta WHERE key = 'base_sequence'), 0))",
                                  &highest, error))
    return FALSE;
  *first = (guint64) lowest;
  *last = (guint64) highest;
  return TRUE;
}

static guint64
salvage_number (AmselStoreDb *db, const gchar *sql)
{
  gint64 value;

  return amsel_store_db_get_int (db, sql, &value, NULL) && value > 0 ? (guint64) value : 0;
}

/* Reads what can be read of a damaged file: how far the numbers and the exporters had come. */
static void
salvage (AmselStoreDb *db, Salvage *out)
{
  sqlite3_stmt *statement = NULL;

  out->last_sequence = MAX (out->last_sequence, salvage_number (db, "SELECT max(sequence) FROM readout"));
  out->last_sequence =
      MAX (out->last_sequence, salvage_number (db, "SELECT value FROM meta WHERE key = 'base_sequence'"));
  if (sqlite3_prepare_v2 (db->handle, "SELECT exporter, sequence, state FROM cursor", -1, &statement, NULL)
      != SQLITE_OK)
    return;
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      const gchar *exporter = (const gchar *) sqlite3_column_text (statement, 0);
      gint64 sequence = sqlite3_column_int64 (statement, 1);
      SavedCursor *cursor;

      if (exporter == NULL || sequence < 0)
        continue;
      cursor = g_new0 (SavedCursor, 1);
      cursor->exporter = g_strdup (exporter);
      cursor->sequence = (guint64) sequence;
      cursor->state = g_strdup ((const gchar *) sqlite3_column_text (statement, 2));
      g_ptr_array_add (out->cursors, cursor);
      out->last_sequence = MAX (out->last_sequence, cursor->sequence);
    }
  sqlite3_finalize (statement);
}

/* Puts what was salvaged into a fresh file, so that numbers go on and no exporter delivers twice. */
static gboolean
restore (AmselStoreDb *db, const Salvage *saved, gint64 now_us, GError **error)
{
  g_autofree gchar *base = g_strdup_printf (
      "INSERT OR REPLACE INTO meta VALUES ('base_sequence', %" G_GUINT64_FORMAT ")", saved->last_sequence);

  if (!amsel_store_db_exec (db, base, error))
    return FALSE;
  for (guint i = 0; i < saved->cursors->len; i++)
    {
      const SavedCursor *cursor = saved->cursors->pdata[i];
      sqlite3_stmt *statement = amsel_store_db_statement (db, AMSEL_STORE_STATEMENT_PUT_CURSOR, error);

      if (statement == NULL)
        return FALSE;
      amsel_store_bind_text (statement, 1, cursor->exporter);
      sqlite3_bind_int64 (statement, 2, (gint64) cursor->sequence);
      amsel_store_bind_text (statement, 3, cursor->state);
      sqlite3_bind_int64 (statement, 4, now_us);
      if (!amsel_store_db_run (db, AMSEL_STORE_STATEMENT_PUT_CURSOR, error))
        return FALSE;
    }
  return TRUE;
}

static gchar *
aside_name (const gchar *file, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autofree gchar *stamp = now != NULL ? g_date_time_format (now, "%Y%m%dT%H%M%S") : g_strdup ("undated");
  gchar *name = g_strdup_printf ("%s.damaged-%s", file, stamp);

  for (guint i = 2; i < ASIDE_TRIES && g_file_test (name, G_FILE_TEST_EXISTS); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s.damaged-%s-%u", file, stamp, i);
    }
  return name;
}

/* Renames the file with its log, so that other tools may still get more out of them together. */
static gchar *
set_aside (AmselStore *self, GError **error)
{
  const gchar *const suffixes[] = { "-wal", "-shm", "" };
  g_autofree gchar *name = aside_name (self->file, amsel_clock_get_real_us (amsel_store_get_clock (self)));

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree gchar *from = g_strconcat (self->file, suffixes[i], NULL);
      g_autofree gchar *to = g_strconcat (name, suffixes[i], NULL);

      if (g_rename (from, to) == 0 || errno == ENOENT)
        continue;
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN,
                   "%s is damaged and cannot be set aside as %s: %s", from, to, g_strerror (errno));
      return NULL;
    }
  return g_steal_pointer (&name);
}

static AmselStoreDb *
open_sound (AmselStore *self, GError **error)
{
  g_autoptr (AmselStoreDb) db = amsel_store_db_open (self, TRUE, error);

  if (db == NULL || !amsel_store_schema_prepare (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

/* Takes the old connection, where there is one. */
static AmselStoreDb *
replace (AmselStore *self, AmselStoreDb *old, const GError *reason, GError **error)
{
  Salvage saved = { 0 };
  g_autoptr (GPtrArray) cursors = g_ptr_array_new_with_free_func ((GDestroyNotify) saved_cursor_free);
  g_autoptr (AmselStoreDb) db = NULL;
  g_autoptr (GError) told = NULL;
  g_autofree gchar *aside = NULL;

  saved.cursors = cursors;
  g_mutex_lock (&self->lock);
  saved.last_sequence = self->last_sequence;
  g_mutex_unlock (&self->lock);
  if (old == NULL)
    old = amsel_store_db_open (self, FALSE, NULL);
  if (old != NULL)
    salvage (old, &saved);
  g_clear_pointer (&old, amsel_store_db_close);
  aside = set_aside (self, error);
  if (aside == NULL)
    return NULL;
  told = g_error_new (
      AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED,
      "%s; what there was is set aside as %s, and a new one begun after number %" G_GUINT64_FORMAT
      " with the positions of %u exporters",
      reason->message, aside, saved.last_sequence, cursors->len);
  g_mutex_lock (&self->lock);
  amsel_store_notice_problem (self, told);
  g_mutex_unlock (&self->lock);

  db = open_sound (self, error);
  if (db == NULL || !restore (db, &saved, amsel_clock_get_real_us (amsel_store_get_clock (self)), error))
    return NULL;
  return g_steal_pointer (&db);
}

/* Opens the file for the writer. One that is not sound is replaced. */
AmselStoreDb *
amsel_store_schema_open (AmselStore *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  AmselStoreDb *db = open_sound (self, &local);

  if (db != NULL)
    return db;
  if (!g_error_matches (local, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return replace (self, NULL, local, error);
}

/* Replaces a file that was found damaged, or gone, while in use. Afterwards db is the new one, or NULL. */
gboolean
amsel_store_schema_replace (AmselStore *self, const GError *reason, GError **error)
{
  g_mutex_lock (&self->reader_lock);
  amsel_store_reader_close (self);
  self->db = replace (self, g_steal_pointer (&self->db), reason, error);
  g_mutex_unlock (&self->reader_lock);
  return self->db != NULL;
}
