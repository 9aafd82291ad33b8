/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which part of a secondary address a search splits on: the part in which the meters that answer differ, as
 * far as their number tells it. */
#include "mbus-tree-private.h"

/* Most meters for which the units digit is split at once: numbers in a row then part in one step. */
#define FEW 12

/* From how many on the leading digit is tried, which parts deliveries of different years. */
#define MANY 30

/* A split after which so many children are still crowded has parted nothing: numbers in a row that fill more
 * than that digit. */
#define CROWDED_CHILDREN 7

/* The lowest open digit of a number from a place on, or NONE. */
static guint
find_open (const MbusNode *node, guint number, guint from)
{
  for (guint i = from; i < MBUS_FIELD_DIGITS; i++)
    if (mbus_field_is_open (&node->mask, number + i) && (node->shut >> i & 1) == 0)
      return number + i;
  return MBUS_FIELD_NONE;
}

/* The highest open digit of a number, and how many are open. */
static guint
find_highest (const MbusNode *node, guint number, guint *n_open)
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
choose_digit (const MbusNode *node, guint number)
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

guint
mbus_tree_choose_field (MbusTree *self, const MbusNode *node)
{
  guint field = choose_digit (node, self->by_fabrication ? MBUS_FIELD_FABRICATION : MBUS_FIELD_ID);

  if (field == MBUS_FIELD_NONE && self->by_fabrication)
    field = choose_digit (node, MBUS_FIELD_ID);
  for (guint i = MBUS_FIELD_MEDIUM; field == MBUS_FIELD_NONE && i < MBUS_FIELD_NONE; i++)
    if (mbus_field_is_open (&node->mask, i))
      field = i;
  if (field == MBUS_FIELD_NONE && !self->by_fabrication)
    field = find_open (&(MbusNode){ .mask = node->mask }, MBUS_FIELD_FABRICATION, 0);
  return field;
}

gboolean
mbus_node_splits_on_lead (const MbusNode *node)
{
  guint n_open;

  return mbus_field_is_digit (node->field)
         && node->field == find_highest (node, node->field - node->field % MBUS_FIELD_DIGITS, &n_open);
}

gboolean
mbus_tree_has_open_digits (MbusTree *self, const MbusAddress *mask)
{
  return find_open (&(MbusNode){ .mask = *mask },
                    self->by_fabrication ? MBUS_FIELD_FABRICATION : MBUS_FIELD_ID, 0)
         != MBUS_FIELD_NONE;
}

gboolean
mbus_tree_has_parted_nothing (MbusTree *self, const MbusNode *node)
{
  guint base = self->by_fabrication ? MBUS_FIELD_FABRICATION : MBUS_FIELD_ID;
  guint n = 0;

  if (node->field != base + node->from || find_open (node, base, node->from + 1u) == MBUS_FIELD_NONE)
    return FALSE;
  for (guint i = 0; i < mbus_field_get_n_values (node->field); i++)
    n += (node->several >> i & 1) != 0 && node->children[i].estimate > FEW;
  return n >= CROWDED_CHILDREN;
}
