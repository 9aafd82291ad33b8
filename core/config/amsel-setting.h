/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a property is as a setting: the one place from which the configuration, its messages, the inspection
 * and the schema take types, ranges and defaults. */
#pragma once

#include "amsel-json.h"
#include "amsel-macros.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__

typedef enum
{
  AMSEL_SETTING_NONE, /* no setting */
  AMSEL_SETTING_TEXT,
  AMSEL_SETTING_INTEGER,
  AMSEL_SETTING_NUMBER,
  AMSEL_SETTING_SWITCH,
  AMSEL_SETTING_CHOICE,
  AMSEL_SETTING_DURATION,
  AMSEL_SETTING_SIZE,
  AMSEL_SETTING_TEXTS,     /* a list of texts */
  AMSEL_SETTING_KIND,      /* a map with “kind”: an object of a stage */
  AMSEL_SETTING_REFERENCE, /* the name of an object that stands elsewhere */
  AMSEL_SETTING_OBJECT,    /* a map: an object of a fixed type */
} AmselSettingType;

AMSEL_API AmselSettingType amsel_setting_get_type (GParamSpec *pspec);
AMSEL_API const gchar *amsel_setting_get_type_name (GParamSpec *pspec);
AMSEL_API gchar *amsel_setting_get_range (GParamSpec *pspec);
AMSEL_API gchar *amsel_setting_get_default (GParamSpec *pspec);
AMSEL_API gchar *amsel_setting_describe (GParamSpec *pspec);
AMSEL_API gchar **amsel_setting_list_choices (GParamSpec *pspec);
AMSEL_API gboolean amsel_setting_get_bounds (GParamSpec *pspec, gint64 *minimum, guint64 *maximum,
                                             gboolean *has_minimum, gboolean *has_maximum);
AMSEL_API void amsel_setting_write_bounds (GParamSpec *pspec, AmselJson *json);
AMSEL_API GParamSpec **amsel_setting_list (GType type, guint *n_settings);

#endif /* __GI_SCANNER__ */

G_END_DECLS
