/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a search has come, and the masks that are left of it as text lines. */
#include <string.h>

#include "mbus-tree-private.h"

gdouble
mbus_tree_get_share (MbusTree *self)
{
  gdouble weight = self->masks->len > 0 ? 1.0 / self->masks->len : 0;
  gdouble share = weight * (self->next_mask - (self->nodes->len > 0 ? 1 : 0));

  for (guint i = 0; i < self->nodes->len; i++)
    {
      const MbusNode *node = &g_array_index (self->nodes, MbusNode, i);
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
      const MbusNode *node = &g_array_index (self->nodes, MbusNode, i);

      if (node->phase == MBUS_NODE_AGAIN)
        save_mask (&node->mask, out);
      for (guint nth = 0; node->phase != MBUS_NODE_AGAIN && nth < node->n_values; nth++)
        if (nth >= node->next || (nth < MBUS_DIGIT_VALUES && (node->several >> nth & 1) != 0))
          {
            MbusAddress child = mbus_node_get_child (node, nth);

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
