/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index from a meter's identity to its drivers, shared by the compiled and the described ones. */
#pragma once

#include "driver.h"

G_BEGIN_DECLS

typedef struct
{
  DriverMatch match;
  gconstpointer driver; /* (unowned) */
} DriverIndexEntry;

/* Entries of one manufacturer are neighbours, the most particular first; slots lead to the first of each. It
 * is filled once and then only read. */
typedef struct
{
  GArray *entries;   /* (owned) (element-type DriverIndexEntry) */
  gint32 *slots;     /* (owned): place of the first entry of a manufacturer, or -1 */
  guint32 slot_mask; /* their number, a power of two, less one */
} DriverIndex;

void driver_index_init (DriverIndex *self);
void driver_index_clear (DriverIndex *self);
void driver_index_add (DriverIndex *self, const DriverMatch *matches, gconstpointer driver);
void driver_index_build (DriverIndex *self);
/* The next driver of a meter; *position is 0 for the first and NULL is given behind the last. */
gconstpointer driver_index_next (const DriverIndex *self, const AmselIdentity *identity, guint *position);

/* The part of driver_apply() that is the compiled drivers'. */
void driver_apply_codes (DriverContext *context);

G_END_DECLS
