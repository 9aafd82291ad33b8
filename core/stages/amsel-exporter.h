/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Last stage: takes readouts from the store to where they are wanted. */
#pragma once

#include <gio/gio.h>

#include "amsel-clock.h"
#include "amsel-readout.h"

G_BEGIN_DECLS

/**
 * AmselExporterBegin:
 * @AMSEL_EXPORTER_BEGIN_NONE: not used
 * @AMSEL_EXPORTER_BEGIN_PAST: with the oldest readout of the store
 * @AMSEL_EXPORTER_BEGIN_NOW: with the first readout that is stored from now on
 *
 * Where an exporter begins that has never run.
 */
typedef enum
{
  AMSEL_EXPORTER_BEGIN_NONE,
  AMSEL_EXPORTER_BEGIN_PAST,
  AMSEL_EXPORTER_BEGIN_NOW,
} AmselExporterBegin;

#define AMSEL_TYPE_EXPORTER_BEGIN (amsel_exporter_begin_get_type ())
AMSEL_API GType amsel_exporter_begin_get_type (void) G_GNUC_CONST;

#define AMSEL_TYPE_EXPORTER (amsel_exporter_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselExporter, amsel_exporter, AMSEL, EXPORTER, GObject)

/**
 * AmselExporterClass:
 * @parent_class: the parent class
 * @check: looks whether the settings fit together, without touching a file or the far end (nullable)
 * @start: begins, or begins again after an error: @state is what was committed last (%NULL at the very first
 * start). Whatever was done beyond that state must be undone or recognised here. After the very first start
 * @export is called with no readouts and what it returns is committed, so that an exporter can rely on a
 * state of its own before its first readout
 * @export: takes readouts in order. Returning %TRUE says that the far end has them; @out_state is then
 * committed to the store together with the position of the last of them
 * @committed: what @export returned is durable now: the moment for steps that must not come earlier, such as
 *   renaming a finished file (nullable)
 * @get_deadline_us: wall-clock time at which @export wants to be called even without readouts (with an empty
 * array), for files that end by time; 0 for never (nullable)
 * @finish: nothing more comes for now, as when everything was read once: what waits for its time to end is to
 *   end with the next @export (nullable)
 * @stop: ends, also after a @start that failed; nothing is called afterwards until the next @start (nullable)
 *
 * What an exporter implements. Each exporter has a thread of its own, in which all these functions are
 * called, so they may block; they must give up soon after @cancellable is cancelled.
 */
struct _AmselExporterClass
{
  GObjectClass parent_class;

  gboolean (*check) (AmselExporter *self, GError **error);
  gboolean (*start) (AmselExporter *self, const gchar *state, GError **error);
  gboolean (*export) (AmselExporter *self, GPtrArray *readouts, gchar **out_state, GCancellable *cancellable,
                      GError **error);
  gboolean (*committed) (AmselExporter *self, GError **error);
  gint64 (*get_deadline_us) (AmselExporter *self);
  void (*stop) (AmselExporter *self);
  void (*finish) (AmselExporter *self);

  gpointer padding[7];
};

AMSEL_API gboolean amsel_exporter_check (AmselExporter *self, GError **error);
AMSEL_API gboolean amsel_exporter_start (AmselExporter *self, const gchar *state, GError **error);
AMSEL_API gboolean amsel_exporter_export (AmselExporter *self, GPtrArray *readouts, gchar **out_state,
                                          GCancellable *cancellable, GError **error);
AMSEL_API gboolean amsel_exporter_committed (AmselExporter *self, GError **error);
AMSEL_API gint64 amsel_exporter_get_deadline_us (AmselExporter *self);
AMSEL_API void amsel_exporter_finish (AmselExporter *self);
AMSEL_API void amsel_exporter_stop (AmselExporter *self);
AMSEL_API void amsel_exporter_set_clock (AmselExporter *self, AmselClock *clock);
AMSEL_API AmselClock *amsel_exporter_get_clock (AmselExporter *self);
AMSEL_API const gchar *amsel_exporter_get_name (AmselExporter *self);
AMSEL_API AmselExporterBegin amsel_exporter_get_begin (AmselExporter *self);
AMSEL_API guint amsel_exporter_get_batch (AmselExporter *self);
AMSEL_API gint64 amsel_exporter_get_retry_us (AmselExporter *self, guint n_failures);

/* for implementations */
AMSEL_API void amsel_exporter_warn (AmselExporter *self, const GError *error);

G_END_DECLS
