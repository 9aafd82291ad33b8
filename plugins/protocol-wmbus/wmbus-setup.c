/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets a radio receiver up, command by command (receiver.h).
 *
 * Where it is not known which receiver it is, the first command of each kind is tried at the baud rate of
 * that kind; who answers as that kind does is one. What the receiver hears meanwhile is passed over: it goes
 * on. */
#include "wmbus-setup.h"

#define TIMEOUT_US (500 * 1000)
#define RETRIES    2

/* Messages about something else that may come instead of one answer. */
#define OTHERS_MAX 16

/* Finds the messages of a receiver that are no telegrams. */
#define WMBUS_TYPE_FINDER (wmbus_finder_get_type ())
G_DECLARE_FINAL_TYPE (WmbusFinder, wmbus_finder, WMBUS, FINDER, AmselProtocol)

struct _WmbusFinder
{
  AmselProtocol parent_instance;

  const ReceiverKind *kind;
};

G_DEFINE_FINAL_TYPE (WmbusFinder, wmbus_finder, AMSEL_TYPE_PROTOCOL)

struct _WmbusSetup
{
  AmselDialogue parent_instance;

  WmbusFinder *finder; /* (owned): has the kind that is tried */
  gboolean probing;    /* whether the kind is not known yet */
  gsize n_tried;
  ReceiverMode mode;
  WmbusSetupDone done;
  GObject *owner; /* (owned) */
  guint step;
  guint n_others;
  ReceiverCommand command;
  ReceiverMessage answer; /* to the command before */
  GBytes *answer_bytes;   /* (owned) (nullable): that it points into */
};

G_DEFINE_FINAL_TYPE (WmbusSetup, wmbus_setup, AMSEL_TYPE_DIALOGUE)

static AmselFrameStatus
wmbus_finder_find_frame (AmselProtocol *protocol, const guint8 *data, gsize length, gint64 received_us,
                         gsize *used, AmselFrame **frame, GError **error)
{
  ReceiverMessage message;
  AmselFrameStatus status = WMBUS_FINDER (protocol)->kind->find (data, length, used, &message, error);

  if (status != AMSEL_FRAME_STATUS_COMPLETE)
    return status;
  if (message.kind == RECEIVER_MESSAGE_ANSWER)
    {
      *frame = amsel_frame_new (data, *used, received_us, AMSEL_RSSI_UNKNOWN);
      return AMSEL_FRAME_STATUS_COMPLETE;
    }
  g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_NO_TELEGRAM, "a telegram instead of an answer");
  return AMSEL_FRAME_STATUS_DAMAGED;
}

static void
wmbus_finder_class_init (WmbusFinderClass *klass)
{
  AMSEL_PROTOCOL_CLASS (klass)->find_frame = wmbus_finder_find_frame;
}

static void
wmbus_finder_init (WmbusFinder *self G_GNUC_UNUSED)
{
}

/* The next kind that can be asked; FALSE where there is none. */
static gboolean
try_next (WmbusSetup *self)
{
  const ReceiverKind *const *kinds = receiver_list ();

  while (kinds[self->n_tried] != NULL)
    {
      self->finder->kind = kinds[self->n_tried++];
      if (self->finder->kind->get_command != NULL)
        return TRUE;
    }
  return FALSE;
}

static AmselRequest *
new_request (WmbusSetup *self)
{
  g_autoptr (GBytes) data = g_bytes_new (self->command.data, self->command.length);
  AmselRequest *request =
      amsel_request_new (self->command.silent ? AMSEL_REQUEST_TELL : AMSEL_REQUEST_ASK, data, TIMEOUT_US);

  request->settings = (AmselLineSettings){ self->finder->kind->baud, 8, AMSEL_PARITY_NONE, 1 };
  request->gap_us = TIMEOUT_US;
  request->retries = self->probing ? 0 : RETRIES;
  return request;
}

static AmselRequest *
next_command (WmbusSetup *self)
{
  const ReceiverKind *kind = self->finder->kind;

  self->n_others = 0;
  if (kind->get_command (self->step, self->mode, self->step > 0 ? &self->answer : NULL, &self->command))
    return new_request (self);
  self->done (kind, self->owner);
  return amsel_request_new_finished ();
}

/* Keeps an answer for the command after it. */
static gboolean
read_answer (WmbusSetup *self, AmselFrame *frame, GError **error)
{
  gsize length;
  const guint8 *data;
  gsize used = 0;

  g_clear_pointer (&self->answer_bytes, g_bytes_unref);
  self->answer_bytes = amsel_frame_get_bytes (frame);
  data = g_bytes_get_data (self->answer_bytes, &length);
  return self->finder->kind->find (data, length, &used, &self->answer, NULL) == AMSEL_FRAME_STATUS_COMPLETE
         && receiver_command_is_answered (&self->command, &self->answer, error);
}

static AmselRequest *
on_silence (WmbusSetup *self, GError **error)
{
  if (self->probing && try_next (self))
    {
      self->step = 0;
      return next_command (self);
    }
  if (self->probing)
    g_set_error_literal (error, RECEIVER_ERROR, RECEIVER_ERROR_SILENT,
                         "no radio receiver answers: is it plugged in, and is this its port?");
  else
    g_set_error (error, RECEIVER_ERROR, RECEIVER_ERROR_SILENT,
                 "the radio receiver does not answer to %s: is it one of kind %s, and is this its port?",
                 self->command.what, self->finder->kind->name);
  return NULL;
}

static AmselRequest *
on_frame (WmbusSetup *self, AmselFrame *frame, GError **error)
{
  GError *local = NULL;

  if (read_answer (self, frame, &local))
    {
      self->probing = FALSE;
      self->step++;
      return next_command (self);
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  if (++self->n_others > OTHERS_MAX)
    return on_silence (self, error);
  return new_request (self);
}

static AmselRequest *
wmbus_setup_next (AmselDialogue *dialogue, const AmselAnswer *answer, GError **error)
{
  WmbusSetup *self = WMBUS_SETUP (dialogue);

  if (answer->status == AMSEL_ANSWER_NONE)
    return self->probing && !try_next (self) ? on_silence (self, error) : next_command (self);
  if (answer->status == AMSEL_ANSWER_SENT)
    {
      self->step++;
      return next_command (self);
    }
  return answer->frame != NULL ? on_frame (self, answer->frame, error) : on_silence (self, error);
}

static void
wmbus_setup_finalize (GObject *object)
{
  WmbusSetup *self = WMBUS_SETUP (object);

  g_clear_pointer (&self->answer_bytes, g_bytes_unref);
  g_clear_object (&self->finder);
  g_clear_object (&self->owner);
  G_OBJECT_CLASS (wmbus_setup_parent_class)->finalize (object);
}

static void
wmbus_setup_class_init (WmbusSetupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wmbus_setup_finalize;
  AMSEL_DIALOGUE_CLASS (klass)->next = wmbus_setup_next;
}

static void
wmbus_setup_init (WmbusSetup *self G_GNUC_UNUSED)
{
}

AmselDialogue *
wmbus_setup_new (const ReceiverKind *kind, ReceiverMode mode, WmbusSetupDone done, GObject *owner,
                 AmselProtocol **finder)
{
  WmbusSetup *self = g_object_new (WMBUS_TYPE_SETUP, NULL);

  self->finder = g_object_new (WMBUS_TYPE_FINDER, NULL);
  self->finder->kind = kind;
  self->probing = kind == NULL;
  self->mode = mode;
  self->done = done;
  self->owner = g_object_ref (owner);
  *finder = g_object_ref (AMSEL_PROTOCOL (self->finder));
  return AMSEL_DIALOGUE (self);
}
