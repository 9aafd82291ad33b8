/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receivers as a program sees them. Written from the makers' descriptions and not from the framers of
 * this project, so that a fault of a framer is not met by the same fault here. */
#include "radio-receiver.h"

#include <string.h>

#include "en13757-crc.h"
#include "receiver-private.h"

#define COMMAND_MAX 512

G_DEFINE_ENUM_TYPE (RadioKind, radio_kind, G_DEFINE_ENUM_VALUE (RADIO_KIND_NONE, ""),
                    G_DEFINE_ENUM_VALUE (RADIO_KIND_IM871A, "im871a"),
                    G_DEFINE_ENUM_VALUE (RADIO_KIND_AMB8465, "amb8465"),
                    G_DEFINE_ENUM_VALUE (RADIO_KIND_CUL, "cul"),
                    G_DEFINE_ENUM_VALUE (RADIO_KIND_RTL_WMBUS, "rtl-wmbus"))

void
radio_receiver_init (RadioReceiver *self, RadioKind kind)
{
  *self = (RadioReceiver){ .kind = kind, .pending = g_byte_array_new () };
  radio_receiver_reset (self);
}

void
radio_receiver_clear (RadioReceiver *self)
{
  g_clear_pointer (&self->pending, g_byte_array_unref);
}

void
radio_receiver_reset (RadioReceiver *self)
{
  g_byte_array_set_size (self->pending, 0);
  self->command_mode = self->next_command_mode;
  self->rssi = self->next_rssi;
  switch (self->kind)
    {
    case RADIO_KIND_IM871A: /* listens for S1 until it is told otherwise */
    case RADIO_KIND_AMB8465:
      self->mode = RECEIVER_MODE_S;
      break;
    case RADIO_KIND_RTL_WMBUS:
      self->mode = RECEIVER_MODE_CT;
      break;
    case RADIO_KIND_CUL: /* does not listen at all */
    case RADIO_KIND_NONE:
    default:
      self->mode = RECEIVER_MODE_UNKNOWN;
      break;
    }
}

static void
put (GByteArray *out, guint8 value)
{
  g_byte_array_append (out, &value, 1);
}

static void
put_text (GByteArray *out, const gchar *text)
{
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

static void
put_hex (GByteArray *out, const guint8 *data, gsize length, gboolean upper)
{
  const gchar *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

  for (gsize i = 0; i < length; i++)
    {
      put (out, (guint8) digits[data[i] >> 4]);
      put (out, (guint8) digits[data[i] & 15]);
    }
}

/* A5 | flags and endpoint | message | length | payload. Returns the bytes used, 0 for more. */
static gsize
take_im871a (RadioReceiver *self, const guint8 *data, gsize length, GByteArray *out)
{
  static const ReceiverMode modes[] = { RECEIVER_MODE_S, RECEIVER_MODE_S, RECEIVER_MODE_S,
                                        RECEIVER_MODE_T, RECEIVER_MODE_T, RECEIVER_MODE_UNKNOWN,
                                        RECEIVER_MODE_C, RECEIVER_MODE_C, RECEIVER_MODE_C,
                                        RECEIVER_MODE_C, RECEIVER_MODE_CT };
  static const guint8 pong[] = { 0xA5, 0x01, 0x02, 0x00 };
  static const guint8 configured[] = { 0xA5, 0x01, 0x04, 0x01, 0x00 };

  if (data[0] != 0xA5)
    return 1;
  if (length < 4 || length < 4u + data[3])
    return 0;
  if (data[1] == 0x01 && data[2] == 0x01)
    g_byte_array_append (out, pong, sizeof pong);
  /* what changes: link mode (bit 1 of the first flags), RSSI and time (bits 4 and 5 of the second) */
  if (data[1] == 0x01 && data[2] == 0x03 && data[3] == 6 && data[5] == 0x02 && data[7] == 0x30)
    {
      self->mode = data[6] < G_N_ELEMENTS (modes) ? modes[data[6]] : RECEIVER_MODE_UNKNOWN;
      self->rssi = data[8] == 1;
      g_byte_array_append (out, configured, sizeof configured);
    }
  return 4u + data[3];
}

static void
answer_amb8465 (GByteArray *out, guint8 command, const guint8 *data, guint8 length)
{
  guint begin = out->len;
  guint8 sum = 0;

  put (out, 0xFF);
  put (out, command | 0x80);
  put (out, length);
  g_byte_array_append (out, data, length);
  for (guint i = begin; i < out->len; i++)
    sum ^= out->data[i];
  put (out, sum);
}

/* The memory that can be read and written: only the two parameters that matter are other than 0. */
static void
read_memory (RadioReceiver *self, guint8 from, guint8 n, GByteArray *out)
{
  guint8 answer[2 + 128] = { from, n };

  n = MIN (n, 128);
  for (guint i = 0; i < n; i++)
    if (from + i == 0x05)
      answer[2 + i] = self->next_command_mode;
    else if (from + i == 0x45)
      answer[2 + i] = self->next_rssi;
  answer_amb8465 (out, 0x0A, answer, (guint8) (2 + n));
}

static void
obey_amb8465 (RadioReceiver *self, guint8 command, const guint8 *data, guint8 length, GByteArray *out)
{
  static const guint8 version[] = { 0x03, 0x01, 0x00 };
  static const guint8 ok[] = { 0x00 };

  switch (command)
    {
    case 0x0C:
      answer_amb8465 (out, command, version, sizeof version);
      break;
    case 0x0A:
      if (length == 2)
        read_memory (self, data[0], data[1], out);
      break;
    case 0x09:
      if (length == 3 && data[0] == 0x05)
        self->next_command_mode = data[2] == 1;
      if (length == 3 && data[0] == 0x45)
        self->next_rssi = data[2] == 1;
      answer_amb8465 (out, command, ok, sizeof ok);
      break;
    case 0x05:
      answer_amb8465 (out, command, ok, sizeof ok);
      self->command_mode = self->next_command_mode;
      self->rssi = self->next_rssi;
      self->mode = RECEIVER_MODE_S;
      break;
    case 0x04:
      self->mode = length == 1 && data[0] == 0x08   ? RECEIVER_MODE_T
                   : length == 1 && data[0] == 0x09 ? RECEIVER_MODE_CT
                   : length == 1 && data[0] == 0x0E ? RECEIVER_MODE_C
                                                    : RECEIVER_MODE_S;
      answer_amb8465 (out, command, data, length);
      break;
    default:
      break;
    }
}

static gsize
take_amb8465 (RadioReceiver *self, const guint8 *data, gsize length, GByteArray *out)
{
  guint8 sum = 0;

  if (data[0] != 0xFF)
    return 1;
  if (length < 3 || length < 4u + data[2])
    return 0;
  for (gsize i = 0; i < 3u + data[2]; i++)
    sum ^= data[i];
  if (sum != data[3 + data[2]])
    return 1;
  obey_amb8465 (self, data[1], data + 3, data[2], out);
  return 4u + data[2];
}

static gsize
take_cul (RadioReceiver *self, const guint8 *data, gsize length, GByteArray *out)
{
  const guint8 *end = memchr (data, '\n', length);
  gsize n = end != NULL ? (gsize) (end - data) : 0;

  if (end == NULL)
    return 0;
  if (n > 0 && data[n - 1] == '\r')
    n--;
  if (n == 1 && data[0] == 'V')
    put_text (out, "V 1.67 nanoCUL868\r\n");
  else if (n == 3 && data[0] == 'X')
    self->rssi = TRUE;
  else if (n == 3 && data[0] == 'b' && data[1] == 'r' && strchr ("stc", data[2]) != NULL)
    {
      self->mode = data[2] == 's' ? RECEIVER_MODE_S : data[2] == 't' ? RECEIVER_MODE_T : RECEIVER_MODE_C;
      put (out, (guint8) g_ascii_toupper ((gchar) data[2]));
      put_text (out, "MODE\r\n");
    }
  return (gsize) (end - data) + 1;
}

void
radio_receiver_command (RadioReceiver *self, const guint8 *data, gsize length, GByteArray *out)
{
  g_byte_array_append (self->pending, data, (guint) MIN (length, COMMAND_MAX));
  while (self->pending->len > 0)
    {
      gsize used =
          self->kind == RADIO_KIND_IM871A ? take_im871a (self, self->pending->data, self->pending->len, out)
          : self->kind == RADIO_KIND_AMB8465
              ? take_amb8465 (self, self->pending->data, self->pending->len, out)
          : self->kind == RADIO_KIND_CUL ? take_cul (self, self->pending->data, self->pending->len, out)
                                         : self->pending->len;

      if (used == 0)
        break;
      g_byte_array_remove_range (self->pending, 0, (guint) used);
    }
  if (self->pending->len > COMMAND_MAX)
    g_byte_array_set_size (self->pending, 0);
}

/* With a CRC of its own, and RSSI where it is switched on: -100 dBm at 45, two steps a decibel. */
static void
hear_im871a (RadioReceiver *self, const guint8 *telegram, gsize length, gint rssi_dbm, GByteArray *out)
{
  guint begin = out->len + 1;
  guint16 crc;

  put (out, 0xA5);
  put (out, self->rssi ? 0xC2 : 0x82);
  put (out, 0x03);
  put (out, (guint8) (length - 1));
  g_byte_array_append (out, telegram + 1, (guint) (length - 1));
  if (self->rssi)
    put (out, (guint8) CLAMP (2 * (rssi_dbm + 100) + 45, 0, 255));
  crc = receiver_crc16 (out->data + begin, out->len - begin);
  put (out, (guint8) crc);
  put (out, (guint8) (crc >> 8));
}

static void
hear_amb8465 (RadioReceiver *self, const guint8 *telegram, gsize length, gint rssi_dbm, GByteArray *out)
{
  guint8 rssi = (guint8) (gint8) CLAMP (2 * (rssi_dbm + 74), -128, 127);
  guint begin = out->len;
  guint8 sum = 0;

  if (!self->command_mode)
    {
      g_byte_array_append (out, telegram, (guint) length);
      if (self->rssi)
        put (out, rssi);
      return;
    }
  put (out, 0xFF);
  put (out, 0x03);
  put (out, (guint8) length);
  g_byte_array_append (out, telegram + 1, (guint) (length - 1));
  put (out, rssi);
  for (guint i = begin; i < out->len; i++)
    sum ^= out->data[i];
  put (out, sum);
}

/* With the checksums of format A, as they were on the air. */
static void
hear_cul (RadioReceiver *self, const guint8 *telegram, gsize length, gint rssi_dbm, GByteArray *out)
{
  gsize at = 0;

  put (out, 'b');
  while (at < length)
    {
      gsize block = MIN (length - at, at == 0 ? RECEIVER_HEADER_LENGTH : 16);
      guint16 crc = en13757_crc (telegram + at, block);
      const guint8 checksum[] = { (guint8) (crc >> 8), (guint8) crc };

      put_hex (out, telegram + at, block, TRUE);
      put_hex (out, checksum, sizeof checksum, TRUE);
      at += block;
    }
  if (self->rssi)
    {
      const guint8 trailer[] = { 0x80, (guint8) (gint8) CLAMP (2 * (rssi_dbm + 74), -128, 127) };

      put_hex (out, trailer, sizeof trailer, TRUE);
    }
  put_text (out, "\r\n");
}

static void
hear_rtl_wmbus (const guint8 *telegram, gsize length, ReceiverMode mode, gint64 real_us, GByteArray *out)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (real_us / G_USEC_PER_SEC);
  g_autofree gchar *when = g_date_time_format (time, "%Y-%m-%d %H:%M:%S");
  g_autofree gchar *begin = g_strdup_printf (
      "%s;1;1;%s.%03u;97;148;%02X%02X%02X%02X;0x", mode == RECEIVER_MODE_C ? "C1" : "T1", when,
      (guint) (real_us / 1000 % 1000), telegram[7], telegram[6], telegram[5], telegram[4]);

  put_text (out, begin);
  put_hex (out, telegram, length, FALSE);
  put_text (out, "\n");
}

static gboolean
listens_for (const RadioReceiver *self, ReceiverMode mode)
{
  return self->mode == mode
         || (self->mode == RECEIVER_MODE_CT && (mode == RECEIVER_MODE_C || mode == RECEIVER_MODE_T));
}

void
radio_receiver_hear (RadioReceiver *self, const guint8 *telegram, gsize length, ReceiverMode mode,
                     gint rssi_dbm, gint64 real_us, GByteArray *out)
{
  if (!listens_for (self, mode))
    return;
  switch (self->kind)
    {
    case RADIO_KIND_IM871A:
      hear_im871a (self, telegram, length, rssi_dbm, out);
      break;
    case RADIO_KIND_AMB8465:
      hear_amb8465 (self, telegram, length, rssi_dbm, out);
      break;
    case RADIO_KIND_CUL:
      hear_cul (self, telegram, length, rssi_dbm, out);
      break;
    case RADIO_KIND_RTL_WMBUS:
      hear_rtl_wmbus (telegram, length, mode, real_us, out);
      break;
    case RADIO_KIND_NONE:
    default:
      break;
    }
}
