/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps to objects: each key sets the property of its name.
 *
 * All values are gathered first and the object is made of them at once, so that properties which can only be
 * set at construction are settings like all others. An object with wrong keys is made, too, from those that
 * are right: it is never used, but what belongs to it (the meters of a pipeline, say) can be checked, so that
 * one run tells all errors. */
#include "amsel-config-private.h"

#include <string.h>

#include "amsel-exporter.h"
#include "amsel-param.h"
#include "amsel-protocol.h"
#include "amsel-schedule.h"

typedef struct
{
  GParamSpec **settings; /* (owned container) */
  guint n_settings;
  GPtrArray
      *names;     /* (owned) (element-type utf8): names of the properties, which live as long as the class */
  GArray *values; /* (owned) (element-type GValue) */
  gboolean ok;
} Gathering;

static GParamSpec *
find_setting (const Gathering *gathering, const gchar *key)
{
  for (guint i = 0; i < gathering->n_settings; i++)
    if (g_str_equal (gathering->settings[i]->name, key))
      return gathering->settings[i];
  return NULL;
}

static void
report_unknown_key (AmselLoader *self, const Gathering *gathering, const gchar *what,
                    const AmselYamlNode *key, const gchar *const *others)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree gchar *hint = NULL;

  for (guint i = 0; others != NULL && others[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) others[i]);
  for (guint i = 0; i < gathering->n_settings; i++)
    g_ptr_array_add (words, (gpointer) gathering->settings[i]->name);
  g_ptr_array_add (words, NULL);
  hint = amsel_loader_choices_hint (key->text, (const gchar *const *) words->pdata);
  amsel_loader_error (self, key, hint, "%s has no key “%s”", what, key->text);
}

/* Hides what may be a secret that stands in the wrong form, or at a key that is not quite the right one. */
static void
mask_all (const AmselYamlNode *node)
{
  if (node->type == AMSEL_YAML_SCALAR)
    amsel_source_mask (node->mark.source, &node->mark);
  for (guint i = 0; node->items != NULL && i < node->items->len; i++)
    mask_all (g_ptr_array_index (node->items, i));
}

static gboolean
has_secrets (const Gathering *gathering)
{
  for (guint i = 0; i < gathering->n_settings; i++)
    if ((gathering->settings[i]->flags & AMSEL_PARAM_SECRET) != 0)
      return TRUE;
  return FALSE;
}

static gboolean
find_reference (AmselLoader *self, GParamSpec *pspec, const AmselYamlNode *node, GValue *out)
{
  g_autofree gchar *name = NULL;
  AmselNamed *named;

  if (!amsel_loader_expect (self, node, AMSEL_YAML_SCALAR, pspec->name, "expected the name of a line"))
    return FALSE;
  name = amsel_config_text_get (self, node, pspec);
  if (name == NULL)
    return FALSE;
  named = amsel_loader_find_name (self, self->lines, "line", "lines", name, node);
  if (named != NULL)
    g_value_set_object (out, named->object);
  return named != NULL && named->object != NULL;
}

/* Where a word stands in a sentence; NULL where it does not. */
static const gchar *
find_word (const gchar *sentence, const gchar *word)
{
  gsize length = strlen (word);

  for (const gchar *at = strstr (sentence, word); at != NULL; at = strstr (at + 1, word))
    if ((at == sentence || !(g_ascii_isalnum (at[-1]) || at[-1] == '-'))
        && !(g_ascii_isalnum (at[length]) || at[length] == '-'))
      return at;
  return NULL;
}

const AmselYamlNode *
amsel_config_find_blamed (const AmselYamlNode *map, const gchar *sentence)
{
  const AmselYamlNode *blamed = map;
  const gchar *first = NULL;

  for (guint i = 0; i < map->keys->len; i++)
    {
      const AmselYamlNode *key = g_ptr_array_index (map->keys, i);
      const gchar *at = find_word (sentence, key->text);

      if (at == NULL || (first != NULL && at > first))
        continue;
      first = at;
      blamed = g_ptr_array_index (map->items, i);
    }
  return blamed;
}

/* What an object says of its settings as a whole. */
static gboolean
check_object (AmselLoader *self, GObject *object, const AmselYamlNode *map)
{
  g_autoptr (GError) error = NULL;
  gboolean good = TRUE;

  if (AMSEL_IS_SCHEDULE (object))
    good = amsel_schedule_check (AMSEL_SCHEDULE (object), &error);
  else if (AMSEL_IS_EXPORTER (object))
    good = amsel_exporter_check (AMSEL_EXPORTER (object), &error);
  else if (AMSEL_IS_PROTOCOL (object))
    good = amsel_protocol_check (AMSEL_PROTOCOL (object), &error);
  if (!good)
    amsel_loader_error (self, amsel_config_find_blamed (map, error->message), NULL, "%s", error->message);
  return good;
}

static gboolean
make_object (AmselLoader *self, GParamSpec *pspec, const AmselYamlNode *node, GValue *out)
{
  g_autofree gchar *what = g_strdup_printf ("“%s”", pspec->name);
  g_autoptr (GObject) object = NULL;
  gboolean ok = FALSE;

  if (amsel_setting_get_type (pspec) == AMSEL_SETTING_KIND)
    object = amsel_config_kind_new (self, pspec->value_type, node, NULL, NULL, &ok);
  else
    object = amsel_config_object_new (self, pspec->value_type, what, node, NULL, &ok);
  g_value_set_object (out, object);
  return ok;
}

static gboolean
parse_value (AmselLoader *self, GParamSpec *pspec, const AmselYamlNode *node, GValue *out)
{
  AmselSettingType type = amsel_setting_get_type (pspec);

  if (type == AMSEL_SETTING_REFERENCE)
    return find_reference (self, pspec, node, out);
  if (type == AMSEL_SETTING_KIND || type == AMSEL_SETTING_OBJECT)
    return make_object (self, pspec, node, out);
  return amsel_config_value_parse (self, pspec, node, out);
}

/* A value that is wrong is left out, except an object, which may be right in parts. */
static void
gather_value (AmselLoader *self, Gathering *gathering, GParamSpec *pspec, const AmselYamlNode *node)
{
  GValue value = G_VALUE_INIT;
  gboolean ok;

  if ((pspec->flags & AMSEL_PARAM_SECRET) != 0 && node->type != AMSEL_YAML_SCALAR)
    mask_all (node);
  g_value_init (&value, pspec->value_type);
  ok = parse_value (self, pspec, node, &value);
  if (!ok)
    gathering->ok = FALSE;
  if (!ok && (!G_VALUE_HOLDS_OBJECT (&value) || g_value_get_object (&value) == NULL))
    {
      g_value_unset (&value);
      return;
    }
  g_ptr_array_add (gathering->names, (gpointer) pspec->name);
  g_array_append_val (gathering->values, value);
}

static void
gather (AmselLoader *self, Gathering *gathering, const gchar *what, const AmselYamlNode *map,
        const gchar *const *others)
{
  for (guint i = 0; i < map->keys->len; i++)
    {
      const AmselYamlNode *key = g_ptr_array_index (map->keys, i);
      GParamSpec *pspec = find_setting (gathering, key->text);

      if (others != NULL && g_strv_contains (others, key->text))
        continue;
      if (pspec != NULL)
        gather_value (self, gathering, pspec, g_ptr_array_index (map->items, i));
      else
        {
          if (has_secrets (gathering))
            mask_all (g_ptr_array_index (map->items, i));
          report_unknown_key (self, gathering, what, key, others);
          gathering->ok = FALSE;
        }
    }
}

static void
check_required (AmselLoader *self, Gathering *gathering, const gchar *what, const AmselYamlNode *map)
{
  for (guint i = 0; i < gathering->n_settings; i++)
    {
      GParamSpec *pspec = gathering->settings[i];
      const gchar *blurb = g_param_spec_get_blurb (pspec);
      g_autofree gchar *hint = NULL;

      if ((pspec->flags & AMSEL_PARAM_REQUIRED) == 0 || amsel_yaml_map_get (map, pspec->name, NULL) != NULL)
        continue;
      hint = g_strdup_printf ("%s: %s", pspec->name, blurb != NULL ? blurb : "");
      amsel_loader_error (self, map, hint, "%s needs the key “%s”", what, pspec->name);
      gathering->ok = FALSE;
    }
}

GObject *
amsel_config_object_new (AmselLoader *self, GType type, const gchar *what, const AmselYamlNode *map,
                         const gchar *const *others, gboolean *out_ok)
{
  Gathering gathering = { .ok = TRUE };
  GTypeClass *klass = g_type_class_ref (type);
  GObject *object;

  gathering.settings = amsel_setting_list (type, &gathering.n_settings);
  gathering.names = g_ptr_array_new ();
  gathering.values = g_array_new (FALSE, FALSE, sizeof (GValue));
  g_array_set_clear_func (gathering.values, (GDestroyNotify) g_value_unset);
  if (amsel_loader_expect (self, map, AMSEL_YAML_MAP, what, "expected a map; “amsel inspect” shows the keys"))
    {
      gather (self, &gathering, what, map, others);
      check_required (self, &gathering, what, map);
    }
  else
    gathering.ok = FALSE;
  object = g_object_new_with_properties (type, gathering.names->len, (const char **) gathering.names->pdata,
                                         (const GValue *) (gpointer) gathering.values->data);
  *out_ok = gathering.ok && check_object (self, object, map);
  g_free (gathering.settings);
  g_ptr_array_unref (gathering.names);
  g_array_unref (gathering.values);
  g_type_class_unref (klass);
  return object;
}

static void
report_unknown_kind (AmselLoader *self, GType stage, const gchar *kind, const AmselYamlNode *node)
{
  const gchar *stage_name = amsel_registry_get_stage_name (stage);
  g_auto (GStrv) kinds = amsel_registry_list_kinds (self->registry, stage);
  g_autofree gchar *hint = amsel_loader_choices_hint (kind, (const gchar *const *) kinds);

  amsel_loader_error (self, node,
                      kinds[0] != NULL ? hint
                                       : "no plugin offers any; AMSEL_PLUGINS names the folders with plugins",
                      "there is no %s of kind “%s”", stage_name, kind);
}

/* The map is none of a kind. Only now is it asked which kinds there are, since that loads all plugins. */
static void
report_no_kind (AmselLoader *self, GType stage, const AmselYamlNode *map, const AmselYamlNode *node)
{
  const gchar *stage_name = amsel_registry_get_stage_name (stage);
  g_auto (GStrv) kinds = amsel_registry_list_kinds (self->registry, stage);
  g_autofree gchar *list = g_strjoinv (", ", kinds);
  g_autofree gchar *hint = g_strdup_printf ("expected “kind:” and one of: %s", list);
  g_autofree gchar *what = g_strdup_printf ("the %s", stage_name);

  if (!amsel_loader_expect (self, map, AMSEL_YAML_MAP, what, hint))
    return;
  if (node == NULL)
    amsel_loader_error (self, map, hint, "the %s needs the key “kind”", stage_name);
  else
    amsel_loader_expect (self, node, AMSEL_YAML_SCALAR, "kind", hint);
}

/* The word of a kind that there is. */
static gchar *
read_kind (AmselLoader *self, GType stage, const AmselYamlNode *map, GType *out_type)
{
  const AmselYamlNode *node = map->type == AMSEL_YAML_MAP ? amsel_yaml_map_get (map, "kind", NULL) : NULL;
  g_autofree gchar *kind = NULL;

  if (node == NULL || node->type != AMSEL_YAML_SCALAR)
    {
      report_no_kind (self, stage, map, node);
      return NULL;
    }
  kind = amsel_config_text_expand (self, node, NULL);
  if (kind == NULL)
    return NULL;
  *out_type = amsel_registry_get_kind_type (self->registry, stage, kind);
  if (*out_type != G_TYPE_INVALID)
    return g_steal_pointer (&kind);
  report_unknown_kind (self, stage, kind, node);
  return NULL;
}

GObject *
amsel_config_kind_new (AmselLoader *self, GType stage, const AmselYamlNode *map, const gchar *const *others,
                       gchar **out_kind, gboolean *out_ok)
{
  GType type = G_TYPE_INVALID;
  g_autofree gchar *kind = read_kind (self, stage, map, &type);
  g_autofree gchar *what = NULL;
  g_autoptr (GPtrArray) known = NULL;

  *out_ok = FALSE;
  if (kind == NULL)
    return NULL;
  known = g_ptr_array_new ();
  g_ptr_array_add (known, (gpointer) "kind");
  for (guint i = 0; others != NULL && others[i] != NULL; i++)
    g_ptr_array_add (known, (gpointer) others[i]);
  g_ptr_array_add (known, NULL);
  what = g_strdup_printf ("the %s “%s”", amsel_registry_get_stage_name (stage), kind);
  if (out_kind != NULL)
    *out_kind = g_strdup (kind);
  return amsel_config_object_new (self, type, what, map, (const gchar *const *) known->pdata, out_ok);
}
