/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base class of simulators. */
#include "amsel-simulator.h"

#include "amsel-error.h"

typedef struct
{
  AmselClock *clock; /* (owned) (nullable) */
} AmselSimulatorPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselSimulator, amsel_simulator, G_TYPE_OBJECT)

static guint signal_output;

/**
 * amsel_simulator_get_device_type: (virtual get_device_type)
 * @self: a simulator
 *
 * Returns: type of its devices, whose properties are keys in YAML
 */
GType
amsel_simulator_get_device_type (AmselSimulator *self)
{
  return AMSEL_SIMULATOR_GET_CLASS (self)->get_device_type (self);
}

/**
 * amsel_simulator_add_device: (virtual add_device)
 * @self: a simulator
 * @device: a device of its type
 * @error: return location for an error
 *
 * Puts a device on the line.
 *
 * Returns: whether it is on the line
 */
gboolean
amsel_simulator_add_device (AmselSimulator *self, GObject *device, GError **error)
{
  GError *local = NULL;

  if (AMSEL_SIMULATOR_GET_CLASS (self)->add_device (self, device, &local))
    {
      g_clear_error (&local);
      return TRUE;
    }
  if (local == NULL)
    g_set_error (&local, AMSEL_PLUGIN_ERROR, AMSEL_PLUGIN_ERROR_CONTRACT,
                 "%s refused a device and gave no reason", G_OBJECT_TYPE_NAME (self));
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * amsel_simulator_receive: (virtual receive)
 * @self: a simulator
 * @data: bytes that the master sent
 *
 * Gives the devices what the master sent; the last byte has just ended on the line.
 */
void
amsel_simulator_receive (AmselSimulator *self, GBytes *data)
{
  AMSEL_SIMULATOR_GET_CLASS (self)->receive (self, data);
}

/**
 * amsel_simulator_send:
 * @self: a simulator
 * @data: bytes that the master receives now
 *
 * For implementations: puts bytes on the line towards the master.
 */
void
amsel_simulator_send (AmselSimulator *self, GBytes *data)
{
  g_signal_emit (self, signal_output, 0, data);
}

/**
 * amsel_simulator_set_clock:
 * @self: a simulator
 * @clock: (nullable): the clock to go by; %NULL for the system's
 */
void
amsel_simulator_set_clock (AmselSimulator *self, AmselClock *clock)
{
  AmselSimulatorPrivate *priv = amsel_simulator_get_instance_private (self);

  g_set_object (&priv->clock, clock);
}

/**
 * amsel_simulator_get_clock:
 * @self: a simulator
 *
 * Returns: (transfer none): the clock it goes by
 */
AmselClock *
amsel_simulator_get_clock (AmselSimulator *self)
{
  AmselSimulatorPrivate *priv = amsel_simulator_get_instance_private (self);

  return priv->clock != NULL ? priv->clock : amsel_clock_get_system ();
}

static void
amsel_simulator_finalize (GObject *object)
{
  AmselSimulatorPrivate *priv = amsel_simulator_get_instance_private (AMSEL_SIMULATOR (object));

  g_clear_object (&priv->clock);
  G_OBJECT_CLASS (amsel_simulator_parent_class)->finalize (object);
}

static void
amsel_simulator_class_init (AmselSimulatorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = amsel_simulator_finalize;

  /**
   * AmselSimulator::output:
   * @self: the simulator
   * @data: the bytes
   *
   * Bytes go to the master.
   */
  signal_output = g_signal_new ("output", AMSEL_TYPE_SIMULATOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_BYTES);
}

static void
amsel_simulator_init (AmselSimulator *self G_GNUC_UNUSED)
{
}
