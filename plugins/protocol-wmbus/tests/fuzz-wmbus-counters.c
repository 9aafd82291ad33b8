/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: the file of message counters. A line that counts is whole and has its check, whatever else
 * there is, and none lowers a counter. */
#include "wmbus-counters.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const AmselIdentity meter = { .id = 0x12345678, .manufacturer = 0x05B3, .version = 0x33, .medium = 0x07 };
  WmbusCounters *counters = wmbus_counters_new ();
  guint first = 0;
  guint n_damaged;

  wmbus_counters_take (counters, &meter, 1000);
  n_damaged = wmbus_counters_read (counters, (const gchar *) data, size, &first);
  g_assert_true ((n_damaged > 0) == (first > 0));
  g_assert_cmpuint (n_damaged, <=, size);
  g_assert_false (wmbus_counters_take (counters, &meter, 1000));
  wmbus_counters_free (counters);
  return 0;
}
