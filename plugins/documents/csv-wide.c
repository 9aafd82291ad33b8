/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns of the wide layout.
 *
 * A set belongs to one sequence of files (all files of a pattern that differ in time alone). Columns are only
 * ever added behind the others, so a file's header is the first n names of its set, and a file that was begun
 * with fewer of them stays valid: it ends, and the next one begins with all. */
#include "csv-wide.h"

#include <string.h>

/* A hostile meter could invent storage numbers without end. */
#define WIDE_COLUMNS_MAX 500

typedef struct
{
  gsize begin;
  gsize length;
  guint turn; /* of the row that this belongs to */
} Cell;

struct _CsvWide
{
  gboolean fixed;     /* the names come from the configuration */
  GPtrArray *names;   /* (owned) (element-type utf8) */
  GHashTable *places; /* (owned): name, to its place plus one */
  Cell *cells;        /* (owned): of the row that is being written */
  GString *text;      /* (owned): of these cells */
  GString *name;      /* (owned): of the value at hand */
  guint turn;
};

/* Makes a set that learns, or one that is given and stays as it is. */
CsvWide *
csv_wide_new (const gchar *const *fixed)
{
  CsvWide *self = g_new0 (CsvWide, 1);

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  self->text = g_string_new (NULL);
  self->name = g_string_new (NULL);
  for (guint i = 0; fixed != NULL && fixed[i] != NULL; i++)
    csv_wide_add_column (self, fixed[i]);
  self->fixed = self->names->len > 0;
  return self;
}

void
csv_wide_free (CsvWide *self)
{
  g_ptr_array_unref (self->names);
  g_hash_table_unref (self->places);
  g_free (self->cells);
  g_string_free (self->text, TRUE);
  g_string_free (self->name, TRUE);
  g_free (self);
}

guint
csv_wide_get_n_columns (const CsvWide *self)
{
  return self->names->len;
}

const gchar *
csv_wide_get_column (const CsvWide *self, guint index)
{
  return g_ptr_array_index (self->names, index);
}

static guint
find_place (const CsvWide *self, const gchar *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->places, name));
}

/* Adds a column unless it is there; FALSE where there are too many. */
gboolean
csv_wide_add_column (CsvWide *self, const gchar *name)
{
  gchar *copy;

  if (find_place (self, name) != 0)
    return TRUE;
  if (self->fixed || self->names->len >= WIDE_COLUMNS_MAX)
    return FALSE;
  copy = g_strdup (name);
  g_ptr_array_add (self->names, copy);
  g_hash_table_insert (self->places, copy, GUINT_TO_POINTER (self->names->len));
  self->cells = g_renew (Cell, self->cells, self->names->len);
  memset (&self->cells[self->names->len - 1], 0, sizeof (Cell));
  return TRUE;
}

static void
append_number (GString *out, gchar mark, guint64 value)
{
  if (value != 0)
    g_string_append_printf (out, "_%c%" G_GUINT64_FORMAT, mark, value);
}

/* Names a value: volume_m3, volume_m3_s1, power_w_maximum_t2 ... Parts that have their usual value are left
 * out. */
static void
name_value (const AmselRecord *record, GString *out)
{
  const gchar *unit = amsel_unit_get_symbol ((AmselUnit) record->unit);

  g_string_assign (out, amsel_quantity_get_name ((AmselQuantity) record->quantity));
  if (*unit != '\0')
    {
      g_string_append_c (out, '_');
      g_string_append (out, unit);
    }
  if (record->function != AMSEL_FUNCTION_INSTANTANEOUS)
    {
      g_string_append_c (out, '_');
      g_string_append (out, amsel_function_get_name ((AmselFunction) record->function));
    }
  append_number (out, 's', record->storage);
  append_number (out, 't', record->tariff);
  append_number (out, 'u', record->subunit);
  for (guint i = 0; i < MIN (record->n_modifiers, AMSEL_RECORD_MODIFIERS); i++)
    {
      g_string_append_c (out, '_');
      g_string_append (out, amsel_modifier_get_name (record->modifiers[i]));
    }
}

typedef gboolean (*ValueFunc) (CsvWide *self, const AmselTelegram *telegram, const AmselRecord *record,
                               gpointer user_data);

/* Calls a function for each value, with self->name set: a second value of the same meaning gets #2 and so on.
 */
static gboolean
each_value (CsvWide *self, const AmselReadout *readout, ValueFunc function, gpointer user_data)
{
  gsize n_telegrams;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n_telegrams);
  gboolean all = TRUE;

  self->turn++;
  for (gsize i = 0; i < n_telegrams; i++)
    {
      gsize n_records;
      const AmselRecord *records = amsel_telegram_get_records (telegrams[i], &n_records);

      for (gsize k = 0; k < n_records; k++)
        {
          gsize length;
          guint place;

          name_value (&records[k], self->name);
          length = self->name->len;
          for (guint n = 2;
               (place = find_place (self, self->name->str)) != 0 && self->cells[place - 1].turn == self->turn;
               n++)
            {
              g_string_truncate (self->name, length);
              g_string_append_printf (self->name, "#%u", n);
            }
          all &= function (self, telegrams[i], &records[k], user_data);
        }
    }
  return all;
}

static gboolean
learn_value (CsvWide *self, const AmselTelegram *telegram G_GNUC_UNUSED,
             const AmselRecord *record G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
  guint place;

  if (!csv_wide_add_column (self, self->name->str))
    return self->fixed; /* what a configuration leaves out is left out on purpose */
  place = find_place (self, self->name->str);
  self->cells[place - 1].turn = self->turn;
  return TRUE;
}

/* Adds the columns that a readout needs; FALSE where some of its values will have none. */
gboolean
csv_wide_learn (CsvWide *self, const AmselReadout *readout)
{
  return each_value (self, readout, learn_value, NULL);
}

/* Writes the names of the first columns, each with a separator before it. */
void
csv_wide_write_names (const CsvWide *self, const CsvDialect *dialect, guint n_columns, GString *out)
{
  for (guint i = 0; i < n_columns; i++)
    {
      const gchar *name = g_ptr_array_index (self->names, i);

      g_string_append_c (out, dialect->separator);
      csv_dialect_write_text (dialect, out, name, strlen (name));
    }
}

static gboolean
write_value (CsvWide *self, const AmselTelegram *telegram, const AmselRecord *record, gpointer rows)
{
  guint place = find_place (self, self->name->str);
  Cell *cell;

  if (place == 0)
    return FALSE;
  cell = &self->cells[place - 1];
  cell->turn = self->turn;
  cell->begin = self->text->len;
  csv_rows_write_value (rows, telegram, record, self->text);
  cell->length = self->text->len - cell->begin;
  return TRUE;
}

static void
write_field (const AmselTelegram *telegram, const AmselField *field, const CsvDialect *dialect, GString *out)
{
  gchar text[MAX (AMSEL_DECIMAL_CHARS, AMSEL_DATE_CHARS)];

  if (field->kind == AMSEL_VALUE_DECIMAL)
    csv_dialect_write_number (dialect, out, text, amsel_decimal_write (&field->decimal, text));
  else if (field->kind == AMSEL_VALUE_DATE)
    csv_dialect_write_text (dialect, out, text, amsel_date_write (&field->date, text));
  else if (field->kind == AMSEL_VALUE_TEXT)
    csv_dialect_write_text (dialect, out, amsel_telegram_get_text_of_field (telegram, field),
                            field->text_length);
}

/* Columns that the configuration names may be those of fields of a meter's driver. */
static void
write_fields (CsvWide *self, const CsvDialect *dialect, const AmselReadout *readout)
{
  gsize n_telegrams;
  AmselTelegram *const *telegrams = amsel_readout_get_telegrams (readout, &n_telegrams);

  for (gsize i = 0; i < n_telegrams; i++)
    {
      gsize n_fields;
      const AmselField *fields = amsel_telegram_get_fields (telegrams[i], &n_fields);

      for (gsize k = 0; k < n_fields; k++)
        {
          guint place = find_place (self, fields[k].name);
          Cell *cell = place > 0 ? &self->cells[place - 1] : NULL;

          if (cell == NULL || cell->turn == self->turn)
            continue;
          cell->turn = self->turn;
          cell->begin = self->text->len;
          write_field (telegrams[i], &fields[k], dialect, self->text);
          cell->length = self->text->len - cell->begin;
        }
    }
}

/* Writes the values of a readout into the first columns, each with a separator before it. */
void
csv_wide_write_values (CsvWide *self, CsvRows *rows, const CsvDialect *dialect, const AmselReadout *readout,
                       guint n_columns, GString *out)
{
  g_string_truncate (self->text, 0);
  each_value (self, readout, write_value, rows);
  if (self->fixed)
    write_fields (self, dialect, readout);
  for (guint i = 0; i < n_columns; i++)
    {
      g_string_append_c (out, dialect->separator);
      if (self->cells[i].turn == self->turn)
        g_string_append_len (out, self->text->str + self->cells[i].begin, (gssize) self->cells[i].length);
    }
}
