/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pipelines join telegrams with after a restart.
 *
 * A joined readout holds all that was known of its meter, so the last one of each meter is enough. The newest
 * readouts of the store are looked through, and no more of them than take a moment. */
#include "amsel-recall.h"

#define RECALL_MAX   20000
#define RECALL_CHUNK 256

static gboolean
joins (AmselPipeline *pipeline)
{
  gint64 join_us;

  g_object_get (pipeline, "join-time", &join_us, NULL);
  return join_us > 0;
}

static GHashTable *
list_joining (GPtrArray *pipelines)
{
  GHashTable *by_name = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < pipelines->len; i++)
    if (joins (g_ptr_array_index (pipelines, i)))
      g_hash_table_insert (by_name, (gpointer) amsel_pipeline_get_name (g_ptr_array_index (pipelines, i)),
                           g_ptr_array_index (pipelines, i));
  return by_name;
}

static void
give (GHashTable *by_name, AmselReadout *readout)
{
  const gchar *name = amsel_readout_get_pipeline (readout);
  AmselPipeline *pipeline = name != NULL ? g_hash_table_lookup (by_name, name) : NULL;

  if (pipeline != NULL)
    amsel_pipeline_recall (pipeline, readout);
}

gboolean
amsel_recall (AmselStore *store, GPtrArray *pipelines, GError **error)
{
  g_autoptr (GHashTable) by_name = list_joining (pipelines);
  guint64 last = amsel_store_get_last_sequence (store);
  guint64 sequence = last > RECALL_MAX ? last - RECALL_MAX : 0;

  while (g_hash_table_size (by_name) > 0)
    {
      g_autoptr (GPtrArray) readouts = amsel_store_read_after (store, sequence, RECALL_CHUNK, error);

      if (readouts == NULL)
        return FALSE;
      if (readouts->len == 0)
        break;
      for (guint i = 0; i < readouts->len; i++)
        give (by_name, g_ptr_array_index (readouts, i));
      sequence = amsel_readout_get_sequence (g_ptr_array_index (readouts, readouts->len - 1));
    }
  return TRUE;
}
