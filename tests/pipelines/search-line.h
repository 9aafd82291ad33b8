/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated line of wired meters on a test clock that can be searched, for tests and benchmarks. */
#pragma once

#include "amsel.h"
#include "mbus-protocol.h"
#include "mbus-simulator.h"
#include "mbus-slave.h"
#include "simulator-transport.h"
#include "test-clock.h"

G_BEGIN_DECLS

#define SECOND ((gint64) G_USEC_PER_SEC)

/* Bytes from the C field on of a telegram that is 105 bytes long on the line, which is the mean of a public
 * collection of wired telegrams. */
#define MEAN_BODY_LENGTH 99

typedef struct
{
  TestClock *clock;
  AmselSimulator *simulator;
  AmselTransport *transport;
  AmselProtocol *protocol;
  AmselPipeline *pipeline;
  AmselSearch *search;
  guint n_meters;
  gboolean done;
  GError *error;
} SearchLine;

SearchLine *search_line_new (guint64 seed);
void search_line_free (SearchLine *self);

/* Adds slaves with these properties (as g_object_new); count must be among them, or there is one. */
void search_line_add (SearchLine *self, const gchar *first_property, ...) G_GNUC_NULL_TERMINATED;

/* Searches, and returns how long it took, in seconds of the line's clock. */
gdouble search_line_run (SearchLine *self);

/* How many of the meters were not found; negative where there are more than meters. */
gint search_line_count_missed (SearchLine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SearchLine, search_line_free)

G_END_DECLS
