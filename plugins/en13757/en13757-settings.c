/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings about keys, as properties of a protocol. The key file is read when it is named, since a protocol
 * may not read files later. */
#include "en13757-settings.h"

void
en13757_settings_clear (En13757Settings *self)
{
  g_clear_pointer (&self->key, en13757_key_unref);
  g_clear_pointer (&self->keys_path, g_free);
  g_clear_pointer (&self->keys, en13757_keys_free);
  g_clear_error (&self->keys_error);
}

void
en13757_settings_install (GObjectClass *object_class, guint first)
{
  g_object_class_install_property (
      object_class, first + EN13757_PROP_KEY,
      g_param_spec_string (
          "key", "key",
          "Key of every meter that has none of its own and none in the key file: 32 hexadecimal digits "
          "(AES), or 16 (DES).",
          NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET));
  g_object_class_install_property (
      object_class, first + EN13757_PROP_KEYS,
      g_param_spec_string (
          "keys", "keys",
          "File with the keys of meters, one a line: address; key. In the address F is any digit, "
          "and * is every meter.",
          NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH | AMSEL_PARAM_PRIVATE));
  g_object_class_install_property (
      object_class, first + EN13757_PROP_DECRYPTED,
      g_param_spec_boolean (
          "decrypted", "decrypted",
          "Take telegrams that are flagged as encrypted but have the marks of plain data as plain: "
          "recordings often are stored so. Where a check does not fit, they are marked as unchecked.",
          FALSE, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, first + EN13757_PROP_ALLOW_PLAIN,
      g_param_spec_boolean (
          "allow-plain", "allow-plain",
          "Take plain telegrams of meters that have a key, and those of security mode 7 without a message "
          "authentication code. Otherwise they are refused, since anybody can send or change them.",
          FALSE, AMSEL_PARAM_SETTING));
}

void
en13757_settings_get_property (const En13757Settings *self, En13757Property property, GValue *value)
{
  switch (property)
    {
    case EN13757_PROP_KEY:
      /* a key that is in use is not told */
      g_value_set_string (value, NULL);
      break;
    case EN13757_PROP_KEYS:
      g_value_set_string (value, self->keys_path);
      break;
    case EN13757_PROP_DECRYPTED:
      g_value_set_boolean (value, self->decrypted);
      break;
    case EN13757_PROP_ALLOW_PLAIN:
      g_value_set_boolean (value, self->allow_plain);
      break;
    case EN13757_N_PROPS:
      break;
    }
}

static void
set_keys_path (En13757Settings *self, const gchar *path)
{
  g_free (self->keys_path);
  self->keys_path = g_strdup (path);
  g_clear_pointer (&self->keys, en13757_keys_free);
  g_clear_error (&self->keys_error);
  if (path == NULL || path[0] == '\0')
    return;
  self->keys = en13757_keys_new ();
  en13757_keys_load (self->keys, path, &self->keys_error);
}

void
en13757_settings_set_property (En13757Settings *self, En13757Property property, const GValue *value)
{
  switch (property)
    {
    case EN13757_PROP_KEY:
      self->bad_key = !en13757_key_set (&self->key, g_value_get_string (value));
      break;
    case EN13757_PROP_KEYS:
      set_keys_path (self, g_value_get_string (value));
      break;
    case EN13757_PROP_DECRYPTED:
      self->decrypted = g_value_get_boolean (value);
      break;
    case EN13757_PROP_ALLOW_PLAIN:
      self->allow_plain = g_value_get_boolean (value);
      break;
    case EN13757_N_PROPS:
      break;
    }
}

gboolean
en13757_settings_check (const En13757Settings *self, GError **error)
{
  if (self->keys_error != NULL && error != NULL)
    *error = g_error_copy (self->keys_error);
  else if (self->bad_key)
    g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                 "key: expected 32 hexadecimal digits (AES), or 16 (DES)");
  return self->keys_error == NULL && !self->bad_key;
}

void
en13757_settings_begin_context (const En13757Settings *self, En13757Key *key, En13757Context *out)
{
  *out = (En13757Context){
    .decrypted = self->decrypted,
    .allow_plain = self->allow_plain,
    .key = key,
    .fallback = self->key,
    .keys = self->keys,
  };
}
