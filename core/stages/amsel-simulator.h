/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other end of a line: devices that answer, for demonstrations and tests. */
#pragma once

#include "amsel-clock.h"

G_BEGIN_DECLS

#define AMSEL_TYPE_SIMULATOR (amsel_simulator_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselSimulator, amsel_simulator, AMSEL, SIMULATOR, GObject)

/**
 * AmselSimulatorClass:
 * @parent_class: the parent class
 * @get_device_type: type of the simulated devices: every property is a key in YAML
 * @add_device: takes a device of that type; fails where it cannot be on the line
 * @receive: bytes came from the master; the last of them has just ended on the line
 *
 * What a simulator implements. It answers with amsel_simulator_send(), now or from an alarm of its clock.
 */
struct _AmselSimulatorClass
{
  GObjectClass parent_class;

  GType (*get_device_type) (AmselSimulator *self);
  gboolean (*add_device) (AmselSimulator *self, GObject *device, GError **error);
  void (*receive) (AmselSimulator *self, GBytes *data);

  gpointer padding[8];
};

AMSEL_API GType
amsel_simulator_get_device_type (AmselSimulator *self);
AMSEL_API gboolean
amsel_simulator_add_device (AmselSimulator *self, GObject *device, GError **error);
AMSEL_API void
amsel_simulator_receive (AmselSimulator *self, GBytes *data);
AMSEL_API void
amsel_simulator_send (AmselSimulator *self, GBytes *data);
AMSEL_API void
amsel_simulator_set_clock (AmselSimulator *self, AmselClock *clock);
AMSEL_API AmselClock *
amsel_simulator_get_clock (AmselSimulator *self);

G_END_DECLS
