/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel inventory: who is heard by the pipelines of a configuration that listen, known or not.
 *
 * Nothing is stored and nobody is told: only the lines of these pipelines are opened. Who is not in the list
 * can be taken into it: the CSV has the columns that a list of meters has. */
#include <stdio.h>

#include "cli-config.h"
#include "cli.h"

#define FOR_DEFAULT "10m"

typedef enum
{
  FORMAT_TABLE,
  FORMAT_JSON,
  FORMAT_CSV,
} Format;

typedef struct
{
  GMainLoop *loop;
  GPtrArray *pipelines; /* (element-type AmselPipeline): those that listen */
  gboolean failed;      /* whether there was none, or a line was not open at the end */
} Inventory;

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (((Inventory *) user_data)->loop);
  return G_SOURCE_REMOVE;
}

/* What is heard on a line. */
static void
on_notice (AmselLine *line, const gchar *message, gpointer user_data G_GNUC_UNUSED)
{
  cli_complain ("line %s: %s", amsel_line_get_name (line), message);
}

/* A line that plays a recording ends; when all have, there is nothing more to come. */
static void
on_state (AmselLine *line, AmselLineState state, const gchar *message, gpointer user_data)
{
  Inventory *self = user_data;

  if (state == AMSEL_LINE_STATE_WAITING)
    on_notice (line, message, NULL);
  for (guint i = 0; i < self->pipelines->len; i++)
    if (amsel_pipeline_is_busy (g_ptr_array_index (self->pipelines, i)))
      return;
  g_main_loop_quit (self->loop);
}

/* Seconds between two telegrams, on the average. */
static gint64
get_interval_s (const AmselHeard *heard)
{
  gint64 span_us = heard->last_us - heard->first_us; /* less than nothing where the clock was set back */

  return heard->n_telegrams > 1 ? MAX (span_us, 0) / (gint64) (heard->n_telegrams - 1) / G_USEC_PER_SEC : 0;
}

static void
print_table_row (const AmselHeard *heard)
{
  gint64 interval_s = get_interval_s (heard);
  g_autofree gchar *interval =
      interval_s > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT " s", interval_s) : g_strdup ("-");
  g_autofree gchar *rssi =
      heard->rssi_dbm != AMSEL_RSSI_UNKNOWN ? g_strdup_printf ("%d dBm", heard->rssi_dbm) : g_strdup ("-");
  g_autofree gchar *address = amsel_identity_get_address_text (&heard->identity);

  printf ("%-22s %-24s %9" G_GUINT64_FORMAT " %9s %9s %-12s %s\n", address,
          amsel_medium_get_name (heard->identity.medium), heard->n_telegrams, interval, rssi,
          amsel_encryption_get_name (heard->encryption),
          heard->meter != NULL ? heard->meter : "(not in the list)");
}

static void
print_json_row (const AmselHeard *heard)
{
  g_auto (AmselJson) json = AMSEL_JSON_INIT;
  g_autofree gchar *address = amsel_identity_get_address_text (&heard->identity);

  amsel_json_begin_object (&json);
  amsel_json_key (&json, "address");
  amsel_json_string (&json, address);
  amsel_json_key (&json, "medium");
  amsel_json_string (&json, amsel_medium_get_name (heard->identity.medium));
  amsel_json_key (&json, "meter");
  if (heard->meter != NULL)
    amsel_json_string (&json, heard->meter);
  else
    amsel_json_null (&json);
  amsel_json_key (&json, "telegrams");
  amsel_json_int (&json, (gint64) heard->n_telegrams);
  amsel_json_key (&json, "unreadable");
  amsel_json_int (&json, (gint64) heard->n_unreadable);
  amsel_json_key (&json, "interval_s");
  amsel_json_int (&json, get_interval_s (heard));
  amsel_json_key (&json, "rssi_dbm");
  if (heard->rssi_dbm != AMSEL_RSSI_UNKNOWN)
    amsel_json_int (&json, heard->rssi_dbm);
  else
    amsel_json_null (&json);
  amsel_json_key (&json, "encryption");
  amsel_json_string (&json, amsel_encryption_get_name (heard->encryption));
  amsel_json_end_object (&json);
  printf ("%s\n", json.text);
}

/* Only who is not in the list, as a line of it. */
static void
print_csv_row (const AmselHeard *heard)
{
  g_autofree gchar *address = amsel_identity_get_address_text (&heard->identity);

  if (heard->meter == NULL)
    printf ("%08X,%s\n", heard->identity.id, address);
}

static void
print (const Inventory *self, Format format)
{
  if (format == FORMAT_TABLE)
    printf ("%-22s %-24s %9s %9s %9s %-12s %s\n", "address", "medium", "telegrams", "every", "signal",
            "encryption", "meter");
  if (format == FORMAT_CSV)
    printf ("name,address\n");
  for (guint p = 0; p < self->pipelines->len; p++)
    {
      g_autoptr (GPtrArray) list = amsel_pipeline_list_heard (g_ptr_array_index (self->pipelines, p));

      g_ptr_array_set_free_func (list, (GDestroyNotify) amsel_heard_free);
      for (guint i = 0; i < list->len; i++)
        if (format == FORMAT_TABLE)
          print_table_row (g_ptr_array_index (list, i));
        else if (format == FORMAT_JSON)
          print_json_row (g_ptr_array_index (list, i));
        else
          print_csv_row (g_ptr_array_index (list, i));
    }
}

static void
find_pipelines (Inventory *self, AmselConfig *config)
{
  GPtrArray *all = amsel_config_get_pipelines (config);

  for (guint i = 0; i < all->len; i++)
    {
      AmselPipeline *pipeline = g_ptr_array_index (all, i);
      gboolean listens = FALSE;

      g_object_get (pipeline, "listen", &listens, NULL);
      if (listens)
        g_ptr_array_add (self->pipelines, g_object_ref (pipeline));
    }
}

/* Begins to listen to the lines of all pipelines, or ends. */
static void
set_listening (Inventory *self, gboolean on)
{
  for (guint i = 0; i < self->pipelines->len; i++)
    {
      AmselPipeline *pipeline = g_ptr_array_index (self->pipelines, i);
      g_autoptr (GPtrArray) lines = amsel_pipeline_list_lines (pipeline);

      if (on)
        amsel_pipeline_start (pipeline);
      else
        amsel_pipeline_stop (pipeline);
      for (guint n = 0; n < lines->len; n++)
        if (on)
          {
            g_signal_connect (g_ptr_array_index (lines, n), "state-changed", G_CALLBACK (on_state), self);
            g_signal_connect (g_ptr_array_index (lines, n), "notice", G_CALLBACK (on_notice), self);
            amsel_line_start (g_ptr_array_index (lines, n));
          }
        else
          {
            self->failed = self->failed
                           || amsel_line_get_state (g_ptr_array_index (lines, n)) == AMSEL_LINE_STATE_WAITING;
            g_signal_handlers_disconnect_by_data (g_ptr_array_index (lines, n), self);
            amsel_line_stop (g_ptr_array_index (lines, n));
          }
    }
}

static void
listen (Inventory *self, gint64 for_us)
{
  g_autoptr (GSource) end = g_timeout_source_new ((guint) MIN (for_us / 1000, G_MAXUINT));

  set_listening (self, TRUE);
  g_source_set_callback (end, on_end, self, NULL);
  g_source_attach (end, NULL);
  g_main_loop_run (self->loop);
  g_source_destroy (end);
  set_listening (self, FALSE);
}

static gboolean
parse_format (const gchar *text, Format *out)
{
  static const gchar *const FORMATS[] = { "table", "json", "csv" };

  *out = FORMAT_TABLE;
  if (text == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (FORMATS); i++)
    if (g_str_equal (text, FORMATS[i]))
      {
        *out = (Format) i;
        return TRUE;
      }
  cli_complain ("there is no format “%s”: expected table, json or csv", text);
  return FALSE;
}

/* Returns whether there was something to listen to, and all of it was there. */
static gboolean
take_inventory (AmselConfig *config, const gchar *path, gint64 for_us, Format format)
{
  Inventory inventory = { 0 };

  inventory.loop = g_main_loop_new (NULL, FALSE);
  inventory.pipelines = g_ptr_array_new_with_free_func (g_object_unref);
  find_pipelines (&inventory, config);
  inventory.failed = inventory.pipelines->len == 0;
  if (inventory.failed)
    cli_complain ("no pipeline of %s listens: set “listen: true”", path);
  else
    {
      listen (&inventory, for_us);
      print (&inventory, format);
    }
  g_main_loop_unref (inventory.loop);
  g_ptr_array_unref (g_steal_pointer (&inventory.pipelines));
  return !inventory.failed;
}

int
cmd_inventory (int argc, char **argv)
{
  g_autofree gchar *duration = NULL;
  g_autofree gchar *format_text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselConfig) config = NULL;
  gint64 for_us = 0;
  Format format;
  const GOptionEntry entries[] = {
    { "for", 0, 0, G_OPTION_ARG_STRING, &duration, "How long to listen, such as 30s or 10m (the default)",
      "DURATION" },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format_text,
      "table (the default), json (one object a line), or csv: who is not in the list, as a list of meters",
      "FORMAT" },
    { NULL },
  };

  if (!cli_parse (
          &argc, &argv, "CONFIG",
          "Listens with the pipelines of a configuration that have “listen: true”, and lists who is heard, "
          "in the\n"
          "list of meters or not. Nothing is stored. Ends before its time where all lines are recordings.\n\n"
          "Ends with status 0; 1 where a line could not be opened, or was lost; 2 for wrong usage.",
          entries)
      || !parse_format (format_text, &format))
    return CLI_USAGE;
  if (argc != 2)
    {
      cli_complain ("which configuration?");
      return CLI_USAGE;
    }
  if (!amsel_duration_parse (duration != NULL ? duration : FOR_DEFAULT, &for_us, &error))
    {
      cli_complain ("--for: %s", error->message);
      return CLI_USAGE;
    }
  config = cli_load_config (argv[1]);
  if (config == NULL)
    return CLI_USAGE;
  return take_inventory (config, argv[1], for_us, format) && fflush (stdout) == 0 && !ferror (stdout)
             ? CLI_DONE
             : CLI_FAILED;
}
