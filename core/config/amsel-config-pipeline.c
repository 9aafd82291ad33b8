/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pipelines: where lines, protocols, schedules, meters and exporters come together and must fit. */
#include "amsel-config-private.h"

#include "amsel-pipeline.h"

/* The meters of one pipeline while they are added. */
typedef struct
{
  AmselPipeline *pipeline; /* (unowned) */
  AmselProtocol *protocol; /* (unowned) */
  gchar *what;             /* (owned) */
  GHashTable *names;       /* (owned) (element-type utf8 AmselNamed) */
  GHashTable *addresses;   /* (owned) (element-type utf8 AmselNamed) */
  guint n_meters;
} Meters;

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* A pipeline without meters and without a time to read any: a service brings both, and keeps the readings. */
static gboolean
is_left_to_service (const AmselYamlNode *item)
{
  return item->type == AMSEL_YAML_MAP && amsel_yaml_map_get (item, "meters", NULL) == NULL
         && amsel_yaml_map_get (item, "schedule", NULL) == NULL
         && amsel_yaml_map_get (item, "listen", NULL) == NULL;
}

/* Where the first meter of that name or address stands; NULL where this one is the first. */
static const AmselMark *
find_twin (GHashTable *table, const gchar *text, const AmselYamlNode *node)
{
  AmselMark *mark = g_hash_table_lookup (table, text);

  if (mark != NULL)
    return mark;
  mark = g_new (AmselMark, 1);
  *mark = node->mark;
  g_hash_table_insert (table, g_strdup (text), mark);
  return NULL;
}

/* Two meters of one name could not be told apart; two of one address are probably a copy that was not
 * finished. */
static gboolean
check_twins (AmselLoader *self, Meters *meters, AmselMeter *meter, const AmselYamlNode *name,
             const AmselYamlNode *address)
{
  const gchar *name_text = amsel_meter_get_name (meter);
  const gchar *address_text = amsel_meter_get_address (meter);
  const AmselMark *twin = find_twin (meters->names, name_text, name != NULL ? name : address);

  if (twin != NULL)
    {
      g_autofree gchar *place = amsel_loader_place (twin, &(name != NULL ? name : address)->mark);

      amsel_loader_error (self, name != NULL ? name : address,
                          name != NULL ? "each meter of a pipeline needs a name of its own"
                                       : "a meter without “name” is called by its address",
                          "there is already a meter “%s”: %s", name_text, place);
      return FALSE;
    }
  twin = find_twin (meters->addresses, address_text, address);
  if (twin != NULL)
    {
      g_autofree gchar *place = amsel_loader_place (twin, &address->mark);

      amsel_loader_warn (self, address, NULL, "another meter has the address “%s”: %s", address_text, place);
    }
  return TRUE;
}

static void
add_meter (AmselLoader *self, const AmselYamlNode *map, gpointer user_data)
{
  Meters *meters = user_data;
  const AmselYamlNode *name = amsel_yaml_map_get (map, "name", NULL);
  const AmselYamlNode *address = amsel_yaml_map_get (map, "address", NULL);
  GType type = amsel_protocol_get_meter_type (meters->protocol);
  g_autoptr (GError) error = NULL;
  gboolean ok;
  g_autoptr (GObject) meter = amsel_config_object_new (self, type, meters->what, map, NULL, &ok);

  meters->n_meters++;
  if (!ok || address == NULL)
    return;
  if (!amsel_protocol_check_meter (meters->protocol, AMSEL_METER (meter), &error))
    {
      const AmselYamlNode *blamed = amsel_config_find_blamed (map, error->message);

      amsel_loader_error (self, blamed != map ? blamed : address, NULL, "%s", error->message);
      return;
    }
  if (check_twins (self, meters, AMSEL_METER (meter), name, address)
      && !amsel_pipeline_add_meter (meters->pipeline, AMSEL_METER (meter), &error))
    amsel_loader_error (self, map, NULL, "%s", error->message);
}

/* What the settings of the pipeline alone cannot tell. */
static void
add_meters (AmselLoader *self, AmselPipeline *pipeline, const gchar *kind, const AmselYamlNode *item)
{
  const AmselYamlNode *list = amsel_yaml_map_get (item, "meters", NULL);
  guint n_errors = self->problems.n_errors;
  gboolean listen = FALSE;
  Meters meters = {
    .pipeline = pipeline,
    .protocol = amsel_pipeline_get_protocol (pipeline),
    .what = g_strdup_printf ("a meter of the protocol “%s”", kind),
    .names = new_table (),
    .addresses = new_table (),
  };

  if (list != NULL)
    amsel_config_meters_foreach (self, list, add_meter, &meters);
  g_object_get (pipeline, "listen", &listen, NULL);
  if (meters.n_meters == 0 && !listen && !is_left_to_service (item) && self->problems.n_errors == n_errors)
    amsel_loader_warn (self, list != NULL ? list : item, NULL, "this pipeline has no meters");
  g_free (meters.what);
  g_hash_table_unref (meters.names);
  g_hash_table_unref (meters.addresses);
}

static void
check_exporters (AmselLoader *self, const AmselYamlNode *item)
{
  const AmselYamlNode *list = amsel_yaml_map_get (item, "exporters", NULL);

  if (list != NULL && list->type == AMSEL_YAML_LIST && list->items->len > 0)
    {
      amsel_config_exporters_check (self, list);
      return;
    }
  if (list == NULL && is_left_to_service (item))
    return;
  if (list == NULL || list->type == AMSEL_YAML_LIST || amsel_yaml_is_empty (list))
    amsel_loader_warn (self, list != NULL && list->type == AMSEL_YAML_LIST ? list : item,
                       "“exporters:” lists the names of those that get its readings",
                       "this pipeline has no exporters: its readings stay in the store");
}

/* The kind of the protocol, which readouts carry. */
static gchar *
get_protocol_kind (AmselLoader *self, const AmselYamlNode *item)
{
  const AmselYamlNode *protocol = amsel_yaml_map_get (item, "protocol", NULL);
  const AmselYamlNode *kind = protocol != NULL && protocol->type == AMSEL_YAML_MAP
                                  ? amsel_yaml_map_get (protocol, "kind", NULL)
                                  : NULL;

  return kind != NULL && kind->type == AMSEL_YAML_SCALAR ? amsel_config_text_expand (self, kind, NULL) : NULL;
}

/* Other lines that the pipeline listens to, by their names. */
static gboolean
add_lines (AmselLoader *self, AmselPipeline *pipeline, const AmselYamlNode *item)
{
  const AmselYamlNode *list = amsel_yaml_map_get (item, "also-lines", NULL);
  g_auto (GStrv) names = NULL;
  gboolean ok = TRUE;

  g_object_get (pipeline, "also-lines", &names, NULL);
  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      AmselNamed *named = amsel_loader_find_name (self, self->lines, "line", "lines", names[i], list);

      ok = ok && named != NULL && named->object != NULL;
      if (named != NULL && named->object != NULL)
        amsel_pipeline_add_line (pipeline, AMSEL_LINE (named->object));
    }
  return ok;
}

/* What the protocol goes on without is told, and is no error of the configuration. */
static void
add_problems (AmselLoader *self, AmselProtocol *protocol)
{
  g_autoptr (GPtrArray) problems = amsel_protocol_list_problems (protocol);

  for (guint i = 0; i < problems->len; i++)
    amsel_problems_take (&self->problems, amsel_problem_ref (g_ptr_array_index (problems, i)));
}

/* The setting that a sentence is about: one of the protocol, or of the pipeline. */
static const AmselYamlNode *
find_blamed (const AmselYamlNode *item, const gchar *sentence)
{
  const AmselYamlNode *protocol = amsel_yaml_map_get (item, "protocol", NULL);
  const AmselYamlNode *blamed = protocol != NULL && protocol->type == AMSEL_YAML_MAP
                                    ? amsel_config_find_blamed (protocol, sentence)
                                    : protocol;

  return blamed != protocol ? blamed : amsel_config_find_blamed (item, sentence);
}

AmselPipeline *
amsel_config_pipeline_new (AmselLoader *self, const AmselYamlNode *item)
{
  static const gchar *const others[] = { "meters", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) pipeline = NULL;
  g_autofree gchar *kind = NULL;
  gboolean ok;

  pipeline = amsel_config_object_new (self, AMSEL_TYPE_PIPELINE, "a pipeline", item, others, &ok);
  if (item->type != AMSEL_YAML_MAP)
    return NULL;
  check_exporters (self, item);
  kind = get_protocol_kind (self, item);
  if (kind != NULL && amsel_pipeline_get_protocol (AMSEL_PIPELINE (pipeline)) != NULL)
    {
      amsel_pipeline_set_protocol_kind (AMSEL_PIPELINE (pipeline), kind);
      add_problems (self, amsel_pipeline_get_protocol (AMSEL_PIPELINE (pipeline)));
      add_meters (self, AMSEL_PIPELINE (pipeline), kind, item);
    }
  ok = add_lines (self, AMSEL_PIPELINE (pipeline), item) && ok;
  if (ok && !amsel_pipeline_check (AMSEL_PIPELINE (pipeline), &error))
    amsel_loader_error (self, find_blamed (item, error->message), NULL, "%s", error->message);
  return AMSEL_PIPELINE (g_steal_pointer (&pipeline));
}
