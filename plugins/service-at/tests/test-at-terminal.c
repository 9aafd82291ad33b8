/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions of a terminal over a simulated bus, on a clock that the test moves: what is typed, and what comes
 * back byte for byte. */
#include <glib/gstdio.h>
#include <string.h>

#include "at-service.h"
#include "at-session.h"
#include "mbus-protocol.h"
#include "mbus-simulator.h"
#include "mbus-slave.h"
#include "simulator-transport.h"
#include "test-clock.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

/* 2026-01-01 00:00 UTC */
#define EPOCH_S  G_GINT64_CONSTANT (1767225600)
#define EPOCH_US (EPOCH_S * SECOND)

#define WATER                                                                                                \
  "685E5E680800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A0001" \
  "00FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A2502027825021F16"
#define POWER                                                                                                \
  "684B4B680801721604021592B00102090000000C04790200008C1004790200008C2004000000001C04660300009C100466030000" \
  "9C2004000000002C0487000000AC100487000000AC2004000000008016"

typedef struct
{
  gchar *folder; /* (owned) */
  TestClock *clock;
  AmselSimulator *simulator;
  AmselEngine *engine;
  AmselService *service;
  AtTerminal *terminal;
  AtSettings settings;
  AtSession *session;
  GString *output;
  gsize queued; /* what the client claims not to have taken */
  GString *log;
} Fixture;

static void
on_write (const guint8 *data, gsize length, gpointer user_data)
{
  Fixture *f = user_data;

  g_string_append_len (f->output, (const gchar *) data, (gssize) length);
}

static gsize
on_get_queued (gpointer user_data)
{
  return ((Fixture *) user_data)->queued;
}

static const AtOutput OUTPUT = { on_write, on_get_queued, NULL };

static void
on_said (AmselService *service G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  Fixture *f = user_data;

  g_string_append_printf (f->log, "%s\n", message);
}

static void
add_slave (Fixture *f, const gchar *telegram)
{
  const gchar *const telegrams[] = { telegram, NULL };
  g_autoptr (GObject) slave = g_object_new (MBUS_TYPE_SLAVE, "telegrams", telegrams, NULL);
  g_autoptr (GError) error = NULL;

  amsel_simulator_add_device (f->simulator, slave, &error);
  g_assert_no_error (error);
}

static void
begin_terminal (Fixture *f)
{
  f->terminal = at_terminal_new (f->service, AMSEL_CONTROLLER (f->engine), &f->settings);
  f->session = at_session_new (f->terminal, "test", &OUTPUT, f);
}

static void
end_terminal (Fixture *f)
{
  at_session_close (f->session);
  at_terminal_stop (f->terminal);
  at_terminal_unref (f->terminal);
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
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
  add_slave (f, WATER);
  add_slave (f, POWER);
  transport = simulator_transport_new (f->simulator);
  line = amsel_line_new ("bus", transport);
  pipeline = amsel_pipeline_new ("wired", line, protocol);
  g_object_set (pipeline, "split", TRUE, "suspend-after", 0, NULL);
  amsel_pipeline_set_protocol_kind (pipeline, "mbus");
  store = amsel_store_new (file);
  amsel_store_set_clock (store, AMSEL_CLOCK (f->clock));
  f->engine = amsel_engine_new (store);
  amsel_engine_add_line (f->engine, line);
  amsel_engine_add_pipeline (f->engine, pipeline);
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
  begin_terminal (f);
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

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  end_terminal (f);
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

static void
type (Fixture *f, const gchar *text)
{
  at_session_receive (f->session, (const guint8 *) text, strlen (text));
}

static gboolean
has_answered (Fixture *f)
{
  static const gchar *const ENDS[] = { "\r\nOK\r\n", "\r\nERROR\r\n", "\r\nCONNECT\r\n", "\r\nBUSY\r\n",
                                       "\r\nNO CARRIER\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (ENDS); i++)
    if (g_str_has_suffix (f->output->str, ENDS[i]))
      return TRUE;
  return FALSE;
}

/* Lets the bus and the store work until the answer is there. The store's thread goes by no clock of ours. */
static void
wait_answer (Fixture *f, gint64 step_us)
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
static void
ask_in (Fixture *f, gint64 step_us, const gchar *command, const gchar *expected)
{
  g_autofree gchar *echoed = g_strconcat (command, "\r", NULL);
  g_autofree gchar *all = g_strconcat (echoed, "\r\n", expected, "\r\n", NULL);

  g_string_truncate (f->output, 0);
  type (f, echoed);
  wait_answer (f, step_us);
  g_assert_cmpstr (f->output->str, ==, all);
}

/* Types a command and looks for a part of the answer: telegrams count on. */
static void
ask_part (Fixture *f, const gchar *command, const gchar *part)
{
  g_string_truncate (f->output, 0);
  type (f, command);
  type (f, "\r");
  wait_answer (f, 0);
  if (strstr (f->output->str, part) == NULL)
    g_assert_cmpstr (f->output->str, ==, part);
}

static void
ask (Fixture *f, const gchar *command, const gchar *expected)
{
  ask_in (f, 0, command, expected);
}

static void
settle (Fixture *f)
{
  g_assert_true (amsel_store_flush (amsel_engine_get_store (f->engine), NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_identity (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  ask (f, "AT", "OK");
  ask (f, "ati4", "50-0663-0027\r\nOK");
  ask (f, "at+gsn", "50-0663-0027\r\nOK");
  ask (f, "AT+CGMI", "Amsel\r\nOK");
  ask (f, "AT+GMI=?", "OK");
  ask (f, "AT+GMI=1", "ERROR");
  ask (f, "ATI9", "ERROR");
  ask (f, "hello", "ERROR");
  ask (f, "AT^NOTHING?", "ERROR");
  ask (f, "ATZ", "OK");
}

/* echo off, numbers instead of words, nothing at all; each as a modem has it */
static void
test_manners (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  type (f, "ATE0\r");
  g_assert_cmpstr (f->output->str, ==, "ATE0\r\r\nOK\r\n");
  g_string_truncate (f->output, 0);
  type (f, "AT\r\nATX\rATV0\rAT\rATX\rATI4\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\n\r\nERROR\r\n0\r0\r4\r50-0663-0027\r\n0\r");
  g_string_truncate (f->output, 0);
  type (f, "ATQ1\rAT\rATX\rATI4\r");
  g_assert_cmpstr (f->output->str, ==, "50-0663-0027\r\n");
  g_string_truncate (f->output, 0);
  type (f, "AT&F\rAT\n");
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\nAT\n\r\nOK\r\n");
}

static void
test_table (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  ask (f, "AT^SCAMS?", "^SCAMS: \"ENABLE\",1\r\n^SCAMS: \"RETRY\",0\r\n^SCAMS: NO DEVICE\r\nOK");
  ask (f, "at^scams = \"enable\",0", "OK");
  ask (f, "AT^SCAMS=\"RETRY\",2", "OK");
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,\"mbus\",\"*15020416@2400\",\"1m\"", "OK");
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"*15020416@2400\",\"1D\"", "ERROR"); /* it is there */
  ask (f, "AT^SCAMS=\"DEV_ADD\",128,\"AIN_DIN\",\"1/PULSE/ABS\",\"5M\"", "OK");
  ask (f, "AT^SCAMS=\"DEV_ADD\",1,1,\"947834\",\"12H\"", "OK");
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"251\",\"1M\"", "ERROR");
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1\",\"7M\"", "ERROR");
  ask (f, "AT^SCAMS=\"DEV_ADD\",0,2,\"1\",\"1M\"", "ERROR");
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1\"", "ERROR");
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1\",\"1M\",5", "ERROR");
  ask (f, "AT^SCAMS=\"DEV_INTERVAL\",\"ALL\",\"30m\"", "OK");
  ask (f, "AT^SCAMS=\"DEV_INTERVAL\",3,\"1H\"", "OK");
  ask (f, "AT^SCAMS=\"DEV_INTERVAL\",4,\"1H\"", "ERROR");
  ask (f, "AT^SCAMS?",
       "^SCAMS: \"ENABLE\",0\r\n^SCAMS: \"RETRY\",2\r\n^SCAMS: \"DEV_CNT\",3\r\n"
       "^SCAMS: 1> 2,\"MBUS\",\"*15020416@2400\",\"30M\"\r\n"
       "^SCAMS: 2> 128,\"AIN_DIN\",\"1/PULSE/ABS\",\"30M\"\r\n"
       "^SCAMS: 3> 1,\"IEC62056-21\",\"947834\",\"1H\"\r\nOK");
  ask (f, "AT^SCAMS=\"DEV_REMOVE\",1", "OK");
  ask (f, "AT^SCAMS=\"DEV_REMOVE\",3", "ERROR");

  /* a restart: the table and the switch are there again */
  end_terminal (f);
  begin_terminal (f);
  ask (f, "AT^SCAMS?",
       "^SCAMS: \"ENABLE\",0\r\n^SCAMS: \"RETRY\",2\r\n^SCAMS: \"DEV_CNT\",2\r\n"
       "^SCAMS: 1> 128,\"AIN_DIN\",\"1/PULSE/ABS\",\"30M\"\r\n"
       "^SCAMS: 2> 1,\"IEC62056-21\",\"947834\",\"1H\"\r\nOK");
  ask (f, "AT^SCAMS=\"DEV_CLEAR\"", "OK");
  ask (f, "AT^SCAMS?", "^SCAMS: \"ENABLE\",0\r\n^SCAMS: \"RETRY\",2\r\n^SCAMS: NO DEVICE\r\nOK");
}

static void
test_full_table (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 1; i <= 65; i++)
    {
      g_autofree gchar *command = g_strdup_printf ("AT^SCAMS=\"DEV_ADD\",2,2,\"%u@2400\",\"1D\"", i);

      ask (f, command, i <= 64 ? "OK" : "ERROR");
    }
}

/* records come on the boundaries of the clock, one for each meter and slot; reading does not remove them */
static void
test_records (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"*08031768@2400\",\"1M\"", "OK");
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"2M\"", "OK");
  test_clock_advance (f->clock, 2 * MINUTE + 10 * SECOND);
  settle (f);
  ask (f, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA: \"MESS_CNT\",3\r\nOK");
  ask (f, "AT^SCDATA=\"GET_OLDEST\"", "^SCDATA: \"AMS\",1767225661,1,\"MBUS\",1,0,\"\",\"" WATER "\"\r\nOK");
  ask (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==2\"",
       "^SCDATA: \"AMS\",1767225721,3,\"MBUS\",2,0,\"\",\"" POWER "\"\r\nOK");
  ask (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==9\"", "OK");
  ask (f, "AT^SCDATA=\"GET_FILTERED\",\"COLOUR==RED\"", "ERROR");
  ask (f, "AT^SCDATA=\"GET_OLDEST\",0", "ERROR");
  ask (f, "AT^SCDATA=\"DEL_OLDEST\",2", "OK");
  ask (f, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA: \"MESS_CNT\",1\r\nOK");
  ask (f, "AT^SCDATA=\"GET_OLDEST\",100",
       "^SCDATA: \"AMS\",1767225721,3,\"MBUS\",2,0,\"\",\"" POWER "\"\r\nOK");
  ask (f, "AT^SCDATA=\"DEL_ALL\"", "OK");
  ask (f, "AT^SCDATA=\"GET_OLDEST\",100", "OK");
  ask (f, "AT^SCDATA=\"DEL_OLDEST\"", "OK");
  /* the numbers go on */
  test_clock_advance (f->clock, MINUTE);
  settle (f);
  ask_part (f, "AT^SCDATA=\"GET_OLDEST\"", "\r\n^SCDATA: \"AMS\",1767225780,4,\"MBUS\",1,0,\"\",\"685E5E68");
}

/* what was pushed out, or deleted by somebody else, between a listing and its deletion does not take others
 * with it that were never listed */
static void
test_delete_only_listed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AtSession *other = at_session_new (f->terminal, "other", &OUTPUT, f);

  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  test_clock_advance (f->clock, 4 * MINUTE);
  settle (f);
  g_string_truncate (f->output, 0);
  type (f, "ATE0\rAT^SCDATA=\"GET_OLDEST\",2\r");
  wait_answer (f, 0);
  at_session_receive (other, (const guint8 *) "ATE0\r", 5);
  g_string_truncate (f->output, 0);
  at_session_receive (other, (const guint8 *) "AT^SCDATA=\"DEL_OLDEST\",2\r", 25);
  wait_answer (f, 0);
  g_string_truncate (f->output, 0);
  type (f, "AT^SCDATA=\"DEL_OLDEST\",2\r");
  wait_answer (f, 0);
  g_string_truncate (f->output, 0);
  type (f, "AT^SCDATA=\"MESS_CNT\"\r");
  g_assert_cmpstr (f->output->str, ==, "\r\n^SCDATA: \"MESS_CNT\",2\r\nOK\r\n");
  at_session_close (other);
}

/* a meter that is not there has records with its number and no data; protocols to come have number 3 */
static void
test_failed_records (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"7@2400\",\"1M\"", "OK");
  ask (f, "AT^SCAMS=\"DEV_ADD\",2,\"IEC62056-21\",\"947834\",\"1M\"", "OK");
  ask (f, "AT^SCAMS=\"DEV_ADD\",128,\"AIN_DIN\",\"1/PULSE/ABS\",\"5M\"", "OK");
  test_clock_advance (f->clock, MINUTE + 20 * SECOND);
  settle (f);
  ask (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==2\"",
       "^SCDATA: \"AMS\",1767225660,1,\"IEC62056-21\",2,3,\"\",\"\"\r\nOK");
  ask_part (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==1;ERROR_CODE==131078;DATA==\"",
            ",\"MBUS\",1,131078,\"\",\"\"\r\nOK\r\n");
  ask (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==3\"", "OK");
}

static void
test_direct_read (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  ask_in (f, 10000, "AT^SCAMS=\"DIRECT_READ\",2,\"MBUS\",\"0@2400\"",
          "^SCAMS: \"DIRECT_READ\",0,\"\",\"" WATER "\"\r\nOK");
  ask_in (f, 10000, "AT^SCAMS=\"DIRECT_READ\",2,\"MBUS\",\"7@2400\"",
          "^SCAMS: \"DIRECT_READ\",131078,\"\",\"\"\r\nOK");
  ask (f, "AT^SCAMS=\"DIRECT_READ\",1,\"IEC62056-21\",\"947834\"",
       "^SCAMS: \"DIRECT_READ\",3,\"\",\"\"\r\nOK");
  ask (f, "AT^SCAMS=\"DIRECT_READ\",2,\"MBUS\",\"*12\"", "ERROR");
  ask (f, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA: \"MESS_CNT\",0\r\nOK"); /* it is for who asks alone */
}

static void
test_ports (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  ask (f, "at^scport2?",
       "^SCPORT2: \"BAUDRATE\",2400\r\n^SCPORT2: \"DATA_BITS\",8\r\n^SCPORT2: \"STOP_BITS\",1\r\n"
       "^SCPORT2: \"PARITY\",1\r\nOK");
  ask (f, "at^scport2=\"BAUDRATE\",300", "OK");
  ask (f, "at^scport2=\"PARITY\",0", "OK");
  ask (f, "at^scport2=\"BAUDRATE\",301", "ERROR");
  ask (f, "at^scport2=\"DATA_BITS\",9", "ERROR");
  ask (f, "at^scport3?", "ERROR");
  ask (f, "at^scport2=\"SRESTART\"", "OK");
  end_terminal (f);
  begin_terminal (f);
  ask (f, "at^scport2?",
       "^SCPORT2: \"BAUDRATE\",300\r\n^SCPORT2: \"DATA_BITS\",8\r\n^SCPORT2: \"STOP_BITS\",1\r\n"
       "^SCPORT2: \"PARITY\",0\r\nOK");
}

static void
test_config (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  ask (f, "at^sccfg=\"server_ip\",\"10.0.0.1\"", "OK");
  ask (f, "at^sccfg=\"auth_pass\",\"secret\"", "OK");
  ask (f, "at^sccfg=\"server_port\",70000", "ERROR");
  ask (f, "at^sccfg=\"listenportcmd\",5", "ERROR");
  ask (f, "at^sccfg=\"save\"", "OK");
  ask (f, "at^sccfg=\"server_ip\"", "^SCCFG: \"SERVER_IP\",\"10.0.0.1\"\r\nOK");
  ask (f, "at^sccfg=\"auth_pass\"", "^SCCFG: \"AUTH_PASS\",\"***\"\r\nOK");
  ask (f, "at^scping=\"interval\",5", "OK");
  ask (f, "at^scping?", "^SCPING: \"HOST\",\"\"\r\n^SCPING: \"INTERVAL\",5\r\nOK");
  ask (f, "AT^SCWMBUS?", "ERROR"); /* no receiver is fitted */
}

/* bytes pass both ways; AMS has its records with number 4 meanwhile; the escape leads back */
static void
test_transparent (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const guint8 request[] = { 0x10, 0x5B, 0x01, 0x5C, 0x16 };
  g_autoptr (GBytes) power = amsel_hex_decode (POWER, -1, NULL);
  AtSession *other = at_session_new (f->terminal, "other", &OUTPUT, f);

  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  ask (f, "ATD1", "NO CARRIER"); /* nothing is behind it */
  ask (f, "ATD3", "ERROR");
  ask (f, "ATO", "NO CARRIER");
  ask (f, "ATDT2", "CONNECT");
  g_string_truncate (f->output, 0);
  at_session_receive (f->session, request, sizeof request);
  test_clock_advance (f->clock, 2 * SECOND);
  g_assert_cmpmem (f->output->str, f->output->len, g_bytes_get_data (power, NULL), g_bytes_get_size (power));

  g_string_truncate (f->output, 0);
  at_session_receive (other, (const guint8 *) "ATE0\rATD2\r", 10);
  g_assert_cmpstr (f->output->str, ==, "ATE0\r\r\nOK\r\n\r\nBUSY\r\n");
  at_session_close (other);

  test_clock_advance (f->clock, MINUTE);
  settle (f);
  g_string_truncate (f->output, 0);
  type (f, "+++");
  test_clock_advance (f->clock, SECOND / 2);
  g_assert_cmpstr (f->output->str, ==, "");
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\n");
  ask (f, "AT^SCDATA=\"GET_OLDEST\"", "^SCDATA: \"AMS\",1767225660,1,\"MBUS\",1,4,\"\",\"\"\r\nOK");
  ask (f, "ATO", "CONNECT");
  test_clock_advance (f->clock, SECOND);
  type (f, "+++");
  test_clock_advance (f->clock, 2 * SECOND);
  ask (f, "ATH", "OK");
  test_clock_advance (f->clock, MINUTE);
  settle (f);
  ask_part (f, "AT^SCDATA=\"GET_FILTERED\",\"ERROR_CODE==0\"",
            "^SCDATA: \"AMS\",1767225720,2,\"MBUS\",1,0,\"\",\"684B4B68");
}

/* a client that goes away in a data connection gives the port back */
static void
test_transparent_gone (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  ask (f, "ATD2", "CONNECT");
  at_session_close (f->session);
  f->session = at_session_new (f->terminal, "next", &OUTPUT, f);
  ask (f, "ATD2", "CONNECT");
}

/* who does not take his answer gets no more of it, and others are not held up */
static void
test_not_taken (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AtSession *other = at_session_new (f->terminal, "other", &OUTPUT, f);
  gsize length;

  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  test_clock_advance (f->clock, 100 * MINUTE);
  settle (f);
  f->queued = 1024 * 1024;
  g_string_truncate (f->output, 0);
  type (f, "AT^SCDATA=\"GET_OLDEST\",100\r");
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpuint (f->output->len, ==, strlen ("AT^SCDATA=\"GET_OLDEST\",100\r"));
  /* what he types meanwhile waits, up to a bound */
  for (guint i = 0; i < 2000; i++)
    type (f, "AT\r");
  g_assert_false (at_session_wants_input (f->session));
  for (guint i = 0; i < 100000; i++)
    type (f, "AT\r");
  g_assert_nonnull (strstr (f->log->str, "sends faster than it is answered"));
  g_string_truncate (f->output, 0);
  at_session_receive (other, (const guint8 *) "AT\r", 3);
  g_assert_cmpstr (f->output->str, ==, "AT\r\r\nOK\r\n");
  at_session_close (other);
  f->queued = 0;
  length = f->output->len;
  at_session_drained (f->session);
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpuint (f->output->len, >, length + 100 * strlen (POWER));
  g_assert_true (at_session_wants_input (f->session));
}

static void
test_bad_lines (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *longer = g_strnfill (100000, 'A');

  type (f, "ATE0\r");
  g_string_truncate (f->output, 0);
  type (f, longer);
  type (f, "\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nERROR\r\n");
  g_assert_nonnull (strstr (f->log->str, "more than 512 characters"));
  g_string_truncate (f->output, 0);
  type (f, "\x01\x02\xFE\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nERROR\r\n");
  g_assert_nonnull (strstr (f->log->str, "characters that no command has"));
  g_string_truncate (f->output, 0);
  type (f, "AT\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\n");
}

static void
test_login (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_session_require_login (f->session, "Admin", "2n");
  g_assert_cmpstr (f->output->str, ==, "\r\nAmsel AT terminal\r\nLogin:\r\n");
  g_string_truncate (f->output, 0);
  type (f, "Admin\rwrong\r");
  g_assert_cmpstr (f->output->str, ==, "Admin\r\r\nPassword:\r\n\r\nERROR\r\n\r\nLogin:\r\n");
  g_assert_nonnull (strstr (f->log->str, "wrong login or password"));
  g_assert_null (strstr (f->log->str, "2n"));
  g_string_truncate (f->output, 0);
  type (f, "Admin\r\n2n\r\nAT\r\n");
  g_assert_cmpstr (f->output->str, ==, "Admin\r\r\nPassword:\r\n\r\nOK\r\nAT\r\r\nOK\r\n");
}

/* a table that is not understood is set aside and told; the terminal begins anew */
static void
test_damaged_state (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *aside = g_strconcat (f->settings.state_file, ".damaged", NULL);

  ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  end_terminal (f);
  g_assert_true (g_file_set_contents (f->settings.state_file, "[meter 1]\nport=", -1, NULL));
  begin_terminal (f);
  g_assert_nonnull (strstr (f->log->str, "it is set aside as"));
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  ask (f, "AT^SCAMS?", "^SCAMS: \"ENABLE\",1\r\n^SCAMS: \"RETRY\",0\r\n^SCAMS: NO DEVICE\r\nOK");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/at/terminal/identity", test_identity);
  ADD ("/at/terminal/manners", test_manners);
  ADD ("/at/terminal/table", test_table);
  ADD ("/at/terminal/full-table", test_full_table);
  ADD ("/at/terminal/records", test_records);
  ADD ("/at/terminal/delete-only-listed", test_delete_only_listed);
  ADD ("/at/terminal/failed-records", test_failed_records);
  ADD ("/at/terminal/direct-read", test_direct_read);
  ADD ("/at/terminal/ports", test_ports);
  ADD ("/at/terminal/config", test_config);
  ADD ("/at/terminal/transparent", test_transparent);
  ADD ("/at/terminal/transparent-gone", test_transparent_gone);
  ADD ("/at/terminal/not-taken", test_not_taken);
  ADD ("/at/terminal/bad-lines", test_bad_lines);
  ADD ("/at/terminal/login", test_login);
  ADD ("/at/terminal/damaged-state", test_damaged_state);
  return g_test_run ();
}
