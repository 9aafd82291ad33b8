/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searches: what they have found, how far they are, and how they are paused and ended. */
#include "amsel-search.h"

#include "amsel-error.h"

typedef struct
{
  GPtrArray *found; /* (owned) (element-type AmselFound) */
  gdouble share;
  gint64 left_us;
  gboolean aborted;
  gboolean paused;
} AmselSearchPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselSearch, amsel_search, AMSEL_TYPE_DIALOGUE)
G_DEFINE_BOXED_TYPE (AmselFound, amsel_found, amsel_found_copy, amsel_found_free)

typedef enum
{
  SIGNAL_FOUND,
  SIGNAL_PROGRESS,
  N_SIGNALS,
} AmselSearchSignal;

static guint signals[N_SIGNALS];

/**
 * amsel_found_new: (constructor)
 * @identity: who the meter says it is
 * @address: what its protocol reads it by
 * @frame: (nullable): its telegram
 *
 * Returns: (transfer full): a meter that was found
 */
AmselFound *
amsel_found_new (const AmselIdentity *identity, const gchar *address, AmselFrame *frame)
{
  AmselFound *self = g_new0 (AmselFound, 1);

  self->identity = *identity;
  self->address = g_strdup (address);
  self->frame = frame != NULL ? amsel_frame_ref (frame) : NULL;
  return self;
}

/**
 * amsel_found_copy:
 * @self: a meter that was found
 *
 * Returns: (transfer full): a copy
 */
AmselFound *
amsel_found_copy (const AmselFound *self)
{
  AmselFound *copy = amsel_found_new (&self->identity, self->address, self->frame);

  copy->baud = self->baud;
  copy->latency_us = self->latency_us;
  return copy;
}

/**
 * amsel_found_free:
 * @self: (transfer full): a meter that was found
 */
void
amsel_found_free (AmselFound *self)
{
  g_clear_pointer (&self->frame, amsel_frame_unref);
  g_free (self->address);
  g_free (self);
}

/* What the implementation wants next is not sent where the search is to rest or to end here. */
static AmselRequest *
amsel_search_next (AmselDialogue *dialogue, const AmselAnswer *answer, GError **error)
{
  AmselSearch *self = AMSEL_SEARCH (dialogue);
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);
  g_autoptr (AmselRequest) request = NULL;

  if (answer->status == AMSEL_ANSWER_NONE)
    priv->paused = FALSE;
  if (!priv->aborted)
    request = AMSEL_SEARCH_GET_CLASS (self)->step (self, answer, error);
  if (!priv->aborted && (request == NULL || request->kind == AMSEL_REQUEST_FINISHED))
    {
      priv->paused = FALSE;
      return g_steal_pointer (&request);
    }
  if (!priv->aborted && !priv->paused)
    return g_steal_pointer (&request);
  if (priv->aborted && error != NULL)
    g_clear_error (error);
  amsel_dialogue_set_complete (dialogue, FALSE);
  return amsel_request_new_finished ();
}

/**
 * amsel_search_get_found:
 * @self: a search
 *
 * Returns: (transfer none) (element-type AmselFound): the meters found so far, in the order of their
 * discovery
 */
GPtrArray *
amsel_search_get_found (AmselSearch *self)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);

  return priv->found;
}

/**
 * amsel_search_get_progress:
 * @self: a search
 * @n_found: (out) (optional): how many meters were found so far
 * @share: (out) (optional): share of the addresses that is known by now, 0 to 1
 * @left_us: (out) (optional): estimate of the time left, in microseconds; -1 where none can be given
 */
void
amsel_search_get_progress (AmselSearch *self, guint *n_found, gdouble *share, gint64 *left_us)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);

  if (n_found != NULL)
    *n_found = priv->found->len;
  if (share != NULL)
    *share = priv->share;
  if (left_us != NULL)
    *left_us = priv->left_us;
}

/**
 * amsel_search_abort:
 * @self: a search
 *
 * Ends it at the next step. What was found is kept, and the state can be saved.
 */
void
amsel_search_abort (AmselSearch *self)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);

  priv->aborted = TRUE;
}

/**
 * amsel_search_is_aborted:
 * @self: a search
 *
 * Returns: whether amsel_search_abort() was called
 */
gboolean
amsel_search_is_aborted (AmselSearch *self)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);

  return priv->aborted;
}

/**
 * amsel_search_pause:
 * @self: a search
 *
 * Lets the dialogue end at the next step, to be begun again later. The line does that when something more
 * urgent waits.
 */
void
amsel_search_pause (AmselSearch *self)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);

  priv->paused = TRUE;
}

/**
 * amsel_search_is_paused:
 * @self: a search
 *
 * Returns: whether it rests, or will at the next step
 */
gboolean
amsel_search_is_paused (AmselSearch *self)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);

  return priv->paused;
}

/**
 * amsel_search_save: (virtual save)
 * @self: a search that does not run
 *
 * Returns: (transfer full) (nullable): its state as a text, for amsel_search_restore(); %NULL where it cannot
 * be taken up again
 */
gchar *
amsel_search_save (AmselSearch *self)
{
  AmselSearchClass *klass = AMSEL_SEARCH_GET_CLASS (self);

  return klass->save != NULL ? klass->save (self) : NULL;
}

/**
 * amsel_search_restore: (virtual restore)
 * @self: a search that has not begun
 * @state: what amsel_search_save() gave
 * @error: return location for an error; %AMSEL_CONFIG_ERROR_INVALID where the text is not understood
 *
 * Lets it go on where another one ended.
 *
 * Returns: whether the state was taken
 */
gboolean
amsel_search_restore (AmselSearch *self, const gchar *state, GError **error)
{
  AmselSearchClass *klass = AMSEL_SEARCH_GET_CLASS (self);
  GError *local = NULL;

  if (klass->restore != NULL && klass->restore (self, state, &local) && local == NULL)
    return TRUE;
  if (local == NULL)
    local = g_error_new_literal (AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                                 "a search of this kind cannot be taken up again");
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_search_add_found:
 * @self: a search
 * @found: a meter
 *
 * For implementations: keeps a meter that was found, and tells of it.
 */
void
amsel_search_add_found (AmselSearch *self, const AmselFound *found)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);
  AmselFound *copy = amsel_found_copy (found);

  g_ptr_array_add (priv->found, copy);
  g_signal_emit (self, signals[SIGNAL_FOUND], 0, copy);
}

/**
 * amsel_search_set_progress:
 * @self: a search
 * @share: share of the addresses that is known by now, 0 to 1
 * @left_us: estimate of the time left, in microseconds; -1 where none can be given
 *
 * For implementations: says how far it is.
 */
void
amsel_search_set_progress (AmselSearch *self, gdouble share, gint64 left_us)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);

  priv->share = CLAMP (share, 0, 1);
  priv->left_us = MAX (left_us, -1);
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
}

static void
amsel_search_finalize (GObject *object)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (AMSEL_SEARCH (object));

  g_ptr_array_unref (priv->found);
  G_OBJECT_CLASS (amsel_search_parent_class)->finalize (object);
}

static void
amsel_search_class_init (AmselSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = amsel_search_finalize;
  AMSEL_DIALOGUE_CLASS (klass)->next = amsel_search_next;

  /**
   * AmselSearch::found:
   * @self: the search
   * @found: the meter
   *
   * A meter was found.
   */
  signals[SIGNAL_FOUND] = g_signal_new ("found", AMSEL_TYPE_SEARCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, AMSEL_TYPE_FOUND | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * AmselSearch::progress:
   * @self: the search
   *
   * The search has gone on; see amsel_search_get_progress().
   */
  signals[SIGNAL_PROGRESS] =
      g_signal_new ("progress", AMSEL_TYPE_SEARCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
amsel_search_init (AmselSearch *self)
{
  AmselSearchPrivate *priv = amsel_search_get_instance_private (self);

  priv->found = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_found_free);
  priv->left_us = -1;
}
