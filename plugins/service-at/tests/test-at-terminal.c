/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions of a terminal over a simulated bus, on a clock that the test moves: what is typed, and what comes
 * back byte for byte. */
#include <string.h>

#include "at-fixture.h"

static void
test_identity (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (f, "AT", "OK");
  at_fixture_ask (f, "ati4", "50-0663-0027\r\nOK");
  at_fixture_ask (f, "at+gsn", "50-0663-0027\r\nOK");
  at_fixture_ask (f, "AT+CGMI", "Amsel\r\nOK");
  at_fixture_ask (f, "AT+GMI=?", "OK");
  at_fixture_ask (f, "AT+GMI=1", "ERROR");
  at_fixture_ask (f, "ATI9", "ERROR");
  at_fixture_ask (f, "hello", "ERROR");
  at_fixture_ask (f, "AT^NOTHING?", "ERROR");
  at_fixture_ask (f, "ATZ", "OK");
}

/* echo off, numbers instead of words, nothing at all; each as a modem has it */
static void
test_manners (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_type (f, "ATE0\r");
  g_assert_cmpstr (f->output->str, ==, "ATE0\r\r\nOK\r\n");
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "AT\r\nATX\rATV0\rAT\rATX\rATI4\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\n\r\nERROR\r\n0\r0\r4\r50-0663-0027\r\n0\r");
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "ATQ1\rAT\rATX\rATI4\r");
  g_assert_cmpstr (f->output->str, ==, "50-0663-0027\r\n");
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "AT&F\rAT\n");
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\nAT\n\r\nOK\r\n");
}

static void
test_table (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (f, "AT^SCAMS?", "^SCAMS: \"ENABLE\",1\r\n^SCAMS: \"RETRY\",0\r\n^SCAMS: NO DEVICE\r\nOK");
  at_fixture_ask (f, "at^scams = \"enable\",0", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"RETRY\",2", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,\"mbus\",\"*15020416@2400\",\"1m\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"*15020416@2400\",\"1D\"", "ERROR"); /* it is there */
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",128,\"AIN_DIN\",\"1/PULSE/ABS\",\"5M\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",1,1,\"947834\",\"12H\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"251\",\"1M\"", "ERROR");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1\",\"7M\"", "ERROR");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",0,2,\"1\",\"1M\"", "ERROR");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1\"", "ERROR");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1\",\"1M\",5", "ERROR");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_INTERVAL\",\"ALL\",\"30m\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_INTERVAL\",3,\"1H\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_INTERVAL\",4,\"1H\"", "ERROR");
  at_fixture_ask (f, "AT^SCAMS?",
                  "^SCAMS: \"ENABLE\",0\r\n^SCAMS: \"RETRY\",2\r\n^SCAMS: \"DEV_CNT\",3\r\n"
                  "^SCAMS: 1> 2,\"MBUS\",\"*15020416@2400\",\"30M\"\r\n"
                  "^SCAMS: 2> 128,\"AIN_DIN\",\"1/PULSE/ABS\",\"30M\"\r\n"
                  "^SCAMS: 3> 1,\"IEC62056-21\",\"947834\",\"1H\"\r\nOK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_REMOVE\",1", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_REMOVE\",3", "ERROR");

  /* a restart: the table and the switch are there again */
  at_fixture_end_terminal (f);
  at_fixture_begin_terminal (f);
  at_fixture_ask (f, "AT^SCAMS?",
                  "^SCAMS: \"ENABLE\",0\r\n^SCAMS: \"RETRY\",2\r\n^SCAMS: \"DEV_CNT\",2\r\n"
                  "^SCAMS: 1> 128,\"AIN_DIN\",\"1/PULSE/ABS\",\"30M\"\r\n"
                  "^SCAMS: 2> 1,\"IEC62056-21\",\"947834\",\"1H\"\r\nOK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_CLEAR\"", "OK");
  at_fixture_ask (f, "AT^SCAMS?", "^SCAMS: \"ENABLE\",0\r\n^SCAMS: \"RETRY\",2\r\n^SCAMS: NO DEVICE\r\nOK");
}

static void
test_full_table (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 1; i <= 65; i++)
    {
      g_autofree gchar *command = g_strdup_printf ("AT^SCAMS=\"DEV_ADD\",2,2,\"%u@2400\",\"1D\"", i);

      at_fixture_ask (f, command, i <= 64 ? "OK" : "ERROR");
    }
}

/* records come on the boundaries of the clock, one for each meter and slot; reading does not remove them */
static void
test_records (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"*08031768@2400\",\"1M\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"2M\"", "OK");
  test_clock_advance (f->clock, 2 * MINUTE + 10 * SECOND);
  at_fixture_settle (f);
  at_fixture_ask (f, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA: \"MESS_CNT\",3\r\nOK");
  at_fixture_ask (f, "AT^SCDATA=\"GET_OLDEST\"",
                  "^SCDATA: \"AMS\",1767225661,1,\"MBUS\",1,0,\"\",\"" WATER "\"\r\nOK");
  at_fixture_ask (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==2\"",
                  "^SCDATA: \"AMS\",1767225721,3,\"MBUS\",2,0,\"\",\"" POWER "\"\r\nOK");
  at_fixture_ask (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==9\"", "OK");
  at_fixture_ask (f, "AT^SCDATA=\"GET_FILTERED\",\"COLOUR==RED\"", "ERROR");
  at_fixture_ask (f, "AT^SCDATA=\"GET_OLDEST\",0", "ERROR");
  at_fixture_ask (f, "AT^SCDATA=\"DEL_OLDEST\",2", "OK");
  at_fixture_ask (f, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA: \"MESS_CNT\",1\r\nOK");
  at_fixture_ask (f, "AT^SCDATA=\"GET_OLDEST\",100",
                  "^SCDATA: \"AMS\",1767225721,3,\"MBUS\",2,0,\"\",\"" POWER "\"\r\nOK");
  at_fixture_ask (f, "AT^SCDATA=\"DEL_ALL\"", "OK");
  at_fixture_ask (f, "AT^SCDATA=\"GET_OLDEST\",100", "OK");
  at_fixture_ask (f, "AT^SCDATA=\"DEL_OLDEST\"", "OK");
  /* the numbers go on */
  test_clock_advance (f->clock, MINUTE);
  at_fixture_settle (f);
  at_fixture_ask_part (f, "AT^SCDATA=\"GET_OLDEST\"",
                       "\r\n^SCDATA: \"AMS\",1767225780,4,\"MBUS\",1,0,\"\",\"685E5E68");
}

/* what was pushed out, or deleted by somebody else, between a listing and its deletion does not take others
 * with it that were never listed */
static void
test_delete_only_listed (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AtSession *other = at_session_new (f->terminal, "other", &AT_FIXTURE_OUTPUT, f);

  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  test_clock_advance (f->clock, 4 * MINUTE);
  at_fixture_settle (f);
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "ATE0\rAT^SCDATA=\"GET_OLDEST\",2\r");
  at_fixture_wait_answer (f, 0);
  at_session_receive (other, (const guint8 *) "ATE0\r", 5);
  g_string_truncate (f->output, 0);
  at_session_receive (other, (const guint8 *) "AT^SCDATA=\"DEL_OLDEST\",2\r", 25);
  at_fixture_wait_answer (f, 0);
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "AT^SCDATA=\"DEL_OLDEST\",2\r");
  at_fixture_wait_answer (f, 0);
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "AT^SCDATA=\"MESS_CNT\"\r");
  at_fixture_wait_answer (f, 0);
  g_assert_cmpstr (f->output->str, ==, "\r\n^SCDATA: \"MESS_CNT\",2\r\nOK\r\n");
  at_session_close (other);
}

/* a meter that is not there has records with its number and no data; protocols to come have number 3 */
static void
test_failed_records (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"7@2400\",\"1M\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,\"IEC62056-21\",\"947834\",\"1M\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",128,\"AIN_DIN\",\"1/PULSE/ABS\",\"5M\"", "OK");
  test_clock_advance (f->clock, MINUTE + 20 * SECOND);
  at_fixture_settle (f);
  at_fixture_ask (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==2\"",
                  "^SCDATA: \"AMS\",1767225660,1,\"IEC62056-21\",2,3,\"\",\"\"\r\nOK");
  at_fixture_ask_part (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==1;ERROR_CODE==131078;DATA==\"",
                       ",\"MBUS\",1,131078,\"\",\"\"\r\nOK\r\n");
  at_fixture_ask (f, "AT^SCDATA=\"GET_FILTERED\",\"INDEX==3\"", "OK");
}

static void
test_direct_read (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask_in (f, 10000, "AT^SCAMS=\"DIRECT_READ\",2,\"MBUS\",\"0@2400\"",
                     "^SCAMS: \"DIRECT_READ\",0,\"\",\"" WATER "\"\r\nOK");
  at_fixture_ask_in (f, 10000, "AT^SCAMS=\"DIRECT_READ\",2,\"MBUS\",\"7@2400\"",
                     "^SCAMS: \"DIRECT_READ\",131078,\"\",\"\"\r\nOK");
  at_fixture_ask (f, "AT^SCAMS=\"DIRECT_READ\",1,\"IEC62056-21\",\"947834\"",
                  "^SCAMS: \"DIRECT_READ\",3,\"\",\"\"\r\nOK");
  at_fixture_ask (f, "AT^SCAMS=\"DIRECT_READ\",2,\"MBUS\",\"*12\"", "ERROR");
  at_fixture_ask (f, "AT^SCDATA=\"MESS_CNT\"",
                  "^SCDATA: \"MESS_CNT\",0\r\nOK"); /* it is for who asks alone */
}

static void
test_ports (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (f, "at^scport2?",
                  "^SCPORT2: \"BAUDRATE\",2400\r\n^SCPORT2: \"DATA_BITS\",8\r\n^SCPORT2: \"STOP_BITS\",1\r\n"
                  "^SCPORT2: \"PARITY\",1\r\nOK");
  at_fixture_ask (f, "at^scport2=\"BAUDRATE\",300", "OK");
  at_fixture_ask (f, "at^scport2=\"PARITY\",0", "OK");
  at_fixture_ask (f, "at^scport2=\"BAUDRATE\",301", "ERROR");
  at_fixture_ask (f, "at^scport2=\"DATA_BITS\",9", "ERROR");
  at_fixture_ask (f, "at^scport3?", "ERROR");
  at_fixture_ask (f, "at^scport2=\"SRESTART\"", "OK");
  at_fixture_end_terminal (f);
  at_fixture_begin_terminal (f);
  at_fixture_ask (f, "at^scport2?",
                  "^SCPORT2: \"BAUDRATE\",300\r\n^SCPORT2: \"DATA_BITS\",8\r\n^SCPORT2: \"STOP_BITS\",1\r\n"
                  "^SCPORT2: \"PARITY\",0\r\nOK");
}

static void
test_config (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (f, "at^sccfg=\"server_ip\",\"10.0.0.1\"", "OK");
  at_fixture_ask (f, "at^sccfg=\"auth_pass\",\"secret\"", "OK");
  at_fixture_ask (f, "at^sccfg=\"server_port\",70000", "ERROR");
  at_fixture_ask (f, "at^sccfg=\"listenportcmd\",5", "ERROR");
  at_fixture_ask (f, "at^sccfg=\"save\"", "OK");
  at_fixture_ask (f, "at^sccfg=\"server_ip\"", "^SCCFG: \"SERVER_IP\",\"10.0.0.1\"\r\nOK");
  at_fixture_ask (f, "at^sccfg=\"auth_pass\"", "^SCCFG: \"AUTH_PASS\",\"***\"\r\nOK");
  at_fixture_ask (f, "at^scping=\"interval\",5", "OK");
  at_fixture_ask (f, "at^scping?", "^SCPING: \"HOST\",\"\"\r\n^SCPING: \"INTERVAL\",5\r\nOK");
  at_fixture_ask (f, "AT^SCWMBUS?", "ERROR"); /* no receiver is fitted */
}

/* bytes pass both ways; AMS has its records with number 4 meanwhile; the escape leads back */
static void
test_transparent (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const guint8 request[] = { 0x10, 0x5B, 0x01, 0x5C, 0x16 };
  g_autoptr (GBytes) power = amsel_hex_decode (POWER, -1, NULL);
  AtSession *other = at_session_new (f->terminal, "other", &AT_FIXTURE_OUTPUT, f);

  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  at_fixture_ask (f, "ATD1", "NO CARRIER"); /* nothing is behind it */
  at_fixture_ask (f, "ATD3", "ERROR");
  at_fixture_ask (f, "ATO", "NO CARRIER");
  at_fixture_ask (f, "ATDT2", "CONNECT");
  g_string_truncate (f->output, 0);
  at_session_receive (f->session, request, sizeof request);
  test_clock_advance (f->clock, 2 * SECOND);
  g_assert_cmpmem (f->output->str, f->output->len, g_bytes_get_data (power, NULL), g_bytes_get_size (power));

  g_string_truncate (f->output, 0);
  at_session_receive (other, (const guint8 *) "ATE0\rATD2\r", 10);
  g_assert_cmpstr (f->output->str, ==, "ATE0\r\r\nOK\r\n\r\nBUSY\r\n");
  at_session_close (other);

  test_clock_advance (f->clock, MINUTE);
  at_fixture_settle (f);
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "+++");
  test_clock_advance (f->clock, SECOND / 2);
  g_assert_cmpstr (f->output->str, ==, "");
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\n");
  at_fixture_ask (f, "AT^SCDATA=\"GET_OLDEST\"",
                  "^SCDATA: \"AMS\",1767225660,1,\"MBUS\",1,4,\"\",\"\"\r\nOK");
  at_fixture_ask (f, "ATO", "CONNECT");
  test_clock_advance (f->clock, SECOND);
  at_fixture_type (f, "+++");
  test_clock_advance (f->clock, 2 * SECOND);
  at_fixture_ask (f, "ATH", "OK");
  test_clock_advance (f->clock, MINUTE);
  at_fixture_settle (f);
  at_fixture_ask_part (f, "AT^SCDATA=\"GET_FILTERED\",\"ERROR_CODE==0\"",
                       "^SCDATA: \"AMS\",1767225720,2,\"MBUS\",1,0,\"\",\"684B4B68");
}

/* a client that goes away in a data connection gives the port back */
static void
test_transparent_gone (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (f, "ATD2", "CONNECT");
  at_session_close (f->session);
  f->session = at_session_new (f->terminal, "next", &AT_FIXTURE_OUTPUT, f);
  at_fixture_ask (f, "ATD2", "CONNECT");
}

/* who does not take his answer gets no more of it, and others are not held up */
static void
test_not_taken (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AtSession *other = at_session_new (f->terminal, "other", &AT_FIXTURE_OUTPUT, f);
  gsize length;

  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  test_clock_advance (f->clock, 100 * MINUTE);
  at_fixture_settle (f);
  f->queued = 1024 * 1024;
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "AT^SCDATA=\"GET_OLDEST\",100\r");
  test_clock_advance (f->clock, SECOND);
  g_assert_cmpuint (f->output->len, ==, strlen ("AT^SCDATA=\"GET_OLDEST\",100\r"));
  /* what he types meanwhile waits, up to a bound */
  for (guint i = 0; i < 2000; i++)
    at_fixture_type (f, "AT\r");
  g_assert_false (at_session_wants_input (f->session));
  for (guint i = 0; i < 100000; i++)
    at_fixture_type (f, "AT\r");
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
test_bad_lines (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *longer = g_strnfill (100000, 'A');

  at_fixture_type (f, "ATE0\r");
  g_string_truncate (f->output, 0);
  at_fixture_type (f, longer);
  at_fixture_type (f, "\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nERROR\r\n");
  g_assert_nonnull (strstr (f->log->str, "more than 512 characters"));
  g_string_truncate (f->output, 0);
  g_string_truncate (f->log, 0);
  at_fixture_type (f, "\x01\x02\xFE\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nERROR\r\n");
  g_assert_cmpstr (f->log->str, ==, ""); /* told once */
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "AT\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\n");
}

static void
test_login (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_session_require_login (f->session, "Admin", "2n");
  g_assert_cmpstr (f->output->str, ==, "\r\nAmsel AT terminal\r\nLogin:\r\n");
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "Admin\rwrong\r");
  g_assert_cmpstr (f->output->str, ==, "Admin\r\r\nPassword:\r\n\r\nERROR\r\n\r\nLogin:\r\n");
  g_assert_nonnull (strstr (f->log->str, "wrong login or password"));
  g_assert_null (strstr (f->log->str, "2n"));
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "Admin\r\n2n\r\nAT\r\n");
  g_assert_cmpstr (f->output->str, ==, "Admin\r\r\nPassword:\r\n\r\nOK\r\nAT\r\r\nOK\r\n");
}

/* a table that is not understood is set aside and told; the terminal begins anew */
static void
test_damaged_state (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *aside = g_strconcat (f->settings.state_file, ".damaged", NULL);

  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  at_fixture_end_terminal (f);
  g_assert_true (g_file_set_contents (f->settings.state_file, "[meter 1]\nport=", -1, NULL));
  at_fixture_begin_terminal (f);
  g_assert_nonnull (strstr (f->log->str, "it is set aside as"));
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  at_fixture_ask (f, "AT^SCAMS?", "^SCAMS: \"ENABLE\",1\r\n^SCAMS: \"RETRY\",0\r\n^SCAMS: NO DEVICE\r\nOK");
}

/* only meters of the table are stored, and no more often than their interval says; keys are not shown */
static void
test_wireless (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_end_terminal (f);
  f->settings.wireless = "radio";
  at_fixture_begin_terminal (f);
  at_fixture_ask (f, "AT^SCWMBUS?",
                  "^SCWMBUS: \"ENABLE\",0\r\n^SCWMBUS: \"DECRYPT\",0\r\n^SCWMBUS: NO DEVICE\r\nOK");
  mock_transport_inject (f->radio, "<1=a>");
  at_fixture_ask (f, "AT^SCWMBUS=\"DEV_ADD\",\"12345678\",\"5M\",\"000102030405060708090A0B0C0D0E0F\"", "OK");
  at_fixture_ask (f, "AT^SCWMBUS=\"DEV_ADD\",\"12345678\",\"5M\"", "ERROR");
  at_fixture_ask (f, "AT^SCWMBUS=\"DEV_ADD\",\"1234567\",\"5M\"", "ERROR");
  at_fixture_ask (f, "AT^SCWMBUS=\"DEV_ADD\",\"22345678\",\"5M\",\"00\"", "ERROR");
  mock_transport_inject (f->radio, "<1=b>"); /* it is off */
  at_fixture_ask (f, "AT^SCWMBUS=\"ENABLE\",1", "OK");
  at_fixture_ask (f, "AT^SCWMBUS?",
                  "^SCWMBUS: \"ENABLE\",1\r\n^SCWMBUS: \"DECRYPT\",0\r\n^SCWMBUS: \"DEV_CNT\",1\r\n"
                  "^SCWMBUS: 1> \"12345678\",\"5M\"\r\nOK");
  mock_transport_inject (f->radio, "<1=c>");
  mock_transport_inject (f->radio, "<2=x>"); /* a neighbour's */
  test_clock_advance (f->clock, MINUTE);
  mock_transport_inject (f->radio, "<1=d>"); /* too soon */
  test_clock_advance (f->clock, 5 * MINUTE);
  mock_transport_inject (f->radio, "<1=e>");
  at_fixture_settle (f);
  at_fixture_ask (f, "AT^SCDATA=\"GET_OLDEST\",9",
                  "^SCDATA: \"WMBUS\",1767225601,1,0,5,\"3C313D633E\"\r\n"
                  "^SCDATA: \"WMBUS\",1767225961,2,0,5,\"3C313D653E\"\r\nOK");
  at_fixture_ask (f, "AT^SCWMBUS=\"DEV_INTERVAL\",1,\"1H\"", "OK");
  at_fixture_ask (f, "AT^SCWMBUS=\"DEV_REMOVE\",1", "OK");
  at_fixture_ask (f, "AT^SCWMBUS=\"DEV_CLEAR\"", "OK");
}

/* the documented answers; table and memory are emptied first, and what is found is read from the next slot on
 */
static void
test_search (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask (f, "AT^SCAMS=\"DEV_ADD\",2,2,\"1@2400\",\"1M\"", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"ENABLE\",0", "OK");
  at_fixture_ask (f, "AT^SCAMS=\"ENABLE\",1", "OK");
  test_clock_advance (f->clock, MINUTE);
  at_fixture_settle (f);
  at_fixture_ask (f, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA: \"MESS_CNT\",1\r\nOK");
  at_fixture_ask_in (f, 50000, "at^scamsadd=2,2,\"default\",\"1m\",2",
                     "^SCAMSADD: 0,2,\"0,08031768;1,15020416\"\r\nOK");
  at_fixture_ask (f, "AT^SCAMS?",
                  "^SCAMS: \"ENABLE\",1\r\n^SCAMS: \"RETRY\",0\r\n^SCAMS: \"DEV_CNT\",2\r\n"
                  "^SCAMS: 1> 2,\"MBUS\",\"*08031768@2400\",\"1M\"\r\n"
                  "^SCAMS: 2> 2,\"MBUS\",\"*15020416@2400\",\"1M\"\r\nOK");
  at_fixture_ask (f, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA: \"MESS_CNT\",0\r\nOK");
  test_clock_advance (f->clock, MINUTE);
  at_fixture_settle (f);
  at_fixture_ask (f, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA: \"MESS_CNT\",2\r\nOK");
  at_fixture_ask_part (f, "AT^SCDATA=\"GET_OLDEST\"", ",2,\"MBUS\",1,0,\"\",\"685E5E68");
}

static void
test_search_other_number (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask_in (f, 50000, "AT^SCAMSADD=2,\"MBUS\",2400,\"1H\",3",
                     "^SCAMSADD: 65286,2,\"0,08031768;1,15020416\"\r\nOK");
  at_fixture_ask (f, "AT^SCAMSADD=2,2,9600,\"7M\",2", "ERROR");
  at_fixture_ask (f, "AT^SCAMSADD=2,2,\"slow\",\"1M\",2", "ERROR");
  at_fixture_ask (f, "AT^SCAMSADD=2,2,2400,\"1M\"", "ERROR");
  at_fixture_ask (f, "AT^SCAMSADD=2,\"X\",2400,\"1M\",2", "ERROR");
  at_fixture_ask (f, "AT^SCAMSADD=128,\"AIN_DIN\",2400,\"1M\",2", "^SCAMSADD: 3,0,\"\"\r\nOK");
  /* what was refused has emptied nothing */
  at_fixture_ask_part (f, "AT^SCAMS?", "\"DEV_CNT\",2");
}

static void
test_search_one_missing (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask_in (f, 50000, "at^scamsadd=2,2,\"default\",\"1m\",2",
                     "^SCAMSADD: 65286,1,\"0,08031768\"\r\nOK");
}

static void
test_search_twins (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  at_fixture_ask_in (f, 50000, "at^scamsadd=2,2,\"default\",\"1m\",2", "^SCAMSADD: 131094,0,\"\"\r\nOK");
  at_fixture_ask_part (f, "AT^SCAMS?", "NO DEVICE");
}

/* any key ends it, but no second half of a line end and no talk of telnet; nothing is shown meanwhile */
static void
test_search_key (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AtSession *other;

  at_fixture_type (f, "ATE0\r");
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "AT^SCAMSADD=2,2,2400,\"1M\",2\r");
  at_fixture_type (f, "\n\xFF\xFB\x01");
  for (guint i = 0; i < 20; i++)
    {
      test_clock_advance (f->clock, 10000);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpstr (f->output->str, ==, "");
  other = at_session_new (f->terminal, "other", &AT_FIXTURE_OUTPUT, f);
  at_session_receive (other, (const guint8 *) "ATE0\rAT^SCAMS=\"ENABLE\",1\rATD2\r", 30);
  g_assert_cmpstr (f->output->str, ==, "ATE0\r\r\nOK\r\n\r\nERROR\r\n\r\nBUSY\r\n");
  at_session_close (other);
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "x");
  at_fixture_wait_answer (f, 10000);
  g_assert_true (g_str_has_prefix (f->output->str, "\r\n^SCAMSADD: 131073,"));
  g_string_truncate (f->output, 0);
  at_fixture_type (f, "AT\r");
  g_assert_cmpstr (f->output->str, ==, "\r\nOK\r\n");
}

/* who goes away while it searches ends it, and the next one finds a terminal that obeys */
static void
test_search_gone (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 end_us;

  at_fixture_type (f, "AT^SCAMSADD=2,2,2400,\"1M\",2\r");
  test_clock_advance (f->clock, SECOND);
  at_session_close (f->session);
  f->session = at_session_new (f->terminal, "next", &AT_FIXTURE_OUTPUT, f);
  end_us = g_get_monotonic_time () + 20 * SECOND; /* the store's thread goes by no clock of ours */
  while (f->terminal->is_searching && g_get_monotonic_time () < end_us)
    {
      test_clock_advance (f->clock, 10000);
      g_main_context_iteration (NULL, FALSE);
    }
  at_fixture_ask_in (f, 50000, "AT^SCAMSADD=2,2,2400,\"1M\",2",
                     "^SCAMSADD: 0,2,\"0,08031768;1,15020416\"\r\nOK");
}

static void
test_search_line_lost (AtFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  simulator_transport_lose (TEST_SIMULATOR_TRANSPORT (f->bus));
  at_fixture_ask_in (f, 10000, "AT^SCAMSADD=2,2,2400,\"1M\",2", "^SCAMSADD: 4,0,\"\"\r\nOK");
}

#define ADD(path, func) g_test_add (path, AtFixture, NULL, at_fixture_set_up, func, at_fixture_tear_down)

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
  ADD ("/at/terminal/wireless", test_wireless);
  ADD ("/at/terminal/search", test_search);
  ADD ("/at/terminal/search/other-number", test_search_other_number);
  ADD ("/at/terminal/search/key", test_search_key);
  ADD ("/at/terminal/search/gone", test_search_gone);
  ADD ("/at/terminal/search/line-lost", test_search_line_lost);
  g_test_add ("/at/terminal/search/one-missing", AtFixture, "one", at_fixture_set_up, test_search_one_missing,
              at_fixture_tear_down);
  g_test_add ("/at/terminal/search/twins", AtFixture, "twins", at_fixture_set_up, test_search_twins,
              at_fixture_tear_down);
  return g_test_run ();
}
