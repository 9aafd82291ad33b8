/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person or a program types, to command lines. */
#include "at-line.h"

#define CHAR_BACKSPACE 0x08
#define CHAR_TAB       0x09
#define CHAR_DELETE    0x7F

/* Telnet (RFC 854): IAC, then a command; WILL, WON'T, DO and DON'T have an option; SB goes on to IAC SE. */
#define TELNET_SE   240
#define TELNET_SB   250
#define TELNET_WILL 251
#define TELNET_IAC  255

enum
{
  TELNET_NONE,
  TELNET_COMMAND,
  TELNET_OPTION,
  TELNET_SUB,
  TELNET_SUB_IAC,
};

/* Whether the byte belongs to a telnet command. */
static gboolean
skip_telnet (AtLine *self, guint8 byte)
{
  switch (self->telnet)
    {
    case TELNET_NONE:
      if (byte != TELNET_IAC)
        return FALSE;
      self->telnet = TELNET_COMMAND;
      return TRUE;
    case TELNET_COMMAND:
      self->telnet = byte == TELNET_SB                           ? TELNET_SUB
                     : byte >= TELNET_WILL && byte != TELNET_IAC ? TELNET_OPTION
                                                                 : TELNET_NONE;
      return TRUE;
    case TELNET_SUB:
      if (byte == TELNET_IAC)
        self->telnet = TELNET_SUB_IAC;
      return TRUE;
    case TELNET_SUB_IAC:
      self->telnet = byte == TELNET_SE ? TELNET_NONE : TELNET_SUB;
      return TRUE;
    default:
      self->telnet = TELNET_NONE;
      return TRUE;
    }
}

gboolean
at_line_is_typed (AtLine *self, guint8 byte)
{
  gboolean after_cr = self->after_cr;

  if (skip_telnet (self, byte))
    return FALSE;
  self->after_cr = byte == '\r';
  return !(after_cr && (byte == '\n' || byte == '\0'));
}

void
at_line_clear (AtLine *self)
{
  self->length = 0;
  self->text[0] = '\0';
  self->is_done = self->too_long = self->binary = FALSE;
}

static AtLineStatus
end (AtLine *self)
{
  self->text[self->length] = '\0';
  self->is_done = TRUE;
  return self->too_long ? AT_LINE_TOO_LONG : self->binary ? AT_LINE_BINARY : AT_LINE_COMPLETE;
}

static void
take_back (AtLine *self, GString *echo)
{
  if (self->length == 0)
    return;
  self->length--;
  if (echo != NULL)
    g_string_append (echo, "\b \b");
}

AtLineStatus
at_line_take (AtLine *self, guint8 byte, GString *echo)
{
  if (self->is_done)
    at_line_clear (self);
  if (!at_line_is_typed (self, byte))
    return AT_LINE_MORE;
  if (byte == CHAR_BACKSPACE || byte == CHAR_DELETE)
    {
      take_back (self, echo);
      return AT_LINE_MORE;
    }
  if (echo != NULL)
    g_string_append_c (echo, (gchar) byte);
  if (byte == '\r' || byte == '\n')
    return end (self);
  if ((byte < 0x20 && byte != CHAR_TAB) || byte >= 0x80)
    self->binary = TRUE;
  else if (self->length == AT_LINE_MAX)
    self->too_long = TRUE;
  else
    self->text[self->length++] = byte == CHAR_TAB ? ' ' : (gchar) byte;
  return AT_LINE_MORE;
}
