/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of records and of the table: those of the documentation, and wrong ones named by their fault. */
#include "smartcom-record.h"

#include <string.h>

static void
test_ams (void)
{
  SmartcomRecord record;
  g_autoptr (GError) error = NULL;

  g_assert_true (smartcom_record_parse (
      "^SCDATA: "
      "\"AMS\",1463246887,48962,\"IEC62056-21\",1,0,\"ZE310.iv30_012\",\"F.F(000000)\nC.1.0(04869551)\n\n\"",
      &record, &error));
  g_assert_no_error (error);
  g_assert_cmpint (record.kind, ==, SMARTCOM_RECORD_AMS);
  g_assert_cmpint (record.time_s, ==, 1463246887);
  g_assert_cmpuint (record.sequence, ==, 48962);
  g_assert_cmpstr (record.protocol, ==, "IEC62056-21");
  g_assert_cmpuint (record.index, ==, 1);
  g_assert_cmpint (record.error, ==, 0);
  g_assert_cmpstr (record.identification, ==, "ZE310.iv30_012");
  g_assert_cmpstr (record.data, ==, "F.F(000000)\nC.1.0(04869551)\n\n");
  smartcom_record_clear (&record);
}

static void
test_wmbus (void)
{
  SmartcomRecord record;

  g_assert_true (smartcom_record_parse (
      "^SCDATA: \"WMBUS\",1449586020,5,-68,20,\"44B409466316140A077A9B0800000C1305000000\"", &record, NULL));
  g_assert_cmpint (record.kind, ==, SMARTCOM_RECORD_WMBUS);
  g_assert_cmpint (record.rssi, ==, -68);
  g_assert_cmpstr (record.data, ==, "44B409466316140A077A9B0800000C1305000000");
  smartcom_record_clear (&record);
}

static void
test_bad_records (void)
{
  static const struct
  {
    const gchar *name;
    const gchar *line;
    guint64 sequence; /* that is understood all the same */
  } vectors[] = {
    { "other-command", "^SCAMS: NO DEVICE", 0 },
    { "empty", "^SCDATA:", 0 },
    { "unknown-kind", "^SCDATA: \"MOON\",1,2,3", 2 },
    { "no-time", "^SCDATA: \"AMS\",x,2,\"MBUS\",1,0,\"\",\"\"", 0 },
    { "negative-time", "^SCDATA: \"AMS\",-1,2,\"MBUS\",1,0,\"\",\"\"", 0 },
    { "no-sequence", "^SCDATA: \"AMS\",1,,\"MBUS\",1,0,\"\",\"\"", 0 },
    { "sequence-zero", "^SCDATA: \"AMS\",1,0,\"MBUS\",1,0,\"\",\"\"", 0 },
    { "sequence-too-large", "^SCDATA: \"AMS\",1,99999999999999999999,\"MBUS\",1,0,\"\",\"\"", 0 },
    { "half", "^SCDATA: \"AMS\",1,2,\"MBUS\",1,0,\"\",\"685E", 2 },
    { "field-missing", "^SCDATA: \"AMS\",1,2,\"MBUS\",1,0,\"\"", 2 },
    { "field-too-many", "^SCDATA: \"AMS\",1,2,\"MBUS\",1,0,\"\",\"\",\"\"", 2 },
    { "fields-without-end", "^SCDATA: \"AMS\",1,2,,,,,,,,,,,,,,,,,,,,,,,,", 2 },
    { "no-protocol", "^SCDATA: \"AMS\",1,2,\"\",1,0,\"\",\"\"", 2 },
    { "data-without-quotes", "^SCDATA: \"AMS\",1,2,\"MBUS\",1,0,\"\",68", 2 },
    { "behind-a-quote", "^SCDATA: \"AMS\",1,2,\"MBUS\"x,1,0,\"\",\"\"", 2 },
    { "rssi", "^SCDATA: \"WMBUS\",1,2,strong,1,\"44\"", 2 },
    { "length", "^SCDATA: \"WMBUS\",1,2,-68,20,\"44\"", 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      SmartcomRecord record;

      g_test_message ("%s", vectors[i].name);
      g_assert_false (smartcom_record_parse (vectors[i].line, &record, &error));
      g_assert_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED);
      g_assert_cmpuint (record.sequence, ==, vectors[i].sequence);
      smartcom_record_clear (&record);
    }
}

static void
test_table (void)
{
  static const gchar *const lines[] = {
    "^SCAMS: \"ENABLE\",1",
    "^SCAMS: \"RETRY\",0",
    "^SCAMS: \"DEV_CNT\",3",
    "^SCAMS: 1> 2,\"MBUS\",\"*15020416@2400\",\"1M\"",
    "^SCAMS: 2> 128,\"AIN_DIN\",\"1/PULSE/ABS\",\"5M\"",
    "^SCAMS: 3> 2,\"MBUS\",\"1@2400\",\"1D\"",
  };
  static const gchar *const ids[] = { "15020416", NULL, NULL };
  g_autoptr (GPtrArray) table = g_ptr_array_new_with_free_func ((GDestroyNotify) smartcom_entry_free);
  g_autoptr (GError) error = NULL;
  gint64 n_announced = -1;

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      smartcom_table_get_count (lines[i], &n_announced);
      g_assert_true (smartcom_table_add_line (table, lines[i], &error));
    }
  g_assert_cmpint (n_announced, ==, 3);
  g_assert_true (smartcom_table_check (table, n_announced, &error));
  for (guint i = 0; i < table->len; i++)
    {
      g_autofree gchar *id = smartcom_entry_dup_id (g_ptr_array_index (table, i));
      g_autofree gchar *text = smartcom_entry_to_string (g_ptr_array_index (table, i));

      g_assert_cmpstr (id, ==, ids[i]);
      g_assert_cmpstr (text, ==, lines[i + 3] + strlen ("^SCAMS: "));
    }
  g_assert_false (smartcom_table_check (table, 4, &error));
  g_assert_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_COUNT);
  g_clear_error (&error);
  g_assert_true (smartcom_table_add_line (table, lines[3], &error));
  g_assert_false (smartcom_table_check (table, -1, &error));
  g_assert_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_SEQUENCE);
  g_clear_error (&error);
  g_assert_false (smartcom_table_add_line (table, "^SCAMS: 4> 2,\"MBUS\"", &error));
  g_assert_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED);
  g_assert_true (smartcom_table_get_count ("^SCAMS: NO DEVICE", &n_announced));
  g_assert_cmpint (n_announced, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smartcom/record/ams", test_ams);
  g_test_add_func ("/smartcom/record/wmbus", test_wmbus);
  g_test_add_func ("/smartcom/record/bad", test_bad_records);
  g_test_add_func ("/smartcom/record/table", test_table);
  return g_test_run ();
}
