/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service starts, stops, and starts again. */
#include "sample-service.h"

static void
test_start (void)
{
  g_autoptr (AmselService) service = g_object_new (SAMPLE_TYPE_SERVICE, NULL);
  AmselServiceClass *service_class = AMSEL_SERVICE_GET_CLASS (service);
  guint n_starts;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (service_class->start (service, NULL, NULL));
      amsel_service_stop (service);
    }
  g_object_get (service, "n-starts", &n_starts, NULL);
  g_assert_cmpuint (n_starts, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/start", test_start);
  return g_test_run ();
}
