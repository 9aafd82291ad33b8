/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YAML text to a tree, by libyaml's events.
 *
 * What makes a configuration is kept and nothing more: scalars are text whatever they look like (the property
 * decides what the text means, so the meter number 08031768 stays as it is written), keys are scalars, and
 * there is one document. Aliases share the node of their anchor; an anchor can be used only after its node
 * has ended, so the tree has no cycles, and since each alias costs as much as what it stands for, a few lines
 * cannot become millions of nodes. */
#include "amsel-yaml.h"

#include <string.h>
#include <yaml.h>

#define MERGE_KEY "<<"

typedef struct
{
  yaml_parser_t yaml;
  AmselSource *source;     /* (unowned) */
  AmselProblems *problems; /* (unowned) */
  AmselYamlTree *tree;     /* (unowned) */
  GHashTable *anchors;     /* (owned) (element-type utf8 AmselYamlNode) */
  guint *budget;           /* (unowned) */
  guint depth;
} Parser;

static AmselYamlNode *parse_node (Parser *self, const yaml_event_t *event);

AmselYamlTree *
amsel_yaml_tree_new (void)
{
  AmselYamlTree *self = g_new0 (AmselYamlTree, 1);

  self->nodes = g_ptr_array_new ();
  return self;
}

static void
node_free (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  AmselYamlNode *node = data;

  g_free (node->text);
  g_free (node->tag);
  g_clear_pointer (&node->keys, g_ptr_array_unref);
  g_clear_pointer (&node->items, g_ptr_array_unref);
  g_slice_free (AmselYamlNode, node);
}

void
amsel_yaml_tree_free (AmselYamlTree *self)
{
  g_ptr_array_foreach (self->nodes, node_free, NULL);
  g_ptr_array_unref (self->nodes);
  g_free (self);
}

AmselYamlNode *
amsel_yaml_tree_add (AmselYamlTree *self, AmselYamlType type, const AmselMark *mark, gchar *text)
{
  AmselYamlNode *node = g_slice_new0 (AmselYamlNode);

  node->type = type;
  node->mark = *mark;
  node->n_nodes = 1;
  node->text = text;
  if (type == AMSEL_YAML_MAP)
    node->keys = g_ptr_array_new ();
  if (type != AMSEL_YAML_SCALAR)
    node->items = g_ptr_array_new ();
  g_ptr_array_add (self->nodes, node);
  return node;
}

void
amsel_yaml_map_put (AmselYamlNode *map, AmselYamlNode *key, AmselYamlNode *value)
{
  g_ptr_array_add (map->keys, key);
  g_ptr_array_add (map->items, value);
  map->n_nodes += 1 + value->n_nodes;
}

AmselYamlNode *
amsel_yaml_map_get (const AmselYamlNode *map, const gchar *key, AmselYamlNode **out_key)
{
  for (guint i = 0; i < map->keys->len; i++)
    {
      AmselYamlNode *node = g_ptr_array_index (map->keys, i);

      if (!g_str_equal (node->text, key))
        continue;
      if (out_key != NULL)
        *out_key = node;
      return g_ptr_array_index (map->items, i);
    }
  return NULL;
}

gboolean
amsel_yaml_is_empty (const AmselYamlNode *node)
{
  return node->type == AMSEL_YAML_SCALAR && node->plain && node->text[0] == '\0' && node->tag == NULL;
}

/* Place of an event: an underline where it ends in the line in which it begins. */
static AmselMark
mark_of (Parser *self, const yaml_mark_t *start, const yaml_mark_t *end)
{
  gsize length = end->line == start->line && end->column > start->column ? end->column - start->column : 1;

  return (AmselMark){ self->source, (guint) start->line + 1, (guint) start->column + 1, (guint) length };
}

/* What helps a person more than the sentence of the YAML library. */
static const gchar *
get_syntax_hint (const yaml_parser_t *yaml)
{
  const gchar *problem = yaml->problem != NULL ? yaml->problem : "";

  if (strstr (problem, "mapping values are not allowed") != NULL)
    return "a text that contains “: ” needs quotes; otherwise check the indentation of this line and the one "
           "above";
  if (strstr (problem, "cannot start any token") != NULL)
    return "lines are indented with blanks, not tabs; a text that begins with @, ` or % needs quotes";
  if (strstr (problem, "could not find expected ':'") != NULL)
    return "expected “key: value”, with a blank after the colon";
  if (strstr (problem, "did not find expected key") != NULL
      || strstr (problem, "did not find expected '-' indicator") != NULL)
    return "check the indentation: keys of one map, and items of one list, begin in the same column";
  if (strstr (problem, "did not find expected ',' or") != NULL)
    return "a comma or the closing bracket is missing";
  return NULL;
}

static void
report_syntax (Parser *self)
{
  const yaml_parser_t *yaml = &self->yaml;
  AmselMark mark = mark_of (self, &yaml->problem_mark, &yaml->problem_mark);

  if (yaml->context != NULL && yaml->context_mark.line != yaml->problem_mark.line)
    amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &mark, get_syntax_hint (yaml),
                        "not valid YAML: %s, %s that begins in line %u", yaml->problem, yaml->context,
                        (guint) yaml->context_mark.line + 1);
  else if (yaml->problem != NULL)
    amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &mark, get_syntax_hint (yaml),
                        "not valid YAML: %s", yaml->problem);
  else
    amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &mark, NULL, "not valid YAML");
}

/* The next event, to be deleted by the caller; FALSE after the problem was added. */
static gboolean
next_event (Parser *self, yaml_event_t *event)
{
  if (yaml_parser_parse (&self->yaml, event))
    return TRUE;
  report_syntax (self);
  return FALSE;
}

/* Takes nodes from the budget. */
static gboolean
spend (Parser *self, guint n, const AmselMark *mark)
{
  if (n <= *self->budget)
    {
      *self->budget -= n;
      return TRUE;
    }
  amsel_problems_add (
      self->problems, AMSEL_SEVERITY_ERROR, mark,
      "aliases count as much as what they stand for; long lists of meters belong into a CSV file",
      "the configuration has more than %d nodes", AMSEL_YAML_NODES_MAX);
  return FALSE;
}

/* Tags that YAML itself defines say nothing new here, since the property decides about the type. */
static gboolean
set_tag (Parser *self, AmselYamlNode *node, const yaml_char_t *tag)
{
  static const gchar *const secrets[] = { "!file", "!env", "!credential", NULL };
  const gchar *text = (const gchar *) tag;

  if (text == NULL || g_str_equal (text, "!") || g_str_has_prefix (text, "tag:yaml.org,2002:"))
    return TRUE;
  if (node->type == AMSEL_YAML_SCALAR && g_strv_contains (secrets, text))
    {
      node->tag = g_strdup (text);
      return TRUE;
    }
  amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &node->mark,
                      "expected !file PATH, !env NAME or !credential NAME, or no tag", "unknown tag “%s”",
                      text);
  return FALSE;
}

/* Makes a node of an event that begins one. */
static AmselYamlNode *
add_node (Parser *self, AmselYamlType type, const yaml_event_t *event, const yaml_char_t *anchor)
{
  AmselMark mark = mark_of (self, &event->start_mark, &event->end_mark);
  AmselYamlNode *node;

  if (!spend (self, 1, &mark))
    return NULL;
  node = amsel_yaml_tree_add (self->tree, type, &mark, NULL);
  if (anchor != NULL)
    g_hash_table_remove (self->anchors, (const gchar *) anchor);
  return node;
}

/* From here on the anchor can be used: not within its own node. */
static void
set_anchor (Parser *self, const yaml_char_t *anchor, AmselYamlNode *node)
{
  if (anchor != NULL)
    g_hash_table_insert (self->anchors, g_strdup ((const gchar *) anchor), node);
}

static AmselYamlNode *
parse_scalar (Parser *self, const yaml_event_t *event)
{
  const gchar *text = (const gchar *) event->data.scalar.value;
  AmselYamlNode *node = add_node (self, AMSEL_YAML_SCALAR, event, event->data.scalar.anchor);

  if (node == NULL)
    return NULL;
  node->text = g_strndup (text, event->data.scalar.length);
  node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (strlen (node->text) != event->data.scalar.length)
    {
      amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &node->mark, NULL,
                          "a text cannot contain a zero byte");
      return NULL;
    }
  if (!set_tag (self, node, event->data.scalar.tag))
    return NULL;
  set_anchor (self, event->data.scalar.anchor, node);
  return node;
}

static AmselYamlNode *
parse_alias (Parser *self, const yaml_event_t *event)
{
  AmselMark mark = mark_of (self, &event->start_mark, &event->end_mark);
  const gchar *name = (const gchar *) event->data.alias.anchor;
  AmselYamlNode *node = g_hash_table_lookup (self->anchors, name);

  if (node == NULL)
    {
      amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &mark,
                          "an anchor “&name” must stand, and end, before its alias “*name”",
                          "there is no anchor “%s” above", name);
      return NULL;
    }
  return spend (self, node->n_nodes, &mark) ? node : NULL;
}

/* Parses what the next event begins; *out_end is set where it is the given end instead. */
static AmselYamlNode *
parse_next (Parser *self, yaml_event_type_t end, gboolean *out_end)
{
  yaml_event_t event;
  AmselYamlNode *node = NULL;

  *out_end = FALSE;
  if (!next_event (self, &event))
    return NULL;
  if (event.type == end)
    *out_end = TRUE;
  else
    node = parse_node (self, &event);
  yaml_event_delete (&event);
  return node;
}

static AmselYamlNode *
parse_list (Parser *self, const yaml_event_t *event)
{
  AmselYamlNode *list = add_node (self, AMSEL_YAML_LIST, event, event->data.sequence_start.anchor);
  gboolean end;

  if (list == NULL || !set_tag (self, list, event->data.sequence_start.tag))
    return NULL;
  while (TRUE)
    {
      AmselYamlNode *item = parse_next (self, YAML_SEQUENCE_END_EVENT, &end);

      if (end)
        break;
      if (item == NULL)
        return NULL;
      g_ptr_array_add (list->items, item);
      list->n_nodes += item->n_nodes;
    }
  set_anchor (self, event->data.sequence_start.anchor, list);
  return list;
}

static gboolean
has_room (Parser *self, const AmselYamlNode *map, const AmselMark *mark)
{
  if (map->keys->len < AMSEL_YAML_KEYS_MAX)
    return TRUE;
  amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, mark, NULL, "a map has more than %d keys",
                      AMSEL_YAML_KEYS_MAX);
  return FALSE;
}

/* Adds the entries of a merged map that the map does not have itself. */
static gboolean
merge_map (Parser *self, AmselYamlNode *map, GHashTable *known, const AmselYamlNode *key,
           const AmselYamlNode *merged)
{
  if (merged->type != AMSEL_YAML_MAP)
    {
      amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &key->mark,
                          "expected a map or a list of maps, such as “<<: *name”", "“<<” merges only maps");
      return FALSE;
    }
  for (guint i = 0; i < merged->keys->len; i++)
    {
      AmselYamlNode *inner = g_ptr_array_index (merged->keys, i);
      AmselYamlNode *value = g_ptr_array_index (merged->items, i);

      if (!g_hash_table_add (known, inner->text))
        continue;
      if (!has_room (self, map, &key->mark) || !spend (self, 1 + value->n_nodes, &key->mark))
        return FALSE;
      amsel_yaml_map_put (map, inner, value);
    }
  return TRUE;
}

static gboolean
merge (Parser *self, AmselYamlNode *map, GHashTable *known, const AmselYamlNode *key,
       const AmselYamlNode *value)
{
  if (value->type != AMSEL_YAML_LIST)
    return merge_map (self, map, known, key, value);
  for (guint i = 0; i < value->items->len; i++)
    if (!merge_map (self, map, known, key, g_ptr_array_index (value->items, i)))
      return FALSE;
  return TRUE;
}

static void
add_entry (Parser *self, AmselYamlNode *map, GHashTable *known, AmselYamlNode *key, AmselYamlNode *value)
{
  AmselYamlNode *first = NULL;

  if (g_hash_table_add (known, key->text))
    {
      amsel_yaml_map_put (map, key, value);
      return;
    }
  amsel_yaml_map_get (map, key->text, &first);
  amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &key->mark, NULL,
                      "the key “%s” stands here a second time; the first is in line %u", key->text,
                      first != NULL ? first->mark.line : 0);
}

static gboolean
is_key (Parser *self, const AmselYamlNode *key)
{
  if (key->type == AMSEL_YAML_SCALAR && key->tag == NULL && !amsel_yaml_is_empty (key))
    return TRUE;
  amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &key->mark, "expected a word",
                      "this cannot be a key");
  return FALSE;
}

static AmselYamlNode *
parse_map (Parser *self, const yaml_event_t *event)
{
  AmselYamlNode *map = add_node (self, AMSEL_YAML_MAP, event, event->data.mapping_start.anchor);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) merges = g_ptr_array_new ();
  gboolean end;

  if (map == NULL || !set_tag (self, map, event->data.mapping_start.tag))
    return NULL;
  while (TRUE)
    {
      AmselYamlNode *key = parse_next (self, YAML_MAPPING_END_EVENT, &end);
      AmselYamlNode *value;

      if (end)
        break;
      if (key == NULL || !is_key (self, key) || !has_room (self, map, &key->mark))
        return NULL;
      value = parse_next (self, YAML_NO_EVENT, &end);
      if (value == NULL)
        return NULL;
      if (key->plain && g_str_equal (key->text, MERGE_KEY))
        {
          g_ptr_array_add (merges, key);
          g_ptr_array_add (merges, value);
        }
      else
        add_entry (self, map, known, key, value);
    }
  /* last, so that the map's own keys win wherever “<<” stands */
  for (guint i = 0; i < merges->len; i += 2)
    if (!merge (self, map, known, g_ptr_array_index (merges, i), g_ptr_array_index (merges, i + 1)))
      return NULL;
  set_anchor (self, event->data.mapping_start.anchor, map);
  return map;
}

static AmselYamlNode *
parse_collection (Parser *self, const yaml_event_t *event)
{
  AmselYamlNode *node = NULL;
  AmselMark mark = mark_of (self, &event->start_mark, &event->end_mark);

  if (self->depth >= AMSEL_YAML_DEPTH_MAX)
    {
      amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &mark, NULL,
                          "lists and maps are nested deeper than %d levels", AMSEL_YAML_DEPTH_MAX);
      return NULL;
    }
  self->depth++;
  node = event->type == YAML_SEQUENCE_START_EVENT ? parse_list (self, event) : parse_map (self, event);
  self->depth--;
  return node;
}

static AmselYamlNode *
parse_node (Parser *self, const yaml_event_t *event)
{
  if (event->type == YAML_SCALAR_EVENT)
    return parse_scalar (self, event);
  if (event->type == YAML_ALIAS_EVENT)
    return parse_alias (self, event);
  if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT)
    return parse_collection (self, event);
  return NULL;
}

/* Reads from the beginning of the stream to its end, or to the first error. */
static gboolean
parse_stream (Parser *self)
{
  gboolean ended = FALSE;

  while (!ended)
    {
      yaml_event_t event;
      AmselMark mark;
      gboolean ok = TRUE;

      if (!next_event (self, &event))
        return FALSE;
      mark = mark_of (self, &event.start_mark, &event.start_mark);
      if (event.type == YAML_STREAM_END_EVENT)
        ended = TRUE;
      else if (event.type == YAML_DOCUMENT_START_EVENT && self->tree->root != NULL)
        {
          amsel_problems_add (self->problems, AMSEL_SEVERITY_ERROR, &mark,
                              "expected one document; remove the line “---”",
                              "a second document begins here");
          ok = FALSE;
        }
      else if (event.type == YAML_DOCUMENT_START_EVENT)
        {
          gboolean end;

          self->tree->root = parse_next (self, YAML_NO_EVENT, &end);
          ok = self->tree->root != NULL;
        }
      yaml_event_delete (&event);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

AmselYamlTree *
amsel_yaml_parse (AmselSource *source, guint *budget, AmselProblems *problems)
{
  g_autoptr (AmselYamlTree) tree = amsel_yaml_tree_new ();
  Parser self = { .source = source, .problems = problems, .tree = tree, .budget = budget };
  AmselMark damage;
  gboolean ok;

  if (amsel_source_find_damage (source, &damage))
    {
      amsel_problems_add (problems, AMSEL_SEVERITY_ERROR, &damage, "expected UTF-8 text",
                          "this byte is not text");
      return NULL;
    }
  if (!yaml_parser_initialize (&self.yaml))
    {
      AmselMark whole = { source, 0, 0, 0 };

      amsel_problems_add (problems, AMSEL_SEVERITY_ERROR, &whole, NULL, "the YAML parser has no memory");
      return NULL;
    }
  yaml_parser_set_encoding (&self.yaml, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string (&self.yaml, (const yaml_char_t *) source->text, source->length);
  self.anchors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ok = parse_stream (&self);
  g_hash_table_unref (self.anchors);
  yaml_parser_delete (&self.yaml);
  return ok ? g_steal_pointer (&tree) : NULL;
}
