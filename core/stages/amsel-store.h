/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store: every readout is in it before any exporter is told. */
#pragma once

#include <gio/gio.h>

#include "amsel-clock.h"
#include "amsel-readout.h"

G_BEGIN_DECLS

/**
 * AmselDurability:
 * @AMSEL_DURABILITY_NONE: not used
 * @AMSEL_DURABILITY_FULL: what is acknowledged survives a power cut
 * @AMSEL_DURABILITY_NORMAL: what is acknowledged survives the end of the program by any signal; a power cut
 * may lose the last moments, and never damages the file
 *
 * What a commit of the store promises.
 */
typedef enum
{
  AMSEL_DURABILITY_NONE,
  AMSEL_DURABILITY_FULL,
  AMSEL_DURABILITY_NORMAL,
} AmselDurability;

#define AMSEL_TYPE_DURABILITY (amsel_durability_get_type ())
AMSEL_API GType amsel_durability_get_type (void) G_GNUC_CONST;

/**
 * AmselWhenFull:
 * @AMSEL_WHEN_FULL_NONE: not used
 * @AMSEL_WHEN_FULL_DROP_OLDEST: the oldest readouts are deleted, delivered or not; undelivered ones are
 * reported
 * @AMSEL_WHEN_FULL_KEEP_UNEXPORTED: only readouts that every exporter has are deleted; above the bound
 * nothing new is stored until an exporter has caught up
 *
 * What happens when the store has reached its bounds.
 */
typedef enum
{
  AMSEL_WHEN_FULL_NONE,
  AMSEL_WHEN_FULL_DROP_OLDEST,
  AMSEL_WHEN_FULL_KEEP_UNEXPORTED,
} AmselWhenFull;

#define AMSEL_TYPE_WHEN_FULL (amsel_when_full_get_type ())
AMSEL_API GType amsel_when_full_get_type (void) G_GNUC_CONST;

/**
 * AmselStore:
 *
 * Keeps readouts in an SQLite file, numbered without gaps, and remembers for each exporter how far it has
 * come. One thread writes; whatever has gathered while it was busy goes into one transaction.
 *
 * amsel_store_open() and amsel_store_close() belong to one thread, whose main context gets the signals. All
 * other functions may be called from any thread while the store is open.
 */
#define AMSEL_TYPE_STORE (amsel_store_get_type ())
AMSEL_API
G_DECLARE_FINAL_TYPE (AmselStore, amsel_store, AMSEL, STORE, GObject)

AMSEL_API AmselStore *amsel_store_new (const gchar *file);
AMSEL_API void amsel_store_set_clock (AmselStore *self, AmselClock *clock);
AMSEL_API AmselClock *amsel_store_get_clock (AmselStore *self);

AMSEL_API gboolean amsel_store_open (AmselStore *self, GError **error);
AMSEL_API void amsel_store_close (AmselStore *self);
AMSEL_API gboolean amsel_store_is_open (AmselStore *self);

AMSEL_API void amsel_store_append (AmselStore *self, AmselReadout *readout);
AMSEL_API gboolean amsel_store_flush (AmselStore *self, GError **error);
AMSEL_API guint amsel_store_get_n_queued (AmselStore *self);
AMSEL_API guint64 amsel_store_get_n_lost (AmselStore *self);

AMSEL_API GPtrArray *amsel_store_read_after (AmselStore *self, guint64 sequence, guint max, GError **error);
AMSEL_API AmselReadout *amsel_store_read_next (AmselStore *self, guint64 sequence, GError **error);
AMSEL_API guint64 amsel_store_get_first_sequence (AmselStore *self);
AMSEL_API guint64 amsel_store_get_last_sequence (AmselStore *self);
AMSEL_API gboolean amsel_store_get_last_slot (AmselStore *self, const gchar *pipeline, gint64 *slot_us,
                                              GError **error);
AMSEL_API gboolean amsel_store_get_origin (AmselStore *self, const gchar *pipeline, const gchar *line,
                                           guint64 *number, gint64 *end_us, GError **error);
AMSEL_API gboolean amsel_store_wait (AmselStore *self, guint64 after_sequence, gint64 timeout_us,
                                     GCancellable *cancellable);

AMSEL_API guint64 amsel_store_get_n_stored (AmselStore *self);
AMSEL_API gboolean amsel_store_get_space (AmselStore *self, gint64 *n_bytes, GError **error);
AMSEL_API void amsel_store_delete_async (AmselStore *self, guint64 sequence, GAsyncReadyCallback callback,
                                         gpointer user_data);
AMSEL_API gint64 amsel_store_delete_finish (AmselStore *self, GAsyncResult *result, GError **error);

AMSEL_API gboolean amsel_store_get_cursor (AmselStore *self, const gchar *exporter, gboolean *found,
                                           guint64 *sequence, gchar **state, GError **error);
AMSEL_API gboolean amsel_store_commit_cursor (AmselStore *self, const gchar *exporter, guint64 sequence,
                                              const gchar *state, GError **error);
AMSEL_API void amsel_store_set_exporters (AmselStore *self, const gchar *const *exporters);

G_END_DECLS
