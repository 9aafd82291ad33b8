/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams that nobody asked for.
 *
 * The sender is found before anything is decrypted, so that copies, telegrams of strangers and those that
 * come more often than anybody wants cost next to nothing. Every telegram of a meter of the list becomes a
 * readout, also one that cannot be read: its bytes are in the store when the key comes. What is wrong is said
 * once for each meter and not again until it is something else. */
#include "amsel-hearing.h"

#include "amsel-error.h"
#include "amsel-harvest.h"
#include "amsel-joiner.h"
#include "amsel-pipeline-private.h"
#include "amsel-senders.h"

/* Fingerprints of telegrams that are kept for finding copies. */
#define RECENT 1024

/* How often silent meters are looked for, as a share of the time after which they are. */
#define LOOKS 8

typedef struct
{
  guint64 fingerprint;
  gint64 heard_us; /* monotonic */
} Recent;

struct _AmselHearing
{
  AmselPipeline *pipeline; /* (unowned) */
  GPtrArray *watches;      /* (unowned) (element-type AmselMeterWatch) */
  const AmselHearingRules *rules;
  AmselSenders *senders; /* (owned) */
  GHashTable *heard;     /* (owned) (element-type AmselIdentity AmselHeard) */
  GHashTable *recent;    /* (owned) (element-type guint64 Recent): those in ring */
  Recent ring[RECENT];
  guint next; /* place in the ring */
  guint64 n_copies;
  gint64 started_us;        /* monotonic */
  GSource *look;            /* (owned) (nullable): the next look for silent meters */
  AmselJoiner *joiner;      /* (owned) (nullable): made when the first telegram is joined */
  gboolean short_of_memory; /* whether it was said that this is too little for the joiner */
};

AmselHearing *
amsel_hearing_new (AmselPipeline *pipeline, GPtrArray *watches, const AmselHearingRules *rules)
{
  AmselHearing *self = g_new0 (AmselHearing, 1);

  self->pipeline = pipeline;
  self->watches = watches;
  self->rules = rules;
  self->senders = amsel_senders_new ();
  self->heard = g_hash_table_new_full (amsel_identity_hash, amsel_identity_equal, NULL,
                                       (GDestroyNotify) amsel_heard_free);
  self->recent = g_hash_table_new (g_int64_hash, g_int64_equal);
  return self;
}

void
amsel_hearing_free (AmselHearing *self)
{
  amsel_clock_clear_alarm (&self->look);
  g_clear_pointer (&self->joiner, amsel_joiner_free);
  amsel_senders_free (self->senders);
  g_hash_table_unref (self->heard);
  g_hash_table_unref (self->recent);
  g_free (self);
}

void
amsel_hearing_forget (AmselHearing *self)
{
  GHashTableIter iter;
  gpointer value;

  amsel_senders_forget (self->senders);
  g_hash_table_iter_init (&iter, self->heard);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_clear_pointer (&((AmselHeard *) value)->meter, g_free);
}

guint64
amsel_hearing_get_n_copies (AmselHearing *self)
{
  return self->n_copies;
}

static gint
compare_heard (gconstpointer a, gconstpointer b)
{
  const AmselHeard *x = *(AmselHeard *const *) a;
  const AmselHeard *y = *(AmselHeard *const *) b;

  return (x->last_us > y->last_us) - (x->last_us < y->last_us);
}

GPtrArray *
amsel_hearing_list (AmselHearing *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->heard);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (list, value);
  g_ptr_array_sort (list, compare_heard);
  return list;
}

/* Repeaters and other receivers bring the same telegram again. */
static gboolean
is_copy (AmselHearing *self, AmselFrame *frame)
{
  gint64 now_us = amsel_clock_get_monotonic_us (amsel_pipeline_get_clock (self->pipeline));
  guint64 fingerprint = amsel_protocol_get_fingerprint (amsel_pipeline_get_protocol (self->pipeline), frame);
  Recent *known;

  if (self->rules->duplicate_us == 0 || fingerprint == 0)
    return FALSE;
  known = g_hash_table_lookup (self->recent, &fingerprint);
  if (known != NULL && now_us - known->heard_us <= self->rules->duplicate_us)
    {
      self->n_copies++;
      return TRUE;
    }
  known = &self->ring[self->next];
  self->next = (self->next + 1) % RECENT;
  if (known->fingerprint != 0 && g_hash_table_lookup (self->recent, &known->fingerprint) == known)
    g_hash_table_remove (self->recent, &known->fingerprint);
  *known = (Recent){ fingerprint, now_us };
  g_hash_table_replace (self->recent, &known->fingerprint, known);
  return FALSE;
}

static AmselHeard *
note (AmselHearing *self, const AmselIdentity *identity, AmselFrame *frame, const AmselMeterWatch *watch)
{
  AmselHeard *heard = g_hash_table_lookup (self->heard, identity);

  if (heard == NULL && g_hash_table_size (self->heard) >= AMSEL_HEARD_MAX)
    return NULL;
  if (heard == NULL)
    {
      heard = g_new0 (AmselHeard, 1);
      heard->identity = *identity;
      heard->first_us = amsel_frame_get_received_us (frame);
      g_hash_table_insert (self->heard, &heard->identity, heard);
    }
  heard->n_telegrams++;
  heard->last_us = amsel_frame_get_received_us (frame);
  heard->rssi_dbm = amsel_frame_get_rssi_dbm (frame);
  if (watch == NULL)
    g_clear_pointer (&heard->meter, g_free);
  else if (heard->meter == NULL)
    heard->meter = g_strdup (amsel_meter_get_name (watch->meter));
  return heard;
}

/* Says what is wrong with the telegrams of a meter, once, and when it is over. */
static void
say_fault (AmselHearing *self, AmselMeterWatch *watch, const GError *fault)
{
  gint code = fault != NULL ? fault->code : 0;
  guint n = watch->n_faults;

  watch->n_faults = fault != NULL ? n + 1 : 0;
  if (code == watch->fault)
    return;
  watch->fault = code;
  if (fault != NULL)
    amsel_pipeline_notice (self->pipeline, "meter %s: %s", amsel_meter_get_name (watch->meter),
                           fault->message);
  else
    amsel_pipeline_notice (self->pipeline, "meter %s: can be read again, after %u telegrams that could not",
                           amsel_meter_get_name (watch->meter), n);
}

/* With the fragment of a message more follows, and it says nothing yet. */
static gboolean
is_fragment (const AmselTelegram *telegram)
{
  return amsel_telegram_get_more_follows (telegram) && amsel_telegram_get_n_records (telegram) == 0;
}

static void
emit (AmselHearing *self, AmselTelegram *const *telegrams, gsize n_telegrams, const gchar *line,
      const gchar *name, const GError *fault)
{
  AmselFrame *frame = amsel_telegram_get_frame (telegrams[0]);
  AmselReadoutInfo info;
  g_autoptr (AmselReadout) readout = NULL;

  amsel_pipeline_begin_info (self->pipeline, NULL, &info);
  info.line = line;
  info.meter = name;
  info.start_us = info.end_us = amsel_frame_get_received_us (frame);
  info.attempts = 1;
  info.quality = fault != NULL ? AMSEL_QUALITY_UNREADABLE : AMSEL_QUALITY_GOOD;
  if (fault == NULL && is_fragment (telegrams[0]))
    info.quality = AMSEL_QUALITY_PARTIAL;
  amsel_harvest_set_error (&info, fault);
  readout = amsel_readout_new (&info, telegrams, n_telegrams, 0);
  amsel_pipeline_emit_readout (self->pipeline, readout);
}

/* A telegram and the earlier ones that it is joined with. */
static AmselTelegram *const *
join (AmselHearing *self, const AmselIdentity *identity, AmselTelegram *telegram, gsize *n)
{
  AmselTelegram *const *joined;

  if (self->joiner == NULL)
    self->joiner = amsel_joiner_new (&self->rules->join_us, &self->rules->join_memory);
  joined = amsel_joiner_join (self->joiner, identity, telegram, n);
  if (amsel_joiner_get_n_forgotten (self->joiner) > 0 && !self->short_of_memory)
    {
      self->short_of_memory = TRUE;
      amsel_pipeline_notice (
          self->pipeline, "“join-memory” is too little for all the meters that are heard: readouts of those "
                          "heard least are not complete");
    }
  return joined;
}

void
amsel_hearing_recall (AmselHearing *self, AmselReadout *readout)
{
  gsize n, n_joined;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n);

  if (amsel_readout_get_quality (readout) != AMSEL_QUALITY_GOOD)
    return;
  while (n-- > 0)
    {
      AmselIdentity identity, carrier;

      if (amsel_protocol_identify (amsel_pipeline_get_protocol (self->pipeline),
                                   amsel_telegram_get_frame (telegrams[n]), &identity, &carrier))
        join (self, &identity, telegrams[n], &n_joined);
    }
}

/* A meter that was silent is heard again. */
static void
end_silence (AmselHearing *self, AmselMeterWatch *watch, gint64 received_us)
{
  if (watch->silent > 0)
    amsel_pipeline_notice (self->pipeline, "meter %s: is heard again", amsel_meter_get_name (watch->meter));
  watch->silent = 0;
  watch->answered_us = received_us;
  watch->heard_us = amsel_clock_get_monotonic_us (amsel_pipeline_get_clock (self->pipeline));
}

static AmselMeterWatch *
find_watch (AmselHearing *self, AmselFrame *frame, AmselIdentity *out_identity)
{
  AmselProtocol *protocol = amsel_pipeline_get_protocol (self->pipeline);
  AmselMeterWatch *watch;
  AmselIdentity carrier;

  if (!amsel_protocol_identify (protocol, frame, out_identity, &carrier))
    return NULL;
  watch = amsel_senders_find (self->senders, protocol, self->watches, out_identity);
  if (watch == NULL && !amsel_identity_equal (out_identity, &carrier))
    watch = amsel_senders_find (self->senders, protocol, self->watches, &carrier);
  return watch;
}

/* Of a meter no more than one telegram in its interval, or that of the pipeline, counts. */
static gboolean
is_too_soon (AmselHearing *self, const AmselMeterWatch *watch, gint64 received_us)
{
  gint64 interval_us = MAX (self->rules->interval_min_us, watch->every_us);

  return watch->answered_us != 0 && received_us >= watch->answered_us
         && received_us - watch->answered_us < interval_us;
}

/* Decodes a telegram; what is wrong with it is counted and said. The fault is that of the telegram, or error.
 */
static AmselTelegram *
decode (AmselHearing *self, AmselFrame *frame, AmselMeterWatch *watch, AmselHeard *heard,
        const GError **fault, GError **error)
{
  AmselTelegram *telegram = amsel_protocol_decode (amsel_pipeline_get_protocol (self->pipeline), frame,
                                                   watch != NULL ? watch->meter : NULL, error);

  if (telegram == NULL)
    telegram = amsel_telegram_new (frame, 1); /* its bytes are kept for a better decoder */
  *fault = *error != NULL ? *error : amsel_telegram_get_fault (telegram);
  if (heard != NULL)
    {
      heard->n_unreadable += *fault != NULL ? 1 : 0;
      heard->encryption = amsel_telegram_get_encryption (telegram);
    }
  if (watch != NULL)
    say_fault (self, watch, *fault);
  return telegram;
}

/* Makes a readout of a telegram; of one that comes too soon for that, something to join the next one with. */
static void
take (AmselHearing *self, AmselFrame *frame, const AmselIdentity *identity, AmselMeterWatch *watch,
      AmselHeard *heard, gboolean too_soon, const gchar *line)
{
  g_autoptr (GError) error = NULL;
  const GError *fault;
  g_autoptr (AmselTelegram) telegram = decode (self, frame, watch, heard, &fault, &error);
  AmselTelegram *const *telegrams = &telegram;
  gsize n_telegrams = 1;
  gchar stranger[16];

  if (self->rules->join_us > 0 && fault == NULL && !is_fragment (telegram))
    telegrams = join (self, identity, telegram, &n_telegrams);
  if (too_soon)
    return;
  g_snprintf (stranger, sizeof stranger, "%08X", identity->id);
  emit (self, telegrams, n_telegrams, line, watch != NULL ? amsel_meter_get_name (watch->meter) : stranger,
        fault);
}

void
amsel_hearing_take (AmselHearing *self, AmselFrame *frame, const gchar *line)
{
  AmselIdentity identity = { .address = AMSEL_ADDRESS_NONE };
  AmselMeterWatch *watch = find_watch (self, frame, &identity);
  gint64 received_us = amsel_frame_get_received_us (frame);
  gboolean too_soon;
  AmselHeard *heard;

  if (is_copy (self, frame))
    return;
  heard = note (self, &identity, frame, watch);
  if (watch == NULL && (self->watches->len > 0 || self->rules->only_listed))
    return;
  too_soon = watch != NULL && is_too_soon (self, watch, received_us);
  if (too_soon && self->rules->join_us == 0)
    return;
  if (watch != NULL && !too_soon)
    end_silence (self, watch, received_us);
  take (self, frame, &identity, watch, heard, too_soon, line);
}

/* A meter has not been heard for too long: one readout without a telegram, and one sentence. */
static void
begin_silence (AmselHearing *self, AmselMeterWatch *watch, gint64 since_us)
{
  g_autofree gchar *message =
      g_strdup_printf ("not heard for %" G_GINT64_FORMAT " s", since_us / G_USEC_PER_SEC);
  AmselReadoutInfo info;
  g_autoptr (AmselReadout) readout = NULL;

  watch->silent = 1;
  amsel_pipeline_notice (self->pipeline, "meter %s: %s", amsel_meter_get_name (watch->meter), message);
  amsel_pipeline_begin_info (self->pipeline, watch->meter, &info);
  readout = amsel_harvest_nothing (AMSEL_QUALITY_NO_READING, AMSEL_READ_ERROR_TIMEOUT, message, &info);
  amsel_pipeline_emit_readout (self->pipeline, readout);
}

static void look_later (AmselHearing *self);

static gboolean
on_look (gpointer user_data)
{
  AmselHearing *self = user_data;
  gint64 now_us = amsel_clock_get_monotonic_us (amsel_pipeline_get_clock (self->pipeline));

  amsel_clock_clear_alarm (&self->look);
  for (guint i = 0; i < self->watches->len; i++)
    {
      AmselMeterWatch *watch = g_ptr_array_index (self->watches, i);
      gint64 since_us = now_us - MAX (watch->heard_us, self->started_us);

      if (watch->silent == 0 && since_us >= self->rules->silent_after_us)
        begin_silence (self, watch, since_us);
    }
  look_later (self);
  return G_SOURCE_REMOVE;
}

static void
look_later (AmselHearing *self)
{
  AmselClock *clock = amsel_pipeline_get_clock (self->pipeline);
  gint64 pause_us = MAX (self->rules->silent_after_us / LOOKS, G_USEC_PER_SEC);

  self->look = amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock) + pause_us, on_look, self);
}

void
amsel_hearing_start (AmselHearing *self)
{
  self->started_us = amsel_clock_get_monotonic_us (amsel_pipeline_get_clock (self->pipeline));
  if (self->rules->silent_after_us > 0 && self->look == NULL)
    look_later (self);
}
