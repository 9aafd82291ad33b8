/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The setting about drivers that the wired and the wireless protocol share. */
#pragma once

#include "driver.h"

G_BEGIN_DECLS

typedef struct
{
  gchar *folder;                /* (owned) (nullable) */
  const DriverLibrary *library; /* (unowned) (nullable): of the folder; NULL is the default one */
  GError *error;                /* (owned) (nullable): why the folder cannot be used */
} DriverSettings;

void driver_settings_clear (DriverSettings *self);
/* The property “drivers”. */
void driver_settings_install (GObjectClass *object_class, guint id);
/* Reads the files. */
void driver_settings_set_folder (DriverSettings *self, const gchar *folder);
gboolean driver_settings_check (const DriverSettings *self, GError **error);
/* (transfer full) (element-type AmselProblem): what is wrong with files that are passed over. */
GPtrArray *driver_settings_list_problems (const DriverSettings *self);

G_END_DECLS
