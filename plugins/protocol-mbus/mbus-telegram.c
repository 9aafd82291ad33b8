/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From frames to telegrams. */
#include "mbus-telegram.h"

#include "driver.h"
#include "en13757.h"
#include "mbus-error.h"

/* Checksum and stop character behind the application layer. */
#define TRAILER_LENGTH 2

gboolean
mbus_telegram_is_response (guint8 c)
{
  return (c & ~(MBUS_C_ACD | MBUS_C_DFC)) == MBUS_C_RSP_UD;
}

/* C, A, CI and data without anything around them. */
static AmselFrame *
adopt_bare (const guint8 *data, gsize length, GError **error)
{
  g_autoptr (GBytes) whole = NULL;
  AmselCursor cursor;
  guint8 c = 0;
  guint8 a = 0;
  guint8 ci = 0;
  const guint8 *rest = NULL;

  amsel_cursor_init (&cursor, data, length);
  if (!amsel_cursor_u8 (&cursor, &c) || !amsel_cursor_u8 (&cursor, &a) || !amsel_cursor_u8 (&cursor, &ci)
      || length > MBUS_LONG_MAX || !amsel_cursor_bytes (&cursor, length - MBUS_LONG_MIN, &rest))
    {
      g_set_error (error, MBUS_FRAME_ERROR, MBUS_FRAME_ERROR_WRONG_LENGTH,
                   "a telegram without link layer has %d to %d bytes, here are %" G_GSIZE_FORMAT,
                   MBUS_LONG_MIN, MBUS_LONG_MAX, length);
      return NULL;
    }
  whole = mbus_frame_new_long (c, a, ci, rest, length - MBUS_LONG_MIN);
  return amsel_frame_new (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), 0, AMSEL_RSSI_UNKNOWN);
}

AmselFrame *
mbus_telegram_adopt (const guint8 *data, gsize length, GError **error)
{
  AmselCursor cursor;
  guint8 first = 0;
  MbusFrame frame;

  amsel_cursor_init (&cursor, data, length);
  if (amsel_cursor_peek_u8 (&cursor, &first) && mbus_telegram_is_response (first))
    return adopt_bare (data, length, error);
  if (!mbus_frame_parse (data, length, &frame, error))
    return NULL;
  return amsel_frame_new (data, length, 0, AMSEL_RSSI_UNKNOWN);
}

static gboolean
check_response (const MbusFrame *frame, GError **error)
{
  if (frame->kind == MBUS_FRAME_KIND_LONG && mbus_telegram_is_response (frame->c))
    return TRUE;
  if (frame->kind == MBUS_FRAME_KIND_ACK)
    g_set_error (error, MBUS_READ_ERROR, MBUS_READ_ERROR_WRONG_ANSWER,
                 "an acknowledgement, not a telegram with data");
  else
    g_set_error (
        error, MBUS_READ_ERROR, MBUS_READ_ERROR_WRONG_ANSWER,
        "a frame with control field %02Xh, not data of a meter (08h, 18h, 28h or 38h in a long frame)",
        frame->c);
  return FALSE;
}

/* Lets the driver of the meter name what it knows. */
static void
apply_drivers (AmselTelegram *telegram, const DriverLibrary *library)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);
  gsize begin = MBUS_DATA_OFFSET + en13757_header_length (header->ci);
  DriverContext context = {
    .telegram = telegram, .identity = &header->identity, .ci = header->ci, .library = library
  };
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &length);

  context.link = amsel_frame_get_data (amsel_telegram_get_frame (telegram), &context.link_length);
  context.payload = payload + begin;
  context.payload_length = length - TRAILER_LENGTH - begin;
  context.payload_offset = begin;
  driver_decode_payload (&context);
  driver_apply (&context);
}

AmselTelegram *
mbus_telegram_decode (AmselFrame *frame, const En13757Context *context, GError **error)
{
  g_autoptr (AmselTelegram) telegram = NULL;
  gsize length;
  const guint8 *data = amsel_frame_get_data (frame, &length);
  MbusFrame fields;

  if (!mbus_frame_parse (data, length, &fields, error) || !check_response (&fields, error))
    return NULL;
  telegram = amsel_telegram_new (frame, EN13757_RECORDS_EXPECTED (fields.data_length));
  if (!en13757_decode_apdu (telegram, MBUS_DATA_OFFSET - 1, length - TRAILER_LENGTH, context, error))
    return NULL;
  amsel_telegram_edit_header (telegram)->identity.address = fields.a;
  if (amsel_telegram_get_fault (telegram) == NULL)
    apply_drivers (telegram, context != NULL ? context->drivers : NULL);
  return g_steal_pointer (&telegram);
}

/* The identity in the header of an answer; FALSE for kinds of answers that carry none. EN 13757-3 clauses 6.3
 * (long header) and annex G (fixed structure, which has no manufacturer). */
gboolean
mbus_telegram_read_identity (const MbusFrame *frame, AmselIdentity *out)
{
  AmselCursor cursor;
  gboolean fixed = frame->ci == MBUS_CI_FIXED || frame->ci == MBUS_CI_FIXED_MODE2;

  if (!fixed && frame->ci != MBUS_CI_RESPONSE && frame->ci != MBUS_CI_RESPONSE_MODE2)
    return FALSE;
  *out = (AmselIdentity){ .address = AMSEL_ADDRESS_NONE };
  amsel_cursor_init (&cursor, frame->data, frame->data_length);
  return amsel_cursor_u32_le (&cursor, &out->id)
         && (fixed
             || (amsel_cursor_u16_le (&cursor, &out->manufacturer) && amsel_cursor_u8 (&cursor, &out->version)
                 && amsel_cursor_u8 (&cursor, &out->medium)));
}

/* Meters of the old fixed structure say no manufacturer; those of mode 2 mean their bytes in the other order,
 * but not all do. */
gboolean
mbus_telegram_is_from (const MbusFrame *frame, const MbusAddress *address)
{
  MbusAddress wanted = *address;
  AmselIdentity identity;

  if (!mbus_telegram_read_identity (frame, &identity))
    return TRUE;
  if (identity.manufacturer == 0)
    {
      wanted.manufacturer = MBUS_ANY_MANUFACTURER;
      wanted.version = MBUS_ANY_BYTE;
      wanted.medium = MBUS_ANY_BYTE;
    }
  if (mbus_address_matches (&wanted, &identity))
    return TRUE;
  if (frame->ci != MBUS_CI_RESPONSE_MODE2 && frame->ci != MBUS_CI_FIXED_MODE2)
    return FALSE;
  identity.id = GUINT32_SWAP_LE_BE (identity.id);
  identity.manufacturer = GUINT16_SWAP_LE_BE (identity.manufacturer);
  return mbus_address_matches (&wanted, &identity);
}
