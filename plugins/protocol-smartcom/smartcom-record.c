/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records and table entries. */
#include "smartcom-record.h"

#include <string.h>

#define PREFIX_DATA  "^SCDATA:"
#define PREFIX_TABLE "^SCAMS:"

/* Longest text of a field but the data. */
#define TEXT_MAX 255

/* More entries than the table of any terminal has. */
#define INDEX_MAX 100000

void
smartcom_record_clear (SmartcomRecord *self)
{
  g_free (self->protocol);
  g_free (self->identification);
  g_free (self->data);
  *self = (SmartcomRecord){ 0 };
}

gboolean
smartcom_record_is (const gchar *line)
{
  return g_ascii_strncasecmp (line, PREFIX_DATA, strlen (PREFIX_DATA)) == 0;
}

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED, "a record %s", what);
  return FALSE;
}

/* The fields that all records have. */
static gboolean
parse_head (const SmartcomFields *fields, SmartcomRecord *out, GError **error)
{
  gint64 sequence;

  if (fields->n_fields < 3)
    return fail (error, "has too few fields");
  if (!smartcom_field_get_int (&fields->fields[1], 0, G_MAXUINT32, &out->time_s))
    return fail (error, "has no time");
  if (!smartcom_field_get_int (&fields->fields[2], 1, G_MAXINT64, &sequence))
    return fail (error, "has no sequence number");
  out->sequence = (guint64) sequence;
  return TRUE;
}

static gboolean
parse_ams (const SmartcomFields *fields, SmartcomRecord *out, GError **error)
{
  const SmartcomField *f = fields->fields;
  gint64 index, code;

  if (fields->n_fields != 8)
    return fail (error, "of the kind AMS has 8 fields");
  if (!f[3].quoted || f[3].length == 0 || f[3].length > TEXT_MAX || !f[6].quoted || f[6].length > TEXT_MAX
      || !f[7].quoted)
    return fail (error, "of the kind AMS has quoted protocol, identification and data");
  if (!smartcom_field_get_int (&f[4], 0, INDEX_MAX, &index))
    return fail (error, "has no position in the table");
  if (!smartcom_field_get_int (&f[5], 0, G_MAXINT32, &code))
    return fail (error, "has no error code");
  out->kind = SMARTCOM_RECORD_AMS;
  out->protocol = smartcom_field_dup (&f[3]);
  out->index = (guint) index;
  out->error = (gint) code;
  out->identification = smartcom_field_dup (&f[6]);
  out->data = smartcom_field_dup (&f[7]);
  return TRUE;
}

static gboolean
parse_wmbus (const SmartcomFields *fields, SmartcomRecord *out, GError **error)
{
  const SmartcomField *f = fields->fields;
  gint64 rssi, length;

  if (fields->n_fields != 6 || !f[5].quoted)
    return fail (error, "of the kind WMBUS has 6 fields, the last one quoted");
  if (!smartcom_field_get_int (&f[3], -200, 100, &rssi))
    return fail (error, "has no signal strength");
  if (!smartcom_field_get_int (&f[4], 0, G_MAXUINT16, &length) || (gsize) length * 2 != f[5].length)
    return fail (error, "has another length than it says");
  out->kind = SMARTCOM_RECORD_WMBUS;
  out->protocol = g_strdup ("WMBUS");
  out->rssi = (gint) rssi;
  out->data = smartcom_field_dup (&f[5]);
  return TRUE;
}

gboolean
smartcom_record_parse (const gchar *line, SmartcomRecord *out, GError **error)
{
  SmartcomFields fields;

  *out = (SmartcomRecord){ 0 };
  if (!smartcom_record_is (line))
    return fail (error, "begins with " PREFIX_DATA);
  /* half a record may still say when it was made: what stands before the fault is understood */
  if (!smartcom_fields_parse (line + strlen (PREFIX_DATA), &fields, error))
    {
      parse_head (&fields, out, NULL);
      return FALSE;
    }
  if (!parse_head (&fields, out, error))
    return FALSE;
  if (smartcom_field_is (&fields.fields[0], "AMS"))
    return parse_ams (&fields, out, error);
  if (smartcom_field_is (&fields.fields[0], "WMBUS"))
    return parse_wmbus (&fields, out, error);
  return fail (error, "is of an unknown kind");
}

void
smartcom_entry_free (SmartcomEntry *self)
{
  g_free (self->protocol);
  g_free (self->address);
  g_free (self->interval);
  g_free (self);
}

gchar *
smartcom_entry_dup_id (const SmartcomEntry *self)
{
  const gchar *start = self->address[0] == '*' ? self->address + 1 : self->address;
  gsize length = strcspn (start, "@./");

  if (length != 8)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isxdigit (start[i]))
      return NULL;
  return g_ascii_strup (start, (gssize) length);
}

gchar *
smartcom_entry_to_string (const SmartcomEntry *self)
{
  return g_strdup_printf ("%u> %u,\"%s\",\"%s\",\"%s\"", self->index, self->port, self->protocol,
                          self->address, self->interval);
}

/* What follows the prefix; NULL where the line has another. */
static const gchar *
after_prefix (const gchar *line)
{
  if (g_ascii_strncasecmp (line, PREFIX_TABLE, strlen (PREFIX_TABLE)) != 0)
    return NULL;
  line += strlen (PREFIX_TABLE);
  return line + strspn (line, " ");
}

static gboolean
is_text (const SmartcomField *field)
{
  return field->quoted && field->length > 0 && field->length <= TEXT_MAX;
}

gboolean
smartcom_table_add_line (GPtrArray *table, const gchar *line, GError **error)
{
  const gchar *text = after_prefix (line);
  gsize digits = text != NULL ? strspn (text, "0123456789") : 0;
  SmartcomField index = { text, digits, FALSE };
  SmartcomFields fields;
  SmartcomEntry *entry;
  gint64 number, port;

  if (digits == 0 || text[digits] != '>')
    return TRUE;
  if (!smartcom_fields_parse (text + digits + 1, &fields, error))
    return FALSE;
  if (fields.n_fields != 4 || !smartcom_field_get_int (&index, 1, INDEX_MAX, &number)
      || !smartcom_field_get_int (&fields.fields[0], 0, INDEX_MAX, &port) || !is_text (&fields.fields[1])
      || !is_text (&fields.fields[2]) || !is_text (&fields.fields[3]))
    {
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED,
                   "an entry of the table is malformed: %.80s", line);
      return FALSE;
    }
  entry = g_new0 (SmartcomEntry, 1);
  entry->index = (guint) number;
  entry->port = (guint) port;
  entry->protocol = smartcom_field_dup (&fields.fields[1]);
  entry->address = smartcom_field_dup (&fields.fields[2]);
  entry->interval = smartcom_field_dup (&fields.fields[3]);
  g_ptr_array_add (table, entry);
  return TRUE;
}

gboolean
smartcom_table_get_count (const gchar *line, gint64 *out)
{
  const gchar *text = after_prefix (line);
  SmartcomFields fields;

  if (text != NULL && g_ascii_strcasecmp (text, "NO DEVICE") == 0)
    {
      *out = 0;
      return TRUE;
    }
  return text != NULL && smartcom_fields_parse (text, &fields, NULL) && fields.n_fields == 2
         && smartcom_field_is (&fields.fields[0], "DEV_CNT")
         && smartcom_field_get_int (&fields.fields[1], 0, INDEX_MAX, out);
}

gboolean
smartcom_table_check (GPtrArray *table, gint64 n_announced, GError **error)
{
  if (n_announced >= 0 && (gint64) table->len != n_announced)
    {
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_COUNT,
                   "it says that it has %" G_GINT64_FORMAT " meters, and lists %u", n_announced, table->len);
      return FALSE;
    }
  for (guint i = 1; i < table->len; i++)
    {
      const SmartcomEntry *before = g_ptr_array_index (table, i - 1);
      const SmartcomEntry *entry = g_ptr_array_index (table, i);

      if (entry->index > before->index)
        continue;
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_SEQUENCE,
                   "entry %u of its table comes after entry %u", entry->index, before->index);
      return FALSE;
    }
  return TRUE;
}
