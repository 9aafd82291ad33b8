/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dialogues, and the requests and answers that they are made of. */
#include "amsel-dialogue.h"

#include "amsel-error.h"

typedef struct
{
  GPtrArray *frames; /* (owned) (element-type AmselFrame): the harvest */
  gboolean complete;
} AmselDialoguePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselDialogue, amsel_dialogue, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (AmselRequest, amsel_request, amsel_request_copy, amsel_request_free)
G_DEFINE_BOXED_TYPE (AmselAnswer, amsel_answer, amsel_answer_copy, amsel_answer_free)

G_DEFINE_ENUM_TYPE (AmselRequestKind, amsel_request_kind, G_DEFINE_ENUM_VALUE (AMSEL_REQUEST_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REQUEST_ASK, "ask"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REQUEST_TELL, "tell"),
                    G_DEFINE_ENUM_VALUE (AMSEL_REQUEST_FINISHED, "finished"))

G_DEFINE_ENUM_TYPE (AmselPatience, amsel_patience, G_DEFINE_ENUM_VALUE (AMSEL_PATIENCE_FULL, "full"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PATIENCE_ONE_TRY, "one-try"),
                    G_DEFINE_ENUM_VALUE (AMSEL_PATIENCE_ONE_SILENCE, "one-silence"))

G_DEFINE_ENUM_TYPE (AmselAnswerStatus, amsel_answer_status, G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_FRAME, "frame"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_SILENCE, "silence"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_DAMAGED, "damaged"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_COLLISION, "collision"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_SENT, "sent"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_NOT_BEGUN, "not-begun"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_NOT_SENT, "not-sent"),
                    G_DEFINE_ENUM_VALUE (AMSEL_ANSWER_STOPPED, "stopped"))

/**
 * amsel_request_new: (constructor)
 * @kind: what to do
 * @data: (nullable): what to send
 * @timeout_us: longest wait for the first byte of the answer
 *
 * Returns: (transfer full): a request without repeats, with a gap of 100 ms
 */
AmselRequest *
amsel_request_new (AmselRequestKind kind, GBytes *data, gint64 timeout_us)
{
  AmselRequest *self = g_new0 (AmselRequest, 1);

  self->kind = kind;
  self->data = data != NULL ? g_bytes_ref (data) : NULL;
  self->timeout_us = timeout_us;
  self->gap_us = 100 * 1000;
  self->latency_us = -1;
  return self;
}

/**
 * amsel_request_new_finished: (constructor)
 *
 * Returns: (transfer full): the request that ends a dialogue
 */
AmselRequest *
amsel_request_new_finished (void)
{
  return amsel_request_new (AMSEL_REQUEST_FINISHED, NULL, 0);
}

/**
 * amsel_request_copy:
 * @self: a request
 *
 * Returns: (transfer full): a copy
 */
AmselRequest *
amsel_request_copy (const AmselRequest *self)
{
  AmselRequest *copy = g_memdup2 (self, sizeof *self);

  if (copy->data != NULL)
    g_bytes_ref (copy->data);
  return copy;
}

/**
 * amsel_request_free:
 * @self: (transfer full): a request
 */
void
amsel_request_free (AmselRequest *self)
{
  g_clear_pointer (&self->data, g_bytes_unref);
  g_free (self);
}

/**
 * amsel_answer_new: (constructor)
 *
 * Makes an answer for whoever conducts a dialogue himself, such as its test.
 *
 * Returns: (transfer full): the answer with which a dialogue begins: nothing was asked yet
 */
AmselAnswer *
amsel_answer_new (void)
{
  return g_new0 (AmselAnswer, 1);
}

/**
 * amsel_answer_set_frame:
 * @self: an answer from amsel_answer_new() or amsel_answer_copy()
 * @frame: (nullable): its frame
 */
void
amsel_answer_set_frame (AmselAnswer *self, AmselFrame *frame)
{
  if (frame != NULL)
    amsel_frame_ref (frame);
  g_clear_pointer (&self->frame, amsel_frame_unref);
  self->frame = frame;
}

/**
 * amsel_answer_set_error:
 * @self: an answer from amsel_answer_new() or amsel_answer_copy()
 * @error: what was wrong, which is copied
 */
void
amsel_answer_set_error (AmselAnswer *self, const GError *error)
{
  GError *copy = g_error_copy (error);

  g_clear_error (&self->error);
  self->error = copy;
}

/**
 * amsel_answer_copy:
 * @self: an answer
 *
 * Returns: (transfer full): a copy
 */
AmselAnswer *
amsel_answer_copy (const AmselAnswer *self)
{
  AmselAnswer *copy = g_memdup2 (self, sizeof *self);

  copy->frame = self->frame != NULL ? amsel_frame_ref (self->frame) : NULL;
  copy->error = self->error != NULL ? g_error_copy (self->error) : NULL;
  return copy;
}

/**
 * amsel_answer_free:
 * @self: (transfer full): a copy of an answer
 */
void
amsel_answer_free (AmselAnswer *self)
{
  g_clear_pointer (&self->frame, amsel_frame_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* What a dialogue says is not believed before it is looked at: plugins may be wrong. */
static gboolean
check_request (const AmselRequest *request, const gchar *who, GError **error)
{
  const gchar *fault = NULL;

  if (request == NULL)
    fault = "returned nothing and no reason";
  else if (request->kind == AMSEL_REQUEST_NONE || request->kind > AMSEL_REQUEST_FINISHED)
    fault = "returned a request of no kind";
  else if (request->kind != AMSEL_REQUEST_FINISHED
           && (request->data == NULL || g_bytes_get_size (request->data) == 0))
    fault = "wants to send nothing";
  else if (request->timeout_us < 0 || request->gap_us < 0 || request->linger_us < 0 || request->listen_us < 0
           || request->pause_us < 0)
    fault = "returned a request with a negative time";
  else if (request->retries > 100)
    fault = "wants more than 100 repeats";
  if (fault == NULL)
    return TRUE;
  g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT, "%s %s", who, fault);
  return FALSE;
}

/**
 * amsel_dialogue_next: (virtual next)
 * @self: a dialogue
 * @answer: what became of the last request; status %AMSEL_ANSWER_NONE at the beginning
 * @error: return location for an error: the dialogue has failed
 *
 * Goes one step on.
 *
 * Returns: (transfer full): what to do next
 */
AmselRequest *
amsel_dialogue_next (AmselDialogue *self, const AmselAnswer *answer, GError **error)
{
  g_autoptr (AmselRequest) request = NULL;
  GError *local = NULL;

  request = AMSEL_DIALOGUE_GET_CLASS (self)->next (self, answer, &local);
  if (local == NULL && check_request (request, G_OBJECT_TYPE_NAME (self), &local))
    return g_steal_pointer (&request);
  g_propagate_error (error, local);
  return NULL;
}

/**
 * amsel_dialogue_stop: (skip)
 * @self: a dialogue
 * @reason: why nothing will be sent any more
 *
 * Tells a dialogue, begun or not, that it is over, with %AMSEL_ANSWER_STOPPED.
 *
 * Returns: (transfer full) (nullable): the error it ends with: its own, or @reason; %NULL where what it has
 * is a result
 */
GError *
amsel_dialogue_stop (AmselDialogue *self, const GError *reason)
{
  AmselDialoguePrivate *priv = amsel_dialogue_get_instance_private (self);
  g_autoptr (AmselRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) given = g_error_copy (reason);
  AmselAnswer answer = { .status = AMSEL_ANSWER_STOPPED, .error = given };

  request = AMSEL_DIALOGUE_GET_CLASS (self)->next (self, &answer, &error);
  /* a plugin that does not know this answer fails in its own way, which tells nobody anything */
  if (error != NULL && error->domain != AMSEL_PLUGIN_ERROR)
    return g_steal_pointer (&error);
  if (request != NULL && request->kind == AMSEL_REQUEST_FINISHED && priv->frames->len > 0)
    return NULL;
  return g_steal_pointer (&given);
}

/**
 * amsel_dialogue_add_frame:
 * @self: a dialogue
 * @frame: a frame that is part of the result
 *
 * For implementations: keeps a frame as part of what the dialogue yields.
 */
void
amsel_dialogue_add_frame (AmselDialogue *self, AmselFrame *frame)
{
  AmselDialoguePrivate *priv = amsel_dialogue_get_instance_private (self);

  g_ptr_array_add (priv->frames, amsel_frame_ref (frame));
}

/**
 * amsel_dialogue_get_frames:
 * @self: a dialogue
 *
 * Returns: (transfer none) (element-type AmselFrame): the frames it has yielded so far, in order
 */
GPtrArray *
amsel_dialogue_get_frames (AmselDialogue *self)
{
  AmselDialoguePrivate *priv = amsel_dialogue_get_instance_private (self);

  return priv->frames;
}

/**
 * amsel_dialogue_set_complete:
 * @self: a dialogue
 * @complete: whether the meter has said all it had to say
 *
 * For implementations: marks a result as incomplete, when the meter announced more than could be read.
 */
void
amsel_dialogue_set_complete (AmselDialogue *self, gboolean complete)
{
  AmselDialoguePrivate *priv = amsel_dialogue_get_instance_private (self);

  priv->complete = complete;
}

/**
 * amsel_dialogue_get_complete:
 * @self: a dialogue
 *
 * Returns: whether the meter has said all it had to say
 */
gboolean
amsel_dialogue_get_complete (AmselDialogue *self)
{
  AmselDialoguePrivate *priv = amsel_dialogue_get_instance_private (self);

  return priv->complete;
}

static void
amsel_dialogue_finalize (GObject *object)
{
  AmselDialoguePrivate *priv = amsel_dialogue_get_instance_private (AMSEL_DIALOGUE (object));

  g_ptr_array_unref (priv->frames);
  G_OBJECT_CLASS (amsel_dialogue_parent_class)->finalize (object);
}

static void
amsel_dialogue_class_init (AmselDialogueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = amsel_dialogue_finalize;
}

static void
amsel_dialogue_init (AmselDialogue *self)
{
  AmselDialoguePrivate *priv = amsel_dialogue_get_instance_private (self);

  priv->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_frame_unref);
  priv->complete = TRUE;
}
