/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What operators may do with terminals. What takes time is an action with a number, whose result is asked for
 * later. */
#include "smartcom-server-private.h"

#include <string.h>

/* Results that are remembered, and the longest one. */
#define ACTIONS_MAX 200
#define RESULT_MAX  (64 * 1024)

#define RESULT_RUNNING "Running"

/* A command of an operator on its way. */
typedef struct
{
  SmartcomServer *server; /* (unowned) */
  GCancellable *alive;    /* (owned): of the server */
  guint64 action;
  GString *answer; /* (owned) */
} Question;

static guint64
begin_action (SmartcomServer *self)
{
  guint64 action = smartcom_list_next_action (self->list);
  guint64 *oldest;

  smartcom_operator_finish (self, action, g_strdup (RESULT_RUNNING));
  g_queue_push_tail (&self->actions, g_memdup2 (&action, sizeof action));
  if (self->actions.length > ACTIONS_MAX)
    {
      oldest = g_queue_pop_head (&self->actions);
      g_hash_table_remove (self->results, oldest);
      g_free (oldest);
    }
  smartcom_server_touch (self);
  return action;
}

void
smartcom_operator_finish (SmartcomServer *self, guint64 action, gchar *result)
{
  g_hash_table_replace (self->results, g_memdup2 (&action, sizeof action), result);
}

const gchar *
smartcom_server_get_result (SmartcomServer *self, guint64 action)
{
  return g_hash_table_lookup (self->results, &action);
}

static SmartcomTerminal *
find (SmartcomServer *self, guint id, gboolean online, GError **error)
{
  SmartcomTerminal *terminal = smartcom_list_get (self->list, id);

  if (terminal == NULL)
    g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_UNKNOWN_TERMINAL, "there is no terminal number %u",
                 id);
  else if (online && terminal->session == NULL)
    {
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_OFFLINE, "terminal %s is offline", terminal->serial);
      return NULL;
    }
  return terminal;
}

guint64
smartcom_server_sync (SmartcomServer *self, guint id, GError **error)
{
  SmartcomTerminal *terminal = find (self, id, TRUE, error);

  if (terminal == NULL)
    return 0;
  /* one that runs already answers this one, too */
  if (terminal->action == 0)
    terminal->action = begin_action (self);
  smartcom_server_schedule (self, terminal, SMARTCOM_WORK_SYNC);
  return terminal->action;
}

gboolean
smartcom_server_collect (SmartcomServer *self, guint id, GError **error)
{
  SmartcomTerminal *terminal = find (self, id, TRUE, error);

  if (terminal == NULL)
    return FALSE;
  smartcom_server_schedule (self, terminal, SMARTCOM_WORK_COLLECT);
  return TRUE;
}

static gboolean
on_answer_line (const gchar *line, gpointer user_data, GError **error G_GNUC_UNUSED)
{
  Question *question = user_data;

  if (question->answer->len + strlen (line) < RESULT_MAX)
    g_string_append_printf (question->answer, "%s\n", line);
  return TRUE;
}

static void
on_answer (const GError *error, gpointer user_data)
{
  Question *question = user_data;

  g_string_append (question->answer, error == NULL ? "OK" : error->message);
  if (!g_cancellable_is_cancelled (question->alive))
    smartcom_operator_finish (question->server, question->action,
                              g_string_free (g_steal_pointer (&question->answer), FALSE));
  if (question->answer != NULL)
    g_string_free (question->answer, TRUE);
  g_object_unref (question->alive);
  g_free (question);
}

guint64
smartcom_server_command (SmartcomServer *self, guint id, const gchar *command, GError **error)
{
  SmartcomTerminal *terminal = find (self, id, TRUE, error);
  Question *question;

  if (terminal == NULL)
    return 0;
  if (strpbrk (command, "\r\n") != NULL || *command == '\0')
    {
      g_set_error_literal (error, SMARTCOM_ERROR, SMARTCOM_ERROR_SETTINGS, "a command is one line");
      return 0;
    }
  question = g_new0 (Question, 1);
  question->server = self;
  question->alive = g_object_ref (self->cancellable);
  question->action = begin_action (self);
  question->answer = g_string_new (NULL);
  smartcom_session_ask (terminal->session, command, on_answer_line, on_answer, question);
  return question->action;
}

guint
smartcom_server_add (SmartcomServer *self, const gchar *name, const gchar *serial, const gchar *password,
                     GError **error)
{
  g_autoptr (SmartcomTerminal) terminal =
      g_object_new (SMARTCOM_TYPE_TERMINAL, "serial", serial, "name", name, NULL);
  SmartcomVerifier verifier;

  smartcom_verifier_make (password, &verifier);
  terminal->own = TRUE;
  terminal->hash = smartcom_verifier_to_string (&verifier);
  terminal->server = self;
  if (!smartcom_list_add (self->list, terminal, error))
    return 0;
  smartcom_server_touch (self);
  return terminal->id;
}

gboolean
smartcom_server_remove (SmartcomServer *self, guint id, GError **error)
{
  SmartcomTerminal *terminal = find (self, id, FALSE, error);

  if (terminal == NULL)
    return FALSE;
  if (!terminal->own)
    {
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_SETTINGS,
                   "terminal %s stands in the configuration: remove it there", terminal->serial);
      return FALSE;
    }
  if (terminal->session != NULL)
    self->n_online--;
  g_clear_pointer (&terminal->session, smartcom_session_free);
  smartcom_list_remove (self->list, terminal);
  smartcom_server_touch (self);
  return TRUE;
}
