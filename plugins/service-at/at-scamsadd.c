/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AT^SCAMSADD: finds the meters of a line and fills the table with them.
 *
 * First the record memory and the table are emptied, as it is documented. Then the line is searched, at one
 * baud rate, by secondary addresses. Nothing is shown meanwhile, since a program that waits for the answer
 * would not understand it; any key ends the search. What was found is entered by its secondary address, in
 * the order of primary addresses, and read from the next slot on. */
#include "at-record.h"
#include "at-session-private.h"

typedef struct
{
  AtSession *session;   /* (owned) */
  AtTerminal *terminal; /* (owned) */
  AmselSearch *search;  /* (owned) (nullable) */
  guint port;
  guint baud;
  const gchar *interval; /* (unowned): static */
  guint expected;
  gboolean is_aborted;
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->search);
  at_session_unref (job->session);
  at_terminal_unref (job->terminal);
  g_free (job);
}

static gint
compare_found (gconstpointer a, gconstpointer b)
{
  const AmselFound *one = *(const AmselFound *const *) a;
  const AmselFound *other = *(const AmselFound *const *) b;

  if (one->identity.address != other->identity.address)
    return one->identity.address < other->identity.address ? -1 : 1;
  return one->identity.id < other->identity.id ? -1 : one->identity.id > other->identity.id;
}

/* What waits may be the next search: this one is over before its answer is given. */
static void
answer (Job *job, gint code, guint n, const gchar *list)
{
  job->terminal->is_searching = FALSE;
  at_session_say (job->session, "^SCAMSADD: %d,%u,\"%s\"", code, n, list);
  at_session_finish (job->session, AT_RESULT_OK);
}

/* Fills the table, up to its end, and lists all: "0,08031768;1,15020416". */
static gchar *
enter_found (Job *job, GPtrArray *found)
{
  GString *list = g_string_new (NULL);
  GPtrArray *meters = job->terminal->state->meters;

  g_ptr_array_sort (found, compare_found);
  for (guint i = 0; i < found->len; i++)
    {
      const AmselFound *one = g_ptr_array_index (found, i);
      g_autofree gchar *address = g_strdup_printf ("*%08X@%u", one->identity.id, job->baud);

      g_string_append_printf (list, "%s%d,%08X", i > 0 ? ";" : "", MAX (one->identity.address, 0),
                              one->identity.id);
      if (meters->len < AT_METERS_MAX)
        g_ptr_array_add (meters, at_meter_new (job->port, "MBUS", address, job->interval));
      else
        at_terminal_problem (job->terminal, "the table is full: meter %08X is not entered", one->identity.id);
    }
  return g_string_free (list, FALSE);
}

/* The number of the AMS table for how the search ended. */
static gint
get_code (const Job *job, const GError *error, guint n)
{
  if (job->is_aborted)
    return AT_AMS_STOPPED;
  if (error != NULL)
    return at_record_get_ams_code (g_quark_to_string (error->domain), error->code);
  return n == job->expected ? AT_AMS_OK : AT_AMS_DIFFERENT_NUMBER;
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autofree gchar *list = NULL;
  GPtrArray *all = amsel_search_get_found (job->search);
  gint code;

  amsel_controller_search_finish (AMSEL_CONTROLLER (source), result, &error);
  if (job->terminal->is_stopped)
    {
      job_free (job);
      return;
    }
  /* two meters that cannot be told apart, or a line that went away: nothing of it can be relied on */
  for (guint i = 0; (error == NULL || job->is_aborted) && i < all->len; i++)
    g_ptr_array_add (found, g_ptr_array_index (all, i));
  code = get_code (job, error, found->len);
  list = enter_found (job, found);
  if (error != NULL && !job->is_aborted)
    at_terminal_problem (job->terminal, "search on port %u: %s", job->port, error->message);
  job->terminal->state->enabled = TRUE;
  at_terminal_commit (job->terminal);
  at_terminal_notice (job->terminal, "search on port %u: %u meters found", job->port, found->len);
  answer (job, code, found->len, list);
  job_free (job);
}

static void
abort_search (AtSession *session)
{
  Job *job = session->job;

  job->is_aborted = TRUE;
  if (job->search != NULL)
    amsel_search_abort (job->search);
}

/* The options that the search of this protocol has. */
static void
set_bauds (AmselSearch *search, guint baud)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (search);
  g_autofree gchar *text = g_strdup_printf ("%u", baud);
  const gchar *const bauds[] = { text, NULL };

  if (g_object_class_find_property (klass, "bauds") != NULL)
    g_object_set (search, "bauds", bauds, NULL);
}

static void
begin_search (Job *job)
{
  AtTerminal *terminal = job->terminal;
  const gchar *pipeline = at_terminal_find_pipeline (terminal, job->port, "MBUS");
  g_autoptr (GError) error = NULL;

  job->search =
      amsel_protocol_search (amsel_controller_get_protocol (terminal->controller, pipeline), &error);
  if (job->search == NULL)
    {
      answer (job, at_record_get_ams_code (g_quark_to_string (error->domain), error->code), 0, "");
      job_free (job);
      return;
    }
  set_bauds (job->search, job->baud);
  if (job->is_aborted)
    amsel_search_abort (job->search);
  amsel_controller_search_async (terminal->controller, pipeline, job->search, NULL, on_searched, job);
}

static void
on_emptied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  g_autoptr (GError) error = NULL;

  amsel_store_delete_finish (AMSEL_STORE (source), result, &error);
  if (error == NULL && !job->terminal->is_stopped)
    {
      begin_search (job);
      return;
    }
  if (!job->terminal->is_stopped)
    at_terminal_problem (job->terminal, "the record memory cannot be emptied: %s", error->message);
  job->terminal->is_searching = FALSE;
  at_session_finish (job->session, AT_RESULT_ERROR);
  job_free (job);
}

/* Empties table and memory, then searches. */
static AtResult
begin (AtSession *self, const Job *wanted)
{
  AtTerminal *terminal = self->terminal;
  Job *job;

  g_ptr_array_set_size (terminal->state->meters, 0);
  if (!at_terminal_commit (terminal))
    return AT_RESULT_ERROR;
  job = g_memdup2 (wanted, sizeof *wanted);
  job->session = at_session_ref (self);
  job->terminal = at_terminal_ref (terminal);
  terminal->is_searching = TRUE;
  self->job = job;
  self->on_key = abort_search;
  amsel_store_delete_async (at_terminal_get_store (terminal), G_MAXUINT64, on_emptied, job);
  return AT_RESULT_PENDING;
}

static gboolean
parse (AtSession *self, const AtCommand *command, Job *job, const gchar **protocol)
{
  const gchar *name = at_command_get_text (command, 1, 1, AT_TEXT_MAX);
  guint64 port, expected;

  if (command->n_args != 5 || name == NULL || !at_command_get_number (command, 0, 1, AT_PORT_MAX, &port)
      || !at_command_get_number (command, 4, 0, 250, &expected))
    return FALSE;
  *protocol = at_protocol_parse (name);
  job->port = (guint) port;
  job->expected = (guint) expected;
  job->interval = at_interval_parse (command->args[3].text);
  if (at_command_is (command, 2, "DEFAULT"))
    job->baud = port <= AT_N_PORTS ? self->terminal->state->ports[port - 1].baud : 2400;
  else
    job->baud = at_baud_parse (command->args[2].text);
  return *protocol != NULL && job->interval != NULL && job->baud != 0;
}

AtResult
at_command_scamsadd (AtSession *self, const AtCommand *command)
{
  const gchar *protocol = NULL;
  Job job = { 0 };

  if (command->form == AT_FORM_TEST)
    {
      at_session_say (self, "^SCAMSADD: 1-%d,\"%d\"|1-%d,\"DEFAULT\"|300-38400,\"3\",0-250", AT_PORT_MAX,
                      AT_TEXT_MAX, AT_PORT_MAX);
      return AT_RESULT_OK;
    }
  if (command->form != AT_FORM_WRITE || self->terminal->is_searching
      || !parse (self, command, &job, &protocol))
    return AT_RESULT_ERROR;
  if (at_terminal_find_pipeline (self->terminal, job.port, protocol) == NULL)
    {
      at_session_say (self, "^SCAMSADD: %d,0,\"\"", AT_AMS_WRONG_PORT);
      return AT_RESULT_OK;
    }
  return begin (self, &job);
}
