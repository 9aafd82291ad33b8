/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel inspect: what can stand in a configuration, from the property specifications of the kinds. */
#include "cli.h"

#include <stdio.h>

/* Something whose settings can be shown: a kind of a stage, or a section of the configuration. */
typedef struct
{
  const gchar *stage; /* (unowned): such as "transport"; "section" */
  gchar *name;        /* (owned) */
  const gchar *blurb; /* (unowned) */
  GType type;
  GType part_type;         /* what belongs to it and has settings of its own; G_TYPE_INVALID for none */
  const gchar *part_title; /* (unowned) (nullable) */
} Topic;

static void
topic_free (gpointer data)
{
  Topic *topic = data;

  g_free (topic->name);
  g_free (topic);
}

/* Protocols have meters, simulators have devices, and services may have a list of something. */
static void
find_part (Topic *topic, AmselRegistry *registry, GType stage)
{
  g_autoptr (GObject) object = NULL;

  if (stage != AMSEL_TYPE_PROTOCOL && stage != AMSEL_TYPE_SIMULATOR && stage != AMSEL_TYPE_SERVICE)
    return;
  object = amsel_registry_create (registry, stage, topic->name, NULL);
  if (stage == AMSEL_TYPE_SERVICE)
    {
      const gchar *key = amsel_service_get_item_key (AMSEL_SERVICE (object));

      topic->part_title = key;
      topic->part_type = key != NULL ? amsel_service_get_item_type (AMSEL_SERVICE (object)) : G_TYPE_INVALID;
      return;
    }
  topic->part_title = "meter";
  topic->part_type = stage == AMSEL_TYPE_PROTOCOL
                         ? amsel_protocol_get_meter_type (AMSEL_PROTOCOL (object))
                         : amsel_simulator_get_device_type (AMSEL_SIMULATOR (object));
}

static GPtrArray *
list_topics (AmselRegistry *registry)
{
  const GType stages[] = { AMSEL_TYPE_TRANSPORT, AMSEL_TYPE_PROTOCOL, AMSEL_TYPE_EXPORTER, AMSEL_TYPE_SERVICE,
                           AMSEL_TYPE_SIMULATOR };
  GPtrArray *topics = g_ptr_array_new_with_free_func (topic_free);

  for (gsize i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      g_auto (GStrv) kinds = amsel_registry_list_kinds (registry, stages[i]);

      for (gsize k = 0; kinds[k] != NULL; k++)
        {
          Topic *topic = g_new0 (Topic, 1);

          topic->stage = amsel_registry_get_stage_name (stages[i]);
          topic->name = g_strdup (kinds[k]);
          topic->blurb = amsel_registry_get_kind_blurb (registry, stages[i], kinds[k]);
          topic->type = amsel_registry_get_kind_type (registry, stages[i], kinds[k]);
          find_part (topic, registry, stages[i]);
          g_ptr_array_add (topics, topic);
        }
    }
  for (const AmselSection *s = amsel_schema_get_sections (); s->name != NULL; s++)
    {
      Topic *topic = g_new0 (Topic, 1);

      topic->stage = "section";
      topic->name = g_strdup (s->name);
      topic->blurb = s->blurb;
      topic->type = s->get_type ();
      g_ptr_array_add (topics, topic);
    }
  return topics;
}

/* "whole number, 300 to 115200; default 2400" */
static gchar *
describe (GParamSpec *pspec)
{
  g_autoptr (GString) text = g_string_new (amsel_setting_get_type_name (pspec));
  g_autofree gchar *range = amsel_setting_get_range (pspec);
  g_autofree gchar *value = amsel_setting_get_default (pspec);

  if (range != NULL)
    g_string_append_printf (text, ", %s", range);
  if ((pspec->flags & AMSEL_PARAM_SECRET) != 0)
    g_string_append (text, ", secret (!file, !env or !credential)");
  if ((pspec->flags & AMSEL_PARAM_PATH) != 0)
    g_string_append (text, ", path from the folder of the file");
  if ((pspec->flags & AMSEL_PARAM_REQUIRED) != 0)
    g_string_append (text, "; must be given");
  else if (value != NULL)
    g_string_append_printf (text, "; default %s", value[0] != '\0' ? value : "empty");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_settings (GType type)
{
  guint n_settings;
  g_autofree GParamSpec **settings = amsel_setting_list (type, &n_settings);

  for (guint i = 0; i < n_settings; i++)
    {
      g_autofree gchar *description = describe (settings[i]);
      const gchar *blurb = g_param_spec_get_blurb (settings[i]);

      printf ("  %-16s %s\n", settings[i]->name, description);
      if (blurb != NULL)
        printf ("  %-16s %s\n", "", blurb);
    }
  if (n_settings == 0)
    printf ("  no settings\n");
}

static void
print_topic (const Topic *topic)
{
  printf ("%s “%s”: %s\n", topic->stage, topic->name, topic->blurb);
  print_settings (topic->type);
  if (topic->part_type != G_TYPE_INVALID)
    {
      if (g_str_equal (topic->stage, "service"))
        printf ("each item of “%s”:\n", topic->part_title);
      else
        printf ("each %s of it:\n", topic->part_title);
      print_settings (topic->part_type);
    }
}

static void
print_list (GPtrArray *topics)
{
  const gchar *stage = NULL;

  for (guint i = 0; i < topics->len; i++)
    {
      const Topic *topic = g_ptr_array_index (topics, i);

      if (g_strcmp0 (stage, topic->stage) != 0)
        printf ("%s%s\n", i > 0 ? "\n" : "", topic->stage);
      stage = topic->stage;
      printf ("  %-12s %s\n", topic->name, topic->blurb);
    }
  printf ("\n“amsel inspect KIND” shows the settings of one.\n");
}

static void
put_setting (AmselJson *json, GParamSpec *pspec)
{
  g_autofree gchar *value = amsel_setting_get_default (pspec);
  g_autofree gchar *range = amsel_setting_get_range (pspec);
  const gchar *blurb = g_param_spec_get_blurb (pspec);

  amsel_json_begin_object (json);
  amsel_json_key (json, "name");
  amsel_json_string (json, pspec->name);
  amsel_json_key (json, "type");
  amsel_json_string (json, amsel_setting_get_type_name (pspec));
  amsel_json_key (json, "blurb");
  amsel_json_string (json, blurb != NULL ? blurb : "");
  amsel_json_key (json, "required");
  amsel_json_boolean (json, (pspec->flags & AMSEL_PARAM_REQUIRED) != 0);
  amsel_json_key (json, "secret");
  amsel_json_boolean (json, (pspec->flags & AMSEL_PARAM_SECRET) != 0);
  amsel_json_key (json, "path");
  amsel_json_boolean (json, (pspec->flags & AMSEL_PARAM_PATH) != 0);
  amsel_json_key (json, "range");
  if (range != NULL)
    amsel_json_string (json, range);
  else
    amsel_json_null (json);
  amsel_json_key (json, "default");
  if (value != NULL)
    amsel_json_string (json, value);
  else
    amsel_json_null (json);
  if (amsel_setting_get_type (pspec) == AMSEL_SETTING_CHOICE)
    {
      g_auto (GStrv) words = amsel_setting_list_choices (pspec);

      amsel_json_key (json, "choices");
      amsel_json_begin_array (json);
      for (gsize i = 0; words[i] != NULL; i++)
        amsel_json_string (json, words[i]);
      amsel_json_end_array (json);
    }
  amsel_setting_write_bounds (pspec, json);
  amsel_json_end_object (json);
}

static void
put_settings (AmselJson *json, const gchar *key, GType type)
{
  guint n_settings;
  g_autofree GParamSpec **settings = amsel_setting_list (type, &n_settings);

  amsel_json_key (json, key);
  amsel_json_begin_array (json);
  for (guint i = 0; i < n_settings; i++)
    put_setting (json, settings[i]);
  amsel_json_end_array (json);
}

/* Durations and sizes have their bounds in microseconds and bytes. */
static void
print_json (GPtrArray *topics)
{
  g_auto (AmselJson) json = AMSEL_JSON_INIT;

  amsel_json_begin_array (&json);
  for (guint i = 0; i < topics->len; i++)
    {
      const Topic *topic = g_ptr_array_index (topics, i);

      amsel_json_begin_object (&json);
      amsel_json_key (&json, "stage");
      amsel_json_string (&json, topic->stage);
      amsel_json_key (&json, "kind");
      amsel_json_string (&json, topic->name);
      amsel_json_key (&json, "blurb");
      amsel_json_string (&json, topic->blurb);
      put_settings (&json, "settings", topic->type);
      if (topic->part_type != G_TYPE_INVALID)
        put_settings (&json, topic->part_title, topic->part_type);
      amsel_json_end_object (&json);
    }
  amsel_json_end_array (&json);
  printf ("%s\n", json.text);
}

/* Those of a name: a word may be a kind of several stages. NULL after it was told that there is none. */
static GPtrArray *
select_topics (GPtrArray *topics, const gchar *name)
{
  g_autoptr (GPtrArray) selected = g_ptr_array_new ();
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  const gchar *guess;

  for (guint i = 0; i < topics->len; i++)
    {
      Topic *topic = g_ptr_array_index (topics, i);

      g_ptr_array_add (words, topic->name);
      if (g_str_equal (topic->name, name))
        g_ptr_array_add (selected, topic);
    }
  if (selected->len > 0)
    return g_steal_pointer (&selected);
  g_ptr_array_add (words, NULL);
  guess = amsel_suggest (name, (const gchar *const *) words->pdata);
  if (guess != NULL)
    cli_complain ("there is no kind “%s”; did you mean “%s”?", name, guess);
  else
    cli_complain ("there is no kind “%s”; “amsel inspect” lists them", name);
  return NULL;
}

static int
inspect (const gchar *name, gboolean json)
{
  g_autoptr (GPtrArray) topics = list_topics (cli_get_registry ());
  g_autoptr (GPtrArray) selected = name != NULL ? select_topics (topics, name) : g_ptr_array_ref (topics);

  if (selected == NULL)
    return CLI_USAGE;
  if (json)
    print_json (selected);
  else if (name == NULL)
    print_list (selected);
  else
    for (guint i = 0; i < selected->len; i++)
      {
        printf ("%s", i > 0 ? "\n" : "");
        print_topic (g_ptr_array_index (selected, i));
      }
  return CLI_DONE;
}

int
cmd_inspect (int argc, char **argv)
{
  gboolean json = FALSE;
  gboolean schema = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON; durations are in microseconds, sizes in bytes",
      NULL },
    { "schema", 0, 0, G_OPTION_ARG_NONE, &schema, "Print the JSON Schema of the configuration", NULL },
    { NULL },
  };

  if (!cli_parse (&argc, &argv, "[KIND]",
                  "Lists the kinds that a configuration can use, or the settings of one with type, range and "
                  "default.\n"
                  "The sections “store”, “line”, “pipeline”, “schedule” and “meter” are shown like kinds.",
                  options))
    return CLI_USAGE;
  if (argc > 2 || (schema && (json || argc > 1)))
    {
      cli_complain ("expected at most one kind, and --schema alone; see “amsel inspect --help”");
      return CLI_USAGE;
    }
  cli_complain_of_plugins ();
  if (schema)
    {
      g_autofree gchar *text = amsel_schema_to_json (cli_get_registry ());

      printf ("%s\n", text);
      return CLI_DONE;
    }
  return inspect (argc > 1 ? argv[1] : NULL, json);
}
