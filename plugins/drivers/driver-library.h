/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All described drivers of some folders. */
#pragma once

#include "driver-described.h"

G_BEGIN_DECLS

/* Folders with drivers, separated by colons; they come before the installed one. */
#define DRIVER_FOLDERS_VARIABLE "AMSEL_DRIVERS"

typedef struct
{
  GPtrArray *drivers;            /* (owned) (element-type DriverDescribed) */
  GPtrArray *problems;           /* (owned) (element-type AmselProblem) */
  DriverIndex index;             /* of drivers */
  const DriverDescribed *others; /* (unowned) (nullable): for meters that have no driver of their own */
  GHashTable *formats;           /* (owned): of compact frames, see driver_formats_new() */
} DriverLibrary;

/* Reads the files *.yaml of folders, in their order and by name; a driver whose name was met before is passed
 * over, so that one's own folder comes first. */
DriverLibrary *driver_library_new (const gchar *const *folders);
void driver_library_free (DriverLibrary *self);

/* The folders of AMSEL_DRIVERS and the installed one. */
gchar **driver_library_dup_folders (void);

/* Puts a folder before those of AMSEL_DRIVERS, for this program: before anything was decoded. */
void driver_library_prefer (const gchar *folder);

/* The library of those folders, read once and kept as long as the program runs. */
const DriverLibrary *driver_library_get_default (void);

/* The driver of a meter; NULL where there is none. */
const DriverDescribed *driver_library_find (const DriverLibrary *self, const AmselIdentity *identity);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DriverLibrary, driver_library_free)

G_END_DECLS
