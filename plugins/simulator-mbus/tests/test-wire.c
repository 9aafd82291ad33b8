/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wire: characters, their times to the nanosecond, and what becomes of them when slaves talk at once. */
#include "mbus-wire.h"

#define START_NS G_GINT64_CONSTANT (7000000000)

static void
add_bytes (MbusWire *wire, gint64 start_ns, guint baud, const guint8 *data, gsize length)
{
  MbusWireWord words[16];

  g_assert_cmpuint (length, <=, G_N_ELEMENTS (words));
  for (gsize i = 0; i < length; i++)
    words[i] = mbus_wire_encode (data[i]);
  mbus_wire_add (wire, start_ns, baud, words, length);
}

static void
test_encode (void)
{
  /* start 0, data from the lowest bit on, even parity, stop 1 */
  g_assert_cmphex (mbus_wire_encode (0x00), ==, 0x400);
  g_assert_cmphex (mbus_wire_encode (0x01), ==, 0x602);
  g_assert_cmphex (mbus_wire_encode (0xE5), ==, 0x7CA);
  g_assert_cmphex (mbus_wire_encode (0xFF), ==, 0x5FE);
}

/* Every character at every rate comes over, and ends when its stop bit does. */
static void
test_one_sender (void)
{
  const guint BAUDS[] = { 300, 600, 1200, 2400, 4800, 9600, 19200, 38400 };

  for (guint b = 0; b < G_N_ELEMENTS (BAUDS); b++)
    {
      g_autoptr (MbusWire) wire = mbus_wire_new (BAUDS[b]);
      gint64 start_ns = START_NS;

      for (guint i = 0; i < 256; i += 4)
        {
          const guint8 data[] = { (guint8) i, (guint8) (i + 1), (guint8) (i + 2), (guint8) (i + 3) };
          MbusWireCharacter character;

          add_bytes (wire, start_ns, BAUDS[b], data, sizeof data);
          for (guint k = 0; k < sizeof data; k++)
            {
              gint64 end_ns = start_ns + mbus_wire_bits_to_ns ((k + 1) * MBUS_WIRE_BITS, BAUDS[b]);
              gint64 due_ns;

              g_assert_true (mbus_wire_get_due (wire, &due_ns));
              g_assert_cmpint (ABS (due_ns - end_ns), <=, 1);
              g_assert_false (mbus_wire_next (wire, due_ns - 1, &character));
              g_assert_true (mbus_wire_next (wire, due_ns, &character));
              g_assert_cmphex (character.value, ==, data[k]);
              g_assert_cmpint (character.damage, ==, AMSEL_SIMULATOR_DAMAGE_NONE);
              g_assert_cmpint (character.end_ns, ==, due_ns);
            }
          g_assert_false (mbus_wire_next (wire, start_ns + 200000000, &character));
          start_ns += 300000000;
        }
    }
}

/* A space hides a mark: equal beginnings give the AND of the characters, and parity tells where it can. */
static void
test_and (void)
{
  const struct
  {
    guint8 a;
    guint8 b;
    guint8 seen;
    AmselSimulatorDamage damage;
  } CASES[] = {
    { 0xE5, 0xE5, 0xE5, AMSEL_SIMULATOR_DAMAGE_NONE },   { 0x0F, 0x3C, 0x0C, AMSEL_SIMULATOR_DAMAGE_NONE },
    { 0x01, 0x02, 0x00, AMSEL_SIMULATOR_DAMAGE_PARITY }, { 0x07, 0x0F, 0x07, AMSEL_SIMULATOR_DAMAGE_PARITY },
    { 0xFF, 0x00, 0x00, AMSEL_SIMULATOR_DAMAGE_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (MbusWire) wire = mbus_wire_new (2400);
      MbusWireCharacter character;

      add_bytes (wire, START_NS, 2400, &CASES[i].a, 1);
      add_bytes (wire, START_NS + 20000, 2400, &CASES[i].b, 1); /* a twentieth of a bit later */
      g_assert_true (mbus_wire_next (wire, G_MAXINT64 / 2, &character));
      g_assert_cmphex (character.value, ==, CASES[i].seen);
      g_assert_cmpint (character.damage, ==, CASES[i].damage);
      g_assert_false (mbus_wire_next (wire, G_MAXINT64 / 2, &character));
    }
}

/* Answers that overlap by half a character lose stop bits. */
static void
test_overlap (void)
{
  const guint8 zeros[] = { 0, 0, 0, 0 };
  g_autoptr (MbusWire) wire = mbus_wire_new (2400);
  MbusWireCharacter character;
  guint n_framing = 0;
  guint n = 0;

  add_bytes (wire, START_NS, 2400, zeros, sizeof zeros);
  add_bytes (wire, START_NS + mbus_wire_bits_to_ns (5, 2400), 2400, zeros, sizeof zeros);
  while (mbus_wire_next (wire, G_MAXINT64 / 2, &character))
    {
      n++;
      n_framing += character.damage == AMSEL_SIMULATOR_DAMAGE_FRAMING;
    }
  g_assert_cmpuint (n_framing, >, 0);
  g_assert_cmpuint (n, <=, 8);
}

/* One behind the other, two answers are two answers. */
static void
test_one_after_the_other (void)
{
  const guint8 ack = 0xE5;
  g_autoptr (MbusWire) wire = mbus_wire_new (2400);
  MbusWireCharacter character;

  add_bytes (wire, START_NS, 2400, &ack, 1);
  add_bytes (wire, START_NS + mbus_wire_bits_to_ns (MBUS_WIRE_BITS, 2400) + 1000, 2400, &ack, 1);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (mbus_wire_next (wire, G_MAXINT64 / 2, &character));
      g_assert_cmphex (character.value, ==, 0xE5);
      g_assert_cmpint (character.damage, ==, AMSEL_SIMULATOR_DAMAGE_NONE);
    }
  g_assert_false (mbus_wire_next (wire, G_MAXINT64 / 2, &character));
}

/* A receiver at another rate sees something, but not what was sent, and comes to an end. */
static void
test_other_rate (void)
{
  const guint8 data[] = { 0x68, 0x03, 0x03, 0x68, 0x08, 0x01, 0x72, 0x7B, 0x16 };
  g_autoptr (MbusWire) wire = mbus_wire_new (9600);
  MbusWireCharacter character;
  gboolean same = TRUE;
  guint n = 0;

  add_bytes (wire, START_NS, 2400, data, sizeof data);
  while (mbus_wire_next (wire, G_MAXINT64 / 2, &character))
    same = n < sizeof data && data[n++] == character.value && same;
  g_assert_false (same && n == sizeof data);
}

/* A spike shorter than half a bit is no start bit. */
static void
test_spike (void)
{
  const MbusWireWord spike = 0x7FE;
  g_autoptr (MbusWire) wire = mbus_wire_new (300);
  MbusWireCharacter character;

  mbus_wire_add (wire, START_NS, 38400, &spike, 1);
  g_assert_false (mbus_wire_next (wire, G_MAXINT64 / 2, &character));
}

/* A line that is held down gives one broken character, not a stream of them. */
static void
test_break (void)
{
  const MbusWireWord down[] = { 0, 0, 0, 0 };
  const guint8 ack = 0xE5;
  g_autoptr (MbusWire) wire = mbus_wire_new (2400);
  MbusWireCharacter character;

  mbus_wire_add (wire, START_NS, 2400, down, G_N_ELEMENTS (down));
  add_bytes (wire, START_NS + 50000000, 2400, &ack, 1);
  g_assert_true (mbus_wire_next (wire, G_MAXINT64 / 2, &character));
  g_assert_cmpint (character.damage, ==, AMSEL_SIMULATOR_DAMAGE_FRAMING);
  g_assert_true (mbus_wire_next (wire, G_MAXINT64 / 2, &character));
  g_assert_cmphex (character.value, ==, 0xE5);
  g_assert_false (mbus_wire_next (wire, G_MAXINT64 / 2, &character));
}

/* The same, with a receiver that is looked at again and again while the line is down. */
static void
test_break_in_steps (void)
{
  const MbusWireWord down[] = { 0, 0, 0, 0 };
  g_autoptr (MbusWire) wire = mbus_wire_new (2400);
  MbusWireCharacter character;
  guint n = 0;

  mbus_wire_add (wire, START_NS, 2400, down, G_N_ELEMENTS (down));
  for (gint64 now_ns = START_NS; now_ns < START_NS + 50000000; now_ns += 700000)
    while (mbus_wire_next (wire, now_ns, &character))
      n++;
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator-mbus/wire/encode", test_encode);
  g_test_add_func ("/simulator-mbus/wire/one-sender", test_one_sender);
  g_test_add_func ("/simulator-mbus/wire/and", test_and);
  g_test_add_func ("/simulator-mbus/wire/overlap", test_overlap);
  g_test_add_func ("/simulator-mbus/wire/one-after-the-other", test_one_after_the_other);
  g_test_add_func ("/simulator-mbus/wire/other-rate", test_other_rate);
  g_test_add_func ("/simulator-mbus/wire/spike", test_spike);
  g_test_add_func ("/simulator-mbus/wire/break", test_break);
  g_test_add_func ("/simulator-mbus/wire/break-in-steps", test_break_in_steps);
  return g_test_run ();
}
