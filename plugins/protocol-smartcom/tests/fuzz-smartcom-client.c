/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as an answer: the parser progresses, keeps little, and what it calls a line can be looked at as a
 * record and as an entry of the table. */
#include <string.h>

#include "smartcom-record.h"

#include "smartcom-client.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
look_at (const gchar *line)
{
  g_autoptr (GPtrArray) table = g_ptr_array_new_with_free_func ((GDestroyNotify) smartcom_entry_free);
  g_autoptr (GError) error = NULL;
  SmartcomRecord record;
  gint64 n = -1;

  if (smartcom_record_parse (line, &record, &error))
    g_assert_true (record.kind != SMARTCOM_RECORD_NONE && record.data != NULL && record.protocol != NULL);
  else
    g_assert_nonnull (error);
  smartcom_record_clear (&record);
  smartcom_table_get_count (line, &n);
  if (smartcom_table_add_line (table, line, NULL) && table->len == 1)
    {
      g_autofree gchar *id = smartcom_entry_dup_id (g_ptr_array_index (table, 0));
      g_autofree gchar *text = smartcom_entry_to_string (g_ptr_array_index (table, 0));

      g_assert_true (id == NULL || strlen (id) == 8);
      g_assert_nonnull (text);
    }
  smartcom_table_check (table, n, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  SmartcomClient client = { 0 };
  SmartcomClientEvent event = SMARTCOM_CLIENT_MORE;

  smartcom_client_begin (&client, "AT^SCDATA=\"GET_OLDEST\",5");
  for (gsize at = 0; at < size && event != SMARTCOM_CLIENT_FAULT;)
    {
      g_autoptr (GError) error = NULL;
      const gchar *line = NULL;
      gsize used = 0;

      event = smartcom_client_feed (&client, data + at, size - at, &used, &line, &error);
      g_assert_cmpuint (used, >, 0);
      g_assert_cmpuint (used, <=, size - at);
      g_assert_true ((event == SMARTCOM_CLIENT_FAULT) == (error != NULL));
      g_assert_true ((event == SMARTCOM_CLIENT_LINE || event == SMARTCOM_CLIENT_ERROR) == (line != NULL));
      if (line != NULL)
        look_at (line);
      at += used;
    }
  smartcom_client_clear (&client);
  return 0;
}
