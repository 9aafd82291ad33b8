/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a search has found, in the forms in which people and programs want it. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

typedef enum
{
  SCAN_FORMAT_TABLE,
  SCAN_FORMAT_JSON,
  SCAN_FORMAT_CSV,
} ScanFormat;

gboolean scan_format_parse (const gchar *text, ScanFormat *out);

/* found is (element-type AmselFound). */
void scan_print (GPtrArray *found, ScanFormat format);

/* A configuration that reads what was found. place is the device, or host:port, that was searched.
 * by_primary: meters with a primary address of their own are read by that, which is faster. */
gchar *scan_write_config (GPtrArray *found, const gchar *place, const gchar *protocol, guint baud,
                          gboolean by_primary);

G_END_DECLS
