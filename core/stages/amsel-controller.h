/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service may ask of the running engine. */
#pragma once

#include <gio/gio.h>

#include "amsel-protocol.h"
#include "amsel-store.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_CONTROLLER (amsel_controller_get_type ())
AMSEL_API
G_DECLARE_INTERFACE (AmselController, amsel_controller, AMSEL, CONTROLLER, GObject)

/**
 * AmselBorrowed:
 * @transport: (nullable): the open transport of the line, which is the borrower's from now on; %NULL where it
 * cannot be lent, or not any longer
 * @error: (nullable): why not
 * @user_data: what amsel_controller_borrow() was given
 *
 * Called when a line is lent, and once more when it is taken away.
 */
typedef void (*AmselBorrowed) (AmselTransport *transport, const GError *error, gpointer user_data);

/**
 * AmselControllerInterface:
 * @g_iface: the parent interface
 * @list_pipelines: names of the pipelines
 * @list_meters: the meters of a pipeline
 * @read_async: reads one meter now, before what is scheduled
 * @read_finish: the outcome of @read_async
 * @get_store: the store
 * @get_protocol: the protocol of a pipeline
 * @add_meter: adds a meter to a pipeline, at any time
 * @remove_meter: takes a meter out of a pipeline, at any time
 * @set_retries: how often the silent meters of a pipeline are asked again
 * @query_async: reads now a meter that is in no pipeline
 * @query_finish: the outcome of @query_async
 * @borrow: asks for the line of a pipeline to have it to oneself
 * @give_back: ends that
 * @search_async: conducts one, while nobody reads
 * @search_finish: the outcome of @search_async
 *
 * The engine as services see it.
 */
struct _AmselControllerInterface
{
  GTypeInterface g_iface;

  gchar **(*list_pipelines) (AmselController *self);
  GPtrArray *(*list_meters) (AmselController *self, const gchar *pipeline);
  void (*read_async) (AmselController *self, const gchar *pipeline, const gchar *meter,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  AmselReadout *(*read_finish) (AmselController *self, GAsyncResult *result, GError **error);
  void (*search_async) (AmselController *self, const gchar *pipeline, AmselSearch *search,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*search_finish) (AmselController *self, GAsyncResult *result, GError **error);

  AmselStore *(*get_store) (AmselController *self);
  AmselProtocol *(*get_protocol) (AmselController *self, const gchar *pipeline);
  gboolean (*add_meter) (AmselController *self, const gchar *pipeline, AmselMeter *meter, gint64 every_us,
                         GError **error);
  gboolean (*remove_meter) (AmselController *self, const gchar *pipeline, const gchar *meter);
  gboolean (*set_retries) (AmselController *self, const gchar *pipeline, guint retries);
  void (*query_async) (AmselController *self, const gchar *pipeline, AmselMeter *meter,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  AmselReadout *(*query_finish) (AmselController *self, GAsyncResult *result, GError **error);
  void (*borrow) (AmselController *self, const gchar *pipeline, AmselBorrowed borrowed, gpointer user_data);
  void (*give_back) (AmselController *self, const gchar *pipeline, gpointer user_data);

  gpointer padding[8];
};

AMSEL_API gchar **amsel_controller_list_pipelines (AmselController *self);
AMSEL_API GPtrArray *amsel_controller_list_meters (AmselController *self, const gchar *pipeline);
AMSEL_API void amsel_controller_read_async (AmselController *self, const gchar *pipeline, const gchar *meter,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data);
AMSEL_API AmselReadout *amsel_controller_read_finish (AmselController *self, GAsyncResult *result,
                                                      GError **error);
AMSEL_API void amsel_controller_search_async (AmselController *self, const gchar *pipeline,
                                              AmselSearch *search, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
AMSEL_API gboolean amsel_controller_search_finish (AmselController *self, GAsyncResult *result,
                                                   GError **error);

AMSEL_API AmselStore *amsel_controller_get_store (AmselController *self);
AMSEL_API AmselProtocol *amsel_controller_get_protocol (AmselController *self, const gchar *pipeline);
AMSEL_API gboolean amsel_controller_add_meter (AmselController *self, const gchar *pipeline,
                                               AmselMeter *meter, gint64 every_us, GError **error);
AMSEL_API gboolean amsel_controller_remove_meter (AmselController *self, const gchar *pipeline,
                                                  const gchar *meter);
AMSEL_API gboolean amsel_controller_set_retries (AmselController *self, const gchar *pipeline, guint retries);
AMSEL_API void amsel_controller_query_async (AmselController *self, const gchar *pipeline, AmselMeter *meter,
                                             GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data);
AMSEL_API AmselReadout *amsel_controller_query_finish (AmselController *self, GAsyncResult *result,
                                                       GError **error);
AMSEL_API void amsel_controller_borrow (AmselController *self, const gchar *pipeline, AmselBorrowed borrowed,
                                        gpointer user_data);
AMSEL_API void amsel_controller_give_back (AmselController *self, const gchar *pipeline, gpointer user_data);

G_END_DECLS
