/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A front end that commands the engine: an AT terminal, a web page. */
#pragma once

#include "amsel-controller.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_SERVICE (amsel_service_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselService, amsel_service, AMSEL, SERVICE, GObject)

/**
 * AmselServiceClass:
 * @parent_class: the parent class
 * @start: begins to serve, in the main context, without blocking
 * @stop: ends: closes all that it opened
 *
 * What a service implements.
 */
struct _AmselServiceClass
{
  GObjectClass parent_class;

  gboolean (*start) (AmselService *self, AmselController *controller, GError **error);
  void (*stop) (AmselService *self);

  gpointer padding[8];
};

AMSEL_API gboolean amsel_service_start (AmselService *self, AmselController *controller, GError **error);
AMSEL_API void amsel_service_stop (AmselService *self);
AMSEL_API const gchar *amsel_service_get_name (AmselService *self);

G_END_DECLS
