/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wired M-Bus through a terminal: a pipeline reads over the transport “at”, which takes a port of an AT
 * terminal to itself, behind which the simulated meters are. Both sides go by the test's clock. */
#include <string.h>

#include "at-fixture.h"
#include "at-transport.h"

/* The cable to the terminal: each way takes a while. */
#define CABLE_US (40 * 1000)

#define CABLE_TYPE_TRANSPORT (cable_transport_get_type ())
G_DECLARE_FINAL_TYPE (CableTransport, cable_transport, CABLE, TRANSPORT, AmselTransport)

typedef struct
{
  GSource *alarm; /* (owned) */
  GBytes *data;   /* (owned) */
  gboolean is_answer;
  CableTransport *cable; /* (unowned) */
} Parcel;

struct _CableTransport
{
  AmselTransport parent_instance;

  AtFixture *fixture;
  AtSession *session; /* (owned) (nullable): while it is open */
  GQueue parcels;     /* (owned) (element-type Parcel) */
  GString *sent;      /* (owned): to the terminal */
};

G_DEFINE_FINAL_TYPE (CableTransport, cable_transport, AMSEL_TYPE_TRANSPORT)

static void
parcel_free (gpointer data)
{
  Parcel *parcel = data;

  amsel_clock_clear_alarm (&parcel->alarm);
  g_bytes_unref (parcel->data);
  g_free (parcel);
}

static gboolean
on_arrived (gpointer user_data)
{
  Parcel *parcel = user_data;
  g_autoptr (CableTransport) self = g_object_ref (parcel->cable);
  g_autoptr (GBytes) data = g_bytes_ref (parcel->data);
  gboolean is_answer = parcel->is_answer;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  g_queue_remove (&self->parcels, parcel);
  parcel_free (parcel);
  if (is_answer)
    amsel_transport_received (AMSEL_TRANSPORT (self), data);
  else if (self->session != NULL)
    at_session_receive (self->session, bytes, length);
  return G_SOURCE_REMOVE;
}

static void
carry (CableTransport *self, GBytes *data, gboolean is_answer)
{
  AmselClock *clock = AMSEL_CLOCK (self->fixture->clock);
  Parcel *parcel = g_new0 (Parcel, 1);

  parcel->cable = self;
  parcel->data = g_bytes_ref (data);
  parcel->is_answer = is_answer;
  parcel->alarm =
      amsel_clock_add_alarm (clock, amsel_clock_get_monotonic_us (clock) + CABLE_US, on_arrived, parcel);
  g_queue_push_tail (&self->parcels, parcel);
}

static void
on_session_write (const guint8 *data, gsize length, gpointer user_data)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  carry (user_data, bytes, TRUE);
}

static gsize
on_session_queued (gpointer user_data G_GNUC_UNUSED)
{
  return 0;
}

static const AtOutput CABLE_OUTPUT = { on_session_write, on_session_queued, NULL };

static gboolean
cable_transport_open (AmselTransport *transport, GError **error G_GNUC_UNUSED)
{
  CableTransport *self = CABLE_TRANSPORT (transport);

  self->session = at_session_new (self->fixture->terminal, "cable", &CABLE_OUTPUT, self);
  return TRUE;
}

static void
cable_transport_close (AmselTransport *transport)
{
  CableTransport *self = CABLE_TRANSPORT (transport);

  g_clear_pointer (&self->session, at_session_close);
  g_queue_clear_full (&self->parcels, parcel_free);
}

static gboolean
cable_transport_send (AmselTransport *transport, GBytes *data, GError **error G_GNUC_UNUSED)
{
  CableTransport *self = CABLE_TRANSPORT (transport);

  g_string_append_len (self->sent, g_bytes_get_data (data, NULL), (gssize) g_bytes_get_size (data));
  carry (self, data, FALSE);
  return TRUE;
}

static void
cable_transport_finalize (GObject *object)
{
  g_string_free (CABLE_TRANSPORT (object)->sent, TRUE);
  G_OBJECT_CLASS (cable_transport_parent_class)->finalize (object);
}

static void
cable_transport_class_init (CableTransportClass *klass)
{
  AmselTransportClass *transport_class = AMSEL_TRANSPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cable_transport_finalize;
  transport_class->open = cable_transport_open;
  transport_class->close = cable_transport_close;
  transport_class->send = cable_transport_send;
}

static void
cable_transport_init (CableTransport *self)
{
  self->sent = g_string_new (NULL);
}

/* The reading side. */
typedef struct
{
  AtFixture base;
  CableTransport *cable;
  AmselTransport *transport;
  AmselLine *line;
  AmselProtocol *protocol;
  AmselPipeline *pipeline;
  GPtrArray *readouts; /* (element-type AmselReadout) */
  GString *states;
} Fixture;

static void
on_readout (AmselPipeline *pipeline G_GNUC_UNUSED, AmselReadout *readout, gpointer user_data)
{
  g_ptr_array_add (((Fixture *) user_data)->readouts, amsel_readout_ref (readout));
}

static void
on_state (AmselLine *line G_GNUC_UNUSED, AmselLineState state G_GNUC_UNUSED, const gchar *message,
          gpointer user_data)
{
  g_string_append_printf (((Fixture *) user_data)->states, "%s\n", message);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (AmselSchedule) schedule =
      g_object_new (AMSEL_TYPE_SCHEDULE, "every", MINUTE, "zone", "UTC", NULL);
  g_autoptr (AmselMeter) meter = NULL;

  at_fixture_set_up (&f->base, data);
  f->cable = g_object_new (CABLE_TYPE_TRANSPORT, NULL);
  f->cable->fixture = &f->base;
  f->transport = g_object_new (AT_TYPE_TRANSPORT, "over", f->cable, NULL);
  amsel_transport_set_clock (f->transport, AMSEL_CLOCK (f->base.clock));
  f->line = amsel_line_new ("remote", f->transport);
  f->protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  f->pipeline = amsel_pipeline_new ("through", f->line, f->protocol);
  g_object_set (f->pipeline, "schedule", schedule, NULL);
  meter = g_object_new (amsel_protocol_get_meter_type (f->protocol), "address", "15020416", NULL);
  g_assert_true (amsel_pipeline_add_meter (f->pipeline, meter, NULL));
  f->readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  f->states = g_string_new (NULL);
  g_signal_connect (f->pipeline, "readout", G_CALLBACK (on_readout), f);
  g_signal_connect (f->line, "state-changed", G_CALLBACK (on_state), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  amsel_pipeline_stop (f->pipeline);
  amsel_line_stop (f->line);
  test_clock_advance (f->base.clock, 10 * SECOND);
  g_assert_finalize_object (f->pipeline);
  g_assert_finalize_object (f->line);
  g_assert_finalize_object (f->protocol);
  g_assert_finalize_object (f->transport);
  g_assert_finalize_object (f->cable);
  g_ptr_array_unref (f->readouts);
  g_string_free (f->states, TRUE);
  at_fixture_tear_down (&f->base, data);
}

static void
start (Fixture *f)
{
  amsel_line_start (f->line);
  amsel_pipeline_start (f->pipeline);
}

/* A meter is selected and read through the terminal; the way's delay was measured and is allowed for. */
static void
test_read (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  start (f);
  test_clock_advance (f->base.clock, 2 * SECOND);
  g_assert_cmpint (amsel_line_get_state (f->line), ==, AMSEL_LINE_STATE_OPEN);
  g_assert_cmpstr (f->cable->sent->str, ==, "ATE0\rATD2\r");
  g_assert_cmpint (amsel_transport_get_latency_us (f->transport), ==, 2 * CABLE_US + 100 * 1000);
  test_clock_advance (f->base.clock, 2 * MINUTE);
  g_assert_cmpuint (f->readouts->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (amsel_readout_get_quality (f->readouts->pdata[i]), ==, AMSEL_QUALITY_GOOD);
      g_assert_cmphex (amsel_readout_get_identity (f->readouts->pdata[i])->id, ==, 0x15020416);
    }
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  amsel_pipeline_search_finish (AMSEL_PIPELINE (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* A search runs through the terminal just the same, with the delay of the way. */
static void
test_search (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AmselSearch) search = amsel_protocol_search (f->protocol, NULL);
  gboolean done = FALSE;
  GPtrArray *found;
  guint sum = 0;

  amsel_line_start (f->line);
  test_clock_advance (f->base.clock, 2 * SECOND);
  amsel_pipeline_search_async (f->pipeline, search, NULL, on_searched, &done);
  test_clock_run_until (f->base.clock, &done, 10 * MINUTE);
  found = amsel_search_get_found (search);
  g_assert_cmpuint (found->len, ==, 2);
  /* in whatever order */
  for (guint i = 0; i < 2; i++)
    sum += ((AmselFound *) found->pdata[i])->identity.id;
  g_assert_cmphex (sum, ==, 0x08031768 + 0x15020416);
}

/* The port is given back at the end: a pause, the escape, a pause, ATH; then the terminal reads by itself. */
static void
test_give_back (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  start (f);
  test_clock_advance (f->base.clock, 2 * SECOND);
  at_fixture_ask (&f->base, "ATD2", "BUSY");
  amsel_line_stop (f->line);
  test_clock_advance (f->base.clock, SECOND);
  at_fixture_ask (&f->base, "ATD2", "BUSY");
  test_clock_advance (f->base.clock, 2 * SECOND);
  g_assert_true (g_str_has_suffix (f->cable->sent->str, "+++ATH\r"));
  at_fixture_ask (&f->base, "ATD2", "CONNECT");
}

/* It is opened again before the port was given back: the new connection comes behind that. */
static void
test_again (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  start (f);
  test_clock_advance (f->base.clock, 2 * SECOND);
  amsel_line_stop (f->line);
  test_clock_advance (f->base.clock, SECOND / 2);
  amsel_line_start (f->line);
  test_clock_advance (f->base.clock, 5 * SECOND);
  g_assert_cmpint (amsel_line_get_state (f->line), ==, AMSEL_LINE_STATE_OPEN);
  g_assert_cmpstr (f->cable->sent->str, ==, "ATE0\rATD2\r+++ATH\rATE0\rATD2\r");
}

/* Somebody else has the port: the line says so by name, and has it when it is free. */
static void
test_busy (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (&f->base, "ATD2", "CONNECT");
  start (f);
  test_clock_advance (f->base.clock, 10 * SECOND);
  g_assert_cmpint (amsel_line_get_state (f->line), ==, AMSEL_LINE_STATE_WAITING);
  g_assert_nonnull (strstr (f->states->str, "BUSY to ATD2: somebody else has the line"));
  test_clock_advance (f->base.clock, 2 * SECOND);
  at_fixture_type (&f->base, "+++");
  test_clock_advance (f->base.clock, 2 * SECOND);
  at_fixture_ask (&f->base, "ATH", "OK");
  test_clock_advance (f->base.clock, MINUTE);
  g_assert_cmpint (amsel_line_get_state (f->line), ==, AMSEL_LINE_STATE_OPEN);
}

/* Other results have their names as well. */
static void
test_refused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const struct
  {
    const gchar *dial;
    const gchar *message;
  } cases[] = {
    { "ATD1", "NO CARRIER to ATD1" }, /* nothing is behind port 1 */
    { "ATD9", "ERROR to ATD9" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_object_set (f->transport, "dial", cases[i].dial, NULL);
      amsel_line_start (f->line);
      test_clock_advance (f->base.clock, SECOND);
      g_assert_nonnull (strstr (f->states->str, cases[i].message));
      amsel_line_stop (f->line);
      test_clock_advance (f->base.clock, 5 * SECOND);
    }
}

/* The terminal loses its line: the far end hears NO CARRIER, which is a loss with that name. */
static void
test_no_carrier (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  start (f);
  test_clock_advance (f->base.clock, 2 * SECOND);
  simulator_transport_lose (TEST_SIMULATOR_TRANSPORT (f->base.bus));
  test_clock_advance (f->base.clock, SECOND / 2);
  g_assert_nonnull (strstr (f->states->str, "NO CARRIER: the far end has ended the connection"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/at-passthrough/read", test_read);
  ADD ("/at-passthrough/search", test_search);
  ADD ("/at-passthrough/give-back", test_give_back);
  ADD ("/at-passthrough/again", test_again);
  ADD ("/at-passthrough/busy", test_busy);
  ADD ("/at-passthrough/refused", test_refused);
  ADD ("/at-passthrough/no-carrier", test_no_carrier);
  return g_test_run ();
}
