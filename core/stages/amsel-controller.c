/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine as services see it. */
#include "amsel-controller.h"

G_DEFINE_INTERFACE (AmselController, amsel_controller, G_TYPE_OBJECT)

static void
amsel_controller_default_init (AmselControllerInterface *iface G_GNUC_UNUSED)
{
}

/**
 * amsel_controller_list_pipelines: (virtual list_pipelines)
 * @self: the engine
 *
 * Returns: (transfer full) (array zero-terminated=1): names of the pipelines
 */
gchar **
amsel_controller_list_pipelines (AmselController *self)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->list_pipelines (self);
}

/**
 * amsel_controller_list_meters: (virtual list_meters)
 * @self: the engine
 * @pipeline: name of a pipeline
 *
 * Returns: (transfer container) (element-type AmselMeter): its meters; empty where there is no such pipeline
 */
GPtrArray *
amsel_controller_list_meters (AmselController *self, const gchar *pipeline)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->list_meters (self, pipeline);
}

/**
 * amsel_controller_read_async: (virtual read_async)
 * @self: the engine
 * @pipeline: name of a pipeline
 * @meter: name of one of its meters
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Reads a meter now, before what is scheduled. The readout is stored like any other.
 */
void
amsel_controller_read_async (AmselController *self, const gchar *pipeline, const gchar *meter,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  AMSEL_CONTROLLER_GET_IFACE (self)->read_async (self, pipeline, meter, cancellable, callback, user_data);
}

/**
 * amsel_controller_read_finish: (virtual read_finish)
 * @self: the engine
 * @result: what the callback was given
 * @error: return location for an error; a meter that does not answer is no error but a readout that says so
 *
 * Returns: (transfer full): the readout
 */
AmselReadout *
amsel_controller_read_finish (AmselController *self, GAsyncResult *result, GError **error)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->read_finish (self, result, error);
}
