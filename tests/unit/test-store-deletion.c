/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store as a record memory: what is deleted on demand is gone for good, and no number comes twice. */
#include "store-fixture.h"

typedef struct
{
  gboolean done;
  gint64 n_deleted;
  GError *error; /* (owned) (nullable) */
} Outcome;

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->n_deleted = amsel_store_delete_finish (AMSEL_STORE (source), result, &outcome->error);
  outcome->done = TRUE;
}

static gint64
delete_up_to (StoreFixture *f, guint64 sequence)
{
  Outcome outcome = { 0 };

  amsel_store_delete_async (f->store, sequence, on_deleted, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (outcome.error);
  return outcome.n_deleted;
}

static void
test_oldest (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  g_assert_cmpuint (amsel_store_get_n_stored (f->store), ==, 0);
  store_fixture_append (f, 1, 10);
  store_fixture_flush (f);
  g_assert_cmpuint (amsel_store_get_n_stored (f->store), ==, 10);
  g_assert_cmpint (delete_up_to (f, 3), ==, 3);
  g_assert_cmpuint (amsel_store_get_n_stored (f->store), ==, 7);
  g_assert_cmpuint (amsel_store_get_first_sequence (f->store), ==, 4);
  g_assert_cmpint (delete_up_to (f, 3), ==, 0);
  store_fixture_reopen (f);
  store_fixture_assert_holds (f, 4, 10, 0);
}

/* also where nothing is left, the numbers go on: at once, and after a restart */
static void
test_all (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  store_fixture_open_store (f);
  store_fixture_append (f, 1, 10);
  store_fixture_flush (f);
  g_assert_cmpint (delete_up_to (f, G_MAXUINT64), ==, 10);
  g_assert_cmpuint (amsel_store_get_n_stored (f->store), ==, 0);
  g_assert_cmpuint (amsel_store_get_last_sequence (f->store), ==, 10);
  store_fixture_reopen (f);
  g_assert_cmpuint (amsel_store_get_n_stored (f->store), ==, 0);
  store_fixture_append (f, 11, 12);
  store_fixture_flush (f);
  store_fixture_assert_holds (f, 11, 12, 0);
  g_assert_cmpuint (amsel_store_get_n_stored (f->store), ==, 2);
}

/* what waits to be stored when the order comes is not what was meant */
static void
test_not_yet_stored (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome = { 0 };

  store_fixture_open_store (f);
  amsel_store_delete_async (f->store, G_MAXUINT64, on_deleted, &outcome);
  store_fixture_append (f, 1, 5);
  store_fixture_flush (f);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (outcome.n_deleted, ==, 0);
  store_fixture_assert_holds (f, 1, 5, 0);
}

static void
test_space (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 empty = 0, used = 0, again = 0;

  g_object_set (f->store, "max-size", G_GINT64_CONSTANT (2 * 1024 * 1024), NULL);
  store_fixture_open_store (f);
  g_assert_true (amsel_store_get_space (f->store, &empty, NULL));
  g_assert_cmpint (empty, >, 1900 * 1024);
  store_fixture_append (f, 1, 1000);
  store_fixture_flush (f);
  g_assert_true (amsel_store_get_space (f->store, &used, NULL));
  g_assert_cmpint (used, <, empty - 100 * 1024);
  delete_up_to (f, G_MAXUINT64);
  g_assert_true (amsel_store_get_space (f->store, &again, NULL));
  g_assert_cmpint (again, >=, empty - 32 * 1024); /* sources and the note of the last number stay */
}

static void
test_closed (StoreFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  Outcome outcome = { 0 };

  amsel_store_delete_async (f->store, 1, on_deleted, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (outcome.error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_FAILED);
  g_assert_cmpint (outcome.n_deleted, ==, -1);
  g_clear_error (&outcome.error);
}

#define ADD(path, function)                                                                                  \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store-deletion/oldest", test_oldest);
  ADD ("/store-deletion/all", test_all);
  ADD ("/store-deletion/not-yet-stored", test_not_yet_stored);
  ADD ("/store-deletion/space", test_space);
  ADD ("/store-deletion/closed", test_closed);
  return g_test_run ();
}
