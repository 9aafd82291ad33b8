/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A terminal over a simulated bus, on a clock that the test moves. */
#include "at-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static void
on_write (const guint8 *data, gsize length, gpointer user_data)
{
  AtFixture *f = user_data;

  g_string_append_len (f->output, (const gchar *) data, (gssize) length);
}

static gsize
on_get_queued (gpointer user_data)
{
  return ((AtFixture *) user_data)->queued;
}

const AtOutput AT_FIXTURE_OUTPUT = { on_write, on_get_queued, NULL };

static void
on_said (AmselService *service G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  AtFixture *f = user_data;

  g_string_append_printf (f->log, "%s\n", message);
}

void
at_fixture_add_slave (AtFixture *f, const gchar *telegram)
{
  const gchar *const telegrams[] = { telegram, NULL };
  g_autoptr (GObject) slave = g_object_new (MBUS_TYPE_SLAVE, "telegrams", telegrams, NULL);
  g_autoptr (GError) error = NULL;

  amsel_simulator_add_device (f->simulator, slave, &error);
  g_assert_no_error (error);
}

void
at_fixture_begin_terminal (AtFixture *f)
{
  f->terminal = at_terminal_new (f->service, AMSEL_CONTROLLER (f->engine), &f->settings);
  f->session = at_session_new (f->terminal, "test", &AT_FIXTURE_OUTPUT, f);
}

void
at_fixture_end_terminal (AtFixture *f)
{
  at_session_close (f->session);
  at_terminal_stop (f->terminal);
  at_terminal_unref (f->terminal);
}

/* A pipeline of “wireless” meters, whose telegrams are "<1=text>": of the meter 1xxxxxxx. */
static void
add_radio (AtFixture *f)
{
  g_autoptr (MockTransport) transport = mock_transport_new (f->clock);
  g_autoptr (AmselLine) line = amsel_line_new ("air", AMSEL_TRANSPORT (transport));
  g_autoptr (AmselProtocol) protocol = g_object_new (MOCK_TYPE_PROTOCOL, NULL);
  g_autoptr (AmselPipeline) pipeline = amsel_pipeline_new ("radio", line, protocol);

  f->radio = transport;
  g_object_set (pipeline, "listen", TRUE, "only-listed", TRUE, NULL);
  amsel_pipeline_set_protocol_kind (pipeline, "wmbus");
  amsel_engine_add_line (f->engine, line);
  amsel_engine_add_pipeline (f->engine, pipeline);
}

void
at_fixture_set_up (AtFixture *f, gconstpointer data)
{
  g_autofree gchar *file = NULL;
  g_autoptr (AmselStore) store = NULL;
  g_autoptr (AmselTransport) transport = NULL;
  g_autoptr (AmselLine) line = NULL;
  g_autoptr (AmselProtocol) protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  g_autoptr (AmselPipeline) pipeline = NULL;
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("amsel-at-XXXXXX", NULL);
  file = g_build_filename (f->folder, "terminal.db", NULL);
  f->clock = test_clock_new (EPOCH_US);
  f->simulator = g_object_new (MBUS_TYPE_SIMULATOR, NULL);
  amsel_simulator_set_clock (f->simulator, AMSEL_CLOCK (f->clock));
  at_fixture_add_slave (f, WATER);
  if (g_strcmp0 (data, "one") != 0)
    at_fixture_add_slave (f, g_strcmp0 (data, "twins") == 0 ? TWIN : POWER);
  f->bus = transport = simulator_transport_new (f->simulator);
  line = amsel_line_new ("bus", transport);
  g_object_set (line, "reopen-min", 10 * MINUTE, "reopen-max", 10 * MINUTE, NULL);
  pipeline = amsel_pipeline_new ("wired", line, protocol);
  g_object_set (pipeline, "split", TRUE, "suspend-after", 0, NULL);
  amsel_pipeline_set_protocol_kind (pipeline, "mbus");
  store = amsel_store_new (file);
  amsel_store_set_clock (store, AMSEL_CLOCK (f->clock));
  f->engine = amsel_engine_new (store);
  amsel_engine_add_line (f->engine, line);
  amsel_engine_add_pipeline (f->engine, pipeline);
  add_radio (f);
  f->service = g_object_new (AT_TYPE_SERVICE, "name", "terminal", NULL);
  f->output = g_string_new (NULL);
  f->log = g_string_new (NULL);
  g_signal_connect (f->service, "notice", G_CALLBACK (on_said), f);
  g_signal_connect (f->service, "problem", G_CALLBACK (on_said), f);
  g_assert_true (amsel_engine_start (f->engine, &error));
  f->settings = (AtSettings){ .serial = "50-0663-0027", .ports = { NULL, "wired" } };
  f->settings.state_file = g_build_filename (f->folder, "terminal.conf", NULL);
  /* the service's records come into the store as the engine would do it */
  g_signal_connect_swapped (f->service, "readout", G_CALLBACK (amsel_store_append), store);
  at_fixture_begin_terminal (f);
  test_clock_advance (f->clock, SECOND);
}

static void
remove_folder (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree gchar *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

void
at_fixture_tear_down (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_end_terminal (f);
  amsel_engine_stop (f->engine, 0);
  test_clock_advance (f->clock, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (f->engine);
  g_object_unref (f->service);
  g_assert_finalize_object (f->simulator);
  g_assert_finalize_object (f->clock);
  remove_folder (f->folder);
  g_free (f->folder);
  g_free ((gchar *) f->settings.state_file);
  g_string_free (f->output, TRUE);
  g_string_free (f->log, TRUE);
}

void
at_fixture_type (AtFixture *f, const gchar *text)
{
  at_session_receive (f->session, (const guint8 *) text, strlen (text));
}

static gboolean
has_answered (AtFixture *f)
{
  static const gchar *const ENDS[] = { "\r\nOK\r\n", "\r\nERROR\r\n", "\r\nCONNECT\r\n", "\r\nBUSY\r\n",
                                       "\r\nNO CARRIER\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (ENDS); i++)
    if (g_str_has_suffix (f->output->str, ENDS[i]))
      return TRUE;
  return FALSE;
}

/* Lets the bus and the store work until the answer is there. The store's thread goes by no clock of ours. */
void
at_fixture_wait_answer (AtFixture *f, gint64 step_us)
{
  gint64 end_us = g_get_monotonic_time () + 20 * SECOND;

  while (!has_answered (f) && g_get_monotonic_time () < end_us)
    {
      test_clock_advance (f->clock, step_us);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_true (has_answered (f));
}

/* Types a command and compares what comes after its echo. */
void
at_fixture_ask_in (AtFixture *f, gint64 step_us, const gchar *command, const gchar *expected)
{
  g_autofree gchar *echoed = g_strconcat (command, "\r", NULL);
  g_autofree gchar *all = g_strconcat (echoed, "\r\n", expected, "\r\n", NULL);

  g_string_truncate (f->output, 0);
  at_fixture_type (f, echoed);
  at_fixture_wait_answer (f, step_us);
  g_assert_cmpstr (f->output->str, ==, all);
}

/* Types a command and looks for a part of the answer: telegrams count on. */
void
at_fixture_ask_part (AtFixture *f, const gchar *command, const gchar *part)
{
  g_string_truncate (f->output, 0);
  at_fixture_type (f, command);
  at_fixture_type (f, "\r");
  at_fixture_wait_answer (f, 0);
  if (strstr (f->output->str, part) == NULL)
    g_assert_cmpstr (f->output->str, ==, part);
}

void
at_fixture_ask (AtFixture *f, const gchar *command, const gchar *expected)
{
  at_fixture_ask_in (f, 0, command, expected);
}

void
at_fixture_settle (AtFixture *f)
{
  g_assert_true (amsel_store_flush (amsel_engine_get_store (f->engine), NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
