/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gives a simulator a port that other programs can open: a pseudo-terminal or a TCP port. */
#pragma once

#include <gio/gio.h>

#include "amsel-simulator.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_SIMULATOR_HOST (amsel_simulator_host_get_type ())
AMSEL_API
G_DECLARE_FINAL_TYPE (AmselSimulatorHost, amsel_simulator_host, AMSEL, SIMULATOR_HOST, GObject)

AMSEL_API AmselSimulatorHost *amsel_simulator_host_new (AmselSimulator *simulator);
AMSEL_API gboolean amsel_simulator_host_open_pty (AmselSimulatorHost *self, const gchar *link,
                                                  GError **error);
AMSEL_API gboolean amsel_simulator_host_open_tcp (AmselSimulatorHost *self, guint port, GError **error);
AMSEL_API void amsel_simulator_host_close (AmselSimulatorHost *self);
AMSEL_API const gchar *amsel_simulator_host_get_pty_name (AmselSimulatorHost *self);
AMSEL_API guint amsel_simulator_host_get_tcp_port (AmselSimulatorHost *self);

G_END_DECLS
