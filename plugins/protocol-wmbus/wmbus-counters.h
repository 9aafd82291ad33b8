/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last message counter of each meter, so that a telegram that was recorded and is sent again is refused:
 * also after a restart, where they are kept in a file. May be used in several threads. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Most meters whose counters are kept; then those of all are forgotten. */
#define WMBUS_COUNTERS_MAX 200000

typedef struct _WmbusCounters WmbusCounters;

WmbusCounters *wmbus_counters_new (void);
void wmbus_counters_free (WmbusCounters *self);

/* Whether the counter is above the last one of the meter, which it becomes then. */
gboolean wmbus_counters_take (WmbusCounters *self, const AmselIdentity *meter, guint32 counter);

/* The file that keeps them, which is read; NULL for none. What is wrong with it is told by the next call of
 * wmbus_counters_save(), and stops nobody. */
void wmbus_counters_set_path (WmbusCounters *self, const gchar *path);

/* Takes the lines of a file over. Returns how many of them are damaged, and the number of the first of them.
 */
guint wmbus_counters_read (WmbusCounters *self, const gchar *text, gsize length, guint *out_first);

/* Writes what was taken since the last time; where nothing was, the file is not touched. Errors:
 * G_FILE_ERROR, AMSEL_STORE_ERROR_DAMAGED. */
gboolean wmbus_counters_save (WmbusCounters *self, GError **error);

G_END_DECLS
