/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flush of the store, shared. */
#include "smartcom-barrier.h"

/* While the disk is full, what waits in memory stays there: it is asked again so often. */
#define RETRY_US (2 * G_USEC_PER_SEC)

typedef struct
{
  SmartcomStoredFunc func;
  gpointer user_data;
} Waiter;

struct _SmartcomBarrier
{
  AmselStore *store; /* (owned) (nullable): NULL when freed */
  AmselClock *clock; /* (owned) */
  GSource *alarm;    /* (owned) (nullable) */
  GQueue coming;     /* (element-type Waiter): for the next flush */
  GQueue waiting;    /* (element-type Waiter): for the one that runs */
  gboolean running;
};

static void flush (SmartcomBarrier *self);

static void
barrier_clear (gpointer data)
{
  SmartcomBarrier *self = data;

  g_object_unref (self->clock);
}

static void
release (gpointer data)
{
  g_rc_box_release_full (data, barrier_clear);
}

static void
run (GTask *task, gpointer source G_GNUC_UNUSED, gpointer store, GCancellable *cancellable G_GNUC_UNUSED)
{
  g_task_return_boolean (task,
                         amsel_store_flush (store, NULL)); /* its failure is told by the store's signal */
}

static gboolean
on_retry (gpointer user_data)
{
  SmartcomBarrier *self = user_data;

  amsel_clock_clear_alarm (&self->alarm);
  flush (self);
  return G_SOURCE_REMOVE;
}

static void
tell (GQueue *waiters, gboolean stored)
{
  Waiter *waiter;

  while ((waiter = g_queue_pop_head (waiters)) != NULL)
    {
      waiter->func (stored, waiter->user_data);
      g_free (waiter);
    }
}

static void
on_flushed (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  SmartcomBarrier *self = user_data;
  gboolean stored = g_task_propagate_boolean (G_TASK (result), NULL);

  self->running = FALSE;
  if (self->store != NULL && !stored && amsel_store_get_n_queued (self->store) > 0)
    self->alarm = amsel_clock_add_alarm (self->clock, amsel_clock_get_monotonic_us (self->clock) + RETRY_US,
                                         on_retry, self);
  else
    tell (&self->waiting, stored);
  if (self->store != NULL && self->alarm == NULL && self->coming.length > 0)
    flush (self);
  release (self);
}

static void
flush (SmartcomBarrier *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_flushed, g_rc_box_acquire (self));
  Waiter *waiter;

  while ((waiter = g_queue_pop_head (&self->coming)) != NULL)
    g_queue_push_tail (&self->waiting, waiter);
  self->running = TRUE;
  g_task_set_task_data (task, g_object_ref (self->store), g_object_unref);
  g_task_run_in_thread (task, run);
}

SmartcomBarrier *
smartcom_barrier_new (AmselStore *store, AmselClock *clock)
{
  SmartcomBarrier *self = g_rc_box_new0 (SmartcomBarrier);

  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  g_queue_init (&self->coming);
  g_queue_init (&self->waiting);
  return self;
}

void
smartcom_barrier_free (SmartcomBarrier *self)
{
  amsel_clock_clear_alarm (&self->alarm);
  g_clear_object (&self->store);
  tell (&self->waiting, FALSE);
  tell (&self->coming, FALSE);
  release (self);
}

void
smartcom_barrier_wait (SmartcomBarrier *self, SmartcomStoredFunc func, gpointer user_data)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->func = func;
  waiter->user_data = user_data;
  g_queue_push_tail (&self->coming, waiter);
  if (!self->running && self->alarm == NULL)
    flush (self);
}
