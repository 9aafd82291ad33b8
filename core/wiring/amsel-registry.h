/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of stages that there are, and the plugin files that they come from. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_REGISTRY (amsel_registry_get_type ())
AMSEL_API
G_DECLARE_FINAL_TYPE (AmselRegistry, amsel_registry, AMSEL, REGISTRY, GObject)

AMSEL_API AmselRegistry *amsel_registry_new (void);
AMSEL_API AmselRegistry *amsel_registry_get_default (void);
AMSEL_API AmselRegistry *amsel_registry_get_loading (void);
AMSEL_API guint amsel_registry_load_default (AmselRegistry *self);
AMSEL_API guint amsel_registry_load_directory (AmselRegistry *self, const gchar *path);
AMSEL_API gboolean amsel_registry_open (AmselRegistry *self, const gchar *path, GError **error);
AMSEL_API gboolean amsel_registry_add_kind (AmselRegistry *self, const gchar *kind, const gchar *blurb,
                                            GType type, GError **error);
AMSEL_API gchar **amsel_registry_list_kinds (AmselRegistry *self, GType stage);
AMSEL_API void amsel_registry_add_problem (AmselRegistry *self, const gchar *problem);
AMSEL_API gchar **amsel_registry_list_problems (AmselRegistry *self);
AMSEL_API GType amsel_registry_get_kind_type (AmselRegistry *self, GType stage, const gchar *kind);
AMSEL_API const gchar *amsel_registry_get_kind_blurb (AmselRegistry *self, GType stage, const gchar *kind);
AMSEL_API GObject *amsel_registry_create (AmselRegistry *self, GType stage, const gchar *kind,
                                          GError **error);
AMSEL_API const gchar *amsel_registry_get_stage_name (GType stage);

G_END_DECLS
