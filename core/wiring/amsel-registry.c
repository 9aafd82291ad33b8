/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry of kinds.
 *
 * Plugins are GModules that stay loaded for ever and whose types are static: nothing is gained by unloading,
 * and a plugin's source can then be linked into a test as it is. A plugin that cannot be loaded is remembered
 * with its reason and never stops the others. A kind is a word within its stage, so a transport and a service
 * may both be called "at".
 *
 * A plugin brings its libraries with it, so those that were found wait until a kind is asked for that nobody
 * has yet: first those that are named after it are loaded, as libamsel-exporter-ftp.so for the exporter
 * "ftp", and only then all others. */
#include "amsel-registry.h"

#include <gmodule.h>

#include "amsel-config-paths.h"
#include "amsel-error.h"
#include "amsel-exporter.h"
#include "amsel-plugin.h"
#include "amsel-protocol.h"
#include "amsel-service.h"
#include "amsel-simulator.h"
#include "amsel-transport.h"

typedef struct
{
  gchar *kind;  /* (owned) */
  gchar *blurb; /* (owned) */
  GType type;
  GType stage;
} Kind;

struct _AmselRegistry
{
  GObject parent_instance;

  GPtrArray *kinds;    /* (owned) (element-type Kind) */
  GPtrArray *waiting;  /* (owned) (element-type utf8): plugin files that are not loaded yet */
  GPtrArray *problems; /* (owned) (element-type utf8) */
};

G_DEFINE_FINAL_TYPE (AmselRegistry, amsel_registry, G_TYPE_OBJECT)

/* The registry whose plugin's load function runs, for kinds added from other languages. */
static AmselRegistry *loading; /* (unowned) (nullable) */

static void
kind_free (gpointer data)
{
  Kind *kind = data;

  g_free (kind->kind);
  g_free (kind->blurb);
  g_free (kind);
}

static GType
get_stage (GType type)
{
  const GType stages[] = { AMSEL_TYPE_TRANSPORT, AMSEL_TYPE_PROTOCOL, AMSEL_TYPE_EXPORTER, AMSEL_TYPE_SERVICE,
                           AMSEL_TYPE_SIMULATOR };

  for (gsize i = 0; i < G_N_ELEMENTS (stages); i++)
    if (g_type_is_a (type, stages[i]))
      return stages[i];
  return G_TYPE_INVALID;
}

/**
 * amsel_registry_get_stage_name:
 * @stage: type of a stage, such as that of #AmselTransport
 *
 * Returns: (transfer none): its name, such as "transport"; "unknown" for any other type
 */
const gchar *
amsel_registry_get_stage_name (GType stage)
{
  return stage == AMSEL_TYPE_TRANSPORT   ? "transport"
         : stage == AMSEL_TYPE_PROTOCOL  ? "protocol"
         : stage == AMSEL_TYPE_EXPORTER  ? "exporter"
         : stage == AMSEL_TYPE_SERVICE   ? "service"
         : stage == AMSEL_TYPE_SIMULATOR ? "simulator"
                                         : "unknown";
}

static const Kind *
find_known (AmselRegistry *self, GType stage, const gchar *word)
{
  for (guint i = 0; i < self->kinds->len; i++)
    {
      const Kind *kind = g_ptr_array_index (self->kinds, i);

      if (kind->stage == stage && g_str_equal (kind->kind, word))
        return kind;
    }
  return NULL;
}

/* Loads the waiting plugins whose files end so. */
static void
load_waiting (AmselRegistry *self, const gchar *suffix)
{
  g_autoptr (GPtrArray) found = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < found->len; i++)
    {
      const gchar *path = g_ptr_array_index (found, i);
      g_autoptr (GError) error = NULL;

      if (!g_str_has_suffix (path, suffix))
        g_ptr_array_add (self->waiting, g_strdup (path));
      else if (!amsel_registry_open (self, path, &error))
        g_ptr_array_add (self->problems, g_strdup (error->message));
    }
}

static void
load_all (AmselRegistry *self)
{
  load_waiting (self, "");
}

static const Kind *
find_kind (AmselRegistry *self, GType stage, const gchar *word)
{
  const Kind *kind = find_known (self, stage, word);
  g_autofree gchar *of_stage = NULL;
  g_autofree gchar *of_any = NULL;

  if (kind != NULL || self->waiting->len == 0)
    return kind;
  of_any = g_strdup_printf ("-%s." G_MODULE_SUFFIX, word);
  of_stage = g_strdup_printf ("-%s%s", amsel_registry_get_stage_name (stage), of_any);
  load_waiting (self, of_stage);
  kind = find_known (self, stage, word);
  if (kind != NULL)
    return kind;
  load_waiting (self, of_any);
  kind = find_known (self, stage, word);
  if (kind != NULL)
    return kind;
  load_all (self);
  return find_known (self, stage, word);
}

/* A word of the configuration: lower-case letters, digits and hyphens, beginning with a letter. */
static gboolean
is_word (const gchar *text)
{
  if (text == NULL || !g_ascii_islower (text[0]))
    return FALSE;
  for (const gchar *p = text; *p != '\0'; p++)
    if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p) && *p != '-')
      return FALSE;
  return TRUE;
}

/**
 * amsel_registry_add_kind:
 * @self: a registry
 * @kind: the word used in the configuration
 * @blurb: one line that says what it is
 * @type: a type derived from one of the stages, not abstract
 * @error: return location for an #AmselPluginError
 *
 * Adds a kind. Plugins in other languages call it while they are loaded.
 *
 * Returns: whether it was added
 */
gboolean
amsel_registry_add_kind (AmselRegistry *self, const gchar *kind, const gchar *blurb, GType type,
                         GError **error)
{
  GType stage = get_stage (type);
  Kind *added;

  if (!is_word (kind))
    {
      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_INVALID,
                   "“%s” cannot be the name of a kind: expected lower-case letters, digits and hyphens",
                   kind != NULL ? kind : "");
      return FALSE;
    }
  if (stage == G_TYPE_INVALID || G_TYPE_IS_ABSTRACT (type))
    {
      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_INVALID,
                   "kind “%s”: %s is no transport, protocol, exporter, service or simulator", kind,
                   g_type_name (type) != NULL ? g_type_name (type) : "its type");
      return FALSE;
    }
  if (find_known (self, stage, kind) != NULL)
    {
      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_INVALID,
                   "there is already a %s of kind “%s”", amsel_registry_get_stage_name (stage), kind);
      return FALSE;
    }
  added = g_new0 (Kind, 1);
  added->kind = g_strdup (kind);
  added->blurb = g_strdup (blurb != NULL ? blurb : "");
  added->type = type;
  added->stage = stage;
  g_ptr_array_add (self->kinds, added);
  return TRUE;
}

/**
 * amsel_registry_add_plugin: (skip)
 * @self: a registry
 * @desc: what a plugin exports
 * @error: return location for an #AmselPluginError
 *
 * Adds what a plugin offers, after checking that it was built for this library.
 *
 * Returns: whether all of it was added
 */
gboolean
amsel_registry_add_plugin (AmselRegistry *self, const AmselPluginDesc *desc, GError **error)
{
  AmselRegistry *outer = loading;
  GError *local = NULL;
  gboolean ok;

  if (desc->abi != AMSEL_PLUGIN_ABI || desc->struct_size != sizeof *desc)
    {
      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_ABI,
                   "it was built for plugin interface %u.%u, and this is %u.%u; build it again", desc->abi,
                   desc->struct_size, AMSEL_PLUGIN_ABI, (guint) sizeof *desc);
      return FALSE;
    }
  for (const AmselPluginKind *k = desc->kinds; k != NULL && k->kind != NULL; k++)
    if (!amsel_registry_add_kind (self, k->kind, k->blurb, k->get_type (), error))
      return FALSE;
  if (desc->load == NULL)
    return TRUE;

  loading = self;
  ok = desc->load (self, &local);
  loading = outer;
  if (ok && local == NULL)
    return TRUE;
  if (local == NULL)
    g_set_error_literal (&local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT,
                         "it did not load and gave no reason");
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_registry_get_default:
 *
 * The registry of the program: made, and filled by amsel_registry_load_default(), when it is asked for first.
 * From the main thread.
 *
 * Returns: (transfer none): the registry
 */
AmselRegistry *
amsel_registry_get_default (void)
{
  static AmselRegistry *registry; /* (owned): lives as long as the program */

  if (registry == NULL)
    {
      registry = amsel_registry_new ();
      amsel_registry_load_default (registry);
    }
  return registry;
}

/**
 * amsel_registry_get_loading:
 *
 * For plugins in other languages, whose files are run by a loader plugin.
 *
 * Returns: (transfer none) (nullable): the registry that is loading plugins at this moment
 */
AmselRegistry *
amsel_registry_get_loading (void)
{
  return loading;
}

/**
 * amsel_registry_open:
 * @self: a registry
 * @path: a plugin file
 * @error: return location for an #AmselPluginError
 *
 * Loads one plugin.
 *
 * Returns: whether its kinds can be used now
 */
gboolean
amsel_registry_open (AmselRegistry *self, const gchar *path, GError **error)
{
  GModule *module = g_module_open (path, G_MODULE_BIND_LOCAL);
  gpointer desc = NULL;

  if (module == NULL)
    {
      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_OPEN, "%s: %s", path, g_module_error ());
      return FALSE;
    }
  if (!g_module_symbol (module, "amsel_plugin_desc", &desc) || desc == NULL)
    {
      g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_NOT_A_PLUGIN, "%s: not a plugin of Amsel",
                   path);
      g_module_close (module);
      return FALSE;
    }
  /* its types are static, so it can never be unloaded again */
  g_module_make_resident (module);
  if (!amsel_registry_add_plugin (self, desc, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  return TRUE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const gchar *const *) a, *(const gchar *const *) b);
}

/**
 * amsel_registry_load_directory:
 * @self: a registry
 * @path: a folder
 *
 * Finds the plugins of a folder. They are loaded when a kind is asked for that may be theirs, in the order of
 * their names; those that cannot be are listed by amsel_registry_list_problems().
 *
 * Returns: how many files were found
 */
guint
amsel_registry_load_directory (AmselRegistry *self, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const gchar *name;

  if (dir == NULL)
    {
      g_ptr_array_add (self->problems,
                       g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                           ? g_strdup_printf ("there is no folder “%s”; AMSEL_PLUGINS can name others", path)
                           : g_strdup (error->message));
      return 0;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, "." G_MODULE_SUFFIX))
      g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (self->waiting, g_ptr_array_index (names, i));
  return names->len;
}

/**
 * amsel_registry_load_default:
 * @self: a registry
 *
 * Finds the plugins of the folders named in the environment variable `AMSEL_PLUGINS` (separated by colons)
 * or, where it is not set, those that were installed with the library.
 *
 * Returns: how many files were found
 */
guint
amsel_registry_load_default (AmselRegistry *self)
{
  const gchar *places = g_getenv ("AMSEL_PLUGINS");
  g_auto (GStrv) folders =
      g_strsplit (places != NULL ? places : AMSEL_PLUGINS_DIR, G_SEARCHPATH_SEPARATOR_S, -1);
  guint n = 0;

  for (gsize i = 0; folders[i] != NULL; i++)
    if (folders[i][0] != '\0')
      n += amsel_registry_load_directory (self, folders[i]);
  return n;
}

/**
 * amsel_registry_list_kinds:
 * @self: a registry
 * @stage: type of a stage, such as that of #AmselTransport
 *
 * Returns: (transfer full) (array zero-terminated=1): the kinds of that stage, sorted
 */
gchar **
amsel_registry_list_kinds (AmselRegistry *self, GType stage)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  load_all (self);
  for (guint i = 0; i < self->kinds->len; i++)
    {
      const Kind *kind = g_ptr_array_index (self->kinds, i);

      if (kind->stage == stage)
        g_ptr_array_add (words, g_strdup (kind->kind));
    }
  g_ptr_array_sort (words, compare_names);
  g_ptr_array_add (words, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/**
 * amsel_registry_add_problem:
 * @self: a registry
 * @problem: a sentence that names the file
 *
 * For plugins that load others: reports a file that could not be loaded, while the rest goes on.
 */
void
amsel_registry_add_problem (AmselRegistry *self, const gchar *problem)
{
  g_ptr_array_add (self->problems, g_strdup (problem));
}

/**
 * amsel_registry_list_problems:
 * @self: a registry
 *
 * Loads all plugins that were found.
 *
 * Returns: (transfer full) (array zero-terminated=1): one sentence for each plugin that could not be loaded
 */
gchar **
amsel_registry_list_problems (AmselRegistry *self)
{
  GPtrArray *copy = g_ptr_array_new ();

  load_all (self);
  for (guint i = 0; i < self->problems->len; i++)
    g_ptr_array_add (copy, g_strdup (g_ptr_array_index (self->problems, i)));
  g_ptr_array_add (copy, NULL);
  return (gchar **) g_ptr_array_free (copy, FALSE);
}

/**
 * amsel_registry_get_kind_type:
 * @self: a registry
 * @stage: type of a stage
 * @kind: a word
 *
 * Returns: type of that kind; %G_TYPE_INVALID where there is none
 */
GType
amsel_registry_get_kind_type (AmselRegistry *self, GType stage, const gchar *kind)
{
  const Kind *found = find_kind (self, stage, kind);

  return found != NULL ? found->type : G_TYPE_INVALID;
}

/**
 * amsel_registry_get_kind_blurb:
 * @self: a registry
 * @stage: type of a stage
 * @kind: a word
 *
 * Returns: (transfer none) (nullable): the line that says what it is; %NULL where there is no such kind
 */
const gchar *
amsel_registry_get_kind_blurb (AmselRegistry *self, GType stage, const gchar *kind)
{
  const Kind *found = find_kind (self, stage, kind);

  return found != NULL ? found->blurb : NULL;
}

/**
 * amsel_registry_create:
 * @self: a registry
 * @stage: type of a stage
 * @kind: a word
 * @error: return location for an #AmselPluginError
 *
 * Returns: (transfer full): a new object of that kind with its default settings
 */
GObject *
amsel_registry_create (AmselRegistry *self, GType stage, const gchar *kind, GError **error)
{
  GType type = amsel_registry_get_kind_type (self, stage, kind);

  if (type != G_TYPE_INVALID)
    return g_object_new (type, NULL);
  g_set_error (error, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_UNKNOWN_KIND, "there is no %s of kind “%s”",
               amsel_registry_get_stage_name (stage), kind);
  return NULL;
}

static void
amsel_registry_finalize (GObject *object)
{
  AmselRegistry *self = AMSEL_REGISTRY (object);

  g_ptr_array_unref (self->kinds);
  g_ptr_array_unref (self->waiting);
  g_ptr_array_unref (self->problems);
  G_OBJECT_CLASS (amsel_registry_parent_class)->finalize (object);
}

static void
amsel_registry_class_init (AmselRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = amsel_registry_finalize;
}

static void
amsel_registry_init (AmselRegistry *self)
{
  self->kinds = g_ptr_array_new_with_free_func (kind_free);
  self->waiting = g_ptr_array_new_with_free_func (g_free);
  self->problems = g_ptr_array_new_with_free_func (g_free);
}

/**
 * amsel_registry_new: (constructor)
 *
 * Returns: (transfer full): a registry without kinds
 */
AmselRegistry *
amsel_registry_new (void)
{
  return g_object_new (AMSEL_TYPE_REGISTRY, NULL);
}
