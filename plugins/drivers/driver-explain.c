/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A telegram byte by byte. Every byte stands in just one line, in the order of the telegram, so that nothing
 * is passed over in silence; what nobody understands is said to be so. */
#include "driver-explain.h"

#include <string.h>

#include "driver-explain-notes.h"
#include "driver-library.h"

#define VALUE_CHARS  1024
#define BYTES_A_LINE 12

#define FILLER 0x2F

/* First security mode whose configuration word has an extension (EN 13757-7, 7.7). */
#define MODE_WITH_EXTENSION 7

/* Checksum and stop character of a wired frame. */
#define WIRED_START   0x68
#define WIRED_TRAILER 2

/* The content of a telegram, which its records lie in. */
typedef struct
{
  DriverExplanation base;
  const AmselTelegram *telegram;
  const DriverDescribed *driver; /* (nullable) */
  gsize end;                     /* of the content */
  gsize understood;
  gsize total;
  gboolean compiled; /* a compiled driver has taken it, and does not say which bytes it knows */
  GArray *notes;     /* (owned) (element-type DriverNote): what a compiled driver reads */
} Content;

void
driver_explain_bytes (DriverExplanation *self, gsize n, const gchar *format, ...)
{
  g_autofree gchar *meaning = NULL;
  va_list args;

  n = MIN (n, self->length - self->position);
  if (n == 0)
    return;
  va_start (args, format);
  meaning = g_strdup_vprintf (format, args);
  va_end (args);
  for (gsize i = 0; i < n; i += BYTES_A_LINE)
    {
      gchar hex[2 * BYTES_A_LINE + 1];
      gsize part = MIN (BYTES_A_LINE, n - i);

      amsel_hex_write (self->data + self->position + i, part, hex);
      hex[2 * part] = '\0';
      g_string_append_printf (self->out, "  %4" G_GSIZE_FORMAT "  %-*s  %s\n", self->position + i,
                              2 * BYTES_A_LINE, hex, i == 0 ? meaning : "");
      /* trailing blanks of lines without a meaning */
      while (self->out->len > 1 && self->out->str[self->out->len - 2] == ' ')
        g_string_erase (self->out, (gssize) self->out->len - 2, 1);
    }
  self->position += n;
}

static void
append_number (GString *out, const gchar *what, guint64 number)
{
  if (number > 0)
    g_string_append_printf (out, ", %s %" G_GUINT64_FORMAT, what, number);
}

/* Data of the maker that are declared to be text often are none. */
static gboolean
is_plain_text (const gchar *text)
{
  while (g_ascii_isprint (*text))
    text++;
  return *text == '\0';
}

/* "volume 2.002 m3, storage 1, tariff 2, accumulation-negative -> target_m3" */
static gchar *
describe_record (const Content *self, const AmselRecord *record, gboolean *out_named)
{
  g_autoptr (GString) out = g_string_new (amsel_quantity_get_name ((AmselQuantity) record->quantity));
  g_autoptr (GString) names = g_string_new (NULL);
  gchar value[VALUE_CHARS];

  if (record->kind == AMSEL_VALUE_NONE)
    g_string_append_printf (out, ": no value, %s", amsel_reason_get_name ((AmselReason) record->reason));
  else if (record->kind != AMSEL_VALUE_BYTES
           && amsel_telegram_write_value (self->telegram, record, value, sizeof value) > 0
           && (!driver_record_is_of_maker (record) || is_plain_text (value)))
    g_string_append_printf (out, " %s", value);
  if (record->unit != AMSEL_UNIT_NONE && record->kind != AMSEL_VALUE_NONE)
    g_string_append_printf (out, " %s", amsel_unit_get_symbol ((AmselUnit) record->unit));
  if (record->function != AMSEL_FUNCTION_INSTANTANEOUS)
    g_string_append_printf (out, ", %s", amsel_function_get_name ((AmselFunction) record->function));
  append_number (out, "storage", record->storage);
  append_number (out, "tariff", record->tariff);
  append_number (out, "subunit", record->subunit);
  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    g_string_append_printf (out, ", %s", amsel_modifier_get_name (record->modifiers[i]));
  if (self->driver != NULL)
    driver_described_name (self->driver, self->telegram, record, names);
  *out_named = names->len > 0;
  if (names->len > 0)
    g_string_append_printf (out, " -> %s", names->str);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Bytes that no record has: fillers, or what could not be read. */
static void
explain_gap (Content *self, gsize end)
{
  DriverExplanation *base = &self->base;

  end = MIN (end, self->end);
  while (base->position < end)
    {
      gsize n = 1;
      gboolean filler = base->data[base->position] == FILLER;

      while (base->position + n < end && (base->data[base->position + n] == FILLER) == filler)
        n++;
      self->understood += filler ? n : 0;
      driver_explain_bytes (base, n, "%s", filler ? "filler" : "not understood");
    }
}

static void
explain_record (Content *self, const AmselRecord *record)
{
  DriverExplanation *base = &self->base;
  gboolean named;
  g_autofree gchar *meaning = describe_record (self, record, &named);
  gsize end = (gsize) record->data_offset + record->data_length;
  gsize begin = record->dif_length + record->vif_length > 0 ? record->dif_offset : record->data_offset;

  if (end < base->position || begin > self->end)
    return;
  explain_gap (self, begin);
  if (base->position <= record->data_offset
      && driver_explain_has_notes (self->notes, record->data_offset, end))
    {
      self->understood += record->data_offset - base->position;
      driver_explain_bytes (base, record->data_offset - base->position, "%s", meaning);
      self->understood += driver_explain_notes (base, self->telegram, self->notes, end);
      return;
    }
  if (named || !driver_record_is_of_maker (record))
    self->understood += end - base->position;
  driver_explain_bytes (base, end - base->position, "%s", meaning);
}

/* From security mode 7 on more follows the configuration word. */
static gboolean
has_extension (const AmselTelegram *telegram)
{
  return (amsel_telegram_get_header (telegram)->configuration >> 8 & 0x1F) >= MODE_WITH_EXTENSION;
}

/* The content, record by record; where a compiled driver took it, by what it reads. */
static void
explain_content (Content *self)
{
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (self->telegram, &n);
  gsize begin = self->base.position;

  if (n > 0 && has_extension (self->telegram) && records[0].dif_offset > begin)
    {
      driver_explain_bytes (&self->base, records[0].dif_offset - begin,
                            "extension of the configuration, counter, check");
      begin = self->base.position;
    }
  self->total = self->end > begin ? self->end - begin : 0;
  self->notes = driver_explain_collect (self->telegram, begin, self->end);
  if (n == 0 && self->notes->len > 0)
    self->understood = driver_explain_notes (&self->base, self->telegram, self->notes, self->end);
  else if (n == 0 && amsel_telegram_get_n_fields (self->telegram) > 0)
    {
      driver_explain_bytes (&self->base, self->total, "read by the driver %s",
                            amsel_telegram_get_driver (self->telegram));
      self->compiled = TRUE;
    }
  for (gsize i = 0; i < n; i++)
    explain_record (self, &records[i]);
  explain_gap (self, self->end);
}

static void
append_fields (const AmselTelegram *telegram, GString *out)
{
  const gchar *driver = amsel_telegram_get_driver (telegram);

  if (driver == NULL)
    {
      g_string_append (out, "  no driver knows this meter\n");
      return;
    }
  g_string_append_printf (out, "  driver %s\n", driver);
  for (guint i = 0; i < amsel_telegram_get_n_fields (telegram); i++)
    {
      g_autofree gchar *value = amsel_telegram_get_field_value_text (telegram, i);
      const gchar *reason = amsel_reason_get_name (amsel_telegram_get_field_reason (telegram, i));

      g_string_append_printf (out, "    %s  %s%s%s\n", amsel_telegram_get_field_name (telegram, i),
                              value != NULL ? value : "(", value != NULL ? "" : reason,
                              value != NULL ? "" : ")");
    }
}

/* A compact frame has got its records from elsewhere: they stand in bytes of their own. */
static void
move_to_records (Content *self, const guint8 *payload, gsize payload_length)
{
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (self->telegram, &n);

  driver_explain_bytes (&self->base, self->base.length - self->base.position, "compact: format and data");
  g_string_append (self->base.out, "  the full frame that it stands for:\n");
  self->base.data = payload;
  self->base.length = payload_length;
  self->base.position = n > 0 ? MIN (records[0].dif_offset, payload_length) : 0;
  self->end = payload_length;
}

void
driver_explain (const AmselTelegram *telegram, GString *out)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);
  Content content = { .telegram = telegram };
  DriverExplanation *base = &content.base;
  gsize payload_length;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &payload_length);
  gboolean wired;

  base->out = out;
  base->data = amsel_frame_get_data (amsel_telegram_get_frame (telegram), &base->length);
  content.driver = driver_library_find (driver_library_get_default (), &header->identity);
  wired = base->length > 3 && base->data[0] == WIRED_START && base->data[3] == WIRED_START;
  if (payload_length == base->length)
    base->data = payload;
  content.end = base->length - (wired ? MIN (WIRED_TRAILER, base->length) : 0);
  driver_explain_layers (base, header);
  if (payload_length != base->length)
    move_to_records (&content, payload, payload_length);
  explain_content (&content);
  g_array_unref (content.notes);
  driver_explain_bytes (base, 1, "checksum");
  driver_explain_bytes (base, base->length, "stop");
  append_fields (telegram, out);
  if (content.compiled)
    g_string_append_printf (
        out,
        "  the content is no sequence of records; its driver makes %u fields of %" G_GSIZE_FORMAT " bytes\n",
        amsel_telegram_get_n_fields (telegram), content.total);
  else
    g_string_append_printf (
        out, "  %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes of the content are understood\n",
        content.understood, content.total);
}
