/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport whose other end is a simulator in the same process: on a test clock, hours of bus traffic pass
 * in no time and always in the same way.
 *
 * The simulator is the line, so time on the wire is its business. A latency, where one is set, is that of a
 * gateway: everything that goes through is kept back by half of it, in order. A delay is the same without
 * being announced, and each time another one. */
#include "simulator-transport.h"

#include "amsel-error.h"

typedef struct
{
  SimulatorTransport *transport; /* (unowned): clears its parcels before it goes */
  GSource *alarm;                /* (owned) */
  GBytes *data;                  /* (owned) */
  GBytes *damage;                /* (owned) (nullable) */
  gboolean to_master;
} Parcel;

struct _SimulatorTransport
{
  AmselTransport parent_instance;

  AmselSimulator *simulator; /* (owned) */
  gulong output_id;
  gboolean careless;
  gint64 latency_us;
  gint64 delay_min_us;
  gint64 delay_max_us;
  GRand *random;        /* (owned) (nullable): of the delay */
  gint64 arrival_us[2]; /* of the last parcel to the simulator, and to the master */
  guint64 n_sent;
  gsize budget; /* bytes that still leave the port */
  gsize queue;  /* bytes that it keeps beyond that */
  gsize n_kept;
  guint only_baud;
  GPtrArray *parcels; /* (owned) (element-type Parcel): on the way */
};

G_DEFINE_FINAL_TYPE (SimulatorTransport, simulator_transport, AMSEL_TYPE_TRANSPORT)

static void
parcel_free (gpointer data)
{
  Parcel *parcel = data;

  amsel_clock_clear_alarm (&parcel->alarm);
  g_bytes_unref (parcel->data);
  g_clear_pointer (&parcel->damage, g_bytes_unref);
  g_free (parcel);
}

/* Reports sound and damaged characters in the order in which they came. */
static void
report (SimulatorTransport *self, GBytes *data, GBytes *damage)
{
  gsize length;
  const guint8 *marks;
  gsize begin = 0;

  if (damage == NULL || self->careless)
    {
      amsel_transport_received (AMSEL_TRANSPORT (self), data);
      return;
    }
  marks = g_bytes_get_data (damage, &length);
  for (gsize i = 1; i <= length; i++)
    {
      gboolean sound = marks[begin] == AMSEL_SIMULATOR_DAMAGE_NONE;
      g_autoptr (GBytes) part = NULL;

      if (i < length && sound == (marks[i] == AMSEL_SIMULATOR_DAMAGE_NONE))
        continue;
      part = g_bytes_new_from_bytes (data, begin, i - begin);
      if (sound)
        amsel_transport_received (AMSEL_TRANSPORT (self), part);
      else
        amsel_transport_damaged (AMSEL_TRANSPORT (self), part);
      begin = i;
    }
}

static void
hand_over (SimulatorTransport *self, gboolean to_master, GBytes *data, GBytes *damage)
{
  if (to_master)
    report (self, data, damage);
  else
    amsel_simulator_receive (self->simulator, data);
}

static gboolean
on_arrival (gpointer user_data)
{
  Parcel *parcel = user_data;
  g_autoptr (SimulatorTransport) self = g_object_ref (parcel->transport);
  guint index;

  if (g_ptr_array_find (self->parcels, parcel, &index))
    g_ptr_array_steal_index (self->parcels, index);
  hand_over (self, parcel->to_master, parcel->data, parcel->damage);
  parcel_free (parcel);
  return G_SOURCE_REMOVE;
}

static gint64
draw_delay_us (SimulatorTransport *self)
{
  gdouble span_us = (gdouble) (self->delay_max_us - self->delay_min_us);

  return self->random != NULL ? self->delay_min_us + (gint64) (g_rand_double (self->random) * span_us) : 0;
}

static void
send_through (SimulatorTransport *self, gboolean to_master, GBytes *data, GBytes *damage)
{
  AmselClock *clock = amsel_simulator_get_clock (self->simulator);
  gint64 *arrival_us = &self->arrival_us[to_master];
  gint64 now_us;
  gint64 delay_us;
  Parcel *parcel;

  if (self->latency_us == 0 && self->random == NULL)
    {
      hand_over (self, to_master, data, damage);
      return;
    }
  now_us = amsel_clock_get_monotonic_us (clock);
  delay_us = self->latency_us / 2 + draw_delay_us (self);
  *arrival_us = MAX (*arrival_us, now_us + delay_us);
  parcel = g_new0 (Parcel, 1);
  parcel->transport = self;
  parcel->data = g_bytes_ref (data);
  parcel->damage = damage != NULL ? g_bytes_ref (damage) : NULL;
  parcel->to_master = to_master;
  g_ptr_array_add (self->parcels, parcel);
  parcel->alarm = amsel_clock_add_alarm (clock, *arrival_us, on_arrival, parcel);
}

static void
on_output (SimulatorTransport *self, GBytes *data, GBytes *damage)
{
  send_through (self, TRUE, data, damage);
}

static gboolean
simulator_transport_open (AmselTransport *transport, GError **error G_GNUC_UNUSED)
{
  amsel_simulator_start (TEST_SIMULATOR_TRANSPORT (transport)->simulator);
  return TRUE;
}

static void
simulator_transport_close (AmselTransport *transport)
{
  g_ptr_array_set_size (TEST_SIMULATOR_TRANSPORT (transport)->parcels, 0);
  TEST_SIMULATOR_TRANSPORT (transport)->n_kept = 0;
}

static gboolean
simulator_transport_send (AmselTransport *transport, GBytes *data, GError **error)
{
  SimulatorTransport *self = TEST_SIMULATOR_TRANSPORT (transport);
  gsize length = g_bytes_get_size (data);
  gsize n_now = MIN (length, self->budget);

  if (length - n_now > self->queue - self->n_kept)
    {
      g_set_error_literal (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SEND, "the queue is full");
      return FALSE;
    }
  self->n_sent += length;
  self->n_kept += length - n_now;
  if (self->budget != G_MAXSIZE)
    self->budget -= n_now;
  if (n_now > 0)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (data, 0, n_now);

      send_through (self, FALSE, part, NULL);
    }
  return TRUE;
}

static gsize
simulator_transport_get_unsent (AmselTransport *transport)
{
  return TEST_SIMULATOR_TRANSPORT (transport)->n_kept;
}

static gboolean
simulator_transport_configure (AmselTransport *transport, const AmselLineSettings *settings, GError **error)
{
  SimulatorTransport *self = TEST_SIMULATOR_TRANSPORT (transport);

  if (self->only_baud != 0 && settings->baud != self->only_baud)
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_SETTINGS,
                   "the port does not take %u Bd", settings->baud);
      return FALSE;
    }
  amsel_simulator_configure (self->simulator, settings);
  return TRUE;
}

static gint64
simulator_transport_get_latency_us (AmselTransport *transport)
{
  return TEST_SIMULATOR_TRANSPORT (transport)->latency_us;
}

static void
simulator_transport_dispose (GObject *object)
{
  SimulatorTransport *self = TEST_SIMULATOR_TRANSPORT (object);

  g_ptr_array_set_size (self->parcels, 0);
  if (self->simulator != NULL)
    g_clear_signal_handler (&self->output_id, self->simulator);
  g_clear_object (&self->simulator);
  G_OBJECT_CLASS (simulator_transport_parent_class)->dispose (object);
}

static void
simulator_transport_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_SIMULATOR_TRANSPORT (object)->parcels);
  g_clear_pointer (&TEST_SIMULATOR_TRANSPORT (object)->random, g_rand_free);
  G_OBJECT_CLASS (simulator_transport_parent_class)->finalize (object);
}

static void
simulator_transport_class_init (SimulatorTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  object_class->dispose = simulator_transport_dispose;
  object_class->finalize = simulator_transport_finalize;
  transport_class->open = simulator_transport_open;
  transport_class->close = simulator_transport_close;
  transport_class->send = simulator_transport_send;
  transport_class->configure = simulator_transport_configure;
  transport_class->get_latency_us = simulator_transport_get_latency_us;
  transport_class->get_unsent = simulator_transport_get_unsent;
}

static void
simulator_transport_init (SimulatorTransport *self)
{
  self->parcels = g_ptr_array_new_with_free_func (parcel_free);
  self->budget = G_MAXSIZE;
  self->queue = G_MAXSIZE;
}

AmselTransport *
simulator_transport_new (AmselSimulator *simulator)
{
  SimulatorTransport *self = g_object_new (TEST_TYPE_SIMULATOR_TRANSPORT, NULL);

  self->simulator = g_object_ref (simulator);
  self->output_id = g_signal_connect_swapped (simulator, "output", G_CALLBACK (on_output), self);
  amsel_transport_set_clock (AMSEL_TRANSPORT (self), amsel_simulator_get_clock (simulator));
  return AMSEL_TRANSPORT (self);
}

void
simulator_transport_set_careless (SimulatorTransport *self, gboolean careless)
{
  self->careless = careless;
}

void
simulator_transport_set_latency_us (SimulatorTransport *self, gint64 latency_us)
{
  self->latency_us = latency_us;
}

void
simulator_transport_set_delay_us (SimulatorTransport *self, gint64 min_us, gint64 max_us, guint32 seed)
{
  g_clear_pointer (&self->random, g_rand_free);
  self->random = g_rand_new_with_seed (seed);
  self->delay_min_us = min_us;
  self->delay_max_us = max_us;
}

void
simulator_transport_set_budget (SimulatorTransport *self, gsize n_bytes, gsize queue)
{
  self->budget = n_bytes;
  self->queue = queue;
}

void
simulator_transport_set_only_baud (SimulatorTransport *self, guint baud)
{
  self->only_baud = baud;
}

void
simulator_transport_lose (SimulatorTransport *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_LOST, "the line was unplugged");

  amsel_transport_lost (AMSEL_TRANSPORT (self), error);
}

guint64
simulator_transport_get_n_sent (SimulatorTransport *self)
{
  return self->n_sent;
}
