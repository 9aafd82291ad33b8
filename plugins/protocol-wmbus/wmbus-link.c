/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames of wireless M-Bus: checked, and freed from what belongs to the radio. */
#include "wmbus-link.h"

#include <string.h>

#include "en13757-crc.h"

#define CRC_LENGTH 2

/* Format A: 10 bytes, then 16 each. */
#define A_FIRST 10
#define A_BLOCK 16
#define A_WHOLE (A_BLOCK + CRC_LENGTH)

/* Format B: the bytes before the first CRC of a frame that has two. */
#define B_FIRST 126

/* L of the shortest telegram: C, M, A and CI. */
#define L_MIN 10

AMSEL_DEFINE_SHARED_ENUM_TYPE (WmbusFrameError, wmbus_frame_error,
                               G_DEFINE_ENUM_VALUE (WMBUS_FRAME_ERROR_NONE, "none"),
                               G_DEFINE_ENUM_VALUE (WMBUS_FRAME_ERROR_TOO_SHORT, "too-short"),
                               G_DEFINE_ENUM_VALUE (WMBUS_FRAME_ERROR_WRONG_LENGTH, "wrong-length"),
                               G_DEFINE_ENUM_VALUE (WMBUS_FRAME_ERROR_TRUNCATED, "truncated"),
                               G_DEFINE_ENUM_VALUE (WMBUS_FRAME_ERROR_WRONG_CRC, "wrong-crc"),
                               G_DEFINE_ENUM_VALUE (WMBUS_FRAME_ERROR_UNKNOWN_CONTROL, "unknown-control"),
                               G_DEFINE_ENUM_VALUE (WMBUS_FRAME_ERROR_WRONG_CODE, "wrong-code"),
                               G_DEFINE_ENUM_VALUE (WMBUS_FRAME_ERROR_NOT_A_LINE, "not-a-line"))

AMSEL_DEFINE_ERROR_DOMAIN (wmbus_frame_error_quark, "wmbus-frame", WMBUS_TYPE_FRAME_ERROR)

/* C fields of EN 13757-4 table 25, without the bits ACD and DFC of answers and FCB of requests where these
 * are allowed. Bit 7 set is a telegram that a unidirectional repeater has sent on (OMS). */
static const struct
{
  guint8 c;
  const gchar *name;
} CONTROLS[] = {
  { 0x00, "ACK" },     { 0x06, "CNF-IR" },  { 0x08, "RSP-UD" },  { 0x18, "RSP-UD" },  { 0x28, "RSP-UD" },
  { 0x38, "RSP-UD" },  { 0x10, "ACK" },     { 0x20, "ACK" },     { 0x30, "ACK" },     { 0x40, "SND-NKE" },
  { 0x43, "SND-UD2" }, { 0x44, "SND-NR" },  { 0x45, "SND-UD3" }, { 0x46, "SND-IR" },  { 0x47, "ACC-NR" },
  { 0x48, "ACC-DMD" }, { 0x53, "SND-UD" },  { 0x73, "SND-UD" },  { 0x5A, "REQ-UD1" }, { 0x7A, "REQ-UD1" },
  { 0x5B, "REQ-UD2" }, { 0x7B, "REQ-UD2" }, { 0x63, "SND-UD2" },
};

/* The bit of a repeated telegram. */
#define REPEATED 0x80

const gchar *
wmbus_link_get_control_name (guint8 c)
{
  for (gsize i = 0; i < G_N_ELEMENTS (CONTROLS); i++)
    if (CONTROLS[i].c == (c & ~REPEATED))
      return CONTROLS[i].name;
  return NULL;
}

void
wmbus_link_get_identity (const guint8 *telegram, AmselIdentity *out)
{
  const guint8 *address = telegram + WMBUS_ADDRESS_OFFSET;

  *out = (AmselIdentity){
    .manufacturer = (guint16) (address[0] | address[1] << 8),
    .id = (guint32) address[2] | (guint32) address[3] << 8 | (guint32) address[4] << 16
          | (guint32) address[5] << 24,
    .version = address[6],
    .medium = address[7],
    .address = AMSEL_ADDRESS_NONE,
  };
}

gsize
wmbus_link_get_length (WmbusFormat format, guint8 l)
{
  switch (format)
    {
    case WMBUS_FORMAT_A:
      return l < L_MIN ? 0 : l + 1u + CRC_LENGTH * (1 + (l + 1u - A_FIRST + A_BLOCK - 1) / A_BLOCK);
    case WMBUS_FORMAT_B:
      return l < L_MIN + CRC_LENGTH || (l + 1u > B_FIRST + CRC_LENGTH && l + 1u <= B_FIRST + 2 * CRC_LENGTH)
                 ? 0
                 : l + 1u;
    case WMBUS_FORMAT_STRIPPED:
      return l < L_MIN ? 0 : l + 1u;
    case WMBUS_FORMAT_NONE:
      break;
    }
  return 0;
}

static gboolean
is_sound (const guint8 *block, gsize length)
{
  guint16 crc = en13757_crc (block, length);

  return block[length] == crc >> 8 && block[length + 1] == (crc & 0xFF);
}

gboolean
wmbus_link_begins_format_a (const guint8 *data, gsize length)
{
  return length >= A_FIRST + CRC_LENGTH && is_sound (data, A_FIRST);
}

static void
set_wrong_crc (GError **error, const guint8 *data, gsize at, gsize length)
{
  g_set_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_WRONG_CRC,
               "bytes %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT
               " do not fit the CRC behind them: it is %02X%02X, expected %04X",
               at, at + length - 1, data[at + length], data[at + length + 1],
               en13757_crc (data + at, length));
}

/* Copies blocks, of which the first and the others have these lengths before their CRC. */
static gsize
strip_blocks (const guint8 *data, gsize length, gsize first, gsize other, guint8 *out, GError **error)
{
  gsize n = 0;
  gsize at = 0;

  for (gsize block = first; at < length; block = other)
    {
      block = MIN (block, length - at - CRC_LENGTH);
      if (!is_sound (data + at, block))
        {
          if (error != NULL) /* else the CRC would be made a second time for nothing */
            set_wrong_crc (error, data, at, block);
          return 0;
        }
      memcpy (out + n, data + at, block);
      n += block;
      at += block + CRC_LENGTH;
    }
  out[0] = (guint8) (n - 1);
  return n;
}

static gboolean
check_length (WmbusFormat format, const guint8 *data, gsize length, GError **error)
{
  gsize expected = length > 0 ? wmbus_link_get_length (format, data[0]) : 0;

  if (expected == length && length > 0)
    return TRUE;
  if (length <= L_MIN)
    g_set_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_TOO_SHORT,
                 "%" G_GSIZE_FORMAT " bytes are no telegram, which has %d or more", length, L_MIN + 1);
  else
    g_set_error (error, WMBUS_FRAME_ERROR,
                 length < data[0] + 1u ? WMBUS_FRAME_ERROR_TRUNCATED : WMBUS_FRAME_ERROR_WRONG_LENGTH,
                 "the L field is %02X, but there are %" G_GSIZE_FORMAT " bytes", data[0], length);
  return FALSE;
}

gsize
wmbus_link_strip (WmbusFormat format, const guint8 *data, gsize length, guint8 out[WMBUS_TELEGRAM_MAX],
                  GError **error)
{
  if (!check_length (format, data, length, error))
    return 0;
  switch (format)
    {
    case WMBUS_FORMAT_A:
      return strip_blocks (data, length, A_FIRST, A_BLOCK, out, error);
    case WMBUS_FORMAT_B:
      return strip_blocks (data, length, B_FIRST, WMBUS_FRAME_MAX, out, error);
    case WMBUS_FORMAT_STRIPPED:
    case WMBUS_FORMAT_NONE:
      break;
    }
  memcpy (out, data, length);
  return length;
}

/* The manufacturer is three letters of five bits. */
static gboolean
is_manufacturer (const guint8 *m)
{
  guint code = (guint) (m[0] | m[1] << 8) & 0x7FFF;

  for (guint shift = 0; shift < 15; shift += 5)
    if ((code >> shift & 31) < 1 || (code >> shift & 31) > 26)
      return FALSE;
  return TRUE;
}

gboolean
wmbus_link_is_plausible (const guint8 *data, gsize length)
{
  return length > WMBUS_CI_OFFSET && length <= WMBUS_TELEGRAM_MAX
         && wmbus_link_get_control_name (data[WMBUS_C_OFFSET]) != NULL
         && is_manufacturer (data + WMBUS_ADDRESS_OFFSET);
}

/* Whether the last two bytes are the CRC of the last block, as format A or B had it, and the others are gone.
 * The L field is right then, or somebody has set it to one of the lengths with CRC. */
static gboolean
has_last_crc (const guint8 *data, gsize length)
{
  gsize net = length - CRC_LENGTH;
  gsize block;
  gsize l;

  if (length <= WMBUS_CI_OFFSET + CRC_LENGTH)
    return FALSE;
  l = data[0] + 1u;
  if (l != length && l != net && l != net - CRC_LENGTH)
    return FALSE;
  block = A_FIRST + (net - A_FIRST - 1) / A_BLOCK * A_BLOCK;
  return is_sound (data + block, net - block) || (net > B_FIRST && is_sound (data + B_FIRST, net - B_FIRST));
}

/* A frame of format A whose L field is damaged: with the one that belongs to its length all CRCs fit. */
static gboolean
has_wrong_l (const guint8 *data, gsize length)
{
  guint8 copy[WMBUS_FRAME_MAX];
  guint8 out[WMBUS_TELEGRAM_MAX];

  if (length < A_FIRST + CRC_LENGTH + 1 || length > sizeof copy)
    return FALSE;
  memcpy (copy, data, length);
  copy[0] =
      (guint8) (length - 1 - CRC_LENGTH * (1 + (length - A_FIRST - CRC_LENGTH + A_WHOLE - 1) / A_WHOLE));
  return copy[0] != data[0] && wmbus_link_get_length (WMBUS_FORMAT_A, copy[0]) == length
         && wmbus_link_begins_format_a (copy, length)
         && wmbus_link_strip (WMBUS_FORMAT_A, copy, length, out, NULL) > 0;
}

/* What has the CRCs of format A is not without CRCs, however it was damaged or cut. One CRC alone may fit by
 * chance. */
static gboolean
is_damaged_format_a (const guint8 *data, gsize length, GError **error)
{
  const gsize second = A_FIRST + CRC_LENGTH;

  if (length >= second + A_WHOLE && wmbus_link_begins_format_a (data, length)
      && is_sound (data + second, A_BLOCK))
    {
      g_set_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_TRUNCATED,
                   "a frame of format A with L field %02X has %" G_GSIZE_FORMAT
                   " bytes, and there are %" G_GSIZE_FORMAT,
                   data[0], wmbus_link_get_length (WMBUS_FORMAT_A, data[0]), length);
      return TRUE;
    }
  if (!has_wrong_l (data, length))
    return FALSE;
  g_set_error (error, WMBUS_FRAME_ERROR, WMBUS_FRAME_ERROR_WRONG_CRC,
               "the L field is %02X, which does not fit the CRC of a frame of %" G_GSIZE_FORMAT " bytes",
               data[0], length);
  return TRUE;
}

gsize
wmbus_link_strip_any (const guint8 *data, gsize length, guint8 out[WMBUS_TELEGRAM_MAX],
                      WmbusFormat *out_format, GError **error)
{
  guint8 l = length > 0 ? data[0] : 0;
  gsize n = 0;

  *out_format = WMBUS_FORMAT_A;
  if (length > 0 && wmbus_link_get_length (WMBUS_FORMAT_A, l) == length)
    return wmbus_link_strip (WMBUS_FORMAT_A, data, length, out, error);
  if (length > 0 && wmbus_link_get_length (WMBUS_FORMAT_B, l) == length)
    {
      *out_format = WMBUS_FORMAT_B;
      n = wmbus_link_strip (WMBUS_FORMAT_B, data, length, out, NULL);
    }
  if (n > 0)
    return n;
  *out_format = WMBUS_FORMAT_STRIPPED;
  if (length <= WMBUS_TELEGRAM_MAX && has_last_crc (data, length))
    {
      n = length - CRC_LENGTH;
      memcpy (out, data, n);
      out[0] = (guint8) (n - 1);
      return n;
    }
  if (is_damaged_format_a (data, length, error))
    return 0;
  return wmbus_link_strip (WMBUS_FORMAT_STRIPPED, data, length, out, error);
}
