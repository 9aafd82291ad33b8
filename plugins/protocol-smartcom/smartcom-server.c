/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is worked with, and when.
 *
 * Thousands of terminals may be online; only so many are worked with at once, the others wait in a queue.
 * What there is to do is a set of words for each terminal, so that it cannot pile up. */
#include "smartcom-server-private.h"

#include <string.h>

#include "smartcom-sync.h"

/* How long what was learned may wait to be written. */
#define SAVE_US G_USEC_PER_SEC

/* Readouts that may wait for the store before no more are collected. */
#define CONGESTION 4096

static void pump_soon (SmartcomServer *self);

static void
say (SmartcomServer *self, SmartcomTerminal *terminal, gboolean problem, const gchar *message)
{
  g_autofree gchar *text =
      terminal->name != NULL && *terminal->name != '\0'
          ? g_strdup_printf ("terminal %s (%s): %s", terminal->serial, terminal->name, message)
          : g_strdup_printf ("terminal %s: %s", terminal->serial, message);

  if (problem)
    self->callbacks->problem (text, self->user_data);
  else
    self->callbacks->notice (text, self->user_data);
}

void
smartcom_server_notice (SmartcomServer *self, SmartcomTerminal *terminal, const gchar *message)
{
  say (self, terminal, FALSE, message);
}

/* Once for each kind of fault, until it is over. */
void
smartcom_server_complain (SmartcomServer *self, SmartcomTerminal *terminal, const GError *error)
{
  terminal->faulty = TRUE;
  if (terminal->told == error->code)
    return;
  terminal->told = error->code;
  say (self, terminal, TRUE, error->message);
}

static void
on_saved (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  SmartcomServer *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the server is gone */
  self->saving = FALSE;
  if (!done && !self->unsaved_told)
    self->callbacks->problem (error->message, self->user_data);
  self->unsaved_told = !done;
  if (self->dirty)
    smartcom_server_touch (self);
}

typedef struct
{
  gchar *path; /* (owned) */
  gchar *text; /* (owned) */
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_free (saving->path);
  g_free (saving->text);
  g_free (saving);
}

/* The file holds hashes of passwords: it is for its owner only. */
static gboolean
write_state (const gchar *path, const gchar *text, GError **error)
{
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static void
save_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
                GCancellable *cancellable G_GNUC_UNUSED)
{
  const Saving *saving = data;
  GError *error = NULL;

  if (write_state (saving->path, saving->text, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
on_save (gpointer user_data)
{
  SmartcomServer *self = user_data;
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_saved, self);
  Saving *saving = g_new0 (Saving, 1);

  amsel_clock_clear_alarm (&self->save);
  saving->path = g_strdup (self->state);
  saving->text = smartcom_list_to_text (self->list);
  self->dirty = FALSE;
  self->saving = TRUE;
  g_task_set_task_data (task, saving, saving_free);
  g_task_run_in_thread (task, save_in_thread);
  return G_SOURCE_REMOVE;
}

/* Something that is kept has changed. */
void
smartcom_server_touch (SmartcomServer *self)
{
  self->dirty = TRUE;
  if (self->state == NULL || self->save != NULL || self->saving)
    return;
  self->save = amsel_clock_add_alarm (self->clock, amsel_clock_get_monotonic_us (self->clock) + SAVE_US,
                                      on_save, self);
}

/* Adds work and puts the terminal into the queue. */
void
smartcom_server_schedule (SmartcomServer *self, SmartcomTerminal *terminal, guint work)
{
  terminal->work |= work;
  if (terminal->queued || terminal->busy || terminal->work == 0)
    return;
  terminal->queued = TRUE;
  g_queue_push_tail (&self->due, g_object_ref (terminal));
  pump_soon (self);
}

/* A terminal that went away has nothing to do until it comes again. */
static void
give_up_work (SmartcomServer *self, SmartcomTerminal *terminal, const gchar *why)
{
  terminal->work = 0;
  if (terminal->action == 0)
    return;
  smartcom_operator_finish (self, terminal->action, g_strdup_printf ("Failed: %s", why));
  terminal->action = 0;
}

static void
end_work (SmartcomServer *self, SmartcomTerminal *terminal, const GError *error)
{
  terminal->busy = FALSE;
  self->n_busy--;
  if (error != NULL && !g_error_matches (error, SMARTCOM_ERROR, SMARTCOM_ERROR_OFFLINE))
    smartcom_server_complain (self, terminal, error);
  if (error != NULL && error->domain == SMARTCOM_ERROR && error->code != SMARTCOM_ERROR_REFUSED)
    give_up_work (self, terminal, error->message);
  smartcom_server_schedule (self, terminal, 0);
  pump_soon (self);
}

static void
on_greeted (SmartcomTerminal *terminal, const GError *error, gpointer user_data)
{
  end_work (user_data, terminal, error);
}

static void
on_synced (SmartcomTerminal *terminal, const GError *error, gpointer user_data)
{
  SmartcomServer *self = user_data;

  terminal->synced = error == NULL;
  if (error == NULL)
    smartcom_server_touch (self);
  if (terminal->action != 0)
    smartcom_operator_finish (self, terminal->action,
                              error == NULL ? g_strdup ("Finished")
                                            : g_strdup_printf ("Failed: %s", error->message));
  terminal->action = 0;
  end_work (self, terminal, error);
}

static void
on_collected (SmartcomTerminal *terminal, const GError *error, guint n_records, gpointer user_data)
{
  SmartcomServer *self = user_data;

  if (error == NULL && !terminal->faulty)
    terminal->told = 0;
  if (n_records > 0)
    smartcom_server_touch (self);
  if (error == NULL && terminal->stale)
    terminal->work |= SMARTCOM_WORK_SYNC;
  terminal->stale = FALSE;
  end_work (self, terminal, error);
}

static void
on_readout (AmselReadout *readout, gpointer user_data)
{
  SmartcomServer *self = user_data;

  self->callbacks->readout (readout, self->user_data);
}

static void
on_collect_problem (SmartcomTerminal *terminal, const GError *error, gpointer user_data)
{
  smartcom_server_complain (user_data, terminal, error);
}

static void
on_collect_notice (SmartcomTerminal *terminal, const gchar *message, gpointer user_data)
{
  smartcom_server_notice (user_data, terminal, message);
}

static void
begin_work (SmartcomServer *self, SmartcomTerminal *terminal)
{
  terminal->busy = TRUE;
  self->n_busy++;
  if ((terminal->work & SMARTCOM_WORK_GREET) != 0)
    {
      terminal->work &= ~SMARTCOM_WORK_GREET;
      smartcom_greet_begin (terminal, on_greeted, self);
    }
  else if ((terminal->work & SMARTCOM_WORK_SYNC) != 0)
    {
      terminal->work &= ~SMARTCOM_WORK_SYNC;
      smartcom_sync_begin (terminal, on_synced, self);
    }
  else
    {
      terminal->work &= ~SMARTCOM_WORK_COLLECT;
      terminal->faulty = FALSE;
      smartcom_collect_begin (&self->collect, terminal);
    }
}

static gboolean
on_pump (gpointer user_data)
{
  SmartcomServer *self = user_data;
  SmartcomTerminal *terminal;

  amsel_clock_clear_alarm (&self->pump);
  while (self->n_busy < self->parallel && amsel_store_get_n_queued (self->store) < CONGESTION
         && (terminal = g_queue_pop_head (&self->due)) != NULL)
    {
      terminal->queued = FALSE;
      if (terminal->session == NULL)
        give_up_work (self, terminal, "the terminal is offline");
      else if (terminal->work != 0)
        begin_work (self, terminal);
      g_object_unref (terminal);
    }
  if (self->due.length > 0 && self->n_busy == 0)
    pump_soon (self); /* the store is behind, and nobody's end will wake us */
  return G_SOURCE_REMOVE;
}

/* From the main loop, never from the end of something else's work. */
static void
pump_soon (SmartcomServer *self)
{
  gint64 pause_us = amsel_store_get_n_queued (self->store) < CONGESTION ? 0 : G_USEC_PER_SEC / 10;

  if (self->pump == NULL)
    self->pump = amsel_clock_add_alarm (self->clock, amsel_clock_get_monotonic_us (self->clock) + pause_us,
                                        on_pump, self);
}

static gboolean
on_round (gpointer user_data)
{
  SmartcomServer *self = user_data;
  GPtrArray *all = smartcom_list_get_all (self->list);

  amsel_clock_clear_alarm (&self->round);
  for (guint i = 0; i < all->len; i++)
    {
      SmartcomTerminal *terminal = g_ptr_array_index (all, i);

      if (terminal->session != NULL)
        smartcom_server_schedule (self, terminal,
                                  SMARTCOM_WORK_COLLECT | (terminal->synced ? 0 : SMARTCOM_WORK_SYNC));
    }
  self->round = amsel_clock_add_alarm (
      self->clock, amsel_clock_get_monotonic_us (self->clock) + self->interval_us, on_round, self);
  return G_SOURCE_REMOVE;
}

static void
adopt_terminals (SmartcomServer *self, gpointer server)
{
  GPtrArray *all = smartcom_list_get_all (self->list);

  for (guint i = 0; i < all->len; i++)
    ((SmartcomTerminal *) g_ptr_array_index (all, i))->server = server;
}

static SmartcomServer *
make (const SmartcomServerSettings *settings, SmartcomList *list, AmselStore *store, AmselRegistry *registry)
{
  SmartcomServer *self = g_new0 (SmartcomServer, 1);

  self->source = g_strdup (settings->source);
  self->password = g_strdup (settings->password);
  self->state = g_strdup (settings->state);
  self->interval_us = settings->interval_us;
  self->parallel = MAX (settings->parallel, 1);
  self->max_terminals = settings->max_terminals;
  self->answer_timeout_us = settings->answer_timeout_us;
  self->keep_alive_us = settings->keep_alive_us;
  self->list = list;
  self->store = g_object_ref (store);
  self->clock = g_object_ref (amsel_store_get_clock (store));
  self->decoder = smartcom_decoder_new (registry, settings->source, settings->keys);
  self->barrier = smartcom_barrier_new (store, self->clock);
  self->results = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->due);
  g_queue_init (&self->actions);
  self->collect = (SmartcomCollectContext){
    self->decoder,      self->barrier,     store,        self->source, MAX (settings->batch, 1), on_readout,
    on_collect_problem, on_collect_notice, on_collected, self
  };
  return self;
}

SmartcomServer *
smartcom_server_new (const SmartcomServerSettings *settings, SmartcomList *list, AmselStore *store,
                     AmselRegistry *registry, const SmartcomServerCallbacks *callbacks, gpointer user_data,
                     GError **error)
{
  SmartcomServer *self;

  if (!smartcom_list_load (list, settings->state, error))
    return NULL;
  self = make (settings, list, store, registry);
  self->callbacks = callbacks;
  self->user_data = user_data;
  adopt_terminals (self, self);
  if (!smartcom_door_open (self, settings, error))
    {
      smartcom_server_free (self);
      return NULL;
    }
  smartcom_door_dial_all (self);
  on_round (self);
  return self;
}

/* What was learned since it was written last goes into the file now. */
static void
save_now (SmartcomServer *self)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;

  if (self->state == NULL || !(self->dirty || self->saving))
    return;
  text = smartcom_list_to_text (self->list);
  if (!write_state (self->state, text, &error))
    self->callbacks->problem (error->message, self->user_data);
}

void
smartcom_server_free (SmartcomServer *self)
{
  GPtrArray *all = smartcom_list_get_all (self->list);

  g_cancellable_cancel (self->cancellable);
  smartcom_door_close (self);
  /* those who wait for the store are told by nobody any more: their sessions end here */
  for (guint i = 0; i < all->len; i++)
    {
      SmartcomTerminal *terminal = g_ptr_array_index (all, i);

      g_clear_pointer (&terminal->session, smartcom_session_free);
      terminal->position_known = FALSE;
    }
  smartcom_barrier_free (self->barrier);
  adopt_terminals (self, NULL);
  save_now (self);
  amsel_clock_clear_alarm (&self->pump);
  amsel_clock_clear_alarm (&self->round);
  amsel_clock_clear_alarm (&self->save);
  g_queue_clear_full (&self->due, g_object_unref);
  g_queue_clear_full (&self->actions, g_free);
  smartcom_decoder_free (self->decoder);
  g_hash_table_unref (self->results);
  g_clear_object (&self->cancellable);
  g_object_unref (self->clock);
  g_object_unref (self->store);
  g_free (self->verifier);
  g_free (self->source);
  g_free (self->password);
  g_free (self->state);
  g_free (self);
}

guint
smartcom_server_get_n_online (SmartcomServer *self)
{
  return self->n_online;
}
