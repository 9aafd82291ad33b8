/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outcome of reading one meter once. */
#include "amsel-readout.h"

#include <string.h>

struct _AmselReadout
{
  gatomicrefcount refs;
  guint64 sequence;
  AmselReadoutInfo info; /* its strings lie behind the telegrams */
  gsize n_telegrams;
  AmselTelegram *telegrams[]; /* (owned) */
};

G_DEFINE_BOXED_TYPE (AmselReadout, amsel_readout, amsel_readout_ref, amsel_readout_unref)

G_DEFINE_ENUM_TYPE (AmselQuality, amsel_quality, G_DEFINE_ENUM_VALUE (AMSEL_QUALITY_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUALITY_GOOD, "good"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUALITY_PARTIAL, "partial"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUALITY_UNREADABLE, "unreadable"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUALITY_NO_READING, "no-reading"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUALITY_SUSPENDED, "suspended"),
                    G_DEFINE_ENUM_VALUE (AMSEL_QUALITY_MISSED, "missed"))

static const gchar *const QUALITY_NAMES[] = {
  [AMSEL_QUALITY_NONE] = "none",
  [AMSEL_QUALITY_GOOD] = "good",
  [AMSEL_QUALITY_PARTIAL] = "partial",
  [AMSEL_QUALITY_UNREADABLE] = "unreadable",
  [AMSEL_QUALITY_NO_READING] = "no-reading",
  [AMSEL_QUALITY_SUSPENDED] = "suspended",
  [AMSEL_QUALITY_MISSED] = "missed",
};

/**
 * amsel_quality_get_name:
 * @quality: one of the enumeration
 *
 * Returns: (transfer none): its name, such as "good"
 */
const gchar *
amsel_quality_get_name (AmselQuality quality)
{
  return QUALITY_NAMES[(guint) quality < G_N_ELEMENTS (QUALITY_NAMES) ? quality : 0];
}

static gsize
text_size (const gchar *text)
{
  return text != NULL ? strlen (text) + 1 : 0;
}

/* Copies text to where *room points, and moves that on. */
static const gchar *
place (const gchar *text, gchar **room)
{
  gchar *placed = *room;

  if (text == NULL)
    return NULL;
  *room = g_stpcpy (placed, text) + 1;
  return placed;
}

/**
 * amsel_readout_new: (skip)
 * @info: what is known besides the telegrams; its strings are copied
 * @telegrams: (array length=n_telegrams) (nullable): telegrams, of which references are taken
 * @n_telegrams: how many
 * @sequence: the store's number of this readout; 0 before it is stored
 *
 * Returns: (transfer full): a readout
 */
AmselReadout *
amsel_readout_new (const AmselReadoutInfo *info, AmselTelegram *const *telegrams, gsize n_telegrams,
                   guint64 sequence)
{
  gsize texts = text_size (info->pipeline) + text_size (info->line) + text_size (info->meter)
                + text_size (info->protocol) + text_size (info->error_domain)
                + text_size (info->error_message);
  AmselReadout *self = g_malloc (sizeof *self + n_telegrams * sizeof self->telegrams[0] + texts);
  gchar *room = (gchar *) &self->telegrams[n_telegrams];

  g_atomic_ref_count_init (&self->refs);
  self->sequence = sequence;
  self->info = *info;
  self->info.pipeline = place (info->pipeline, &room);
  self->info.line = place (info->line, &room);
  self->info.meter = place (info->meter, &room);
  self->info.protocol = place (info->protocol, &room);
  self->info.error_domain = place (info->error_domain, &room);
  self->info.error_message = place (info->error_message, &room);
  self->n_telegrams = n_telegrams;
  for (gsize i = 0; i < n_telegrams; i++)
    self->telegrams[i] = amsel_telegram_ref (telegrams[i]);
  return self;
}

/**
 * amsel_readout_ref:
 * @self: a readout
 *
 * Returns: (transfer full): @self
 */
AmselReadout *
amsel_readout_ref (AmselReadout *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * amsel_readout_unref:
 * @self: (transfer full): a readout
 */
void
amsel_readout_unref (AmselReadout *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (gsize i = 0; i < self->n_telegrams; i++)
    amsel_telegram_unref (self->telegrams[i]);
  g_free (self);
}

/**
 * amsel_readout_get_info: (skip)
 * @self: a readout
 *
 * Returns: (transfer none): what is known besides the telegrams
 */
const AmselReadoutInfo *
amsel_readout_get_info (const AmselReadout *self)
{
  return &self->info;
}

/**
 * amsel_readout_get_sequence:
 * @self: a readout
 *
 * Returns: its number in the store, which rises by one from readout to readout; 0 before it is stored
 */
guint64
amsel_readout_get_sequence (const AmselReadout *self)
{
  return self->sequence;
}

/**
 * amsel_readout_get_telegrams: (skip)
 * @self: a readout
 * @n_telegrams: (out): how many
 *
 * Returns: (transfer none) (array length=n_telegrams): the telegrams, in the order they came; where earlier
 * ones were joined to a telegram (amsel_readout_is_joined()), the newest is the first
 */
AmselTelegram *const *
amsel_readout_get_telegrams (const AmselReadout *self, gsize *n_telegrams)
{
  *n_telegrams = self->n_telegrams;
  return self->telegrams;
}

/**
 * amsel_readout_is_joined:
 * @self: a readout
 * @index: number of one of its telegrams, from 0
 *
 * Tells a telegram that came for this readout from one that came before it began and was joined to it,
 * because the meter spreads its values over several kinds of telegrams. The values of such a one are older:
 * they were taken when its frame was received. It has only those that no later telegram of the readout has.
 *
 * Returns: whether the telegram was joined
 */
gboolean
amsel_readout_is_joined (const AmselReadout *self, guint index)
{
  gint64 received_us;

  if (index == 0 || index >= self->n_telegrams || self->info.start_us == 0)
    return FALSE;
  received_us = amsel_frame_get_received_us (amsel_telegram_get_frame (self->telegrams[index]));
  return received_us != 0 && received_us <= self->info.start_us;
}

/**
 * amsel_readout_get_identity:
 * @self: a readout
 *
 * Returns: (transfer none) (nullable): who the meter says it is; %NULL where no telegram came
 */
const AmselIdentity *
amsel_readout_get_identity (const AmselReadout *self)
{
  return self->n_telegrams > 0 ? amsel_telegram_get_identity (self->telegrams[0]) : NULL;
}

/**
 * amsel_readout_get_meter_time:
 * @self: a readout
 * @out_date: (out caller-allocates): the meter's own time
 *
 * Finds the meter's own clock among the readings: a present date and time, or else a present date. What it
 * said in a telegram that was joined is not its time any more.
 *
 * Returns: whether the meter sent its time
 */
gboolean
amsel_readout_get_meter_time (const AmselReadout *self, AmselDate *out_date)
{
  gboolean found = FALSE;

  for (guint i = 0; i < self->n_telegrams && !amsel_readout_is_joined (self, i); i++)
    {
      gsize n;
      const AmselRecord *records = amsel_telegram_get_records (self->telegrams[i], &n);

      for (gsize k = 0; k < n; k++)
        {
          const AmselRecord *r = &records[k];

          if (r->kind != AMSEL_VALUE_DATE || r->storage != 0 || r->tariff != 0 || r->n_modifiers != 0
              || r->function != AMSEL_FUNCTION_INSTANTANEOUS)
            continue;
          if (r->quantity != AMSEL_QUANTITY_DATE_TIME && (found || r->quantity != AMSEL_QUANTITY_DATE))
            continue;
          *out_date = r->date;
          found = TRUE;
          if (r->quantity == AMSEL_QUANTITY_DATE_TIME)
            return TRUE;
        }
    }
  return found;
}

/**
 * amsel_readout_get_meter:
 * @self: a readout
 *
 * Returns: (transfer none): name of the meter in the configuration
 */
const gchar *
amsel_readout_get_meter (const AmselReadout *self)
{
  return self->info.meter;
}

/**
 * amsel_readout_get_pipeline:
 * @self: a readout
 *
 * Returns: (transfer none) (nullable): name of the pipeline
 */
const gchar *
amsel_readout_get_pipeline (const AmselReadout *self)
{
  return self->info.pipeline;
}

/**
 * amsel_readout_get_line:
 * @self: a readout
 *
 * Returns: (transfer none) (nullable): name of the line
 */
const gchar *
amsel_readout_get_line (const AmselReadout *self)
{
  return self->info.line;
}

/**
 * amsel_readout_get_slot_us:
 * @self: a readout
 *
 * Returns: the moment of the schedule that this is for, wall-clock microseconds; 0 for none
 */
gint64
amsel_readout_get_slot_us (const AmselReadout *self)
{
  return self->info.slot_us;
}

/**
 * amsel_readout_get_start_us:
 * @self: a readout
 *
 * Returns: when the first request was sent, wall-clock microseconds; 0 where none was
 */
gint64
amsel_readout_get_start_us (const AmselReadout *self)
{
  return self->info.start_us;
}

/**
 * amsel_readout_get_origin:
 * @self: a readout
 *
 * Returns: number that it had where it was collected from; 0 for one that was read here
 */
guint64
amsel_readout_get_origin (const AmselReadout *self)
{
  return self->info.origin;
}

/**
 * amsel_readout_get_end_us:
 * @self: a readout
 *
 * Returns: when the last byte came or waiting ended, wall-clock microseconds
 */
gint64
amsel_readout_get_end_us (const AmselReadout *self)
{
  return self->info.end_us;
}

/**
 * amsel_readout_get_quality:
 * @self: a readout
 *
 * Returns: how far it can be trusted
 */
AmselQuality
amsel_readout_get_quality (const AmselReadout *self)
{
  return self->info.quality;
}

/**
 * amsel_readout_get_error_message:
 * @self: a readout
 *
 * Returns: (transfer none) (nullable): why there is no reading
 */
const gchar *
amsel_readout_get_error_message (const AmselReadout *self)
{
  return self->info.error_message;
}

/**
 * amsel_readout_get_error_code:
 * @self: a readout
 *
 * Returns: code of the error; for wired M-Bus the number of the AMS table; 0 for none
 */
gint
amsel_readout_get_error_code (const AmselReadout *self)
{
  return self->info.error_code;
}

/**
 * amsel_readout_get_n_telegrams:
 * @self: a readout
 *
 * Returns: how many telegrams it has
 */
guint
amsel_readout_get_n_telegrams (const AmselReadout *self)
{
  return (guint) self->n_telegrams;
}

/**
 * amsel_readout_get_telegram:
 * @self: a readout
 * @index: number of a telegram, from 0
 *
 * Returns: (transfer none) (nullable): the telegram; %NULL where there are not so many
 */
AmselTelegram *
amsel_readout_get_telegram (const AmselReadout *self, guint index)
{
  return index < self->n_telegrams ? self->telegrams[index] : NULL;
}

/**
 * amsel_readout_get_n_readings:
 * @self: a readout
 *
 * Returns: how many values it has, over all telegrams
 */
guint
amsel_readout_get_n_readings (const AmselReadout *self)
{
  guint n = 0;

  for (gsize i = 0; i < self->n_telegrams; i++)
    n += amsel_telegram_get_n_records (self->telegrams[i]);
  return n;
}
