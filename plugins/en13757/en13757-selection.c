/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Selections of meters by their address. */
#include "en13757-selection.h"

#include <string.h>

/* The bit of the manufacturer code that says nothing of the manufacturer, but that the address may not be
 * unique. */
#define MANUFACTURER_MASK 0x7FFF

gboolean
en13757_selection_parse_digits (const gchar *text, guint32 *out)
{
  guint32 id = 0;

  for (gsize i = 0; i < EN13757_ID_DIGITS; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return FALSE;
      id = id << 4 | (guint32) g_ascii_xdigit_value (text[i]);
    }
  *out = id;
  return TRUE;
}

/* n hexadecimal digits, or one hyphen for all bits set. */
static gboolean
parse_hex (const gchar *text, gsize n, guint *out)
{
  guint value = 0;

  if (g_str_equal (text, "-"))
    {
      *out = (1u << 4 * n) - 1;
      return TRUE;
    }
  if (strlen (text) != n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return FALSE;
      value = value << 4 | (guint) g_ascii_xdigit_value (text[i]);
    }
  *out = value;
  return TRUE;
}

/* Three letters; or four hexadecimal digits, which can also say the top bit. */
static gboolean
parse_manufacturer (const gchar *text, guint *out)
{
  *out = amsel_manufacturer_parse (text);
  return *out != 0 || parse_hex (text, 4, out);
}

const gchar *
en13757_selection_parse_part (const gchar *text, guint part, En13757Selection *out)
{
  static const gchar *const EXPECTED[EN13757_SELECTION_PARTS] = {
    "a manufacturer of three letters, or - for any",
    "a version of two hexadecimal digits, or - for any",
    "a medium of two hexadecimal digits, or - for any",
  };
  guint value = 0;

  if (text == NULL || !(part == 0 ? parse_manufacturer (text, &value) : parse_hex (text, 2, &value)))
    return EXPECTED[part];
  if (part == 0)
    out->manufacturer = (guint16) value;
  else if (part == 1)
    out->version = (guint8) value;
  else
    out->medium = (guint8) value;
  return NULL;
}

/* The parts after the identification number; those that are missing are any. */
static const gchar *
parse_rest (const gchar *text, En13757Selection *out, gsize *out_column)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", -1);
  guint i = 0;

  *out_column = EN13757_ID_DIGITS + 1;
  do
    {
      const gchar *expected;

      if (i == EN13757_SELECTION_PARTS)
        {
          (*out_column)--;
          return "the end of the address";
        }
      expected = en13757_selection_parse_part (parts[i], i, out);
      if (expected != NULL)
        return expected;
      *out_column += strlen (parts[i]) + 1;
    }
  while (parts[++i] != NULL);
  return NULL;
}

const gchar *
en13757_selection_parse (const gchar *text, En13757Selection *out, gsize *out_column)
{
  En13757Selection selection = { 0, EN13757_ANY_MANUFACTURER, EN13757_ANY_BYTE, EN13757_ANY_BYTE };
  gsize length = text != NULL ? strcspn (text, ".") : 0;
  const gchar *expected;

  *out_column = 0;
  if (length != EN13757_ID_DIGITS || !en13757_selection_parse_digits (text, &selection.id))
    return "eight digits, or F in place of any digit";
  if (text[length] == '.')
    {
      expected = parse_rest (text + length + 1, &selection, out_column);
      if (expected != NULL)
        return expected;
    }
  *out = selection;
  return NULL;
}

static gboolean
id_matches (guint32 wanted, guint32 id)
{
  guint32 any;

  if (wanted == id)
    return TRUE;
  /* a digit all of whose bits are set, spread over its four bits */
  any = wanted & wanted >> 1;
  any &= any >> 2;
  any = (any & 0x11111111) * 15;
  return ((wanted ^ id) & ~any) == 0;
}

gboolean
en13757_selection_matches (const En13757Selection *self, const AmselIdentity *identity)
{
  return id_matches (self->id, identity->id)
         && (self->manufacturer == EN13757_ANY_MANUFACTURER
             || ((self->manufacturer ^ identity->manufacturer) & MANUFACTURER_MASK) == 0)
         && (self->version == EN13757_ANY_BYTE || self->version == identity->version)
         && (self->medium == EN13757_ANY_BYTE || self->medium == identity->medium);
}

gboolean
en13757_selection_has_whole_id (const En13757Selection *self)
{
  for (guint shift = 0; shift < 32; shift += 4)
    if ((self->id >> shift & 15) == 15)
      return FALSE;
  return TRUE;
}
