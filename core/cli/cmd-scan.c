/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel scan: finds the meters of a line, or looks whether those of a configuration are there. What was found
 * is kept when it is interrupted, and a search can be taken up again. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

#include "cli-config.h"
#include "cli-line.h"
#include "cli.h"
#include "scan-output.h"

#define STDOUT_NAME "-"
#define PRIMARY_MAX 250

typedef struct
{
  /* options */
  gchar *line;
  gchar *protocol;
  gint baud;
  gchar *bauds;
  gchar *strategy;
  gchar *mask;
  gint first; /* primary addresses; -1 where not given */
  gint last;
  gint expected;
  gboolean thorough;
  gchar *timeout_extra;
  gchar *format_name;
  gchar *to_config;
  gboolean by_primary;
  gchar *verify;
  gchar *state;

  ScanFormat format;
  AmselConfig *config;     /* (owned) (nullable): where the line or the known meters are from */
  AmselPipeline *pipeline; /* (owned) */
  AmselSearch *search;     /* (owned) */
  gboolean on_terminal;
  gboolean done;
  GError *error; /* (owned) (nullable) */
} Scan;

/* "CONFIG:LINE", the line of a configuration. */
static AmselPipeline *
find_pipeline (Scan *self, const gchar *line, GError **error)
{
  GPtrArray *pipelines = amsel_config_get_pipelines (self->config);

  for (guint i = 0; i < pipelines->len; i++)
    {
      AmselPipeline *pipeline = g_ptr_array_index (pipelines, i);

      if (line == NULL || g_str_equal (amsel_line_get_name (amsel_pipeline_get_line (pipeline)), line))
        return g_object_ref (pipeline);
    }
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "%s has no pipeline on a line “%s”",
               amsel_config_get_path (self->config), line != NULL ? line : "");
  return NULL;
}

static gboolean
make_pipeline (Scan *self)
{
  g_autoptr (GError) error = NULL;
  const gchar *colon = self->line != NULL ? strrchr (self->line, ':') : NULL;
  g_autofree gchar *path = colon != NULL ? g_strndup (self->line, (gsize) (colon - self->line)) : NULL;
  gboolean in_config = path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR);

  if (in_config || self->verify != NULL)
    self->config = cli_load_config (in_config ? path : self->verify);
  if ((in_config || self->verify != NULL) && self->config == NULL)
    return FALSE;
  if (in_config || self->line == NULL)
    self->pipeline = find_pipeline (self, in_config ? colon + 1 : NULL, &error);
  else
    self->pipeline = cli_make_pipeline (self->line, self->protocol, self->baud, &error);
  if (self->pipeline != NULL)
    self->search = amsel_protocol_search (amsel_pipeline_get_protocol (self->pipeline), &error);
  if (self->search != NULL)
    return TRUE;
  cli_complain ("%s", error->message);
  return FALSE;
}

/* Sets an option of the search, which not every protocol has. */
static gboolean
has_option (Scan *self, const gchar *name)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (self->search), name) != NULL)
    return TRUE;
  cli_complain ("a search of this protocol has no option “%s”", name);
  return FALSE;
}

static gboolean
set_strategy (Scan *self, const gchar *nick)
{
  GParamSpec *pspec;
  const GEnumValue *value;

  if (!has_option (self, "strategy"))
    return FALSE;
  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self->search), "strategy");
  value = g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (pspec)->enum_class, nick);
  if (value != NULL)
    {
      g_object_set (self->search, "strategy", value->value, NULL);
      return TRUE;
    }
  cli_complain ("“%s” is no strategy; expected secondary, primary, both or enhanced", nick);
  return FALSE;
}

/* The addresses of the meters of a configuration that are to be there. */
static gboolean
set_known (Scan *self)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  GPtrArray *pipelines = amsel_config_get_pipelines (self->config);
  g_autoptr (GPtrArray) meters = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < pipelines->len; i++)
    {
      AmselPipeline *pipeline = g_ptr_array_index (pipelines, i);
      g_autoptr (GPtrArray) some = NULL;

      if (self->line == NULL
          && amsel_pipeline_get_line (pipeline) != amsel_pipeline_get_line (self->pipeline))
        continue;
      some = amsel_pipeline_list_meters (pipeline);
      for (guint k = 0; k < some->len; k++)
        {
          g_ptr_array_add (known, (gpointer) amsel_meter_get_address (g_ptr_array_index (some, k)));
          g_ptr_array_add (meters, g_object_ref (g_ptr_array_index (some, k)));
        }
    }
  g_ptr_array_add (known, NULL);
  if (!has_option (self, "known") || !set_strategy (self, "verify"))
    return FALSE;
  g_object_set (self->search, "known", known->pdata, NULL);
  return TRUE;
}

static gboolean
set_timeout_extra (Scan *self)
{
  g_autoptr (GError) error = NULL;
  GParamSpec *pspec;
  gint64 extra_us;

  if (!has_option (self, "timeout-extra"))
    return FALSE;
  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self->search), "timeout-extra");
  if (!amsel_duration_parse (self->timeout_extra, &extra_us, &error))
    cli_complain ("--timeout-extra: %s", error->message);
  else if (extra_us > G_PARAM_SPEC_INT64 (pspec)->maximum)
    cli_complain ("--timeout-extra: expected %" G_GINT64_FORMAT " s at most",
                  G_PARAM_SPEC_INT64 (pspec)->maximum / G_USEC_PER_SEC);
  else
    {
      g_object_set (self->search, "timeout-extra", extra_us, NULL);
      return TRUE;
    }
  return FALSE;
}

static gboolean
set_options (Scan *self)
{
  g_auto (GStrv) bauds = self->bauds != NULL ? g_strsplit (self->bauds, ",", -1) : NULL;

  if (self->verify != NULL ? !set_known (self)
                           : self->strategy != NULL && !set_strategy (self, self->strategy))
    return FALSE;
  if ((bauds != NULL && !has_option (self, "bauds")) || (self->mask != NULL && !has_option (self, "mask"))
      || (self->first >= 0 && !has_option (self, "first")) || (self->last >= 0 && !has_option (self, "last"))
      || (self->thorough && !has_option (self, "thorough"))
      || (self->expected >= 0 && !has_option (self, "expected"))
      || (self->timeout_extra != NULL && !set_timeout_extra (self)))
    return FALSE;
  if (bauds != NULL)
    g_object_set (self->search, "bauds", bauds, NULL);
  if (self->mask != NULL)
    g_object_set (self->search, "mask", self->mask, NULL);
  if (self->first >= 0)
    g_object_set (self->search, "first", (guint) self->first, NULL);
  if (self->last >= 0)
    g_object_set (self->search, "last", (guint) self->last, NULL);
  if (self->thorough)
    g_object_set (self->search, "thorough", TRUE, NULL);
  if (self->expected >= 0)
    g_object_set (self->search, "expected", self->expected, NULL);
  return TRUE;
}

/* Goes on where the last search ended, where there is such a file. */
static gboolean
restore (Scan *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  if (self->state == NULL || !g_file_test (self->state, G_FILE_TEST_EXISTS))
    return TRUE;
  if (g_file_get_contents (self->state, &text, NULL, &error)
      && amsel_search_restore (self->search, text, &error))
    return TRUE;
  cli_complain ("%s: %s", self->state, error->message);
  return FALSE;
}

static void
on_found (AmselSearch *search G_GNUC_UNUSED, const AmselFound *found, gpointer user_data)
{
  Scan *self = user_data;

  if (self->on_terminal)
    fprintf (stderr, "\r\033[K%s\n", found->address);
}

static void
on_progress (AmselSearch *search, gpointer user_data)
{
  Scan *self = user_data;
  guint n_found;
  gdouble share;
  gint64 left_us;

  if (!self->on_terminal)
    return;
  amsel_search_get_progress (search, &n_found, &share, &left_us);
  fprintf (stderr, "\r\033[K%u found, %.0f %% searched", n_found, 100 * share);
  if (left_us >= 0)
    fprintf (stderr, ", about %" G_GINT64_FORMAT " s left", left_us / G_USEC_PER_SEC);
}

static gboolean
on_interrupt (gpointer user_data)
{
  amsel_search_abort (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Scan *self = user_data;

  amsel_pipeline_search_finish (AMSEL_PIPELINE (source), result, &self->error);
  self->done = TRUE;
}

static void
run (Scan *self)
{
  AmselLine *line = amsel_pipeline_get_line (self->pipeline);
  guint signals[] = { g_unix_signal_add (SIGINT, on_interrupt, self->search),
                      g_unix_signal_add (SIGTERM, on_interrupt, self->search) };

  self->on_terminal = isatty (STDERR_FILENO);
  g_signal_connect (self->search, "found", G_CALLBACK (on_found), self);
  g_signal_connect (self->search, "progress", G_CALLBACK (on_progress), self);
  amsel_line_start (line);
  amsel_pipeline_search_async (self->pipeline, self->search, NULL, on_searched, self);
  while (!self->done)
    g_main_context_iteration (NULL, TRUE);
  amsel_line_stop (line);
  if (self->on_terminal)
    fprintf (stderr, "\r\033[K");
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (signals[i]);
}

/* Names those of the known meters that did not answer; returns how many. */
static guint
report_missing (Scan *self)
{
  GPtrArray *found = amsel_search_get_found (self->search);
  g_auto (GStrv) known = NULL;
  guint n_missing = 0;

  g_object_get (self->search, "known", &known, NULL);
  for (gsize i = 0; known != NULL && known[i] != NULL; i++)
    {
      gboolean there = FALSE;

      for (guint k = 0; k < found->len; k++)
        there = there || g_str_equal (((const AmselFound *) g_ptr_array_index (found, k))->address, known[i]);
      if (!there)
        {
          cli_complain ("meter %s: does not answer", known[i]);
          n_missing++;
        }
    }
  return n_missing;
}

static gboolean
write_file (const gchar *path, const gchar *text)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (path, STDOUT_NAME))
    {
      fputs (text, stdout);
      return TRUE;
    }
  if (g_file_set_contents (path, text, -1, &error))
    return TRUE;
  cli_complain ("%s", error->message);
  return FALSE;
}

static gboolean
write_config (Scan *self)
{
  const gchar *kind = self->protocol != NULL ? self->protocol : CLI_DEFAULT_PROTOCOL;
  g_autofree gchar *text = scan_write_config (amsel_search_get_found (self->search), self->line, kind,
                                              (guint) self->baud, self->by_primary);

  return write_file (self->to_config, text);
}

/* What an interrupted search needs to go on; a whole one leaves nothing. */
static gboolean
keep_state (Scan *self)
{
  g_autofree gchar *text = NULL;

  if (self->state == NULL)
    return TRUE;
  if (!amsel_search_is_aborted (self->search) && self->error == NULL)
    {
      unlink (self->state);
      return TRUE;
    }
  text = amsel_search_save (self->search);
  return text == NULL || write_file (self->state, text);
}

static int
report (Scan *self)
{
  int status = CLI_DONE;

  if (self->to_config == NULL || !g_str_equal (self->to_config, STDOUT_NAME))
    scan_print (amsel_search_get_found (self->search), self->format);
  if (self->to_config != NULL && !write_config (self))
    status = CLI_FAILED;
  if (!keep_state (self))
    status = CLI_FAILED;
  if (self->verify != NULL && !amsel_search_is_aborted (self->search) && report_missing (self) > 0)
    status = CLI_FAILED;
  if (amsel_search_is_aborted (self->search))
    cli_complain ("interrupted; what was found until then is above%s%s",
                  self->state != NULL ? ", and the search can go on from " : "",
                  self->state != NULL ? self->state : "");
  else if (self->error != NULL)
    cli_complain ("error %d: %s", self->error->code, self->error->message);
  else
    return status;
  return CLI_FAILED;
}

static gboolean
check_options (Scan *self, int argc)
{
  const gchar *fault = NULL;

  if (self->format_name != NULL && !scan_format_parse (self->format_name, &self->format))
    fault = "--format: expected table, json or csv";
  else if (self->first > PRIMARY_MAX || self->last > PRIMARY_MAX)
    fault = "--first, --last: expected 0 to 250";
  else if (argc > 1)
    fault = "expected options only";
  else if (self->line == NULL && self->verify == NULL)
    fault = "expected --line, or --verify with a configuration";
  else if (self->by_primary && self->to_config == NULL)
    fault = "--by-primary needs --to-config";
  else if (self->to_config != NULL && (self->line == NULL || self->verify != NULL))
    fault = "--to-config needs --line, and nothing to verify";
  if (fault == NULL)
    return TRUE;
  cli_complain ("%s; see “amsel scan --help”", fault);
  return FALSE;
}

static void
scan_clear (Scan *self)
{
  gchar *texts[] = { self->line,        self->protocol,  self->bauds,  self->strategy, self->mask,
                     self->format_name, self->to_config, self->verify, self->state,    self->timeout_extra };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_clear_object (&self->search);
  g_clear_object (&self->pipeline);
  g_clear_object (&self->config);
  g_clear_error (&self->error);
}

int
cmd_scan (int argc, char **argv)
{
  Scan self = { .baud = CLI_DEFAULT_BAUD, .expected = -1, .first = -1, .last = -1 };
  const GOptionEntry entries[] = {
    { "line", 'l', 0, G_OPTION_ARG_STRING, &self.line, "Device, host:port of a gateway, or CONFIG:LINE",
      "PLACE" },
    { "protocol", 'p', 0, G_OPTION_ARG_STRING, &self.protocol, "What the meters speak (mbus)", "KIND" },
    { "baud", 'b', 0, G_OPTION_ARG_INT, &self.baud, "Baud rate of the line (2400)", "N" },
    { "bauds", 0, 0, G_OPTION_ARG_STRING, &self.bauds, "Baud rates to search at, such as 300,2400", "LIST" },
    { "strategy", 's', 0, G_OPTION_ARG_STRING, &self.strategy, "secondary, primary, both or enhanced",
      "WORD" },
    { "mask", 'm', 0, G_OPTION_ARG_STRING, &self.mask, "Only these numbers: eight digits, F for any",
      "DIGITS" },
    { "first", 0, 0, G_OPTION_ARG_INT, &self.first, "First primary address (0)", "N" },
    { "last", 0, 0, G_OPTION_ARG_INT, &self.last, "Last primary address (250)", "N" },
    { "thorough", 't', 0, G_OPTION_ARG_NONE, &self.thorough, "Ask twice, and for digits A to E too", NULL },
    { "timeout-extra", 0, 0, G_OPTION_ARG_STRING, &self.timeout_extra,
      "Wait so long beyond the standard, such as 500ms", "DURATION" },
    { "expect", 'e', 0, G_OPTION_ARG_INT, &self.expected, "How many meters there should be", "N" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &self.format_name, "table, json or csv", "FORMAT" },
    { "to-config", 0, 0, G_OPTION_ARG_FILENAME, &self.to_config, "Write a configuration; - prints it",
      "FILE" },
    { "by-primary", 0, 0, G_OPTION_ARG_NONE, &self.by_primary,
      "In it, meters with a primary address of their own are read by that", NULL },
    { "verify", 0, 0, G_OPTION_ARG_FILENAME, &self.verify, "Only ask whether its meters are there",
      "CONFIG" },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &self.state, "Go on from here, and leave it here if interrupted",
      "FILE" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  int status = CLI_USAGE;

  if (cli_parse (
          &argc, &argv, "",
          "Finds the meters of a line. Ends with status 0 where the search came to its end, 1 where it was "
          "interrupted, failed, or found another number than expected (error 65286).",
          entries)
      && check_options (&self, argc) && make_pipeline (&self) && set_options (&self) && restore (&self))
    {
      run (&self);
      status = report (&self);
    }
  scan_clear (&self);
  return status;
}
