/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The strategy of a search.
 *
 * A mask that several meters answer becomes a node. A node asks for the values of one of its open parts (its
 * children), then splits those children that several answered, one after the other. It knows how many meters
 * there must be below it, at least, and looks further where fewer were found: at digits A to E, or at another
 * part where its own digit must be F in all of them.
 *
 * Three things save time beyond the tree itself. The part to split on is chosen by how many meters seem to
 * answer. Where all children but one are empty, the last one is known. And where the acknowledgements could
 * be counted, a node ends when that many meters were found below it and a second count, at other moments,
 * gives the same number. */
#include "mbus-tree.h"

#include <string.h>

/* Most meters for which the units digit is split at once: numbers in a row then part in one step. */
#define FEW 12

/* From how many on the leading digit is tried, which parts deliveries of different years. */
#define MANY 30

/* A split after which so many children are still crowded has parted nothing: numbers in a row that fill more
 * than that digit. */
#define CROWDED_CHILDREN 7

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

#define DIGIT_VALUES 15

typedef enum
{
  PURPOSE_NONE,
  PURPOSE_MASK,  /* a mask that is no node's child */
  PURPOSE_AGAIN, /* a node's own mask before it is split */
  PURPOSE_CHILD,
  PURPOSE_COUNT,   /* a node's own mask, to count once more */
  PURPOSE_RECHECK, /* a node's own mask, because too few meters were found below it */
} Purpose;

typedef enum
{
  PHASE_NONE,
  PHASE_AGAIN,
  PHASE_CHILDREN,
  PHASE_SPLIT,
  PHASE_CHECK,
} Phase;

/* What is known of a mask with several meters before it is split. */
typedef struct
{
  guint8 n_answers;
  guint16 estimate;
  gint64 first_us;
  gint64 last_us;
  gboolean inferred; /* its mask was not asked for, since all beside it were empty */
} Crowd;

typedef struct
{
  MbusAddress mask;
  guint8 field;
  Phase phase;
  gboolean lead;    /* the leading digit may be tried */
  guint8 from;      /* lowest digit to split on while there are many */
  guint8 shut;      /* digits of the identification number that must be F in all meters here */
  guint16 next;     /* number of the next value */
  guint16 n_values; /* of this round */
  guint16 n_empty;
  guint16 several; /* digits that several meters answered, to be split */
  guint n_before;  /* meters found before it was begun */
  gboolean rechecked;
  Crowd crowd;
  Crowd children[DIGIT_VALUES];
} Node;

struct _MbusTree
{
  gboolean by_fabrication;
  gboolean noisy;
  GArray *masks; /* (owned) (element-type MbusAddress): to look into */
  guint next_mask;
  GArray *nodes;  /* (owned) (element-type Node): from the outermost one to the one at work */
  GArray *empty;  /* (owned) (element-type MbusAddress): that nobody answered */
  GArray *single; /* (owned) (element-type MbusAddress): that one meter answered */
  GArray *shared; /* (owned) (element-type MbusAddress) */
  Purpose purpose;
  guint n_probes;
  guint n_singles;
  guint32 split; /* digits that were split somewhere */
  guint32 swept; /* digits that A to E were asked for everywhere */
  gboolean doubtful;
};

MbusTree *
mbus_tree_new (gboolean by_fabrication)
{
  MbusTree *self = g_new0 (MbusTree, 1);

  self->by_fabrication = by_fabrication;
  self->masks = g_array_new (FALSE, FALSE, sizeof (MbusAddress));
  self->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
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

static Node *
get_top (MbusTree *self)
{
  return self->nodes->len > 0 ? &g_array_index (self->nodes, Node, self->nodes->len - 1) : NULL;
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

static Crowd
make_crowd (const MbusSighting *sighting)
{
  return (Crowd){ .n_answers = (guint8) MIN (sighting->n_answers, 255),
                  .estimate = estimate_crowd (sighting),
                  .first_us = sighting->first_us,
                  .last_us = sighting->last_us };
}

/* The lowest open digit of a number from a place on, or NONE. */
static guint
find_open (const Node *node, guint number, guint from)
{
  for (guint i = from; i < MBUS_FIELD_DIGITS; i++)
    if (mbus_field_is_open (&node->mask, number + i) && (node->shut >> i & 1) == 0)
      return number + i;
  return MBUS_FIELD_NONE;
}

/* The highest open digit of a number, and how many are open. */
static guint
find_highest (const Node *node, guint number, guint *n_open)
{
  guint highest = MBUS_FIELD_NONE;

  *n_open = 0;
  for (guint field = find_open (node, number, 0); field != MBUS_FIELD_NONE;
       field = find_open (node, number, field - number + 1))
    {
      highest = field;
      ++*n_open;
    }
  return highest;
}

/* Which open digit to split on. Few meters: the units, in which neighbours differ. Many: once the leading
 * digit, in which deliveries differ; then tens and upwards, so that the units are left for the last step. */
static guint
choose_digit (const Node *node, guint number)
{
  guint field = MBUS_FIELD_NONE;
  guint n_open;
  guint highest = find_highest (node, number, &n_open);

  if (node->crowd.estimate > MANY && node->lead && n_open > 3)
    return highest;
  if (node->crowd.estimate > FEW)
    field = find_open (node, number, node->from);
  return field != MBUS_FIELD_NONE ? field : find_open (node, number, 0);
}

static guint
choose_field (MbusTree *self, const Node *node)
{
  guint field = choose_digit (node, self->by_fabrication ? MBUS_FIELD_FABRICATION : MBUS_FIELD_ID);

  if (field == MBUS_FIELD_NONE && self->by_fabrication)
    field = choose_digit (node, MBUS_FIELD_ID);
  for (guint i = MBUS_FIELD_MEDIUM; field == MBUS_FIELD_NONE && i < MBUS_FIELD_NONE; i++)
    if (mbus_field_is_open (&node->mask, i))
      field = i;
  if (field == MBUS_FIELD_NONE && !self->by_fabrication)
    field = find_open (&(Node){ .mask = node->mask }, MBUS_FIELD_FABRICATION, 0);
  return field;
}

static void
begin_children (MbusTree *self, Node *node)
{
  guint n_open;

  node->field = (guint8) choose_field (self, node);
  /* the leading digit is tried as long as it parts something */
  node->lead = node->lead && mbus_field_is_digit (node->field)
               && node->field == find_highest (node, node->field - node->field % MBUS_FIELD_DIGITS, &n_open);
  node->next = 0;
  node->n_empty = 0;
  node->several = 0;
  node->phase = PHASE_CHILDREN;
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

static gboolean
has_open_digits (MbusTree *self, const MbusAddress *mask)
{
  return find_open (&(Node){ .mask = *mask }, self->by_fabrication ? MBUS_FIELD_FABRICATION : MBUS_FIELD_ID,
                    0)
         != MBUS_FIELD_NONE;
}

/* A mask without open digits is asked for once more before 255 values of a byte are tried. */
static void
push_node (MbusTree *self, const MbusAddress *mask, const Crowd *crowd, gboolean lead, guint8 shut)
{
  Node node = {
    .mask = *mask, .from = 1, .lead = lead, .shut = shut, .n_before = self->n_singles, .crowd = *crowd
  };

  node.phase = self->noisy || !has_open_digits (self, mask) ? PHASE_AGAIN : PHASE_NONE;
  g_array_append_val (self->nodes, node);
  if (node.phase == PHASE_NONE)
    begin_children (self, get_top (self));
}

static MbusAddress
get_child (const Node *node, guint nth)
{
  MbusAddress mask = node->mask;

  mbus_field_set (&mask, node->field, mbus_field_get_value (node->field, nth));
  return mask;
}

static guint
count_found (MbusTree *self, const Node *node)
{
  return self->n_singles - node->n_before;
}

/* Whether as many meters were found below a node as answered, so that it is worth to count once more instead
 * of asking for what is left. */
static gboolean
seems_complete (MbusTree *self, const Node *node)
{
  return !self->noisy && node->crowd.n_answers > 0 && node->crowd.n_answers <= COUNT_MAX
         && node->crowd.first_us > 0 && node->several == 0
         && count_found (self, node) == node->crowd.n_answers && node->next + COUNT_WORTH <= node->n_values;
}

/* Takes the digit that must be the one of several meters, since all others are empty; unless it is one of A
 * to F, so that is not done twice in a row. */
static gboolean
infer_last (Node *node)
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
split_next (MbusTree *self, Node *node)
{
  guint nth = (guint) g_bit_nth_lsf (node->several, -1);
  MbusAddress mask = get_child (node, nth);
  Crowd crowd = node->children[nth];
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
look_further (MbusTree *self, Node *node)
{
  guint n_common = mbus_field_get_n_values (node->field);
  guint n_rare = mbus_field_get_n_rare_values (node->field);
  gboolean fabrication = node->field >= MBUS_FIELD_FABRICATION && node->field < MBUS_FIELD_MEDIUM;

  if (n_rare > 0 && node->n_values == n_common)
    {
      node->n_values = (guint16) (n_common + n_rare);
      node->rechecked = FALSE;
      node->phase = PHASE_CHILDREN;
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

/* Whether a split by a low digit should have been one by a higher one: in each child there are nearly all of
 * the many that there were. */
static gboolean
has_parted_nothing (MbusTree *self, Node *node)
{
  guint base = self->by_fabrication ? MBUS_FIELD_FABRICATION : MBUS_FIELD_ID;
  guint n = 0;

  if (node->field != base + node->from || find_open (node, base, node->from + 1u) == MBUS_FIELD_NONE)
    return FALSE;
  for (guint i = 0; i < mbus_field_get_n_values (node->field); i++)
    n += (node->several >> i & 1) != 0 && node->children[i].estimate > FEW;
  return n >= CROWDED_CHILDREN;
}

/* Does with the node at work what needs no asking; returns whether it has changed anything. */
static gboolean
advance (MbusTree *self, Node *node)
{
  if (node->phase == PHASE_CHILDREN && node->next < node->n_values)
    return infer_last (node);
  if (node->phase == PHASE_CHILDREN && has_parted_nothing (self, node))
    {
      node->from++;
      begin_children (self, node);
    }
  else if (node->phase == PHASE_CHILDREN)
    node->phase = PHASE_SPLIT;
  else if (node->phase == PHASE_SPLIT && node->several != 0)
    split_next (self, node);
  else if (node->phase == PHASE_SPLIT)
    node->phase = PHASE_CHECK;
  else if (node->phase == PHASE_CHECK && count_found (self, node) >= MAX (node->crowd.n_answers, 2))
    pop_node (self);
  else if (node->phase == PHASE_CHECK && node->rechecked)
    look_further (self, node);
  else
    return FALSE;
  return TRUE;
}

static Purpose
choose_purpose (MbusTree *self, const Node *node)
{
  switch (node->phase)
    {
    case PHASE_AGAIN:
      return PURPOSE_AGAIN;
    case PHASE_CHECK:
      return PURPOSE_RECHECK;
    case PHASE_CHILDREN:
    case PHASE_SPLIT:
    case PHASE_NONE:
      break;
    }
  return seems_complete (self, node) ? PURPOSE_COUNT : PURPOSE_CHILD;
}

gboolean
mbus_tree_next (MbusTree *self, MbusAddress *mask)
{
  Node *node;

  if (mbus_tree_is_lost (self))
    return FALSE;
  while ((node = get_top (self)) != NULL && advance (self, node))
    ;
  if (node == NULL)
    {
      self->purpose = PURPOSE_MASK;
      if (self->next_mask >= self->masks->len)
        return FALSE;
      *mask = g_array_index (self->masks, MbusAddress, self->next_mask);
      return TRUE;
    }
  self->purpose = choose_purpose (self, node);
  *mask = self->purpose == PURPOSE_CHILD ? get_child (node, node->next) : node->mask;
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
      Crowd crowd = make_crowd (sighting);

      push_node (self, &mask, &crowd, TRUE, 0);
    }
}

static void
report_child (MbusTree *self, Node *node, const MbusSighting *sighting)
{
  guint nth = node->next++;
  MbusAddress mask = get_child (node, nth);
  Crowd crowd;

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
is_same_count (const Crowd *crowd, const MbusSighting *sighting)
{
  return sighting->n_answers == crowd->n_answers && ABS (sighting->first_us - crowd->first_us) >= JITTER_US
         && ABS (sighting->last_us - crowd->last_us) >= JITTER_US;
}

static void
report_count (Node *node, const MbusSighting *sighting)
{
  if (sighting->outcome == MBUS_OUTCOME_SEVERAL && is_same_count (&node->crowd, sighting))
    node->phase = PHASE_SPLIT;
  else if (sighting->n_answers > node->crowd.n_answers)
    node->crowd.n_answers = (guint8) MIN (sighting->n_answers, 255);
  node->crowd.first_us = 0; /* once is enough */
}

/* A child that must have been the one of several meters, since all others were empty, is empty too. */
static void
note_wrong_inference (MbusTree *self, const Node *node)
{
  if (node->crowd.inferred && self->nodes->len > 1)
    g_array_index (self->nodes, Node, self->nodes->len - 2).n_empty++;
}

/* A meter that was found below the node already is not counted again. */
static void
report_recheck (MbusTree *self, Node *node, const MbusSighting *sighting)
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
  Node *node = get_top (self);

  self->n_probes++;
  if (sighting->outcome == MBUS_OUTCOME_SINGLE)
    self->n_singles++;
  switch (self->purpose)
    {
    case PURPOSE_MASK:
      report_mask (self, sighting);
      break;
    case PURPOSE_CHILD:
      report_child (self, node, sighting);
      break;
    case PURPOSE_COUNT:
      report_count (node, sighting);
      break;
    case PURPOSE_AGAIN:
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
    case PURPOSE_RECHECK:
      report_recheck (self, node, sighting);
      break;
    case PURPOSE_NONE:
      break;
    }
  self->purpose = PURPOSE_NONE;
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
    if (has_open_digits (self, &g_array_index (masks, MbusAddress, i)))
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

gdouble
mbus_tree_get_share (MbusTree *self)
{
  gdouble weight = self->masks->len > 0 ? 1.0 / self->masks->len : 0;
  gdouble share = weight * (self->next_mask - (self->nodes->len > 0 ? 1 : 0));

  for (guint i = 0; i < self->nodes->len; i++)
    {
      const Node *node = &g_array_index (self->nodes, Node, i);
      gint done = (gint) node->next - (i + 1 < self->nodes->len ? 1 : 0);

      if (node->n_values == 0)
        break;
      for (guint bits = node->several; bits != 0; bits &= bits - 1)
        done--;
      weight /= node->n_values;
      share += weight * done;
    }
  return share;
}

static void
save_mask (const MbusAddress *mask, GString *out)
{
  gchar text[MBUS_ADDRESS_CHARS];

  mbus_address_write (mask, text);
  g_string_append_printf (out, "mask %s\n", text);
}

void
mbus_tree_save (MbusTree *self, GString *out)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      const Node *node = &g_array_index (self->nodes, Node, i);

      if (node->phase == PHASE_AGAIN)
        save_mask (&node->mask, out);
      for (guint nth = 0; node->phase != PHASE_AGAIN && nth < node->n_values; nth++)
        if (nth >= node->next || (nth < DIGIT_VALUES && (node->several >> nth & 1) != 0))
          {
            MbusAddress child = get_child (node, nth);

            save_mask (&child, out);
          }
    }
  for (guint i = self->next_mask; i < self->masks->len; i++)
    save_mask (&g_array_index (self->masks, MbusAddress, i), out);
}

gboolean
mbus_tree_restore_line (MbusTree *self, const gchar *line)
{
  MbusAddress mask;

  if (!g_str_has_prefix (line, "mask ") || !mbus_address_parse (line + strlen ("mask "), &mask, NULL)
      || mask.kind != MBUS_ADDRESS_KIND_SECONDARY)
    return FALSE;
  mbus_tree_add (self, &mask);
  return TRUE;
}
