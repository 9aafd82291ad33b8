/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service may ask of the running engine. */
#pragma once

#include <gio/gio.h>

#include "amsel-meter.h"
#include "amsel-readout.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_CONTROLLER (amsel_controller_get_type ())
AMSEL_API
G_DECLARE_INTERFACE (AmselController, amsel_controller, AMSEL, CONTROLLER, GObject)

/**
 * AmselControllerInterface:
 * @g_iface: the parent interface
 * @list_pipelines: names of the pipelines
 * @list_meters: the meters of a pipeline
 * @read_async: reads one meter now, before what is scheduled
 * @read_finish: the outcome of @read_async
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

  gpointer padding[8];
};

AMSEL_API gchar **amsel_controller_list_pipelines (AmselController *self);
AMSEL_API GPtrArray *amsel_controller_list_meters (AmselController *self, const gchar *pipeline);
AMSEL_API void amsel_controller_read_async (AmselController *self, const gchar *pipeline, const gchar *meter,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data);
AMSEL_API AmselReadout *amsel_controller_read_finish (AmselController *self, GAsyncResult *result,
                                                      GError **error);

G_END_DECLS
