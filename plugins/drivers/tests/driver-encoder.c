/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes telegrams and compares what the drivers make of them. */
#include "driver-encoder.h"

#include <string.h>

#include "driver-telegram.h"

#define SND_NR 0x44

static void
put (Encoder *self, guint64 byte)
{
  g_assert_cmpuint (self->length, <, sizeof self->bytes);
  self->bytes[self->length++] = (guint8) byte;
}

void
encoder_u (Encoder *self, guint64 number, gsize length)
{
  for (gsize i = 0; i < length; i++)
    put (self, number >> 8 * i);
}

void
encoder_be (Encoder *self, guint64 number, gsize length)
{
  for (gsize i = length; i > 0; i--)
    put (self, number >> 8 * (i - 1));
}

void
encoder_bcd (Encoder *self, guint64 number, gsize length)
{
  for (gsize i = 0; i < length; i++, number /= 100)
    put (self, number % 10 | number / 10 % 10 << 4);
}

void
encoder_fill (Encoder *self, guint8 byte, gsize n)
{
  while (n-- > 0)
    put (self, byte);
}

void
encoder_hex (Encoder *self, const gchar *hex)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = amsel_hex_decode (hex, -1, &error);
  gsize length;
  const guint8 *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &length);
  for (gsize i = 0; i < length; i++)
    put (self, data[i]);
}

void
encoder_ymd (Encoder *self, guint year, guint month, guint day)
{
  encoder_u (self, (year - 2000) << 9 | month << 5 | day, 2);
}

void
encoder_g (Encoder *self, guint year, guint month, guint day)
{
  encoder_u (self, ((year - 2000) & 0x78) << 9 | month << 8 | ((year - 2000) & 0x07) << 5 | day, 2);
}

void
encoder_begin (Encoder *self, const gchar *letters, guint32 id, guint8 version, guint8 medium, guint8 ci)
{
  gchar plain[4] = { letters[0], letters[1], letters[2], '\0' };

  *self = (Encoder){ 0 };
  put (self, 0);
  put (self, SND_NR);
  encoder_u (self, amsel_manufacturer_parse (plain) | (letters[3] == '!' ? 0x8000u : 0u), 2);
  encoder_u (self, id, 4);
  put (self, version);
  put (self, medium);
  put (self, ci);
}

void
encoder_check (Encoder *self, const guint8 *key, const gchar *driver, const gchar *expected)
{
  g_autoptr (AmselTelegram) telegram = NULL;
  g_autofree gchar *fields = NULL;

  self->bytes[0] = (guint8) (self->length - 1);
  telegram = driver_telegram_decode (self->bytes, self->length, key);
  g_assert_nonnull (telegram);
  fields = driver_telegram_describe (telegram);
  g_assert_cmpstr (fields, ==, expected);
  g_assert_cmpstr (amsel_telegram_get_driver (telegram), ==, driver);
}

void
encoder_check_all (Encoder *self, const gchar *driver, const gchar *expected)
{
  encoder_check (self, NULL, driver, expected);
  for (gsize length = 0; length < self->length; length++)
    {
      g_autofree guint8 *copy = g_memdup2 (self->bytes, length);
      g_autoptr (AmselTelegram) telegram = driver_telegram_decode (copy, length, NULL);
      g_autofree gchar *fields = telegram != NULL ? driver_telegram_describe (telegram) : NULL;

      /* what is cut off is never what the whole one says */
      if (fields != NULL && amsel_telegram_get_driver (telegram) != NULL)
        g_assert_cmpstr (fields, !=, expected);
    }
}
