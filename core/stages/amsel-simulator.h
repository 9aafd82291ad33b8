/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other end of a line: devices that answer, for demonstrations and tests. */
#pragma once

#include "amsel-clock.h"
#include "amsel-transport.h"

G_BEGIN_DECLS

/**
 * AmselSimulatorSpeed:
 * @AMSEL_SIMULATOR_SPEED_NONE: not used
 * @AMSEL_SIMULATOR_SPEED_REAL: characters and answers take the time that they take on the line
 * @AMSEL_SIMULATOR_SPEED_FAST: no waiting at all: answers come at once, and the baud rate does not matter
 *
 * How time passes in a simulator.
 */
typedef enum
{
  AMSEL_SIMULATOR_SPEED_NONE,
  AMSEL_SIMULATOR_SPEED_REAL,
  AMSEL_SIMULATOR_SPEED_FAST,
} AmselSimulatorSpeed;

#define AMSEL_TYPE_SIMULATOR_SPEED (amsel_simulator_speed_get_type ())
AMSEL_API GType amsel_simulator_speed_get_type (void) G_GNUC_CONST;

/**
 * AmselSimulatorDamage:
 * @AMSEL_SIMULATOR_DAMAGE_NONE: the character is sound
 * @AMSEL_SIMULATOR_DAMAGE_PARITY: its parity bit is wrong
 * @AMSEL_SIMULATOR_DAMAGE_FRAMING: its stop bit is missing
 *
 * What the receiver of the master's port says about a character.
 */
typedef enum
{
  AMSEL_SIMULATOR_DAMAGE_NONE,
  AMSEL_SIMULATOR_DAMAGE_PARITY,
  AMSEL_SIMULATOR_DAMAGE_FRAMING,
} AmselSimulatorDamage;

#define AMSEL_TYPE_SIMULATOR_DAMAGE (amsel_simulator_damage_get_type ())
AMSEL_API GType amsel_simulator_damage_get_type (void) G_GNUC_CONST;

#define AMSEL_TYPE_SIMULATOR (amsel_simulator_get_type ())
AMSEL_API
G_DECLARE_DERIVABLE_TYPE (AmselSimulator, amsel_simulator, AMSEL, SIMULATOR, GObject)

/**
 * AmselSimulatorClass:
 * @parent_class: the parent class
 * @get_device_type: type of the simulated devices: every property is a key in YAML
 * @add_device: takes a device of that type; fails where it cannot be on the line
 * @receive: the master has handed bytes to its port; they begin on the line now, or behind those still on it
 * @configure: the master's port has these settings from now on (nullable: they do not matter)
 * @get_settings: how the master's port must be set to reach the devices (nullable: it does not matter)
 * @start: a master can hear it from now on: what devices send of themselves begins (nullable: they only
 * answer)
 *
 * What a simulator implements. The simulator is the line, too: it knows how long characters take. It answers
 * with amsel_simulator_send(), now or from an alarm of its clock.
 */
struct _AmselSimulatorClass
{
  GObjectClass parent_class;

  GType (*get_device_type) (AmselSimulator *self);
  gboolean (*add_device) (AmselSimulator *self, GObject *device, GError **error);
  void (*receive) (AmselSimulator *self, GBytes *data);
  void (*configure) (AmselSimulator *self, const AmselLineSettings *settings);
  void (*get_settings) (AmselSimulator *self, AmselLineSettings *out_settings);
  void (*start) (AmselSimulator *self);

  gpointer padding[7];
};

AMSEL_API GType amsel_simulator_get_device_type (AmselSimulator *self);
AMSEL_API gboolean amsel_simulator_add_device (AmselSimulator *self, GObject *device, GError **error);
AMSEL_API void amsel_simulator_start (AmselSimulator *self);
AMSEL_API void amsel_simulator_receive (AmselSimulator *self, GBytes *data);
AMSEL_API void amsel_simulator_configure (AmselSimulator *self, const AmselLineSettings *settings);
AMSEL_API void amsel_simulator_get_settings (AmselSimulator *self, AmselLineSettings *out_settings);
AMSEL_API void amsel_simulator_send (AmselSimulator *self, GBytes *data, GBytes *damage);
AMSEL_API void amsel_simulator_set_clock (AmselSimulator *self, AmselClock *clock);
AMSEL_API AmselClock *amsel_simulator_get_clock (AmselSimulator *self);
AMSEL_API AmselSimulatorSpeed amsel_simulator_get_speed (AmselSimulator *self);

G_END_DECLS
