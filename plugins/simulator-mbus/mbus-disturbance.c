/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What disturbs a line: bits that turn over, bursts that spoil characters, characters out of nothing, and a
 * level converter that echoes, has no power or is broken. */
#include "mbus-disturbance.h"

#define NS_PER_S 1e9

/* What may be turned of a character that a burst hits: all but its start bit and its stop bit. */
#define BURST_BITS 9

G_DEFINE_ENUM_TYPE (MbusConverter, mbus_converter, G_DEFINE_ENUM_VALUE (MBUS_CONVERTER_SOUND, "sound"),
                    G_DEFINE_ENUM_VALUE (MBUS_CONVERTER_SILENT, "silent"),
                    G_DEFINE_ENUM_VALUE (MBUS_CONVERTER_BREAK, "break"),
                    G_DEFINE_ENUM_VALUE (MBUS_CONVERTER_GARBAGE, "garbage"))

void
mbus_disturbance_init (MbusDisturbance *self)
{
  self->echo_count = 1;
  self->noise_ns = G_MAXINT64;
}

/* Single bits turn over, or a burst shorter than a character leaves another one. */
void
mbus_disturbance_spoil (MbusDisturbance *self, GArray *words)
{
  MbusRandom *random = &self->random;

  for (guint i = 0; i < words->len; i++)
    {
      MbusWireWord *word = &g_array_index (words, MbusWireWord, i);

      for (guint bit = 0; self->bit_error_rate > 0 && bit < MBUS_WIRE_BITS; bit++)
        if (mbus_random_happens (random, self->bit_error_rate))
          *word ^= (MbusWireWord) (1u << bit);
      if (mbus_random_happens (random, self->character_errors))
        *word ^= (MbusWireWord) ((1 + mbus_random_below (random, (1u << BURST_BITS) - 1)) << 1);
    }
}

/* Parity is checked by each of the slaves: a frame with such a character is none, as it is with another value
 * of one character, which the checksum shows. */
guint8
mbus_disturbance_spoil_sent (MbusDisturbance *self, guint8 value)
{
  if (!mbus_random_happens (&self->random, self->character_errors))
    return value;
  return (guint8) (value ^ (1 + mbus_random_below (&self->random, 255)));
}

/* A sound converter gives back what is sent as it is, once or several times in a row; one without power as
 * characters of nothing but spaces. */
void
mbus_disturbance_echo (MbusDisturbance *self, MbusWire *wire, gint64 start_ns, guint baud, const guint8 *data,
                       gsize length)
{
  gboolean is_break = self->converter == MBUS_CONVERTER_BREAK;
  guint count = is_break ? 1 : 0;
  g_autofree MbusWireWord *words = g_new0 (MbusWireWord, length);

  if (self->converter == MBUS_CONVERTER_SOUND && self->echo)
    count = self->echo_count;
  for (gsize i = 0; !is_break && i < length; i++)
    words[i] = mbus_wire_encode (data[i]);
  for (guint i = 0; i < count; i++)
    start_ns = mbus_wire_add (wire, start_ns, baud, words, length);
}

/* On average after the time that the rate says; from a broken converter one follows another. */
void
mbus_disturbance_plan_noise (MbusDisturbance *self, gint64 now_ns, guint baud)
{
  self->noise_ns = G_MAXINT64;
  if (self->converter == MBUS_CONVERTER_GARBAGE)
    self->noise_ns = now_ns + mbus_wire_bits_to_ns (MBUS_WIRE_BITS, baud);
  else if (self->converter == MBUS_CONVERTER_SOUND && self->noise > 0)
    self->noise_ns =
        now_ns + 1 + (gint64) mbus_random_below (&self->random, (guint64) (2 * NS_PER_S / self->noise));
}

void
mbus_disturbance_make_noise (MbusDisturbance *self, MbusWire *wire, gint64 now_ns, guint baud)
{
  MbusWireWord word = 1u << (MBUS_WIRE_BITS - 1);

  if (now_ns < self->noise_ns)
    return;
  word |= (MbusWireWord) (mbus_random_below (&self->random, 1u << BURST_BITS) << 1);
  mbus_wire_add (wire, now_ns, baud, &word, 1);
  mbus_disturbance_plan_noise (self, now_ns, baud);
}
