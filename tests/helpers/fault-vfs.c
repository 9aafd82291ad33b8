/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system for SQLite whose disk becomes full at a chosen operation: the system's own, with a count in
 * front of what needs room. */
#include "fault-vfs.h"

#include <errno.h>

#include <sqlite3.h>

typedef struct
{
  sqlite3_file base;
  sqlite3_file *real; /* (unowned): behind this struct */
} FaultFile;

static sqlite3_vfs *real_vfs;
static gint n_operations; /* atomic, as are the next three */
static gint first_fault;
static gint last_fault;
static gint has_failed;

static sqlite3_file *
real (sqlite3_file *file)
{
  return ((FaultFile *) file)->real;
}

static gboolean
is_fault (void)
{
  gint n = g_atomic_int_add (&n_operations, 1) + 1;

  if (n < g_atomic_int_get (&first_fault) || n > g_atomic_int_get (&last_fault))
    return FALSE;
  g_atomic_int_set (&has_failed, TRUE);
  return TRUE;
}

static int
fault_close (sqlite3_file *file)
{
  return real (file)->pMethods->xClose (real (file));
}

static int
fault_read (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  return real (file)->pMethods->xRead (real (file), data, length, offset);
}

static int
fault_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  return is_fault () ? SQLITE_FULL : real (file)->pMethods->xWrite (real (file), data, length, offset);
}

static int
fault_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return is_fault () ? SQLITE_IOERR_TRUNCATE : real (file)->pMethods->xTruncate (real (file), size);
}

/* A test cannot cut the power, so nothing is gained by waiting for the disk. */
static int
fault_sync (sqlite3_file *file G_GNUC_UNUSED, int flags G_GNUC_UNUSED)
{
  return is_fault () ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int
fault_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return real (file)->pMethods->xFileSize (real (file), size);
}

static int
fault_lock (sqlite3_file *file, int level)
{
  return real (file)->pMethods->xLock (real (file), level);
}

static int
fault_unlock (sqlite3_file *file, int level)
{
  return real (file)->pMethods->xUnlock (real (file), level);
}

static int
fault_check_reserved_lock (sqlite3_file *file, int *out)
{
  return real (file)->pMethods->xCheckReservedLock (real (file), out);
}

static int
fault_file_control (sqlite3_file *file, int op, void *arg)
{
  return real (file)->pMethods->xFileControl (real (file), op, arg);
}

static int
fault_sector_size (sqlite3_file *file)
{
  return real (file)->pMethods->xSectorSize (real (file));
}

static int
fault_device_characteristics (sqlite3_file *file)
{
  return real (file)->pMethods->xDeviceCharacteristics (real (file));
}

static int
fault_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
  if (extend && is_fault ())
    return SQLITE_IOERR_SHMSIZE;
  return real (file)->pMethods->xShmMap (real (file), page, size, extend, out);
}

static int
fault_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return real (file)->pMethods->xShmLock (real (file), offset, n, flags);
}

static void
fault_shm_barrier (sqlite3_file *file)
{
  real (file)->pMethods->xShmBarrier (real (file));
}

static int
fault_shm_unmap (sqlite3_file *file, int delete_it)
{
  return real (file)->pMethods->xShmUnmap (real (file), delete_it);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = fault_close,
  .xRead = fault_read,
  .xWrite = fault_write,
  .xTruncate = fault_truncate,
  .xSync = fault_sync,
  .xFileSize = fault_file_size,
  .xLock = fault_lock,
  .xUnlock = fault_unlock,
  .xCheckReservedLock = fault_check_reserved_lock,
  .xFileControl = fault_file_control,
  .xSectorSize = fault_sector_size,
  .xDeviceCharacteristics = fault_device_characteristics,
  .xShmMap = fault_shm_map,
  .xShmLock = fault_shm_lock,
  .xShmBarrier = fault_shm_barrier,
  .xShmUnmap = fault_shm_unmap,
};

static int
fault_open (sqlite3_vfs *vfs G_GNUC_UNUSED, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  FaultFile *self = (FaultFile *) file;
  int code;

  self->real = (sqlite3_file *) (gpointer) (self + 1);
  code = real_vfs->xOpen (real_vfs, name, self->real, flags, out_flags);
  self->base.pMethods = self->real->pMethods != NULL ? &methods : NULL;
  return code;
}

static int
fault_get_last_error (sqlite3_vfs *vfs G_GNUC_UNUSED, int n G_GNUC_UNUSED, char *out G_GNUC_UNUSED)
{
  return ENOSPC;
}

void
fault_vfs_register (void)
{
  static sqlite3_vfs vfs;

  if (real_vfs != NULL)
    return;
  real_vfs = sqlite3_vfs_find (NULL);
  vfs = *real_vfs;
  vfs.pNext = NULL;
  vfs.zName = FAULT_VFS;
  vfs.szOsFile = (int) sizeof (FaultFile) + real_vfs->szOsFile;
  vfs.xOpen = fault_open;
  vfs.xGetLastError = fault_get_last_error;
  sqlite3_vfs_register (&vfs, 0);
}

void
fault_vfs_arm (guint nth, guint count)
{
  g_atomic_int_set (&last_fault, 0);
  g_atomic_int_set (&n_operations, 0);
  g_atomic_int_set (&has_failed, FALSE);
  g_atomic_int_set (&first_fault, (gint) nth);
  g_atomic_int_set (&last_fault, (gint) MIN (nth + (guint64) count - 1, G_MAXINT));
}

void
fault_vfs_disarm (void)
{
  g_atomic_int_set (&last_fault, 0);
}

gboolean
fault_vfs_has_failed (void)
{
  return g_atomic_int_get (&has_failed);
}
