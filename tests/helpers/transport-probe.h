/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens to a transport for a test: keeps what it reports, and waits for it on the main loop. */
#pragma once

#include "amsel-transport.h"

G_BEGIN_DECLS

typedef struct
{
  AmselTransport *transport; /* (owned) */
  GByteArray *received;      /* (owned) */
  GByteArray *damaged;       /* (owned) */
  GString *story;            /* (owned): all reports in their order: "<0A 0B" "!0C" "lost" */
  GError *lost;              /* (owned) (nullable) */
  GError *problem;           /* (owned) (nullable) */
  guint n_received;
  guint n_lost;
  guint n_problems;
} TransportProbe;

/* Takes the transport. */
TransportProbe *transport_probe_new (gpointer transport);
void transport_probe_free (TransportProbe *self);

/* Opens and waits for the outcome. */
gboolean transport_probe_open (TransportProbe *self, GError **error);
void transport_probe_send (TransportProbe *self, const gchar *hex);

/* Runs the main loop until so many bytes were received in all; until the loss; until the counter is not zero.
 * A test that waits for ten seconds of real time fails. */
void transport_probe_wait_received (TransportProbe *self, gsize length);
void transport_probe_wait_lost (TransportProbe *self);
void transport_probe_wait (const guint *counter);

/* Runs what the main loop has to do now. */
void transport_probe_settle (void);

gchar *transport_probe_get_hex (const GByteArray *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TransportProbe, transport_probe_free)

G_END_DECLS
