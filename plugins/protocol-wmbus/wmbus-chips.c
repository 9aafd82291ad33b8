/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chips to bytes. */
#include "wmbus-chips.h"

/* The six chips of each nibble, EN 13757-4 table 10. */
static const guint8 SYMBOLS[16] = {
  0x16, 0x0D, 0x0E, 0x0B, 0x1C, 0x19, 0x1A, 0x13, 0x2C, 0x25, 0x26, 0x23, 0x34, 0x31, 0x32, 0x29,
};

#define NO_NIBBLE 0xFF

/* The two bytes with which the synchronisation of mode C goes on. */
#define C_FIRST    0x54
#define C_FORMAT_A 0xCD
#define C_FORMAT_B 0x3D
#define C_LENGTH   2

typedef struct
{
  const guint8 *data;
  gsize n_chips;
  gsize at;
} Chips;

static guint
take (Chips *self, guint n)
{
  guint value = 0;

  for (guint i = 0; i < n; i++, self->at++)
    value = value << 1 | (self->data[self->at / 8] >> (7 - self->at % 8) & 1u);
  return value;
}

static guint8
find_nibble (guint symbol)
{
  for (guint8 i = 0; i < G_N_ELEMENTS (SYMBOLS); i++)
    if (SYMBOLS[i] == symbol)
      return i;
  return NO_NIBBLE;
}

static gboolean
take_3_of_6 (Chips *chips, guint8 *out)
{
  guint8 high = find_nibble (take (chips, 6));
  guint8 low = find_nibble (take (chips, 6));

  *out = (guint8) (high << 4 | low);
  return high != NO_NIBBLE && low != NO_NIBBLE;
}

static gboolean
take_manchester (Chips *chips, guint8 *out)
{
  guint value = 0;

  for (guint i = 0; i < 8; i++)
    {
      guint pair = take (chips, 2);

      if (pair != 1 && pair != 2)
        return FALSE;
      value = value << 1 | (pair == 1 ? 1u : 0);
    }
  *out = (guint8) value;
  return TRUE;
}

static guint
get_chips_per_byte (WmbusCode code)
{
  switch (code)
    {
    case WMBUS_CODE_3_OF_6:
      return 12;
    case WMBUS_CODE_MANCHESTER:
      return 16;
    case WMBUS_CODE_NONE:
      break;
    }
  return 8;
}

gboolean
wmbus_chips_decode (WmbusCode code, const guint8 *data, gsize length, guint8 *out, gsize room,
                    gsize *out_length, GError **error)
{
  guint per_byte = get_chips_per_byte (code);
  Chips chips = { data, 8 * length, 0 };
  gsize n = 0;

  for (; n < room && chips.n_chips - chips.at >= per_byte; n++)
    {
      gsize begin = chips.at;
      gboolean valid = TRUE;

      if (code == WMBUS_CODE_3_OF_6)
        valid = take_3_of_6 (&chips, &out[n]);
      else if (code == WMBUS_CODE_MANCHESTER)
        valid = take_manchester (&chips, &out[n]);
      else
        out[n] = (guint8) take (&chips, 8);
      if (valid)
        continue;
      *out_length = n;
      g_set_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_WRONG_CODE,
                   "the chips from %" G_GSIZE_FORMAT " on are no valid code of byte %" G_GSIZE_FORMAT, begin,
                   n);
      return FALSE;
    }
  *out_length = n;
  return TRUE;
}

static void
put (GByteArray *out, gsize *n_chips, guint value, guint n)
{
  for (guint i = 0; i < n; i++, (*n_chips)++)
    {
      if (*n_chips % 8 == 0)
        g_byte_array_set_size (out, out->len + 1);
      if (*n_chips % 8 == 0)
        out->data[out->len - 1] = 0;
      out->data[out->len - 1] |= (guint8) ((value >> (n - 1 - i) & 1u) << (7 - *n_chips % 8));
    }
}

GByteArray *
wmbus_chips_encode (WmbusCode code, const guint8 *data, gsize length)
{
  GByteArray *out = g_byte_array_new ();
  gsize n_chips = 0;

  for (gsize i = 0; i < length; i++)
    if (code == WMBUS_CODE_3_OF_6)
      {
        put (out, &n_chips, SYMBOLS[data[i] >> 4], 6);
        put (out, &n_chips, SYMBOLS[data[i] & 15], 6);
      }
    else if (code == WMBUS_CODE_MANCHESTER)
      for (guint bit = 0; bit < 8; bit++)
        put (out, &n_chips, data[i] >> (7 - bit) & 1 ? 1 : 2, 2);
    else
      put (out, &n_chips, data[i], 8);
  return out;
}

gsize
wmbus_chips_tell (const guint8 *data, gsize length, WmbusCode *out_code, WmbusFormat *out_format)
{
  gboolean is_c =
      length >= C_LENGTH && data[0] == C_FIRST && (data[1] == C_FORMAT_A || data[1] == C_FORMAT_B);

  *out_code = is_c ? WMBUS_CODE_NONE : WMBUS_CODE_3_OF_6;
  *out_format = is_c && data[1] == C_FORMAT_B ? WMBUS_FORMAT_B : WMBUS_FORMAT_A;
  return is_c ? C_LENGTH : 0;
}

gsize
wmbus_chips_strip (const guint8 *data, gsize length, guint8 out[WMBUS_TELEGRAM_MAX], GError **error)
{
  guint8 frame[WMBUS_FRAME_MAX];
  WmbusFormat format;
  WmbusCode code;
  gsize skipped = wmbus_chips_tell (data, length, &code, &format);
  gsize whole;
  gsize n;
  g_autoptr (GError) local = NULL;

  /* what follows the frame is noise, and may well be no code */
  wmbus_chips_decode (code, data + skipped, length - skipped, frame, sizeof frame, &n, &local);
  whole = n > 0 ? wmbus_link_get_length (format, frame[0]) : 0;
  if (whole != 0 && n >= whole)
    return wmbus_link_strip (format, frame, whole, out, error);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error (error, WMBUS_FRAME_ERROR,
                 whole == 0 ? WMBUS_FRAME_ERROR_WRONG_LENGTH : WMBUS_FRAME_ERROR_TRUNCATED,
                 "%" G_GSIZE_FORMAT " bytes are no frame", n);
  return 0;
}
