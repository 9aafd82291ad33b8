/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON Schema of driver files, for editors. */
#pragma once

#include <amsel.h>

G_BEGIN_DECLS

gchar *driver_schema_new (void);

G_END_DECLS
