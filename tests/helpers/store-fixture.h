/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store in a folder of its own with a clock that the test moves, and what its signals said. */
#pragma once

#include "amsel-error.h"
#include "amsel-store-private.h"
#include "test-clock.h"
#include "test-readout.h"

G_BEGIN_DECLS

#define SECOND_US G_GINT64_CONSTANT (1000000)
#define HOUR_US   (3600 * SECOND_US)

typedef struct
{
  gchar *folder; /* (owned) */
  gchar *file;   /* (owned) */
  TestClock *clock;
  AmselStore *store;
  GPtrArray *problems;  /* (owned) (element-type GError) */
  GPtrArray *recovered; /* (owned) (element-type utf8) */
  guint64 committed;    /* number that the signal told last */
} StoreFixture;

/* Closes the store and makes a new one of the same file, not yet open. */
void store_fixture_renew (StoreFixture *f);
void store_fixture_open_store (StoreFixture *f);
void store_fixture_reopen (StoreFixture *f);
void store_fixture_set_up (StoreFixture *f, gconstpointer data);
void store_fixture_tear_down (StoreFixture *f, gconstpointer data);
/* Appends test_readout_new_numbered() of these numbers. */
void store_fixture_append (StoreFixture *f, guint first, guint last);
void store_fixture_flush (StoreFixture *f);
/* Lets the signals that are due be emitted. */
void store_fixture_dispatch (void);
GPtrArray *store_fixture_read_after (StoreFixture *f, guint64 sequence, guint max);
/* Whether the store holds exactly the numbers from first to last, number n being that of n - shift. */
void store_fixture_assert_holds (StoreFixture *f, guint first, guint last, guint shift);
void store_fixture_commit_cursor (StoreFixture *f, const gchar *exporter, guint64 sequence,
                                  const gchar *state);
void store_fixture_assert_cursor (StoreFixture *f, const gchar *exporter, guint64 sequence,
                                  const gchar *state);
/* Whether the problem told as number index has this code and these words. */
void store_fixture_assert_problem (StoreFixture *f, guint index, AmselStoreError code, const gchar *part);
/* As another program would. */
void store_fixture_run_sql (StoreFixture *f, const gchar *sql);
gchar *store_fixture_ask_sql (StoreFixture *f, const gchar *sql);
gsize store_fixture_file_size (StoreFixture *f);

G_END_DECLS
