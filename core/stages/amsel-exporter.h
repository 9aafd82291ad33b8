/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Last stage: takes readouts from the store to where they are wanted. */
#pragma once

#include <gio/gio.h>

#include "amsel-clock.h"
#include "amsel-readout.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_EXPORTER (amsel_exporter_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselExporter, amsel_exporter, AMSEL, EXPORTER, GObject)

/**
 * AmselExporterClass:
 * @parent_class: the parent class
 * @start: begins, or begins again after an error: @state is what was committed last (%NULL at the very first
 * start). Whatever was done beyond that state must be undone or recognised here
 * @export: takes readouts in order. Returning %TRUE says that the far end has them; @out_state is then
 * committed to the store together with the position of the last of them
 * @committed: what @export returned is durable now: the moment for steps that must not come earlier, such as
 *   renaming a finished file (nullable)
 * @get_deadline_us: wall-clock time at which @export wants to be called even without readouts (with an empty
 * array), for files that end by time; 0 for never (nullable)
 * @stop: ends; nothing is called afterwards until the next @start (nullable)
 *
 * What an exporter implements. Each exporter has a thread of its own, in which all these functions are
 * called, so they may block; they must give up soon after @cancellable is cancelled.
 */
struct _AmselExporterClass
{
  GObjectClass parent_class;

  gboolean (*start) (AmselExporter *self, const gchar *state, GError **error);
  gboolean (*export) (AmselExporter *self, GPtrArray *readouts, gchar **out_state, GCancellable *cancellable,
                      GError **error);
  gboolean (*committed) (AmselExporter *self, GError **error);
  gint64 (*get_deadline_us) (AmselExporter *self);
  void (*stop) (AmselExporter *self);

  gpointer padding[8];
};

AMSEL_API gboolean
amsel_exporter_start (AmselExporter *self, const gchar *state, GError **error);
AMSEL_API gboolean
amsel_exporter_export (AmselExporter *self, GPtrArray *readouts, gchar **out_state, GCancellable *cancellable,
                       GError **error);
AMSEL_API gboolean
amsel_exporter_committed (AmselExporter *self, GError **error);
AMSEL_API gint64
amsel_exporter_get_deadline_us (AmselExporter *self);
AMSEL_API void
amsel_exporter_stop (AmselExporter *self);
AMSEL_API void
amsel_exporter_set_clock (AmselExporter *self, AmselClock *clock);
AMSEL_API AmselClock *
amsel_exporter_get_clock (AmselExporter *self);
AMSEL_API const gchar *
amsel_exporter_get_name (AmselExporter *self);

G_END_DECLS
