/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A configuration: the objects that a YAML file describes. */
#pragma once

#include "amsel-engine.h"
#include "amsel-problem.h"
#include "amsel-registry.h"
#include "amsel-simulator.h"
#include "amsel-store.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_CONFIG (amsel_config_get_type ())
AMSEL_API
G_DECLARE_FINAL_TYPE (AmselConfig, amsel_config, AMSEL, CONFIG, GObject)

AMSEL_API AmselConfig *amsel_config_load (const gchar *path, AmselRegistry *registry, GPtrArray **problems);
AMSEL_API AmselSimulator *amsel_config_load_simulator (const gchar *path, AmselRegistry *registry,
                                                       GPtrArray **problems);
AMSEL_API AmselConfig *amsel_config_load_with_texts (const gchar *path, AmselRegistry *registry,
                                                     gchar ***problems);
AMSEL_API AmselSimulator *amsel_config_load_simulator_with_texts (const gchar *path, AmselRegistry *registry,
                                                                  gchar ***problems);
AMSEL_API const gchar *amsel_config_get_path (AmselConfig *self);
AMSEL_API AmselStore *amsel_config_get_store (AmselConfig *self);
AMSEL_API GPtrArray *amsel_config_get_lines (AmselConfig *self);
AMSEL_API GPtrArray *amsel_config_get_pipelines (AmselConfig *self);
AMSEL_API GPtrArray *amsel_config_get_exporters (AmselConfig *self);
AMSEL_API GPtrArray *amsel_config_get_services (AmselConfig *self);

AMSEL_API AmselEngine *amsel_engine_new_for_config (AmselConfig *config);

G_END_DECLS
