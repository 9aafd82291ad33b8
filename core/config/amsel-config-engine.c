/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A configuration becomes an engine. */
#include "amsel-config.h"

/**
 * amsel_engine_new_for_config: (constructor)
 * @config: a configuration
 *
 * Returns: (transfer full): an engine with all that @config describes
 */
AmselEngine *
amsel_engine_new_for_config (AmselConfig *config)
{
  AmselEngine *self = amsel_engine_new (amsel_config_get_store (config));
  GPtrArray *lines = amsel_config_get_lines (config);
  GPtrArray *pipelines = amsel_config_get_pipelines (config);
  GPtrArray *exporters = amsel_config_get_exporters (config);
  GPtrArray *services = amsel_config_get_services (config);

  for (guint i = 0; i < lines->len; i++)
    amsel_engine_add_line (self, g_ptr_array_index (lines, i));
  for (guint i = 0; i < pipelines->len; i++)
    amsel_engine_add_pipeline (self, g_ptr_array_index (pipelines, i));
  for (guint i = 0; i < exporters->len; i++)
    amsel_engine_add_exporter (self, g_ptr_array_index (exporters, i));
  for (guint i = 0; i < services->len; i++)
    amsel_engine_add_service (self, g_ptr_array_index (services, i));
  return self;
}
