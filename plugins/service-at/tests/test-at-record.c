/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records, filters and the state: the documented lines byte for byte, and what is wrong in them. */
#include <glib/gstdio.h>
#include <string.h>

#include "at-filter.h"
#include "at-state.h"

#define WATER                                                                                                \
  "685E5E680800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A0001" \
  "00FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A2502027825021F16"
#define RADIO "1444B409466316140A077A9B0800000C1305000000" /* with its length byte, as protocols keep it */

static AmselReadout *
make_readout (const gchar *protocol, const gchar *meter, gint64 time_s, guint64 sequence, const gchar *hex,
              gint rssi_dbm, const gchar *domain, gint code)
{
  AmselReadoutInfo info = {
    .pipeline = "wired",
    .line = "mbus",
    .meter = meter,
    .protocol = protocol,
    .end_us = time_s * G_USEC_PER_SEC + 999999,
    .quality = hex != NULL ? AMSEL_QUALITY_GOOD : AMSEL_QUALITY_NO_READING,
    .error_domain = domain,
    .error_code = code,
  };
  g_autoptr (GBytes) bytes = hex != NULL ? amsel_hex_decode (hex, -1, NULL) : NULL;
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;

  if (bytes == NULL)
    return amsel_readout_new (&info, NULL, 0, sequence);
  frame = amsel_frame_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0, rssi_dbm);
  telegram = amsel_telegram_new (frame, 1);
  return amsel_readout_new (&info, &telegram, 1, sequence);
}

static AmselReadout *
make_water (void)
{
  return make_readout ("mbus", "1>*08031768@2400", 1449585962, 4, WATER, 0, NULL, 0);
}

static AmselReadout *
make_radio (void)
{
  return make_readout ("wmbus", "1>14166346", 1449586020, 5, RADIO, -68, NULL, 0);
}

static void
assert_record (AmselReadout *readout, const gchar *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (AtRecord) record = { 0 };

  at_record_init (&record, readout);
  at_record_write (&record, text);
  g_assert_cmpstr (text->str, ==, expected);
  amsel_readout_unref (readout);
}

static void
test_documented (void)
{
  assert_record (make_water (), "^SCDATA: \"AMS\",1449585962,4,\"MBUS\",1,0,\"\",\"" WATER "\"");
  assert_record (make_radio (),
                 "^SCDATA: \"WMBUS\",1449586020,5,-68,20,\"44B409466316140A077A9B0800000C1305000000\"");
}

/* what was decrypted on the way is remembered in plain */
static void
test_decrypted (void)
{
  static const guint8 SENT[] = { 7, 0x44, 1, 2, 3, 0xAA, 0xBB, 0xCC };
  static const guint8 PLAIN[] = { 7, 0x44, 1, 2, 3, 0x0C, 0x13, 0x05 };
  AmselReadoutInfo info = { .protocol = "wmbus", .meter = "1>14166346", .quality = AMSEL_QUALITY_GOOD };

  for (gint encryption = AMSEL_ENCRYPTION_NONE; encryption <= AMSEL_ENCRYPTION_NO_KEY; encryption++)
    {
      g_autoptr (AmselFrame) frame = amsel_frame_new (SENT, sizeof SENT, 0, -70);
      g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, 1);

      amsel_telegram_edit_header (telegram)->encryption = (AmselEncryption) encryption;
      if (encryption == AMSEL_ENCRYPTION_DECRYPTED)
        amsel_telegram_take_payload (telegram, g_memdup2 (PLAIN, sizeof PLAIN), sizeof PLAIN);
      assert_record (amsel_readout_new (&info, &telegram, 1, 9),
                     encryption == AMSEL_ENCRYPTION_DECRYPTED
                         ? "^SCDATA: \"WMBUS\",0,9,-70,7,\"440102030C1305\""
                         : "^SCDATA: \"WMBUS\",0,9,-70,7,\"44010203AABBCC\"");
    }
}

/* failed readings have their number of the AMS table and no data */
static void
test_failed (void)
{
  const struct
  {
    const gchar *domain;
    gint code;
    gint expected;
  } cases[] = {
    { "mbus-read", 131082, 131082 },
    { "mbus-frame", 131332, 131332 },
    { "ams", 3, 3 },
    { "transport", AMSEL_TRANSPORT_ERROR_BUSY, 4 },
    { "read", AMSEL_READ_ERROR_MISSED, 4 },
    { "read", AMSEL_READ_ERROR_SUSPENDED, 4 },
    { "read", AMSEL_READ_ERROR_CANCELLED, 131073 },
    { "something", 7, 131072 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree gchar *expected =
          g_strdup_printf ("^SCDATA: \"AMS\",7,9,\"MBUS\",12,%d,\"\",\"\"", cases[i].expected);

      assert_record (make_readout ("mbus", "12>5@2400", 7, 9, NULL, 0, cases[i].domain, cases[i].code),
                     expected);
    }
  assert_record (make_readout ("banana", "kitchen", 7, 9, NULL, 0, "ams", 3),
                 "^SCDATA: \"AMS\",7,9,\"Unknown\",0,3,\"\",\"\"");
  assert_record (make_readout ("ain-din", "2>1/PULSE/ABS", 7, 9, NULL, 0, "ams", 3),
                 "^SCDATA: \"AMS\",7,9,\"AIN_DIN\",2,3,\"\",\"\"");
}

static void
test_filter (void)
{
  const struct
  {
    const gchar *text;
    gint water; /* -1: not understood */
    gint radio;
  } cases[] = {
    { "", 1, 1 },
    { "RECORD_TYPE==AMS", 1, 0 },
    { "record_type == wmbus", 0, 1 },
    { "RECORD_TYPE=AMS", 1, 0 },
    { "RECORD_TYPE!=AMS", 0, 1 },
    { "TIME_STAMP>=1449585962;TIME_STAMP<1449586020", 1, 0 },
    { "SEQ_NUM>4", 0, 1 },
    { "SEQ_NUM<=4;", 1, 0 },
    { "PROTOCOL==MBUS;INDEX==1;ERROR_CODE==0;DEV_ID==", 1, 0 },
    { "RSSI<-60;LENGTH==20", 0, 1 },
    { "RSSI>-60", 0, 0 },
    { "DATA==*68170308*", 1, 0 },
    { "DATA==44B4*", 0, 1 },
    { "DATA==44B4", 0, 0 },
    { "SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0",
      1, 1 },
    { "SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;SEQ_NUM>0;"
      "INDEX>0",
      -1, -1 },
    { "COLOUR==RED", -1, -1 },
    { "SEQ_NUM", -1, -1 },
    { "SEQ_NUM==", -1, -1 },
    { "SEQ_NUM==one", -1, -1 },
    { "SEQ_NUM=<1", -1, -1 },
    { "PROTOCOL>MBUS", -1, -1 },
    { ";SEQ_NUM==1", -1, -1 },
    { "==1", -1, -1 },
  };
  g_autoptr (AmselReadout) water = make_water ();
  g_autoptr (AmselReadout) radio = make_radio ();
  g_auto (AtRecord) wired = { 0 };
  g_auto (AtRecord) wireless = { 0 };
  g_autofree AtFilter *filter = g_new0 (AtFilter, 1);
  g_autofree gchar *longer = g_strnfill (AT_FILTER_TEXT_MAX + 1, 'A');

  at_record_init (&wired, water);
  at_record_init (&wireless, radio);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (at_filter_parse (filter, cases[i].text), ==, cases[i].water >= 0);
      if (cases[i].water < 0)
        continue;
      g_assert_cmpint (at_filter_matches (filter, &wired), ==, cases[i].water);
      g_assert_cmpint (at_filter_matches (filter, &wireless), ==, cases[i].radio);
    }
  g_assert_false (at_filter_parse (filter, longer));
}

/* what is saved is found again, all of it */
static void
test_state (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-at-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "terminal.conf", NULL);
  g_autoptr (AtState) state = at_state_new ();
  g_autoptr (AtState) again = at_state_new ();
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_true (at_state_load (state, path, &error)); /* not there: as the factory made it */
  g_assert_true (state->enabled);
  state->enabled = FALSE;
  state->retry = 3;
  state->ports[1].baud = 300;
  state->ping_interval_min = 5;
  g_hash_table_insert (state->config, g_strdup ("SERVER_IP"), g_strdup ("a = \"b\"; #\\n"));
  g_ptr_array_add (state->meters, at_meter_new (2, "MBUS", "*15020416@2400", "1M"));
  g_ptr_array_add (state->meters, at_meter_new (128, "AIN_DIN", "1/PULSE/ABS", "5M"));
  g_ptr_array_add (state->wireless, at_wireless_new ("14166346", "15M", "000102030405060708090A0B0C0D0E0F"));
  g_assert_true (at_state_save (state, path, &error));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 077, ==, 0); /* there are keys in it */

  g_assert_true (at_state_load (again, path, &error));
  g_assert_false (again->enabled);
  g_assert_cmpuint (again->retry, ==, 3);
  g_assert_cmpuint (again->ports[1].baud, ==, 300);
  g_assert_cmpuint (again->ping_interval_min, ==, 5);
  g_assert_cmpstr (g_hash_table_lookup (again->config, "SERVER_IP"), ==, "a = \"b\"; #\\n");
  g_assert_cmpuint (again->meters->len, ==, 2);
  g_assert_cmpstr (((AtMeter *) again->meters->pdata[1])->address, ==, "1/PULSE/ABS");
  g_assert_cmpstr (((AtWireless *) again->wireless->pdata[0])->key, ==, "000102030405060708090A0B0C0D0E0F");

  g_unlink (path);
  g_rmdir (folder);
}

static void
test_state_bad (void)
{
  const gchar *const texts[] = {
    "garbage",
    "[terminal]\nretry=99\n",
    "[terminal]\nretry=x\n",
    "[meter 1]\nport=2\nprotocol=MBUS\naddress=300\ninterval=1M\n",
    "[meter 1]\nport=2\nprotocol=MBUS\naddress=1\ninterval=7M\n",
    "[meter 1]\nport=2\nprotocol=X\naddress=1\ninterval=1M\n",
    "[meter 1]\nprotocol=MBUS\naddress=1\ninterval=1M\n",
    "[port 3]\nbaud=300\n",
    "[port 2]\nbaud=1\n",
    "[wireless 1]\naddress=12345678\n",
  };
  g_autoptr (AtState) state = at_state_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", texts[i]);
      g_assert_false (at_state_parse (state, texts[i], strlen (texts[i]), &error));
      g_assert_nonnull (error);
      g_assert_cmpuint (state->meters->len, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/at/record/documented", test_documented);
  g_test_add_func ("/at/record/failed", test_failed);
  g_test_add_func ("/at/record/decrypted", test_decrypted);
  g_test_add_func ("/at/filter", test_filter);
  g_test_add_func ("/at/state", test_state);
  g_test_add_func ("/at/state/bad", test_state_bad);
  return g_test_run ();
}
