/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plugin file exports: a constant that says for which library it was built and which kinds it offers.
 */
#pragma once

#include "amsel-registry.h"

G_BEGIN_DECLS

/**
 * AMSEL_PLUGIN_ABI:
 *
 * Number of the plugin interface. It rises whenever a class structure or a value structure changes.
 */
#define AMSEL_PLUGIN_ABI 1

/**
 * AmselPluginKind: (skip)
 * @kind: the word used in the configuration
 * @blurb: one line for the list of kinds
 * @get_type: the type, derived from one of the stages
 *
 * One kind that a plugin offers.
 */
typedef struct
{
  const gchar *kind;
  const gchar *blurb;
  GType (*get_type) (void);
} AmselPluginKind;

/**
 * AmselPluginDesc: (skip)
 * @abi: %AMSEL_PLUGIN_ABI
 * @struct_size: size of this structure: two builds with one number and different layouts are told apart by it
 * @name: name of the plugin
 * @version: version of the plugin
 * @kinds: what it offers; ends with an entry of zeros
 * @load: (nullable): for plugins that load other languages: adds kinds to the registry
 *
 * What a plugin exports under the name `amsel_plugin_desc`.
 */
typedef struct
{
  guint32 abi;
  guint32 struct_size;
  const gchar *name;
  const gchar *version;
  const AmselPluginKind *kinds;
  gboolean (*load) (AmselRegistry *registry, GError **error);
} AmselPluginDesc;

AMSEL_API gboolean amsel_registry_add_plugin (AmselRegistry *self, const AmselPluginDesc *desc,
                                              GError **error);

#ifdef AMSEL_PLUGIN_STATIC
#define AMSEL_PLUGIN_SYMBOL(NAME) amsel_plugin_##NAME
#else
#define AMSEL_PLUGIN_SYMBOL(NAME) amsel_plugin_desc
#endif

/**
 * AMSEL_PLUGIN_DEFINE_LOADER: (skip)
 * @NAME: name of the plugin, a C identifier
 * @VERSION: its version, a string
 * @LOAD: (nullable): function that adds more kinds
 * @...: the kinds: { "kind", "blurb", get_type }, ..., { NULL, NULL, NULL }
 *
 * Defines what a plugin exports. The same source linked statically with AMSEL_PLUGIN_STATIC exports
 * `amsel_plugin_NAME`, for tests and fuzz targets.
 */
#define AMSEL_PLUGIN_DEFINE_LOADER(NAME, VERSION, LOAD, ...)                                                 \
  static const AmselPluginKind amsel_plugin_kinds[] = { __VA_ARGS__ };                                       \
  extern AMSEL_API const AmselPluginDesc AMSEL_PLUGIN_SYMBOL (NAME);                                         \
  const AmselPluginDesc AMSEL_PLUGIN_SYMBOL (NAME) = { AMSEL_PLUGIN_ABI, sizeof (AmselPluginDesc), #NAME,    \
                                                       VERSION,          amsel_plugin_kinds,       LOAD };

/**
 * AMSEL_PLUGIN_DEFINE: (skip)
 * @NAME: name of the plugin, a C identifier
 * @VERSION: its version, a string
 * @...: the kinds: { "kind", "blurb", get_type }, ...
 *
 * Defines what a plugin exports.
 */
#define AMSEL_PLUGIN_DEFINE(NAME, VERSION, ...)                                                              \
  AMSEL_PLUGIN_DEFINE_LOADER (NAME, VERSION, NULL, __VA_ARGS__, { NULL, NULL, NULL })

G_END_DECLS
