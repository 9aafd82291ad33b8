/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GET_OLDEST, store, DEL_OLDEST.
 *
 * The memory of a terminal is a ring: while records travel, it may drop the oldest and so move under them.
 * Therefore the oldest record is looked at once more before anything is deleted, and only what was stored of
 * those that are still there goes. What was stored already, but not deleted because somebody was killed in
 * between, is known by its number: it is not stored twice. */
#include "smartcom-collect.h"

#include <string.h>

/* What identifies a record that was received. */
typedef struct
{
  guint64 sequence; /* 0 where it had none that could be read */
  guint hash;       /* of its line */
} Mark;

struct _SmartcomCollect
{
  const SmartcomCollectContext *context;
  SmartcomTerminal *terminal; /* (owned) */
  GArray *marks;              /* (owned) (element-type Mark): of the batch, in order */
  GPtrArray *readouts;        /* (owned) (element-type AmselReadout): those that are new */
  guint64 position;           /* as it will be when they are stored */
  gint64 position_us;
  gint first_left;  /* of the batch at the terminal: index of the oldest; -1 for none */
  guint n_answered; /* records in the answer to the last look */
  guint n_records;  /* stored, in all */
  guint n_repeats;  /* batches in a row of which nothing was new */
};

static void ask_oldest (SmartcomCollect *self);

/* Ends the collection. */
static void
finish (SmartcomCollect *self, const GError *error)
{
  const SmartcomCollectContext *context = self->context;
  SmartcomTerminal *terminal = self->terminal;
  guint n_records = self->n_records;

  g_array_unref (self->marks);
  g_ptr_array_unref (self->readouts);
  g_free (self);
  context->done (terminal, error, n_records, context->user_data);
  g_object_unref (terminal);
}

static void
finish_with (SmartcomCollect *self, SmartcomError code, const gchar *message)
{
  g_autoptr (GError) error = g_error_new_literal (SMARTCOM_ERROR, (gint) code, message);

  finish (self, error);
}

/* Something is wrong with a record, but the terminal is still listened to. */
static void
complain (SmartcomCollect *self, GError *error)
{
  self->context->problem (self->terminal, error, self->context->user_data);
  g_error_free (error);
}

/* Whether a record was stored before. One whose number goes back while time goes on is new: the terminal has
 * begun to count again. */
static gboolean
is_stored (SmartcomCollect *self, const SmartcomRecord *record)
{
  gint64 time_us = record->time_s * G_USEC_PER_SEC;

  if (record->sequence > self->position)
    return FALSE;
  return time_us <= self->position_us;
}

static void
note_gap (SmartcomCollect *self, const SmartcomRecord *record)
{
  g_autofree gchar *message = NULL;

  if (self->position != 0 && record->sequence > self->position + 1)
    message = g_strdup_printf ("%" G_GUINT64_FORMAT " records before number %" G_GUINT64_FORMAT
                               " are no longer in its memory",
                               record->sequence - self->position - 1, record->sequence);
  else if (self->position != 0 && record->sequence <= self->position)
    message = g_strdup_printf ("it counts again, from number %" G_GUINT64_FORMAT " after %" G_GUINT64_FORMAT,
                               record->sequence, self->position);
  if (message != NULL)
    self->context->notice (self->terminal, message, self->context->user_data);
}

/* A record of a meter that is not where the table says: the table has changed since it was read. Position 0
 * is that of meters that are in no table. */
static gboolean
is_strange (SmartcomCollect *self, const SmartcomRecord *record, const AmselReadout *readout)
{
  const SmartcomEntry *entry = smartcom_terminal_find_meter (self->terminal, record->index);
  g_autofree gchar *id = entry != NULL ? smartcom_entry_dup_id (entry) : NULL;

  if (record->kind != SMARTCOM_RECORD_AMS || record->index == 0)
    return FALSE;
  return entry == NULL
         || (id != NULL && amsel_readout_get_quality (readout) == AMSEL_QUALITY_GOOD
             && !g_str_equal (id, amsel_readout_get_meter (readout)));
}

static void
add_sound (SmartcomCollect *self, const SmartcomRecord *record)
{
  gboolean stored = is_stored (self, record);
  AmselReadout *readout;

  /* the oldest come first: behind a new one there is none that was stored */
  if (stored && self->readouts->len > 0)
    complain (self, g_error_new (SMARTCOM_ERROR, SMARTCOM_ERROR_SEQUENCE,
                                 "record %" G_GUINT64_FORMAT " comes after record %" G_GUINT64_FORMAT
                                 " and is not taken",
                                 record->sequence, self->position));
  if (stored)
    return;
  note_gap (self, record);
  self->position = record->sequence;
  self->position_us = record->time_s * G_USEC_PER_SEC;
  readout = smartcom_decoder_decode (self->context->decoder, self->terminal, record);
  g_ptr_array_add (self->readouts, readout);
  if (is_strange (self, record, readout))
    self->terminal->stale = TRUE;
}

/* Half a record, or none at all: its bytes are kept, since it is going to be deleted there. */
static void
add_malformed (SmartcomCollect *self, SmartcomRecord *record, const gchar *line, GError *error)
{
  if (record->sequence != 0 && is_stored (self, record))
    {
      g_error_free (error);
      return;
    }
  if (record->sequence > self->position)
    {
      self->position = record->sequence;
      self->position_us = record->time_s * G_USEC_PER_SEC;
    }
  else
    record->sequence = 0; /* not to be taken for one that was stored */
  if (record->time_s == 0)
    record->time_s = self->position_us / G_USEC_PER_SEC;
  g_ptr_array_add (self->readouts,
                   smartcom_decoder_keep (self->context->decoder, self->terminal, record, line, error));
  complain (self, error);
}

static gboolean
on_oldest_line (const gchar *line, gpointer user_data, GError **error)
{
  SmartcomCollect *self = user_data;
  SmartcomRecord record;
  GError *fault = NULL;
  Mark mark;

  if (!smartcom_record_is (line))
    return TRUE; /* something that is told by itself */
  if (self->marks->len >= self->context->batch)
    {
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_COUNT, "it gives more records than the %u asked for",
                   self->context->batch);
      return FALSE;
    }
  if (smartcom_record_parse (line, &record, &fault))
    add_sound (self, &record);
  else
    add_malformed (self, &record, line, fault);
  mark = (Mark){ record.sequence, g_str_hash (line) };
  g_array_append_val (self->marks, mark);
  smartcom_record_clear (&record);
  return TRUE;
}

static void
on_deleted (const GError *error, gpointer user_data)
{
  SmartcomCollect *self = user_data;

  if (error != NULL)
    finish (self, error);
  else if (self->marks->len < self->context->batch)
    finish (self, NULL);
  else
    ask_oldest (self);
}

static gboolean
on_check_line (const gchar *line, gpointer user_data, GError **error G_GNUC_UNUSED)
{
  SmartcomCollect *self = user_data;
  SmartcomRecord record;
  guint hash = g_str_hash (line);

  if (!smartcom_record_is (line) || self->n_answered++ > 0)
    return TRUE;
  smartcom_record_parse (line, &record, NULL);
  for (guint i = 0; i < self->marks->len && self->first_left < 0; i++)
    if (g_array_index (self->marks, Mark, i).hash == hash
        && g_array_index (self->marks, Mark, i).sequence == record.sequence)
      self->first_left = (gint) i;
  smartcom_record_clear (&record);
  return TRUE;
}

static void
on_checked (const GError *error, gpointer user_data)
{
  SmartcomCollect *self = user_data;
  g_autofree gchar *command = NULL;

  if (error != NULL)
    {
      finish (self, error);
      return;
    }
  if (self->first_left < 0)
    {
      on_deleted (NULL, self); /* its ring has dropped all of them by itself */
      return;
    }
  command = g_strdup_printf ("AT^SCDATA=\"DEL_OLDEST\",%u", self->marks->len - (guint) self->first_left);
  smartcom_session_ask (self->terminal->session, command, NULL, on_deleted, self);
}

static void
on_stored (gboolean stored, gpointer user_data)
{
  SmartcomCollect *self = user_data;

  if (!stored)
    {
      self->terminal->position_known = FALSE;
      finish_with (self, SMARTCOM_ERROR_NOT_STORED, "its records could not be stored, and stay there");
      return;
    }
  self->n_records += self->readouts->len;
  if (self->terminal->session == NULL)
    {
      finish_with (self, SMARTCOM_ERROR_OFFLINE, "it went away before its records could be deleted");
      return;
    }
  self->first_left = -1;
  self->n_answered = 0;
  smartcom_session_ask (self->terminal->session, "AT^SCDATA=\"GET_OLDEST\",1", on_check_line, on_checked,
                        self);
}

/* The whole batch is here: it goes into the store. An answer that was broken off never gets so far. */
static void
on_oldest (const GError *error, gpointer user_data)
{
  SmartcomCollect *self = user_data;

  if (error != NULL || self->marks->len == 0)
    {
      finish (self, error);
      return;
    }
  self->n_repeats = self->readouts->len > 0 ? 0 : self->n_repeats + 1;
  if (self->n_repeats > 2)
    {
      finish_with (self, SMARTCOM_ERROR_COUNT, "what is deleted in its memory stays there");
      return;
    }
  for (guint i = 0; i < self->readouts->len; i++)
    self->context->readout (g_ptr_array_index (self->readouts, i), self->context->user_data);
  self->terminal->position = self->position;
  self->terminal->position_us = self->position_us;
  smartcom_barrier_wait (self->context->barrier, on_stored, self);
}

static void
ask_oldest (SmartcomCollect *self)
{
  g_autofree gchar *command = g_strdup_printf ("AT^SCDATA=\"GET_OLDEST\",%u", self->context->batch);

  g_array_set_size (self->marks, 0);
  g_ptr_array_set_size (self->readouts, 0);
  smartcom_session_ask (self->terminal->session, command, on_oldest_line, on_oldest, self);
}

/* How far it had come: from the store, once. */
static gboolean
find_position (SmartcomCollect *self, GError **error)
{
  SmartcomTerminal *terminal = self->terminal;

  if (!terminal->position_known
      && !amsel_store_get_origin (self->context->store, self->context->source, terminal->serial,
                                  &terminal->position, &terminal->position_us, error))
    return FALSE;
  terminal->position_known = TRUE;
  self->position = terminal->position;
  self->position_us = terminal->position_us;
  return TRUE;
}

void
smartcom_collect_begin (const SmartcomCollectContext *context, SmartcomTerminal *terminal)
{
  SmartcomCollect *self = g_new0 (SmartcomCollect, 1);
  g_autoptr (GError) error = NULL;

  self->context = context;
  self->terminal = g_object_ref (terminal);
  self->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  self->readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  if (find_position (self, &error))
    ask_oldest (self);
  else
    finish (self, error);
}
