/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One application protocol data unit of a meter: CI field, header and what follows it (EN 13757-3:2018 5.2
 * and EN 13757-7:2018, 5.2 and 7).
 *
 *   CI   header            follows
 *   72   long (12 bytes)   records            76 the same in mode 2: most significant byte first
 *   7A   short (4 bytes)   records
 *   78   none              records
 *   73   -                 fixed data         77 the same in mode 2
 *   70   none              application error  6E short, 6F long
 *   71   none              alarm              74 short, 75 long
 *
 *   long    identification (4, BCD)  manufacturer (2)  version (1)  medium (1), then as the short one:
 *   short   access number (1)  status (1)  configuration (2)
 *
 * A telegram in mode 2 is turned into a copy, so that everything behind the decoder sees one byte order. */
#include "en13757-private.h"

#define IDENTITY_LENGTH       8
#define SHORT_HEADER_LENGTH   4
#define LONG_HEADER_LENGTH    (IDENTITY_LENGTH + SHORT_HEADER_LENGTH)
#define IDENTIFICATION_LENGTH 4

typedef enum
{
  CONTENT_UNKNOWN,
  CONTENT_RECORDS,
  CONTENT_FIXED,
  CONTENT_ERROR,
  CONTENT_ALARM,
} Content;

typedef struct
{
  guint8 content;
  guint8 header_length;
  gboolean high_first;
} Ci;

/* CI fields from 68 to 7F; all others are unknown. */
#define CI_FIRST 0x68
static const Ci CIS[] = {
  [0x6E - CI_FIRST] = { CONTENT_ERROR, SHORT_HEADER_LENGTH, FALSE },
  [0x6F - CI_FIRST] = { CONTENT_ERROR, LONG_HEADER_LENGTH, FALSE },
  [0x70 - CI_FIRST] = { CONTENT_ERROR, 0, FALSE },
  [0x71 - CI_FIRST] = { CONTENT_ALARM, 0, FALSE },
  [0x72 - CI_FIRST] = { CONTENT_RECORDS, LONG_HEADER_LENGTH, FALSE },
  [0x73 - CI_FIRST] = { CONTENT_FIXED, 0, FALSE },
  [0x74 - CI_FIRST] = { CONTENT_ALARM, SHORT_HEADER_LENGTH, FALSE },
  [0x75 - CI_FIRST] = { CONTENT_ALARM, LONG_HEADER_LENGTH, FALSE },
  [0x76 - CI_FIRST] = { CONTENT_RECORDS, LONG_HEADER_LENGTH, TRUE },
  [0x77 - CI_FIRST] = { CONTENT_FIXED, 0, TRUE },
  [0x78 - CI_FIRST] = { CONTENT_RECORDS, 0, FALSE },
  [0x7A - CI_FIRST] = { CONTENT_RECORDS, SHORT_HEADER_LENGTH, FALSE },
};

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
    G_DEFINE_ENUM_VALUE (EN13757_ERROR_RESERVED_LVAR, "reserved-lvar"))

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

/* Application error and alarm: one byte with the code or the bits; its absence is 0. What follows is kept. */
static gboolean
add_report (AmselTelegram *telegram, AmselCursor *cursor, Content content)
{
  AmselQuantity quantity = content == CONTENT_ERROR ? AMSEL_QUANTITY_APPLICATION_ERROR : AMSEL_QUANTITY_ALARM;
  AmselRecord *record = amsel_telegram_add_record (telegram);
  guint8 code = 0;

  record->quantity = (guint16) quantity;
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->kind = AMSEL_VALUE_DECIMAL;
  record->dif_offset = record->data_offset = (guint32) cursor->position;
  record->data_length = amsel_cursor_u8 (cursor, &code);
  amsel_decimal_set (&record->decimal, code, 0);
  if (content == CONTENT_ERROR)
    record->modifiers[record->n_modifiers++] = amsel_modifier_new (AMSEL_MODIFIER_TABLE_APPLICATION, code);
  if (amsel_cursor_left (cursor) == 0)
    return TRUE;
  record = amsel_telegram_add_record (telegram);
  record->quantity = (guint16) quantity;
  record->function = AMSEL_FUNCTION_INSTANTANEOUS;
  record->kind = AMSEL_VALUE_BYTES;
  record->dif_offset = record->data_offset = (guint32) cursor->position;
  record->data_length = (guint32) amsel_cursor_left (cursor);
  return TRUE;
}

/* Opens the security of a message whose header was read. TRUE where its content can be read. */
static gboolean
open_security (AmselTelegram *telegram, const En13757Context *context, gsize begin, const Ci *ci,
               gsize *offset, gsize *end)
{
  const En13757Transport transport = {
    .begin = begin,
    .header_length = ci->header_length,
    .configuration = amsel_telegram_get_header (telegram)->configuration,
  };

  return context == NULL || en13757_security_open (telegram, context, &transport, offset, end);
}

/**
 * en13757_header_length: (skip)
 * @ci: a CI field
 *
 * Returns: bytes of the header that follows it: 0, 4 or 12
 */
gsize
en13757_header_length (guint8 ci)
{
  return ci >= CI_FIRST && (gsize) (ci - CI_FIRST) < G_N_ELEMENTS (CIS) ? CIS[ci - CI_FIRST].header_length
                                                                        : 0;
}

/**
 * en13757_decode_apdu: (skip)
 * @telegram: gets header and records; its primary address is left as it is
 * @offset: where the CI field is in the telegram's payload
 * @end: where the application data end, at most the length of the payload
 * @context: (nullable): what is known from outside: keys, layers below; %NULL takes all content as plain
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Decodes what a meter sent. What is encrypted is decrypted in place, in a payload of the telegram's own;
 * where that cannot be done the telegram has a fault that says why, and that is no error. Telegrams in mode 2
 * (CI 76 and 77) get a payload of their own too, in which all numbers begin with their least significant
 * byte.
 *
 * Returns: whether all of it was read; records before a fault are kept
 */
gboolean
en13757_decode_apdu (AmselTelegram *telegram, gsize offset, gsize end, const En13757Context *context,
                     GError **error)
{
  AmselCursor cursor;
  guint8 *mutable = NULL;
  gsize begin;
  gsize length;
  Ci ci = { 0 };
  guint8 code;

  amsel_cursor_init (&cursor, amsel_telegram_get_payload (telegram, &length), end);
  g_return_val_if_fail (offset <= end && end <= length, FALSE);
  cursor.position = offset;
  if (!amsel_cursor_u8 (&cursor, &code))
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_EMPTY,
                   "the telegram ends at offset %" G_GSIZE_FORMAT ", where the CI field is expected", offset);
      return FALSE;
    }
  amsel_telegram_edit_header (telegram)->ci = code;
  if (code >= CI_FIRST && (gsize) (code - CI_FIRST) < G_N_ELEMENTS (CIS))
    ci = CIS[code - CI_FIRST];
  if (ci.high_first)
    {
      mutable = amsel_telegram_edit_payload (telegram);
      cursor.data = mutable;
    }
  if (ci.content != CONTENT_UNKNOWN && !read_header (telegram, &cursor, mutable, ci.header_length, error))
    return FALSE;
  begin = cursor.position;
  if (ci.content != CONTENT_UNKNOWN && !open_security (telegram, context, offset, &ci, &begin, &end))
    return TRUE;
  if (ci.high_first)
    mutable = amsel_telegram_edit_payload (telegram);
  switch ((Content) ci.content)
    {
    case CONTENT_RECORDS:
      return en13757_decode_record_area (telegram, mutable, begin, end, error);
    case CONTENT_FIXED:
      return en13757_decode_fixed (telegram, mutable, begin, end, error);
    case CONTENT_ERROR:
    case CONTENT_ALARM:
      return add_report (telegram, &cursor, (Content) ci.content);
    case CONTENT_UNKNOWN:
      break;
    }
  g_set_error (error, EN13757_ERROR, EN13757_ERROR_UNKNOWN_CI,
               "the CI field at offset %" G_GSIZE_FORMAT
               " is %02X, which is no answer of a meter or not supported",
               offset, code);
  return FALSE;
}
