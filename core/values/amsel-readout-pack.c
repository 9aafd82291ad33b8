/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The compact form of a readout's telegrams, for the store.
 *
 * Two byte strings: the frames, one behind the other as they were on the wire, so that whoever opens the
 * store with other tools finds the raw telegrams; and all the rest, packed. Integers are varints (seven bits
 * a byte, low ones first; signed ones zigzag), so the form does not depend on the machine. A record leaves
 * out what is zero, and its place in the payload where it follows from the record before. Format versions 1
 * and 2:
 *
 *   version u8, number of telegrams, then per telegram:
 *     flags u8, frame length, frame time minus end of the readout (signed), rssi (signed),
 *     id u32, manufacturer u16, version u8, medium u8, address (signed), ci u8, access number u8, status u8,
 *     configuration u16, encryption, [payload length, payload: where it is not the frame], number of records,
 *     then per record:
 *       mask u16, quantity, unit u8, DIF length u8, VIF length u8, data length, and what the mask announces
 * in the order of its bits;
 *     where a driver is announced: length of the names, the names (of the driver and of each field, each with
 * a zero behind it), number of fields, then per field: kind u8, role u8, quantity, and the value: decimal,
 * date, or length and bytes of a text; or reason u8
 *
 * The decimal of a field is one byte (whether it is wide), exponent and mantissa. */
#include "amsel-readout-pack.h"

#include <string.h>

#include "amsel-readout-pack-format.h"

static inline guint64
zigzag (gint64 value)
{
  return (guint64) value << 1 ^ (guint64) (value >> 63);
}

/* Writing goes through a pointer into room that was made beforehand. */

static inline guint8 *
put_varint (guint8 *p, guint64 value)
{
  for (; value >= 0x80; value >>= 7)
    *p++ = (guint8) (value | 0x80);
  *p++ = (guint8) value;
  return p;
}

static inline guint8 *
put_le (guint8 *p, guint64 value, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++, value >>= 8)
    *p++ = (guint8) value;
  return p;
}

static inline guint8 *
reserve (GByteArray *out, gsize room)
{
  guint length = out->len;

  g_byte_array_set_size (out, length + (guint) room);
  return out->data + length;
}

static inline void
settle (GByteArray *out, const guint8 *end)
{
  g_byte_array_set_size (out, (guint) (end - out->data));
}

/* Whether a mantissa is the sign extension of its low half. */
static inline gboolean
is_narrow (const AmselDecimal *decimal)
{
  return decimal->high == ((gint64) decimal->low < 0 ? -1 : 0);
}

static guint
record_mask (const AmselRecord *r, guint32 dif_expected)
{
  const AmselDate *d = &r->date;
  RealBits real = { .real = r->real };
  guint mask = r->kind <= AMSEL_VALUE_BYTES ? r->kind : AMSEL_VALUE_NONE;

  mask |= r->function != 0 ? MASK_FUNCTION : 0;
  mask |= r->storage != 0 ? MASK_STORAGE : 0;
  mask |= r->tariff != 0 ? MASK_TARIFF : 0;
  mask |= r->subunit != 0 ? MASK_SUBUNIT : 0;
  mask |= r->n_modifiers != 0 ? MASK_MODIFIERS : 0;
  mask |= (r->vif_text_length | r->vif_text_offset) != 0 ? MASK_VIF_TEXT : 0;
  mask |= r->reason != 0 ? MASK_REASON : 0;
  mask |= r->dif_offset != dif_expected ? MASK_DIF_OFFSET : 0;
  mask |= r->data_offset != r->dif_offset + r->dif_length + r->vif_length ? MASK_DATA_OFFSET : 0;
  if ((r->decimal.low | (guint64) r->decimal.high) != 0 || r->decimal.exponent != 0)
    mask |= is_narrow (&r->decimal) ? MASK_DECIMAL : MASK_DECIMAL | MASK_WIDE;
  mask |= real.bits != 0 ? MASK_REAL : 0;
  mask |= (d->year | d->month | d->day | d->hour | d->minute | d->second | d->parts) != 0 ? MASK_DATE : 0;
  return mask;
}

static guint8 *
put_decimal (guint8 *p, const AmselDecimal *decimal)
{
  p = put_varint (p, zigzag (decimal->exponent));
  if (is_narrow (decimal))
    return put_varint (p, zigzag ((gint64) decimal->low));
  p = put_le (p, decimal->low, 8);
  return put_le (p, (guint64) decimal->high, 8);
}

static guint8 *
put_date (guint8 *p, const AmselDate *date)
{
  p = put_le (p, date->year, 2);
  *p++ = date->month;
  *p++ = date->day;
  *p++ = date->hour;
  *p++ = date->minute;
  *p++ = date->second;
  *p++ = date->parts;
  return p;
}

static guint8 *
put_modifiers (guint8 *p, const AmselRecord *r)
{
  guint n = MIN (r->n_modifiers, AMSEL_RECORD_MODIFIERS);

  *p++ = (guint8) n;
  for (guint i = 0; i < n; i++)
    p = put_varint (p, r->modifiers[i]);
  return p;
}

static guint8 *
put_record (guint8 *p, const AmselRecord *r, guint32 dif_expected)
{
  guint mask = record_mask (r, dif_expected);
  RealBits real = { .real = r->real };

  p = put_le (p, mask, 2);
  p = put_varint (p, r->quantity);
  *p++ = r->unit;
  *p++ = r->dif_length;
  *p++ = r->vif_length;
  p = put_varint (p, r->data_length);
  if (mask & MASK_FUNCTION)
    *p++ = r->function;
  if (mask & MASK_STORAGE)
    p = put_varint (p, r->storage);
  if (mask & MASK_TARIFF)
    p = put_varint (p, r->tariff);
  if (mask & MASK_SUBUNIT)
    p = put_varint (p, r->subunit);
  if (mask & MASK_MODIFIERS)
    p = put_modifiers (p, r);
  if (mask & MASK_VIF_TEXT)
    {
      *p++ = r->vif_text_length;
      p = put_varint (p, r->vif_text_offset);
    }
  if (mask & MASK_REASON)
    *p++ = r->reason;
  if (mask & MASK_DIF_OFFSET)
    p = put_varint (p, r->dif_offset);
  if (mask & MASK_DATA_OFFSET)
    p = put_varint (p, r->data_offset);
  if (mask & MASK_DECIMAL)
    p = put_decimal (p, &r->decimal);
  if (mask & MASK_REAL)
    p = put_le (p, real.bits, 4);
  if (mask & MASK_DATE)
    p = put_date (p, &r->date);
  return p;
}

/* Makes room for a field and fills it. */
static void
pack_field (const AmselTelegram *telegram, const AmselField *field, GByteArray *packed)
{
  guint8 *p = reserve (packed, FIELD_BYTES_MAX);
  gboolean text = field->kind == AMSEL_VALUE_TEXT;

  *p++ = field->kind;
  *p++ = field->role;
  p = put_varint (p, field->quantity);
  if (field->kind == AMSEL_VALUE_DECIMAL)
    {
      *p++ = is_narrow (&field->decimal) ? 0 : 1;
      p = put_decimal (p, &field->decimal);
    }
  else if (field->kind == AMSEL_VALUE_DATE)
    p = put_date (p, &field->date);
  else if (text)
    p = put_varint (p, field->text_length);
  else
    *p++ = field->reason;
  settle (packed, p);
  if (text)
    g_byte_array_append (packed, (const guint8 *) amsel_telegram_get_text_of_field (telegram, field),
                         field->text_length);
}

static void
append_name (GByteArray *packed, const gchar *name)
{
  g_byte_array_append (packed, (const guint8 *) name, (guint) strlen (name) + 1);
}

static void
pack_driver (const AmselTelegram *telegram, const gchar *driver, GByteArray *packed)
{
  gsize n_fields;
  const AmselField *fields = amsel_telegram_get_fields (telegram, &n_fields);
  gsize names_length = strlen (driver) + 1;

  for (gsize i = 0; i < n_fields; i++)
    names_length += strlen (fields[i].name) + 1;
  settle (packed, put_varint (reserve (packed, VARINT_BYTES_MAX), names_length));
  append_name (packed, driver);
  for (gsize i = 0; i < n_fields; i++)
    append_name (packed, fields[i].name);
  settle (packed, put_varint (reserve (packed, VARINT_BYTES_MAX), n_fields));
  for (gsize i = 0; i < n_fields; i++)
    pack_field (telegram, &fields[i], packed);
}

static guint8 *
put_header (guint8 *p, const AmselTelegramHeader *header)
{
  p = put_le (p, header->identity.id, 4);
  p = put_le (p, header->identity.manufacturer, 2);
  *p++ = header->identity.version;
  *p++ = header->identity.medium;
  p = put_varint (p, zigzag (header->identity.address));
  *p++ = header->ci;
  *p++ = header->access_number;
  *p++ = header->status;
  p = put_le (p, header->configuration, 2);
  return put_varint (p, header->encryption);
}

static void
pack_telegram (AmselTelegram *telegram, gint64 end_us, GByteArray *packed, GByteArray *frames)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);
  AmselFrame *frame = amsel_telegram_get_frame (telegram);
  gsize frame_length, payload_length, n_records;
  const guint8 *frame_data = amsel_frame_get_data (frame, &frame_length);
  const guint8 *payload = amsel_telegram_get_payload (telegram, &payload_length);
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n_records);
  gboolean shared = payload == frame_data && payload_length == frame_length;
  const gchar *driver = amsel_telegram_get_driver (telegram);
  guint8 *p = reserve (packed, TELEGRAM_BYTES_MAX);
  guint32 dif_expected = 0;

  g_byte_array_append (frames, frame_data, (guint) frame_length);
  *p++ = (guint8) ((shared ? 0 : FLAG_PAYLOAD) | (header->more_follows ? FLAG_MORE_FOLLOWS : 0)
                   | (driver != NULL ? FLAG_DRIVER : 0));
  p = put_varint (p, frame_length);
  p = put_varint (p, zigzag ((gint64) ((guint64) amsel_frame_get_received_us (frame) - (guint64) end_us)));
  p = put_varint (p, zigzag (amsel_frame_get_rssi_dbm (frame)));
  p = put_header (p, header);
  if (!shared)
    {
      settle (packed, put_varint (p, payload_length));
      g_byte_array_append (packed, payload, (guint) payload_length);
      p = reserve (packed, VARINT_BYTES_MAX);
    }
  settle (packed, put_varint (p, n_records));

  p = reserve (packed, n_records * RECORD_BYTES_MAX);
  for (gsize i = 0; i < n_records; i++)
    {
      p = put_record (p, &records[i], dif_expected);
      dif_expected = records[i].data_offset + records[i].data_length;
    }
  settle (packed, p);
  if (driver != NULL)
    pack_driver (telegram, driver, packed);
}

/* An upper bound of what a driver and its fields take. */
static guint64
bound_of_driver (const AmselTelegram *telegram)
{
  const gchar *driver = amsel_telegram_get_driver (telegram);
  gsize n_fields;
  const AmselField *fields = amsel_telegram_get_fields (telegram, &n_fields);
  guint64 total;

  if (driver == NULL)
    return 0;
  total = 2 * VARINT_BYTES_MAX + strlen (driver) + 1;
  for (gsize i = 0; i < n_fields; i++)
    total += FIELD_BYTES_MAX + strlen (fields[i].name) + 1 + fields[i].text_length;
  return total;
}

/* Whether a readout stays within AMSEL_READOUT_PACK_MAX however its numbers look. */
static gboolean
fits (AmselTelegram *const *telegrams, gsize n_telegrams)
{
  guint64 total = VARINT_BYTES_MAX + 1;

  for (gsize i = 0; i < n_telegrams; i++)
    {
      gsize frame_length, payload_length;

      amsel_frame_get_data (amsel_telegram_get_frame (telegrams[i]), &frame_length);
      amsel_telegram_get_payload (telegrams[i], &payload_length);
      total += TELEGRAM_BYTES_MAX + VARINT_BYTES_MAX + (guint64) frame_length + payload_length;
      total += (guint64) amsel_telegram_get_n_records (telegrams[i]) * RECORD_BYTES_MAX;
      total += bound_of_driver (telegrams[i]);
    }
  return total <= AMSEL_READOUT_PACK_MAX;
}

static gboolean
has_driver (AmselTelegram *const *telegrams, gsize n_telegrams)
{
  for (gsize i = 0; i < n_telegrams; i++)
    if (amsel_telegram_get_driver (telegrams[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Appends the frames of a readout to frames and all else of its telegrams to packed. What AmselReadoutInfo
 * holds is not in it: the store has columns for that. FALSE, with nothing written, where it is larger than
 * any readout of a meter. */
gboolean
amsel_readout_pack (const AmselReadout *readout, GByteArray *packed, GByteArray *frames)
{
  gsize n_telegrams;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n_telegrams);
  guint8 *p;

  if (!fits (telegrams, n_telegrams))
    return FALSE;
  p = reserve (packed, VARINT_BYTES_MAX + 1);
  *p++ = has_driver (telegrams, n_telegrams) ? PACK_VERSION_DRIVER : PACK_VERSION;
  settle (packed, put_varint (p, n_telegrams));
  for (gsize i = 0; i < n_telegrams; i++)
    pack_telegram (telegrams[i], amsel_readout_get_end_us (readout), packed, frames);
  return TRUE;
}
