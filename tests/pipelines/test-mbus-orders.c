/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Orders before readings on a simulated line: each reading is a new one, and from what the order has chosen.
 */
#include "mbus-error.h"
#include "mbus-meter.h"
#include "mbus-protocol.h"
#include "mbus-segment.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* From the C field on; number 12345679, and address 7. The second application has one record. */
#define TELEGRAM       "08 07 72 79563412 4D25 01 07 41 00 0000 0C13 55443302 0B22 554433"
#define SHORT_TELEGRAM "08 07 72 79563412 4D25 01 07 41 00 0000 0B22 554433"
#define OTHER_TELEGRAM "08 08 72 80563412 4D25 01 07 41 00 0000 0C13 55443302"

#define N_READINGS 5

typedef struct
{
  MbusSegment *segment;
  AmselLine *line;
  AmselProtocol *protocol;
  gboolean done;
  GError *error;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const gchar *telegrams[] = { TELEGRAM, SHORT_TELEGRAM, NULL };
  const gchar *applications[] = { "00", "10", NULL };

  f->segment = mbus_segment_new (&(MbusSegmentOptions){ .seed = 1 });
  mbus_segment_add (f->segment, NULL, "telegrams", telegrams, "applications", applications, NULL);
  f->line = amsel_line_new ("bus", f->segment->transport);
  f->protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  amsel_line_start (f->line);
  test_clock_advance (f->segment->clock, 0);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  amsel_line_stop (f->line);
  test_clock_advance (f->segment->clock, 0);
  g_assert_finalize_object (f->line);
  g_assert_finalize_object (f->protocol);
  mbus_segment_free (f->segment);
}

static void
on_done (AmselDialogue *dialogue G_GNUC_UNUSED, const AmselDialogueReport *report G_GNUC_UNUSED,
         const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  f->error = error != NULL ? g_error_copy (error) : NULL;
  f->done = TRUE;
}

static AmselDialogue *
conduct (Fixture *f, AmselMeter *meter)
{
  AmselDialogue *dialogue = amsel_protocol_read (f->protocol, meter, &f->error);

  g_assert_no_error (f->error);
  f->done = FALSE;
  amsel_line_submit (f->line, AMSEL_LANE_ON_DEMAND, f->protocol, dialogue, AMSEL_PATIENCE_FULL, on_done, f);
  test_clock_run_until (f->segment->clock, &f->done, 120 * SECOND);
  return dialogue;
}

static AmselTelegram *
read_meter (Fixture *f, AmselMeter *meter)
{
  g_autoptr (AmselDialogue) dialogue = conduct (f, meter);
  GPtrArray *frames;
  AmselTelegram *telegram;

  g_assert_no_error (f->error);
  frames = amsel_dialogue_get_frames (dialogue);
  g_assert_cmpuint (frames->len, ==, 1);
  telegram = amsel_protocol_decode (f->protocol, g_ptr_array_index (frames, 0), meter, &f->error);
  g_assert_no_error (f->error);
  return telegram;
}

/* A meter that does not count orders in the frame count bit must not take the request for a repetition, and
 * answer with what it has sent the last time. */
static void
test_new_each_time (Fixture *f, gconstpointer address)
{
  const gchar *send[] = { "5010", "510F01", "510F02", NULL };

  for (gsize n_orders = 0; n_orders < G_N_ELEMENTS (send); n_orders++)
    {
      g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, "send",
                                                   send + G_N_ELEMENTS (send) - 1 - n_orders, NULL);
      guint8 last = 0;

      for (guint i = 0; i < N_READINGS; i++)
        {
          g_autoptr (AmselTelegram) telegram = read_meter (f, meter);
          guint8 access = (guint8) amsel_telegram_get_access_number (telegram);

          if (i > 0)
            g_assert_cmpuint (access, ==, (guint8) (last + 1));
          last = access;
        }
    }
}

static void
test_application (Fixture *f, gconstpointer address)
{
  const gint applications[] = { 0, 0x10, 0x10, 0 };
  const guint n_records[] = { 2, 1, 1, 2 };
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (applications); i++)
    {
      g_autoptr (AmselTelegram) telegram = NULL;

      g_object_set (meter, "application", applications[i], NULL);
      telegram = read_meter (f, meter);
      g_assert_cmpuint (amsel_telegram_get_n_records (telegram), ==, n_records[i]);
    }
}

static guint
get_baud (AmselMeter *meter)
{
  guint baud;

  g_object_get (meter, "baud", &baud, NULL);
  return baud;
}

/* A change of the baud rate that was proved lasts: the next readings are at the new one. */
static void
test_new_baud (Fixture *f, gconstpointer address)
{
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, "new-baud", 9600, NULL);

  for (guint i = 0; i < N_READINGS; i++)
    {
      g_autoptr (AmselTelegram) telegram = read_meter (f, meter);

      g_assert_cmpuint (get_baud (meter), ==, 9600);
    }
}

/* A meter that has taken the new rate but sends no data at it is led back to the old one. */
static void
test_new_baud_reverted (Fixture *f, gconstpointer address)
{
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, "new-baud", 9600, NULL);
  const gchar *send[] = { "50", NULL };

  mbus_segment_add (f->segment, OTHER_TELEGRAM, "fault", MBUS_SLAVE_FAULT_ONLY_ACKS, NULL);
  g_object_unref (conduct (f, meter));
  g_assert_nonnull (f->error);
  g_clear_error (&f->error);
  g_assert_cmpuint (get_baud (meter), ==, 0);

  /* it obeys at the old rate, and still has no data */
  g_object_set (meter, "new-baud", 0, "send", send, NULL);
  g_object_unref (conduct (f, meter));
  g_assert_error (f->error, MBUS_READ_ERROR, MBUS_READ_ERROR_REQUEST_TIMEOUT);
  g_assert_nonnull (strstr (f->error->message, "REQ_UD2"));
  g_clear_error (&f->error);
}

/* A meter that gets a new primary address is read at it. */
static void
test_new_address (Fixture *f, gconstpointer address)
{
  const gchar *send[] = { "51017A09", "510F01", NULL };
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, "send", send, NULL);
  g_autoptr (AmselMeter) renamed = g_object_new (MBUS_TYPE_METER, "address", "9", NULL);
  g_autoptr (AmselTelegram) first = read_meter (f, meter);
  g_autoptr (AmselTelegram) second = read_meter (f, renamed);

  g_assert_cmphex (amsel_telegram_get_identity (first)->id, ==, 0x12345679);
  g_assert_cmphex (amsel_telegram_get_identity (second)->id, ==, 0x12345679);
}

/* Reads a meter with an order that gives it a new primary address; the error is left in the fixture. */
static void
move (Fixture *f, const gchar *address, const gchar *order)
{
  const gchar *send[] = { order, NULL };
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, "send", send, NULL);

  g_object_unref (conduct (f, meter));
}

static void
expect_at (Fixture *f, const gchar *address, guint32 id)
{
  g_autoptr (AmselMeter) meter = g_object_new (MBUS_TYPE_METER, "address", address, NULL);
  g_autoptr (AmselTelegram) telegram = read_meter (f, meter);

  g_assert_cmphex (amsel_telegram_get_identity (telegram)->id, ==, id);
}

/* A primary address that another meter has is not given, unless it is 0; one that the meter has itself is. */
static void
test_address_taken (Fixture *f, gconstpointer address)
{
  mbus_segment_add (f->segment, OTHER_TELEGRAM, NULL);
  move (f, address, "51017A08");
  g_assert_error (f->error, MBUS_READ_ERROR, MBUS_READ_ERROR_WRONG_ADDRESS);
  g_assert_nonnull (strstr (f->error->message, "address 8 is taken"));
  g_clear_error (&f->error);
  expect_at (f, "7", 0x12345679);
  expect_at (f, "8", 0x12345680);

  move (f, address, "51017A07");
  g_assert_no_error (f->error);
  expect_at (f, "7", 0x12345679);
  move (f, "12345680", "51017A00");
  g_assert_no_error (f->error);
  move (f, address, "51017A00");
  g_assert_no_error (f->error);
  expect_at (f, "12345679", 0x12345679);
}

/* An order that two meters would take is not given. */
static void
test_address_of_two (Fixture *f, gconstpointer address)
{
  g_autoptr (AmselMeter) free_address = g_object_new (MBUS_TYPE_METER, "address", "9", NULL);

  mbus_segment_add (f->segment, OTHER_TELEGRAM, "address", 7, NULL);
  move (f, address, "51017A09");
  g_assert_error (f->error, MBUS_READ_ERROR, MBUS_READ_ERROR_REQUEST_BAD_FRAME);
  g_clear_error (&f->error);
  g_object_unref (conduct (f, free_address));
  g_assert_error (f->error, MBUS_READ_ERROR, MBUS_READ_ERROR_RESET_TIMEOUT);
  g_clear_error (&f->error);
  expect_at (f, "12345679", 0x12345679);
  expect_at (f, "12345680", 0x12345680);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, address, test) g_test_add ("/mbus/orders/" name, Fixture, address, set_up, test, tear_down)
  ADD ("new-each-time/primary", "7", test_new_each_time);
  ADD ("new-each-time/secondary", "12345679", test_new_each_time);
  ADD ("new-address/primary", "7", test_new_address);
  ADD ("new-address/secondary", "12345679", test_new_address);
  ADD ("address-taken/secondary", "12345679", test_address_taken);
  ADD ("address-of-two/primary", "7", test_address_of_two);
  ADD ("address-of-two/secondary", "123456FF", test_address_of_two);
  ADD ("address-of-two/any", "254", test_address_of_two);
  ADD ("new-baud/primary", "7", test_new_baud);
  ADD ("new-baud/secondary", "12345679", test_new_baud);
  ADD ("new-baud-reverted/primary", "8", test_new_baud_reverted);
  ADD ("new-baud-reverted/secondary", "12345680", test_new_baud_reverted);
  ADD ("application/primary", "7", test_application);
  ADD ("application/secondary", "12345679", test_application);
  return g_test_run ();
}
