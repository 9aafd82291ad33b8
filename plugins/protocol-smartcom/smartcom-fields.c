/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields between commas. */
#include "smartcom-fields.h"

#include <string.h>

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error_literal (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED, what);
  return FALSE;
}

/* One field; at is moved behind it. */
static gboolean
parse_field (const gchar **at, SmartcomField *out, GError **error)
{
  const gchar *end;

  while (**at == ' ')
    (*at)++;
  out->quoted = **at == '"';
  out->text = out->quoted ? *at + 1 : *at;
  end = out->quoted ? strchr (out->text, '"') : out->text + strcspn (out->text, ",\"");
  if (end == NULL)
    return fail (error, "a quote is not closed");
  out->length = (gsize) (end - out->text);
  *at = out->quoted ? end + 1 : end;
  while (**at == ' ')
    (*at)++;
  if (!out->quoted)
    while (out->length > 0 && out->text[out->length - 1] == ' ')
      out->length--;
  return **at == '\0' || **at == ',' || fail (error, "something stands behind a quoted field");
}

gboolean
smartcom_fields_parse (const gchar *text, SmartcomFields *out, GError **error)
{
  const gchar *at = text;

  out->n_fields = 0;
  for (;;)
    {
      if (out->n_fields == SMARTCOM_FIELDS_MAX)
        return fail (error, "a line has too many fields");
      if (!parse_field (&at, &out->fields[out->n_fields++], error))
        return FALSE;
      if (*at == '\0')
        return TRUE;
      at++;
    }
}

gboolean
smartcom_field_is (const SmartcomField *self, const gchar *word)
{
  return self->length == strlen (word) && g_ascii_strncasecmp (self->text, word, self->length) == 0;
}

gboolean
smartcom_field_get_int (const SmartcomField *self, gint64 minimum, gint64 maximum, gint64 *out)
{
  gchar digits[24];

  if (self->quoted || self->length == 0 || self->length >= sizeof digits)
    return FALSE;
  g_strlcpy (digits, self->text, self->length + 1);
  return g_ascii_string_to_signed (digits, 10, minimum, maximum, out, NULL);
}

gchar *
smartcom_field_dup (const SmartcomField *self)
{
  return g_strndup (self->text, self->length);
}
