/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A front end that commands the engine, or a source of readouts that is no line: an AT terminal, a web page,
 * a server that collects from terminals. */
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
 * @check: whether its settings, and its items, fit together (nullable: they always do)
 * @item_key: (nullable): key of a list in the configuration whose items belong to the service, such as
 * "terminals"; %NULL for none
 * @get_item_type: type of these items, whose properties are their settings (nullable where there are none)
 * @add_item: takes an item over from the configuration (nullable where there are none)
 *
 * What a service implements.
 */
struct _AmselServiceClass
{
  GObjectClass parent_class;

  gboolean (*start) (AmselService *self, AmselController *controller, GError **error);
  void (*stop) (AmselService *self);
  gboolean (*check) (AmselService *self, GError **error);

  const gchar *item_key;
  GType (*get_item_type) (AmselService *self);
  gboolean (*add_item) (AmselService *self, GObject *item, GError **error);

  gpointer padding[8];
};

AMSEL_API gboolean amsel_service_start (AmselService *self, AmselController *controller, GError **error);
AMSEL_API void amsel_service_stop (AmselService *self);
AMSEL_API gboolean amsel_service_check (AmselService *self, GError **error);
AMSEL_API const gchar *amsel_service_get_name (AmselService *self);
AMSEL_API const gchar *const *amsel_service_get_exporters (AmselService *self);

AMSEL_API const gchar *amsel_service_get_item_key (AmselService *self);
AMSEL_API GType amsel_service_get_item_type (AmselService *self);
AMSEL_API gboolean amsel_service_add_item (AmselService *self, GObject *item, GError **error);

AMSEL_API void amsel_service_emit_readout (AmselService *self, AmselReadout *readout);
AMSEL_API void amsel_service_notice (AmselService *self, const gchar *message);
AMSEL_API void amsel_service_problem (AmselService *self, const gchar *message);

G_END_DECLS
