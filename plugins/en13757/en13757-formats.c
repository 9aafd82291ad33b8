/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats of compact frames: learned, kept, and put to use. */
#include "en13757-formats.h"

#include <string.h>

#include "en13757-crc.h"
#include "en13757-private.h"

/* Two formats may have one signature; more than so many are not kept. */
#define CANDIDATES_MAX 4

#define DIF_SPECIAL 0x0F
#define DIF_FILLER  0x2F
#define VIF_TEXT    0x7C

struct _En13757Formats
{
  GMutex mutex;
  GHashTable *known; /* (owned) (element-type guint GPtrArray GBytes): signature to candidates */
  guint n_known;
  En13757FindFormats find; /* (nullable) */
  gconstpointer find_data; /* (unowned) */
  gchar *path;             /* (owned) (nullable) */
};

En13757Formats *
en13757_formats_new (En13757FindFormats find)
{
  En13757Formats *self = g_new0 (En13757Formats, 1);

  g_mutex_init (&self->mutex);
  self->known = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  self->find = find;
  return self;
}

void
en13757_formats_set_finder (En13757Formats *self, En13757FindFormats find, gconstpointer user_data)
{
  self->find = find;
  self->find_data = user_data;
}

void
en13757_formats_free (En13757Formats *self)
{
  g_hash_table_unref (self->known);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

guint
en13757_formats_get_size (En13757Formats *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_known;
  g_mutex_unlock (&self->mutex);
  return n;
}

static gboolean
is_same (GBytes *format, const guint8 *headers, gsize length)
{
  return g_bytes_get_size (format) == length
         && memcmp (g_bytes_get_data (format, NULL), headers, length) == 0;
}

/* With the mutex. */
static gboolean
add (En13757Formats *self, const guint8 *headers, gsize length)
{
  guint16 signature = en13757_crc (headers, length);
  GPtrArray *candidates = g_hash_table_lookup (self->known, GUINT_TO_POINTER ((guint) signature));

  for (guint i = 0; candidates != NULL && i < candidates->len; i++)
    if (is_same (g_ptr_array_index (candidates, i), headers, length))
      return FALSE;
  if (self->n_known >= EN13757_FORMATS_MAX || (candidates != NULL && candidates->len >= CANDIDATES_MAX))
    return FALSE;
  if (candidates == NULL)
    {
      candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_hash_table_insert (self->known, GUINT_TO_POINTER ((guint) signature), candidates);
    }
  g_ptr_array_add (candidates, g_bytes_new (headers, length));
  self->n_known++;
  return TRUE;
}

static void
append_line (gpointer key G_GNUC_UNUSED, gpointer value, gpointer user_data)
{
  GPtrArray *candidates = value;
  GString *text = user_data;

  for (guint i = 0; i < candidates->len; i++)
    {
      gsize length;
      const guint8 *headers = g_bytes_get_data (g_ptr_array_index (candidates, i), &length);
      g_autofree gchar *digits = amsel_hex_encode (headers, length);

      g_string_append (text, digits);
      g_string_append_c (text, '\n');
    }
}

/* With the mutex. New formats are rare: one for each model of a meter. */
static void
save (En13757Formats *self)
{
  g_autoptr (GString) text =
      g_string_new ("# DIF and VIF of the records of compact frames, learned from full frames\n");
  g_autoptr (GError) error = NULL;

  if (self->path == NULL)
    return;
  g_hash_table_foreach (self->known, append_line, text);
  if (!g_file_set_contents (self->path, text->str, (gssize) text->len, &error))
    g_message ("formats of compact frames are not kept: %s", error->message);
}

gboolean
en13757_formats_open (En13757Formats *self, const gchar *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, &local)
      && !g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local), "formats of compact frames: ");
      return FALSE;
    }
  lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  g_mutex_lock (&self->mutex);
  /* a line that is damaged is one format that is learned again */
  for (gsize i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '#' && lines[i][0] != '\0')
      {
        g_autoptr (GBytes) headers = amsel_hex_decode (lines[i], -1, NULL);
        gsize length;
        const guint8 *data = headers != NULL ? g_bytes_get_data (headers, &length) : NULL;

        if (data != NULL && length <= EN13757_FORMAT_MAX)
          add (self, data, length);
      }
  g_free (self->path);
  self->path = g_strdup (path);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

gboolean
en13757_formats_learn (En13757Formats *self, const guint8 *headers, gsize length)
{
  gboolean is_new;

  if (length == 0 || length > EN13757_FORMAT_MAX)
    return FALSE;
  g_mutex_lock (&self->mutex);
  is_new = add (self, headers, length);
  if (is_new)
    save (self);
  g_mutex_unlock (&self->mutex);
  return is_new;
}

void
en13757_formats_learn_telegram (En13757Formats *self, const AmselTelegram *telegram)
{
  guint8 headers[EN13757_FORMAT_MAX];
  gsize n = 0;
  gsize next = 0;
  gsize length;
  gsize n_records;
  const guint8 *payload = amsel_telegram_get_payload (telegram, &length);
  const AmselRecord *records = amsel_telegram_get_records (telegram, &n_records);

  for (gsize i = 0; i < n_records; i++)
    {
      const AmselRecord *record = &records[i];
      gsize size = (gsize) record->dif_length + record->vif_length;

      /* what a compact profile unfolds to has no header of its own */
      if (record->dif_offset < next)
        continue;
      next = (gsize) record->dif_offset + 1;
      if (record->vif_text_length > 0)
        size += 1u + record->vif_text_length;
      if (record->dif_offset > length || size > length - record->dif_offset || size > sizeof headers - n)
        return;
      memcpy (headers + n, payload + record->dif_offset, size);
      n += size;
    }
  en13757_formats_learn (self, headers, n);
}

/* Skips a chain whose bytes but the last have the extension bit. */
static gboolean
skip_chain (AmselCursor *headers, guint8 *out_first)
{
  guint8 byte;

  if (!amsel_cursor_u8 (headers, &byte))
    return FALSE;
  *out_first = byte;
  for (guint i = 0; byte & EN13757_EXTENSION; i++)
    if (i == EN13757_EXTENSIONS_MAX || !amsel_cursor_u8 (headers, &byte))
      return FALSE;
  return TRUE;
}

/* Skips DIF and VIF of one record, and says by the DIF how many data it has. */
static gboolean
skip_header (AmselCursor *headers, guint8 *out_dif)
{
  guint8 vif;
  guint8 length;

  if (!skip_chain (headers, out_dif))
    return FALSE;
  if ((*out_dif & 0x0F) == DIF_SPECIAL)
    return TRUE;
  if (!skip_chain (headers, &vif))
    return FALSE;
  return (vif & 0x7F) != VIF_TEXT
         || (amsel_cursor_u8 (headers, &length) && amsel_cursor_skip (headers, length));
}

/* Skips the data of one record. Those of variable length have their length byte among the data. */
static gboolean
skip_data (AmselCursor *data, guint8 dif)
{
  En13757DataField field = en13757_data_fields[dif & 0x0F];
  guint8 lvar;

  if (field.class == EN13757_DATA_SPECIAL)
    return amsel_cursor_skip (data, amsel_cursor_left (data));
  if (field.class == EN13757_DATA_VARIABLE && !en13757_read_lvar (data, &lvar, &field.length, NULL))
    return FALSE;
  return amsel_cursor_skip (data, field.length);
}

static gboolean
is_fill (const AmselCursor *data)
{
  for (gsize i = data->position; i < data->length; i++)
    if (data->data[i] != DIF_FILLER)
      return FALSE;
  return TRUE;
}

/* One format put to the data; NULL where it does not fit. */
static GByteArray *
weave (GBytes *format, guint16 full_crc, const guint8 *data, gsize length)
{
  g_autoptr (GByteArray) full = g_byte_array_new ();
  AmselCursor headers;
  AmselCursor values;
  gsize headers_length;
  const guint8 *headers_data = g_bytes_get_data (format, &headers_length);

  amsel_cursor_init (&headers, headers_data, headers_length);
  amsel_cursor_init (&values, data, length);
  while (amsel_cursor_left (&headers) > 0)
    {
      gsize header = headers.position;
      gsize value = values.position;
      guint8 dif;

      if (!skip_header (&headers, &dif) || !skip_data (&values, dif))
        return NULL;
      g_byte_array_append (full, headers_data + header, (guint) (headers.position - header));
      g_byte_array_append (full, data + value, (guint) (values.position - value));
    }
  return is_fill (&values) && en13757_crc (full->data, full->len) == full_crc ? g_steal_pointer (&full)
                                                                              : NULL;
}

/* The first of some formats that fits. */
static GByteArray *
weave_any (const GPtrArray *formats, guint16 full_crc, const guint8 *data, gsize length)
{
  GByteArray *full = NULL;

  for (guint i = 0; full == NULL && formats != NULL && i < formats->len; i++)
    full = weave (g_ptr_array_index (formats, i), full_crc, data, length);
  return full;
}

GByteArray *
en13757_formats_expand (En13757Formats *self, guint16 signature, guint16 full_crc, const guint8 *data,
                        gsize length, gboolean *out_known)
{
  const GPtrArray *described = self->find != NULL ? self->find (signature, self->find_data) : NULL;
  const GPtrArray *learned;
  GByteArray *full;

  g_mutex_lock (&self->mutex);
  learned = g_hash_table_lookup (self->known, GUINT_TO_POINTER ((guint) signature));
  full = weave_any (learned, full_crc, data, length);
  *out_known = learned != NULL || described != NULL;
  g_mutex_unlock (&self->mutex);
  return full != NULL ? full : weave_any (described, full_crc, data, length);
}
