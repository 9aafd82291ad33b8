/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store as others see it: settings, opening and closing, appending and waiting. What happens in the file
 * is in amsel-store-writer.c and its neighbours. */
#include "amsel-store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "amsel-error.h"
#include "amsel-param.h"
#include "amsel-store-private.h"

#define MEBIBYTE             (1024 * 1024)
#define MAX_SIZE_MIN         MEBIBYTE
#define MAX_SIZE_DEFAULT     ((gint64) 1024 * MEBIBYTE)
#define MEMORY_LIMIT_MIN     (64 * 1024)
#define MEMORY_LIMIT_MAX     ((gint64) 4096 * MEBIBYTE)
#define MEMORY_LIMIT_DEFAULT (32 * MEBIBYTE)

/* How often what is too old is looked for: a sixteenth of max-age, within these. */
#define EXPIRE_SHARE  16
#define EXPIRE_MIN_US ((gint64) 60 * G_USEC_PER_SEC)
#define EXPIRE_MAX_US ((gint64) 3600 * G_USEC_PER_SEC)

G_DEFINE_ENUM_TYPE (AmselDurability, amsel_durability, G_DEFINE_ENUM_VALUE (AMSEL_DURABILITY_NONE, ""),
                    G_DEFINE_ENUM_VALUE (AMSEL_DURABILITY_FULL, "full"),
                    G_DEFINE_ENUM_VALUE (AMSEL_DURABILITY_NORMAL, "normal"))

G_DEFINE_ENUM_TYPE (AmselWhenFull, amsel_when_full, G_DEFINE_ENUM_VALUE (AMSEL_WHEN_FULL_NONE, ""),
                    G_DEFINE_ENUM_VALUE (AMSEL_WHEN_FULL_DROP_OLDEST, "drop-oldest"),
                    G_DEFINE_ENUM_VALUE (AMSEL_WHEN_FULL_KEEP_UNEXPORTED, "keep-unexported"))

G_DEFINE_FINAL_TYPE (AmselStore, amsel_store, G_TYPE_OBJECT)

typedef enum
{
  PROP_FILE = 1,
  PROP_DURABILITY,
  PROP_MAX_SIZE,
  PROP_MAX_AGE,
  PROP_WHEN_FULL,
  PROP_MEMORY_LIMIT,
} AmselStoreProperty;

static GParamSpec *properties[PROP_MEMORY_LIMIT + 1];

/**
 * amsel_store_get_n_queued:
 * @self: a store
 *
 * Returns: how many readouts wait to be stored
 */
guint
amsel_store_get_n_queued (AmselStore *self)
{
  guint n;

  g_return_val_if_fail (AMSEL_IS_STORE (self), 0);
  g_mutex_lock (&self->lock);
  n = self->n_queued;
  g_mutex_unlock (&self->lock);
  return n;
}

static guint64
get_number (AmselStore *self, const guint64 *number)
{
  guint64 value;

  g_mutex_lock (&self->lock);
  value = *number;
  g_mutex_unlock (&self->lock);
  return value;
}

/**
 * amsel_store_get_n_lost:
 * @self: a store
 *
 * Returns: how many readouts were given up since the store was opened, because they could not be stored in
 * time
 */
guint64
amsel_store_get_n_lost (AmselStore *self)
{
  g_return_val_if_fail (AMSEL_IS_STORE (self), 0);
  return get_number (self, &self->n_lost);
}

/**
 * amsel_store_get_first_sequence:
 * @self: a store
 *
 * Returns: number of the oldest readout that is stored; 0 where there is none
 */
guint64
amsel_store_get_first_sequence (AmselStore *self)
{
  g_return_val_if_fail (AMSEL_IS_STORE (self), 0);
  return get_number (self, &self->first_sequence);
}

/**
 * amsel_store_get_last_sequence:
 * @self: a store
 *
 * Returns: number of the newest readout that is stored; 0 where there never was one
 */
guint64
amsel_store_get_last_sequence (AmselStore *self)
{
  g_return_val_if_fail (AMSEL_IS_STORE (self), 0);
  return get_number (self, &self->last_sequence);
}

/**
 * amsel_store_set_exporters:
 * @self: a store
 * @exporters: (nullable) (array zero-terminated=1): names of all exporters that there are
 *
 * Tells whose deliveries count when readouts must be deleted. Without it, those of everybody who ever
 * committed a cursor, so that an exporter which was taken out of the configuration would hold everything
 * back. An exporter of the list without a cursor counts as one that has delivered nothing.
 */
void
amsel_store_set_exporters (AmselStore *self, const gchar *const *exporters)
{
  g_return_if_fail (AMSEL_IS_STORE (self));
  g_mutex_lock (&self->lock);
  g_strfreev (self->exporters);
  self->exporters = g_strdupv ((gchar **) exporters);
  g_mutex_unlock (&self->lock);
}

/**
 * amsel_store_set_clock:
 * @self: a store that is not open
 * @clock: (nullable): the clock that ages go by; %NULL for the system's
 */
void
amsel_store_set_clock (AmselStore *self, AmselClock *clock)
{
  g_return_if_fail (AMSEL_IS_STORE (self));
  g_set_object (&self->clock, clock);
}

/**
 * amsel_store_get_clock:
 * @self: a store
 *
 * Returns: (transfer none): the clock that ages go by
 */
AmselClock *
amsel_store_get_clock (AmselStore *self)
{
  g_return_val_if_fail (AMSEL_IS_STORE (self), NULL);
  return self->clock != NULL ? self->clock : amsel_clock_get_system ();
}

/**
 * amsel_store_is_open:
 * @self: a store
 *
 * Returns: whether it is open
 */
gboolean
amsel_store_is_open (AmselStore *self)
{
  gboolean is_open;

  g_return_val_if_fail (AMSEL_IS_STORE (self), FALSE);
  g_mutex_lock (&self->lock);
  is_open = self->is_open;
  g_mutex_unlock (&self->lock);
  return is_open;
}

static gboolean
on_alarm (gpointer data)
{
  AmselStore *self = data;
  gint64 every_us = CLAMP (self->max_age_us / EXPIRE_SHARE, EXPIRE_MIN_US, EXPIRE_MAX_US);
  AmselClock *clock = amsel_store_get_clock (self);

  g_mutex_lock (&self->lock);
  self->expire_wanted = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  amsel_clock_clear_alarm (&self->alarm);
  self->alarm =
      amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock) + every_us, on_alarm, self);
  return G_SOURCE_REMOVE;
}

/* Makes the folder, and the lock file that keeps a second program out of the store. The file that the
 * database is in cannot be locked itself: closing it would take SQLite's own locks away. */
static gboolean
lock_file (AmselStore *self, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (self->file);
  g_autofree gchar *path = g_strconcat (self->file, ".lock", NULL);

  if (g_mkdir_with_parents (folder, 0750) != 0)
    {
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN, "the folder %s cannot be made: %s",
                   folder, g_strerror (errno));
      return FALSE;
    }
  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (self->lock_fd < 0)
    {
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN, "%s cannot be opened: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN,
               "%s is in use by another program: %s is locked", self->file, path);
  return FALSE;
}

static void
unlock_file (AmselStore *self)
{
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

static gboolean
open_file (AmselStore *self, GError **error)
{
  guint64 first, last;

  self->db = amsel_store_schema_open (self, error);
  if (self->db == NULL || !amsel_store_schema_get_range (self->db, &first, &last, error)
      || !amsel_store_bounds_refresh (self, error))
    {
      g_clear_pointer (&self->db, amsel_store_db_close);
      return FALSE;
    }
  g_mutex_lock (&self->lock);
  self->first_sequence = first;
  self->last_sequence = last;
  self->n_appended = self->n_settled = self->n_lost = 0;
  self->n_attempts = self->failed_attempt = 0;
  self->is_open = TRUE;
  self->closing = FALSE;
  self->expire_wanted = self->max_age_us > 0;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/**
 * amsel_store_open:
 * @self: a store
 * @error: return location for an #AmselStoreError
 *
 * Opens the file, creating it and its folder where they are missing, and begins writing. A file that is
 * damaged is set aside under another name, told by #AmselStore::problem, and a new one is begun. Signals are
 * emitted in the thread-default main context of the caller.
 *
 * Returns: whether it is open
 */
gboolean
amsel_store_open (AmselStore *self, GError **error)
{
  g_return_val_if_fail (AMSEL_IS_STORE (self), FALSE);
  g_return_val_if_fail (!amsel_store_is_open (self), FALSE);

  if (self->file == NULL || self->file[0] == '\0')
    {
      g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_OPEN, "the store has no file");
      return FALSE;
    }
  self->context = g_main_context_ref_thread_default ();
  if (!lock_file (self, error) || !open_file (self, error))
    {
      unlock_file (self);
      g_clear_pointer (&self->context, g_main_context_unref);
      return FALSE;
    }
  self->thread = g_thread_new ("amsel-store", amsel_store_writer_run, self);
  if (self->max_age_us > 0)
    on_alarm (self);
  return TRUE;
}

/**
 * amsel_store_close:
 * @self: a store
 *
 * Stores what is queued and closes the file. Where the disk is still full, one attempt is made, and what is
 * lost is told. Signals that are due are emitted before it returns. Does nothing where the store is not open.
 */
void
amsel_store_close (AmselStore *self)
{
  g_return_if_fail (AMSEL_IS_STORE (self));
  if (!amsel_store_is_open (self))
    return;
  amsel_clock_clear_alarm (&self->alarm);
  g_mutex_lock (&self->lock);
  self->closing = TRUE;
  g_cond_signal (&self->wake);
  g_cond_broadcast (&self->done);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->thread, g_thread_join);

  g_mutex_lock (&self->reader_lock);
  g_mutex_lock (&self->lock);
  self->is_open = FALSE;
  self->in_trouble = FALSE;
  self->n_undelivered = 0;
  self->n_failures = 0;
  g_clear_error (&self->failure);
  g_hash_table_remove_all (self->sources);
  g_mutex_unlock (&self->lock);
  amsel_store_reader_close (self);
  g_clear_pointer (&self->db, amsel_store_db_close);
  g_mutex_unlock (&self->reader_lock);

  unlock_file (self);
  amsel_store_notice_finish (self);
  g_clear_pointer (&self->context, g_main_context_unref);
}

/**
 * amsel_store_new:
 * @file: path of the file
 *
 * Returns: (transfer full): a store, not yet open
 */
AmselStore *
amsel_store_new (const gchar *file)
{
  return g_object_new (AMSEL_TYPE_STORE, "file", file, NULL);
}

static void
amsel_store_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselStore *self = AMSEL_STORE (object);

  switch ((AmselStoreProperty) id)
    {
    case PROP_FILE:
      g_value_set_string (value, self->file);
      break;
    case PROP_DURABILITY:
      g_value_set_enum (value, (gint) self->durability);
      break;
    case PROP_MAX_SIZE:
      g_value_set_int64 (value, self->max_size);
      break;
    case PROP_MAX_AGE:
      g_value_set_int64 (value, self->max_age_us);
      break;
    case PROP_WHEN_FULL:
      g_value_set_enum (value, (gint) self->when_full);
      break;
    case PROP_MEMORY_LIMIT:
      g_value_set_int64 (value, self->memory_limit);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_store_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselStore *self = AMSEL_STORE (object);

  switch ((AmselStoreProperty) id)
    {
    case PROP_FILE:
      amsel_param_set_string (&self->file, value);
      break;
    case PROP_DURABILITY:
      self->durability = (AmselDurability) g_value_get_enum (value);
      break;
    case PROP_MAX_SIZE:
      self->max_size = g_value_get_int64 (value);
      if (self->max_size != 0)
        self->max_size = MAX (self->max_size, MAX_SIZE_MIN);
      break;
    case PROP_MAX_AGE:
      self->max_age_us = g_value_get_int64 (value);
      break;
    case PROP_WHEN_FULL:
      self->when_full = (AmselWhenFull) g_value_get_enum (value);
      break;
    case PROP_MEMORY_LIMIT:
      self->memory_limit = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_store_dispose (GObject *object)
{
  amsel_store_close (AMSEL_STORE (object));
  G_OBJECT_CLASS (amsel_store_parent_class)->dispose (object);
}

static void
amsel_store_finalize (GObject *object)
{
  AmselStore *self = AMSEL_STORE (object);

  amsel_store_notice_clear (self);
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->reader_sources);
  g_byte_array_unref (self->packed);
  g_byte_array_unref (self->frames);
  g_strfreev (self->exporters);
  g_clear_object (&self->clock);
  g_free (self->slowest);
  g_free (self->file);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->reader_lock);
  g_cond_clear (&self->wake);
  g_cond_clear (&self->done);
  G_OBJECT_CLASS (amsel_store_parent_class)->finalize (object);
}

static void
amsel_store_class_init (AmselStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = amsel_store_get_property;
  object_class->set_property = amsel_store_set_property;
  object_class->dispose = amsel_store_dispose;
  object_class->finalize = amsel_store_finalize;

  properties[PROP_FILE] = g_param_spec_string (
      "file", "file",
      "The file that keeps all readouts. It and its folder are created where they are missing.", NULL,
      AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED | AMSEL_PARAM_PATH);
  properties[PROP_DURABILITY] = g_param_spec_enum (
      "durability", "durability",
      "What “stored” promises. full: a stored readout survives a power cut. normal: it survives the end of "
      "the "
      "program by any signal; a power cut may lose the last moments, but never damages the file.",
      AMSEL_TYPE_DURABILITY, AMSEL_DURABILITY_NORMAL, AMSEL_PARAM_SETTING);
  properties[PROP_MAX_SIZE] = amsel_param_spec_size ("max-size",
                                                     "Size that the file may grow to, at least 1M; 0 for no "
                                                     "bound. Beside it a log of some megabytes is kept.",
                                                     0, G_MAXINT64, MAX_SIZE_DEFAULT, AMSEL_PARAM_SETTING);
  properties[PROP_MAX_AGE] = amsel_param_spec_duration (
      "max-age", "How long readouts are kept, from the end of the reading; 0 for as long as there is room.",
      0, G_MAXINT64, 0, AMSEL_PARAM_SETTING);
  properties[PROP_WHEN_FULL] = g_param_spec_enum (
      "when-full", "when-full",
      "What happens at these bounds. drop-oldest: the oldest readouts are deleted; it is reported when an "
      "exporter "
      "has not yet delivered them. keep-unexported: only what every exporter has delivered is deleted; at "
      "max-size new readouts wait in memory, up to memory-limit.",
      AMSEL_TYPE_WHEN_FULL, AMSEL_WHEN_FULL_DROP_OLDEST, AMSEL_PARAM_SETTING);
  properties[PROP_MEMORY_LIMIT] =
      amsel_param_spec_size ("memory-limit",
                             "How many bytes of readouts may wait in memory while the disk is full or too "
                             "slow; above it the oldest that "
                             "waits is lost, and that is reported.",
                             MEMORY_LIMIT_MIN, MEMORY_LIMIT_MAX, MEMORY_LIMIT_DEFAULT, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
  amsel_store_notice_init_class (klass);
}

static void
amsel_store_init (AmselStore *self)
{
  self->durability = AMSEL_DURABILITY_NORMAL;
  self->when_full = AMSEL_WHEN_FULL_DROP_OLDEST;
  self->max_size = MAX_SIZE_DEFAULT;
  self->memory_limit = MEMORY_LIMIT_DEFAULT;
  self->lock_fd = -1;
  self->oldest_end_us = G_MAXINT64;
  g_mutex_init (&self->lock);
  g_mutex_init (&self->reader_lock);
  g_cond_init (&self->wake);
  g_cond_init (&self->done);
  g_queue_init (&self->items);
  g_queue_init (&self->cursor_jobs);
  g_queue_init (&self->deletions);
  g_queue_init (&self->notices);
  self->sources = g_hash_table_new_full (amsel_store_source_hash, amsel_store_source_equal,
                                         (GDestroyNotify) amsel_store_source_free, NULL);
  self->reader_sources =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) amsel_store_source_free);
  self->packed = g_byte_array_new ();
  self->frames = g_byte_array_new ();
}
