/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the store share. Internal; tests reach in for the file system that SQLite uses.
 *
 * Locks, in the order in which they may be taken together: reader_lock, lock. Only the writer's thread (and
 * open and close while it does not run) touches db. */
#pragma once

#include <sqlite3.h>

#include "amsel-store.h"

G_BEGIN_DECLS

/* The writer stops collecting for one transaction at this many bytes, so that a commit stays short. */
#define AMSEL_STORE_BATCH_BYTES (512 * 1024)

/* Pages in the write-ahead log from which on it is copied into the file, and from which on readers are asked
 * to wait for it. */
#define AMSEL_STORE_WAL_PAGES     1000
#define AMSEL_STORE_WAL_PAGES_MAX 4000

/* What repeats in every readout of a meter: one row of the table "source". */
typedef struct
{
  gchar *pipeline; /* (owned) (nullable) */
  gchar *line;     /* (owned) (nullable) */
  gchar *meter;    /* (owned) (nullable) */
  gchar *protocol; /* (owned) (nullable) */
  gint64 id;       /* of the row; 0 while it is not in the file; the writer's */
} AmselStoreSource;

/* A readout on its way into the file. */
typedef struct
{
  GList link;               /* in AmselStore.items or in a batch */
  AmselStoreSource *source; /* (unowned): of AmselStore.sources */
  gint64 slot_us;
  gint64 start_us;
  gint64 end_us;
  guint attempts;
  guint64 origin;
  AmselQuality quality;
  gchar *error_domain; /* (owned) (nullable) */
  gint error_code;
  gchar *error_message; /* (owned) (nullable) */
  gboolean has_identity;
  guint64 identity;
  gsize packed_length;
  gsize frames_length;
  guint8 bytes[]; /* packed, then frames */
} AmselStoreItem;

/* A cursor on its way into the file; lives on the stack of who waits for it. */
typedef struct
{
  GList link;
  const gchar *exporter; /* (unowned) */
  const gchar *state;    /* (unowned) (nullable) */
  guint64 sequence;
  gboolean done;
  GError *error; /* (owned) (nullable) */
} AmselStoreCursorJob;

/* A deletion on its way into the file. */
typedef struct
{
  GList link;
  guint64 sequence; /* the last that goes */
  guint64 n_deleted;
  GTask *task; /* (owned): told when it is done */
} AmselStoreDeletion;

typedef enum
{
  AMSEL_STORE_STATEMENT_BEGIN,
  AMSEL_STORE_STATEMENT_COMMIT,
  AMSEL_STORE_STATEMENT_ROLLBACK,
  AMSEL_STORE_STATEMENT_INSERT,
  AMSEL_STORE_STATEMENT_FIND_SOURCE,
  AMSEL_STORE_STATEMENT_ADD_SOURCE,
  AMSEL_STORE_STATEMENT_PUT_CURSOR,
  AMSEL_STORE_STATEMENT_PUT_ORIGIN,
  AMSEL_STORE_STATEMENT_FIRST,
  AMSEL_STORE_STATEMENT_LAST_SLOT,
  AMSEL_STORE_STATEMENT_FIRST_YOUNG,
  AMSEL_STORE_STATEMENT_DELETE,
  AMSEL_STORE_STATEMENT_PUT_BASE,
  AMSEL_STORE_STATEMENT_PAGES,
  AMSEL_STORE_STATEMENT_FREE_PAGES,
  AMSEL_STORE_STATEMENT_READ,
  AMSEL_STORE_STATEMENT_GET_SOURCE,
  AMSEL_STORE_STATEMENT_GET_CURSOR,
  AMSEL_STORE_STATEMENT_GET_ORIGIN,
  AMSEL_STORE_STATEMENT_LEAST_CURSOR,
  AMSEL_STORE_N_STATEMENTS,
} AmselStoreStatement;

/* One connection to the file, for one thread at a time. */
typedef struct
{
  sqlite3 *handle;                                    /* (owned) */
  gchar *file;                                        /* (owned) */
  sqlite3_stmt *statements[AMSEL_STORE_N_STATEMENTS]; /* (owned) (nullable): prepared when first used */
  gint page_size;
  gint wal_pages; /* in the log after the last commit */
} AmselStoreDb;

struct _AmselStore
{
  GObject parent_instance;

  /* settings: not changed while open */
  gchar *file; /* (owned) (nullable) */
  AmselDurability durability;
  AmselWhenFull when_full;
  gint64 max_size;
  gint64 max_age_us;
  gint64 memory_limit;
  AmselClock *clock; /* (owned) (nullable) */
  const gchar *vfs;  /* (unowned) (nullable): SQLite's file system, for tests */

  GMainContext *context; /* (owned) (nullable): of open */
  GSource *alarm;        /* (owned) (nullable): looks for what is too old */
  GThread *thread;       /* (owned) (nullable): the writer */
  gint lock_fd;          /* of FILE.lock; -1 for none */

  GMutex lock; /* guards all down to notice_source */
  GCond wake;  /* the writer has something to do */
  GCond done;  /* an attempt of the writer has ended, or the store is closing */
  gboolean is_open;
  gboolean closing;
  gboolean kicked;        /* somebody wants an attempt now, whatever the pause */
  gboolean damaged;       /* a reader met damage */
  gboolean expire_wanted; /* the alarm rang */
  GHashTable *sources;    /* (owned) (element-type AmselStoreSource): set */
  GByteArray *packed;     /* (owned): scratch */
  GByteArray *frames;     /* (owned): scratch */
  GQueue items;           /* (owned) (element-type AmselStoreItem) */
  GQueue cursor_jobs;     /* (element-type AmselStoreCursorJob) */
  GQueue deletions;       /* (owned) (element-type AmselStoreDeletion) */
  gsize queued_bytes;
  guint n_queued;         /* with those in the batch */
  guint64 n_appended;     /* since open */
  guint64 n_settled;      /* of those: stored or lost */
  guint64 n_lost;         /* since open */
  guint64 n_attempts;     /* transactions begun */
  guint64 failed_attempt; /* number of the last one that failed */
  GError *failure;        /* (owned) (nullable): why the last attempt failed */
  guint64 first_sequence;
  guint64 last_sequence;
  gchar **exporters; /* (owned) (nullable) */

  gboolean in_trouble; /* a problem was reported and its end was not */
  gint trouble_code;
  gint64 trouble_since_us; /* monotonic */
  guint64 trouble_lost;    /* n_lost when it began */
  guint64 n_undelivered;   /* deleted before their delivery, since that was reported */

  GQueue notices;         /* (owned): for the signals */
  GSource *notice_source; /* (owned) (nullable) */
  gboolean committed_pending;

  AmselStoreDb *db;       /* (owned) (nullable): the writer's */
  gint64 oldest_end_us;   /* the writer's: of the first row; G_MAXINT64 where there is none */
  gboolean bounds_again;  /* the writer's: there is more to delete */
  gboolean range_unknown; /* the writer's: the file may hold other numbers than last_sequence says */
  guint n_failures;       /* the writer's: failed attempts in a row */
  gchar *slowest;         /* (owned) (nullable): the writer's: exporter that n_undelivered is about */
  gboolean has_deleted;   /* the writer's: this transaction deletes */

  GMutex reader_lock;         /* guards what follows */
  AmselStoreDb *reader;       /* (owned) (nullable) */
  GHashTable *reader_sources; /* (owned): id to AmselStoreSource */
};

/* amsel-store-db.c: one connection */
AmselStoreDb *amsel_store_db_open (AmselStore *store, gboolean writer, GError **error);
void amsel_store_db_close (AmselStoreDb *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselStoreDb, amsel_store_db_close)
gboolean amsel_store_db_fail (AmselStoreDb *self, const gchar *what, GError **error);
gboolean amsel_store_db_exec (AmselStoreDb *self, const gchar *sql, GError **error);
sqlite3_stmt *amsel_store_db_statement (AmselStoreDb *self, AmselStoreStatement which, GError **error);
gboolean amsel_store_db_step (AmselStoreDb *self, sqlite3_stmt *statement, gboolean *row, GError **error);
gboolean amsel_store_db_run (AmselStoreDb *self, AmselStoreStatement which, GError **error);
gboolean amsel_store_db_get_int (AmselStoreDb *self, const gchar *sql, gint64 *out, GError **error);
void amsel_store_bind_text (sqlite3_stmt *statement, gint index, const gchar *text);

/* amsel-store-schema.c: the file as a whole */
gboolean amsel_store_schema_prepare (AmselStoreDb *db, GError **error);
AmselStoreDb *amsel_store_schema_open (AmselStore *self, GError **error);
gboolean amsel_store_schema_replace (AmselStore *self, const GError *reason, GError **error);
gboolean amsel_store_schema_get_range (AmselStoreDb *db, guint64 *first, guint64 *last, GError **error);

/* amsel-store-writer.c: the thread */
gpointer amsel_store_writer_run (gpointer data);
void amsel_store_item_free (AmselStoreItem *item);
gsize amsel_store_item_get_bytes (const AmselStoreItem *item);
void amsel_store_writer_trim (AmselStore *self);

/* amsel-store-deletion.c: what somebody has done with */
gboolean amsel_store_deletion_run (AmselStore *self, AmselStoreDeletion *deletion, GError **error);
void amsel_store_deletion_finish (GQueue *deletions, const GError *error);

/* amsel-store-bounds.c: size and age */
gboolean amsel_store_bounds_make_room (AmselStore *self, gsize bytes, guint64 *n_undelivered,
                                       GError **refusal, GError **error);
gboolean amsel_store_bounds_expire (AmselStore *self, guint64 *n_undelivered, GError **error);
gboolean amsel_store_bounds_refresh (AmselStore *self, GError **error);

/* amsel-store-notice.c: the signals. Call the first three with the lock held. */
void amsel_store_notice_problem (AmselStore *self, const GError *error);
void amsel_store_notice_recovered (AmselStore *self, gchar *message);
void amsel_store_notice_committed (AmselStore *self);
void amsel_store_notice_finish (AmselStore *self);
void amsel_store_notice_init_class (AmselStoreClass *klass);
void amsel_store_notice_clear (AmselStore *self);

/* amsel-store-reader.c */
void amsel_store_reader_close (AmselStore *self);

/* amsel-store-queue.c */
AmselStoreSource *amsel_store_source_new (const AmselReadoutInfo *info);
void amsel_store_source_free (AmselStoreSource *self);
guint amsel_store_source_hash (gconstpointer key);
gboolean amsel_store_source_equal (gconstpointer a, gconstpointer b);

G_END_DECLS
