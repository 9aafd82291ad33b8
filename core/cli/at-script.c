/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AT commands from a script. */
#include "at-script.h"

#include <string.h>

static const gchar *const GOOD[] = { "OK", "CONNECT", NULL };
static const gchar *const BAD[] = { "ERROR", "BUSY", "NO CARRIER", "NO ANSWER", "NO DIALTONE", NULL };

void
at_script_init (AtScript *self)
{
  *self = (AtScript){ .line = g_string_new (NULL) };
}

void
at_script_clear (AtScript *self)
{
  g_clear_pointer (&self->echo, g_free);
  if (self->line != NULL)
    g_string_free (g_steal_pointer (&self->line), TRUE);
}

void
at_script_begin (AtScript *self, const gchar *command)
{
  g_free (self->echo);
  self->echo = g_strdup (command);
  g_string_truncate (self->line, 0);
  self->in_text = FALSE;
}

const gchar *
at_script_get_rest (const AtScript *self)
{
  return self->line->str;
}

static AtScriptResult
get_result (const gchar *line)
{
  if (g_strv_contains (GOOD, line) || g_str_has_prefix (line, "CONNECT "))
    return AT_SCRIPT_OK;
  return g_strv_contains (BAD, line) ? AT_SCRIPT_FAILED : AT_SCRIPT_NONE;
}

/* Quotes that open and do not close: what follows is data, whatever it looks like. */
static void
follow_quotes (AtScript *self)
{
  for (const gchar *p = self->line->str; *p != '\0'; p++)
    self->in_text ^= *p == '"';
}

static AtScriptResult
take_line (AtScript *self, GString *out)
{
  gboolean was_in_text = self->in_text;
  AtScriptResult result = AT_SCRIPT_NONE;

  while (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
    g_string_truncate (self->line, self->line->len - 1);
  if (!was_in_text && self->echo != NULL && g_str_equal (self->line->str, self->echo))
    g_clear_pointer (&self->echo, g_free);
  else if (was_in_text || self->line->len > 0)
    {
      g_string_append_printf (out, "%s\n", self->line->str);
      follow_quotes (self);
      if (!was_in_text && self->line->len <= AT_SCRIPT_LINE_MAX)
        result = get_result (self->line->str);
    }
  g_string_truncate (self->line, 0);
  return result;
}

AtScriptResult
at_script_take (AtScript *self, const gchar *data, gsize length, GString *out)
{
  AtScriptResult result = AT_SCRIPT_NONE;

  for (gsize i = 0; i < length; i++)
    if (data[i] != '\n')
      g_string_append_c (self->line, data[i]);
    else if (result == AT_SCRIPT_NONE)
      result = take_line (self, out);
    else
      take_line (self, out);
  return result;
}
