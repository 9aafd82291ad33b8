/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person or a program types, to command lines: pure, whatever comes.
 *
 * A line ends with CR, LF or CRLF. Backspace and delete take the last character back. Telnet negotiation is
 * taken out. A line that is too long or holds control characters is said to be so when it ends, and its
 * characters are forgotten. */
#pragma once

#include "amsel.h"

G_BEGIN_DECLS

/* Longest line, without its end. GET_FILTERED needs 180. */
#define AT_LINE_MAX 512

typedef enum
{
  AT_LINE_MORE,     /* nothing yet */
  AT_LINE_COMPLETE, /* a line, perhaps empty */
  AT_LINE_TOO_LONG, /* a line that is longer than AT_LINE_MAX */
  AT_LINE_BINARY,   /* a line with characters that no command has */
} AtLineStatus;

typedef struct
{
  gchar text[AT_LINE_MAX + 1]; /* of the last complete line, until the next byte is taken */
  gsize length;
  guint8 telnet;     /* how far a telnet command has come */
  gboolean after_cr; /* LF or NUL would belong to it */
  gboolean is_done;  /* the line was given out */
  gboolean too_long;
  gboolean binary;
} AtLine;

/* Takes one byte. What is to be sent back to a client that wants an echo is added to echo, which may be
 * NULL. */
AtLineStatus at_line_take (AtLine *self, guint8 byte, GString *echo);

/* Whether the byte is one that somebody has typed: no part of a telnet command, and no second half of a line
 * end. Takes it. */
gboolean at_line_is_typed (AtLine *self, guint8 byte);

/* Forgets a line that was begun. */
void at_line_clear (AtLine *self);

G_END_DECLS
