/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signals of the store: what the writer has to tell is queued and emitted in the main context that opened
 * the store, in order. */
#include "amsel-store-private.h"

enum
{
  SIGNAL_COMMITTED,
  SIGNAL_PROBLEM,
  SIGNAL_RECOVERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  GError *problem;  /* (owned) (nullable) */
  gchar *recovered; /* (owned) (nullable) */
} Notice;

static void
notice_free (Notice *self)
{
  g_clear_error (&self->problem);
  g_free (self->recovered);
  g_free (self);
}

/* Emits what is queued. In the thread that opened the store, without the lock. */
static void
emit_queued (AmselStore *self)
{
  GQueue notices;
  gboolean committed;
  guint64 last_sequence;
  Notice *notice;

  g_mutex_lock (&self->lock);
  notices = self->notices;
  g_queue_init (&self->notices);
  committed = self->committed_pending;
  self->committed_pending = FALSE;
  last_sequence = self->last_sequence;
  g_mutex_unlock (&self->lock);

  while ((notice = g_queue_pop_head (&notices)) != NULL)
    {
      if (notice->problem != NULL)
        g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, notice->problem);
      else
        g_signal_emit (self, signals[SIGNAL_RECOVERED], 0, notice->recovered);
      notice_free (notice);
    }
  if (committed)
    g_signal_emit (self, signals[SIGNAL_COMMITTED], 0, last_sequence);
}

static gboolean
on_dispatch (gpointer data)
{
  AmselStore *self = data;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->notice_source, g_source_unref);
  g_mutex_unlock (&self->lock);
  emit_queued (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (AmselStore *self)
{
  if (self->notice_source != NULL || self->context == NULL)
    return;
  self->notice_source = g_idle_source_new ();
  g_source_set_priority (self->notice_source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->notice_source, "amsel-store-notice");
  g_source_set_callback (self->notice_source, on_dispatch, g_object_ref (self), g_object_unref);
  g_source_attach (self->notice_source, self->context);
}

static void
push (AmselStore *self, GError *problem, gchar *recovered)
{
  Notice *notice = g_new0 (Notice, 1);

  notice->problem = problem;
  notice->recovered = recovered;
  g_queue_push_tail (&self->notices, notice);
  schedule (self);
}

void
amsel_store_notice_problem (AmselStore *self, const GError *error)
{
  push (self, g_error_copy (error), NULL);
}

/* Takes the message. */
void
amsel_store_notice_recovered (AmselStore *self, gchar *message)
{
  push (self, NULL, message);
}

void
amsel_store_notice_committed (AmselStore *self)
{
  self->committed_pending = TRUE;
  schedule (self);
}

/* Emits at once what would have been emitted later, as the store closes. */
void
amsel_store_notice_finish (AmselStore *self)
{
  GSource *source;

  g_mutex_lock (&self->lock);
  source = g_steal_pointer (&self->notice_source);
  g_mutex_unlock (&self->lock);
  emit_queued (self);
  if (source == NULL)
    return;
  g_source_destroy (source);
  g_source_unref (source);
}

void
amsel_store_notice_clear (AmselStore *self)
{
  g_queue_clear_full (&self->notices, (GDestroyNotify) notice_free);
}

void
amsel_store_notice_init_class (AmselStoreClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  /**
   * AmselStore::committed:
   * @self: the store
   * @last_sequence: number of the newest readout that is stored
   *
   * Readouts have been stored. Several commits may be told together.
   */
  signals[SIGNAL_COMMITTED] =
      g_signal_new ("committed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);

  /**
   * AmselStore::problem:
   * @self: the store
   * @error: an #AmselStoreError
   *
   * Something is wrong that a person should know: the disk is full, a file was damaged, undelivered readouts
   * had to be deleted. Told once, when it begins.
   */
  signals[SIGNAL_PROBLEM] =
      g_signal_new ("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);

  /**
   * AmselStore::recovered:
   * @self: the store
   * @message: a sentence that says how long it took and what was lost
   *
   * What was told by #AmselStore::problem is over.
   */
  signals[SIGNAL_RECOVERED] =
      g_signal_new ("recovered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}
