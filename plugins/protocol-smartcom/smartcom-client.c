/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of an answer. */
#include "smartcom-client.h"

#include <string.h>

/* Lines that end an answer, beside OK. */
static const gchar *const REFUSALS[] = { "ERROR", "NO CARRIER", "BUSY", "NO DIALTONE", "NO ANSWER" };

void
smartcom_client_clear (SmartcomClient *self)
{
  g_clear_pointer (&self->command, g_free);
  if (self->line != NULL)
    g_string_free (g_steal_pointer (&self->line), TRUE);
  self->quoted = FALSE;
  self->complete = FALSE;
  self->n_bytes = 0;
}

void
smartcom_client_begin (SmartcomClient *self, const gchar *command)
{
  smartcom_client_clear (self);
  self->command = g_strdup (command);
  self->echoed = FALSE;
}

gboolean
smartcom_client_is_busy (const SmartcomClient *self)
{
  return self->command != NULL;
}

static gboolean
is_refusal (const gchar *line)
{
  for (gsize i = 0; i < G_N_ELEMENTS (REFUSALS); i++)
    if (g_str_equal (line, REFUSALS[i]))
      return TRUE;
  return g_str_has_prefix (line, "+CME ERROR");
}

/* A whole line stands in self->line. */
static SmartcomClientEvent
judge (SmartcomClient *self)
{
  const gchar *line = self->line->str;
  gboolean echo = !self->echoed && g_ascii_strcasecmp (line, self->command) == 0;

  self->echoed = TRUE;
  self->complete = TRUE;
  if (echo)
    {
      self->complete = FALSE;
      g_string_truncate (self->line, 0);
      return SMARTCOM_CLIENT_MORE;
    }
  if (g_str_equal (line, "OK"))
    return SMARTCOM_CLIENT_OK;
  return is_refusal (line) ? SMARTCOM_CLIENT_ERROR : SMARTCOM_CLIENT_LINE;
}

static SmartcomClientEvent
fail (GError **error, SmartcomError code, const gchar *format, gsize limit)
{
  g_set_error (error, SMARTCOM_ERROR, (gint) code, "%s %" G_GSIZE_FORMAT " bytes", format, limit);
  return SMARTCOM_CLIENT_FAULT;
}

static gboolean
is_text (guint8 byte)
{
  return byte == '\t' || (byte >= ' ' && byte != 0x7F);
}

/* One byte; LINE when it ends a line. */
static SmartcomClientEvent
take (SmartcomClient *self, guint8 byte, GError **error)
{
  gboolean end = (byte == '\r' || byte == '\n') && !self->quoted;

  if (end && self->line->len == 0)
    return SMARTCOM_CLIENT_MORE;
  if (end)
    return judge (self);
  if (byte == '\r')
    return SMARTCOM_CLIENT_MORE;
  if (byte != '\n' && !is_text (byte))
    {
      g_set_error (error, SMARTCOM_ERROR, SMARTCOM_ERROR_MALFORMED, "byte %02Xh in an answer, which is text",
                   byte);
      return SMARTCOM_CLIENT_FAULT;
    }
  if (byte == '"')
    self->quoted = !self->quoted;
  if (self->line->len >= SMARTCOM_LINE_MAX)
    return fail (error, SMARTCOM_ERROR_TOO_LONG, "a line has more than", SMARTCOM_LINE_MAX);
  g_string_append_c (self->line, (gchar) byte);
  return SMARTCOM_CLIENT_MORE;
}

/* Nobody has asked: it is counted and dropped. */
static SmartcomClientEvent
drop (SmartcomClient *self, gsize length, gsize *used, GError **error)
{
  *used = length;
  self->n_bytes += length;
  if (self->n_bytes <= SMARTCOM_UNASKED_MAX)
    return SMARTCOM_CLIENT_MORE;
  return fail (error, SMARTCOM_ERROR_UNASKED, "it talks without being asked: more than",
               SMARTCOM_UNASKED_MAX);
}

SmartcomClientEvent
smartcom_client_feed (SmartcomClient *self, const guint8 *data, gsize length, gsize *used, const gchar **line,
                      GError **error)
{
  SmartcomClientEvent event = SMARTCOM_CLIENT_MORE;

  *line = NULL;
  if (self->command == NULL)
    return drop (self, length, used, error);
  if (self->line == NULL)
    self->line = g_string_sized_new (128);
  if (self->complete)
    g_string_truncate (self->line, 0);
  self->complete = FALSE;
  for (*used = 0; *used < length && event == SMARTCOM_CLIENT_MORE;)
    {
      event = take (self, data[(*used)++], error);
      if (++self->n_bytes > SMARTCOM_ANSWER_MAX)
        return fail (error, SMARTCOM_ERROR_TOO_LONG, "an answer has more than", SMARTCOM_ANSWER_MAX);
    }
  if (event == SMARTCOM_CLIENT_OK)
    smartcom_client_clear (self); /* an idle terminal keeps no buffer */
  if (event == SMARTCOM_CLIENT_ERROR)
    g_clear_pointer (&self->command, g_free);
  if (event == SMARTCOM_CLIENT_LINE || event == SMARTCOM_CLIENT_ERROR)
    *line = self->line->str;
  return event;
}
