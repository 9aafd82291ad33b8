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

/**
 * amsel_controller_get_store: (virtual get_store)
 * @self: the engine
 *
 * Returns: (transfer none): the store, which is open while services run
 */
AmselStore *
amsel_controller_get_store (AmselController *self)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->get_store (self);
}

/**
 * amsel_controller_get_protocol: (virtual get_protocol)
 * @self: the engine
 * @pipeline: name of a pipeline
 *
 * Returns: (transfer none) (nullable): its protocol; %NULL where there is no such pipeline
 */
AmselProtocol *
amsel_controller_get_protocol (AmselController *self, const gchar *pipeline)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->get_protocol (self, pipeline);
}

/**
 * amsel_controller_add_meter: (virtual add_meter)
 * @self: the engine
 * @pipeline: name of a pipeline
 * @meter: a meter of the type that its protocol wants
 * @every_us: its own interval in microseconds, aligned to the wall clock; 0 for the schedule of the pipeline
 * @error: return location for an error
 *
 * Adds a meter to a pipeline, which may be running: it is read from the next slot on.
 *
 * Returns: whether there is such a pipeline, the meter's settings can be used and its name is not taken
 */
gboolean
amsel_controller_add_meter (AmselController *self, const gchar *pipeline, AmselMeter *meter, gint64 every_us,
                            GError **error)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->add_meter (self, pipeline, meter, every_us, error);
}

/**
 * amsel_controller_remove_meter: (virtual remove_meter)
 * @self: the engine
 * @pipeline: name of a pipeline
 * @meter: name of one of its meters
 *
 * Takes a meter out of a pipeline, which may be running: nothing is heard of it any more.
 *
 * Returns: whether it was there
 */
gboolean
amsel_controller_remove_meter (AmselController *self, const gchar *pipeline, const gchar *meter)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->remove_meter (self, pipeline, meter);
}

/**
 * amsel_controller_set_retries: (virtual set_retries)
 * @self: the engine
 * @pipeline: name of a pipeline
 * @retries: how often a silent meter is asked again in the same slot, 0 to 9
 *
 * Returns: whether there is such a pipeline
 */
gboolean
amsel_controller_set_retries (AmselController *self, const gchar *pipeline, guint retries)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->set_retries (self, pipeline, retries);
}

/**
 * amsel_controller_query_async: (virtual query_async)
 * @self: the engine
 * @pipeline: name of the pipeline whose line and protocol are used
 * @meter: a meter of the type that its protocol wants, which need not be in the pipeline
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Reads a meter now, before what is scheduled. The readout is for the caller alone: it is not stored.
 */
void
amsel_controller_query_async (AmselController *self, const gchar *pipeline, AmselMeter *meter,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  AMSEL_CONTROLLER_GET_IFACE (self)->query_async (self, pipeline, meter, cancellable, callback, user_data);
}

/**
 * amsel_controller_query_finish: (virtual query_finish)
 * @self: the engine
 * @result: what the callback was given
 * @error: return location for an error; a meter that does not answer is no error but a readout that says so
 *
 * Returns: (transfer full): the readout
 */
AmselReadout *
amsel_controller_query_finish (AmselController *self, GAsyncResult *result, GError **error)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->query_finish (self, result, error);
}

/**
 * amsel_controller_borrow: (skip)
 * @self: the engine
 * @pipeline: name of a pipeline
 * @borrowed: called with the transport when the one dialogue that is going on has ended; or without, at once
 * where the line is not open, is being searched, or somebody else has it
 * @user_data: for @borrowed
 *
 * Asks for the line of a pipeline to have it to oneself: to pass bytes of another program through. What is to
 * be read on it meanwhile fails with %AMSEL_TRANSPORT_ERROR_BUSY. The borrower listens to the signals of the
 * transport, sends and configures, and never closes it.
 */
void
amsel_controller_borrow (AmselController *self, const gchar *pipeline, AmselBorrowed borrowed,
                         gpointer user_data)
{
  AMSEL_CONTROLLER_GET_IFACE (self)->borrow (self, pipeline, borrowed, user_data);
}

/**
 * amsel_controller_give_back: (skip)
 * @self: the engine
 * @pipeline: name of a pipeline
 * @user_data: what amsel_controller_borrow() was given
 *
 * Ends a loan, or the wish for one.
 */
void
amsel_controller_give_back (AmselController *self, const gchar *pipeline, gpointer user_data)
{
  AMSEL_CONTROLLER_GET_IFACE (self)->give_back (self, pipeline, user_data);
}

/**
 * amsel_controller_search_async: (virtual search_async)
 * @self: the engine
 * @pipeline: name of a pipeline
 * @search: what amsel_protocol_search() of its protocol made
 * @cancellable: (nullable): to give up; amsel_search_abort() ends it more gently
 * @callback: (scope async): called when the search is over
 * @user_data: for @callback
 *
 * Searches the line of a pipeline. Readings have precedence: the search rests while there are any.
 */
void
amsel_controller_search_async (AmselController *self, const gchar *pipeline, AmselSearch *search,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  AMSEL_CONTROLLER_GET_IFACE (self)->search_async (self, pipeline, search, cancellable, callback, user_data);
}

/**
 * amsel_controller_search_finish: (virtual search_finish)
 * @self: the engine
 * @result: what the callback was given
 * @error: return location for an error; what was found until then is kept by the search
 *
 * Returns: whether the search came to its end
 */
gboolean
amsel_controller_search_finish (AmselController *self, GAsyncResult *result, GError **error)
{
  return AMSEL_CONTROLLER_GET_IFACE (self)->search_finish (self, result, error);
}
