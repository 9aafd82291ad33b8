/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A segment of wired M-Bus with any number of slaves.
 *
 * Two directions. What the master hands over is put on the line character by character; at the end of each
 * one the slaves that listen at the master's baud rate have heard it, and at the end of a frame they decide.
 * Answers are put on the wire (mbus-wire.h) with the latency of their slave, where they add up bit by bit,
 * and the master's receiver gives them back character by character.
 *
 * Everything happens at a moment in nanoseconds, in order; one alarm of the clock stands at the next one. At
 * speed "real" the moments are those of the clock. At speed "fast" all that there is to do happens at once:
 * its moments go on as if it had taken its time, but nobody waits for them, and all use one baud rate. */
#include "mbus-simulator.h"

#include "mbus-disturbance.h"
#include "mbus-frame.h"
#include "mbus-station.h"
#include "mbus-wire.h"

#define DEFAULT_BAUD 2400
#define BAUD_MIN     300
#define BAUD_MAX     38400
#define STATIONS_MAX 5000
#define ECHOES_MAX   4
#define NOISE_MAX    1000

/* What wakes slaves that sleep. */
#define PREAMBLE 0x55

/* Distance of the seeds of two slaves. */
#define STATION_SEEDS 0x10001

/* What a master may hand over ahead; like a port with a full buffer, the line loses what is beyond. */
#define OUTGOING_MAX (64 * 1024)

/* A pause longer than 33 bits ends what was begun (EN 13757-2, 5.5.4). A program that hands over a frame in
 * pieces may be late by the scheduling of its machine, though, which its port would not show. */
#define GAP_BITS   33
#define GAP_MIN_NS (50 * G_GINT64_CONSTANT (1000000))

typedef struct
{
  gint64 end_ns;
  guint8 value;
} Outgoing;

struct _MbusSimulator
{
  AmselSimulator parent_instance;

  guint baud;
  guint64 seed;
  MbusDisturbance disturbance;

  GPtrArray *stations; /* (owned) (element-type MbusStation) */
  guint master_baud;   /* 0: as the line */
  MbusWire *wire;      /* (owned) */
  GQueue outgoing;     /* (owned) (element-type Outgoing): from the master, not yet ended */
  gint64 outgoing_end_ns;
  GByteArray *heard; /* (owned): what the slaves have of the frame that the master sends */
  gint64 heard_ns;
  gint64 preamble_ns; /* when the first of the characters 55h began that were heard last */
  gint64 now_ns;      /* the moment that was reached */
  GSource *alarm;     /* (owned) (nullable) */
  MbusSimulatorTraffic traffic;
};

G_DEFINE_FINAL_TYPE (MbusSimulator, mbus_simulator, AMSEL_TYPE_SIMULATOR)

typedef enum
{
  PROP_BAUD = 1,
  PROP_SEED,
  PROP_ECHO,
  PROP_BIT_ERROR_RATE,
  PROP_CHARACTER_ERRORS,
  PROP_ECHO_COUNT,
  PROP_NOISE,
  PROP_CONVERTER,
} MbusSimulatorProperty;

static GParamSpec *properties[PROP_CONVERTER + 1];

static gboolean
is_fast (MbusSimulator *self)
{
  return amsel_simulator_get_speed (AMSEL_SIMULATOR (self)) == AMSEL_SIMULATOR_SPEED_FAST;
}

static gint64
get_clock_ns (MbusSimulator *self)
{
  return amsel_clock_get_monotonic_us (amsel_simulator_get_clock (AMSEL_SIMULATOR (self))) * 1000;
}

static guint
get_master_baud (MbusSimulator *self)
{
  return is_fast (self) || self->master_baud == 0 ? self->baud : self->master_baud;
}

static guint
get_station_baud (MbusSimulator *self, MbusStation *station)
{
  return is_fast (self) ? self->baud : mbus_station_get_baud (station, self->now_ns);
}

static void
give_frame (MbusSimulator *self, const MbusFrame *frame)
{
  gint64 real_us = amsel_clock_get_real_us (amsel_simulator_get_clock (AMSEL_SIMULATOR (self)));
  guint master_baud = get_master_baud (self);

  for (guint i = 0; self->disturbance.converter == MBUS_CONVERTER_SOUND && i < self->stations->len; i++)
    {
      MbusStation *station = g_ptr_array_index (self->stations, i);
      guint baud = get_station_baud (self, station);
      g_autoptr (GArray) answer = NULL;
      gint64 latency_ns;
      gint64 end_ns;

      if (baud != master_baud || mbus_station_is_busy (station, self->now_ns))
        continue;
      answer = mbus_station_hear (station, frame, self->now_ns, real_us);
      if (answer == NULL)
        continue;
      mbus_disturbance_spoil (&self->disturbance, answer);
      latency_ns = mbus_station_draw_latency_ns (station, baud);
      end_ns = mbus_wire_add (self->wire, self->now_ns + latency_ns, baud,
                              (const MbusWireWord *) (gpointer) answer->data, answer->len);
      mbus_station_set_busy (station, end_ns);
      self->traffic.n_answers++;
      self->traffic.latency_us += latency_ns / 1000;
      self->traffic.answered_us += (end_ns - self->now_ns - latency_ns) / 1000;
    }
}

/* Characters 55h in a row wake slaves that sleep. */
static void
hear_preamble (MbusSimulator *self, guint8 value, gint64 pause_ns)
{
  gint64 character_ns = mbus_wire_bits_to_ns (MBUS_WIRE_BITS, get_master_baud (self));

  if (value != PREAMBLE)
    {
      self->preamble_ns = G_MAXINT64;
      return;
    }
  if (self->preamble_ns == G_MAXINT64 || pause_ns > character_ns)
    self->preamble_ns = self->now_ns - character_ns;
  for (guint i = 0; i < self->stations->len; i++)
    mbus_station_hear_preamble (g_ptr_array_index (self->stations, i), self->now_ns - self->preamble_ns,
                                self->now_ns);
}

/* The slaves have heard a character: finds the frames that it ends. */
static void
hear (MbusSimulator *self, guint8 value)
{
  gint64 pause_ns =
      self->now_ns - self->heard_ns - mbus_wire_bits_to_ns (MBUS_WIRE_BITS, get_master_baud (self));

  hear_preamble (self, value, pause_ns);
  if (pause_ns > MAX (mbus_wire_bits_to_ns (GAP_BITS, get_master_baud (self)), GAP_MIN_NS))
    g_byte_array_set_size (self->heard, 0);
  self->heard_ns = self->now_ns;
  g_byte_array_append (self->heard, &value, 1);
  while (self->heard->len > 0)
    {
      gsize used = 0;
      AmselFrameStatus status = mbus_frame_find (self->heard->data, self->heard->len, &used, NULL);
      MbusFrame frame;

      if (status == AMSEL_FRAME_STATUS_MORE || used == 0)
        return;
      if (status == AMSEL_FRAME_STATUS_COMPLETE && mbus_frame_parse (self->heard->data, used, &frame, NULL))
        give_frame (self, &frame);
      g_byte_array_remove_range (self->heard, 0, (guint) used);
    }
}

static gint64
get_next_ns (MbusSimulator *self)
{
  const Outgoing *first = g_queue_peek_head (&self->outgoing);
  gint64 due_ns;
  gint64 next_ns = first != NULL ? first->end_ns : G_MAXINT64;

  if (mbus_wire_get_due (self->wire, &due_ns))
    next_ns = MIN (next_ns, due_ns);
  return MIN (next_ns, self->disturbance.noise_ns);
}

static void
hear_outgoing (MbusSimulator *self)
{
  const Outgoing *first;

  while ((first = g_queue_peek_head (&self->outgoing)) != NULL && first->end_ns <= self->now_ns)
    {
      g_autofree Outgoing *outgoing = g_queue_pop_head (&self->outgoing);

      hear (self, outgoing->value);
    }
}

static void set_alarm (MbusSimulator *self);

static void
emit (MbusSimulator *self, GByteArray *data, GByteArray *damage, gboolean damaged)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data->data, data->len);
  g_autoptr (GBytes) marks = damaged ? g_bytes_new (damage->data, damage->len) : NULL;

  if (data->len > 0)
    amsel_simulator_send (AMSEL_SIMULATOR (self), bytes, marks);
}

/* Lets happen what has its moment until a time. The master is told last of all, since it may answer by
 * sending at once. */
static void
advance (MbusSimulator *self, gint64 until_ns)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GByteArray) damage = g_byte_array_new ();
  gboolean damaged = FALSE;
  MbusWireCharacter character;
  gint64 next_ns;

  while ((next_ns = get_next_ns (self)) <= until_ns && next_ns != G_MAXINT64)
    {
      self->now_ns = MAX (self->now_ns, next_ns);
      while (mbus_wire_next (self->wire, self->now_ns, &character))
        {
          guint8 mark = (guint8) character.damage;

          g_byte_array_append (data, &character.value, 1);
          g_byte_array_append (damage, &mark, 1);
          damaged = damaged || character.damage != AMSEL_SIMULATOR_DAMAGE_NONE;
        }
      hear_outgoing (self);
      mbus_disturbance_make_noise (&self->disturbance, self->wire, self->now_ns, self->baud);
    }
  set_alarm (self);
  emit (self, data, damage, damaged);
}

static gboolean
on_alarm (gpointer user_data)
{
  g_autoptr (MbusSimulator) self = g_object_ref (user_data);

  amsel_clock_clear_alarm (&self->alarm);
  advance (self, is_fast (self) ? G_MAXINT64 : get_clock_ns (self));
  return G_SOURCE_REMOVE;
}

/* Also at speed "fast" things happen from an alarm, never inside the call that caused them, so that a master
 * which answers an answer at once does not pile up calls. */
static void
set_alarm (MbusSimulator *self)
{
  gint64 next_ns = get_next_ns (self);
  gint64 at_us = is_fast (self) ? 0 : next_ns / 1000 + (next_ns % 1000 != 0);

  amsel_clock_clear_alarm (&self->alarm);
  if (next_ns != G_MAXINT64)
    self->alarm =
        amsel_clock_add_alarm (amsel_simulator_get_clock (AMSEL_SIMULATOR (self)), at_us, on_alarm, self);
}

static void
mbus_simulator_receive (AmselSimulator *simulator, GBytes *bytes)
{
  MbusSimulator *self = MBUS_SIMULATOR (simulator);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint baud = get_master_baud (self);
  gint64 start_ns;

  self->now_ns = is_fast (self) ? MAX (self->now_ns, get_clock_ns (self)) : get_clock_ns (self);
  start_ns = MAX (self->now_ns, self->outgoing_end_ns);
  length = MIN (length, OUTGOING_MAX - g_queue_get_length (&self->outgoing));
  if (length == 0)
    return;
  /* at speed "fast" there is no noise, since nothing ever waits for a time without */
  if (self->disturbance.noise_ns == G_MAXINT64 && !is_fast (self))
    mbus_disturbance_plan_noise (&self->disturbance, self->now_ns, self->baud);
  for (gsize i = 0; i < length; i++)
    {
      Outgoing *outgoing = g_new (Outgoing, 1);

      outgoing->value = mbus_disturbance_spoil_sent (&self->disturbance, data[i]);
      outgoing->end_ns = start_ns + mbus_wire_bits_to_ns ((i + 1) * MBUS_WIRE_BITS, baud);
      self->outgoing_end_ns = outgoing->end_ns;
      g_queue_push_tail (&self->outgoing, outgoing);
    }
  self->traffic.sent_us += (self->outgoing_end_ns - start_ns) / 1000;
  mbus_disturbance_echo (&self->disturbance, self->wire, start_ns, baud, data, length);
  set_alarm (self);
}

/* A port that is set anew has lost what was half sent, but what is half received goes on. */
static void
mbus_simulator_configure (AmselSimulator *simulator, const AmselLineSettings *settings)
{
  MbusSimulator *self = MBUS_SIMULATOR (simulator);

  if (settings->baud == self->master_baud)
    return;
  self->master_baud = settings->baud;
  mbus_wire_set_baud (self->wire, get_master_baud (self));
  g_byte_array_set_size (self->heard, 0);
}

static void
mbus_simulator_get_settings (AmselSimulator *simulator, AmselLineSettings *out_settings)
{
  MbusSimulator *self = MBUS_SIMULATOR (simulator);

  *out_settings =
      (AmselLineSettings){ .baud = self->baud, .data_bits = 8, .parity = AMSEL_PARITY_EVEN, .stop_bits = 1 };
}

static GType
mbus_simulator_get_device_type (AmselSimulator *simulator G_GNUC_UNUSED)
{
  return MBUS_TYPE_SLAVE;
}

static gboolean
check_slave (MbusSimulator *self, MbusSlave *slave, GError **error)
{
  const MbusSlaveSettings *settings = mbus_slave_get_settings (slave);

  if (settings->baud != 0 && settings->baud < BAUD_MIN)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                   "“baud” %u is too low; expected %d to %d, or 0 for that of the line", settings->baud,
                   BAUD_MIN, BAUD_MAX);
      return FALSE;
    }
  if (self->stations->len + settings->count > STATIONS_MAX)
    {
      g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, "more than %d slaves",
                   STATIONS_MAX);
      return FALSE;
    }
  return TRUE;
}

static gboolean
mbus_simulator_add_device (AmselSimulator *simulator, GObject *device, GError **error)
{
  MbusSimulator *self = MBUS_SIMULATOR (simulator);
  MbusSlave *slave = MBUS_SLAVE (device);
  const MbusSlaveSettings *settings = mbus_slave_get_settings (slave);
  g_autoptr (MbusTelegrams) telegrams = mbus_slave_load_telegrams (slave, error);
  guint64 seed = self->seed + (guint64) self->stations->len * STATION_SEEDS;
  g_autoptr (GArray) identities = NULL;

  if (telegrams == NULL || !check_slave (self, slave, error))
    return FALSE;
  identities = mbus_identities_make (settings, telegrams, seed, error);
  if (identities == NULL)
    return FALSE;
  /* a dead slave is like none, but its settings had to be right */
  for (guint i = 0; !settings->dead && i < identities->len; i++, seed += STATION_SEEDS)
    g_ptr_array_add (self->stations,
                     mbus_station_new (slave, telegrams, &g_array_index (identities, MbusSlaveIdentity, i),
                                       self->baud, seed));
  return TRUE;
}

GArray *
mbus_simulator_get_identities (MbusSimulator *self)
{
  GArray *identities = g_array_new (FALSE, FALSE, sizeof (AmselIdentity));

  for (guint i = 0; i < self->stations->len; i++)
    g_array_append_vals (identities, mbus_station_get_identity (g_ptr_array_index (self->stations, i)), 1);
  return identities;
}

MbusSimulatorTraffic
mbus_simulator_get_traffic (MbusSimulator *self)
{
  return self->traffic;
}

static void
mbus_simulator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MbusSimulator *self = MBUS_SIMULATOR (object);

  switch ((MbusSimulatorProperty) id)
    {
    case PROP_BAUD:
      g_value_set_uint (value, self->baud);
      break;
    case PROP_SEED:
      g_value_set_uint64 (value, self->seed);
      break;
    case PROP_ECHO:
      g_value_set_boolean (value, self->disturbance.echo);
      break;
    case PROP_BIT_ERROR_RATE:
      g_value_set_double (value, self->disturbance.bit_error_rate);
      break;
    case PROP_CHARACTER_ERRORS:
      g_value_set_double (value, self->disturbance.character_errors);
      break;
    case PROP_ECHO_COUNT:
      g_value_set_uint (value, self->disturbance.echo_count);
      break;
    case PROP_NOISE:
      g_value_set_double (value, self->disturbance.noise);
      break;
    case PROP_CONVERTER:
      g_value_set_enum (value, (gint) self->disturbance.converter);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_simulator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MbusSimulator *self = MBUS_SIMULATOR (object);

  switch ((MbusSimulatorProperty) id)
    {
    case PROP_BAUD:
      self->baud = g_value_get_uint (value);
      mbus_wire_set_baud (self->wire, get_master_baud (self));
      break;
    case PROP_SEED:
      self->seed = g_value_get_uint64 (value);
      mbus_random_init (&self->disturbance.random, self->seed, 0);
      break;
    case PROP_ECHO:
      self->disturbance.echo = g_value_get_boolean (value);
      break;
    case PROP_BIT_ERROR_RATE:
      self->disturbance.bit_error_rate = g_value_get_double (value);
      break;
    case PROP_CHARACTER_ERRORS:
      self->disturbance.character_errors = g_value_get_double (value);
      break;
    case PROP_ECHO_COUNT:
      self->disturbance.echo_count = g_value_get_uint (value);
      break;
    case PROP_NOISE:
      self->disturbance.noise = g_value_get_double (value);
      self->disturbance.noise_ns = G_MAXINT64;
      break;
    case PROP_CONVERTER:
      self->disturbance.converter = (MbusConverter) g_value_get_enum (value);
      self->disturbance.noise_ns = G_MAXINT64;
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mbus_simulator_dispose (GObject *object)
{
  amsel_clock_clear_alarm (&MBUS_SIMULATOR (object)->alarm);
  G_OBJECT_CLASS (mbus_simulator_parent_class)->dispose (object);
}

static void
mbus_simulator_finalize (GObject *object)
{
  MbusSimulator *self = MBUS_SIMULATOR (object);

  g_ptr_array_unref (self->stations);
  mbus_wire_free (self->wire);
  g_queue_clear_full (&self->outgoing, g_free);
  g_byte_array_unref (self->heard);
  G_OBJECT_CLASS (mbus_simulator_parent_class)->finalize (object);
}

static void
define_properties (GObjectClass *object_class)
{
  properties[PROP_BAUD] = g_param_spec_uint (
      "baud", "baud",
      "Bits per second of the line: of the master's port until it says otherwise, and of slaves "
      "without a rate of their own.",
      BAUD_MIN, BAUD_MAX, DEFAULT_BAUD, AMSEL_PARAM_SETTING);
  properties[PROP_SEED] = g_param_spec_uint64 (
      "seed", "seed", "Seed of all that happens by chance: the same seed gives the same line.", 0,
      G_MAXUINT64, 1, AMSEL_PARAM_SETTING);
  properties[PROP_ECHO] =
      g_param_spec_boolean ("echo", "echo", "Whether the level converter gives back what the master sends.",
                            FALSE, AMSEL_PARAM_SETTING);
  properties[PROP_BIT_ERROR_RATE] = g_param_spec_double (
      "bit-error-rate", "bit-error-rate", "Share of the bits of answers that come over wrong, from 0 to 1.",
      0, 1, 0, AMSEL_PARAM_SETTING);
  properties[PROP_CHARACTER_ERRORS] = g_param_spec_double (
      "character-errors", "character-errors",
      "Share of the characters, of requests and of answers, that disturbances make another one of, from 0 to "
      "1.",
      0, 1, 0, AMSEL_PARAM_SETTING);
  properties[PROP_ECHO_COUNT] = g_param_spec_uint (
      "echo-count", "echo-count", "How many times “echo” gives each request back, one behind the other.", 1,
      ECHOES_MAX, 1, AMSEL_PARAM_SETTING);
  properties[PROP_NOISE] = g_param_spec_double (
      "noise", "noise",
      "Random characters that the line picks up in a second, from the first request on; not at speed “fast”.",
      0, NOISE_MAX, 0, AMSEL_PARAM_SETTING);
  properties[PROP_CONVERTER] = g_param_spec_enum (
      "converter", "converter",
      "What the level converter does: sound; silent or break: without power, and lets nothing through; "
      "garbage: sends random characters without end.",
      MBUS_TYPE_CONVERTER, MBUS_CONVERTER_SOUND, AMSEL_PARAM_SETTING);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mbus_simulator_class_init (MbusSimulatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselSimulatorClass *simulator_class = AMSEL_SIMULATOR_CLASS (klass);

  object_class->get_property = mbus_simulator_get_property;
  object_class->set_property = mbus_simulator_set_property;
  object_class->dispose = mbus_simulator_dispose;
  object_class->finalize = mbus_simulator_finalize;
  simulator_class->get_device_type = mbus_simulator_get_device_type;
  simulator_class->add_device = mbus_simulator_add_device;
  simulator_class->receive = mbus_simulator_receive;
  simulator_class->configure = mbus_simulator_configure;
  simulator_class->get_settings = mbus_simulator_get_settings;
  define_properties (object_class);
}

static void
mbus_simulator_init (MbusSimulator *self)
{
  self->baud = DEFAULT_BAUD;
  self->seed = 1;
  mbus_disturbance_init (&self->disturbance);
  mbus_random_init (&self->disturbance.random, self->seed, 0);
  self->wire = mbus_wire_new (DEFAULT_BAUD);
  self->stations = g_ptr_array_new_with_free_func ((GDestroyNotify) mbus_station_free);
  g_queue_init (&self->outgoing);
  self->heard = g_byte_array_new ();
  self->now_ns = G_MININT64 / 2;
  self->heard_ns = G_MININT64 / 2;
  self->preamble_ns = G_MAXINT64;
  self->outgoing_end_ns = G_MININT64 / 2;
}
