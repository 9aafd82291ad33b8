/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A radio receiver with wireless meters around it.
 *
 * Each meter sends by itself, from the moment on at which the ports are open; the receiver gives on what it
 * is set to listen for. Faults happen at the receiver's port: telegrams that are lost, garbage before a
 * message, a stream that is joined in the middle of one, and a receiver that forgets its settings in the
 * middle of one. */
#include "radio-simulator.h"

#include "mbus-random.h"

#define GARBAGE_MAX 24

/* Pause between telegrams where nobody waits for them. */
#define FAST_INTERVAL_US 1000

/* How long a receiver takes to answer a command. */
#define ANSWER_US 2000

typedef struct
{
  RadioSimulator *simulator; /* (unowned) */
  RadioMeter *meter;         /* (owned) */
  GPtrArray *telegrams;      /* (owned) (element-type GBytes) */
  guint64 n_sent;
  GSource *alarm; /* (owned) (nullable): its next telegram */
} Sender;

struct _RadioSimulator
{
  AmselSimulator parent_instance;

  RadioKind kind;
  guint64 seed;
  gdouble drop;
  gdouble garbage;
  gboolean mid_message;
  guint reset_after;

  RadioReceiver receiver;
  MbusRandom random;
  GPtrArray *senders; /* (owned) (element-type Sender) */
  guint64 n_heard;
  GByteArray *answer;    /* (owned): to the commands that have come */
  GSource *answer_alarm; /* (owned) (nullable): when it goes out */
};

G_DEFINE_FINAL_TYPE (RadioSimulator, radio_simulator, AMSEL_TYPE_SIMULATOR)

typedef enum
{
  PROP_RECEIVER = 1,
  PROP_SEED,
  PROP_DROP,
  PROP_GARBAGE,
  PROP_MID_MESSAGE,
  PROP_RESET_AFTER,
} RadioSimulatorProperty;

static GParamSpec *properties[PROP_RESET_AFTER + 1];

static void schedule (Sender *sender);

static void
sender_free (gpointer data)
{
  Sender *sender = data;

  amsel_clock_clear_alarm (&sender->alarm);
  g_object_unref (sender->meter);
  g_ptr_array_unref (sender->telegrams);
  g_free (sender);
}

static AmselClock *
get_clock (RadioSimulator *self)
{
  return amsel_simulator_get_clock (AMSEL_SIMULATOR (self));
}

static void
emit (RadioSimulator *self, const guint8 *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  if (length > 0)
    amsel_simulator_send (AMSEL_SIMULATOR (self), bytes, NULL);
}

static void
add_garbage (RadioSimulator *self, GByteArray *out)
{
  guint n = (guint) mbus_random_below (&self->random, GARBAGE_MAX) + 1;

  for (guint i = 0; i < n; i++)
    {
      guint8 value = (guint8) mbus_random_next (&self->random);

      g_byte_array_append (out, &value, 1);
    }
}

/* What becomes of a message on its way to the program. */
static void
deliver (RadioSimulator *self, GByteArray *message)
{
  gsize begin = 0;
  gsize length = message->len;

  if (length == 0)
    return;
  self->n_heard++;
  if (self->mid_message && self->n_heard == 1)
    begin = length / 2;
  if (self->reset_after > 0 && self->n_heard % self->reset_after == 0)
    {
      length = MAX (begin, length / 2);
      radio_receiver_reset (&self->receiver);
    }
  emit (self, message->data + begin, length - begin);
}

static gboolean
on_turn (gpointer user_data)
{
  Sender *sender = user_data;
  RadioSimulator *self = sender->simulator;
  const RadioMeterSettings *settings = radio_meter_get_settings (sender->meter);
  GBytes *telegram = g_ptr_array_index (sender->telegrams, sender->n_sent++ % sender->telegrams->len);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (telegram, &length);

  amsel_clock_clear_alarm (&sender->alarm);
  schedule (sender);
  if (mbus_random_happens (&self->random, self->drop))
    return G_SOURCE_REMOVE;
  if (mbus_random_happens (&self->random, self->garbage))
    add_garbage (self, message);
  radio_receiver_hear (&self->receiver, data, length, settings->mode, settings->rssi_dbm,
                       amsel_clock_get_real_us (get_clock (self)), message);
  deliver (self, message);
  return G_SOURCE_REMOVE;
}

static void
schedule (Sender *sender)
{
  RadioSimulator *self = sender->simulator;
  const RadioMeterSettings *settings = radio_meter_get_settings (sender->meter);
  gboolean fast = amsel_simulator_get_speed (AMSEL_SIMULATOR (self)) == AMSEL_SIMULATOR_SPEED_FAST;
  gint64 pause_us = fast ? FAST_INTERVAL_US : settings->interval_us;

  if (settings->repeat > 0 && sender->n_sent >= (guint64) settings->repeat * sender->telegrams->len)
    return;
  /* the first ones are spread, as meters that nobody has synchronised are */
  if (sender->n_sent == 0)
    pause_us = (gint64) mbus_random_below (&self->random, (guint64) pause_us) + 1;
  sender->alarm = amsel_clock_add_alarm (
      get_clock (self), amsel_clock_get_monotonic_us (get_clock (self)) + pause_us, on_turn, sender);
}

static void
radio_simulator_start (AmselSimulator *simulator)
{
  RadioSimulator *self = RADIO_SIMULATOR (simulator);

  radio_receiver_clear (&self->receiver);
  radio_receiver_init (&self->receiver, self->kind);
  mbus_random_init (&self->random, self->seed, 0);
  for (guint i = 0; i < self->senders->len; i++)
    schedule (g_ptr_array_index (self->senders, i));
}

static gboolean
on_answer (gpointer user_data)
{
  RadioSimulator *self = user_data;
  g_autoptr (GByteArray) answer = g_steal_pointer (&self->answer);

  amsel_clock_clear_alarm (&self->answer_alarm);
  self->answer = g_byte_array_new ();
  emit (self, answer->data, answer->len);
  return G_SOURCE_REMOVE;
}

/* Never from inside the call that brings the command, since the program may answer to an answer at once. */
static void
radio_simulator_receive (AmselSimulator *simulator, GBytes *bytes)
{
  RadioSimulator *self = RADIO_SIMULATOR (simulator);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  radio_receiver_command (&self->receiver, data, length, self->answer);
  if (self->answer->len > 0 && self->answer_alarm == NULL)
    self->answer_alarm = amsel_clock_add_alarm (
        get_clock (self), amsel_clock_get_monotonic_us (get_clock (self)) + ANSWER_US, on_answer, self);
}

static GType
radio_simulator_get_device_type (AmselSimulator *simulator G_GNUC_UNUSED)
{
  return RADIO_TYPE_METER;
}

static gboolean
radio_simulator_add_device (AmselSimulator *simulator, GObject *device, GError **error)
{
  RadioSimulator *self = RADIO_SIMULATOR (simulator);
  GPtrArray *telegrams = radio_meter_load (RADIO_METER (device), error);
  Sender *sender;

  if (telegrams == NULL)
    return FALSE;
  sender = g_new0 (Sender, 1);
  sender->simulator = self;
  sender->meter = g_object_ref (RADIO_METER (device));
  sender->telegrams = telegrams;
  g_ptr_array_add (self->senders, sender);
  return TRUE;
}

static void
radio_simulator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RadioSimulator *self = RADIO_SIMULATOR (object);

  switch ((RadioSimulatorProperty) id)
    {
    case PROP_RECEIVER:
      g_value_set_enum (value, (gint) self->kind);
      break;
    case PROP_SEED:
      g_value_set_uint64 (value, self->seed);
      break;
    case PROP_DROP:
      g_value_set_double (value, self->drop);
      break;
    case PROP_GARBAGE:
      g_value_set_double (value, self->garbage);
      break;
    case PROP_MID_MESSAGE:
      g_value_set_boolean (value, self->mid_message);
      break;
    case PROP_RESET_AFTER:
      g_value_set_uint (value, self->reset_after);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
radio_simulator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  RadioSimulator *self = RADIO_SIMULATOR (object);

  switch ((RadioSimulatorProperty) id)
    {
    case PROP_RECEIVER:
      self->kind = (RadioKind) g_value_get_enum (value);
      break;
    case PROP_SEED:
      self->seed = g_value_get_uint64 (value);
      break;
    case PROP_DROP:
      self->drop = g_value_get_double (value);
      break;
    case PROP_GARBAGE:
      self->garbage = g_value_get_double (value);
      break;
    case PROP_MID_MESSAGE:
      self->mid_message = g_value_get_boolean (value);
      break;
    case PROP_RESET_AFTER:
      self->reset_after = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
radio_simulator_dispose (GObject *object)
{
  g_ptr_array_set_size (RADIO_SIMULATOR (object)->senders, 0);
  amsel_clock_clear_alarm (&RADIO_SIMULATOR (object)->answer_alarm);
  G_OBJECT_CLASS (radio_simulator_parent_class)->dispose (object);
}

static void
radio_simulator_finalize (GObject *object)
{
  RadioSimulator *self = RADIO_SIMULATOR (object);

  radio_receiver_clear (&self->receiver);
  g_byte_array_unref (self->answer);
  g_ptr_array_unref (self->senders);
  G_OBJECT_CLASS (radio_simulator_parent_class)->finalize (object);
}

static void
define_properties (GObjectClass *object_class)
{
  properties[PROP_RECEIVER] =
      g_param_spec_enum ("receiver", "receiver", "Which receiver it is.", RADIO_TYPE_KIND, RADIO_KIND_IM871A,
                         AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_SEED] = g_param_spec_uint64 (
      "seed", "seed", "Seed of all that happens by chance: the same seed gives the same air.", 0, G_MAXUINT64,
      1, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_DROP] =
      g_param_spec_double ("drop", "drop", "Share of the telegrams that it does not hear, 0 to 1.", 0, 1, 0,
                           AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_GARBAGE] = g_param_spec_double (
      "garbage", "garbage", "Share of the messages that have garbage before them, 0 to 1.", 0, 1, 0,
      AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_MID_MESSAGE] = g_param_spec_boolean ("mid-message", "mid-message",
                                                       "Whether its first message has lost its first half.",
                                                       FALSE, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  properties[PROP_RESET_AFTER] = g_param_spec_uint (
      "reset-after", "reset-after",
      "After so many messages it forgets its settings, in the middle of the last one; 0 for never.", 0,
      1000000, 0, AMSEL_PARAM_SETTING | G_PARAM_CONSTRUCT);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
radio_simulator_class_init (RadioSimulatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselSimulatorClass *simulator_class = AMSEL_SIMULATOR_CLASS (klass);

  object_class->get_property = radio_simulator_get_property;
  object_class->set_property = radio_simulator_set_property;
  object_class->dispose = radio_simulator_dispose;
  object_class->finalize = radio_simulator_finalize;
  simulator_class->get_device_type = radio_simulator_get_device_type;
  simulator_class->add_device = radio_simulator_add_device;
  simulator_class->receive = radio_simulator_receive;
  simulator_class->start = radio_simulator_start;
  define_properties (object_class);
}

static void
radio_simulator_init (RadioSimulator *self)
{
  self->senders = g_ptr_array_new_with_free_func (sender_free);
  self->answer = g_byte_array_new ();
}
