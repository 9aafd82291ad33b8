/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ATE0, AT+GSN, AT^SCAMS?. */
#include "smartcom-sync.h"

#include <string.h>

/* Most meters that a table may have. */
#define METERS_MAX 4096

typedef struct
{
  SmartcomTerminal *terminal; /* (owned) */
  GPtrArray *table;           /* (owned) (nullable): of a sync */
  gint64 n_announced;         /* -1: not said */
  SmartcomSyncDone done;
  gpointer user_data;
} Job;

static Job *
job_new (SmartcomTerminal *terminal, SmartcomSyncDone done, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->terminal = g_object_ref (terminal);
  job->n_announced = -1;
  job->done = done;
  job->user_data = user_data;
  return job;
}

static void
job_finish (Job *job, const GError *error)
{
  job->done (job->terminal, error, job->user_data);
  g_clear_pointer (&job->table, g_ptr_array_unref);
  g_object_unref (job->terminal);
  g_free (job);
}

static gboolean
on_serial_line (const gchar *line, gpointer user_data, GError **error)
{
  Job *job = user_data;
  const gchar *text = strrchr (line, ':') != NULL ? strrchr (line, ':') + 1 : line;
  g_autofree gchar *serial = g_strdup (text);

  g_strstrip (serial);
  g_strdelimit (serial, "\"", ' ');
  g_strstrip (serial);
  if (*serial == '\0' || g_ascii_strcasecmp (serial, job->terminal->serial) == 0)
    return TRUE;
  g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_FOREIGN, "it says that its serial number is %.40s",
               serial);
  return FALSE;
}

/* A terminal that does not know the question is not refused for that. */
static void
on_serial (const GError *error, gpointer user_data)
{
  job_finish (user_data, g_error_matches (error, SMARTCOM_ERROR, SMARTCOM_ERROR_REFUSED) ? NULL : error);
}

static void
on_echo (const GError *error, gpointer user_data)
{
  Job *job = user_data;

  if (error != NULL && !g_error_matches (error, SMARTCOM_ERROR, SMARTCOM_ERROR_REFUSED))
    job_finish (job, error);
  else
    smartcom_session_ask (job->terminal->session, "AT+GSN", on_serial_line, on_serial, job);
}

void
smartcom_greet_begin (SmartcomTerminal *terminal, SmartcomSyncDone done, gpointer user_data)
{
  smartcom_session_ask (terminal->session, "ATE0", NULL, on_echo, job_new (terminal, done, user_data));
}

static gboolean
on_table_line (const gchar *line, gpointer user_data, GError **error)
{
  Job *job = user_data;

  if (smartcom_table_get_count (line, &job->n_announced))
    return TRUE;
  if (!smartcom_table_add_line (job->table, line, error))
    return FALSE;
  if (job->table->len <= METERS_MAX)
    return TRUE;
  g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_COUNT, "it lists more than %d meters", METERS_MAX);
  return FALSE;
}

static void
on_table (const GError *error, gpointer user_data)
{
  Job *job = user_data;
  g_autoptr (GError) wrong = NULL;

  if (error == NULL && smartcom_table_check (job->table, job->n_announced, &wrong))
    {
      g_clear_pointer (&job->terminal->meters, g_ptr_array_unref);
      job->terminal->meters = g_steal_pointer (&job->table);
    }
  job_finish (job, error != NULL ? error : wrong);
}

void
smartcom_sync_begin (SmartcomTerminal *terminal, SmartcomSyncDone done, gpointer user_data)
{
  Job *job = job_new (terminal, done, user_data);

  job->table = g_ptr_array_new_with_free_func ((GDestroyNotify) smartcom_entry_free);
  smartcom_session_ask (terminal->session, "AT^SCAMS?", on_table_line, on_table, job);
}
