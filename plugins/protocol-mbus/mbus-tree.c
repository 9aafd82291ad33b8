/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The strategy of a search.
 *
 * A mask that several meters answer becomes a node. A node asks for the values of one of its open parts (its
 * children), then splits those children that several answered, one after the other. It knows how many meters
 * there must be below it, at least, and looks further where fewer were found: at digits A to E, or at another
 * part where its own digit must be F in all of them.
 *
 * Three things save time beyond the tree itself. The part to split on is chosen by how many meters seem to
 * answer (mbus-tree-choice.c). Where all children but one are empty, the last one is known. And where the
 * acknowledgements could be counted, a node ends when that many meters were found below it and a second
 * count, at other moments, gives the same number. */
#include "mbus-tree-private.h"

/* Fullness of the time to answer is given in thousandths; capacity is how many answers fill it. */
#define FULL     1000
#define CAPACITY 40

/* Least difference of two moments, so that they are not those of a meter that always takes the same time. */
#define JITTER_US 2000

/* Nothing is gained by counting for a single child. */
#define COUNT_WORTH 2

/* Most acknowledgements that are counted on. */
#define COUNT_MAX 4

/* Memory for masks: far more than a line of 250 meters needs. */
#define MASKS_MAX 16384

MbusTree *
mbus_tree_new (gboolean by_fabrication)
{
  MbusTree *self = g_new0 (MbusTree, 1);

  self->by_fabrication = by_fabrication;
  self->masks = g_array_new (FALSE, FALSE, sizeof (MbusAddress));
  self->nodes = g_array_new (FALSE, FALSE, sizeof (MbusNode));
  self->empty = g_array_new (FALSE, FALSE, sizeof (MbusAddress));
  self->single = g_array_new (FALSE, FALSE, sizeof (MbusAddress));
  self->shared = g_array_new (FALSE, FALSE, sizeof (MbusAddress));
  return self;
}

void
mbus_tree_free (MbusTree *self)
{
  g_array_unref (self->masks);
  g_array_unref (self->nodes);
  g_array_unref (self->empty);
  g_array_unref (self->single);
  g_array_unref (self->shared);
  g_free (self);
}

void
mbus_tree_add (MbusTree *self, const MbusAddress *mask)
{
  if (self->masks->len < MASKS_MAX)
    g_array_append_val (self->masks, *mask);
}

static MbusNode *
get_top (MbusTree *self)
{
  return self->nodes->len > 0 ? &g_array_index (self->nodes, MbusNode, self->nodes->len - 1) : NULL;
}

/* How many meters must have answered to fill the time to answer as far as that: each one fills its part of
 * what the others have left. */
static guint16
estimate_crowd (const MbusSighting *sighting)
{
  gdouble left = 1;
  guint16 n = 0;

  if (sighting->n_answers > 0)
    return (guint16) MIN (sighting->n_answers, 1000);
  while (n < 200 && (1 - left) * FULL < sighting->fullness)
    {
      left *= 1 - 1.0 / CAPACITY;
      n++;
    }
  return MAX (n, 2);
}

static MbusCrowd
make_crowd (const MbusSighting *sighting)
{
  return (MbusCrowd){ .n_answers = (guint8) MIN (sighting->n_answers, 255),
                      .estimate = estimate_crowd (sighting),
                      .first_us = sighting->first_us,
                      .last_us = sighting->last_us };
}

static void
begin_children (MbusTree *self, MbusNode *node)
{
  node->field = (guint8) mbus_tree_choose_field (self, node);
  /* the leading digit is tried as long as it parts something */
  node->lead = node->lead && mbus_node_splits_on_lead (node);
  node->next = 0;
  node->n_empty = 0;
  node->several = 0;
  node->phase = MBUS_NODE_CHILDREN;
  if (node->field == MBUS_FIELD_NONE)
    {
      g_array_append_val (self->shared, node->mask);
      g_array_set_size (self->nodes, self->nodes->len - 1);
      return;
    }
  node->n_values = (guint16) mbus_field_get_n_values (node->field);
  if (mbus_field_is_digit (node->field))
    self->split |= 1u << node->field;
}

/* A mask without open digits is asked for once more before 255 values of a byte are tried. */
static void
push_node (MbusTree *self, const MbusAddress *mask, const MbusCrowd *crowd, gboolean lead, guint8 shut)
{
  MbusNode node = {
    .mask = *mask, .from = 1, .lead = lead, .shut = shut, .n_before = self->n_singles, .crowd = *crowd
  };

  node.phase = self->noisy || !mbus_tree_has_open_digits (self, mask) ? MBUS_NODE_AGAIN : MBUS_NODE_NONE;
  g_array_append_val (self->nodes, node);
  if (node.phase == MBUS_NODE_NONE)
    begin_children (self, get_top (self));
}

static guint
count_found (MbusTree *self, const MbusNode *node)
{
  return self->n_singles - node->n_before;
}

/* Whether as many meters were found below a node as answered, so that it is worth to count once more instead
 * of asking for what is left. */
static gboolean
seems_complete (MbusTree *self, const MbusNode *node)
{
  return !self->noisy && node->crowd.n_answers > 0 && node->crowd.n_answers <= COUNT_MAX
         && node->crowd.first_us > 0 && node->several == 0
         && count_found (self, node) == node->crowd.n_answers && node->next + COUNT_WORTH <= node->n_values;
}

/* Takes the digit that must be the one of several meters, since all others are empty; unless it is one of A
 * to F, so that is not done twice in a row. */
static gboolean
infer_last (MbusNode *node)
{
  if (node->crowd.inferred || !mbus_field_is_digit (node->field) || node->next + 1 != node->n_values
      || node->n_empty + 1 != node->n_values || node->n_values != mbus_field_get_n_values (node->field))
    return FALSE;
  node->children[node->next] = node->crowd;
  node->children[node->next].inferred = TRUE;
  node->several |= (guint16) (1u << node->next);
  node->next++;
  return TRUE;
}

static void
split_next (MbusTree *self, MbusNode *node)
{
  guint nth = (guint) g_bit_nth_lsf (node->several, -1);
  MbusAddress mask = mbus_node_get_child (node, nth);
  MbusCrowd crowd = node->children[nth];
  gboolean lead = node->lead && node->n_empty + 1 < node->n_values;

  node->several &= (guint16) ~(1u << nth);
  push_node (self, &mask, &crowd, lead, node->shut);
}

static void
pop_node (MbusTree *self)
{
  g_array_set_size (self->nodes, self->nodes->len - 1);
}

/* Too few meters were found below a node, and it was answered by several again: what else can there be? */
static void
look_further (MbusTree *self, MbusNode *node)
{
  guint n_common = mbus_field_get_n_values (node->field);
  guint n_rare = mbus_field_get_n_rare_values (node->field);
  gboolean fabrication = node->field >= MBUS_FIELD_FABRICATION && node->field < MBUS_FIELD_MEDIUM;

  if (n_rare > 0 && node->n_values == n_common)
    {
      node->n_values = (guint16) (n_common + n_rare);
      node->rechecked = FALSE;
      node->phase = MBUS_NODE_CHILDREN;
    }
  else if (node->field < MBUS_FIELD_DIGITS && node->n_empty == node->n_values && !self->by_fabrication)
    {
      /* the digit is F in all of them: it stays open, and another part is split */
      node->shut |= (guint8) (1u << node->field);
      node->rechecked = FALSE;
      begin_children (self, node);
    }
  else
    {
      self->doubtful = TRUE;
      if (node->n_empty == node->n_values && (fabrication || !mbus_field_is_digit (node->field)))
        g_array_append_val (self->shared, node->mask);
      pop_node (self);
    }
}

/* Does with the node at work what needs no asking; returns whether it has changed anything. */
static gboolean
advance (MbusTree *self, MbusNode *node)
{
  if (node->phase == MBUS_NODE_CHILDREN && node->next < node->n_values)
    return infer_last (node);
  if (node->phase == MBUS_NODE_CHILDREN && mbus_tree_has_parted_nothing (self, node))
    {
      node->from++;
      begin_children (self, node);
    }
  else if (node->phase == MBUS_NODE_CHILDREN)
    node->phase = MBUS_NODE_SPLIT;
  else if (node->phase == MBUS_NODE_SPLIT && node->several != 0)
    split_next (self, node);
  else if (node->phase == MBUS_NODE_SPLIT)
    node->phase = MBUS_NODE_CHECK;
  else if (node->phase == MBUS_NODE_CHECK && count_found (self, node) >= MAX (node->crowd.n_answers, 2))
    pop_node (self);
  else if (node->phase == MBUS_NODE_CHECK && node->rechecked)
    look_further (self, node);
  else
    return FALSE;
  return TRUE;
}

static MbusTreePurpose
choose_purpose (MbusTree *self, const MbusNode *node)
{
  switch (node->phase)
    {
    case MBUS_NODE_AGAIN:
      return MBUS_PURPOSE_AGAIN;
    case MBUS_NODE_CHECK:
      return MBUS_PURPOSE_RECHECK;
    case MBUS_NODE_CHILDREN:
    case MBUS_NODE_SPLIT:
    case MBUS_NODE_NONE:
      break;
    }
  return seems_complete (self, node) ? MBUS_PURPOSE_COUNT : MBUS_PURPOSE_CHILD;
}

gboolean
mbus_tree_next (MbusTree *self, MbusAddress *mask)
{
  MbusNode *node;

  if (mbus_tree_is_lost (self))
    return FALSE;
  while ((node = get_top (self)) != NULL && advance (self, node))
    ;
  if (node == NULL)
    {
      self->purpose = MBUS_PURPOSE_MASK;
      if (self->next_mask >= self->masks->len)
        return FALSE;
      *mask = g_array_index (self->masks, MbusAddress, self->next_mask);
      return TRUE;
    }
  self->purpose = choose_purpose (self, node);
  *mask = self->purpose == MBUS_PURPOSE_CHILD ? mbus_node_get_child (node, node->next) : node->mask;
  return TRUE;
}

/* For another pass. */
static void
keep (MbusTree *self, MbusOutcome outcome, const MbusAddress *mask)
{
  GArray *masks = outcome == MBUS_OUTCOME_EMPTY ? self->empty : self->single;

  if (outcome != MBUS_OUTCOME_SEVERAL && masks->len < MASKS_MAX)
    g_array_append_val (masks, *mask);
}

static void
report_mask (MbusTree *self, const MbusSighting *sighting)
{
  MbusAddress mask = g_array_index (self->masks, MbusAddress, self->next_mask++);

  keep (self, sighting->outcome, &mask);
  if (sighting->outcome == MBUS_OUTCOME_SEVERAL)
    {
      MbusCrowd crowd = make_crowd (sighting);

      push_node (self, &mask, &crowd, TRUE, 0);
    }
}

static void
report_child (MbusTree *self, MbusNode *node, const MbusSighting *sighting)
{
  guint nth = node->next++;
  MbusAddress mask = mbus_node_get_child (node, nth);
  MbusCrowd crowd;

  keep (self, sighting->outcome, &mask);
  if (sighting->outcome == MBUS_OUTCOME_EMPTY)
    node->n_empty++;
  if (sighting->outcome != MBUS_OUTCOME_SEVERAL)
    return;
  crowd = make_crowd (sighting);
  if (mbus_field_is_digit (node->field))
    {
      node->children[nth] = crowd;
      node->several |= (guint16) (1u << nth);
    }
  else
    push_node (self, &mask, &crowd, FALSE, node->shut);
}

static gboolean
is_same_count (const MbusCrowd *crowd, const MbusSighting *sighting)
{
  return sighting->n_answers == crowd->n_answers && ABS (sighting->first_us - crowd->first_us) >= JITTER_US
         && ABS (sighting->last_us - crowd->last_us) >= JITTER_US;
}

static void
report_count (MbusNode *node, const MbusSighting *sighting)
{
  if (sighting->outcome == MBUS_OUTCOME_SEVERAL && is_same_count (&node->crowd, sighting))
    node->phase = MBUS_NODE_SPLIT;
  else if (sighting->n_answers > node->crowd.n_answers)
    node->crowd.n_answers = (guint8) MIN (sighting->n_answers, 255);
  node->crowd.first_us = 0; /* once is enough */
}

/* A child that must have been the one of several meters, since all others were empty, is empty too. */
static void
note_wrong_inference (MbusTree *self, const MbusNode *node)
{
  if (node->crowd.inferred && self->nodes->len > 1)
    g_array_index (self->nodes, MbusNode, self->nodes->len - 2).n_empty++;
}

/* A meter that was found below the node already is not counted again. */
static void
report_recheck (MbusTree *self, MbusNode *node, const MbusSighting *sighting)
{
  node->rechecked = TRUE;
  if (sighting->outcome == MBUS_OUTCOME_SINGLE && count_found (self, node) > 1)
    self->n_singles--;
  if (sighting->outcome == MBUS_OUTCOME_EMPTY)
    note_wrong_inference (self, node);
  if (sighting->outcome != MBUS_OUTCOME_SEVERAL)
    pop_node (self);
}

void
mbus_tree_report (MbusTree *self, const MbusSighting *sighting)
{
  MbusNode *node = get_top (self);

  self->n_probes++;
  if (sighting->outcome == MBUS_OUTCOME_SINGLE)
    self->n_singles++;
  switch (self->purpose)
    {
    case MBUS_PURPOSE_MASK:
      report_mask (self, sighting);
      break;
    case MBUS_PURPOSE_CHILD:
      report_child (self, node, sighting);
      break;
    case MBUS_PURPOSE_COUNT:
      report_count (node, sighting);
      break;
    case MBUS_PURPOSE_AGAIN:
      if (sighting->outcome == MBUS_OUTCOME_EMPTY)
        note_wrong_inference (self, node);
      if (sighting->outcome != MBUS_OUTCOME_SEVERAL)
        {
          pop_node (self);
          break;
        }
      node->crowd = make_crowd (sighting);
      begin_children (self, node);
      break;
    case MBUS_PURPOSE_RECHECK:
      report_recheck (self, node, sighting);
      break;
    case MBUS_PURPOSE_NONE:
      break;
    }
  self->purpose = MBUS_PURPOSE_NONE;
}

void
mbus_tree_set_noisy (MbusTree *self, gboolean noisy)
{
  self->noisy = noisy;
}

static void
ask_again (MbusTree *self, GArray *masks)
{
  for (guint i = 0; i < masks->len; i++)
    if (mbus_tree_has_open_digits (self, &g_array_index (masks, MbusAddress, i)))
      mbus_tree_add (self, &g_array_index (masks, MbusAddress, i));
  g_array_set_size (masks, 0);
}

void
mbus_tree_repeat (MbusTree *self, gboolean singles)
{
  ask_again (self, self->empty);
  if (singles)
    ask_again (self, self->single);
}

gboolean
mbus_tree_sweep_rare (MbusTree *self)
{
  guint32 fields = self->split & ~self->swept;

  for (guint field = 0; field < MBUS_FIELD_MEDIUM; field++)
    for (guint i = 0; (fields >> field & 1) != 0 && i < mbus_field_get_n_rare_values (field); i++)
      {
        MbusAddress mask;

        mbus_address_init_any (&mask);
        mbus_field_set (&mask, field, mbus_field_get_value (field, mbus_field_get_n_values (field) + i));
        mbus_tree_add (self, &mask);
      }
  self->swept |= fields;
  return fields != 0;
}

gboolean
mbus_tree_is_lost (MbusTree *self)
{
  return self->n_probes > MBUS_TREE_PROBES_MAX + self->n_singles * MBUS_TREE_PROBES_PER_FIND;
}

guint
mbus_tree_get_n_probes (MbusTree *self)
{
  return self->n_probes;
}

GArray *
mbus_tree_get_shared (MbusTree *self)
{
  return self->shared;
}

gboolean
mbus_tree_is_doubtful (MbusTree *self)
{
  return self->doubtful;
}
