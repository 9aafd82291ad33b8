/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Water modules AT-WMBUS-16-2 of Apator: registers, each a number of one byte and content of a length that is
 * known.
 *
 * The payload begins with a byte that is no register, four bytes of time and three of faults, and ends with
 * FF as often as it takes to fill the encrypted blocks, and a check of two bytes whose rule is not known. So
 * what tells that a telegram was read as it was meant is that its registers end just there. Registers that
 * are not known do no harm to a volume that stands before them, behind none but the first ones, whose lengths
 * are the same in all telegrams. */
#include "driver-layout.h"

#define HEAD_LENGTH    8
#define CHECK_LENGTH   2
#define REGISTER_TOTAL 0x10
#define FILLER         0xFF

static const DriverMatch MATCHES[] = { { DRIVER_MANUFACTURER ('A', 'P', 'A'), 0x05, 0x06 },
                                       { DRIVER_MANUFACTURER ('A', 'P', 'A'), 0x05, 0x07 },
                                       { DRIVER_MANUFACTURER ('A', 'P', 'T'), 0x05, 0x07 },
                                       { 0 } };

static const DriverLayoutRow TOTAL = {
  .name = "total_m3",
  .length = 4,
  .exponent = -3,
  .highest = 99999999,
  .role = AMSEL_FIELD_COUNTER,
  .quantity = AMSEL_QUANTITY_VOLUME,
};

/* Registers from first to last have content of the same length. */
static const struct
{
  guint8 first;
  guint8 last;
  guint8 length;
} REGISTERS[] = {
  { 0x00, 0x00, 4 },                      /* time */
  { 0x01, 0x01, 3 },                      /* faults */
  { 0x10, 0x10, 4 },                      /* volume in litres */
  { 0x11, 0x11, 2 },                      /* flow */
  { 0x40, 0x40, 6 },                      /* detectors */
  { 0x41, 0x41, 2 },                      /* voltage */
  { 0x42, 0x42, 4 },                      /* energy used */
  { 0x43, 0x43, 2 },                      /* days since the first start */
  { 0x44, 0x44, 3 },  { 0x80, 0x84, 10 }, /* events up to 8E */
  { 0x85, 0x85, 11 }, { 0x86, 0x87, 10 }, { 0x88, 0x88, 11 }, { 0x8A, 0x8A, 9 }, { 0x8B, 0x8C, 6 },
  { 0x8E, 0x8E, 7 },  { 0x8F, 0x8F, 11 }, { 0xA0, 0xA1, 4 },  { 0xA2, 0xA2, 1 }, { 0xA3, 0xA3, 7 },
  { 0xA4, 0xA4, 4 },  { 0xA5, 0xA5, 1 },  { 0xA6, 0xA6, 3 },  { 0xA7, 0xA8, 2 }, { 0xA9, 0xA9, 1 },
  { 0xAA, 0xAD, 2 },  { 0xAF, 0xAF, 1 },  { 0xB0, 0xB0, 5 },  { 0xB1, 0xB1, 8 }, { 0xB2, 0xB2, 16 },
  { 0xB3, 0xB3, 8 },  { 0xB4, 0xB4, 2 },  { 0xB5, 0xB5, 16 }, { 0xB6, 0xC7, 3 }, { 0xD0, 0xD0, 3 },
  { 0xD3, 0xD3, 3 },  { 0xF0, 0xF0, 4 },
};

/* The registers that may stand before the volume where the rest is not understood. */
#define LEADING_FIRST 0x40
#define LEADING_LAST  0x44

/* 71 to 7C are earlier volumes: a byte and as many numbers of 32 bits as the low digit says and one more. */
#define HISTORY_FIRST 0x71
#define HISTORY_LAST  0x7C

static gboolean
get_register_length (guint8 number, gsize *out_length)
{
  if (number >= HISTORY_FIRST && number <= HISTORY_LAST)
    {
      *out_length = 1 + 4 * ((number & 0x0Fu) + 1);
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (REGISTERS); i++)
    if (number >= REGISTERS[i].first && number <= REGISTERS[i].last)
      {
        *out_length = REGISTERS[i].length;
        return TRUE;
      }
  return FALSE;
}

/* What follows the registers: the check, with fillers before it and two more bytes behind some. */
static gboolean
is_end (AmselCursor cursor)
{
  gsize registers_end = cursor.position;
  guint8 byte;

  while (amsel_cursor_peek_u8 (&cursor, &byte) && byte == FILLER)
    cursor.position++;
  return cursor.position > registers_end ? amsel_cursor_left (&cursor) <= CHECK_LENGTH + 2
                                         : amsel_cursor_left (&cursor) == CHECK_LENGTH;
}

/* Walks the registers to the end, or to one that is not known behind a volume that is certain; gives the
 * place of the volume, or NULL where there is none. */
static gboolean
walk (DriverContext *context, const guint8 **out_total)
{
  AmselCursor cursor;
  guint8 number;
  gsize length;
  const guint8 *content;
  gboolean is_leading = TRUE, is_certain = FALSE;

  *out_total = NULL;
  amsel_cursor_init (&cursor, context->payload, context->payload_length);
  driver_layout_skip_marks (&cursor);
  if (!amsel_cursor_skip (&cursor, HEAD_LENGTH))
    return FALSE;
  while (!is_end (cursor))
    {
      if (!amsel_cursor_u8 (&cursor, &number) || !get_register_length (number, &length)
          || !amsel_cursor_bytes (&cursor, length, &content))
        return is_certain;
      if (number == REGISTER_TOTAL)
        driver_note (context, content - 1, 1, "register 10");
      if (number == REGISTER_TOTAL && *out_total == NULL)
        {
          *out_total = content;
          is_certain = is_leading;
        }
      is_leading = is_leading && number >= LEADING_FIRST && number <= LEADING_LAST;
    }
  return TRUE;
}

static DriverResult
decode (DriverContext *context)
{
  const guint8 *total;

  if (!walk (context, &total))
    driver_layout_add_null (context, &TOTAL, AMSEL_REASON_UNKNOWN_FORMAT);
  else if (total == NULL)
    driver_layout_add_null (context, &TOTAL, AMSEL_REASON_NO_DATA);
  else
    driver_layout_read (context, total, TOTAL.length, &TOTAL, 1);
  return DRIVER_RESULT_CONSUMED;
}

const DriverCode driver_apator162 = {
  .name = "apator162",
  .title = "Apator water module AT-WMBUS-16-2",
  .matches = MATCHES,
  .decode = decode,
};
