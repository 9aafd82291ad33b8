/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline that listens to wireless meters, on a moved clock: whose telegrams count, copies, keys that are
 * missing, meters that fall silent, and strangers. */
#include <glib/gstdio.h>
#include <string.h>

#include "mbus-meter.h"
#include "mbus-protocol.h"
#include "pipeline-fixture.h"
#include "wmbus-encoder.h"
#include "wmbus-meter.h"
#include "wmbus-protocol.h"
#include "wmbus-receiver.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

#define EPOCH_US PIPELINE_FIXTURE_EPOCH_US

#define RECORDS "0C1378563412"

static const guint8 KEY[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void
set_up (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  pipeline_fixture_begin (
      f, g_object_new (WMBUS_TYPE_PROTOCOL, "receiver", wmbus_receiver_get_value ("hex"), NULL));
  g_object_set (f->pipeline, "listen", TRUE, NULL);
  test_clock_advance (f->clock, 0);
}

static void
add_meter (PipelineFixture *f, const gchar *name, const gchar *address, const gchar *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselMeter) meter =
      g_object_new (WMBUS_TYPE_METER, "name", name, "address", address, "key", key, NULL);

  g_assert_true (amsel_pipeline_add_meter (f->pipeline, meter, &error));
  g_assert_no_error (error);
}

/* A telegram as a line of digits. */
static void
inject (PipelineFixture *f, const WmbusPlan *plan, const gchar *records)
{
  g_autoptr (GByteArray) bytes = wmbus_encode_hex (plan, records);
  g_autofree gchar *digits = amsel_hex_encode (bytes->data, bytes->len);
  g_autofree gchar *line = g_strconcat (digits, "\n", NULL);

  mock_transport_inject (f->transport, line);
}

static void
send_records (PipelineFixture *f, guint32 id, guint8 access_number, guint mode, guint8 c,
              const gchar *records)
{
  const WmbusPlan plan = { .c = c,
                           .sender = wmbus_encode_identity ("AMS", id, 0x33, 0x07),
                           .access_number = access_number,
                           .mode = mode,
                           .key = KEY };

  inject (f, &plan, records);
}

static void
send (PipelineFixture *f, guint32 id, guint8 access_number, guint mode, guint8 c)
{
  send_records (f, id, access_number, mode, c, RECORDS);
}

static const AmselReadoutInfo *
get_last (PipelineFixture *f)
{
  g_assert_cmpuint (f->readouts->len, >, 0);
  return amsel_readout_get_info (g_ptr_array_index (f->readouts, f->readouts->len - 1));
}

/* by a whole address, by a wildcard, and not at all */
static void
test_senders (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) heard = NULL;
  const AmselHeard *stranger;

  add_meter (f, "kitchen", "11111111", NULL);
  add_meter (f, "any-2", "2FFFFFFF.AMS", NULL);
  amsel_pipeline_start (f->pipeline);
  send (f, 0x11111111, 1, 0, 0);
  g_assert_cmpstr (get_last (f)->meter, ==, "kitchen");
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
  send (f, 0x23456789, 1, 0, 0);
  g_assert_cmpstr (get_last (f)->meter, ==, "any-2");
  test_clock_advance (f->clock, SECOND);
  send (f, 0x33333333, 1, 5, 0);
  send (f, 0x33333333, 2, 5, 0);
  g_assert_cmpuint (f->readouts->len, ==, 2);

  heard = amsel_pipeline_list_heard (f->pipeline);
  g_ptr_array_set_free_func (heard, (GDestroyNotify) amsel_heard_free);
  g_assert_cmpuint (heard->len, ==, 3);
  stranger = g_ptr_array_index (heard, 2);
  g_assert_cmphex (stranger->identity.id, ==, 0x33333333);
  g_assert_null (stranger->meter);
  g_assert_cmpuint (stranger->n_telegrams, ==, 2);
}

/* a stranger's telegrams are known to be encrypted although nobody reads them */
static void
test_strangers (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) heard = NULL;

  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  send (f, 0x33333333, 1, 5, 0);
  test_clock_advance (f->clock, SECOND);
  send (f, 0x44444444, 1, 0, 0);
  g_assert_cmpuint (f->readouts->len, ==, 0);
  g_assert_cmpstr (f->notices->str, ==, "");
  heard = amsel_pipeline_list_heard (f->pipeline);
  g_ptr_array_set_free_func (heard, (GDestroyNotify) amsel_heard_free);
  g_assert_cmpuint (heard->len, ==, 2);
  g_assert_cmpint (((AmselHeard *) g_ptr_array_index (heard, 0))->encryption, ==, AMSEL_ENCRYPTION_NO_KEY);
  g_assert_cmpint (((AmselHeard *) g_ptr_array_index (heard, 1))->encryption, ==, AMSEL_ENCRYPTION_NONE);
}

/* repeaters of a busy place come late, and find none of the telegrams in between forgotten */
static void
test_many_copies (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_pipeline_start (f->pipeline);
  for (guint round = 0; round < 2; round++)
    {
      for (guint32 i = 0; i < 4000; i++)
        send (f, i, 1, 0, 0x44);
      test_clock_advance (f->clock, 20 * SECOND);
      g_assert_cmpuint (f->readouts->len, ==, 4000);
    }
}

/* without a list everybody counts, by his number */
static void
test_everybody (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_pipeline_start (f->pipeline);
  send (f, 0x11111111, 1, 0, 0);
  g_assert_cmpstr (get_last (f)->meter, ==, "11111111");
}

/* the same telegram from a repeater is left out, and taken again when it is old */
static void
test_copies (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  send (f, 0x11111111, 1, 0, 0x44);
  send (f, 0x11111111, 1, 0, 0x44);
  send (f, 0x11111111, 1, 0, 0xC4);
  g_assert_cmpuint (f->readouts->len, ==, 1);
  send (f, 0x11111111, 2, 0, 0x44);
  g_assert_cmpuint (f->readouts->len, ==, 2);
  test_clock_advance (f->clock, MINUTE);
  send (f, 0x11111111, 1, 0, 0x44);
  g_assert_cmpuint (f->readouts->len, ==, 3);
  /* many others in between push nothing out too early, and nothing is kept for ever */
  for (guint i = 0; i < 5000; i++)
    send (f, 0x11111111, (guint8) i, i % 2 == 0 ? 0 : 5, 0x44);
}

static void
test_interval (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "interval-min", MINUTE, NULL);
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint i = 0; i < 10; i++)
    {
      send (f, 0x11111111, (guint8) i, 0, 0);
      test_clock_advance (f->clock, 16 * SECOND);
    }
  g_assert_cmpuint (f->readouts->len, ==, 3);
}

/* what cannot be read is kept with its reason; the reason is said once, and again when it is another one */
static void
test_faults (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gsize length;
  AmselTelegram *const *telegrams;

  add_meter (f, "kitchen", "11111111", NULL);
  add_meter (f, "bath", "22222222", "000102030405060708090A0B0C0D0E0F");
  amsel_pipeline_start (f->pipeline);
  for (guint8 i = 0; i < 5; i++)
    send (f, 0x11111111, i, 5, 0);
  g_assert_cmpuint (f->readouts->len, ==, 5);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_UNREADABLE);
  g_assert_cmpstr (get_last (f)->error_domain, ==, "security");
  g_assert_cmpstr (f->notices->str, ==, "meter kitchen: security mode 5: there is no key for this meter\n");
  telegrams = amsel_readout_get_telegrams (g_ptr_array_index (f->readouts, 4), &length);
  g_assert_cmpuint (length, ==, 1);
  amsel_frame_get_data (amsel_telegram_get_frame (telegrams[0]), &length);
  g_assert_cmpuint (length, ==, 31);
  send (f, 0x11111111, 9, 0, 0);
  g_assert_nonnull (strstr (f->notices->str, "meter kitchen: can be read again, after 5 telegrams"));
  send (f, 0x22222222, 1, 5, 0);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
  send (f, 0x22222222, 2, 0, 0);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_UNREADABLE);
  g_assert_nonnull (strstr (f->notices->str, "meter bath: the telegram is plain, but there is a key"));
}

/* a meter that is not heard gets one readout that says so, and one sentence when it is heard again */
static void
test_silence (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "silent-after", 10 * MINUTE, NULL);
  add_meter (f, "kitchen", "11111111", NULL);
  add_meter (f, "bath", "22222222", NULL);
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, 8 * MINUTE);
  send (f, 0x11111111, 1, 0, 0);
  test_clock_advance (f->clock, 5 * MINUTE);
  g_assert_cmpuint (f->readouts->len, ==, 2);
  g_assert_cmpstr (get_last (f)->meter, ==, "bath");
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_NO_READING);
  test_clock_advance (f->clock, 2 * MINUTE);
  g_assert_cmpuint (f->readouts->len, ==, 2);
  test_clock_advance (f->clock, 24 * 60 * MINUTE);
  g_assert_cmpuint (f->readouts->len, ==, 3);
  g_assert_cmpstr (get_last (f)->meter, ==, "kitchen");
  send (f, 0x22222222, 1, 0, 0);
  g_assert_nonnull (strstr (f->notices->str, "meter bath: is heard again"));
}

/* a clock that is set silences nobody, keeps no telegram out and lets none in too soon */
static void
test_clock_jumps (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "silent-after", 10 * MINUTE, "interval-min", MINUTE, NULL);
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  send (f, 0x11111111, 1, 0, 0);
  test_clock_set_real (f->clock, EPOCH_US + 48 * 60 * MINUTE);
  test_clock_advance (f->clock, 5 * MINUTE);
  g_assert_cmpuint (f->readouts->len, ==, 1);
  send (f, 0x11111111, 2, 0, 0);
  test_clock_set_real (f->clock, EPOCH_US - 48 * 60 * MINUTE);
  send (f, 0x11111111, 3, 0, 0);
  g_assert_cmpuint (f->readouts->len, ==, 2);
  test_clock_advance (f->clock, MINUTE);
  send (f, 0x11111111, 4, 0, 0);
  g_assert_cmpuint (f->readouts->len, ==, 3);
}

/* The values of the last readout: "12345.678 12000.000(-60)", with the seconds since which each is known. */
static gchar *
list_last (PipelineFixture *f)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AmselReadout *readout = g_ptr_array_index (f->readouts, f->readouts->len - 1);

  for (guint i = 0; i < amsel_readout_get_n_telegrams (readout); i++)
    {
      const AmselTelegram *telegram = amsel_readout_get_telegram (readout, i);
      gint64 received_us = amsel_frame_get_received_us (amsel_telegram_get_frame (telegram));

      g_assert_cmpint (amsel_readout_is_joined (readout, i), ==, i > 0);
      for (guint k = 0; k < amsel_telegram_get_n_records (telegram); k++)
        {
          g_autofree gchar *value = amsel_telegram_get_value_text (telegram, k);

          g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", value);
          if (amsel_readout_is_joined (readout, i))
            g_string_append_printf (text, "(%d)",
                                    (gint) ((received_us - amsel_readout_get_end_us (readout)) / SECOND));
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_last (PipelineFixture *f, const gchar *expected)
{
  g_autofree gchar *values = list_last (f);

  g_assert_cmpstr (values, ==, expected);
}

/* storage 1 */
#define RECORDS_OF_MONTH "4C1300000012"

/* complete readings: what comes too soon for a readout is in the next one; what cannot be read stands alone
 */
static void
test_joined (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "interval-min", MINUTE, "join-time", 10 * MINUTE, NULL);
  add_meter (f, "all", "FFFFFFFF", NULL);
  add_meter (f, "kitchen", "11111111", "000102030405060708090A0B0C0D0E0F");
  amsel_pipeline_start (f->pipeline);
  send (f, 0x11111111, 1, 5, 0);
  assert_last (f, "12345.678");
  test_clock_advance (f->clock, 30 * SECOND);
  send_records (f, 0x11111111, 2, 5, 0, RECORDS_OF_MONTH);
  g_assert_cmpuint (f->readouts->len, ==, 1);
  test_clock_advance (f->clock, 30 * SECOND);
  send (f, 0x11111111, 3, 5, 0);
  assert_last (f, "12345.678 12000.000(-30)");
  test_clock_advance (f->clock, MINUTE);
  /* another meter of a wildcard has nothing of it */
  send_records (f, 0x22222222, 1, 0, 0, RECORDS_OF_MONTH);
  assert_last (f, "12000.000");
  /* it is plain, and refused */
  send (f, 0x11111111, 4, 0, 0);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_UNREADABLE);
  g_assert_cmpuint (amsel_readout_get_n_telegrams (g_ptr_array_index (f->readouts, 3)), ==, 1);
  test_clock_advance (f->clock, 9 * MINUTE);
  send (f, 0x11111111, 5, 5, 0);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
  assert_last (f, "12345.678");
}

/* another pipeline goes on with what the first one has emitted */
static void
test_recalled (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "join-time", 10 * MINUTE, NULL);
  amsel_pipeline_start (f->pipeline);
  send_records (f, 0x11111111, 1, 0, 0, RECORDS_OF_MONTH);
  test_clock_advance (f->clock, MINUTE);
  send (f, 0x11111111, 2, 0, 0);
  send (f, 0x22222222, 3, 5, 0);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_UNREADABLE);
  pipeline_fixture_restart (f, NULL);
  g_object_set (f->pipeline, "listen", TRUE, "join-time", 10 * MINUTE, NULL);
  for (guint i = 0; i < f->readouts->len; i++)
    amsel_pipeline_recall (f->pipeline, g_ptr_array_index (f->readouts, i));
  amsel_pipeline_start (f->pipeline);
  test_clock_advance (f->clock, MINUTE);
  send (f, 0x11111111, 3, 0, 0);
  assert_last (f, "12345.678 12000.000(-120)");
  test_clock_advance (f->clock, 9 * MINUTE);
  send (f, 0x11111111, 4, 0, 0);
  assert_last (f, "12345.678");
}

/* too little memory is said once */
static void
test_join_memory (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "join-time", 10 * MINUTE, "join-memory", (gint64) 64 * 1024, NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint32 i = 0; i < 1000; i++)
    send (f, i, 1, 0, 0);
  g_assert_cmpuint (f->readouts->len, ==, 1000);
  g_assert_true (g_str_has_prefix (f->notices->str, "“join-memory” is too little"));
  g_assert_true (strchr (f->notices->str, '\n') == f->notices->str + f->notices->len - 1);
}

/* one entry for many meters: each has its own interval, its own faults and its own silence */
static void
test_many_of_one_entry (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "interval-min", MINUTE, "silent-after", 10 * MINUTE, NULL);
  add_meter (f, "all", "FFFFFFFF", NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint8 i = 0; i < 4; i++)
    {
      send (f, 0x11111111, i, 0, 0);
      send (f, 0x22222222, i, 5, 0);
      send (f, 0x33333333, i, 0, 0);
      g_assert_cmpuint (f->readouts->len, ==, 3 * (i + 1u));
      send (f, 0x33333333, (guint8) (100 + i), 0, 0);
      send (f, 0x22222222, (guint8) (100 + i), 5, 0);
      g_assert_cmpuint (f->readouts->len, ==, 3 * (i + 1u));
      test_clock_advance (f->clock, 2 * MINUTE);
    }
  g_assert_cmpstr (f->notices->str, ==,
                   "meter all (22222222.AMS.33.07): security mode 5: there is no key for this meter\n");
  for (guint8 i = 10; i < 20; i++)
    {
      send (f, 0x11111111, i, 0, 0);
      test_clock_advance (f->clock, 2 * MINUTE);
    }
  g_assert_cmpuint (f->readouts->len, ==, 12 + 10 + 2);
  g_assert_nonnull (strstr (f->notices->str, "meter all (22222222.AMS.33.07): not heard for"));
  g_assert_nonnull (strstr (f->notices->str, "meter all (33333333.AMS.33.07): not heard for"));
  g_assert_null (strstr (f->notices->str, "(11111111.AMS.33.07): not heard"));
  send (f, 0x33333333, 99, 0, 0);
  g_assert_nonnull (strstr (f->notices->str, "meter all (33333333.AMS.33.07): is heard again"));
}

/* without a list the interval counts for each meter too, and so do faults */
static void
test_interval_of_everybody (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "interval-min", MINUTE, NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint8 i = 0; i < 3; i++)
    {
      send (f, 0x11111111, i, 0, 0);
      send (f, 0x22222222, i, 5, 0);
    }
  g_assert_cmpuint (f->readouts->len, ==, 2);
  g_assert_cmpstr (f->notices->str, ==, "meter 22222222: security mode 5: there is no key for this meter\n");
}

/* a telegram that cannot be read, which anybody can send, keeps no other one out */
static void
test_interval_of_forged (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "interval-min", 60 * MINUTE, NULL);
  add_meter (f, "bath", "22222222", "000102030405060708090A0B0C0D0E0F");
  amsel_pipeline_start (f->pipeline);
  send (f, 0x22222222, 1, 0, 0);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_UNREADABLE);
  send (f, 0x22222222, 2, 0, 0);
  g_assert_cmpuint (f->readouts->len, ==, 1);
  send (f, 0x22222222, 3, 5, 0);
  g_assert_cmpuint (f->readouts->len, ==, 2);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
  send (f, 0x22222222, 4, 5, 0);
  g_assert_cmpuint (f->readouts->len, ==, 2);
}

/* a message in fragments is one telegram for the interval */
static void
test_interval_of_fragments (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const gchar *const fragments[] = {
    "1344B305111111113307900201407A000000000C\n",
    "1044B30511111111330790020240137856\n",
    "0F44B305111111113307900203003412\n",
  };

  g_object_set (f->pipeline, "interval-min", 60 * MINUTE, NULL);
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint round = 0; round < 2; round++)
    {
      for (guint n = 0; n < G_N_ELEMENTS (fragments); n++)
        mock_transport_inject (f->transport, fragments[n]);
      g_assert_cmpuint (f->readouts->len, ==, 3);
      g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
      test_clock_advance (f->clock, MINUTE);
    }
}

/* a meter that is heard is not silent, whether or not its telegrams count; one that was just added is not
 * either */
static void
test_silence_and_interval (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_object_set (f->pipeline, "silent-after", 10 * MINUTE, "interval-min", 60 * MINUTE, NULL);
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint8 i = 0; i < 50; i++)
    {
      send (f, 0x11111111, i, 0, 0);
      test_clock_advance (f->clock, MINUTE);
    }
  add_meter (f, "late", "22222222", NULL);
  for (guint8 i = 50; i < 55; i++)
    {
      send (f, 0x11111111, i, 0, 0);
      test_clock_advance (f->clock, MINUTE);
    }
  g_assert_cmpstr (f->notices->str, ==, "");
  g_assert_cmpuint (f->readouts->len, ==, 1);
}

/* a fault of another layer is another fault, also where both have the same number */
static void
test_faults_of_layers (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  send (f, 0x11111111, 1, 5, 0);
  /* an extended link layer that ends after its first byte: premature-end has the number of no-key */
  mock_transport_inject (f->transport, "0B44B3051111111133078C00\n");
  g_assert_cmpuint (f->readouts->len, ==, 2);
  g_assert_nonnull (strstr (f->notices->str, "there is no key"));
  g_assert_nonnull (strstr (f->notices->str, "ends at byte 12, within its extended link layer"));
}

static void
on_line_notice (PipelineFixture *f, const gchar *message)
{
  g_string_append_printf (f->notices, "line: %s\n", message);
}

static guint
count (const gchar *text, const gchar *word)
{
  guint n = 0;

  for (const gchar *at = strstr (text, word); at != NULL; at = strstr (at + 1, word))
    n++;
  return n;
}

/* what is no telegram is said once for each fault, counted, and the next telegram is read */
static void
test_tally (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_signal_connect_swapped (f->line, "notice", G_CALLBACK (on_line_notice), f);
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint8 i = 0; i < 3; i++)
    {
      mock_transport_inject (f->transport, "what is this?\n");
      mock_transport_inject (f->transport, "1444B409466316140A0741D97A9B0800000C1305000000F8B1\n");
      send (f, 0x11111111, i, 0, 0);
      g_assert_cmpuint (f->readouts->len, ==, i + 1u);
    }
  send (f, 0x11111111, 0, 0, 0);
  g_assert_cmpuint (count (f->notices->str, "expected a hexadecimal digit; from now on this is only counted"),
                    ==, 1);
  g_assert_cmpuint (count (f->notices->str, "do not fit the CRC behind them"), ==, 1);
  g_assert_cmpuint (count (f->notices->str, "\n"), ==, 2);
  amsel_pipeline_stop (f->pipeline);
  g_assert_nonnull (strstr (f->notices->str, "line: heard 4 telegrams, wrong-digit 3, wrong-crc 3 ("));
  g_assert_nonnull (strstr (f->notices->str, "\n1 copies of telegrams were left out\n"));
}

/* Two thirds of a telegram, and then another one. */
static void
send_cut (PipelineFixture *f, guint8 access_number, gint64 pause_us)
{
  const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x11111111, 0x33, 0x07),
                           .access_number = access_number };
  const WmbusPlan next = { .sender = wmbus_encode_identity ("AMS", 0x11111111, 0x33, 0x07),
                           .access_number = (guint8) (access_number + 1) };
  g_autoptr (GByteArray) cut = wmbus_encode_hex (&plan, RECORDS);
  g_autoptr (GByteArray) whole = wmbus_encode_hex (&next, RECORDS);

  mock_transport_inject_bytes (f->transport, cut->data, cut->len * 2 / 3);
  test_clock_advance (f->clock, pause_us);
  mock_transport_inject_bytes (f->transport, whole->data, whole->len);
}

/* bytes of a message that was broken off are not joined with the next one, which would be wrong and look
 * right */
static void
test_broken_off (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_signal_connect_swapped (f->line, "notice", G_CALLBACK (on_line_notice), f);
  g_object_set (f->protocol, "receiver", wmbus_receiver_get_value ("raw"), NULL);
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint8 i = 0; i < 6; i += 2)
    {
      send_cut (f, i, 5 * SECOND);
      g_assert_cmpuint (f->readouts->len, ==, i / 2 + 1u);
      g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
    }
  g_assert_cmpuint (count (f->notices->str, "the rest of a message did not come"), ==, 1);
  /* with datagrams there need not be a pause */
  mock_transport_set_whole (f->transport, TRUE);
  send_cut (f, 10, 0);
  g_assert_cmpuint (f->readouts->len, ==, 4);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
}

/* two receivers hear the same house: what both hear counts once, whoever was first */
static void
test_two_lines (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (MockTransport) other = mock_transport_new (f->clock);
  g_autoptr (AmselLine) line = amsel_line_new ("roof", AMSEL_TRANSPORT (other));
  MockTransport *cellar = f->transport;

  amsel_pipeline_add_line (f->pipeline, line);
  amsel_line_start (line);
  test_clock_advance (f->clock, 0);
  add_meter (f, "kitchen", "11111111", NULL);
  amsel_pipeline_start (f->pipeline);
  for (guint8 i = 0; i < 4; i++)
    {
      f->transport = i % 2 == 0 ? other : cellar;
      send (f, 0x11111111, i, 0, 0x44);
      g_assert_cmpstr (get_last (f)->line, ==, i % 2 == 0 ? "roof" : "cellar");
      f->transport = i % 2 == 0 ? cellar : other;
      send (f, 0x11111111, i, 0, 0xC4);
      g_assert_cmpuint (f->readouts->len, ==, i + 1u);
    }
  f->transport = cellar;
  amsel_pipeline_stop (f->pipeline);
  amsel_line_stop (line);
  test_clock_advance (f->clock, 0);
}

/* A telegram whose message counter is checked. */
static void
send_counted (PipelineFixture *f, guint32 counter)
{
  const WmbusPlan plan = { .sender = wmbus_encode_identity ("AMS", 0x11111111, 0x33, 0x07),
                           .mode = 7,
                           .afl = TRUE,
                           .counter = counter,
                           .key = KEY };

  inject (f, &plan, RECORDS);
}

static AmselProtocol *
new_refusing (const gchar *path)
{
  return g_object_new (WMBUS_TYPE_PROTOCOL, "receiver", wmbus_receiver_get_value ("hex"), "refuse-replays",
                       TRUE, "key", "000102030405060708090A0B0C0D0E0F", "counters", path, NULL);
}

/* Ends the program as a signal does that cannot be caught, and starts it again with what is in its file: what
 * is written when it ends is taken back. */
static void
restart (PipelineFixture *f, const gchar *path)
{
  g_autofree gchar *text = NULL;
  gsize length = 0;
  gboolean was_there = g_file_get_contents (path, &text, &length, NULL);

  pipeline_fixture_restart (f, g_object_new (WMBUS_TYPE_PROTOCOL, NULL));
  if (was_there)
    g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));
  else
    g_remove (path);
  pipeline_fixture_restart (f, new_refusing (path));
  g_object_set (f->pipeline, "listen", TRUE, NULL);
  amsel_pipeline_start (f->pipeline);
}

/* what was heard ten seconds before the program was killed is refused when it is heard after that */
static void
test_replays (PipelineFixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *folder = g_dir_make_tmp ("amsel-replays-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "counters", NULL);

  restart (f, path);
  g_assert_nonnull (strstr (f->notices->str, "counters: it is not there"));
  g_string_truncate (f->notices, 0);
  send_counted (f, 5);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  test_clock_advance (f->clock, 10 * SECOND);
  restart (f, path);
  send_counted (f, 5);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_UNREADABLE);
  g_assert_nonnull (strstr (get_last (f)->error_message, "was sent before"));
  send_counted (f, 6);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
  /* the window that is open: what came a moment before */
  restart (f, path);
  send_counted (f, 6);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_GOOD);
  /* a program that ends in good order has none */
  amsel_pipeline_stop (f->pipeline);
  restart (f, path);
  send_counted (f, 6);
  g_assert_cmpint (get_last (f)->quality, ==, AMSEL_QUALITY_UNREADABLE);
  g_assert_null (strstr (f->notices->str, "message counters,")); /* nothing was wrong with the file */
  amsel_pipeline_stop (f->pipeline);
  g_remove (path);
  g_rmdir (folder);
}

/* a wired meter may encrypt too: the protocol of the line has the key, or the meter */
static void
test_encrypted_wired (PipelineFixture *f G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  const WmbusPlan plan = { .ci = 0x72,
                           .meter = wmbus_encode_identity ("AMS", 0x12345678, 0x33, 0x07),
                           .access_number = 7,
                           .mode = 5,
                           .key = KEY };
  g_autoptr (GByteArray) bytes = wmbus_encode_hex (&plan, RECORDS);
  g_autoptr (GBytes) whole = mbus_frame_new_rsp_ud (
      1, bytes->data[WMBUS_CI_OFFSET], bytes->data + WMBUS_CI_OFFSET + 1, bytes->len - WMBUS_CI_OFFSET - 1);
  g_autoptr (AmselFrame) frame =
      amsel_frame_new (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselProtocol) without = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  g_autoptr (AmselProtocol) with =
      g_object_new (MBUS_TYPE_PROTOCOL, "key", "000102030405060708090A0B0C0D0E0F", NULL);
  g_autoptr (AmselMeter) meter =
      g_object_new (MBUS_TYPE_METER, "address", "1", "key", "000102030405060708090A0B0C0D0E0F", NULL);
  g_autoptr (AmselTelegram) closed = amsel_protocol_decode (without, frame, NULL, NULL);
  g_autoptr (AmselTelegram) open = amsel_protocol_decode (with, frame, NULL, NULL);
  g_autoptr (AmselTelegram) meters = amsel_protocol_decode (without, frame, meter, NULL);

  g_assert_cmpint (amsel_telegram_get_encryption (closed), ==, AMSEL_ENCRYPTION_NO_KEY);
  g_assert_nonnull (amsel_telegram_get_fault (closed));
  for (guint i = 0; i < 2; i++)
    {
      AmselTelegram *telegram = i == 0 ? open : meters;
      g_autofree gchar *value = amsel_telegram_get_value_text (telegram, 0);

      g_assert_null (amsel_telegram_get_fault (telegram));
      g_assert_cmpint (amsel_telegram_get_encryption (telegram), ==, AMSEL_ENCRYPTION_DECRYPTED);
      g_assert_cmpstr (value, ==, "12345.678");
    }
}

int
main (int argc, char **argv)
{
#define ADD(path, function)                                                                                  \
  g_test_add (path, PipelineFixture, NULL, set_up, function, pipeline_fixture_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/wmbus/pipeline/senders", test_senders);
  ADD ("/wmbus/pipeline/everybody", test_everybody);
  ADD ("/wmbus/pipeline/copies", test_copies);
  ADD ("/wmbus/pipeline/many-copies", test_many_copies);
  ADD ("/wmbus/pipeline/interval", test_interval);
  ADD ("/wmbus/pipeline/faults", test_faults);
  ADD ("/wmbus/pipeline/silence", test_silence);
  ADD ("/wmbus/pipeline/clock-jumps", test_clock_jumps);
  ADD ("/wmbus/pipeline/joined", test_joined);
  ADD ("/wmbus/pipeline/recalled", test_recalled);
  ADD ("/wmbus/pipeline/join-memory", test_join_memory);
  ADD ("/wmbus/pipeline/strangers", test_strangers);
  ADD ("/wmbus/pipeline/many-of-one-entry", test_many_of_one_entry);
  ADD ("/wmbus/pipeline/interval-of-everybody", test_interval_of_everybody);
  ADD ("/wmbus/pipeline/interval-of-forged", test_interval_of_forged);
  ADD ("/wmbus/pipeline/interval-of-fragments", test_interval_of_fragments);
  ADD ("/wmbus/pipeline/silence-and-interval", test_silence_and_interval);
  ADD ("/wmbus/pipeline/faults-of-layers", test_faults_of_layers);
  ADD ("/wmbus/pipeline/tally", test_tally);
  ADD ("/wmbus/pipeline/broken-off", test_broken_off);
  ADD ("/wmbus/pipeline/two-lines", test_two_lines);
  ADD ("/wmbus/pipeline/replays", test_replays);
  ADD ("/wmbus/pipeline/encrypted-wired", test_encrypted_wired);
  return g_test_run ();
}
