/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a telegram holds as people read it: values, the text of a plain-text VIF, the bytes of a VIF chain. */
#include <string.h>

#include "amsel-hex.h"
#include "amsel-telegram-private.h"

/* ISO 8859-1 to UTF-8; control characters become blanks, so that no output line can be broken by a meter. */
static gsize
write_text (const guint8 *data, gsize length, gchar *out, gsize room)
{
  gsize n = 0;

  for (gsize i = 0; i < length && n + 3 <= room; i++)
    if (data[i] < 0x20 || (data[i] >= 0x7F && data[i] < 0xA0))
      out[n++] = ' ';
    else if (data[i] < 0x80)
      out[n++] = (gchar) data[i];
    else
      {
        out[n++] = (gchar) (0xC0 | data[i] >> 6);
        out[n++] = (gchar) (0x80 | (data[i] & 0x3F));
      }
  out[n] = '\0';
  return n;
}

/* Text goes over the wire with its last character first (EN 13757-3, LVAR 00h to BFh). */
static gsize
write_reversed_text (const guint8 *data, gsize length, gchar *out, gsize room)
{
  guint8 turned[256];
  gsize n = MIN (length, sizeof turned);

  for (gsize i = 0; i < n; i++)
    turned[i] = data[length - 1 - i];
  return write_text (turned, n, out, room);
}

/**
 * amsel_telegram_write_value: (skip)
 * @self: a telegram
 * @record: one of its records
 * @out: where to write; at least %AMSEL_NUMBER_CHARS characters
 * @room: how many characters fit with the terminating zero; text and bytes are cut at it
 *
 * Writes the value as text: exact digits, ISO 8601, UTF-8 text, or bytes as hexadecimal digits in wire order.
 *
 * Returns: the number of characters without the zero; 0 where there is no value
 */
gsize
amsel_telegram_write_value (const AmselTelegram *self, const AmselRecord *record, gchar *out, gsize room)
{
  const guint8 *data = self->payload + record->data_offset;
  gsize length = record->data_length;

  g_return_val_if_fail (room >= AMSEL_NUMBER_CHARS, 0);
  out[0] = '\0';
  if (record->data_offset > self->payload_length || length > self->payload_length - record->data_offset)
    length = 0;
  switch ((AmselValueKind) record->kind)
    {
    case AMSEL_VALUE_DECIMAL:
    case AMSEL_VALUE_REAL:
      return amsel_record_write_number (record, out);
    case AMSEL_VALUE_DATE:
      return amsel_date_write (&record->date, out);
    case AMSEL_VALUE_TEXT:
      return write_reversed_text (data, length, out, room);
    case AMSEL_VALUE_BYTES:
      length = MIN (length, (room - 1) / 2);
      out[amsel_hex_write (data, length, out)] = '\0';
      return 2 * length;
    case AMSEL_VALUE_NONE:
      break;
    }
  return 0;
}

/**
 * amsel_telegram_write_vif_text: (skip)
 * @self: a telegram
 * @record: one of its records
 * @out: where to write
 * @room: how many characters fit with the terminating zero; the text is cut at it
 *
 * Writes the text of a plain-text VIF, such as "%RH", in UTF-8.
 *
 * Returns: the number of characters without the zero; 0 where the VIF is none of plain text
 */
gsize
amsel_telegram_write_vif_text (const AmselTelegram *self, const AmselRecord *record, gchar *out, gsize room)
{
  gsize length = record->vif_text_length;

  if (record->vif_text_offset > self->payload_length
      || length > self->payload_length - record->vif_text_offset)
    length = 0;
  return write_reversed_text (self->payload + (length > 0 ? record->vif_text_offset : 0), length, out, room);
}

/**
 * amsel_telegram_write_vif: (skip)
 * @self: a telegram
 * @record: one of its records
 * @out: room for %AMSEL_VIF_BYTES bytes
 *
 * Writes the bytes of the VIF chain without length and text of a plain-text VIF, which some meters put into
 * the middle of the chain.
 *
 * Returns: the number of bytes
 */
gsize
amsel_telegram_write_vif (const AmselTelegram *self, const AmselRecord *record, guint8 *out)
{
  gsize position = (gsize) record->dif_offset + record->dif_length;
  gsize n = 0;

  while (n < MIN (record->vif_length, AMSEL_VIF_BYTES))
    {
      if (record->vif_text_length > 0 && position + 1 == record->vif_text_offset)
        position += 1 + (gsize) record->vif_text_length;
      if (position >= self->payload_length)
        break;
      out[n++] = self->payload[position++];
    }
  return n;
}

/**
 * amsel_telegram_get_value_text:
 * @self: a telegram
 * @index: number of a record, from 0
 *
 * Returns: (transfer full) (nullable): the value as text: exact digits, ISO 8601, text, or bytes as
 * hexadecimal digits; %NULL where the record has no value or does not exist
 */
gchar *
amsel_telegram_get_value_text (const AmselTelegram *self, guint index)
{
  gsize room;
  g_autofree gchar *out = NULL;

  if (index >= self->n_records || self->records[index].kind == AMSEL_VALUE_NONE)
    return NULL;
  room = MAX (AMSEL_NUMBER_CHARS, 2 * (gsize) self->records[index].data_length + 3);
  out = g_malloc (room);
  amsel_telegram_write_value (self, &self->records[index], out, room);
  return g_steal_pointer (&out);
}
