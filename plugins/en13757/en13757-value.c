/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The data of a record (EN 13757-3:2018, 6.3.3 table 4 and Annex A): integers (types B, C and D), BCD (type
 * A), real (type H), dates, and variable length (LVAR).
 *
 * What has no value keeps its bytes and gets a reason: the most negative integer is "not available" (type B),
 * as are NaN and infinity; a BCD digit above nine signals an error of the meter, except F in front, which is
 * a minus. */
#include "en13757-private.h"

#include <math.h>

#define DIGITS_OF_BYTE     2
#define NIBBLES_OF_GUINT64 16

/* Largest data that are read as a number; longer ones stay bytes. 30 digits and 120 bits fit 128 bits. */
#define NUMBER_LENGTH_MAX 15

/* LVAR: what the length byte says (table 5). */
#define LVAR_TEXT_MAX     0xBF
#define LVAR_BCD          0xC0
#define LVAR_BCD_NEGATIVE 0xD0
#define LVAR_BINARY       0xE0
#define LVAR_WIDE         0xF0
#define LVAR_WIDE_MAX     0xF4
#define LVAR_WIDE_BASE    0xEC
#define LVAR_48_BYTES     0xF5
#define LVAR_64_BYTES     0xF6

static const gint64 FACTORS[] = {
  [EN13757_FACTOR_ONE] = 1,     [EN13757_FACTOR_MINUTE] = 60,          [EN13757_FACTOR_HOUR] = 3600,
  [EN13757_FACTOR_DAY] = 86400, [EN13757_FACTOR_5_POW_12] = 244140625,
};

static void
set_none (AmselRecord *record, AmselReason reason)
{
  record->kind = AMSEL_VALUE_NONE;
  record->reason = (guint8) reason;
}

/**
 * en13757_bcd_to_number: (skip)
 * @bcd: digits, four bits each, the last digit lowest
 * @n_digits: how many, up to 16
 * @out_number: (out): the number
 *
 * Returns: %FALSE where a digit is none; F as the first digit is a minus
 */
gboolean
en13757_bcd_to_number (guint64 bcd, guint n_digits, gint64 *out_number)
{
  guint shift = 4 * (n_digits - 1);
  gboolean negative = bcd >> shift == 0xF;

  if (negative)
    bcd &= ~((guint64) 0xF << shift);
  /* a nibble above nine has bit 3 set, and bit 2 or 1 */
  if (bcd & 0x8888888888888888 & (bcd << 1 | bcd << 2))
    return FALSE;
  /* pairs of digits, then pairs of pairs, and so on */
  bcd -= (bcd >> 4 & 0x0F0F0F0F0F0F0F0F) * 6;
  bcd = (bcd & 0x00FF00FF00FF00FF) + (bcd >> 8 & 0x00FF00FF00FF00FF) * 100;
  bcd = (bcd & 0x0000FFFF0000FFFF) + (bcd >> 16 & 0x0000FFFF0000FFFF) * 10000;
  bcd = (bcd & 0x00000000FFFFFFFF) + (bcd >> 32) * 100000000;
  *out_number = negative ? -(gint64) bcd : (gint64) bcd;
  return TRUE;
}

/* Adds 10^power to a number without rounding. */
static gboolean
add_power (AmselInt128 *number, gint *exponent, gint power)
{
  AmselInt128 addend = 1;

  for (; *exponent > power; (*exponent)--)
    if (__builtin_mul_overflow (*number, (AmselInt128) 10, number))
      return FALSE;
  for (; power > *exponent; power--)
    if (__builtin_mul_overflow (addend, (AmselInt128) 10, &addend))
      return FALSE;
  return !__builtin_add_overflow (*number, addend, number);
}

/**
 * en13757_set_number: (skip)
 * @record: gets the number in its unit, or a reason why it cannot
 * @number: the data
 * @vib: what the VIF chain says to do with it
 */
void
en13757_set_number (AmselRecord *record, AmselInt128 number, const En13757Vib *vib)
{
  gint exponent = vib->exponent;

  for (guint i = 0; i < vib->n_addends; i++)
    if (!add_power (&number, &exponent, vib->addends[i]))
      {
        set_none (record, AMSEL_REASON_TOO_LARGE);
        return;
      }
  if (vib->factor != EN13757_FACTOR_ONE
      && __builtin_mul_overflow (number, (AmselInt128) FACTORS[vib->factor], &number))
    {
      set_none (record, AMSEL_REASON_TOO_LARGE);
      return;
    }
  record->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set128 (&record->decimal, number, exponent);
}

/* A real that needs more than a power of ten becomes the decimal number with the fewest digits that mean it.
 */
static void
set_real (AmselRecord *record, gfloat real, const En13757Vib *vib)
{
  gchar text[AMSEL_NUMBER_CHARS];
  AmselDecimal decimal;
  En13757Vib rest = *vib;

  if (!isfinite (real))
    {
      set_none (record, AMSEL_REASON_NOT_AVAILABLE);
      return;
    }
  record->kind = AMSEL_VALUE_REAL;
  record->real = real;
  amsel_decimal_set (&record->decimal, 0, vib->exponent);
  if (vib->factor == EN13757_FACTOR_ONE && vib->n_addends == 0)
    return;
  amsel_record_write_number (record, text);
  if (!amsel_decimal_parse (text, &decimal))
    {
      set_none (record, AMSEL_REASON_TOO_LARGE);
      return;
    }
  rest.exponent = decimal.exponent;
  en13757_set_number (record, amsel_decimal_get_mantissa128 (&decimal), &rest);
}

/* What most numbers are: of 64 bits, and in need of no more than a power of ten. */
static inline void
set_usual_number (AmselRecord *record, gint64 number, const En13757Vib *vib)
{
  if (vib->factor != EN13757_FACTOR_ONE || vib->n_addends > 0)
    {
      en13757_set_number (record, number, vib);
      return;
    }
  record->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&record->decimal, number, vib->exponent);
}

/* Integers of 1 to 8 bytes. */
static void
set_integer (AmselRecord *record, guint64 bits, const En13757Vib *vib)
{
  guint unused = 64 - 8 * record->data_length;
  gint64 number = (gint64) (bits << unused) >> unused;

  if (vib->type == EN13757_TYPE_UNSIGNED)
    en13757_set_number (record, (AmselInt128) bits, vib);
  else if (bits << unused == (guint64) 1 << 63)
    set_none (record, AMSEL_REASON_NOT_AVAILABLE);
  else
    set_usual_number (record, number, vib);
}

static void
set_bcd (AmselRecord *record, guint64 bits, const En13757Vib *vib)
{
  gint64 number;

  if (!en13757_bcd_to_number (bits, DIGITS_OF_BYTE * record->data_length, &number))
    set_none (record, AMSEL_REASON_ERROR_DIGITS);
  else
    set_usual_number (record, number, vib);
}

/* LVAR BCD: up to 15 bytes, whose sign is in the length byte. */
static void
set_long_bcd (AmselRecord *record, const guint8 *data, gboolean negative, const En13757Vib *vib)
{
  AmselInt128 number = 0;

  for (gsize i = record->data_length; i > 0; i--)
    {
      guint high = data[i - 1] >> 4;
      guint low = data[i - 1] & 0x0F;

      if (high > 9 || low > 9)
        {
          set_none (record, AMSEL_REASON_ERROR_DIGITS);
          return;
        }
      number = number * 100 + high * 10 + low;
    }
  en13757_set_number (record, negative ? -number : number, vib);
}

/* LVAR binary: up to 15 bytes, two's complement unless the VIF says otherwise. */
static void
set_long_integer (AmselRecord *record, const guint8 *data, const En13757Vib *vib)
{
  gsize length = record->data_length;
  AmselInt128 number = 0;

  if (vib->type != EN13757_TYPE_UNSIGNED && (data[length - 1] & 0x80))
    number = -1;
  for (gsize i = length; i > 0; i--)
    number = (AmselInt128) ((unsigned __int128) number << 8 | data[i - 1]);
  if (vib->type != EN13757_TYPE_UNSIGNED
      && number == (AmselInt128) ((unsigned __int128) -1 << (8 * length - 1)))
    set_none (record, AMSEL_REASON_NOT_AVAILABLE);
  else
    en13757_set_number (record, number, vib);
}

/* Reads the length byte of variable-length data. */
gboolean
en13757_read_lvar (AmselCursor *cursor, guint8 *out_lvar, guint8 *out_length, GError **error)
{
  guint8 lvar;

  if (!amsel_cursor_u8 (cursor, &lvar))
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_PREMATURE_END_OF_RECORD,
                   "the telegram ends at offset %" G_GSIZE_FORMAT
                   ", where the length of variable-length data is expected",
                   cursor->position);
      return FALSE;
    }
  *out_lvar = lvar;
  if (lvar <= LVAR_TEXT_MAX)
    *out_length = lvar;
  else if (lvar < LVAR_WIDE)
    *out_length = lvar & 0x0F;
  else if (lvar <= LVAR_WIDE_MAX)
    *out_length = (guint8) (4 * (lvar - LVAR_WIDE_BASE));
  else if (lvar == LVAR_48_BYTES || lvar == LVAR_64_BYTES)
    *out_length = lvar == LVAR_48_BYTES ? 48 : 64;
  else
    {
      g_set_error (error, EN13757_ERROR, EN13757_ERROR_RESERVED_LVAR,
                   "the length of variable-length data at offset %" G_GSIZE_FORMAT
                   " is %02X, which is reserved",
                   cursor->position - 1, lvar);
      return FALSE;
    }
  return TRUE;
}

static void
set_variable (AmselRecord *record, guint8 lvar, const guint8 *data, const En13757Vib *vib)
{
  if (record->data_length == 0)
    set_none (record, AMSEL_REASON_NO_DATA);
  else if (vib->type == EN13757_TYPE_RAW)
    record->kind = AMSEL_VALUE_BYTES;
  else if (record->quantity == AMSEL_QUANTITY_UNKNOWN || record->data_length > NUMBER_LENGTH_MAX
           || lvar >= LVAR_WIDE || vib->type == EN13757_TYPE_DATE)
    record->kind = lvar <= LVAR_TEXT_MAX ? AMSEL_VALUE_TEXT : AMSEL_VALUE_BYTES;
  else if (lvar <= LVAR_TEXT_MAX)
    record->kind = AMSEL_VALUE_TEXT;
  else if (lvar < LVAR_BINARY)
    set_long_bcd (record, data, lvar >= LVAR_BCD_NEGATIVE, vib);
  else
    set_long_integer (record, data, vib);
}

static inline guint64
load_16 (const guint8 *data)
{
  return (guint64) data[0] | (guint64) data[1] << 8;
}

static inline guint64
load_32 (const guint8 *data)
{
  return load_16 (data) | load_16 (data + 2) << 16;
}

/* Bytes of a length that a DIF can give, least significant first. The compiler makes one load of each case,
 * where a loop would cost more than all else that is done with a number. */
static guint64
load (const guint8 *data, gsize length)
{
  switch (length)
    {
    case 1:
      return data[0];
    case 2:
      return load_16 (data);
    case 3:
      return load_16 (data) | (guint64) data[2] << 16;
    case 4:
      return load_32 (data);
    case 6:
      return load_32 (data) | load_16 (data + 4) << 32;
    default:
      return load_32 (data) | load_32 (data + 4) << 32;
    }
}

/* Everything with a length that the DIF gives. */
static void
set_fixed (AmselRecord *record, En13757DataClass class, const guint8 *data, guint64 bits,
           const En13757Vib *vib)
{
  union
  {
    guint32 bits;
    gfloat real;
  } real;

  if (vib->type == EN13757_TYPE_RAW || record->quantity == AMSEL_QUANTITY_UNKNOWN)
    record->kind = AMSEL_VALUE_BYTES;
  else if (class == EN13757_DATA_BCD)
    set_bcd (record, bits, vib);
  else if (class == EN13757_DATA_REAL)
    {
      real.bits = (guint32) bits;
      set_real (record, real.real, vib);
    }
  else if (vib->type != EN13757_TYPE_DATE)
    set_integer (record, bits, vib);
  else if (en13757_decode_date (data, record->data_length, &record->date))
    record->kind = AMSEL_VALUE_DATE;
  else
    set_none (record, AMSEL_REASON_INVALID_DATE);
}

/**
 * en13757_reverse: (skip)
 * @bytes: (array length=length): changed in place
 * @length: how many
 *
 * Turns what mode 2 sends with the most significant byte first.
 */
void
en13757_reverse (guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length / 2; i++)
    {
      guint8 byte = bytes[i];

      bytes[i] = bytes[length - 1 - i];
      bytes[length - 1 - i] = byte;
    }
}

/* An error is rare, so what it takes stays out of the way of the values. */
static G_GNUC_NO_INLINE void
set_premature_end (const AmselCursor *cursor, guint length, GError **error)
{
  g_set_error (error, EN13757_ERROR, EN13757_ERROR_PREMATURE_END_OF_RECORD,
               "the telegram ends at offset %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT
               " bytes after the begin of data of %u bytes",
               cursor->length, amsel_cursor_left (cursor), length);
}

/* Takes so many bytes as the data of a record. */
static inline gboolean
read_data (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, guint8 length, const guint8 **out_data,
           GError **error)
{
  record->data_offset = (guint32) cursor->position;
  record->data_length = length;
  if (!amsel_cursor_bytes (cursor, length, out_data))
    {
      set_premature_end (cursor, length, error);
      return FALSE;
    }
  if (mutable != NULL)
    en13757_reverse (mutable + record->data_offset, length);
  return TRUE;
}

/* Data whose length stands before them: not one record in a hundred. */
static G_GNUC_NO_INLINE gboolean
read_variable (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, const En13757Vib *vib,
               GError **error)
{
  const guint8 *data;
  guint8 lvar;
  guint8 length;

  if (!en13757_read_lvar (cursor, &lvar, &length, error)
      || !read_data (cursor, mutable, record, length, &data, error))
    return FALSE;
  set_variable (record, lvar, data, vib);
  return TRUE;
}

static inline gboolean
read_fixed (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, const En13757Vib *vib,
            En13757DataField field, GError **error)
{
  const guint8 *data;

  if (!read_data (cursor, mutable, record, field.length, &data, error))
    return FALSE;
  if (field.length == 0)
    set_none (record,
              field.class == EN13757_DATA_READOUT ? AMSEL_REASON_READOUT_REQUEST : AMSEL_REASON_NO_DATA);
  else
    set_fixed (record, field.class, data, load (data, field.length), vib);
  return TRUE;
}

/**
 * en13757_read_value: (skip)
 * @cursor: behind the VIF chain
 * @mutable: (nullable): the same bytes as the cursor's, where the telegram is in mode 2: they are turned
 * @record: with its quantity and unit; gets its value
 * @vib: what the VIF chain says
 * @field: what the DIF says
 * @error: return location for a #GError of domain "mbus-telegram"
 *
 * Returns: whether all the data are there
 */
gboolean
en13757_read_value (AmselCursor *cursor, guint8 *mutable, AmselRecord *record, const En13757Vib *vib,
                    En13757DataField field, GError **error)
{
  if (field.class == EN13757_DATA_VARIABLE ? !read_variable (cursor, mutable, record, vib, error)
                                           : !read_fixed (cursor, mutable, record, vib, field, error))
    return FALSE;
  if (vib->invalid && record->kind != AMSEL_VALUE_NONE)
    set_none (record, AMSEL_REASON_NOT_AVAILABLE);
  return TRUE;
}
