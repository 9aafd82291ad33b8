/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telegrams as one line of text. A record reads
 *
 *   quantity value unit function s<storage> t<tariff> u<subunit> +modifier ...
 *
 * where what is not there (no unit, instantaneous, zero) is left out; records are parted by "; ". A missing
 * value is its reason in parentheses with the bytes behind it, text is in quotes, bytes are in angle
 * brackets. */
#include "summary.h"

static AmselTelegram *
new_telegram (const gchar *hex, gsize *length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = amsel_hex_decode (hex, -1, &error);
  g_autoptr (AmselFrame) frame = NULL;
  const guint8 *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, length);
  frame = amsel_frame_new (data, *length, 0, AMSEL_RSSI_UNKNOWN);
  return amsel_telegram_new (frame, EN13757_RECORDS_EXPECTED (*length));
}

/* Decodes a record area; the telegram is given even where there is an error. */
AmselTelegram *
summary_decode_records (const gchar *hex, GError **error)
{
  gsize length;
  AmselTelegram *telegram = new_telegram (hex, &length);

  en13757_decode_records (telegram, 0, length, error);
  return telegram;
}

/* Decodes from the CI field on; the telegram is given even where there is an error. */
AmselTelegram *
summary_decode_apdu (const gchar *hex, GError **error)
{
  gsize length;
  AmselTelegram *telegram = new_telegram (hex, &length);

  en13757_decode_apdu (telegram, 0, length, NULL, error);
  return telegram;
}

static void
add_value (AmselTelegram *telegram, guint index, GString *out)
{
  const AmselRecord *record = amsel_telegram_get_record (telegram, index);
  g_autofree gchar *value = amsel_telegram_get_value_text (telegram, index);
  gsize length;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &length);
  g_autofree gchar *raw = amsel_hex_encode (payload + record->data_offset, record->data_length);

  switch ((AmselValueKind) record->kind)
    {
    case AMSEL_VALUE_NONE:
      g_string_append_printf (out, " (%s)%s", amsel_reason_get_name ((AmselReason) record->reason), raw);
      break;
    case AMSEL_VALUE_TEXT:
      g_string_append_printf (out, " \"%s\"", value);
      break;
    case AMSEL_VALUE_BYTES:
      g_string_append_printf (out, " <%s>", value);
      break;
    case AMSEL_VALUE_DECIMAL:
    case AMSEL_VALUE_REAL:
    case AMSEL_VALUE_DATE:
      g_string_append_printf (out, " %s", value);
      break;
    }
  if (record->kind == AMSEL_VALUE_DATE && (record->date.parts & AMSEL_DATE_DST))
    g_string_append (out, " DST");
}

gchar *
summary_of_records (AmselTelegram *telegram)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < amsel_telegram_get_n_records (telegram); i++)
    {
      const AmselRecord *record = amsel_telegram_get_record (telegram, i);
      const gchar *symbol = amsel_unit_get_symbol ((AmselUnit) record->unit);

      g_string_append (out, i > 0 ? "; " : "");
      g_string_append (out, amsel_quantity_get_name ((AmselQuantity) record->quantity));
      add_value (telegram, i, out);
      if (*symbol != '\0')
        g_string_append_printf (out, " %s", symbol);
      if (record->function != AMSEL_FUNCTION_INSTANTANEOUS)
        g_string_append_printf (out, " %s", amsel_function_get_name ((AmselFunction) record->function));
      if (record->storage != 0)
        g_string_append_printf (out, " s%" G_GUINT64_FORMAT, record->storage);
      if (record->tariff != 0)
        g_string_append_printf (out, " t%u", record->tariff);
      if (record->subunit != 0)
        g_string_append_printf (out, " u%u", record->subunit);
      for (guint k = 0; k < record->n_modifiers; k++)
        g_string_append_printf (out, " +%s", amsel_modifier_get_name (record->modifiers[k]));
    }
  return g_string_free (out, FALSE);
}

/* Fails with the name of the vector where a record area does not decode to a line. */
void
summary_check (const gchar *name, const gchar *hex, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AmselTelegram) telegram = summary_decode_records (hex, &error);
  g_autofree gchar *line = summary_of_records (telegram);

  g_test_message ("%s: %s", name, hex);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
}
