/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compact frames. The fuzzer's bytes become records; where their full frame can be read, the compact frame
 * gives the same payload, with a format that was learned from the full frame and with one of a format frame,
 * and with a changed CRC it gives nothing. The bytes are also taken as DIF and VIF, as data, and as both
 * kinds of frame as they are. */
#include <string.h>

#include "en13757-crc.h"
#include "en13757.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define CI_FORMAT  0x69
#define CI_FULL    0x78
#define CI_COMPACT 0x79

#define DIF_VARIABLE 0x0D
#define FILLER       0x2F

/* A record has no more than these bytes of header, and a frame fewer than a format may have. */
#define HEADER_MAX  3
#define RECORDS_MAX 60

/* Byte of the input that says what a record is like. */
#define CODE_DIF  0x0F
#define CODE_VIFE 0x10

typedef struct
{
  GByteArray *headers; /* (owned) DIF and VIF of all records */
  GByteArray *data;    /* (owned) */
  GByteArray *full;    /* (owned) both, record by record */
} Records;

static const struct
{
  guint8 dif;
  guint8 length;
} FIELDS[] = {
  { 0x00, 0 }, { 0x01, 1 }, { 0x02, 2 }, { 0x03, 3 },         { 0x04, 4 }, { 0x05, 4 },
  { 0x06, 6 }, { 0x07, 8 }, { 0x09, 1 }, { 0x0A, 2 },         { 0x0B, 3 }, { 0x0C, 4 },
  { 0x0E, 6 }, { 0x42, 2 }, { 0x14, 4 }, { DIF_VARIABLE, 0 },
};

static void
add_byte (GByteArray *out, guint8 byte)
{
  g_byte_array_append (out, &byte, 1);
}

/* One record; what the input does not say any more is zero. */
static void
add_record (Records *self, AmselCursor *input, guint8 code)
{
  guint8 header[HEADER_MAX] = { FIELDS[code & CODE_DIF].dif, 0, 0 };
  guint8 length = FIELDS[code & CODE_DIF].length;
  guint n = 2;

  amsel_cursor_u8 (input, &header[1]);
  header[1] &= 0x7F;
  /* no text and no further table, which have a length or a code of their own behind them */
  if (header[1] >= 0x7B)
    header[1] = 0x13;
  if (code & CODE_VIFE)
    {
      header[1] |= 0x80;
      amsel_cursor_u8 (input, &header[n]);
      header[n++] &= 0x7F;
    }
  g_byte_array_append (self->headers, header, n);
  g_byte_array_append (self->full, header, n);
  if (header[0] == DIF_VARIABLE)
    {
      amsel_cursor_u8 (input, &length);
      length &= 0x0F;
      add_byte (self->data, length);
      add_byte (self->full, length);
    }
  for (guint i = 0; i < length; i++)
    {
      guint8 byte = 0;

      amsel_cursor_u8 (input, &byte);
      add_byte (self->data, byte);
      add_byte (self->full, byte);
    }
}

/* A message with its CI field. */
static AmselTelegram *
decode (guint8 ci, const GByteArray *content, En13757Formats *formats, GError **error)
{
  const En13757Context context = { .formats = formats, .wireless = TRUE };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (AmselFrame) frame = NULL;
  AmselTelegram *telegram;

  add_byte (bytes, ci);
  g_byte_array_append (bytes, content->data, content->len);
  frame = amsel_frame_new (bytes->data, bytes->len, 0, AMSEL_RSSI_UNKNOWN);
  telegram = amsel_telegram_new (frame, EN13757_RECORDS_EXPECTED (bytes->len));
  en13757_decode_apdu (telegram, 0, bytes->len, &context, error);
  return telegram;
}

static GByteArray *
make_compact (const Records *self, guint16 crc_error)
{
  guint16 signature = en13757_crc (self->headers->data, self->headers->len);
  guint16 crc = (guint16) (en13757_crc (self->full->data, self->full->len) ^ crc_error);
  const guint8 head[] = { (guint8) signature, (guint8) (signature >> 8), (guint8) crc, (guint8) (crc >> 8) };
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, self->data->data, self->data->len);
  return out;
}

static GByteArray *
make_format (const Records *self)
{
  guint16 signature = en13757_crc (self->headers->data, self->headers->len);
  const guint8 head[] = { (guint8) (self->headers->len + 2), (guint8) signature, (guint8) (signature >> 8) };
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, self->headers->data, self->headers->len);
  return out;
}

/* What was learned from the message gives the full frame again; a CRC that does not fit gives nothing. */
static void
check_learned (const Records *self, guint8 ci, const GByteArray *message)
{
  En13757Formats *formats = en13757_formats_new (NULL);
  g_autoptr (GByteArray) compact = make_compact (self, 0);
  g_autoptr (GByteArray) damaged = make_compact (self, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) wrong = NULL;
  g_autoptr (AmselTelegram) first = decode (ci, message, formats, &error);
  g_autoptr (AmselTelegram) second = NULL;
  g_autoptr (AmselTelegram) third = NULL;
  const guint8 *payload;
  gsize length;

  g_assert_no_error (error);
  second = decode (CI_COMPACT, compact, formats, &error);
  g_assert_no_error (error);
  payload = amsel_telegram_get_payload (second, &length);
  g_assert_cmpmem (payload + 1, length - 1, self->full->data, self->full->len);
  third = decode (CI_COMPACT, damaged, formats, &wrong);
  g_assert_error (wrong, EN13757_ERROR, EN13757_ERROR_WRONG_FULL_FRAME_CRC);
  en13757_formats_free (formats);
}

static void
check_built (const guint8 *data, gsize size)
{
  Records records = { g_byte_array_new (), g_byte_array_new (), g_byte_array_new () };
  g_autoptr (AmselTelegram) telegram = NULL;
  g_autoptr (GError) error = NULL;
  AmselCursor input;
  guint8 code;

  amsel_cursor_init (&input, data, size);
  for (guint n = 0; n < RECORDS_MAX && amsel_cursor_u8 (&input, &code); n++)
    add_record (&records, &input, code);
  telegram = decode (CI_FULL, records.full, NULL, &error);
  if (error == NULL && records.headers->len > 0)
    {
      g_autoptr (GByteArray) format = make_format (&records);

      check_learned (&records, CI_FULL, records.full);
      check_learned (&records, CI_FORMAT, format);
    }
  g_byte_array_unref (records.headers);
  g_byte_array_unref (records.data);
  g_byte_array_unref (records.full);
}

/* Any bytes as headers that somebody learned, put to any bytes as data. */
static void
check_raw (const guint8 *data, gsize size)
{
  En13757Formats *formats = en13757_formats_new (NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) full = NULL;
  gsize half = MIN (size / 2, (gsize) EN13757_FORMAT_MAX);
  gboolean known = FALSE;

  g_byte_array_append (bytes, data, (guint) size);
  if (en13757_formats_learn (formats, data, half))
    {
      full = en13757_formats_expand (formats, en13757_crc (data, half), 0, data + half, size - half, &known);
      g_assert_true (known);
      g_assert_true (full == NULL || en13757_crc (full->data, full->len) == 0);
    }
  for (guint8 ci = CI_FORMAT; ci <= CI_COMPACT; ci += CI_COMPACT - CI_FORMAT)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AmselTelegram) telegram = decode (ci, bytes, formats, &error);
    }
  g_assert_cmpuint (en13757_formats_get_size (formats), <=, 2);
  en13757_formats_free (formats);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  check_built (data, size);
  check_raw (data, size);
  return 0;
}
