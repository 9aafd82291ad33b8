/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The description of a simulated line: a file with “kind”, the settings of the simulator, and its meters. */
#include "amsel-config-private.h"

#define SIMULATOR_KEYS "meters", "templates", "include"

typedef struct
{
  AmselSimulator *simulator; /* (unowned) */
  GType type;
  gchar *what; /* (owned) */
} Devices;

static void
add_device (AmselLoader *self, const AmselYamlNode *map, gpointer user_data)
{
  const Devices *devices = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok;
  g_autoptr (GObject) device = amsel_config_object_new (self, devices->type, devices->what, map, NULL, &ok);

  if (ok && !amsel_simulator_add_device (devices->simulator, device, &error))
    amsel_loader_error (self, map, NULL, "%s", error->message);
}

/* Every file of the description may add meters and templates; the first one has the settings. */
static AmselSimulator *
build (AmselLoader *self)
{
  static const gchar *const others[] = { SIMULATOR_KEYS, NULL };
  g_autofree gchar *kind = NULL;
  g_autoptr (GObject) simulator = NULL;
  Devices devices = { 0 };
  gboolean ok;

  for (guint i = 0; i < self->roots->len; i++)
    amsel_config_meters_add_templates (self, g_ptr_array_index (self->roots, i));
  simulator = amsel_config_kind_new (self, AMSEL_TYPE_SIMULATOR, g_ptr_array_index (self->roots, 0), others,
                                     &kind, &ok);
  if (simulator == NULL)
    return NULL;
  devices.simulator = AMSEL_SIMULATOR (simulator);
  devices.type = amsel_simulator_get_device_type (devices.simulator);
  devices.what = g_strdup_printf ("a meter of the simulator “%s”", kind);
  for (guint i = 0; i < self->roots->len; i++)
    {
      const AmselYamlNode *meters = amsel_yaml_map_get (g_ptr_array_index (self->roots, i), "meters", NULL);

      if (meters != NULL)
        amsel_config_meters_foreach (self, meters, add_device, &devices);
    }
  g_free (devices.what);
  amsel_config_meters_warn_unused (self);
  return AMSEL_SIMULATOR (g_steal_pointer (&simulator));
}

/* In an included file only lists can stand. */
static void
check_included (AmselLoader *self)
{
  static const gchar *const keys[] = { SIMULATOR_KEYS, NULL };

  for (guint i = 1; i < self->roots->len; i++)
    {
      const AmselYamlNode *root = g_ptr_array_index (self->roots, i);

      for (guint k = 0; k < root->keys->len; k++)
        {
          const AmselYamlNode *key = g_ptr_array_index (root->keys, k);

          if (!g_strv_contains (keys, key->text))
            amsel_loader_error (self, key, "expected one of: meters, templates, include",
                                "an included file has no key “%s”", key->text);
        }
    }
}

/**
 * amsel_config_load_simulator:
 * @path: a YAML file
 * @registry: the kinds that there are
 * @problems: (out) (optional) (transfer container) (element-type AmselProblem): all errors and warnings, in
 * order
 *
 * Reads the description of a simulated line: the keys `kind` and `meters`, and the settings of the simulator.
 *
 * Returns: (transfer full) (nullable): the simulator with its meters; %NULL after any error
 */
AmselSimulator *
amsel_config_load_simulator (const gchar *path, AmselRegistry *registry, GPtrArray **problems)
{
  AmselLoader loader;
  g_autoptr (AmselSimulator) simulator = NULL;
  g_autoptr (GPtrArray) found = NULL;
  gboolean failed;

  amsel_loader_init (&loader, registry);
  if (amsel_loader_read_file (&loader, path) && loader.roots->len > 0)
    {
      check_included (&loader);
      simulator = build (&loader);
    }
  else if (loader.problems.n_errors == 0)
    {
      AmselMark whole = { g_ptr_array_index (loader.sources, 0), 0, 0, 0 };

      amsel_problems_add (&loader.problems, AMSEL_SEVERITY_ERROR, &whole, "expected the key “kind”",
                          "the file describes nothing");
    }
  failed = loader.problems.n_errors > 0;
  found = amsel_problems_finish (&loader.problems);
  amsel_loader_clear (&loader);
  if (problems != NULL)
    *problems = g_steal_pointer (&found);
  return failed ? NULL : g_steal_pointer (&simulator);
}
