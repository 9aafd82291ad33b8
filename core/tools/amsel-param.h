/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Property specifications that carry what a configuration needs to know: durations, sizes, secrets, required
 * keys. */
#pragma once

#include "amsel-macros.h"

G_BEGIN_DECLS

/**
 * AMSEL_PARAM_REQUIRED:
 *
 * Flag of a property that the configuration must give.
 */
#define AMSEL_PARAM_REQUIRED ((GParamFlags) (1 << G_PARAM_USER_SHIFT))

/**
 * AMSEL_PARAM_SECRET:
 *
 * Flag of a property that must never be logged or shown and that may come from `!file`, `!env` or
 * `!credential`.
 */
#define AMSEL_PARAM_SECRET ((GParamFlags) (1 << (G_PARAM_USER_SHIFT + 1)))

/**
 * AMSEL_PARAM_RUNTIME:
 *
 * Flag of a property that is no setting: the configuration, the inspection and the schema pass over it.
 */
#define AMSEL_PARAM_RUNTIME ((GParamFlags) (1 << (G_PARAM_USER_SHIFT + 2)))

/**
 * AMSEL_PARAM_PATH:
 *
 * Flag of a string property that names a file or folder: where the configuration gives a relative path, the
 * property gets it from the folder of the configuration file.
 */
#define AMSEL_PARAM_PATH ((GParamFlags) (1 << (G_PARAM_USER_SHIFT + 3)))

/**
 * AMSEL_PARAM_PRIVATE:
 *
 * Flag of a path to a file with secrets: the configuration warns where everybody can read it.
 */
#define AMSEL_PARAM_PRIVATE ((GParamFlags) (1 << (G_PARAM_USER_SHIFT + 4)))

/**
 * AMSEL_PARAM_SETTING:
 *
 * The flags of an ordinary setting: readable, writable, with static strings.
 */
#define AMSEL_PARAM_SETTING ((GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS))

#define AMSEL_TYPE_PARAM_DURATION (amsel_param_duration_get_type ())
AMSEL_API GType amsel_param_duration_get_type (void);
AMSEL_API GParamSpec *amsel_param_spec_duration (const gchar *name, const gchar *blurb, gint64 minimum_us,
                                                 gint64 maximum_us, gint64 default_us, GParamFlags flags);
#define AMSEL_IS_PARAM_DURATION(pspec) (G_TYPE_CHECK_INSTANCE_TYPE ((pspec), AMSEL_TYPE_PARAM_DURATION))

#define AMSEL_TYPE_PARAM_SIZE (amsel_param_size_get_type ())
AMSEL_API GType amsel_param_size_get_type (void);
AMSEL_API GParamSpec *amsel_param_spec_size (const gchar *name, const gchar *blurb, gint64 minimum,
                                             gint64 maximum, gint64 default_value, GParamFlags flags);
#define AMSEL_IS_PARAM_SIZE(pspec) (G_TYPE_CHECK_INSTANCE_TYPE ((pspec), AMSEL_TYPE_PARAM_SIZE))

AMSEL_API void amsel_param_set_string (gchar **field, const GValue *value);

AMSEL_API gboolean amsel_duration_parse (const gchar *text, gint64 *out_us, GError **error);
AMSEL_API gchar *amsel_duration_to_string (gint64 us);
AMSEL_API gboolean amsel_size_parse (const gchar *text, gint64 *out_bytes, GError **error);
AMSEL_API gchar *amsel_size_to_string (gint64 bytes);

G_END_DECLS
