/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A physical line.
 *
 * Whoever wants something of the meters on a line submits a dialogue, and the line conducts one after the
 * other: those that somebody waits for first, then the schedule's, then searches, which rest while others
 * have the line. So that a flood of urgent ones starves nobody, after ON_DEMAND_BURST of them in a row one of
 * the others has its turn.
 *
 * A line can be lent: then somebody else has its transport to himself, and what is submitted fails at once.
 *
 * The line opens its transport and opens it again after a loss, with growing pauses. While it is not open,
 * what is submitted fails at once with the reason, so that every slot gets its record. */
#include "amsel-line.h"

#include "amsel-error.h"
#include "amsel-exchange.h"
#include "amsel-listener.h"
#include "amsel-param.h"

#define N_LANES         (AMSEL_LANE_SEARCH + 1)
#define ON_DEMAND_BURST 4

typedef struct
{
  AmselLane lane;
  AmselProtocol *protocol; /* (owned) */
  AmselDialogue *dialogue; /* (owned) */
  AmselPatience patience;
  AmselLineDone done;
  gpointer user_data;
} Job;

struct _AmselLine
{
  GObject parent_instance;

  gchar *name;               /* (owned) (nullable) */
  AmselTransport *transport; /* (owned) (nullable) */
  gint64 gap_us;
  gint64 reopen_min_us;
  gint64 reopen_max_us;

  AmselLineState state;
  GCancellable *opening; /* (owned) (nullable): while it is being opened */
  GSource *reopen;       /* (owned) (nullable): while it waits to be opened again */
  gint64 reopen_pause_us;
  GError *fault; /* (owned) (nullable): why it is not open */

  GQueue lanes[N_LANES];   /* (element-type Job) */
  guint n_on_demand;       /* on-demand dialogues in a row */
  Job *job;                /* (owned) (nullable): the one that is conducted */
  AmselExchange *exchange; /* (owned) (nullable): conducts it */
  gint64 free_us;          /* monotonic: when the last dialogue ended */
  GSource *next;           /* (owned) (nullable): will begin the next dialogue */

  AmselBorrowed borrower; /* (nullable): who has, or waits for, the line to himself */
  gpointer borrower_data;
  gboolean is_lent; /* he has it */

  AmselListener *listener; /* (owned) (nullable): of frames that nobody asks for */
  gint64 silence_us;

  AmselLineSense *sense; /* (owned): what the line is like */
};

G_DEFINE_FINAL_TYPE (AmselLine, amsel_line, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AmselLane, amsel_lane, G_DEFINE_ENUM_VALUE (AMSEL_LANE_ON_DEMAND, "on-demand"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LANE_SCHEDULED, "scheduled"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LANE_SEARCH, "search"))

G_DEFINE_ENUM_TYPE (AmselLineState, amsel_line_state, G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_OPENING, "opening"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (AMSEL_LINE_STATE_ENDED, "ended"))

typedef enum
{
  PROP_NAME = 1,
  PROP_TRANSPORT,
  PROP_GAP,
  PROP_REOPEN_MIN,
  PROP_REOPEN_MAX,
  PROP_SILENCE,
} AmselLineProperty;

static GParamSpec *properties[PROP_SILENCE + 1];
static guint signal_state;

static void line_open (AmselLine *self);
static void schedule_next (AmselLine *self);

static AmselClock *
get_clock (AmselLine *self)
{
  return amsel_transport_get_clock (self->transport);
}

static void
job_free (Job *job)
{
  g_object_unref (job->protocol);
  g_object_unref (job->dialogue);
  g_free (job);
}

static void
job_finish (Job *job, const AmselDialogueReport *report, const GError *error)
{
  job->done (job->dialogue, report, error, job->user_data);
  job_free (job);
}

/* Ends one that has not begun, because of the line or because somebody wants it. */
static void
job_fail (Job *job, AmselClock *clock, const GError *reason)
{
  AmselDialogueReport report = { .end_us = amsel_clock_get_real_us (clock), .line_fault = TRUE };
  g_autoptr (GError) error = amsel_dialogue_stop (job->dialogue, reason);

  job_finish (job, &report, error);
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

/* What waits fails with the reason; it gets its record now and not when the line comes back. */
static void
fail_waiting (AmselLine *self, const GError *error)
{
  for (guint lane = 0; lane < N_LANES; lane++)
    {
      /* from the queue itself, where amsel_line_cancel() finds them; what is submitted meanwhile comes behind
       */
      for (guint n = g_queue_get_length (&self->lanes[lane]); n > 0; n--)
        {
          Job *job = g_queue_pop_head (&self->lanes[lane]);

          if (job != NULL)
            job_fail (job, get_clock (self), error);
        }
    }
}

/* Ends a loan; the borrower may borrow again in it. */
static void
end_loan (AmselLine *self, const GError *error)
{
  AmselBorrowed borrower = self->borrower;

  self->borrower = NULL;
  self->is_lent = FALSE;
  if (borrower != NULL)
    borrower (NULL, error, self->borrower_data);
}

static GError *
new_busy_error (AmselLine *self)
{
  return g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_BUSY, "line %s is in use by somebody else",
                      amsel_line_get_name (self));
}

static gboolean
on_reopen (gpointer user_data)
{
  AmselLine *self = user_data;

  amsel_clock_clear_alarm (&self->reopen);
  line_open (self);
  return G_SOURCE_REMOVE;
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
      self->reopen_pause_us = CLAMP (self->reopen_pause_us * 2, self->reopen_min_us, self->reopen_max_us);
      pause = amsel_duration_to_string (self->reopen_min_us);
      message = g_strdup_printf ("%s; trying again from %s on", fault->message, pause);
      self->reopen = amsel_clock_add_alarm (
          get_clock (self), amsel_clock_get_monotonic_us (get_clock (self)) + self->reopen_pause_us,
          on_reopen, self);
      set_state (self, AMSEL_LINE_STATE_WAITING, message);
    }
  fail_waiting (self, fault);
  end_loan (self, fault);
}

/* One attempt to open the line. */
typedef struct
{
  AmselLine *line;           /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Opening;

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Opening *opening = user_data;
  g_autoptr (AmselLine) self = opening->line;
  g_autoptr (GCancellable) cancellable = opening->cancellable;
  g_autoptr (GError) error = NULL;
  gboolean opened = amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, &error);

  if (self->opening != cancellable)
    return; /* stopped meanwhile, and perhaps started again */
  g_clear_object (&self->opening);
  if (!opened)
    {
      line_failed (self, error);
      return;
    }
  self->reopen_pause_us = 0;
  g_clear_error (&self->fault);
  set_state (self, AMSEL_LINE_STATE_OPEN, "open");
  if (self->listener != NULL)
    amsel_listener_begin (self->listener);
  schedule_next (self);
}

static void
line_open (AmselLine *self)
{
  Opening *opening = g_new0 (Opening, 1);

  self->opening = g_cancellable_new ();
  opening->line = g_object_ref (self);
  opening->cancellable = g_object_ref (self->opening);
  if (self->state == AMSEL_LINE_STATE_NONE)
    self->state = AMSEL_LINE_STATE_OPENING;
  amsel_transport_open_async (self->transport, self->opening, on_opened, opening);
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

static Job *
take_job (AmselLine *self)
{
  gboolean others = !g_queue_is_empty (&self->lanes[AMSEL_LANE_SCHEDULED])
                    || !g_queue_is_empty (&self->lanes[AMSEL_LANE_SEARCH]);

  if (!g_queue_is_empty (&self->lanes[AMSEL_LANE_ON_DEMAND])
      && (self->n_on_demand < ON_DEMAND_BURST || !others))
    {
      self->n_on_demand++;
      return g_queue_pop_head (&self->lanes[AMSEL_LANE_ON_DEMAND]);
    }
  self->n_on_demand = 0;
  for (guint lane = AMSEL_LANE_SCHEDULED; lane < N_LANES; lane++)
    if (!g_queue_is_empty (&self->lanes[lane]))
      return g_queue_pop_head (&self->lanes[lane]);
  return NULL;
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
  Job *job = g_steal_pointer (&self->job);

  self->exchange = NULL;
  amsel_exchange_free (exchange);
  self->free_us = amsel_clock_get_monotonic_us (get_clock (self));
  if (fault == NULL && AMSEL_IS_SEARCH (job->dialogue) && is_resting (AMSEL_SEARCH (job->dialogue)))
    g_queue_push_head (&self->lanes[job->lane], job);
  else
    job_finish (job, &copy, fault);
  schedule_next (self);
}

/* The line is free for who waits to have it to himself. */
static void
begin_loan (AmselLine *self)
{
  g_autoptr (GError) busy = new_busy_error (self);

  self->is_lent = TRUE;
  fail_waiting (self, busy);
  if (self->is_lent)
    self->borrower (self->transport, NULL, self->borrower_data);
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
      begin_loan (self);
      return G_SOURCE_REMOVE;
    }
  self->job = take_job (self);
  if (self->job == NULL)
    return G_SOURCE_REMOVE;
  self->exchange =
      amsel_exchange_new (self->transport, self->sense, self->job->protocol, self->job->dialogue);
  amsel_exchange_set_patience (self->exchange, self->job->patience);
  amsel_exchange_start (self->exchange, on_exchange_done, self);
  return G_SOURCE_REMOVE;
}

/* The next dialogue begins from the main loop, after the gap, never from within what ended the last one. */
static void
schedule_next (AmselLine *self)
{
  if (self->state == AMSEL_LINE_STATE_OPEN && self->exchange == NULL && self->next == NULL && !self->is_lent
      && (self->borrower != NULL || amsel_line_get_n_waiting (self) > 0))
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
  Job *job;

  g_return_if_fail (lane < N_LANES);
  job = g_new0 (Job, 1);
  job->protocol = g_object_ref (protocol);
  job->dialogue = g_object_ref (dialogue);
  job->lane = lane;
  job->patience = patience;
  job->done = done;
  job->user_data = user_data;
  if (self->fault != NULL || self->borrower != NULL)
    {
      g_autoptr (GError) fault = self->fault != NULL ? g_error_copy (self->fault) : new_busy_error (self);

      job_fail (job, get_clock (self), fault);
      return;
    }
  g_queue_push_tail (&self->lanes[lane], job);
  make_room (self, lane);
  schedule_next (self);
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

  if (self->job != NULL && self->job->dialogue == dialogue)
    {
      amsel_exchange_abort (self->exchange, error);
      return;
    }
  for (guint lane = 0; lane < N_LANES; lane++)
    for (GList *l = self->lanes[lane].head; l != NULL; l = l->next)
      {
        Job *job = l->data;

        if (job->dialogue != dialogue)
          continue;
        g_queue_delete_link (&self->lanes[lane], l);
        job_fail (job, get_clock (self), error);
        return;
      }
}

/**
 * amsel_line_borrow: (skip)
 * @self: a line
 * @borrowed: called with the transport when the one dialogue that is going on has ended; or without, at once
 * where the line is not open, is being searched, or somebody else has it
 * @user_data: for @borrowed
 *
 * Asks for a line to have it to oneself: what is submitted to it meanwhile fails with
 * %AMSEL_TRANSPORT_ERROR_BUSY. The borrower listens to the transport's signals, sends and configures, and
 * never closes it.
 */
void
amsel_line_borrow (AmselLine *self, AmselBorrowed borrowed, gpointer user_data)
{
  g_autoptr (GError) refusal = NULL;

  if (self->state != AMSEL_LINE_STATE_OPEN)
    refusal = self->fault != NULL ? g_error_copy (self->fault)
                                  : g_error_new (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_CLOSED,
                                                 "line %s is not open", amsel_line_get_name (self));
  else if (self->borrower != NULL || (self->job != NULL && self->job->lane == AMSEL_LANE_SEARCH)
           || !g_queue_is_empty (&self->lanes[AMSEL_LANE_SEARCH]))
    refusal = new_busy_error (self);
  if (refusal != NULL)
    {
      borrowed (NULL, refusal, user_data);
      return;
    }
  self->borrower = borrowed;
  self->borrower_data = user_data;
  schedule_next (self);
}

/**
 * amsel_line_give_back: (skip)
 * @self: a line
 * @user_data: what amsel_line_borrow() was given
 *
 * Ends a loan, or the wish for one. Does nothing where @user_data has it not.
 */
void
amsel_line_give_back (AmselLine *self, gpointer user_data)
{
  if (self->borrower == NULL || self->borrower_data != user_data)
    return;
  self->borrower = NULL;
  self->is_lent = FALSE;
  self->free_us = amsel_clock_get_monotonic_us (get_clock (self));
  schedule_next (self);
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
  if (self->state == AMSEL_LINE_STATE_NONE && self->transport != NULL)
    line_open (self);
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
  amsel_clock_clear_alarm (&self->reopen);
  amsel_clock_clear_alarm (&self->next);
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  if (self->exchange != NULL)
    amsel_exchange_abort (self->exchange, error);
  fail_waiting (self, error);
  end_loan (self, error);
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
  guint n = 0;

  for (guint lane = 0; lane < N_LANES; lane++)
    n += g_queue_get_length (&self->lanes[lane]);
  return n;
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

static void
set_transport (AmselLine *self, AmselTransport *transport)
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
amsel_line_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselLine *self = AMSEL_LINE (object);

  switch ((AmselLineProperty) id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_TRANSPORT:
      g_value_set_object (value, self->transport);
      break;
    case PROP_GAP:
      g_value_set_int64 (value, self->gap_us);
      break;
    case PROP_REOPEN_MIN:
      g_value_set_int64 (value, self->reopen_min_us);
      break;
    case PROP_REOPEN_MAX:
      g_value_set_int64 (value, self->reopen_max_us);
      break;
    case PROP_SILENCE:
      g_value_set_int64 (value, self->silence_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_line_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselLine *self = AMSEL_LINE (object);

  switch ((AmselLineProperty) id)
    {
    case PROP_NAME:
      g_free (self->name);
      self->name = g_value_dup_string (value);
      break;
    case PROP_TRANSPORT:
      set_transport (self, g_value_get_object (value));
      break;
    case PROP_GAP:
      self->gap_us = g_value_get_int64 (value);
      break;
    case PROP_REOPEN_MIN:
      self->reopen_min_us = g_value_get_int64 (value);
      break;
    case PROP_REOPEN_MAX:
      self->reopen_max_us = g_value_get_int64 (value);
      break;
    case PROP_SILENCE:
      self->silence_us = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_line_dispose (GObject *object)
{
  AmselLine *self = AMSEL_LINE (object);

  amsel_line_stop (self);
  set_transport (self, NULL);
  g_clear_pointer (&self->listener, amsel_listener_free);
  G_OBJECT_CLASS (amsel_line_parent_class)->dispose (object);
}

static void
amsel_line_finalize (GObject *object)
{
  AmselLine *self = AMSEL_LINE (object);

  g_free (self->name);
  amsel_line_sense_free (self->sense);
  G_OBJECT_CLASS (amsel_line_parent_class)->finalize (object);
}

static void
amsel_line_class_init (AmselLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const gint64 hour_us = G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC;

  object_class->get_property = amsel_line_get_property;
  object_class->set_property = amsel_line_set_property;
  object_class->dispose = amsel_line_dispose;
  object_class->finalize = amsel_line_finalize;

  properties[PROP_NAME] =
      g_param_spec_string ("name", "name", "Name of the line, by which pipelines refer to it.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_TRANSPORT] =
      g_param_spec_object ("transport", "transport", "What carries the bytes of the line.",
                           AMSEL_TYPE_TRANSPORT, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED);
  properties[PROP_GAP] =
      amsel_param_spec_duration ("gap", "Pause between the end of one reading and the beginning of the next.",
                                 0, 60 * G_USEC_PER_SEC, 0, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_REOPEN_MIN] = amsel_param_spec_duration (
      "reopen-min", "Pause before a lost line is opened again; it doubles with every failure.", 1000, hour_us,
      G_USEC_PER_SEC, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_REOPEN_MAX] =
      amsel_param_spec_duration ("reopen-max", "Longest pause before a lost line is opened again.", 1000,
                                 24 * hour_us, 60 * G_USEC_PER_SEC, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_SILENCE] = amsel_param_spec_duration (
      "silence",
      "How long a receiver that is listened to may say nothing before it is set up again; 0 for ever.", 0,
      31 * 24 * hour_us, hour_us / 4, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

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
}

static void
amsel_line_init (AmselLine *self)
{
  self->sense = amsel_line_sense_new ();
  for (guint lane = 0; lane < N_LANES; lane++)
    g_queue_init (&self->lanes[lane]);
}
