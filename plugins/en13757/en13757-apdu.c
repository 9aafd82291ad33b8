/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One application protocol data unit of a meter: CI field, header and what follows it (EN 13757-3:2018 5.2
 * and EN 13757-7:2018, 5.2 and 7).
 *
 *   CI   header            follows
 *   72   long (12 bytes)   records            76 the same in mode 2: most significant byte first
 *   7A   short (4 bytes)   records
 *   78   none              records
 *   79   none              compact frame      7B short, 73 long (by radio)
 *   69   none              format frame       6A short, 6B long
 *   73   -                 fixed data         77 the same in mode 2 (on a cable)
 *   70   none              application error  6E short, 6F long
 *   71   none              alarm              74 short, 75 long
 *
 *   long    identification (4, BCD)  manufacturer (2)  version (1)  medium (1), then as the short one:
 *   short   access number (1)  status (1)  configuration (2)
 *
 * A telegram in mode 2 is turned into a copy, so that everything behind the decoder sees one byte order. */
#include "en13757-private.h"

#include <string.h>

#include "en13757-crc.h"

#define IDENTITY_LENGTH       8
#define LONG_HEADER_LENGTH    EN13757_LONG_HEADER_LENGTH
#define IDENTIFICATION_LENGTH 4
#define DIF_FILLER            0x2F

AMSEL_DEFINE_SHARED_ENUM_TYPE (
    En13757Error, en13757_error, G_DEFINE_ENUM_VALUE (EN13757_ERROR_NONE, "none"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_EMPTY, "empty"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_UNKNOWN_CI, "unknown-ci"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_SHORT_HEADER, "short-header"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_SHORT_FIXED_DATA, "short-fixed-data"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_PREMATURE_END_OF_DIF, "premature-end-of-dif"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_PREMATURE_END_OF_VIF, "premature-end-of-vif"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_PREMATURE_END_OF_RECORD, "premature-end-of-record"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_TOO_MANY_DIFES, "too-many-difes"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_TOO_MANY_VIFES, "too-many-vifes"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_TOO_LONG_TEXT_VIF, "too-long-text-vif"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_TOO_MANY_RECORDS, "too-many-records"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_RESERVED_DIF, "reserved-dif"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_RESERVED_LVAR, "reserved-lvar"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_UNKNOWN_SIGNATURE, "unknown-signature"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_WRONG_FULL_FRAME_CRC, "wrong-full-frame-crc"),
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_WRONG_FORMAT_FRAME, "wrong-format-frame"))

AMSEL_DEFINE_ERROR_DOMAIN (en13757_error_quark, "mbus-telegram", EN13757_TYPE_ERROR)

/* Turns the numbers of a header that are longer than a byte. */
static void
turn_header (guint8 *header, gsize length)
{
  if (length == LONG_HEADER_LENGTH)
    {
      en13757_reverse (header, IDENTIFICATION_LENGTH);
      en13757_reverse (header + IDENTIFICATION_LENGTH, sizeof (guint16));
      header += IDENTITY_LENGTH;
    }
  en13757_reverse (header + 2, sizeof (guint16));
}

/* Reads a short or a long header. */
static gboolean
read_header (AmselTelegram *telegram, AmselCursor *cursor, guint8 *mutable, gsize length, GError **error)
{
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);

  if (amsel_cursor_left (cursor) < length)
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_SHORT_HEADER,
                   "the header at offset %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT
                   " bytes instead of %" G_GSIZE_FORMAT,
                   cursor->position, amsel_cursor_left (cursor), length);
      return FALSE;
    }
  if (length == 0)
    return TRUE;
  if (mutable != NULL)
    turn_header (mutable + cursor->position, length);
  if (length == LONG_HEADER_LENGTH)
    {
      amsel_cursor_u32_le (cursor, &header->identity.id);
      amsel_cursor_u16_le (cursor, &header->identity.manufacturer);
      amsel_cursor_u8 (cursor, &header->identity.version);
      amsel_cursor_u8 (cursor, &header->identity.medium);
    }
  amsel_cursor_u8 (cursor, &header->access_number);
  amsel_cursor_u8 (cursor, &header->status);
  amsel_cursor_u16_le (cursor, &header->configuration);
  return TRUE;
}

/* A record of bytes as they are. */
static void
add_bytes (AmselTelegram *telegram, AmselQuantity quantity, gsize offset, gsize end)
{
  AmselRecord *record = amsel_telegram_add_record (telegram);

  record->quantity = (guint16) quantity;
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->kind = AMSEL_VALUE_BYTES;
  record->dif_offset = record->data_offset = (guint32) offset;
  record->data_length = (guint32) (end - offset);
}

/* Application error and alarm: one byte with the code or the bits; its absence is 0. What follows is kept. */
static gboolean
add_report (AmselTelegram *telegram, AmselCursor *cursor, En13757Content content)
{
  AmselQuantity quantity =
      content == EN13757_CONTENT_ERROR ? AMSEL_QUANTITY_APPLICATION_ERROR : AMSEL_QUANTITY_ALARM;
  AmselRecord *record = amsel_telegram_add_record (telegram);
  guint8 code = 0;

  record->quantity = (guint16) quantity;
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->kind = AMSEL_VALUE_DECIMAL;
  record->dif_offset = record->data_offset = (guint32) cursor->position;
  record->data_length = amsel_cursor_u8 (cursor, &code);
  amsel_decimal_set (&record->decimal, code, 0);
  if (content == EN13757_CONTENT_ERROR)
    record->modifiers[record->n_modifiers++] = amsel_modifier_new (AMSEL_MODIFIER_TABLE_APPLICATION, code);
  if (amsel_cursor_left (cursor) > 0)
    add_bytes (telegram, quantity, cursor->position, cursor->length);
  return TRUE;
}

/* Gives the telegram records with DIF and VIF in place of the data of a compact frame. */
static void
take_full (AmselTelegram *telegram, gsize begin, const GByteArray *full)
{
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &length);
  guint8 *whole = g_malloc (begin + full->len);

  memcpy (whole, payload, begin);
  memcpy (whole + begin, full->data, full->len);
  amsel_telegram_take_payload (telegram, whole, begin + full->len);
}

/* The head of a compact frame, and the data behind it. */
typedef struct
{
  guint16 signature;
  guint16 full_crc;
  gsize data;
} CompactHead;

static gboolean
read_compact_head (const guint8 *payload, gsize begin, gsize end, CompactHead *out)
{
  AmselCursor cursor;

  amsel_cursor_init (&cursor, payload, end);
  cursor.position = begin;
  if (!amsel_cursor_u16_le (&cursor, &out->signature) || !amsel_cursor_u16_le (&cursor, &out->full_crc))
    return FALSE;
  out->data = cursor.position;
  return TRUE;
}

/* What was encrypted begins with two fillers, which are a signature too: that of the format which fits. */
static GByteArray *
expand (const guint8 *payload, const En13757Apdu *apdu, En13757Formats *formats, CompactHead *head,
        gboolean *known)
{
  static const guint8 FILLERS[] = { DIF_FILLER, DIF_FILLER };
  CompactHead plain = *head;
  GByteArray *full = NULL;

  if (memcmp (payload + apdu->begin, FILLERS, sizeof FILLERS) == 0
      && read_compact_head (payload, apdu->begin + sizeof FILLERS, apdu->end, head))
    full = en13757_formats_expand (formats, head->signature, head->full_crc, payload + head->data,
                                   apdu->end - head->data, known);
  if (full == NULL && !*known)
    full = en13757_formats_expand (formats, plain.signature, plain.full_crc, payload + plain.data,
                                   apdu->end - plain.data, known);
  return full;
}

static gboolean
read_compact (AmselTelegram *telegram, const En13757Apdu *apdu, En13757Formats *formats, GError **error)
{
  g_autoptr (GByteArray) full = NULL;
  gboolean known = FALSE;
  CompactHead head;
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &length);

  if (!read_compact_head (payload, apdu->begin, apdu->end, &head))
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_SHORT_HEADER,
                   "the compact frame ends at offset %" G_GSIZE_FORMAT ", within its signature and CRC",
                   apdu->end);
      return FALSE;
    }
  if (formats != NULL)
    full = expand (payload, apdu, formats, &head, &known);
  if (full == NULL)
    {
      g_set_error (
          error, EN13757_ERROR, known ? EN13757_ERROR_WRONG_FULL_FRAME_CRC : EN13757_ERROR_UNKNOWN_SIGNATURE,
          known ? "the format with signature %04X does not fit: the full frame would not have the CRC %04X"
                : "the format with signature %04X is not known: no full frame of it was seen yet (CRC %04X)",
          head.signature, head.full_crc);
      en13757_add_closed (telegram, apdu->begin, apdu->end, AMSEL_REASON_UNKNOWN_FORMAT);
      return FALSE;
    }
  take_full (telegram, apdu->begin, full);
  return en13757_decode_record_area (telegram, NULL, apdu->begin, apdu->begin + full->len, error);
}

/* Learns what a format frame says; it has no values itself. */
static gboolean
read_format (AmselTelegram *telegram, const En13757Apdu *apdu, En13757Formats *formats, GError **error)
{
  AmselCursor cursor;
  guint16 signature = 0;
  guint8 size = 0;
  gsize length;
  gsize left;

  amsel_cursor_init (&cursor, amsel_telegram_get_payload (telegram, &length), apdu->end);
  cursor.position = apdu->begin;
  amsel_cursor_u8 (&cursor, &size);
  amsel_cursor_u16_le (&cursor, &signature);
  /* what looks like a filler at the end may be the last VIF */
  left = amsel_cursor_left (&cursor);
  while (left > 0 && cursor.data[cursor.position + left - 1] == DIF_FILLER
         && en13757_crc (cursor.data + cursor.position, left) != signature)
    left--;
  if (left == 0 || en13757_crc (cursor.data + cursor.position, left) != signature)
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_WRONG_FORMAT_FRAME,
                   "the format frame at offset %" G_GSIZE_FORMAT " does not fit its signature %04X",
                   apdu->begin, signature);
      return FALSE;
    }
  if (formats != NULL)
    en13757_formats_learn (formats, cursor.data + cursor.position, left);
  return TRUE;
}

static gboolean
read_records (AmselTelegram *telegram, const En13757Apdu *apdu, En13757Formats *formats, GError **error)
{
  guint8 *mutable = apdu->high_first ? amsel_telegram_edit_payload (telegram) : NULL;

  if (!en13757_decode_record_area (telegram, mutable, apdu->begin, apdu->end, error))
    return FALSE;
  if (formats != NULL && !apdu->high_first && amsel_telegram_get_fault (telegram) == NULL)
    en13757_formats_learn_telegram (formats, telegram);
  return TRUE;
}

/**
 * en13757_header_length: (skip)
 * @ci: a CI field
 *
 * Returns: bytes of the header that follows it on a cable: 0, 4 or 12
 */
gsize
en13757_header_length (guint8 ci)
{
  return en13757_ci_get (ci, FALSE).header_length;
}

/**
 * en13757_open_apdu: (skip)
 * @telegram: gets its header; its primary address is left as it is
 * @offset: where the CI field is in the telegram's payload
 * @end: where the application data end, at most the length of the payload
 * @context: (nullable): what is known from outside: keys, layers below; %NULL takes all content as plain
 * @out: (out): where the plain content is
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Reads CI field and header, and makes what follows plain. What is encrypted is decrypted in place, in a
 * payload of the telegram's own; where that cannot be done the telegram has a fault that says why, and @error
 * is not set.
 *
 * Returns: whether there is content that can be read
 */
gboolean
en13757_open_apdu (AmselTelegram *telegram, gsize offset, gsize end, const En13757Context *context,
                   En13757Apdu *out, GError **error)
{
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);
  En13757Transport transport = { .begin = offset };
  guint8 *mutable = NULL;
  AmselCursor cursor;
  gsize length;
  En13757Ci ci;

  amsel_cursor_init (&cursor, amsel_telegram_get_payload (telegram, &length), end);
  g_return_val_if_fail (offset <= end && end <= length, FALSE);
  cursor.position = offset;
  *out = (En13757Apdu){ .begin = offset, .end = end };
  if (!amsel_cursor_u8 (&cursor, &header->ci))
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_EMPTY,
                   "the telegram ends at offset %" G_GSIZE_FORMAT ", where the CI field is expected", offset);
      return FALSE;
    }
  ci = en13757_ci_get (header->ci, context != NULL && context->wireless);
  out->content = ci.content;
  out->high_first = ci.high_first;
  if (ci.high_first)
    cursor.data = mutable = amsel_telegram_edit_payload (telegram);
  if (ci.content != EN13757_CONTENT_OTHER
      && !read_header (telegram, &cursor, mutable, ci.header_length, error))
    return FALSE;
  out->begin = cursor.position;
  transport.header_length = ci.header_length;
  transport.configuration = header->configuration;
  return context == NULL || ci.content == EN13757_CONTENT_OTHER
         || en13757_security_open (telegram, context, &transport, &out->begin, &out->end);
}

/**
 * en13757_read_apdu: (skip)
 * @telegram: gets the records
 * @apdu: what en13757_open_apdu() found
 * @formats: (nullable): formats of compact frames, which are looked for and learned there
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Decodes the content. Telegrams in mode 2 (CI 76 and 77) get a payload of their own, in which all numbers
 * begin with their least significant byte, and compact frames one in which their records have DIF and VIF.
 *
 * Returns: whether all of it was read; records before a fault are kept
 */
gboolean
en13757_read_apdu (AmselTelegram *telegram, const En13757Apdu *apdu, En13757Formats *formats, GError **error)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);
  guint8 *mutable = apdu->high_first ? amsel_telegram_edit_payload (telegram) : NULL;
  AmselCursor cursor;
  gsize length;

  amsel_cursor_init (&cursor, amsel_telegram_get_payload (telegram, &length), apdu->end);
  cursor.position = apdu->begin;
  switch ((En13757Content) apdu->content)
    {
    case EN13757_CONTENT_RECORDS:
      return read_records (telegram, apdu, formats, error);
    case EN13757_CONTENT_COMPACT:
      return read_compact (telegram, apdu, formats, error);
    case EN13757_CONTENT_FORMAT:
      return read_format (telegram, apdu, formats, error);
    case EN13757_CONTENT_FIXED:
      return en13757_decode_fixed (telegram, mutable, apdu->begin, apdu->end, error);
    case EN13757_CONTENT_ERROR:
    case EN13757_CONTENT_ALARM:
      return add_report (telegram, &cursor, (En13757Content) apdu->content);
    case EN13757_CONTENT_MAKER:
    case EN13757_CONTENT_NOTHING:
      if (apdu->begin < apdu->end)
        add_bytes (telegram, AMSEL_QUANTITY_MANUFACTURER_SPECIFIC, apdu->begin, apdu->end);
      return TRUE;
    case EN13757_CONTENT_OTHER:
      break;
    }
  g_set_error (error, EN13757_ERROR, EN13757_ERROR_UNKNOWN_CI,
               "the CI field %02X (%s) before offset %" G_GSIZE_FORMAT " announces no data of a meter",
               header->ci, en13757_ci_get_name (header->ci), apdu->begin);
  return FALSE;
}

/**
 * en13757_decode_apdu: (skip)
 * @telegram: gets header and records; its primary address is left as it is
 * @offset: where the CI field is in the telegram's payload
 * @end: where the application data end, at most the length of the payload
 * @context: (nullable): what is known from outside; see en13757_open_apdu()
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Decodes what a meter sent: en13757_open_apdu() and en13757_read_apdu() together. What is encrypted and
 * cannot be decrypted is no error, but a fault of the telegram.
 *
 * Returns: whether all of it was read; records before a fault are kept
 */
gboolean
en13757_decode_apdu (AmselTelegram *telegram, gsize offset, gsize end, const En13757Context *context,
                     GError **error)
{
  g_autoptr (GError) local = NULL;
  En13757Apdu apdu;

  if (en13757_open_apdu (telegram, offset, end, context, &apdu, &local))
    en13757_read_apdu (telegram, &apdu, context != NULL ? context->formats : NULL, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
