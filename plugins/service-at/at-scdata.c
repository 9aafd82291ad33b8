/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AT^SCDATA: the record memory, which is the store.
 *
 * Between a GET_OLDEST and the DEL_OLDEST that follows it, new records may push the oldest ones out. So a
 * session deletes from the record on that it was shown first: never one that it has not been shown because of
 * that. */
#include "at-filter.h"
#include "at-session-private.h"

/* Records read at once; between them others have their turn. */
#define PAGE 32

/* A listing while it goes on. */
typedef struct
{
  guint64 after; /* number of the last record looked at */
  guint64 last;  /* number of the last one that may be listed: what comes later is not */
  guint64 left;  /* how many may still be listed */
  gboolean has_filter;
  AtFilter filter;
} Listing;

static gboolean
fail (AtSession *self, const GError *error)
{
  at_terminal_problem (self->terminal, "%s: the record memory: %s", self->peer, error->message);
  return FALSE;
}

static void
list (AtSession *self, Listing *listing, const AmselReadout *readout)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (AtRecord) record = { 0 };

  listing->after = amsel_readout_get_sequence (readout);
  at_record_init (&record, readout);
  if (listing->has_filter && !at_filter_matches (&listing->filter, &record))
    return;
  listing->left--;
  at_record_write (&record, text);
  at_session_say (self, "%s", text->str);
}

static gboolean
list_page (AtSession *self, gpointer data)
{
  Listing *listing = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) readouts =
      amsel_store_read_after (at_terminal_get_store (self->terminal), listing->after,
                              (guint) MIN (listing->has_filter ? PAGE : listing->left, PAGE), &error);

  if (readouts == NULL)
    return fail (self, error);
  for (guint i = 0; i < readouts->len && listing->left > 0; i++)
    {
      const AmselReadout *readout = g_ptr_array_index (readouts, i);

      if (amsel_readout_get_sequence (readout) > listing->last)
        return FALSE;
      list (self, listing, readout);
    }
  return readouts->len > 0 && listing->left > 0;
}

static AtResult
begin_listing (AtSession *self, guint64 left, const AtFilter *filter)
{
  AmselStore *store = at_terminal_get_store (self->terminal);
  Listing *listing = g_new0 (Listing, 1);

  listing->left = left;
  listing->last = amsel_store_get_last_sequence (store);
  listing->has_filter = filter != NULL;
  if (filter != NULL)
    listing->filter = *filter;
  return at_session_begin_pump (self, list_page, listing, g_free);
}

/* The optional number of records: one where it is not given. */
static gboolean
get_count (const AtCommand *command, guint64 *out)
{
  *out = 1;
  return command->n_args == 1
         || (command->n_args == 2 && at_command_get_number (command, 1, 1, G_MAXUINT32, out));
}

static AtResult
get_oldest (AtSession *self, const AtCommand *command)
{
  guint64 count;

  if (!get_count (command, &count))
    return AT_RESULT_ERROR;
  self->listed = amsel_store_get_first_sequence (at_terminal_get_store (self->terminal));
  return begin_listing (self, count, NULL);
}

static AtResult
get_filtered (AtSession *self, const AtCommand *command)
{
  const gchar *text = at_command_get_text (command, 1, 0, AT_FILTER_TEXT_MAX);
  g_autofree AtFilter *filter = g_new0 (AtFilter, 1);

  if (command->n_args != 2 || text == NULL || !command->args[1].quoted || !at_filter_parse (filter, text))
    return AT_RESULT_ERROR;
  return begin_listing (self, G_MAXUINT64, filter);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AtSession) self = user_data;
  g_autoptr (GError) error = NULL;

  amsel_store_delete_finish (AMSEL_STORE (source), result, &error);
  if (error != NULL && !self->is_closed)
    fail (self, error);
  at_session_finish (self, error == NULL ? AT_RESULT_OK : AT_RESULT_ERROR);
}

/* OK comes when they are gone for good. */
static AtResult
delete_up_to (AtSession *self, guint64 sequence)
{
  amsel_store_delete_async (at_terminal_get_store (self->terminal), sequence, on_deleted,
                            at_session_ref (self));
  return AT_RESULT_PENDING;
}

static AtResult
delete_oldest (AtSession *self, const AtCommand *command)
{
  guint64 first = amsel_store_get_first_sequence (at_terminal_get_store (self->terminal));
  guint64 count;

  if (!get_count (command, &count))
    return AT_RESULT_ERROR;
  if (self->listed != 0)
    first = self->listed;
  if (first == 0)
    return AT_RESULT_OK;
  if (self->listed != 0)
    self->listed = first + count;
  return delete_up_to (self, first + count - 1);
}

static AtResult
get_space (AtSession *self)
{
  g_autoptr (GError) error = NULL;
  gint64 n_bytes;

  if (!amsel_store_get_space (at_terminal_get_store (self->terminal), &n_bytes, &error))
    {
      fail (self, error);
      return AT_RESULT_ERROR;
    }
  at_session_say (self, "^SCDATA: \"GET_SPACE\",%" G_GINT64_FORMAT, n_bytes >= 0 ? n_bytes : G_MAXINT64);
  return AT_RESULT_OK;
}

static AtResult
count_records (AtSession *self)
{
  at_session_say (self, "^SCDATA: \"MESS_CNT\",%" G_GUINT64_FORMAT,
                  amsel_store_get_n_stored (at_terminal_get_store (self->terminal)));
  return AT_RESULT_OK;
}

static AtResult
test (AtSession *self)
{
  at_session_say (self, "^SCDATA: \"MESS_CNT\"");
  at_session_say (self, "^SCDATA: \"GET_SPACE\"");
  at_session_say (self, "^SCDATA: \"GET_OLDEST\"");
  at_session_say (self, "^SCDATA: \"GET_FILTERED\",\"0-%d\"", AT_FILTER_TEXT_MAX);
  at_session_say (self, "^SCDATA: \"DEL_OLDEST\"");
  at_session_say (self, "^SCDATA: \"DEL_ALL\"");
  return AT_RESULT_OK;
}

static AtResult
read_state (AtSession *self)
{
  count_records (self);
  return get_space (self);
}

AtResult
at_command_scdata (AtSession *self, const AtCommand *command)
{
  if (command->form == AT_FORM_TEST)
    return test (self);
  if (command->form == AT_FORM_READ)
    return read_state (self);
  if (command->form != AT_FORM_WRITE)
    return AT_RESULT_ERROR;
  if (at_command_is (command, 0, "GET_OLDEST"))
    return get_oldest (self, command);
  if (at_command_is (command, 0, "GET_FILTERED"))
    return get_filtered (self, command);
  if (at_command_is (command, 0, "DEL_OLDEST"))
    return delete_oldest (self, command);
  if (command->n_args != 1)
    return AT_RESULT_ERROR;
  if (at_command_is (command, 0, "MESS_CNT"))
    return count_records (self);
  if (at_command_is (command, 0, "GET_SPACE"))
    return get_space (self);
  if (at_command_is (command, 0, "DEL_ALL"))
    return delete_up_to (self, G_MAXUINT64);
  return AT_RESULT_ERROR;
}
