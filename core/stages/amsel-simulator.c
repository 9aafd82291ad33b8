/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base class of simulators: the clock, the speed, and the way to the master. */
#include "amsel-simulator.h"

#include "amsel-error.h"
#include "amsel-param.h"

typedef struct
{
  AmselClock *clock; /* (owned) (nullable) */
  AmselSimulatorSpeed speed;
  gboolean started;
} AmselSimulatorPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AmselSimulator, amsel_simulator, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AmselSimulatorSpeed, amsel_simulator_speed,
                    G_DEFINE_ENUM_VALUE (AMSEL_SIMULATOR_SPEED_NONE, ""),
                    G_DEFINE_ENUM_VALUE (AMSEL_SIMULATOR_SPEED_REAL, "real"),
                    G_DEFINE_ENUM_VALUE (AMSEL_SIMULATOR_SPEED_FAST, "fast"))

G_DEFINE_ENUM_TYPE (AmselSimulatorDamage, amsel_simulator_damage,
                    G_DEFINE_ENUM_VALUE (AMSEL_SIMULATOR_DAMAGE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AMSEL_SIMULATOR_DAMAGE_PARITY, "parity"),
                    G_DEFINE_ENUM_VALUE (AMSEL_SIMULATOR_DAMAGE_FRAMING, "framing"))

typedef enum
{
  PROP_SPEED = 1,
} AmselSimulatorProperty;

static GParamSpec *properties[PROP_SPEED + 1];

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
 * amsel_simulator_start:
 * @self: a simulator with its devices and its clock
 *
 * A master can hear it from now on: devices that send of themselves begin. Others only answer. Only the first
 * call counts.
 */
void
amsel_simulator_start (AmselSimulator *self)
{
  AmselSimulatorPrivate *priv = amsel_simulator_get_instance_private (self);
  AmselSimulatorClass *klass = AMSEL_SIMULATOR_GET_CLASS (self);

  if (!priv->started && klass->start != NULL)
    klass->start (self);
  priv->started = TRUE;
}

/**
 * amsel_simulator_receive: (virtual receive)
 * @self: a simulator
 * @data: bytes that the master sends
 *
 * Takes what the master hands to its port. The simulator is the line: it lets the characters take their time,
 * so the caller does not wait.
 */
void
amsel_simulator_receive (AmselSimulator *self, GBytes *data)
{
  AMSEL_SIMULATOR_GET_CLASS (self)->receive (self, data);
}

/**
 * amsel_simulator_configure: (virtual configure)
 * @self: a simulator
 * @settings: baud rate and the like of the master's port; a baud rate of 0 leaves what was
 *
 * Says how the master's port is set from now on. Until then it is set as the line is.
 */
void
amsel_simulator_configure (AmselSimulator *self, const AmselLineSettings *settings)
{
  AmselSimulatorClass *klass = AMSEL_SIMULATOR_GET_CLASS (self);

  if (klass->configure != NULL && settings->baud != 0)
    klass->configure (self, settings);
}

/**
 * amsel_simulator_get_settings: (skip)
 * @self: a simulator
 * @out_settings: (out caller-allocates): how the master's port must be set to reach the devices; baud 0 where
 * it does not matter
 */
void
amsel_simulator_get_settings (AmselSimulator *self, AmselLineSettings *out_settings)
{
  AmselSimulatorClass *klass = AMSEL_SIMULATOR_GET_CLASS (self);

  *out_settings = (AmselLineSettings){ 0 };
  if (klass->get_settings != NULL)
    klass->get_settings (self, out_settings);
}

/**
 * amsel_simulator_send:
 * @self: a simulator
 * @data: bytes that the master receives now
 * @damage: (nullable): one #AmselSimulatorDamage for each byte of @data; %NULL where all are sound
 *
 * For implementations: gives bytes to the master.
 */
void
amsel_simulator_send (AmselSimulator *self, GBytes *data, GBytes *damage)
{
  g_signal_emit (self, signal_output, 0, data, damage);
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

/**
 * amsel_simulator_get_speed: (attributes org.gtk.Method.get_property=speed)
 * @self: a simulator
 *
 * Returns: how time passes in it
 */
AmselSimulatorSpeed
amsel_simulator_get_speed (AmselSimulator *self)
{
  AmselSimulatorPrivate *priv = amsel_simulator_get_instance_private (self);

  return priv->speed;
}

static void
amsel_simulator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AmselSimulatorPrivate *priv = amsel_simulator_get_instance_private (AMSEL_SIMULATOR (object));

  switch ((AmselSimulatorProperty) id)
    {
    case PROP_SPEED:
      g_value_set_enum (value, (gint) priv->speed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
amsel_simulator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AmselSimulatorPrivate *priv = amsel_simulator_get_instance_private (AMSEL_SIMULATOR (object));

  switch ((AmselSimulatorProperty) id)
    {
    case PROP_SPEED:
      priv->speed = (AmselSimulatorSpeed) g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
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
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = amsel_simulator_get_property;
  object_class->set_property = amsel_simulator_set_property;
  object_class->finalize = amsel_simulator_finalize;

  properties[PROP_SPEED] = g_param_spec_enum (
      "speed", "speed",
      "How time passes: real gives everything the time that it takes on the line, fast does not wait at all.",
      AMSEL_TYPE_SIMULATOR_SPEED, AMSEL_SIMULATOR_SPEED_REAL, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * AmselSimulator::output:
   * @self: the simulator
   * @data: the bytes
   * @damage: (nullable): one #AmselSimulatorDamage for each byte; %NULL where all are sound
   *
   * The master receives bytes.
   */
  signal_output = g_signal_new ("output", AMSEL_TYPE_SIMULATOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_BYTES, G_TYPE_BYTES);
}

static void
amsel_simulator_init (AmselSimulator *self)
{
  AmselSimulatorPrivate *priv = amsel_simulator_get_instance_private (self);

  priv->speed = AMSEL_SIMULATOR_SPEED_REAL;
}
