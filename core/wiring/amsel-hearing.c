/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams that nobody asked for.
 *
 * The sender is found before anything is decrypted, so that copies, telegrams of strangers and those that
 * come more often than anybody wants cost next to nothing. Every telegram of a meter of the list becomes a
 * readout, also one that cannot be read: its bytes are in the store when the key comes. What is wrong is said
 * once for each meter and not again until it is something else.
 *
 * What is remembered is remembered of senders, not of entries of the list: an entry with wildcards is many
 * meters. */
#include "amsel-hearing.h"

#include "amsel-error.h"
#include "amsel-harvest.h"
#include "amsel-joiner.h"
#include "amsel-pipeline-private.h"
#include "amsel-senders.h"

/* Fingerprints of telegrams that are kept for finding copies: those of half a minute where a hundred
 * telegrams come in a second, which is ten times what busy places have. */
#define RECENT 4096

/* How long after a telegram what must survive the program is kept. */
#define SAVE_AFTER_US (10 * G_USEC_PER_SEC)

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
  GHashTable *recent;    /* (owned) (element-type guint64 Recent): those in ring */
  Recent ring[RECENT];
  guint next; /* place in the ring */
  guint64 n_copies;
  GSource *look;            /* (owned) (nullable): the next look for silent meters */
  GSource *save;            /* (owned) (nullable): when what must survive is kept the next time */
  gchar *not_saved;         /* (owned) (nullable): why it could not be, as was said */
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
  self->senders = amsel_senders_new (watches);
  self->recent = g_hash_table_new (g_int64_hash, g_int64_equal);
  return self;
}

void
amsel_hearing_free (AmselHearing *self)
{
  amsel_clock_clear_alarm (&self->look);
  amsel_clock_clear_alarm (&self->save);
  g_free (self->not_saved);
  g_clear_pointer (&self->joiner, amsel_joiner_free);
  amsel_senders_free (self->senders);
  g_hash_table_unref (self->recent);
  g_free (self);
}

void
amsel_hearing_forget (AmselHearing *self)
{
  amsel_senders_forget (self->senders);
}

static gint
compare_heard (gconstpointer a, gconstpointer b)
{
  const AmselHeard *x = *(AmselHeard *const *) a;
  const AmselHeard *y = *(AmselHeard *const *) b;

  return (x->last_us > y->last_us) - (x->last_us < y->last_us);
}

static void
add_heard (AmselSender *sender, gpointer user_data)
{
  const AmselHeard heard = {
    .identity = sender->identity,
    .meter = sender->watch != NULL ? (gchar *) (gpointer) amsel_meter_get_name (sender->watch->meter) : NULL,
    .n_telegrams = sender->n_telegrams,
    .n_unreadable = sender->n_unreadable,
    .first_us = sender->first_us,
    .last_us = sender->last_us,
    .rssi_dbm = sender->rssi_dbm,
    .encryption = (AmselEncryption) sender->encryption,
  };

  g_ptr_array_add (user_data, amsel_heard_copy (&heard));
}

GPtrArray *
amsel_hearing_list (AmselHearing *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_heard_free);

  amsel_senders_foreach (self->senders, amsel_pipeline_get_protocol (self->pipeline), add_heard, list);
  g_ptr_array_sort (list, compare_heard);
  return list;
}

static gint64
get_now_us (AmselHearing *self)
{
  return amsel_clock_get_monotonic_us (amsel_pipeline_get_clock (self->pipeline));
}

/* Repeaters and other receivers bring the same telegram again. */
static gboolean
is_copy (AmselHearing *self, AmselFrame *frame)
{
  gint64 now_us = get_now_us (self);
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

/* Who it is, for messages: the name of the entry in the list, with the address where that has wildcards. */
static gchar *
describe (AmselHearing *self, const AmselSender *sender)
{
  g_autofree gchar *address = NULL;
  guint32 id;

  if (sender->watch == NULL)
    return g_strdup_printf ("%08X", sender->identity.id);
  if (amsel_protocol_get_meter_id (amsel_pipeline_get_protocol (self->pipeline), sender->watch->meter, &id))
    return g_strdup (amsel_meter_get_name (sender->watch->meter));
  address = amsel_identity_get_address_text (&sender->identity);
  return g_strdup_printf ("%s (%s)", amsel_meter_get_name (sender->watch->meter), address);
}

static AmselSender *
find_sender (AmselHearing *self, AmselFrame *frame)
{
  AmselProtocol *protocol = amsel_pipeline_get_protocol (self->pipeline);
  AmselIdentity identity;
  AmselIdentity carrier;

  amsel_protocol_identify (protocol, frame, &identity, &carrier);
  return amsel_senders_get (self->senders, protocol, &identity, &carrier);
}

static void
note (AmselSender *sender, AmselFrame *frame)
{
  sender->last_us = amsel_frame_get_received_us (frame);
  if (sender->n_telegrams++ == 0)
    sender->first_us = sender->last_us;
  sender->rssi_dbm = amsel_frame_get_rssi_dbm (frame);
}

/* A meter that was silent is heard again. */
static void
end_silence (AmselHearing *self, AmselSender *sender)
{
  AmselMeterWatch *watch = sender->watch;

  if (sender->is_silent || (watch != NULL && watch->silent > 0))
    {
      g_autofree gchar *who = describe (self, sender);

      amsel_pipeline_notice (self->pipeline, "meter %s: is heard again", who);
    }
  sender->is_silent = FALSE;
  sender->heard_us = get_now_us (self);
  if (watch == NULL)
    return;
  watch->silent = 0;
  watch->is_heard = TRUE;
}

/* Of a meter no more than one telegram in its interval, or that of the pipeline, counts. Those that cannot be
 * read have an interval of their own: anybody can send such, and they must not keep out the others. */
static gboolean
is_too_soon (AmselHearing *self, const AmselSender *sender, gint64 since_us)
{
  gint64 interval_us =
      MAX (self->rules->interval_min_us, sender->watch != NULL ? sender->watch->every_us : 0);

  return since_us != AMSEL_SENDER_NEVER && get_now_us (self) - since_us < interval_us;
}

/* Says what is wrong with the telegrams of a meter, once, and when it is over. */
static void
say_fault (AmselHearing *self, AmselSender *sender, const GError *fault)
{
  GQuark domain = fault != NULL ? fault->domain : 0;
  gint code = fault != NULL ? fault->code : 0;
  guint n = sender->n_faults;
  g_autofree gchar *who = NULL;

  sender->n_faults = fault != NULL ? n + 1 : 0;
  if (domain == sender->fault_domain && code == sender->fault_code)
    return;
  sender->fault_domain = domain;
  sender->fault_code = code;
  who = describe (self, sender);
  if (fault != NULL)
    amsel_pipeline_notice (self->pipeline, "meter %s: %s", who, fault->message);
  else
    amsel_pipeline_notice (self->pipeline, "meter %s: can be read again, after %u telegrams that could not",
                           who, n);
}

static AmselQuality
get_quality (AmselTelegram *telegram, const GError *fault)
{
  if (fault != NULL)
    return AMSEL_QUALITY_UNREADABLE;
  return amsel_telegram_get_more_follows (telegram) && amsel_telegram_get_n_records (telegram) == 0
             ? AMSEL_QUALITY_PARTIAL
             : AMSEL_QUALITY_GOOD;
}

static void
emit (AmselHearing *self, const AmselSender *sender, AmselTelegram *const *telegrams, gsize n_telegrams,
      const gchar *line, AmselQuality quality, const GError *fault)
{
  AmselFrame *frame = amsel_telegram_get_frame (telegrams[0]);
  AmselReadoutInfo info;
  gchar stranger[16];
  g_autoptr (AmselReadout) readout = NULL;

  g_snprintf (stranger, sizeof stranger, "%08X", sender->identity.id);
  amsel_pipeline_begin_info (self->pipeline, NULL, &info);
  info.line = line;
  info.meter = sender->watch != NULL ? amsel_meter_get_name (sender->watch->meter) : stranger;
  info.start_us = info.end_us = amsel_frame_get_received_us (frame);
  info.attempts = 1;
  info.quality = quality;
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

/* Keeps what must survive the program. What is wrong with that is said once. */
static void
save (AmselHearing *self)
{
  g_autoptr (GError) error = NULL;

  amsel_clock_clear_alarm (&self->save);
  amsel_protocol_save (amsel_pipeline_get_protocol (self->pipeline), &error);
  if (error != NULL && g_strcmp0 (error->message, self->not_saved) != 0)
    amsel_pipeline_notice (self->pipeline, "%s", error->message);
  g_free (self->not_saved);
  self->not_saved = error != NULL ? g_strdup (error->message) : NULL;
}

static gboolean
on_save (gpointer user_data)
{
  save (user_data);
  return G_SOURCE_REMOVE;
}

/* One alarm at a time stands, and only where there is something to keep. */
static void
save_later (AmselHearing *self)
{
  AmselClock *clock = amsel_pipeline_get_clock (self->pipeline);

  if (self->save == NULL
      && AMSEL_PROTOCOL_GET_CLASS (amsel_pipeline_get_protocol (self->pipeline))->save != NULL)
    self->save =
        amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock) + SAVE_AFTER_US, on_save, self);
}

/* Decodes a telegram; what is wrong with it is counted and said. The fault is that of the telegram, or error.
 */
static AmselTelegram *
decode (AmselHearing *self, AmselSender *sender, AmselFrame *frame, AmselQuality *quality,
        const GError **fault, GError **error)
{
  AmselTelegram *telegram =
      amsel_protocol_decode (amsel_pipeline_get_protocol (self->pipeline), frame,
                             sender->watch != NULL ? sender->watch->meter : NULL, error);

  if (telegram == NULL)
    telegram = amsel_telegram_new (frame, 1); /* its bytes are kept for a better decoder */
  *fault = *error != NULL ? *error : amsel_telegram_get_fault (telegram);
  *quality = get_quality (telegram, *fault);
  sender->n_unreadable += *fault != NULL ? 1 : 0;
  sender->encryption = (guint8) amsel_telegram_get_encryption (telegram);
  if (*quality != AMSEL_QUALITY_PARTIAL)
    say_fault (self, sender, *fault);
  save_later (self);
  return telegram;
}

/* Makes a readout of a telegram; of one that comes too soon for that, something to join the next one with.
 * One that is only the beginning of a message does not begin an interval. */
static void
take (AmselHearing *self, AmselSender *sender, AmselFrame *frame, gboolean too_soon, const gchar *line)
{
  g_autoptr (GError) error = NULL;
  const GError *fault;
  AmselQuality quality;
  g_autoptr (AmselTelegram) telegram = decode (self, sender, frame, &quality, &fault, &error);
  AmselTelegram *const *telegrams = &telegram;
  gsize n_telegrams = 1;

  if (self->rules->join_us > 0 && quality == AMSEL_QUALITY_GOOD)
    telegrams = join (self, &sender->identity, telegram, &n_telegrams);
  if (too_soon || (fault != NULL && is_too_soon (self, sender, sender->unread_us)))
    return;
  if (fault != NULL)
    sender->unread_us = get_now_us (self);
  else if (quality != AMSEL_QUALITY_PARTIAL)
    sender->read_us = get_now_us (self);
  emit (self, sender, telegrams, n_telegrams, line, quality, fault);
}

void
amsel_hearing_take (AmselHearing *self, AmselFrame *frame, const gchar *line)
{
  AmselSender *sender;
  gboolean too_soon;

  if (is_copy (self, frame))
    return;
  sender = find_sender (self, frame);
  note (sender, frame);
  end_silence (self, sender);
  too_soon = is_too_soon (self, sender, sender->read_us);
  if (sender->watch == NULL && (self->watches->len > 0 || self->rules->only_listed))
    sender->encryption = amsel_protocol_is_encrypted (amsel_pipeline_get_protocol (self->pipeline), frame)
                             ? AMSEL_ENCRYPTION_NO_KEY
                             : AMSEL_ENCRYPTION_NONE;
  else if (!too_soon || self->rules->join_us > 0)
    take (self, sender, frame, too_soon, line);
}

/* A meter has not been heard for too long: one readout without a telegram, and one sentence. */
static void
begin_silence (AmselHearing *self, AmselMeterWatch *watch, const gchar *who, gint64 since_us)
{
  gint64 since_s = since_us / G_USEC_PER_SEC;
  g_autofree gchar *message =
      g_strdup_printf ("meter %s: not heard for %" G_GINT64_FORMAT " s", who, since_s);
  AmselReadoutInfo info;
  g_autoptr (AmselReadout) readout = NULL;

  amsel_pipeline_notice (self->pipeline, "%s", message);
  amsel_pipeline_begin_info (self->pipeline, watch->meter, &info);
  readout = amsel_harvest_nothing (AMSEL_QUALITY_NO_READING, AMSEL_READ_ERROR_TIMEOUT, message, &info);
  amsel_pipeline_emit_readout (self->pipeline, readout);
}

/* Strangers may come and go. */
static void
look_at_sender (AmselSender *sender, gpointer user_data)
{
  AmselHearing *self = user_data;
  gint64 since_us = get_now_us (self) - sender->heard_us;
  g_autofree gchar *who = NULL;

  if (sender->watch == NULL || sender->is_silent || since_us < self->rules->silent_after_us)
    return;
  sender->is_silent = TRUE;
  who = describe (self, sender);
  begin_silence (self, sender->watch, who, since_us);
}

/* An entry of the list that nobody was heard of yet. */
static void
look_at_entry (AmselHearing *self, AmselMeterWatch *watch)
{
  gint64 now_us = get_now_us (self);

  if (watch->listed_us == 0)
    watch->listed_us = now_us;
  if (watch->is_heard || watch->silent > 0 || now_us - watch->listed_us < self->rules->silent_after_us)
    return;
  watch->silent = 1;
  begin_silence (self, watch, amsel_meter_get_name (watch->meter), now_us - watch->listed_us);
}

static void look_later (AmselHearing *self);

static void
look (AmselHearing *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    look_at_entry (self, g_ptr_array_index (self->watches, i));
  amsel_senders_foreach (self->senders, amsel_pipeline_get_protocol (self->pipeline), look_at_sender, self);
}

static gboolean
on_look (gpointer user_data)
{
  AmselHearing *self = user_data;

  amsel_clock_clear_alarm (&self->look);
  look (self);
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
  save (self); /* says what is wrong with what an earlier run has kept */
  if (self->rules->silent_after_us == 0 || self->look != NULL)
    return;
  look (self);
  look_later (self);
}

void
amsel_hearing_stop (AmselHearing *self)
{
  amsel_clock_clear_alarm (&self->look);
  if (self->save != NULL)
    save (self);
  if (self->n_copies > 0)
    amsel_pipeline_notice (self->pipeline, "%" G_GUINT64_FORMAT " copies of telegrams were left out",
                           self->n_copies);
  self->n_copies = 0;
}
