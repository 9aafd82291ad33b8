/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole way on a moved clock: meters in the air, a receiver that has to be set up and has faults, the
 * line that listens to it, and the protocol. */
#include "radio-simulator.h"
#include "simulator-transport.h"
#include "test-clock.h"
#include "wmbus-protocol.h"

#define SECOND   ((gint64) G_USEC_PER_SEC)
#define TELEGRAM "1444B409466316140A077A9B0800000C1305000000"

typedef struct
{
  TestClock *clock;
  AmselSimulator *simulator;
  AmselTransport *transport;
  AmselProtocol *protocol;
  AmselLine *line;
  guint n_heard;
  gint rssi_dbm;
  gchar *message; /* of the last change of state */
} Fixture;

/* Sets a choice by its word, as YAML does. */
static void
set_choice (gpointer object, const gchar *name, const gchar *word)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);
  const GEnumValue *value = g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (pspec)->enum_class, word);

  g_assert_nonnull (value);
  g_object_set (object, name, value->value, NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const gchar *const telegrams[] = { TELEGRAM, NULL };
  g_autoptr (GObject) meter =
      g_object_new (RADIO_TYPE_METER, "telegrams", telegrams, "interval", 10 * SECOND, "rssi", -70, NULL);
  g_autoptr (GError) error = NULL;

  f->clock = test_clock_new (G_GINT64_CONSTANT (1700000000) * SECOND);
  f->simulator = g_object_new (RADIO_TYPE_SIMULATOR, NULL);
  if (data != NULL)
    set_choice (f->simulator, "receiver", data);
  amsel_simulator_set_clock (f->simulator, AMSEL_CLOCK (f->clock));
  g_assert_true (amsel_simulator_add_device (f->simulator, meter, &error));
  g_assert_no_error (error);
  f->transport = simulator_transport_new (f->simulator);
  f->protocol = g_object_new (WMBUS_TYPE_PROTOCOL, NULL);
  f->line = amsel_line_new ("air", f->transport);
  g_object_set (f->line, "silence", 60 * SECOND, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_line_stop (f->line);
  amsel_line_listen (f->line, NULL, NULL, NULL);
  g_assert_finalize_object (f->line);
  g_assert_finalize_object (f->transport);
  g_assert_finalize_object (f->simulator);
  g_assert_finalize_object (f->protocol);
  g_assert_finalize_object (f->clock);
  g_free (f->message);
}

static void
on_heard (AmselFrame *frame, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GBytes) want = amsel_hex_decode (TELEGRAM, -1, NULL);
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);

  g_assert_cmpmem (data, length, g_bytes_get_data (want, NULL), g_bytes_get_size (want));
  f->rssi_dbm = amsel_frame_get_rssi_dbm (frame);
  f->n_heard++;
}

static void
on_state (Fixture *f, AmselLineState state G_GNUC_UNUSED, const gchar *message)
{
  g_free (f->message);
  f->message = g_strdup (message);
}

static void
listen (Fixture *f, const gchar *receiver)
{
  set_choice (f->protocol, "receiver", receiver);
  g_signal_connect_swapped (f->line, "state-changed", G_CALLBACK (on_state), f);
  amsel_line_listen (f->line, f->protocol, on_heard, f);
  amsel_line_start (f->line);
}

/* nothing is lost from the moment on at which it is set up */
static void
test_heard (Fixture *f, gconstpointer data)
{
  listen (f, data);
  test_clock_advance (f->clock, 100 * SECOND);
  g_assert_cmpuint (f->n_heard, >=, 9);
  g_assert_cmpuint (f->n_heard, <=, 10);
  g_assert_cmpint (f->rssi_dbm, ==, g_str_equal (data, "rtl-wmbus") ? AMSEL_RSSI_UNKNOWN : -70);
}

static gboolean
is_text (const gchar *receiver)
{
  return g_str_equal (receiver, "cul") || g_str_equal (receiver, "rtl-wmbus");
}

/* garbage, lost telegrams and a stream that is joined in the middle: what is heard is always right */
static void
test_faults (Fixture *f, gconstpointer data)
{
  g_object_set (f->simulator, "garbage", 0.5, "drop", 0.25, "mid-message", TRUE, NULL);
  listen (f, data);
  test_clock_advance (f->clock, 4000 * SECOND);
  /* garbage in front of a line is a part of it, but only lines are lost that have it */
  g_assert_cmpuint (f->n_heard, >, is_text (data) ? 120 : 260);
  g_assert_cmpuint (f->n_heard, <, 320);
}

/* a receiver that forgets its settings in the middle of a message is set up again when it has been silent */
static void
test_forgets (Fixture *f, gconstpointer data)
{
  g_object_set (f->simulator, "reset-after", 5, NULL);
  listen (f, data);
  test_clock_advance (f->clock, 1200 * SECOND);
  g_assert_cmpuint (f->n_heard, >=, 40);
}

/* which receiver it is is found out */
static void
test_probe (Fixture *f, gconstpointer data)
{
  g_autofree gchar *found = NULL;

  listen (f, "auto");
  test_clock_advance (f->clock, 100 * SECOND);
  g_assert_cmpuint (f->n_heard, >=, 8);
  g_object_get (f->protocol, "found", &found, NULL);
  g_assert_cmpstr (found, ==, data);
}

/* another receiver than the one that was named, or none that answers: the line says so */
static void
test_wrong (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  listen (f, "cul");
  test_clock_advance (f->clock, 10 * SECOND);
  g_assert_cmpuint (f->n_heard, ==, 0);
  g_assert_cmpint (amsel_line_get_state (f->line), ==, AMSEL_LINE_STATE_WAITING);
  g_assert_nonnull (strstr (f->message, "does not answer"));
}

/* before it is known which receiver it is, nothing that comes is a telegram */
static void
test_not_found_yet (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (TELEGRAM, -1, NULL);
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *data_bytes = g_bytes_get_data (bytes, &length);
  gsize used = 0;

  set_choice (f->protocol, "receiver", "auto");
  g_assert_cmpint (amsel_protocol_find_frame (f->protocol, data_bytes, length, 0, &used, &frame, &error), ==,
                   AMSEL_FRAME_STATUS_DAMAGED);
  g_assert_cmpstr (amsel_error_get_name (error->domain, error->code), ==, "garbage");
  g_assert_cmpuint (used, ==, length);
}

/* A second receiver beside that of the fixture: its own simulator, line and transport. */
typedef struct
{
  AmselSimulator *simulator;
  AmselTransport *transport;
  AmselLine *line;
} Other;

static void
other_init (Other *self, Fixture *f, const gchar *receiver)
{
  static const gchar *const telegrams[] = { TELEGRAM, NULL };
  g_autoptr (GObject) meter =
      g_object_new (RADIO_TYPE_METER, "telegrams", telegrams, "interval", 10 * SECOND, NULL);

  self->simulator = g_object_new (RADIO_TYPE_SIMULATOR, NULL);
  set_choice (self->simulator, "receiver", receiver);
  amsel_simulator_set_clock (self->simulator, AMSEL_CLOCK (f->clock));
  g_assert_true (amsel_simulator_add_device (self->simulator, meter, NULL));
  self->transport = simulator_transport_new (self->simulator);
  self->line = amsel_line_new (receiver, self->transport);
  g_object_set (self->line, "silence", 60 * SECOND, NULL);
}

static void
other_clear (Other *self)
{
  amsel_line_stop (self->line);
  g_assert_finalize_object (self->line);
  g_assert_finalize_object (self->transport);
  g_assert_finalize_object (self->simulator);
}

static void
count_readout (AmselPipeline *pipeline G_GNUC_UNUSED, AmselReadout *readout, gpointer user_data)
{
  guint *n = g_hash_table_lookup (user_data, amsel_readout_get_line (readout));

  if (n == NULL)
    {
      n = g_new0 (guint, 1);
      g_hash_table_insert (user_data, g_strdup (amsel_readout_get_line (readout)), n);
    }
  (*n)++;
}

static guint
get_count (GHashTable *lines, const gchar *line)
{
  const guint *n = g_hash_table_lookup (lines, line);

  return n != NULL ? *n : 0;
}

/* receivers of three kinds, of which two are found out, on three lines of one pipeline: each is set up in its
 * own way and heard, and what several hear counts once */
static void
test_several (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const gchar *const kinds[] = { "auto", "rtl-wmbus", NULL };
  g_autoptr (GHashTable) lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (AmselPipeline) pipeline = NULL;
  g_autoptr (GError) error = NULL;
  Other cul, rtl;

  other_init (&cul, f, "cul");
  other_init (&rtl, f, "rtl-wmbus");
  set_choice (f->protocol, "receiver", "auto");
  g_object_set (f->protocol, "also-receivers", kinds, NULL);
  pipeline = amsel_pipeline_new ("flats", f->line, f->protocol);
  g_object_set (pipeline, "listen", TRUE, "duplicate-time", 5 * SECOND, NULL);
  g_signal_connect (pipeline, "readout", G_CALLBACK (count_readout), lines);
  amsel_pipeline_add_line (pipeline, cul.line);
  g_assert_false (amsel_pipeline_check (pipeline, &error));
  g_assert_nonnull (strstr (error->message, "“also-receivers” names 2, and “also-lines” has 1"));
  g_clear_error (&error);
  amsel_pipeline_add_line (pipeline, rtl.line);
  g_assert_true (amsel_pipeline_check (pipeline, &error));
  g_assert_no_error (error);
  amsel_line_start (f->line);
  amsel_line_start (cul.line);
  amsel_line_start (rtl.line);
  amsel_pipeline_start (pipeline);
  test_clock_advance (f->clock, 95 * SECOND);
  g_assert_cmpuint (get_count (lines, "air") + get_count (lines, "cul") + get_count (lines, "rtl-wmbus"), <=,
                    9);
  g_assert_cmpuint (get_count (lines, "air") + get_count (lines, "cul") + get_count (lines, "rtl-wmbus"), >=,
                    8);
  /* one after the other falls silent */
  amsel_line_stop (rtl.line);
  amsel_line_stop (f->line);
  g_hash_table_remove_all (lines);
  test_clock_advance (f->clock, 100 * SECOND);
  g_assert_cmpuint (get_count (lines, "cul"), >=, 9);
  g_assert_cmpuint (g_hash_table_size (lines), ==, 1);
  amsel_line_start (f->line);
  amsel_line_stop (cul.line);
  g_hash_table_remove_all (lines);
  test_clock_advance (f->clock, 100 * SECOND);
  g_assert_cmpuint (get_count (lines, "air"), >=, 8);
  amsel_line_start (rtl.line);
  amsel_line_stop (f->line);
  g_hash_table_remove_all (lines);
  test_clock_advance (f->clock, 100 * SECOND);
  g_assert_cmpuint (get_count (lines, "rtl-wmbus"), >=, 9);
  amsel_pipeline_stop (pipeline);
  g_clear_object (&pipeline);
  other_clear (&cul);
  other_clear (&rtl);
}

/* a word that is no receiver is told with those that there are, and a mode that one of them has not */
static void
test_bad_receivers (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const gchar *const unknown[] = { "cull", NULL };
  static const gchar *const deaf[] = { "rc1180", NULL };
  g_autoptr (GError) error = NULL;

  g_object_set (f->protocol, "also-receivers", unknown, NULL);
  g_assert_false (amsel_protocol_check (f->protocol, &error));
  g_assert_nonnull (strstr (error->message, "“cull”; expected one of: "));
  g_assert_nonnull (strstr (error->message, "im871a"));
  g_clear_error (&error);
  set_choice (f->protocol, "receiver", "im871a");
  set_choice (f->protocol, "mode", "c");
  g_object_set (f->protocol, "also-receivers", NULL, NULL);
  g_assert_true (amsel_protocol_check (f->protocol, NULL));
  g_object_set (f->protocol, "also-receivers", deaf, NULL);
  g_assert_false (amsel_protocol_check (f->protocol, &error));
  g_assert_nonnull (strstr (error->message, "rc1180"));
}

static void
test_bad_telegram (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const gchar *const telegrams[] = { TELEGRAM, "1344B409", NULL };
  g_autoptr (GObject) meter = g_object_new (RADIO_TYPE_METER, "telegrams", telegrams, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (amsel_simulator_add_device (f->simulator, meter, &error));
  g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "telegram 2"));
}

static void
add (const gchar *test, const gchar *receiver, void (*run) (Fixture *, gconstpointer))
{
  g_autofree gchar *path = g_strdup_printf ("/radio/%s/%s", test, receiver);

  g_test_add (path, Fixture, receiver, set_up, run, tear_down);
}

int
main (int argc, char **argv)
{
  static const gchar *const receivers[] = { "im871a", "amb8465", "cul", "rtl-wmbus" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (receivers); i++)
    {
      add ("heard", receivers[i], test_heard);
      add ("faults", receivers[i], test_faults);
    }
  add ("forgets", "im871a", test_forgets);
  add ("forgets", "cul", test_forgets);
  add ("probe", "im871a", test_probe);
  add ("probe", "amb8465", test_probe);
  add ("probe", "cul", test_probe);
  add ("not-found-yet", "im871a", test_not_found_yet);
  add ("wrong", "im871a", test_wrong);
  add ("several", "im871a", test_several);
  add ("bad-receivers", "im871a", test_bad_receivers);
  add ("bad-telegram", "im871a", test_bad_telegram);
  return g_test_run ();
}
