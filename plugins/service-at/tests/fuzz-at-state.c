/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Anything as the file that the terminal keeps its tables in. */
#include "at-state.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (AtState) state = at_state_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (at_state_parse (state, (const gchar *) data, size, &error) == (error == NULL));
  g_assert_cmpuint (state->meters->len, <=, AT_METERS_MAX);
  for (guint i = 0; i < state->meters->len; i++)
    {
      const AtMeter *meter = g_ptr_array_index (state->meters, i);

      g_assert_true (at_address_check (meter->protocol, meter->address));
      g_assert_cmpint (at_interval_get_us (meter->interval), >, 0);
    }
  return 0;
}
