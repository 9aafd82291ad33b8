/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A physical line.
 *
 * Whoever wants something of the meters on a line submits a dialogue, and the line conducts one after the
 * other, in the order of its queue; searches rest while others have the line.
 *
 * The line opens its transport and opens it again after a loss. While it is not open, what is submitted fails
 * at once with the reason, so that every slot gets its record. */
#include "amsel-error.h"
#include "amsel-line-private.h"
#include "amsel-listener.h"
#include "amsel-param.h"

G_DEFINE_FINAL_TYPE (AmselLine, amsel_line, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AmselLane, amsel_lane, G_DEFINE_ENUM_VALUE (AMSEL_LANE_ON_DEMAND, "on-demand"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LANE_SCHEDULED, "scheduled"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LANE_SEARCH, "search"))

G_DEFINE_ENUM_TYPE (AmselLineState, amsel_line_state, G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_OPENING, "opening"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_ENDED, "ended"))

static guint signal_state;
static guint signal_notice;

static AmselClock *
get_clock (AmselLine *self)
{
  return amsel_transport_get_clock (self->transport);
}

/* Changes the state and tells of it once; message says why. */
static void
set_state (AmselLine *self, AmselLineState state, const gchar *message)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit (self, signal_state, 0, state, message);
}

void
amsel_line_notice (AmselLine *self, const gchar *format, ...)
{
  g_autofree gchar *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_signal_emit (self, signal_notice, 0, message);
}

static void
line_failed (AmselLine *self, const GError *error)
{
  g_autofree gchar *message = NULL;
  g_autofree gchar *pause = NULL;
  g_autoptr (GError) fault = g_error_copy (error);

  g_clear_error (&self->fault);
  self->fault = g_error_copy (error);
  if (self->listener != NULL)
    amsel_listener_end (self->listener);
  if (self->exchange != NULL)
    amsel_exchange_abort (self->exchange, fault);
  if (g_error_matches (fault, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_ENDED))
    set_state (self, AMSEL_LINE_STATE_ENDED, fault->message);
  else
    {
      pause = amsel_duration_to_string (self->reopen_min_us);
      message = g_strdup_printf ("%s; trying again from %s on", fault->message, pause);
      amsel_line_opener_retry (self->opener, self->transport, self->reopen_min_us, self->reopen_max_us);
      set_state (self, AMSEL_LINE_STATE_WAITING, message);
    }
  amsel_line_queue_fail_all (&self->queue, get_clock (self), fault);
  amsel_line_end_loan (self, fault);
}

static void
on_opened (const GError *error, gpointer user_data)
{
  g_autoptr (AmselLine) self = g_object_ref (user_data);

  if (error != NULL)
    {
      line_failed (self, error);
      return;
    }
  g_clear_error (&self->fault);
  set_state (self, AMSEL_LINE_STATE_OPEN, "open");
  if (self->listener != NULL)
    amsel_listener_begin (self->listener);
  amsel_line_schedule_next (self);
}

void
amsel_line_give_up (AmselLine *self, const GError *error)
{
  amsel_transport_close (self->transport);
  line_failed (self, error);
}

static void
on_lost (AmselTransport *transport G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  line_failed (user_data, error);
}

static void
on_received (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  AmselLine *self = user_data;

  if (self->exchange != NULL)
    amsel_exchange_receive (self->exchange, data);
  else if (self->listener != NULL && !self->is_lent)
    amsel_listener_receive (self->listener, data);
  else if (!self->is_lent)
    amsel_line_sense_note_stray (self->sense, amsel_clock_get_monotonic_us (get_clock (self)));
}

static void
on_damaged (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  AmselLine *self = user_data;

  if (self->exchange != NULL)
    amsel_exchange_receive_damaged (self->exchange, data);
  else if (!self->is_lent)
    amsel_line_sense_note_stray (self->sense, amsel_clock_get_monotonic_us (get_clock (self)));
}

/* Whether a search has ended only to be begun again. */
static gboolean
is_resting (AmselSearch *search)
{
  return amsel_search_is_paused (search) && !amsel_search_is_aborted (search);
}

/* A search of many minutes makes room for a reading. */
static void
make_room (AmselLine *self, AmselLane lane)
{
  if (self->job != NULL && self->job->lane > lane && AMSEL_IS_SEARCH (self->job->dialogue))
    amsel_search_pause (AMSEL_SEARCH (self->job->dialogue));
}

static void
on_exchange_done (AmselExchange *exchange, const AmselDialogueReport *report, const GError *error,
                  gpointer user_data)
{
  g_autoptr (AmselLine) self = g_object_ref (user_data);
  AmselDialogueReport copy = *report;
  g_autoptr (GError) fault = error != NULL ? g_error_copy (error) : NULL;
  AmselLineJob *job = g_steal_pointer (&self->job);

  self->exchange = NULL;
  amsel_exchange_free (exchange);
  self->free_us = amsel_clock_get_monotonic_us (get_clock (self));
  if (fault == NULL && AMSEL_IS_SEARCH (job->dialogue) && is_resting (AMSEL_SEARCH (job->dialogue)))
    amsel_line_queue_put_back (&self->queue, job);
  else
    amsel_line_job_finish (job, &copy, fault);
  amsel_line_schedule_next (self);
}

static gboolean
on_next (gpointer user_data)
{
  AmselLine *self = user_data;

  amsel_clock_clear_alarm (&self->next);
  if (self->state != AMSEL_LINE_STATE_OPEN || self->exchange != NULL || self->is_lent)
    return G_SOURCE_REMOVE;
  if (self->borrower != NULL)
    {
      amsel_line_begin_loan (self);
      return G_SOURCE_REMOVE;
    }
  self->job = amsel_line_queue_take (&self->queue);
  if (self->job == NULL)
    return G_SOURCE_REMOVE;
  self->exchange =
      amsel_exchange_new (self->transport, self->sense, self->job->protocol, self->job->dialogue);
  amsel_exchange_set_patience (self->exchange, self->job->patience);
  amsel_exchange_start (self->exchange, on_exchange_done, self);
  return G_SOURCE_REMOVE;
}

/* The next dialogue begins from the main loop, after the gap, never from within what ended the last one. */
void
amsel_line_schedule_next (AmselLine *self)
{
  if (self->state == AMSEL_LINE_STATE_OPEN && self->exchange == NULL && self->next == NULL && !self->is_lent
      && (self->borrower != NULL || amsel_line_queue_get_length (&self->queue) > 0))
    self->next = amsel_clock_add_alarm (get_clock (self), self->free_us + self->gap_us, on_next, self);
}

/**
 * amsel_line_submit: (skip)
 * @self: a line
 * @lane: how urgent it is
 * @protocol: finds the frames
 * @dialogue: what to say
 * @patience: how long to try while nothing has answered
 * @done: called once, also when the line is lost or stopped
 * @user_data: for @done
 *
 * Queues a dialogue.
 */
void
amsel_line_submit (AmselLine *self, AmselLane lane, AmselProtocol *protocol, AmselDialogue *dialogue,
                   AmselPatience patience, AmselLineDone done, gpointer user_data)
{
  AmselLineJob *job;

  g_return_if_fail (lane < AMSEL_LINE_LANES);
  job = amsel_line_job_new (lane, protocol, dialogue, patience, done, user_data);
  if (self->fault != NULL || self->borrower != NULL)
    {
      g_autoptr (GError) fault =
          self->fault != NULL ? g_error_copy (self->fault) : amsel_line_new_busy_error (self);

      amsel_line_job_fail (job, amsel_clock_get_real_us (get_clock (self)), fault);
      return;
    }
  amsel_line_queue_add (&self->queue, job);
  make_room (self, lane);
  amsel_line_schedule_next (self);
}

/**
 * amsel_line_cancel: (skip)
 * @self: a line
 * @dialogue: a dialogue that was submitted
 *
 * Ends a dialogue with %AMSEL_READ_ERROR_CANCELLED, whether it waits or has begun.
 */
void
amsel_line_cancel (AmselLine *self, AmselDialogue *dialogue)
{
  g_autoptr (GError) error =
      g_error_new_literal (AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED, "stopped by the user");
  AmselLineJob *waiting;

  if (self->job != NULL && self->job->dialogue == dialogue)
    {
      amsel_exchange_abort (self->exchange, error);
      return;
    }
  waiting = amsel_line_queue_remove (&self->queue, dialogue);
  if (waiting != NULL)
    amsel_line_job_fail (waiting, amsel_clock_get_real_us (get_clock (self)), error);
}

/**
 * amsel_line_listen: (skip)
 * @self: a line that is not started
 * @protocol: (nullable): finds the frames; %NULL to listen no more
 * @heard: called for each frame that came without being asked for
 * @user_data: for @heard
 */
void
amsel_line_listen (AmselLine *self, AmselProtocol *protocol, AmselLineHeard heard, gpointer user_data)
{
  if (self->listener != NULL)
    amsel_listener_sum_up (self->listener);
  g_clear_pointer (&self->listener, amsel_listener_free);
  if (protocol != NULL)
    self->listener = amsel_listener_new (self, protocol, self->silence_us, heard, user_data);
}

/**
 * amsel_line_start:
 * @self: a line with a transport
 *
 * Opens the line and keeps it open.
 */
void
amsel_line_start (AmselLine *self)
{
  if (self->state != AMSEL_LINE_STATE_NONE || self->transport == NULL)
    return;
  self->state = AMSEL_LINE_STATE_OPENING;
  amsel_line_opener_begin (self->opener, self->transport);
}

/**
 * amsel_line_stop:
 * @self: a line
 *
 * Ends what is going on, with %AMSEL_READ_ERROR_CANCELLED, and closes the line.
 */
void
amsel_line_stop (AmselLine *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED, "the line was stopped");

  if (self->state == AMSEL_LINE_STATE_NONE)
    return;
  self->state = AMSEL_LINE_STATE_NONE;
  if (self->listener != NULL)
    amsel_listener_end (self->listener);
  amsel_line_opener_stop (self->opener);
  amsel_clock_clear_alarm (&self->next);
  if (self->exchange != NULL)
    amsel_exchange_abort (self->exchange, error);
  amsel_line_queue_fail_all (&self->queue, get_clock (self), error);
  amsel_line_end_loan (self, error);
  g_clear_error (&self->fault);
  amsel_transport_close (self->transport);
}

/**
 * amsel_line_get_n_waiting:
 * @self: a line
 *
 * Returns: how many dialogues wait for their turn
 */
guint
amsel_line_get_n_waiting (AmselLine *self)
{
  return amsel_line_queue_get_length (&self->queue);
}

/**
 * amsel_line_get_name: (attributes org.gtk.Method.get_property=name)
 * @self: a line
 *
 * Returns: (transfer none): its name; empty where it has none
 */
const gchar *
amsel_line_get_name (AmselLine *self)
{
  return self->name != NULL ? self->name : "";
}

/**
 * amsel_line_get_transport: (attributes org.gtk.Method.get_property=transport)
 * @self: a line
 *
 * Returns: (transfer none) (nullable): its transport
 */
AmselTransport *
amsel_line_get_transport (AmselLine *self)
{
  return self->transport;
}

/**
 * amsel_line_get_state:
 * @self: a line
 *
 * Returns: its state
 */
AmselLineState
amsel_line_get_state (AmselLine *self)
{
  return self->state;
}

/**
 * amsel_line_new:
 * @name: its name
 * @transport: its transport
 *
 * Returns: (transfer full): a line
 */
AmselLine *
amsel_line_new (const gchar *name, AmselTransport *transport)
{
  return g_object_new (AMSEL_TYPE_LINE, "name", name, "transport", transport, NULL);
}

void
amsel_line_set_transport (AmselLine *self, AmselTransport *transport)
{
  if (self->transport != NULL)
    g_signal_handlers_disconnect_by_data (self->transport, self);
  g_set_object (&self->transport, transport);
  if (transport == NULL)
    return;
  g_signal_connect (transport, "received", G_CALLBACK (on_received), self);
  g_signal_connect (transport, "damaged", G_CALLBACK (on_damaged), self);
  g_signal_connect (transport, "lost", G_CALLBACK (on_lost), self);
}

static void
amsel_line_dispose (GObject *object)
{
  AmselLine *self = AMSEL_LINE (object);

  amsel_line_stop (self);
  amsel_line_set_transport (self, NULL);
  g_clear_pointer (&self->listener, amsel_listener_free);
  G_OBJECT_CLASS (amsel_line_parent_class)->dispose (object);
}

static void
amsel_line_finalize (GObject *object)
{
  AmselLine *self = AMSEL_LINE (object);

  g_free (self->name);
  amsel_line_opener_free (self->opener);
  amsel_line_sense_free (self->sense);
  G_OBJECT_CLASS (amsel_line_parent_class)->finalize (object);
}

static void
amsel_line_class_init (AmselLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = amsel_line_dispose;
  object_class->finalize = amsel_line_finalize;
  amsel_line_install_settings (object_class);

  /**
   * AmselLine::state-changed:
   * @self: the line
   * @state: its new state
   * @message: a sentence that says why
   *
   * The line was opened, or lost. Emitted once for each change, not for each attempt.
   */
  signal_state = g_signal_new ("state-changed", AMSEL_TYPE_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 2, AMSEL_TYPE_LINE_STATE, G_TYPE_STRING);

  /**
   * AmselLine::notice:
   * @self: the line
   * @message: a sentence
   *
   * Something about what is heard on the line.
   */
  signal_notice = g_signal_new ("notice", AMSEL_TYPE_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
amsel_line_init (AmselLine *self)
{
  self->sense = amsel_line_sense_new ();
  self->opener = amsel_line_opener_new (on_opened, self);
  amsel_line_queue_init (&self->queue);
}
