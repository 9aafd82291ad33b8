/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All described drivers of some folders. */
#pragma once

#include "driver-described.h"

G_BEGIN_DECLS

/* Folders with drivers, separated by colons; they come before the installed one. */
#define DRIVER_FOLDERS_VARIABLE "AMSEL_DRIVERS"

struct _DriverLibrary
{
  GPtrArray *read;     /* (owned) (element-type DriverDescribed): all that could be read */
  GPtrArray *drivers;  /* (element-type DriverDescribed): those that are used, of another one, too */
  GPtrArray *problems; /* (owned) (element-type AmselProblem) */
  DriverIndex index;   /* of drivers */
  const DriverDescribed *others; /* (unowned) (nullable): for meters that have no driver of their own */
  GHashTable *formats;       /* (owned): of compact frames of those that were read: driver_formats_new() */
  const DriverLibrary *base; /* (unowned) (nullable): the one that it comes before */
};

/* Reads the files *.yaml of folders, in their order and by name; a driver whose name was met before is passed
 * over, so that one's own folder comes first. What base has comes last. base may be NULL, else it lives
 * longer, and what is probably not meant is among the problems: names and meters that another file has, too.
 */
DriverLibrary *driver_library_new (const gchar *const *folders, const DriverLibrary *base);
void driver_library_free (DriverLibrary *self);

/* The folders of AMSEL_DRIVERS and the installed one. */
gchar **driver_library_dup_folders (void);

/* Puts a folder before those of AMSEL_DRIVERS, for this program: before anything was decoded. */
void driver_library_prefer (const gchar *folder);

/* The library of those folders, read once and kept as long as the program runs. */
const DriverLibrary *driver_library_get_default (void);

/* The library of a folder over the default one, kept as long as the program runs since telegrams have names
 * of it; files that have changed make a new one. NULL where there is no such folder. */
const DriverLibrary *driver_library_get_over (const gchar *folder, GError **error);

/* What is wrong with the files of a library, and of the default one, whose faults are not told again. Files
 * are read only where there are folders of one's own. */
GPtrArray *driver_library_list_problems (const DriverLibrary *self);

/* The driver of a meter; NULL where there is none. */
const DriverDescribed *driver_library_find (const DriverLibrary *self, const AmselIdentity *identity);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DriverLibrary, driver_library_free)

G_END_DECLS
