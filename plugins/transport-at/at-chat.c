/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The conversation with a modem until it is connected. */
#include "at-chat.h"

#include <string.h>

static const gchar NO_CARRIER[] = "\r\nNO CARRIER\r\n";

/* Results that end it. A modem may say more behind CONNECT and BUSY. */
static const struct
{
  const gchar *word;
  AmselTransportError code;
  const gchar *meaning;
} FAILURES[] = {
  { "NO CARRIER", AMSEL_TRANSPORT_ERROR_NO_CARRIER, "there is no connection" },
  { "BUSY", AMSEL_TRANSPORT_ERROR_BUSY, "somebody else has the line" },
  { "NO ANSWER", AMSEL_TRANSPORT_ERROR_NO_ANSWER, "nobody answers" },
  { "NO DIALTONE", AMSEL_TRANSPORT_ERROR_NO_CARRIER, "there is no network" },
  { "NO DIAL TONE", AMSEL_TRANSPORT_ERROR_NO_CARRIER, "there is no network" },
  { "ERROR", AMSEL_TRANSPORT_ERROR_REFUSED, "the command is not understood or cannot be done" },
};

static AtChatStatus
send_next (AtChat *self)
{
  guint n = self->commands != NULL ? g_strv_length ((gchar **) self->commands) : 0;

  self->text = self->n_sent < n ? self->commands[self->n_sent] : self->dial;
  self->n_sent++;
  return AT_CHAT_SEND;
}

static gboolean
has_dialled (const AtChat *self)
{
  return self->n_sent > 0 && self->text == self->dial;
}

AtChatStatus
at_chat_begin (AtChat *self)
{
  self->n_sent = 0;
  self->length = 0;
  self->is_login = self->password != NULL && *self->password != '\0';
  return self->is_login ? AT_CHAT_MORE : send_next (self);
}

const gchar *
at_chat_get_text (const AtChat *self)
{
  return self->text;
}

static AtChatStatus
take_login (AtChat *self)
{
  if (g_str_has_suffix (self->line, "Login:"))
    {
      self->text = self->login != NULL ? self->login : "";
      return AT_CHAT_SEND;
    }
  if (g_str_has_suffix (self->line, "Password:"))
    {
      self->text = self->password;
      return AT_CHAT_SEND;
    }
  if (!g_str_equal (self->line, "OK"))
    return AT_CHAT_MORE;
  self->is_login = FALSE;
  return send_next (self);
}

static AtChatStatus
take_line (AtChat *self, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (FAILURES); i++)
    if (g_str_has_prefix (self->line, FAILURES[i].word))
      {
        g_set_error (error, AMSEL_TRANSPORT_ERROR, (gint) FAILURES[i].code, "%s to %s: %s", FAILURES[i].word,
                     self->is_login ? "the login" : self->text, FAILURES[i].meaning);
        return AT_CHAT_FAILED;
      }
  if (self->is_login)
    return take_login (self);
  if (has_dialled (self))
    return g_str_has_prefix (self->line, "CONNECT") ? AT_CHAT_CONNECTED : AT_CHAT_MORE;
  return g_str_equal (self->line, "OK") ? send_next (self) : AT_CHAT_MORE;
}

AtChatStatus
at_chat_take (AtChat *self, const guint8 *data, gsize length, gsize *used, GError **error)
{
  for (gsize i = 0; i < length; i++)
    {
      AtChatStatus status;

      *used = i + 1;
      if (data[i] != '\n')
        {
          /* of a line that is too long only the beginning is kept: it is no result */
          if (data[i] >= 0x20 && data[i] < 0x7F && self->length < AT_CHAT_LINE_MAX)
            self->line[self->length++] = (gchar) data[i];
          continue;
        }
      self->line[self->length] = '\0';
      self->length = 0;
      status = take_line (self, error);
      if (status != AT_CHAT_MORE)
        return status;
    }
  *used = length;
  return AT_CHAT_MORE;
}

gboolean
at_chat_is_lost (guint *at, const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (data[i] != (guint8) NO_CARRIER[*at])
        *at = 0;
      if (data[i] == (guint8) NO_CARRIER[*at])
        (*at)++;
      if (*at == sizeof NO_CARRIER - 1)
        return TRUE;
    }
  return FALSE;
}
