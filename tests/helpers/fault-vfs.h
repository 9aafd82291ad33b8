/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system for SQLite whose disk becomes full at a chosen operation. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Name to give to SQLite. */
#define FAULT_VFS "fault"

/* Makes it known to SQLite. May be called again. */
void fault_vfs_register (void);

/* From the nth operation that needs room (write, truncate, sync, shared memory) on, count of them fail.
 * Counting begins anew. */
void fault_vfs_arm (guint nth, guint count);

/* The disk has room again. */
void fault_vfs_disarm (void);

/* Whether an operation has failed since it was armed. */
gboolean fault_vfs_has_failed (void);

G_END_DECLS
