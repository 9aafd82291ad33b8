/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the tree share: its nodes, and what it knows of the line. */
#pragma once

#include "mbus-tree.h"

G_BEGIN_DECLS

#define MBUS_DIGIT_VALUES 15

/* Why a mask is asked for. */
typedef enum
{
  MBUS_PURPOSE_NONE,
  MBUS_PURPOSE_MASK,  /* a mask that is no node's child */
  MBUS_PURPOSE_AGAIN, /* a node's own mask before it is split */
  MBUS_PURPOSE_CHILD,
  MBUS_PURPOSE_COUNT,   /* a node's own mask, to count once more */
  MBUS_PURPOSE_RECHECK, /* a node's own mask, because too few meters were found below it */
} MbusTreePurpose;

typedef enum
{
  MBUS_NODE_NONE,
  MBUS_NODE_AGAIN,
  MBUS_NODE_CHILDREN,
  MBUS_NODE_SPLIT,
  MBUS_NODE_CHECK,
} MbusNodePhase;

/* What is known of a mask with several meters before it is split. */
typedef struct
{
  guint8 n_answers;
  guint16 estimate;
  gint64 first_us;
  gint64 last_us;
  gboolean inferred; /* its mask was not asked for, since all beside it were empty */
} MbusCrowd;

typedef struct
{
  MbusAddress mask;
  guint8 field;
  MbusNodePhase phase;
  gboolean lead;    /* the leading digit may be tried */
  guint8 from;      /* lowest digit to split on while there are many */
  guint8 shut;      /* digits of the identification number that must be F in all meters here */
  guint16 next;     /* number of the next value */
  guint16 n_values; /* of this round */
  guint16 n_empty;
  guint16 several; /* digits that several meters answered, to be split */
  guint n_before;  /* meters found before it was begun */
  gboolean rechecked;
  MbusCrowd crowd;
  MbusCrowd children[MBUS_DIGIT_VALUES];
} MbusNode;

struct _MbusTree
{
  gboolean by_fabrication;
  gboolean noisy;
  GArray *masks; /* (owned) (element-type MbusAddress): to look into */
  guint next_mask;
  GArray *nodes;  /* (owned) (element-type MbusNode): from the outermost one to the one at work */
  GArray *empty;  /* (owned) (element-type MbusAddress): that nobody answered */
  GArray *single; /* (owned) (element-type MbusAddress): that one meter answered */
  GArray *shared; /* (owned) (element-type MbusAddress) */
  MbusTreePurpose purpose;
  guint n_probes;
  guint n_singles;
  guint32 split; /* digits that were split somewhere */
  guint32 swept; /* digits that A to E were asked for everywhere */
  gboolean doubtful;
};

/* mbus-tree-choice.c */

/* Which part of a node's mask to split on; MBUS_FIELD_NONE where all are given. */
guint mbus_tree_choose_field (MbusTree *self, const MbusNode *node);
/* Whether the digit that it is split on is the highest one that is open. */
gboolean mbus_node_splits_on_lead (const MbusNode *node);
/* Whether a split by a low digit should have been one by a higher one: in each child there are nearly all of
 * the many that there were. */
gboolean mbus_tree_has_parted_nothing (MbusTree *self, const MbusNode *node);
gboolean mbus_tree_has_open_digits (MbusTree *self, const MbusAddress *mask);

/* The mask of a node with a value in the part that it is split on. */
static inline MbusAddress
mbus_node_get_child (const MbusNode *node, guint nth)
{
  MbusAddress mask = node->mask;

  mbus_field_set (&mask, node->field, mbus_field_get_value (node->field, nth));
  return mask;
}

G_END_DECLS
