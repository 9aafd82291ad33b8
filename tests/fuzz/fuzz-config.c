/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a configuration: they become objects or problems, and every problem can be shown. */
#include "amsel-config-private.h"
#include "test-kinds.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static AmselRegistry *registry;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (AmselConfig) config = NULL;
  gboolean failed = FALSE;

  if (registry == NULL)
    registry = test_kinds_new_registry ();
  config = amsel_config_load_text ((const gchar *) data, size, "/nowhere/fuzz.yaml", registry, &problems);
  for (guint i = 0; i < problems->len; i++)
    {
      const AmselProblem *problem = g_ptr_array_index (problems, i);
      g_autofree gchar *text = amsel_problem_to_string (problem);

      g_assert_true (g_utf8_validate (text, -1, NULL));
      failed |= amsel_problem_get_severity (problem) == AMSEL_SEVERITY_ERROR;
    }
  g_assert_true (failed == (config == NULL));
  return 0;
}
