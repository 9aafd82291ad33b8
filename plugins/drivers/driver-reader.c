/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scalars of a driver file, each with a problem that names its place where it is not what was expected. */
#include "driver-reader.h"

#include <string.h>

#define RANGE_MARK ".."

void
driver_reader_error (DriverReader *self, const AmselYamlNode *node, const gchar *hint, const gchar *format,
                     ...)
{
  g_autofree gchar *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  amsel_problems_add (&self->problems, AMSEL_SEVERITY_ERROR, &node->mark, hint, "%s", message);
}

gboolean
driver_reader_check_map (DriverReader *self, const AmselYamlNode *node, const gchar *const *keys,
                         const gchar *what)
{
  gboolean ok = TRUE;

  if (node->type != AMSEL_YAML_MAP)
    {
      driver_reader_error (self, node, NULL, "expected %s: keys with values", what);
      return FALSE;
    }
  for (guint i = 0; i < node->keys->len; i++)
    {
      const AmselYamlNode *key = g_ptr_array_index (node->keys, i);
      const gchar *meant;
      g_autofree gchar *hint = NULL;

      if (g_strv_contains (keys, key->text))
        continue;
      meant = amsel_suggest (key->text, keys);
      hint = meant != NULL ? g_strdup_printf ("did you mean “%s”?", meant) : NULL;
      driver_reader_error (self, key, hint, "%s has no key “%s”", what, key->text);
      ok = FALSE;
    }
  return ok;
}

const gchar *
driver_reader_text (DriverReader *self, const AmselYamlNode *node, const gchar *what)
{
  if (node->type == AMSEL_YAML_SCALAR && node->text[0] != '\0')
    return node->text;
  driver_reader_error (self, node, NULL, "expected %s", what);
  return NULL;
}

const gchar *
driver_reader_string (DriverReader *self, const AmselYamlNode *node, const gchar *what)
{
  const gchar *text = driver_reader_text (self, node, what);

  return text != NULL ? g_string_chunk_insert_const (self->driver->strings, text) : NULL;
}

static gboolean
parse_number (const gchar *text, gsize length, guint64 maximum, guint64 *out_number)
{
  gchar buffer[24];
  gboolean hex = length > 2 && text[0] == '0' && g_ascii_tolower (text[1]) == 'x';

  if (length == 0 || length >= sizeof buffer)
    return FALSE;
  memcpy (buffer, text, length);
  buffer[length] = '\0';
  return g_ascii_string_to_unsigned (hex ? buffer + 2 : buffer, hex ? 16 : 10, 0, maximum, out_number, NULL);
}

gboolean
driver_reader_number (DriverReader *self, const AmselYamlNode *node, guint64 maximum, guint64 *out_number)
{
  if (node->type == AMSEL_YAML_SCALAR && parse_number (node->text, strlen (node->text), maximum, out_number))
    return TRUE;
  driver_reader_error (self, node, "such as 23 or 0x17",
                       "expected a whole number from 0 to %" G_GUINT64_FORMAT, maximum);
  return FALSE;
}

gboolean
driver_reader_range (DriverReader *self, const AmselYamlNode *node, guint64 maximum, DriverRange *out_range)
{
  const gchar *dots = node->type == AMSEL_YAML_SCALAR ? strstr (node->text, RANGE_MARK) : NULL;
  const gchar *end;

  if (dots == NULL)
    {
      gboolean ok = driver_reader_number (self, node, maximum, &out_range->first);

      out_range->last = out_range->first;
      return ok;
    }
  end = dots + strlen (RANGE_MARK);
  if (parse_number (node->text, (gsize) (dots - node->text), maximum, &out_range->first)
      && parse_number (end, strlen (end), maximum, &out_range->last) && out_range->first <= out_range->last)
    return TRUE;
  driver_reader_error (self, node, "such as 1..12",
                       "expected a range of whole numbers from 0 to %" G_GUINT64_FORMAT, maximum);
  return FALSE;
}

gint
driver_reader_choice (DriverReader *self, const AmselYamlNode *node, const gchar *const *names,
                      const gchar *what)
{
  const gchar *text = driver_reader_text (self, node, what);
  const gchar *meant;
  g_autofree gchar *hint = NULL;

  if (text == NULL)
    return -1;
  for (gint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], text))
      return i;
  meant = amsel_suggest (text, names);
  hint = meant != NULL ? g_strdup_printf ("did you mean “%s”?", meant) : NULL;
  driver_reader_error (self, node, hint, "expected %s, not “%s”", what, text);
  return -1;
}

guint
driver_reader_n_items (const AmselYamlNode *node)
{
  return node->type == AMSEL_YAML_LIST ? node->items->len : 1;
}

const AmselYamlNode *
driver_reader_item (const AmselYamlNode *node, guint index)
{
  return node->type == AMSEL_YAML_LIST ? g_ptr_array_index (node->items, index) : node;
}
