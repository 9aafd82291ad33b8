/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Services: their settings, the list of what belongs to them, and the exporters of those that are a source.
 */
#include "amsel-config-private.h"

#include "amsel-service.h"

/* The items of one service while they are added. */
typedef struct
{
  AmselService *service; /* (unowned) */
  gchar *what;           /* (owned) */
} Items;

/* Each name must be that of an exporter, and stands once. */
void
amsel_config_exporters_check (AmselLoader *self, const AmselYamlNode *list)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; list->type == AMSEL_YAML_LIST && i < list->items->len; i++)
    {
      const AmselYamlNode *node = g_ptr_array_index (list->items, i);
      g_autofree gchar *name = node->type == AMSEL_YAML_SCALAR && node->tag == NULL
                                   ? amsel_config_text_expand (self, node, NULL)
                                   : NULL;

      if (name == NULL)
        continue; /* told when the list was read */
      if (amsel_loader_find_name (self, self->exporters, "exporter", "exporters", name, node) != NULL
          && !g_hash_table_add (seen, g_steal_pointer (&name)))
        amsel_loader_error (self, node, NULL, "the exporter stands here twice");
    }
}

static void
add_item (AmselLoader *self, const AmselYamlNode *map, gpointer user_data)
{
  const Items *items = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok;
  g_autoptr (GObject) item = amsel_config_object_new (self, amsel_service_get_item_type (items->service),
                                                      items->what, map, NULL, &ok);

  if (ok && !amsel_service_add_item (items->service, item, &error))
    amsel_loader_error (self, map, NULL, "%s", error->message);
}

static void
add_items (AmselLoader *self, AmselService *service, const gchar *key, const AmselYamlNode *map)
{
  const AmselYamlNode *list = amsel_yaml_map_get (map, key, NULL);
  Items items = { .service = service, .what = g_strdup_printf ("an item of “%s”", key) };

  if (list != NULL)
    amsel_config_meters_foreach (self, list, add_item, &items);
  g_free (items.what);
}

/* Readouts of pipelines and services are told apart by the name of where they come from. */
static void
check_name (AmselLoader *self, const AmselYamlNode *map)
{
  const AmselYamlNode *name = amsel_yaml_map_get (map, "name", NULL);

  if (name != NULL && name->type == AMSEL_YAML_SCALAR && name->text != NULL
      && g_hash_table_contains (self->pipelines, name->text))
    amsel_loader_error (self, name, "a service with exporters needs a name of its own",
                        "there is already a pipeline “%s”", name->text);
}

AmselService *
amsel_config_service_new (AmselLoader *self, const AmselYamlNode *map)
{
  const AmselYamlNode *exporters =
      map->type == AMSEL_YAML_MAP ? amsel_yaml_map_get (map, "exporters", NULL) : NULL;
  g_autofree gchar *key = amsel_config_service_dup_item_key (self, map);
  const gchar *const others[] = { key, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) service = NULL;
  gboolean ok;

  service = amsel_config_kind_new (self, AMSEL_TYPE_SERVICE, map, others, NULL, &ok);
  if (service == NULL)
    return NULL;
  if (exporters != NULL)
    {
      amsel_config_exporters_check (self, exporters);
      check_name (self, map);
    }
  if (key != NULL)
    add_items (self, AMSEL_SERVICE (service), key, map);
  if (ok && !amsel_service_check (AMSEL_SERVICE (service), &error))
    amsel_loader_error (self, amsel_config_find_blamed (map, error->message), NULL, "%s", error->message);
  return AMSEL_SERVICE (g_steal_pointer (&service));
}

/* The key of the list that a service of this kind has; NULL where it has none, or the kind is not known. */
gchar *
amsel_config_service_dup_item_key (AmselLoader *self, const AmselYamlNode *map)
{
  const AmselYamlNode *node = map->type == AMSEL_YAML_MAP ? amsel_yaml_map_get (map, "kind", NULL) : NULL;
  g_autoptr (GObject) object = NULL;

  if (node == NULL || node->type != AMSEL_YAML_SCALAR || node->text == NULL
      || amsel_registry_get_kind_type (self->registry, AMSEL_TYPE_SERVICE, node->text) == G_TYPE_INVALID)
    return NULL;
  object = amsel_registry_create (self->registry, AMSEL_TYPE_SERVICE, node->text, NULL);
  return object != NULL ? g_strdup (amsel_service_get_item_key (AMSEL_SERVICE (object))) : NULL;
}
