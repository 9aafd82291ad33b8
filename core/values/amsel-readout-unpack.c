/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the packed form of readouts (amsel-readout-pack.c describes it) from bytes that may be damaged.
 *
 * Every function gives FALSE or NULL where the bytes end or say what cannot be. Counts are checked against
 * the bytes that are left before anything is allocated for them. */
#include <string.h>

#include "amsel-cursor.h"
#include "amsel-error.h"
#include "amsel-readout-pack-format.h"
#include "amsel-readout-pack.h"

static inline gint64
unzigzag (guint64 value)
{
  return (gint64) (value >> 1 ^ (0 - (value & 1)));
}

static inline gboolean
get_varint (AmselCursor *c, guint64 maximum, guint64 *out)
{
  guint64 value = 0;
  guint8 byte;

  for (guint shift = 0; shift < 64; shift += 7)
    {
      if (!amsel_cursor_u8 (c, &byte))
        return FALSE;
      if (shift == 63 && byte > 1)
        return FALSE;
      value |= (guint64) (byte & 0x7F) << shift;
      if (byte < 0x80)
        {
          *out = value;
          return value <= maximum;
        }
    }
  return FALSE;
}

static inline gboolean
get_u32 (AmselCursor *c, guint32 *out)
{
  guint64 value;

  if (!get_varint (c, G_MAXUINT32, &value))
    return FALSE;
  *out = (guint32) value;
  return TRUE;
}

static inline gboolean
get_u16 (AmselCursor *c, guint16 *out)
{
  guint64 value;

  if (!get_varint (c, G_MAXUINT16, &value))
    return FALSE;
  *out = (guint16) value;
  return TRUE;
}

static inline gboolean
get_signed (AmselCursor *c, gint64 minimum, gint64 maximum, gint64 *out)
{
  guint64 value;

  if (!get_varint (c, G_MAXUINT64, &value))
    return FALSE;
  *out = unzigzag (value);
  return *out >= minimum && *out <= maximum;
}

static gboolean
get_decimal (AmselCursor *c, gboolean wide, AmselDecimal *out)
{
  gint64 exponent, mantissa;
  guint64 high;

  if (!get_signed (c, G_MININT16, G_MAXINT16, &exponent))
    return FALSE;
  if (!wide)
    {
      if (!get_signed (c, G_MININT64, G_MAXINT64, &mantissa))
        return FALSE;
      amsel_decimal_set (out, mantissa, (gint) exponent);
      return TRUE;
    }
  if (!amsel_cursor_uint_le (c, 8, &out->low) || !amsel_cursor_uint_le (c, 8, &high))
    return FALSE;
  out->high = (gint64) high;
  out->exponent = (gint16) exponent;
  return TRUE;
}

static gboolean
get_real (AmselCursor *c, gfloat *out)
{
  RealBits real;

  if (!amsel_cursor_u32_le (c, &real.bits))
    return FALSE;
  *out = real.real;
  return TRUE;
}

static gboolean
get_date (AmselCursor *c, AmselDate *out)
{
  return amsel_cursor_u16_le (c, &out->year) && amsel_cursor_u8 (c, &out->month)
         && amsel_cursor_u8 (c, &out->day) && amsel_cursor_u8 (c, &out->hour)
         && amsel_cursor_u8 (c, &out->minute) && amsel_cursor_u8 (c, &out->second)
         && amsel_cursor_u8 (c, &out->parts);
}

static gboolean
get_modifiers (AmselCursor *c, AmselRecord *r)
{
  if (!amsel_cursor_u8 (c, &r->n_modifiers) || r->n_modifiers > AMSEL_RECORD_MODIFIERS)
    return FALSE;
  for (guint i = 0; i < r->n_modifiers; i++)
    if (!get_u16 (c, &r->modifiers[i]))
      return FALSE;
  return TRUE;
}

/* Whether all that a record points at lies in the payload. */
static gboolean
lies_within (const AmselRecord *r, gsize payload_length)
{
  return (guint64) r->dif_offset + r->dif_length + r->vif_length <= payload_length
         && (guint64) r->vif_text_offset + r->vif_text_length <= payload_length
         && (guint64) r->data_offset + r->data_length <= payload_length;
}

static gboolean
get_places (AmselCursor *c, guint mask, AmselRecord *r, guint32 dif_expected)
{
  if (mask & MASK_VIF_TEXT)
    if (!amsel_cursor_u8 (c, &r->vif_text_length) || !get_u32 (c, &r->vif_text_offset))
      return FALSE;
  if (mask & MASK_REASON)
    if (!amsel_cursor_u8 (c, &r->reason))
      return FALSE;
  r->dif_offset = dif_expected;
  if ((mask & MASK_DIF_OFFSET) && !get_u32 (c, &r->dif_offset))
    return FALSE;
  r->data_offset = r->dif_offset + r->dif_length + r->vif_length;
  return !(mask & MASK_DATA_OFFSET) || get_u32 (c, &r->data_offset);
}

static gboolean
get_value (AmselCursor *c, guint mask, AmselRecord *r)
{
  if ((mask & MASK_DECIMAL) && !get_decimal (c, (mask & MASK_WIDE) != 0, &r->decimal))
    return FALSE;
  if ((mask & MASK_REAL) && !get_real (c, &r->real))
    return FALSE;
  return !(mask & MASK_DATE) || get_date (c, &r->date);
}

static gboolean
get_record (AmselCursor *c, AmselRecord *r, guint32 dif_expected)
{
  guint16 mask;

  if (!amsel_cursor_u16_le (c, &mask) || !get_u16 (c, &r->quantity) || !amsel_cursor_u8 (c, &r->unit)
      || !amsel_cursor_u8 (c, &r->dif_length) || !amsel_cursor_u8 (c, &r->vif_length)
      || !get_u32 (c, &r->data_length))
    return FALSE;
  r->kind = mask & MASK_KIND;
  if (r->kind > AMSEL_VALUE_BYTES)
    return FALSE;
  if ((mask & MASK_FUNCTION) && !amsel_cursor_u8 (c, &r->function))
    return FALSE;
  if ((mask & MASK_STORAGE) && !get_varint (c, G_MAXUINT64, &r->storage))
    return FALSE;
  if ((mask & MASK_TARIFF) && !get_u32 (c, &r->tariff))
    return FALSE;
  if ((mask & MASK_SUBUNIT) && !get_u16 (c, &r->subunit))
    return FALSE;
  if ((mask & MASK_MODIFIERS) && !get_modifiers (c, r))
    return FALSE;
  return get_places (c, mask, r, dif_expected) && get_value (c, mask, r);
}

static gboolean
get_header (AmselCursor *c, AmselTelegramHeader *header)
{
  gint64 address;
  guint64 encryption;

  if (!amsel_cursor_u32_le (c, &header->identity.id)
      || !amsel_cursor_u16_le (c, &header->identity.manufacturer)
      || !amsel_cursor_u8 (c, &header->identity.version) || !amsel_cursor_u8 (c, &header->identity.medium)
      || !get_signed (c, G_MININT16, G_MAXINT16, &address) || !amsel_cursor_u8 (c, &header->ci)
      || !amsel_cursor_u8 (c, &header->access_number) || !amsel_cursor_u8 (c, &header->status)
      || !amsel_cursor_u16_le (c, &header->configuration)
      || !get_varint (c, AMSEL_ENCRYPTION_UNCHECKED, &encryption))
    return FALSE;
  header->identity.address = (gint16) address;
  header->encryption = (AmselEncryption) encryption;
  return TRUE;
}

static AmselFrame *
get_frame (AmselCursor *c, AmselCursor *frames, gint64 end_us)
{
  guint64 length;
  gint64 received, rssi;
  const guint8 *data;

  if (!get_varint (c, G_MAXSIZE, &length) || !get_signed (c, G_MININT64, G_MAXINT64, &received)
      || !get_signed (c, G_MININT, G_MAXINT, &rssi) || !amsel_cursor_bytes (frames, (gsize) length, &data))
    return NULL;
  return amsel_frame_new (data, (gsize) length, (gint64) ((guint64) received + (guint64) end_us),
                          (gint) rssi);
}

static gboolean
get_payload (AmselCursor *c, AmselTelegram *telegram)
{
  guint64 length;
  const guint8 *data;

  if (!get_varint (c, G_MAXSIZE, &length) || !amsel_cursor_bytes (c, (gsize) length, &data))
    return FALSE;
  amsel_telegram_take_payload (telegram, g_memdup2 (data, (gsize) length), (gsize) length);
  return TRUE;
}

static gboolean
get_text (AmselCursor *c, AmselTelegram *telegram, AmselField *field)
{
  guint64 length;
  const guint8 *text;

  if (!get_varint (c, G_MAXUINT16, &length) || !amsel_cursor_bytes (c, (gsize) length, &text)
      || !g_utf8_validate_len ((const gchar *) text, (gsize) length, NULL))
    return FALSE;
  amsel_telegram_set_field_text (telegram, field, (const gchar *) text, (gsize) length);
  return TRUE;
}

static gboolean
get_field (AmselCursor *c, AmselTelegram *telegram, const gchar *name)
{
  AmselField *field = amsel_telegram_add_field (telegram, name);
  guint8 wide;

  if (!amsel_cursor_u8 (c, &field->kind) || !amsel_cursor_u8 (c, &field->role)
      || !get_u16 (c, &field->quantity))
    return FALSE;
  switch ((AmselValueKind) field->kind)
    {
    case AMSEL_VALUE_DECIMAL:
      return amsel_cursor_u8 (c, &wide) && wide <= 1 && get_decimal (c, wide == 1, &field->decimal);
    case AMSEL_VALUE_DATE:
      return get_date (c, &field->date);
    case AMSEL_VALUE_TEXT:
      return get_text (c, telegram, field);
    case AMSEL_VALUE_NONE:
      return amsel_cursor_u8 (c, &field->reason);
    case AMSEL_VALUE_REAL:
    case AMSEL_VALUE_BYTES:
      break;
    }
  return FALSE;
}

/* The next name of those that end at end; NULL where there is none or it is no name. */
static const gchar *
next_name (const gchar **position, const gchar *end)
{
  const gchar *name = *position;
  const gchar *zero = name < end ? memchr (name, '\0', (gsize) (end - name)) : NULL;

  if (zero == NULL || !amsel_field_name_is_valid (name))
    return NULL;
  *position = zero + 1;
  return name;
}

static gboolean
get_driver (AmselCursor *c, AmselTelegram *telegram)
{
  guint64 names_length, n_fields;
  const guint8 *data;
  const gchar *name, *position, *end;
  gchar *names;

  if (!get_varint (c, G_MAXSIZE, &names_length) || !amsel_cursor_bytes (c, (gsize) names_length, &data)
      || !get_varint (c, amsel_cursor_left (c) / FIELD_BYTES_MIN, &n_fields))
    return FALSE;
  names = g_memdup2 (data, (gsize) names_length);
  amsel_telegram_take_names (telegram, names);
  position = names;
  end = names + names_length;
  if (names == NULL || (name = next_name (&position, end)) == NULL)
    return FALSE;
  amsel_telegram_set_driver (telegram, name);
  for (guint64 i = 0; i < n_fields; i++)
    if ((name = next_name (&position, end)) == NULL || !get_field (c, telegram, name))
      return FALSE;
  return position == end;
}

static gboolean
get_records (AmselCursor *c, AmselTelegram *telegram, guint64 n_records)
{
  guint32 dif_expected = 0;
  gsize payload_length;

  amsel_telegram_get_payload (telegram, &payload_length);
  for (guint64 i = 0; i < n_records; i++)
    {
      AmselRecord *r = amsel_telegram_add_record (telegram);

      if (!get_record (c, r, dif_expected) || !lies_within (r, payload_length))
        return FALSE;
      dif_expected = r->data_offset + r->data_length;
    }
  return TRUE;
}

static AmselTelegram *
get_telegram (AmselCursor *c, AmselCursor *frames, gint64 end_us)
{
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (AmselTelegram) telegram = NULL;
  AmselTelegramHeader header = { 0 };
  guint64 n_records;
  AmselCursor after_payload;
  guint8 flags;

  if (!amsel_cursor_u8 (c, &flags) || (flags & ~FLAGS_KNOWN) != 0)
    return NULL;
  frame = get_frame (c, frames, end_us);
  if (frame == NULL || !get_header (c, &header))
    return NULL;
  header.more_follows = (flags & FLAG_MORE_FOLLOWS) != 0;

  /* the number of records stands behind the payload, and the telegram wants it first */
  after_payload = *c;
  if (flags & FLAG_PAYLOAD)
    {
      guint64 skipped;

      if (!get_varint (&after_payload, G_MAXSIZE, &skipped)
          || !amsel_cursor_skip (&after_payload, (gsize) skipped))
        return NULL;
    }
  if (!get_varint (&after_payload, amsel_cursor_left (c) / RECORD_BYTES_MIN, &n_records))
    return NULL;
  telegram = amsel_telegram_new (frame, (gsize) n_records);
  *amsel_telegram_edit_header (telegram) = header;
  if ((flags & FLAG_PAYLOAD) && !get_payload (c, telegram))
    return NULL;
  *c = after_payload;
  if (!get_records (c, telegram, n_records) || ((flags & FLAG_DRIVER) && !get_driver (c, telegram)))
    return NULL;
  return g_steal_pointer (&telegram);
}

static AmselReadout *
fail (const AmselCursor *c, const gchar *what, GError **error)
{
  g_set_error (error, AMSEL_STORE_ERROR, AMSEL_STORE_ERROR_DAMAGED,
               "the packed telegrams of a readout are not sound: %s, near byte %" G_GSIZE_FORMAT, what,
               c->position);
  return NULL;
}

/* Makes a readout of what amsel_readout_pack() wrote, with the info and the sequence that the store kept
 * beside it. NULL with AMSEL_STORE_ERROR_DAMAGED for anything else. Allocates in proportion to the bytes
 * given. */
AmselReadout *
amsel_readout_unpack (const AmselReadoutInfo *info, guint64 sequence, const guint8 *packed,
                      gsize packed_length, const guint8 *frames, gsize frames_length, GError **error)
{
  g_autoptr (GPtrArray) telegrams = NULL;
  AmselCursor c, frames_cursor;
  guint64 n_telegrams;
  guint8 version;

  amsel_cursor_init (&c, packed, packed_length);
  amsel_cursor_init (&frames_cursor, frames, frames_length);
  if (packed_length > AMSEL_READOUT_PACK_MAX || frames_length > AMSEL_READOUT_PACK_MAX)
    return fail (&c, "there are too many bytes", error);
  if (!amsel_cursor_u8 (&c, &version) || version < PACK_VERSION || version > PACK_VERSION_DRIVER)
    return fail (&c, "expected a form of version 1 or 2", error);
  if (!get_varint (&c, packed_length / TELEGRAM_BYTES_MIN, &n_telegrams))
    return fail (&c, "the number of telegrams is impossible", error);

  telegrams = g_ptr_array_new_full ((guint) n_telegrams, (GDestroyNotify) amsel_telegram_unref);
  for (guint64 i = 0; i < n_telegrams; i++)
    {
      AmselTelegram *telegram = get_telegram (&c, &frames_cursor, info->end_us);

      if (telegram == NULL)
        return fail (&c, "a telegram is cut short or impossible", error);
      g_ptr_array_add (telegrams, telegram);
    }
  if (amsel_cursor_left (&c) != 0 || amsel_cursor_left (&frames_cursor) != 0)
    return fail (&c, "there are bytes behind the last telegram", error);
  return amsel_readout_new (info, (AmselTelegram *const *) telegrams->pdata, telegrams->len, sequence);
}
