/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A configuration: reads the files, makes the objects in the order in which they need each other, and checks
 * that they fit together. Nothing is opened or started here.
 *
 * The text is needed only while loading: nodes, sources and templates are gone when the objects stand. */
#include "amsel-config-private.h"

#include "amsel-exporter.h"
#include "amsel-line.h"
#include "amsel-pipeline.h"
#include "amsel-service.h"
#include "amsel-store.h"

struct _AmselConfig
{
  GObject parent_instance;

  gchar *path;          /* (owned) */
  AmselStore *store;    /* (owned) (nullable): NULL where nothing is read */
  GPtrArray *lines;     /* (owned) (element-type AmselLine) */
  GPtrArray *pipelines; /* (owned) (element-type AmselPipeline) */
  GPtrArray *exporters; /* (owned) (element-type AmselExporter) */
  GPtrArray *services;  /* (owned) (element-type AmselService) */
};

G_DEFINE_FINAL_TYPE (AmselConfig, amsel_config, G_TYPE_OBJECT)

/* Keys of a file. Those that begin with “x-” are the user's own, a place for anchors. */
static const gchar *const SECTIONS[] = { "include",   "store",     "lines",    "templates",
                                         "pipelines", "exporters", "services", NULL };

/* Calls for each item of a list that may stand in several files. */
typedef void (*ItemFunc) (AmselConfig *self, AmselLoader *loader, const AmselYamlNode *item);

static void
check_sections (AmselLoader *loader)
{
  for (guint i = 0; i < loader->roots->len; i++)
    {
      const AmselYamlNode *root = g_ptr_array_index (loader->roots, i);

      for (guint k = 0; k < root->keys->len; k++)
        {
          const AmselYamlNode *key = g_ptr_array_index (root->keys, k);
          g_autofree gchar *hint = NULL;

          if (g_strv_contains (SECTIONS, key->text) || g_str_has_prefix (key->text, "x-"))
            continue;
          hint = amsel_loader_choices_hint (key->text, SECTIONS);
          amsel_loader_error (loader, key, hint, "the configuration has no key “%s”", key->text);
        }
    }
}

static void
foreach_item (AmselConfig *self, AmselLoader *loader, const gchar *section, ItemFunc func)
{
  for (guint i = 0; i < loader->roots->len; i++)
    {
      const AmselYamlNode *list = amsel_yaml_map_get (g_ptr_array_index (loader->roots, i), section, NULL);

      if (list == NULL || amsel_yaml_is_empty (list)
          || !amsel_loader_expect (loader, list, AMSEL_YAML_LIST, section,
                                   "expected a list: each item begins with “- ”"))
        continue;
      for (guint k = 0; k < list->items->len; k++)
        func (self, loader, g_ptr_array_index (list->items, k));
    }
}

/* Takes the name of an item; NULL where it has none (which is told elsewhere) or where it is taken. */
static AmselNamed *
take_name (AmselLoader *loader, GHashTable *table, const gchar *what, const AmselYamlNode *item)
{
  const AmselYamlNode *node = item->type == AMSEL_YAML_MAP ? amsel_yaml_map_get (item, "name", NULL) : NULL;
  g_autofree gchar *name = NULL;

  if (node == NULL || node->type != AMSEL_YAML_SCALAR || node->tag != NULL || node->text[0] == '\0')
    return NULL;
  name = amsel_config_text_expand (loader, node, NULL);
  return name != NULL ? amsel_loader_add_name (loader, table, what, name, node) : NULL;
}

static void
add_line (AmselConfig *self, AmselLoader *loader, const AmselYamlNode *item)
{
  AmselNamed *named = take_name (loader, loader->lines, "line", item);
  gboolean ok;
  g_autoptr (GObject) line = amsel_config_object_new (loader, AMSEL_TYPE_LINE, "a line", item, NULL, &ok);

  if (named != NULL)
    g_set_object (&named->object, line);
  g_ptr_array_add (self->lines, g_steal_pointer (&line));
}

static void
add_exporter (AmselConfig *self, AmselLoader *loader, const AmselYamlNode *item)
{
  gboolean ok;
  g_autoptr (GObject) exporter = NULL;

  take_name (loader, loader->exporters, "exporter", item);
  exporter = amsel_config_kind_new (loader, AMSEL_TYPE_EXPORTER, item, NULL, NULL, &ok);
  if (exporter != NULL)
    g_ptr_array_add (self->exporters, g_steal_pointer (&exporter));
}

static void
add_service (AmselConfig *self, AmselLoader *loader, const AmselYamlNode *item)
{
  AmselService *service;

  take_name (loader, loader->services, "service", item);
  service = amsel_config_service_new (loader, item);
  if (service != NULL)
    g_ptr_array_add (self->services, service);
}

/* Whoever brings readouts needs a place for them: pipelines, and services that are a source. */
static gboolean
needs_store (AmselConfig *self)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      AmselService *service = g_ptr_array_index (self->services, i);

      if (amsel_service_get_exporters (service) != NULL || amsel_service_get_item_key (service) != NULL)
        return TRUE;
    }
  return self->pipelines->len > 0;
}

/* The one section that is a map. */
static void
add_store (AmselConfig *self, AmselLoader *loader)
{
  const AmselYamlNode *first = NULL;

  for (guint i = 0; i < loader->roots->len; i++)
    {
      AmselYamlNode *key;
      const AmselYamlNode *node = amsel_yaml_map_get (g_ptr_array_index (loader->roots, i), "store", &key);
      gboolean ok;

      if (node == NULL)
        continue;
      if (first != NULL)
        {
          g_autofree gchar *place = amsel_loader_place (&first->mark, &key->mark);

          amsel_loader_error (loader, key, NULL, "there is already a store: %s", place);
          continue;
        }
      first = key;
      self->store =
          AMSEL_STORE (amsel_config_object_new (loader, AMSEL_TYPE_STORE, "the store", node, NULL, &ok));
    }
  if (first == NULL && needs_store (self))
    amsel_loader_error (loader, g_ptr_array_index (loader->roots, 0), "such as “store: {file: readings.db}”",
                        "the configuration needs the key “store”");
}

static gboolean
listens (AmselPipeline *pipeline)
{
  gboolean listen = FALSE;

  g_object_get (pipeline, "listen", &listen, NULL);
  return listen;
}

static gboolean
shares_line (AmselPipeline *pipeline, AmselPipeline *other)
{
  g_autoptr (GPtrArray) lines = amsel_pipeline_list_lines (pipeline);
  g_autoptr (GPtrArray) others = amsel_pipeline_list_lines (other);

  for (guint i = 0; i < lines->len; i++)
    if (g_ptr_array_find (others, g_ptr_array_index (lines, i), NULL))
      return TRUE;
  return FALSE;
}

/* What comes on a line goes to one pipeline: a second one would hear nothing. */
static void
check_listeners (AmselConfig *self, AmselLoader *loader, AmselPipeline *pipeline, const AmselYamlNode *item)
{
  const AmselYamlNode *line = amsel_yaml_map_get (item, "line", NULL);

  for (guint i = 0; i < self->pipelines->len && listens (pipeline); i++)
    {
      AmselPipeline *other = g_ptr_array_index (self->pipelines, i);

      if (listens (other) && shares_line (pipeline, other))
        amsel_loader_error (loader, line != NULL ? line : item, "one pipeline may have the meters of both",
                            "the pipeline “%s” listens to this line already",
                            amsel_pipeline_get_name (other));
    }
}

static void
add_pipeline (AmselConfig *self, AmselLoader *loader, const AmselYamlNode *item)
{
  AmselPipeline *pipeline;

  take_name (loader, loader->pipelines, "pipeline", item);
  pipeline = amsel_config_pipeline_new (loader, item);
  if (pipeline == NULL)
    return;
  check_listeners (self, loader, pipeline, item);
  g_ptr_array_add (self->pipelines, pipeline);
}

/* What nobody uses is either forgotten or misspelt where it should be used. An exporter that gets nothing is
 * an error, since its owner waits for data. */
static void
check_used (AmselLoader *loader)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, loader->exporters);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const AmselNamed *named = value;
      g_autofree gchar *hint =
          g_strdup_printf ("a pipeline or service routes to it by “exporters: [%s]”", (gchar *) name);

      if (!named->used)
        amsel_problems_add (&loader->problems, AMSEL_SEVERITY_ERROR, &named->mark, hint,
                            "nobody has the exporter “%s”", (gchar *) name);
    }
  g_hash_table_iter_init (&iter, loader->lines);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const AmselNamed *named = value;

      if (!named->used)
        amsel_problems_add (&loader->problems, AMSEL_SEVERITY_WARNING, &named->mark, NULL,
                            "no pipeline uses the line “%s”", (gchar *) name);
    }
}

static void
build (AmselConfig *self, AmselLoader *loader)
{
  if (loader->roots->len == 0)
    {
      AmselMark whole = { g_ptr_array_index (loader->sources, 0), 0, 0, 0 };

      amsel_problems_add (&loader->problems, AMSEL_SEVERITY_ERROR, &whole,
                          "expected keys with values, such as “lines:” and “pipelines:”",
                          "the file is empty");
      return;
    }
  check_sections (loader);
  for (guint i = 0; i < loader->roots->len; i++)
    amsel_config_meters_add_templates (loader, g_ptr_array_index (loader->roots, i));
  foreach_item (self, loader, "lines", add_line);
  foreach_item (self, loader, "exporters", add_exporter);
  foreach_item (self, loader, "pipelines", add_pipeline);
  foreach_item (self, loader, "services", add_service);
  add_store (self, loader);
  if (self->pipelines->len == 0 && self->services->len == 0 && loader->problems.n_errors == 0)
    amsel_loader_warn (loader, g_ptr_array_index (loader->roots, 0), "“pipelines:” lists what is read",
                       "there is nothing to do");
  check_used (loader);
  amsel_config_meters_warn_unused (loader);
}

/* Gives away the configuration, or nothing where there was any error. */
static AmselConfig *
finish (AmselConfig *self, AmselLoader *loader, GPtrArray **problems)
{
  gboolean failed = loader->problems.n_errors > 0;
  g_autoptr (GPtrArray) found = amsel_problems_finish (&loader->problems);

  amsel_loader_clear (loader);
  if (problems != NULL)
    *problems = g_steal_pointer (&found);
  if (!failed)
    return self;
  g_object_unref (self);
  return NULL;
}

/**
 * amsel_config_load:
 * @path: a YAML file
 * @registry: the kinds that there are
 * @problems: (out) (optional) (transfer container) (element-type AmselProblem): all errors and warnings, in
 * order
 *
 * Reads a configuration. No port is opened and no file but those of the configuration is touched.
 *
 * Returns: (transfer full) (nullable): the configuration; %NULL after any error
 */
AmselConfig *
amsel_config_load (const gchar *path, AmselRegistry *registry, GPtrArray **problems)
{
  AmselConfig *self = g_object_new (AMSEL_TYPE_CONFIG, NULL);
  AmselLoader loader;

  amsel_loader_init (&loader, registry);
  self->path = g_strdup (path);
  if (amsel_loader_read_file (&loader, path))
    build (self, &loader);
  return finish (self, &loader, problems);
}

AmselConfig *
amsel_config_load_text (const gchar *text, gsize length, const gchar *name, AmselRegistry *registry,
                        GPtrArray **problems)
{
  AmselConfig *self = g_object_new (AMSEL_TYPE_CONFIG, NULL);
  AmselLoader loader;

  amsel_loader_init (&loader, registry);
  self->path = g_strdup (name);
  if (amsel_loader_read_source (&loader, amsel_source_new (name, text, length)))
    build (self, &loader);
  return finish (self, &loader, problems);
}

static void
amsel_config_finalize (GObject *object)
{
  AmselConfig *self = AMSEL_CONFIG (object);

  g_free (self->path);
  g_clear_object (&self->store);
  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->pipelines);
  g_ptr_array_unref (self->exporters);
  g_ptr_array_unref (self->lines);
  G_OBJECT_CLASS (amsel_config_parent_class)->finalize (object);
}

static void
amsel_config_class_init (AmselConfigClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = amsel_config_finalize;
}

static void
amsel_config_init (AmselConfig *self)
{
  self->lines = g_ptr_array_new_with_free_func (g_object_unref);
  self->pipelines = g_ptr_array_new_with_free_func (g_object_unref);
  self->exporters = g_ptr_array_new_with_free_func (g_object_unref);
  self->services = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Each problem as its text; takes the array. */
static gchar **
to_texts (GPtrArray *problems)
{
  g_autoptr (GPtrArray) owned = problems;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < owned->len; i++)
    g_ptr_array_add (texts, amsel_problem_to_string (g_ptr_array_index (owned, i)));
  g_ptr_array_add (texts, NULL);
  g_ptr_array_set_free_func (texts, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&texts), FALSE);
}

/**
 * amsel_config_load_with_texts: (rename-to amsel_config_load)
 * @path: a YAML file
 * @registry: the kinds that there are
 * @problems: (out) (transfer full) (array zero-terminated=1): all errors and warnings, in order, as text
 *
 * Reads a configuration like amsel_config_load(), for other languages: not all of them can own an array that
 * frees what is in it.
 *
 * Returns: (transfer full) (nullable): the configuration; %NULL after any error
 */
AmselConfig *
amsel_config_load_with_texts (const gchar *path, AmselRegistry *registry, gchar ***problems)
{
  GPtrArray *found = NULL;
  AmselConfig *self = amsel_config_load (path, registry, &found);

  *problems = to_texts (found);
  return self;
}

/**
 * amsel_config_load_simulator_with_texts: (rename-to amsel_config_load_simulator)
 * @path: a YAML file
 * @registry: the kinds that there are
 * @problems: (out) (transfer full) (array zero-terminated=1): all errors and warnings, in order, as text
 *
 * Reads the description of a simulated line like amsel_config_load_simulator(), for other languages.
 *
 * Returns: (transfer full) (nullable): the simulator with its meters; %NULL after any error
 */
AmselSimulator *
amsel_config_load_simulator_with_texts (const gchar *path, AmselRegistry *registry, gchar ***problems)
{
  GPtrArray *found = NULL;
  AmselSimulator *simulator = amsel_config_load_simulator (path, registry, &found);

  *problems = to_texts (found);
  return simulator;
}

/**
 * amsel_config_get_path:
 * @self: a configuration
 *
 * Returns: (transfer none): the file that it was read from
 */
const gchar *
amsel_config_get_path (AmselConfig *self)
{
  return self->path;
}

/**
 * amsel_config_get_store:
 * @self: a configuration
 *
 * Returns: (transfer none) (nullable): its store, not open; %NULL where the configuration only has services
 */
AmselStore *
amsel_config_get_store (AmselConfig *self)
{
  return self->store;
}

/**
 * amsel_config_get_lines:
 * @self: a configuration
 *
 * Returns: (transfer none) (element-type AmselLine): its lines
 */
GPtrArray *
amsel_config_get_lines (AmselConfig *self)
{
  return self->lines;
}

/**
 * amsel_config_get_pipelines:
 * @self: a configuration
 *
 * Returns: (transfer none) (element-type AmselPipeline): its pipelines, with their meters
 */
GPtrArray *
amsel_config_get_pipelines (AmselConfig *self)
{
  return self->pipelines;
}

/**
 * amsel_config_get_exporters:
 * @self: a configuration
 *
 * Returns: (transfer none) (element-type AmselExporter): its exporters
 */
GPtrArray *
amsel_config_get_exporters (AmselConfig *self)
{
  return self->exporters;
}

/**
 * amsel_config_get_services:
 * @self: a configuration
 *
 * Returns: (transfer none) (element-type AmselService): its services
 */
GPtrArray *
amsel_config_get_services (AmselConfig *self)
{
  return self->services;
}
