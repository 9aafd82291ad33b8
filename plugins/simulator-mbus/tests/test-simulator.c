/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slaves on a line: read-out dialogues by hand, byte by byte, on a clock that the test moves. */
#include <glib/gstdio.h>

#include "mbus-frame.h"
#include "mbus-simulator.h"
#include "mbus-slave.h"
#include "simulator-transport.h"
#include "test-clock.h"

/* Telegrams of a hot water meter and of an electricity meter, as 2N publishes them for its SmartCom PRO. */
#define WATER                                                                                                \
  "685E5E680800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A00"   \
  "0100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A2502027825021F16"
#define ELECTRICITY                                                                                          \
  "684B4B680801721604021592B00102090000000C04790200008C1004790200008C2004000000001C04660300009C1004660300"   \
  "009C2004000000002C0487000000AC100487000000AC2004000000008016"

#define LONG_US (5 * G_USEC_PER_SEC)

typedef struct
{
  TestClock *clock;
  AmselSimulator *simulator;
  GByteArray *received;
  GArray *times_us; /* (element-type gint64): of each character */
  guint n_damaged;
} Line;

static void
on_output (Line *line, GBytes *data, GBytes *damage)
{
  gint64 now_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (line->clock));
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  const guint8 *marks = damage != NULL ? g_bytes_get_data (damage, NULL) : NULL;

  for (gsize i = 0; i < length; i++)
    {
      g_byte_array_append (line->received, bytes + i, 1);
      g_array_append_val (line->times_us, now_us);
      if (marks != NULL && marks[i] != AMSEL_SIMULATOR_DAMAGE_NONE)
        line->n_damaged++;
    }
}

static Line *
line_new (guint baud)
{
  Line *line = g_new0 (Line, 1);

  line->clock = test_clock_new (G_GINT64_CONSTANT (1700000000000000));
  line->simulator = g_object_new (MBUS_TYPE_SIMULATOR, "baud", baud, NULL);
  amsel_simulator_set_clock (line->simulator, AMSEL_CLOCK (line->clock));
  line->received = g_byte_array_new ();
  line->times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_signal_connect_swapped (line->simulator, "output", G_CALLBACK (on_output), line);
  return line;
}

static void
line_free (Line *line)
{
  g_object_unref (line->simulator);
  g_object_unref (line->clock);
  g_byte_array_unref (line->received);
  g_array_unref (line->times_us);
  g_free (line);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

/* Adds a slave with one telegram and the settings that follow. */
static void
add (Line *line, const gchar *telegram, const gchar *first, ...)
{
  const gchar *telegrams[] = { telegram, NULL };
  g_autoptr (GObject) slave = g_object_new (MBUS_TYPE_SLAVE, NULL);
  g_autoptr (GError) error = NULL;
  va_list args;

  if (telegram != NULL)
    g_object_set (slave, "telegrams", telegrams, NULL);
  va_start (args, first);
  if (first != NULL)
    g_object_set_valist (slave, first, args);
  va_end (args);
  amsel_simulator_add_device (line->simulator, slave, &error);
  g_assert_no_error (error);
}

static void
send (Line *line, const gchar *hex)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (hex, -1, NULL);

  g_byte_array_set_size (line->received, 0);
  g_array_set_size (line->times_us, 0);
  line->n_damaged = 0;
  amsel_simulator_receive (line->simulator, bytes);
}

/* Sends and waits until nothing more can come. */
static gchar *
ask (Line *line, const gchar *hex)
{
  send (line, hex);
  test_clock_advance (line->clock, LONG_US);
  return amsel_hex_encode (line->received->data, line->received->len);
}

static gsize
ask_length (Line *line, const gchar *hex)
{
  g_autofree gchar *answer = ask (line, hex);

  return strlen (answer);
}

#define assert_answer(line, request, expected)                                                               \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_autofree gchar *answer_ = ask (line, request);                                                         \
    g_assert_cmpstr (answer_, ==, expected);                                                                 \
  }                                                                                                          \
  G_STMT_END

static void
test_readout (void)
{
  g_autoptr (Line) line = line_new (2400);
  g_autofree gchar *second = NULL;

  add (line, WATER, NULL);
  add (line, ELECTRICITY, NULL);
  assert_answer (line, "1040004016", "E5");
  assert_answer (line, "105B005B16", WATER);
  assert_answer (line, "107B017C16", ELECTRICITY);
  assert_answer (line, "105B025D16", "");
  /* the next readout counts the access number on, and the checksum with it */
  second = ask (line, "107B007B16");
  g_assert_cmphex (line->received->data[15], ==, 0xB0);
  g_assert_cmphex (line->received->data[line->received->len - 2], ==, 0x20);
}

static void
test_noise_before_a_frame (void)
{
  g_autoptr (Line) line = line_new (2400);

  add (line, WATER, NULL);
  assert_answer (line, "5555005555 1040004016", "E5");
  assert_answer (line, "1040004116 1040004016", "E5");
  /* half a frame, then silence, then a whole one */
  assert_answer (line, "685E5E680800", "");
  assert_answer (line, "1040004016", "E5");
}

/* A readout of three telegrams, written from the C field on: fabrication number 1, 2, 3. */
#define PART_1 "08 05 72 21436587 4D25 01 07 40 00 0000 0C78 01000000 1F"
#define PART_2 "08 05 72 21436587 4D25 01 07 41 00 0000 0C78 02000000 1F"
#define PART_3 "08 05 72 21436587 4D25 01 07 42 00 0000 0C78 03000000"

static guint8
ask_part (Line *line, const gchar *request)
{
  g_autofree gchar *answer = ask (line, request);

  g_assert_cmpuint (line->received->len, >, 24);
  return line->received->data[21];
}

static guint8
get_access (Line *line)
{
  return line->received->data[15];
}

static void
add_parts (Line *line)
{
  const gchar *telegrams[] = { PART_1, PART_2, PART_3, NULL };
  g_autoptr (GObject) slave = g_object_new (MBUS_TYPE_SLAVE, "telegrams", telegrams, NULL);
  g_autoptr (GError) error = NULL;

  amsel_simulator_add_device (line->simulator, slave, &error);
  g_assert_no_error (error);
}

static void
test_frame_count_bit (void)
{
  g_autoptr (Line) line = line_new (9600);

  add_parts (line);
  /* the first request after power-on is taken with either bit */
  g_assert_cmpuint (ask_part (line, "107B058016"), ==, 1);
  g_assert_cmphex (get_access (line), ==, 0x40);
  /* not toggled: the same again, to the byte */
  g_assert_cmpuint (ask_part (line, "107B058016"), ==, 1);
  g_assert_cmphex (get_access (line), ==, 0x40);
  g_assert_cmpuint (ask_part (line, "105B056016"), ==, 2);
  g_assert_cmpuint (ask_part (line, "107B058016"), ==, 3);
  g_assert_cmphex (get_access (line), ==, 0x42);
  /* behind the last part the readout begins anew */
  g_assert_cmpuint (ask_part (line, "105B056016"), ==, 1);
  g_assert_cmpuint (ask_part (line, "107B058016"), ==, 2);
  /* SND_NKE forgets the bit and goes back to the first part */
  assert_answer (line, "1040054516", "E5");
  g_assert_cmpuint (ask_part (line, "107B058016"), ==, 1);
  /* a request whose bit is not valid begins a readout, too */
  g_assert_cmpuint (ask_part (line, "105B056016"), ==, 2);
  g_assert_cmpuint (ask_part (line, "104B055016"), ==, 1);
  /* so does an application reset */
  g_assert_cmpuint (ask_part (line, "107B058016"), ==, 2);
  assert_answer (line, "680303685305 50 A816", "E5");
  g_assert_cmpuint (ask_part (line, "105B056016"), ==, 1);
}

static gchar *
make_selection (const gchar *hex)
{
  g_autoptr (GBytes) bytes = amsel_hex_decode (hex, -1, NULL);
  g_autoptr (GBytes) frame = NULL;

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, MBUS_SELECTION_LENGTH);
  frame = mbus_frame_new_select (FALSE, g_bytes_get_data (bytes, NULL));
  return amsel_hex_encode (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}

static void
test_selection (void)
{
  /* identification, manufacturer, version, medium; the meter is 08031768.LSE.99.06 */
  const struct
  {
    const gchar *name;
    const gchar *mask;
    gboolean selects;
  } CASES[] = {
    { "exact", "68170308 6532 99 06", TRUE },
    { "all-wildcards", "FFFFFFFF FFFF FF FF", TRUE },
    { "one-digit-open", "6F170308 FFFF FF FF", TRUE },
    { "only-last-digit", "F8FFFFFF FFFF FF FF", TRUE },
    { "only-first-digit", "FFFFFF0F FFFF FF FF", TRUE },
    { "other-last-digit", "F9FFFFFF FFFF FF FF", FALSE },
    { "other-first-digit", "FFFFFF1F FFFF FF FF", FALSE },
    { "other-manufacturer", "FFFFFFFF 6533 FF FF", FALSE },
    { "low-byte-of-manufacturer", "FFFFFFFF 65FF FF FF", TRUE },
    { "nibble-of-manufacturer-is-no-wildcard", "FFFFFFFF 6FFF FF FF", FALSE },
    { "version", "FFFFFFFF FFFF 99 FF", TRUE },
    { "nibble-of-version-is-no-wildcard", "FFFFFFFF FFFF 9F FF", FALSE },
    { "other-version", "FFFFFFFF FFFF 98 FF", FALSE },
    { "other-medium", "FFFFFFFF FFFF FF 07", FALSE },
  };
  g_autoptr (Line) line = line_new (9600);

  add (line, WATER, NULL);
  add (line, ELECTRICITY, "dead", TRUE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree gchar *select = make_selection (CASES[i].mask);
      g_autofree gchar *answer = ask (line, select);

      g_test_message ("%s", CASES[i].name);
      g_assert_cmpstr (answer, ==, CASES[i].selects ? "E5" : "");
      g_free (answer);
      answer = ask (line, "107BFD7816");
      g_assert_cmpuint (strlen (answer), ==, CASES[i].selects ? strlen (WATER) : 0);
    }
}

static void
test_deselection (void)
{
  g_autoptr (Line) line = line_new (9600);
  g_autofree gchar *first = make_selection ("68170308 FFFF FF FF");
  g_autofree gchar *second = make_selection ("16040215 FFFF FF FF");
  g_autofree gchar *all = make_selection ("FFFFFFFF FFFF FF FF");
  g_autofree gchar *answer = NULL;

  add (line, WATER, "latency-min", (gint64) 10000, "latency-max", (gint64) 10000, NULL);
  add (line, ELECTRICITY, "latency-min", (gint64) 10000, "latency-max", (gint64) 10000, NULL);
  assert_answer (line, "1040FD3D16", "");
  assert_answer (line, first, "E5");
  assert_answer (line, "105BFD5816", WATER);
  /* another selection takes it away */
  assert_answer (line, second, "E5");
  assert_answer (line, "105BFD5816", ELECTRICITY);
  /* SND_NKE to 253 is answered by the selected slave, which is deselected by it */
  assert_answer (line, "1040FD3D16", "E5");
  assert_answer (line, "105BFD5816", "");
  assert_answer (line, "1040FD3D16", "");
  /* several may be selected: their acknowledgements cover each other, their telegrams cannot */
  assert_answer (line, all, "E5");
  g_assert_cmpuint (line->n_damaged, ==, 0);
  answer = ask (line, "105BFD5816");
  g_assert_cmpuint (line->n_damaged, >, 0);
}

static void
test_special_addresses (void)
{
  g_autoptr (Line) line = line_new (9600);

  add (line, WATER, NULL);
  /* 254: every slave answers; 255: every slave obeys, and none answers; 251 and 252 are nobody's */
  assert_answer (line, "105BFE5916", WATER);
  assert_answer (line, "1040FE3E16", "E5");
  assert_answer (line, "1040FF3F16", "");
  assert_answer (line, "105BFF5A16", "");
  assert_answer (line, "105BFB5616", "");
  /* no alarm: nothing of class 1 */
  assert_answer (line, "107A007A16", "E5");
  /* what belongs to the other direction is not answered */
  assert_answer (line, "1008000816", "");
}

static void
test_configuration (void)
{
  g_autoptr (Line) line = line_new (9600);
  g_autofree gchar *select = make_selection ("78563412 FFFF FF FF");

  add (line, ELECTRICITY, NULL);
  /* primary address 7, by the broadcast address */
  assert_answer (line, "680606 6853FF51 017A07 2516", "");
  assert_answer (line, "1040014116", "");
  assert_answer (line, "1040074716", "E5");
  /* 251 is no address of a slave */
  assert_answer (line, "680606 68530751 017AFB 2116", "E5");
  assert_answer (line, "1040074716", "E5");
  /* identification number 12345678 */
  assert_answer (line, "680909 68530751 0C7978563412 4416", "E5");
  assert_answer (line, select, "E5");
  g_assert_cmpuint (ask_length (line, "105BFD5816"), ==, strlen (ELECTRICITY));
}

static void
set_baud (Line *line, guint baud)
{
  AmselLineSettings settings = { .baud = baud, .data_bits = 8, .parity = AMSEL_PARITY_EVEN, .stop_bits = 1 };

  amsel_simulator_configure (line->simulator, &settings);
}

static void
test_baud (void)
{
  g_autoptr (Line) line = line_new (2400);

  add (line, WATER, NULL);
  add (line, ELECTRICITY, "baud", 300, NULL);
  assert_answer (line, "1040004016", "E5");
  assert_answer (line, "1040014116", "");
  set_baud (line, 300);
  assert_answer (line, "1040004016", "");
  assert_answer (line, "1040014116", "E5");
  /* a change to 9600 Bd is acknowledged at the old rate, and stays once the slave has heard its master */
  set_baud (line, 2400);
  assert_answer (line, "6803036853 00 BD 1016", "E5");
  assert_answer (line, "1040004016", "");
  set_baud (line, 9600);
  assert_answer (line, "1040004016", "E5");
  test_clock_advance (line->clock, 600 * G_USEC_PER_SEC);
  assert_answer (line, "1040004016", "E5");
  /* back to 2400, but nobody follows: it returns to the rate it had */
  assert_answer (line, "6803036853 00 BB 0E16", "E5");
  assert_answer (line, "1040004016", "");
  test_clock_advance (line->clock, 600 * G_USEC_PER_SEC);
  assert_answer (line, "1040004016", "E5");
}

/* Each character of the answer ends when request, latency and the characters before it say, to the
 * microsecond. */
static void
test_timing (void)
{
  const guint BAUDS[] = { 300, 2400, 9600, 38400 };

  for (guint b = 0; b < G_N_ELEMENTS (BAUDS); b++)
    {
      g_autoptr (Line) line = line_new (BAUDS[b]);
      const gint64 latency_us = 31234;
      gint64 start_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (line->clock));
      gint64 request_us = (gint64) (5 * 11 * G_USEC_PER_SEC / BAUDS[b]);

      add (line, WATER, "latency-min", latency_us, "latency-max", latency_us, NULL);
      send (line, "105B005B16");
      test_clock_advance (line->clock, 10 * G_USEC_PER_SEC);
      g_assert_cmpuint (line->times_us->len, ==, strlen (WATER) / 2);
      for (guint i = 0; i < line->times_us->len; i++)
        {
          gint64 expected_us =
              start_us + request_us + latency_us + (gint64) ((i + 1) * 11 * G_USEC_PER_SEC / BAUDS[b]);
          gint64 difference_us = g_array_index (line->times_us, gint64, i) - expected_us;

          g_assert_cmpint (difference_us, >=, 0);
          g_assert_cmpint (difference_us, <=, 2);
        }
    }
}

/* Requests that are handed over at once are sent one behind the other. */
static void
test_requests_in_a_row (void)
{
  g_autoptr (Line) line = line_new (2400);

  add (line, WATER, NULL);
  add (line, ELECTRICITY, "latency-min", (gint64) 400000, "latency-max", (gint64) 400000, NULL);
  assert_answer (line, "1040004016 1040014116", "E5E5");
}

static void
test_latency_window (void)
{
  const guint BAUDS[] = { 300, 2400, 9600 };

  for (guint b = 0; b < G_N_ELEMENTS (BAUDS); b++)
    {
      g_autoptr (Line) line = line_new (BAUDS[b]);
      gint64 shortest_us = G_MAXINT64;
      gint64 longest_us = 0;
      gint64 min_us = 11 * G_USEC_PER_SEC / BAUDS[b];
      gint64 max_us = 330 * G_USEC_PER_SEC / BAUDS[b] + 50000;

      add (line, WATER, NULL);
      for (guint i = 0; i < 400; i++)
        {
          gint64 start_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (line->clock));
          gint64 latency_us;

          assert_answer (line, "1040004016", "E5");
          latency_us = g_array_index (line->times_us, gint64, 0) - start_us
                       - (gint64) (6 * 11 * G_USEC_PER_SEC / BAUDS[b]);
          shortest_us = MIN (shortest_us, latency_us);
          longest_us = MAX (longest_us, latency_us);
        }
      g_assert_cmpint (shortest_us, >=, min_us);
      g_assert_cmpint (longest_us, <=, max_us + 2);
      /* and the window is used */
      g_assert_cmpint (shortest_us, <, min_us + (max_us - min_us) / 20);
      g_assert_cmpint (longest_us, >, max_us - (max_us - min_us) / 20);
    }
}

/* What a master sees of each fault. */
static void
test_faults (void)
{
  const struct
  {
    MbusSlaveFault fault;
    gint code; /* of the frame at the beginning; 0: a sound frame, -1: half of one, -2: anything */
    guint n_damaged;
  } CASES[] = {
    { MBUS_SLAVE_FAULT_NONE, 0, 0 },
    { MBUS_SLAVE_FAULT_WRONG_FIRST_START, MBUS_FRAME_ERROR_WRONG_FIRST_START, 0 },
    { MBUS_SLAVE_FAULT_WRONG_SECOND_START, MBUS_FRAME_ERROR_WRONG_SECOND_START, 0 },
    { MBUS_SLAVE_FAULT_WRONG_STOP, MBUS_FRAME_ERROR_WRONG_STOP, 0 },
    { MBUS_SLAVE_FAULT_WRONG_CHECKSUM, MBUS_FRAME_ERROR_WRONG_CHECKSUM, 0 },
    { MBUS_SLAVE_FAULT_LENGTH_MISMATCH, MBUS_FRAME_ERROR_LENGTH_MISMATCH, 0 },
    { MBUS_SLAVE_FAULT_WRONG_LENGTH, MBUS_FRAME_ERROR_WRONG_LENGTH, 0 },
    { MBUS_SLAVE_FAULT_WRONG_CONTROL, 0, 0 },
    { MBUS_SLAVE_FAULT_WRONG_ADDRESS, 0, 0 },
    { MBUS_SLAVE_FAULT_WRONG_CI, 0, 0 },
    { MBUS_SLAVE_FAULT_OTHER_ID, 0, 0 },
    { MBUS_SLAVE_FAULT_TRUNCATED, -1, 0 },
    { MBUS_SLAVE_FAULT_GARBAGE, -2, 0 },
    { MBUS_SLAVE_FAULT_PARITY, 0, 1 },
    { MBUS_SLAVE_FAULT_FRAMING, -2, 1 },
    { MBUS_SLAVE_FAULT_TWICE, 0, 0 },
    { MBUS_SLAVE_FAULT_ENDLESS, MBUS_FRAME_ERROR_WRONG_FIRST_START, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (Line) line = line_new (2400);
      g_autoptr (GError) error = NULL;
      g_autofree gchar *answer = NULL;
      gsize used = 0;
      AmselFrameStatus status;

      g_test_message ("fault %d", CASES[i].fault);
      add (line, WATER, "fault", CASES[i].fault, "fault-limit", 1, NULL);
      assert_answer (line, "1040004016", "E5");
      answer = ask (line, "105B005B16");
      test_clock_advance (line->clock, 30 * G_USEC_PER_SEC);
      status = mbus_frame_find (line->received->data, line->received->len, &used, &error);
      g_assert_cmpuint (line->n_damaged, >=, CASES[i].n_damaged);
      if (CASES[i].code == 0)
        g_assert_cmpint (status, ==, AMSEL_FRAME_STATUS_COMPLETE);
      else if (CASES[i].code == -1)
        g_assert_cmpint (status, ==, AMSEL_FRAME_STATUS_MORE);
      else if (CASES[i].code > 0)
        g_assert_error (error, MBUS_FRAME_ERROR, CASES[i].code);
      if (CASES[i].fault != MBUS_SLAVE_FAULT_NONE && CASES[i].fault != MBUS_SLAVE_FAULT_PARITY)
        g_assert_cmpstr (answer, !=, WATER);
      /* one faulty telegram, then it is sound: the repetition is right */
      assert_answer (line, "105B005B16", WATER);
    }
}

static void
test_drop (void)
{
  g_autoptr (Line) line = line_new (2400);
  guint n_answers = 0;

  add (line, WATER, "drop", 0.25, NULL);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree gchar *answer = ask (line, "1040004016");

      n_answers += *answer != '\0';
    }
  g_assert_cmpuint (n_answers, >, 700);
  g_assert_cmpuint (n_answers, <, 800);
}

/* The same seed gives the same line, whoever else is on it. */
static void
test_seed (void)
{
  gint64 times_us[3];

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Line) line = line_new (2400);

      g_object_set (line->simulator, "seed", (guint64) (i == 2 ? 8 : 7), NULL);
      add (line, WATER, NULL);
      if (i == 1)
        add (line, ELECTRICITY, NULL);
      assert_answer (line, "1040004016", "E5");
      times_us[i] = g_array_index (line->times_us, gint64, 0);
    }
  g_assert_cmpint (times_us[0], ==, times_us[1]);
  g_assert_cmpint (times_us[0], !=, times_us[2]);
}

static void
test_echo (void)
{
  g_autoptr (Line) line = line_new (2400);

  g_object_set (line->simulator, "echo", TRUE, NULL);
  add (line, WATER, NULL);
  assert_answer (line, "1040004016", "1040004016E5");
}

static void
test_bit_errors (void)
{
  g_autoptr (Line) line = line_new (2400);
  guint n_wrong = 0;
  guint n_damaged = 0;

  g_object_set (line->simulator, "bit-error-rate", 0.001, NULL);
  add (line, WATER, NULL);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree gchar *answer = ask (line, "105B005B16");

      n_wrong += !g_str_equal (answer, WATER);
      n_damaged += line->n_damaged > 0;
    }
  /* 1,100 bits each: two thirds of the telegrams are hit, and nearly all hits show as parity or framing */
  g_assert_cmpuint (n_wrong, >, 100);
  g_assert_cmpuint (n_damaged, >, 100);
}

static void
test_fast (void)
{
  g_autoptr (Line) line = line_new (300);
  gint64 start_us = amsel_clock_get_monotonic_us (AMSEL_CLOCK (line->clock));

  g_object_set (line->simulator, "speed", AMSEL_SIMULATOR_SPEED_FAST, NULL);
  add (line, WATER, NULL);
  set_baud (line, 9600);
  for (guint i = 0; i < 10; i++)
    {
      send (line, "1040004016");
      while (test_clock_step (line->clock))
        ;
      g_assert_cmpuint (line->received->len, ==, 1);
    }
  g_assert_cmpint (amsel_clock_get_monotonic_us (AMSEL_CLOCK (line->clock)), ==, start_us);
}

/* Three hundred meters: rising numbers and addresses, and counters that advance with the clock. */
static void
test_generated (void)
{
  g_autoptr (Line) line = line_new (9600);
  g_autofree gchar *select = make_selection ("99010060 FFFF FF FF");
  g_autofree gchar *before = NULL;
  g_autofree gchar *after = NULL;

  add (line, NULL, "generate", MBUS_GENERATE_WATER, "id", "59999900", "address", 1, "count", 300, NULL);
  assert_answer (line, "1040FA3A16", "E5");
  assert_answer (line, select, "E5");
  before = ask (line, "105BFD5816");
  /* 60000199 is the 300th, beyond the addresses that there are */
  g_assert_cmphex (line->received->data[5], ==, 0);
  g_assert_true (g_str_has_prefix (before + 14, "99010060"));
  test_clock_advance (line->clock, (gint64) 30 * 24 * 3600 * G_USEC_PER_SEC);
  after = ask (line, "107BFD7816");
  g_assert_cmpstr (before, !=, after);
  g_assert_cmpuint (strlen (before), ==, strlen (after));
}

static void
test_bad_settings (void)
{
  const gchar *good[] = { WATER, NULL };
  const gchar *half[] = { "685E5E68", NULL };
  const gchar *no_hex[] = { WATER, "68XX", NULL };
  const gchar *short_one[] = { "0801", NULL };
  const gchar *sum[] = { "680303680801727C16", NULL };
  const struct
  {
    const gchar *name;
    const gchar *part; /* of the message */
    const gchar *const *telegrams;
    const gchar *key;
    const gchar *value;
  } CASES[] = {
    { "nothing-to-say", "expected one of", NULL, NULL, NULL },
    { "half-a-frame", "telegram 1: not a telegram", half, NULL, NULL },
    { "no-hex", "telegram 2: column 3", no_hex, NULL, NULL },
    { "too-short", "2 bytes cannot be a telegram", short_one, NULL, NULL },
    { "checksum", "telegram 1: not a telegram", sum, NULL, NULL },
    { "short-id", "eight digits", good, "id", "1234567" },
    { "letters-in-id", "eight digits", good, "id", "1234567X" },
    { "manufacturer", "three letters", good, "manufacturer", "SIEMENS" },
    { "medium", "medium", good, "medium", "whiskey" },
    { "medium-number", "medium", good, "medium", "256" },
    { "missing-file", "No such file", NULL, "file", "/nonexistent/telegrams.txt" },
    { "folder", "not a regular file", NULL, "file", "/tmp" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (GObject) simulator = g_object_new (MBUS_TYPE_SIMULATOR, NULL);
      g_autoptr (GObject) slave = g_object_new (MBUS_TYPE_SLAVE, "telegrams", CASES[i].telegrams, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", CASES[i].name);
      if (CASES[i].key != NULL)
        g_object_set (slave, CASES[i].key, CASES[i].value, NULL);
      g_assert_false (amsel_simulator_add_device (AMSEL_SIMULATOR (simulator), slave, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, CASES[i].part));
    }
}

static void
test_file (void)
{
  g_autofree gchar *path = NULL;
  g_autoptr (Line) line = line_new (9600);
  gint fd = g_file_open_tmp ("amsel-telegrams-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_file_set_contents (
      path, "# a comment\n\n" ELECTRICITY "  # the first\r\n" PART_1 " ; more\n", -1, NULL));
  add (line, NULL, "file", path, "address", 9, "version", 0x77, NULL);
  assert_answer (line, "1040094916", "E5");
  g_assert_cmpuint (ask_length (line, "105B096416"), ==, strlen (ELECTRICITY));
  g_assert_cmphex (line->received->data[13], ==, 0x77);
  g_assert_cmpuint (ask_length (line, "107B098416"), !=, strlen (ELECTRICITY));
  g_unlink (path);
  g_close (fd, NULL);
}

typedef struct
{
  GByteArray *received;
  guint n_damaged;
} Heard;

static void
on_received (Heard *heard, GBytes *data)
{
  g_byte_array_append (heard->received, g_bytes_get_data (data, NULL), (guint) g_bytes_get_size (data));
}

static void
on_damaged (Heard *heard, GBytes *data)
{
  heard->n_damaged += (guint) g_bytes_get_size (data);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = amsel_transport_open_finish (AMSEL_TRANSPORT (source), result, NULL);
}

/* The transport for tests: what comes over it, sound and damaged, and its latency. */
static void
test_transport (void)
{
  g_autoptr (Line) line = line_new (2400);
  g_autoptr (AmselTransport) transport = simulator_transport_new (line->simulator);
  g_autoptr (GBytes) request = mbus_frame_new_req_ud2 (0, TRUE);
  g_autoptr (GByteArray) received = g_byte_array_new ();
  Heard heard = { received, 0 };
  gboolean open = FALSE;

  add (line, WATER, "fault", MBUS_SLAVE_FAULT_PARITY, NULL);
  g_signal_connect_swapped (transport, "received", G_CALLBACK (on_received), &heard);
  g_signal_connect_swapped (transport, "damaged", G_CALLBACK (on_damaged), &heard);
  amsel_transport_open_async (transport, NULL, on_opened, &open);
  test_clock_run_until (line->clock, &open, G_USEC_PER_SEC);
  simulator_transport_set_latency_us (TEST_SIMULATOR_TRANSPORT (transport), 200000);
  g_assert_true (amsel_transport_send (transport, request, NULL));
  g_assert_cmpuint (simulator_transport_get_n_sent (TEST_SIMULATOR_TRANSPORT (transport)), ==, 5);
  test_clock_advance (line->clock, 200000);
  g_assert_cmpuint (received->len, ==, 0);
  test_clock_advance (line->clock, LONG_US);
  g_assert_cmpuint (heard.n_damaged, ==, 1);
  g_assert_cmpuint (received->len, ==, strlen (WATER) / 2 - 1);
  amsel_transport_close (transport);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator-mbus/readout", test_readout);
  g_test_add_func ("/simulator-mbus/noise-before-a-frame", test_noise_before_a_frame);
  g_test_add_func ("/simulator-mbus/frame-count-bit", test_frame_count_bit);
  g_test_add_func ("/simulator-mbus/selection", test_selection);
  g_test_add_func ("/simulator-mbus/deselection", test_deselection);
  g_test_add_func ("/simulator-mbus/special-addresses", test_special_addresses);
  g_test_add_func ("/simulator-mbus/configuration", test_configuration);
  g_test_add_func ("/simulator-mbus/baud", test_baud);
  g_test_add_func ("/simulator-mbus/timing", test_timing);
  g_test_add_func ("/simulator-mbus/requests-in-a-row", test_requests_in_a_row);
  g_test_add_func ("/simulator-mbus/latency-window", test_latency_window);
  g_test_add_func ("/simulator-mbus/faults", test_faults);
  g_test_add_func ("/simulator-mbus/drop", test_drop);
  g_test_add_func ("/simulator-mbus/seed", test_seed);
  g_test_add_func ("/simulator-mbus/echo", test_echo);
  g_test_add_func ("/simulator-mbus/bit-errors", test_bit_errors);
  g_test_add_func ("/simulator-mbus/fast", test_fast);
  g_test_add_func ("/simulator-mbus/generated", test_generated);
  g_test_add_func ("/simulator-mbus/bad-settings", test_bad_settings);
  g_test_add_func ("/simulator-mbus/file", test_file);
  g_test_add_func ("/simulator-mbus/transport", test_transport);
  return g_test_run ();
}
