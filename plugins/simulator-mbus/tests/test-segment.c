/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines full of meters: their numbers, what tells them apart, and what disturbs all of them. */
#include "mbus-frame.h"
#include "mbus-segment.h"

#define ANY_SELECTION "FFFFFFFF FFFF FF FF"

typedef struct
{
  MbusSegment *segment; /* (owned) */
  GByteArray *received; /* (owned): sound characters since the last request */
  guint n_damaged;
} Master;

static void
on_received (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  Master *master = user_data;

  g_byte_array_append (master->received, g_bytes_get_data (data, NULL), (guint) g_bytes_get_size (data));
}

static void
on_damaged (AmselTransport *transport G_GNUC_UNUSED, GBytes *data, gpointer user_data)
{
  ((Master *) user_data)->n_damaged += (guint) g_bytes_get_size (data);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, NULL);
}

static Master *
master_new (const MbusSegmentOptions *options)
{
  Master *master = g_new0 (Master, 1);
  gboolean opened = FALSE;

  master->segment = mbus_segment_new (options);
  master->received = g_byte_array_new ();
  g_signal_connect (master->segment->transport, "received", G_CALLBACK (on_received), master);
  g_signal_connect (master->segment->transport, "damaged", G_CALLBACK (on_damaged), master);
  amsel_transport_open_async (master->segment->transport, NULL, on_opened, &opened);
  test_clock_advance (master->segment->clock, 0);
  g_assert_true (opened);
  return master;
}

static void
master_free (Master *master)
{
  g_signal_handlers_disconnect_by_data (master->segment->transport, master);
  mbus_segment_free (master->segment);
  g_byte_array_unref (master->received);
  g_free (master);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Master, master_free)

/* Sends a frame and waits as long as a slow gateway needs. Returns whether nothing but E5 came. */
static gboolean
ask (Master *master, GBytes *frame)
{
  g_autoptr (GBytes) owned = frame;

  g_byte_array_set_size (master->received, 0);
  master->n_damaged = 0;
  g_assert_true (amsel_transport_send (master->segment->transport, owned, NULL));
  test_clock_advance (master->segment->clock, 4 * G_USEC_PER_SEC);
  return master->received->len > 0 && master->received->data[0] == MBUS_ACK && master->n_damaged == 0;
}

/* A selection: identification, manufacturer, version, medium, and what follows them, in hexadecimal. */
static gboolean
select_slave (Master *master, const gchar *hex)
{
  g_autoptr (GBytes) data = amsel_hex_decode (hex, -1, NULL);

  return ask (master, mbus_frame_new_snd_ud (MBUS_ADDRESS_SELECTED, FALSE, MBUS_CI_SELECT,
                                             g_bytes_get_data (data, NULL), g_bytes_get_size (data)));
}

static gboolean
is_decimal (guint32 id)
{
  for (guint i = 0; i < 8; i++)
    if ((id >> (4 * i) & 15) > 9)
      return FALSE;
  return TRUE;
}

static void
test_numbers (void)
{
  for (gint kind = MBUS_NUMBERS_RANDOM; kind <= MBUS_NUMBERS_LETTERS; kind++)
    {
      g_autofree guint32 *numbers = mbus_numbers_draw ((MbusNumbers) kind, 250, 5, 7);
      g_autofree guint32 *again = mbus_numbers_draw ((MbusNumbers) kind, 250, 5, 7);
      g_autofree guint32 *other = mbus_numbers_draw ((MbusNumbers) kind, 250, 5, 8);
      g_autoptr (GHashTable) all = g_hash_table_new (NULL, NULL);
      guint n_followers = 0;
      guint n_letters = 0;

      for (guint i = 0; i < 250; i++)
        {
          g_assert_true (g_hash_table_add (all, GUINT_TO_POINTER (numbers[i])));
          for (guint digit = 0; digit < 8; digit++)
            g_assert_cmpuint (numbers[i] >> (4 * digit) & 15, !=, 15);
          n_letters += !is_decimal (numbers[i]);
        }
      for (guint i = 0; i < 250; i++)
        {
          guint32 next;

          n_followers +=
              mbus_number_add (numbers[i], 1, &next) && g_hash_table_contains (all, GUINT_TO_POINTER (next));
        }
      g_assert_cmpmem (numbers, 250 * sizeof *numbers, again, 250 * sizeof *again);
      g_assert_true (memcmp (numbers, other, 250 * sizeof *numbers) != 0);
      /* five runs of fifty: all but the last of each are followed by another one */
      g_assert_cmpuint (n_followers, ==, kind == MBUS_NUMBERS_CLUSTERS ? 245 : 0);
      if (kind == MBUS_NUMBERS_LETTERS)
        g_assert_cmpuint (n_letters, >, 200);
      else
        g_assert_cmpuint (n_letters, ==, 0);
    }
}

static void
test_counting_on (void)
{
  guint32 id;

  g_assert_true (mbus_number_parse ("00000099", &id));
  g_assert_true (mbus_number_add (id, 1, &id));
  g_assert_cmphex (id, ==, 0x00000100);
  g_assert_true (mbus_number_parse ("1234567A", &id));
  g_assert_false (mbus_number_add (id, 1, &id));
  g_assert_false (mbus_number_parse ("1234567", &id));
  g_assert_false (mbus_number_parse ("123456789", &id));
  g_assert_false (mbus_number_parse ("1234567G", &id));
}

/* All of 250 meters answer to the all-wildcard selection, each to its own address, and their frames have the
 * lengths that figures are given for. */
static void
test_many (void)
{
  g_autoptr (Master) master =
      master_new (&(MbusSegmentOptions){ .ids = MBUS_NUMBERS_RANDOM, .n = 250, .seed = 3 });
  gsize sum = 0;

  g_assert_cmpuint (master->segment->identities->len, ==, 250);
  select_slave (master, ANY_SELECTION);
  g_assert_cmpuint (master->received->len + master->n_damaged, >, 0);
  for (guint i = 0; i < 250; i++)
    {
      const AmselIdentity *identity = &g_array_index (master->segment->identities, AmselIdentity, i);
      g_autofree gchar *hex = g_strdup_printf ("%08X FFFF FF FF", GUINT32_SWAP_LE_BE (identity->id));

      g_assert_true (select_slave (master, hex));
      ask (master, mbus_frame_new_req_ud2 (MBUS_ADDRESS_SELECTED, TRUE));
      g_assert_cmpuint (master->n_damaged, ==, 0);
      g_assert_cmpuint (master->received->len, >=, 25);
      sum += master->received->len;
    }
  g_assert_cmpuint (sum / 250, >=, 95);
  g_assert_cmpuint (sum / 250, <=, 115);
}

/* What twins say at once looks like what one of them says, more often than not: only parity can tell. */
static void
test_twins (void)
{
  g_autoptr (Master) master =
      master_new (&(MbusSegmentOptions){ .ids = MBUS_NUMBERS_CONSECUTIVE, .n = 2, .seed = 5, .twins = TRUE });

  g_assert_true (select_slave (master, ANY_SELECTION));
  g_assert_cmpuint (master->received->len, ==, 1);
  ask (master, mbus_frame_new_req_ud2 (MBUS_ADDRESS_SELECTED, TRUE));
  /* one answer in the place of two: as long as one of them, and nearly all of it whole */
  g_assert_cmpuint (master->received->len + master->n_damaged, >=, 90);
  g_assert_cmpuint (master->received->len + master->n_damaged, <, 120);
  g_assert_cmpuint (master->n_damaged, <=, 8);
}

/* Three meters share all eight digits; the fabrication number tells two of them apart, and the third has
 * none. */
static void
test_fabrication (void)
{
  const gchar *telegram = "08 05 72 78563412 4D25 01 07 40 00 0000 0C13 27048502 0C78 04030201";
  g_autoptr (Master) master = master_new (&(MbusSegmentOptions){ .seed = 1 });

  mbus_segment_add (master->segment, telegram, NULL);
  mbus_segment_add (master->segment, telegram, "fabrication", "99887766", NULL);
  mbus_segment_add (master->segment, "08 05 72 78563412 4D25 01 07 40 00 0000 0C13 27048502", NULL);
  g_assert_true (select_slave (master, "78563412 FFFF FF FF 0C78 66778899"));
  ask (master, mbus_frame_new_req_ud2 (MBUS_ADDRESS_SELECTED, TRUE));
  g_assert_cmpuint (master->n_damaged, ==, 0);
  /* the answer says what selected it */
  g_assert_cmphex (master->received->data[master->received->len - 6], ==, 0x66);
  g_assert_true (select_slave (master, "78563412 FFFF FF FF 0C78 F4FFFF01"));
  ask (master, mbus_frame_new_req_ud2 (MBUS_ADDRESS_SELECTED, TRUE));
  g_assert_cmphex (master->received->data[master->received->len - 6], ==, 0x04);
  g_assert_false (select_slave (master, "78563412 FFFF FF FF 0C78 67778899"));
  g_assert_false (select_slave (master, "78563412 FFFF FF FF 0C77 66778899"));
  g_assert_false (select_slave (master, "78563412 FFFF FF FF 0C78 6677"));
}

/* One character in a hundred: of a request and its acknowledgement, 18 characters, every sixth is hit. */
static void
test_character_errors (void)
{
  g_autoptr (Master) master =
      master_new (&(MbusSegmentOptions){ .n = 1, .ids = MBUS_NUMBERS_RANDOM, .character_errors = 0.01 });
  guint n_good = 0;

  for (guint i = 0; i < 500; i++)
    n_good += select_slave (master, ANY_SELECTION);
  g_assert_cmpuint (n_good, >, 390);
  g_assert_cmpuint (n_good, <, 450);
}

/* Behind a gateway everything comes later, each time by another time, and in order. */
static void
test_delay (void)
{
  g_autoptr (Master) master = master_new (&(MbusSegmentOptions){ .n = 1, .ids = MBUS_NUMBERS_LETTERS });
  TestClock *clock = master->segment->clock;
  gint64 shortest_us = G_MAXINT64;
  gint64 longest_us = 0;

  simulator_transport_set_delay_us (TEST_SIMULATOR_TRANSPORT (master->segment->transport), 0, 800000, 9);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GBytes) frame = mbus_frame_new_snd_nke (0);
      gint64 begin_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (clock));

      g_byte_array_set_size (master->received, 0);
      g_assert_true (amsel_transport_send (master->segment->transport, frame, NULL));
      while (master->received->len == 0)
        g_assert_true (test_clock_step (clock));
      shortest_us = MIN (shortest_us, amsel_clock_get_monotonic_us (AMSEL_CLOCK (clock)) - begin_us);
      longest_us = MAX (longest_us, amsel_clock_get_monotonic_us (AMSEL_CLOCK (clock)) - begin_us);
      ask (master, mbus_frame_new_req_ud2 (0, TRUE));
      g_assert_cmphex (master->received->data[0], ==, MBUS_START_LONG);
      g_assert_cmphex (master->received->data[master->received->len - 1], ==, MBUS_STOP);
    }
  g_assert_cmpint (shortest_us, <, 600000);
  g_assert_cmpint (longest_us, >, 1200000);
}

#define SLAVE "08 05 72 78563412 4D25 01 07 40 00 0000 0C13 27048502"

static Master *master_new_with (const gchar *first, ...) G_GNUC_NULL_TERMINATED;

/* A line with one slave at address 5; settings of it up to NULL. */
static Master *
master_new_with (const gchar *first, ...)
{
  Master *master = master_new (&(MbusSegmentOptions){ .seed = 1 });
  const gchar *telegrams[] = { SLAVE, SLAVE " 0C78 01000000", SLAVE " 0C78 02000000", NULL };
  g_autoptr (GObject) slave = g_object_new (MBUS_TYPE_SLAVE, "telegrams", telegrams, NULL);
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, first);
  g_object_set_valist (slave, first, args);
  va_end (args);
  amsel_simulator_add_device (master->segment->simulator, slave, &error);
  g_assert_no_error (error);
  return master;
}

/* How many sound bytes SND_NKE and REQ_UD2 to address 5 are answered with. */
static guint
ask_reset (Master *master)
{
  ask (master, mbus_frame_new_snd_nke (5));
  return master->received->len;
}

static guint
ask_data (Master *master)
{
  ask (master, mbus_frame_new_short (MBUS_C_REQ_UD2 & (guint8) ~MBUS_C_FCV, 5));
  return master->received->len;
}

#define TELEGRAM_BYTES 27 /* of a frame with the first of the telegrams */

/* The subcode of an application reset chooses the telegram, until another reset. */
static void
test_applications (void)
{
  const gchar *applications[] = { "00", "10", "5A", NULL };
  g_autoptr (Master) master = master_new_with ("applications", applications, NULL);
  const guint8 subcodes[] = { 0x5A, 0x10, 0x77 };

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (ask (master, mbus_frame_new_snd_ud (5, FALSE, MBUS_CI_RESET, &subcodes[i], 1)));
      for (guint again = 0; again < 2; again++)
        {
          g_assert_cmpuint (ask_data (master), ==, TELEGRAM_BYTES + 6);
          g_assert_cmphex (master->received->data[TELEGRAM_BYTES], ==, i == 0 ? 2 : 1);
        }
    }
  /* one that it does not know: all of them in turn again */
  g_assert_true (ask (master, mbus_frame_new_snd_ud (5, FALSE, MBUS_CI_RESET, &subcodes[2], 1)));
  ask_data (master);
  g_assert_cmphex (master->received->data[TELEGRAM_BYTES], ==, 2);
  g_assert_cmpuint (ask_data (master), ==, TELEGRAM_BYTES);
}

static void
send_preamble (Master *master, guint n)
{
  g_autofree guint8 *preamble = g_malloc (n);
  g_autoptr (GBytes) bytes = NULL;

  memset (preamble, 0x55, n);
  bytes = g_bytes_new (preamble, n);
  g_assert_true (amsel_transport_send (master->segment->transport, bytes, NULL));
  test_clock_advance (master->segment->clock, (gint64) (n + 20) * 11 * G_USEC_PER_SEC / 2400);
}

static void
test_wake_up (void)
{
  g_autoptr (Master) master = master_new_with ("wake-up", 2 * (gint64) G_USEC_PER_SEC, NULL);

  g_assert_cmpuint (ask_reset (master), ==, 0);
  send_preamble (master, 400); /* 1.8 s */
  g_assert_cmpuint (ask_reset (master), ==, 0);
  send_preamble (master, 480); /* 2.2 s */
  g_assert_cmpuint (ask_reset (master), ==, 1);
  /* asleep again after the four seconds that the test waits for an answer */
  g_assert_cmpuint (ask_reset (master), ==, 0);
}

static void
test_away (void)
{
  g_autoptr (Master) master = master_new_with ("away-after", 10 * (gint64) G_USEC_PER_SEC, "away-for",
                                               60 * (gint64) G_USEC_PER_SEC, NULL);

  g_assert_cmpuint (ask_reset (master), ==, 1);
  test_clock_advance (master->segment->clock, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (ask_reset (master), ==, 0);
  test_clock_advance (master->segment->clock, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (ask_reset (master), ==, 1);
}

static void
test_quota (void)
{
  g_autoptr (Master) master = master_new_with ("quota", 2, NULL);

  g_assert_cmpuint (ask_data (master), >, 0);
  g_assert_cmpuint (ask_data (master), >, 0);
  g_assert_cmpuint (ask_data (master), ==, 0);
  g_assert_cmpuint (ask_reset (master), ==, 1);
  test_clock_advance (master->segment->clock, G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC);
  g_assert_cmpuint (ask_data (master), >, 0);
}

static void
test_acknowledgements (void)
{
  g_autoptr (Master) only = master_new_with ("fault", MBUS_SLAVE_FAULT_ONLY_ACKS, NULL);
  g_autoptr (Master) wrong = master_new_with ("fault", MBUS_SLAVE_FAULT_WRONG_ACK, NULL);

  g_assert_cmpuint (ask_reset (only), ==, 1);
  g_assert_cmpuint (ask_data (only), ==, 0);
  g_assert_cmpuint (ask_reset (wrong), ==, 1);
  g_assert_cmphex (wrong->received->data[0], ==, 0xA5);
  g_assert_cmpuint (ask_data (wrong), ==, 0);
}

static void
test_echoes (void)
{
  g_autoptr (Master) master = master_new_with ("dead", FALSE, NULL);

  g_object_set (master->segment->simulator, "echo", TRUE, "echo-count", 3, NULL);
  g_assert_cmpuint (ask_reset (master), >=, 15);
}

/* One a second, also while nobody asks. */
static void
test_noise (void)
{
  g_autoptr (Master) master = master_new_with ("dead", TRUE, NULL);

  g_object_set (master->segment->simulator, "noise", 1.0, NULL);
  ask_reset (master);
  test_clock_advance (master->segment->clock, 46 * G_USEC_PER_SEC);
  g_assert_cmpuint (master->received->len + master->n_damaged, >, 30);
  g_assert_cmpuint (master->received->len + master->n_damaged, <, 80);
}

static void
test_converter (void)
{
  g_autoptr (Master) master = master_new_with ("dead", FALSE, NULL);

  g_object_set (master->segment->simulator, "echo", TRUE, "converter", MBUS_CONVERTER_SILENT, NULL);
  g_assert_cmpuint (ask_reset (master), ==, 0);
  g_assert_cmpuint (master->n_damaged, ==, 0);
  /* five characters without a pause between them are one break to a receiver */
  g_object_set (master->segment->simulator, "converter", MBUS_CONVERTER_BREAK, NULL);
  g_assert_cmpuint (ask_reset (master), ==, 0);
  g_assert_cmpuint (master->n_damaged, ==, 1);
  g_object_set (master->segment->simulator, "converter", MBUS_CONVERTER_GARBAGE, NULL);
  ask_reset (master);
  g_assert_cmpuint (master->received->len + master->n_damaged, >, 200);
  g_object_set (master->segment->simulator, "converter", MBUS_CONVERTER_SOUND, "echo", FALSE, NULL);
  test_clock_advance (master->segment->clock, G_USEC_PER_SEC);
  g_assert_cmpuint (ask_reset (master), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator-mbus/segment/numbers", test_numbers);
  g_test_add_func ("/simulator-mbus/segment/counting-on", test_counting_on);
  g_test_add_func ("/simulator-mbus/segment/many", test_many);
  g_test_add_func ("/simulator-mbus/segment/twins", test_twins);
  g_test_add_func ("/simulator-mbus/segment/fabrication", test_fabrication);
  g_test_add_func ("/simulator-mbus/segment/character-errors", test_character_errors);
  g_test_add_func ("/simulator-mbus/segment/delay", test_delay);
  g_test_add_func ("/simulator-mbus/habits/applications", test_applications);
  g_test_add_func ("/simulator-mbus/habits/wake-up", test_wake_up);
  g_test_add_func ("/simulator-mbus/habits/away", test_away);
  g_test_add_func ("/simulator-mbus/habits/quota", test_quota);
  g_test_add_func ("/simulator-mbus/habits/acknowledgements", test_acknowledgements);
  g_test_add_func ("/simulator-mbus/habits/echoes", test_echoes);
  g_test_add_func ("/simulator-mbus/habits/noise", test_noise);
  g_test_add_func ("/simulator-mbus/habits/converter", test_converter);
  return g_test_run ();
}
