/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whatever a master sends to a line of several slaves: nothing may crash, hang, or answer without end.
 *
 * The input is what the master hands over; a byte from C0 to CF is a pause instead, so that
 * answers and requests meet in every way. */
#include <string.h>

#include "mbus-simulator.h"
#include "mbus-slave.h"
#include "test-clock.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define PAUSE_FIRST  0xC0
#define PAUSE_LAST   0xCF
#define PAUSE_US     20000
#define OUTPUT_LIMIT (1024 * 1024)

static gsize n_output;

static void
on_output (GObject *simulator G_GNUC_UNUSED, GBytes *data, GBytes *damage)
{
  n_output += g_bytes_get_size (data);
  g_assert_true (damage == NULL || g_bytes_get_size (damage) == g_bytes_get_size (data));
  g_assert_cmpuint (n_output, <, OUTPUT_LIMIT);
}

static void
add (AmselSimulator *simulator, const gchar *first, ...)
{
  g_autoptr (GObject) slave = g_object_new (MBUS_TYPE_SLAVE, NULL);
  va_list args;

  va_start (args, first);
  g_object_set_valist (slave, first, args);
  va_end (args);
  g_assert_true (amsel_simulator_add_device (simulator, slave, NULL));
}

static AmselSimulator *
make_line (TestClock *clock)
{
  const gchar *telegrams[] = { "080172214365874D25010740000000"
                               "0C78010000001F",
                               "080172214365874D250107", "080173", NULL };
  AmselSimulator *simulator = g_object_new (MBUS_TYPE_SIMULATOR, "baud", 38400, "echo", TRUE, NULL);

  amsel_simulator_set_clock (simulator, AMSEL_CLOCK (clock));
  add (simulator, "telegrams", telegrams, "id", "12345678", NULL);
  add (simulator, "generate", MBUS_GENERATE_HEAT, "id", "12345670", "count", 3, "parts", 2, NULL);
  add (simulator, "generate", MBUS_GENERATE_WATER, "id", "1234567A", "fault", MBUS_SLAVE_FAULT_GARBAGE, NULL);
  g_signal_connect (simulator, "output", G_CALLBACK (on_output), NULL);
  return simulator;
}

static gboolean
is_pause (guint8 byte)
{
  return byte >= PAUSE_FIRST && byte <= PAUSE_LAST;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (TestClock) clock = test_clock_new (G_GINT64_CONSTANT (1700000000000000));
  g_autoptr (AmselSimulator) simulator = make_line (clock);
  gsize begin = 0;

  n_output = 0;
  size = MIN (size, 4096);
  while (begin < size)
    {
      gsize end = begin;
      g_autoptr (GBytes) part = NULL;

      while (end < size && !is_pause (data[end]))
        end++;
      part = g_bytes_new (data + begin, end - begin);
      amsel_simulator_receive (simulator, part);
      if (end < size)
        test_clock_advance (clock, (data[end] - PAUSE_FIRST) * PAUSE_US);
      begin = end + 1;
    }
  test_clock_advance (clock, 60 * G_USEC_PER_SEC);
  return 0;
}
