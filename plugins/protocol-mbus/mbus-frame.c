/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames of wired M-Bus. A start character is no proof of a frame: noise and the rest of a damaged frame
 * contain them too. So a frame counts only when all of it fits together, and after a fault the search goes on
 * behind the false start, not behind the length that it claimed: a sound frame that follows is never
 * swallowed. */
#include "mbus-frame.h"

AMSEL_DEFINE_SHARED_ENUM_TYPE (MbusFrameError, mbus_frame_error,
                               G_DEFINE_ENUM_VALUE (MBUS_FRAME_ERROR_NONE, "none"),
                               G_DEFINE_ENUM_VALUE (MBUS_FRAME_ERROR_WRONG_FIRST_START, "wrong-first-start"),
                               G_DEFINE_ENUM_VALUE (MBUS_FRAME_ERROR_WRONG_SECOND_START,
                                                    "wrong-second-start"),
                               G_DEFINE_ENUM_VALUE (MBUS_FRAME_ERROR_WRONG_STOP, "wrong-stop"),
                               G_DEFINE_ENUM_VALUE (MBUS_FRAME_ERROR_WRONG_CHECKSUM, "wrong-checksum"),
                               G_DEFINE_ENUM_VALUE (MBUS_FRAME_ERROR_LENGTH_MISMATCH, "length-mismatch"),
                               G_DEFINE_ENUM_VALUE (MBUS_FRAME_ERROR_WRONG_LENGTH, "wrong-length"))

AMSEL_DEFINE_ERROR_DOMAIN (mbus_frame_error_quark, "mbus-frame", MBUS_TYPE_FRAME_ERROR)

/* What is at the beginning of some bytes: found without allocating, since resynchronising asks often. */
typedef struct
{
  AmselFrameStatus status;
  MbusFrameError fault;
  gsize length; /* of the frame */
  gsize offset; /* of the byte that is wrong */
  guint8 is;
  guint8 expected;
} Probe;

/* Bytes summed side by side: every frame is summed twice on its way, and compilers do this in one
 * instruction. */
#define LANES 16

guint8
mbus_frame_checksum (const guint8 *data, gsize length)
{
  guint8 lanes[LANES] = { 0 };
  guint8 sum = 0;
  gsize at = 0;

  for (; length - at >= LANES; at += LANES)
    for (gsize i = 0; i < LANES; i++)
      lanes[i] = (guint8) (lanes[i] + data[at + i]);
  for (gsize i = 0; i < LANES; i++)
    sum = (guint8) (sum + lanes[i]);
  for (; at < length; at++)
    sum = (guint8) (sum + data[at]);
  return sum;
}

static Probe
damaged (MbusFrameError fault, gsize offset, guint8 is, guint8 expected)
{
  return (Probe){ AMSEL_FRAME_STATUS_DAMAGED, fault, 0, offset, is, expected };
}

/* The end of a frame: n summed bytes at the cursor, their checksum, and the stop character. */
static Probe
probe_end (AmselCursor *cursor, gsize n)
{
  const guint8 *summed = NULL;
  guint8 checksum = 0;
  guint8 stop = 0;

  if (!amsel_cursor_bytes (cursor, n, &summed) || !amsel_cursor_u8 (cursor, &checksum)
      || !amsel_cursor_u8 (cursor, &stop))
    return (Probe){ .status = AMSEL_FRAME_STATUS_MORE };
  if (stop != MBUS_STOP)
    return damaged (MBUS_FRAME_ERROR_WRONG_STOP, cursor->position - 1, stop, MBUS_STOP);
  if (checksum != mbus_frame_checksum (summed, n))
    return damaged (MBUS_FRAME_ERROR_WRONG_CHECKSUM, cursor->position - 2, checksum,
                    mbus_frame_checksum (summed, n));
  return (Probe){ .status = AMSEL_FRAME_STATUS_COMPLETE, .length = cursor->position };
}

/* Each byte is judged as soon as it is there, so that a false start is not waited for. */
static Probe
probe_long (AmselCursor *cursor)
{
  guint8 length = 0;
  guint8 again = 0;
  guint8 start = 0;

  if (!amsel_cursor_u8 (cursor, &length))
    return (Probe){ .status = AMSEL_FRAME_STATUS_MORE };
  if (length < MBUS_LONG_MIN)
    return damaged (MBUS_FRAME_ERROR_WRONG_LENGTH, 1, length, MBUS_LONG_MIN);
  if (!amsel_cursor_u8 (cursor, &again))
    return (Probe){ .status = AMSEL_FRAME_STATUS_MORE };
  if (again != length)
    return damaged (MBUS_FRAME_ERROR_LENGTH_MISMATCH, 2, again, length);
  if (!amsel_cursor_u8 (cursor, &start))
    return (Probe){ .status = AMSEL_FRAME_STATUS_MORE };
  if (start != MBUS_START_LONG)
    return damaged (MBUS_FRAME_ERROR_WRONG_SECOND_START, 3, start, MBUS_START_LONG);
  return probe_end (cursor, length);
}

static Probe
probe (const guint8 *data, gsize length)
{
  AmselCursor cursor;
  guint8 start = 0;

  amsel_cursor_init (&cursor, data, length);
  if (!amsel_cursor_u8 (&cursor, &start))
    return (Probe){ .status = AMSEL_FRAME_STATUS_MORE };
  switch (start)
    {
    case MBUS_ACK:
      return (Probe){ .status = AMSEL_FRAME_STATUS_COMPLETE, .length = 1 };
    case MBUS_START_SHORT:
      return probe_end (&cursor, 2);
    case MBUS_START_LONG:
      return probe_long (&cursor);
    default:
      return damaged (MBUS_FRAME_ERROR_WRONG_FIRST_START, 0, start, MBUS_START_LONG);
    }
}

static inline gboolean
begins_frame (guint8 byte)
{
  return byte == MBUS_ACK || byte == MBUS_START_SHORT || byte == MBUS_START_LONG;
}

/* Where the next sound or possible frame begins; length where there is none. The bytes of a damaged frame may
 * well contain E5, so that an acknowledgement is believed only behind noise. */
static gsize
find_next (const guint8 *data, gsize length, gboolean allow_ack)
{
  for (gsize i = 1; i < length; i++)
    if (begins_frame (data[i]) && (allow_ack || data[i] != MBUS_ACK)
        && probe (data + i, length - i).status != AMSEL_FRAME_STATUS_DAMAGED)
      return i;
  return length;
}

/* Where a sound long frame begins that ends with the last byte: what was waited for at the beginning of data
 * was a false start then. Returns 0 where there is none. */
static gsize
find_at_end (const guint8 *data, gsize length)
{
  for (gsize i = 1; i + MBUS_LONG_OVERHEAD + MBUS_LONG_MIN <= length; i++)
    if (data[i] == MBUS_START_LONG)
      {
        Probe inner = probe (data + i, length - i);

        if (inner.status == AMSEL_FRAME_STATUS_COMPLETE && i + inner.length == length)
          return i;
      }
  return 0;
}

/* The first byte, which is always the first of what was looked at. Every telegram of another protocol that is
 * looked at comes here, so it is done without printf. */
static void
set_wrong_start (guint8 byte, GError **error)
{
  gchar text[] = "byte 0: a frame begins with E5h, 10h or 68h, here is 00h";

  amsel_hex_write (&byte, 1, text + sizeof text - sizeof "00h");
  g_set_error_literal (error, MBUS_FRAME_ERROR, MBUS_FRAME_ERROR_WRONG_FIRST_START, text);
}

static void
set_fault (const Probe *fault, GError **error)
{
  const gchar *what = NULL;

  switch (fault->fault)
    {
    case MBUS_FRAME_ERROR_WRONG_FIRST_START:
      set_wrong_start (fault->is, error);
      return;
    case MBUS_FRAME_ERROR_WRONG_SECOND_START:
      what = "the start character must stand here again";
      break;
    case MBUS_FRAME_ERROR_WRONG_STOP:
      what = "the frame must end here with the stop character";
      break;
    case MBUS_FRAME_ERROR_WRONG_CHECKSUM:
      what = "wrong checksum";
      break;
    case MBUS_FRAME_ERROR_LENGTH_MISMATCH:
      what = "the length must stand here again";
      break;
    case MBUS_FRAME_ERROR_WRONG_LENGTH:
      what = "the length is below the least possible one";
      break;
    case MBUS_FRAME_ERROR_NONE:
      break;
    }
  g_set_error (error, MBUS_FRAME_ERROR, (gint) fault->fault,
               "byte %" G_GSIZE_FORMAT ": %s: expected %02Xh, here is %02Xh", fault->offset, what,
               fault->expected, fault->is);
}

AmselFrameStatus
mbus_frame_find (const guint8 *data, gsize length, gsize *used, GError **error)
{
  Probe first = probe (data, length);

  *used = first.length;
  if (first.status == AMSEL_FRAME_STATUS_MORE)
    {
      gsize next = find_at_end (data, length);

      if (next == 0)
        return AMSEL_FRAME_STATUS_MORE;
      *used = next;
      g_set_error (error, MBUS_FRAME_ERROR, MBUS_FRAME_ERROR_WRONG_LENGTH,
                   "byte 0: the frame is not finished when another one begins at byte %" G_GSIZE_FORMAT,
                   next);
      return AMSEL_FRAME_STATUS_DAMAGED;
    }
  if (first.status == AMSEL_FRAME_STATUS_DAMAGED)
    {
      *used = find_next (data, length, first.fault == MBUS_FRAME_ERROR_WRONG_FIRST_START);
      set_fault (&first, error);
    }
  return first.status;
}

gboolean
mbus_frame_parse (const guint8 *data, gsize length, MbusFrame *out, GError **error)
{
  Probe whole = probe (data, length);
  AmselCursor cursor;

  if (whole.status == AMSEL_FRAME_STATUS_DAMAGED)
    {
      set_fault (&whole, error);
      return FALSE;
    }
  if (whole.status == AMSEL_FRAME_STATUS_MORE || whole.length != length)
    {
      g_set_error (error, MBUS_FRAME_ERROR, MBUS_FRAME_ERROR_WRONG_LENGTH,
                   whole.length == 0 ? "byte %" G_GSIZE_FORMAT ": the frame ends too early"
                                     : "byte %" G_GSIZE_FORMAT ": the frame has ended, and bytes follow",
                   whole.length == 0 ? length : whole.length);
      return FALSE;
    }
  *out = (MbusFrame){ .kind = length == 1                   ? MBUS_FRAME_KIND_ACK
                              : length == MBUS_SHORT_LENGTH ? MBUS_FRAME_KIND_SHORT
                                                            : MBUS_FRAME_KIND_LONG };
  amsel_cursor_init (&cursor, data, length);
  amsel_cursor_skip (&cursor, out->kind == MBUS_FRAME_KIND_LONG ? 4 : 1);
  amsel_cursor_u8 (&cursor, &out->c);
  amsel_cursor_u8 (&cursor, &out->a);
  if (out->kind != MBUS_FRAME_KIND_LONG)
    return TRUE;
  amsel_cursor_u8 (&cursor, &out->ci);
  out->data_length = length - MBUS_LONG_OVERHEAD - MBUS_LONG_MIN;
  return amsel_cursor_bytes (&cursor, out->data_length, &out->data);
}

GBytes *
mbus_frame_new_ack (void)
{
  const guint8 ack = MBUS_ACK;

  return g_bytes_new (&ack, 1);
}

GBytes *
mbus_frame_new_short (guint8 c, guint8 a)
{
  const guint8 frame[MBUS_SHORT_LENGTH] = { MBUS_START_SHORT, c, a, (guint8) (c + a), MBUS_STOP };

  return g_bytes_new (frame, sizeof frame);
}

GBytes *
mbus_frame_new_long (guint8 c, guint8 a, guint8 ci, const guint8 *data, gsize data_length)
{
  guint8 length = (guint8) (data_length + MBUS_LONG_MIN);
  const guint8 head[MBUS_DATA_OFFSET] = { MBUS_START_LONG, length, length, MBUS_START_LONG, c, a, ci };
  guint8 end[] = { (guint8) (c + a + ci + mbus_frame_checksum (data, data_length)), MBUS_STOP };
  g_autoptr (GByteArray) frame = NULL;

  g_return_val_if_fail (data_length <= MBUS_DATA_MAX, NULL);
  frame = g_byte_array_sized_new ((guint) data_length + MBUS_LONG_OVERHEAD + MBUS_LONG_MIN);
  g_byte_array_append (frame, head, sizeof head);
  if (data_length > 0)
    g_byte_array_append (frame, data, (guint) data_length);
  g_byte_array_append (frame, end, sizeof end);
  return g_byte_array_free_to_bytes (g_steal_pointer (&frame));
}

GBytes *
mbus_frame_new_snd_nke (guint8 a)
{
  return mbus_frame_new_short (MBUS_C_SND_NKE, a);
}

GBytes *
mbus_frame_new_req_ud2 (guint8 a, gboolean fcb)
{
  return mbus_frame_new_short (MBUS_C_REQ_UD2 | (fcb ? MBUS_C_FCB : 0), a);
}

GBytes *
mbus_frame_new_req_ud1 (guint8 a, gboolean fcb)
{
  return mbus_frame_new_short (MBUS_C_REQ_UD1 | (fcb ? MBUS_C_FCB : 0), a);
}

GBytes *
mbus_frame_new_snd_ud (guint8 a, gboolean fcb, guint8 ci, const guint8 *data, gsize data_length)
{
  return mbus_frame_new_long (MBUS_C_SND_UD | (fcb ? MBUS_C_FCB : 0), a, ci, data, data_length);
}

GBytes *
mbus_frame_new_select (gboolean fcb, const guint8 selection[MBUS_SELECTION_LENGTH])
{
  return mbus_frame_new_snd_ud (MBUS_ADDRESS_SELECTED, fcb, MBUS_CI_SELECT, selection, MBUS_SELECTION_LENGTH);
}

GBytes *
mbus_frame_new_rsp_ud (guint8 a, guint8 ci, const guint8 *data, gsize data_length)
{
  return mbus_frame_new_long (MBUS_C_RSP_UD, a, ci, data, data_length);
}
