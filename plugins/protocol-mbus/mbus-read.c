/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue that reads one wired meter.
 *
 *   [preamble that wakes the meter] ->
 *   primary:    [SND_NKE] -> REQ_UD2 -> REQ_UD2 ... while the meter announces more
 *   secondary:  [SND_NKE to 253] -> selection -> REQ_UD2 to 253 -> ...
 *
 * SND_NKE is sent only where master and meter may disagree about the frame count bit: at the first contact,
 * after a failure, and after a reading of several telegrams, so that the next one begins with the first
 * telegram again. A meter with a good link is read with one request.
 *
 * Orders (SND_UD) count in the frame count bit as requests do, but some meters do not count them, and would
 * take the request behind an order for a repetition. So orders follow SND_NKE or a selection, where both
 * kinds of meters take what comes for new.
 *
 * Before a new primary address is given, REQ_UD2 must be answered by one meter only, since all that are
 * addressed would take it, and SND_NKE to the new address by none. Then the link begins anew. */
#include "mbus-read.h"

#include "mbus-error.h"
#include "mbus-order.h"
#include "mbus-telegram.h"

/* A meter is asked for its data even when it does not answer SND_NKE, since some never do; so that is not
 * tried as often as the rest. */
#define RESET_RETRIES_MAX 1

/* Bytes of the long header, which change with each telegram: identification, manufacturer, version, medium,
 * access number, status, configuration. */
#define LONG_HEADER_LENGTH 12

typedef enum
{
  STEP_BEGIN,
  STEP_WAKE_UP,
  STEP_RESET,
  STEP_SELECTION,
  STEP_ALONE, /* is it one meter that answers? */
  STEP_FREE,  /* is its new primary address free? */
  STEP_ORDER,
  STEP_CLOCK,
  STEP_BAUD,
  STEP_REVERT,
  STEP_REQUEST,
} Step;

struct _MbusReadDialogue
{
  AmselDialogue parent_instance;

  MbusMeter *meter; /* (owned) */
  MbusTiming timing;
  MbusAddress address;
  MbusAddress identity; /* whom it must be from, with a primary address */
  guint8 link_address;  /* the meter's primary address, or 253 */
  Step step;
  MbusReadError reset_fault; /* why SND_NKE was not acknowledged, or none */
  guint n_orders;            /* how many of the meter's orders were acknowledged */
  gboolean may_move;         /* the next order may give it a new primary address */
  gboolean clock_is_set;
  gint64 now_us;         /* the time of day */
  guint old_baud;        /* while a change of the baud rate is not proved; 0 else */
  gboolean baud_refused; /* it went back to the old one */
  guint n_wrong;         /* sound frames that were not the answer */
};

G_DEFINE_FINAL_TYPE (MbusReadDialogue, mbus_read_dialogue, AMSEL_TYPE_DIALOGUE)

static AmselRequest *
ask_reset (MbusReadDialogue *self, guint retries)
{
  self->step = STEP_RESET;
  return mbus_timing_new_request (&self->timing, mbus_frame_new_snd_nke (self->link_address), retries);
}

/* The frame count bit of a selection has no meaning for meters, which clear the bit of address 253 on it; the
 * bit is sent as 0, as all masters do. */
static AmselRequest *
ask_selection (MbusReadDialogue *self)
{
  self->step = STEP_SELECTION;
  return mbus_timing_new_request (&self->timing, mbus_address_new_selection (&self->address),
                                  self->timing.retries);
}

static AmselRequest *
ask_data (MbusReadDialogue *self)
{
  self->step = STEP_REQUEST;
  return mbus_timing_new_request (
      &self->timing, mbus_frame_new_req_ud2 (self->link_address, mbus_meter_get_link (self->meter)->fcb),
      self->timing.retries);
}

/* Takes order. */
static AmselRequest *
tell (MbusReadDialogue *self, Step step, GBytes *order, guint retries)
{
  g_autoptr (GBytes) owned = order;
  gboolean fcb = mbus_meter_get_link (self->meter)->fcb;
  gsize length;
  const guint8 *data = g_bytes_get_data (order, &length);

  self->step = step;
  return mbus_timing_new_request (
      &self->timing, mbus_frame_new_snd_ud (self->link_address, fcb, data[0], data + 1, length - 1), retries);
}

/* Others may answer late, behind the answer of the first. */
static AmselRequest *
ask_who_answers (MbusReadDialogue *self)
{
  AmselRequest *request = ask_data (self);

  self->step = STEP_ALONE;
  request->listen_us = request->timeout_us;
  return request;
}

/* The one that is next, or waits for its acknowledgement. */
static GBytes *
get_order (MbusReadDialogue *self)
{
  return g_ptr_array_index (mbus_meter_get_orders (self->meter), self->n_orders);
}

static AmselRequest *
ask_order (MbusReadDialogue *self)
{
  GBytes *order = get_order (self);

  return !self->may_move && mbus_order_get_new_address (order) >= 0
             ? ask_who_answers (self)
             : tell (self, STEP_ORDER, g_bytes_ref (order), self->timing.retries);
}

/* What goes before the request for data, one after the other: orders, the time, a change of the baud rate. */
static AmselRequest *
ask_first (MbusReadDialogue *self)
{
  GPtrArray *orders = mbus_meter_get_orders (self->meter);
  guint retries = self->timing.retries;
  GBytes *change;

  if (self->n_orders < orders->len)
    return ask_order (self);
  if (!self->clock_is_set && mbus_meter_sets_clock (self->meter))
    return tell (self, STEP_CLOCK, mbus_order_new_clock (self->now_us), retries);
  change = self->step != STEP_BAUD ? mbus_order_new_baud (mbus_meter_get_new_baud (self->meter)) : NULL;
  return change != NULL ? tell (self, STEP_BAUD, change, retries) : ask_data (self);
}

static AmselRequest *
wake_up (MbusReadDialogue *self)
{
  self->step = STEP_WAKE_UP;
  return mbus_timing_new_wake_up (&self->timing);
}

static gboolean
has_orders (MbusReadDialogue *self)
{
  return mbus_meter_get_orders (self->meter)->len > 0 || mbus_meter_sets_clock (self->meter)
         || mbus_meter_get_new_baud (self->meter) != 0;
}

/* A selection is answered without it, so it is tried once there: only a meter that was left selected, if any,
 * answers it. */
static AmselRequest *
ask_link_reset (MbusReadDialogue *self)
{
  return ask_reset (self, self->address.kind == MBUS_ADDRESS_KIND_SECONDARY
                              ? 0
                              : MIN (self->timing.retries, RESET_RETRIES_MAX));
}

/* The link counts as unknown until the dialogue has ended well: an abandoned request leaves the meter with a
 * frame count bit that nobody knows, and repeating it would bring the old answer. */
static AmselRequest *
begin_link (MbusReadDialogue *self)
{
  MbusLink *link = mbus_meter_get_link (self->meter);
  gboolean known = link->known;

  link->known = FALSE;
  if (self->address.kind == MBUS_ADDRESS_KIND_SECONDARY)
    return known ? ask_selection (self) : ask_link_reset (self);
  return known && !has_orders (self) ? ask_data (self) : ask_link_reset (self);
}

static AmselRequest *
after_wake_up (MbusReadDialogue *self)
{
  AmselRequest *request = begin_link (self);

  mbus_timing_set_woken (&self->timing, request);
  return request;
}

static gboolean
is_ack (const AmselAnswer *answer)
{
  MbusFrame frame;
  gsize length;
  const guint8 *data;

  if (answer->status != AMSEL_ANSWER_FRAME)
    return FALSE;
  data = amsel_frame_get_data (answer->frame, &length);
  return mbus_frame_parse (data, length, &frame, NULL) && frame.kind == MBUS_FRAME_KIND_ACK;
}

static AmselRequest *
after_reset (MbusReadDialogue *self, const AmselAnswer *answer)
{
  mbus_meter_get_link (self->meter)->fcb = TRUE;
  if (self->address.kind == MBUS_ADDRESS_KIND_SECONDARY)
    return ask_selection (self);
  if (answer->status == AMSEL_ANSWER_SILENCE)
    self->reset_fault = MBUS_READ_ERROR_RESET_TIMEOUT;
  else if (!is_ack (answer))
    self->reset_fault = MBUS_READ_ERROR_RESET_BAD_FRAME;
  return ask_first (self);
}

/* Ends the dialogue with an error; or without, as incomplete, where there are telegrams already. */
static AmselRequest *G_GNUC_PRINTF (4, 5)
    fail (MbusReadDialogue *self, MbusReadError code, GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  if (amsel_dialogue_get_frames (AMSEL_DIALOGUE (self))->len > 0)
    {
      amsel_dialogue_set_complete (AMSEL_DIALOGUE (self), FALSE);
      return amsel_request_new_finished ();
    }
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MBUS_READ_ERROR, (gint) code, "meter %s: %s",
               amsel_meter_get_address (AMSEL_METER (self->meter)), text);
  return NULL;
}

static AmselRequest *
after_selection (MbusReadDialogue *self, const AmselAnswer *answer, GError **error)
{
  if (is_ack (answer))
    {
      mbus_meter_get_link (self->meter)->fcb = TRUE;
      return ask_first (self);
    }
  if (answer->status == AMSEL_ANSWER_SILENCE)
    return fail (self, MBUS_READ_ERROR_SELECTION_TIMEOUT, error, "no answer to its selection, asked %u ×",
                 answer->attempts);
  return fail (self, MBUS_READ_ERROR_SELECTION_BAD_FRAME, error,
               "its selection was answered with a bad frame%s%s", answer->error != NULL ? ": " : "",
               answer->error != NULL ? answer->error->message : "");
}

static gboolean
is_wanted (MbusReadDialogue *self, const MbusFrame *frame)
{
  if (self->address.kind == MBUS_ADDRESS_KIND_PRIMARY)
    return (frame->a == self->address.primary || mbus_address_is_shared (&self->address))
           && (self->identity.kind == MBUS_ADDRESS_KIND_NONE
               || mbus_telegram_is_from (frame, &self->identity));
  return mbus_telegram_is_from (frame, &self->address);
}

/* Whether the frame is the data that was asked for: no error code means yes. */
static MbusReadError
judge (MbusReadDialogue *self, AmselFrame *answer, MbusFrame *out)
{
  gsize length;
  const guint8 *data = amsel_frame_get_data (answer, &length);

  if (!mbus_frame_parse (data, length, out, NULL))
    return MBUS_READ_ERROR_REQUEST_BAD_FRAME;
  if (out->kind != MBUS_FRAME_KIND_LONG || !mbus_telegram_is_response (out->c))
    return MBUS_READ_ERROR_WRONG_ANSWER;
  return is_wanted (self, out) ? MBUS_READ_ERROR_NONE : MBUS_READ_ERROR_WRONG_ADDRESS;
}

static AmselRequest *
refuse (MbusReadDialogue *self, MbusReadError why, const MbusFrame *frame, GError **error)
{
  /* an answer that came late to somebody else's request, or the echo of a converter: what was asked for may
   * follow */
  if (self->n_wrong++ < self->timing.retries)
    return ask_data (self);
  switch (frame->kind)
    {
    case MBUS_FRAME_KIND_ACK:
      return fail (self, why, error, "it acknowledged the request for data, but has none");
    case MBUS_FRAME_KIND_SHORT:
      return fail (self, why, error, "a short frame came (control field %02Xh), not data", frame->c);
    case MBUS_FRAME_KIND_LONG:
    case MBUS_FRAME_KIND_NONE:
      break;
    }
  if (why == MBUS_READ_ERROR_WRONG_ADDRESS)
    return fail (self, why, error, "another meter answered, from address %u", (guint) frame->a);
  return fail (self, why, error, "the frame that came has control field %02Xh and is no data of a meter",
               frame->c);
}

/* A meter that does not understand the frame count bit sends its first telegram for ever. */
static gboolean
is_repetition (MbusReadDialogue *self, const MbusFrame *frame)
{
  GPtrArray *frames = amsel_dialogue_get_frames (AMSEL_DIALOGUE (self));
  MbusFrame last;
  gsize length;
  const guint8 *data;

  if (frames->len == 0 || frame->data_length <= LONG_HEADER_LENGTH)
    return FALSE;
  data = amsel_frame_get_data (g_ptr_array_index (frames, frames->len - 1), &length);
  return mbus_frame_parse (data, length, &last, NULL) && last.data_length == frame->data_length
         && memcmp (last.data + LONG_HEADER_LENGTH, frame->data + LONG_HEADER_LENGTH,
                    frame->data_length - LONG_HEADER_LENGTH)
                == 0;
}

static AmselRequest *
finish (MbusReadDialogue *self, gboolean complete)
{
  MbusLink *link = mbus_meter_get_link (self->meter);

  amsel_dialogue_set_complete (AMSEL_DIALOGUE (self), complete);
  link->known = complete && amsel_dialogue_get_frames (AMSEL_DIALOGUE (self))->len == 1;
  return amsel_request_new_finished ();
}

/* Keeps a good answer and asks for the next where one is announced. An answer that cannot be decoded
 * announces nothing, but is kept. */
static AmselRequest *
accept (MbusReadDialogue *self, AmselFrame *answer, const MbusFrame *frame)
{
  MbusLink *link = mbus_meter_get_link (self->meter);
  g_autoptr (AmselTelegram) telegram = mbus_telegram_decode (answer, NULL, NULL);

  if (is_repetition (self, frame))
    return finish (self, FALSE);
  amsel_dialogue_add_frame (AMSEL_DIALOGUE (self), answer);
  link->fcb = !link->fcb;
  if (telegram == NULL || !amsel_telegram_get_more_follows (telegram))
    return finish (self, TRUE);
  if (amsel_dialogue_get_frames (AMSEL_DIALOGUE (self))->len >= MBUS_TELEGRAMS_MAX)
    return finish (self, FALSE);
  return ask_data (self);
}

static AmselRequest *
begin_move (MbusReadDialogue *self)
{
  self->may_move = TRUE;
  return ask_link_reset (self);
}

/* One sound answer of the meter that is meant lets its address be changed. Any number of meters may have
 * address 0; and a meter that has the new address already is not in its own way. */
static AmselRequest *
after_alone (MbusReadDialogue *self, const AmselAnswer *answer, GError **error)
{
  GBytes *order = get_order (self);
  guint8 address = (guint8) mbus_order_get_new_address (order);
  MbusReadError why;
  MbusFrame frame;

  if (answer->status == AMSEL_ANSWER_SILENCE)
    return fail (self, MBUS_READ_ERROR_REQUEST_TIMEOUT, error,
                 "no answer to REQ_UD2, sent %u ×; its address was not changed", answer->attempts);
  if (answer->status != AMSEL_ANSWER_FRAME)
    return fail (self, MBUS_READ_ERROR_REQUEST_BAD_FRAME, error,
                 "its data cannot be read, as where several meters answer; its address was not changed");
  why = judge (self, answer->frame, &frame);
  if (why != MBUS_READ_ERROR_NONE)
    return fail (self, why, error, "what came is not its data; its address was not changed");
  if (frame.a == address || address == MBUS_ADDRESS_UNCONFIGURED)
    return begin_move (self);
  self->step = STEP_FREE;
  return mbus_timing_new_request (&self->timing, mbus_frame_new_snd_nke (address), self->timing.retries);
}

static AmselRequest *
after_free (MbusReadDialogue *self, const AmselAnswer *answer, GError **error)
{
  GBytes *order = get_order (self);

  if (answer->status == AMSEL_ANSWER_SILENCE)
    return begin_move (self);
  return fail (self, MBUS_READ_ERROR_WRONG_ADDRESS, error,
               "address %d is taken, a meter answers there; its address was not changed",
               mbus_order_get_new_address (order));
}

/* A meter that has got a new primary address is asked there, unless it was selected. */
static void
follow_address (MbusReadDialogue *self, GBytes *order)
{
  gint address = mbus_order_get_new_address (order);

  if (address < 0 || self->address.kind != MBUS_ADDRESS_KIND_PRIMARY)
    return;
  self->address.primary = (guint8) address;
  self->link_address = (guint8) address;
}

static AmselRequest *
after_order (MbusReadDialogue *self, const AmselAnswer *answer, GError **error)
{
  MbusLink *link = mbus_meter_get_link (self->meter);

  if (!is_ack (answer))
    return fail (self,
                 answer->status == AMSEL_ANSWER_SILENCE ? MBUS_READ_ERROR_REQUEST_TIMEOUT
                                                        : MBUS_READ_ERROR_REQUEST_BAD_FRAME,
                 error, "it did not acknowledge what is to be sent before reading");
  link->fcb = !link->fcb;
  self->may_move = FALSE;
  if (self->step == STEP_ORDER)
    {
      follow_address (self, get_order (self));
      self->n_orders++;
    }
  else if (self->step == STEP_CLOCK)
    self->clock_is_set = TRUE;
  else
    {
      self->old_baud = self->timing.baud;
      self->timing.baud = mbus_meter_get_new_baud (self->meter);
    }
  return ask_first (self);
}

/* There it is asked, whether or not it has obeyed: it may have stayed, or returned by itself. */
static AmselRequest *
return_to_old_baud (MbusReadDialogue *self)
{
  self->timing.baud = self->old_baud;
  self->old_baud = 0;
  self->baud_refused = TRUE;
  return ask_data (self);
}

/* A meter that sends no data at its new baud rate may hear all the same: it is told to go back. */
static AmselRequest *
revert (MbusReadDialogue *self)
{
  GBytes *change = mbus_order_new_baud (self->old_baud);

  return change != NULL ? tell (self, STEP_REVERT, change, 0) : return_to_old_baud (self);
}

/* A frame of sound characters that is wrong itself has a number for what is wrong. */
static AmselRequest *
fail_damaged (MbusReadDialogue *self, const GError *damage, GError **error)
{
  GError *local = NULL;
  AmselRequest *request =
      fail (self, MBUS_READ_ERROR_REQUEST_BAD_FRAME, &local, "its data came damaged: %s", damage->message);

  if (local == NULL)
    return request;
  if (damage->domain == MBUS_FRAME_ERROR)
    {
      local->domain = damage->domain;
      local->code = damage->code;
    }
  else if (damage->domain == AMSEL_PLUGIN_ERROR)
    local->code = MBUS_READ_ERROR_INTERNAL;
  else if (g_error_matches (damage, AMSEL_READ_ERROR, AMSEL_READ_ERROR_TRUNCATED))
    {
      local->domain = MBUS_FRAME_ERROR;
      local->code = MBUS_FRAME_ERROR_WRONG_LENGTH;
    }
  g_propagate_error (error, local);
  return request;
}

static AmselRequest *
fail_silent (MbusReadDialogue *self, guint attempts, GError **error)
{
  if (self->reset_fault == MBUS_READ_ERROR_NONE)
    return fail (self, MBUS_READ_ERROR_REQUEST_TIMEOUT, error, "no answer to REQ_UD2, sent %u ×", attempts);
  return fail (self, self->reset_fault, error,
               self->reset_fault == MBUS_READ_ERROR_RESET_TIMEOUT
                   ? "no answer, neither to SND_NKE nor to REQ_UD2, sent %u ×"
                   : "SND_NKE was answered with a bad frame, and REQ_UD2 not at all, sent %u ×",
               attempts);
}

static AmselRequest *
after_request (MbusReadDialogue *self, const AmselAnswer *answer, GError **error)
{
  MbusFrame frame;
  MbusReadError why;

  if (self->old_baud != 0 && answer->status != AMSEL_ANSWER_FRAME)
    return revert (self);
  if (answer->status == AMSEL_ANSWER_SILENCE)
    return fail_silent (self, answer->attempts, error);
  if (answer->status == AMSEL_ANSWER_DAMAGED)
    return fail_damaged (self, answer->error, error);
  if (answer->status != AMSEL_ANSWER_FRAME)
    return fail (self, MBUS_READ_ERROR_REQUEST_BAD_FRAME, error, "more than one answer came");
  why = judge (self, answer->frame, &frame);
  if (why != MBUS_READ_ERROR_NONE)
    return refuse (self, why, &frame, error);
  if (self->baud_refused)
    return fail (self, MBUS_READ_ERROR_PORT_SETTINGS, error,
                 "it does not answer at %u Bd and goes on at %u Bd", mbus_meter_get_new_baud (self->meter),
                 self->timing.baud);
  if (self->old_baud != 0)
    mbus_meter_settle_baud (self->meter);
  self->old_baud = 0;
  return accept (self, answer->frame, &frame);
}

static MbusPart
get_part (MbusReadDialogue *self)
{
  static const MbusPart PARTS[] = { [STEP_BEGIN] = MBUS_PART_NONE,     [STEP_WAKE_UP] = MBUS_PART_RESET,
                                    [STEP_RESET] = MBUS_PART_RESET,    [STEP_SELECTION] = MBUS_PART_SELECTION,
                                    [STEP_ALONE] = MBUS_PART_REQUEST,  [STEP_FREE] = MBUS_PART_RESET,
                                    [STEP_ORDER] = MBUS_PART_REQUEST,  [STEP_CLOCK] = MBUS_PART_REQUEST,
                                    [STEP_BAUD] = MBUS_PART_REQUEST,   [STEP_REVERT] = MBUS_PART_REQUEST,
                                    [STEP_REQUEST] = MBUS_PART_REQUEST };

  return PARTS[self->step];
}

static AmselRequest *
mbus_read_dialogue_next (AmselDialogue *dialogue, const AmselAnswer *answer, GError **error)
{
  MbusReadDialogue *self = MBUS_READ_DIALOGUE (dialogue);
  MbusReadError unasked = mbus_error_get_unasked (get_part (self), answer);

  self->now_us = answer->real_us;
  if (unasked != MBUS_READ_ERROR_NONE)
    return fail (self, unasked, error, "%s", answer->error->message);
  switch (self->step)
    {
    case STEP_BEGIN:
      return self->timing.wake_up_us > 0 ? wake_up (self) : begin_link (self);
    case STEP_WAKE_UP:
      return after_wake_up (self);
    case STEP_RESET:
      return after_reset (self, answer);
    case STEP_SELECTION:
      return after_selection (self, answer, error);
    case STEP_ALONE:
      return after_alone (self, answer, error);
    case STEP_FREE:
      return after_free (self, answer, error);
    case STEP_ORDER:
    case STEP_CLOCK:
    case STEP_BAUD:
      return after_order (self, answer, error);
    case STEP_REVERT:
      return return_to_old_baud (self);
    case STEP_REQUEST:
      break;
    }
  return after_request (self, answer, error);
}

static void
mbus_read_dialogue_finalize (GObject *object)
{
  g_clear_object (&MBUS_READ_DIALOGUE (object)->meter);
  G_OBJECT_CLASS (mbus_read_dialogue_parent_class)->finalize (object);
}

static void
mbus_read_dialogue_class_init (MbusReadDialogueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mbus_read_dialogue_finalize;
  AMSEL_DIALOGUE_CLASS (klass)->next = mbus_read_dialogue_next;
}

static void
mbus_read_dialogue_init (MbusReadDialogue *self G_GNUC_UNUSED)
{
}

AmselDialogue *
mbus_read_dialogue_new (MbusMeter *meter, const MbusTiming *timing, GError **error)
{
  g_autoptr (MbusReadDialogue) self = g_object_new (MBUS_TYPE_READ_DIALOGUE, NULL);

  if (!mbus_meter_get_parsed_address (meter, &self->address, error)
      || !mbus_meter_get_identity (meter, &self->identity, error))
    return NULL;
  self->meter = g_object_ref (meter);
  self->timing = *timing;
  if (mbus_meter_get_baud (meter) != 0)
    self->timing.baud = mbus_meter_get_baud (meter);
  self->link_address =
      self->address.kind == MBUS_ADDRESS_KIND_SECONDARY ? MBUS_ADDRESS_SELECTED : self->address.primary;
  return AMSEL_DIALOGUE (g_steal_pointer (&self));
}
