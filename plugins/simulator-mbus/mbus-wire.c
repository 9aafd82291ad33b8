/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pair of wires from the slaves to the master, bit by bit.
 *
 * A slave sends a space (0) by drawing 11 to 20 mA more than its mark current (EN 13757-2, 5.2.4), and the
 * master sees a space as soon as the sum has risen: a space of any slave hides the marks of all others, so
 * slaves that send together are a wired AND.
 *
 * Each transmission is a row of 11-bit characters with a beginning and a baud rate of its own. The master's
 * receiver is the usual one: it waits for a falling edge, looks at the middle of each bit, checks parity and
 * stop bit, and waits for the next edge from the middle of the stop bit on. After a missing stop bit it waits
 * until the line is at rest. Times are nanoseconds of the caller's clock; the receiver never looks beyond the
 * time it is given, so transmissions may be added as long as they begin later than that. */
#include "mbus-wire.h"

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

typedef struct
{
  gint64 start_ns;
  gint64 end_ns;
  guint baud;
  gsize n_bits;
  MbusWireWord *words; /* (owned) */
} Transmission;

struct _MbusWire
{
  GArray *transmissions; /* (owned) (element-type Transmission): those the receiver has not passed */
  guint baud;            /* of the receiver */
  gint64 position_ns;    /* the receiver has seen the line up to here */
  gboolean broken;       /* it waits for the line to be at rest */
};

gint64
mbus_wire_bits_to_ns (guint64 bits, guint baud)
{
  return (gint64) ((bits * (guint64) NS_PER_S + baud - 1) / baud);
}

MbusWireWord
mbus_wire_encode (guint8 value)
{
  guint parity = (guint) __builtin_parity (value);

  return (MbusWireWord) (1u << 10 | parity << 9 | (guint) value << 1);
}

static void
transmission_clear (gpointer data)
{
  Transmission *transmission = data;

  g_free (transmission->words);
}

MbusWire *
mbus_wire_new (guint baud)
{
  MbusWire *self = g_new0 (MbusWire, 1);

  self->transmissions = g_array_new (FALSE, FALSE, sizeof (Transmission));
  g_array_set_clear_func (self->transmissions, transmission_clear);
  self->baud = baud;
  self->position_ns = G_MININT64;
  return self;
}

void
mbus_wire_free (MbusWire *self)
{
  g_array_unref (self->transmissions);
  g_free (self);
}

/* Sets the baud rate of the master's receiver. */
void
mbus_wire_set_baud (MbusWire *self, guint baud)
{
  self->baud = baud;
}

/* Puts characters on the line, one right behind the other; returns when the last one ends. */
gint64
mbus_wire_add (MbusWire *self, gint64 start_ns, guint baud, const MbusWireWord *words, gsize n_words)
{
  gsize n_bits = n_words * MBUS_WIRE_BITS;
  Transmission transmission = {
    .start_ns = start_ns,
    .end_ns = start_ns + mbus_wire_bits_to_ns (n_bits, baud),
    .baud = baud,
    .n_bits = n_bits,
    .words = g_memdup2 (words, n_words * sizeof *words),
  };

  g_array_append_val (self->transmissions, transmission);
  return transmission.end_ns;
}

static gboolean
get_bit (const Transmission *transmission, gsize bit)
{
  return (transmission->words[bit / MBUS_WIRE_BITS] >> (bit % MBUS_WIRE_BITS) & 1) != 0;
}

/* The bit that is sent at a time; n_bits or above where the transmission has ended. */
static gsize
get_bit_at (const Transmission *transmission, gint64 time_ns)
{
  return (gsize) ((time_ns - transmission->start_ns) * (gint64) transmission->baud / NS_PER_S);
}

static gboolean
is_space (const Transmission *transmission, gint64 time_ns)
{
  gsize bit;

  if (time_ns < transmission->start_ns || time_ns >= transmission->end_ns)
    return FALSE;
  bit = get_bit_at (transmission, time_ns);
  return bit < transmission->n_bits && !get_bit (transmission, bit);
}

static gboolean
is_line_mark (MbusWire *self, gint64 time_ns)
{
  for (guint i = 0; i < self->transmissions->len; i++)
    if (is_space (&g_array_index (self->transmissions, Transmission, i), time_ns))
      return FALSE;
  return TRUE;
}

/* When the bits of a transmission have the wanted value for the first time at or after a time; its end where
 * they never have. */
static gint64
seek (const Transmission *transmission, gint64 time_ns, gboolean mark)
{
  gint64 from_ns = MAX (time_ns, transmission->start_ns);
  gsize first;

  if (from_ns >= transmission->end_ns)
    return transmission->end_ns;
  first = get_bit_at (transmission, from_ns);
  for (gsize bit = first; bit < transmission->n_bits; bit++)
    if (get_bit (transmission, bit) == mark)
      return bit == first ? from_ns : transmission->start_ns + mbus_wire_bits_to_ns (bit, transmission->baud);
  return transmission->end_ns;
}

/* The first time at or after another at which the line is a space. */
static gboolean
find_space (MbusWire *self, gint64 time_ns, gint64 *out_ns)
{
  gint64 best_ns = G_MAXINT64;

  for (guint i = 0; i < self->transmissions->len; i++)
    {
      const Transmission *transmission = &g_array_index (self->transmissions, Transmission, i);
      gint64 space_ns;

      if (transmission->end_ns <= time_ns || transmission->start_ns >= best_ns)
        continue;
      space_ns = seek (transmission, time_ns, FALSE);
      if (space_ns < transmission->end_ns)
        best_ns = MIN (best_ns, space_ns);
    }
  *out_ns = best_ns;
  return best_ns != G_MAXINT64;
}

/* The first time at or after another at which the line is a mark. */
static gint64
find_mark (MbusWire *self, gint64 time_ns)
{
  gboolean moved = TRUE;

  while (moved)
    {
      moved = FALSE;
      for (guint i = 0; i < self->transmissions->len; i++)
        {
          const Transmission *transmission = &g_array_index (self->transmissions, Transmission, i);

          if (!is_space (transmission, time_ns))
            continue;
          time_ns = seek (transmission, time_ns, TRUE);
          moved = TRUE;
        }
    }
  return time_ns;
}

/* Finds the edge at which the next character begins. */
static gboolean
find_start (MbusWire *self, gint64 *out_ns)
{
  gint64 from_ns = self->position_ns;

  if (self->broken)
    from_ns = find_mark (self, from_ns);
  return find_space (self, from_ns, out_ns);
}

static void
drop_ended (MbusWire *self)
{
  for (guint i = self->transmissions->len; i > 0; i--)
    if (g_array_index (self->transmissions, Transmission, i - 1).end_ns <= self->position_ns)
      g_array_remove_index_fast (self->transmissions, i - 1);
}

/* When the receiver may have the next character, if nothing else is sent; FALSE where nothing is. */
gboolean
mbus_wire_get_due (MbusWire *self, gint64 *out_ns)
{
  gint64 start_ns;

  if (!find_start (self, &start_ns))
    return FALSE;
  *out_ns = start_ns + mbus_wire_bits_to_ns (MBUS_WIRE_BITS, self->baud);
  return TRUE;
}

/* Samples the bits of a character that begins at a time. FALSE where its start bit was a spike. */
static gboolean
sample (MbusWire *self, gint64 start_ns, MbusWireCharacter *out)
{
  guint word = 0;

  for (guint bit = 0; bit < MBUS_WIRE_BITS; bit++)
    if (is_line_mark (self, start_ns + mbus_wire_bits_to_ns (2 * bit + 1, 2 * self->baud)))
      word |= 1u << bit;
  if ((word & 1) != 0)
    return FALSE;
  out->value = (guint8) (word >> 1);
  out->end_ns = start_ns + mbus_wire_bits_to_ns (MBUS_WIRE_BITS, self->baud);
  out->damage = AMSEL_SIMULATOR_DAMAGE_NONE;
  if ((word >> 10 & 1) == 0)
    out->damage = AMSEL_SIMULATOR_DAMAGE_FRAMING;
  else if (word != mbus_wire_encode (out->value))
    out->damage = AMSEL_SIMULATOR_DAMAGE_PARITY;
  return TRUE;
}

/* Gives the next character that has ended by a time; FALSE where none has. */
gboolean
mbus_wire_next (MbusWire *self, gint64 limit_ns, MbusWireCharacter *out)
{
  gint64 start_ns;

  while (find_start (self, &start_ns))
    {
      if (start_ns + mbus_wire_bits_to_ns (MBUS_WIRE_BITS, self->baud) > limit_ns)
        return FALSE;
      if (!sample (self, start_ns, out))
        {
          self->position_ns = start_ns + mbus_wire_bits_to_ns (1, 2 * self->baud);
          self->broken = FALSE;
          continue;
        }
      self->position_ns = start_ns + mbus_wire_bits_to_ns (2 * MBUS_WIRE_BITS - 1, 2 * self->baud);
      self->broken = out->damage == AMSEL_SIMULATOR_DAMAGE_FRAMING;
      drop_ended (self);
      return TRUE;
    }
  self->broken = self->broken && find_mark (self, self->position_ns) > limit_ns;
  self->position_ns = MAX (self->position_ns, limit_ns);
  drop_ended (self);
  return FALSE;
}
