/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel read: reads meters now, and prints what they say. The meters are those of a configuration, or stand
 * on the command line with the line they are on. Nothing is stored. */
#include <stdio.h>
#include <string.h>

#include "amsel-telegram-json.h"
#include "cli-config.h"
#include "cli-line.h"
#include "cli.h"
#include "decode-text.h"
#include "read-orders.h"

typedef struct
{
  gchar *line;     /* (owned) (nullable) */
  gchar *protocol; /* (owned) (nullable) */
  gint baud;
  gchar *format; /* (owned) (nullable) */
  gboolean as_json;
  ReadOrders orders;
  GPtrArray *pipelines;  /* (owned) (element-type AmselPipeline) */
  AmselReadout *readout; /* (owned) (nullable): of the meter that is being read */
  GError *error;         /* (owned) (nullable) */
  gboolean done;
} Read;

/* A pipeline of the meters on the command line. */
static gboolean
make_pipeline (Read *self, gchar **addresses, GError **error)
{
  g_autoptr (AmselPipeline) pipeline = cli_make_pipeline (self->line, self->protocol, self->baud, error);
  GType type;

  if (pipeline == NULL)
    return FALSE;
  type = amsel_protocol_get_meter_type (amsel_pipeline_get_protocol (pipeline));
  for (gsize i = 0; addresses[i] != NULL; i++)
    {
      g_autoptr (AmselMeter) meter = g_object_new (type, "address", addresses[i], NULL);

      if (!read_orders_apply (&self->orders, meter, error)
          || !amsel_pipeline_add_meter (pipeline, meter, error))
        return FALSE;
    }
  g_ptr_array_add (self->pipelines, g_steal_pointer (&pipeline));
  return TRUE;
}

static gpointer
copy_object (gconstpointer object, gpointer user_data G_GNUC_UNUSED)
{
  return g_object_ref ((gpointer) object);
}

static gboolean
load_pipelines (Read *self, const gchar *path)
{
  g_autoptr (AmselConfig) config = cli_load_config (path);

  if (config == NULL)
    return FALSE;
  g_ptr_array_extend (self->pipelines, amsel_config_get_pipelines (config), copy_object, NULL);
  return TRUE;
}

/* "meter" or "pipeline/meter". */
static AmselMeter *
find_meter (Read *self, const gchar *word, AmselPipeline **out_pipeline)
{
  for (guint i = 0; i < self->pipelines->len; i++)
    {
      AmselPipeline *pipeline = g_ptr_array_index (self->pipelines, i);
      const gchar *name = amsel_pipeline_get_name (pipeline);
      gsize n = strlen (name);
      AmselMeter *meter = amsel_pipeline_find_meter (pipeline, word);

      if (meter == NULL && strncmp (word, name, n) == 0 && word[n] == '/')
        meter = amsel_pipeline_find_meter (pipeline, word + n + 1);
      *out_pipeline = pipeline;
      if (meter != NULL)
        return meter;
    }
  return NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Read *self = user_data;

  self->readout = amsel_pipeline_read_finish (AMSEL_PIPELINE (source), result, &self->error);
  self->done = TRUE;
}

static void
print_json (const AmselReadout *readout, const gchar *kind, const gchar *meter)
{
  AmselJson json = { 0 };
  gsize n;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n);
  const AmselReadoutInfo *info = amsel_readout_get_info (readout);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree gchar *text = amsel_telegram_to_json (telegrams[i], kind);

      puts (text);
    }
  if (info->error_domain != NULL)
    {
      g_autoptr (GError) error = g_error_new (g_quark_from_string (info->error_domain), info->error_code,
                                              "meter %s: %s", meter, info->error_message);

      amsel_error_write_json (error, &json);
      printf ("%.*s\n", (int) json.length, json.text);
    }
  amsel_json_clear (&json);
}

static void
print_text (const AmselReadout *readout, const gchar *kind)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gsize n;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n);

  for (gsize i = 0; i < n; i++)
    decode_text_append (telegrams[i], kind, out);
  fputs (out->str, stdout);
}

/* Reads one meter and prints it; FALSE where it gave no good reading, which has been reported. */
static gboolean
read_meter (Read *self, const gchar *word)
{
  AmselPipeline *pipeline;
  AmselMeter *meter = find_meter (self, word, &pipeline);
  const gchar *kind;
  gboolean good;

  self->done = FALSE;
  amsel_line_start (amsel_pipeline_get_line (pipeline));
  amsel_pipeline_read_async (pipeline, meter, NULL, on_read, self);
  while (!self->done)
    g_main_context_iteration (NULL, TRUE);
  if (self->readout == NULL)
    {
      cli_complain ("meter %s: %s", word, self->error->message);
      g_clear_error (&self->error);
      return FALSE;
    }
  kind = amsel_readout_get_info (self->readout)->protocol;
  if (self->as_json)
    print_json (self->readout, kind, word);
  else
    print_text (self->readout, kind);
  good = amsel_readout_get_quality (self->readout) == AMSEL_QUALITY_GOOD;
  if (!good)
    cli_complain ("meter %s: %s", word, amsel_readout_get_error_message (self->readout));
  g_clear_pointer (&self->readout, amsel_readout_unref);
  return good;
}

static gboolean
prepare (Read *self, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  AmselPipeline *pipeline;
  gint first = self->line != NULL ? 1 : 2;

  if (self->format != NULL && !g_str_equal (self->format, "json") && !g_str_equal (self->format, "text"))
    {
      cli_complain ("“%s” is no format; expected text or json", self->format);
      return FALSE;
    }
  self->as_json = g_strcmp0 (self->format, "json") == 0;
  if (argc <= first)
    {
      cli_complain ("expected %s; see “amsel read --help”",
                    self->line != NULL ? "addresses of meters" : "a configuration and names of its meters");
      return FALSE;
    }
  if (self->line != NULL && !make_pipeline (self, argv + first, &error))
    {
      cli_complain ("%s", error->message);
      return FALSE;
    }
  if (self->line == NULL && !load_pipelines (self, argv[1]))
    return FALSE;
  for (gint i = first; i < argc; i++)
    if (find_meter (self, argv[i], &pipeline) == NULL)
      {
        cli_complain ("there is no meter “%s” in %s", argv[i], argv[1]);
        return FALSE;
      }
  return TRUE;
}

int
cmd_read (int argc, char **argv)
{
  Read self = { .baud = CLI_DEFAULT_BAUD, .orders = READ_ORDERS_NONE };
  const GOptionEntry entries[] = {
    { "line", 'l', 0, G_OPTION_ARG_STRING, &self.line, "Device, or host:port of a gateway", "PLACE" },
    { "protocol", 'p', 0, G_OPTION_ARG_STRING, &self.protocol, "What the meters speak (mbus)", "KIND" },
    { "baud", 'b', 0, G_OPTION_ARG_INT, &self.baud, "Baud rate of the line (2400)", "N" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &self.format, "text or json", "FORMAT" },
    { "application", 0, 0, G_OPTION_ARG_INT, &self.orders.application, "Select this application first", "N" },
    { "send", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.orders.send, "Send this first, CI field and data",
      "HEX" },
    { "set-primary", 0, 0, G_OPTION_ARG_INT, &self.orders.primary, "Give it this primary address", "N" },
    { "set-clock", 0, 0, G_OPTION_ARG_NONE, &self.orders.set_clock, "Set its clock to local time", NULL },
    { "set-baud", 0, 0, G_OPTION_ARG_INT, &self.orders.new_baud, "Let it change to this baud rate", "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  int status = CLI_USAGE;

  self.pipelines = g_ptr_array_new_with_free_func (g_object_unref);
  if (cli_parse (&argc, &argv, "[CONFIG] METER…",
                 "Reads meters now and prints what they say: those of a configuration by their names, or "
                 "with --line "
                 "those at an address, which can be told something first.",
                 entries)
      && prepare (&self, argc, argv))
    {
      status = CLI_DONE;
      for (gint i = self.line != NULL ? 1 : 2; i < argc; i++)
        if (!read_meter (&self, argv[i]))
          status = CLI_FAILED;
    }
  for (guint i = 0; i < self.pipelines->len; i++)
    amsel_line_stop (amsel_pipeline_get_line (g_ptr_array_index (self.pipelines, i)));
  g_ptr_array_unref (self.pipelines);
  g_free (self.line);
  g_free (self.protocol);
  g_free (self.format);
  read_orders_clear (&self.orders);
  return status;
}
