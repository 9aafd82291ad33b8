/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YAML text as a tree in which every node knows where it stands. Internal to the library and the drivers of
 * meters. */
#pragma once

#include "amsel-problem-private.h"

G_BEGIN_DECLS

/* Largest file. */
#define AMSEL_YAML_BYTES_MAX (4 * 1024 * 1024)
/* Most nodes of all files together. An alias counts as much as what it stands for, each time. */
#define AMSEL_YAML_NODES_MAX 500000
/* Most keys of one map. */
#define AMSEL_YAML_KEYS_MAX 1000
/* Deepest nesting. */
#define AMSEL_YAML_DEPTH_MAX 32

typedef enum
{
  AMSEL_YAML_NONE,
  AMSEL_YAML_SCALAR,
  AMSEL_YAML_LIST,
  AMSEL_YAML_MAP,
} AmselYamlType;

typedef struct _AmselYamlNode AmselYamlNode;

struct _AmselYamlNode
{
  AmselYamlType type;
  AmselMark mark;
  guint n_nodes;    /* itself and all below */
  gboolean plain;   /* scalar without quotes */
  gboolean literal; /* scalar in which ${NAME} stands for itself */
  gchar *text;      /* (owned) (nullable): of a scalar */
  gchar *tag;       /* (owned) (nullable): such as "!file" */
  GPtrArray *keys;  /* (owned) (nullable): of a map, parallel to items */
  GPtrArray *items; /* (owned) (nullable): of a map or list; nodes belong to the tree */
};

typedef struct
{
  GPtrArray *nodes;    /* (owned) (element-type AmselYamlNode) */
  AmselYamlNode *root; /* (unowned) (nullable): NULL where the text is empty */
} AmselYamlTree;

/* Reads a text. budget is how many nodes may still come, and is lowered. On an error NULL is returned and the
 * problem is added; duplicate keys are problems, too, but do not end the reading. */
AMSEL_API AmselYamlTree *amsel_yaml_parse (AmselSource *source, guint *budget, AmselProblems *problems);

AmselYamlTree *amsel_yaml_tree_new (void);
AMSEL_API void amsel_yaml_tree_free (AmselYamlTree *self);

/* Makes a node of the tree. The text of a scalar is taken over; NULL for lists and maps. */
AmselYamlNode *amsel_yaml_tree_add (AmselYamlTree *self, AmselYamlType type, const AmselMark *mark,
                                    gchar *text);

/* Puts a value under a key. The nodes may belong to another tree that lives longer. */
void amsel_yaml_map_put (AmselYamlNode *map, AmselYamlNode *key, AmselYamlNode *value);

/* Value of a key; NULL where there is none. out_key may be NULL. */
AMSEL_API AmselYamlNode *amsel_yaml_map_get (const AmselYamlNode *map, const gchar *key,
                                             AmselYamlNode **out_key);

/* Whether a key stands there without any value. */
AMSEL_API gboolean amsel_yaml_is_empty (const AmselYamlNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AmselYamlTree, amsel_yaml_tree_free)

G_END_DECLS
