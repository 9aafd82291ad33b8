/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of driver files share: problems with their places, and scalars of each kind. */
#pragma once

#include "amsel-yaml.h"
#include "driver-described.h"

G_BEGIN_DECLS

typedef struct
{
  DriverDescribed *driver; /* (owned) */
  AmselProblems problems;
} DriverReader;

/* First and last of a range of numbers. */
typedef struct
{
  guint64 first;
  guint64 last;
} DriverRange;

void driver_reader_error (DriverReader *self, const AmselYamlNode *node, const gchar *hint,
                          const gchar *format, ...) G_GNUC_PRINTF (4, 5);
/* Whether a node is a map whose keys are all among some; otherwise the problems have been added. */
gboolean driver_reader_check_map (DriverReader *self, const AmselYamlNode *node, const gchar *const *keys,
                                  const gchar *what);
/* Text of a scalar; NULL, and a problem, for anything else. */
const gchar *driver_reader_text (DriverReader *self, const AmselYamlNode *node, const gchar *what);
/* The same as a string that lives as long as the driver. */
const gchar *driver_reader_string (DriverReader *self, const AmselYamlNode *node, const gchar *what);
/* A whole number, decimal or 0x..., from 0 to maximum. */
gboolean driver_reader_number (DriverReader *self, const AmselYamlNode *node, guint64 maximum,
                               guint64 *out_number);
/* “3” or “1..12”. */
gboolean driver_reader_range (DriverReader *self, const AmselYamlNode *node, guint64 maximum,
                              DriverRange *out_range);
/* Number of a name in a list of names, which ends with NULL; -1 and a problem where it is none. */
gint driver_reader_choice (DriverReader *self, const AmselYamlNode *node, const gchar *const *names,
                           const gchar *what);
/* A scalar as a list of one, so that both may be written: the items, or the node itself. */
guint driver_reader_n_items (const AmselYamlNode *node);
const AmselYamlNode *driver_reader_item (const AmselYamlNode *node, guint index);

/* What may stand in a file, each list ending with NULL: keys of the file and of a field, and words. */
extern const gchar *const driver_file_keys[];
extern const gchar *const driver_field_keys[];
extern const gchar *const driver_field_sources[];
extern const gchar *const driver_field_codings[];
extern const gchar *const driver_field_roles[];
extern const gchar *const driver_field_functions[];

/* One entry of “fields”, with its ranges written out as rules. */
void driver_reader_field (DriverReader *self, const AmselYamlNode *node);

/* The lines of “formats”, with their choices written out. */
void driver_reader_formats (DriverReader *self, const AmselYamlNode *node);

G_END_DECLS
