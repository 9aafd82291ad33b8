/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue that finds the meters of a wired line.
 *
 *   primary:    SND_NKE to each address -> REQ_UD2 where one answers
 *   secondary:  selection of a mask -> REQ_UD2 to 253 where one answers alone -> the next mask of mbus-tree
 *
 * After each request it listens for the whole time that a meter has to answer, since a second answer tells of
 * a second meter; there are no other waits. mbus-pace.h knows that time. What comes damaged is a collision,
 * until a repetition says that it was noise. */
#include "mbus-search-private.h"

#include "mbus-error.h"
#include "mbus-protocol.h"
#include "mbus-telegram.h"
#include "mbus-twins.h"

/* Times to ask again for data that came damaged: where the line has shown no noise, and where it has. */
#define TRIES_QUIET 1
#define TRIES_NOISY 15

/* Meters that answer at the same moment, seen before damaged data are no longer asked for again. */
#define TWINS_TRUSTED 8

/* Times that a meter may acknowledge and then give no data. */
#define SILENT_DATA_MAX 2

/* How much longer than the standard has it the very first mask waits, where nobody answers. */
#define FIRST_EXTRA_US (2 * (gint64) G_USEC_PER_SEC)

/* What an answer is late by, at least, when it is taken for one to the next request. */
#define LATE_US (600 * G_GINT64_CONSTANT (1000))

/* Longest gap in what several meters answer to a selection. */
#define CROWD_GAP_BITS 22

#define CHARACTER_BITS 11

/* Noise damages less than one of so many characters. */
#define NOISE_SHARE 8

#define FULL 1000

static AmselRequest *ask_next (MbusSearch *self, GError **error);

static gboolean
is_noisy (MbusSearch *self)
{
  return self->n_healed > 0 && self->n_healed >= self->n_twins / 4;
}

/* Whether meters of this line answer at the same moment, other than by chance. */
static gboolean
are_at_once (MbusSearch *self)
{
  return self->n_twins * 4 > self->n_crowds;
}

static AmselRequest *
new_request (MbusSearch *self, MbusSearchStep step, GBytes *frame)
{
  AmselLineSettings settings = { self->pace.baud, 8, AMSEL_PARITY_EVEN, 1 };

  self->step = step;
  self->spent_us += amsel_line_settings_get_time_us (&settings, g_bytes_get_size (frame));
  return mbus_pace_new_request (&self->pace, frame);
}

static AmselRequest *
ask_mask (MbusSearch *self)
{
  AmselRequest *request =
      new_request (self, MBUS_SEARCH_STEP_SELECT, mbus_address_new_selection (&self->asked));

  request->gap_us = CROWD_GAP_BITS * G_USEC_PER_SEC / self->pace.baud;
  return request;
}

/* The frame count bit stays the same when it is asked again: the meter repeats its telegram. */
static AmselRequest *
ask_data (MbusSearch *self)
{
  guint8 link = self->asked.kind == MBUS_ADDRESS_KIND_PRIMARY ? self->asked.primary : MBUS_ADDRESS_SELECTED;

  return new_request (self, MBUS_SEARCH_STEP_DATA, mbus_frame_new_req_ud2 (link, TRUE));
}

static AmselRequest *
ask_reset (MbusSearch *self)
{
  return new_request (self, MBUS_SEARCH_STEP_RESET, mbus_frame_new_snd_nke (self->asked.primary));
}

static AmselRequest *
ask (MbusSearch *self)
{
  return self->asked.kind == MBUS_ADDRESS_KIND_PRIMARY ? ask_reset (self) : ask_mask (self);
}

static void
note_shared (MbusSearch *self, const MbusAddress *address)
{
  gchar text[MBUS_ADDRESS_CHARS];

  mbus_address_write (address, text);
  g_string_append_printf (self->shared, "%s%s", self->shared->len > 0 ? ", " : "", text);
}

/* Where meters answer at the same moment, one may hide another. Asks for all that may be hidden by those that
 * were found since the last time. */
static gboolean
look_for_hidden (MbusSearch *self)
{
  GPtrArray *all = amsel_search_get_found (AMSEL_SEARCH (self));
  g_autoptr (GArray) twins = g_array_new (FALSE, FALSE, sizeof (MbusAddress));
  gboolean any = FALSE;

  for (; self->n_compared < all->len; self->n_compared++)
    {
      const AmselFound *found = g_ptr_array_index (all, self->n_compared);
      gsize length;
      const guint8 *data = found->frame != NULL ? amsel_frame_get_data (found->frame, &length) : NULL;

      if (data != NULL)
        mbus_twins_list (data, length, &g_array_index (self->masks, MbusAddress, self->n_compared),
                         mbus_tree_is_doubtful (self->tree), twins);
    }
  for (guint i = 0; i < twins->len; i++)
    {
      const MbusAddress *twin = &g_array_index (twins, MbusAddress, i);
      gchar text[MBUS_ADDRESS_CHARS];

      mbus_address_write (twin, text);
      if (g_hash_table_contains (self->seen, text))
        continue;
      mbus_tree_add (self->tree, twin);
      any = TRUE;
    }
  return any;
}

/* All is asked at this rate; another pass where the line deserves it. */
static gboolean
has_second_thoughts (MbusSearch *self)
{
  if (!self->repeated && (self->thorough || self->pace.grown || is_noisy (self)))
    {
      self->repeated = TRUE;
      mbus_tree_repeat (self->tree, self->pace.grown);
      return TRUE;
    }
  if ((self->rare || mbus_tree_is_doubtful (self->tree) || self->thorough)
      && mbus_tree_sweep_rare (self->tree))
    return TRUE;
  if (!self->repeated && mbus_tree_is_doubtful (self->tree))
    {
      /* a meter that answers late is heard now and then, but not where it belongs */
      self->repeated = TRUE;
      mbus_pace_grow (&self->pace, LATE_US);
      mbus_tree_repeat (self->tree, TRUE);
      return TRUE;
    }
  return (are_at_once (self) || self->thorough) && look_for_hidden (self);
}

static void
end_rate (MbusSearch *self)
{
  GArray *shared = mbus_tree_get_shared (self->tree);

  for (guint i = 0; i < shared->len; i++)
    note_shared (self, &g_array_index (shared, MbusAddress, i));
  g_clear_pointer (&self->tree, mbus_tree_free);
  self->rate++;
}

/* The next address to ask for; FALSE where all rates are done. */
static gboolean
choose (MbusSearch *self)
{
  while (self->rate < self->rates->len)
    {
      if (self->tree == NULL)
        mbus_search_begin_rate (self);
      if (self->primary < self->primaries->len)
        {
          mbus_address_init_any (&self->asked);
          self->asked.kind = MBUS_ADDRESS_KIND_PRIMARY;
          self->asked.primary = g_array_index (self->primaries, guint8, self->primary);
          return TRUE;
        }
      mbus_tree_set_noisy (self->tree, is_noisy (self));
      if (mbus_tree_next (self->tree, &self->asked))
        return TRUE;
      if (mbus_tree_is_lost (self->tree) || !has_second_thoughts (self))
        {
          if (mbus_tree_is_lost (self->tree))
            amsel_dialogue_set_complete (AMSEL_DIALOGUE (self), FALSE);
          end_rate (self);
        }
    }
  return FALSE;
}

static AmselRequest *
finish (MbusSearch *self, GError **error)
{
  guint n = amsel_search_get_found (AMSEL_SEARCH (self))->len;

  if (!amsel_dialogue_get_complete (AMSEL_DIALOGUE (self)))
    g_set_error (error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_TOO_LONG,
                 "the search was given up: the line answers to everything, as a disturbed one does");
  else if (self->shared->len > 0)
    g_set_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_ADDRESS_COLLISION,
                 "several meters share the address %s", self->shared->str);
  else if (self->expected >= 0 && n != (guint) self->expected)
    g_set_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_DIFFERENT_NUMBER,
                 "%u meters were found, %d were expected", n, self->expected);
  else
    return amsel_request_new_finished ();
  return NULL;
}

static void
tell_progress (MbusSearch *self)
{
  gdouble share = self->rates->len;

  if (self->rate < self->rates->len)
    {
      guint n_primaries = self->primaries->len;
      gdouble secondary = self->tree != NULL ? mbus_tree_get_share (self->tree) : 0;
      gdouble primary = n_primaries > 0 ? (gdouble) self->primary / n_primaries : 1;

      share = self->rate
              + (self->strategy == MBUS_STRATEGY_PRIMARY ? primary
                 : n_primaries > 0                       ? (primary + secondary) / 2
                                                         : secondary);
    }
  share /= MAX (self->rates->len, 1);
  amsel_search_set_progress (AMSEL_SEARCH (self), share,
                             share > 0.001 ? (gint64) (self->spent_us * (1 - share) / share) : -1);
}

static AmselRequest *
ask_next (MbusSearch *self, GError **error)
{
  self->n_tries = 0;
  self->n_silent_data = 0;
  if (choose (self))
    {
      tell_progress (self);
      return ask (self);
    }
  tell_progress (self);
  return finish (self, error);
}

/* Says what became of the address that was asked for, and goes on. */
static AmselRequest *
conclude (MbusSearch *self, const MbusSighting *sighting, GError **error)
{
  if (self->asked.kind == MBUS_ADDRESS_KIND_PRIMARY)
    {
      if (sighting->outcome == MBUS_OUTCOME_SEVERAL)
        note_shared (self, &self->asked);
      self->primary++;
    }
  else
    mbus_tree_report (self->tree, sighting);
  return ask_next (self, error);
}

static AmselRequest *
conclude_as (MbusSearch *self, MbusOutcome outcome, GError **error)
{
  MbusSighting sighting = { .outcome = outcome };

  return conclude (self, &sighting, error);
}

static gboolean
is_whole (const AmselAnswer *answer, MbusFrame *out)
{
  gsize length;
  const guint8 *data;

  if (answer->status != AMSEL_ANSWER_FRAME && answer->status != AMSEL_ANSWER_COLLISION)
    return FALSE;
  data = amsel_frame_get_data (answer->frame, &length);
  return mbus_frame_parse (data, length, out, NULL);
}

/* Several meters have acknowledged. Moments are known exactly where no gateway is between. */
static MbusSighting
see_crowd (MbusSearch *self, const AmselAnswer *answer)
{
  MbusSighting sighting = { .outcome = MBUS_OUTCOME_SEVERAL };
  gint64 character_us = CHARACTER_BITS * G_USEC_PER_SEC / self->pace.baud;
  MbusFrame frame;

  sighting.fullness =
      (guint) MIN (answer->n_bytes * character_us * FULL / mbus_pace_get_window_us (&self->pace), FULL);
  if (is_whole (answer, &frame) && frame.kind == MBUS_FRAME_KIND_ACK && answer->n_frames == answer->n_bytes)
    sighting.n_answers = answer->n_frames;
  if (answer->transport_us == 0)
    {
      sighting.first_us = MAX (answer->latency_us, 1);
      sighting.last_us = MAX (answer->end_us, 1);
    }
  return sighting;
}

/* Nobody has answered the very first mask: perhaps the meters are slow. */
static gboolean
is_first_silence (MbusSearch *self)
{
  return self->asked.kind == MBUS_ADDRESS_KIND_SECONDARY && mbus_tree_get_n_probes (self->tree) == 0
         && self->pace.n_answers == 0 && self->pace.extra_us < FIRST_EXTRA_US
         && self->strategy != MBUS_STRATEGY_VERIFY;
}

/* An answer to an earlier request came only now, so the wait was too short; what is asked now is asked again.
 */
static AmselRequest *
ask_slower (MbusSearch *self)
{
  mbus_pace_grow (&self->pace, LATE_US);
  return ask (self);
}

/* However long the wait before it was, the answer comes at once: that is no answer to an earlier request, but
 * a line that takes no time, as a simulator's may. Nothing has to be waited for because of it. */
static void
believe_in_haste (MbusSearch *self)
{
  self->is_instant = TRUE;
  mbus_pace_init (&self->pace, self->pace.baud, self->timeout_extra_us);
}

static AmselRequest *after_stranger (MbusSearch *self, const AmselAnswer *answer, const MbusFrame *frame,
                                     GError **error);

static AmselRequest *
after_acknowledgement (MbusSearch *self, const AmselAnswer *answer, GError **error)
{
  MbusSighting crowd;
  MbusFrame frame;

  if (answer->status == AMSEL_ANSWER_SILENCE)
    {
      self->spent_us += mbus_pace_get_window_us (&self->pace) + MAX (self->pace.extra_us, 0);
      if (!is_first_silence (self))
        return conclude_as (self, MBUS_OUTCOME_EMPTY, error);
      self->pace.extra_us = MAX (FIRST_EXTRA_US, self->pace.floor_us);
      return ask (self);
    }
  self->spent_us += mbus_pace_get_window_us (&self->pace);
  if (!self->is_instant && mbus_pace_is_too_early (&self->pace, answer))
    {
      if (self->n_silent_data++ < SILENT_DATA_MAX)
        return answer->n_frames > 0 ? ask_slower (self) : ask (self);
      believe_in_haste (self);
    }
  mbus_pace_note (&self->pace, answer);
  if (is_whole (answer, &frame) && frame.kind == MBUS_FRAME_KIND_ACK && answer->n_bytes == 1)
    {
      self->latency_us = answer->latency_us;
      if (self->strategy != MBUS_STRATEGY_VERIFY)
        return ask_data (self);
      mbus_search_add_bare (self);
      return conclude_as (self, MBUS_OUTCOME_SINGLE, error);
    }
  if (is_whole (answer, &frame) && mbus_telegram_is_response (frame.c))
    return after_stranger (self, answer, &frame, error);
  if (self->asked.kind == MBUS_ADDRESS_KIND_PRIMARY)
    return ask_data (self); /* data tell more than an acknowledgement */
  self->n_crowds++;
  crowd = see_crowd (self, answer);
  return conclude (self, &crowd, error);
}

/* Whether all digits of what was asked for are known, so that it is an address as it is. */
static gboolean
is_closed (MbusSearch *self)
{
  if (self->asked.kind == MBUS_ADDRESS_KIND_PRIMARY)
    return TRUE;
  for (guint i = 0; i < MBUS_FIELD_DIGITS; i++)
    if (mbus_field_is_open (&self->asked, MBUS_FIELD_ID + i))
      return FALSE;
  return TRUE;
}

/* A meter answers, but not with data that say who it is. What was asked for is its address, or there is more
 * to ask. */
static AmselRequest *
settle_without_data (MbusSearch *self, GError **error)
{
  if (!is_closed (self))
    return conclude_as (self, MBUS_OUTCOME_SEVERAL, error);
  mbus_search_add_bare (self);
  return conclude_as (self, MBUS_OUTCOME_SINGLE, error);
}

/* Whether data are damaged as by noise: in few characters, and in others than the last time. Equal telegrams
 * of meters that answer at the same moment are damaged in few characters too, but always in the same ones. */
static gboolean
is_noise (MbusSearch *self, const AmselAnswer *answer)
{
  return self->n_tries > 0 && answer->n_damaged > 0 && answer->n_damaged * NOISE_SHARE < answer->n_bytes
         && (answer->n_damaged != self->n_damaged || answer->first_damaged != self->first_damaged);
}

/* Data came damaged: from several meters at the same moment, or noise. */
static AmselRequest *
after_damage (MbusSearch *self, const AmselAnswer *answer, GError **error)
{
  guint tries = is_noisy (self) || is_closed (self) ? TRIES_NOISY : TRIES_QUIET;

  if (is_noise (self, answer))
    {
      self->n_healed++;
      tries = TRIES_NOISY;
    }
  else if (self->n_tries > 0 && answer->n_damaged > 0)
    tries = TRIES_QUIET;
  else if (self->n_healed == 0 && self->n_twins >= TWINS_TRUSTED)
    tries = 0;
  self->n_damaged = answer->n_damaged;
  self->first_damaged = answer->first_damaged;
  if (self->n_tries++ < tries)
    return ask_data (self);
  self->n_twins++;
  return conclude_as (self, MBUS_OUTCOME_SEVERAL, error);
}

/* An answer to another mask than the one that was asked for. */
static AmselRequest *
after_stranger (MbusSearch *self, const AmselAnswer *answer, const MbusFrame *frame, GError **error)
{
  AmselIdentity identity;

  if (mbus_telegram_read_identity (frame, &identity))
    {
      identity.address = frame->a;
      mbus_search_add (self, &identity, NULL, answer->frame);
    }
  if (self->n_silent_data++ < SILENT_DATA_MAX)
    return ask_slower (self);
  return conclude_as (self, MBUS_OUTCOME_SEVERAL, error);
}

static AmselRequest *
after_data (MbusSearch *self, const AmselAnswer *answer, GError **error)
{
  gboolean is_primary = self->asked.kind == MBUS_ADDRESS_KIND_PRIMARY;
  AmselIdentity identity;
  MbusFrame frame;
  gsize length;

  if (answer->status == AMSEL_ANSWER_SILENCE)
    {
      if (self->n_silent_data++ < SILENT_DATA_MAX)
        return is_closed (self) ? ask_data (self) : ask_slower (self);
      return settle_without_data (self, error);
    }
  self->spent_us += answer->end_us;
  if (!is_whole (answer, &frame) || frame.kind != MBUS_FRAME_KIND_LONG)
    return after_damage (self, answer, error);
  amsel_frame_get_data (answer->frame, &length);
  if (answer->n_bytes != length)
    return after_damage (self, answer, error);
  if (self->n_tries > 0)
    self->n_healed++;
  mbus_pace_note (&self->pace, answer);
  if (!mbus_telegram_is_response (frame.c) || !mbus_telegram_read_identity (&frame, &identity))
    return settle_without_data (self, error);
  if (is_primary ? frame.a != self->asked.primary : !mbus_telegram_is_from (&frame, &self->asked))
    return after_stranger (self, answer, &frame, error);
  identity.address = frame.a;
  mbus_search_add (self, &identity, &self->asked, answer->frame);
  return conclude_as (self, MBUS_OUTCOME_SINGLE, error);
}

/* The search cannot go on, because of the line or of the user. What was found is kept. */
static AmselRequest *
fail (MbusSearch *self, const AmselAnswer *answer, GError **error)
{
  gboolean data = self->step == MBUS_SEARCH_STEP_DATA;
  MbusReadError code =
      data ? MBUS_READ_ERROR_SEARCH_REQUEST_NOT_SENT : MBUS_READ_ERROR_SEARCH_SELECTION_NOT_SENT;

  if (answer->status == AMSEL_ANSWER_NOT_BEGUN)
    code = data ? MBUS_READ_ERROR_SEARCH_REQUEST_NOT_BEGUN : MBUS_READ_ERROR_SEARCH_SELECTION_NOT_BEGUN;
  if (answer->status != AMSEL_ANSWER_STOPPED)
    g_set_error (error, MBUS_READ_ERROR, (gint) code, "search: %s", answer->error->message);
  else if (g_error_matches (answer->error, AMSEL_READ_ERROR, AMSEL_READ_ERROR_CANCELLED))
    g_set_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_STOPPED, "search: %s", answer->error->message);
  else
    g_propagate_error (error, g_error_copy (answer->error));
  return NULL;
}

AmselRequest *
mbus_search_step (AmselSearch *search, const AmselAnswer *answer, GError **error)
{
  MbusSearch *self = MBUS_SEARCH (search);

  if (answer->status == AMSEL_ANSWER_NOT_BEGUN || answer->status == AMSEL_ANSWER_NOT_SENT
      || answer->status == AMSEL_ANSWER_STOPPED)
    return fail (self, answer, error);
  if (self->step == MBUS_SEARCH_STEP_BEGIN && !mbus_search_prepare (self, error))
    return NULL;
  if (self->step == MBUS_SEARCH_STEP_BEGIN)
    return ask_next (self, error);
  if (answer->status == AMSEL_ANSWER_NONE)
    return ask (self); /* after a pause: whatever was selected is so no more */
  if (self->step == MBUS_SEARCH_STEP_DATA)
    return after_data (self, answer, error);
  return after_acknowledgement (self, answer, error);
}
