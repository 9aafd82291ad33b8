/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command line to a command with its arguments. */
#include "at-command.h"

#include <string.h>

static const gchar *
skip_blanks (const gchar *p)
{
  while (*p == ' ')
    p++;
  return p;
}

/* Upper case, with the blanks left out: for everything outside of quotes. */
static const gchar *
parse_name (AtCommand *self, const gchar *p)
{
  gsize n = 0;

  self->name[n++] = *p;
  for (p = skip_blanks (p + 1); g_ascii_isalnum (*p); p = skip_blanks (p + 1))
    {
      if (n + 1 == sizeof self->name)
        return NULL;
      self->name[n++] = g_ascii_toupper (*p);
    }
  self->name[n] = '\0';
  return n > 1 ? p : NULL;
}

/* One argument, up to the comma or the end; writes it at out. */
static const gchar *
parse_arg (AtArg *arg, const gchar *p, gchar **out)
{
  arg->text = *out;
  p = skip_blanks (p);
  arg->quoted = *p == '"';
  if (arg->quoted)
    {
      for (p++; *p != '"'; p++)
        {
          if (*p == '\0')
            return NULL;
          *(*out)++ = *p;
        }
      p = skip_blanks (p + 1);
    }
  else
    for (; *p != ',' && *p != '\0'; p = skip_blanks (p + 1))
      {
        if (*p == '"')
          return NULL;
        *(*out)++ = *p;
      }
  *(*out)++ = '\0';
  return *p == ',' || *p == '\0' ? p : NULL;
}

static gboolean
parse_args (AtCommand *self, const gchar *p)
{
  gchar *out = self->room;

  for (;;)
    {
      if (self->n_args == AT_ARGS_MAX)
        return FALSE;
      p = parse_arg (&self->args[self->n_args++], p, &out);
      if (p == NULL)
        return FALSE;
      if (*p == '\0')
        return TRUE;
      p++;
    }
}

static gboolean
parse_extended (AtCommand *self, const gchar *p)
{
  p = parse_name (self, p);
  if (p == NULL)
    return FALSE;
  if (*p == '\0')
    {
      self->form = AT_FORM_EXECUTE;
      return TRUE;
    }
  if (*p == '?')
    {
      self->form = AT_FORM_READ;
      return *skip_blanks (p + 1) == '\0';
    }
  if (*p != '=')
    return FALSE;
  p = skip_blanks (p + 1);
  self->form = *p == '?' ? AT_FORM_TEST : AT_FORM_WRITE;
  return *p == '?' ? *skip_blanks (p + 1) == '\0' : parse_args (self, p);
}

gboolean
at_command_parse (AtCommand *self, const gchar *line)
{
  const gchar *p = skip_blanks (line);

  self->name[0] = '\0';
  self->n_args = 0;
  self->form = AT_FORM_EXECUTE;
  self->basic = "";
  if (g_ascii_toupper (*p) != 'A')
    return FALSE;
  p = skip_blanks (p + 1);
  if (g_ascii_toupper (*p) != 'T')
    return FALSE;
  p = skip_blanks (p + 1);
  if (*p == '+' || *p == '^')
    return parse_extended (self, p);
  self->basic = p;
  return TRUE;
}

gboolean
at_basic_next (const gchar **text, AtBasic *out, gboolean *error)
{
  const gchar *p = skip_blanks (*text);

  *error = FALSE;
  if (*p == '\0')
    return FALSE;
  *out = (AtBasic){ .rest = "" };
  if (*p == '&')
    {
      out->is_amp = TRUE;
      p = skip_blanks (p + 1);
    }
  *error = !g_ascii_isalpha (*p);
  if (*error)
    return FALSE;
  out->letter = g_ascii_toupper (*p);
  p = skip_blanks (p + 1);
  if (out->letter == 'D' && !out->is_amp)
    {
      out->rest = p;
      *text = p + strlen (p);
      return TRUE;
    }
  for (; g_ascii_isdigit (*p); p = skip_blanks (p + 1))
    out->number = MIN (out->number * 10 + (guint) g_ascii_digit_value (*p), 1000);
  *text = p;
  return TRUE;
}

gboolean
at_command_is (const AtCommand *self, guint i, const gchar *word)
{
  return i < self->n_args && g_ascii_strcasecmp (self->args[i].text, word) == 0;
}

gboolean
at_command_get_number (const AtCommand *self, guint i, guint64 min, guint64 max, guint64 *out)
{
  return i < self->n_args && g_ascii_string_to_unsigned (self->args[i].text, 10, min, max, out, NULL);
}

const gchar *
at_command_get_text (const AtCommand *self, guint i, gsize min, gsize max)
{
  gsize length = i < self->n_args ? strlen (self->args[i].text) : 0;

  return i < self->n_args && length >= min && length <= max ? self->args[i].text : NULL;
}
