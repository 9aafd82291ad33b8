/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON Schema (2020-12) of the configuration, made of the same property specifications that read it.
 *
 * An editor that knows it completes keys and shows blurbs. It is a little wider than the loader: any scalar
 * may be a text with ${NAME}, and what is required of a meter is not, since a template or a CSV file may give
 * it. */
#include "amsel-schema.h"

#include <string.h>

#include "amsel-exporter.h"
#include "amsel-json.h"
#include "amsel-line.h"
#include "amsel-meter.h"
#include "amsel-param.h"
#include "amsel-pipeline.h"
#include "amsel-protocol.h"
#include "amsel-schedule.h"
#include "amsel-service.h"
#include "amsel-setting.h"
#include "amsel-store.h"
#include "amsel-transport.h"

#define PATTERN_VARIABLE "\\$\\{"
#define PATTERN_DURATION "^0$|^([0-9.]+ *(us|ms|s|m|h|d|US|MS|S|M|H|D) *)+$|\\$\\{"
#define PATTERN_SIZE     "^([0-9.]+ *[kKmMgGtT]?i?B? *)+$|\\$\\{"

/* Stages whose objects stand in the configuration, with the sections or keys where they do. */
static GType
get_stage (guint i)
{
  const GType stages[] = { AMSEL_TYPE_TRANSPORT, AMSEL_TYPE_PROTOCOL, AMSEL_TYPE_EXPORTER,
                           AMSEL_TYPE_SERVICE };

  return i < G_N_ELEMENTS (stages) ? stages[i] : G_TYPE_INVALID;
}

/**
 * amsel_schema_get_sections: (skip)
 *
 * Returns: (transfer none): the parts of a configuration that are no kinds; ends with an entry of zeros
 */
const AmselSection *
amsel_schema_get_sections (void)
{
  static const AmselSection sections[] = {
    { "store", "Keeps every reading before anybody is told of it: the section “store”.",
      amsel_store_get_type },
    { "line", "A physical line: an item of “lines”.", amsel_line_get_type },
    { "pipeline", "Which meters are read on which line, when, and for whom: an item of “pipelines”.",
      amsel_pipeline_get_type },
    { "schedule", "When the meters of a pipeline are read: its key “schedule”.", amsel_schedule_get_type },
    { "meter", "A meter, whatever its protocol: an item of “meters” or of “templates”.",
      amsel_meter_get_type },
    { NULL, NULL, NULL },
  };

  return sections;
}

/* Text that is JSON already. */
static void
put_raw (AmselJson *json, const gchar *text)
{
  amsel_json_raw_n (json, text, strlen (text));
}

static void
put_string (AmselJson *json, const gchar *key, const gchar *text)
{
  amsel_json_key (json, key);
  amsel_json_string (json, text);
}

static void
put_ref (AmselJson *json, const gchar *prefix, const gchar *name)
{
  g_autofree gchar *ref = g_strdup_printf ("#/$defs/%s%s", prefix, name);

  put_string (json, "$ref", ref);
}

/* Key of a definition, which may have characters that a key in C has not. */
static void
begin_definition (AmselJson *json, const gchar *prefix, const gchar *name)
{
  g_autofree gchar *key = g_strdup_printf ("%s%s", prefix, name);

  amsel_json_string (json, key);
  amsel_json_colon (json);
  amsel_json_begin_object (json);
}

/* A value of a type, or a text into which a variable is put. */
static void
put_type_or_variable (AmselJson *json, GParamSpec *pspec, const gchar *type)
{
  amsel_json_key (json, "anyOf");
  amsel_json_begin_array (json);
  amsel_json_begin_object (json);
  put_string (json, "type", type);
  amsel_setting_write_bounds (pspec, json);
  amsel_json_end_object (json);
  amsel_json_begin_object (json);
  put_string (json, "type", "string");
  put_string (json, "pattern", PATTERN_VARIABLE);
  amsel_json_end_object (json);
  amsel_json_end_array (json);
}

static void
put_types (AmselJson *json, const gchar *const *types)
{
  amsel_json_key (json, "type");
  amsel_json_begin_array (json);
  for (gsize i = 0; types[i] != NULL; i++)
    amsel_json_string (json, types[i]);
  amsel_json_end_array (json);
}

/* A word of digits alone is a number in YAML unless it is quoted. */
static gboolean
is_number (const gchar *word)
{
  return *word != '\0' && word[strspn (word, "0123456789")] == '\0' && (*word != '0' || word[1] == '\0');
}

static void
put_choices (AmselJson *json, gchar **words)
{
  amsel_json_begin_object (json);
  amsel_json_key (json, "enum");
  amsel_json_begin_array (json);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      amsel_json_string (json, words[i]);
      if (is_number (words[i]))
        amsel_json_number (json, words[i]);
    }
  amsel_json_end_array (json);
  amsel_json_end_object (json);
}

static void
put_choice (AmselJson *json, GParamSpec *pspec)
{
  g_auto (GStrv) words = amsel_setting_list_choices (pspec);

  amsel_json_key (json, "anyOf");
  amsel_json_begin_array (json);
  put_choices (json, words);
  amsel_json_begin_object (json);
  put_string (json, "type", "string");
  put_string (json, "pattern", PATTERN_VARIABLE);
  amsel_json_end_object (json);
  amsel_json_end_array (json);
}

static const gchar *
find_section (GType type)
{
  for (const AmselSection *s = amsel_schema_get_sections (); s->name != NULL; s++)
    if (s->get_type () == type)
      return s->name;
  return NULL;
}

static void
put_setting_type (AmselJson *json, GParamSpec *pspec)
{
  static const gchar *const text[] = { "string", "number", "boolean", NULL };
  static const gchar *const amount[] = { "string", "integer", NULL };

  switch (amsel_setting_get_type (pspec))
    {
    case AMSEL_SETTING_INTEGER:
      put_type_or_variable (json, pspec, "integer");
      break;
    case AMSEL_SETTING_NUMBER:
      put_type_or_variable (json, pspec, "number");
      break;
    case AMSEL_SETTING_SWITCH:
      put_type_or_variable (json, pspec, "boolean");
      break;
    case AMSEL_SETTING_CHOICE:
      put_choice (json, pspec);
      break;
    case AMSEL_SETTING_DURATION:
      put_types (json, amount);
      put_string (json, "pattern", PATTERN_DURATION);
      break;
    case AMSEL_SETTING_SIZE:
      put_types (json, amount);
      put_string (json, "pattern", PATTERN_SIZE);
      break;
    case AMSEL_SETTING_TEXTS:
      put_string (json, "type", "array");
      amsel_json_key (json, "items");
      amsel_json_begin_object (json);
      put_types (json, text);
      amsel_json_end_object (json);
      break;
    case AMSEL_SETTING_KIND:
      put_ref (json, "", amsel_registry_get_stage_name (pspec->value_type));
      break;
    case AMSEL_SETTING_OBJECT:
      if (find_section (pspec->value_type) != NULL)
        put_ref (json, "", find_section (pspec->value_type));
      else
        put_string (json, "type", "object");
      break;
    case AMSEL_SETTING_NONE:
    case AMSEL_SETTING_TEXT:
    case AMSEL_SETTING_REFERENCE:
    default:
      put_types (json, text);
    }
}

static void
put_setting (AmselJson *json, GParamSpec *pspec)
{
  const gchar *blurb = g_param_spec_get_blurb (pspec);
  g_autofree gchar *value = amsel_setting_get_default (pspec);

  amsel_json_string (json, pspec->name);
  amsel_json_colon (json);
  amsel_json_begin_object (json);
  if (blurb != NULL)
    put_string (json, "description", blurb);
  put_setting_type (json, pspec);
  if (value != NULL && (pspec->flags & AMSEL_PARAM_REQUIRED) == 0)
    {
      gboolean bare = amsel_setting_get_type (pspec) == AMSEL_SETTING_SWITCH
                      || amsel_setting_get_type (pspec) == AMSEL_SETTING_INTEGER;

      amsel_json_key (json, "default");
      if (bare)
        amsel_json_number (json, value);
      else
        amsel_json_string (json, value);
    }
  amsel_json_end_object (json);
}

static void
put_required (AmselJson *json, GParamSpec *const *settings, guint n_settings, gboolean kind)
{
  gboolean any = kind;

  for (guint i = 0; i < n_settings; i++)
    any |= (settings[i]->flags & AMSEL_PARAM_REQUIRED) != 0;
  if (!any)
    return;
  amsel_json_key (json, "required");
  amsel_json_begin_array (json);
  if (kind)
    amsel_json_name (json, "kind");
  for (guint i = 0; i < n_settings; i++)
    if ((settings[i]->flags & AMSEL_PARAM_REQUIRED) != 0)
      amsel_json_string (json, settings[i]->name);
  amsel_json_end_array (json);
}

typedef enum
{
  MAP_PLAIN,
  MAP_KIND,     /* has “kind” */
  MAP_METER,    /* has “from” and “template”, and may leave out all else */
  MAP_PIPELINE, /* has “meters” */
} MapForm;

static void put_map (AmselJson *json, GType type, MapForm form);

/* The list that a kind of service has, such as “terminals”. */
static void
put_items (AmselJson *json, GType type)
{
  g_autoptr (GObject) service = g_object_new (type, NULL);
  const gchar *key = amsel_service_get_item_key (AMSEL_SERVICE (service));
  g_autofree gchar *head = NULL;

  if (key == NULL)
    return;
  head = g_strdup_printf (",\"%s\":{\"type\":[\"array\",\"null\"],\"items\":{", key);
  put_raw (json, head);
  json->follows = FALSE;
  put_map (json, amsel_service_get_item_type (AMSEL_SERVICE (service)), MAP_METER);
  put_raw (json, "}}");
}

/* The inside of the definition of a map whose keys are the settings of a type. */
static void
put_map (AmselJson *json, GType type, MapForm form)
{
  guint n_settings;
  g_autofree GParamSpec **settings = amsel_setting_list (type, &n_settings);

  put_string (json, "type", "object");
  amsel_json_key (json, "additionalProperties");
  amsel_json_boolean (json, FALSE);
  if (form != MAP_METER)
    put_required (json, settings, n_settings, form == MAP_KIND);
  amsel_json_key (json, "properties");
  amsel_json_begin_object (json);
  if (form == MAP_KIND)
    put_raw (json, "\"kind\":{\"type\":\"string\"}");
  if (form == MAP_KIND && g_type_is_a (type, AMSEL_TYPE_SERVICE))
    put_items (json, type);
  if (form == MAP_METER)
    put_raw (
        json,
        "\"template\":{\"type\":\"string\",\"description\":\"Name of a template whose keys hold where the "
        "meter has none.\"},"
        "\"from\":{\"type\":\"string\",\"description\":\"A CSV file: a meter for each row, a key for each "
        "column.\"}");
  if (form == MAP_PIPELINE)
    put_raw (
        json,
        "\"meters\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"object\"},\"description\":\"The "
        "meters that are read.\"}");
  json->follows = form != MAP_PLAIN;
  for (guint i = 0; i < n_settings; i++)
    put_setting (json, settings[i]);
  amsel_json_end_object (json);
}

/* “if the kind is this, then the map is that”. */
static void
put_kinds (AmselJson *json, AmselRegistry *registry, GType stage)
{
  const gchar *name = amsel_registry_get_stage_name (stage);
  g_auto (GStrv) kinds = amsel_registry_list_kinds (registry, stage);

  begin_definition (json, "", name);
  put_raw (json, "\"type\":\"object\",\"required\":[\"kind\"],\"properties\":{\"kind\":");
  put_choices (json, kinds);
  put_raw (json, "},\"allOf\":[");
  json->follows = FALSE;
  for (gsize i = 0; kinds[i] != NULL; i++)
    {
      g_autofree gchar *prefix = g_strdup_printf ("%s-", name);

      amsel_json_begin_object (json);
      put_raw (json, "\"if\":{\"properties\":{\"kind\":{\"const\":");
      json->follows = FALSE;
      amsel_json_string (json, kinds[i]);
      put_raw (json, "}}},\"then\":{");
      json->follows = FALSE;
      put_ref (json, prefix, kinds[i]);
      amsel_json_end_object (json);
      amsel_json_end_object (json);
    }
  if (kinds[0] == NULL)
    amsel_json_boolean (json, TRUE);
  amsel_json_end_array (json);
  amsel_json_end_object (json);
  for (gsize i = 0; kinds[i] != NULL; i++)
    {
      g_autofree gchar *prefix = g_strdup_printf ("%s-", name);

      begin_definition (json, prefix, kinds[i]);
      put_string (json, "description", amsel_registry_get_kind_blurb (registry, stage, kinds[i]));
      put_map (json, amsel_registry_get_kind_type (registry, stage, kinds[i]), MAP_KIND);
      amsel_json_end_object (json);
    }
}

/* The meters of each protocol. */
static void
put_meters (AmselJson *json, AmselRegistry *registry)
{
  g_auto (GStrv) kinds = amsel_registry_list_kinds (registry, AMSEL_TYPE_PROTOCOL);

  for (gsize i = 0; kinds[i] != NULL; i++)
    {
      g_autoptr (GObject) protocol = amsel_registry_create (registry, AMSEL_TYPE_PROTOCOL, kinds[i], NULL);

      begin_definition (json, "meter-", kinds[i]);
      put_map (json, amsel_protocol_get_meter_type (AMSEL_PROTOCOL (protocol)), MAP_METER);
      amsel_json_end_object (json);
    }
}

static void
put_pipeline (AmselJson *json, AmselRegistry *registry)
{
  g_auto (GStrv) kinds = amsel_registry_list_kinds (registry, AMSEL_TYPE_PROTOCOL);

  begin_definition (json, "", "pipeline");
  put_map (json, AMSEL_TYPE_PIPELINE, MAP_PIPELINE);
  put_raw (json, ",\"allOf\":[true");
  for (gsize i = 0; kinds[i] != NULL; i++)
    {
      put_raw (json, ",{\"if\":{\"properties\":{\"protocol\":{\"properties\":{\"kind\":{\"const\":");
      json->follows = FALSE;
      amsel_json_string (json, kinds[i]);
      put_raw (json, "}}}}},\"then\":{\"properties\":{\"meters\":{\"items\":{");
      json->follows = FALSE;
      put_ref (json, "meter-", kinds[i]);
      put_raw (json, "}}}}}");
    }
  put_raw (json, "]");
  amsel_json_end_object (json);
}

static void
put_definitions (AmselJson *json, AmselRegistry *registry)
{
  amsel_json_key (json, "$defs");
  amsel_json_begin_object (json);
  for (const AmselSection *s = amsel_schema_get_sections (); s->name != NULL; s++)
    {
      if (s->get_type () == AMSEL_TYPE_PIPELINE)
        {
          put_pipeline (json, registry);
          continue;
        }
      begin_definition (json, "", s->name);
      put_string (json, "description", s->blurb);
      put_map (json, s->get_type (), s->get_type () == AMSEL_TYPE_METER ? MAP_METER : MAP_PLAIN);
      amsel_json_end_object (json);
    }
  for (guint i = 0; get_stage (i) != G_TYPE_INVALID; i++)
    put_kinds (json, registry, get_stage (i));
  put_meters (json, registry);
  amsel_json_end_object (json);
}

/* A section that is a list of definitions; it may be left empty. */
static void
put_list (AmselJson *json, const gchar *section, const gchar *definition)
{
  amsel_json_key (json, section);
  amsel_json_begin_object (json);
  put_raw (json, "\"type\":[\"array\",\"null\"],\"items\":{");
  json->follows = FALSE;
  put_ref (json, "", definition);
  amsel_json_end_object (json);
  amsel_json_end_object (json);
}

/**
 * amsel_schema_to_json:
 * @registry: the kinds that there are
 *
 * Returns: (transfer full): a JSON Schema (2020-12) of the configuration
 */
gchar *
amsel_schema_to_json (AmselRegistry *registry)
{
  g_auto (AmselJson) json = AMSEL_JSON_INIT;

  amsel_json_begin_object (&json);
  put_string (&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
  put_string (&json, "title", "Configuration of Amsel");
  put_string (&json, "type", "object");
  put_raw (&json,
           ",\"additionalProperties\":false,\"patternProperties\":{\"^x-\":true},\"properties\":{"
           "\"include\":{\"type\":[\"string\",\"array\",\"null\"],\"items\":{\"type\":\"string\"},"
           "\"description\":\"Other files of the configuration, such as conf.d/*.yaml.\"},"
           "\"templates\":{\"type\":[\"object\",\"null\"],\"additionalProperties\":{\"type\":\"object\"},"
           "\"description\":\"Keys that many meters share, by name.\"}");
  put_raw (&json, ",\"store\":{\"$ref\":\"#/$defs/store\"}");
  put_list (&json, "lines", "line");
  put_list (&json, "pipelines", "pipeline");
  put_list (&json, "exporters", "exporter");
  put_list (&json, "services", "service");
  amsel_json_end_object (&json);
  put_definitions (&json, registry);
  amsel_json_end_object (&json);
  return g_strndup (json.text, json.length);
}
