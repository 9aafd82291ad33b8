/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A telegram as a table for people: columns as wide as their widest cell. */
#include "decode-text.h"

#define VALUE_CHARS 1024

typedef enum
{
  COLUMN_QUANTITY,
  COLUMN_VALUE,
  COLUMN_UNIT,
  COLUMN_FUNCTION,
  COLUMN_STORAGE,
  COLUMN_TARIFF,
  COLUMN_SUBUNIT,
  COLUMN_MODIFIERS,
  N_COLUMNS,
} Column;

static const gchar *const TITLES[N_COLUMNS] = {
  "quantity", "value", "unit", "function", "storage", "tariff", "subunit", "modifiers",
};

static gboolean
is_number_column (Column column)
{
  return column == COLUMN_VALUE || column == COLUMN_STORAGE || column == COLUMN_TARIFF
         || column == COLUMN_SUBUNIT;
}

static gchar *
get_modifiers (const AmselRecord *record)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", amsel_modifier_get_name (record->modifiers[i]));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gchar *
get_cell (const AmselTelegram *telegram, const AmselRecord *record, Column column)
{
  gchar value[VALUE_CHARS];

  switch (column)
    {
    case COLUMN_QUANTITY:
      if (amsel_telegram_write_vif_text (telegram, record, value, sizeof value) > 0)
        return g_strdup_printf ("%s “%s”", amsel_quantity_get_name ((AmselQuantity) record->quantity), value);
      return g_strdup (amsel_quantity_get_name ((AmselQuantity) record->quantity));
    case COLUMN_VALUE:
      if (record->kind == AMSEL_VALUE_NONE)
        return g_strdup_printf ("(%s)", amsel_reason_get_name ((AmselReason) record->reason));
      amsel_telegram_write_value (telegram, record, value, sizeof value);
      return g_strdup (value);
    case COLUMN_UNIT:
      return g_strdup (amsel_unit_get_symbol ((AmselUnit) record->unit));
    case COLUMN_FUNCTION:
      return g_strdup (amsel_function_get_name ((AmselFunction) record->function));
    case COLUMN_STORAGE:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, record->storage);
    case COLUMN_TARIFF:
      return g_strdup_printf ("%u", (guint) record->tariff);
    case COLUMN_SUBUNIT:
      return g_strdup_printf ("%u", (guint) record->subunit);
    case COLUMN_MODIFIERS:
    case N_COLUMNS:
      break;
    }
  return get_modifiers (record);
}

static void
append_row (GString *out, const gchar *const *cells, const glong widths[N_COLUMNS])
{
  g_string_append (out, "  ");
  for (guint c = 0; c < N_COLUMNS; c++)
    {
      glong pad = widths[c] - g_utf8_strlen (cells[c], -1);

      if (is_number_column ((Column) c))
        g_string_append_printf (out, "%*s%s  ", (int) pad, "", cells[c]);
      else
        g_string_append_printf (out, "%s%*s  ", cells[c], (int) pad, "");
    }
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

static void
append_header (const AmselTelegram *telegram, const gchar *protocol, GString *out)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);
  g_autofree gchar *id = amsel_identity_get_id_text (&header->identity);
  gchar letters[4];

  amsel_manufacturer_write (header->identity.manufacturer, letters);
  g_string_append_printf (out, "%s  meter %s %s  version %u  %s", protocol,
                          header->identity.manufacturer != 0 ? letters : "-", id,
                          (guint) header->identity.version, amsel_medium_get_name (header->identity.medium));
  if (header->identity.address != AMSEL_ADDRESS_NONE)
    g_string_append_printf (out, "  address %d", (gint) header->identity.address);
  g_string_append_printf (out, "  access number %u  status %02Xh  encryption %s%s\n",
                          (guint) header->access_number, (guint) header->status,
                          amsel_encryption_get_name (header->encryption),
                          header->more_follows ? "  more telegrams follow" : "");
}

/* The driver's named values, one a line. */
static void
append_fields (const AmselTelegram *telegram, GString *out)
{
  const gchar *driver = amsel_telegram_get_driver (telegram);

  if (driver == NULL)
    return;
  g_string_append_printf (out, "  driver %s\n", driver);
  for (guint i = 0; i < amsel_telegram_get_n_fields (telegram); i++)
    {
      g_autofree gchar *value = amsel_telegram_get_field_value_text (telegram, i);

      g_string_append_printf (out, "    %s  ", amsel_telegram_get_field_name (telegram, i));
      if (value != NULL)
        g_string_append_printf (out, "%s\n", value);
      else
        g_string_append_printf (out, "(%s)\n",
                                amsel_reason_get_name (amsel_telegram_get_field_reason (telegram, i)));
    }
}

void
decode_text_append (const AmselTelegram *telegram, const gchar *protocol, GString *out)
{
  gsize n;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  glong widths[N_COLUMNS] = { 0 };

  for (guint c = 0; c < N_COLUMNS; c++)
    g_ptr_array_add (cells, g_strdup (TITLES[c]));
  for (gsize i = 0; i < n; i++)
    for (guint c = 0; c < N_COLUMNS; c++)
      g_ptr_array_add (cells, get_cell (telegram, &records[i], (Column) c));
  for (guint i = 0; i < cells->len; i++)
    widths[i % N_COLUMNS] = MAX (widths[i % N_COLUMNS], g_utf8_strlen (cells->pdata[i], -1));

  append_header (telegram, protocol, out);
  for (gsize i = 0; i <= n && n > 0; i++)
    append_row (out, (const gchar *const *) cells->pdata + i * N_COLUMNS, widths);
  append_fields (telegram, out);
}
