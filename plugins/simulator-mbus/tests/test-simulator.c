/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slaves on a line: read-out dialogues by hand, byte by byte, on a clock that the test moves. */
#include "mbus-frame.h"
#include "mbus-simulator.h"
#include "mbus-slave.h"
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator-mbus/readout", test_readout);
  g_test_add_func ("/simulator-mbus/noise-before-a-frame", test_noise_before_a_frame);
  return g_test_run ();
}
