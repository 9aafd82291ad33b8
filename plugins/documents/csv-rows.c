/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns and rows.
 *
 * Most columns say the same in all rows of a telegram (time, meter, quality). They are written once for each
 * telegram, whole stretches of neighbours at a time, and copied into its rows. Nothing here allocates once
 * the buffers have grown. */
#include "csv-rows.h"

#include <string.h>

#include "amsel-error.h"
#include "amsel-hex.h"

#define COLUMNS_MAX 64

typedef enum
{
  COLUMN_NONE,
  /* the same for all values of a telegram */
  COLUMN_SEQUENCE,
  COLUMN_TIME,
  COLUMN_SLOT,
  COLUMN_START,
  COLUMN_END,
  COLUMN_PIPELINE,
  COLUMN_LINE,
  COLUMN_METER,
  COLUMN_PROTOCOL,
  COLUMN_ID,
  COLUMN_MANUFACTURER,
  COLUMN_VERSION,
  COLUMN_MEDIUM,
  COLUMN_ADDRESS,
  COLUMN_ACCESS_NUMBER,
  COLUMN_STATUS,
  COLUMN_ENCRYPTION,
  COLUMN_METER_TIME,
  COLUMN_ATTEMPTS,
  COLUMN_RSSI,
  COLUMN_RECEIVED,
  COLUMN_QUALITY,
  COLUMN_ERROR,
  COLUMN_ERROR_CODE,
  COLUMN_ERROR_DOMAIN,
  COLUMN_RAW,
  /* of one value */
  COLUMN_QUANTITY,
  COLUMN_UNIT,
  COLUMN_VALUE,
  COLUMN_FUNCTION,
  COLUMN_STORAGE,
  COLUMN_TARIFF,
  COLUMN_SUBUNIT,
  COLUMN_MODIFIERS,
  COLUMN_REASON,
  COLUMN_DIF,
  COLUMN_VIF,
} Column;

static const gchar *const COLUMN_NAMES[] = {
  [COLUMN_SEQUENCE] = "sequence",
  [COLUMN_TIME] = "time",
  [COLUMN_SLOT] = "slot",
  [COLUMN_START] = "start",
  [COLUMN_END] = "end",
  [COLUMN_PIPELINE] = "pipeline",
  [COLUMN_LINE] = "line",
  [COLUMN_METER] = "meter",
  [COLUMN_PROTOCOL] = "protocol",
  [COLUMN_ID] = "id",
  [COLUMN_VERSION] = "version",
  [COLUMN_MANUFACTURER] = "manufacturer",
  [COLUMN_MEDIUM] = "medium",
  [COLUMN_ADDRESS] = "address",
  [COLUMN_STATUS] = "status",
  [COLUMN_ACCESS_NUMBER] = "access-number",
  [COLUMN_ATTEMPTS] = "attempts",
  [COLUMN_ENCRYPTION] = "encryption",
  [COLUMN_RSSI] = "rssi",
  [COLUMN_RECEIVED] = "received",
  [COLUMN_METER_TIME] = "meter-time",
  [COLUMN_QUALITY] = "quality",
  [COLUMN_ERROR] = "error",
  [COLUMN_ERROR_CODE] = "error-code",
  [COLUMN_ERROR_DOMAIN] = "error-domain",
  [COLUMN_RAW] = "raw",
  [COLUMN_QUANTITY] = "quantity",
  [COLUMN_UNIT] = "unit",
  [COLUMN_VALUE] = "value",
  [COLUMN_FUNCTION] = "function",
  [COLUMN_STORAGE] = "storage",
  [COLUMN_TARIFF] = "tariff",
  [COLUMN_SUBUNIT] = "subunit",
  [COLUMN_MODIFIERS] = "modifiers",
  [COLUMN_REASON] = "reason",
  [COLUMN_DIF] = "dif",
  [COLUMN_VIF] = "vif",
};

/* A stretch of neighbouring columns that are the same for a whole telegram, or one column of a value. */
typedef struct
{
  guint first;
  guint n;
  gboolean head;
  gsize begin; /* where its text is in the buffer of heads */
  gsize length;
} Run;

struct _CsvRows
{
  const CsvDialect *dialect; /* (unowned) */
  CsvZone *zone;             /* (unowned) */
  guint n_columns;
  Column columns[COLUMNS_MAX];
  guint n_runs;
  Run runs[COLUMNS_MAX];
  GString *heads;  /* (owned): text of the runs that are heads */
  GString *buffer; /* (owned): a value before quoting */
};

static Column
find_column (const gchar *name)
{
  for (guint i = COLUMN_SEQUENCE; i < G_N_ELEMENTS (COLUMN_NAMES); i++)
    if (g_str_equal (COLUMN_NAMES[i], name))
      return (Column) i;
  return COLUMN_NONE;
}

static gboolean
unknown_column (const gchar *name, gboolean wide, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);
  guint end = wide ? COLUMN_QUANTITY : G_N_ELEMENTS (COLUMN_NAMES);

  for (guint i = COLUMN_SEQUENCE; i < end; i++)
    g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", COLUMN_NAMES[i]);
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "columns: no column is called “%s”%s; there are %s", name, wide ? " in the wide layout" : "",
               known->str);
  return FALSE;
}

static void
add_column (CsvRows *self, Column column)
{
  gboolean head = column < COLUMN_QUANTITY;

  if (!head || self->n_runs == 0 || !self->runs[self->n_runs - 1].head)
    self->runs[self->n_runs++] = (Run){ .first = self->n_columns, .head = head };
  self->runs[self->n_runs - 1].n++;
  self->columns[self->n_columns++] = column;
}

static gboolean
add_columns (CsvRows *self, const gchar *const *columns, gboolean wide, GError **error)
{
  for (guint i = 0; columns != NULL && columns[i] != NULL; i++)
    {
      Column column = find_column (columns[i]);

      if (column == COLUMN_NONE || (wide && column >= COLUMN_QUANTITY))
        return unknown_column (columns[i], wide, error);
      if (self->n_columns == COLUMNS_MAX)
        {
          g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                       "columns: there are more than %d", COLUMNS_MAX);
          return FALSE;
        }
      add_column (self, column);
    }
  if (self->n_columns > 0)
    return TRUE;
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
                       "columns: at least one is needed");
  return FALSE;
}

/* Makes a writer of rows for columns by name; the error is an AmselConfigError that names the setting. */
CsvRows *
csv_rows_new (const CsvDialect *dialect, CsvZone *zone, const gchar *const *columns, gboolean wide,
              GError **error)
{
  g_autoptr (CsvRows) self = g_new0 (CsvRows, 1);

  self->dialect = dialect;
  self->zone = zone;
  self->heads = g_string_sized_new (1024);
  self->buffer = g_string_sized_new (1024);
  if (!add_columns (self, columns, wide, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
csv_rows_free (CsvRows *self)
{
  g_string_free (self->heads, TRUE);
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

/* Writes the names of the columns, without a line end. */
void
csv_rows_write_names (const CsvRows *self, GString *out)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (i > 0)
        g_string_append_c (out, self->dialect->separator);
      g_string_append (out, COLUMN_NAMES[self->columns[i]]);
    }
}

static void
write_text (const CsvRows *self, GString *out, const gchar *text)
{
  if (text != NULL)
    csv_dialect_write_text (self->dialect, out, text, strlen (text));
}

static void
write_uint (GString *out, guint64 value)
{
  gchar digits[20];
  guint n = 0;

  do
    digits[sizeof digits - ++n] = (gchar) ('0' + value % 10);
  while ((value /= 10) != 0);
  g_string_append_len (out, digits + sizeof digits - n, n);
}

static void
write_int (GString *out, gint64 value)
{
  if (value < 0)
    g_string_append_c (out, '-');
  write_uint (out, value < 0 ? -(guint64) value : (guint64) value);
}

static void
write_time (CsvRows *self, GString *out, gint64 us, gboolean milliseconds)
{
  gchar text[CSV_TIME_CHARS];

  if (us != 0)
    g_string_append_len (out, text, (gssize) csv_zone_write (self->zone, us, milliseconds, text));
}

static void
write_hex (GString *out, const guint8 *data, gsize length)
{
  gsize begin = out->len;

  g_string_set_size (out, begin + 2 * length);
  amsel_hex_write (data, length, out->str + begin);
}

static void
write_meter_time (GString *out, const AmselReadout *readout)
{
  gchar text[AMSEL_DATE_CHARS];
  AmselDate date;

  if (amsel_readout_get_meter_time (readout, &date))
    g_string_append_len (out, text, (gssize) amsel_date_write (&date, text));
}

/* Columns that a readout has without any telegram; FALSE for the others. */
static gboolean
write_readout_column (CsvRows *self, Column column, const AmselReadout *readout, GString *out)
{
  const AmselReadoutInfo *info = amsel_readout_get_info (readout);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
  switch (column)
    {
    case COLUMN_SEQUENCE:
      write_uint (out, amsel_readout_get_sequence (readout));
      return TRUE;
    case COLUMN_TIME:
      write_time (self, out, info->slot_us != 0 ? info->slot_us : info->end_us, FALSE);
      return TRUE;
    case COLUMN_SLOT:
      write_time (self, out, info->slot_us, FALSE);
      return TRUE;
    case COLUMN_START:
      write_time (self, out, info->start_us, TRUE);
      return TRUE;
    case COLUMN_END:
      write_time (self, out, info->end_us, TRUE);
      return TRUE;
    case COLUMN_PIPELINE:
      write_text (self, out, info->pipeline);
      return TRUE;
    case COLUMN_LINE:
      write_text (self, out, info->line);
      return TRUE;
    case COLUMN_METER:
      write_text (self, out, info->meter);
      return TRUE;
    case COLUMN_PROTOCOL:
      write_text (self, out, info->protocol);
      return TRUE;
    case COLUMN_ATTEMPTS:
      write_uint (out, info->attempts);
      return TRUE;
    case COLUMN_QUALITY:
      write_text (self, out, amsel_quality_get_name (info->quality));
      return TRUE;
    case COLUMN_METER_TIME:
      write_meter_time (out, readout);
      return TRUE;
    case COLUMN_ERROR:
      write_text (self, out, info->error_message);
      return TRUE;
    case COLUMN_ERROR_CODE:
      if (info->error_domain != NULL)
        write_int (out, info->error_code);
      return TRUE;
    case COLUMN_ERROR_DOMAIN:
      write_text (self, out, info->error_domain);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
write_telegram_column (CsvRows *self, Column column, const AmselTelegram *telegram, GString *out)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);
  const guint8 *data;
  gchar letters[4];
  gsize length;

  switch (column)
    {
    case COLUMN_ID:
      for (guint i = 0; i < 8; i++)
        g_string_append_c (out, "0123456789ABCDEF"[header->identity.id >> (28 - 4 * i) & 15]);
      break;
    case COLUMN_MANUFACTURER:
      amsel_manufacturer_write (header->identity.manufacturer, letters);
      g_string_append_len (out, letters, 3);
      break;
    case COLUMN_VERSION:
      write_uint (out, header->identity.version);
      break;
    case COLUMN_MEDIUM:
      write_text (self, out, amsel_medium_get_name (header->identity.medium));
      break;
    case COLUMN_ADDRESS:
      if (header->identity.address != AMSEL_ADDRESS_NONE)
        write_int (out, header->identity.address);
      break;
    case COLUMN_ACCESS_NUMBER:
      write_uint (out, header->access_number);
      break;
    case COLUMN_STATUS:
      write_uint (out, header->status);
      break;
    case COLUMN_ENCRYPTION:
      write_text (self, out, amsel_encryption_get_name (header->encryption));
      break;
    case COLUMN_RSSI:
      if (amsel_frame_get_rssi_dbm (amsel_telegram_get_frame (telegram)) != AMSEL_RSSI_UNKNOWN)
        write_int (out, amsel_frame_get_rssi_dbm (amsel_telegram_get_frame (telegram)));
      break;
    case COLUMN_RECEIVED:
      write_time (self, out, amsel_frame_get_received_us (amsel_telegram_get_frame (telegram)), TRUE);
      break;
    case COLUMN_RAW:
      data = amsel_frame_get_data (amsel_telegram_get_frame (telegram), &length);
      write_hex (out, data, length);
      break;
    default:
      break;
    }
}

/* Bytes of the payload as hexadecimal digits; offsets that lead out of it give nothing. */
static void
write_chain (const AmselTelegram *telegram, gsize offset, gsize length, GString *out)
{
  gsize size;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &size);

  if (offset <= size && length <= size - offset)
    write_hex (out, payload + offset, length);
}

/* A plain-text VIF is a unit that the meter spells itself, last character first. */
static void
write_unit (CsvRows *self, const AmselTelegram *telegram, const AmselRecord *record, GString *out)
{
  gsize size;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &size);
  gsize offset = record->vif_text_offset;
  gsize length = record->vif_text_length;

  if (record->unit != AMSEL_UNIT_NONE || length == 0)
    {
      write_text (self, out, amsel_unit_get_symbol ((AmselUnit) record->unit));
      return;
    }
  if (offset > size || length > size - offset)
    return;
  g_string_set_size (self->buffer, 0);
  for (gsize i = length; i > 0; i--)
    {
      guint8 c = payload[offset + i - 1];

      g_string_append_unichar (self->buffer, c < 0x20 || (c >= 0x7F && c < 0xA0) ? ' ' : c);
    }
  csv_dialect_write_text (self->dialect, out, self->buffer->str, self->buffer->len);
}

/* Writes the value of a record: a number with the file's decimal mark, everything else as text. */
void
csv_rows_write_value (CsvRows *self, const AmselTelegram *telegram, const AmselRecord *record, GString *out)
{
  gsize room = MAX (AMSEL_NUMBER_CHARS, 2 * (gsize) record->data_length + 3);
  gchar number[AMSEL_NUMBER_CHARS];
  gsize length;

  if (record->kind == AMSEL_VALUE_DECIMAL || record->kind == AMSEL_VALUE_REAL)
    {
      length = amsel_record_write_number (record, number);
      csv_dialect_write_number (self->dialect, out, number, length);
      return;
    }
  if (record->kind == AMSEL_VALUE_NONE)
    return;
  if (self->buffer->allocated_len < room + 1)
    g_string_set_size (self->buffer, room);
  length = amsel_telegram_write_value (telegram, record, self->buffer->str, room);
  csv_dialect_write_text (self->dialect, out, self->buffer->str, length);
}

static void
write_modifiers (CsvRows *self, const AmselRecord *record, GString *out)
{
  if (record->n_modifiers == 0)
    return;
  g_string_set_size (self->buffer, 0);
  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    {
      if (i > 0)
        g_string_append_c (self->buffer, ' ');
      g_string_append (self->buffer, amsel_modifier_get_name (record->modifiers[i]));
    }
  csv_dialect_write_text (self->dialect, out, self->buffer->str, self->buffer->len);
}

static void
write_record_column (CsvRows *self, Column column, const AmselTelegram *telegram, const AmselRecord *record,
                     GString *out)
{
  switch (column)
    {
    case COLUMN_QUANTITY:
      write_text (self, out, amsel_quantity_get_name ((AmselQuantity) record->quantity));
      break;
    case COLUMN_UNIT:
      write_unit (self, telegram, record, out);
      break;
    case COLUMN_VALUE:
      csv_rows_write_value (self, telegram, record, out);
      break;
    case COLUMN_FUNCTION:
      write_text (self, out, amsel_function_get_name ((AmselFunction) record->function));
      break;
    case COLUMN_STORAGE:
      write_uint (out, record->storage);
      break;
    case COLUMN_TARIFF:
      write_uint (out, record->tariff);
      break;
    case COLUMN_SUBUNIT:
      write_uint (out, record->subunit);
      break;
    case COLUMN_MODIFIERS:
      write_modifiers (self, record, out);
      break;
    case COLUMN_REASON:
      if (record->kind == AMSEL_VALUE_NONE)
        write_text (self, out, amsel_reason_get_name ((AmselReason) record->reason));
      break;
    case COLUMN_DIF:
      write_chain (telegram, record->dif_offset, record->dif_length, out);
      break;
    case COLUMN_VIF:
      write_chain (telegram, (gsize) record->dif_offset + record->dif_length, record->vif_length, out);
      break;
    default:
      break;
    }
}
#pragma GCC diagnostic pop

/* Fills the buffer of heads for one telegram; NULL for a readout without any. */
static void
prepare_heads (CsvRows *self, const AmselReadout *readout, const AmselTelegram *telegram)
{
  g_string_set_size (self->heads, 0);
  for (guint i = 0; i < self->n_runs; i++)
    {
      Run *run = &self->runs[i];

      if (!run->head)
        continue;
      run->begin = self->heads->len;
      for (guint k = 0; k < run->n; k++)
        {
          Column column = self->columns[run->first + k];

          if (k > 0)
            g_string_append_c (self->heads, self->dialect->separator);
          if (!write_readout_column (self, column, readout, self->heads) && telegram != NULL)
            write_telegram_column (self, column, telegram, self->heads);
        }
      run->length = self->heads->len - run->begin;
    }
}

static void
write_row (CsvRows *self, const AmselTelegram *telegram, const AmselRecord *record, GString *out)
{
  for (guint i = 0; i < self->n_runs; i++)
    {
      const Run *run = &self->runs[i];

      if (i > 0)
        g_string_append_c (out, self->dialect->separator);
      if (run->head)
        g_string_append_len (out, self->heads->str + run->begin, (gssize) run->length);
      else if (record != NULL)
        write_record_column (self, self->columns[run->first], telegram, record, out);
    }
  g_string_append (out, self->dialect->line_end);
}

/* Whether a readout is about a reading that could not be had. */
gboolean
csv_rows_is_failure (const AmselReadout *readout)
{
  return amsel_readout_get_quality (readout) > AMSEL_QUALITY_PARTIAL;
}

/* Writes one row for each value, or one row that says why there are none. */
void
csv_rows_write_long (CsvRows *self, const AmselReadout *readout, gboolean errors, GString *out)
{
  gsize n_telegrams, n_rows = 0;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n_telegrams);

  if (csv_rows_is_failure (readout) && !errors)
    return;
  for (gsize i = 0; i < n_telegrams; i++)
    {
      gsize n_records;
      const AmselRecord *records = amsel_telegram_get_records (telegrams[i], &n_records);

      if (n_records == 0)
        continue;
      prepare_heads (self, readout, telegrams[i]);
      for (gsize k = 0; k < n_records; k++)
        write_row (self, telegrams[i], &records[k], out);
      n_rows += n_records;
    }
  if (n_rows > 0)
    return;
  prepare_heads (self, readout, n_telegrams > 0 ? telegrams[0] : NULL);
  write_row (self, NULL, NULL, out);
}

/* Writes the columns that are not of one value, without a line end: the begin of a wide row. */
void
csv_rows_write_head (CsvRows *self, const AmselReadout *readout, GString *out)
{
  gsize n_telegrams;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n_telegrams);

  prepare_heads (self, readout, n_telegrams > 0 ? telegrams[0] : NULL);
  g_string_append_len (out, self->heads->str, (gssize) self->heads->len);
}
