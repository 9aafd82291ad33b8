/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of drivers as a property of a protocol. The files are read when it is named, since a protocol may
 * not read files later. */
#include "driver-settings.h"

#include "driver-library.h"

void
driver_settings_clear (DriverSettings *self)
{
  g_clear_pointer (&self->folder, g_free);
  g_clear_error (&self->error);
  self->library = NULL;
}

void
driver_settings_install (GObjectClass *object_class, guint id)
{
  g_object_class_install_property (
      object_class, id,
      g_param_spec_string (
          "drivers", "drivers",
          "Folder with driver files (*.yaml) of one's own, which come before those that are delivered: they "
          "name the values of meters. A file with errors is reported, and the others are used.",
          NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH));
}

void
driver_settings_set_folder (DriverSettings *self, const gchar *folder)
{
  driver_settings_clear (self);
  self->folder = g_strdup (folder);
  if (folder != NULL && folder[0] != '\0')
    self->library = driver_library_get_over (folder, &self->error);
}

gboolean
driver_settings_check (const DriverSettings *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "drivers: %s", self->error->message);
  return FALSE;
}

GPtrArray *
driver_settings_list_problems (const DriverSettings *self)
{
  return driver_library_list_problems (self->library);
}
