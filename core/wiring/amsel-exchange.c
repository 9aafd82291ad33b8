/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conducts one dialogue.
 *
 *   next request ──> quiet? ──> send ──> wait for the first byte ──> collect ──> answer ──> next request
 *                      ^                    │ silence                 │ damage
 *                      └───── repeat <──────┴─────────────────────────┘
 *
 * There are no fixed waits: an answer is complete when the protocol finds its frame, and only silence or
 * damage is waited for. The echo of what was sent is passed over. Whatever a line may do, an exchange ends:
 * what is collected has a bound, a line that never becomes quiet is a fault, a port that does not send is
 * one, and so is a dialogue that goes on for ever. */
#include "amsel-exchange.h"

#include "amsel-error.h"
#include "amsel-intake.h"

/* A reading takes a handful of requests, a search of a whole line a few thousand. */
#define REQUESTS_MAX 100000

/* Longest wait for a line that something keeps busy. */
#define QUIET_MAX_US (2 * G_USEC_PER_SEC)

/* How many pauses are waited behind what was no sound frame (EN 60870-5-1: 33 bits instead of 11). */
#define UNSOUND_PAUSES 3

/* A dialogue that goes on although its requests cannot be sent is ended after so many of them in a row. */
#define UNSENT_MAX 10

typedef enum
{
  PHASE_IDLE,
  PHASE_PAUSE,   /* waits for the line to be quiet long enough */
  PHASE_TELLING, /* sends what expects no answer */
  PHASE_WAIT,    /* waits for the first byte */
  PHASE_COLLECT, /* has bytes, but no frame yet */
  PHASE_LINGER,  /* has a frame, and listens for a second one */
  PHASE_REFUSED, /* could not send, and will tell the dialogue */
  PHASE_OVER,
} Phase;

struct _AmselExchange
{
  AmselTransport *transport; /* (owned) */
  AmselProtocol *protocol;   /* (owned) */
  AmselDialogue *dialogue;   /* (owned) */
  AmselLineSense *sense;     /* (unowned): the line's */
  AmselClock *clock;         /* (unowned): the transport's */
  AmselExchangeDone done;
  gpointer user_data;

  Phase phase;
  GSource *alarm;        /* (owned) (nullable): the one thing waited for */
  AmselRequest *request; /* (owned) (nullable): the current one */
  AmselLineSettings settings;
  AmselIntake intake;   /* what has come since it was sent */
  gint64 sent_us;       /* monotonic: when the last bit of the request has left */
  gint64 linger_end_us; /* monotonic: until when it listens for others */
  gint64 last_activity_us;
  gint64 pause_since_us;
  AmselPatience patience;
  guint attempt;
  guint n_silent;            /* attempts that nothing answered */
  guint n_unsent;            /* requests in a row that could not be sent */
  AmselAnswerStatus refused; /* why the request could not be sent, while that is to be told */
  guint n_requests;
  AmselDialogueReport report;
};

static void step (AmselExchange *self, AmselAnswerStatus status);
static void send_request (AmselExchange *self);
static gboolean on_silence (gpointer user_data);

AmselExchange *
amsel_exchange_new (AmselTransport *transport, AmselLineSense *sense, AmselProtocol *protocol,
                    AmselDialogue *dialogue)
{
  AmselExchange *self = g_new0 (AmselExchange, 1);

  self->transport = g_object_ref (transport);
  self->protocol = g_object_ref (protocol);
  self->dialogue = g_object_ref (dialogue);
  self->sense = sense;
  self->clock = amsel_transport_get_clock (transport);
  amsel_intake_init (&self->intake, self->protocol, sense);
  return self;
}

void
amsel_exchange_free (AmselExchange *self)
{
  amsel_clock_clear_alarm (&self->alarm);
  g_clear_pointer (&self->request, amsel_request_free);
  amsel_intake_clear (&self->intake);
  g_object_unref (self->dialogue);
  g_object_unref (self->protocol);
  g_object_unref (self->transport);
  g_free (self);
}

void
amsel_exchange_set_patience (AmselExchange *self, AmselPatience patience)
{
  self->patience = patience;
}

/* What the transport adds to the time of an answer: as it says, unless the dialogue knows better. */
static gint64
get_latency_us (AmselExchange *self)
{
  return self->request->latency_us >= 0 ? self->request->latency_us
                                        : amsel_transport_get_latency_us (self->transport);
}

static void
set_alarm (AmselExchange *self, gint64 at_us, GSourceFunc callback)
{
  amsel_clock_clear_alarm (&self->alarm);
  self->alarm = amsel_clock_add_alarm (self->clock, at_us, callback, self);
}

static void
finish (AmselExchange *self, const GError *error)
{
  if (self->phase == PHASE_OVER)
    return;
  self->phase = PHASE_OVER;
  amsel_clock_clear_alarm (&self->alarm);
  self->report.end_us = amsel_clock_get_real_us (self->clock);
  self->done (self, &self->report, error, self->user_data);
}

/* Ends a dialogue that could go on, and lets it name the reason. */
static void
stop (AmselExchange *self, const GError *reason)
{
  g_autoptr (GError) error = amsel_dialogue_stop (self->dialogue, reason);

  finish (self, error);
}

void
amsel_exchange_abort (AmselExchange *self, const GError *error)
{
  if (self->phase == PHASE_OVER)
    return;
  self->report.line_fault = TRUE;
  stop (self, error);
}

static guint
get_retries (AmselExchange *self)
{
  return self->patience == AMSEL_PATIENCE_FULL || self->report.contact ? self->request->retries : 0;
}

/* What silence or damage means: another try, or an answer that says so. */
static void
settle_answer (AmselExchange *self, AmselAnswerStatus status)
{
  if (status == AMSEL_ANSWER_SILENCE)
    self->n_silent++;
  if (status == AMSEL_ANSWER_FRAME || status == AMSEL_ANSWER_COLLISION)
    self->report.contact = TRUE;
  else if (self->attempt <= get_retries (self))
    {
      send_request (self);
      return;
    }
  step (self, status);
}

static gboolean
on_refused (gpointer user_data)
{
  AmselExchange *self = user_data;

  step (self, self->refused);
  return G_SOURCE_REMOVE;
}

/* The request cannot be sent. The dialogue is told from the main loop, so that one which goes on asking does
 * not pile up calls. */
static void
refuse (AmselExchange *self, AmselAnswerStatus status, GError *error)
{
  amsel_intake_reset (&self->intake);
  self->intake.damage = error;
  self->refused = status;
  self->phase = PHASE_REFUSED;
  set_alarm (self, amsel_clock_get_monotonic_us (self->clock), on_refused);
}

/* Where nothing came back, the reason may be that nothing was sent. Returns whether it is. */
static gboolean
check_sent (AmselExchange *self)
{
  gsize unsent = amsel_transport_get_unsent (self->transport);
  gsize length = g_bytes_get_size (self->request->data);

  if (unsent > 0)
    {
      g_autoptr (AmselTransport) transport = g_object_ref (self->transport);
      g_autoptr (GError) error = g_error_new (
          AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND,
          "the port has not sent %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes in time", unsent, length);

      self->intake.damage = g_error_copy (error);
      step (self, unsent >= length ? AMSEL_ANSWER_NOT_BEGUN : AMSEL_ANSWER_NOT_SENT);
      /* what is stuck in it would be sent at any time: it is closed, and opened again */
      amsel_transport_lost (transport, error);
      return TRUE;
    }
  if (!self->intake.echoed && amsel_line_sense_echoes (self->sense) && self->attempt > get_retries (self))
    {
      self->intake.damage = g_error_new_literal (
          AMSEL_READ_ERROR, AMSEL_READ_ERROR_NO_ECHO,
          "not even the echo came back that this line has given; the level converter may be without power");
      step (self, AMSEL_ANSWER_NOT_SENT);
      return TRUE;
    }
  return FALSE;
}

/* Nothing more will come: makes the best of what did. */
static void
conclude (AmselExchange *self)
{
  gsize garbage = amsel_intake_get_garbage (&self->intake);

  if (self->intake.frame != NULL)
    {
      amsel_line_sense_note_echo (self->sense, self->intake.echoed);
      settle_answer (self, garbage > 0 && self->phase == PHASE_LINGER ? AMSEL_ANSWER_COLLISION
                                                                      : AMSEL_ANSWER_FRAME);
    }
  else if (garbage > 0)
    {
      amsel_intake_explain (&self->intake, amsel_clock_get_monotonic_us (self->clock), self->n_silent);
      /* what is sent into a line that is held down does not get through */
      settle_answer (self, g_error_matches (self->intake.damage, AMSEL_READ_ERROR, AMSEL_READ_ERROR_BREAK)
                               ? AMSEL_ANSWER_NOT_SENT
                               : AMSEL_ANSWER_DAMAGED);
    }
  else if (!check_sent (self))
    settle_answer (self, AMSEL_ANSWER_SILENCE);
}

static gboolean
on_silence (gpointer user_data)
{
  AmselExchange *self = user_data;

  amsel_intake_find_frame (&self->intake, amsel_clock_get_real_us (self->clock), TRUE);
  conclude (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_listening (AmselExchange *self)
{
  return self->phase == PHASE_WAIT || self->phase == PHASE_COLLECT || self->phase == PHASE_LINGER;
}

static gint64
get_answer_end_us (AmselExchange *self)
{
  return self->sent_us + self->request->timeout_us + get_latency_us (self);
}

static gsize
get_limit (AmselExchange *self)
{
  return self->request->limit != 0 ? self->request->limit : AMSEL_INTAKE_MAX;
}

/* Something has come: waits for more of it, or makes an answer of it. */
static void
advance (AmselExchange *self)
{
  gint64 now_us = amsel_clock_get_monotonic_us (self->clock);
  gint64 latency_us = get_latency_us (self);
  gint64 listen_us;

  if (self->phase == PHASE_LINGER)
    {
      /* others talk: not before they have ended */
      self->intake.last_byte_us = now_us;
      amsel_intake_limit (&self->intake);
      if (self->intake.n_received <= get_limit (self))
        set_alarm (self, MAX (self->linger_end_us, now_us + self->request->gap_us + latency_us), on_silence);
      return;
    }
  amsel_intake_find_frame (&self->intake, amsel_clock_get_real_us (self->clock), FALSE);
  listen_us = self->sent_us + self->request->listen_us;
  if (amsel_intake_is_echo_only (&self->intake))
    {
      /* the wait for the answer goes on; an echo that is not whole by then is none */
      set_alarm (self, MAX (get_answer_end_us (self), now_us + self->request->gap_us + latency_us),
                 on_silence);
      return;
    }
  amsel_intake_note_time (&self->intake, now_us);
  self->phase = PHASE_COLLECT;
  if (self->intake.frame != NULL && self->request->linger_us == 0 && listen_us <= now_us)
    conclude (self);
  else if (self->intake.frame != NULL)
    {
      self->phase = PHASE_LINGER;
      self->intake.n_dropped = 0;
      self->linger_end_us = MAX (now_us + self->request->linger_us, listen_us) + latency_us;
      set_alarm (self, self->linger_end_us, on_silence);
    }
  else if (amsel_intake_get_garbage (&self->intake) > get_limit (self))
    {
      amsel_intake_drop_all (&self->intake);
      conclude (self);
    }
  else
    set_alarm (self, MAX (now_us + self->request->gap_us, listen_us) + latency_us, on_silence);
}

/* Takes note of characters. Returns whether they are waited for. */
static gboolean
note_characters (AmselExchange *self, gsize n)
{
  self->last_activity_us = amsel_clock_get_monotonic_us (self->clock);
  if (n > 0 && is_listening (self))
    {
      amsel_line_sense_note_activity (self->sense, self->last_activity_us);
      return TRUE;
    }
  if (n > 0 && self->phase != PHASE_TELLING)
    amsel_line_sense_note_stray (self->sense, self->last_activity_us);
  return FALSE;
}

void
amsel_exchange_receive (AmselExchange *self, GBytes *data)
{
  if (!note_characters (self, g_bytes_get_size (data)))
    return;
  amsel_intake_add (&self->intake, data);
  advance (self);
}

void
amsel_exchange_receive_damaged (AmselExchange *self, GBytes *data)
{
  if (!note_characters (self, g_bytes_get_size (data)))
    return;
  amsel_intake_add_damaged (&self->intake, data);
  advance (self);
}

static gboolean
on_told (gpointer user_data)
{
  step (user_data, AMSEL_ANSWER_SENT);
  return G_SOURCE_REMOVE;
}

static gboolean
on_pause_over (gpointer user_data)
{
  send_request (user_data);
  return G_SOURCE_REMOVE;
}

/* When the line has been quiet for long enough; 0 where it has been already. Behind what was no sound frame
 * the pause is longer, so that characters without end are not taken for ones with pauses between them. */
static gint64
get_pause_end (AmselExchange *self, gint64 now_us)
{
  gint64 unsound_us = amsel_line_sense_get_unsound_us (self->sense);
  gint64 end_us = 0;

  if (self->request->pause_us > 0 && self->last_activity_us > 0)
    end_us = self->last_activity_us + self->request->pause_us;
  if (self->request->pause_us > 0 && unsound_us > 0)
    end_us = MAX (end_us, unsound_us + UNSOUND_PAUSES * self->request->pause_us);
  return end_us > now_us ? end_us : 0;
}

/* Whether the line is quiet, so that something can be sent. Where it is not, either the alarm is set for the
 * next attempt, or the request is refused because it is never quiet. */
static gboolean
await_quiet (AmselExchange *self, gint64 now_us)
{
  gint64 pause_end_us = get_pause_end (self, now_us);

  if (self->phase != PHASE_PAUSE)
    self->pause_since_us = now_us;
  if (pause_end_us == 0)
    return TRUE;
  if (now_us - self->pause_since_us < QUIET_MAX_US)
    {
      self->phase = PHASE_PAUSE;
      set_alarm (self, pause_end_us, on_pause_over);
    }
  else
    refuse (self, AMSEL_ANSWER_NOT_BEGUN,
            g_error_new_literal (AMSEL_READ_ERROR, AMSEL_READ_ERROR_BUSY,
                                 "the line is never quiet: something talks on it without end"));
  return FALSE;
}

/* The request is on its way: it has been sent when its last character is. */
static void
note_sent (AmselExchange *self, gint64 now_us)
{
  amsel_line_sense_sent (self->sense, self->request->data);
  self->attempt++;
  self->report.attempts = MAX (self->report.attempts, self->attempt);
  if (self->report.start_us == 0)
    self->report.start_us = amsel_clock_get_real_us (self->clock);
  self->sent_us =
      now_us + amsel_line_settings_get_time_us (&self->settings, g_bytes_get_size (self->request->data));
  self->last_activity_us = self->sent_us;
  amsel_line_sense_note_activity (self->sense, self->sent_us);
}

/* Sends the current request, for the first time or again, as soon as the line is quiet. */
static void
send_request (AmselExchange *self)
{
  g_autoptr (GError) error = NULL;
  gint64 now_us = amsel_clock_get_monotonic_us (self->clock);

  if (!await_quiet (self, now_us))
    return;
  amsel_intake_reset (&self->intake);
  if (self->request->settings.baud != 0)
    self->settings = self->request->settings;
  if (!amsel_transport_configure (self->transport, &self->request->settings, &error)
      || !amsel_transport_send (self->transport, self->request->data, &error))
    {
      refuse (self, AMSEL_ANSWER_NOT_BEGUN, g_steal_pointer (&error));
      return;
    }
  note_sent (self, now_us);
  if (self->request->kind == AMSEL_REQUEST_TELL)
    {
      self->phase = PHASE_TELLING;
      set_alarm (self, self->sent_us, on_told);
      return;
    }
  self->phase = PHASE_WAIT;
  set_alarm (self, get_answer_end_us (self), on_silence);
}

static inline gboolean
is_unsent (AmselAnswerStatus status)
{
  return status == AMSEL_ANSWER_NOT_BEGUN || status == AMSEL_ANSWER_NOT_SENT;
}

/* What the dialogue is told of its last request. The answer borrows from the intake. */
static void
fill_answer (AmselExchange *self, AmselAnswerStatus status, AmselAnswer *answer)
{
  const AmselIntake *intake = &self->intake;

  *answer = (AmselAnswer){
    .status = status,
    .frame = intake->frame,
    .error = is_unsent (status) || status == AMSEL_ANSWER_DAMAGED ? intake->damage : NULL,
    .attempts = self->attempt,
    .transport_us = amsel_transport_get_latency_us (self->transport),
    .real_us = amsel_clock_get_real_us (self->clock),
    .n_bytes = intake->n_received,
    .n_damaged = (guint) MIN (intake->n_damaged, G_MAXUINT),
    .first_damaged = intake->n_damaged > 0 ? intake->first_damaged : 0,
    .n_frames = amsel_intake_count_frames (&self->intake),
  };
  if (intake->first_byte_us > 0)
    {
      answer->latency_us = MAX (intake->first_byte_us - self->sent_us, 0);
      answer->end_us = MAX (intake->last_byte_us - self->sent_us, 0);
    }
}

/* Does what the dialogue wants next, unless it has gone on for too long. */
static void
obey (AmselExchange *self, AmselAnswerStatus status, AmselRequest *request)
{
  g_autoptr (GError) error = NULL;

  amsel_intake_reset (&self->intake);
  g_clear_pointer (&self->request, amsel_request_free);
  self->request = request;
  self->intake.mirrored = request->mirrored;
  self->attempt = 0;
  self->n_silent = 0;
  if (request->kind == AMSEL_REQUEST_FINISHED)
    finish (self, NULL);
  else if (status == AMSEL_ANSWER_SILENCE && self->patience == AMSEL_PATIENCE_ONE_SILENCE
           && !self->report.contact)
    {
      error = g_error_new_literal (AMSEL_READ_ERROR, AMSEL_READ_ERROR_TIMEOUT, "no answer");
      finish (self, error);
    }
  else if (++self->n_requests > REQUESTS_MAX)
    {
      error = g_error_new (AMSEL_READ_ERROR, AMSEL_READ_ERROR_TOO_LONG,
                           "the dialogue did not end after %d requests", REQUESTS_MAX);
      stop (self, error);
    }
  else
    send_request (self);
}

/* Gives the dialogue its answer and does what it wants next. */
static void
step (AmselExchange *self, AmselAnswerStatus status)
{
  g_autoptr (GError) error = NULL;
  AmselAnswer answer;
  AmselRequest *request;

  amsel_clock_clear_alarm (&self->alarm);
  fill_answer (self, status, &answer);
  self->phase = PHASE_IDLE;
  self->n_unsent = is_unsent (status) ? self->n_unsent + 1 : 0;
  request = amsel_dialogue_next (self->dialogue, &answer, &error);
  if (request == NULL)
    {
      self->report.unsent = is_unsent (status);
      self->report.line_fault = is_unsent (status) || error->domain == AMSEL_PLUGIN_ERROR;
      finish (self, error);
      return;
    }
  if (self->n_unsent >= UNSENT_MAX && request->kind != AMSEL_REQUEST_FINISHED)
    {
      g_autoptr (GError) reason = g_steal_pointer (&self->intake.damage);

      amsel_request_free (request);
      amsel_exchange_abort (self, reason);
      return;
    }
  obey (self, status, request);
}

void
amsel_exchange_start (AmselExchange *self, AmselExchangeDone done, gpointer user_data)
{
  self->done = done;
  self->user_data = user_data;
  step (self, AMSEL_ANSWER_NONE);
}
