/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings about keys that the wired and the wireless protocol share. */
#pragma once

#include "en13757-security.h"

G_BEGIN_DECLS

typedef struct
{
  En13757Key *key;    /* (owned) (nullable): of every meter that has none of its own */
  gboolean bad_key;   /* whether the setting was something that is no key */
  gchar *keys_path;   /* (owned) (nullable) */
  En13757Keys *keys;  /* (owned) (nullable): what the file says */
  GError *keys_error; /* (owned) (nullable): why it cannot be used */
  gboolean decrypted;
  gboolean allow_plain;
} En13757Settings;

/* The properties, in this order from first on. */
typedef enum
{
  EN13757_PROP_KEY,
  EN13757_PROP_KEYS,
  EN13757_PROP_DECRYPTED,
  EN13757_PROP_ALLOW_PLAIN,
  EN13757_N_PROPS,
} En13757Property;

void en13757_settings_clear (En13757Settings *self);
void en13757_settings_install (GObjectClass *object_class, guint first);
void en13757_settings_get_property (const En13757Settings *self, En13757Property property, GValue *value);
void en13757_settings_set_property (En13757Settings *self, En13757Property property, const GValue *value);
/* Whether the key and the key file can be used. */
gboolean en13757_settings_check (const En13757Settings *self, GError **error);
/* What the settings say for a telegram of a meter with this key, if any. Key and settings have to stay while
 * it is used. */
void en13757_settings_begin_context (const En13757Settings *self, En13757Key *key, En13757Context *out);

G_END_DECLS
