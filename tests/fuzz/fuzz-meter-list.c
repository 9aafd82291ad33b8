/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a list of meters in CSV. */
#include "amsel-config-private.h"
#include "test-kinds.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static gboolean
count_cells (const AmselYamlNode *row, gpointer user_data)
{
  guint *n_cells = user_data;

  g_assert_cmpuint (row->keys->len, ==, row->items->len);
  *n_cells += row->keys->len;
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  AmselLoader loader;
  AmselSource *source = amsel_source_new ("fuzz.csv", (const gchar *) data, size);
  g_autoptr (GPtrArray) problems = NULL;
  guint n_cells = 0;

  amsel_loader_init (&loader, NULL);
  g_ptr_array_add (loader.sources, source);
  amsel_config_csv_foreach (&loader, source, count_cells, &n_cells);
  g_assert_cmpuint (n_cells, <=, size);
  problems = amsel_problems_finish (&loader.problems);
  amsel_loader_clear (&loader);
  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree gchar *text = amsel_problem_to_string (g_ptr_array_index (problems, i));

      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
  return 0;
}
