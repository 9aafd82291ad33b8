/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams on the way to the wire, sound or spoilt.
 *
 * Three steps, each with its own faults: what the telegram says (control field, address, identification), the
 * frame around it (start, length, checksum, stop), and its characters (parity, stop bit). */
#include "mbus-fault.h"

#include "mbus-frame.h"
#include "mbus-wire.h"

/* What an endless answer has; at 2400 Bd it lasts 18 s. */
#define ENDLESS_CHARACTERS 4000
#define ENDLESS_VALUE      0x55

/* Positions in a long frame. */
#define FIRST_START   0
#define FIRST_LENGTH  1
#define SECOND_LENGTH 2
#define SECOND_START  3

static void
spoil_body (guint8 *body, gsize length, MbusSlaveFault fault)
{
  if (fault == MBUS_SLAVE_FAULT_WRONG_CONTROL)
    body[0] = MBUS_C_SND_UD;
  else if (fault == MBUS_SLAVE_FAULT_WRONG_ADDRESS)
    body[MBUS_BODY_A] ^= 1;
  else if (fault == MBUS_SLAVE_FAULT_WRONG_CI)
    body[MBUS_BODY_CI] = 0;
  else if (fault == MBUS_SLAVE_FAULT_OTHER_ID && length > MBUS_BODY_ID)
    body[MBUS_BODY_ID] ^= 1;
}

static void
spoil_frame (GByteArray *frame, MbusSlaveFault fault, MbusRandom *random)
{
  guint8 *data = frame->data;

  switch ((gint) fault)
    {
    case MBUS_SLAVE_FAULT_WRONG_FIRST_START:
      data[FIRST_START] ^= 1;
      break;
    case MBUS_SLAVE_FAULT_WRONG_SECOND_START:
      data[SECOND_START] ^= 1;
      break;
    case MBUS_SLAVE_FAULT_WRONG_STOP:
      data[frame->len - 1] ^= 1;
      break;
    case MBUS_SLAVE_FAULT_WRONG_CHECKSUM:
      data[frame->len - 2] ^= 1;
      break;
    case MBUS_SLAVE_FAULT_LENGTH_MISMATCH:
      data[SECOND_LENGTH] ^= 1;
      break;
    case MBUS_SLAVE_FAULT_WRONG_LENGTH:
      data[FIRST_LENGTH] = data[SECOND_LENGTH] = MBUS_LONG_MIN - 1;
      break;
    case MBUS_SLAVE_FAULT_TRUNCATED:
      g_byte_array_set_size (frame, frame->len * 2 / 3);
      break;
    case MBUS_SLAVE_FAULT_GARBAGE:
      for (guint i = 0; i < frame->len; i++)
        data[i] = (guint8) mbus_random_next (random);
      break;
    case MBUS_SLAVE_FAULT_ENDLESS:
      g_byte_array_set_size (frame, ENDLESS_CHARACTERS);
      for (guint i = 0; i < frame->len; i++)
        frame->data[i] = ENDLESS_VALUE;
      break;
    default:
      break;
    }
}

static GArray *
encode (GByteArray *frame, MbusSlaveFault fault)
{
  guint n_times = fault == MBUS_SLAVE_FAULT_TWICE ? 2 : 1;
  GArray *words = g_array_sized_new (FALSE, FALSE, sizeof (MbusWireWord), n_times * frame->len);

  for (guint i = 0; i < n_times * frame->len; i++)
    {
      MbusWireWord word = mbus_wire_encode (frame->data[i % frame->len]);

      if (fault == MBUS_SLAVE_FAULT_PARITY && i == frame->len / 2)
        word ^= 1 << 9;
      if (fault == MBUS_SLAVE_FAULT_FRAMING && i == frame->len / 2)
        word ^= 1 << 10;
      g_array_append_val (words, word);
    }
  return words;
}

/* The characters of a long frame around a body, with a fault. */
GArray *
mbus_fault_encode (const guint8 *body, gsize length, MbusSlaveFault fault, MbusRandom *random)
{
  const guint8 head[] = { MBUS_START_LONG, (guint8) length, (guint8) length, MBUS_START_LONG };
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 tail[] = { 0, MBUS_STOP };

  g_byte_array_append (frame, head, sizeof head);
  g_byte_array_append (frame, body, (guint) length);
  spoil_body (frame->data + sizeof head, length, fault);
  tail[0] = mbus_frame_checksum (frame->data + sizeof head, length);
  g_byte_array_append (frame, tail, sizeof tail);
  spoil_frame (frame, fault, random);
  return encode (frame, fault);
}
