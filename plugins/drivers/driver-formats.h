/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The formats of compact frames that drivers describe, by their signatures. */
#pragma once

#include "driver-described.h"

G_BEGIN_DECLS

/* A table of signatures, each with all formats that have it (element-type GBytes). */
GHashTable *driver_formats_new (void);
void driver_formats_add (GHashTable *self, const DriverDescribed *driver);

G_END_DECLS
