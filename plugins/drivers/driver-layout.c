/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads values by a table of where they lie. */
#include "driver-layout.h"

#define FLAGS_TEXT_MAX 256

/* An idle filler (EN 13757-3, 6.4.2), two of which begin what was encrypted. */
#define MARK 0x2F

static gboolean
read_bcd (const guint8 *bytes, gsize length, gint64 *out_number)
{
  gint64 number = 0;

  for (gsize i = length; i > 0; i--)
    {
      guint8 high = bytes[i - 1] >> 4;
      guint8 low = bytes[i - 1] & 0x0F;

      if (high > 9 || low > 9)
        return FALSE;
      number = number * 100 + high * 10 + low;
    }
  *out_number = number;
  return TRUE;
}

static gint64
read_big_endian (const guint8 *bytes, gsize length)
{
  gint64 number = 0;

  for (gsize i = 0; i < length; i++)
    number = number << 8 | bytes[i];
  return number;
}

static gboolean
is_unset (const DriverLayoutRow *row, gint64 bits)
{
  gint64 ones = (G_GINT64_CONSTANT (1) << (8 * row->length)) - 1;

  if ((row->unset & DRIVER_LAYOUT_ONES_UNSET) != 0 && bits == ones)
    return TRUE;
  return (row->unset & DRIVER_LAYOUT_LOWEST_UNSET) != 0 && bits == ones - (ones >> 1);
}

/* The number that the bits are; FALSE where a digit is none. */
static gboolean
read_number (const DriverLayoutRow *row, const guint8 *bytes, gint64 bits, gint64 *out_number)
{
  switch ((DriverLayoutType) row->type)
    {
    case DRIVER_LAYOUT_BCD:
      return read_bcd (bytes, row->length, out_number);
    case DRIVER_LAYOUT_UINT_BE:
      *out_number = read_big_endian (bytes, row->length);
      return TRUE;
    case DRIVER_LAYOUT_INT:
      *out_number = bits - ((bits >> (8 * row->length - 1) & 1) << (8 * row->length));
      return TRUE;
    case DRIVER_LAYOUT_UINT:
    case DRIVER_LAYOUT_DAY_G:
    case DRIVER_LAYOUT_DAY_YMD:
      break;
    }
  *out_number = bits;
  return TRUE;
}

AmselReason
driver_layout_get (const DriverLayoutRow *row, const guint8 *data, gsize length, gint64 *out_raw)
{
  AmselCursor cursor;
  guint64 bits;
  gint64 number;

  amsel_cursor_init (&cursor, data, length);
  if (!amsel_cursor_skip (&cursor, row->offset) || !amsel_cursor_uint_le (&cursor, row->length, &bits))
    return AMSEL_REASON_TRUNCATED;
  if (is_unset (row, (gint64) bits))
    return AMSEL_REASON_NOT_AVAILABLE;
  if (!read_number (row, data + row->offset, (gint64) bits, &number))
    return AMSEL_REASON_ERROR_DIGITS;
  if (number < row->lowest || (row->highest != 0 && number > row->highest))
    return AMSEL_REASON_DOUBTFUL;
  *out_raw = number;
  return AMSEL_REASON_NONE;
}

AmselField *
driver_layout_add (DriverContext *context, const DriverLayoutRow *row, gint64 raw)
{
  gint64 number = raw * (row->factor != 0 ? row->factor : 1);
  AmselField *field;

  if (row->divisor > 1)
    number = (number + (number < 0 ? -row->divisor / 2 : row->divisor / 2)) / row->divisor;
  field = driver_add_decimal (context, row->name, number, row->exponent);
  field->role = row->role;
  field->quantity = (guint16) row->quantity;
  return field;
}

AmselField *
driver_layout_add_null (DriverContext *context, const DriverLayoutRow *row, AmselReason reason)
{
  AmselField *field = driver_add_null (context, row->name, reason);

  field->role = row->role;
  field->quantity = (guint16) row->quantity;
  return field;
}

void
driver_layout_add_nulls (DriverContext *context, const DriverLayoutRow *rows, gsize n_rows,
                         AmselReason reason)
{
  for (gsize i = 0; i < n_rows; i++)
    driver_layout_add_null (context, &rows[i], reason);
}

AmselDate
driver_layout_day_g (guint16 raw)
{
  return (AmselDate){
    .year = (guint16) (2000 + (raw >> 5 & 0x07) + (raw >> 9 & 0x78)),
    .month = raw >> 8 & 0x0F,
    .day = raw & 0x1F,
    .parts = AMSEL_DATE_DAY,
  };
}

AmselDate
driver_layout_day_ymd (guint16 raw)
{
  return (AmselDate){
    .year = (guint16) (2000 + (raw >> 9)),
    .month = raw >> 5 & 0x0F,
    .day = raw & 0x1F,
    .parts = AMSEL_DATE_DAY,
  };
}

AmselField *
driver_layout_add_day (DriverContext *context, const gchar *name, const AmselDate *day)
{
  AmselField *field = driver_add_date (context, name, day);

  field->role = AMSEL_FIELD_INFO;
  field->quantity = AMSEL_QUANTITY_DATE;
  return field;
}

static void
read_day (DriverContext *context, const DriverLayoutRow *row, gint64 raw)
{
  AmselDate day = row->type == DRIVER_LAYOUT_DAY_G ? driver_layout_day_g ((guint16) raw)
                                                   : driver_layout_day_ymd ((guint16) raw);

  driver_layout_add_day (context, row->name, &day);
}

void
driver_layout_read (DriverContext *context, const guint8 *data, gsize length, const DriverLayoutRow *rows,
                    gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      const DriverLayoutRow *row = &rows[i];
      gint64 raw;
      AmselReason reason = driver_layout_get (row, data, length, &raw);

      if (reason != AMSEL_REASON_TRUNCATED)
        driver_note (context, data + row->offset, row->length, row->name);
      if (reason != AMSEL_REASON_NONE)
        driver_layout_add_null (context, row, reason);
      else if (row->type == DRIVER_LAYOUT_DAY_G || row->type == DRIVER_LAYOUT_DAY_YMD)
        read_day (context, row, raw);
      else
        driver_layout_add (context, row, raw);
    }
}

AmselField *
driver_layout_add_flags (DriverContext *context, const gchar *name, guint32 bits,
                         const DriverLayoutFlag *flags, const gchar *none)
{
  gchar text[FLAGS_TEXT_MAX] = "";
  AmselField *field;

  for (; flags->mask != 0; flags++)
    if ((bits & flags->mask) == flags->mask)
      {
        g_strlcat (text, text[0] != '\0' ? " " : "", sizeof text);
        g_strlcat (text, flags->name, sizeof text);
        bits &= ~flags->mask;
      }
  if (bits != 0)
    {
      gchar rest[24];

      g_snprintf (rest, sizeof rest, "%sUNKNOWN_%X", text[0] != '\0' ? " " : "", bits);
      g_strlcat (text, rest, sizeof text);
    }
  field = driver_add_text (context, name, text[0] != '\0' ? text : none);
  field->role = AMSEL_FIELD_INFO;
  return field;
}

void
driver_layout_skip_marks (AmselCursor *cursor)
{
  const guint8 *next = cursor->data + cursor->position;

  if (amsel_cursor_left (cursor) >= 2 && next[0] == MARK && next[1] == MARK)
    cursor->position += 2;
}

guint8
driver_layout_from_bcd (guint8 byte)
{
  gint64 number;

  return read_bcd (&byte, 1, &number) ? (guint8) number : G_MAXUINT8;
}

gboolean
driver_layout_find_block (const DriverContext *context, const guint8 **out_block, gsize *out_length)
{
  gsize n_records, length;
  const AmselRecord *records = amsel_telegram_get_records (context->telegram, &n_records);
  const guint8 *payload = amsel_telegram_get_payload (context->telegram, &length);

  for (gsize i = n_records; i > 0; i--)
    {
      const AmselRecord *record = &records[i - 1];

      if (record->dif_length != 1 || record->dif_offset >= length
          || (payload[record->dif_offset] & 0xEF) != 0x0F)
        continue;
      *out_block = payload + record->data_offset;
      *out_length = MIN (record->data_length, length - record->data_offset);
      return TRUE;
    }
  return FALSE;
}
