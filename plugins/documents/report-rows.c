/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers and rows of value reports: fixed columns, then one for each value of the meter.
 *
 * These reports know no quotes, so what would break a row is replaced in it. */
#include "report-rows.h"

#include <string.h>

#include "amsel-error.h"
#include "amsel-hex.h"
#include "report-profile.h"
#include "report-words.h"

typedef enum
{
  COLUMN_SERIAL_NUMBER,
  COLUMN_DEVICE_POSITION,
  COLUMN_PRIMARY_ADDRESS,
  COLUMN_DEVICE_IDENTIFICATION,
  COLUMN_CREATED,
  COLUMN_VALUE_DATA_COUNT,
  COLUMN_MANUFACTURER,
  COLUMN_VERSION,
  COLUMN_DEVICE_TYPE,
  COLUMN_ACCESS_NUMBER,
  COLUMN_STATUS,
  COLUMN_SIGNATURE,
  COLUMN_MBUS_RAW,
} Column;

static const gchar *const COLUMN_NAMES[REPORT_COLUMNS_MAX] = {
  [COLUMN_SERIAL_NUMBER] = "serial-number",
  [COLUMN_DEVICE_POSITION] = "device-position",
  [COLUMN_PRIMARY_ADDRESS] = "primary-address",
  [COLUMN_DEVICE_IDENTIFICATION] = "device-identification",
  [COLUMN_CREATED] = "created",
  [COLUMN_VALUE_DATA_COUNT] = "value-data-count",
  [COLUMN_MANUFACTURER] = "manufacturer",
  [COLUMN_VERSION] = "version",
  [COLUMN_DEVICE_TYPE] = "device-type",
  [COLUMN_ACCESS_NUMBER] = "access-number",
  [COLUMN_STATUS] = "status",
  [COLUMN_SIGNATURE] = "signature",
  [COLUMN_MBUS_RAW] = "mbus-raw",
};

struct _ReportRows
{
  const CsvDialect *dialect; /* (unowned) */
  CsvZone *zone;             /* (unowned) */
  const gchar *serial;       /* (unowned) (nullable): instead of the name of the line */
  Column columns[REPORT_COLUMNS_MAX];
  guint n_columns;
  gboolean values;
  GString *buffer; /* (owned): a value before it is made harmless */
};

static gboolean
add_column (ReportRows *self, const gchar *name, GError **error)
{
  g_autofree gchar *known = NULL;

  for (guint i = 0; i < REPORT_COLUMNS_MAX && self->n_columns < REPORT_COLUMNS_MAX; i++)
    if (g_str_equal (COLUMN_NAMES[i], name))
      {
        self->columns[self->n_columns++] = (Column) i;
        return TRUE;
      }
  for (guint i = 0; i < REPORT_COLUMNS_MAX; i++)
    {
      gchar *longer = g_strconcat (i > 0 ? known : "", i > 0 ? ", " : "", COLUMN_NAMES[i], NULL);

      g_free (known);
      known = longer;
    }
  g_set_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID,
               "columns: a value report has no column “%s”, or too many; there are %s", name, known);
  return FALSE;
}

/* Makes a writer of rows; the error is an AmselConfigError that names the setting. */
ReportRows *
report_rows_new (const CsvDialect *dialect, CsvZone *zone, const gchar *const *columns, gboolean values,
                 const gchar *serial, GError **error)
{
  g_autoptr (ReportRows) self = g_new0 (ReportRows, 1);

  self->dialect = dialect;
  self->zone = zone;
  self->values = values;
  self->serial = serial;
  self->buffer = g_string_new (NULL);
  for (guint i = 0; columns[i] != NULL; i++)
    if (!add_column (self, columns[i], error))
      return NULL;
  return g_steal_pointer (&self);
}

void
report_rows_free (ReportRows *self)
{
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

/* Whether telegrams are wanted that could not be decoded. */
gboolean
report_rows_is_raw (const ReportRows *self)
{
  return !self->values;
}

/* The moment that a readout is for. */
gint64
report_rows_get_time_us (const AmselReadout *readout)
{
  gint64 slot_us = amsel_readout_get_slot_us (readout);

  return slot_us != 0 ? slot_us : amsel_readout_get_end_us (readout);
}

/* Writes a time as 2016-06-06 16:26:14. */
void
report_rows_write_time (CsvZone *zone, gint64 us, GString *out)
{
  CsvTime t;

  csv_zone_split (zone, us, &t);
  g_string_append_printf (out, "%04d-%02u-%02u %02u:%02u:%02u", CLAMP (t.year, 0, 9999), t.month, t.day,
                          t.hour, t.minute, t.second);
}

/* Writes text without what would end a field or a row. */
void
report_rows_write_text (const CsvDialect *dialect, const gchar *text, GString *out)
{
  for (const gchar *p = text; p != NULL && *p != '\0'; p++)
    g_string_append_c (out, *p == dialect->separator || g_ascii_iscntrl (*p) ? ' ' : *p);
}

/* Writes the bytes of a telegram from the C field on, without what the link layer puts around them. */
void
report_rows_write_raw (const AmselTelegram *telegram, GString *out)
{
  gsize length, begin = out->len;
  const guint8 *data = amsel_frame_get_data (amsel_telegram_get_frame (telegram), &length);

  if (length >= 9 && data[0] == 0x68 && data[3] == 0x68 && (gsize) data[1] + 6 == length)
    {
      data += 4;
      length -= 6;
    }
  else if (length >= 2 && (gsize) data[0] + 1 == length)
    {
      data++;
      length--;
    }
  g_string_set_size (out, begin + 2 * length);
  amsel_hex_write (data, length, out->str + begin);
  for (gsize i = begin; i < out->len; i++)
    out->str[i] = g_ascii_tolower (out->str[i]);
}

/* ------------------------------------------------------------------- fixed columns */

static void
write_identification (const AmselReadout *readout, const AmselTelegram *telegram, const CsvDialect *dialect,
                      GString *out)
{
  const AmselIdentity *identity = amsel_telegram_get_identity (telegram);

  if (identity->id == 0)
    identity = amsel_readout_get_identity (readout);
  if (identity != NULL && identity->id != 0)
    g_string_append_printf (out, "%08X", identity->id);
  else
    report_rows_write_text (dialect, amsel_readout_get_meter (readout), out);
}

static void
write_column (ReportRows *self, Column column, const AmselReadout *readout, const AmselTelegram *telegram,
              guint index, GString *out)
{
  const AmselTelegramHeader *header = amsel_telegram_get_header (telegram);
  gchar letters[4];

  switch (column)
    {
    case COLUMN_SERIAL_NUMBER:
      report_rows_write_text (self->dialect,
                              self->serial != NULL ? self->serial : amsel_readout_get_line (readout), out);
      break;
    case COLUMN_DEVICE_POSITION:
      report_rows_write_text (self->dialect, amsel_readout_get_meter (readout), out);
      break;
    case COLUMN_PRIMARY_ADDRESS:
      if (header->identity.address != AMSEL_ADDRESS_NONE)
        g_string_append_printf (out, "%d", header->identity.address);
      break;
    case COLUMN_DEVICE_IDENTIFICATION:
      write_identification (readout, telegram, self->dialect, out);
      break;
    case COLUMN_CREATED:
      report_rows_write_time (self->zone, report_rows_get_time_us (readout), out);
      break;
    case COLUMN_VALUE_DATA_COUNT:
      g_string_append_printf (out, "%02u", index);
      break;
    case COLUMN_MANUFACTURER:
      amsel_manufacturer_write (header->identity.manufacturer, letters);
      g_string_append (out, letters);
      break;
    case COLUMN_VERSION:
      g_string_append_printf (out, "%u", header->identity.version);
      break;
    case COLUMN_DEVICE_TYPE:
      report_words_write_device_type (header->identity.medium, out);
      break;
    case COLUMN_ACCESS_NUMBER:
      g_string_append_printf (out, "%u", header->access_number);
      break;
    case COLUMN_STATUS:
      g_string_append_printf (out, "%u", header->status);
      break;
    case COLUMN_SIGNATURE:
      g_string_append_printf (out, "%u", header->configuration);
      break;
    case COLUMN_MBUS_RAW:
      report_rows_write_raw (telegram, out);
      break;
    }
}

/* ------------------------------------------------------------------- values */

/* Divides a number of seconds where nothing remains. */
static gboolean
divide (const AmselDecimal *seconds, guint divisor, AmselDecimal *out)
{
  AmselInt128 mantissa = ((AmselInt128) seconds->high * ((AmselInt128) 1 << 64)) + seconds->low;
  gint exponent = seconds->exponent;

  while (exponent > 0 && seconds->high == 0 && mantissa < G_MAXINT64)
    {
      mantissa *= 10;
      exponent--;
    }
  if (exponent > 0 || mantissa % divisor != 0)
    return FALSE;
  amsel_decimal_set128 (out, mantissa / divisor, exponent);
  return TRUE;
}

/* In what a record is told, and its number in that. Times are told as the meter counts them, everything else
 * in the plain unit. */
static const gchar *
convert (const AmselTelegram *telegram, const AmselRecord *record, AmselDecimal *out_number, gboolean *out_is)
{
  const ReportDuration *duration;

  *out_is = FALSE;
  if (record->unit != AMSEL_UNIT_S)
    return report_words_get_unit ((AmselUnit) record->unit);
  duration = report_words_get_duration (telegram, record);
  if (record->kind == AMSEL_VALUE_NONE)
    return duration->word;
  if (duration->seconds == 1 || record->kind != AMSEL_VALUE_DECIMAL
      || !divide (&record->decimal, duration->seconds, out_number))
    return "second(s)";
  *out_is = TRUE;
  return duration->word;
}

static void
write_unit (ReportRows *self, const AmselTelegram *telegram, const AmselRecord *record, GString *out)
{
  AmselDecimal number;
  gboolean is;

  if (record->unit != AMSEL_UNIT_NONE || record->vif_text_length == 0)
    {
      g_string_append (out, convert (telegram, record, &number, &is));
      return;
    }
  g_string_set_size (self->buffer, 2 * (gsize) record->vif_text_length);
  g_string_truncate (self->buffer, amsel_telegram_write_vif_text (telegram, record, self->buffer->str,
                                                                  2 * (gsize) record->vif_text_length + 1));
  for (gsize i = 0; i < self->buffer->len; i++)
    if (self->buffer->str[i] == ',')
      self->buffer->str[i] = '.';
  report_rows_write_text (self->dialect, self->buffer->str, out);
}

/* <description>,<unit>,<function>,<tariff>,<sub-unit>,<storage> */
static void
write_name (ReportRows *self, const AmselTelegram *telegram, const AmselRecord *record, GString *out)
{
  g_string_append (out, report_words_get_description ((AmselQuantity) record->quantity));
  report_words_write_modifiers (record, out);
  g_string_append_c (out, ',');
  write_unit (self, telegram, record, out);
  g_string_append_printf (out, ",%s,%u,%u,%" G_GUINT64_FORMAT,
                          report_words_get_function ((AmselFunction) record->function), record->tariff,
                          record->subunit, record->storage);
}

static void
write_number (const CsvDialect *dialect, const gchar *digits, gsize length, GString *out)
{
  for (gsize i = 0; i < length; i++)
    g_string_append_c (out, digits[i] == '.' ? dialect->decimal : digits[i]);
}

static void
write_date (const AmselDate *date, GString *out)
{
  g_string_append_printf (out, "%04u-%02u-%02u %02u:%02u:%02u", date->year, date->month, date->day,
                          (date->parts & AMSEL_DATE_MINUTE) != 0 ? date->hour : 0,
                          (date->parts & AMSEL_DATE_MINUTE) != 0 ? date->minute : 0,
                          (date->parts & AMSEL_DATE_SECOND) != 0 ? date->second : 0);
}

/* Text and bytes, and times of the day. */
static void
write_other (ReportRows *self, const AmselTelegram *telegram, const AmselRecord *record, GString *out)
{
  gsize room = MAX (AMSEL_NUMBER_CHARS, 2 * (gsize) record->data_length + 3);

  g_string_set_size (self->buffer, room);
  g_string_truncate (self->buffer, amsel_telegram_write_value (telegram, record, self->buffer->str, room));
  report_rows_write_text (self->dialect, self->buffer->str, out);
}

static void
write_value (ReportRows *self, const AmselTelegram *telegram, const AmselRecord *record, GString *out)
{
  gchar digits[AMSEL_NUMBER_CHARS];
  AmselDecimal number;
  gboolean converted;

  if (record->kind == AMSEL_VALUE_NONE)
    return;
  convert (telegram, record, &number, &converted);
  if (converted)
    write_number (self->dialect, digits, amsel_decimal_write (&number, digits), out);
  else if (record->kind == AMSEL_VALUE_DECIMAL || record->kind == AMSEL_VALUE_REAL)
    write_number (self->dialect, digits, amsel_record_write_number (record, digits), out);
  else if (record->kind == AMSEL_VALUE_DATE && (record->date.parts & AMSEL_DATE_DAY) != 0)
    write_date (&record->date, out);
  else
    write_other (self, telegram, record, out);
}

/* ------------------------------------------------------------------- lines */

/* Writes the names of a telegram's columns, without a line end. */
void
report_rows_write_header (ReportRows *self, const AmselTelegram *telegram, GString *out)
{
  gsize n_records;
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n_records);

  g_string_append_c (out, '#');
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (i > 0)
        g_string_append_c (out, self->dialect->separator);
      g_string_append (out, COLUMN_NAMES[self->columns[i]]);
    }
  for (gsize i = 0; self->values && i < n_records; i++)
    {
      g_string_append_c (out, self->dialect->separator);
      write_name (self, telegram, &records[i], out);
    }
}

/* Writes the row of one telegram of a readout, without a line end. */
void
report_rows_write (ReportRows *self, const AmselReadout *readout, guint index, GString *out)
{
  gsize n_telegrams, n_records;
  const AmselTelegram *telegram = amsel_readout_get_telegrams (readout, &n_telegrams)[index];
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n_records);

  for (guint i = 0; i < self->n_columns; i++)
    {
      if (i > 0)
        g_string_append_c (out, self->dialect->separator);
      write_column (self, self->columns[i], readout, telegram, index, out);
    }
  for (gsize i = 0; self->values && i < n_records; i++)
    {
      g_string_append_c (out, self->dialect->separator);
      write_value (self, telegram, &records[i], out);
    }
}
